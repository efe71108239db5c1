"""Queries by GET that come in one piece: asked as soon as they are here, and answered again from their bytes alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from graph.server.answers import is_constant
from graph.server.pool import Answer
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.server.worker import Question

_LONGEST = 8192
_UNUSUAL = frozenset([b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"connection", b"range"])
Headers = list[tuple[bytes, bytes]]


class Start(NamedTuple):
    """A question that has been asked before its request has gone through the application."""

    request: bytes
    question: Question
    headers: Headers
    answer: Answer


class Early:
    """Knows requests by their bytes. ``question`` makes one of a request's headers and parameters, ``complete`` makes a
    response of an answer: status, headers, body.
    """

    def __init__(
        self,
        path: str,
        reader: Reader,
        question: Callable[[Headers, bytes], Question | None],
        complete: Callable[[Start], tuple[int, Headers, bytes]],
    ) -> None:
        self._begins = f"GET {path}?".encode()
        self._reader = reader
        self._question = question
        self._complete = complete
        self._known: OrderedDict[bytes, bytes] = OrderedDict()
        self._size = 0
        self._version = ""

    def known(self, request: bytes) -> bytes | None:
        """The response to these very bytes, if the state that is served is the same."""
        if self._version != self._reader.version:
            self._known.clear()
            self._size, self._version = 0, self._reader.version
        return self._known.get(request)

    def start(self, request: bytes, client: str) -> Start | None:
        """Asks what a request asks, if it is a whole and usual one."""
        if not request.startswith(self._begins) or request.find(b"\r\n\r\n") != len(request) - 4:
            return None
        first, _, lines = request[:-2].partition(b"\r\n")
        words = first.split(b" ")
        if len(words) != 3 or words[2] != b"HTTP/1.1" or len(request) > _LONGEST:
            return None
        headers = _headers(lines)
        if headers is None:
            return None
        try:
            question = self._question(headers, words[1][len(self._begins) - 4 :])
            return question and Start(request, question, headers, self._reader.pool.put(question, client))
        except Refusal:
            return None

    def response(self, start: Start) -> bytes | None:
        """The response, where it is a whole one that can be given again."""
        answer = start.answer
        if not answer.whole or not is_constant(start.question):
            return None
        status, headers, body = self._complete(start)
        response = b"".join([_STATUS[status], *[b"%s: %s\r\n" % header for header in headers], b"\r\n", body])
        self._remember(start.request, response, answer.version)
        return response

    def _remember(self, request: bytes, response: bytes, version: str) -> None:
        if version != self._version or request in self._known:
            return
        self._known[request] = response
        self._size += len(request) + len(response) + 500
        while self._size > self._reader.limits.cache:
            gone, answer = self._known.popitem(last=False)
            self._size -= len(gone) + len(answer) + 500


_STATUS = {200: b"HTTP/1.1 200 OK\r\n", 304: b"HTTP/1.1 304 Not Modified\r\n"}


@lru_cache(256)
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
