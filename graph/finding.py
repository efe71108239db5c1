"""From words to things of the graph: names, labels, ids and IRIs, whatever their case and accents."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from anyascii import anyascii
from rdflib import RDF, RDFS, URIRef

from graph.errors import UsageError
from graph.store import Store
from graph.vocabulary import WHO, label, name_key, ontology

# in the union of all graphs a thing has its name and class once an article: only GRAPH keeps those from multiplying
_ENTITIES = """
SELECT DISTINCT ?thing ?name ?class WHERE {
  GRAPH ?g {
    ?thing a who:Entity ; a ?class .
    { ?thing rdfs:label ?name } UNION { ?thing skos:altLabel ?name }
  }
  FILTER(?class NOT IN (who:Entity, who:Actor) && STRSTARTS(STR(?class), STR(who:)))
} ORDER BY ?thing ?name ?class"""
_STATEMENTS = """
SELECT DISTINCT ?thing ?name ?class WHERE {
  VALUES ?class { who:Event who:Claim who:Quantity who:Assertion }
  GRAPH ?g { ?thing a ?class ; rdfs:label ?name }
} ORDER BY ?thing ?name ?class"""
_DOCUMENTS = """
SELECT DISTINCT ?thing ?name ?class WHERE {
  VALUES ?class { who:Document }
  ?thing a ?class ; rdfs:label|dcterms:identifier|schema:url|who:sha256 ?name .
} ORDER BY ?thing ?name ?class"""
_QUERIES = {"entity": _ENTITIES, "document": _DOCUMENTS, "statement": _STATEMENTS}


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A thing of the graph: its IRI, the name under which it was found, and what it is (``person``, ``event``, …)."""

    name: str
    kind: str
    iri: str


def fold(name: str) -> str:
    """The name without case, accents, apostrophes and hyphens."""
    return anyascii(name_key(name)).lower()


def find(store: Store, words: str, *kinds: str) -> list[Found]:
    """The things that go by these words, sorted: by IRI, else by the whole name, else by whole words of a name.

    ``kinds`` are ``entity``, ``document`` and ``statement`` (events, claims, figures, ties); all, if none is given.
    Where one kind has the whole name, the later ones are not asked. What has a proper name goes before what is merely
    described. An article is found as well by the path of the file that it came from.
    """
    wanted, named = fold(words), []
    for kind in kinds or tuple(_QUERIES):
        things = _things(store, kind)
        by_iri = [found for found in things if words in (found.iri, f"<{found.iri}>")]
        exact = by_iri[:1] or _unique(found for found in things if fold(found.name) == wanted)
        exact = exact or (_of_file(things, words) if kind == "document" else [])
        if exact:
            return exact
        named += things
    return _unique(found for found in named if wanted and f" {wanted} " in f" {fold(found.name)} ")


def _of_file(things: Iterable[Found], path: str) -> list[Found]:
    """The articles whose id was made of this file's name: the name, and eight digits of the content's hash."""
    name = re.split(r"[/\\\\]", path.strip())[-1]
    stem = fold(re.sub(r"\.[A-Za-z]{2,5}$", "", name))
    if not stem or (stem == fold(path) and name == path):
        return []
    ids = ((fold(re.sub(r"-[0-9a-f]{8}$", "", found.name)), found) for found in things)
    return _unique(found for id, found in ids if id in (stem, fold(name)) or (len(id) > 50 and stem.startswith(id)))


def one_or_more(store: Store, words: str, kind: str) -> list[Found]:
    """As ``find``, for one kind. Raises UsageError where there is nothing, with what comes near."""
    found = find(store, words, kind)
    if found:
        return found
    names = sorted({thing.name for thing in _things(store, kind)})
    raise UsageError(f"the graph has no {kind} {words!r}{near(words, names)}")


def near(words: str, names: Iterable[str]) -> str:
    """``; near to it: …`` or nothing."""
    by_fold = {fold(name): name for name in names}
    close = difflib.get_close_matches(fold(words), by_fold, n=5, cutoff=0.6)
    return f"; near to it: {', '.join(by_fold[c] for c in close)}" if close else ""


def _things(store: Store, kind: str) -> list[Found]:
    return [
        Found(str(row["name"]), label(URIRef(str(row["class"]))), str(row["thing"]))
        for row in store.query(_QUERIES[kind])
    ]


def _unique(found: Iterable[Found]) -> list[Found]:
    by_iri: dict[str, Found] = {}
    for thing in sorted(found):
        by_iri.setdefault(thing.iri, thing)
    return sorted(by_iri.values(), key=lambda thing: ("/id/" not in thing.iri, thing))


@cache
def _vocabulary(kind: str) -> dict[str, URIRef]:
    """The members of a controlled vocabulary by their names, folded."""
    members = [t for t in ontology().subjects(RDF.type, WHO[kind]) if isinstance(t, URIRef)]
    return _by_name(sorted(members), kind)


@cache
def _classes() -> dict[str, URIRef]:
    below = ontology().transitive_subjects(RDFS.subClassOf, WHO.Entity)
    return _by_name(sorted(c for c in below if isinstance(c, URIRef)), "")


def _by_name(members: Iterable[URIRef], kind: str) -> dict[str, URIRef]:
    found: dict[str, URIRef] = {}
    for member in members:
        local = member.rpartition("#")[2]
        for name in (local, local.removesuffix(kind), re.sub(r"^EventType|Type$", "", local), label(member)):
            found.setdefault(_squeezed(name), member)
    return found


def _squeezed(name: str) -> str:
    return fold(name).replace(" ", "")


def event_type(words: str) -> URIRef:
    """``Deployment``, ``deployment`` or its label, as the ontology's event type. Raises UsageError for others."""
    return _member(words, _vocabulary("EventType"), "event type")


def status(words: str) -> URIRef:
    """``actual``, ``pledged``, … as the ontology's modality. Raises UsageError for others."""
    return _member(words, _vocabulary("Modality"), "status")


def form(words: str) -> URIRef:
    """``direct``, ``indirect`` or ``mixed`` as the ontology's form of quotation. Raises UsageError for others."""
    short = {"direct": WHO.DirectQuote, "indirect": WHO.IndirectSpeech, "mixed": WHO.MixedQuote}
    return _member(words, {**_vocabulary("QuoteForm"), **short}, "form of quotation")


def entity_type(words: str) -> URIRef:
    """``Person``, ``armed group``, … as a class of the ontology. Raises UsageError for others."""
    return _member(words, _classes(), "kind of entity")


def _member(words: str, known: dict[str, URIRef], what: str) -> URIRef:
    member = known.get(_squeezed(words.rpartition("#")[2]))
    if member is None:
        raise UsageError(f"no {what} {words!r}; known: {', '.join(sorted({label(m) for m in known.values()}))}")
    return member
