"""The annotated corpora that the English models learn from, as one kind of sentence.

Treebanks: UD English EWT (Silveira et al. 2014) with the names of Universal NER (Mayhew et al. 2024) and the factuality
of Universal Decompositional Semantics (White et al. 2016); GUM (Zeldes 2017), its names and event nouns taken from its
entities.
Names: WikiGold (Balasuriya et al. 2009), WNUT17 (Derczynski et al. 2017), CrossNER politics (Liu et al. 2021).
Events: ECB+ (Cybulska and Vossen 2014), re3d (DSTL 2018).
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO, cast

import spacy
from spacy.tokens import Doc
from spacy.tokens import Span as Stretch


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PERSON, ORGANISATION, LOCATION, OTHER = TYPES = ("PER", "ORG", "LOC", "MISC")
TITLES = _words(
    "Mr Mr. Mrs Mrs. Ms Ms. Miss Dr Dr. Prof Prof. Professor President Vice Prime Minister Premier "
    "Chancellor Senator Sen. Sen Representative Rep. Congressman Congresswoman Governor Gov. Mayor Judge "
    "Justice Chief General Gen. Gen Lt. Lt Col. Col Colonel Major Maj. Captain Capt. Sgt. Sergeant "
    "Commander Admiral Adm. Brigadier Secretary Ambassador Director Chairman King Queen Prince Princess "
    "Duke Lord Lady Sir Dame Bishop Archbishop Cardinal Pope Rev. Reverend Father Rabbi Imam Sheikh "
    "Ayatollah Sheriff Officer Detective Coach Deputy MP"
)
SMALL_WORDS = _words("of the and for & - – ' ’s 's . , in on at de la du des al bin von van der")
PRONOUNS = _words("i you he she it we they this that these those who what which his her its our their my your there")
CALENDAR = _words(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July "
    "August September October November December Mon. Tue. Wed. Thu. Fri. Sat. Sun. Jan. Feb. Mar. Apr. "
    "Jun. Jul. Aug. Sept. Sep. Oct. Nov. Dec. Christmas Easter"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One training sentence. Every layer is parallel to `words`, or None where the corpus does not have it.

    `spaces` says whether white space follows a word. `tags` are Penn Treebank tags, `deps` Universal Dependencies with
    their subtypes, `heads` indices into the sentence (the root points to itself). `names` is BIO over PER, ORG, LOC and
    MISC (any other name, nationalities included); an O may hide a name of a type that is not in `name_types`, the types
    which the corpus annotates throughout. `triggers` is 1 for a word that stands for an event, 0 for one that does not,
    None for unknown. `factuality` runs from -3 (surely did not happen) to +3 (surely did). `nominals` holds GUM's
    entity type at the head word of each mention, names and pronouns included.
    """

    corpus: str
    document: str
    id: str
    words: tuple[str, ...]
    spaces: tuple[bool, ...]
    tags: tuple[str, ...] | None = None
    upos: tuple[str, ...] | None = None
    lemmas: tuple[str, ...] | None = None
    feats: tuple[str, ...] | None = None
    heads: tuple[int, ...] | None = None
    deps: tuple[str, ...] | None = None
    names: tuple[str, ...] | None = None
    name_types: frozenset[str] = frozenset()
    triggers: tuple[float | None, ...] | None = None
    factuality: tuple[float | None, ...] | None = None
    nominals: tuple[str | None, ...] | None = None

    @property
    def text(self) -> str:
        """The words with the white space between them."""
        return "".join(word + " " * space for word, space in zip(self.words, self.spaces, strict=True)).rstrip()


def treebank(folder: Path, part: str) -> list[Sentence]:
    """EWT and GUM, `part` being train, dev or test (the test parts are for measuring)."""
    return ewt(Path(folder), part) + gum(Path(folder), part)


def names(folder: Path) -> list[Sentence]:
    """WikiGold, WNUT17 and CrossNER politics: names alone."""
    shelf = Path(folder) / "names"
    return [
        *_columns(shelf / "wikigold.conll.gz", "wikigold", {}, frozenset(TYPES)),
        *_columns(shelf / "wnut17-train.conll.gz", "wnut17", WNUT, frozenset({PERSON, ORGANISATION, LOCATION})),
        *_columns(shelf / "crossner-politics-train.conll.gz", "crossner", CROSSNER, frozenset(TYPES)),
    ]


