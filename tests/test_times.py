"""Time expressions in sentences of invented people and places."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.documents import Document
from graph.model import Reading, Time
from graph.reading import lexicon, read, timexes
from graph.reading.times import times

SATURDAY = dt.date(2024, 9, 21)


def timed(text: str, published: dt.date | None = SATURDAY) -> Reading:
    return read(Document("d", text, "0" * 64, published=published), steps=(times,))


def one(text: str, published: dt.date | None = SATURDAY) -> Time:
    found = timed(text, published).times
    assert len(found) == 1, found
    return found[0]


def bounds(time: Time) -> list[str]:
    days = (time.earliest_begin, time.latest_begin, time.earliest_end, time.latest_end)
    return ["" if d is None else d.isoformat() for d in days]


@pytest.mark.parametrize("row", [r for r in lexicon.rows("time_patterns.tsv") if not r["name"].isupper()], ids=str)
def test_every_pattern_matches_its_example(row: dict[str, str]) -> None:
    match = timexes.compiled(row["pattern"]).match(row["example"])
    assert match is not None
    needs = [frozenset(n.split("/")) for n in row["needs"].split()]
    assert all(need & timexes.sparks(row["example"]) for need in needs)


@pytest.mark.parametrize(
    ("text", "words", "type", "timex"),
    [
        ("The bridge opened in October 2023.", "October 2023", "DATE", "2023-10"),
        ("The bridge opened on 20 Sept and fell.", "20 Sept", "DATE", "2024-09-20"),
        ("The bridge fell on Sept. 11, 1981.", "Sept. 11, 1981", "DATE", "1981-09-11"),
        ("It is dated 2008-03-01.", "2008-03-01", "DATE", "2008-03-01"),
        ("It expires on 31/12/2024.", "31/12/2024", "DATE", "2024-12-31"),
        ("It was signed on 7/8/2019.", "7/8/2019", "DATE", "2019-08-07"),
        ("Profits rose in the third quarter of last year.", "the third quarter of last year", "DATE", "2023-Q3"),
        ("Profits rose in Q3 2022.", "Q3 2022", "DATE", "2022-Q3"),
        ("Profits rose in fiscal 2022.", "fiscal 2022", "DATE", "FY2022"),
        ("The mill closed in the early 1990s.", "the early 1990s", "DATE", "199"),
        ("The mill was built in the 19th century.", "the 19th century", "DATE", "18"),
        ("They were married last summer.", "last summer", "DATE", "2024-SU"),
        ("They were married on Christmas Eve.", "Christmas Eve", "DATE", "2023-12-24"),
        ("They were married on Good Friday 2019.", "Good Friday 2019", "DATE", "2019-04-19"),
        ("The ferry sank two years ago.", "two years ago", "DATE", "2022"),
        ("The ferry sank three weeks ago.", "three weeks ago", "DATE", "2024-W35"),
        ("The ferry sank earlier this week.", "earlier this week", "DATE", "2024-W38"),
        ("The ferry sank yesterday.", "yesterday", "DATE", "2024-09-20"),
        ("The ferry sank last night.", "last night", "TIME", "2024-09-20TNI"),
        ("The ferry sank on Monday morning.", "Monday morning", "TIME", "2024-09-16TMO"),
        ("The ferry left at 8.30am on Friday.", "8.30am on Friday", "TIME", "2024-09-20T08:30"),
        ("The ferry left at 0600 GMT today.", "0600 GMT today", "TIME", "2024-09-21T06:00Z"),
        ("The lease was renewed for another 12 months.", "another 12 months", "DURATION", "P12M"),
        ("She waited two and a half years.", "two and a half years", "DURATION", "P2.5Y"),
        ("She waited half an hour.", "half an hour", "DURATION", "PT30M"),
        ("It was a five-year plan.", "five-year", "DURATION", "P5Y"),
        ("It has grown over the last few months.", "the last few months", "DURATION", "PXM"),
        ("The port handles 15 ships a year.", "a year", "SET", "P1Y"),
        ("The council meets every two weeks.", "every two weeks", "SET", "P2W"),
        ("The council meets annually.", "annually", "SET", "P1Y"),
        ("The council now owns it.", "now", "DATE", "PRESENT_REF"),
    ],
)
def test_expressions(text: str, words: str, type: str, timex: str) -> None:
    time = one(text)
    assert (time.span.of(text), time.type, time.timex) == (words, type, timex)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It has been shut since June.", ["2024-06-01", "2024-06-30", "2024-09-21", ""]),
        ("They must decide by the end of the month.", ["", "", "", "2024-09-30"]),
        ("They must decide before the end of March.", ["", "", "", "2025-03-31"]),
        ("They must decide before the end of the year.", ["", "", "", "2024-12-31"]),
        ("They must decide before the very end of 2025.", ["", "", "", "2025-12-31"]),
        ("They must decide before the start of May.", ["", "", "", "2025-05-01"]),
        ("They must decide before May.", ["", "", "", "2025-05-01"]),
        ("They must decide by the start of May.", ["", "", "", "2025-05-01"]),
        ("They will stay until the end of May.", ["", "", "2025-05-31", "2025-05-31"]),
        ("It will be sold after the end of May.", ["2025-05-31", "", "", ""]),
        ("It has been shut since the end of June.", ["2024-06-01", "2024-06-30", "2024-09-21", ""]),
        ("They stayed until October 2025.", ["", "", "2025-10-01", "2025-10-31"]),
        ("It will be sold after 3 October.", ["2024-10-03", "", "", ""]),
        ("It will open in a few weeks’ time.", ["2024-09-21", "", "", ""]),
        ("It will open in the coming weeks.", ["2024-09-21", "", "", ""]),
        ("It has grown over the past two years.", ["2022-09-21", "", "", "2024-09-21"]),
        ("It ran from 10-12 June 2019.", ["2019-06-10", "2019-06-10", "2019-06-12", "2019-06-12"]),
        ("It happened in fiscal 2022.", ["", "2022-12-31", "2022-01-01", ""]),
    ],
)
def test_bounds_follow_the_preposition(text: str, expected: list[str]) -> None:
    assert bounds(one(text)) == expected


@pytest.mark.parametrize("text", ["It ran from May to July 2009.", "It ran between May and July 2009."])
def test_both_ends_of_a_range_have_its_bounds(text: str) -> None:
    begin, end = timed(text).times
    assert (begin.timex, end.timex) == ("2009-05", "2009-07")
    assert bounds(begin) == bounds(end) == ["2009-05-01", "2009-05-31", "2009-07-01", "2009-07-31"]


@pytest.mark.parametrize(
    ("text", "timex"),
    [
        ("The mayor resigned on Friday.", "2024-09-20"),
        ("The mayor will resign on Friday.", "2024-09-27"),
        ("The vote, scheduled for Friday, was delayed.", "2024-09-27"),
        ("The mayor resigned in December.", "2023-12"),
        ("The mayor will resign in May.", "2025-05"),
    ],
)
def test_the_verb_says_which_way_a_bare_date_looks(text: str, timex: str) -> None:
    assert one(text).timex == timex


def test_a_story_counts_from_its_own_time() -> None:
    reading = timed("The dam broke on 4 May 2011. A day earlier it had rained. Help came the following week.")
    assert [t.timex for t in reading.times] == ["2011-05-04", "2011-05-03", "2011-W19"]
    assert [t.anchor for t in reading.times] == [None, "t1", "t2"]


def test_the_same_period_last_year_moves_what_was_told() -> None:
    reading = timed("Sales rose in February compared with the same period last year.")
    assert [t.timex for t in reading.times] == ["2024-02", "2023-02"]


def test_without_a_day_of_publication_nothing_is_invented() -> None:
    for text, timex in [
        ("He left in June.", "XXXX-06"),
        ("He left on Friday.", "XXXX-WXX-5"),
        ("He left last year.", "XXXX"),
        ("He left yesterday.", "XXXX-XX-XX"),
    ]:
        time = one(text, None)
        assert time.timex == timex
        assert bounds(time) == ["", "", "", ""]


def test_a_dateline_stands_in_for_the_day_of_publication() -> None:
    reading = timed("Bridge closes\nMay 4, 2011\nThe bridge was closed on Monday.", None)
    assert [t.timex for t in reading.times] == ["2011-05-04", "2011-05-02"]
    assert reading.times[1].anchor == "t1"


def test_a_time_may_run_over_a_wrapped_line() -> None:
    wrapped = (
        "The council of the small harbour town said that it would close the\n"
        "old bridge to all lorries and buses, since the last\n"
        "two weeks had shown that the pillars were worn and the deck was\n"
        "far too weak for them, and that it would remain shut\n"
        "until engineers had looked at every one of the stones.\n"
    )
    assert any(t.span.of(wrapped) == "the last\ntwo weeks" for t in timed(wrapped).times)


def test_an_american_document_is_read_as_one() -> None:
    reading = timed("It was signed on 7/25/2019 and ended on 7/8/2020.")
    assert [t.timex for t in reading.times] == ["2019-07-25", "2020-07-08"]


@pytest.mark.parametrize(
    "text",
    [
        "May Whitlow said the Sunday Herald was wrong.",
        "The boy is 12 years old.",
        "A 34-year-old woman was hurt.",
        "A quarter of the force left.",
        "They may march and fall.",
        "About 2000 people came.",
        "A second man was hurt as soon as it began.",
        "Flight 1984 was late.",
    ],
)
def test_no_time_where_there_is_none(text: str) -> None:
    assert timed(text).times == ()


words = st.sampled_from(
    [
        "in",
        "on",
        "since",
        "by",
        "the",
        "last",
        "next",
        "May",
        "2024",
        "31/02/2024",
        "99/99/99",
        "Friday",
        "week",
        "weeks",
        "two",
        "00",
        "a",
        "year",
        "ago",
        "0600",
        "GMT",
        "Q3",
        "of",
        "and",
        "to",
        "fiscal",
        "9999",
        "years",
        "10000000",
        "centuries",
        "ago,",
        "end",
        "month",
        "’",
        "\n",
        ".",
        "–",
        "1990s",
        "Easter",
        "earlier",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(words, max_size=14).map(" ".join)), st.booleans())
def test_any_text_gives_times_in_place_and_order(text: str, dated: bool) -> None:
    reading = timed(text, SATURDAY if dated else None)
    spans = [t.span for t in reading.times]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(span.of(text).strip() for span in spans)
    assert timed(text, SATURDAY if dated else None) == reading
