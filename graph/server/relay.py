"""A process that passes queries on to another server, one after the other, and can be killed at any moment.

``python -m graph.server.relay FD MEMORY`` is told by the socket FD where the server is, and then takes Questions and
answers in frames, as ``worker`` does. What a query may not do is refused here, before anything is sent.
"""

from __future__ import annotations

import logging
import pickle
import socket
import sys
from collections.abc import Container, Iterator

import pyoxigraph as ox

from graph import answering, safety
from graph.dialects import Asking
from graph.errors import QueryError, StoreError
from graph.remote import Incoming, RemoteStore
from graph.results import Result
from graph.server import worker
from graph.server.worker import (
    ALL,
    FAILED,
    LENGTH,
    REFUSED,
    RESULTS,
    TRIPLES,
    Frames,
    Question,
    Unanswerable,
    unacceptable,
)
from graph.vocabulary import PREFIXES

log = logging.getLogger("whodid.server")
MOST_NAMES = 20
"""Names of graphs that are looked for one by one; where there are more, all that the store has are listed."""
UNLIMITED = 2**31


def take(store: RemoteStore, question: Question, to: Frames) -> None:
    """Writes the answer, or why there is none; one that breaks off ends with that."""
    try:
        answer(store, question, to)
    except Unanswerable as error:
        to.frame(REFUSED, f"{error.status} {error}".encode("utf-8", "replace"))
    except (QueryError, StoreError) as error:
        log.warning("the store elsewhere gives no answer: %s", error)
        to.frame(REFUSED, b"503 the store that this server asks gives no answer to this query")
    except (OSError, RuntimeError, ValueError, MemoryError):
        to.frame(FAILED, b"")


def answer(store: RemoteStore, question: Question, to: Frames) -> None:
    """Writes the answer as it comes. Raises Unanswerable for what must not be asked or cannot be written, QueryError
    and StoreError where the other server gives none, or not all of it.
    """
    if question.sparql == ALL:
        _write_triples(_all(store, question.seconds), question.triples, to)
        return
    graphs = _graphs(store, question)
    for iri in (*question.default, *question.named):
        if iri not in graphs:
            status = 400 if question.sparql else 404
            raise Unanswerable(status, f"<{iri}> is no graph of this store, and nothing is fetched")
    if question.sparql is None:
        _write_triples(store.triples(question.default[0], question.seconds), question.triples, to)
        return
    asked, form = _checked(question.sparql, graphs)
    media_type = question.triples if form.triples else question.results
    if media_type is None:
        raise unacceptable(TRIPLES if form.triples else RESULTS)
    rows = question.rows if question.rows < UNLIMITED else None
    asking = Asking(question.sparql, question.default, question.named)
    with store.incoming(
        asking, triples=form.triples, all_graphs=not asked, seconds=question.seconds, rows=rows
    ) as incoming:
        _write(incoming, media_type, to)


def _graphs(store: RemoteStore, question: Question) -> Container[str]:
    """Those of the graphs that a question names which the store has."""
    said = [graph.iri for graph in safety.chosen(question.sparql or "", PREFIXES)]
    names = {*question.default, *question.named, *said}
    return store.graphs() if len(names) > MOST_NAMES else {name for name in names if store.holds(name)}


def _checked(sparql: str, graphs: Container[str]) -> tuple[bool, Result]:
    """Whether the query says itself which graphs it is asked of, and what kind of answer it has."""
    try:
        chosen = safety.check(sparql, graphs, PREFIXES)
        return chosen, answering.answer(ox.Store(), answering.Question(sparql, rows=0))
    except QueryError as error:
        raise Unanswerable(400, str(error)) from error


def _write(incoming: Incoming, media_type: str, to: Frames) -> None:
    if incoming.cut is not None:
        raise StoreError(f"it gives no more than {incoming.cut:,} rows")
    if isinstance(incoming.found, ox.QuerySolutions | ox.QueryBoolean):
        to.begin(media_type)
        incoming.found.serialize(to, RESULTS[media_type])  # type: ignore[arg-type]
        to.end()
    else:
        _write_triples(incoming.found, media_type, to)


def _all(store: RemoteStore, seconds: float) -> Iterator[ox.Triple]:
    """Graph by graph: what is the server's own is left out, and no answer is so long that it would be cut."""
    for name in store.graphs():
        yield from store.triples(name, seconds)


def _write_triples(triples: Iterator[ox.Triple], media_type: str | None, to: Frames) -> None:
    if media_type is None:
        raise unacceptable(TRIPLES)
    to.begin(media_type)
    ox.serialize(triples, to, TRIPLES[media_type], prefixes=dict(PREFIXES))  # type: ignore[arg-type]
    to.end()


def main() -> None:
    """The process's own end."""
    worker.confine(int(sys.argv[2]))
    to = socket.socket(fileno=int(sys.argv[1]))
    head = to.recv(LENGTH.size, socket.MSG_WAITALL)
    if len(head) < LENGTH.size:
        return
    length = LENGTH.unpack(head)[0]
    store = RemoteStore(pickle.loads(to.recv(length, socket.MSG_WAITALL)))

    def passed_on(question: Question, frames: Frames) -> None:
        try:
            take(store, question, frames)
        except BrokenPipeError:
            sys.exit()  # nobody is there any more

    worker.serve_in_thread(to, passed_on)


if __name__ == "__main__":
    main()
