from __future__ import annotations

import pyoxigraph as ox
import pytest

from graph import dialects
from graph.queries import named_queries
from graph.store import Store
from graph.vocabulary import PREFIXES

VIRTUOSO = dialects.VIRTUOSO.rewritten


@pytest.mark.parametrize("name", named_queries())
def test_what_is_written_anew_means_the_same(memory: Store, name: str) -> None:
    """A server that keeps to the standard gives the same answer to both."""
    sparql = named_queries()[name].sparql
    assert memory.query(VIRTUOSO(sparql)).rows == memory.query(sparql).rows


@pytest.mark.parametrize(
    ("sparql", "wanted"),
    [
        (
            'SELECT * { BIND(CONCAT(?a, "CONCAT(?b)", COALESCE(?c, "")) AS ?d) }',
            'SELECT * { BIND(IF(COALESCE(STRLEN(STR(?a)), -1) >= 0, CONCAT(?a, "CONCAT(?b)", COALESCE(?c, "")), '
            "?never_bound) AS ?d) }",
        ),
        (
            "SELECT (MIN(?a) AS ?m) (MAX(?a + 1) AS ?n) {}",
            "SELECT (MIN(IF(isNumeric(?a) || isIRI(?a), ?a, STR(?a))) AS ?m) (MAX(?a + 1) AS ?n) {}",
        ),
        (
            "SELECT * { OPTIONAL { ?a ?b ?c FILTER(BOUND(?x)) } FILTER(BOUND(?x) || ?y) }",
            "SELECT * { OPTIONAL { ?a ?b ?c FILTER(COALESCE(STRLEN(STR(?x)), -1) >= 0 || BOUND(?x)) } "
            "FILTER(BOUND(?x) || ?y) }",
        ),
        (
            "SELECT (1 AS ?b) { ?a ?c ?d } ORDER BY ?a DESC(?b) (!BOUND(?c)) DESC(?d) LIMIT 1",
            "SELECT (1 AS ?b) { ?a ?c ?d } ORDER BY (IF(isNumeric(?a), ?a, -1e300)) (STR(?a)) DESC(?b) (!BOUND(?c)) "
            "DESC(IF(isNumeric(?d), ?d, -1e300)) DESC(STR(?d)) LIMIT 1",
        ),
        (
            "SELECT * { VALUES ?a { UNDEF } VALUES ?b { <x:b> } ?b who:accordingTo+ ?c }",
            "SELECT * {  { SELECT ?b { VALUES ?b { <x:b> } } } ?b who:accordingTo+ ?c }",
        ),
        (
            "SELECT * { VALUES ?a { <x:a> } { VALUES ?b { <x:b> } } UNION { ?a ?c ?b } }",
            "SELECT * { { SELECT ?a { VALUES ?a { <x:a> } } } { { SELECT ?b { VALUES ?b { <x:b> } } } } "
            "UNION { ?a ?c ?b } }",
        ),
        ("SELECT * { VALUES ?b { <x:b> } ?b ?a ?c }", "SELECT * { VALUES ?b { <x:b> } ?b ?a ?c }"),
        (
            'SELECT (CONCAT(STR(COUNT(?a)), " ") AS ?n) { ?a ?b ?c } GROUP BY ?b ORDER BY SAMPLE(?a) DESC(STR(?b))',
            'SELECT (CONCAT(STR(COUNT(?a)), " ") AS ?n) { ?a ?b ?c } GROUP BY ?b ORDER BY (SAMPLE(?a)) DESC(STR(?b))',
        ),
    ],
)  # fmt: skip
def test_what_virtuoso_is_asked_instead(sparql: str, wanted: str) -> None:
    assert VIRTUOSO(sparql) == wanted
    ox.Store().query(wanted, prefixes=PREFIXES)


@pytest.mark.parametrize(
    "odd", ["", "SELECT", "CONCAT(", "ORDER BY", "ORDER BY DESC(", "MIN(?a", "VALUES ?x", "FILTER(BOUND("]
)
def test_what_does_not_parse_is_no_trouble(odd: str) -> None:
    VIRTUOSO(odd)


def test_booleans_are_put_right() -> None:
    boolean = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
    assert dialects.VIRTUOSO.term is not None
    for wrong, right in (("1", "true"), ("0", "false"), ("true", "true")):
        assert dialects.VIRTUOSO.term(ox.Literal(wrong, datatype=boolean)) == ox.Literal(right, datatype=boolean)
    for term in (ox.Literal(1), ox.Literal("1"), ox.NamedNode("urn:x:1")):
        assert dialects.VIRTUOSO.term(term) == term


@pytest.mark.parametrize(
    ("asking", "wanted"),
    [
        (("SELECT * { ?a ?b ?c }",), ("SELECT * { ?a ?b ?c }", [], [])),
        (("SELECT * FROM <x:1> FROM <x:2> { }",), ("SELECT *   { }", ["x:1", "x:2"], [dialects.NOWHERE])),
        (("ASK FROM NAMED who:a {}",), ("ASK  {}", [dialects.NOWHERE], [PREFIXES["who"] + "a"])),
        (("ASK FROM <x:1> {}", ["x:2"], ["x:3"]), ("ASK  {}", ["x:2"], ["x:3"])),
        (
            ("ASK { ?from ?b 'FROM <x:1>' }", [], ["x:3"]),
            ("ASK { ?from ?b 'FROM <x:1>' }", [dialects.NOWHERE], ["x:3"]),
        ),
    ],
)
def test_a_dataset_is_said_by_the_request_alone(
    asking: tuple[str, ...], wanted: tuple[str, list[str], list[str]]
) -> None:
    sparql, default, named = dialects.VIRTUOSO.chosen(dialects.Asking(*asking))
    assert (sparql, list(default), list(named)) == wanted


def test_the_dialect_is_that_of_the_server() -> None:
    assert dialects.of("Virtuoso/07.20.3229 (Linux)") is dialects.VIRTUOSO
    assert dialects.of("Oxigraph/0.5") is dialects.of("") is dialects.STANDARD
