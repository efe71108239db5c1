from __future__ import annotations

import pyoxigraph as ox
import pytest
from rdflib import Literal
from rdflib.namespace import XSD

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
    wrong, right = Literal("1", datatype=XSD.boolean, normalize=False), Literal("true", datatype=XSD.boolean)
    assert dialects.VIRTUOSO.term(wrong) == right
    assert dialects.VIRTUOSO.term(Literal(7)) == Literal(7)
    assert dialects.VIRTUOSO.term(None) is None


def test_the_dialect_is_that_of_the_server() -> None:
    assert dialects.of("Virtuoso/07.20.3229 (Linux)") is dialects.VIRTUOSO
    assert dialects.of("Oxigraph/0.5") is dialects.of("") is dialects.STANDARD
