"""A process that accepts connections beside the server's own, and answers their look-ups; all else it hands over.

``python -m graph.server.acceptor FD`` is told over the Unix socket FD, which keeps messages apart, where to listen and
which state to serve, and says of which state it answers. A connection that asks anything but a look-up is sent back
over it, with the bytes that have come, and is the server's from then on.
"""

from __future__ import annotations

import asyncio
import gc
import marshal
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pyoxigraph as ox
import uvloop

from graph.server import lookups
from graph.server.early import Early
from graph.server.exchange import Exchange
from graph.server.limits import Limits
from graph.server.pool import Answer
from graph.server.refusal import Refusal
from graph.server.worker import Question

LONGEST = 16 << 10
PATIENCE = 5


class Shown:
    """A state of the store, opened for reading, that is asked for look-ups only."""

    def __init__(self, folder: str, version: str) -> None:
        self.version = version
        self._quads = ox.Store.read_only(folder)

    def at_once(self, question: Question) -> tuple[str, bytes] | None:
        """The answer to a look-up in JSON, and the version of the state that it is of."""
        content = lookups.at_once(self._quads, question)
        return None if content is None else (self.version, content)

    def put(self, question: Question, client: str) -> Answer:
        """Others are asked."""
        raise Refusal(421, "only look-ups are answered here")


class Acceptor:
    """Listens where it is told, as long as somebody tells it."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.control.settimeout(PATIENCE)
        self.loop = asyncio.get_running_loop()
        self.open: set[Connection] = set()
        self.over: asyncio.Future[None] = self.loop.create_future()
        self.early: Early
        self.limits: Limits
        self.buffer = memoryview(bytearray(LONGEST))
        self._servers: list[asyncio.Server] = []

    async def run(self) -> None:
        """Until the other end of the control socket is closed."""
        self.loop.add_reader(self.control, self._told)
        await self.over
        for server in self._servers:
            server.close()
        for connection in list(self.open):
            connection.transport.close()
        await asyncio.sleep(0)

    def _told(self) -> None:
        try:
            message, descriptors, _, _ = socket.recv_fds(self.control, LONGEST, 8, socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            message, descriptors = b"", []
        if not message:
            self.loop.remove_reader(self.control)
            self.over.set_result(None)
            return
        for descriptor in descriptors:
            self.loop.create_task(self._listen(socket.socket(fileno=descriptor)))
        if not descriptors:
            self._show(marshal.loads(message))

    def _show(self, told: Mapping[str, Any]) -> None:
        self.limits = Limits(**told["limits"])
        shown = Shown(told["folder"], told["version"])
        self.early = Early(told["path"], shown, Exchange(self.limits, told["origins"]))
        self.control.send(told["version"].encode())

    async def _listen(self, where: socket.socket) -> None:
        self._servers.append(await self.loop.create_server(lambda: Connection(self), sock=where))


class Connection(asyncio.BufferedProtocol):
    """One that asks look-ups, so far."""

    def __init__(self, acceptor: Acceptor) -> None:
        self._acceptor = acceptor
        self._last = acceptor.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        transport.set_write_buffer_limits(0)
        self._acceptor.open.add(self)
        self._timer = self._acceptor.loop.call_later(self._acceptor.limits.arrival, self._look)

    def connection_lost(self, error: Exception | None) -> None:
        self._timer.cancel()
        self._acceptor.open.discard(self)

    def pause_writing(self) -> None:
        """Who takes no answers is not read from either."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()

    def _look(self) -> None:
        """Closes a connection on which nothing has come for a while, as the server does."""
        rest = self._last + self._acceptor.limits.arrival - self._acceptor.loop.time()
        if rest <= 0:
            self.transport.close()
        else:
            self._timer = self._acceptor.loop.call_later(max(0.05, rest), self._look)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._acceptor.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._last = self._acceptor.loop.time()
        request = bytes(self._acceptor.buffer[:nbytes])
        if len(self._acceptor.open) <= self._acceptor.limits.connections:
            early = self._acceptor.early
            response = early.known(request) or early.start(request, "")
            if isinstance(response, bytes):
                self.transport.write(response)
                return
        self._hand_over(request)

    def _hand_over(self, request: bytes) -> None:
        """Where nobody is there to take it, or in time, the client sees that its connection is closed."""
        with suppress(OSError):
            socket.send_fds(self._acceptor.control, [request], [self.transport.get_extra_info("socket").fileno()])
        self.transport.abort()


async def main() -> None:
    """The process's own end."""
    control = socket.socket(fileno=int(sys.argv[1]))
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    await Acceptor(control).run()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    uvloop.run(main())
