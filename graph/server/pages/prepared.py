"""The lists of entities' pages, written down beside the index of the search, so that a page need not count them.

They hold rows for each of the store's graphs, as that index does, and are right for one state of the store: of any
other they say nothing. What stands in them is what ``listing.Asked`` would find.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from graph.server.pages import listing
from graph.server.pages.asking import number, table
from graph.server.pages.listing import BESIDE, UNKNOWN, Shown
from graph.store import Store

TABLES = """
CREATE TABLE state (version TEXT);
CREATE TABLE facts (thing TEXT, part TEXT, place TEXT, fact TEXT, mentions INTEGER, graph INTEGER,
  PRIMARY KEY (thing, part, place, graph, fact)) WITHOUT ROWID;
CREATE INDEX facts_of ON facts (graph);
CREATE TABLE together (thing TEXT, other TEXT, events INTEGER, graph INTEGER,
  PRIMARY KEY (thing, other, graph)) WITHOUT ROWID;
CREATE INDEX together_of ON together (graph);
"""
DROP = "DROP TABLE IF EXISTS state; DROP TABLE IF EXISTS facts; DROP TABLE IF EXISTS together;"
_IN = "SELECT ?graph ?thing ?fact ?place ?mentions WHERE { GRAPH ?graph { VALUES ?graph { UNDEF } "
_ROWS = {
    "ties": f"{_IN} {listing.TIES.replace('$', '?')} BIND(STR(?name) AS ?place) }} }}",
    "events": f"{_IN} {listing.INVOLVING.replace('$', '?')} {listing.DAY} {listing.PLAIN} BIND(?day AS ?place) }} }}",
    "says": f"{_IN} {listing.SAYS.replace('$', '?')} }} }}",
    "said-of": f"{_IN} {listing.SAID_OF.replace('$', '?')} }} }}",
    "articles": """
SELECT ?graph ?thing ?fact ?issued ?mentions WHERE {
  {
    SELECT ?graph ?thing ?fact (COUNT(?mention) AS ?mentions) WHERE {
      GRAPH ?graph { VALUES ?graph { UNDEF } ?mention who:refersTo ?thing ; who:inDocument ?fact }
    } GROUP BY ?graph ?thing ?fact
  }
  OPTIONAL { GRAPH ?graph { ?fact dcterms:issued ?issued } }
}""",
}
_ISSUED = "SELECT ?graph ?issued WHERE { GRAPH ?graph { VALUES ?graph { UNDEF } ?page dcterms:issued ?issued } }"
_TOGETHER = f"""
SELECT ?graph ?thing ?other (COUNT(?event) AS ?events) WHERE {{
  GRAPH ?graph {{ VALUES ?graph {{ UNDEF }} {listing.TOGETHER.replace("$", "?")} }}
  FILTER(?thing != ?other)
}} GROUP BY ?graph ?thing ?other"""
_PART = """
SELECT fact, MAX(mentions), COUNT(*) OVER () FROM facts JOIN graphs ON graphs.number = facts.graph
WHERE thing = :thing AND part = :part GROUP BY fact ORDER BY {} LIMIT :size OFFSET :first"""
_BY_PLACE = _PART.format("MIN(place), MIN(graphs.graph), LENGTH(fact), fact")
_LATEST_FIRST = _PART.format("MIN(NULLIF(place, '')) DESC, fact")
_BESIDE = f"""
SELECT other, SUM(events) AS all_events FROM together WHERE thing = ?
GROUP BY other ORDER BY all_events DESC, other LIMIT {BESIDE}"""
_AMONG = """
SELECT thing, other, SUM(events) FROM together
WHERE thing IN ({0}) AND other IN ({0}) AND thing < other GROUP BY thing, other ORDER BY thing, other"""


def add(base: sqlite3.Connection, store: Store, graphs: Sequence[str]) -> None:
    """Writes down what these graphs say, which the table ``graphs`` has already."""
    numbers = dict(base.execute("SELECT graph, number FROM graphs"))
    issued = listing.least(table(store, _ISSUED, graph=graphs))
    for part, sparql in _ROWS.items():
        rows = _placed(part, table(store, sparql, graph=graphs), issued)
        base.executemany(
            "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)",
            [(thing, part, place, fact, mentions, numbers[graph]) for graph, thing, fact, place, mentions in rows],
        )
    base.executemany(
        "INSERT INTO together VALUES (?, ?, ?, ?)",
        [
            (thing, other, number(events), numbers[graph])
            for graph, thing, other, events in table(store, _TOGETHER, graph=graphs)
            if not (thing.startswith("_:") or other.startswith("_:"))
        ],
    )


def _placed(
    part: str, rows: Sequence[Sequence[str]], issued: dict[str, str]
) -> Iterator[tuple[str, str, str, str, int]]:
    """Each fact of a thing in a graph once, with what puts it in its place: a day, or a name."""
    places: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    mentions: dict[tuple[str, str, str], int] = {}
    for graph, thing, fact, place, times in rows:
        if not (thing.startswith("_:") or fact.startswith("_:")):
            places[graph, thing, fact].append(place)
            mentions[graph, thing, fact] = number(times)
    for (graph, thing, fact), known in places.items():
        otherwise = "" if part == "articles" else issued.get(graph) or UNKNOWN
        yield graph, thing, fact, min(filter(None, known), default=otherwise), mentions[graph, thing, fact]


def remove(base: sqlite3.Connection, number: int) -> None:
    """Takes out what the graph with this number says."""
    base.execute("DELETE FROM facts WHERE graph = ?", (number,))
    base.execute("DELETE FROM together WHERE graph = ?", (number,))


class Prepared:
    """Lists that are read from the file."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def part(self, iri: str, part: str, first: int, size: int) -> Shown:
        asked = {"thing": iri, "part": part, "first": first, "size": size}
        rows = self._base.execute(_LATEST_FIRST if part == "articles" else _BY_PLACE, asked).fetchall()
        total = rows[0][2] if rows else self._total(iri, part)
        return Shown(tuple(row[0] for row in rows), tuple(row[1] for row in rows), total)

    def _total(self, iri: str, part: str) -> int:
        """For a page that lies behind the last one."""
        asked = "SELECT COUNT(DISTINCT fact) FROM facts WHERE thing = ? AND part = ?"
        return int(self._base.execute(asked, (iri, part)).fetchone()[0])

    def together(self, iri: str) -> list[tuple[str, int]]:
        return self._base.execute(_BESIDE, (iri,)).fetchall()

    def among(self, iris: Sequence[str]) -> list[tuple[str, str, int]]:
        several = ", ".join(f"?{number}" for number in range(1, len(iris) + 1))
        return self._base.execute(_AMONG.format(several), list(iris)).fetchall() if len(iris) > 1 else []


@contextmanager
def prepared(file: Path | None, version: str) -> Iterator[Prepared | None]:
    """The lists of this state of the store, for so long; None where they are of another, or there are none."""
    if file is None or not file.exists():
        yield None
        return
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as base:
        yield Prepared(base) if _is_at(base, version) else None


def _is_at(base: sqlite3.Connection, version: str) -> bool:
    """Whether the lists are of this state, which they stay for whoever has begun to read."""
    try:
        base.execute("BEGIN")
        return bool(base.execute("SELECT version FROM state").fetchone() == (version,))
    except sqlite3.DatabaseError:  # being made, or none that this version of the program has made
        return False
