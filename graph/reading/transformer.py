"""The accurate English pipeline: one small pretrained encoder on onnxruntime, as a spaCy pipeline.

Sentences, tags, morphology, lemmas, Universal Dependencies, names; and on each token `_.trigger` (how likely it stands
for an event), `_.factuality` (-3: surely did not happen, +3: surely did) and `_.nominal` (the kind of thing it heads).
Biaffine arcs after Dozat and Manning (2017). A text is read in windows of at most 200 wordpieces, cut between sentences
wherever there is a cut, so that memory grows linearly with its length; the same text gives the same reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.lookups import Lookups
from spacy.tokens import Doc, Span, Token
from spacy.vocab import Vocab

from graph.errors import ModelError
from graph.reading import trees
from graph.reading.features import Featuriser, Gazetteer, pad
from graph.reading.titles import bare, is_title

__all__ = ["Annotation", "Reader", "load"]

WINDOW = 200
STOPS = frozenset({".", "!", "?", "…", "...", "?!", "!!", "!?"})
NOTHING = "none"  # the kind of thing of a word that heads no mention
CLOSING = frozenset("\"'”’)]»") | {"''"}
# what opens the quotation that a mark closes
QUOTING = {"”": ("“", "„"), "’": ("‘",), "»": ("«",), "''": ("``", "''"), '"': ('"',), "'": ("'",)}
FILES = ("transformer.json", "vocabulary.txt", "gazetteer.txt.gz", "network.onnx", "labeller.onnx")
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


def load(path: Path) -> Language:
    """The pipeline in the folder `path`. Raises ModelError if a file is missing."""
    missing = [name for name in FILES if not (path / name).is_file()]
    if missing:
        raise ModelError(f"model folder {path} lacks {', '.join(missing)}; it must hold {', '.join(FILES)}")
    card = json.loads((path / "transformer.json").read_text(encoding="utf-8"))
    nlp = spacy.blank("en", meta=card["meta"])
    nlp.add_pipe("whodid_transformer").open(path)  # type: ignore[attr-defined]
    if (path / "lookups").is_dir():
        lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule"})
        lemmatizer.initialize(lookups=Lookups().from_disk(path / "lookups"))  # type: ignore[attr-defined]
    return nlp


@dataclass(frozen=True, slots=True)
class Annotation:
    """What was read about the words of one text; all arrays are parallel to the words."""

    heads: Integers  # place in the text; the root of each sentence is its own head
    labels: list[str]
    tags: list[str]
    morphs: list[str]  # "NOUN|Number=Sing"
    names: list[str]  # BIO
    triggers: Floats
    factuality: Floats
    nominals: list[str]


# Windows


def windows(words: Sequence[str], spaces: Sequence[bool], lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Cut a paragraph into stretches of about `WINDOW` wordpieces, after the last sure end of a sentence in each."""
    cuts, start, sure, used = [0], 0, 0, 0
    for i, length in enumerate(lengths):
        if used + length > WINDOW:
            start = sure if sure > start else i
            cuts.append(start)
            used = sum(lengths[start:i])
        used += length
        if _surely_ends(words, spaces, i):
            sure = i + 1
    return list(zip(cuts, [*cuts[1:], len(words)], strict=True))


def _surely_ends(words: Sequence[str], spaces: Sequence[bool], i: int) -> bool:
    if not spaces[i] or i + 1 >= len(words) or not (words[i + 1][0].isupper() or words[i + 1][0] in "\"'“‘([-–—•"):
        return False
    return words[i] in STOPS or (words[i] in CLOSING and words[i - 1] in STOPS)


def sentences(starts: Floats, words: Sequence[str], spaces: Sequence[bool]) -> list[tuple[int, int]]:
    """Begin and end of each sentence from the scores of words as sentence starts; marks alone are no sentence.

    A quotation that was announced ends its sentence whatever the scores: He said: "We will." They went.
    """
    scored = (int(i) for i in np.flatnonzero(starts > 0) if i > 0 and not _goes_on(words, int(i)))
    quoted = (i for i in range(2, len(words)) if _follows_announced(words, spaces, i))
    begins = sorted({0, *scored, *quoted})
    kept = [a for a, b in pairwise([*begins, len(words)]) if a == 0 or _has_letters(words[a:b])]
    return list(pairwise([*kept, len(words)]))


