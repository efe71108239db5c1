"""Answers to queries: rows, a truth, or triples, and the ways to write them down."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Identifier

from graph.vocabulary import PREFIXES

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]

Value = str | int | float | bool | dt.date | None
Triple = tuple[Identifier, Identifier, Identifier]
_TRIPLE = ("subject", "predicate", "object")
SHOWN = 60
"""How many rows a notebook shows."""


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one query, in the order in which the store gave it.

    ``rows`` are RDF terms in the order of ``columns`` (None: unbound); iterating gives plain Python values by column.
    ``truth`` is the answer to an ASK, None for other queries. ``triples`` is true where the rows are a CONSTRUCT's or
    DESCRIBE's triples. ``cut`` is true where the row limit left rows out.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Identifier | None, ...], ...] = ()
    truth: bool | None = None
    triples: bool = False
    cut: bool = False

    def __iter__(self) -> Iterator[dict[str, Value]]:
        for row in self.rows:
            yield dict(zip(self.columns, map(plain, row), strict=True))

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows) if self.truth is None else self.truth

    def frame(self) -> pandas.DataFrame:
        """The rows as a pandas frame, one column a variable."""
        import pandas

        if self.truth is not None:
            return pandas.DataFrame({"answer": [self.truth]})
        return pandas.DataFrame(list(self), columns=list(self.columns))

    def table(self, width: int = 200) -> str:
        """The rows as text in columns; cells that would not fit into ``width`` characters are broken over lines."""
        if self.truth is not None:
            return "yes\n" if self.truth else "no\n"
        if not self.rows:
            return "nothing found\n"
        cells = [[_shown(term) for term in row] for row in self.rows]
        note = f"only the first {len(self.rows)} rows are shown\n" if self.cut else ""
        return _aligned([list(self.columns), *cells], width) + note

    def csv(self) -> str:
        """SPARQL 1.1 Query Results CSV; an ASK's answer as one column."""
        out = io.StringIO()
        writer = csv.writer(out)
        if self.truth is not None:
            writer.writerows([["answer"], [str(self.truth).lower()]])
        else:
            writer.writerow(self.columns)
            writer.writerows([["" if t is None else _csv(t) for t in row] for row in self.rows])
        return out.getvalue()

    def json(self) -> str:
        """SPARQL 1.1 Query Results JSON."""
        if self.truth is not None:
            return json.dumps({"head": {}, "boolean": self.truth})
        bindings = [
            {name: _json(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.rows
        ]
        return json.dumps({"head": {"vars": self.columns}, "results": {"bindings": bindings}}, ensure_ascii=False)

    def turtle(self) -> str:
        """A CONSTRUCT's or DESCRIBE's triples as Turtle. Raises ValueError for other queries."""
        return str(self.rdf().serialize(format="turtle"))

    def rdf(self) -> Graph:
        """The triples as an rdflib Graph. Raises ValueError for queries that give rows or a truth."""
        if not self.triples:
            raise ValueError("only CONSTRUCT and DESCRIBE give triples; take table, csv or json for this query")
        found = Graph()
        for prefix, iri in PREFIXES.items():
            found.bind(prefix, iri)
        for row in self.rows:
            found.add(row)  # type: ignore[arg-type]
        return found

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The first rows, for a notebook."""
        first = replace(self, rows=self.rows[:SHOWN])
        more = f"{len(self) - SHOWN:,} more rows" if len(self) > SHOWN else ""
        note = f"<p>{more}; frame() has all of them</p>" if more else ""
        return {"text/plain": first.table() + more, "text/html": first._repr_html_() + note}

    def _repr_html_(self) -> str:
        if self.truth is not None:
            return f"<p>{'yes' if self.truth else 'no'}</p>"
        if not self.rows:
            return "<p>nothing found</p>"
        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(f"<tr>{''.join(_cell(term) for term in row)}</tr>" for row in self.rows)
        cut = f"<p>only the first {len(self.rows)} rows</p>" if self.cut else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{cut}"


def plain(term: Identifier | None) -> Value:
    """The Python value of a term: IRIs and texts as str, figures as int or float, dates as date."""
    if not isinstance(term, Literal):
        return None if term is None else str(term)
    value = term.toPython()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, bool | int | float | dt.date) else str(term)


def short(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """An IRI with the prefix that it starts with, where there is one."""
    fitting = [(len(start), prefix, start) for prefix, start in prefixes.items() if iri.startswith(start)]
    if not fitting:
        return iri
    _, prefix, start = max(fitting)
    return f"{prefix}:{iri[len(start) :]}"


def _shown(term: Identifier | None) -> str:
    if isinstance(term, URIRef):
        return short(term)
    value = plain(term)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else " ".join(str(value).split())


def _csv(term: Identifier) -> str:
    return f"_:{term}" if isinstance(term, BNode) else str(term)


def _json(term: Identifier) -> dict[str, str]:
    kind = "uri" if isinstance(term, URIRef) else "bnode" if isinstance(term, BNode) else "literal"
    value = {"type": kind, "value": str(term)}
    if isinstance(term, Literal) and term.language:
        value["xml:lang"] = term.language
    elif isinstance(term, Literal) and term.datatype:
        value["datatype"] = str(term.datatype)
    return value


def _cell(term: Identifier | None) -> str:
    text = escape(_shown(term))
    if isinstance(term, URIRef) and str(term).startswith(("http://", "https://")):
        return f'<td><a href="{escape(term, quote=True)}">{text}</a></td>'
    return f"<td>{text}</td>"


def _columns_of(text: str) -> int:
    """How many columns of a terminal a text takes: wide characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _aligned(cells: list[list[str]], width: int) -> str:
    room = _widths(cells, width)
    lines = []
    for index, row in enumerate(cells):
        broken = [_broken(cell, space) for cell, space in zip(row, room, strict=True)]
        for at in range(max(map(len, broken))):
            parts = [part[at] if at < len(part) else "" for part in broken]
            padded = [part + " " * (space - _columns_of(part)) for part, space in zip(parts, room, strict=True)]
            lines.append("  ".join(padded).rstrip())
        if index == 0:
            lines.append("  ".join("─" * space for space in room))
    return "\n".join(lines) + "\n"


def _widths(cells: list[list[str]], width: int) -> list[int]:
    """What each column asks for; the widest give way until the row fits, down to twelve characters each."""
    room = [max(_columns_of(row[i]) for row in cells) for i in range(len(cells[0]))]
    while sum(room) + 2 * (len(room) - 1) > width and max(room) > 12:
        widest = room.index(max(room))
        room[widest] -= 1
    return room


def _broken(cell: str, space: int) -> list[str]:
    lines, line = [], ""
    for word in cell.split(" "):
        if line and _columns_of(line) + 1 + _columns_of(word) > space:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
        while _columns_of(line) > space:
            lines.append(line[:space])
            line = line[space:]
    return [*lines, line]
