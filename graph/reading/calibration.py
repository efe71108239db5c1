"""Confidence that means something: of the events at 0.9, about nine in ten are right.

What the events step gives is a prior: the word lists weighed with the pipeline's probability. Here it becomes the
share of events of that word class and prior that annotators marked too, measured on text annotated by others: isotonic
regression (Zadrozny and Elkan 2002), fitted by ``tests/calibration.py`` and kept as a table.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache

import numpy as np

from graph.model import Event, Reading
from graph.reading import lexicon

TABLE = "calibration.tsv"
CLASSES = {"VERB": "verb", "NOUN": "noun", "PROPN": "noun", "AUX": "state", "ADJ": "state"}


def calibration(reading: Reading) -> Reading:
    """The last step: each event's confidence as a share of right ones. It starts from the prior: take it once."""
    return replace(reading, events=tuple(_calibrated(e, reading.tokens[e.head].pos) for e in reading.events))


def _calibrated(event: Event, pos: str) -> Event:
    return replace(event, confidence=share(event.confidence, CLASSES.get(pos, "verb")))


def share(prior: float, words: str) -> float:
    """Which share of the events with that prior and class of words is right: a line between the table's points."""
    priors, right = _points()[words]
    return round(float(np.interp(prior, priors, right)), 3)


@cache
def _points() -> dict[str, tuple[list[float], list[float]]]:
    found: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for row in lexicon.rows(TABLE):
        priors, right = found[row["class"]]
        priors.append(float(row["prior"]))
        right.append(float(row["right"]))
    return dict(found)
