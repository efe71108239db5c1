"""The graph on the web: a SPARQL endpoint, and a page for each thing that the graph names."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from graph import store
from graph.knowledge import KnowledgeGraph
from graph.server import pages
from graph.server.limits import Limits
from graph.server.reader import Reader
from graph.server.snapshots import Snapshots

__all__ = ["Limits", "Reader", "application"]


def application(source: str | os.PathLike[str] | KnowledgeGraph, *, limits: Limits | None = None) -> Starlette:
    """An ASGI application that serves the store ``source``: a folder, or a graph that is open.

    A graph in memory is served as it is when the application starts. ``app.state.reader`` reads what is served.
    """
    reader = Reader(limits or Limits())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with tempfile.TemporaryDirectory(prefix="whodid-") as beside:
            snapshots = Snapshots(_folder(source, Path(beside) / "store"))
            reader.snapshot = snapshots.take()
            try:
                yield
            finally:
                reader.snapshot.retire()
                snapshots.close()

    app = Starlette(routes=pages.routes(reader), lifespan=lifespan)
    app.state.reader = reader
    return app


def _folder(source: str | os.PathLike[str] | KnowledgeGraph, beside: Path) -> Path:
    if not isinstance(source, KnowledgeGraph):
        return Path(source)
    if source.store.folder is not None:
        return source.store.folder
    with store.open(beside, base=source.store.base) as copy:
        for name in source.store.graphs():
            copy.add(name, source.store.quads(name))
    return beside
