"""Queries by GET that come in one piece: asked as soon as they are here, and answered again from their bytes alone."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache
from typing import NamedTuple, Protocol

from graph.server import negotiation
from graph.server.answers import Kept, is_constant
from graph.server.exchange import Exchange, accepted, has
from graph.server.lookups import JSON
from graph.server.pool import Answer
from graph.server.refusal import Refusal
from graph.server.responses import Headers
from graph.server.worker import Question

_LONGEST = 8192
_UNUSUAL = frozenset([b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"connection", b"range"])
_VERSION = b" HTTP/1.1\r\n"
_SAME = b"HTTP/1.1 304 Not Modified\r\n%setag: %s\r\n\r\n"
_FOUND = b"HTTP/1.1 200 OK\r\n%setag: %s\r\ncontent-length: %d\r\n\r\n%s"


class Served(Protocol):
    """The state that is served, and who answers from it."""

    @property
    def version(self) -> str:
        """A token of the state: another for any other."""

    def at_once(self, question: Question) -> tuple[str, bytes] | None:
        """The answer to a look-up in JSON, and the version of the state that it is of."""

    def put(self, question: Question, client: str) -> Answer:
        """The answer that will be. Raises Refusal."""


class Start(NamedTuple):
    """A question that has been asked before its request has gone through the application."""

    request: bytes
    question: Question
    answer: Answer


class Early:
    """Knows requests by their bytes, while ``served`` is in the same state."""

    def __init__(self, path: str, served: Served, exchange: Exchange) -> None:
        self._begins = f"GET {path}?".encode()
        self._served = served
        self._exchange = exchange
        self._known: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0
        self._version = ""
        self._opening = lru_cache(256)(self._opened)

    def known(self, request: bytes) -> bytes | None:
        """The response to these very bytes, if the state that is served is the same."""
        if self._version != self._served.version:
            self._known.clear()
            self._size, self._version = 0, self._served.version
        return self._known.get(request)

    def start(self, request: bytes, client: str) -> Start | bytes | None:
        """Asks what a request asks, if it is a whole and usual one; the response to a look-up is there at once."""
        end = request.find(_VERSION)
        if end < 0 or len(request) > _LONGEST or not request.startswith(self._begins):
            return None
        target = request[len(self._begins) : end]
        if b" " in target or request.find(b"\r\n\r\n") != len(request) - 4:
            return None
        accept = _accept(_lines(request))
        try:
            question = None if accept is None else self._exchange.parsed(target, accept)
            if question is None:
                return None
            found = self._served.at_once(question)
            if found:
                return self._response(request, self._exchange.kept(question, found[0], JSON, found[1]))
            return Start(request, question, self._served.put(question, client))
        except Refusal:
            return None

    def response(self, start: Start) -> bytes | None:
        """The response, where it is a whole one that can be given again."""
        question, answer = start.question, start.answer
        if not answer.whole or not is_constant(question):
            return None
        kept = self._exchange.kept(question, answer.version, answer.media_type, answer.body)
        return self._response(start.request, kept)

    def _response(self, request: bytes, kept: Kept) -> bytes:
        opening, known = self._opening(_lines(request), kept.media_type)
        if kept.etag in known:
            response = _SAME % (opening, kept.etag)
        else:
            response = _FOUND % (opening, kept.etag, len(kept.body), kept.body)
        self._remember(request, response, kept.version)
        return response

    def _opened(self, lines: bytes, media_type: str) -> tuple[bytes, tuple[bytes, ...]]:
        """The first headers of a response to a request with these, and the ETags of what its client has."""
        asked = _headers(lines) or []
        headers = self._exchange.opening(asked, media_type)
        return b"".join([b"%s: %s\r\n" % header for header in headers]), has(asked)

    def _remember(self, request: bytes, response: bytes, version: str) -> None:
        if version != self._version or request in self._known:
            return
        self._known[request] = response
        self._size += len(request) + len(response) + 500
        while self._size > self._exchange.limits.cache:
            gone, answer = self._known.popitem(last=False)
            self._size -= len(gone) + len(answer) + 500


@lru_cache(256)
def _accept(lines: bytes) -> str | None:
    """What a request accepts; None where its headers are unusual, or a page is wanted."""
    headers = _headers(lines)
    accept = accepted(headers or [])
    return None if headers is None or negotiation.prefers_page(accept) else accept


def _lines(request: bytes) -> bytes:
    """The headers, each with its end."""
    return request[request.index(_VERSION) + len(_VERSION) : -2]


def _headers(lines: bytes) -> Headers | None:
    """The headers, if they are plain ones that change nothing of how the request is read; else None."""
    found = []
    for line in lines.removesuffix(b"\r\n").split(b"\r\n"):
        name, colon, value = line.partition(b":")
        name = name.lower()
        if name in _UNUSUAL and value.strip().lower() != b"keep-alive":
            return None
        if not colon or not name.replace(b"-", b"").isalnum():
            return None
        found.append((name, value.strip()))
    return found if any(name == b"host" for name, _ in found) else None
