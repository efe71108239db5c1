from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import graph
from graph.model import Entity, Event, Quantity, Reading, Role
from graph.outcomes import Outcome, outcomes
from tests import examples

LATER = """Forty Norvanian engineers landed in Port Ester.
The 40 engineers arrived late.
Belmora sent bread.
"""


def later(published: dt.date | None = dt.date(2031, 5, 2), **change: Any) -> Reading:
    at = examples.Words(LATER)

    def event(id: str, trigger: str, type: str, *roles: Role) -> Event:
        return replace(Event(id, at(trigger), -1, type, at.line(trigger), roles=roles), **change)

    def entity(id: str, name: str, type: str, named: bool) -> Entity:
        return at.entity(id, name, type, name if named else (name, "nominal"), named=named)

    return Reading(
        document=examples.document(LATER, "later.txt", title="Engineers land", published=published),
        sentences=at.sentences(),
        entities=(
            entity("e1", "Forty Norvanian engineers", "Group", False),
            entity("e2", "The 40 engineers", "Group", False),
            entity("e3", "Belmora", "GeopoliticalEntity", True),
        ),
        quantities=(Quantity("q1", at("40 engineers"), 40, "engineers"),),
        events=(
            event("v1", "landed", "Travel", Role("agent", at("Forty Norvanian engineers"), entity="e1")),
            event("v2", "arrived", "Travel", Role("agent", at("The 40 engineers"), entity="e2"),
                  Role("quantity", at("40 engineers"), quantity="q1")),
            event("v3", "sent", "Deployment", Role("agent", at("Belmora"), entity="e3")),
        ),
    )  # fmt: skip


def found(*readings: Reading) -> list[Outcome]:
    with graph.open() as kg:
        for reading in readings:
            kg.add_reading(reading)
        return outcomes(kg.store)


def told(several: list[Outcome]) -> list[tuple[str, str, str]]:
    return [(o.report.rpartition("/")[2], o.why, o.status) for o in several]


def test_reports_of_such_a_deed_by_the_doer_or_with_the_figure_are_set_beside_the_pledge() -> None:
    assert told(found(examples.harbour(), later())) == [("v2", "figure", ""), ("v1", "doer", "")]


def test_what_did_not_happen_is_set_beside_it_and_says_so() -> None:
    several = found(examples.harbour(), later(polarity="Negative"))
    assert {o.status for o in several} == {"did not happen"}


def test_plans_and_promises_are_no_outcome() -> None:
    assert found(examples.harbour(), later(modality="Planned")) == []


def test_only_reports_of_later_articles_count() -> None:
    assert found(examples.harbour(), later(dt.date(2031, 3, 13))) == []
    assert found(examples.harbour(), later(None)) == []


def test_other_kinds_of_deed_do_not_count() -> None:
    assert found(examples.harbour(), later(type="Praise")) == []


def counted(value: float, unit: str = "engineers", **change: Any) -> list[Outcome]:
    told = later(**change)
    return found(examples.harbour(), replace(told, quantities=(replace(told.quantities[0], value=value, unit=unit),)))


def extents(several: list[Outcome]) -> dict[str, str]:
    return {o.report.rpartition("/")[2]: o.extent for o in several}


def by_norvania() -> Reading:
    """Norvania itself sends so many."""
    told = later()
    sender = replace(told.events[1].roles[0], entity="e4")
    norvania = replace(told.entities[2], id="e4", name="Norvania")
    events = (told.events[0], replace(told.events[1], roles=(sender, told.events[1].roles[1])))
    return replace(told, entities=(*told.entities, norvania), events=events)


def of_norvania(value: float, unit: str = "engineers", **change: Any) -> list[Outcome]:
    told = by_norvania()
    events = tuple(replace(event, **change) for event in told.events)
    quantity = replace(told.quantities[0], value=value, unit=unit)
    return found(examples.harbour(), replace(told, events=events, quantities=(quantity,)))


def test_a_smaller_figure_of_the_same_things_by_the_same_doer_is_a_part() -> None:
    (first, *_) = of_norvania(12)
    assert (first.extent, first.why) == ("12 of 40 engineers delivered so far", "doer and figure")


def test_what_came_on_top_of_earlier_ones_is_no_total() -> None:
    told = by_norvania()
    more = replace(told.quantities[0], value=12, increment=True)
    (first, *_) = found(examples.harbour(), replace(told, quantities=(more,)))
    assert first.extent == "12 more of 40 engineers delivered"


def test_the_whole_or_more_of_it_is_delivered() -> None:
    assert of_norvania(40)[0].extent == "40 of 40 engineers delivered"
    assert of_norvania(41, "Norvanian engineers")[0].extent == "41 of 40 engineers delivered"


def test_a_part_needs_the_same_things_and_a_deed_and_somebody_shared() -> None:
    assert set(extents(of_norvania(12, "lorries")).values()) == {""}
    assert set(extents(of_norvania(12, polarity="Negative")).values()) == {""}
    assert of_norvania(12, modality="Planned") == []
    assert "v2" not in extents(counted(12))


def test_the_same_number_of_other_things_is_no_ground() -> None:
    assert "v2" not in extents(counted(40, "lorries"))


def test_without_pledges_there_are_none() -> None:
    assert found(later()) == []
