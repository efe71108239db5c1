"""The store: one named graph per article, on disk or in memory, behind pyoxigraph.

A store on disk is a folder: ``store.json`` (its format and base IRI), ``lock``, and ``quads/``, which is Oxigraph's;
if it is large, ``tables/`` holds frames that were made of it (``keeping``).
One process writes, or any number read. Adding and removing are transactions: after a kill at any moment the store opens
again with each article in whole or not at all.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Any, Self

import pyoxigraph as ox
import rdflib

from graph import safety
from graph.addresses import is_server
from graph.answering import (
    Quad,
    Question,
    answer,
    answer_csv,
    answer_in_process,
    answer_in_thread,
    from_ox_quad,
    to_ox_quad,
)
from graph.errors import StoreError, UsageError
from graph.results import Result
from graph.vocabulary import DEFAULT_BASE, PREFIXES, base_iri, bind_prefixes, ontology_file, slug

try:
    import fcntl
except ImportError:  # Windows: Oxigraph's own lock still keeps a second writer out
    fcntl = None  # type: ignore[assignment]

FORMAT = 1
_CHOOSES = re.compile(r"(?<![?$\w])FROM\b", re.IGNORECASE)
READING = 1.0
"""Seconds that a writer waits for readers, such as a server that takes a snapshot."""
TABLES = "tables"
"""The folder of what is made of a state of the store; each is in a folder whose name begins with the state's token."""
ONTOLOGY = ox.NamedNode("https://w3id.org/whodid/ontology")
DESCRIPTION = "https://w3id.org/whodid/store"
"""The graph, and in it the node, that says on a server and in files what ``store.json`` says in a folder."""
SPACE = "http://rdfs.org/ns/void#uriSpace"
VERSION = "https://schema.org/version"
FORMATS: dict[str, ox.RdfFormat] = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}

ENDINGS = (".nq", ".trig", ".ttl", ".nt", ".jsonld", ".rdf")


def open(path: str | os.PathLike[str] | None = None, *, base: str | None = None, write: bool = True) -> Store:
    """The store in the folder ``path``, made if it is missing; without a path, an empty one in memory.

    ``path`` may be the address of a SPARQL server, or a TOML file that describes one (docs/stores.md). ``base`` is what
    the IRIs of a new store begin with. Open with ``write=False`` what is only read: nothing is made then, a store that
    is missing is an error, and others may read beside you.
    Raises StoreError if the folder is not a store, is of another format or base, or is in use.
    """
    base = base and base_iri(base)
    if is_server(path):
        from graph import remote

        return remote.open(path or "", base, write)
    if path is None:
        inner = ox.Store()
        _with_ontology(inner)
        return Embedded(inner, base=base or DEFAULT_BASE)
    folder = Path(path)
    if not write:
        _described(folder)
    else:
        _made(folder)
    lock = _Lock(folder, write)
    try:
        return _opened(folder, base, write, lock)
    except BaseException:
        lock.release()
        raise


def _opened(folder: Path, base: str | None, write: bool, lock: _Lock) -> Embedded:
    quads = folder / "quads"
    state = _state(quads)
    try:
        inner = ox.Store(str(quads)) if write else ox.Store.read_only(str(quads))
        if write and _with_ontology(inner):
            state = None
    except OSError as error:
        raise StoreError(f"the store {folder} cannot be opened: {error}") from error
    if write and not (folder / "store.json").exists():
        _write_whole(folder / "store.json", json.dumps({"format": FORMAT, "base": base or DEFAULT_BASE}))
    described = _described(folder)
    if base and base != described["base"]:
        raise StoreError(f"the store {folder} was made with the base {described['base']}, not {base}; leave --base out")
    return Embedded(inner, base=described["base"], folder=folder, lock=lock, writes=write, state=state)


def _with_ontology(quads: ox.Store) -> bool:
    """Makes this version's ontology one of the named graphs, for labels and subclasses; whether it was not there."""
    new = ontology_quads()
    if new == set(quads.quads_for_pattern(None, None, None, ONTOLOGY)):
        return False
    quads.remove_graph(ONTOLOGY)
    quads.extend(sorted(new, key=str))
    return True


def ontology_quads() -> set[ox.Quad]:
    """This version's ontology, in its graph."""
    return {
        ox.Quad(quad.subject, quad.predicate, quad.object, ONTOLOGY)
        for quad in ox.parse(path=str(ontology_file()), format=ox.RdfFormat.TURTLE)
    }


