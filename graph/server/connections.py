"""Connections with strangers: a request's head must be short and come soon. And a short cut for queries by GET.

A query that comes in one piece, which is how they come, needs no parser of HTTP, no task and no ASGI: what it asks is
looked up by its bytes, or a worker is asked at once. All else goes uvicorn's way, through the application.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph.server.early import Early, Start
from graph.server.limits import Limits


class Connection(HttpToolsProtocol):
    """uvicorn's, which waits for a request's head as long as it takes and reads it whatever its size, with limits.

    ``first`` has come already where another process accepted the connection.
    """

    limits = Limits()
    early: Early | None = None
    first = b""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._heard = 0
        self._in_head = self._in_body = False
        self._timer: asyncio.TimerHandle | None = None
        self._start: Start | None = None
        self._later: list[bytes] = []
        self._ending = False

    def shutdown(self) -> None:
        """Ends when what has been asked is answered."""
        self._ending = True
        if self._start is None:
            super().shutdown()

    # limits

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._last = self.loop.time()
        self._timer = self.loop.call_later(self.limits.arrival, self._look)
        if self.first:
            self.data_received(self.first)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        start, self._start = self._start, None
        if start:
            start.answer.give_up()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._in_head, self._heard, self._last = True, 0, self.loop.time()
        super().on_message_begin()
        if self._start:
            self.scope["extensions"] = {"whodid": {"start": self._start}}
            self._start = None

    def on_headers_complete(self) -> None:
        self._in_head, self._in_body = False, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def _is_idle(self) -> bool:
        return self._start is None and (self.cycle is None or self.cycle.response_complete)

    def _look(self) -> None:
        """Once in a while: has the head of a request been on its way for too long?"""
        waited = self.loop.time() - self._last
        if self.transport.is_closing():
            return
        if self._is_between() and waited >= self.limits.arrival:
            self.transport.close()
            return
        if self._is_idle() and waited >= self.limits.arrival:
            self._refuse(b"408 Request Timeout", b"the request did not come in time\n")
            return
        rest = self.limits.arrival - waited if self._is_idle() else self.limits.arrival
        self._timer = self.loop.call_later(max(0.05, rest), self._look)

    def _refuse(self, status: bytes, why: bytes) -> None:
        headers = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
        length = b"content-length: " + str(len(why)).encode("ascii")
        self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + headers + length + b"\r\n\r\n" + why)
        self.transport.close()

    # the short cut

    def data_received(self, data: bytes) -> None:
        if self._start:
            self._later.append(data)
            if sum(map(len, self._later)) > self.limits.head:
                self.transport.close()
        elif self.early and self._is_between() and self._begun(data):
            self._last = self.loop.time()
            self._unset_keepalive_if_required()
        else:
            self._all_else(data)

    def _is_between(self) -> bool:
        """Whether what comes now is the beginning of a request, and none before it waits for its answer."""
        return self._is_idle() and not self._in_head and not self._in_body

    def _all_else(self, data: bytes) -> None:
        super().data_received(data)
        self._heard += len(data)
        if self._in_head and self._heard > self.limits.head and not self.transport.is_closing():
            self._refuse(b"431 Request Header Fields Too Large", b"the address and headers are too long\n")

    def _begun(self, data: bytes) -> bool:
        """Whether the request has been answered, or a worker asked."""
        assert self.early is not None
        known = self.early.known(data)
        if known:
            self.transport.write(known)
            return True
        start = self.early.start(data, self.client[0] if self.client else "")
        if start is None:
            return False
        if isinstance(start, bytes):
            self.transport.write(start)
            self.server_state.total_requests += 1
            return True
        self._start = start
        if start.answer.head.done():
            self._answered(start)
        else:
            start.answer.head.add_done_callback(lambda head: self._answered(start))
        return True

    def _answered(self, start: Start) -> None:
        if self._start is not start or self.transport.is_closing():
            return
        assert self.early is not None
        response = self.early.response(start)
        if response is None:
            self._all_else(start.request)
        else:
            self._start = None
            self.transport.write(response)
            self.server_state.total_requests += 1
        if self._ending:
            self.shutdown()
            return
        later, self._later = b"".join(self._later), []
        if later:
            self.data_received(later)
        self._last = self.loop.time()
