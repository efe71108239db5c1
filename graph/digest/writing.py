"""A report as HTML and as Markdown. All that articles say is escaped here, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from graph.digest.pages import Chapter, Digest, Entry
from graph.prose import Quote

_SIGNS = re.compile(r"([\\`*_\[\]|~$#])")
_OPENERS = re.compile(r"^([-+=]|\d+[.)])")
_OPEN, _CLOSED = "\ue000", "\ue001"  # private use, so that escaping leaves them alone


def html(digest: Digest) -> str:
    """One page: no script, no network, light and dark, for the screen and for paper."""
    environment = Environment(
        loader=PackageLoader("graph.digest", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(marked=_marked, slug=_slug)
    style = _style()
    return environment.get_template("page.html").render(digest=digest, style=Markup(style), policy=_policy(style))


@cache
def _style() -> str:
    return (resources.files("graph.digest") / "style.css").read_text("utf-8")


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _marked(quote: Quote) -> Markup:
    safe = str(escape(quote.marked(lambda words: f"{_OPEN}{words}{_CLOSED}")))
    return Markup(safe.replace(_OPEN, "<mark>").replace(_CLOSED, "</mark>"))


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z]+", "-", heading.lower()).strip("-")


def markdown(digest: Digest) -> str:
    """CommonMark: a heading a chapter, a list item a line, the sentence beneath it as a quotation."""
    head = [f"# {plain(digest.title)}", *(plain(note) for note in digest.notes)]
    return "\n\n".join([*head, *(block for chapter in digest.chapters for block in _chapter(chapter))]) + "\n"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"## {plain(chapter.heading)}"
    if chapter.lede:
        yield plain(chapter.lede)
    for entry in chapter.entries:
        yield "\n".join(_lines(entry, ""))
    if chapter.rest:
        yield f"*{plain(chapter.rest)}*"


def _lines(entry: Entry, indent: str) -> Iterator[str]:
    text = f"{plain(entry.text)}{f' — {plain(entry.note)}' if entry.note else ''}"
    when = f"**{plain(entry.when)}** · " if entry.when else ""
    link = f" [source](<{_address(entry.link)}>)" if entry.link else ""
    yield f"{indent}- {when}{text}{link}"
    for quote in entry.quotes:
        yield ""
        yield f"{indent}  > {_bold(quote)}{f' — {plain(quote.source)}' if quote.source else ''}"
    for under in entry.under:
        yield ""
        yield from _lines(under, f"{indent}  ")


def plain(text: str) -> str:
    """The text on one line as Markdown that shows it as it is: no tag, no link, no heading, no list."""
    line = " ".join(text.split())
    line = _SIGNS.sub(r"\\\1", line).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _OPENERS.sub(lambda m: f"{m[1][:-1]}\\{m[1][-1]}", line)


def _bold(quote: Quote) -> str:
    safe = plain(quote.marked(lambda words: f"{_OPEN}{words}{_CLOSED}"))
    return safe.replace(_OPEN, "**").replace(_CLOSED, "**")


def _address(link: str) -> str:
    return re.sub(r"[<>\\\s]", lambda m: f"%{ord(m[0]):02X}", link)
