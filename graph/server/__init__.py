"""The graph on the web: a SPARQL endpoint, and a page for each thing that the graph names."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.server.limits import Limits as Limits
    from graph.server.reader import Reader as Reader
    from graph.server.serving import application as application
    from graph.server.serving import is_local as is_local
    from graph.server.serving import serve as serve
    from graph.server.serving import settings as settings
    from graph.server.writing import token as token

_HOMES = {
    "Limits": "limits",
    "Reader": "reader",
    "application": "serving",
    "is_local": "serving",
    "serve": "serving",
    "settings": "serving",
    "token": "writing",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Imported when first used: a worker needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'graph.server' has no attribute {name!r}")
    return getattr(import_module(f"graph.server.{_HOMES[name]}"), name)
