"""Names of people, organisations and places by a conditional random field: the small pipeline's name recogniser.

Linear-chain CRF (Lafferty et al. 2001) on words, their shapes, tags and word clusters, and on lists of places and
people.
Word clusters as features: Miller et al. 2004, Turian et al. 2010.
"""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pycrfsuite  # type: ignore[import-untyped]
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, Span

from graph.errors import ModelError
from graph.reading.features import FLAGS, Gazetteer, normalise
from graph.reading.titles import bare

__all__ = ["NameTagger", "describe"]

FILES = ("names.crfsuite", "clusters.npy", "gazetteer.txt.gz")


class NameTagger:
    """A spaCy component that sets `doc.ents` with the labels PER, ORG, LOC and MISC (any other name, nationalities)."""

    def __init__(self) -> None:
        """An empty component; `open` or `from_disk` gives it its model."""
        self._crf = pycrfsuite.Tagger()
        self.files: dict[str, bytes] = {}

    def open(self, files: dict[str, bytes]) -> NameTagger:
        """Use a model given as the contents of its three files."""
        self.files = files
        self._crf.open_inmemory(files["names.crfsuite"])
        self.clusters: NDArray[np.int64] = np.frombuffer(files["clusters.npy"], dtype="<i2").reshape(-1, 2)
        lines = gzip.decompress(files["gazetteer.txt.gz"]).decode().splitlines()
        self.gazetteer = Gazetteer((kind, name) for kind, _, name in (line.partition("\t") for line in lines))
        return self

    def __call__(self, doc: Doc) -> Doc:
        """The document with its names marked."""
        if not len(doc):
            return doc
        described = describe(doc, self.gazetteer, self.clusters)
        labels = [label for s in doc.sents for label in self._crf.tag(described[s.start : s.end])]
        doc.ents = _agreeing([bare(span) for span in _spans(doc, labels)])
        return doc

    def to_disk(self, path: Path, exclude: Iterable[str] = ()) -> None:
        """Write the model's files into a folder."""
        Path(path).mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (Path(path) / name).write_bytes(content)

    def from_disk(self, path: Path, exclude: Iterable[str] = ()) -> NameTagger:
        """Read the model's files from a folder; raises ModelError if one is missing."""
        missing = [name for name in FILES if not (Path(path) / name).is_file()]
        if missing:
            raise ModelError(f"name model {path} lacks {', '.join(missing)}; it must hold {', '.join(FILES)}")
        return self.open({name: (Path(path) / name).read_bytes() for name in FILES})


@Language.factory("whodid_names", assigns=["doc.ents"], requires=["token.tag"])
def _create(nlp: Language, name: str) -> NameTagger:
    return NameTagger()


def describe(doc: Doc, gazetteer: Gazetteer, clusters: NDArray[np.int64]) -> list[list[str]]:
    """The features of every token; `clusters` has a coarse and a fine cluster for each row of the vectors."""
    own = _own(doc, gazetteer, clusters)
    padded = [_EDGE, _EDGE, *own, _EDGE, _EDGE]
    return [_window(*padded[i : i + 5]) for i in range(len(own))]


@dataclass(frozen=True, slots=True)
class _Word:
    lower: str
    shape: str
    tag: str
    coarse: str
    fine: str
    listed: str


_EDGE = _Word("<>", "<>", "<>", "<>", "<>", "")


def _own(doc: Doc, gazetteer: Gazetteer, clusters: NDArray[np.int64]) -> list[_Word]:
    rows = doc.vocab.vectors.find(keys=doc.to_array("LOWER"))
    known = [
        (str(a), str(b)) if r >= 0 else ("?", "?") for r, (a, b) in zip(rows, clusters[rows].tolist(), strict=True)
    ]
    listed = _listed(gazetteer, [normalise(token.text) for token in doc])
    return [
        _Word(token.lower_, token.shape_, token.tag_, coarse, fine, names)
        for token, (coarse, fine), names in zip(doc, known, listed, strict=True)
    ]


def _listed(gazetteer: Gazetteer, words: Sequence[str]) -> list[str]:
    names = [""] * len(words)
    for word, flag in zip(*np.nonzero(gazetteer.flags(words)), strict=True):
        names[word] += FLAGS[flag] + " "
    return names


def _window(b: _Word, a: _Word, w: _Word, y: _Word, z: _Word) -> list[str]:
    """The features of the word `w` between the two words before and the two after it."""
    word = w.lower
    return [
        "w=" + word,
        "a=" + a.lower,
        "y=" + y.lower,
        "b=" + b.lower,
        "z=" + z.lower,
        "aw=" + a.lower + "|" + word,
        "wy=" + word + "|" + y.lower,
        "p2=" + word[:2],
        "p3=" + word[:3],
        "s2=" + word[-2:],
        "s3=" + word[-3:],
        "s4=" + word[-4:],
        "x=" + w.shape,
        "ax=" + a.shape + "|" + w.shape,
        "xy=" + w.shape + "|" + y.shape,
        "axy=" + a.shape + "|" + w.shape + "|" + y.shape,
        "t=" + w.tag,
        "at=" + a.tag + "|" + w.tag,
        "ty=" + w.tag + "|" + y.tag,
        "bat=" + b.tag + "|" + a.tag + "|" + w.tag,
        "tyz=" + w.tag + "|" + y.tag + "|" + z.tag,
        "c=" + w.coarse,
        "ac=" + a.coarse,
        "cy=" + y.coarse,
        "bc=" + b.coarse,
        "cz=" + z.coarse,
        "acy=" + a.coarse + "|" + y.coarse,
        "f=" + w.fine,
        "af=" + a.fine,
        "fy=" + y.fine,
        "bf=" + b.fine,
        "fz=" + z.fine,
        "l=" + w.listed,
        "lx=" + w.listed + w.shape,
        "al=" + a.listed,
        "ly=" + y.listed,
        "alw=" + a.listed + "|" + w.listed,
        "lwy=" + w.listed + "|" + y.listed,
        "alt=" + a.lower + "|" + w.tag,
        "tyl=" + w.tag + "|" + y.lower,
    ]


def _spans(doc: Doc, labels: Sequence[str]) -> list[Span]:
    """The stretches that BIO labels mark."""
    starts = [i for i, label in enumerate(labels) if label[0] == "B"]
    spans = []
    for start in starts:
        end = start + 1
        while end < len(labels) and labels[end][0] == "I":
            end += 1
        spans.append(Span(doc, start, end, label=labels[start][2:]))
    return spans


def _agreeing(spans: list[Span]) -> list[Span]:
    """The same names with one label for each wording: the one that the document's mentions of it mostly have.

    A surname that stands alone follows the person that it is part of.
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for span in spans:
        votes[span.text][span.label_] += 1
        if span.label_ == "PER" and len(span) > 1:
            votes[span[-1].text]["PER"] += 1
    best = {name: max(sorted(labels), key=lambda label: labels[label]) for name, labels in votes.items()}
    return [Span(span.doc, span.start, span.end, label=best[span.text]) for span in spans]
