"""Look-ups: queries that ask for a few properties of one thing that they name, and for a few rows.

Their work is bounded by their LIMIT, so that they need no process that can be killed, and no time is lost in asking
one. One is recognised by its form alone; what is not recognised is asked like any other query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyoxigraph as ox

from graph.server.worker import RESULTS, WHOLE, Frames, Question, take

_IRI = r"<[^<>\"{}|^`\\\s]*>"
_NAME = r"[A-Za-z][\w-]*:[\w-]+"
_TERM = rf"(?:{_IRI}|{_NAME})"
_VARIABLE = r"\?\w+"
_GIVEN = rf"{_TERM}\s+(?:a|{_TERM})\s+{_VARIABLE}(?:\s*;\s*(?:a|{_TERM})\s+{_VARIABLE}){{0,2}}"
_ALL = rf"{_TERM}\s+{_VARIABLE}\s+{_VARIABLE}|{_VARIABLE}\s+(?:{_VARIABLE}|{_TERM})\s+{_IRI}"
_LOOKUP = re.compile(
    rf"\s*(?:PREFIX\s+[A-Za-z][\w-]*:\s*{_IRI}\s*){{0,20}}SELECT\s+(?:\*|{_VARIABLE}(?:\s+{_VARIABLE})*)\s*"
    rf"(?:WHERE\s*)?\{{\s*(?:{_GIVEN}|{_ALL})\s*\.?\s*\}}\s*LIMIT\s+[1-9]\d?\s*",
    re.ASCII | re.IGNORECASE,
)
LONGEST = 2000
MOST = 99


def is_lookup(sparql: str) -> bool:
    """Whether the query is one whose work is known to be small."""
    return len(sparql) <= LONGEST and _LOOKUP.fullmatch(sparql) is not None


def look_up(quads: ox.Store, question: Question, prefixes: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The frames of a look-up's answer. Its form leaves nothing to be checked, and its LIMIT is small."""
    if question.results and question.rows >= MOST and not question.default and not question.named:
        try:
            found = quads.query(question.sparql or "", prefixes=prefixes, use_default_graph_as_union=True)  # type: ignore[arg-type]
            content = found.serialize(format=RESULTS[question.results])  # type: ignore[arg-type]
        except (SyntaxError, OSError, RuntimeError, ValueError):
            pass  # what is wrong is said as for any other query
        else:
            return [(WHOLE, b"%s\n%s" % (question.results.encode(), content))]
    whole = Whole()
    take(quads, question, prefixes, whole)
    return whole.frames


class Whole(Frames):
    """The frames of an answer, kept."""

    def __init__(self) -> None:
        self.frames: list[tuple[bytes, bytes]] = []
        self._started = False
        self._kept = bytearray()

    def frame(self, kind: bytes, content: bytes | bytearray) -> None:
        self.frames.append((kind, bytes(content)))
