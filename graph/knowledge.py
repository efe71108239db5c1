"""The knowledge graph as one object: articles go in, answers come out."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import rdflib

from graph import contents, finding, queries, rdf, show, store
from graph.contents import Stats, StoredDocument
from graph.documents import Document
from graph.errors import ArticleError, UsageError
from graph.model import Reading
from graph.prose import Card
from graph.queries import NamedQuery
from graph.results import Result

if TYPE_CHECKING:
    from graph.digest import Digest
    from graph.explorer import Frame
    from graph.tables import Tables
    from graph.validation import Report

BATCH = 100
Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Table = Any  # a pandas DataFrame; a pyarrow Table where that is asked for
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the articles: ids of those added (or read anew) and of those already there, and failures.

    ``unread`` has the reason of each stretch of the added articles that was taken for no part of the story.
    """

    added: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[ArticleError, ...] = ()
    unread: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [f"{len(self.added)} added", f"{len(self.unchanged)} unchanged", f"{len(self.failed)} failed"]
        return "\n".join([", ".join(parts), *self.notes, *(f"  {error}" for error in self.failed)])

    @property
    def notes(self) -> tuple[str, ...]:
        """What else is to be known: how much of the articles was not read, and why."""
        from graph.report import left_out

        return (left_out(self.unread),) if self.unread else ()

    def _repr_html_(self) -> str:
        head, *_ = str(self).splitlines()
        failures = "".join(f"<li><strong>failed</strong> {escape(str(error))}</li>" for error in self.failed)
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"<p>{escape(head)}</p>{notes}{f'<ul>{failures}</ul>' if failures else ''}"


def open(path: str | os.PathLike[str] | None = None, *, base: str | None = None, write: bool = True) -> KnowledgeGraph:
    """The knowledge graph in the store ``path``, which is made if it is missing; without a path, one in memory.

    ``base`` is what the IRIs of a new store begin with; ``write=False`` opens an existing store beside other readers.
    Raises StoreError if the folder is not a store, is of another format or base, or is in use.
    """
    return KnowledgeGraph(store.open(path, base=base, write=write))


