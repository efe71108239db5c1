"""What a store holds: its documents, and how much there is of what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from graph.results import Result
from graph.store import ONTOLOGY, Store

_DOCUMENTS = """
SELECT ?iri ?graph ?id ?sha256 ?title ?publisher ?published ?url ?tool ?model WHERE {
  GRAPH ?graph {
    ?iri a who:Document ; dcterms:identifier ?id ; who:sha256 ?sha256 .
    OPTIONAL { ?iri dcterms:title ?title }
    OPTIONAL { ?iri dcterms:publisher ?publisher }
    OPTIONAL { ?iri dcterms:issued ?published }
    OPTIONAL { ?iri schema:url ?url }
    OPTIONAL {
      ?graph prov:wasGeneratedBy ?run . ?run who:toolVersion ?tool
      OPTIONAL { ?run who:model ?model }
    }
  }
} ORDER BY ?iri ?graph"""
_ENTITIES = """
SELECT ?kind (COUNT(DISTINCT ?x) AS ?n) WHERE {
  GRAPH ?g { ?x a who:Entity ; a ?class }
  FILTER(?class NOT IN (who:Entity, who:Actor))
  FILTER(STRSTARTS(STR(?class), STR(who:)))
  GRAPH <https://w3id.org/whodid/ontology> { ?class rdfs:label ?kind }
} GROUP BY ?kind"""
_TALLY = "SELECT ?kind (COUNT(DISTINCT ?x) AS ?n) WHERE {{ ?x a {cls} ; {path} ?kind }} GROUP BY ?kind"


SHOWN = 12


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the store: its IRI, its named graph, and what is known of it. ``tool`` and ``model`` read it."""

    iri: str
    graph: str
    id: str
    sha256: str
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    tool: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Stats:
    """How much a store holds; the kinds with most first. ``quads`` leaves the ontology out."""

    documents: int
    quads: int
    sentences: int
    entities: Mapping[str, int]
    events: Mapping[str, int]
    modalities: Mapping[str, int]
    claims: Mapping[str, int]

    def __str__(self) -> str:
        articles = "article" if self.documents == 1 else "articles"
        head = f"{self.documents:,} {articles}, {self.sentences:,} sentences, {self.quads:,} quads"
        parts = ("entities", "events", "modalities", "claims")
        return "\n".join([head, *(_line(name, getattr(self, name)) for name in parts)])

    def _repr_html_(self) -> str:
        return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in str(self).splitlines())}</ul>"


def _line(name: str, tally: Mapping[str, int]) -> str:
    shown = [f"{n:,} {kind}" for kind, n in tally.items()]
    if len(shown) > SHOWN + 1:
        shown[SHOWN:] = [f"{sum(list(tally.values())[SHOWN:]):,} of {len(tally) - SHOWN} other kinds"]
    kinds = ", ".join(shown)
    return f"{sum(tally.values()):,} {name if name != 'modalities' else 'events by status'}: {kinds or 'none'}"


def documents(store: Store) -> list[StoredDocument]:
    """The documents of the store, sorted by IRI."""
    rows = (
        {key: None if value is None else str(value) for key, value in row.items()} for row in store.query(_DOCUMENTS)
    )
    return list({row["iri"]: StoredDocument(**row) for row in rows}.values())  # type: ignore[arg-type]


def stats(store: Store) -> Stats:
    """How much there is of what."""
    return Stats(
        documents=len(documents(store)),
        quads=len(store) - store.size(str(ONTOLOGY.value)),
        sentences=_count(store.query("SELECT (COUNT(?x) AS ?n) WHERE { ?x a who:Sentence }")),
        entities=_tally(store.query(_ENTITIES)),
        events=_tally(store.query(_TALLY.format(cls="who:Event", path="who:eventType/rdfs:label"))),
        modalities=_tally(store.query(_TALLY.format(cls="who:Event", path="who:modality/rdfs:label"))),
        claims=_tally(store.query(_TALLY.format(cls="who:Claim", path="who:quoteForm/rdfs:label"))),
    )


def _count(result: Result) -> int:
    return int(str(next(iter(result))["n"]))


def _tally(result: Result) -> dict[str, int]:
    rows = [(str(row["kind"]), int(str(row["n"]))) for row in result]
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))
