"""Quotations: the stretches of a text that stand between quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from graph.documents import Span

_MARK = re.compile("[“”„«»\"]|``|''|(?<![\\w])[‘'](?=\\w)|(?<=[\\w.,!?;…])[’'](?![\\w])")
_OPEN = {"“", "„", "«", "``"}
_BOTH = {'"', "''"}
_CLOSE = {"”", "»", *_BOTH}
_SINGLE = {"‘": "’", "'": "'"}
_BREAK = re.compile(r"\n")
LONGEST = 3000


def quotations(text: str, zones: Sequence[Span]) -> tuple[Span, ...]:
    """What is quoted, without its marks, in text order.

    A quotation ends at its closing mark, or at the end of its paragraph where nothing closes it: newspapers leave the
    mark of a quotation open that goes on in the next paragraph. Quotations inside quotations belong to the outer one.
    """
    return tuple(span for zone in zones for span in _in_zone(text, zone))


def _in_zone(text: str, zone: Span) -> Iterator[Span]:
    at = zone.start
    for line in [*_BREAK.finditer(text, zone.start, zone.end), None]:
        end = zone.end if line is None else line.start()
        yield from _in_paragraph(text, at, end)
        at = end + 1


def _in_paragraph(text: str, start: int, end: int) -> Iterator[Span]:
    opened: tuple[str, int] | None = None
    for found in _MARK.finditer(text, start, end):
        mark = found.group()
        if opened is None:
            if _opens(text, found.start(), mark, start):
                opened = (mark, found.end())
        elif _closes(text, found.start(), mark, opened[0]):
            if found.start() > opened[1]:
                yield Span(opened[1], found.start())
            opened = None
    if opened is not None and opened[0] not in _SINGLE and end - opened[1] <= LONGEST and end > opened[1]:
        yield Span(opened[1], end)


def _opens(text: str, at: int, mark: str, start: int) -> bool:
    if mark in _OPEN or mark in _BOTH:
        return True
    return mark in _SINGLE and (at == start or not text[at - 1].isalnum()) and _has_partner(text, at, mark)


def _has_partner(text: str, at: int, mark: str) -> bool:
    closing = _SINGLE[mark]
    near = text[at + 1 : at + 400].split("\n", 1)[0]
    return re.search(rf"(?<=[\w.,!?]){re.escape(closing)}(?!\w)", near) is not None


def _closes(text: str, at: int, mark: str, opening: str) -> bool:
    if opening in _SINGLE:
        return mark == _SINGLE[opening]
    return mark in _CLOSE


def holding(spans: Sequence[Span], at: int) -> Span | None:
    """The one of these sorted, disjoint spans that holds the character ``at``."""
    i = bisect_right(spans, at, key=lambda s: s.start) - 1
    return spans[i] if i >= 0 and at < spans[i].end else None


def overlapping(spans: Sequence[Span], span: Span) -> Iterator[Span]:
    """Those of these sorted, disjoint spans that share a character with ``span``."""
    for i in range(max(0, bisect_right(spans, span.start, key=lambda s: s.start) - 1), len(spans)):
        if spans[i].start >= span.end:
            return
        if spans[i].overlaps(span):
            yield spans[i]
