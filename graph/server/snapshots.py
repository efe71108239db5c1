"""What is served is a snapshot: hard links to the store's files, made in a moment, so that others can write meanwhile.

A store that is being written is not touched; its next state is served as soon as the writer has finished.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from graph import store
from graph.errors import StoreError
from graph.rdf import tool_version
from graph.server.elsewhere import Elsewhere
from graph.store import Embedded, Store
from graph.vocabulary import PREFIXES

PREFIX = "serving-"


class Snapshot:
    """One state of the store, open for reading. It is removed when it has been retired and nobody uses it any more."""

    greeting, tells = b"", False

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder
        self.version = version
        self.store: Store = store.open(folder, write=False)
        self.quads = ox.Store.read_only(str(folder / "quads"))
        self._users = 0
        self._retired = False
        self._counting = threading.Lock()

    def command(self, fd: int, memory: int) -> list[str]:
        """What starts a process that answers from it, to a socket, within so many bytes."""
        prefixes = [f"{prefix}={iri}" for prefix, iri in PREFIXES.items()]
        return ["graph.server.worker", str(fd), str(self.folder / "quads"), str(memory), *prefixes]

    @contextmanager
    def used(self) -> Iterator[Snapshot]:
        """Keeps the snapshot where it is for so long."""
        with self._counting:
            self._users += 1
        try:
            yield self
        finally:
            with self._counting:
                self._users -= 1
            self._leave()

    def retire(self) -> None:
        """Another state is served from now on."""
        self._retired = True
        self._leave()

    def _leave(self) -> None:
        if self._retired and not self._users:
            self.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)


State = Snapshot | Elsewhere


class Snapshots:
    """Takes snapshots of the store in ``source``, and keeps them in a folder within it that ends with this object."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self._taken = 0
        self._wanted: Path | None = None
        if not (source / "store.json").exists():
            store.open(source, write=False).close()  # which says what is wrong
        _clear_abandoned(source)
        self.home = source / f"{PREFIX}{os.getpid()}"
        try:
            self.home.mkdir(exist_ok=True)
            self._lock = (self.home / "lock").open("w")
        except OSError as error:
            raise StoreError(f"the store {source} cannot be served: its folder is not writable ({error})") from error
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def version(self) -> str:
        """A token of the store's state: the same for the same files."""
        return _version(self.source)

    def take(self) -> Snapshot:
        """The state of now; while somebody is writing, the last state that was handed out.

        Raises StoreError where there is none; the next is asked for.
        """
        try:
            with store.open(self.source, write=False) as opened:
                version, folder = self.version(), self._next()
                assert isinstance(opened, Embedded)
                opened.backup(folder)
            return Snapshot(folder, version)
        except StoreError:
            if not self._wanted or not self._wanted.exists():
                self._ask()
                raise
        handed, self._wanted = self._wanted, None
        return Snapshot(handed, _version(handed))

    def _ask(self) -> None:
        """Who writes looks for this file when it has written some articles."""
        if self._wanted is None:
            self._wanted = self._next()
            (self.home / "wanted").write_text(self._wanted.name, "ascii")

    def _next(self) -> Path:
        self._taken += 1
        return self.home / str(self._taken)

    def close(self) -> None:
        """Removes the folder with all that is in it."""
        shutil.rmtree(self.home, ignore_errors=True)
        self._lock.close()


def _version(source: Path) -> str:
    lines = [tool_version()]
    for entry in os.scandir(source / "quads"):
        if not entry.name.startswith(("LOG", "LOCK", "OPTIONS", "IDENTITY")):
            with suppress(FileNotFoundError):
                status = entry.stat()
                lines.append(f"{entry.name} {status.st_size} {status.st_mtime_ns}")
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def _clear_abandoned(source: Path) -> None:
    """Removes what servers left that were killed: their lock is free."""
    for folder in source.glob(f"{PREFIX}*"):
        with suppress(OSError), (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