def description(base: str) -> list[ox.Triple]:
    """What says of a store what its IRIs begin with, in its graph ``DESCRIPTION``."""
    node = ox.NamedNode(DESCRIPTION)
    said = {SPACE: base, VERSION: str(FORMAT)}
    return [ox.Triple(node, ox.NamedNode(link), ox.Literal(value)) for link, value in said.items()]


def _made(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder} is a file; a store is a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = {p.name for p in folder.iterdir()} - {"lock", "quads"}
    except OSError as error:
        raise StoreError(f"the store {folder} cannot be made or read: {error.strerror}") from error
    if foreign:
        _described(folder)


def _described(folder: Path) -> dict[str, Any]:
    """What ``store.json`` says. Raises StoreError where there is none, or one of another format."""
    if not folder.exists():
        raise StoreError(f"there is no store {folder}; `whodid build PATHS --store {folder}` makes one")
    try:
        found = json.loads((folder / "store.json").read_text("utf-8"))
        version, _ = found["format"], found["base"]
    except FileNotFoundError:
        raise StoreError(f"{folder} is not a whodid store: it has no store.json") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{folder} is not a whodid store: its store.json cannot be read ({error})") from error
    if version != FORMAT:
        raise StoreError(
            f"the store {folder} has format {version}, and this whodid reads format {FORMAT}: "
            "export it as N-Quads with the version that wrote it, or build it again from the articles"
        )
    return dict(found)


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text, "utf-8")
    os.replace(beside, path)


def _chooses(sparql: str) -> bool:
    """Whether FROM may stand in the query; the expression by itself takes a hundred times as long to say that not."""
    return "FROM" in sparql.upper() and _CHOOSES.search(sparql) is not None


