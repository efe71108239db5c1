"""Whodid reads news articles into a knowledge graph of who did what to whom, when, where, and who says so.

kg = graph.open("whodid-store")
kg.add("articles")
kg.query("pledges", actor="Norvania").frame()
kg.show("Ilse Ravn")
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.articles import from_text as from_text
    from graph.documents import Document as Document
    from graph.errors import ArticleError as ArticleError
    from graph.errors import ModelError as ModelError
    from graph.errors import QueryError as QueryError
    from graph.errors import StoreError as StoreError
    from graph.errors import UsageError as UsageError
    from graph.errors import WhodidError as WhodidError
    from graph.knowledge import AddReport as AddReport
    from graph.knowledge import KnowledgeGraph as KnowledgeGraph
    from graph.knowledge import open as open
    from graph.model import Reading as Reading
    from graph.reading import read as read
    from graph.results import Result as Result

_HOMES = {
    "AddReport": "graph.knowledge",
    "ArticleError": "graph.errors",
    "Document": "graph.documents",
    "KnowledgeGraph": "graph.knowledge",
    "ModelError": "graph.errors",
    "QueryError": "graph.errors",
    "Reading": "graph.model",
    "Result": "graph.results",
    "StoreError": "graph.errors",
    "UsageError": "graph.errors",
    "WhodidError": "graph.errors",
    "from_text": "graph.articles",
    "open": "graph.knowledge",
    "read": "graph.reading",
}
__all__ = sorted(_HOMES)


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext graph`` in a notebook: the ``%%sparql`` cell."""
    from graph import jupyter

    jupyter.load_ipython_extension(ipython)


if "IPython" in sys.modules:
    import_module("graph.jupyter").show_if_running()


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used: a query need not wait for a language model's libraries."""
    if name not in _HOMES:
        raise AttributeError(f"module 'graph' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
