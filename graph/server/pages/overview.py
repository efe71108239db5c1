"""What a store holds, for its first page: how much, who is in it most, and the newest articles."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import URIRef

from graph.explorer.story import family
from graph.server.pages.asking import ask, number, text
from graph.server.pages.profiles import Neighbour
from graph.store import Store

_COUNTS = """
SELECT ?kind (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  { ?thing a who:Document BIND("articles" AS ?kind) }
  UNION { ?thing a who:Entity BIND("actors, places and things" AS ?kind) }
  UNION { ?thing a who:Event BIND("events" AS ?kind) } UNION { ?thing a who:Claim BIND("statements" AS ?kind) }
} GROUP BY ?kind"""
_CHIEF = """
SELECT ?thing (COUNT(DISTINCT ?event) AS ?events) (MIN(?label) AS ?name) (MIN(STR(?class)) AS ?kind) WHERE {
  GRAPH ?graph {
    ?event who:involves ?thing .
    ?thing who:documentScoped false ; a ?class ; rdfs:label ?label
    FILTER(?class NOT IN (who:Entity, who:Actor))
  }
} GROUP BY ?thing ORDER BY DESC(?events) ?thing LIMIT 24"""
_NEWEST = """
SELECT ?page (MIN(?label) AS ?title) (MIN(?paper) AS ?publisher) (MAX(?issued) AS ?day) WHERE {
  ?page a who:Document ; rdfs:label ?label
  OPTIONAL { ?page dcterms:publisher ?paper }
  OPTIONAL { ?page dcterms:issued ?issued }
} GROUP BY ?page ORDER BY DESC(?day) ?title ?page LIMIT 12"""
KINDS = ("articles", "actors, places and things", "events", "statements")


@dataclass(frozen=True, slots=True)
class Source:
    """An article in one line."""

    iri: str
    title: str
    publisher: str
    day: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts by kind, the actors with most events, and the articles of the latest days."""

    counts: tuple[tuple[str, int], ...]
    chief: tuple[Neighbour, ...]
    newest: tuple[Source, ...]


def overview(store: Store) -> Overview:
    """What the store holds."""
    found = {str(row["kind"]): number(row["count"]) for row in ask(store, _COUNTS) if row["kind"] is not None}
    chief = (
        Neighbour(str(row["thing"]), text(row["name"]), number(row["events"]), family(URIRef(text(row["kind"]))))
        for row in ask(store, _CHIEF)
        if row["thing"] is not None
    )
    newest = (
        Source(str(row["page"]), text(row["title"]), text(row["publisher"]), text(row["day"])[:10])
        for row in ask(store, _NEWEST)
        if row["page"] is not None
    )
    return Overview(tuple((kind, found.get(kind, 0)) for kind in KINDS), tuple(chief), tuple(newest))
