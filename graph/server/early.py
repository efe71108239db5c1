"""Queries by GET that come in one piece: asked as soon as they are here, and answered again from their bytes alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from graph.server.answers import Kept, is_constant
from graph.server.lookups import JSON
from graph.server.pool import Answer
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.server.worker import Question

_LONGEST = 8192
_UNUSUAL = frozenset([b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"connection", b"range"])
Headers = list[tuple[bytes, bytes]]


class Asking(NamedTuple):
    """What the headers of a request say: who has the answer already, and in which media types it may come."""

    accept: str
    has: tuple[bytes, ...]
    results: str | None
    triples: str | None


class Start(NamedTuple):
    """A question that has been asked before its request has gone through the application."""

    request: bytes
    question: Question
    asking: Asking
    answer: Answer


class Early:
    """Knows requests by their bytes.

    ``asking`` reads a request's headers, ``question`` its parameters, ``kept`` makes what is kept of an answer in this
    version, media type and these bytes, and ``opening`` the headers of a response to it, but for ETag and length.
    """

    def __init__(
        self,
        path: str,
        reader: Reader,
        asking: Callable[[Headers], Asking | None],
        question: Callable[[Asking, bytes], Question | None],
        kept: Callable[[Question, str, str, bytes], Kept],
        opening: Callable[[Headers, str], Headers],
    ) -> None:
        self._begins = f"GET {path}?".encode()
        self._reader = reader
        self._question = question
        self._kept = kept
        self._known: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0
        self._version = ""

        @lru_cache(256)
        def read(lines: bytes) -> Asking | None:
            headers = _headers(lines)
            return asking(headers) if headers is not None else None

        @lru_cache(256)
        def opened(lines: bytes, media_type: str) -> bytes:
            headers = opening(_headers(lines) or [], media_type)
            return b"".join([b"%s: %s\r\n" % header for header in headers])

        self._asking, self._opening = read, opened

    def known(self, request: bytes) -> bytes | None:
        """The response to these very bytes, if the state that is served is the same."""
        if self._version != self._reader.version:
            self._known.clear()
            self._size, self._version = 0, self._reader.version
        return self._known.get(request)

    def start(self, request: bytes, client: str) -> Start | bytes | None:
        """Asks what a request asks, if it is a whole and usual one; the response to a look-up is there at once."""
        end = request.find(_VERSION)
        if end < 0 or len(request) > _LONGEST or not request.startswith(self._begins):
            return None
        target = request[len(self._begins) : end]
        if b" " in target or request.find(b"\r\n\r\n") != len(request) - 4:
            return None
        asking = self._asking(_lines(request))
        try:
            question = asking and self._question(asking, target)
            if not asking or not question:
                return None
            found = self._reader.at_once(question)
            if found:
                return self._response(request, asking, self._kept(question, found[0], JSON, found[1]))
            return Start(request, question, asking, self._reader.pool.put(question, client))
        except Refusal:
            return None

    def response(self, start: Start) -> bytes | None:
        """The response, where it is a whole one that can be given again."""
        answer = start.answer
        if not answer.whole or not is_constant(start.question):
            return None
        kept = self._kept(start.question, answer.version, answer.media_type, answer.body)
        return self._response(start.request, start.asking, kept)

    def _response(self, request: bytes, asking: Asking, kept: Kept) -> bytes:
        opening, body = self._opening(_lines(request), kept.media_type), kept.body
        if kept.etag in asking.has:
            response = _SAME % (opening, kept.etag)
        else:
            response = _FOUND % (opening, kept.etag, len(body), body)
        self._remember(request, response, kept.version)
        return response

    def _remember(self, request: bytes, response: bytes, version: str) -> None:
        if version != self._version or request in self._known:
            return
        self._known[request] = response
        self._size += len(request) + len(response) + 500
        while self._size > self._reader.limits.cache:
            gone, answer = self._known.popitem(last=False)
            self._size -= len(gone) + len(answer) + 500


_VERSION = b" HTTP/1.1\r\n"
_SAME = b"HTTP/1.1 304 Not Modified\r\n%setag: %s\r\n\r\n"
_FOUND = b"HTTP/1.1 200 OK\r\n%setag: %s\r\ncontent-length: %d\r\n\r\n%s"


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
