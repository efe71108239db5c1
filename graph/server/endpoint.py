"""The SPARQL 1.1 Protocol. https://www.w3.org/TR/sparql11-protocol/

It is spoken in ASGI itself, not in Starlette's requests and responses: a look-up is answered in less time than they
take to be made.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from graph.server import negotiation, requests
from graph.server.answers import Answers, Kept, is_constant
from graph.server.description import Description
from graph.server.early import Asking, Early, Start
from graph.server.pool import Answer
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.server.requests import Asked
from graph.server.responses import Headers, address, respond, sharing, stream, typed
from graph.server.worker import Question
from graph.server.writing import Writer

ENDPOINT = "/sparql"
METHODS = "GET, HEAD, POST, OPTIONS"


class Endpoint:
    """Answers at one address; ``page`` answers browsers, ``origins`` are those whose scripts may ask (``*``: all)."""

    def __init__(
        self, reader: Reader, writer: Writer, description: Description, page: ASGIApp, origins: tuple[str, ...]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._description = description
        self._page = page
        self._origins = origins
        self._answers = Answers(reader.limits.cache)
        self._limited = [(b"x-sparql-maxrows", str(reader.limits.rows).encode())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shared = sharing(scope, self._origins)
        try:
            await self._respond(scope, receive, send, shared)
        except Refusal as refusal:
            response = refusal.response()
            response.raw_headers.extend(shared)
            await response(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send, shared: Headers) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await respond(send, 204, [*shared, *_preflight(), (b"allow", METHODS.encode())])
            return
        if method not in ("GET", "HEAD", "POST"):
            raise Refusal(405, f"{method} is not for this address; use {METHODS}", {"allow": METHODS})
        accept = requests.header(scope, b"accept")
        if method != "POST" and negotiation.prefers_page(accept) and b"format=" not in scope["query_string"]:
            await self._page(scope, receive, send)
            return
        asked = await requests.asked(scope, receive, self._reader.limits)
        if asked.update is not None:
            await self._update(scope, asked)
            await respond(send, 204, shared)
        elif asked.query is None:
            await self._describe(scope, accept, asked, send, shared)
        else:
            question = self._question(asked, asked.query, accept)
            await self._answer(scope, receive, send, question, shared)

    def _question(self, asked: Asked, query: str, accept: str) -> Question:
        results, triples = negotiation.answers(accept, asked.format)
        limits = self._reader.limits
        if asked.parameters.keys() <= {"query", "format"}:
            return Question(query, results, triples, (), (), limits.rows, limits.seconds)
        default, named = asked.graphs("default-graph-uri"), asked.graphs("named-graph-uri")
        return Question(query, results, triples, default, named, limits.rows, limits.seconds)

    async def _update(self, scope: Scope, asked: Asked) -> None:
        assert asked.update is not None
        self._writer.admit(scope)
        using, named = asked.graphs("using-graph-uri"), asked.graphs("using-named-graph-uri")
        await self._writer.update(asked.update, using, named)

    async def _describe(self, scope: Scope, accept: str, asked: Asked, send: Send, shared: Headers) -> None:
        if asked.parameters.keys() - {"format"} and scope["query_string"]:
            raise Refusal(400, "there is no query: send ?query=…")
        media_type = negotiation.triples(accept, asked.format)
        content = await self._description.service(media_type, address(scope))
        await respond(send, 200, [*shared, *typed(media_type), (b"vary", b"accept")], content)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, question: Question, shared: Headers) -> None:
        start: Start | None = scope.get("extensions", {}).get("whodid", {}).get("start")
        kept = None if start else self._answers.get(question, self._reader.version)
        if kept is None:
            kept = await self._asked(scope, receive, send, question, shared)
        if kept:
            status, headers, body = self._whole(scope["headers"], kept)
            await respond(send, status, headers, body)

    async def _asked(
        self, scope: Scope, receive: Receive, send: Send, question: Question, shared: Headers
    ) -> Kept | None:
        """The answer if it is one to be kept; any other is sent."""
        start: Start | None = scope.get("extensions", {}).get("whodid", {}).get("start")
        client = scope["client"][0] if scope["client"] else ""
        answer = start.answer if start else self._reader.pool.put(question, client)
        await heeding(receive, self._reader.limits.quick, answer)
        if answer.whole and is_constant(question):
            kept = self._kept(question, answer.version, answer.media_type, answer.body)
            self._answers.keep(question, kept)
            return kept
        await stream(send, answer, [*shared, *self._limited, (b"vary", b"accept")])
        return None

    def _kept(self, question: Question, version: str, media_type: str, body: bytes) -> Kept:
        asked = f"{question.sparql} {media_type} {question.default} {question.named}"
        return Kept(version, self._reader.etag(asked).encode(), media_type, body)

    def _whole(self, asked: Headers, kept: Kept) -> tuple[int, Headers, bytes]:
        """Status, headers and body for who may have the answer already."""
        headers = [*self._opening(asked, kept.media_type), (b"etag", kept.etag)]
        if kept.etag in _has(asked):
            return 304, headers, b""
        return 200, headers, kept.body

    def _opening(self, asked: Headers, media_type: str) -> Headers:
        """The headers of a whole answer, whatever it is."""
        return [*sharing({"headers": asked}, self._origins), *typed(media_type), *_CACHED, *self._limited]

    def early(self) -> Early:
        """The short cut to the same answers."""
        return Early(ENDPOINT, self._reader, self._early_asking, self._early_question, self._kept, self._opening)

    def _early_asking(self, headers: Headers) -> Asking | None:
        accept = ", ".join([value.decode("latin-1") for name, value in headers if name == b"accept"])
        if negotiation.prefers_page(accept):
            return None
        try:
            return Asking(accept, _has(headers), *negotiation.answers(accept, None))
        except Refusal:
            return None

    def _early_question(self, asking: Asking, parameters: bytes) -> Question | None:
        given = requests.parameters(parameters)
        queries, limits = given.get("query", ()), self._reader.limits
        if len(queries) != 1 or "update" in given:
            return None
        if len(given) > 1:
            return self._question(Asked(None, None, given), queries[0], asking.accept)
        return Question(queries[0], asking.results, asking.triples, rows=limits.rows, seconds=limits.seconds)


_CACHED: Headers = [(b"cache-control", b"no-cache"), (b"vary", b"accept")]


def _has(headers: Headers) -> tuple[bytes, ...]:
    """The ETags of what a client has."""
    return tuple(value for name, value in headers if name == b"if-none-match")


async def heeding(receive: Receive, seconds: float, answer: Answer) -> None:
    """Waits for an answer, unless who asked leaves before it begins, which is looked for when it takes a while."""
    loop, watch = asyncio.get_running_loop(), []

    async def until_gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        answer.give_up()

    timer = loop.call_later(seconds, lambda: watch.append(loop.create_task(until_gone())))
    try:
        await answer.head
    except asyncio.CancelledError:
        answer.give_up()
        raise
    finally:
        timer.cancel()
        for watching in watch:
            watching.cancel()


def _preflight() -> Headers:
    return [
        (b"access-control-allow-methods", METHODS.encode()),
        (b"access-control-allow-headers", b"accept, authorization, content-type, if-none-match"),
        (b"access-control-max-age", b"86400"),
    ]