class _Lock:
    """Held while a store is open: shared by readers, alone by a writer. The system frees it when its process dies."""

    def __init__(self, folder: Path, write: bool) -> None:
        self._file: IO[str] | None = None
        if fcntl is None:
            return
        try:
            self._file = (folder / "lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise StoreError(f"the store {folder} cannot be opened: {error.strerror}") from error
        until = time.monotonic() + (READING if write else 0)
        while not self._taken(write):
            if time.monotonic() >= until or self._signed():
                raise StoreError(self._in_use(folder))
            time.sleep(0.02)
        if write:
            self._sign(f"{os.getpid()} {' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])[:100]}")

    def _taken(self, write: bool) -> bool:
        assert self._file is not None
        try:
            fcntl.flock(self._file, (fcntl.LOCK_EX if write else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _signed(self) -> str:
        """Who is writing, where somebody is."""
        assert self._file is not None
        self._file.seek(0)
        return self._file.read()

    def _in_use(self, folder: Path) -> str:
        assert self._file is not None
        pid, _, command = self._signed().partition(" ")
        self._file.close()
        who = f"process {pid} ({command.strip()}) is writing to it" if pid else "another process is reading it"
        return f"the store {folder} is in use: {who}; wait until it has finished, or work on a copy of the folder"

    def _sign(self, text: str) -> None:
        assert self._file is not None
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()

    def release(self) -> None:
        if self._file is not None and not self._file.closed:
            with suppress(OSError):
                self._sign("")
            self._file.close()


@dataclass(frozen=True, slots=True)
class State:
    """What a store on disk holds, by its files: with the same ``token`` the same quads. ``bytes`` is their size."""

    token: str
    bytes: int


def _state(quads: Path) -> State | None:
    """The state of Oxigraph's folder, which never writes to a finished file again, nor uses its number twice.

    Logs hold what is not yet in tables; an empty one is made whenever somebody opens the folder. None where there is no
    folder, or no lock that keeps writers out.
    """
    if fcntl is None or not quads.is_dir():
        return None
    found = []
    for entry in os.scandir(quads):
        with suppress(FileNotFoundError):
            status = entry.stat()
            if entry.name.endswith(".sst") or (entry.name.endswith(".log") and status.st_size):
                found.append((entry.name, status.st_size, status.st_mtime_ns))
    return State(sha256(repr(sorted(found)).encode()).hexdigest()[:16], sum(size for _, size, _ in found))


class Store(ABC):
    """An open store, here or on a server; made by ``open``. Terms that go in and come out are rdflib's.

    ``base`` is what its IRIs begin with, ``folder`` where it lies on disk, if it does, ``where`` that place in words.
    ``changes`` grows with what is written to it since it was opened; None where others may write to it as well.
    """

    base: str
    folder: Path | None = None
    where: str
    changes: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    @abstractmethod
    def __len__(self) -> int: ...

    def state(self) -> State | None:
        """What it holds now; None where that cannot be told, as in memory, on a server, or if others have written."""
        return None

    def settle(self) -> State | None:
        """What ``state`` will be when it is next opened, if nothing else happens to it."""
        return self.state()

    @abstractmethod
    def close(self) -> None:
        """Writes what is still in memory and lets others in."""

    @abstractmethod
    def add(self, graph: str, quads: Iterable[Quad]) -> bool:
        """Puts ``quads``, all of the named graph ``graph``, in the place of what it held; whether anything changed.

        Broken off in the middle, the graph is there in whole or not at all. Raises ValueError for a quad of another
        graph, StoreError where it cannot be written.
        """

    @abstractmethod
    def remove(self, graph: str) -> bool:
        """Takes a named graph out; whether it was there."""

    @abstractmethod
    def flush(self) -> None:
        """Waits until all that was written is safe."""

    @abstractmethod
    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads of one named graph, or all."""

    @abstractmethod
    def size(self, graph: str) -> int:
        """How many quads a named graph has."""

    @abstractmethod
    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted."""

    @abstractmethod
    def query(self, sparql: str, *, seconds: float | None = None, rows: int | None = None) -> Result:
        """The answer to a SPARQL query over all graphs together (GRAPH and FROM choose some of them).

        It is given up after ``seconds``, and at most ``rows`` rows are given. Raises QueryError where the query does
        not parse, would write or fetch, or runs out of time.
        """

    def csv(self, sparql: str) -> bytes:
        """The answer to a SELECT as SPARQL 1.1 Query Results CSV, for tables that are too long for rows of terms.

        Raises QueryError where ``query`` would.
        """
        return self.query(sparql).csv().encode()

    @abstractmethod
    def export(self, format: str, to: str | os.PathLike[str] | IO[bytes] | None = None) -> bytes | None:
        """All quads in ``nq``, ``trig``, ``jsonld``, or triples in ``ttl``, ``nt``, ``rdfxml``; to a file, or returned.

        The same quads give the same bytes. Raises UsageError for another format.
        """

    @abstractmethod
    def load(self, path: str | os.PathLike[str]) -> None:
        """Adds an RDF file (.nq, .trig, .ttl, .nt, .jsonld, .rdf); triples go into a graph named after the file.

        Raises StoreError if the file cannot be read or parsed.
        """

    @property
    def dataset(self) -> rdflib.Dataset:
        """A copy of the quads as a new rdflib Dataset whose default graph is the union, with the prefixes bound."""
        found = rdflib.Dataset(default_union=True)
        bind_prefixes(found)
        found.addN((s, p, o, found.graph(rdflib.URIRef(str(g)))) for s, p, o, g in self.quads())
        return found


def exported(quads: Iterable[Quad], format: str, to: str | os.PathLike[str] | IO[bytes] | None) -> bytes | None:
    """The quads in one of FORMATS, sorted, to a file or returned. Raises UsageError for another format."""
    ordered = ox.Store()
    ordered.extend(sorted(map(to_ox_quad, quads), key=str))
    return _written(ordered, format, to)


def _written(quads: ox.Store, format: str, to: str | os.PathLike[str] | IO[bytes] | None) -> bytes | None:
    """On disk the order follows from the quads alone; in memory it is the order of adding."""
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; known: {', '.join(FORMATS)}")
    kind, target = FORMATS[format], os.fspath(to) if isinstance(to, str | os.PathLike) else to
    if kind.supports_datasets:
        return quads.dump(target, kind, prefixes=PREFIXES)
    triples = sorted({quad.triple for quad in quads}, key=str)
    return ox.serialize(triples, target, kind, prefixes=PREFIXES)


def parsed_file(file: Path, base: str) -> Iterator[ox.Quad]:
    """The quads of an RDF file but a store's description; its triples in a graph named after the file.

    Raises StoreError where it cannot be read or parsed.
    """
    if file.suffix not in ENDINGS:
        raise StoreError(f"{file}: its ending is none of {' '.join(ENDINGS)}")
    kind = ox.RdfFormat.from_extension(file.suffix.removeprefix("."))
    graph = ox.NamedNode(f"{base}graph/file/{slug(file.name)}")
    try:
        for quad in ox.parse(path=str(file), format=kind):
            if isinstance(quad.graph_name, ox.DefaultGraph):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
            elif str(quad.graph_name) != f"<{DESCRIPTION}>":
                yield quad
    except SyntaxError as error:
        raise StoreError(f"{file} does not parse: {error}") from error
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror or error}") from error


class Embedded(Store):
    """A store on disk or in memory, inside this process."""

    changes: int

    def __init__(
        self,
        quads: ox.Store,
        *,
        base: str,
        folder: Path | None = None,
        lock: _Lock | None = None,
        writes: bool = True,
        state: State | None = None,
    ) -> None:
        self._quads = quads
        self._writes = writes
        self._lock = lock
        self.base = base
        self.folder = folder
        self.where = str(folder or "in memory")
        self.changes = 0
        self._state = state
        self._state_of = 0

    def __len__(self) -> int:
        return len(self._quads)

    def state(self) -> State | None:
        """What it holds now; None in memory, and where the files are no longer those that were opened for reading.

        Oxigraph puts its files in order while a writer has them open: while nothing is written, the state is the same.
        """
        if not self._writes:
            return self._state if self._state == self._now() else None
        return self._state if self._state and self._state_of == self.changes else self.settle()

    def settle(self) -> State | None:
        """What ``state`` will be when it is next opened: as the files are now. What was made of it moves along."""
        if not self._writes:
            return self.state()
        now = self._now()
        if now and self._state and self._state_of == self.changes:
            self._move(self._state.token, now.token)
        self._state, self._state_of = now, self.changes
        return now

    def _move(self, old: str, new: str) -> None:
        assert self.folder is not None
        for tables in (self.folder / TABLES).glob(f"{old}-*") if old != new else ():
            with suppress(OSError):
                tables.rename(tables.with_name(f"{new}-{tables.name.partition('-')[2]}"))

    def _now(self) -> State | None:
        return None if self.folder is None else _state(self.folder / "quads")

    def close(self) -> None:
        """Writes what is still in memory to disk and lets other processes in."""
        if self._lock:
            with suppress(OSError, RuntimeError):
                self._quads.flush()
            del self._quads
            if self._writes:
                self.settle()
            self._lock.release()
            self._lock = None

    def add(self, graph: str, quads: Iterable[Quad]) -> bool:
        """Puts ``quads``, all of the named graph ``graph``, in the place of what it held; whether anything changed.

        One transaction: killed in the middle, the graph is as it was. Raises ValueError for a quad of another graph.
        """
        name = ox.NamedNode(graph)
        new = {to_ox_quad(quad) for quad in quads}
        if any(quad.graph_name != name for quad in new):
            raise ValueError(f"every quad must be of the graph {graph}")
        old = set(self._quads.quads_for_pattern(None, None, None, name))
        if new == old:
            return False
        if old:
            self._replace(name, new)
        else:
            self._write(lambda: self._quads.extend(sorted(new, key=str)))
        return True

    def _replace(self, name: ox.NamedNode, new: set[ox.Quad]) -> None:
        triples = " .\n".join(sorted(str(quad.triple) for quad in new))
        self._write(
            lambda: self._quads.update(f"DROP SILENT GRAPH {name} ; INSERT DATA {{ GRAPH {name} {{ {triples} }} }}")
        )

    def _write(self, work: Callable[[], None]) -> None:
        self.changes += 1
        try:
            self._on_disk(work)
        finally:
            self.changes += 1

    def _on_disk(self, work: Callable[[], None]) -> None:
        try:
            work()
        except RuntimeError as error:
            raise StoreError(f"the store {self.folder} was opened for reading only") from error
        except OSError as error:
            raise StoreError(f"writing to the store {self.folder or 'in memory'} failed: {error}") from error

    def remove(self, graph: str) -> bool:
        """Takes a named graph out; whether it was there."""
        name = ox.NamedNode(graph)
        if not self._quads.contains_named_graph(name):
            return False
        self._write(lambda: self._quads.remove_graph(name))
        return True

    def update(self, sparql: str) -> None:
        """Carries out a SPARQL update in one transaction, whatever it does: ``safety.check_update`` comes before.

        Raises QueryError where it does not parse.
        """
        try:
            self._write(lambda: self._quads.update(sparql, prefixes=PREFIXES))
        except SyntaxError as error:
            raise safety.syntax_error(sparql, error) from error

    def flush(self) -> None:
        """Waits until all that was written is on disk."""
        if self.folder is not None:
            self._on_disk(self._quads.flush)
            self._hand_out(self.folder)

    def _hand_out(self, folder: Path) -> None:
        """Backups for those who serve the store and ask for one, because the lock of who writes keeps them out."""
        for wanted in sorted(folder.glob("serving-*/wanted")):
            with suppress(OSError, StoreError):
                name = wanted.read_text("ascii")
                self.backup(wanted.parent / f"{name}.new")
                (wanted.parent / f"{name}.new").rename(wanted.parent / name)
                wanted.unlink()

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """The quads of one named graph, or all."""
        name = None if graph is None else ox.NamedNode(graph)
        for quad in self._quads.quads_for_pattern(None, None, None, name):
            yield from_ox_quad(quad)

    def size(self, graph: str) -> int:
        """How many quads a named graph has."""
        return sum(1 for _ in self._quads.quads_for_pattern(None, None, None, ox.NamedNode(graph)))

    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, sorted."""
        return sorted(str(name.value) for name in self._quads.named_graphs())

    def query(self, sparql: str, *, seconds: float | None = None, rows: int | None = None) -> Result:
        """The answer to a SPARQL query over all graphs together (GRAPH and FROM choose some of them).

        After ``seconds`` the query is given up: on disk it runs in a process of its own, which is killed; in memory its
        thread is left to itself. At most ``rows`` rows are given. Raises QueryError where the query does not parse,
        would write or fetch, or runs out of time.
        """
        chosen = safety.check(sparql, self.graphs() if _chooses(sparql) else (), PREFIXES)
        question = Question(sparql, chosen, rows)
        if seconds is None:
            return answer(self._quads, question)
        if self.folder is None:
            return answer_in_thread(self._quads, question, seconds)
        with self._snapshot() as quads:
            return answer_in_process(quads, question, seconds)

    def csv(self, sparql: str) -> bytes:
        """The answer to a SELECT as CSV, written by Oxigraph itself. Raises QueryError where ``query`` would."""
        chosen = safety.check(sparql, self.graphs() if _chooses(sparql) else (), PREFIXES)
        return answer_csv(self._quads, Question(sparql, chosen))

    @contextmanager
    def _snapshot(self) -> Iterator[Path]:
        """Oxigraph's folder, for another process to read: where this one may write, a copy by hard links.

        A writer compacts its files at any time, and a reader beside it then misses some.
        """
        assert self.folder is not None
        if not self._writes:
            yield self.folder / "quads"
            return
        with TemporaryDirectory(dir=self.folder, prefix="snapshot-") as beside:
            self._quads.backup(f"{beside}/quads")
            yield Path(beside) / "quads"

    def export(self, format: str, to: str | os.PathLike[str] | IO[bytes] | None = None) -> bytes | None:
        """All quads in ``nq``, ``trig``, ``jsonld``, or triples in ``ttl``, ``nt``, ``rdfxml``; to a file, or returned.

        The same quads give the same bytes. Raises UsageError for another format.
        """
        return exported(self.quads(), format, to) if self.folder is None else _written(self._quads, format, to)

    def backup(self, folder: str | os.PathLike[str]) -> None:
        """A copy of a store on disk in a new folder, made in a moment by hard links; readers may work on it.

        Raises StoreError if the folder exists, or the store is in memory.
        """
        target = Path(folder)
        if self.folder is None:
            raise StoreError("a store in memory has no backup; export it instead")
        if target.exists():
            raise StoreError(f"{target} exists; a backup needs a new folder")
        target.mkdir(parents=True)
        self._on_disk(lambda: self._quads.backup(str(target / "quads")))
        _write_whole(target / "store.json", json.dumps({"format": FORMAT, "base": self.base}))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Adds an RDF file (.nq, .trig, .ttl, .nt, .jsonld, .rdf); triples go into a graph named after the file.

        Raises StoreError if the file cannot be read or parsed.
        """
        quads = parsed_file(Path(path), self.base)
        self._write(lambda: self._quads.bulk_extend(quads))