class KnowledgeGraph:
    """Articles read, and what they say; made by ``graph.open``. Close it, or use ``with``, to let others write."""

    def __init__(self, opened: store.Store) -> None:
        self.store = opened
        self._tables: Tables | None = None

    def __enter__(self) -> KnowledgeGraph:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Writes what is left to disk and lets other processes in."""
        self.store.close()

    def add(
        self,
        paths: Paths,
        *,
        published: dt.date | str | None = None,
        jobs: int = 1,
        model: str | None = None,
        progress: Progress | bool | None = None,
    ) -> AddReport:
        """Reads articles (files, folders, ``-``, addresses) and adds what they say, each in a transaction of its own.

        An article that is in the graph, read by the same version and model, is left as it is. ``published`` is the day
        of publication of all of them, ``jobs`` the processes that read, ``progress`` is told what becomes of each; True
        counts them in one line. What failed raises nothing: it is in the report that is given back.
        """
        from graph.articles import documents

        several = [paths] if isinstance(paths, str | os.PathLike) else paths
        listed = [p if isinstance(p, str) else Path(p) for p in several]
        return self._add(documents(listed, published=published), jobs, model, _teller(progress))

    def _add(
        self, found: Iterable[Document | ArticleError], jobs: int, model: str | None, progress: Progress
    ) -> AddReport:
        from graph import reading

        unchanged: list[str] = []
        failed: list[ArticleError] = []
        added: list[str] = []
        unread: list[str] = []
        known = {document.iri: document for document in contents.documents(self.store)}

        def note(error: ArticleError) -> None:
            failed.append(error)
            progress(f"failed: {error}")

        def fresh() -> Iterator[Document]:
            for document in found:
                if isinstance(document, ArticleError):
                    note(document)
                elif self._is_known(document, known, _identity(model)):
                    unchanged.append(document.id)
                    progress(f"unchanged: {document.id}")
                else:
                    yield document

        try:
            for outcome in reading.read_all(fresh(), jobs=jobs, model=model):
                if isinstance(outcome, ArticleError):
                    note(outcome)
                    continue
                self.add_reading(outcome, model=_identity(model))
                added.append(outcome.document.id)
                unread += outcome.document.left_out
                progress(f"added: {outcome.document.id}")
                if len(added) % BATCH == 0:
                    self.store.flush()
        finally:
            self.store.flush()
        return AddReport(tuple(added), tuple(unchanged), tuple(failed), tuple(unread))

    def _is_known(self, document: Document, known: dict[str, StoredDocument], model: str) -> bool:
        there = known.get(str(rdf.document_iri(document, self.store.base)))
        if there is None or (there.tool, there.model or "") != (rdf.tool_version(), model):
            return False
        published = document.published and document.published.isoformat()
        return (there.title, there.url, there.publisher, there.published) == (
            document.title or None,
            document.url or None,
            document.publisher or None,
            published,
        )

    def add_reading(self, reading: Reading, *, model: str = "") -> bool:
        """Adds what one reading says in the place of what its article said before; whether that changed anything."""
        quads = rdf.quads(reading, self.store.base, model)
        return self.store.add(str(rdf.graph_iri(reading.document, self.store.base)), quads)

    def remove(self, document: str) -> StoredDocument:
        """Takes an article out, and all that rests on it alone; it is named by id, title, address, SHA-256 or IRI.

        Raises UsageError where there is none, or several.
        """
        found = finding.one_or_more(self.store, document, "document")
        if len(found) > 1:
            listing = "".join(f"\n  {f.name}  {f.iri}" for f in found)
            raise UsageError(f"{document!r} may be {len(found)} articles; say which, by its IRI:{listing}")
        gone = next(d for d in contents.documents(self.store) if d.iri == found[0].iri)
        self.store.remove(gone.graph)
        self.store.flush()
        return gone

    def query(
        self, question: str, *, seconds: float | None = None, rows: int | None = None, **parameters: object
    ) -> Result:
        """The answer to a named query with its parameters, or to a SPARQL query.

        ``seconds`` and ``rows`` limit it. Raises UsageError for an unknown name or parameter, QueryError for a query
        that does not parse, would write or fetch, or takes too long.
        """
        if not queries.is_sparql(question):
            sparql = queries.named_query(question).bound(self.store, parameters)
        elif parameters:
            raise UsageError("only named queries have parameters; put the values into the SPARQL itself")
        else:
            sparql = question
        return self.store.query(sparql, seconds=seconds, rows=rows)

    def tell(
        self, question: str, *, seconds: float | None = None, rows: int | None = None, **parameters: object
    ) -> Card:
        """The answer to a query in words: its events, statements and ties, each with the sentence that says so.

        ``seconds`` limit it, and ``rows`` says how many of them are told. Raises what ``query`` raises, and UsageError
        where the answer has no column of such things.
        """
        known = queries.named_queries().get(question)
        answer = self.query(question, seconds=seconds, rows=None, **parameters)
        return show.told(self.store, known.title if known else "What was found", answer, rows)

    def queries(self) -> tuple[NamedQuery, ...]:
        """The named queries, with title, description and parameters."""
        return tuple(queries.named_queries().values())

    def show(self, words: str) -> Card:
        """One entity, event, statement or article, its facts in words, and for each the sentence that says so.

        ``words`` are a name, a label, an id or an IRI. Raises UsageError where they fit nothing, or several things.
        """
        return show.card(self.store, words)

    def events(self, *, arrow: bool = False) -> Table:
        """Events, one row each as one article reports it; columns in ``docs/frames.md``."""
        return self._frame("events", arrow)

    def roles(self, *, arrow: bool = False) -> Table:
        """What fills the parts of events: one row for each event, role and filler; columns in ``docs/frames.md``."""
        return self._frame("roles", arrow)

    def claims(self, *, arrow: bool = False) -> Table:
        """Statements, one row each, with speaker and words; columns in ``docs/frames.md``."""
        return self._frame("claims", arrow)

    def entities(self, *, arrow: bool = False) -> Table:
        """People, bodies, places, posts and things, one row each; columns in ``docs/frames.md``."""
        return self._frame("entities", arrow)

    def actors(self, *, arrow: bool = False) -> Table:
        """The entities that can act, one row each; columns in ``docs/frames.md``."""
        return self._frame("actors", arrow)

    def pledges(self, *, arrow: bool = False) -> Table:
        """Promises, one row each; a promise is not a deed; columns in ``docs/frames.md``."""
        return self._frame("pledges", arrow)

    def quantities(self, *, arrow: bool = False) -> Table:
        """Figures, one row for each figure in each event; columns in ``docs/frames.md``."""
        return self._frame("quantities", arrow)

    def mentions(self, *, arrow: bool = False) -> Table:
        """The stretches of text that stand for something, one row each; columns in ``docs/frames.md``."""
        return self._frame("mentions", arrow)

    def relations(self, *, arrow: bool = False) -> Table:
        """Ties between entities, one row each as one article states it; columns in ``docs/frames.md``."""
        return self._frame("relations", arrow)

    def documents(self, *, arrow: bool = False) -> Table:
        """The articles, one row each, sorted by IRI; columns in ``docs/frames.md``."""
        return self._frame("documents", arrow)

    def network(
        self,
        view: str = "interaction",
        *,
        pairs: bool = False,
        ego: str | None = None,
        radius: int = 1,
        library: Literal["networkx", "rustworkx", "igraph"] = "networkx",
        **filters: object,
    ) -> Any:
        """A networkx graph of who acts on whom (``interaction``), takes part (``participation``), says what of whom
        (``statements``) or belongs to whom (``membership``).

        Only what is reported as done is in it, unless ``modality="all"`` and ``polarity="all"`` ask for the rest; more
        filters, merged ``pairs``, the ``ego`` of one node and other libraries are in ``docs/networks.md``. Raises
        UsageError for a view, filter or value that does not exist.
        """
        from graph import network

        return network.network(self.store, view, pairs=pairs, ego=ego, radius=radius, library=library, **filters)

    def _frame(self, name: str, arrow: bool) -> Table:
        from graph import frames

        found = frames.frame(self.store, name)
        return frames.arrow(found) if arrow else found

    def sql(self, question: str, *, seconds: float | None = None) -> Table:
        """The answer of DuckDB to one SELECT over the frames, which are tables of those names, as a pandas frame.

        Files and network are out of its reach. Raises QueryError for a question that does not parse, is no SELECT, or
        takes longer than ``seconds``; UsageError without duckdb, which ``pip install 'whodid[notebook]'`` brings.
        """
        from graph import tables

        if self._tables is None or self._tables.stale(self.store):
            self._tables = tables.Tables(self.store)
        return self._tables.answer(question, seconds)

    def stats(self) -> Stats:
        """How much there is of what."""
        return contents.stats(self.store)

    def validate(self) -> Report:
        """What the shapes and integrity rules find wrong."""
        from graph import validation

        return validation.validate(self.store.quads())

    def explore(
        self,
        *,
        title: str = "Whodid",
        height: int = 760,
        query: str | None = None,
        actor: str | None = None,
        depth: int = 1,
        max_nodes: int | None = None,
        story: str | os.PathLike[str] | None = None,
    ) -> Frame:
        """The explorer inside a notebook, ``height`` pixels high; ``whodid view`` writes the same page to a file.

        Of all, or of what a CONSTRUCT gives (``query``), of an actor within ``depth`` facts, of the ``max_nodes`` most
        important; ``story`` is one in YAML. Raises what ``graph.explorer.page`` raises.
        """
        from graph import explorer

        page = explorer.page(self, title=title, query=query, actor=actor, depth=depth, max_nodes=max_nodes, story=story)
        return explorer.Frame(page, height)

    def report(self, *, title: str = "Report", most: int = 12) -> Digest:
        """The story in a page: actors, timeline, pledges, disagreements, voices, doubts, sources, each with its words.

        At most ``most`` entries a chapter, the weightiest first. ``report.write(path)`` makes HTML or Markdown of it.
        Raises UsageError where ``most`` is less than one.
        """
        from graph.digest import gather

        return gather(self.store, title, most)

    def export(self, format: str, path: str | os.PathLike[str] | None = None, **chosen: object) -> bytes | None:
        """All of the graph as ``nq``, ``trig``, ``ttl``, ``nt``, ``jsonld`` or ``rdfxml``: to a file, else as bytes.

        Or for other tools, see ``docs/files.md``: ``graphml``, ``gexf``, ``csv`` and ``neo4j`` hold a network, whose
        ``view`` and filters may be ``chosen``; ``acled`` and ``plover`` events; ``parquet`` the frames; ``ftm``
        entities; ``annotations`` the mentions. Those of several files need a folder. Raises UsageError for another
        format, or for what a format does not take.
        """
        from graph import files

        if format in store.FORMATS and not chosen:
            return self.store.export(format, path)
        if format not in files.FORMATS:
            known = ", ".join([*store.FORMATS, *files.FORMATS])
            raise UsageError(f"unknown format {format!r}; known: {known}; filters are for networks and events alone")
        return files.write(self.store, format, path, **chosen)

    def export_files(self, folder: str | os.PathLike[str], *, quads: int = 1_000_000) -> list[Path]:
        """All of the graph as N-Quads files of at most so many quads, for bulk loading; no article is divided.

        Raises UsageError where the folder holds anything else.
        """
        from graph import bulk

        return bulk.split(self.store, folder, quads)

    def load(self, files: Paths) -> int:
        """Adds RDF files (.nq, .trig, .ttl, .nt, .jsonld, .rdf), or all in a folder; how many quads there are more.

        Raises StoreError for a file that cannot be read or parsed.
        """
        from graph import bulk

        return bulk.load(self.store, files)

    @property
    def dataset(self) -> rdflib.Dataset:
        """A copy of the graph as a new rdflib Dataset: union default graph, prefixes bound."""
        return self.store.dataset

    def _repr_html_(self) -> str:
        return f"<p>Whodid knowledge graph, {escape(self.store.where)}</p>{self.stats()._repr_html_()}"

    def __repr__(self) -> str:
        return f"<KnowledgeGraph {self.store.where}>"


def _teller(progress: Progress | bool | None) -> Progress:
    if progress is True:
        from graph import jupyter

        return jupyter.progress()
    return progress or (lambda text: None)


def _identity(model: str | None) -> str:
    return import_module("graph.reading.language").identity(model)  # type: ignore[no-any-return]
