"""Responses in ASGI itself, and the headers that they share."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

from starlette.types import Receive, Scope, Send

from graph.server.pool import Answer
from graph.server.refusal import Refusal
from graph.server.requests import header

log = logging.getLogger("whodid.server")
Headers = list[tuple[bytes, bytes]]


async def until_gone(receive: Receive, answer: Answer) -> None:
    """Gives an answer up when who asked has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
    answer.give_up()


async def stream(receive: Receive, send: Send, answer: Answer, headers: Headers) -> None:
    """Sends an answer piece by piece. One that is broken off stays without its end, so that the client sees it."""
    watch = None if answer.whole else asyncio.create_task(until_gone(receive, answer))
    try:
        await _start(send, 200, [*headers, *typed(answer.media_type)])
        await send({"type": "http.response.body", "body": answer.body, "more_body": not answer.whole})
        if answer.whole:
            return
        async for piece in answer.rest():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except Refusal as refusal:
        log.info("an answer was broken off: %s", refusal)
    finally:
        answer.give_up()
        if watch:
            watch.cancel()


async def respond(send: Send, status: int, headers: Headers, content: bytes = b"") -> None:
    """A whole response."""
    if status not in (204, 304):
        headers = [*headers, (b"content-length", str(len(content)).encode())]
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": content})


def _start(send: Send, status: int, headers: Headers) -> Awaitable[None]:
    return send({"type": "http.response.start", "status": status, "headers": headers})


def typed(media_type: str) -> Headers:
    """The headers that say what the content is."""
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return [(b"content-type", f"{media_type}{charset}".encode()), (b"x-content-type-options", b"nosniff")]


def sharing(scope: Scope, origins: tuple[str, ...]) -> Headers:
    """What tells a browser that a script from elsewhere may read this."""
    origin = header(scope, b"origin")
    if not origin:
        return []
    if "*" in origins:
        exposed = b"etag, retry-after, x-sparql-maxrows"
        return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", exposed)]
    if origin in origins:
        return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]
    return []


def address(scope: Scope) -> str:
    """The server's own address, as the client knows it."""
    host = header(scope, b"host") or ":".join(map(str, scope["server"] or ("localhost", 80)))
    return f"{scope['scheme']}://{host}"
