"""Word lists of the reading: tab-separated files in ``graph/lexicon/``, data and not code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a lexicon file as dictionaries keyed by its header; lines that begin with ``#`` are comments."""
    text = (files("graph") / "lexicon" / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    header = lines[0].split("\t")
    return tuple(dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:])


@cache
def column(name: str, of: str) -> frozenset[str]:
    """All values of one column."""
    return frozenset(row[of] for row in rows(name) if row.get(of))


@cache
def table(name: str, key: str, value: str) -> dict[str, str]:
    """One column looked up by another; the first row wins."""
    found: dict[str, str] = {}
    for row in rows(name):
        found.setdefault(row[key], row.get(value, ""))
    return found
