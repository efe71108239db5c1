from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from graph.documents import Span
from graph.reading.quotations import holding, overlapping, quotations


def quoted(text: str) -> list[str]:
    return [span.of(text) for span in quotations(text, (Span(0, len(text)),))]


def test_each_kind_of_mark() -> None:
    assert quoted("“We will go,” she said.") == ["We will go,"]
    assert quoted('"We will go," she said.') == ["We will go,"]
    assert quoted("''We will go,'' she said. ''Soon.''") == ["We will go,", "Soon."]
    assert quoted("‘We will go,’ she said.") == ["We will go,"]
    assert quoted("«Nous y allons», dit-elle.") == ["Nous y allons"]


def test_apostrophes_open_nothing() -> None:
    assert quoted("It’s the officers’ base and Lumo's port, isn't it?") == []
    assert quoted("“It’s the officers’ base,” he said.") == ["It’s the officers’ base,"]


def test_a_quotation_in_a_quotation_belongs_to_the_outer_one() -> None:
    assert quoted("“She told us ‘never again’ and left,” he said.") == ["She told us ‘never again’ and left,"]


def test_a_paragraph_left_open_ends_the_quotation_there() -> None:
    assert quoted("“First part.\n“Second part,” he said.") == ["First part.", "Second part,"]


def test_zones_that_are_not_read_are_left_out() -> None:
    text = "“In.” “Out.”"
    assert [s.of(text) for s in quotations(text, (Span(0, 6),))] == ["In."]


def test_finding_by_place() -> None:
    spans = (Span(2, 5), Span(8, 12))
    assert holding(spans, 4) == Span(2, 5)
    assert holding(spans, 5) is None
    assert list(overlapping(spans, Span(4, 9))) == [Span(2, 5), Span(8, 12)]
    assert list(overlapping(spans, Span(5, 8))) == []


@given(st.text(alphabet="ab .\n\"“”‘’'`«»", max_size=60))
def test_spans_are_sorted_and_apart(text: str) -> None:
    found = quotations(text, (Span(0, len(text)),))
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(s.start < s.end <= len(text) for s in found)
