"""A process that makes one change to the store, and can be killed: a change is a transaction, made or not made.

``python -m graph.server.change STORE`` reads a pickled Change and writes a status of HTTP and a message.
"""

from __future__ import annotations

import pickle
import signal
import sys
from dataclasses import dataclass

import pyoxigraph as ox

from graph import safety, store
from graph.answering import Quad, from_ox_quad
from graph.errors import QueryError, StoreError, WhodidError
from graph.server.worker import TRIPLES
from graph.store import Embedded, Store

PUT, POST, DELETE, UPDATE = "PUT", "POST", "DELETE", "UPDATE"
IN_USE = "the store is being written by somebody else; come again in a few seconds"


@dataclass(frozen=True, slots=True)
class Change:
    """An update, or what becomes of one named graph: ``content`` is SPARQL or, in a media type, triples."""

    kind: str
    content: bytes = b""
    graph: str = ""
    media_type: str = ""


def make(change: Change, where: str) -> tuple[int, str]:
    """Makes the change; the status of HTTP that tells how it went, and why it could not be made."""
    try:
        with store.open(where) as opened:
            return _made(change, opened)
    except QueryError as error:
        return 400, str(error)
    except StoreError as error:
        return (503, IN_USE) if "in use" in str(error) else (500, "the store could not be written")


def _made(change: Change, opened: Store) -> tuple[int, str]:
    if change.kind == UPDATE:
        return _updated(change.content.decode("utf-8"), opened)
    there = change.graph in opened.graphs()
    if change.kind == DELETE:
        opened.remove(change.graph)
        return (204, "") if there else (404, f"<{change.graph}> is no graph of this store")
    new = _parsed(change)
    if change.kind == POST:
        new += opened.quads(change.graph)
    opened.add(change.graph, new)
    return (204 if there else 201), ""


def _updated(sparql: str, opened: Store) -> tuple[int, str]:
    if not isinstance(opened, Embedded):
        return 403, "the store is elsewhere, and takes updates itself"
    safety.check_update(sparql)
    opened.update(sparql)
    return 204, ""


def _parsed(change: Change) -> list[Quad]:
    try:
        quads = ox.parse(
            change.content,
            format=TRIPLES[change.media_type],
            base_iri=change.graph,
            without_named_graphs=True,
            rename_blank_nodes=True,
        )
        name = ox.NamedNode(change.graph)
        return [from_ox_quad(ox.Quad(q.subject, q.predicate, q.object, name)) for q in quads]
    except SyntaxError as error:
        raise QueryError(f"the triples do not parse: {str(error).splitlines()[0]}") from error


def main() -> None:
    """The process's own end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    change: Change = pickle.load(sys.stdin.buffer)
    try:
        outcome = make(change, sys.argv[1])
    except WhodidError:
        outcome = (500, "the change could not be made")
    pickle.dump(outcome, sys.stdout.buffer)


if __name__ == "__main__":
    main()
