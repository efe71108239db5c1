"""What an entity's page lists, and in which order: events by day, ties by name, the latest articles first.

``Asked`` finds it out by questions, which take the longer the more an entity has; ``prepared.Prepared`` has it written
down. Only what a page shows is then asked for in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from graph.server.pages.asking import number, table
from graph.store import Store

PARTS = ("ties", "events", "says", "said-of", "articles")
BESIDE = 24
"""How many are looked at for the neighbours that a page shows."""
UNKNOWN = "9999"
INVOLVING = "{ ?fact who:involves $thing } UNION { ?fact who:content ?what . ?what who:involves $thing }"
DAY = "OPTIONAL { ?fact who:time ?time . ?time sem:hasEarliestBeginTimeStamp ?day }"
PLAIN = "FILTER NOT EXISTS { ?claim who:saidIn ?fact }"
SAYS = "?fact who:speaker|who:relayedBy $thing"
SAID_OF = "?event who:involves $thing . ?fact who:reports ?event FILTER NOT EXISTS { ?fact who:speaker $thing }"
TIES = """{ ?fact rdf:subject $thing ; a who:Assertion ; rdfs:label ?name }
    UNION { ?fact rdf:object $thing ; a who:Assertion ; rdfs:label ?name }"""
TOGETHER = """{ ?event who:involves $thing ; who:involves ?other }
    UNION { ?event rdf:subject $thing ; rdf:object ?other }
    UNION { ?event rdf:object $thing ; rdf:subject ?other }"""
_FACTS = {
    "ties": f"SELECT ?fact ?graph ?name WHERE {{ GRAPH ?graph {{ {TIES} }} }}",
    "events": f"SELECT ?fact ?graph ?day WHERE {{ GRAPH ?graph {{ {INVOLVING} {DAY} {PLAIN} }} }}",
    "says": f"SELECT ?fact ?graph WHERE {{ GRAPH ?graph {{ {SAYS} }} }}",
    "said-of": f"SELECT ?fact ?graph WHERE {{ GRAPH ?graph {{ {SAID_OF} }} }}",
}
_ARTICLES = """
SELECT ?page ?graph ?mentions ?issued WHERE {
  {
    SELECT ?page ?graph (COUNT(?mention) AS ?mentions) WHERE {
      GRAPH ?graph { ?mention who:refersTo $thing ; who:inDocument ?page }
    } GROUP BY ?page ?graph
  }
  OPTIONAL { GRAPH ?graph { ?page dcterms:issued ?issued } }
}"""
_ISSUED = "SELECT ?graph ?issued WHERE { VALUES ?graph { UNDEF } GRAPH ?graph { ?page dcterms:issued ?issued } }"
_TOGETHER = f"""
SELECT ?other (COUNT(?event) AS ?events) WHERE {{
  GRAPH ?graph {{ {TOGETHER} }}
  FILTER(ISIRI(?other) && ?other != $thing)
}} GROUP BY ?other ORDER BY DESC(?events) ?other LIMIT {BESIDE}"""
_AMONG = f"""
SELECT ?thing ?other (COUNT(?event) AS ?events) WHERE {{
  VALUES ?thing {{ UNDEF }}
  GRAPH ?graph {{ {TOGETHER.replace("$", "?")} }}
  VALUES ?other {{ UNDEF }}
  FILTER(STR(?thing) < STR(?other))
}} GROUP BY ?thing ?other ORDER BY ?thing ?other"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The facts of one part that a page shows, how often each of its articles speaks of the thing, and all it has."""

    facts: tuple[str, ...]
    mentions: tuple[int, ...]
    total: int


class Lists(Protocol):
    """Where the lists come from. Blank nodes have no page and are never listed."""

    def part(self, iri: str, part: str, first: int, size: int) -> Shown:
        """So many facts of one of ``PARTS``, from the one numbered ``first`` on."""

    def together(self, iri: str) -> list[tuple[str, int]]:
        """Who and what is most often together with it, in how many events and ties; at most ``BESIDE``."""

    def among(self, iris: Sequence[str]) -> list[tuple[str, str, int]]:
        """Which of these are together, each pair once, in how many events and ties."""


class Asked:
    """Lists that are asked of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._articles: dict[str, list[list[str]]] = {}

    def part(self, iri: str, part: str, first: int, size: int) -> Shown:
        times: dict[str, int] = {}
        if part == "articles":
            days = least((page, day) for page, _, _, day in self._told_in(iri))
            facts = sorted(sorted(days), key=days.__getitem__, reverse=True)
            for page, _, mentions, _ in self._told_in(iri):
                times[page] = max(number(mentions), times.get(page, 0))
        else:
            facts = self._in_order(iri, table(self._store, _FACTS[part], thing=iri))
        named = [fact for fact in facts if not fact.startswith("_:")]
        chosen = tuple(named[first : first + size])
        return Shown(chosen, tuple(times.get(fact, 0) for fact in chosen), len(named))

    def _told_in(self, iri: str) -> list[list[str]]:
        if iri not in self._articles:
            self._articles[iri] = table(self._store, _ARTICLES, thing=iri)
        return self._articles[iri]

    def _in_order(self, iri: str, rows: Sequence[Sequence[str]]) -> list[str]:
        """By day or name, then by article, then v2 before v10; where no day is known, by that of the article."""
        issued = least((graph, day) for _, graph, _, day in self._told_in(iri))
        dated = [(fact, graph, "".join(known)) for fact, graph, *known in rows]
        elsewhere = sorted({graph for _, graph, known in dated if not known} - issued.keys())
        if elsewhere:
            issued |= least(table(self._store, _ISSUED, graph=elsewhere))
        when = least((fact, known or issued.get(graph) or UNKNOWN) for fact, graph, known in dated)
        graphs = least((fact, graph) for fact, graph, _ in dated)
        return sorted(graphs, key=lambda fact: (when[fact], graphs[fact], len(fact), fact))

    def together(self, iri: str) -> list[tuple[str, int]]:
        rows = table(self._store, _TOGETHER, thing=iri)
        return [(other, number(events)) for other, events in rows]

    def among(self, iris: Sequence[str]) -> list[tuple[str, str, int]]:
        rows = table(self._store, _AMONG, thing=iris, other=iris) if len(iris) > 1 else []
        return [(one, other, number(events)) for one, other, events in rows]


def least(pairs: Iterable[Sequence[str]]) -> dict[str, str]:
    """The least value of each key; what is empty only where there is no other."""
    found: dict[str, str] = {}
    for key, value in pairs:
        there = found.get(key, "")
        if not there or (value and value < there):
            found[key] = value
    return found
