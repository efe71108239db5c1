"""A process that answers queries, one after the other, and can be killed at any moment.

``python -m graph.server.worker FD FOLDER MEMORY`` opens Oxigraph's ``folder`` for reading and takes Questions from the
socket FD: a length and a marshalled tuple. Each is answered by frames: a kind, a length, and so many bytes. It knows
neither rdflib nor asyncio, so that it starts in a moment.
"""

from __future__ import annotations

import ctypes
import marshal
import resource
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Container, Mapping
from typing import NamedTuple

import pyoxigraph as ox

from graph import safety
from graph.errors import QueryError

LENGTH = struct.Struct(">I")
FRAME = struct.Struct(">cI")
READY, START, MORE, END, WHOLE, REFUSED, FAILED = b"R", b"S", b"M", b"E", b"W", b"X", b"F"
ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
"""The query for all triples."""
CHUNK = 64 << 10
STACK = 64 << 20
GRACE = 5
_DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
RESULTS: Mapping[str, ox.QueryResultsFormat] = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}
TRIPLES: Mapping[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/x-turtle": ox.RdfFormat.TURTLE,
    "application/turtle": ox.RdfFormat.TURTLE,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "application/json": ox.RdfFormat.JSON_LD,
    "application/xml": ox.RdfFormat.RDF_XML,
    "text/xml": ox.RdfFormat.RDF_XML,
}


class Question(NamedTuple):
    """A query, or the name of a graph to write out; and the media type for each kind of answer, if one is accepted.

    ``default`` and ``named`` are the graphs of the dataset, where the request says them; else the query may.
    """

    sparql: str | None
    results: str | None
    triples: str | None
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    rows: int = 1_000_000
    seconds: float = 30


