"""Questions of the pages' own: terms are put into them as terms, never as text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

import pyoxigraph as ox
from rdflib.term import Identifier

from graph.store import Store

Row = dict[str, Identifier | None]
csv.field_size_limit(1 << 30)  # what articles say has no longest
_PLACES = re.compile(r"\$(\w+)|VALUES \?(\w+) \{ UNDEF \}")


def ask(store: Store, sparql: str, **terms: str | Sequence[str]) -> list[Row]:
    """The rows of a query in which ``$name``, or the line ``VALUES ?name { UNDEF }``, stands for these IRIs.

    One that stands in the query itself is found sooner than one that is joined to it. ValueError for what is no IRI.
    """
    answer = store.query(_given(sparql, terms))
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def table(store: Store, sparql: str, **terms: str | Sequence[str]) -> list[list[str]]:
    """As ``ask``, but as text and in the order of the columns, for answers that are long: terms take their time."""
    rows = csv.reader(io.StringIO(store.csv(_given(sparql, terms)).decode(), newline=""))
    return list(rows)[1:]


def _given(sparql: str, terms: Mapping[str, str | Sequence[str]]) -> str:
    def written(match: re.Match[str]) -> str:
        if match[1]:
            return str(ox.NamedNode(str(terms[match[1]])))
        given = terms[match[2]]
        iris = [given] if isinstance(given, str) else given
        return f"VALUES ?{match[2]} {{ {' '.join(str(ox.NamedNode(iri)) for iri in iris)} }}"

    return _PLACES.sub(written, sparql)


def text(value: object) -> str:
    """The value as text; nothing where there is none."""
    return "" if value is None else str(value)


def number(value: object) -> int:
    """The value as a whole number; nought where there is none, or what a stranger's file has there is none."""
    try:
        return int(str(value))
    except ValueError:
        return 0
