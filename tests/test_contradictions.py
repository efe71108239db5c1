"""The named question where reports contradict each other: figures of one happening, told as events of several kinds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import graph
from graph.model import Event, Quantity, Reading, Role
from tests import examples

MONDAY, TUESDAY = dt.date(2031, 3, 3), dt.date(2031, 3, 4)


def report(
    name: str, type: str, counted: str, value: float, *, unit: str = "people", place: str = "Sandovar", **more: Any
) -> Reading:
    """``counted`` fell in ``place``, on ``day`` if it is given."""
    text = f"{counted} fell in {place} on that day.\n"
    at = examples.Words(text)
    day: dt.date | None = more.get("day")
    return Reading(
        document=examples.document(text, f"{name}.txt", title=name, published=more.get("issued", TUESDAY)),
        sentences=at.sentences(),
        entities=(at.entity("e1", place, "Place"),),
        times=(examples.day("t1", at("that day"), day),) if day else (),
        quantities=(Quantity("q1", at(counted), value, unit, more.get("comparator", "=")),),
        events=(
            Event("v1", at("fell"), -1, type, at.line("fell"), roles=(Role("quantity", at(counted), quantity="q1"),
                Role("theme", at(counted)))),
        ),
    )  # fmt: skip


def found(*readings: Reading) -> list[tuple[str, set[str]]]:
    with graph.open() as kg:
        for reading in readings:
            kg.add_reading(reading)
        return [(str(r["conflict"]), {str(r["one"]), str(r["other"])}) for r in kg.query("contradictions")]


DEAD = report("a", "Death", "17 people", 17)


@pytest.mark.parametrize("kind", ["Attack", "Killing", "Death", "Disaster"])
def test_figures_are_compared_with_what_such_an_event_may_bring(kind: str) -> None:
    assert found(DEAD, report("b", kind, "23 people", 23)) == [("figures", {"17 people", "23 people"})]


def test_a_figure_of_the_dead_is_one_of_people() -> None:
    assert found(DEAD, report("b", "Killing", "23 dead", 23, unit="dead")) == [("figures", {"17 people", "23 dead"})]


def test_a_bound_that_leaves_room_is_told_apart() -> None:
    least = report("b", "Killing", "at least 12 people", 12, comparator=">=")
    assert found(DEAD, least) == [("figures, one a bound", {"17 people", "at least 12 people"})]
    over = report("b", "Killing", "more than 30 people", 30, comparator=">")
    assert [conflict for conflict, _ in found(DEAD, over)] == ["figures"]


@pytest.mark.parametrize(
    "other",
    [
        report("b", "Injury", "23 people", 23),
        report("b", "Visit", "23 people", 23),
        report("b", "Killing", "17 people", 17),
        report("b", "Killing", "23 soldiers", 23, unit="soldiers"),
        report("b", "Killing", "23", 23, unit=""),
        report("b", "Killing", "23 people", 23, place="Quellmark"),
        report("b", "Killing", "23 people", 23, issued=dt.date(2031, 9, 1)),
    ],
    ids=[
        "other kind",
        "unrelated kind",
        "same figure",
        "other things",
        "nothing counted",
        "other place",
        "months later",
    ],
)
def test_what_may_not_be_the_same_is_no_contradiction(other: Reading) -> None:
    assert found(DEAD, other) == []


def test_days_that_cannot_be_one_are_no_contradiction() -> None:
    monday = report("a", "Death", "17 people", 17, day=MONDAY)
    assert found(monday, report("b", "Killing", "23 people", 23, day=TUESDAY)) == []
    assert len(found(monday, report("b", "Killing", "23 people", 23, day=MONDAY))) == 1


def test_a_part_and_its_whole_are_not_two_figures() -> None:
    text = "Four of twelve boats came to Sandovar.\n"
    at = examples.Words(text)
    roles = [Role("place", at("Sandovar"), entity="e1")]
    roles += [Role("quantity", at(w), quantity=q) for q, w in (("q1", "Four of twelve boats"), ("q2", "twelve boats"))]
    one = Reading(
        document=examples.document(text, "boats.txt", title="boats", published=TUESDAY),
        sentences=at.sentences(),
        entities=(at.entity("e1", "Sandovar", "Place"),),
        quantities=(
            Quantity("q1", at("Four of twelve boats"), 4, "boats"),
            Quantity("q2", at("twelve boats"), 12, "boats"),
        ),
        events=(Event("v1", at("came"), -1, "Travel", at.line("came"), roles=tuple(roles)),),
    )
    assert found(one) == []
    assert found(one, report("b", "Travel", "twelve boats", 12, unit="boats")) == []
