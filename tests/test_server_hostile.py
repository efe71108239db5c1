"""What strangers may try, while others ask: they are refused or given up, and the others are answered as before."""

from __future__ import annotations

import json
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest

from graph.server.lookups import JSON, at_once, is_lookup, look_up
from graph.server.worker import REFUSED, Question
from graph.vocabulary import PREFIXES
from tests.test_server import Running, filled

SECONDS = 2
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SORT = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
REGEX = 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "^(([a-z])+.)+[A-Z]([a-z])+$")) }'
PATHS = "SELECT (COUNT(*) AS ?n) { ?a (<x:y>|!<x:y>|!^<x:y>)* ?b . ?b (<x:y>|!<x:y>|!^<x:y>)* ?c }"
STRINGS = "SELECT ?x { " + " ".join(f"BIND(CONCAT(?x{i}, ?x{i}, ?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(16)).join(
    ['BIND("aaaaaaaaaaaaaaaa" AS ?x0) ', " BIND(STRLEN(?x16) AS ?x) }"]
)
MEMORY = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?all) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    store = filled(tmp_path_factory.mktemp("attacked") / "store")
    running = Running(store, "--seconds", str(SECONDS), "--memory", "300")
    yield running
    assert running.process.poll() is None, "the server has ended"
    running.stop()


@pytest.mark.parametrize("query", [CROSS, SORT, REGEX, PATHS, STRINGS, MEMORY])
def test_what_would_run_for_hours_is_given_up(server: Running, query: str) -> None:
    began = time.monotonic()
    try:
        answer = server.ask(query)
    except httpx.RemoteProtocolError:  # the answer had begun, and was broken off
        answer = None
    assert time.monotonic() - began < SECONDS + 2
    assert answer is None or (answer.status_code, "given up" in answer.text or "too large" in answer.text) == (
        503,
        True,
    )
    assert server.ask("ASK {}").json()["boolean"] is True


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/sparql> { ?s ?p ?o } }", "SERVICE asks another server"),
        ("SELECT * { SERVICE SILENT ?x { ?s ?p ?o } }", "SERVICE asks another server"),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "nothing is fetched"),
        ("SELECT * FROM NAMED <http://127.0.0.1/> { ?s ?p ?o }", "nothing is fetched"),
        ("LOAD <http://127.0.0.1/>", "LOAD changes the graph"),
        ("SELECT * { " + "{" * 5000 + "}" * 5000 + " }", "brackets within brackets"),
        ("SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", "brackets within brackets"),
        ("SELECT * { ?s " + "^" * 20_000 + "<x:y> ?o }", ""),
        ("SELECT (" + "!" * 20_000 + "true AS ?x) {}", ""),
        ("SELECT (" + "1+" * 20_000 + "1 AS ?x) {}", ""),
        ("SELECT * { ?s ?p ?o" + " . ?s ?p ?o" * 5000 + " }", ""),
        ("SELECT * { ?s ?p '\x00' }", ""),
        ("ASK { ?s ?p '\ud83d\ude00' }".encode("utf-16", "surrogatepass").decode("utf-16"), ""),
    ],
)
def test_what_must_not_be_asked(server: Running, query: str, told: str) -> None:
    answer = server.client.post("/sparql", data={"query": query})
    assert answer.status_code in ((400,) if told else (200, 400, 503))
    assert told in answer.text
    assert not any(word in answer.text for word in ("Traceback", ".py", str(server.folder), "site-packages", "python"))
    assert server.ask("ASK {}").json()["boolean"] is True


