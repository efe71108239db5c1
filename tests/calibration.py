"""Is an event's confidence the share that is right? ``python -m tests.calibration --gold DIR [--fit] [--plot FILE]``.

An event is right if the annotators have one whose words overlap it. ``--fit`` prints the table for
``graph/lexicon/calibration.tsv``, fitted on meantime as both pipelines read it; figures on meantime are those of tables
fitted without the document in question (ten folds of documents). Our own gold has no part in the fit.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import isotonic_regression

from graph.documents import Span
from graph.model import Event, Reading
from graph.reading import STEPS
from graph.reading.calibration import CLASSES, calibration, share
from graph.reading.language import SHIPPED, language
from tests import gold as own
from tests.evaluation import parsed, prepared, scorer

FOLDS = 10
WIDTH = 0.1
FEWEST = 20
Table = dict[str, tuple[list[float], list[float]]]


@dataclass(frozen=True, slots=True)
class Case:
    """An event of a document: the class of its word, its prior, and whether annotators marked it."""

    document: str
    words: str
    prior: float
    right: bool


def uncalibrated(reading: Reading) -> Reading:
    for step in STEPS:
        if step is not calibration:
            reading = step(reading)
    return reading


def meantime(gold: Path, model: str, keep: Path | None) -> Iterator[Case]:
    score = scorer(gold)
    marked = {d["id"]: d for d in score.gold("meantime")}
    for bare in parsed("meantime", prepared(score, "meantime"), model, keep):
        document = marked[bare.document.id]
        reading = uncalibrated(bare)
        events = [e for e in reading.events if e.trigger.start < document["scope_end"]]
        spans = [score.span(e) for e in document["events"]]
        hits = {j for _, j in score.m.match(spans, [(e.trigger.start, e.trigger.end) for e in events])}
        yield from _cases(reading, events, hits)


def ours(model: str) -> Iterator[Case]:
    for path in own.files():
        reading = uncalibrated(language(model)(Reading(own.article(path.stem))))
        marked = [e.trigger for e in own.reading(path).events]
        hits = {j for _, j in own.pairs(marked, [e.trigger for e in reading.events], own.ANY)}
        yield from _cases(reading, reading.events, hits)


def claims(gold: Path, model: str, keep: Path | None) -> Iterator[tuple[float, bool]]:
    """Confidence of each claim on polnear, and whether annotators marked its content: measured, never fitted to."""
    score = scorer(gold)
    marked = {d["id"]: [a["content"] for a in d["attributions"] if a["content"]] for d in score.gold("polnear")}
    for bare in parsed("polnear", prepared(score, "polnear"), model, keep):
        reading = uncalibrated(bare)
        theirs = [Span(min(a for a, _ in spans), max(b for _, b in spans)) for spans in marked[bare.document.id]]
        hits = {j for _, j in own.pairs(theirs, [c.content[0].hull(c.content[-1]) for c in reading.claims])}
        yield from ((c.confidence, j in hits) for j, c in enumerate(reading.claims))


def _cases(reading: Reading, events: Sequence[Event], hits: set[int]) -> Iterator[Case]:
    for j, event in enumerate(events):
        words = CLASSES.get(reading.tokens[event.head].pos, "verb")
        yield Case(reading.document.id, words, event.confidence, j in hits)


def fit(cases: Sequence[Case]) -> Table:
    """For each class of words the points of a line that never falls: priors in bins, and the share right in each."""
    table: Table = {}
    for words in dict.fromkeys(CLASSES.values()):
        mine = [c for c in cases if c.words == words]
        bins = [[c for c in mine if round(c.prior / WIDTH) == n] for n in range(11)]
        bins = [b for b in bins if b]
        # one right and one wrong more in each bin, so that few cases never make certainty
        shares = [(sum(c.right for c in b) + 1) / (len(b) + 2) for b in bins]
        rising = isotonic_regression(shares, weights=[len(b) for b in bins]).x
        priors = [float(np.mean([c.prior for c in b])) for b in bins]
        table[words] = [round(p, 3) for p in priors], [round(float(r), 3) for r in rising]
    return table


def looked_up(table: Table, case: Case) -> float:
    return float(np.interp(case.prior, *table[case.words]))


def held_out(cases: Sequence[Case], fitted_on: Sequence[Case]) -> list[tuple[float, bool]]:
    """Confidence and truth of each case, by a table that has not seen its document."""
    names = sorted({c.document for c in fitted_on})
    fold = {name: n % FOLDS for n, name in enumerate(names)}
    tables = [fit([c for c in fitted_on if fold[c.document] != n]) for n in range(FOLDS)]
    return [(looked_up(tables[fold[c.document]], c), c.right) for c in cases]


def bins(pairs: Iterable[tuple[float, bool]], edges: Sequence[float]) -> Iterator[tuple[float, float, int]]:
    """Mean confidence, share right, and number of the cases between each two edges."""
    found = list(pairs)
    for low, high in pairwise(edges):
        inside = [(c, r) for c, r in found if low <= c < high]
        if inside:
            yield float(np.mean([c for c, _ in inside])), float(np.mean([r for _, r in inside])), len(inside)


EDGES = (0, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.01)


def off(pairs: Sequence[tuple[float, bool]]) -> float:
    """How far confidence and share right lie apart, on average over the cases (expected calibration error)."""
    return sum(n * abs(c - r) for c, r, n in bins(pairs, EDGES)) / max(len(pairs), 1)


def plot(curves: dict[str, list[tuple[float, bool]]], path: Path) -> None:
    """Reliability, without points of few cases: on the diagonal, confidence is the share right. Needs matplotlib."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "whodid", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 4.6), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.7", lw=1)
    for (name, pairs), mark in zip(curves.items(), "os^vD", strict=False):
        points = [p for p in bins(pairs, EDGES) if p[2] >= FEWEST]
        axes.plot([c for c, _, _ in points], [r for _, r, _ in points], marker=mark, ms=4, lw=1, label=name)
    axes.set(xlabel="confidence", ylabel="share right", xlim=(0.3, 1), ylim=(0, 1.02))
    axes.legend(frameon=False, loc="upper left")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def show(name: str, pairs: Sequence[tuple[float, bool]]) -> None:
    print(f"\n{name}: {len(pairs)} cases, off by {off(pairs):.3f} on average")
    for confidence, right, n in bins(pairs, EDGES):
        print(f"| {confidence:.2f} | {right:.2f} | {n} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--parses", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args()
    read = {m: list(meantime(asked.gold, m, asked.parses)) for m in SHIPPED}
    every = [case for cases in read.values() for case in cases]
    if asked.fit:
        print("class\tprior\tright")
        for words, points in fit(every).items():
            for prior, right in zip(*points, strict=True):
                print(f"{words}\t{prior}\t{right}")
        return
    curves: dict[str, list[tuple[float, bool]]] = {}
    for model, cases in read.items():
        show(f"meantime, {model}, prior", [(c.prior, c.right) for c in cases])
        curves[f"meantime, {model}"] = held_out(cases, every)
        curves[f"our own gold, {model}"] = [(share(c.prior, c.words), c.right) for c in ours(model)]
    for name, pairs in curves.items():
        show(name, pairs)
    show("claims on polnear, accurate", list(claims(asked.gold, "accurate", asked.parses)))
    if asked.plot:
        plot(curves, asked.plot)


if __name__ == "__main__":
    main()
