"""A store on another server, served: what takes a snapshot's place."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from graph.server.worker import LENGTH

if TYPE_CHECKING:
    from graph.remote import RemoteStore

EVERY = 5


class Elsewhere:
    """Whatever the other server holds. Nobody tells when that changes: it is a new state every five seconds.

    A process that answers from it is greeted with where the server is, and tells of failures on standard error.
    """

    quads, tells = None, True

    def __init__(self, store: RemoteStore) -> None:
        self.store = store
        server = pickle.dumps(store.server)
        self.greeting = LENGTH.pack(len(server)) + server

    @property
    def version(self) -> str:
        return f"elsewhere-{int(time.time()) // EVERY}"

    def command(self, fd: int, memory: int) -> list[str]:
        """What starts a process that passes questions on, from a socket, within so many bytes."""
        return ["graph.server.relay", str(fd), str(memory)]

    @contextmanager
    def used(self) -> Iterator[Elsewhere]:
        yield self

    def retire(self) -> None:
        self.store.close()
