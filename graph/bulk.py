"""N-Quads in files: written while articles are read, without any store, or split from one; and loaded in one step.

A file of articles begins with comments that say which articles it holds and what read them, so that a run that broke
off goes on where it stopped, and many machines can write into one folder. A file is there in whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph import rdf
from graph.answering import to_ox_quad
from graph.documents import Document
from graph.errors import ArticleError, StoreError, UsageError
from graph.model import Reading
from graph.store import DESCRIPTION, ENDINGS, ONTOLOGY, Store, description, ontology_quads
from graph.vocabulary import DEFAULT_BASE, base_iri, digest

if TYPE_CHECKING:
    from graph.knowledge import AddReport, Paths, Progress

BATCH = 100
_STORE, _PART = "store.nq", "part-{:05}.nq"
_HEAD = "# whodid "


@dataclass(frozen=True, slots=True)
class Reader:
    """What the files of a folder have in common: the base of their IRIs, and the tool and model that read."""

    base: str
    tool: str
    model: str

    def name(self, document: Document) -> str:
        return str(rdf.graph_iri(document, self.base))

    def quads(self, reading: Reading) -> list[str]:
        return _lines(map(to_ox_quad, rdf.quads(reading, self.base, self.model)))


def read_to_files(
    paths: Paths,
    folder: str | os.PathLike[str],
    *,
    base: str | None = None,
    published: dt.date | str | None = None,
    jobs: int = 1,
    model: str | None = None,
    batch: int = BATCH,
    progress: Progress | None = None,
) -> AddReport:
    """Reads articles into N-Quads files in ``folder``, ``batch`` articles each, and into no store.

    What the files there hold already is not read again. ``store.nq`` has what every store needs besides. The same
    articles in the same order give the same files. Raises UsageError where the folder's files are of another base,
    version or model, or hold an article as of another date or title, StoreError where they cannot be written.
    """
    from graph.articles import documents

    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    found = documents([p if isinstance(p, str) else Path(p) for p in several], published=published)
    identity = import_module("graph.reading.language").identity(model)
    reader = Reader(base_iri(base) if base else DEFAULT_BASE, rdf.tool_version(), identity)
    target = _folder(folder)
    _whole(target / _STORE, _described(reader.base))
    return _Run(target, reader, batch, progress or (lambda text: None)).read(found, jobs, model)


class _Run:
    """One reading into a folder."""

    def __init__(self, folder: Path, reader: Reader, batch: int, progress: Progress) -> None:
        self.folder, self.reader, self.batch, self.progress = folder, reader, batch, progress
        self.known = dict(_articles(folder, reader))
        self.added: list[str] = []
        self.unchanged: list[str] = []
        self.failed: list[ArticleError] = []

    def read(self, found: Iterable[Document | ArticleError], jobs: int, model: str | None) -> AddReport:
        from graph import reading
        from graph.knowledge import AddReport

        readings = self._good(reading.read_all(self._fresh(found), jobs=jobs, model=model))
        while several := list(islice(readings, self.batch)):
            self._write(several)
        return AddReport(tuple(self.added), tuple(self.unchanged), tuple(self.failed))

    def _fresh(self, found: Iterable[Document | ArticleError]) -> Iterator[Document]:
        for document in found:
            if isinstance(document, ArticleError):
                self._failed(document)
            elif self._is_known(document):
                self.unchanged.append(document.id)
                self.progress(f"unchanged: {document.id}")
            else:
                self.known[self.reader.name(document)] = _key(document)
                yield document

    def _is_known(self, document: Document) -> bool:
        key = self.known.get(self.reader.name(document))
        if key not in (None, _key(document)):
            raise UsageError(
                f"{self.folder} holds {document.id} with another title, date or address; write into a new folder"
            )
        return key is not None

    def _good(self, outcomes: Iterable[Reading | ArticleError]) -> Iterator[Reading]:
        for outcome in outcomes:
            if isinstance(outcome, ArticleError):
                self._failed(outcome)
            else:
                yield outcome

    def _failed(self, error: ArticleError) -> None:
        self.failed.append(error)
        self.progress(f"failed: {error}")

    def _write(self, readings: list[Reading]) -> None:
        names = {self.reader.name(r.document): _key(r.document) for r in readings}
        heads = [_head(self.reader), *(f"# {json.dumps([name, key])}\n" for name, key in sorted(names.items()))]
        lines = sorted({line for reading in readings for line in self.reader.quads(reading)})
        _whole(self.folder / f"articles-{digest(''.join(heads))[:16]}.nq", "".join([*heads, *lines]))
        for reading in readings:
            self.added.append(reading.document.id)
            self.progress(f"added: {reading.document.id}")


def _head(reader: Reader) -> str:
    return f"{_HEAD}{json.dumps([reader.base, reader.tool, reader.model])}\n"


def _key(document: Document) -> str:
    """What is told of an article apart from its text; if that changes, it must be read anew."""
    published = document.published and document.published.isoformat()
    return digest(json.dumps([document.title, document.url, document.publisher, published]))[:16]


def _articles(folder: Path, reader: Reader) -> Iterator[tuple[str, str]]:
    """The named graphs in the folder's files, with their keys. Raises UsageError for files of another reader."""
    for file in sorted(folder.glob("articles-*.nq")):
        with file.open(encoding="utf-8") as lines:
            if next(lines, "") != _head(reader):
                raise UsageError(f"{file} was written with another base, version or model; write into a new folder")
            for line in lines:
                if not line.startswith("# "):
                    break
                name, key = json.loads(line[2:])
                yield name, key


