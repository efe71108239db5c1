"""A store on a SPARQL 1.1 server: the shape of ``store.Store``, spoken over HTTP.

Articles are sent as graphs: one PUT to the Graph Store Protocol, or one update where there is none. What needs several
requests is staged under other names, which no query asks for, and takes its place in the last one; what stayed there,
as the connection broke, is swept out when the store is next opened for writing.
https://www.w3.org/TR/sparql11-protocol/ https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import IO

import httpx
import pyoxigraph as ox

from graph import addresses, answering, dialects, safety
from graph.answering import Quad, Question, collected, from_ox_quad, to_ox_quad
from graph.dialects import Asking, Term
from graph.errors import QueryError, StoreError
from graph.results import Result
from graph.store import (
    DESCRIPTION,
    FORMAT,
    ONTOLOGY,
    SPACE,
    VERSION,
    Store,
    description,
    exported,
    ontology_quads,
    parsed_file,
)
from graph.vocabulary import DEFAULT_BASE, PREFIXES, SPARQL_PREFIXES, digest
from graph.wire import Wire, as_file

_PENDING = "https://w3id.org/whodid/store#pending"
_STAGED = "urn:whodid:staged:"
"""What the names of staged graphs, and all names in them, begin with."""
FRESH = 5.0
"""Seconds for which a reader believes that the graphs that it knows are all."""
_TABLE = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.9"
_TRUTH = "__ASK_RETVAL"
"""The column in which Virtuoso answers to an ASK."""
Found = ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Triple]
_KINDS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """An answer that is read as it comes; ``cut`` is the number of rows after which the server says that it cut it."""

    found: Found
    cut: int | None = None


def open(where: str | os.PathLike[str], base: str | None = None, write: bool = True) -> RemoteStore:
    """The store on the server ``where`` (an address, or FILE.toml#name), described anew if nothing describes it yet.

    Raises UsageError for what cannot be an address, StoreError where the server gives no answer or has another base.
    """
    opened = RemoteStore(addresses.server(where))
    try:
        opened.begin(base, write)
    except BaseException:
        opened.close()
        raise
    return opened


class RemoteStore(Store):
    """A store on a server; made by ``open``. What it does is seen by others at once, and nothing is left to flush."""

    def __init__(self, server: addresses.Server) -> None:
        self.server = server
        self.base = DEFAULT_BASE
        self.where = server.query
        self._writes = False
        self._wire = Wire(server)
        self._dialect = dialects.DIALECTS.get(server.dialect, dialects.STANDARD)
        self._policy = server.default_graph
        self._names: set[str] | None = None
        self._asked_at = 0.0

    def close(self) -> None:
        """Ends the connections."""
        self._wire.close()

    # opening

    def begin(self, base: str | None, write: bool) -> None:
        """Finds out what the server is and what the store's base is; makes a new store where it may write."""
        self._acquainted()
        self._writes = write
        described = self._described()
        if described is None:
            self._found(base, write)
        elif base and base != described:
            raise StoreError(f"the store {self.where} was made with the base {described}, not {base}; leave --base out")
        else:
            self.base = described
        if write:
            self._sweep()
            self._put(str(ONTOLOGY.value), ontology_quads())

    def _acquainted(self) -> None:
        """The server's make, from what it calls itself: its dialect, and the addresses that were not said."""
        with self._wire.asked({"query": "ASK {}"}, _TABLE, None) as (response, body):
            self._refused(response)
            software = response.headers.get("server", "")
            self._truth(body)
        self.server = self._wire.server = addresses.completed(self.server, software)
        if self.server.dialect == "auto":
            self._dialect = dialects.of(software)
            self.server = self._wire.server = replace(self.server, dialect=self._dialect.name)

    def _truth(self, body: IO[bytes]) -> None:
        try:
            ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.where} gives no SPARQL results; is it the address for queries?") from error

    def _described(self) -> str | None:
        """The base that the description tells, where there is one; by the way, what the default graph is."""
        for default_graph in ("union", "parameter", "listed"):
            if self._policy in ("auto", default_graph):
                found = self._base(default_graph)
                if found:
                    self._in(default_graph)
                    return found
        return None

    def _base(self, default_graph: addresses.DefaultGraph) -> str | None:
        pattern = f"<{DESCRIPTION}> <{SPACE}> ?base ; <{VERSION}> ?version"
        self._in(default_graph)
        self._names, self._asked_at = {DESCRIPTION} if default_graph == "listed" else None, time.monotonic()
        rows = list(self._asked(Question(f"SELECT ?base ?version {{ {pattern} }}")))
        self._names = None
        if rows and str(rows[0]["version"]) != str(FORMAT):
            raise StoreError(
                f"the store {self.where} has format {rows[0]['version']}, and this whodid reads format {FORMAT}: "
                "load it anew from N-Quads, or build it again from the articles"
            )
        return str(rows[0]["base"]) if rows else None

    def _in(self, default_graph: addresses.DefaultGraph) -> None:
        self.server = self._wire.server = replace(self.server, default_graph=default_graph)

    def _found(self, base: str | None, write: bool) -> None:
        """A store that nothing describes: a new one, or one that was loaded in bulk without a description."""
        self.base = base or DEFAULT_BASE
        if write:
            self._update(_inserted(DESCRIPTION, description(self.base)))
            if self._described() is None:
                raise StoreError(f"{self.where} took what was written, but does not give it back: check the addresses")
            return
        self._in("listed" if self._policy == "auto" else self._policy)
        if not self.query("ASK { GRAPH ?g { ?d a who:Document } }"):
            raise StoreError(f"{self.where} holds no whodid graph; `whodid build PATHS --store {self.where}` makes one")

    def _sweep(self) -> None:
        pending = f"SELECT ?g {{ GRAPH <{DESCRIPTION}> {{ ?d <{_PENDING}> ?g }} }}"
        for row in self._asked(Question(pending, chosen=True)):
            self._update(f"DROP SILENT GRAPH <{row['g']}>", _mark("DELETE", str(row["g"])))

    # reading

    def __len__(self) -> int:
        return sum(self._sizes().values())

    def size(self, graph: str) -> int:
        """How many quads a named graph has."""
        count = f"SELECT (COUNT(*) AS ?n) {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}"
        counted = self._asked(Question(count, chosen=True))
        return int(str(next(iter(counted))["n"]))

    def _sizes(self) -> dict[str, int]:
        """The quads of each graph. SELECT DISTINCT ?g would do for the names, but Virtuoso 7 hangs on it at times."""
        rows = self._asked(Question("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", chosen=True))
        return {str(row["g"]): int(str(row["n"])) for row in rows if self._is_ours(str(row["g"]))}

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted; the server's own, and what is staged, left out."""
        return sorted(self._sizes())

    def holds(self, graph: str) -> bool:
        """Whether there is a named graph of this name, which is asked without listing all."""
        try:
            return self._is_ours(graph) and self.size(graph) > 0
        except ValueError:
            return False

    def _is_ours(self, graph: str) -> bool:
        return graph != DESCRIPTION and not graph.startswith((_STAGED, *self._dialect.hidden))

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads of one named graph, or all, graph by graph."""
        for name in self.graphs() if graph is None else [graph]:
            yield from map(from_ox_quad, self._graph(name))

    def _graph(self, graph: str) -> list[ox.Quad]:
        """All of one graph, in order. Raises StoreError where the server leaves some of it out."""
        name = ox.NamedNode(graph)
        return sorted({ox.Quad(t.subject, t.predicate, t.object, name) for t in self.triples(graph)}, key=str)

    def triples(self, graph: str, seconds: float | None = None) -> Iterator[ox.Triple]:
        """All of one graph, as it comes. Raises QueryError where that ends early, StoreError where some is left out."""
        text, count = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}", 0
        with self.incoming(Asking(text), triples=True, seconds=seconds) as answer:
            assert not isinstance(answer.found, ox.QuerySolutions | ox.QueryBoolean)
            for triple in answer.found:
                count += 1
                yield triple
        if self._dialect.limit and count != self.size(graph):
            raise StoreError(f"{self.where} gives only {count:,} triples of {graph}: raise its limit of rows")

    def query(self, sparql: str, *, seconds: float | None = None, rows: int | None = None) -> Result:
        """The answer to a SPARQL query over all graphs together (GRAPH and FROM choose some of them).

        The server is left after ``seconds`` or so many ``rows``; whether it then stops working is up to it. Raises
        QueryError where the query does not parse, would write or fetch, is refused, or runs out of time.
        """
        chosen = safety.check(sparql, Graphs(self), PREFIXES)
        return self._asked(Question(sparql, chosen, rows), seconds)

    def _asked(self, question: Question, seconds: float | None = None) -> Result:
        """The answer of the server, after a look at the query here: for where it breaks, and what will come back."""
        form = answering.answer(ox.Store(), replace(question, rows=0))
        most = None if question.rows is None or form.triples or form.truth is not None else question.rows + 1
        asking, union = Asking(question.sparql), not question.chosen
        with self.incoming(asking, triples=form.triples, all_graphs=union, seconds=seconds, rows=most) as answer:
            found = collected(answer.found, question.rows)
        if answer.cut is not None and len(found) >= answer.cut:
            raise QueryError(
                f"{self.where} gives no more than {answer.cut:,} rows, so the answer is not whole; ask for less, or "
                "raise the server's limit (ResultSetMaxRows)"
            )
        return replace(form, rows=found.rows, truth=found.truth, cut=found.cut)

    @contextmanager
    def incoming(
        self,
        asking: Asking,
        *,
        triples: bool = False,
        all_graphs: bool = False,
        seconds: float | None = None,
        rows: int | None = None,
    ) -> Iterator[Incoming]:
        """The answer to a checked query, read as it comes: ``triples``, else rows or a truth.

        ``all_graphs`` together are asked where the query and its request choose none; after ``rows`` no more are given.
        Raises QueryError where it is refused, does not parse, breaks off, or takes longer than ``seconds``.
        """
        accept = _TRIPLES if triples else _TABLE
        try:
            with self._wire.asked(self._form(asking, all_graphs, rows), accept, seconds) as (response, body):
                self._refused(response)
                found = self._triples(response, body, rows) if triples else self._solutions(response, body, rows)
                cut = response.headers.get(self._dialect.limit, "") if self._dialect.limit else ""
                yield Incoming(found, int(cut) if cut.isdecimal() else None)
        except httpx.TimeoutException as error:
            raise answering.late(seconds or self.server.timeout) from error
        except httpx.TransportError as error:
            raise QueryError(f"{self.where} broke off its answer ({self._wire.clean(str(error))})") from error
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"{self.where} gives an answer that does not parse: {error}") from error

    def _triples(self, response: httpx.Response, body: IO[bytes], rows: int | None) -> Iterator[ox.Triple]:
        """The triples; at most so many where the server was not told how many rows they may come from."""
        found = _triples(response, body, self.where)
        return found if self._dialect.faithful else islice(found, rows)

    def _solutions(self, response: httpx.Response, body: IO[bytes], rows: int | None) -> Found:
        kind = response.headers.get("content-type", "").partition(";")[0]
        if "json" not in kind:
            raise QueryError(f"{self.where} answers with {kind or 'something'}, not with {_TABLE}")
        found = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
        if self._dialect.term is None or isinstance(found, ox.QueryBoolean):
            return found
        if [variable.value for variable in found.variables] == [_TRUTH]:
            truth = next((row[0].value in ("1", "true") for row in found), False)
            return ox.parse_query_results(_boolean(truth), ox.QueryResultsFormat.JSON)
        return ox.parse_query_results(as_file(_righted(found, self._dialect.term, rows)), ox.QueryResultsFormat.JSON)

    def _form(self, asking: Asking, all_graphs: bool, rows: int | None) -> dict[str, str | list[str]]:
        limited = safety.limited(asking.sparql, rows) if rows and self._dialect.faithful else asking.sparql
        sparql, default, named = self._dialect.chosen(asking._replace(sparql=limited))
        form: dict[str, str | list[str]] = {"query": self._dialect.rewritten(SPARQL_PREFIXES + sparql)}
        if default or named:
            return {**form, "default-graph-uri": list(default), "named-graph-uri": list(named)}
        if not all_graphs or self.server.default_graph in ("union", "auto"):
            return form
        if self.server.default_graph == "parameter":
            return {**form, "union-default-graph": "true"}
        names = self._listed()
        return {**form, "default-graph-uri": names, "named-graph-uri": names}

    def _listed(self) -> list[str]:
        stale = not self._writes and time.monotonic() > self._asked_at + FRESH
        if self._names is None or stale:
            self._names, self._asked_at = set(self.graphs()), time.monotonic()
        return sorted(self._names)

    def _refused(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in (401, 403):
            raise StoreError(f"{self.where} wants another user or secret ({self._wire.told(response)})")
        if response.is_redirect:
            place = self._wire.clean(response.headers.get("location", ""))
            raise StoreError(f"{self.where} has moved to {place}; give that address")
        if status != 200:
            raise QueryError(f"{self.where} refuses the query: {self._wire.told(response)}")

    def export(self, format: str, to: str | os.PathLike[str] | IO[bytes] | None = None) -> bytes | None:
        """All quads in ``nq``, ``trig``, ``jsonld``, or triples in ``ttl``, ``nt``, ``rdfxml``; to a file, or returned.

        The same quads give the same bytes. Raises UsageError for another format.
        """
        return exported(self.quads(), format, to)

    # writing

    def add(self, graph: str, quads: Iterable[Quad]) -> bool:
        """Puts ``quads``, all of the named graph ``graph``, in the place of what it held; whether anything changed.

        Raises ValueError for a quad of another graph, StoreError where the server does not take it.
        """
        name = ox.NamedNode(graph)
        new = {to_ox_quad(quad) for quad in quads}
        if any(quad.graph_name != name for quad in new):
            raise ValueError(f"every quad must be of the graph {graph}")
        return self._put(graph, new)

    def _put(self, graph: str, new: set[ox.Quad]) -> bool:
        if graph in self._listed() and _canonical(new) == _canonical(self._graph(graph)):
            return False
        if not new:
            return self.remove(graph)
        self._sent(graph, sorted((quad.triple for quad in new), key=str))
        self._known().add(graph)
        return True

    def _known(self) -> set[str]:
        self._listed()
        assert self._names is not None
        return self._names

    def _sent(self, graph: str, triples: list[ox.Triple], method: str = "PUT") -> None:
        if self.server.graph_store != "-":
            body = "".join(f"{triple} .\n" for triple in triples).encode()
            self._graph_store(method, graph, body)
        elif method == "PUT":
            self._replaced(graph, triples)
        else:
            for part in _batches(triples, self.server.batch):
                self._update(_inserted(graph, part))

    def _graph_store(self, method: str, graph: str, body: bytes = b"") -> httpx.Response:
        self._may_write()
        kind = {"Content-Type": "application/n-triples"} if body else {}
        address = self.server.graph_store
        response = self._wire.send(method, address, params={"graph": graph}, content=body, headers=kind)
        return self._taken(response, address, missing=method == "DELETE")

    def _replaced(self, graph: str, triples: list[ox.Triple]) -> None:
        """One update does it, or several: the last puts what the others have staged in the place of the graph."""
        drop = f"DROP SILENT GRAPH {ox.NamedNode(graph)}"
        parts = list(_batches(triples, self.server.batch))
        if len(parts) == 1:
            return self._update(drop, _inserted(graph, parts[0]))
        if not self._dialect.faithful:
            raise StoreError(f"{graph} has more than {self.server.batch:,} triples: name a graph-store, or raise batch")
        staged = f"{_STAGED}{digest(graph)[:32]}"
        self._update(_mark("INSERT", staged), f"DROP SILENT GRAPH <{staged}>", _inserted(staged, map(_aside, parts[0])))
        for part in parts[1:]:
            self._update(_inserted(staged, map(_aside, part)))
        if self.size(staged) != len(triples):
            raise StoreError(f"{self.where} has not all triples of {graph} that were sent; does another write to it?")
        return self._update(drop, _unstaged(staged, graph), f"DROP SILENT GRAPH <{staged}>", _mark("DELETE", staged))

    def _update(self, *operations: str) -> None:
        self._may_write()
        text = self._dialect.updated(" ;\n".join(operations))
        kind = {"Content-Type": "application/sparql-update"}
        address = self.server.update
        self._taken(self._wire.send("POST", address, content=text.encode(), headers=kind), address)

    def _may_write(self) -> None:
        if not self._writes:
            raise StoreError(f"the store {self.where} was opened for reading only")

    def _taken(self, response: httpx.Response, address: str, missing: bool = False) -> httpx.Response:
        if response.is_success or (missing and response.status_code == 404):
            return response
        told = self._wire.told(response)
        if response.status_code in (401, 403):
            raise StoreError(f"{address} does not let us write ({told}); name user and secret in a TOML file")
        if response.status_code in (404, 405, 415):
            raise StoreError(f"{address} takes no writing ({told}); name update and graph-store in a TOML file")
        raise StoreError(f"writing to {address} failed: {told}")

    def remove(self, graph: str) -> bool:
        """Takes a named graph out; whether it was there."""
        if graph not in self._listed():
            return False
        if self.server.graph_store != "-":
            self._graph_store("DELETE", graph)
        else:
            self._update(f"DROP SILENT GRAPH {ox.NamedNode(graph)}")
        self._known().discard(graph)
        return True

    def flush(self) -> None:
        """Nothing: what the server has taken is its to keep."""

    def load(self, path: str | os.PathLike[str]) -> None:
        """Adds an RDF file (.nq, .trig, .ttl, .nt, .jsonld, .rdf); triples go into a graph named after the file.

        What is of one graph and stands together in the file is sent together. Raises StoreError if the file cannot be
        read or parsed.
        """
        for name, quads in groupby(parsed_file(Path(path), self.base), key=lambda quad: str(quad.graph_name)):
            self._sent(name[1:-1], sorted({quad.triple for quad in quads}, key=str), method="POST")
        self._names = None


class Graphs:
    """The names of a store's graphs, each asked for when it is looked for."""

    def __init__(self, store: RemoteStore) -> None:
        self._store = store

    def __contains__(self, name: object) -> bool:
        return self._store.holds(str(name))


