"""The floors that measured figures must not fall below."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

from graph.documents import Document, Span
from graph.model import Entity, Event, Reading
from tests.evaluation import SETS, across, below, headline

FLOORS = tomllib.loads(Path(__file__).with_name("floors.toml").read_text("utf-8"))
FIGURES = {"events": {"p": 90.0, "r": 80.0, "f": 84.7}, "coreference": {"muc": 70.0, "conll": 61.2}, "class": 66.0}


def test_the_figure_that_a_floor_is_about() -> None:
    assert [headline(figure) for figure in FIGURES.values()] == [84.7, 61.2, 66.0]


def test_what_has_fallen_is_named_with_its_floor() -> None:
    floors = {"news": {"events": 84.8, "coreference": 61.2, "class": 60.0}, "other": {"events": 99.0}}
    assert below("news", FIGURES, floors) == ["news: events is 84.7, its floor is 84.8"]


def test_a_set_without_floors_cannot_fall() -> None:
    assert below("elsewhere", FIGURES, {"news": {"events": 99.0}}) == []


def test_every_set_has_floors_that_can_be_reached() -> None:
    assert set(FLOORS) == set(SETS)
    assert all(0 < floor < 100 for layers in FLOORS.values() for floor in layers.values())


def told(name: str) -> Reading:
    treva = Entity("e1", "Treva Shipping", "Organisation", ())
    guard = Entity("e2", "a guard", "Person", (), named=False)
    sale = Event("v1", Span(0, 4), 0, "Sale", Span(0, 4))
    return Reading(Document(name, "Sale", ""), entities=(treva, guard), events=(sale,))


def test_across_documents_only_what_is_named_alike_is_one() -> None:
    one, other = across(told("a")), across(told("b"))
    clusters = [[thing["cluster"] for thing in (*v["entities"], *v["events"])] for v in (one, other)]
    assert clusters[0][0] == clusters[1][0]
    assert not set(clusters[0][1:]) & set(clusters[1][1:])
    bank = replace(told("c"), entities=(Entity("e1", "Norland Bank", "Organisation", ()),))
    assert across(bank)["entities"][0]["cluster"] != clusters[0][0]
