"""Processes that accept connections beside this one, so that look-ups have more than one processor."""

from __future__ import annotations

import asyncio
import logging
import marshal
import socket
import subprocess
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict

from graph.server.acceptor import LONGEST
from graph.server.exchange import Exchange
from graph.server.listening import beside
from graph.server.pool import begun
from graph.server.snapshots import Snapshot

log = logging.getLogger("whodid.server")
PATIENCE = 10
AGAIN = 1


class Acceptor:
    """This end of one process, which says by ``ended`` that it is no more."""

    def __init__(self, take: Callable[[socket.socket, bytes], None], ended: Callable[[Acceptor], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._take = take
        self._ended = ended
        self._shows: dict[str, ExitStack] = {}
        self._moved: asyncio.Future[None] | None = None
        self._one = asyncio.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = begun(["graph.server.acceptor", str(theirs.fileno())], theirs)
        self._control.setblocking(False)
        self._loop.add_reader(self._control, self._told)

    async def show(self, path: str, exchange: Exchange, snapshot: Snapshot) -> None:
        """Answers from this state when it returns, or has ended."""
        told = {"path": path, "limits": asdict(exchange.limits), "origins": exchange.origins}
        told |= {"folder": str(snapshot.folder / "quads"), "version": snapshot.version}
        async with self._one:
            if self._control.fileno() < 0:
                return
            self._shows[snapshot.version] = holding = ExitStack()
            holding.enter_context(snapshot.used())
            self._moved = self._loop.create_future()
            try:
                self._control.send(marshal.dumps(told))
                async with asyncio.timeout(PATIENCE):
                    await self._moved
            except (OSError, TimeoutError):
                self.close()

    def listen(self, sockets: list[socket.socket]) -> None:
        """Accepts at these, which are the process's from then on."""
        for each in sockets:
            with each, suppress(OSError):
                socket.send_fds(self._control, [b"listen"], [each.fileno()])

    def _told(self) -> None:
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, LONGEST, 1)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            message, descriptors = b"", []
        if descriptors:
            self._take(socket.socket(fileno=descriptors[0]), message)
        elif message:
            self._leave(but=message.decode())
        else:
            self.close()

    def _leave(self, but: str = "") -> None:
        for version in [version for version in self._shows if version != but]:
            self._shows.pop(version).close()
        if self._moved and not self._moved.done():
            self._moved.set_result(None)

    def close(self) -> None:
        """The process ends when nobody can tell it anything any more."""
        if self._control.fileno() < 0:
            return
        self._loop.remove_reader(self._control)
        self._control.close()
        self._leave()
        self._ended(self)


class Acceptors:
    """So many of them, each replaced when it ends. ``take`` gets the connections that are not for them."""

    def __init__(self, count: int, path: str, exchange: Exchange, take: Callable[[socket.socket, bytes], None]) -> None:
        self._count = count
        self._path = path
        self._exchange = exchange
        self._take = take
        self._running: set[Acceptor] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sockets: list[socket.socket] = []
        self._snapshot: Snapshot | None = None
        self._closed = False

    def start(self, sockets: list[socket.socket], snapshot: Snapshot) -> None:
        """Begins to accept where these listen, in a while."""
        self._sockets, self._snapshot = sockets, snapshot
        for _ in range(self._count):
            self._begin(0)

    async def move(self, snapshot: Snapshot) -> None:
        """All answer from this state when it returns."""
        self._snapshot = snapshot
        await asyncio.gather(*(each.show(self._path, self._exchange, snapshot) for each in list(self._running)))

    async def close(self) -> None:
        """Ends the processes."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        gone, self._running = self._running, set()
        for each in gone:
            each.close()
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(each.process.wait, 5)

    def _begin(self, wait: float) -> None:
        task = asyncio.get_running_loop().create_task(self._run(wait))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, wait: float) -> None:
        await asyncio.sleep(wait)
        assert self._snapshot is not None
        started = Acceptor(self._take, self._lost)
        self._running.add(started)
        await started.show(self._path, self._exchange, self._snapshot)
        if started in self._running:
            started.listen(beside(self._sockets))

    def _lost(self, gone: Acceptor) -> None:
        self._running.discard(gone)
        gone.process.kill()
        asyncio.get_running_loop().run_in_executor(None, gone.process.wait)
        if not self._closed:
            log.warning("a process that accepts connections ended; another takes its place")
            self._begin(AGAIN)