def test_ten_megabytes_are_not_read(server: Running) -> None:
    huge = "ASK {} #" + "x" * 10_000_000
    for kind in ("application/sparql-query", "application/x-www-form-urlencoded"):
        with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):  # refused before all was sent
            answer = server.client.post("/sparql", content=huge, headers={"content-type": kind})
            assert answer.status_code == 413
    with suppress(httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        chunks = (b"x" * 65536 for _ in range(200))
        answer = server.client.post("/sparql", content=chunks, headers={"content-type": "application/sparql-query"})
        assert answer.status_code == 413
    assert server.ask("ASK {}").json()["boolean"] is True


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /sparql?query=%FF%FE HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /sparql?query=%zz%2 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /sparql?query=\\xff\\N{x} HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /sparql?" + b"&" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n\r\n",
        b"GET http://127.0.0.1:1/sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_broken_requests(server: Running, request_: bytes) -> None:
    with _connected(server) as raw:
        raw.sendall(request_)
        raw.settimeout(0.5)
        try:
            answer = raw.recv(2000)
        except TimeoutError:
            answer = b""
    assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200"))
    assert b"root:" not in answer
    assert b"Traceback" not in answer
    assert server.ask("ASK {}").json()["boolean"] is True


def test_requests_sent_together_are_answered_in_order(server: Running) -> None:
    asked = [f"SELECT (COUNT(*) AS ?n{i}) {{ ?s ?p ?o }}" for i in range(6)]
    lines = [f"GET /sparql?query={quote(q)} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode() for q in asked]
    for together in (b"".join(lines), lines[0]):
        with _connected(server) as raw:
            raw.sendall(together)
            if together == lines[0]:
                for line in lines[1:]:
                    raw.sendall(line)
            heard = b""
            raw.settimeout(5)
            while b"n5\r\n" not in heard:
                heard += raw.recv(65536)
        places = [heard.find(f"n{i}\r\n".encode()) for i in range(6)]
        assert places == sorted(places)
        assert -1 not in places


def test_slow_clients_do_not_hold_others_up(server: Running) -> None:
    slow = [_connected(server) for _ in range(150)]
    for raw in slow:
        raw.sendall(b"GET /sparql?query=ASK HTTP/1.1\r\nX: ")
    assert _speed(server, 20) < 0.25
    for raw in slow:
        raw.close()


def test_who_does_not_read_the_answer_is_left(server: Running) -> None:
    query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    deaf = [_connected(server) for _ in range(6)]
    for raw in deaf:
        raw.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    time.sleep(SECONDS + 1.5)
    assert _speed(server, 20) < 0.25
    for raw in deaf:
        raw.close()


@pytest.mark.slow
def test_a_head_that_does_not_come_is_given_up(server: Running) -> None:
    with _connected(server) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n")
        raw.settimeout(15)
        assert raw.recv(100).startswith(b"HTTP/1.1 408")


def _connected(server: Running) -> socket.socket:
    address = httpx.URL(server.address)
    return socket.create_connection((address.host, address.port or 80))


def _speed(server: Running, times: int, source: str = "127.0.0.1") -> float:
    """Median seconds of short queries that are no look-ups, each another one, from an address of its own."""
    found = []
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source), timeout=30) as client:
        for number in range(times):
            query = f"SELECT (COUNT(?p) AS ?n{number}_{random.random()}".replace(".", "") + ") { ?p a who:Person }"
            began = time.monotonic()
            answer = client.get(f"{server.address}/sparql", params={"query": query})
            found.append(time.monotonic() - began)
            assert answer.status_code == 200, answer.text
    return statistics.median(found)


def fuzzed(count: int, seed: int = 7) -> Iterator[str]:
    """Queries that grow out of hostile ones by chance: pieces taken out, doubled, put elsewhere."""
    chance = random.Random(seed)
    pool = [CROSS, SORT, REGEX, PATHS, STRINGS, MEMORY, "SELECT * { ?s ?p ?o OPTIONAL { ?o ?q ?r } FILTER(?r > 3) }"]
    pool += [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    ]
    for _ in range(count):
        words = chance.choice(pool).split()
        for _ in range(chance.randint(1, 6)):
            at, end = sorted(chance.sample(range(len(words) + 1), 2))
            piece = words[at:end]
            words = chance.choice([words[:at] + words[end:], words[:end] + words[at:], words + piece, piece + words])
            words = words[:400] or ["ASK"]
        yield " ".join(words)


