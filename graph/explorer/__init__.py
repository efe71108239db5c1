"""The explorer: the whole graph as one interactive HTML page that asks no network.

``story`` reads what the page tells, ``excerpt`` takes a part of it, ``links`` ties it, ``layout`` and ``drawing`` place
it, ``steps`` adds what an author tells of it, ``markup`` writes it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from rdflib import URIRef

from graph import finding
from graph.errors import UsageError
from graph.explorer import steps as author
from graph.explorer import story as stories
from graph.explorer.excerpt import Excerpts
from graph.store import Store

if TYPE_CHECKING:
    from graph.knowledge import KnowledgeGraph

__all__ = ["Frame", "page"]


def page(
    kg: KnowledgeGraph,
    *,
    title: str = "Whodid",
    query: str | None = None,
    actor: str | None = None,
    depth: int = 1,
    max_nodes: int | None = None,
    story: str | os.PathLike[str] | None = None,
) -> str:
    """The explorer as one HTML text, of the whole graph or a part; the same graph and wishes give the same text.

    ``query`` is a CONSTRUCT or DESCRIBE: what its triples name is shown, with all its evidence. ``actor`` is a name or
    IRI, shown with what is told within ``depth`` facts of it; ``max_nodes`` keeps those of whom most is told. ``story``
    is a YAML file that tells one in steps. Raises UsageError for what the graph does not have, for a query that
    constructs nothing, and for a file that is no story; QueryError for a query that does not parse.
    """
    told = _part(kg.store, query, actor, depth, max_nodes)
    steps = author.resolved(author.read(story), told) if story is not None else ()
    from graph.explorer import markup  # with scipy, which takes its time

    return markup.html(told, title, steps, _named_part(query, actor, depth, max_nodes))


def _named_part(query: str | None, actor: str | None, depth: int, max_nodes: int | None) -> str:
    """In the page's words, of what it is a part."""
    within = f"within {depth} {'fact' if depth == 1 else 'facts'} of {actor}" if actor is not None else ""
    most = f"the {max_nodes:,} of most weight" if max_nodes is not None else ""
    parts = [part for part in ("what a query gives" if query is not None else "", within, most) if part]
    return f"a part of the graph: {', '.join(parts)}" if parts else ""


def _part(store: Store, query: str | None, actor: str | None, depth: int, max_nodes: int | None) -> stories.Story:
    if depth < 1 or (max_nodes is not None and max_nodes < 1):
        raise UsageError("depth and max_nodes are at least 1")
    named = _constructed(store, query) if query is not None else None
    told = stories.read(store)
    if named is not None:
        told = Excerpts(told).named(named)
        if not (told.deeds or told.statements or told.ties or told.actors):
            raise UsageError("the query names nothing that the page shows: no actor, event, statement or tie")
    if actor is not None:
        told = Excerpts(told).around([_one(store, told, actor)], depth)
    return told if max_nodes is None else Excerpts(told).most(max_nodes)


def _constructed(store: Store, query: str) -> set[str]:
    """The IRIs that a query's triples name."""
    answer = store.query(query)
    if not answer.triples:
        raise UsageError("a page shows what a CONSTRUCT or DESCRIBE gives; this query gives rows or a truth")
    return {str(term) for row in answer.rows for term in row if isinstance(term, URIRef)}


def _one(store: Store, told: stories.Story, name: str) -> str:
    found = finding.one_or_more(store, name, "entity")
    shared = [thing for thing in found if "/id/" in thing.iri] or found
    if len(shared) > 1:
        listed = "".join(f"\n  {thing.name}  {thing.iri}" for thing in shared[:8])
        raise UsageError(f"{name!r} may be {len(shared)} actors; say which, by its IRI:{listed}")
    ids = [actor.id for actor in told.actors if actor.iri == shared[0].iri]
    if not ids:
        raise UsageError(f"{shared[0].name!r} is not in the part of the graph that the query gives")
    return ids[0]


@dataclass(frozen=True, slots=True)
class Frame:
    """The explorer inside a notebook: the whole page in a sandboxed frame, ``height`` pixels high."""

    html: str
    height: int = 760

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts allow-downloads allow-popups" '
            f'width="100%" height="{self.height}" title="Whodid explorer" loading="lazy"></iframe>'
        )
