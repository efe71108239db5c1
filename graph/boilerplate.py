"""What stands on a news page and is no part of the story: player notices, other headlines, share bars, credits.

Nothing is cut: each zone is a span of the text with its reason. The patterns of lines are data, in
``lexicon/boilerplate.tsv``; what takes more than one line to see is here. Where in doubt, a line is story.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.documents import Boilerplate, Span

__all__ = ["Line", "boilerplate", "is_boilerplate", "lexicon", "lines_of"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds anything: its span, and its characters without list marks and the like."""

    span: Span
    bare: str

    def ends_sentence(self) -> bool:
        return bool(re.search(r"[.!?…][\"'”’)\]]*$", self.bare))

    def is_prose(self) -> bool:
        """True for a paragraph of a story, false for what may be a headline, which has no final stop."""
        words = len(self.bare.split())
        stop = re.search(r"(?:[.…][\"'”’)\]]*|[!?][\"'”’)\]]+|:)$", self.bare)
        return (
            words > 30
            or bool(stop and words >= 7)
            or len(re.findall(r"[a-z\d][.!?][\"'”’)]* [\"'“‘(]?[A-Z]", self.bare)) >= 2
        )


def boilerplate(text: str) -> tuple[Boilerplate, ...]:
    """The zones of a text that are not the story, sorted and apart, each with its reason."""
    lines = lines_of(text)
    reasons: list[str | None] = [is_boilerplate(line) for line in lines]
    _mark_announced(lines, reasons)
    _mark_dated_headlines(lines, reasons)
    _mark_tail(lines, reasons, len(text))
    whole = [Boilerplate(line.span, why) for line, why in zip(lines, reasons, strict=True) if why]
    parts = [
        Boilerplate(Span(*found.span()), why)
        for why, pattern in _rules("part")
        for found in pattern.finditer(_level(text))
    ]
    return _joined(text, sorted(whole + parts, key=lambda zone: (zone.span.start, -zone.span.end)))


def _mark_announced(lines: list[Line], reasons: list[str | None]) -> None:
    """A line that announces other stories, and the headlines after it until prose returns."""
    why_open: str | None = None
    teasers = _teasers_to_the_end(lines)
    for at, line in enumerate(lines):
        if at and (why := _matching("announcer", line.bare)):
            why_open = reasons[at] = why
            if teasers[at]:
                reasons[at:] = [why] * (len(lines) - at)
                return
        elif why_open and (line.is_prose() or _runs_on(lines, at)):
            why_open = None
        elif why_open:
            reasons[at] = why_open


def _teasers_to_the_end(lines: list[Line]) -> list[bool]:
    """For each line, whether it stands in the second half and after it each paragraph up to the end, two or more of
    them, stands alone below a headline."""
    found, paragraphs, apart, below = [False] * len(lines), 0, True, False
    for at in range(len(lines) - 1, -1, -1):
        found[at] = at * 2 > len(lines) and paragraphs > 1 and apart and not below
        prose = lines[at].is_prose()
        apart = apart and not (prose and below)
        paragraphs, below = paragraphs + prose, prose
    return found


def _runs_on(lines: list[Line], at: int) -> bool:
    """True for a line of a paragraph that was broken to a width: the next one goes on in lower case."""
    return at + 1 < len(lines) and lines[at + 1].bare[:1].islower() and len(lines[at].bare) > 40


def _mark_dated_headlines(lines: list[Line], reasons: list[str | None]) -> None:
    """Headlines with their ages, two or more: on the line itself, or on the line below. A single age is only itself."""
    ages = [at for at, line in enumerate(lines) if _matching("age", line.bare)]
    dated = [at for at, line in enumerate(lines) if _matching("dated", line.bare)]
    above = [at - 1 for at in ages if at and not lines[at - 1].is_prose()]
    over_marks = [at - 1 for at in above if at and not lines[at].bare and not lines[at - 1].is_prose()]
    for at in [*ages, *(above + over_marks if len(ages) > 1 else ()), *(dated if len(dated) > 1 else ())]:
        reasons[at] = reasons[at] or "other headlines"


def _mark_tail(lines: list[Line], reasons: list[str | None], length: int) -> None:
    for at, line in enumerate(lines):
        if line.span.start * 2 > length and (why := _matching("tail", line.bare)):
            reasons[at:] = [reason or why for reason in reasons[at:]]
            return


def _joined(text: str, zones: Iterable[Boilerplate]) -> tuple[Boilerplate, ...]:
    """Neighbours with the same reason become one zone; what lies within another zone is dropped."""
    joined: list[Boilerplate] = []
    for zone in zones:
        last = joined[-1] if joined else None
        if last and zone.span.start < last.span.end:
            continue
        if last and last.why == zone.why and not text[last.span.end : zone.span.start].strip():
            joined[-1] = Boilerplate(last.span.hull(zone.span), zone.why)
        else:
            joined.append(zone)
    return tuple(joined)


def lines_of(text: str) -> list[Line]:
    """The lines that hold anything, each with its span and with what is left without list marks and the like."""
    found = re.finditer(r"[^\r\n\u2028\u2029]+", text)
    return [Line(Span(*_trimmed(line)), _bare(line[0])) for line in found if not line[0].isspace()]


def _trimmed(line: re.Match[str]) -> tuple[int, int]:
    left = len(line[0]) - len(line[0].lstrip())
    return line.start() + left, line.start() + len(line[0].rstrip())


def _bare(line: str) -> str:
    return _level(line).strip(" \t\u00a0#*_>|•·●▪►→←»«–—-~=+")


def _level(text: str) -> str:
    return text.replace("’", "'").replace("‘", "'").replace("\u00a0", " ")


def is_boilerplate(line: Line) -> str | None:
    """Why this line, seen alone, is no part of the story; None where it may be."""
    return _matching("line", line.bare)


def _matching(scope: str, line: str) -> str | None:
    if len(line) > 400:
        return None
    line = line.rstrip(" .:!…") if scope != "age" else line
    return next((why for why, pattern in _rules(scope) if pattern.fullmatch(line)), None)


@cache
def _rules(scope: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = lexicon("boilerplate.tsv")
    return tuple((row["why"], re.compile(row["pattern"], re.I)) for row in rows if row["scope"] == scope)


def lexicon(name: str) -> list[dict[str, str]]:
    """The rows of a word list of this package, by the names in its first line; lines that begin with # are comments."""
    with (Path(__file__).parent / "lexicon" / name).open(encoding="utf-8", newline="") as lines:
        kept = (line for line in lines if not line.startswith("#"))
        return list(csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE))
