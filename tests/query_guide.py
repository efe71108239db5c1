"""Writes ``docs/queries.md``: the named queries, each with an example and its answer on two invented articles.

``python -m tests.query_guide`` writes it anew; a test tells when that is due.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import graph
from graph.queries import NamedQuery, named_queries
from tests import examples

GUIDE = Path(__file__).parent.parent / "docs" / "queries.md"
HEAD = """# The named queries

`whodid query NAME -p key=value`, or `kg.query("NAME", key="value")`. Names of people, bodies and places are found
whatever their case and accents; dates are days, months or years. `--format words` tells events, statements and ties in
sentences; `csv` and `json` have all columns. The answers below come from two short invented articles; their first
three rows are shown, without the columns that hold sentences and IRIs.
"""
LEFT_OUT = frozenset({"sentence", "document", "url"})


def guide() -> str:
    with graph.open() as kg:
        for reading in (examples.harbour(), examples.gazette()):
            kg.add_reading(reading)
        return "\n".join([HEAD, *(section(kg, query) for query in named_queries().values())])


def section(kg: graph.KnowledgeGraph, query: NamedQuery) -> str:
    named = [f"- `{p.name}` ({p.kind}{', required' if p.required else ''}): {p.text}" for p in query.parameters] or [
        "It takes no parameters."
    ]
    parts = [f"## {query.name}: {query.title}", "", query.description, "", *named, ""]
    return "\n".join([*parts, f"`{query.example}`", "", *answer(kg, query), ""])


def answer(kg: graph.KnowledgeGraph, query: NamedQuery) -> list[str]:
    given = dict(word.split("=", 1) for word in shlex.split(query.example) if re.match(r"\w+=", word))
    rows = [{k: v for k, v in row.items() if not str(v).startswith("http")} for row in kg.query(query.name, **given)]
    shown = [name for name in (rows[0] if rows else {}) if name not in LEFT_OUT and any(row.get(name) for row in rows)]
    lines = [[cell(row.get(name)) for name in shown] for row in rows[:3]]
    return [f"| {' | '.join(line)} |" for line in ([*shown], ["---"] * len(shown), *lines)]


def cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else " ".join(str(value).split()).replace("|", "\\|")


if __name__ == "__main__":
    GUIDE.write_text(guide(), "utf-8")
