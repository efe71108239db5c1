"""Document and Span: one immutable text, and places in it.

Every offset is half-open and counts Unicode code points of ``Document.text``, the text exactly as it was handed over.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters ``start`` up to, not including, ``end`` of a document's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, not {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters themselves."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def hull(self, other: Span) -> Span:
        """The shortest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """A zone of the text that is not read, and why (``player notice``, ``other headlines``, …)."""

    span: Span
    why: str


@dataclass(frozen=True, slots=True)
class Document:
    """One text, identified by its caller's ``id`` and by the SHA-256 of the raw bytes that it came from.

    ``published`` is the day of publication as stated by the source, ``published_basis`` says where it stood (``given``,
    ``front matter``, ``JSON-LD``, ``meta``, ``page``, ``feed``, ``url``); None where nothing says so: never the day
    of capture. ``boilerplate`` is sorted and does not overlap. ``beside`` names what stood on the page and did not come
    into the text (``navigation``, ``sidebar``), once for each stretch.
    """

    id: str
    text: str
    sha256: str
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: dt.date | None = None
    published_basis: str | None = None
    language: str = "en"
    boilerplate: tuple[Boilerplate, ...] = ()
    source: str | None = None
    beside: tuple[str, ...] = ()

    @property
    def left_out(self) -> tuple[str, ...]:
        """Why each stretch that is not read is not: those of the text, then those of the page beside it."""
        return (*(zone.why for zone in self.boilerplate), *self.beside)

    def body(self) -> tuple[Span, ...]:
        """The zones that are read: the text without its boilerplate, in order."""
        zones, at = [], 0
        for cut in self.boilerplate:
            if cut.span.start > at:
                zones.append(Span(at, cut.span.start))
            at = max(at, cut.span.end)
        if at < len(self.text):
            zones.append(Span(at, len(self.text)))
        return tuple(zones)
