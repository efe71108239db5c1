"""The ontology documented: its classes, properties and vocabularies, as ``ontology.ttl`` has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
from rdflib import OWL, RDF, RDFS, SKOS, Literal, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from graph.server.pages.forms import Form
from graph.vocabulary import PLOVER, PREFIXES, WHO, label, ontology, ontology_file

_PREFIXES = {
    **PREFIXES,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "time": "http://www.w3.org/2006/time#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "itsrdf": "http://www.w3.org/2005/11/its/rdf#",
    "oa": "http://www.w3.org/ns/oa#",
}
_RELATIONS = (
    (RDFS.subClassOf, "is a"),
    (RDFS.subPropertyOf, "is a kind of"),
    (RDFS.domain, "of"),
    (RDFS.range, "value"),
    (OWL.inverseOf, "inverse of"),
    (OWL.disjointWith, "never also"),
    (WHO.eventClass, "its events are"),
    (SKOS.exactMatch, "the same as"),
    (SKOS.closeMatch, "close to"),
    (SKOS.broadMatch, "narrower than"),
    (SKOS.narrowMatch, "broader than"),
    (SKOS.relatedMatch, "related to"),
)
_BROKEN = re.compile(r"\n(?!\d+\. )")
"""The end of a line that is no end of an item."""
_NOTES = (RDFS.comment, SKOS.definition, SKOS.note)
_EXAMPLES = {
    WHO.Claim: "?claim a who:Claim ; who:speaker ?who ; who:claimText ?words",
    WHO.Event: "?event a who:Event ; who:eventType ?type ; who:agent ?who",
    WHO.Document: "?document a who:Document ; dcterms:issued ?day",
    WHO.Quantity: "?quantity a who:Quantity ; who:value ?value ; who:unit ?unit",
    WHO.Assertion: "?tie a who:Assertion ; rdf:subject ?one ; rdf:predicate ?how ; rdf:object ?other",
    WHO.modality: "?event who:modality who:Pledged",
    WHO.accordingTo: "?event who:accordingTo+ ?claim . ?claim a who:Claim",
    WHO.evidence: "?event who:evidence ?words . ?words who:exact ?exact ; who:begin ?begin ; who:end ?end",
}


@dataclass(frozen=True, slots=True)
class Term:
    """A term: its name within a page, its prefixed name, its label, what is said of it, and how it is related."""

    id: str
    name: str
    iri: str
    label: str
    notes: tuple[str, ...]
    relations: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    example: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Terms of one kind."""

    id: str
    heading: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Documented:
    """The ontology with its title, version, description, and chapters."""

    title: str
    version: str
    description: tuple[str, ...]
    chapters: tuple[Chapter, ...]


def written(form: Form) -> bytes:
    """The ontology for machines; as Turtle, the file as it was written, with its comments."""
    if form.name == "ttl":
        return ontology_file().read_bytes()
    assert form.rdf is not None
    triples = sorted((quad.triple for quad in ox.parse(path=str(ontology_file()), format=ox.RdfFormat.TURTLE)), key=str)
    return ox.serialize(triples, format=form.rdf, prefixes=_PREFIXES) or b""


@cache
def documented() -> Documented:
    """The ontology for people."""
    itself = URIRef("https://w3id.org/whodid/ontology")
    described = str(ontology().value(itself, DCTERMS.description) or "")
    return Documented(
        str(ontology().value(itself, DCTERMS.title) or "Ontology"),
        str(ontology().value(itself, OWL.versionInfo) or ""),
        tuple(_BROKEN.sub(" ", part.strip()) for part in described.split("\n\n") if part.strip()),
        tuple(_chapters()),
    )


def _chapters() -> Iterator[Chapter]:
    vocabularies = _of(OWL.Class, under=SKOS.Concept)
    members = {cls: _of(cls) for cls in vocabularies}
    with_members = [cls for cls in vocabularies if members[cls]]
    yield _chapter("classes", "Classes", [cls for cls in _of(OWL.Class) if cls not in with_members])
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    yield _chapter("properties", "Properties", [term for kind in kinds for term in _of(kind)])
    for cls in with_members:
        here = anchor(cls)
        yield Chapter(f"of-{here}", f"Vocabulary: {label(cls)}", tuple(map(_term, [cls, *members[cls]])))


def _chapter(id: str, heading: str, found: list[URIRef]) -> Chapter:
    return Chapter(id, heading, tuple(_term(term) for term in sorted(set(found), key=lambda t: label(t).casefold())))


def _of(cls: URIRef, under: URIRef | None = None) -> list[URIRef]:
    found = sorted(s for s in set(ontology().subjects(RDF.type, cls)) if isinstance(s, URIRef) and _ours(s))
    return [s for s in found if under is None or (s, RDFS.subClassOf, under) in ontology()]


def _ours(term: Node) -> bool:
    return str(term).startswith((str(WHO), str(PLOVER)))


def anchor(term: str) -> str:
    """``Event``; terms of PLOVER are told apart from our own of the same name."""
    local = term.rpartition("#")[2]
    return f"plover-{local}" if term.startswith(str(PLOVER)) else local


def _term(term: URIRef) -> Term:
    notes = tuple(str(note) for kind in _NOTES for note in sorted(ontology().objects(term, kind), key=str))
    relations = ((words, tuple(_values(term, relation))) for relation, words in _RELATIONS)
    shown = tuple((words, values) for words, values in relations if values)
    return Term(anchor(term), _short(term), str(term), label(term), notes, shown, _EXAMPLES.get(term, ""))


def _values(term: URIRef, relation: URIRef) -> Iterator[tuple[str, str]]:
    for value in sorted(ontology().objects(term, relation), key=str):
        if isinstance(value, URIRef):
            yield _short(value), f"#{anchor(value)}" if _ours(value) else str(value)
        elif isinstance(value, Literal):
            yield str(value), ""


def _short(iri: URIRef) -> str:
    """The IRI with its prefix, longest namespace first."""
    known = sorted(_PREFIXES.items(), key=lambda item: -len(item[1]))
    return next((f"{p}:{iri.removeprefix(ns)}" for p, ns in known if iri.startswith(ns)), str(iri))
