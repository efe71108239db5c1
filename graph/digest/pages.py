"""What a report consists of: chapters of entries, each with the sentences that say so."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from pathlib import Path

from graph.errors import UsageError
from graph.prose import Quote


@dataclass(frozen=True, slots=True)
class Entry:
    """One line and the sentences that say so.

    ``text`` says its status in words; ``status`` is the same as one word, for the eye: done, pledged, planned,
    requested, predicted, hypothetical, denied, or nothing. ``when`` and ``note`` stand beside the line, ``link`` is an
    address, and ``under`` are the lines that belong to it.
    """

    text: str
    quotes: tuple[Quote, ...] = ()
    status: str = ""
    when: str = ""
    note: str = ""
    link: str = ""
    under: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """Entries under one heading. ``left`` is how many more there are, and ``ask`` the query that gives them all."""

    heading: str
    lede: str = ""
    entries: tuple[Entry, ...] = ()
    left: int = 0
    ask: str = ""

    @property
    def rest(self) -> str:
        """How many are not shown, and where they are; nothing where all are."""
        more = "1 more is" if self.left == 1 else f"{self.left:,} more are"
        return f"{more} not shown here: whodid query {self.ask}" if self.left else ""


@dataclass(frozen=True, slots=True)
class Digest:
    """The report: ``html()`` and ``markdown()`` give it as text, ``write`` puts it into a file.

    The same graph and title give the same bytes.
    """

    title: str
    notes: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    def html(self) -> str:
        """One page that asks no network and runs no script."""
        from graph.digest import writing

        return writing.html(self)

    def markdown(self) -> str:
        """CommonMark; what articles say is escaped."""
        from graph.digest import writing

        return writing.markdown(self)

    def write(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Into a file, as ``html`` or ``markdown``; without ``format`` its ending says which.

        Raises UsageError for another format, and where the file cannot be written.
        """
        text = self.text(format or form_of(path))
        try:
            Path(path).write_text(text, "utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from error

    def text(self, format: str) -> str:
        """The report as ``html`` or ``markdown``. Raises UsageError for another format."""
        if format not in FORMATS:
            raise UsageError(f"a report cannot be {format!r}; it is one of {', '.join(FORMATS)}")
        return self.html() if format == "html" else self.markdown()

    def __str__(self) -> str:
        return self.markdown()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        frame = (
            f'<iframe srcdoc="{escape(self.html())}" sandbox="" width="100%" height="640" '
            f'title="{escape(self.title)}" loading="lazy"></iframe>'
        )
        return {"text/plain": self.title, "text/markdown": self.markdown(), "text/html": frame}


FORMATS = ("html", "markdown")


def form_of(path: str | os.PathLike[str]) -> str:
    """The format that a file's ending stands for. Raises UsageError where it stands for none."""
    endings = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown"}
    ending = Path(path).suffix.lower()
    if ending not in endings:
        raise UsageError(f"{os.fspath(path)}: its ending is none of {', '.join(endings)}; say which with --format")
    return endings[ending]
