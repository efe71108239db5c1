"""The frames as tables of an in-memory DuckDB, made when a question first names them, and kept until the store changes.

Questions come from strangers: one SELECT is answered, and neither files nor the network can be reached.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

from graph import frames
from graph.errors import QueryError

if TYPE_CHECKING:
    from graph.store import Store

_SETTINGS = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
    "memory_limit": "4GB",
}


class Tables:
    """The frames of one store, to be asked in SQL."""

    def __init__(self, store: Store) -> None:
        self._duckdb = frames.optional("duckdb")
        frames.optional("pyarrow")
        self._store = store
        self._changes = store.changes
        self._connection = self._duckdb.connect(":memory:", config=_SETTINGS)
        self._connection.execute("SET lock_configuration = true")
        self._made: set[str] = set()

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
        missing = [name for name in frames.columns() if name in words and name not in self._made]
        for name, found in frames.frames(self._store, missing).items():
            self._connection.register("incoming", frames.arrow(found))
            self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")
            self._connection.unregister("incoming")
            self._made.add(name)