def _goes_on(words: Sequence[str], i: int) -> bool:
    """After a quotation a small letter goes on with the sentence: "Why?" she asked."""
    return words[i][0].islower() and words[i - 1] in CLOSING


def _follows_announced(words: Sequence[str], spaces: Sequence[bool], i: int) -> bool:
    """Whether a sentence begins behind a quotation that ends in a stop and does not begin its own sentence itself.

    What is quoted after nothing may have its speaker still to come ("No." Nia said.), and so may, behind another mark
    than a full stop, what no comma or colon announces (the song "Stay!" Monday).
    """
    stop, mark = words[i - 2], words[i - 1]
    if mark not in QUOTING or stop not in STOPS or not words[i][0].isupper() or spaces[i - 2] or not spaces[i - 1]:
        return False
    opening = next((n for n in range(i - 3, 0, -1) if _opens(words, spaces, n, mark)), 0)
    announcing = words[opening - 1] if opening else "."
    return announcing in {",", ":"} or (stop == "." and announcing[-1].isalnum())


def _opens(words: Sequence[str], spaces: Sequence[bool], n: int, mark: str) -> bool:
    return words[n] in QUOTING[mark] and spaces[n - 1] and not spaces[n]


def _has_letters(words: Sequence[str]) -> bool:
    return any(letter.isalnum() for word in words for letter in word)


# Names


def transitions(names: Sequence[str]) -> Floats:
    """names × names: 0 where the second may follow the first, and a great loss where it may not (I-PER after O)."""
    fits = [[after[0] != "I" or before[2:] == after[2:] for after in names] for before in names]
    return np.where(np.array(fits), 0.0, -1e4).astype(np.float32)


def viterbi(scores: Floats, moves: Floats, opening: Floats) -> Integers:
    """The best allowed sequence of names; `scores` is words × names."""
    best, back = scores[0] + opening, np.zeros(scores.shape, dtype=np.int64)
    for i in range(1, len(scores)):
        paths = best[:, None] + moves
        back[i] = paths.argmax(axis=0)
        best = paths.max(axis=0) + scores[i]
    found = [int(best.argmax())]
    for row in back[:0:-1]:
        found.append(int(row[found[-1]]))
    return np.array(found[::-1])


# The network


