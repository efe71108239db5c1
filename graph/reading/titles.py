"""Titles before a person's name, which do not belong to it, and the numerals after it, which do."""

from __future__ import annotations

import re

from spacy.tokens import Doc, Span

from graph.reading.lexicon import column

__all__ = ["bare", "is_title"]

_NUMERAL = re.compile(r"I{2,3}|IV|VI{0,3}|IX|Jr\.?|Sr\.?")
_LONGEST_TITLE = 4  # words


def bare(span: Span) -> Span:
    """A person's name without the titles before it, and with the numeral or "Jr." after it."""
    if span.label_ != "PER":
        return span
    doc, start, end = span.doc, span.start, span.end
    while (length := _title(doc, start, end)) and start + length < end:
        start += length
    if end < len(doc) and _NUMERAL.fullmatch(doc[end].text):
        end += 1
    return Span(doc, start, end, label="PER")


def is_title(span: Span) -> bool:
    """Whether what was taken for a person's name is a title alone ("the King")."""
    return span.label_ == "PER" and span.text in column("titles.tsv", "title")


def _title(doc: Doc, start: int, end: int) -> int:
    """How many words of a title begin there; 0 for none."""
    titles = column("titles.tsv", "title")
    lengths = range(min(_LONGEST_TITLE, end - start), 0, -1)
    return next((n for n in lengths if doc[start : start + n].text in titles), 0)