def events(folder: Path, gold: Path | None = None) -> list[Sentence]:
    """ECB+ sentences that its annotators went through; with `gold`, also the texts of re3d in it (names alone).

    Names are given only for sentences in which every capitalised word is accounted for.
    """
    with _opened(Path(folder) / "events" / "ecb-train.jsonl.gz") as lines:
        sentences = [s for line in lines for s in _ecb(json.loads(line))]
    if gold is not None:
        with open(Path(gold) / "re3d.jsonl", encoding="utf-8") as lines:
            sentences += [s for line in lines for s in _re3d(json.loads(line))]
    return sentences


# Treebanks


def ewt(folder: Path, part: str) -> list[Sentence]:
    """UD English EWT with Universal NER's names and the factuality of UDS, joined by sentence."""
    sentences = [s for s, _ in _conllu(folder / "treebanks" / f"ewt-{part}.conllu.gz", "ewt")]
    sentences = _with_factuality(sentences, _factuality(folder / "events" / "uds-factuality.json.gz", part))
    named = _universal_ner(folder / "names" / f"uner-ewt-{part}.iob2.gz") if part != "test" else {}
    annotated = frozenset(TYPES) if part == "train" else frozenset({PERSON, ORGANISATION, LOCATION})
    return [
        replace(s, names=named[s.id], name_types=annotated) if len(named.get(s.id, ())) == len(s.words) else s
        for s in sentences
    ]


def gum(folder: Path, part: str) -> list[Sentence]:
    """GUM (permissive genres) with names, nominals and event nouns out of its entity layer."""
    return [_with_entities(s, misc) for s, misc in _conllu(folder / "treebanks" / f"gum-{part}.conllu.gz", "gum")]


def trees(path: Path) -> list[Sentence]:
    """The sentences of one gzipped CoNLL-U file, without names and events."""
    return [s for s, _ in _conllu(path, path.stem)]


def _conllu(path: Path, corpus: str) -> Iterator[tuple[Sentence, list[str]]]:
    """Each sentence, and the MISC column of its words."""
    document = ""
    for lines in _blocks(path):
        comments = dict(line[2:].split(" = ", 1) for line in lines if line.startswith("# ") and " = " in line)
        document = comments.get("newdoc id", document)
        rows = [line.split("\t") for line in lines if not line.startswith("#")]
        words = [row for row in rows if row[0].isdigit()]
        columns = [tuple(column) for column in zip(*words, strict=True)]
        heads = tuple(int(row[6]) - 1 if row[6] != "0" else i for i, row in enumerate(words))
        feats = tuple("" if f == "_" else f for f in columns[5])
        _, forms, lemmas, upos, tags, _, _, deps, _, misc = columns
        lemmas = tuple(
            form if lemma == "_" and form != "_" else lemma for form, lemma in zip(forms, lemmas, strict=True)
        )
        yield (
            Sentence(
                corpus, document, comments["sent_id"], forms, _spaces(rows), tags, upos, lemmas, feats, heads, deps
            ),
            list(misc),
        )


def _spaces(rows: list[list[str]]) -> tuple[bool, ...]:
    """Whether white space follows each word; the words inside a multi-word token are written together."""
    spaces, inside, last = [], 0, True
    for row in rows:
        if "-" in row[0]:
            inside, last = int(row[0].split("-")[1]), "SpaceAfter=No" not in row[9]
        elif row[0].isdigit():
            number = int(row[0])
            spaces.append("SpaceAfter=No" not in row[9] if number > inside else last and number == inside)
    return tuple(spaces)


def _universal_ner(path: Path) -> dict[str, tuple[str, ...]]:
    """The names of each sentence id."""
    named = {}
    for lines in _blocks(path):
        identifier = next(line.split(" = ", 1)[1] for line in lines if line.startswith("# sent_id"))
        tags = [line.split("\t")[2] for line in lines if not line.startswith("#")]
        named[identifier] = _bio(tag.replace("OTH", OTHER) if tag != "B-O" else "O" for tag in tags)
    return named


