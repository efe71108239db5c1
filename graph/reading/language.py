"""Sentences, tokens and their parse: the only module that knows spaCy.

Any spaCy pipeline for English serves: its own two ship with the package (``small``, ``accurate``), others are named as
spaCy names them (``en_core_web_trf``). Whatever labels the pipeline speaks, the steps see Universal Dependencies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.documents import Document, Span
from graph.errors import ModelError
from graph.model import Reading, Sentence, Token

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.tokens import Token as SpacyToken

DEFAULT = "accurate"
SHIPPED = ("small", "accurate")

# ClearNLP labels of spaCy's own English models, and what Universal Dependencies call them.
_UNIVERSAL = {
    "ROOT": "root",
    "dobj": "obj",
    "dative": "iobj",
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj:pass",
    "auxpass": "aux:pass",
    "agent": "obl:agent",
    "relcl": "acl:relcl",
    "poss": "nmod:poss",
    "prt": "compound:prt",
    "neg": "advmod",
    "npadvmod": "obl:npmod",
    "nn": "compound",
    "num": "nummod",
    "number": "nummod",
    "quantmod": "advmod",
    "predet": "det:predet",
    "preconj": "cc:preconj",
    "meta": "discourse",
    "intj": "discourse",
    "acomp": "xcomp",
    "oprd": "xcomp",
    "possessive": "case",
}
_NAMES = {"PERSON": "PER", "FAC": "LOC", "GPE": "GPE", "NORP": "NORP", "ORG": "ORG", "PER": "PER", "LOC": "LOC"}
_BLANK = re.compile(r"\n[ \t\r]*\n\s*")
_NEWLINE = re.compile(r"[\r\n\u2028\u2029]+")
_DATELINE = re.compile(
    r"(?P<place>[A-Z][A-Z.'’-]{3,}(?: [A-Z.'’-]+)*(?:, ?[A-Z][\w .'’-]{2,30}?(?:\d{1,2}(?:, \d{4})?)?)?"
    r"(?: ?\([\w /.]{2,30}\))?)"
    r"(?:\s[-–—]{1,2}|--|—)\s+(?=[\"“‘]?[A-Z])"
)
_MISC = frozenset({"MISC", "EVENT", "WORK_OF_ART", "LAW", "PRODUCT", "LANGUAGE"})


@cache
def pipeline(model: str | None = None) -> Language:
    """The spaCy pipeline of that name: ``small``, ``accurate`` (the default), a package or a folder.

    Raises ModelError if it cannot be loaded or does not parse.
    """
    name = model or DEFAULT
    nlp = _load(name)
    if not _parses(nlp):
        raise ModelError(f"model {name!r} has no dependency parser; the reading needs one")
    return nlp


def _load(name: str) -> Language:
    import spacy  # takes half a second, which what reads nothing need not wait for

    folder = _folder(name)
    try:
        if (folder / "transformer.json").is_file():
            from graph.reading import transformer

            return transformer.load(folder)
        from graph.reading import names  # noqa: F401  registers the component of the small pipeline

        return spacy.load(folder if folder.is_dir() else name)
    except (OSError, ValueError, ImportError) as error:
        raise _missing(name, str(error)) from error


def _missing(name: str, why: str) -> ModelError:
    known = ", ".join(SHIPPED)
    return ModelError(
        f"model {name!r} cannot be loaded ({why}); it must be one of {known}, or a spaCy pipeline that is installed"
    )


def _folder(name: str) -> Path:
    """Where the pipeline's files are: in this package, in a package of its own, or in a folder; there may be none."""
    if name in SHIPPED:
        return Path(str(files("graph"))) / "reading" / "models" / name
    found = find_spec(name) if name.isidentifier() and not Path(name).is_dir() else None
    return Path(next(iter(found.submodule_search_locations or ()), name)) if found else Path(name)


def _parses(nlp: Language) -> bool:
    return any("parser" in name or "transformer" in name for name in nlp.pipe_names) or "dep" in nlp.meta.get(
        "assigns", ()
    )


def identity(model: str | None = None) -> str:
    """Name and version of the pipeline, for the record of what read an article; nothing is loaded for that.

    Raises ModelError if there is no such pipeline.
    """
    name = model or DEFAULT
    meta = _meta(name)
    return f"{meta.get('lang', 'en')}_{meta.get('name', name)} {meta.get('version', '0')}"


