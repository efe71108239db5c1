"""Every frame as a Parquet file; tables of text that a spreadsheet may open without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graph import frames

if TYPE_CHECKING:
    from graph.store import Store

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def parquet(store: Store) -> dict[str, bytes]:
    """One file a frame. Raises UsageError without pyarrow, which ``pip install 'whodid[notebook]'`` brings."""
    writer = frames.optional("pyarrow.parquet")
    written = {}
    for name, found in frames.frames(store, frames.columns()).items():
        out = io.BytesIO()
        writer.write_table(frames.arrow(found), out)
        written[f"{name}.parquet"] = out.getvalue()
    return written


def sheet(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, safe: bool = True) -> bytes:
    """CSV (RFC 4180, UTF-8) of these columns; what a row lacks is empty.

    ``safe`` puts an apostrophe before text that a spreadsheet would take for a formula (OWASP, CSV Injection).
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name), safe) for name in columns])
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: Any, safe: bool) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if safe and isinstance(value, str) and value.startswith(_FORMULA) else value
