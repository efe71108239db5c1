"""The explorer: the whole graph as one interactive HTML page that asks no network.

``story`` reads what the page tells, ``links`` ties it, ``layout`` and ``drawing`` place it, ``markup`` writes it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from graph.explorer import markup, story

if TYPE_CHECKING:
    from graph.knowledge import KnowledgeGraph

__all__ = ["frame", "page"]


def page(kg: KnowledgeGraph, *, title: str = "Whodid") -> str:
    """The explorer as one HTML text; the same graph and title give the same text."""
    return markup.html(story.read(kg.store), title)


def frame(html: str, height: int = 760) -> str:
    """A page inside a page, for a notebook: a sandboxed frame ``height`` pixels high that holds the whole text."""
    return (
        f'<iframe srcdoc="{escape(html)}" sandbox="allow-scripts allow-downloads allow-popups" '
        f'width="100%" height="{height}" title="Whodid explorer" loading="lazy"></iframe>'
    )
