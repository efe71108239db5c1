"""Full text over names, events and quotations: an index in SQLite's FTS5 that follows the store.

It has rows for each of the store's graphs, and those of a graph are made anew when the graph has changed. Case and
accents do not matter; names are also found by their transliteration; scripts that set no spaces are cut into single
signs. First comes what is called just so, then what is called so at the beginning, other names, articles, events,
quotations; within these by BM25, then by IRI: the same store gives the same order.
https://www.sqlite.org/fts5.html
"""

from __future__ import annotations

import difflib
import re
import sqlite3
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.finding import fold
from graph.server.pages import prepared
from graph.server.pages.asking import Row, ask, text
from graph.server.pages.markings import CLOSED, OPENED
from graph.store import ONTOLOGY, Store

FORMAT = 2
SIZE = 20
WORDS = 12
_BATCH = 100
_KEPT = 4000
_BETWEEN = "\u200b"
_UNSPACED = re.compile(
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)

_STATE = """
SELECT ?graph (CONCAT(STR(COUNT(*)), " ", STR(SUM(STRLEN(STR(?o))))) AS ?state) WHERE { GRAPH ?graph { ?s ?p ?o } }
GROUP BY ?graph ORDER BY ?graph"""
_ROWS = {
    "entity": """
SELECT DISTINCT ?graph ?thing ?name ?other WHERE {
  GRAPH ?graph { VALUES ?graph { UNDEF }
    ?thing a who:Entity ; rdfs:label ?name OPTIONAL { ?thing skos:altLabel ?other } }
} ORDER BY ?graph ?thing ?name ?other""",
    "document": """
SELECT DISTINCT ?graph ?thing ?name ?other WHERE {
  GRAPH ?graph { VALUES ?graph { UNDEF }
    ?thing a who:Document ; rdfs:label ?name
    OPTIONAL { ?thing dcterms:publisher|dcterms:identifier|dcterms:creator ?other } }
} ORDER BY ?graph ?thing ?name ?other""",
    "event": """
SELECT DISTINCT ?graph ?thing ?name ?words WHERE {
  GRAPH ?graph { VALUES ?graph { UNDEF }
    ?thing a who:Event ; rdfs:label ?name ; who:evidence ?sentence . ?sentence a who:Sentence ; who:exact ?words }
} ORDER BY ?graph ?thing ?name ?words""",
    "claim": """
SELECT DISTINCT ?graph ?thing ?name ?words WHERE {
  GRAPH ?graph { VALUES ?graph { UNDEF }
    ?thing a who:Claim ; who:claimText ?words ; who:speaker ?who . ?who rdfs:label ?name }
} ORDER BY ?graph ?thing ?name ?words""",
}
KINDS = tuple(_ROWS)
_TABLES = f"""
CREATE TABLE graphs (number INTEGER PRIMARY KEY, graph TEXT UNIQUE, state TEXT, first INTEGER, last INTEGER);
CREATE VIRTUAL TABLE things USING fts5 (name, other, plain, words, iri UNINDEXED, kind UNINDEXED, exact UNINDEXED,
  tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
{prepared.TABLES}
PRAGMA user_version = {FORMAT};
"""
_HITS = """
WITH hits AS MATERIALIZED (
  SELECT rowid AS row, iri, kind, bm25(things, 10.0, 8.0, 6.0, 1.0) AS score, CASE
    WHEN kind = 'claim' THEN 5 WHEN kind = 'event' THEN 4
    WHEN exact = :exact THEN 0 WHEN INSTR(exact, :exact) = 1 THEN 1
    WHEN kind = 'entity' THEN 2 ELSE 3 END AS rank
  FROM things WHERE things MATCH :match
), best AS (
  SELECT iri, kind, MIN(rank) AS rank, MIN(score) AS score, COUNT(*) AS graphs, MIN(row) AS row
  FROM hits WHERE :kind IN ('', kind) GROUP BY iri, kind
)
SELECT iri, kind, graphs, row, COUNT(*) OVER () FROM best
ORDER BY rank, kind = 'document', score * (1 + 0.1 * MIN(graphs, 20)), iri LIMIT :size OFFSET :first"""
_SHOWN = f"""
SELECT name, highlight(things, 0, '{OPENED}', '{CLOSED}'), other, snippet(things, 3, '{OPENED}', '{CLOSED}', '…', 30)
FROM things WHERE things MATCH ? AND rowid = ?"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found; ``marked`` and ``snippet`` hold the words looked for between OPENED and CLOSED."""

    iri: str
    kind: str
    name: str
    marked: str
    also: str
    snippet: str
    articles: int


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of what was found, how many there are in all, and whether they have all words looked for or some."""

    hits: tuple[Hit, ...]
    total: int
    some: bool = False


class Index:
    """The index in a file, or in memory without one. Safe to use from several threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        try:
            self._base = _opened(path)
        except sqlite3.DatabaseError as error:
            if path is None or isinstance(error, sqlite3.OperationalError):  # in use, or read-only
                raise
            path.unlink()  # not an index, or one that a crash left broken: it is made anew from the store
            self._base = _opened(path)

    def close(self) -> None:
        self._base.close()

    @property
    def version(self) -> str:
        """The state of the store that the index is of."""
        with self._lock:
            return str((self._base.execute("SELECT version FROM state").fetchone() or ("",))[0])

    def refresh(self, store: Store, version: str = "") -> int:
        """Reads the graphs that have changed; how many. Nothing is looked at for the same ``version``."""
        if version and version == self.version:
            return 0
        with self._lock:
            wanted = {str(r["graph"]): str(r["state"]) for r in ask(store, _STATE) if r["graph"] is not None}
            wanted.pop(str(ONTOLOGY.value), None)
            there = dict(self._base.execute("SELECT graph, state FROM graphs"))
            gone = sorted(graph for graph, state in there.items() if wanted.get(graph) != state)
            new = sorted(graph for graph, state in wanted.items() if there.get(graph) != state)
            with self._base:
                self._remove(gone)
                for at in range(0, len(new), _BATCH):
                    self._add(store, {graph: wanted[graph] for graph in new[at : at + _BATCH]})
                self._base.execute("DELETE FROM state")
                self._base.execute("INSERT INTO state VALUES (?)", (version,))
            return len(new) + len(gone)

    def _remove(self, graphs: Sequence[str]) -> None:
        for graph in graphs:
            asked = "SELECT number, first, last FROM graphs WHERE graph = ?"
            number, first, last = self._base.execute(asked, (graph,)).fetchone()
            self._base.execute("DELETE FROM things WHERE rowid BETWEEN ? AND ?", (first, last))
            prepared.remove(self._base, number)
            self._base.execute("DELETE FROM graphs WHERE graph = ?", (graph,))

    def _add(self, store: Store, states: dict[str, str]) -> None:
        found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for kind, sparql in _ROWS.items():
            for row in _gathered(ask(store, sparql, graph=sorted(states))):
                found[row[0]].append(_indexed(kind, *row[1:]))
        after = self._base.execute("SELECT COALESCE(MAX(last), 0) FROM graphs").fetchone()[0]
        for graph in sorted(states):
            rows = [(after + number, *row) for number, row in enumerate(found[graph], 1)]
            self._base.executemany(_INSERT, rows)
            last = after + len(rows)
            self._base.execute(
                "INSERT INTO graphs (graph, state, first, last) VALUES (?, ?, ?, ?)",
                (graph, states[graph], after + 1, last),
            )
            after = last
        prepared.add(self._base, store, sorted(states))

    def search(self, words: str, kind: str = "", first: int = 0, size: int = SIZE) -> Hits:
        """What has all these words, each whole or as a beginning; where nothing has, what has some of them."""
        tokens = _tokens(words)
        if not tokens:
            return Hits((), 0)
        with self._lock:
            found = self._hits(" AND ".join(tokens), words, kind, first, size)
            if found.total or len(tokens) == 1:
                return found
            some = self._hits(" OR ".join(tokens), words, kind, first, size)
            return Hits(some.hits, some.total, some=True)

    def _hits(self, match: str, words: str, kind: str, first: int, size: int) -> Hits:
        asked = {"match": match, "exact": fold(words), "kind": kind, "first": first, "size": size}
        rows = self._base.execute(_HITS, asked).fetchall()
        hits = [_hit(row, self._base.execute(_SHOWN, (match, row[3])).fetchone()) for row in rows]
        return Hits(tuple(hits), rows[0][4] if rows else 0)

    def near(self, words: str, most: int = 5) -> list[Hit]:
        """The named things whose names look most like these words."""
        beginnings = " OR ".join(f'"{token[:3]}"*' for token in _words(fold(words)) if len(token) > 2)
        if not beginnings:
            return []
        with self._lock:
            hits = self._hits(f"{{name other plain}} : ({beginnings})", words, "entity", 0, 100).hits
        close = sorted(hits, key=lambda hit: (-_likeness(words, hit.name), hit.name, hit.iri))
        return [hit for hit in close if _likeness(words, hit.name) >= 0.5][:most]


