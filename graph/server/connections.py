"""Connections with strangers: a request's head must be short and come soon."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph.server.limits import Limits


class Connection(HttpToolsProtocol):
    """uvicorn's, which waits for a request's head as long as it takes and reads it whatever its size, with limits."""

    limits = Limits()

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._heard = 0
        self._in_head = True
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._heard += len(data)
            if self._timer is None:
                self._expect_head()
        super().data_received(data)
        if self._in_head and self._heard > self.limits.head and not self.transport.is_closing():
            self._refuse(b"431 Request Header Fields Too Large", b"the address and headers are too long\n")

    def on_headers_complete(self) -> None:
        self._head_is_there()
        self._in_head = False
        super().on_headers_complete()

    def on_message_begin(self) -> None:
        self._in_head = True
        self._heard = 0
        super().on_message_begin()

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(self.limits.arrival, self._late)

    def _head_is_there(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        if not self.transport.is_closing():
            self._refuse(b"408 Request Timeout", b"the request did not come in time\n")

    def _refuse(self, status: bytes, why: bytes) -> None:
        headers = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
        length = b"content-length: " + str(len(why)).encode("ascii")
        self.transport.write(b"HTTP/1.1 " + status + b"\r\n" + headers + length + b"\r\n\r\n" + why)
        self.transport.close()
