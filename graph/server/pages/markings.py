"""Words with links and marks as HTML: whatever a name or an article says, it stays words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from graph.documents import Span
from graph.prose import Quote

_OPEN, _AT, _SHUT = "\ue000", "\ue001", "\ue002"  # private use, so that prose and escaping leave them alone
_PRIVATE = dict.fromkeys(map(ord, (_OPEN, _AT, _SHUT)), "\ufffd")
_LINK = re.compile(f"{_OPEN}(\\d+){_AT}|{_SHUT}")
_CONTROLS = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (9, 10)}


def clean(text: str) -> str:
    """The text with signs that HTML has no place for replaced, one for one, so that offsets hold."""
    return text.translate(_CONTROLS)


class Links:
    """Remembers what is linked while prose is made of names, and makes HTML of that prose."""

    def __init__(self, href: Callable[[str], str]) -> None:
        self._href = href
        self._iris: dict[str, int] = {}

    def __call__(self, name: str, iri: str) -> str:
        """The name with its link folded in, the same each time; nodes that are mere words have no page worth a link."""
        if not name.strip() or "/words/" in iri or iri.endswith("/speaker"):
            return name.translate(_PRIVATE)
        return f"{_OPEN}{self._iris.setdefault(iri, len(self._iris))}{_AT}{name.translate(_PRIVATE)}{_SHUT}"

    def html(self, prose: str) -> Markup:
        """The prose as HTML, with its links."""
        opened, iris = False, list(self._iris)

        def link(match: re.Match[str]) -> str:
            nonlocal opened
            if match[1] and not opened and int(match[1]) < len(iris):
                opened = True
                return f'<a href="{escape(self._href(iris[int(match[1])]))}"><bdi>'
            closed, opened = opened and not match[1], opened and bool(match[1])
            return "</bdi></a>" if closed else ""

        html = _LINK.sub(link, str(escape(clean(prose))))  # the signs of links are none that are escaped
        return Markup(f"{html}</bdi></a>" if opened else html)


def quoted(quote: Quote) -> Markup:
    """The sentence of a quotation with the words that say so marked."""
    plain = Quote(quote.sentence.translate(_PRIVATE), quote.marks)
    safe = str(escape(clean(plain.marked(lambda words: f"{_OPEN}{words}{_SHUT}"))))
    return Markup(safe.replace(_OPEN, "<mark>").replace(_SHUT, "</mark>"))


def snippet(text: str) -> Markup:
    """A search's excerpt, whose hits stand between ``OPENED`` and ``CLOSED``, as HTML."""
    return Markup(str(escape(clean(text))).replace(OPENED, "<mark>").replace(CLOSED, "</mark>"))


OPENED, CLOSED = "\ue003", "\ue004"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of an article: what it stands for, and where its link goes. ``kind`` is a class of the style."""

    span: Span
    kind: str
    href: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place of an article that can be jumped to."""

    at: int
    id: str


def article(text: str, marks: Iterable[Mark], anchors: Iterable[Anchor] = ()) -> Markup:
    """The text as HTML: each stretch with the shortest link that covers it, in all that it is part of otherwise."""
    marks = sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end, mark.kind, mark.href))
    places = sorted(anchors, key=lambda anchor: (anchor.at, anchor.id))
    ends = {0, len(text), *(min(p.at, len(text)) for p in places)}
    ends |= {min(end, len(text)) for mark in marks for end in (mark.span.start, mark.span.end)}
    return Markup("").join(_segments(text, sorted(ends), marks, places))


def _segments(text: str, ends: Sequence[int], marks: Sequence[Mark], anchors: Sequence[Anchor]) -> Iterable[Markup]:
    waiting, here, opened = list(reversed(marks)), list(reversed(anchors)), []
    for start, end in pairwise(ends):
        while here and here[-1].at <= start:
            yield Markup('<span id="{}"></span>').format(here.pop().id)
        while waiting and waiting[-1].span.start <= start:
            opened.append(waiting.pop())
        opened = [mark for mark in opened if mark.span.end > start]
        yield _segment(text[start:end], opened)


def _segment(words: str, marks: Sequence[Mark]) -> Markup:
    links = [mark for mark in marks if mark.href]
    html = escape(clean(words))
    if links:
        link = min(links, key=lambda mark: len(mark.span))
        html = Markup('<a class="{}" href="{}" title="{}">{}</a>').format(link.kind, link.href, link.title, html)
    plain = " ".join(sorted({mark.kind for mark in marks if not mark.href}))
    if not plain:
        return html
    titles = "; ".join(dict.fromkeys(mark.title for mark in marks if mark.title and not mark.href))
    return Markup('<span class="{}" title="{}">{}</span>').format(plain, titles, html)
