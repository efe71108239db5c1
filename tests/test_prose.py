from __future__ import annotations

import datetime as dt

import pytest

from graph.documents import Span
from graph.prose import Card, Item, Quote, Section, Told, figure, listed, period, say, source_line, statement


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            Told("Deployment", "deployment", agents=("Norvania",), recipients=("Belmora",), themes=("engineers",)),
            "Deployment by Norvania to Belmora: engineers — the article says so.",
        ),
        (
            Told("Deployment", "deployment", "Pledged", themes=("engineers",), voices=("Ilse Ravn",)),
            "Promised, not done: deployment: engineers — says Ilse Ravn.",
        ),
        (
            Told("Withdrawal", "withdrawal", polarity="Negative", agents=("Norvania",), voices=("a guard", "Quill")),
            "Did not happen: withdrawal by Norvania — says a guard, as Quill tells it.",
        ),
        (
            Told("Visit", "visit", "Planned", "Negative", agents=("Quill",)),
            "Not to happen (planned): visit by Quill — the article says so.",
        ),
        (
            Told("Attack", "attack", recipients=("the depot",), trigger="burned", places=("Port Ester",)),
            "Attack (“burned”) on the depot in Port Ester — the article says so.",
        ),
        (
            Told("Displacement", "displacement", trigger="displaced", figures=("about 7,000 people",), times=("May",)),
            "Displacement, May (about 7,000 people) — the article says so.",
        ),
        (
            Told("Meeting", "meeting", agents=("Quill",), partners=("Ravn",), recipients=("Ravn",)),
            "Meeting by Quill with Ravn — the article says so.",
        ),
        (
            Told("Provision", "provision", themes=("40 pumps",), figures=("40 pumps",), purposes=("drain the port",)),
            "Provision: 40 pumps and to the end: drain the port — the article says so.",
        ),
    ],
)
def test_an_event_is_one_sentence_with_its_status_and_its_source(told: Told, said: str) -> None:
    assert say(told) == said


@pytest.mark.parametrize(
    ("value", "unit", "comparator", "increment", "whole", "words"),
    [
        (9000, "people", ">", False, None, "more than 9,000 people"),
        (40, "engineers", "=", True, None, "40 more engineers"),
        (2.5, "percent", "~", False, "the harvest", "about 2.5 percent of the harvest"),
        (1_000_000, "$", ">=", False, None, "at least $1,000,000"),
    ],
)
def test_figures(value: float, unit: str, comparator: str, increment: bool, whole: str | None, words: str) -> None:
    assert figure(value, unit, comparator, increment, whole) == words


def test_times_say_the_days_that_they_were_resolved_to() -> None:
    first, last = dt.date(2031, 1, 1), dt.date(2031, 1, 31)
    assert period("January 2031", first, last) == "January 2031"
    assert period("Tuesday", last, last) == "Tuesday (31 January 2031)"
    assert period("last month", first, last) == "last month (1 January 2031 to 31 January 2031)"
    assert period("since then", first, None) == "since then (from 1 January 2031)"
    assert period("once", None, None) == "once"


def test_what_is_said_twice_is_listed_once() -> None:
    assert listed(["a", "b", "a", "c"]) == "a, b and c"
    assert listed(["a  b"]) == "a b"
    assert listed([]) == ""


def test_statements_say_how_close_to_the_words_they_are() -> None:
    assert statement("Quill", "The pumps\n came", "Direct") == "Quill: “The pumps came”"
    told = statement("a guard", "it burned", "Indirect", ("Quill",), inferred=True)
    assert told == "a guard (in other words, as Quill tells it, the speaker is worked out): it burned"


def test_an_article_is_named_by_what_is_known_of_it() -> None:
    assert source_line("Pumps", "Courier", "2031-03-13") == "“Pumps”, Courier, 13 March 2031"
    assert source_line("Pumps", None, None) == "“Pumps”"


QUOTE = Quote("The <old> pumps never came.", (Span(10, 15), Span(4, 12), Span(22, 26)), "Courier")
CARD = Card("Pumps & more", ("a note",), (Section("Told", (Item("No pumps", (QUOTE,)),)), Section("Empty", ())))


def test_marks_that_overlap_are_one() -> None:
    assert QUOTE.marked("[{}]".format) == "The [<old> pumps] never [came]."


def test_a_card_as_text_leaves_empty_sections_out() -> None:
    assert CARD.text().splitlines() == [
        "Pumps & more",
        "════════════",
        "a note",
        "",
        "Told",
        "────",
        "  • No pumps",
        "      “The [<old> pumps] never [came].” — Courier",
    ]


def test_a_card_as_html_is_escaped_and_marked() -> None:
    page = CARD._repr_html_()
    assert "<h3>Pumps &amp; more</h3>" in page
    assert "<mark>&lt;old&gt; pumps</mark>" in page
    assert "Empty" not in page