def _meta(name: str) -> dict[str, Any]:
    folder = _folder(name)
    try:
        if (folder / "transformer.json").is_file():
            return dict(json.loads((folder / "transformer.json").read_text("utf-8"))["meta"])
        return dict(json.loads((folder / "meta.json").read_text("utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise _missing(name, str(error)) from error


def language(model: str | None = None) -> Callable[[Reading], Reading]:
    """The first step of the reading: it fills ``sentences`` and ``tokens`` from the zones that are read."""
    nlp = pipeline(model)

    def step(reading: Reading) -> Reading:
        return parse(reading.document, nlp)

    return step


def parse(document: Document, nlp: Language) -> Reading:
    """A Reading with the document's sentences and tokens; boilerplate is never parsed."""
    sentences: list[Sentence] = []
    tokens: list[Token] = []
    zones = [zone for part in document.body() for zone in _paragraphs(document.text, part)]
    for zone, doc in zip(zones, nlp.pipe(zone.of(document.text) for zone in zones), strict=True):
        _append(doc, zone.start, sentences, tokens)
    return Reading(document, sentences=tuple(sentences), tokens=tuple(tokens))


def _paragraphs(text: str, part: Span) -> Iterator[Span]:
    """The stretches that no sentence runs out of: lines, or blocks between blank lines where lines are wrapped.

    A dateline ("NAIROBI –") is one of its own, so that the place is no part of the sentence after it.
    """
    breaks = _BLANK if _is_wrapped(part.of(text)) else _NEWLINE
    at = part.start
    for found in (*breaks.finditer(text, part.start, part.end), None):
        end = found.start() if found else part.end
        dateline = _DATELINE.match(text, *_trimmed_ends(text, at, end))
        if dateline:
            yield Span(*dateline.span("place"))
            at = dateline.end()
        yield from _trimmed(text, at, end)
        at = found.end() if found else end


def _is_wrapped(text: str) -> bool:
    """Whether line ends are those of a column and not of paragraphs: long lines that stop in mid-sentence."""
    lines = text.splitlines()
    inner = [a for a, b in pairwise(lines) if a.strip() and b.strip()]
    broken = [line for line in inner if 40 <= len(line) <= 120 and line.rstrip()[-1] not in '.!?:"”’']
    return len(inner) >= 4 and len(broken) > len(inner) / 2


def _trimmed_ends(text: str, start: int, end: int) -> tuple[int, int]:
    raw = text[start:end]
    return start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip())


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    left, right = _trimmed_ends(text, start, end)
    if left < right:
        yield Span(left, right)


def _append(doc: Doc, offset: int, sentences: list[Sentence], tokens: list[Token]) -> None:
    names = _name_tags(doc)
    first = len(tokens)
    place = {t.i: first + n for n, t in enumerate(t for t in doc if not t.is_space)}
    for sentence in doc.sents:
        words = [t for t in sentence if not t.is_space]
        if not words:
            continue
        begin = len(tokens)
        number = len(sentences)
        tokens.extend(_token(t, offset, number, place, names) for t in words)
        _mend_due(tokens, begin)
        span = Span(tokens[begin].span.start, tokens[-1].span.end)
        sentences.append(Sentence(span, begin, len(tokens)))


def _mend_due(tokens: list[Token], begin: int) -> None:
    """In "they are due to arrive" the "to" belongs to the verb; parsers take it for the preposition "due to"."""
    for due, to, verb in zip(tokens[begin:], tokens[begin + 1 :], tokens[begin + 2 :], strict=False):
        tied = verb.head in {due.index, due.head} or due.head == verb.index
        if due.text.lower() != "due" or to.dep != "fixed" or verb.tag != "VB" or not tied:
            continue
        if due.head == verb.index:
            above = (due.index, "root") if verb.head == verb.index else (verb.head, verb.dep)
            tokens[due.index] = replace(due, head=above[0], dep=above[1])
        tokens[to.index] = replace(to, head=verb.index, dep="mark", pos="PART", tag="TO")
        tokens[verb.index] = replace(verb, head=due.index, dep="xcomp")
        for before in tokens[begin : due.index]:
            if before.head == verb.index:
                dep = "cop" if before.lemma == "be" else before.dep
                tokens[before.index] = replace(before, head=due.index, dep=dep)


def _token(token: SpacyToken, offset: int, sentence: int, place: dict[int, int], names: dict[int, str]) -> Token:
    index = place[token.i]
    head = place.get(token.head.i, index)
    return Token(
        index=index,
        span=Span(offset + token.idx, offset + token.idx + len(token.text)),
        text=token.text,
        lemma=token.lemma_ or token.lower_,
        pos=token.pos_,
        tag=token.tag_,
        dep="root" if head == index else universal(token.dep_),
        head=head,
        sentence=sentence,
        name=names.get(token.i, ""),
        trigger=_extension(token, "trigger"),
        factuality=_extension(token, "factuality"),
        nominal=_extension(token, "nominal") or "",
    )


def universal(label: str) -> str:
    """The Universal Dependencies name of a label of either scheme."""
    return _UNIVERSAL.get(label, label)


def _extension(token: SpacyToken, name: str) -> Any:
    return token._.get(name) if token.has_extension(name) else None


def _name_tags(doc: Doc) -> dict[int, str]:
    tags = {}
    for entity in doc.ents:
        kind = _NAMES.get(entity.label_) or ("MISC" if entity.label_ in _MISC else "")
        if kind:
            tags.update({t.i: f"{'B' if t.i == entity.start else 'I'}-{kind}" for t in entity})
    return tags
