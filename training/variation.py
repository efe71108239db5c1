"""What an epoch is made of: windows of neighbouring sentences, some of them varied as news varies its text."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from training import gazetteer
from training.corpora import Sentence

SINGLE = frozenset({"wnut17", "crossner"})  # sentences without neighbours
LONGEST = 150
ROOM = (1, 50, 110)  # words of a window; a sentence longer than that stands alone
RENAMED, UPPER, LOWER, CAPITALISED, CURLY, UNSTOPPED = 0.3, 0.05, 0.06, 0.05, 0.1, 0.05


def documents(sentences: Iterable[Sentence]) -> list[list[Sentence]]:
    """Documents: runs of sentences that stand next to each other."""
    usable = [s for s in sentences if len(s.words) <= LONGEST]
    return [
        list(run) for _, run in groupby(usable, key=lambda s: (s.corpus, s.id if s.corpus in SINGLE else s.document))
    ]


def windows(texts: Sequence[Sequence[Sentence]], rng: random.Random) -> Iterator[list[Sentence]]:
    """Cut documents into runs of sentences, some of one sentence, some of up to 110 words."""
    for document in texts:
        window: list[Sentence] = []
        room = rng.choice(ROOM)
        for sentence in document:
            if window and sum(len(s.words) for s in [*window, sentence]) > room:
                yield window
                window, room = [], rng.choice(ROOM)
            window.append(sentence)
        yield window


class Varied:
    """Copies of sentences with other names, other case, other quotes, no final stop."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.people = [names for names in gazetteer.people().values() if names[0] and names[1]]
        self.places = defaultdict(list)
        for name in (*gazetteer.countries(), *gazetteer.cities()):
            self.places[len(name.split())].append(name)
        self.cities, self.countries = frozenset(gazetteer.cities()), frozenset(gazetteer.countries())

    def __call__(self, window: list[Sentence]) -> list[Sentence]:
        if self.rng.random() < RENAMED:
            window = [self.renamed(s) for s in window]
        chance = self.rng.random()
        if chance < UPPER + LOWER + CAPITALISED:
            change = str.upper if chance < UPPER else str.lower if chance < UPPER + LOWER else _capitalised
            window = [replace(s, words=tuple(change(word) for word in s.words)) for s in window]
        if self.rng.random() < CURLY:
            window = [replace(s, words=tuple(_curly(word) for word in s.words)) for s in window]
        return [_unstopped(s) if self.rng.random() < UNSTOPPED else s for s in window]

    def renamed(self, sentence: Sentence) -> Sentence:
        words, tags = list(sentence.words), sentence.names or ()
        given, family = self.rng.choice(self.people)
        for start, end, kind in spans(tags):
            if kind == "PER" and end - start <= 2 and all(w.isalpha() for w in words[start:end]):
                words[end - 1] = self.rng.choice(family if end - start == 2 or self.rng.random() < 0.6 else given)
                if end - start == 2:
                    words[start] = self.rng.choice(given)
            elif kind in ("LOC", "ORG"):
                self._replaced(words, start, end)
        whole = all(" " not in word for word in words)
        return replace(sentence, words=tuple(words)) if whole else sentence

    def _replaced(self, words: list[str], start: int, end: int) -> None:
        if " ".join(words[start:end]) in self.cities | self.countries:
            words[start:end] = self.rng.choice(self.places[end - start]).split()
            return
        for i in range(start, end):
            if words[i] in self.cities and words[i][0].isupper() and len(words[i]) > 3:
                words[i] = self.rng.choice(self.places[1])


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]


def _curly(word: str) -> str:
    return word.replace("``", "“").replace("''", "”").replace('"', "”").replace("'", "’")


def _unstopped(s: Sentence) -> Sentence:
    end = len(s.words) - 1
    if (
        end < 2
        or s.words[end] not in (".", "!", "?")
        or (s.heads and end in s.heads[:end] + (end,) * (s.heads[end] == end))
    ):
        return s
    layers = (
        "words",
        "spaces",
        "tags",
        "upos",
        "lemmas",
        "feats",
        "heads",
        "deps",
        "names",
        "triggers",
        "factuality",
        "nominals",
    )
    return replace(s, **{layer: getattr(s, layer) and getattr(s, layer)[:end] for layer in layers})


def spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """(start, end, type) of every BIO name."""
    found: list[tuple[int, int, str]] = []
    for i, tag in enumerate(tags):
        if tag[0] == "B" or (tag[0] == "I" and not (found and found[-1][1:] == (i, tag[2:]))):
            found.append((i, i + 1, tag[2:]))
        elif tag[0] == "I":
            found[-1] = (found[-1][0], i + 1, tag[2:])
    return found