def _mark(operation: str, graph: str) -> str:
    return f"{operation} DATA {{ GRAPH <{DESCRIPTION}> {{ <{DESCRIPTION}> <{_PENDING}> {ox.NamedNode(graph)} }} }}"


def _inserted(graph: str, triples: Iterable[ox.Triple]) -> str:
    lines = " .\n".join(map(str, triples))
    return f"INSERT DATA {{ GRAPH {ox.NamedNode(graph)} {{\n{lines} }} }}"


def _aside(triple: ox.Triple) -> ox.Triple:
    """The triple with names that no query asks for."""
    return ox.Triple(*(ox.NamedNode(_STAGED + t.value) if isinstance(t, ox.NamedNode) else t for t in triple))


def _unstaged(staged: str, graph: str) -> str:
    """The update that gives the staged triples, in the graph that they are for, their own names."""
    own = 'IF(isIRI(?{0}), IRI(STRAFTER(STR(?{0}), "{1}")), ?{0})'
    binds = " ".join(f"BIND({own.format(old, _STAGED)} AS ?{new})" for old, new in zip("abc", "spo", strict=True))
    where = f"GRAPH <{staged}> {{ ?a ?b ?c }} {binds}"
    return f"INSERT {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }} WHERE {{ {where} }}"


def _batches(triples: Iterable[ox.Triple], size: int) -> Iterator[list[ox.Triple]]:
    rest = iter(triples)
    while part := list(islice(rest, size)):
        yield part


