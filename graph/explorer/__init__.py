"""The explorer: the whole graph as one interactive HTML page that asks no network.

``story`` reads what the page tells, ``links`` ties it, ``layout`` and ``drawing`` place it, ``markup`` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from graph.explorer import markup, story

if TYPE_CHECKING:
    from graph.knowledge import KnowledgeGraph

__all__ = ["Frame", "page"]


def page(kg: KnowledgeGraph, *, title: str = "Whodid") -> str:
    """The explorer as one HTML text; the same graph and title give the same text."""
    return markup.html(story.read(kg.store), title)


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
