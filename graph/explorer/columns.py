"""Rows as columns, and these as one compressed word: how the page's data is written.

A table is ``{"n": rows, "of": {field: column}}``. A column is a list with a value a row, null where a row has none;
where few values return, ``{"words": values, "at": places}``, -1 for none; where values are lists of rows themselves,
``{"each": lengths, "rows": table}``. What the page makes of them is in ``scripts/data.js``.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

LEVEL = 9
FEW = 0.5


def plain(thing: Any, unseen: Mapping[type, tuple[str, ...]]) -> Any:
    """Dataclasses as JSON's objects, without what is empty and without the ``unseen`` fields of a class."""
    if is_dataclass(thing):
        skipped = unseen.get(type(thing), ())
        pairs = ((name, getattr(thing, name)) for name in _names(thing.__class__) if name not in skipped)
        return {name: plain(value, unseen) for name, value in pairs if not _is_empty(value)}
    if isinstance(thing, tuple | list):
        return [plain(each, unseen) for each in thing]
    return thing


def _is_empty(value: object) -> bool:
    return value is False or value is None or value == "" or value == ()


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def table(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows as columns; a field that no row has is left out."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {"n": len(rows), "of": {name: _column([row.get(name) for row in rows]) for name in names}}


def _column(values: list[Any]) -> Any:
    if any(isinstance(value, list) and value and isinstance(value[0], dict) for value in values):
        return {"each": [len(value or ()) for value in values], "rows": table([r for v in values for r in v or ()])}
    if all(value is None or isinstance(value, str) for value in values):
        return _words(values)
    return values


def _words(values: list[str | None]) -> Any:
    """Text, with each that returns often written once."""
    number = {word: n for n, word in enumerate(dict.fromkeys(v for v in values if v is not None))}
    if len(number) > FEW * len(values):
        return values
    return {"words": list(number), "at": [-1 if value is None else number[value] for value in values]}


def packed(thing: object) -> str:
    """JSON, compressed (zlib's format, RFC 1950) and in base64: the same thing gives the same text."""
    return base64.b64encode(zlib.compress(text(thing), LEVEL)).decode("ascii")


def text(thing: object) -> bytes:
    """JSON in UTF-8; half a surrogate pair is written as its escape."""
    written = json.dumps(thing, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return written.encode("utf-8", "backslashreplace")


def tables(lists: Mapping[str, Iterable[Any]], unseen: Mapping[type, tuple[str, ...]]) -> dict[str, Any]:
    """A table for each list of dataclasses."""
    return {name: table([plain(each, unseen) for each in several]) for name, several in lists.items()}