def _triples(response: httpx.Response, body: IO[bytes], where: str) -> Iterator[ox.Triple]:
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    if kind not in _KINDS:
        raise QueryError(f"{where} answers with {kind or 'something'}, not with N-Triples or Turtle")
    return (quad.triple for quad in ox.parse(body, format=_KINDS[kind]))


def _righted(found: ox.QuerySolutions, righted: Callable[[Term], Term], rows: int | None) -> Iterator[bytes]:
    """At most so many rows, their terms put right, as JSON for Oxigraph to read."""
    names = [variable.value for variable in found.variables]
    yield json.dumps({"head": {"vars": names}})[:-1].encode() + b', "results": {"bindings": ['
    for number, row in enumerate(islice(found, rows)):
        terms = zip(names, row, strict=True)
        binding = {name: _json(righted(term)) for name, term in terms if term is not None}
        yield (b",\n" if number else b"\n") + json.dumps(binding).encode()
    yield b"]}}"


def _json(term: Term) -> dict[str, str]:
    if not isinstance(term, ox.Literal):
        return {"type": "uri" if isinstance(term, ox.NamedNode) else "bnode", "value": term.value}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def _boolean(truth: bool) -> bytes:
    return json.dumps({"head": {}, "boolean": truth}).encode()


def _canonical(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """The quads as Oxigraph keeps them: servers differ in how they write a figure."""
    kept = ox.Store()
    kept.extend(quads)
    return set(kept)
