"""The forms in which a thing can be had, and which of them a client gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.answering import to_ox
from graph.server.negotiation import best
from graph.server.pages.asking import ask
from graph.server.refusal import Refusal
from graph.store import Store
from graph.vocabulary import PREFIXES


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its name in ``?format=``, what people call it, its media type and other names of that, its writer."""

    name: str
    label: str
    type: str
    others: tuple[str, ...] = ()
    rdf: ox.RdfFormat | None = None

    @property
    def content_type(self) -> str:
        return f"{self.type}; charset=utf-8" if self.type.startswith("text/") else self.type


HTML = Form("html", "HTML", "text/html")
JSON = Form("json", "JSON", "application/json")
TURTLE = Form("ttl", "Turtle", "text/turtle", ("application/x-turtle",), ox.RdfFormat.TURTLE)
JSON_LD = Form("jsonld", "JSON-LD", "application/ld+json", ("application/json",), ox.RdfFormat.JSON_LD)
N_TRIPLES = Form("nt", "N-Triples", "application/n-triples", ("text/plain",), ox.RdfFormat.N_TRIPLES)
RDF_XML = Form("rdfxml", "RDF/XML", "application/rdf+xml", ("application/xml", "text/xml"), ox.RdfFormat.RDF_XML)
TRIG = Form("trig", "TriG", "application/trig", (), ox.RdfFormat.TRIG)
N_QUADS = Form("nq", "N-Quads", "application/n-quads", (), ox.RdfFormat.N_QUADS)
OF_THINGS = (HTML, TURTLE, JSON_LD, N_TRIPLES, RDF_XML, TRIG, N_QUADS)
OF_TERMS = (HTML, TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
OF_SEARCH = (HTML, JSON)

_QUADS = """
SELECT DISTINCT ?graph ?property ?value WHERE {
  GRAPH ?graph { $thing ?property ?value }
} ORDER BY ?graph ?property ?value"""


def chosen(accept: str, asked: str | None, forms: Sequence[Form]) -> Form:
    """What ``?format=`` asks for, else what the Accept header likes best. Raises Refusal where there is none."""
    known = ", ".join(form.name for form in forms)
    if asked is not None:
        found = next((f for f in forms if asked.lower() in (f.name, f.type, *f.others)), None)
        if found is None:
            raise Refusal(406, f"format={asked[:100]} cannot be had here; known: {known}")
        return found
    types = {form.type: form for form in forms}
    types |= {name: form for form in forms for name in form.others if name not in types}
    media_type = best(accept, tuple(types))
    if media_type is None:
        raise Refusal(406, f"this can be had as {', '.join(form.type for form in forms)}", {"vary": "accept"})
    return types[media_type]


def written(store: Store, iri: str, form: Form) -> bytes:
    """All that the store says of a thing, as RDF: its triples, or its quads where the form has room for graphs."""
    assert form.rdf is not None
    subject = ox.NamedNode(iri)
    quads = [
        ox.Quad(subject, to_ox(row["property"]), to_ox(row["value"]), to_ox(row["graph"]))  # type: ignore[arg-type]
        for row in ask(store, _QUADS, thing=iri)
    ]
    found = (
        quads
        if form.rdf.supports_datasets and form in (TRIG, N_QUADS)
        else list(dict.fromkeys(q.triple for q in quads))
    )
    return ox.serialize(found, format=form.rdf, prefixes=dict(PREFIXES)) or b""