_INSERT = "INSERT INTO things (rowid, name, other, plain, words, iri, kind, exact) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def _opened(path: Path | None) -> sqlite3.Connection:
    base = sqlite3.connect(path or ":memory:", timeout=60, check_same_thread=False)
    base.execute("PRAGMA journal_mode = WAL")  # so that it is read while it is written
    if base.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
        base.executescript(f"DROP TABLE IF EXISTS graphs; DROP TABLE IF EXISTS things; {prepared.DROP}" + _TABLES)
    return base


def _gathered(rows: Iterable[Row]) -> Iterator[tuple[str, str, str, str, str]]:
    """Each thing of a graph once: graph, IRI, name, other names, words."""
    found: dict[tuple[str, str], tuple[dict[str, None], dict[str, None], dict[str, None]]] = {}
    for row in rows:
        names, others, words = found.setdefault((str(row["graph"]), str(row["thing"])), ({}, {}, {}))
        for kept, key in ((names, "name"), (others, "other"), (words, "words")):
            if row.get(key) is not None:
                kept[" ".join(text(row[key]).split())[:_KEPT]] = None
    for (graph, thing), (names, others, words) in found.items():
        first, *rest = names
        yield graph, thing, first, " · ".join([*rest, *others]), " ".join(words)[:_KEPT]