def _factuality(path: Path, part: str) -> dict[int, dict[int, float]]:
    """By sentence number of the release that UDS annotated, then by word: how sure it is that it happened."""
    with _opened(path) as file:
        annotated = json.load(file)["data"]
    return {
        int(key.rsplit("-", 1)[1]) - 1: {
            int(predicate.rsplit("-", 1)[1]) - 1: value["factuality"]["factual"]["value"]
            for predicate, value in sorted(predicates.items())
        }
        for key, predicates in sorted(annotated.items())
        if key.startswith(f"ewt-{part}-")
    }


def _with_factuality(sentences: list[Sentence], rated: dict[int, dict[int, float]]) -> list[Sentence]:
    """UDS counts the sentences of an older release, which had one more or one less: find where the count slips."""
    slip = len(sentences) - (max(rated, default=len(sentences) - 1) + 1)

    def fits(number: int, shift: int) -> int:
        upos = sentences[number + shift].upos or () if 0 <= number + shift < len(sentences) else ()
        return sum(word < len(upos) and upos[word] == "VERB" for word in rated.get(number, ()))

    numbers = sorted(rated)
    score = best = sum(fits(n, slip) for n in numbers)
    turn = 0
    for n in numbers if slip else ():
        score += fits(n, 0) - fits(n, slip)
        best, turn = (score, n + 1) if score > best else (best, turn)
    values = {n + (0 if n < turn else slip): ratings for n, ratings in rated.items()}
    return [
        replace(s, factuality=tuple(values[i].get(w) for w in range(len(s.words)))) if i in values else s
        for i, s in enumerate(sentences)
    ]


def _with_entities(sentence: Sentence, misc: list[str]) -> Sentence:
    assert sentence.upos is not None
    tags = ["B-MISC" if _demonym(sentence, i) else "O" for i in range(len(sentence.words))]
    nominals: list[str | None] = [None] * len(sentence.words)
    mentions = sorted(_mentions(misc), key=lambda mention: mention[0] - mention[1])  # longest first
    for start, end, kind in reversed(mentions):
        nominals[_head(sentence, start, end)] = kind
    taken: set[int] = set()
    for start, end, kind in mentions:
        span = _proper(sentence, start, end, kind)
        if span and not taken & set(span):
            taken |= set(span)
            for i in span:
                tags[i] = ("B-" if i == span[0] else "I-") + GUM.get(kind, OTHER)
    triggers = [_trigger(sentence.upos[i], nominals[i]) for i in range(len(sentence.words))]
    return replace(
        sentence, names=tuple(tags), name_types=frozenset(TYPES), nominals=tuple(nominals), triggers=tuple(triggers)
    )


GUM = {"person": PERSON, "organization": ORGANISATION, "place": LOCATION, "time": "", "quantity": ""}


def _mentions(misc: list[str]) -> list[tuple[int, int, str]]:
    """(start, end, type) of every entity mention, out of the bracketed Entity values."""
    opened: dict[str, list[tuple[int, str]]] = {}
    found = []
    for i, cell in enumerate(misc):
        value = next((v[7:] for v in cell.split("|") if v.startswith("Entity=")), "")
        for opening, closed, closing in re.findall(r"\(([^()]+)(\))?|([^()]+)\)", value):
            if opening:
                name, kind = opening.split("-")[:2]
                opened.setdefault(name, []).append((i, kind))
            if closed or closing:
                start, kind = opened[closing or name].pop()
                found.append((start, i + 1, kind))
    return found


def _head(sentence: Sentence, start: int, end: int) -> int:
    assert sentence.heads
    heads = sentence.heads
    return next((i for i in range(start, end) if heads[i] == i or not start <= heads[i] < end), start)


def _proper(sentence: Sentence, start: int, end: int, kind: str) -> range | None:
    """The proper name around the head of a mention, titles left out."""
    assert sentence.tags
    if kind in ("time", "quantity"):
        return None
    proper = [tag in ("NNP", "NNPS") for tag in sentence.tags]
    first = last = _head(sentence, start, end)
    if not proper[first]:
        return None
    joins = {"-"} if kind == "person" else {"-", "of", "the", "and", "for", "&", "'s", "’s"}

    def reach(position: int, step: int) -> int:
        ahead = position + step
        while start <= ahead < end and sentence.words[ahead] in joins:
            ahead += step
        return ahead if start <= ahead < end and proper[ahead] else position

    while (ahead := reach(last, 1)) != last:
        last = ahead
    while (ahead := reach(first, -1)) != first:
        first = ahead
    while kind == "person" and first <= last and sentence.words[first] in TITLES:
        first += 1
    return range(first, last + 1) if first <= last else None


