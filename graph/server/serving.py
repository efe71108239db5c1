"""The application, and the server that runs it."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from graph import store
from graph.addresses import is_server
from graph.errors import StoreError, WhodidError
from graph.knowledge import KnowledgeGraph
from graph.server import pages
from graph.server.acceptors import Acceptors
from graph.server.connections import Connection
from graph.server.description import Description
from graph.server.early import Early
from graph.server.endpoint import ENDPOINT, Endpoint
from graph.server.exchange import Exchange
from graph.server.graph_store import GraphStore
from graph.server.limits import Limits
from graph.server.listening import CAN_SHARE, listening
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.server.snapshots import Snapshot, Snapshots
from graph.server.writing import Writer
from graph.store import Embedded

if TYPE_CHECKING:
    from graph.remote import RemoteStore

GRAPH_STORE = "/store"
MOST_ACCEPTORS = 4
PATIENCE = 5
"""Seconds that a server which ends gives to what it is answering; who does not take an answer has one more."""


class Application(Starlette):
    """Starlette, but what asks the endpoint goes there without a detour."""

    endpoint: Endpoint
    exchange: Exchange
    failure: WhodidError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == ENDPOINT:
            await self.endpoint(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def application(
    source: str | os.PathLike[str] | KnowledgeGraph,
    *,
    limits: Limits | None = None,
    token: str | None = None,
    origins: tuple[str, ...] = ("*",),
) -> Application:
    """An ASGI application that serves the store ``source``: a folder, or a graph that is open.

    A folder is followed as it changes; of an open graph, what it holds when the application starts is served; where
    either is on another server, queries are passed on. Who
    shows the ``token`` may write; without one nobody. Scripts of pages from ``origins`` may ask, ``*`` means all.
    ``app.state.reader`` reads what is served.
    """
    reader = Reader(limits or Limits())
    writer = Writer(reader.limits, token)
    description = Description(reader, writer.writes, ENDPOINT)
    graph_store = GraphStore(reader, writer, origins)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        assert isinstance(app, Application)
        try:
            async with serving():
                yield
        except WhodidError as error:
            app.failure = error
            raise

    @asynccontextmanager
    async def serving() -> AsyncIterator[None]:
        writer.changed = reader.refresh
        elsewhere = await run_in_threadpool(_elsewhere, source)
        if elsewhere is not None:
            writer.where = elsewhere.where if isinstance(source, KnowledgeGraph) else str(source)
            try:
                await reader.relay(elsewhere)
                yield
            finally:
                await reader.close()
            return
        with tempfile.TemporaryDirectory(prefix="whodid-") as beside:
            folder = _folder(source, Path(beside) / "store")
            writer.where = str(folder)
            snapshots = Snapshots(folder)
            try:
                await reader.start(snapshots)
                yield
            finally:
                await reader.close()
                snapshots.close()

    routes = [
        Route("/.well-known/void", description),
        Route(GRAPH_STORE, graph_store),
        Route("/graph/{name:path}", graph_store),
        *pages.routes(reader),
    ]
    app = Application(routes=routes, lifespan=lifespan, exception_handlers=_REFUSALS)
    app.state.reader = reader
    app.exchange = Exchange(reader.limits, origins)
    app.endpoint = Endpoint(reader, writer, description, super(Application, app).__call__, app.exchange)
    return app


def _elsewhere(source: str | os.PathLike[str] | KnowledgeGraph) -> RemoteStore | None:
    """The store, where it is on another server."""
    if not isinstance(source, KnowledgeGraph) and not is_server(source):
        return None
    opened = source.store if isinstance(source, KnowledgeGraph) else store.open(source, write=False)
    if isinstance(opened, Embedded):
        return None
    from graph.remote import RemoteStore

    assert isinstance(opened, RemoteStore)
    return opened


def _folder(source: str | os.PathLike[str] | KnowledgeGraph, beside: Path) -> Path:
    if not isinstance(source, KnowledgeGraph):
        return Path(source)
    if isinstance(source.store, Embedded) and source.store.folder is not None:
        source.store.backup(beside)
        return beside
    with store.open(beside, base=source.store.base) as copy:
        for name in source.store.graphs():
            copy.add(name, source.store.quads(name))
    return beside


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return error.response()


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Refusal(error.status_code, error.detail, error.headers).response()


async def _broken(request: Request, error: Exception) -> Response:
    return Refusal(500, "something is wrong with this server").response()


_REFUSALS = {Refusal: _refused, HTTPException: _http, Exception: _broken}


def is_local(host: str) -> bool:
    """Whether only this machine can reach a server at this address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def settings(
    *,
    host: str,
    port: int,
    seconds: float,
    rows: int,
    memory: int,
    workers: int | None = None,
    origins: tuple[str, ...] = (),
) -> dict[str, Any]:
    """What a person may set, as ``serve`` takes it; ``memory`` in MiB.

    Where only this machine can ask, scripts of other pages may not: the graph would be open to every page that its
    user looks at.
    """
    count = workers or max(2, os.cpu_count() or 1)
    acceptors = min(count - 1, MOST_ACCEPTORS) if CAN_SHARE else 0
    limits = Limits(seconds=seconds, rows=rows, memory=memory << 20, workers=count, long=count, acceptors=acceptors)
    return {"host": host, "port": port, "limits": limits, "origins": origins or (() if is_local(host) else ("*",))}


