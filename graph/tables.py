"""The frames as tables of DuckDB, put there when a question first names them, until the store changes.

What is kept beside a large store is read where it lies, column by column; else a table is in memory. Questions come
from strangers: one SELECT is answered, and no other file, nor the network, can be reached.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph import frames, keeping
from graph.errors import QueryError

if TYPE_CHECKING:
    from graph.store import Store

_SETTINGS = {
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
    "memory_limit": "4GB",
}
_PATTERN = re.compile(r"[*?\[\]{}]")


class Tables:
    """The frames of one store, to be asked in SQL."""

    def __init__(self, store: Store) -> None:
        self._duckdb = frames.optional("duckdb")
        frames.optional("pyarrow")
        self._store = store
        self._changes = store.changes
        self._shelf = keeping.Shelf(store)
        self._connection = self._connected()
        self._loaded: set[str] = set()

    def _connected(self) -> Any:
        """A connection that reads the frames that are, or will be, kept, and no other file."""
        connection = self._duckdb.connect(":memory:", config=_SETTINGS)
        if folder := self._shelf.folder:
            connection.execute(f"SET allowed_directories = [{_quoted(folder.parent)}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        return connection

    def stale(self, store: Store) -> bool:
        """True where the store has changed, or may have, since these tables were begun."""
        return store is not self._store or store.changes is None or store.changes != self._changes

    def answer(self, question: str, seconds: float | None = None) -> Any:
        """One SELECT's answer as a pandas frame. Raises QueryError, with DuckDB's words, where there is none."""
        self._check(question)
        self._make(question)
        timer = threading.Timer(seconds, self._connection.interrupt) if seconds else None
        try:
            if timer:
                timer.start()
            return self._connection.execute(question).df()
        except self._duckdb.InterruptException:
            raise QueryError(f"the question was given up after {seconds:g} seconds; ask for less") from None
        except self._duckdb.Error as error:
            raise QueryError(f"{error}\nThe tables: {', '.join(frames.columns())}") from None
        finally:
            if timer:
                timer.cancel()

    def _check(self, question: str) -> None:
        try:
            asked = self._duckdb.extract_statements(question)
        except self._duckdb.Error as error:
            raise QueryError(f"the question does not parse: {error}") from None
        if len(asked) != 1 or asked[0].type != self._duckdb.StatementType.SELECT:
            raise QueryError("one SELECT is answered; the tables are made from the graph, and are not to be changed")

    def _make(self, question: str) -> None:
        words = {word.lower() for word in re.findall(r"\w+", question)}
        missing = [name for name in frames.columns() if name in words and name not in self._loaded]
        made = frames.frames(self._store, [name for name in missing if not self._file(name)])
        for name in missing:
            if file := self._file(name):
                self._view(name, file)
            else:
                self._table(name, made[name] if name in made else frames.frame(self._store, name))

    def _file(self, name: str) -> Path | None:
        """Where DuckDB can read a frame; a path that looks like a pattern it would take for one."""
        file = self._shelf.file(name)
        return file if file and not _PATTERN.search(str(file)) else None

    def _view(self, name: str, file: Path) -> None:
        read = f"read_parquet({_quoted(file)}, hive_partitioning = false)"
        self._connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM {read}")

    def _table(self, name: str, found: Any) -> None:
        self._connection.register("incoming", frames.arrow(found))
        self._connection.execute(f"DROP VIEW IF EXISTS {name}")
        self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
        self._connection.unregister("incoming")
        self._loaded.add(name)


def _quoted(path: Path) -> str:
    return "'{}'".format(str(path).replace("'", "''"))