def _demonym(sentence: Sentence, i: int) -> bool:
    assert sentence.tags
    return i > 0 and sentence.tags[i] == "JJ" and sentence.words[i][0].isupper() and sentence.words[i][1:].islower()


def _trigger(upos: str, nominal: str | None) -> float | None:
    if upos == "VERB":
        return None
    return 1.0 if nominal == "event" else 0.0


# Names alone

WNUT = {"person": PERSON, "location": LOCATION, "corporation": ORGANISATION, "group": ORGANISATION}
CROSSNER = {
    "politician": PERSON, "person": PERSON, "politicalparty": ORGANISATION, "organisation": ORGANISATION,
    "country": LOCATION, "location": LOCATION,
}  # fmt: skip


def _columns(path: Path, corpus: str, types: dict[str, str], annotated: frozenset[str]) -> Iterator[Sentence]:
    """A file of words and their names, in columns; a word that spaCy splits is split here too."""
    for number, lines in enumerate(_blocks(path)):
        rows = [line.split() for line in lines if len(line.split()) > 1 and not line.startswith("-DOCSTART-")]
        if not rows:
            continue
        pieces = [(piece, i, tag) for word, tag in (row[:2] for row in rows) for i, piece in enumerate(_pieces(word))]
        tags = [tag if i == 0 or tag == "O" else "I-" + tag[2:] for _, i, tag in pieces]
        words = tuple(word for word, _, _ in pieces)
        named = _bio(tag if tag == "O" else tag[:2] + _type(tag[2:], types) for tag in tags)
        joined = [later[1] > 0 for later in pieces[1:]] + [False]
        spaces = tuple(a and not j for a, j in zip(_guessed_spaces(words), joined, strict=True))
        yield Sentence(corpus, corpus, f"{corpus}-{number}", words, spaces, names=named, name_types=annotated)


def _type(label: str, types: dict[str, str]) -> str:
    return label if label in TYPES else types.get(label, OTHER)


def _guessed_spaces(words: tuple[str, ...]) -> tuple[bool, ...]:
    after = [not re.fullmatch(r"[(\[$“‘]", word) for word in words]
    before = [not re.fullmatch(r"[.,;:!?%)\]’”]|['’](s|re|ve|ll|d|m)|n['’]t", word) for word in words[1:]] + [False]
    return tuple(a and b for a, b in zip(after, before, strict=True))


def _bio(tags: Iterable[str]) -> tuple[str, ...]:
    """BIO out of BIO or IOB1."""
    clean, before = [], "O"
    for tag in tags:
        clean.append("B-" + tag[2:] if tag[0] == "I" and before[2:] != tag[2:] else tag)
        before = tag
    return tuple(clean)


# Text with spans

ECB = {
    "HUMAN_PART_PER": PERSON, "HUMAN_PART_ORG": ORGANISATION, "HUMAN_PART_GPE": LOCATION, "LOC_GEO": LOCATION,
    "LOC_FAC": LOCATION, "HUMAN_PART_MET": LOCATION,
}  # fmt: skip
RE3D = {"Person": PERSON, "Organisation": ORGANISATION, "Location": LOCATION}


def _ecb(report: dict[str, Any]) -> Iterator[Sentence]:
    entities = [
        (e["start"], e["end"], ECB.get(e["type"], OTHER)) for e in report["entities"] if "TIME" not in e["type"]
    ]
    times = [(e["start"], e["end"], "") for e in report["entities"] if "TIME" in e["type"]]
    happenings = [(e["start"], e["end"]) for e in report["events"]]
    for stretch in _sentences(report["text"]):
        if any(a <= stretch.start_char and stretch.end_char <= b + 1 for a, b in report["validated"]):
            sentence = _marked("ecb", report["doc_id"], stretch, entities + times)
            yield replace(sentence, triggers=_event_words(stretch, happenings))