class Reader:
    """Reads the words of texts with the network of one model folder."""

    def __init__(self, folder: Path) -> None:
        card = json.loads((folder / "transformer.json").read_text(encoding="utf-8"))
        self.classes: dict[str, list[str]] = card["labels"]
        self.featuriser = Featuriser(folder / "vocabulary.txt", Gazetteer.load(folder / "gazetteer.txt.gz"))
        self.network, self.labeller = _session(folder / "network.onnx"), _session(folder / "labeller.onnx")
        self.moves = transitions(self.classes["names"])
        self.opening = np.array([-1e4 if name[0] == "I" else 0.0 for name in self.classes["names"]], dtype=np.float32)
        self.root = self.classes["labels"].index("root")

    def read(self, words: Sequence[str], spaces: Sequence[bool], breaks: Sequence[int] = ()) -> Annotation:
        """Annotate the words of one text; no sentence goes on over one of the `breaks`."""
        lengths = [self.featuriser.length(word) for word in words]
        cuts = [0, *breaks, len(words)]
        places = [
            (a + start, a + end)
            for a, b in pairwise(cuts)
            if a < b
            for start, end in windows(words[a:b], spaces[a:b], lengths[a:b])
        ]
        parts = [self._window(words[a:b], spaces[a:b]) for a, b in places]
        return _joined(parts, [a for a, _ in places])

    def _window(self, words: Sequence[str], spaces: Sequence[bool]) -> Annotation:
        """One window at a time: weights in 8 bits make neighbours in a batch change each other's last digits."""
        rows = pad([self.featuriser.row(words, spaces)])
        out = {name: array[0] for name, array in zip(OUTPUTS, self.network.run(OUTPUTS, rows), strict=True)}
        tree = _tree(out["arcs"], out["starts"], words, spaces)
        scores = self.labeller.run(None, {"dependents": out["dependents"], "heads": out["heads"][tree]})[0]
        return self._annotation(out, tree, self._labels(scores, tree == np.arange(len(tree))))

    def _labels(self, scores: Floats, roots: NDArray[np.bool_]) -> list[str]:
        scores[:, self.root] = np.where(roots, 1e4, -1e4)
        return [self.classes["labels"][i] for i in scores.argmax(axis=1)]

    def _annotation(self, out: dict[str, Floats], tree: Integers, labels: list[str]) -> Annotation:
        best = {
            layer: [self.classes[layer][i] for i in out[layer].argmax(axis=1)]
            for layer in ("tags", "morphs", "nominals")
        }
        named = viterbi(out["names"], self.moves, self.opening)
        return Annotation(
            heads=tree,
            labels=labels,
            names=[self.classes["names"][i] for i in named],
            triggers=(1 / (1 + np.exp(-out["triggers"].astype(np.float64)))).astype(np.float32),
            factuality=out["factuality"].clip(-3, 3),
            **best,
        )


OUTPUTS = ("tags", "morphs", "nominals", "triggers", "factuality", "starts", "names", "arcs", "dependents", "heads")


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    onnxruntime.disable_telemetry_events()
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _tree(arcs: Floats, starts: Floats, words: Sequence[str], spaces: Sequence[bool]) -> Integers:
    return np.concatenate([a + trees.heads(arcs[a:b, a:b]) for a, b in sentences(starts, words, spaces)])


def _joined(parts: Sequence[Annotation], offsets: Sequence[int]) -> Annotation:
    return Annotation(
        heads=np.concatenate([part.heads + offset for part, offset in zip(parts, offsets, strict=True)]),
        triggers=np.concatenate([part.triggers for part in parts]),
        factuality=np.concatenate([part.factuality for part in parts]),
        labels=[label for part in parts for label in part.labels],
        tags=[tag for part in parts for tag in part.tags],
        morphs=[morph for part in parts for morph in part.morphs],
        names=[name for part in parts for name in part.names],
        nominals=[kind for part in parts for kind in part.nominals],
    )


# spaCy


@Language.factory(
    "whodid_transformer",
    assigns=["token.tag", "token.pos", "token.morph", "token.dep", "token.head", "token.is_sent_start", "doc.ents"],
)
def create(nlp: Language, name: str) -> Transformer:
    """The factory of the component in a spaCy pipeline; `open` gives it a model folder."""
    return Transformer(nlp.vocab)


class Transformer:
    """A spaCy component that sets everything the network reads; needs `open` first."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self.reader: Reader | None = None

    def open(self, folder: Path) -> None:
        """Take the network from a model folder."""
        self.reader = Reader(folder)

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one Doc in place. Raises ModelError if no model folder was opened."""
        if self.reader is None:
            raise ModelError(
                "the component whodid_transformer has no model; call open(folder), or use transformer.load"
            )
        solid = [token for token in doc if not token.is_space]
        if solid:
            found = self.reader.read([t.text for t in solid], _spaces(doc, solid), _breaks(doc, solid))
            places = np.array([token.i for token in solid])
            _write(doc, places, found)
            _remember(doc, places, found)
        for token in doc if not solid else ():
            token.pos_, token.is_sent_start = "SPACE", token.i == 0
        return doc

    def to_bytes(self, **_: Any) -> bytes:
        raise ModelError("whodid_transformer does not travel as bytes; load the model folder with transformer.load")


