"""Where a SPARQL server is and how to speak to it: an address, or a table of a TOML file -> Server.

``http://host/sparql`` is enough for a server that asks for no password and keeps to its usual addresses. All else is
said in a file: ``stores.toml``, or ``stores.toml#name`` where it has several tables. Secrets stand in environment
variables that the file names, never in the file or an address.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args
from typing import Literal as OneOf
from urllib.parse import urlsplit

from graph.errors import UsageError

DefaultGraph = OneOf["auto", "union", "parameter", "listed"]
Authentication = OneOf["none", "basic", "digest", "bearer"]
DialectName = OneOf["auto", "standard", "virtuoso"]
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Server:
    """A SPARQL 1.1 server. ``update`` and ``graph_store`` are empty where nothing was said of them, ``-`` for none.

    ``default_graph`` says what a query sees outside GRAPH: all graphs (``union``); nothing, unless the parameter
    ``union-default-graph`` is sent (``parameter``) or all graphs are listed (``listed``); ``auto`` finds out. ``batch``
    is the number of triples in one update where there is no graph store, ``timeout`` the seconds for an answer.
    """

    query: str
    update: str = ""
    graph_store: str = ""
    default_graph: DefaultGraph = "auto"
    dialect: DialectName = "auto"
    authentication: Authentication = "none"
    user: str = ""
    secret: str = field(default="", repr=False)
    batch: int = 10_000
    timeout: float = 60.0

    @property
    def name(self) -> str:
        """Host and port, for people."""
        return urlsplit(self.query).netloc


def is_server(where: str | os.PathLike[str] | None) -> bool:
    """True for what names a server: a web address, or a TOML file with or without ``#name``."""
    text = "" if where is None else os.fspath(where)
    return text.lower().startswith(_WEB) or text.partition("#")[0].endswith(".toml")


def server(where: str | os.PathLike[str]) -> Server:
    """The server at an address, or in a TOML file. Raises UsageError where that cannot be, or lacks something."""
    text = os.fspath(where)
    if text.lower().startswith(_WEB):
        return Server(_address(text, "the address"))
    path, _, name = text.partition("#")
    tables = _tables(Path(path))
    if not name and len(tables) != 1:
        raise UsageError(f"{path} describes {len(tables)} stores; say which, as {path}#{next(iter(tables), 'name')}")
    chosen = name or next(iter(tables))
    if chosen not in tables:
        raise UsageError(f"{path} describes no store {chosen!r}; it has {', '.join(tables) or 'none'}")
    return _read(tables[chosen], f"{path}, [{chosen}]")


def _tables(path: Path) -> dict[str, Mapping[str, Any]]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}; it would say where a store's server is") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    loose = [key for key, value in found.items() if not isinstance(value, dict)]
    if loose:
        raise UsageError(f"{path}: {', '.join(loose)} stands outside a table; each store is a table, such as [library]")
    return found


_TEXTS = ("query", "update", "graph-store", "user", "secret")
_CHOICES = {"default-graph": DefaultGraph, "dialect": DialectName, "authentication": Authentication}
_FIGURES = {"batch": int, "timeout": float}
_KEYS = (*_TEXTS, *_CHOICES, *_FIGURES)


def _read(table: Mapping[str, Any], place: str) -> Server:
    unknown = sorted(table.keys() - set(_KEYS))
    if unknown:
        raise UsageError(f"{place}: unknown {', '.join(unknown)}; known: {', '.join(_KEYS)}")
    if "query" not in table:
        raise UsageError(f'{place}: it lacks query, the address that answers SPARQL, as "https://host/sparql"')
    values: dict[str, Any] = {key.replace("-", "_"): _value(key, value, place) for key, value in table.items()}
    return _with_secret(Server(**values), place)


def _value(key: str, value: object, place: str) -> object:
    if key in _CHOICES:
        known = get_args(_CHOICES[key])
        if value not in known:
            raise UsageError(f"{place}: {key} = {value!r} is none of {', '.join(known)}")
        return value
    if key in _FIGURES:
        kinds = int if _FIGURES[key] is int else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not 0 < value < 1e9:
            raise UsageError(f"{place}: {key} = {value!r} is no number above 0")
        return value
    if not isinstance(value, str) or not value:
        raise UsageError(f"{place}: {key} must be words in quotation marks")
    return value if key in ("user", "secret") or value == "-" else _address(value, f"{place}: {key}")


def _with_secret(found: Server, place: str) -> Server:
    """The secret itself in the place of the name of its environment variable."""
    if found.authentication == "none":
        if found.user or found.secret:
            raise UsageError(f"{place}: user and secret need authentication = basic, digest or bearer")
        return found
    if not found.secret or (found.authentication != "bearer" and not found.user):
        needed = "secret" if found.authentication == "bearer" else "user and secret"
        raise UsageError(f"{place}: authentication = {found.authentication!r} needs {needed}")
    secret = os.environ.get(found.secret)
    if not secret:
        raise UsageError(f"{place}: the environment variable {found.secret} is not set; it must hold the secret")
    return replace(found, secret=secret)


def _address(text: str, what: str) -> str:
    """``text`` if it is a web address without a password in it, which is never shown."""
    try:
        parts = urlsplit(text)
        whole = bool(parts.hostname) and parts.scheme.lower() in ("http", "https") and parts.port != 0
    except ValueError:
        raise UsageError(f"{what} is no web address") from None
    if parts.username or parts.password:
        raise UsageError(
            f"{what} has a user or password in it; put them into a TOML file, the password by the name of an "
            "environment variable"
        )
    if not whole or re.search(r"[\x00-\x20\x7f]", text):
        raise UsageError(f"{what} {text!r} is no web address; one looks like https://host/sparql")
    if parts.fragment:
        raise UsageError(f"{what} {text!r} has a # in it, which no server sees")
    return text


@dataclass(frozen=True, slots=True)
class _Habit:
    """Where servers of one make keep what lies beside the query address."""

    software: str
    query: str
    update: str
    graph_store: str
    secret: bool = False


_HABITS = (
    _Habit("virtuoso", r"(.*)/sparql(?:-auth)?", r"\1/sparql-auth", r"\1/sparql-graph-crud-auth", secret=True),
    _Habit("virtuoso", r"(.*)/sparql", r"\1/sparql", r"\1/sparql-graph-crud"),
    _Habit("oxigraph", r"(.*)/query", r"\1/update", r"\1/store"),
    _Habit("fuseki", r"(.*)/(?:query|sparql)", r"\1/update", r"\1/data"),
    _Habit("", r"(.*/repositories/[^/]+)", r"\1/statements", r"\1/rdf-graphs/service"),
)


def completed(found: Server, software: str) -> Server:
    """The server with the addresses that were not said, as servers of its make have them.

    ``software`` is what it calls itself. Without a habit known, updates go to the query address, article by article.
    """
    for habit in _HABITS:
        match = re.fullmatch(habit.query, found.query)
        fits = habit.software in software.lower() and (not habit.secret or found.authentication != "none")
        if match and fits:
            graph_store = found.graph_store or match.expand(habit.graph_store)
            return replace(found, update=found.update or match.expand(habit.update), graph_store=graph_store)
    return replace(found, update=found.update or found.query, graph_store=found.graph_store or "-")
