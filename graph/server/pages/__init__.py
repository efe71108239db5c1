"""Pages for people: entities, events, claims, documents, search, the ontology, and the query editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from graph.server.reader import Reader


def routes(reader: Reader) -> list[BaseRoute]:
    """The pages of what ``reader`` reads. The last of them takes every path: it is that of a thing."""
    from starlette.routing import Route

    from graph.server.pages.site import Site

    site = Site(reader)
    return [
        Route("/", site.start),
        Route("/explorer", site.explorer),
        Route("/search", site.search),
        Route("/ontology", site.ontology),
        Route("/plover", site.plover),
        Route("/sparql", site.editor),
        Route("/about", site.about),
        Route("/static/{name}", site.static),
        Route("/{path:path}", site.by_path),
    ]