def serve(
    source: str,
    *,
    host: str = "127.0.0.1",
    port: int = 7878,
    limits: Limits | None = None,
    token: str | None = None,
    origins: tuple[str, ...] = (),
    started: Callable[[str], None] = lambda address: None,
) -> None:
    """Serves the store ``source`` until SIGINT or SIGTERM; ``started`` is told the address as soon as it answers.

    Raises StoreError where the store cannot be served, or the address cannot be had.
    """
    limits = limits or Limits()
    app = application(source, limits=limits, token=token, origins=origins)
    early = Early(ENDPOINT, app.state.reader, app.exchange)
    protocol = type("LimitedConnection", (Connection,), {"limits": limits, "early": early})
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol,
        ws="none",
        lifespan="on",
        log_level="critical",
        access_log=False,
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=int(limits.arrival),
        timeout_graceful_shutdown=PATIENCE + 2,
    )
    sockets = listening(host, port, shared=limits.acceptors > 0)
    try:
        Server(config, app, sockets, started).run(sockets)
    except SystemExit as error:
        raise app.failure or StoreError("the server could not be started") from error


class Server(uvicorn.Server):
    """uvicorn's, which tells where it listens, and has others accept connections with it."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: Application,
        sockets: list[socket.socket],
        started: Callable[[str], None],
    ) -> None:
        super().__init__(config)
        self._reader: Reader = app.state.reader
        self._acceptors = Acceptors(app.exchange.limits.acceptors, ENDPOINT, app.exchange, self._take)
        self._sockets = sockets
        self._taking: set[asyncio.Task[Any]] = set()
        self._told = started
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what was imported stays: looking through it again and again would cost a third of the time
        gc.set_threshold(20_000, 20, 50)
        if self.started:
            logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
            port = self.servers[0].sockets[0].getsockname()[1]
            host = self.config.host
            self._accept()
            self._told(f"http://{f'[{host}]' if ':' in host else host}:{port}/")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ends in peace: a signal is not raised again when it has been obeyed. A second lets nobody wait any longer."""
        if self.should_exit and self._loop:
            self._loop.call_soon_threadsafe(self._refuse)
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(PATIENCE, self._refuse)
        await self._acceptors.close()
        await super().shutdown(sockets)

    def _refuse(self) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # answers are broken off, as they should be
        self._reader.pool.refuse()
        asyncio.get_running_loop().call_later(1, self._break_off)

    def _break_off(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def _accept(self) -> None:
        snapshot = self._reader.snapshot
        if isinstance(snapshot, Snapshot):
            self._acceptors.start(self._sockets, snapshot)
            self._reader.followers.append(self._acceptors.move)

    def _take(self, connection: socket.socket, request: bytes) -> None:
        """Goes on with a connection that another process accepted."""
        connection.setblocking(False)
        made = cast("type[Connection]", self.config.http_protocol_class)
        protocol = made(self.config, self.server_state, self.lifespan.state)
        protocol.first = request
        task = asyncio.get_running_loop().create_task(_go_on(connection, protocol))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)


async def _go_on(connection: socket.socket, protocol: Connection) -> None:
    with suppress(OSError):  # who asked may have left
        await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, connection)