def _attack(server: Running, count: int) -> None:
    quiet = _speed(server, 20)
    queries = list(fuzzed(count))
    statuses: list[int] = []
    ended = threading.Event()

    def ask(query: str) -> None:
        try:
            statuses.append(httpx.post(f"{server.address}/sparql", data={"query": query}, timeout=60).status_code)
        except httpx.HTTPError:
            statuses.append(0)

    def attack() -> None:
        with ThreadPoolExecutor(8) as attackers:
            list(attackers.map(ask, queries))
        ended.set()

    thread = threading.Thread(target=attack)
    thread.start()
    speeds, most = [], 0
    while not ended.is_set():
        speeds.append(_speed(server, 3, "127.0.0.2"))
        most = max(most, _memory(server))
    thread.join()
    assert len(statuses) == count
    assert set(statuses) <= {200, 400, 503, 0}, set(statuses)
    assert statistics.median(speeds) < max(0.5, 20 * quiet), (quiet, statistics.median(speeds))
    assert most < 200 << 20, "the server itself keeps small"
    assert server.ask("ASK {}").json()["boolean"] is True
    print(
        f"{count} hostile queries; a good one took {quiet * 1000:.0f} ms before and "
        f"{statistics.median(speeds) * 1000:.0f} ms meanwhile (median); the server kept below {most >> 20} MiB"
    )


def _memory(server: Running) -> int:
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) << 10


def test_fuzzed_queries_while_good_ones_keep_their_speed(server: Running) -> None:
    _attack(server, 60)


@pytest.mark.slow
def test_a_thousand_fuzzed_queries(server: Running) -> None:
    _attack(server, 1000)


@pytest.mark.parametrize(
    ("query", "known"),
    [
        ("SELECT ?o { <x:a> <x:b> ?o } LIMIT 10", True),
        ("PREFIX who: <x:#> SELECT * WHERE { <x:a> ?p ?o . } LIMIT 99", True),
        ("SELECT * { ?s ?p <x:a> } LIMIT 5", True),
        ("SELECT * { <x:a> a ?t ; skos:prefLabel ?l } LIMIT 5", True),
        ("SELECT ?o { <x:a> <x:b> ?o }", False),
        ("SELECT ?o { <x:a> <x:b> ?o } LIMIT 100", False),
        ("SELECT ?o { ?s ?p ?o } LIMIT 1", False),
        ("SELECT ?o { <x:a> <x:b>+ ?o } LIMIT 1", False),
        ("SELECT ?o { <x:a> <x:b> ?o . ?o ?p ?q } LIMIT 1", False),
        ("SELECT DISTINCT ?o { <x:a> <x:b> ?o } LIMIT 1", False),
        ("SELECT ?o { <x:a> <x:b> ?o } ORDER BY ?o LIMIT 1", False),
        ("SELECT ?o FROM <file:///x> { <x:a> <x:b> ?o } LIMIT 1", False),
        ("SELECT ?o { SERVICE <x:a> { <x:a> <x:b> ?o } } LIMIT 1", False),
    ],
)
def test_look_ups_are_bounded(query: str, known: bool) -> None:
    assert is_lookup(query) is known


