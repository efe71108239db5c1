"""Pages for people: entities, events, claims, documents, search, the ontology, and the query editor."""

from __future__ import annotations

from starlette.routing import BaseRoute

from graph.server.reader import Reader


def routes(reader: Reader) -> list[BaseRoute]:
    """The pages of what ``reader`` reads."""
    return []