def split(opened: Store, folder: str | os.PathLike[str], quads: int) -> list[Path]:
    """The store as ``part-00001.nq`` … of at most so many quads each, beside ``store.nq``; the files written.

    A named graph is never divided: one that has more quads is a file of its own. Lines are sorted by graph and within
    it, and the same store gives the same files. Raises UsageError where the folder has files that are not of this kind.
    """
    if quads < 1:
        raise UsageError(f"files of {quads} quads cannot be written; at least 1")
    target = _folder(folder)
    foreign = sorted(p.name for p in target.iterdir() if p.name != _STORE and not p.match("part-*.nq"))
    if foreign:
        raise UsageError(f"{target} holds {foreign[0]}, which is no part of an export; take an empty folder")
    written = [_whole(target / _STORE, _described(opened.base))]
    for number, lines in enumerate(_parts(opened, quads), 1):
        written.append(_whole(target / _PART.format(number), "".join(lines)))
    for stale in set(target.glob("part-*.nq")) - set(written):
        stale.unlink()
    return written


def _parts(opened: Store, most: int) -> Iterator[list[str]]:
    part: list[str] = []
    for name in opened.graphs():
        lines = _lines(map(to_ox_quad, opened.quads(name))) if name != str(ONTOLOGY.value) else []
        if part and len(part) + len(lines) > most:
            yield part
            part = []
        part += lines
    if part:
        yield part


def load(opened: Store, files: Paths) -> int:
    """Adds RDF files, or all those in a folder, to the store; how many quads it has more than before.

    Raises StoreError for a file that cannot be read or parsed, UsageError where a folder holds none.
    """
    several = [files] if isinstance(files, str | os.PathLike) else files
    listed = [file for path in several for file in _files(Path(path))]
    before = len(opened)
    for file in listed:
        opened.load(file)
    opened.flush()
    return len(opened) - before


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.iterdir() if p.suffix in ENDINGS)
    if not found:
        raise UsageError(f"the folder {path} holds no RDF file ({' '.join(ENDINGS)})")
    return found


def _described(base: str) -> str:
    """What a store needs besides articles: the ontology, and the base of its IRIs."""
    own = (ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(DESCRIPTION)) for t in description(base))
    return "".join([*_lines(own), *_lines(ontology_quads())])


def _lines(quads: Iterable[ox.Quad]) -> list[str]:
    return sorted({f"{quad} .\n" for quad in quads})


def _folder(folder: str | os.PathLike[str]) -> Path:
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder {path} cannot be made: {error.strerror}") from error
    return path


def _whole(path: Path, text: str) -> Path:
    """Writes a file so that it is there in whole or as it was before."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
    return path
