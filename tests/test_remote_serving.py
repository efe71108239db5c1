"""A store on another server, served: pages, queries, datasets, long answers, and what happens when it breaks off."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph
import pytest
from starlette.testclient import TestClient

from graph import rdf, store
from graph.knowledge import KnowledgeGraph
from graph.server import Limits, application
from graph.store import Store
from tests import examples
from tests.servers import free_port, oxigraph
from tests.stores import fill
from tests.test_server import Running
from tests.test_store import G, quads

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON, XML, NT = "application/sparql-results+json", "application/sparql-results+xml", "application/n-triples"
HARBOUR = str(rdf.graph_iri(examples.harbour().document))
GAZETTE = str(rdf.graph_iri(examples.gazette().document))


@pytest.fixture
def relayed(elsewhere: str) -> Iterator[TestClient]:
    """A server before a server with the two articles."""
    with store.open(elsewhere) as opened:
        fill(opened)
    with TestClient(application(elsewhere)) as client:
        yield client


@pytest.fixture
def client(memory: Store) -> Iterator[TestClient]:
    """A server of the same."""
    with TestClient(application(KnowledgeGraph(memory))) as client:
        yield client


def rows(client: TestClient, query: str, **parameters: object) -> list[dict[str, str]]:
    answer = client.get("/sparql", params={"query": query, **parameters}, headers={"accept": JSON})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [{name: term["value"] for name, term in row.items()} for row in answer.json()["results"]["bindings"]]


# the same as from a folder


def test_pages_are_the_same_bytes(relayed: TestClient, client: TestClient, memory: Store) -> None:
    kinds = ("Person", "GeopoliticalEntity", "Mission", "Pledge", "Event", "Claim", "Document", "Quantity")
    things = {
        str(row["thing"]) for kind in kinds for row in memory.query(f"SELECT ?thing {{ ?thing a who:{kind} }} LIMIT 3")
    }
    paths = ["/", "/explorer", "/search?q=Ravn", "/search?q=engineers&kind=event", "/search?q=nothing", "/ontology"]
    for path in [*paths, *(f"/about?iri={quote(thing)}" for thing in sorted(things))]:
        want, got = (each.get(path, headers=PAGE) for each in (client, relayed))
        assert (got.status_code, got.content) == (want.status_code, want.content), path
    for thing in sorted(things):
        for form in ("text/turtle", "application/ld+json"):
            want, got = (each.get(f"/about?iri={quote(thing)}", headers={"accept": form}) for each in (client, relayed))
            assert got.content == want.content, thing


@pytest.mark.parametrize("accept", [JSON, XML, "text/csv", "text/tab-separated-values"])
def test_rows_come_in_every_form(relayed: TestClient, client: TestClient, accept: str) -> None:
    for query in (
        "SELECT DISTINCT ?name { ?p a who:Person ; skos:prefLabel ?name } ORDER BY ?name",
        "SELECT ?q ?more ?n { ?q who:isIncrement ?more OPTIONAL { ?q who:amount ?n } } ORDER BY ?q",
        "SELECT ?x { ?x a who:Nothing }",
        "ASK { ?x a who:Person }",
        "ASK { ?x a who:Nothing }",
    ):
        want, got = (e.get("/sparql", params={"query": query}, headers={"accept": accept}) for e in (client, relayed))
        assert got.status_code == 200
        assert got.headers["content-type"] == want.headers["content-type"]
        assert _read(got.content, accept) == _read(want.content, accept), query


def _read(content: bytes, accept: str) -> object:
    forms = {JSON: pyoxigraph.QueryResultsFormat.JSON, XML: pyoxigraph.QueryResultsFormat.XML}
    if accept not in forms:
        return content
    found = pyoxigraph.parse_query_results(content, format=forms[accept])
    if isinstance(found, pyoxigraph.QueryBoolean):
        return bool(found)
    return [str(v) for v in found.variables], [[str(term) for term in row] for row in found]


def test_graphs_and_dumps_are_whole(relayed: TestClient, client: TestClient) -> None:
    for parameters in ({"graph": HARBOUR}, {"default": ""}):
        want, got = (e.get("/store", params=parameters, headers={"accept": NT}) for e in (client, relayed))
        assert got.status_code == 200
        assert set(got.text.splitlines()) == set(want.text.splitlines())
    described = relayed.get("/sparql", params={"query": "DESCRIBE ?p { ?p a who:Person }"}, headers={"accept": NT})
    assert "Ilse Ravn" in described.text


# datasets


def test_graphs_may_be_chosen_by_parameters(relayed: TestClient) -> None:
    everywhere, inside = "SELECT ?d { ?d a who:Document }", "SELECT ?d { GRAPH ?g { ?d a who:Document } }"
    assert len(rows(relayed, everywhere)) == 2
    assert len(rows(relayed, everywhere, **{"default-graph-uri": HARBOUR})) == 1
    assert len(rows(relayed, everywhere, **{"default-graph-uri": [HARBOUR, GAZETTE]})) == 2
    assert rows(relayed, inside, **{"default-graph-uri": HARBOUR}) == []
    assert rows(relayed, everywhere, **{"named-graph-uri": HARBOUR}) == []
    assert len(rows(relayed, inside, **{"named-graph-uri": GAZETTE})) == 1
    both = {"default-graph-uri": HARBOUR, "named-graph-uri": GAZETTE}
    assert len(rows(relayed, "SELECT ?d ?e { ?d a who:Document GRAPH ?g { ?e a who:Document } }", **both)) == 1


def test_what_the_request_says_goes_before_what_the_query_says(relayed: TestClient) -> None:
    query = f"SELECT ?g {{ GRAPH <{GAZETTE}> {{ ?g a who:Document }} }}"
    assert len(rows(relayed, query)) == 1
    said = f"SELECT ?d FROM <{GAZETTE}> {{ ?d a who:Document }}"
    (named,), (requested,) = rows(relayed, said), rows(relayed, said, **{"default-graph-uri": HARBOUR})
    assert named != requested
    assert rows(relayed, f"SELECT ?d FROM <{GAZETTE}> {{ GRAPH ?g {{ ?d a who:Document }} }}") == []


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_graphs_that_are_not_there_are_refused(relayed: TestClient, name: str) -> None:
    for graph in ("file:///etc/passwd", "http://127.0.0.1:1/x", store.DESCRIPTION, "http://www.w3.org/ns/ldp#"):
        answer = relayed.get("/sparql", params={"query": "ASK {}", name: graph})
        assert answer.status_code == 400, graph
        assert "nothing is fetched" in answer.text
    many = [f"urn:x:{n}" for n in range(50)]
    assert relayed.get("/sparql", params={"query": "ASK {}", name: many}).status_code == 400
    assert relayed.get("/sparql", params={"query": "ASK {}", name: "no iri"}).status_code == 400


def test_what_must_not_be_asked_is_refused_before_it_is_sent(relayed: TestClient) -> None:
    for query, status in (
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 400),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", 400),
        ("DROP ALL", 400),
        ("SELECT", 400),
        ("ASK {" + "{" * 5000, 400),
    ):
        answer = relayed.get("/sparql", params={"query": query})
        assert answer.status_code == status, query
        assert "127.0.0.1:" not in answer.text
    assert relayed.get("/sparql", params={"query": "ASK {}"}, headers={"accept": "text/turtle"}).status_code == 406
    assert relayed.get("/store", params={"graph": "urn:x:none"}).status_code == 404


# long answers


def test_long_answers_have_all_their_rows_and_no_more_than_the_limit(elsewhere: str) -> None:
    with store.open(elsewhere) as opened:
        for number in range(4):
            opened.add(f"{G}{number}", quads(f"{G}{number}", 6000, f"value {number} " + "x" * 40))
    ask = f"SELECT ?s ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{G}')) }}"
    with TestClient(application(elsewhere)) as client:
        assert len(rows(client, ask)) == 24_000
        dump = client.get("/store", params={"default": ""}, headers={"accept": NT}).text
        assert sum("value " in line for line in dump.splitlines()) == 24_000
    with TestClient(application(elsewhere, limits=Limits(rows=100))) as client:
        assert len(rows(client, ask)) == 100
        assert len(rows(client, f"{ask} ORDER BY ?s ?o")) == 100
        built = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
        triples = client.get("/sparql", params={"query": built}, headers={"accept": NT})
        assert len(triples.text.splitlines()) <= 100


HEAD = {"content-type": JSON, "server": "scripted"}
BEGUN = b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"first"}}'
ROW = b',{"a":{"type":"literal","value":"' + b"x" * 1000 + b'"}}'


@contextmanager
def slow_server(body: Callable[[Callable[[bytes], None]], None]) -> Iterator[tuple[str, threading.Event]]:
    """A SPARQL server that gives the short answers that are needed to open it, and to ``?a`` what ``body`` sends.

    The event is set when who asked for ``?a`` has gone.
    """
    gone = threading.Event()
    described = {"base": "https://w3id.org/whodid/", "version": "1"}

    def one(client: socket.socket) -> None:
        with client:
            while request := _request(client):
                if b"SELECT+%3Fa" in request:
                    client.sendall(
                        f"HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\ntransfer-encoding: chunked\r\n\r\n".encode()
                    )
                    try:
                        body(lambda piece: client.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n"))
                    except OSError:
                        gone.set()
                    return
                names = list(described) if b"version" in request else ["n"]
                row = {name: {"type": "literal", "value": described.get(name, "1")} for name in names}
                found = {"head": {"vars": names}, "results": {"bindings": [row]}}
                answer = json.dumps({"head": {}, "boolean": True} if b"ASK" in request else found).encode()
                head = f"HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\ncontent-length: {len(answer)}\r\n\r\n".encode()
                client.sendall(head + answer)

    def accept() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/sparql", gone
        server.shutdown(socket.SHUT_RDWR)


def _request(client: socket.socket) -> bytes:
    raw = b""
    while b"\r\n\r\n" not in raw:
        part = client.recv(1 << 16)
        if not part:
            return b""
        raw += part
    head, _, body = raw.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += client.recv(1 << 16)
    return head + body


@contextmanager
def serving(address: str, *options: str) -> Iterator[httpx.Client]:
    running = Running(address, *options)  # type: ignore[arg-type]
    try:
        yield running.client
    finally:
        running.stop()


ASKED = {"params": {"query": "SELECT ?a { ?a ?b ?c }"}, "headers": {"accept": JSON}}


def test_rows_are_passed_on_before_the_last_has_come() -> None:
    seen = threading.Event()

    def body(send: Callable[[bytes], None]) -> None:
        send(BEGUN)
        for _ in range(200):
            send(ROW)
        assert seen.wait(20)
        send(b"]}}")
        send(b"")

    with slow_server(body) as (address, _), serving(address) as client:
        with client.stream("GET", "/sparql", **ASKED) as answer:  # type: ignore[arg-type]
            pieces = answer.iter_bytes()
            first = next(pieces)
            assert b"first" in first
            seen.set()
            whole = first + b"".join(pieces)
        assert len(json.loads(whole)["results"]["bindings"]) == 201


@pytest.mark.parametrize("rows", [0, 500])
def test_an_answer_that_breaks_off_there_breaks_off_here(rows: int) -> None:
    def body(send: Callable[[bytes], None]) -> None:
        send(BEGUN)
        for _ in range(rows):
            send(ROW)

    with slow_server(body) as (address, _), serving(address) as client:
        if rows:
            with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
                client.get("/sparql", **ASKED)  # type: ignore[arg-type]
        else:
            answer = client.get("/sparql", **ASKED)  # type: ignore[arg-type]
            assert (answer.status_code, address in answer.text) == (503, False)
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def endless(send: Callable[[bytes], None]) -> None:
    send(BEGUN)
    while True:
        send(ROW)
        time.sleep(0.002)


def test_an_answer_that_does_not_end_is_given_up_in_time() -> None:
    with slow_server(endless) as (address, gone), serving(address, "--seconds", "1") as client:
        start = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
            client.get("/sparql", **ASKED)  # type: ignore[arg-type]
        assert time.monotonic() - start < 6
        assert gone.wait(5), "the other server is left"


def test_who_leaves_has_the_other_server_left() -> None:
    with slow_server(endless) as (address, gone), serving(address) as client:
        with client.stream("GET", "/sparql", **ASKED) as answer:  # type: ignore[arg-type]
            next(answer.iter_bytes())
        assert gone.wait(10)
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_a_term_without_end_fills_no_more_than_the_limit() -> None:
    def body(send: Callable[[bytes], None]) -> None:
        send(BEGUN[:-2])
        while True:
            send(b"x" * (1 << 20))

    with slow_server(body) as (address, gone), serving(address, "--memory", "300") as client:
        assert _refused(client)
        assert gone.wait(10)
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def _refused(client: httpx.Client) -> bool:
    """Whether the answer is refused as a whole, or broken off."""
    try:
        return client.get("/sparql", **ASKED).status_code == 503  # type: ignore[arg-type]
    except httpx.RemoteProtocolError:
        return True


def test_the_other_server_may_go_and_come_back(tmp_path: Path) -> None:
    port = free_port()
    with oxigraph(tmp_path / "db", port) as address, store.open(address) as opened:
        fill(opened)
    with oxigraph(tmp_path / "db", port) as address:
        running = Running(address)  # type: ignore[arg-type]
    try:
        lost = running.ask("SELECT ?d { ?d a who:Document }")
        assert (lost.status_code, address in lost.text) == (503, False)
        with oxigraph(tmp_path / "db", port):
            assert len(running.rows("SELECT ?d { ?d a who:Document }")) == 2
    finally:
        running.stop()