def _spaces(doc: Doc, solid: Sequence[Token]) -> list[bool]:
    return [bool(token.whitespace_) or (token.i + 1 < len(doc) and doc[token.i + 1].is_space) for token in solid]


def _breaks(doc: Doc, solid: Sequence[Token]) -> list[int]:
    """Places among the solid tokens before which a line ends that no sentence runs over."""
    return [
        n
        for n, token in enumerate(solid)
        if n and "\n" in (gap := doc[solid[n - 1].i + 1 : token.i].text) and _ends_line(gap, solid[n - 1], token)
    ]


def _ends_line(gap: str, before: Token, after: Token) -> bool:
    return gap.count("\n") > 1 or before.text in STOPS or before.text in CLOSING or not after.text[0].islower()


def _write(doc: Doc, places: Integers, found: Annotation) -> None:
    """Set what spaCy has a place for; white space hangs on the word before it."""
    values = np.zeros((len(doc), 5), dtype=np.uint64)
    values[:, :3] = _keys(doc, ["_SP", "SPACE", "dep"])
    values[:, 4] = _relative(_nearest(len(doc), places) - np.arange(len(doc)))
    values[places, 0] = _keys(doc, found.tags)
    values[places, 1] = _keys(doc, [morph.partition("|")[0] for morph in found.morphs])
    values[places, 2] = _keys(doc, ["ROOT" if label == "root" else label for label in found.labels])
    values[places, 3] = [doc.vocab.morphology.add(morph.partition("|")[2]) for morph in found.morphs]
    values[places, 4] = _relative(places[found.heads] - places)
    doc.from_array(["TAG", "POS", "DEP", "MORPH", "HEAD"], values)  # type: ignore[arg-type]
    doc.ents = [bare(span) for span in _named(doc, places, found.names) if not is_title(span)]


def _keys(doc: Doc, texts: Sequence[str]) -> list[int]:
    return [doc.vocab.strings.add(text) for text in texts]


def _relative(distance: Integers) -> NDArray[np.uint64]:
    return distance.astype(np.int64).view(np.uint64)


def _nearest(length: int, places: Integers) -> Integers:
    """For each token the last solid one up to it, or the first one of all."""
    return places[np.maximum(np.searchsorted(places, np.arange(length), side="right") - 1, 0)]


def _remember(doc: Doc, places: Integers, found: Annotation) -> None:
    """Keep what spaCy has no place for with the Doc, under the names of the extensions."""
    doc.user_data["trigger"] = dict(zip(places.tolist(), found.triggers.tolist(), strict=True))
    doc.user_data["factuality"] = dict(zip(places.tolist(), found.factuality.tolist(), strict=True))
    doc.user_data["nominal"] = dict(zip(places.tolist(), found.nominals, strict=True))


def _named(doc: Doc, places: Integers, tags: Sequence[str]) -> Iterator[Span]:
    """The names as spans of the Doc, white space inside them included."""
    start = 0
    for i, tag in enumerate([*tags, "O"]):
        if tag[0] != "I":
            if i and tags[start] != "O":
                yield Span(doc, int(places[start]), int(places[i - 1]) + 1, label=tags[start][2:])
            start = i


def _trigger(token: Token) -> float | None:
    """None in a text that another pipeline of the same process has read."""
    found = token.doc.user_data.get("trigger")
    return None if found is None else float(found.get(token.i, 0.0))


def _factuality(token: Token) -> float | None:
    """Rated for verbs, words that stand for an event, and predicates with a copula."""
    happens = token.pos_ == "VERB" or (_trigger(token) or 0) >= 0.5 or any(child.dep_ == "cop" for child in token.lefts)
    return token.doc.user_data.get("factuality", {}).get(token.i) if happens else None


def _nominal(token: Token) -> str:
    kind = token.doc.user_data.get("nominal", {}).get(token.i, NOTHING)
    return "" if kind == NOTHING else str(kind)


for _name, _getter in (("trigger", _trigger), ("factuality", _factuality), ("nominal", _nominal)):
    Token.set_extension(_name, getter=_getter, force=True)
