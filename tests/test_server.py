"""The endpoint as it runs: the SPARQL 1.1 Protocol and its formats, graphs, changes, and clients that are not ours."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from starlette.testclient import TestClient

import graph
from graph import rdf
from graph.errors import StoreError, UsageError
from graph.knowledge import KnowledgeGraph
from graph.queries import named_queries
from graph.server import Limits, application, negotiation, token
from graph.server.early import Early, Start
from graph.server.endpoint import Endpoint
from graph.server.exchange import Exchange
from graph.server.pool import Answer
from graph.server.refusal import Refusal
from graph.server.worker import END, MORE, START, Question
from graph.store import Store
from tests import examples, servers

TOKEN = "a-token-for-tests-only"
BEARER = {"authorization": f"Bearer {TOKEN}"}
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
ROW = "SELECT ?label WHERE { ?person a who:Person ; skos:prefLabel ?label } ORDER BY ?label LIMIT 1"
G = "https://example.org/g"


class Running:
    """A server in a process of its own, over a store of two invented articles."""

    def __init__(self, folder: Path, *options: str, warned: bool = False) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "graph", "serve", "--store", str(folder), "--port", "0", "--workers", "2"]
        environment = {**os.environ, "WHODID_TOKEN": TOKEN}
        self.process = subprocess.Popen(
            [*command, *options], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        if warned:
            assert line.startswith("warning: 0.0.0.0 can be reached from outside")
            line = self.process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line
        self.address = found[0].rstrip("/")
        self.client = httpx.Client(base_url=self.address, timeout=60)

    def ask(self, query: str = ROW, accept: str | None = JSON, **parameters: Any) -> httpx.Response:
        headers = {"accept": accept} if accept else {}
        return self.client.get("/sparql", params={"query": query, **parameters}, headers=headers)

    def rows(self, query: str) -> list[dict[str, str]]:
        found = self.ask(query).json()["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in found]

    def stop(self) -> int:
        self.client.close()
        self.process.terminate()
        return self.process.wait(20)


def filled(folder: Path) -> Path:
    with graph.open(folder) as kg:
        kg.add_reading(examples.harbour())
        kg.add_reading(examples.gazette())
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(filled(tmp_path_factory.mktemp("served") / "store"), "--writable", "--origin", "*")
    yield running
    running.stop()


# queries: https://www.w3.org/TR/sparql11-protocol/#query-operation


def test_a_query_by_get(server: Running) -> None:
    answer = server.ask()
    assert (answer.status_code, answer.headers["content-type"]) == (200, JSON)
    assert answer.json()["results"]["bindings"][0]["label"]["value"]


def test_a_query_in_a_form(server: Running) -> None:
    answer = server.client.post("/sparql", data={"query": ROW}, headers={"accept": JSON})
    assert answer.json() == server.ask().json()


def test_a_query_as_the_body(server: Running) -> None:
    headers = {"accept": JSON, "content-type": QUERY}
    assert server.client.post("/sparql", content=ROW, headers=headers).json() == server.ask().json()


@pytest.mark.parametrize("way", ["get", "form", "body"])
def test_the_dataset_of_a_query(server: Running, way: str) -> None:
    """What the request says of the dataset goes before what the query says."""
    first, second = (
        str(row["g"]) for row in server.rows("SELECT DISTINCT ?g { GRAPH ?g { ?d a who:Document } } ORDER BY ?g")
    )
    query = f"SELECT (COUNT(*) AS ?n) FROM <{second}> {{ ?d a who:Document }}"
    assert _count(server, way, query, {}) == 1
    assert _count(server, way, query.replace(f"FROM <{second}>", ""), {"default-graph-uri": [first]}) == 1
    assert _count(server, way, query.replace(f"FROM <{second}>", ""), {"default-graph-uri": [first, second]}) == 2
    assert _count(server, way, query, {"default-graph-uri": [first]}) == 1
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?d a who:Document } }"
    assert _count(server, way, named, {}) == 2
    assert _count(server, way, named, {"named-graph-uri": [first]}) == 1
    assert _count(server, way, named, {"default-graph-uri": [first]}) == 0
    assert _count(server, way, query.replace(f"FROM <{second}>", ""), {"named-graph-uri": [first]}) == 0


def _count(server: Running, way: str, query: str, dataset: dict[str, list[str]]) -> int:
    headers = {"accept": JSON}
    if way == "get":
        answer = server.client.get("/sparql", params={"query": query, **dataset}, headers=headers)
    elif way == "form":
        answer = server.client.post("/sparql", data={"query": query, **dataset}, headers=headers)
    else:
        headers["content-type"] = QUERY
        answer = server.client.post("/sparql", params=dataset, content=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize(
    ("method", "path", "body", "media_type", "status", "told"),
    [
        ("PUT", "/sparql", b"ASK {}", QUERY, 405, "GET, HEAD, POST"),
        ("DELETE", "/sparql", b"", "", 405, "GET, HEAD, POST"),
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", b"", "", 400, "given 2 times"),
        ("POST", "/sparql", b"query=ASK%7B%7D&query=ASK%7B%7D", "application/x-www-form-urlencoded", 400, "2 times"),
        ("GET", "/sparql?default-graph-uri=x:y", b"", "", 400, "no query"),
        ("POST", "/sparql", b"quarry=ASK%7B%7D", "application/x-www-form-urlencoded", 400, "one of them"),
        ("POST", "/sparql", b"query=ASK%7B%7D&update=CLEAR%20ALL", "application/x-www-form-urlencoded", 400, "one of"),
        ("POST", "/sparql", b"query=ASK%7B%7D", "text/plain", 415, "a query comes as"),
        ("POST", "/sparql", b"query=ASK%7B%7D", "", 415, "a query comes as"),
        ("POST", "/sparql", b"ASK {}", "", 415, "a query comes as"),
        ("POST", "/sparql", "ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16", 415, "UTF-8"),
        ("POST", "/sparql", b"ASK { ?s ?p '\xff' }", QUERY, 400, "not UTF-8 text (byte 13)"),
        ("GET", "/sparql?query=ASK%7B%3Fs%20%3Fp%20%27%FF%27%7D", b"", "", 400, "not UTF-8"),
        ("GET", "/sparql?update=CLEAR%20ALL", b"", "", 400, "by POST"),
        ("GET", "/sparql?query=", b"", "", 400, "does not parse"),
        ("GET", "/sparql?query=CLEAR%20ALL", b"", "", 400, "CLEAR changes"),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=no%20iri", b"", "", 400, "no absolute IRI"),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=file:///etc/passwd", b"", "", 400, "nothing is fetched"),
        ("GET", "/sparql?query=ASK%7B%7D&format=docx", b"", "", 400, "known: json"),
        ("POST", "/sparql", b"ASK {} " + b" " * (1 << 20), QUERY, 413, "larger than 1,048,576 bytes"),
    ],
)
def test_what_the_protocol_does_not_allow(
    server: Running, method: str, path: str, body: bytes, media_type: str, status: int, told: str
) -> None:
    headers = {"content-type": media_type} if media_type else {}
    answer = server.client.request(method, path, content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert told in answer.text or told in answer.headers.get("allow", "")


def test_a_query_that_breaks_is_told_where(server: Running) -> None:
    answer = server.ask("SELECT *\nWHERE { ?s ?p ?o nonsense ?x }")
    assert answer.status_code == 400
    assert "line 2, column" in answer.text
    assert "  WHERE { ?s ?p ?o nonsense ?x }" in answer.text


def test_an_address_or_head_that_is_too_long(server: Running) -> None:
    address = httpx.URL(server.address)
    for line in (b"GET /sparql?query=" + b"a" * 70_000 + b" HTTP/1.1", b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000):
        with socket.create_connection((address.host, address.port or 80)) as raw:
            raw.sendall(line + b"\r\nHost: localhost\r\n")
            assert raw.recv(100).startswith(b"HTTP/1.1 431")


def test_what_does_not_exist_is_404(server: Running) -> None:
    assert server.client.get("/nowhere").status_code == 404


# formats


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (XML, XML),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("application/json", "application/json"),
        ("text/*", "text/csv; charset=utf-8"),
        (f"{JSON};q=0.2, {XML};q=0.7", XML),
        (f"{XML};q=0, */*;q=0.1", JSON),
        ("text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8"),
        (f"image/png, {JSON};q=nonsense, */*;q=0.5", XML),
    ],
)
def test_rows_come_as_accepted(server: Running, accept: str | None, media_type: str) -> None:
    answer = server.client.get("/sparql", params={"query": ROW}, headers={"accept": accept or ""})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


@pytest.mark.parametrize(
    "query", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 20", "DESCRIBE ?s { ?s a who:Person }"]
)
@pytest.mark.parametrize(
    ("accept", "media_type", "parser"),
    [
        ("*/*", "text/turtle; charset=utf-8", "turtle"),
        ("text/turtle", "text/turtle; charset=utf-8", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
    ],
)
def test_triples_come_as_accepted(server: Running, query: str, accept: str, media_type: str, parser: str) -> None:
    answer = server.ask(query, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    expected = rdflib.Graph().parse(data=server.ask(query, "application/n-triples").text, format="nt")
    assert len(expected) > 5
    assert set(rdflib.Graph().parse(data=answer.text, format=parser)) == set(expected)


def test_each_format_of_rows_says_the_same(server: Running) -> None:
    query = 'SELECT ?text ?number ?iri ?none { VALUES (?text ?number ?iri) { ("a, \\"b\\"\\n"@en 7 <x:y>) } }'
    rows = server.ask(query).json()
    assert rows["head"]["vars"] == ["text", "number", "iri", "none"]
    (row,) = rows["results"]["bindings"]
    assert row["text"] == {"type": "literal", "value": 'a, "b"\n', "xml:lang": "en"}
    assert row["number"]["datatype"].endswith("#integer")
    assert row["iri"] == {"type": "uri", "value": "x:y"}
    assert "none" not in row
    space = "{http://www.w3.org/2005/sparql-results#}"
    found = ElementTree.fromstring(server.ask(query, XML).text)
    assert [b.get("name") for b in found.iter(f"{space}binding")] == ["text", "number", "iri"]
    assert server.ask(query, "text/csv").text == 'text,number,iri,none\r\n"a, ""b""\n",7,x:y,\r\n'
    assert server.ask(query, "text/tab-separated-values").text.splitlines()[1] == '"a, \\"b\\"\\n"@en\t7\t<x:y>\t'


def test_a_truth_in_each_format(server: Running) -> None:
    assert server.ask("ASK {}").json() == {"head": {}, "boolean": True}
    assert "<boolean>false</boolean>" in server.ask("ASK { <x:a> <x:b> <x:c> }", XML).text
    assert server.ask("ASK {}", "text/csv").text == "true"
    assert server.ask("ASK {}", "text/tab-separated-values").text == "true"


@pytest.mark.parametrize(
    ("query", "accept"), [("ASK {}", "text/turtle"), ("DESCRIBE <x:y>", "text/csv"), ("ASK {}", "image/png")]
)
def test_what_cannot_be_had_is_406(server: Running, query: str, accept: str) -> None:
    answer = server.ask(query, accept)
    assert answer.status_code == 406
    assert "come" in answer.text


@pytest.mark.parametrize(("form", "media_type"), [("json", JSON), ("csv", "text/csv"), ("xml", XML), (JSON, JSON)])
def test_format_goes_before_accept(server: Running, form: str, media_type: str) -> None:
    assert server.ask(accept="text/html", format=form).headers["content-type"].startswith(media_type)


def test_a_large_answer_streams(server: Running) -> None:
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 50000"
    with server.client.stream("GET", "/sparql", params={"query": query}, headers={"accept": "text/csv"}) as answer:
        assert answer.headers["transfer-encoding"] == "chunked"
        assert len(list(csv.reader(answer.iter_lines()))) > 40_000


def test_what_ends_before_it_is_looked_at_is_sent_whole() -> None:
    """Its pieces may all have come by the time that somebody waits for the first."""

    class Ended:
        def put(self, question: Question, client: str = "") -> Answer:
            answer = Answer(question, client, asyncio.get_running_loop())
            for kind, content in [(START, f"{JSON}\nfirst, ".encode()), (MORE, b"second, "), (END, b"last")]:
                answer.take(kind, content)
            return answer

    async def sent() -> bytes:
        reader = SimpleNamespace(limits=Limits(), version="1", pool=Ended(), etag=str, at_once=lambda question: None)
        reader.put, exchange = reader.pool.put, Exchange(Limits(), ())
        endpoint = Endpoint(reader, None, None, None, exchange)  # type: ignore[arg-type]
        early = Early("/sparql", reader, exchange)  # type: ignore[arg-type]
        request = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n"
        start = early.start(request, "")
        assert isinstance(start, Start)
        assert early.response(start) is None, "only a whole answer is given at once"
        client = httpx.AsyncClient(transport=httpx.ASGITransport(endpoint), base_url="http://a")
        first = await client.get("/sparql", params={"query": "ASK{}"}, headers={"accept": JSON})
        again = await client.get("/sparql", params={"query": "ASK{}"}, headers={"accept": JSON})
        assert first.content == again.content
        return first.content

    assert asyncio.run(sent()) == b"first, second, last"


def test_head_is_get_without_its_body(server: Running) -> None:
    head = server.client.head("/sparql", params={"query": ROW}, headers={"accept": JSON})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == JSON


def test_an_answer_is_known_again(server: Running) -> None:
    first = server.ask()
    assert first.headers["cache-control"] == "no-cache"
    again = server.client.get(
        "/sparql", params={"query": ROW}, headers={"accept": JSON, "if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert "etag" not in server.ask("SELECT (NOW() AS ?now) {}").headers


def test_scripts_of_other_pages_may_ask(server: Running) -> None:
    origin = {"origin": "https://example.org"}
    asked = {**origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    preflight = server.client.options("/sparql", headers=asked)
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    answer = server.client.get("/sparql", params={"query": ROW}, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert server.client.get("/sparql?query=x", headers=origin).headers["access-control-allow-origin"] == "*"


# descriptions


def test_the_service_describes_itself(server: Running) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    answer = server.client.get("/sparql", headers={"accept": "text/turtle"})
    found = rdflib.Graph().parse(data=answer.text, format="turtle")
    (service,) = found.subjects(rdflib.RDF.type, sd.Service)
    assert found.value(service, sd.endpoint) == rdflib.URIRef(f"{server.address}/sparql")
    assert {sd.SPARQL11Query, sd.SPARQL11Update} == set(found.objects(service, sd.supportedLanguage))
    assert sd.UnionDefaultGraph in set(found.objects(service, sd.feature))


def test_the_dataset_is_described(server: Running) -> None:
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    found = rdflib.Graph().parse(data=server.client.get("/.well-known/void").text, format="turtle")
    (dataset,) = found.subjects(rdflib.RDF.type, void.Dataset)
    assert int(str(found.value(dataset, void.triples))) > 2000
    persons = server.rows("SELECT (COUNT(?p) AS ?n) { ?p a who:Person }")[0]["n"]
    (part,) = found.subjects(void["class"], rdflib.URIRef("https://w3id.org/whodid/ontology#Person"))
    assert str(found.value(part, void.entities)) == persons


# graphs: https://www.w3.org/TR/sparql11-http-rdf-update/


def test_a_graph_is_read(server: Running) -> None:
    name = server.rows("SELECT ?g { GRAPH ?g { ?d a who:Document } } ORDER BY ?g LIMIT 1")[0]["g"]
    count = int(server.rows(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")[0]["n"])
    for path in (f"/store?graph={quote(name)}", name.replace("https://w3id.org/whodid", "")):
        answer = server.client.get(path, headers={"accept": "application/n-triples"})
        assert len(answer.text.splitlines()) == count, path
    whole = server.client.get("/store?default&format=nt").text
    assert len(whole.splitlines()) > count
    assert server.client.get(f"/store?graph={G}/none").status_code == 404
    assert server.client.get("/store").status_code == 400
    assert server.client.get("/store?default&graph=x:y").status_code == 400
    assert server.client.patch("/store?default").status_code == 405


def test_a_graph_is_written_with_the_token_only(server: Running) -> None:
    path, turtle = f"/store?graph={G}", {"content-type": "text/turtle"}
    assert server.client.put(path, content="<x:a> <x:b> 1 .", headers=turtle).status_code == 401
    wrong = {"authorization": "Bearer another-token-altogether"}
    refused = server.client.put(path, content="<x:a> <x:b> 1 .", headers={**turtle, **wrong})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    write = {**turtle, **BEARER}
    assert server.client.put(path, content="<x:a> <x:b> 1 .", headers=write).status_code == 201
    assert server.client.put(path, content="<x:a> <x:b> 2 .", headers=write).status_code == 204
    assert server.client.post(path, content="<x:a> <x:b> 3 .", headers=write).status_code == 204
    assert [row["o"] for row in server.rows("SELECT ?o { <x:a> <x:b> ?o } ORDER BY ?o")] == ["2", "3"]
    broken = server.client.put(path, content="<x:a> <x:b> .", headers=write)
    assert (broken.status_code, "line 1" in broken.text or "1:" in broken.text) == (400, True)
    assert server.client.put(path, content="x", headers={**BEARER, "content-type": "text/html"}).status_code == 415
    assert server.client.put("/store?default", content="", headers=write).status_code == 403
    assert server.client.delete(path, headers=BEARER).status_code == 204
    assert server.client.delete(path, headers=BEARER).status_code == 404
    assert not server.rows("SELECT ?o { <x:a> <x:b> ?o }")


# updates: https://www.w3.org/TR/sparql11-protocol/#update-operation


def update(server: Running, sparql: str, **parameters: str) -> httpx.Response:
    headers = {**BEARER, "content-type": UPDATE}
    return server.client.post("/sparql", content=sparql, params=parameters, headers=headers)


def test_updates_change_the_store(server: Running) -> None:
    assert update(server, f"INSERT DATA {{ GRAPH <{G}> {{ <x:u> <x:v> 1 }} }}").status_code == 204
    assert server.rows("SELECT ?o { <x:u> <x:v> ?o }") == [{"o": "1"}]
    form = {"update": f"DELETE DATA {{ GRAPH <{G}> {{ <x:u> <x:v> 1 }} }}"}
    assert server.client.post("/sparql", data=form, headers=BEARER).status_code == 204
    assert server.rows("SELECT ?o { <x:u> <x:v> ?o }") == []
    with graph.open(server.folder, write=False) as kg:
        assert kg.store.size(G) == 0


def test_the_dataset_of_an_update(server: Running) -> None:
    update(server, f"INSERT DATA {{ GRAPH <{G}> {{ <x:d> <x:e> 1 }} GRAPH <{G}2> {{ <x:d> <x:e> 2 }} }}")
    copy = f"INSERT {{ GRAPH <{G}3> {{ <x:d> <x:copied> ?o }} }} WHERE {{ <x:d> <x:e> ?o }}"
    assert update(server, copy, **{"using-graph-uri": f"{G}2"}).status_code == 204
    assert server.rows("SELECT ?o { <x:d> <x:copied> ?o }") == [{"o": "2"}]
    clash = update(server, f"WITH <{G}> {copy}", **{"using-graph-uri": G})
    assert (clash.status_code, "exclude each other" in clash.text) == (400, True)
    for name in (G, f"{G}2", f"{G}3"):
        server.client.delete(f"/store?graph={name}", headers=BEARER)


@pytest.mark.parametrize(
    ("sparql", "told"),
    [
        ("LOAD <file:///etc/passwd>", "LOAD fetches"),
        ("INSERT { <x:a> <x:b> ?o } WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE"),
        ("INSERT NONSENSE", "does not parse"),
    ],
)
def test_updates_that_are_refused(server: Running, sparql: str, told: str) -> None:
    answer = update(server, sparql)
    assert answer.status_code == 400
    assert told in answer.text


def test_an_update_needs_the_token(server: Running) -> None:
    answer = server.client.post("/sparql", content="CLEAR ALL", headers={"content-type": UPDATE})
    assert answer.status_code == 401


def test_who_only_reads_writes_for_nobody(memory: Store) -> None:
    with TestClient(application(KnowledgeGraph(memory))) as client:
        answer = client.post("/sparql", content="CLEAR ALL", headers={"content-type": UPDATE, **BEARER})
        assert (answer.status_code, answer.text) == (403, "this server only reads\n")
        assert client.put(f"/store?graph={G}", content="", headers=BEARER).status_code == 403
        assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_the_token_is_not_a_weak_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHODID_TOKEN", "short")
    with pytest.raises(UsageError, match="16 characters"):
        token()
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert token(str(tmp_path / "token")) == TOKEN
    with pytest.raises(UsageError, match="cannot be read"):
        token(str(tmp_path / "none"))


# clients that are not ours


def test_sparqlwrapper(server: Running) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper", reason="pip install sparqlwrapper")
    client = wrapper.SPARQLWrapper(f"{server.address}/sparql")
    client.setQuery(ROW)
    client.setReturnFormat(wrapper.JSON)
    assert client.queryAndConvert() == server.ask().json()
    client.setMethod(wrapper.POST)
    assert client.queryAndConvert() == server.ask().json()
    client.setReturnFormat(wrapper.XML)
    assert client.queryAndConvert().getElementsByTagName("binding")
    client.setQuery("CONSTRUCT { ?s a ?t } WHERE { ?s a ?t } LIMIT 5")
    for form in (wrapper.TURTLE, wrapper.RDFXML, wrapper.JSONLD, wrapper.N3):
        client.setReturnFormat(form)
        assert client.query().response.status == 200
    client.setQuery("SELECT nonsense")
    with pytest.raises(wrapper.SPARQLExceptions.QueryBadFormed, match="does not parse"):
        client.query()
    client.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    client.setQuery(f"INSERT DATA {{ GRAPH <{G}> {{ <x:w> <x:w> 1 }} }}")
    assert client.query().response.status == 204
    server.client.delete(f"/store?graph={G}", headers=BEARER)


def test_rdflibs_sparqlstore(server: Running) -> None:
    found = rdflib.Graph(SPARQLStore(f"{server.address}/sparql", returnFormat="json"))
    who = rdflib.Namespace("https://w3id.org/whodid/ontology#")
    persons = set(found.subjects(rdflib.RDF.type, who.Person))
    assert len(persons) == len(server.rows("SELECT DISTINCT ?p { ?p a who:Person }"))
    assert len(list(found.query("SELECT ?s { ?s a <https://w3id.org/whodid/ontology#Event> }"))) > 3


def test_the_curl_lines_of_the_docs(server: Running, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is missing: apt-get install curl")
    text = (Path(__file__).parent.parent / "docs" / "server.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.startswith("curl ")]
    assert len(lines) >= 6
    for line in lines:
        here = line.replace("http://127.0.0.1:7878", server.address)
        done = subprocess.run(
            ["bash", "-c", here],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "WHODID_TOKEN": TOKEN},
        )
        assert done.returncode == 0, (line, done.stderr)
        assert not re.search(r"does not parse|Not Found|is no graph|the token", done.stdout), (line, done.stdout)


# the store behind it


def test_named_questions_give_what_they_give_here(server: Running) -> None:
    with graph.open(server.folder, write=False) as kg:
        for name, query in named_queries().items():
            here = json.loads(kg.store.query(query.sparql).json())
            there = server.ask(query.sparql).json()
            assert _terms(here) == _terms(there), name


def _terms(found: dict[str, Any]) -> tuple[list[str], list[str]]:
    def told(term: dict[str, str]) -> list[str]:
        datatype = term.get("datatype", "").replace("http://www.w3.org/2001/XMLSchema#string", "")
        return [term["type"], term["value"], datatype, term.get("xml:lang", "")]

    rows = [{key: told(term) for key, term in row.items()} for row in found["results"]["bindings"]]
    return found["head"]["vars"], sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_articles_are_added_while_it_serves(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with graph.open(folder) as kg:
        kg.add_reading(examples.harbour())
    running = Running(folder)
    try:
        count = "SELECT (COUNT(?d) AS ?n) { ?d a who:Document }"
        assert running.rows(count) == [{"n": "1"}]
        with graph.open(folder) as kg:
            kg.add_reading(examples.gazette())
            assert running.rows(count) == [{"n": "1"}]

            def handed_out() -> bool:
                kg.store.flush()
                return running.rows(count) == [{"n": "2"}]

            _until(handed_out, "a state is handed out by who writes")
            kg.remove("gazette.txt")
        _until(lambda: running.rows(count) == [{"n": "1"}], "the last state is served when the writer has gone")
    finally:
        assert running.stop() == 0
    assert {path.name for path in folder.iterdir()} == {"lock", "quads", "store.json"}


def _until(met: Any, what: str, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < until, what
        time.sleep(0.1)


def test_what_a_killed_server_leaves_goes(tmp_path: Path) -> None:
    folder = filled(tmp_path / "store")
    running = Running(folder)
    running.process.kill()
    running.process.wait()
    assert list(folder.glob("serving-*"))
    again = Running(folder)
    assert len(list(folder.glob("serving-*"))) == 1
    assert again.stop() == 0
    assert not list(folder.glob("serving-*"))


def test_ctrl_c_ends_it_in_peace(tmp_path: Path) -> None:
    running = Running(filled(tmp_path / "store"))
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(10) in (0, 130)
    assert running.process.stdout
    assert "Traceback" not in running.process.stdout.read()
    assert not list(running.folder.glob("serving-*"))


def test_what_is_not_a_store_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"), TestClient(application(tmp_path / "none")):
        pass


def _refused(*options: str, **environment: str) -> str:
    command = [sys.executable, "-m", "graph", "serve", "--port", "0", *options]
    kept = {key: value for key, value in os.environ.items() if key != "WHODID_TOKEN"}
    done = subprocess.run(command, capture_output=True, text=True, env={**kept, **environment}, timeout=60)
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    return done.stderr


def test_what_cannot_be_served_is_said(server: Running, tmp_path: Path) -> None:
    assert "there is no store" in _refused("--store", str(tmp_path / "none"))
    assert "WHODID_TOKEN" in _refused("--store", str(server.folder), "--writable")
    port = server.address.rpartition(":")[2]
    assert "is another server there?" in _refused("--store", str(server.folder), "--port", port)


def test_a_server_that_others_can_reach_is_warned_of(tmp_path: Path) -> None:
    running = Running(filled(tmp_path / "store"), "--host", "0.0.0.0", warned=True)
    assert running.stop() == 0


def test_a_store_elsewhere_is_asked_through_it(memory: Store) -> None:
    with servers.oxigraph() as there:
        with graph.open(there) as kg:
            kg.add_reading(examples.harbour())
            kg.add_reading(examples.gazette())
        with TestClient(application(there)) as client:
            found = client.get("/sparql", params={"query": ROW}, headers={"accept": JSON})
            assert [row["label"]["value"] for row in found.json()["results"]["bindings"]] == [
                row["label"] for row in memory.query(ROW)
            ]
            csv_ = client.get("/sparql", params={"query": ROW}, headers={"accept": "text/csv"})
            assert csv_.text.startswith("label\r\n")
            described = client.get("/sparql", params={"query": "DESCRIBE ?p { ?p a who:Person }"})
            assert "who:Person" in described.text
            for query in ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SELECT nonsense"):
                assert client.get("/sparql", params={"query": query}).status_code == 400
            assert (
                client.get("/sparql", params={"query": "ASK {}"}, headers={"accept": "text/turtle"}).status_code == 406
            )
            name = rdf.graph_iri(examples.harbour().document)
            whole = client.get("/store", params={"graph": name}, headers={"accept": "application/n-triples"})
            assert len(whole.text.splitlines()) == memory.size(name)
            assert client.get("/store", params={"graph": "x:none"}).status_code == 404


def test_pages_can_ask(memory: Store) -> None:
    app = application(KnowledgeGraph(memory), limits=Limits(workers=1, long=1))
    with TestClient(app) as client:
        reader = app.state.reader
        assert client.portal
        found = client.portal.call(reader.query, "SELECT ?s { ?s a who:Person }")
        assert len(found) == len(memory.query("SELECT ?s { ?s a who:Person }"))
        triples = client.portal.call(reader.query, "CONSTRUCT { ?s a who:Person } WHERE { ?s a who:Person }")
        assert triples.triples
        assert client.portal.call(reader.query, "ASK {}").truth is True
        assert client.portal.call(reader.run, lambda store: store.graphs()) == memory.graphs()


def test_negotiation_follows_the_most_specific_range() -> None:
    assert (
        negotiation.best("text/*;q=0.9, text/csv;q=0.1, text/tab-separated-values", ("text/csv", "text/xml"))
        == "text/xml"
    )
    assert negotiation.best("text/csv;q=0", ("text/csv",)) is None
    assert negotiation.prefers_page("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert not negotiation.prefers_page("*/*")
    with pytest.raises(Refusal, match="triples come as"):
        negotiation.triples("text/csv")