def _re3d(text: dict[str, Any]) -> Iterator[Sentence]:
    mentions = [(e["start"], e["end"], RE3D.get(e["type"], OTHER)) for e in text["entities"]]
    mentions = [(a, b, "" if text["text"][a:b].islower() else kind) for a, b, kind in mentions]
    for stretch in _sentences(text["text"]):
        sentence = _marked("re3d", text["doc_id"], stretch, mentions)
        if sentence.names is not None:
            yield sentence


def _marked(corpus: str, document: str, stretch: Stretch, mentions: list[tuple[int, int, str]]) -> Sentence:
    words = tuple(token.text for token in stretch)
    spaces = tuple(bool(token.whitespace_) for token in stretch)
    names = _capitalised_names(stretch, mentions)
    types = frozenset({PERSON, ORGANISATION, LOCATION}) if names else frozenset[str]()
    return Sentence(corpus, document, f"{document}-{stretch.start}", words, spaces, names=names, name_types=types)


def _capitalised_names(stretch: Stretch, mentions: list[tuple[int, int, str]]) -> tuple[str, ...] | None:
    """The mentions that are names; None where a capitalised word is left over, or is mixed with plain words."""
    tags = ["O"] * len(stretch)
    capital = [t.text[0].isupper() and t.text.lower() not in PRONOUNS for t in stretch]
    open_question = [c and t.text not in CALENDAR | TITLES for c, t in zip(capital, stretch, strict=True)]
    for start, end, kind in sorted(mentions, key=lambda m: (m[1] - m[0], m)):
        span = [i for i, t in enumerate(stretch) if t.idx >= start and t.idx + len(t) <= end]
        while span and (stretch[span[0]].text in TITLES or stretch[span[0]].text.lower() in SMALL_WORDS):
            span = span[1:]
        proper = bool(span) and all(capital[i] or stretch[i].text in SMALL_WORDS for i in span)
        if not (span and capital[span[0]] and (proper or not kind)):
            continue
        for i in span:
            open_question[i] = False
            if kind:
                tags[i] = ("B-" if i == span[0] else "I-") + kind
    opening = stretch[0].text[0].isupper() and tags[0] == "O" and not (len(stretch) > 1 and capital[1])
    return None if any(open_question[1 if opening else 0 :]) else _bio(tags)


def _event_words(stretch: Stretch, happenings: list[tuple[int, int]]) -> tuple[float | None, ...]:
    """1 at the word that carries each event: of "car accident" the last, of "checked into" the first."""
    triggers: list[float | None] = [0.0] * len(stretch)
    for start, end in happenings:
        span = [i for i, t in enumerate(stretch) if t.idx >= start and t.idx + len(t) <= end]
        if span:
            particle = stretch[span[-1]].text.lower() in PARTICLES
            triggers[span[0] if particle else span[-1]] = 1.0
    return tuple(triggers)


PARTICLES = _words("in into out up down off on over away back to for with at from of place part by through")


# Files and words


@cache
def _english() -> Callable[[str], Doc]:
    english = spacy.blank("en")
    english.add_pipe("sentencizer")
    return english


@cache
def _pieces(word: str) -> tuple[str, ...]:
    return tuple(token.text for token in _english()(word))


def _sentences(text: str) -> Iterator[Stretch]:
    """Sentences of plain text, a new line always ending one."""
    doc = _english()(text)
    for sentence in doc.sents:
        for blank, tokens in groupby(sentence, key=lambda token: "\n" in token.text):
            run = list(tokens)
            if not blank and len(run) > 1 and not any(token.is_space for token in run):
                yield doc[run[0].i : run[-1].i + 1]


def _opened(path: Path) -> TextIO:
    """A gzipped file, or the same without .gz where it lies unpacked."""
    if path.exists():
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8"))
    return open(path.with_suffix(""), encoding="utf-8")


def _blocks(path: Path) -> Iterator[list[str]]:
    """The lines of a gzipped file, in the blocks that blank lines part."""
    with _opened(path) as file:
        for blank, lines in groupby((line.rstrip("\n") for line in file), key=lambda line: not line.strip()):
            if not blank:
                yield list(lines)
