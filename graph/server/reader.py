"""What pages and the endpoint ask: the state of the store that is served now."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool

from graph.answering import from_ox
from graph.errors import QueryError, StoreError
from graph.results import Result
from graph.server import answers
from graph.server.elsewhere import Elsewhere
from graph.server.limits import Limits
from graph.server.lookups import JSON
from graph.server.pool import Answer, Pool
from graph.server.refusal import Refusal
from graph.server.snapshots import Snapshot, Snapshots, State
from graph.server.worker import Question
from graph.store import Store

if TYPE_CHECKING:
    from graph.remote import RemoteStore

T = TypeVar("T")
EVERY, CALM, PATIENCE = 1.0, 4.0, 10.0
log = logging.getLogger("whodid.server")
_N_TRIPLES = "application/n-triples"


class Reader:
    """Reads the snapshot that is served now; made by ``application``. ``followers`` are told of each that comes."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.pool = Pool(limits)
        self.snapshot: State | None = None
        self.followers: list[Callable[[Snapshot], Awaitable[None]]] = []
        self._snapshots: Snapshots | None = None
        self._watch: asyncio.Task[None] | None = None
        self._one = asyncio.Lock()

    @property
    def now(self) -> State:
        assert self.snapshot is not None, "the application has not been started"
        return self.snapshot

    @property
    def version(self) -> str:
        """A token of the state that is served: it changes whenever what is served does."""
        return self.now.version

    @property
    def base(self) -> str:
        """What the IRIs of the store begin with."""
        return self.now.store.base

    def etag(self, *parts: str) -> str:
        """A weak ETag, quotation marks and all, of an answer that follows from ``parts`` and the store's state."""
        return answers.etag(self.version, *parts)

    async def run(self, work: Callable[[Store], T]) -> T:
        """What ``work`` makes of the store, in a thread; only for questions of our own, which are known to be short."""
        with self.now.used() as snapshot:
            return await run_in_threadpool(work, snapshot.store)

    async def query(self, sparql: str, *, rows: int | None = None, client: str = "") -> Result:
        """The answer to a query that anybody may have sent, under the server's limits.

        Raises QueryError where it does not parse, or may not be asked; Refusal (503) where it takes too much.
        """
        most = self.limits.rows if rows is None else rows
        question = Question(sparql, JSON, _N_TRIPLES, rows=most + 1, seconds=self.limits.seconds)
        try:
            answer = await self.pool.ask(question, client)
            content = b"".join([answer.body, *[piece async for piece in answer.rest()]])
        except Refusal as refusal:
            raise QueryError(str(refusal)) if refusal.status == 400 else refusal from None
        return await run_in_threadpool(_result, content, answer.media_type, most)

    def at_once(self, question: Question) -> tuple[str, bytes] | None:
        """The answer to a look-up in JSON, and the version of the state that it is of; None for any other question."""
        return self.pool.at_once(question)

    def put(self, question: Question, client: str) -> Answer:
        """The answer that will be. Raises Refusal."""
        return self.pool.put(question, client)

    async def start(self, snapshots: Snapshots) -> None:
        """Serves what ``snapshots`` takes, now and whenever the store has changed."""
        self._snapshots = snapshots
        await self._begin()
        self._watch = asyncio.create_task(self._follow())

    async def relay(self, store: RemoteStore) -> None:
        """Passes questions on to a store on another server."""
        elsewhere = Elsewhere(store)
        await self.pool.move(elsewhere)
        self.snapshot = elsewhere

    async def _begin(self) -> None:
        """Who is writing just now may hand a state out, or finish, in a while."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while self.snapshot is None:
            try:
                await self.refresh()
            except StoreError:
                if asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(EVERY / 4)

    async def refresh(self) -> bool:
        """Serves the store as it is now; whether that is another state. Raises StoreError while somebody is writing."""
        if self._snapshots is None:
            return False
        async with self._one:
            if self.snapshot is not None and self._snapshots.version() == self.version:
                return False
            fresh, old = await run_in_threadpool(self._snapshots.take), self.snapshot
            await asyncio.gather(self.pool.move(fresh), *(follow(fresh) for follow in self.followers))
            self.snapshot = fresh
            if old:
                old.retire()
            return True

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                if await self.refresh():
                    await asyncio.sleep(CALM)
            except StoreError as error:
                log.debug("the store's next state is not served yet: %s", error)

    async def close(self) -> None:
        """Ends the processes and removes the snapshot."""
        if self._watch:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self.pool.close()
        if self.snapshot:
            self.snapshot.retire()


def _result(content: bytes, media_type: str, rows: int) -> Result:
    if media_type == _N_TRIPLES:
        triples = [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)]
        found = [tuple(map(from_ox, (t.subject, t.predicate, t.object))) for t in triples]
        names: tuple[str, ...] = ("subject", "predicate", "object")
        return Result(names, tuple(found[:rows]), triples=True, cut=len(found) > rows)
    parsed = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if isinstance(parsed, ox.QueryBoolean):
        return Result(("answer",), truth=bool(parsed))
    names = tuple(variable.value for variable in parsed.variables)
    found = [tuple(from_ox(row[i]) for i in range(len(names))) for row in parsed]
    return Result(names, tuple(found[:rows]), cut=len(found) > rows)
