"""What the server says of itself and of the dataset, for machines.

https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/void/
"""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, VOID, XSD
from starlette.types import Receive, Scope, Send

from graph.server import negotiation, requests
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.server.responses import address, respond
from graph.server.worker import TRIPLES
from graph.vocabulary import PLOVER, PREFIXES, WHO, digest

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
_ROWS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_TRIPLES = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML")
_COUNTS = """SELECT ?kind ?term (COUNT(?s) AS ?count) WHERE {
  { ?s a ?term BIND("class" AS ?kind) } UNION { ?s ?term ?o BIND("property" AS ?kind) }
} GROUP BY ?kind ?term ORDER BY ?kind ?term"""


class Description:
    """The descriptions, made once for each state that is served."""

    def __init__(self, reader: Reader, writes: bool, endpoint: str) -> None:
        self._reader = reader
        self._writes = writes
        self._endpoint = endpoint
        self._counted: tuple[str, Graph] | None = None

    async def service(self, media_type: str, host: str) -> bytes:
        """The service description in a media type for triples, for who knows the server as ``host``."""
        found, here = _graph(), URIRef(host + self._endpoint)
        service, dataset = BNode("service"), URIRef(f"{host}/.well-known/void#dataset")
        found.add((service, RDF.type, SD.Service))
        found.add((service, SD.endpoint, here))
        found.add((service, SD.supportedLanguage, SD.SPARQL11Query))
        if self._writes:
            found.add((service, SD.supportedLanguage, SD.SPARQL11Update))
        for form in _ROWS + _TRIPLES:
            found.add((service, SD.resultFormat, FORMATS[form]))
        for form in _TRIPLES if self._writes else ():
            found.add((service, SD.inputFormat, FORMATS[form]))
        found.add((service, SD.feature, SD.UnionDefaultGraph))
        found.add((service, SD.defaultDataset, dataset))
        found.add((dataset, RDF.type, SD.Dataset))
        return _written(found, media_type)

    async def dataset(self, media_type: str, host: str) -> bytes:
        """The dataset's description (VoID) in a media type for triples."""
        found, dataset = _graph(), URIRef(f"{host}/.well-known/void#dataset")
        found += await self._counts(dataset)
        page = URIRef(f"{host}/.well-known/void")
        found.add((page, RDF.type, VOID.DatasetDescription))
        found.add((page, FOAF.primaryTopic, dataset))
        found.add((dataset, VOID.sparqlEndpoint, URIRef(host + self._endpoint)))
        found.add((dataset, VOID.dataDump, URIRef(f"{host}/store?default&format=nt")))
        return _written(found, media_type)

    async def _counts(self, dataset: URIRef) -> Graph:
        if self._counted is None or self._counted[0] != f"{self._reader.version} {dataset}":
            self._counted = f"{self._reader.version} {dataset}", await self._count(dataset)
        return self._counted[1]

    async def _count(self, dataset: URIRef) -> Graph:
        found, total = _graph(), 0
        found.add((dataset, RDF.type, VOID.Dataset))
        found.add((dataset, DCTERMS.title, Literal("A knowledge graph of news articles, read by whodid", lang="en")))
        found.add((dataset, VOID.uriSpace, Literal(self._reader.base)))
        for vocabulary in (WHO, PLOVER, *(PREFIXES[p] for p in ("nif", "prov", "schema", "skos", "dcterms", "org"))):
            found.add((dataset, VOID.vocabulary, URIRef(str(vocabulary))))
        for kind, term, count in (await self._reader.query(_COUNTS)).rows:
            assert kind
            assert term
            assert count is not None
            part, of = BNode(f"{kind}{digest(str(term))[:12]}"), "class" if str(kind) == "class" else "property"
            found.add((dataset, VOID[f"{of}Partition"], part))
            found.add((part, VOID[of], term))
            found.add((part, VOID.entities if of == "class" else VOID.triples, count))
            total += 0 if of == "class" else int(str(count))
        found.add((dataset, VOID.triples, Literal(total, datatype=XSD.integer)))
        return found

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers at ``/.well-known/void``."""
        try:
            media_type = negotiation.triples(requests.header(scope, b"accept").replace("text/html", "text/turtle"))
            content = await self.dataset(media_type, address(scope))
            etag = self._reader.etag("void", media_type, address(scope)).encode()
            headers = [(b"content-type", media_type.encode()), (b"etag", etag), (b"vary", b"accept")]
            await respond(send, 200, headers, content)
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)


def _graph() -> Graph:
    found = Graph()
    for prefix, iri in {"sd": str(SD), "void": str(VOID), "foaf": str(FOAF), **PREFIXES}.items():
        found.bind(prefix, iri)
    return found


def _written(found: Graph, media_type: str) -> bytes:
    """The graph, its triples sorted, so that the same description is the same bytes."""
    lines = sorted(found.serialize(format="nt").splitlines())
    prefixes = {"sd": str(SD), "void": str(VOID), "foaf": str(FOAF), **PREFIXES}
    triples = (quad.triple for quad in ox.parse("\n".join(lines), format=ox.RdfFormat.N_TRIPLES))
    written = ox.serialize(triples, format=TRIPLES[media_type], prefixes=prefixes)
    assert written is not None
    return written