_ODD = [
    ox.NamedNode("x:o"),
    ox.BlankNode("b"),
    ox.Literal('"\\/\x07\x7f\n\u2028é😀'),
    ox.Literal("ja", language="nl"),
    ox.Literal("שלום", language="he", direction=ox.BaseDirection.RTL),
    ox.Literal(600),
    ox.Literal("P1D", datatype=ox.NamedNode("x:duration")),
]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o { <x:a> <x:b> ?o } LIMIT 99",
        "SELECT * { <x:a> ?p ?o } LIMIT 99",
        "SELECT ?o ?none ?p WHERE { <x:a> ?p ?o . } LIMIT 99",
        "SELECT ?s { ?s <x:b> <x:o> } LIMIT 99",
        "SELECT * { ?s ?p <x:o> } LIMIT 99",
        "PREFIX x: <x:> PREFIX y: <x:> select ?o ?q { x:a x:b ?o ; y:c ?q } LIMIT 99",
        "SELECT * { <x:a> <x:c> ?o ; a ?t ; <x:c> ?q } LIMIT 99",
        "SELECT * { <x:a> rdf:type ?t } LIMIT 99",
        "SELECT * { <x:nothing> <x:b> ?o ; <x:c> ?q } LIMIT 99",
        "SELECT ?none { <x:a> <x:b> ?o } LIMIT 99",
    ],
)
def test_look_ups_are_answered_at_once_as_they_are_in_sparql(query: str) -> None:
    quads, graphs = ox.Store(), [ox.NamedNode("x:g"), ox.NamedNode("x:h"), ox.DefaultGraph()]
    for where in graphs:
        kind = ox.Quad(ox.NamedNode("x:a"), ox.NamedNode(f"{PREFIXES['rdf']}type"), ox.NamedNode("x:T"), where)
        pairs = [*(("x:b", o) for o in _ODD), ("x:c", _ODD[0])]
        quads.extend([kind, *(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode(p), o, where) for p, o in pairs)])
    content = at_once(quads, Question(query, JSON, None))
    assert content is not None
    asked = quads.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(asked, ox.QuerySolutions)
    expected = json.loads(asked.serialize(format=ox.QueryResultsFormat.JSON) or b"")
    found = json.loads(content)
    assert found["head"] == expected["head"]
    assert _sorted(found) == _sorted(expected)


def _sorted(found: dict[str, Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in found["results"]["bindings"])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?o ?o { <x:a> <x:b> ?o } LIMIT 9",
        "SELECT ?o { <x:a> <x:b> ?o ; <x:c> ?o } LIMIT 9",
        "SELECT * { ?x ?x <x:a> } LIMIT 9",
        "SELECT * { <x:a> A ?o } LIMIT 9",
        "SELECT * { no:such <x:b> ?o } LIMIT 9",
        "SELECT * { <relative> <x:b> ?o } LIMIT 9",
        "ASK {}",
    ],
)
def test_what_sparql_reads_otherwise_is_not_answered_at_once(query: str) -> None:
    quads = ox.Store()
    quads.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), ox.NamedNode("x:a"), ox.NamedNode("x:g")))
    assert at_once(quads, Question(query, JSON, None)) is None


def test_look_ups_are_answered_at_once_within_their_limits() -> None:
    quads, question = ox.Store(), Question("SELECT * { <x:a> <x:b> ?o ; <x:c> ?p } LIMIT 20", JSON, None)
    for number in range(30):
        for name in ("x:b", "x:c"):
            quads.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode(name), ox.Literal(number), ox.NamedNode("x:g")))
    assert len(json.loads(at_once(quads, question) or b"")["results"]["bindings"]) == 20
    assert len(json.loads(at_once(quads, question._replace(rows=7)) or b"")["results"]["bindings"]) == 7
    assert at_once(quads, question._replace(results="text/csv")) is None
    assert at_once(quads, question._replace(default=("x:g",))) is None
    assert at_once(quads, question._replace(sparql=None)) is None


@pytest.mark.parametrize(("rows", "found"), [(1000, 3), (2, 2)])
def test_look_ups_keep_to_the_rows_that_one_may_have(rows: int, found: int) -> None:
    quads = ox.Store()
    for number in range(3):
        words = ox.Literal(f"{number}" * 50_000)
        quads.add(ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), words, ox.NamedNode("x:g")))
    question = Question("SELECT ?o { <x:a> <x:b> ?o } LIMIT 9", "text/csv", None, rows=rows)
    frames = look_up(quads, question, {})
    content = b"".join(content for _, content in frames)
    assert content.startswith(b"text/csv\no\r\n")
    assert len(content.splitlines()) == 2 + found


def test_a_look_up_that_does_not_parse_is_told_where() -> None:
    frames = look_up(ox.Store(), Question("SELECT ?o { no:such <x:b> ?o } LIMIT 9", "text/csv", None), {})
    assert [kind for kind, _ in frames] == [REFUSED]
    assert b"400 the query does not parse" in frames[0][1]


def test_serving_does_not_wait_for_what_draws() -> None:
    asked = "import sys, graph.server.serving; print(sorted({'scipy', 'pyvis', 'networkx'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True).stdout.strip() == b"[]"