def _indexed(kind: str, iri: str, name: str, other: str, words: str) -> tuple[str, ...]:
    plain = fold(f"{name} {other}")
    return _spaced(name), _spaced(other), plain, _spaced(words), iri, kind, fold(name)


def _spaced(words: str) -> str:
    """Signs of scripts without spaces stand alone."""
    return _UNSPACED.sub(f"\\1{_BETWEEN}", words)


def _words(words: str) -> list[str]:
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in words)
    return kept.split()[:WORDS]


def _tokens(words: str) -> list[str]:
    """The words as FTS5 wants them: quoted, so that nothing in them is an operator; each may be a beginning."""
    return [f'"{_spaced(word).strip(_BETWEEN)}"*' for word in _words(words)]


def _hit(row: tuple[str, str, int, int, int], shown: tuple[str, ...]) -> Hit:
    name, marked, also, snippet = (text(each).replace(_BETWEEN, "") for each in shown)
    return Hit(row[0], row[1], name, marked, also, snippet if row[1] in ("event", "claim") else "", row[2])


def _likeness(words: str, name: str) -> float:
    """How alike they are, from 0 to 1; one word may also be very like one word of the name."""
    asked, known = fold(words), fold(name)
    whole = difflib.SequenceMatcher(None, asked, known).ratio()
    one = max((difflib.SequenceMatcher(None, asked, word).ratio() for word in known.split()), default=0.0)
    return max(whole, one if one >= 0.8 else 0.0)
