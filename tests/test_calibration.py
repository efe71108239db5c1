"""What confidence is worth: the table, the step, and the fit of the table."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from graph.model import Reading
from graph.reading import STEPS, lexicon
from graph.reading.calibration import CLASSES, TABLE, calibration, share
from graph.reading.events import events
from tests.calibration import Case, bins, fit, held_out, off
from tests.parses import reading


def test_the_table_rises_in_every_class() -> None:
    rows = lexicon.rows(TABLE)
    assert {row["class"] for row in rows} == set(CLASSES.values())
    for one, other in pairwise(rows):
        if one["class"] == other["class"]:
            assert float(one["prior"]) < float(other["prior"])
            assert float(one["right"]) <= float(other["right"])
    assert all(0 < float(row["right"]) < 1 for row in rows)


@pytest.mark.parametrize("words", sorted(set(CLASSES.values())))
def test_beyond_the_table_its_ends_hold(words: str) -> None:
    mine = [row for row in lexicon.rows(TABLE) if row["class"] == words]
    assert share(0, words) == float(mine[0]["right"])
    assert share(1, words) == float(mine[-1]["right"])


def test_between_two_points_it_is_between() -> None:
    one, other = (row for row in lexicon.rows(TABLE) if row["class"] == "verb" and float(row["prior"]) > 0.75)
    middle = (float(one["prior"]) + float(other["prior"])) / 2
    assert share(middle, "verb") == pytest.approx((float(one["right"]) + float(other["right"])) / 2, abs=0.001)


def found() -> Reading:
    return events(reading("Critics urged the judge to resign."))


def test_the_step_changes_nothing_but_confidence() -> None:
    before = found()
    after = calibration(before)
    assert after.events
    assert [replace(e, confidence=0) for e in after.events] == [replace(e, confidence=0) for e in before.events]
    pos = [CLASSES[before.tokens[e.head].pos] for e in before.events]
    shares = [share(e.confidence, words) for e, words in zip(before.events, pos, strict=True)]
    assert [e.confidence for e in after.events] == shares


def test_it_is_the_last_step() -> None:
    assert STEPS[-1] is calibration


def cases(prior: float, right: int, wrong: int) -> list[Case]:
    return [Case(f"d{n % 20}", "verb", prior, n < right) for n in range(right + wrong)]


def test_the_fit_counts_the_right_ones_and_never_falls() -> None:
    priors, shares = fit([*cases(0.5, 59, 39), *cases(0.7, 39, 59), *cases(0.9, 89, 9)])["verb"]
    assert priors == [0.5, 0.7, 0.9]
    assert shares == [0.5, 0.5, 0.9]


def test_a_held_out_document_has_no_part_in_its_own_figure() -> None:
    seen = [Case(f"d{n}", "verb", 0.9, True) for n in range(10)]
    alone = Case("d10", "verb", 0.9, False)
    found = dict(zip([*seen, alone], held_out([*seen, alone], [*seen, alone]), strict=True))
    assert found[alone][0] > found[seen[1]][0]


def test_off_is_the_distance_between_confidence_and_truth() -> None:
    assert off([(0.96, True), (0.96, False)]) == pytest.approx(0.46)
    assert list(bins([(0.96, True), (0.96, False)], (0.95, 1.01))) == [(0.96, 0.5, 2)]
