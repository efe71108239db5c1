"""Quantities in sentences of invented people and places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.documents import Document
from graph.model import Quantity
from graph.reading import numbers, read
from graph.reading.quantities import quantities
from graph.reading.times import times


def counted(text: str) -> tuple[Quantity, ...]:
    return read(Document("d", text, "0" * 64), steps=(times, quantities)).quantities


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("3.5 million", 3.5e6),
        ("1,200", 1200),
        ("two hundred and fifty thousand", 250_000),
        ("two and a half", 2.5),
        ("half a million", 5e5),
        ("a million and a half", 1.5e6),
        ("2½", 2.5),
        ("thirty-four", 34),
        ("a hundred", 100),
        ("no number", None),
    ],
)
def test_number_words(words: str, value: float | None) -> None:
    assert numbers.value(words) == value


@pytest.mark.parametrize(
    ("text", "words", "value", "unit", "comparator", "increment"),
    [
        ("They sent 600 more police officers.", "600 more police officers", 600, "police officers", "=", True),
        ("They sent at least 1,900 troops.", "at least 1,900 troops", 1900, "troops", ">=", False),
        ("They sent up to 40 trucks.", "up to 40 trucks", 40, "trucks", "<=", False),
        ("Nearly 400 farmers came.", "Nearly 400 farmers", 400, "farmers", "just under", False),
        ("More than 700,000 people fled.", "More than 700,000 people", 700_000, "people", ">", False),
        ("About a dozen people fled.", "About a dozen people", 12, "people", "~", False),
        ("Dozens of soldiers fled.", "Dozens of soldiers", 24, "soldiers", ">=", False),
        ("Tens of thousands of people fled.", "Tens of thousands of people", 20_000, "people", ">=", False),
        ("It paid US$40 billion.", "US$40 billion", 4e10, "USD", "=", False),
        ("It paid £3m.", "£3m", 3e6, "GBP", "=", False),
        ("It paid 500,000 Kenyan shillings.", "500,000 Kenyan shillings", 500_000, "KES", "=", False),
        ("It paid $12.", "$12", 12, "$", "=", False),
        ("The mast is 5m tall.", "5m", 5, "m", "=", False),
        ("Wages rose by 5%.", "5%", 5, "%", "=", True),
        ("Wages rose to 5%.", "5%", 5, "%", "=", False),
        ("The lease runs for another 12 months.", "another 12 months", 12, "months", "=", True),
        ("A 27-nation bloc met.", "27-nation", 27, "nation", "=", False),
        ("A 34-year-old woman was hurt.", "34", 34, "years", "=", False),
    ],
)
def test_figures(text: str, words: str, value: float, unit: str, comparator: str, increment: bool) -> None:
    (found,) = counted(text)
    assert found.span.of(text) == words
    assert (found.value, found.unit, found.comparator, found.increment) == (value, unit, comparator, increment)


@pytest.mark.parametrize(
    ("text", "value", "comparator", "whole"),
    [
        ("Less than a quarter of its planned fleet sailed.", 0.25, "<", "its planned fleet"),
        ("Half the villagers left.", 0.5, "=", "the villagers"),
        ("Two-thirds of voters stayed.", 0.666666666667, "=", "voters"),
        ("One in five farmers left.", 0.2, "=", "farmers"),
        ("Some 45 per cent of the seats are empty.", 45, "~", "the seats"),
    ],
)
def test_shares_say_of_what(text: str, value: float, comparator: str, whole: str) -> None:
    (found,) = counted(text)
    assert (found.value, found.comparator, found.whole) == (value, comparator, whole)


def test_both_ends_of_a_range_count_the_same() -> None:
    low, high = counted("Between 20 and 30 farmers came.")
    assert (low.value, low.comparator, low.unit) == (20, ">=", "farmers")
    assert (high.value, high.comparator, high.unit) == (30, "<=", "farmers")


def test_a_figure_without_a_noun_takes_that_of_the_same_figure() -> None:
    first, again = counted(
        "Oskania pledged 600 more police officers. The next batch, an additional 600, is in training."
    )
    assert again.unit == "police officers"
    assert again.restates == first.id


def test_the_level_that_a_change_arrives_at_is_no_limit() -> None:
    _, level = counted("Oskania sent 600 more nurses. This will bring the team up to 1,000.")
    assert (level.value, level.comparator, level.increment, level.unit) == (1000, "=", False, "nurses")


def test_small_figures_restate_only_what_is_known() -> None:
    assert [q.restates for q in counted("Two men fell. Two men ran. The two men met.")] == [None, None, "q1"]


@pytest.mark.parametrize(
    "text",
    [
        "The council adopted Resolution 2699.",
        "He flew a Tarrant A380.",
        "The home side won 2-1.",
        "He was born in 1984.",
        "He arrived at 8.30am on 4 May.",
        "It was the third attempt.",
        "One of them left and no one came.",
        "Call 0800 123 456.",
        "She is in her 60s.",
    ],
)
def test_no_quantity_where_there_is_none(text: str) -> None:
    assert counted(text) == ()


pieces = st.sampled_from(
    [
        "more",
        "than",
        "600",
        "1,000",
        "3.5",
        "million",
        "US$",
        "£",
        "m",
        "bn",
        "%",
        "of",
        "the",
        "a",
        "dozen",
        "hundreds",
        "two-thirds",
        "in",
        "five",
        "people",
        "-",
        "to",
        "up",
        "at",
        "least",
        "one",
        ".",
        ",",
        "officers",
        "another",
        "further",
        "2-1",
        "007",
        "½",
        "percent",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(pieces, max_size=14).map(" ".join)))
def test_any_text_gives_quantities_in_place(text: str) -> None:
    found = counted(text)
    assert all(0 <= q.span.start < q.span.end <= len(text) for q in found)
    assert [q.id for q in found] == [f"q{n}" for n in range(1, len(found) + 1)]
    assert all(q.restates is None or q.restates in {p.id for p in found[:n]} for n, q in enumerate(found))
    assert counted(text) == found
