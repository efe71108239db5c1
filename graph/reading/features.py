"""What the transformer is told about a word: its wordpieces, its written shape, and the name lists it stands in."""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import BertWordPieceTokenizer

__all__ = ["FLAGS", "SHAPES", "Batch", "Featuriser", "Gazetteer", "Row", "normalise", "pad", "shape"]

SHAPES = ("pad", "lower", "title", "upper", "initial", "mixed", "digits", "numeric", "dotted", "stop", "mark", "other")
PLACES = ("country", "region", "city")
FLAGS = (*(f"{place}-{part}" for place in PLACES for part in "BI"), "given", "surname")
LONGEST_NAME = 6
MOST_PIECES = 6
QUOTES = str.maketrans("‘’‚‛ʻʼ´`“”„‟«»", "''''''''" + '"' * 6)


def normalise(word: str) -> str:
    """The form under which lists know a word: lower case, no accents, straight quotes."""
    plain = unicodedata.normalize("NFD", word.translate(QUOTES).lower())
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")


def shape(word: str) -> int:
    """The index in `SHAPES` of how a word is written."""
    return SHAPES.index(_letters(word) if any(c.isalpha() for c in word) else _symbols(word))


def _letters(word: str) -> str:
    if any(c.isdigit() for c in word):
        return "numeric"
    if "." in word[:-1]:
        return "dotted"
    if word.islower():
        return "lower"
    if word.isupper():
        return "initial" if len(word.rstrip(".")) == 1 else "upper"
    return "title" if word[0].isupper() and word[1:].islower() else "mixed"


def _symbols(word: str) -> str:
    if any(c.isdigit() for c in word):
        return "digits" if word.isdigit() else "numeric"
    if word[0] in ".!?…":
        return "stop"
    return "mark" if unicodedata.category(word[0])[0] == "P" else "other"


class Gazetteer:
    """Names of countries, regions and cities, and people's given names and surnames, case and accents left out."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        """`entries` are pairs of a kind (`country`, `region`, `city`, `given`, `surname`) and a tokenised name."""
        self.people: dict[str, list[int]] = {}
        self.places: dict[str, dict[tuple[str, ...], list[int]]] = {}
        for kind, name in entries:
            self._add(kind, tuple(name.split()))

    @classmethod
    def load(cls, path: Path) -> Gazetteer:
        """Read a gzipped file of lines `kind<TAB>name`."""
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        return cls((kind, name) for kind, _, name in (line.partition("\t") for line in lines))

    def _add(self, kind: str, words: tuple[str, ...]) -> None:
        if kind in PLACES:
            self.places.setdefault(words[0], {}).setdefault(words, []).append(FLAGS.index(f"{kind}-B"))
        else:
            self.people.setdefault(words[0], []).append(FLAGS.index(kind))

    def flags(self, words: Sequence[str]) -> NDArray[np.float32]:
        """One row of `FLAGS` for each of the normalised words; the longest name at a word counts."""
        rows = np.zeros((len(words), len(FLAGS)), dtype=np.float32)
        for i, word in enumerate(words):
            if word in self.people:
                rows[i, self.people[word]] = 1
            if word in self.places:
                self._mark(rows, words, i)
        return rows

    def _mark(self, rows: NDArray[np.float32], words: Sequence[str], start: int) -> None:
        names = self.places[words[start]]
        for length in range(min(LONGEST_NAME, len(words) - start), 0, -1):
            kinds = names.get(tuple(words[start : start + length]))
            if kinds:
                rows[start, kinds] = 1
                rows[start + 1 : start + length, [kind + 1 for kind in kinds]] = 1
                return


@dataclass(frozen=True, slots=True)
class Row:
    """The model's input for one window of words."""

    pieces: list[int]
    owners: list[int]  # for each piece its word, counted from 1; 0 for the two marks at the ends
    first: list[int]
    last: list[int]
    shapes: list[int]
    flags: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.pieces)


Batch = dict[str, NDArray[np.int64] | NDArray[np.float32]]


class Featuriser:
    """Turns words into `Row`s; remembers the wordpieces of every word that it has seen."""

    def __init__(self, vocabulary: Path, gazetteer: Gazetteer) -> None:
        """`vocabulary` is a file of wordpieces, one a line, in the order of the embedding's rows."""
        self.gazetteer = gazetteer
        self.wordpieces = BertWordPieceTokenizer(str(vocabulary), lowercase=True)
        self.start, self.stop, self.unknown = (
            self.wordpieces.token_to_id(mark) for mark in ("[CLS]", "[SEP]", "[UNK]")
        )
        self._seen: dict[str, tuple[list[int], int, str]] = {}

    def row(self, words: Sequence[str], spaces: Sequence[bool]) -> Row:
        """The input for words of one window; `spaces` says which are followed by white space."""
        known = [self._seen.get(word) or self._see(word) for word in words]
        pieces, owners, first, last = [self.start], [0], [], []
        for number, (ids, _, _) in enumerate(known, 1):
            first.append(len(pieces))
            pieces += ids
            owners += [number] * len(ids)
            last.append(len(pieces) - 1)
        shapes = [2 * kind + space for (_, kind, _), space in zip(known, spaces, strict=True)]
        return Row(
            [*pieces, self.stop], [*owners, 0], first, last, shapes, self.gazetteer.flags([n for *_, n in known])
        )

    def length(self, word: str) -> int:
        """How many wordpieces a word takes."""
        return len((self._seen.get(word) or self._see(word))[0])

    def _see(self, word: str) -> tuple[list[int], int, str]:
        ids = self.wordpieces.encode(word.translate(QUOTES)[:64], add_special_tokens=False).ids or [self.unknown]
        if len(ids) > MOST_PIECES:
            ids = [*ids[: MOST_PIECES - 1], ids[-1]]
        if len(self._seen) > 200_000:
            self._seen.clear()
        return self._seen.setdefault(word, (ids, shape(word), normalise(word)))


def pad(rows: Sequence[Row]) -> Batch:
    """Rows as arrays of one length: pieces × longest, words × most words, 0 where nothing stands."""
    pieces, words = max(map(len, rows)), max(len(row.first) for row in rows)
    return {
        "pieces": _fill([row.pieces for row in rows], pieces),
        "owners": _fill([row.owners for row in rows], pieces),
        "first": _fill([row.first for row in rows], words),
        "last": _fill([row.last for row in rows], words),
        "shapes": _fill([row.shapes for row in rows], words),
        "flags": np.stack([np.pad(row.flags, ((0, words - len(row.first)), (0, 0))) for row in rows]),
    }


def _fill(lists: Sequence[Sequence[int]], width: int) -> NDArray[np.int64]:
    filled = np.zeros((len(lists), width), dtype=np.int64)
    for row, numbers in zip(filled, lists, strict=True):
        row[: len(numbers)] = numbers
    return filled
