"""How fast the endpoint answers, beside others: ``python -m tests.bench_server [--quads N] [--clients 1,8,32]``.

One store of invented readings is served by ``whodid serve``, by the ``oxigraph`` server and, where ``--rdflib PYTHON``
names a Python that has it, by ``rdflib-endpoint``. Clients ask over kept connections, each the next query when it has
its answer. Every query is another one, by the name of a variable, except in the row "again", which asks the same.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import quote

import uvloop

import graph
from graph import rdf
from tests.bench import invented

PREFIX = "PREFIX who: <https://w3id.org/whodid/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
ILSE = "<https://w3id.org/whodid/id/person/ilse-ravn-{}>"
QUERIES = {
    "lookup": PREFIX + f"SELECT ?it {{ {ILSE} skos:prefLabel ?it }} LIMIT 1",
    "profile": PREFIX + f"SELECT ?property ?it {{ {{ {ILSE} ?property ?it }} UNION "
    f"{{ ?it ?property {ILSE} }} }} LIMIT 1000",
    "aggregate": PREFIX + "SELECT ?type (COUNT(?it) AS ?count) { ?it a ?type ; who:modality ?modality } "
    "GROUP BY ?type ORDER BY DESC(?count) LIMIT 10",
}
RDFLIB = """
import sys
from pyoxigraph import parse, RdfFormat
from rdflib import Dataset, URIRef, Literal, BNode
from rdflib_endpoint import SparqlEndpoint
import uvicorn
def term(t):
    kind = type(t).__name__
    if kind == 'NamedNode': return URIRef(t.value)
    if kind == 'BlankNode': return BNode(t.value)
    return Literal(t.value, lang=t.language, datatype=None if t.language else URIRef(t.datatype.value))
g = Dataset(default_union=True)
g.addN((term(q.subject), term(q.predicate), term(q.object), g.get_context(URIRef(q.graph_name.value)))
       for q in parse(path=sys.argv[1], format=RdfFormat.N_QUADS))
app = SparqlEndpoint(graph=g, path='/', public_url='http://127.0.0.1/', cors_enabled=False)
uvicorn.run(app, port=int(sys.argv[2]), log_level='error')
"""


@dataclass(slots=True)
class Load:
    """What one run gave: how long each answer took, in seconds."""

    seconds: float
    times: list[float] = field(default_factory=list)
    failures: int = 0

    def __str__(self) -> str:
        if not self.times:
            return f"none in {self.seconds:g} s"
        ordered = sorted(self.times)
        failed = f" {self.failures} failed" if self.failures else ""
        return f"{self.rate:,.0f}/s {ordered[int(len(ordered) * 0.95)] * 1000:.1f} ms{failed}"

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds


class Client(asyncio.Protocol):
    """Asks on one connection, again as soon as it is answered."""

    def __init__(self, load: Load, requests: Iterator[bytes], until: float) -> None:
        self._load = load
        self._requests = requests
        self._until = until
        self._heard = bytearray()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        if self._asked > self._until:
            self._transport.close()
        else:
            self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._heard += data
        end = self._heard.find(b"\r\n\r\n")
        if end < 0 or not self._is_whole(end + 4):
            return
        now = time.perf_counter()
        if self._heard.startswith(b"HTTP/1.1 200"):
            if now <= self._until:
                self._load.times.append(now - self._asked)
        else:
            self._load.failures += 1
        self._heard.clear()
        self._ask()

    def _is_whole(self, start: int) -> bool:
        head = bytes(self._heard[:start]).lower()
        at = head.find(b"content-length:")
        if at < 0:
            return self._heard.endswith(b"0\r\n\r\n")
        return len(self._heard) >= start + int(head[at + 15 : head.find(b"\r", at)])


def requests(path: str, query: str, fresh: bool, numbers: Iterator[int]) -> Iterator[bytes]:
    accept = "Host: localhost\r\nAccept: application/sparql-results+json"
    text = f"GET {path}?query={quote(query)} HTTP/1.1\r\n{accept}\r\n\r\n"
    for number in numbers:
        if fresh:
            yield text.replace("%7B%7D", str(number % 50)).replace("%3Fit", f"%3Fit{number}").encode()
        else:
            yield text.replace("%7B%7D", "7").encode()


async def load(port: int, asked: Iterator[bytes], clients: int, seconds: float) -> Load:
    found, loop = Load(seconds), asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    made = [
        (await loop.create_connection(lambda: Client(found, asked, until), "127.0.0.1", port))[1]
        for _ in range(clients)
    ]
    await asyncio.wait([client.done for client in made], timeout=seconds + 10)
    return found


@contextmanager
def running(command: list[str], port: int, patience: float = 300) -> Iterator[subprocess.Popen[bytes]]:
    """A server, once it listens."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(process, port, patience)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _await(process: subprocess.Popen[bytes], port: int, patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{process.args} does not listen at {port}")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def fill(folder: str, quads: int) -> None:
    """A store of so many quads, of invented readings."""
    with graph.open(folder) as kg:
        readings = invented()
        while len(kg.store) < quads:
            for _ in range(100):
                reading = next(readings)
                kg.store.add(str(rdf.graph_iri(reading.document)), rdf.quads(reading))


