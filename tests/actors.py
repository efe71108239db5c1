"""Short invented reports for the tests of mentions and coreference, parsed and with names, out of ``actors.conllu``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graph.documents import Document, Span
from graph.model import Reading, Sentence, Token


@cache
def _blocks() -> list[list[list[list[str]]]]:
    """Documents, their sentences, their rows."""
    text = Path(__file__).with_name("actors.conllu").read_text(encoding="utf-8")
    reports = text.split("# newdoc id = ")[1:]
    sentences = [[block for block in report.split("\n\n") if "\t" in block] for report in reports]
    return [[[r.split("\t") for r in b.splitlines() if "\t" in r] for b in blocks] for blocks in sentences]


def report(number: int) -> Reading:
    """The parse of the report of that number, counted from 1."""
    text, tokens, sentences = "", [], []
    for at, rows in enumerate(_blocks()[number - 1]):
        first = len(tokens)
        for row in rows:
            index, start = len(tokens), len(text)
            text += row[1]
            head = index if row[6] == "0" else first + int(row[6]) - 1
            name = next((x.removeprefix("Name=") for x in row[9].split("|") if x.startswith("Name=")), "")
            span = Span(start, len(text))
            tokens.append(Token(index, span, row[1], row[2], row[3], row[4], row[7], head, at, name))
            text += "" if "SpaceAfter=No" in row[9] and index + 1 - first < len(rows) else " "
        span = tokens[first].span.hull(tokens[-1].span)
        sentences.append(Sentence(span, first, len(tokens)))
    return Reading(Document(str(number), text, ""), sentences=tuple(sentences), tokens=tuple(tokens))
