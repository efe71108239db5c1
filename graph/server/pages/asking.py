"""Questions of the pages' own: terms are put into them as terms, never as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyoxigraph as ox
from rdflib.term import Identifier

from graph.store import Store

Row = dict[str, Identifier | None]


def ask(store: Store, sparql: str, **terms: str | Sequence[str]) -> list[Row]:
    """The rows of a query whose lines ``VALUES ?name { UNDEF }`` are given these IRIs. ValueError for what is none."""

    def values(match: re.Match[str]) -> str:
        given = terms.get(match[1], ())
        iris = [given] if isinstance(given, str) else given
        return f"VALUES ?{match[1]} {{ {' '.join(str(ox.NamedNode(iri)) for iri in iris)} }}"

    answer = store.query(re.sub(r"VALUES \?(\w+) \{ UNDEF \}", values, sparql))
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def text(value: object) -> str:
    """The value as text; nothing where there is none."""
    return "" if value is None else str(value)


def number(value: object) -> int:
    """The value as a whole number; nought where there is none, or what a stranger's file has there is none."""
    try:
        return int(str(value))
    except ValueError:
        return 0


def local(value: object) -> str:
    """The last part of a term of the ontology."""
    return text(value).rpartition("#")[2]