class Served(NamedTuple):
    """A server: its path, the command that starts it, and its port."""

    name: str
    path: str
    command: list[str]
    port: int


def servers(folder: str, rdflib: str | None, beside: str) -> Iterator[Served]:
    """The servers that can be had."""
    port = free_port()
    command = [sys.executable, "-m", "graph", "serve", "--store", folder, "--port", str(port)]
    yield Served("whodid", "/sparql", command, port)
    oxigraph = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if oxigraph:
        port, quads = free_port(), f"{folder}/quads"
        place = ["--location", quads, "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
        yield Served("oxigraph", "/query", [oxigraph, "serve-read-only", *place], port)
    if rdflib:
        port = free_port()
        with graph.open(folder, write=False) as kg:
            kg.export("nq", f"{beside}/all.nq")
        yield Served("rdflib-endpoint", "/", [rdflib, "-c", RDFLIB, f"{beside}/all.nq", str(port)], port)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=int, default=1_000_000)
    parser.add_argument("--store", help="a store that is there already")
    parser.add_argument("--clients", default="1,8,32")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rdflib", metavar="PYTHON")
    parser.add_argument("--only", help="lookup, profile or aggregate")
    asked = parser.parse_args()
    with TemporaryDirectory() as beside:
        folder = asked.store or f"{beside}/store"
        if not asked.store:
            fill(folder, asked.quads)
        compare(folder, beside, asked)


def compare(folder: str, beside: str, asked: argparse.Namespace) -> None:
    """The fast servers take turns, so that other work on the machine hits them alike; the slow one is asked alone."""
    numbers, found = count(), list(servers(folder, asked.rdflib, beside))
    slow = [served for served in found if served.name == "rdflib-endpoint"]
    for together, rounds in (([served for served in found if served not in slow], asked.rounds), (slow, 1)):
        if not together:
            continue
        with ExitStack() as stack:
            for served in together:
                stack.enter_context(running(served.command, served.port))
            print(f"{'requests a second, 95th percentile':<40} {' '.join(f'{s.name:>26}' for s in together)}")
            rows(together, numbers, rounds, asked)


def rows(found: list[Served], numbers: Iterator[int], rounds: int, asked: argparse.Namespace) -> None:
    """The best of some rounds for each query, number of clients, and kind of asking."""
    silent: set[tuple[str, str]] = set()
    for clients, name, fresh in product(map(int, asked.clients.split(",")), QUERIES, (True, False)):
        if asked.only not in (None, name):
            continue
        best: dict[str, Load] = {}
        for served in found * rounds:
            if (served.name, name) not in silent:
                path = requests(served.path, QUERIES[name], fresh, numbers)
                run = uvloop.run(load(served.port, path, clients, asked.seconds))
                best[served.name] = max(best.get(served.name, run), run, key=lambda load: load.rate)
        silent |= {(served, name) for served, run in best.items() if not run.times}
        cells = " ".join(f"{best.get(served.name, 'none')!s:>26}" for served in found)
        print(f"{name}{'' if fresh else ' again'}, {clients} clients".ljust(40), cells, flush=True)


if __name__ == "__main__":
    main()
