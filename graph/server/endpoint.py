"""The SPARQL 1.1 Protocol. https://www.w3.org/TR/sparql11-protocol/

It is spoken in ASGI itself, not in Starlette's requests and responses: a look-up is answered in less time than they
take to be made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from graph.server import negotiation, requests
from graph.server.answers import Answers, Kept, is_constant
from graph.server.description import Description
from graph.server.pool import Answer
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.server.requests import Asked
from graph.server.responses import Headers, address, respond, sharing, stream, typed
from graph.server.worker import Question
from graph.server.writing import Writer

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
        results, triples = negotiation.answers(accept, asked.one("format"))
        default, named = asked.graphs("default-graph-uri"), asked.graphs("named-graph-uri")
        limits = self._reader.limits
        return Question(query, results, triples, default, named, limits.rows, limits.seconds)

    async def _update(self, scope: Scope, asked: Asked) -> None:
        assert asked.update is not None
        self._writer.admit(scope)
        using, named = asked.graphs("using-graph-uri"), asked.graphs("using-named-graph-uri")
        await self._writer.update(asked.update, using, named)

    async def _describe(self, scope: Scope, accept: str, asked: Asked, send: Send, shared: Headers) -> None:
        if asked.parameters.keys() - {"format"} and scope["query_string"]:
            raise Refusal(400, "there is no query: send ?query=…")
        media_type = negotiation.triples(accept, asked.one("format"))
        content = await self._description.service(media_type, address(scope))
        await respond(send, 200, [*shared, *typed(media_type), (b"vary", b"accept")], content)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, question: Question, shared: Headers) -> None:
        kept = self._answers.get(question, self._reader.version)
        if kept is None:
            kept = await self._asked(scope, receive, send, question, shared)
        if kept is None:
            return
        unchanged = requests.header(scope, b"if-none-match") == kept.etag
        headers = [*shared, *typed(kept.media_type), *_CACHED, (b"etag", kept.etag.encode())]
        if unchanged:
            await respond(send, 304, headers)
        else:
            await respond(send, 200, headers, kept.body)

    async def _asked(
        self, scope: Scope, receive: Receive, send: Send, question: Question, shared: Headers
    ) -> Kept | None:
        """The answer if it is one to be kept; any other is sent."""
        client = scope["client"][0] if scope["client"] else ""
        answer = await heeding(receive, self._reader.limits.quick, self._reader.pool.ask(question, client))
        if answer.ended and is_constant(question):
            etag = self._reader.etag(repr(question))
            kept = Kept(answer.version, etag, answer.media_type, answer.body)
            self._answers.keep(question, kept)
            return kept
        await stream(send, answer, [*shared, (b"vary", b"accept")])
        return None


_CACHED: Headers = [(b"cache-control", b"no-cache"), (b"vary", b"accept")]


async def heeding(receive: Receive, seconds: float, answer: Awaitable[Answer]) -> Answer:
    """The answer, unless who asked for it leaves before it begins, which is looked for when it takes a while."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    watch: list[asyncio.Task[None]] = []

    async def until_gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        task.cancel()

    timer = loop.call_later(seconds, lambda: watch.append(loop.create_task(until_gone())))
    try:
        return await answer
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
