"""The SPARQL 1.1 Graph Store HTTP Protocol. https://www.w3.org/TR/sparql11-http-rdf-update/

A graph is named in the parameter ``graph``, or by the address itself where the server is at the store's base. The
default graph is all graphs together, as in queries; it is only read.
"""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from graph.server import negotiation, requests
from graph.server.change import POST, PUT, Change
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.server.responses import respond, sharing, stream
from graph.server.worker import ALL, TRIPLES, Question
from graph.server.writing import Writer

METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"


class GraphStore:
    """Reads and, for who knows the token, writes graphs."""

    def __init__(self, reader: Reader, writer: Writer, origins: tuple[str, ...]) -> None:
        self._reader = reader
        self._writer = writer
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shared = sharing(scope, self._origins)
        try:
            await self._respond(scope, receive, send)
        except Refusal as refusal:
            response = refusal.response()
            response.raw_headers.extend(shared)
            await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, shared = scope["method"], sharing(scope, self._origins)
        if method == "OPTIONS":
            named = [(b"allow", METHODS.encode()), (b"access-control-allow-methods", METHODS.encode())]
            await respond(send, 204, [*shared, *named, (b"access-control-allow-headers", b"*, authorization")])
        elif method in ("GET", "HEAD"):
            await self._read(scope, receive, send, shared)
        elif method in METHODS:
            status = await self._write(scope, receive)
            await respond(send, status, shared)
        else:
            raise Refusal(405, f"{method} is not for this address; use {METHODS}", {"allow": METHODS})

    async def _read(self, scope: Scope, receive: Receive, send: Send, shared: list[tuple[bytes, bytes]]) -> None:
        graph, format = self._graph(scope)
        media_type, limits = negotiation.triples(requests.header(scope, b"accept"), format), self._reader.limits
        if graph is None:
            question = Question(ALL, None, media_type, rows=2**53, seconds=limits.seconds)
        else:
            question = Question(None, None, media_type, (graph,), seconds=limits.seconds)
        etag = self._reader.etag(repr(question))
        headers = [*shared, (b"vary", b"accept"), (b"cache-control", b"no-cache"), (b"etag", etag.encode())]
        if requests.header(scope, b"if-none-match") == etag:
            await respond(send, 304, headers)
            return
        client = scope["client"][0] if scope["client"] else ""
        await stream(receive, send, await self._reader.pool.ask(question, client), headers)

    async def _write(self, scope: Scope, receive: Receive) -> int:
        self._writer.admit(scope)
        graph, _ = self._graph(scope)
        if graph is None:
            raise Refusal(403, "the default graph is all graphs together; write to one of them, with ?graph=…")
        if scope["method"] not in (PUT, POST):
            return await self._writer.make(Change(scope["method"], graph=graph))
        media_type = requests.content_type(scope) or "text/turtle"
        if media_type not in TRIPLES:
            raise Refusal(415, f"triples come as {', '.join(TRIPLES)}")
        content = await requests.body(scope, receive, self._reader.limits)
        return await self._writer.make(Change(scope["method"], content, graph, media_type))

    def _graph(self, scope: Scope) -> tuple[str | None, str | None]:
        """The graph that is meant, None for the default graph, and the parameter ``format``."""
        given = requests.parameters(scope["query_string"])
        asked = requests.Asked(None, None, given)
        graph, format = asked.one("graph"), asked.format
        direct = scope.get("path_params", {}).get("name")
        if direct is not None:
            return requests.absolute(f"{self._reader.base}graph/{direct}", "the address"), format
        if (graph is None) == ("default" not in given):
            raise Refusal(400, "say which graph: ?graph=IRI or ?default, one of them")
        return None if graph is None else requests.absolute(graph, "graph"), format
