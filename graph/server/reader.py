"""What pages and the endpoint ask: the state of the store that is served now."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from graph.results import Result
from graph.server.limits import Limits
from graph.server.snapshots import Snapshot
from graph.store import Store

T = TypeVar("T")


class Reader:
    """Reads the snapshot that is served now; made by ``application``."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.snapshot: Snapshot | None = None

    @property
    def now(self) -> Snapshot:
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
        return f'W/"{sha256(chr(0).join((self.version, *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'

    async def run(self, work: Callable[[Store], T]) -> T:
        """What ``work`` makes of the store, in a thread; only for questions of our own, which are known to be short."""
        with self.now.used() as snapshot:
            return await run_in_threadpool(work, snapshot.store)

    async def query(self, sparql: str, *, rows: int | None = None) -> Result:
        """The answer to a query that anybody may have sent, under the server's limits. Raises QueryError."""
        seconds = self.limits.seconds
        return await self.run(lambda store: store.query(sparql, seconds=seconds, rows=rows))
