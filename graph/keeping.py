"""Frames kept beside a large store, so that each is made once for each state of it: Parquet files in its folder.

``tables/STATE-VERSION/events.parquet``: what is of another state of the store, or of another version of the frames, is
not looked at, and who keeps a frame sweeps out what is of other states. A file is put in its place whole or not at all.
What cannot be written is not kept, and what cannot be read is made anew, without a word.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from graph.rdf import tool_version
from graph.store import TABLES

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]

    from graph.store import Store

LARGE = 100_000_000
"""Bytes of a store whose frames are kept: some 400,000 quads, of which the events take half a second to be made."""
_VERSION = b"whodid"


class Shelf:
    """The place of a store's frames, as the store is now; there is none in small stores, in memory, and on servers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changes = store.changes

    @property
    def folder(self) -> Path | None:
        """Where the frames of this state are; None where none are kept, or the store has been written to."""
        state = self._store.state() if find_spec("pyarrow") else None
        if self._store.folder is None or state is None or state.bytes < LARGE or self._store.changes != self._changes:
            return None
        return self._store.folder.absolute() / TABLES / f"{state.token}-{_version()}"

    def file(self, name: str) -> Path | None:
        """The file of a frame, where it is kept and whole."""
        import pyarrow as pa
        from pyarrow import parquet

        folder = self.folder
        with suppress(OSError, pa.ArrowException):
            if folder and parquet.read_schema(folder / f"{name}.parquet").metadata.get(_VERSION) == _version().encode():
                return folder / f"{name}.parquet"
        return None

    def table(self, name: str) -> pa.Table | None:
        """A frame that is kept."""
        if (path := self.file(name)) is None:
            return None
        import pyarrow as pa
        from pyarrow import parquet

        with suppress(OSError, pa.ArrowException):
            return parquet.read_table(path, page_checksum_verification=True)
        return None

    def keep(self, name: str, table: Callable[[], pa.Table]) -> None:
        """Keeps a frame that was made since this object was, unless the store has been written to meanwhile."""
        if self.folder is None or self._store.settle() is None or (folder := self.folder) is None:
            return
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            _write_whole(folder / f"{name}.parquet", table().replace_schema_metadata({_VERSION: _version()}))


def _write_whole(path: Path, table: pa.Table) -> None:
    from pyarrow import parquet

    beside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.new")
    try:
        parquet.write_table(table, beside, write_page_checksum=True)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Removes what is of other states: who holds the store open holds it in this one."""
    state = folder.name.partition("-")[0]
    for other in folder.parent.iterdir():
        if not other.name.startswith(f"{state}-"):
            shutil.rmtree(other, ignore_errors=True)


@cache
def _version() -> str:
    """What else a frame follows from: this version, and the columns that frames have."""
    columns = (resources.files("graph") / "frames.tsv").read_bytes()
    return sha256(tool_version().encode() + columns).hexdigest()[:16]