class Unanswerable(QueryError):
    """With the status of HTTP that says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Frames:
    """Bytes as frames: small answers go out whole, large ones in chunks as they come."""

    def __init__(self, to: socket.socket) -> None:
        self._to = to
        self._kept = bytearray()
        self._started = False

    def begin(self, media_type: str) -> None:
        self._started = False
        self._kept.clear()
        self._kept += f"{media_type}\n".encode()

    def write(self, content: bytes) -> int:
        self._kept += content
        if len(self._kept) >= CHUNK:
            self.frame(MORE if self._started else START, self._kept)
            self._started = True
            self._kept.clear()
        return len(content)

    def flush(self) -> None:
        """What is written goes out when a chunk is full, or at the end."""

    def end(self) -> None:
        self.frame(END if self._started else WHOLE, self._kept)

    def frame(self, kind: bytes, content: bytes | bytearray) -> None:
        self._to.sendall(FRAME.pack(kind, len(content)) + content)


class Graphs(Container[str]):
    """The graphs of a store, for asking whether one is among them."""

    def __init__(self, quads: ox.Store) -> None:
        self._quads = quads

    def __contains__(self, iri: object) -> bool:
        try:
            return self._quads.contains_named_graph(ox.NamedNode(str(iri)))
        except ValueError:
            return False


def serve(to: socket.socket, take: Callable[[Question, Frames], None]) -> None:
    """Answers until the other end is closed."""
    frames, incoming = Frames(to), to.makefile("rb")
    frames.frame(READY, b"")
    while head := incoming.read(LENGTH.size):
        question = Question(*marshal.loads(incoming.read(LENGTH.unpack(head)[0])))
        signal.setitimer(signal.ITIMER_REAL, question.seconds + GRACE)
        take(question, frames)
        signal.setitimer(signal.ITIMER_REAL, 0)


def take(quads: ox.Store, question: Question, prefixes: Mapping[str, str], frames: Frames) -> None:
    """Writes the answer, or why there is none."""
    try:
        answer(quads, question, prefixes, frames)
    except QueryError as error:
        status = error.status if isinstance(error, Unanswerable) else 400
        frames.frame(REFUSED, f"{status} {error}".encode("utf-8", "replace"))
    except (OSError, RuntimeError, ValueError, MemoryError):
        frames.frame(FAILED, b"")


def answer(quads: ox.Store, question: Question, prefixes: Mapping[str, str], to: Frames) -> None:
    """Writes the answer. Raises QueryError for what does not parse, must not be asked, or cannot be written."""
    graphs = Graphs(quads)
    for iri in (*question.default, *question.named):
        if iri not in graphs:
            status = 400 if question.sparql else 404
            raise Unanswerable(status, f"<{iri}> is no graph of this store, and nothing is fetched")
    if question.sparql is None:
        _write_graph(quads, question, prefixes, to)
        return
    chosen = safety.check(question.sparql, graphs, prefixes)
    try:
        found = _found(quads, question, safety.limited(question.sparql, question.rows), prefixes, chosen)
    except SyntaxError as error:
        raise _explained(quads, question, prefixes, error) from error
    _write(found, question, prefixes, to)


def _found(
    quads: ox.Store, question: Question, sparql: str, prefixes: Mapping[str, str], chosen: bool
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    if question.default or question.named:
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [ox.NamedNode(iri) for iri in question.default]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in question.named]
        return quads.query(sparql, prefixes=dict(prefixes), default_graph=default, named_graphs=named)
    return quads.query(sparql, prefixes=dict(prefixes), use_default_graph_as_union=not chosen)


def _explained(quads: ox.Store, question: Question, prefixes: Mapping[str, str], error: SyntaxError) -> QueryError:
    """The complaint about the query as it came, without the LIMIT that was added to it."""
    assert question.sparql is not None
    try:
        _found(quads, question, question.sparql, prefixes, False)
    except SyntaxError as own:
        error = own
    return safety.syntax_error(question.sparql, error)


def _write(
    found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
    question: Question,
    prefixes: Mapping[str, str],
    to: Frames,
) -> None:
    if isinstance(found, ox.QueryTriples):
        if question.triples is None:
            raise unacceptable(TRIPLES)
        to.begin(question.triples)
        ox.serialize(found, to, TRIPLES[question.triples], prefixes=dict(prefixes))  # type: ignore[arg-type]
    else:
        if question.results is None:
            raise unacceptable(RESULTS)
        to.begin(question.results)
        found.serialize(to, RESULTS[question.results])  # type: ignore[arg-type]
    to.end()


def _write_graph(quads: ox.Store, question: Question, prefixes: Mapping[str, str], to: Frames) -> None:
    assert question.triples is not None
    to.begin(question.triples)
    name = ox.NamedNode(question.default[0])
    form = TRIPLES[question.triples]
    quads.dump(to, form, from_graph=name, prefixes=dict(prefixes))  # type: ignore[arg-type]
    to.end()


def unacceptable(offered: Mapping[str, object]) -> Unanswerable:
    """The kind of answer that a query has comes in none of the media types that are accepted."""
    return Unanswerable(406, f"this query's answer comes as {', '.join(offered)}")


def confine(memory: int) -> None:
    """Lets this process fill so many bytes, and end by its timer alone; on Linux also when its server has gone."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        ctypes.CDLL(None).prctl(_DEATH_OF_PARENT, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def serve_in_thread(to: socket.socket, take: Callable[[Question, Frames], None]) -> None:
    """Answers, with a stack that deep queries need, until the other end is closed."""
    threading.stack_size(STACK)
    thread = threading.Thread(target=serve, args=(to, take), daemon=True)
    thread.start()
    thread.join()


def main() -> None:
    """The process's own end."""
    confine(int(sys.argv[3]))
    to = socket.socket(fileno=int(sys.argv[1]))
    quads = ox.Store.read_only(sys.argv[2])
    prefixes: dict[str, str] = dict(pair.split("=", 1) for pair in sys.argv[4:])
    serve_in_thread(to, lambda question, frames: take(quads, question, prefixes, frames))


if __name__ == "__main__":
    main()
