"""Namespaces, the ontology, and how IRIs are made: readable, deterministic, from a base that the user sets."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from anyascii import anyascii
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SDO, SKOS, XSD

from graph.errors import UsageError

DEFAULT_BASE = "https://w3id.org/whodid/"
WHO = Namespace("https://w3id.org/whodid/ontology#")
PLOVER = Namespace("https://w3id.org/whodid/plover#")
SEM = Namespace("http://semanticweb.cs.vu.nl/2009/11/sem/")
NIF = Namespace("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#")
SCHEMA = Namespace(str(SDO))

PREFIXES: dict[str, str] = {
    "who": str(WHO),
    "plover": str(PLOVER),
    "sem": str(SEM),
    "nif": str(NIF),
    "schema": str(SCHEMA),
    "skos": str(SKOS),
    "dcterms": str(DCTERMS),
    "prov": str(PROV),
    "org": "http://www.w3.org/ns/org#",
    "owl": str(OWL),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "xsd": str(XSD),
}
SPARQL_PREFIXES = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

STATUSES = ("done", "pledged", "planned", "requested", "predicted", "hypothetical", "denied")
SLUG_LENGTH = 80
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_DROPPED = re.compile(r"['’‘ʼʻ`´]|(?<=\b[^\W\d])\.")
_HASHED = re.compile(r"(^|-)[0-9a-f]{6}$")


class Bindable(Protocol):
    """What can be told a prefix: an rdflib Graph or Dataset, or a namespace manager."""

    def bind(self, prefix: str, namespace: URIRef, override: bool = ..., replace: bool = ...) -> None: ...


def bind_prefixes(target: Bindable) -> None:
    """Make files written from ``target`` say ``who:`` and not ``ns1:``."""
    for prefix, iri in PREFIXES.items():
        target.bind(prefix, URIRef(iri), override=True, replace=True)


def base_iri(text: str) -> str:
    """``text`` as a base that names can be hung on, with a ``/`` at its end; UsageError where it is no absolute IRI."""
    parts = urlsplit(text)
    if not parts.scheme or not (parts.netloc or parts.path) or _NOT_IN_IRI.search(text):
        raise UsageError(f"{text!r} is no base for IRIs; one looks like {DEFAULT_BASE}")
    return text if text.endswith(("/", "#", ":")) else text + "/"


def name_key(name: str) -> str:
    """The name without case, apostrophes, initials' stops, and kind of space or hyphen: equal keys are one name."""
    spelt = _DROPPED.sub("", unicodedata.normalize("NFKC", name).casefold()).replace("&", " and ")
    kept = (c if unicodedata.category(c)[0] in "LMNS" else " " for c in spelt)
    return " ".join("".join(kept).split())


def slug(name: str) -> str:
    """The name as lower-case ASCII letters, digits and hyphens.

    Two names have one slug only if they have one ``name_key``: where letters were transliterated or the end was cut
    off, six hexadecimal digits of the key's SHA-256 are added.
    """
    key = name_key(name)
    plain = re.sub(r"[^a-z0-9]+", "-", anyascii(key).lower()).strip("-")
    cut = plain[:SLUG_LENGTH].rstrip("-")
    if cut and cut == key.replace(" ", "-") and not _HASHED.search(cut):
        return cut
    return f"{cut}-{digest(key)[:6]}".lstrip("-")


def digest(text: str) -> str:
    """SHA-256 of the text, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def ontology_file() -> Path:
    """``ontology.ttl``: beside this module in an installed wheel, one folder up in a checkout."""
    here = Path(__file__).resolve().parent
    return next(path for path in (here / "ontology.ttl", here.parent / "ontology.ttl") if path.exists())


@cache
def ontology() -> Graph:
    """The ontology as one graph; read once, not to be changed."""
    return Graph().parse(ontology_file(), format="turtle")


@cache
def terms() -> frozenset[URIRef]:
    """All that the ontology defines: classes, properties and members of the controlled vocabularies."""
    ours = (str(WHO), str(PLOVER))
    return frozenset(s for s in ontology().subjects(RDF.type) if isinstance(s, URIRef) and str(s).startswith(ours))


@cache
def superclasses(cls: URIRef) -> frozenset[URIRef]:
    """The class itself and the classes of the ontology above it."""
    return frozenset(c for c in ontology().transitive_objects(cls, RDFS.subClassOf) if c in terms())  # type: ignore[misc]


def local(term: object) -> str:
    """The last part of a term of the ontology, after its ``#``."""
    return str(term).rpartition("#")[2]


def status(modality: str, polarity: str, type: str = "") -> str:
    """One of STATUSES: what is said not to be so is denied, whatever else it is; what is actual is done.

    The act of pledging is shown as pledged: that it was done says nothing of what it promises.
    """
    if polarity == "Negative":
        return "denied"
    if modality == "Actual":
        return "pledged" if type == "PledgeType" else "done"
    return modality.lower()


@cache
def label(term: URIRef) -> str:
    """The ontology's label for a term, or its local name where it has none."""
    return str(ontology().value(term, RDFS.label) or re.split(r"[#/]", str(term))[-1])
