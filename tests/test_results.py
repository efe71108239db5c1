from __future__ import annotations

import datetime as dt
import json

import pytest
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD

from graph.results import Result, short

WHO = "https://w3id.org/whodid/ontology#"
ROWS = Result(
    ("name", "number", "day", "thing"),
    (
        (Literal("Ravn, Ilse"), Literal("40", datatype=XSD.decimal), Literal("2031-03-14", datatype=XSD.date), None),
        (Literal("世界", lang="ja"), Literal("2.5", datatype=XSD.decimal), None, URIRef(WHO + "Event")),
    ),
)
TRIPLES = Result(
    ("subject", "predicate", "object"), ((URIRef("x:a"), URIRef(WHO + "agent"), Literal("b")),), triples=True
)


def test_rows_are_plain_values_by_column() -> None:
    assert list(ROWS) == [
        {"name": "Ravn, Ilse", "number": 40, "day": dt.date(2031, 3, 14), "thing": None},
        {"name": "世界", "number": 2.5, "day": None, "thing": WHO + "Event"},
    ]
    assert len(ROWS) == 2
    assert ROWS
    assert not Result(("x",))


def test_a_frame_has_the_columns_even_where_nothing_was_found() -> None:
    assert ROWS.frame()["number"].tolist() == [40, 2.5]
    assert list(Result(("x", "y")).frame().columns) == ["x", "y"]
    assert Result(("answer",), truth=True).frame()["answer"].tolist() == [True]


def test_csv_follows_the_recommendation() -> None:
    assert ROWS.csv() == f'name,number,day,thing\r\n"Ravn, Ilse",40,2031-03-14,\r\n世界,2.5,,{WHO}Event\r\n'
    assert Result(("x",), ((BNode("b"),),)).csv() == "x\r\n_:b\r\n"


def test_json_follows_the_recommendation() -> None:
    bindings = json.loads(ROWS.json())["results"]["bindings"]
    assert bindings[0]["number"] == {"type": "literal", "value": "40", "datatype": str(XSD.decimal)}
    assert bindings[1]["name"] == {"type": "literal", "value": "世界", "xml:lang": "ja"}
    assert "thing" not in bindings[0]
    assert json.loads(Result(("answer",), truth=False).json()) == {"head": {}, "boolean": False}


def test_a_table_is_aligned_whatever_the_letters_widths() -> None:
    head, rule, _, row = ROWS.table().splitlines()
    assert head.index("number") == rule.index("  ") + 2
    assert row.index("2.5") == head.index("number") - 2  # two characters that take two columns each
    assert row.endswith("who:Event")


def test_a_table_stays_within_its_width() -> None:
    wide = Result(("a", "b"), ((Literal("word " * 60), Literal("x" * 90)),))
    lines = wide.table(80).splitlines()
    assert max(map(len, lines)) <= 80
    assert "".join(lines).count("x") == 90
    assert "".join(lines).count("word") == 60


def test_a_table_says_that_rows_were_left_out_or_none_found() -> None:
    assert Result(("a",), ((Literal("b"),),), cut=True).table().endswith("only the first 1 rows are shown\n")
    assert Result(("a",)).table() == "nothing found\n"
    assert (Result(("answer",), truth=True).table(), Result(("answer",), truth=False).table()) == ("yes\n", "no\n")


def test_triples_are_turtle_and_nothing_else_is() -> None:
    assert 'who:agent "b"' in TRIPLES.turtle()
    with pytest.raises(ValueError, match="only CONSTRUCT"):
        ROWS.turtle()


def test_a_notebook_shows_a_table_that_is_escaped() -> None:
    rows = ((Literal("<script>"),), (URIRef("https://e.org/?a=1&b=2"),))
    page = Result(("a<b",), rows, cut=True)._repr_html_()
    assert "<th>a&lt;b</th>" in page
    assert "&lt;script&gt;" in page
    assert 'href="https://e.org/?a=1&amp;b=2"' in page
    assert "only the first 2 rows" in page


def test_short_names_take_the_longest_prefix() -> None:
    assert short(WHO + "Event") == "who:Event"
    assert short("x:y", {"a": "x:", "b": "x:y"}) == "b:"
    assert short("urn:z") == "urn:z"
