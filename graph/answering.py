"""Queries answered: here, in a thread that is waited for so long, or in a process that can be killed.

pyoxigraph has no time limit of its own. ``python -m graph.answering FOLDER SECONDS`` is that process:
it reads one pickled Question from its parent and writes one pickled Result or QueryError back.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Identifier, Node

from graph import safety
from graph.errors import QueryError
from graph.results import Result
from graph.vocabulary import PREFIXES

Quad = tuple[Node, Node, Node, Node]
_TRIPLE = ("subject", "predicate", "object")
_STRING = str(XSD.string)


@dataclass(frozen=True, slots=True)
class Question:
    """A checked query; ``chosen`` is true where FROM says which graphs it is asked of, else all together are."""

    sparql: str
    chosen: bool = False
    rows: int | None = None


def answer(quads: ox.Store, question: Question) -> Result:
    """The answer, in this process, however long it takes. Raises QueryError where the query does not parse."""
    with _failures(question):
        return collected(_asked(quads, question), question.rows)


def answer_csv(quads: ox.Store, question: Question) -> bytes:
    """The answer to a SELECT as SPARQL 1.1 Query Results CSV. Raises QueryError where there is none."""
    with _failures(question):
        found = _asked(quads, question)
        if not isinstance(found, ox.QuerySolutions):
            raise QueryError("only a SELECT has an answer in CSV")
        return found.serialize(format=ox.QueryResultsFormat.CSV) or b""


def _asked(quads: ox.Store, question: Question) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    return quads.query(question.sparql, prefixes=PREFIXES, use_default_graph_as_union=not question.chosen)


@contextmanager
def _failures(question: Question) -> Iterator[None]:
    try:
        yield
    except SyntaxError as error:
        raise safety.syntax_error(question.sparql, error) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the query failed: {error}") from error


def collected(found: ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple | ox.Quad], rows: int | None) -> Result:
    """What Oxigraph found, or read from a server's answer, as a Result of at most so many rows."""
    if isinstance(found, ox.QueryBoolean):
        return Result(("answer",), truth=bool(found))
    limit = None if rows is None else rows + 1
    if isinstance(found, ox.QuerySolutions):
        names = tuple(variable.value for variable in found.variables)
        taken = [tuple(from_ox(row[i]) for i in range(len(names))) for row in islice(found, limit)]
        return Result(names, tuple(taken[:rows]), cut=len(taken) != len(taken[:rows]))
    triples = [tuple(map(from_ox, (t.subject, t.predicate, t.object))) for t in islice(found, limit)]
    return Result(_TRIPLE, tuple(triples[:rows]), triples=True, cut=len(triples) != len(triples[:rows]))


def answer_in_thread(quads: ox.Store, question: Question, seconds: float) -> Result:
    """The answer within so many seconds; a query that takes longer is left to itself and QueryError raised."""
    outcome: list[Result | QueryError] = []

    def work() -> None:
        try:
            outcome.append(answer(quads, question))
        except QueryError as error:
            outcome.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    return _outcome(outcome[0] if outcome else late(seconds))


def answer_in_process(folder: Path, question: Question, seconds: float) -> Result:
    """The answer of a process of its own, which opens Oxigraph's ``folder`` for reading and is killed after so long."""
    command = [sys.executable, "-m", "graph.answering", str(folder), str(seconds)]
    try:
        done = subprocess.run(command, input=pickle.dumps(question), capture_output=True, timeout=seconds, check=True)
    except subprocess.TimeoutExpired:
        raise late(seconds) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise QueryError(f"the query's process failed: {said[-1] if said else error}") from error
    return _outcome(pickle.loads(done.stdout))


def late(seconds: float) -> QueryError:
    """The error of a query that was given up."""
    return QueryError(f"the query was given up after {seconds:g} seconds; ask for less, or allow it more time")


def _outcome(outcome: Result | QueryError) -> Result:
    if isinstance(outcome, QueryError):
        raise outcome
    return outcome


def from_ox(term: object) -> Identifier | None:
    """A pyoxigraph term as rdflib's; None stays None. A plain string has no datatype in rdflib."""
    if isinstance(term, ox.NamedNode):
        return str.__new__(URIRef, term.value)  # Oxigraph has looked for what rdflib would look for once more
    if isinstance(term, ox.Literal):
        datatype = None if term.language else term.datatype.value
        if datatype in (None, _STRING):
            return Literal(term.value, lang=term.language)
        return (_kept if len(term.value) < 64 else _typed)(term.value, datatype)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term is None:
        return None
    raise QueryError(f"{term} is an RDF 1.2 triple term, which rdflib has no type for")


def _typed(value: str, datatype: str) -> Literal:
    return Literal(value, datatype=URIRef(datatype))


_kept = lru_cache(4096)(_typed)


def to_ox(term: Node) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    """An rdflib term as pyoxigraph's."""
    if isinstance(term, URIRef):
        return ox.NamedNode(term)
    if isinstance(term, BNode):
        return ox.BlankNode(term)
    if not isinstance(term, Literal):
        raise TypeError(f"{term!r} is no RDF term")
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(term.datatype) if term.datatype else None)


def to_ox_quad(quad: Quad) -> ox.Quad:
    """A quad of rdflib terms as pyoxigraph's."""
    subject, predicate, object_, graph = map(to_ox, quad)
    return ox.Quad(subject, predicate, object_, graph)  # type: ignore[arg-type]


def from_ox_quad(quad: ox.Quad) -> Quad:
    """A pyoxigraph quad as rdflib terms."""
    return tuple(map(from_ox, quad))  # type: ignore[return-value]


def main() -> None:
    """The process's own end: Question in, Result or QueryError out; it ends in time even if its parent is gone."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, float(sys.argv[2]) + 1)
    question = pickle.load(sys.stdin.buffer)
    outcome: Result | QueryError
    try:
        outcome = answer(ox.Store.read_only(sys.argv[1]), question)
    except QueryError as error:
        outcome = error
    pickle.dump(outcome, sys.stdout.buffer)


if __name__ == "__main__":
    main()
