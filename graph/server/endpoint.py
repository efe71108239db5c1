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
from graph.server.early import Start
from graph.server.exchange import Exchange
from graph.server.pool import Answer
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.server.requests import Asked
from graph.server.responses import Headers, address, respond, sharing, stream, typed, until_gone
from graph.server.worker import Question
from graph.server.writing import Writer

ENDPOINT = "/sparql"
METHODS = "GET, HEAD, POST, OPTIONS"


class Endpoint:
    """Answers at one address; ``page`` answers browsers."""

    def __init__(
        self, reader: Reader, writer: Writer, description: Description, page: ASGIApp, exchange: Exchange
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._description = description
        self._page = page
        self._exchange = exchange
        self._answers = Answers(reader.limits.cache)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shared = sharing(scope, self._exchange.origins)
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
            question = self._exchange.question(asked, asked.query, accept)
            await self._answer(scope, receive, send, question, shared)

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
            status, headers, body = self._exchange.whole(scope["headers"], kept)
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
            kept = self._exchange.kept(question, answer.version, answer.media_type, answer.body)
            self._answers.keep(question, kept)
            return kept
        await stream(receive, send, answer, [*shared, *self._exchange.limited, (b"vary", b"accept")])
        return None


async def heeding(receive: Receive, seconds: float, answer: Answer) -> None:
    """Waits for an answer, unless who asked leaves before it begins, which is looked for when it takes a while."""
    loop, watch = asyncio.get_running_loop(), []

    timer = loop.call_later(seconds, lambda: watch.append(loop.create_task(until_gone(receive, answer))))
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
