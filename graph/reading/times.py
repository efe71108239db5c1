"""Time expressions: where they stand, what TIMEX3 makes of them, and the days between which they begin and end.

The step reads the text itself with the small grammar of ``time_patterns.tsv``, so that a wrong parse costs no date; the
parse is asked only whether a verb looks back or ahead. Everything relative is counted from the day of publication or,
in a story ("a day earlier"), from the time last mentioned; where neither is known, the value stays open (``XXXX-06``)
and the bounds are None. The machine's clock is never read.

Spans leave the preposition out and keep article and modifier ("since [early June]", "over [the last few months]"). The
bounds say what the words with their preposition say: "since June" begins in June and is open at its end.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from graph.documents import Span
from graph.model import Reading, Time, Token
from graph.reading import calendar, lexicon, timexes
from graph.reading.grammar import Tree
from graph.reading.timexes import Anchor, Context, Match, Rule, Value


@dataclass(frozen=True, slots=True)
class _Candidate:
    match: Match
    rule: Rule

    @property
    def span(self) -> Span:
        """The words of the expression; rules that look at a word before it name the expression ``x``."""
        name: str | int = "x" if "x" in self.match.re.groupindex and self.match["x"] else 0
        start, end = self.match.span(name)
        return Span(start, end)


def _lines(reading: Reading) -> Iterator[Span]:
    """Stretches of the body without a line break, save those that a sentence runs across."""
    text = reading.document.text
    inside = [s.span for s in reading.sentences if "\n" in s.span.of(text)]
    starts = [s.start for s in inside]
    for zone in reading.document.body():
        at = zone.start
        for found in re.finditer(r"[\r\n\u2028\u2029]+", zone.of(text)):
            cut = zone.start + found.start()
            around = inside[bisect_right(starts, cut) - 1] if starts and starts[0] <= cut else None
            if around is None or not around.start < cut < around.end:
                yield Span(at, cut)
                at = zone.start + found.end()
        yield Span(at, zone.end)


def _candidates(text: str, line: Span) -> list[_Candidate]:
    """What the rules match in a line, the earlier and longer first."""
    sparks = timexes.sparks(line.of(text))
    found = [
        (m.start(), -m.end(), number, _Candidate(m, pattern.rule))
        for number, pattern in enumerate(timexes.grammar())
        if not any(need.isdisjoint(sparks) for need in pattern.needs)
        for m in pattern.expression.finditer(text, line.start, line.end)
        if m.end() > m.start()
    ]
    return [c for *_, c in sorted(found, key=lambda f: f[:3])]


def times(reading: Reading) -> Reading:
    """Add the time expressions of the document, in text order.

    The values are those of TIMEX3 (ISO-TimeML; Saurí et al. 2006), ranges written as intervals of ISO 8601.
    """
    text, context, people = reading.document.text, _context(reading), _people(reading)
    found: list[tuple[Span, Value]] = []
    for line in _lines(reading):
        end = line.start
        for candidate in _candidates(text, line):
            span = candidate.span
            if candidate.match.start() < end or _is_name(text, span, people):
                continue
            value = _valued(candidate, context)
            if value is not None:
                end = span.end
                found.append((span, value))
                _tell(span, value, len(found), context)
    placed = [(span, _placed(span, value, context)) for span, value in _clocked(_joined(found, text), text)]
    found_times = tuple(_time(f"t{n}", *pair) for n, pair in enumerate(placed, 1))
    return replace(reading, times=_anchored(found_times, context))


def _anchored(times: tuple[Time, ...], context: Context) -> tuple[Time, ...]:
    """The times with the id of the dateline's own time wherever that is what they count from."""
    if context.now is None or context.now.id != DATELINE:
        return times
    own = next((t.id for t in times if t.timex == context.now.stretch.value and t.basis == "absolute"), None)
    return tuple(replace(t, anchor=own) if t.anchor == DATELINE else t for t in times)


def _valued(candidate: _Candidate, context: Context) -> Value | None:
    """The value of a candidate; None if it is no time after all, or one outside the calendar."""
    try:
        return candidate.rule(candidate.match, context)
    except OverflowError:
        return None


def _tell(span: Span, value: Value, number: int, context: Context) -> None:
    if value.stretch is not None and value.stretch.first is not None and value.type in {"DATE", "TIME"}:
        context.told.append(Anchor(value.stretch, f"t{number}"))


def _time(id: str, span: Span, value: Value) -> Time:
    return Time(id, span, value.type, value.timex, *value.bounds, value.precision, value.basis, value.anchor)


def _context(reading: Reading) -> Context:
    text, published = reading.document.text, reading.document.published
    american = any(
        int(b) > 12 >= int(a) for a, b in re.findall(r"(?<![\d/])(\d{1,2})/(\d{1,2})/\d{2,4}(?![\d/])", text)
    )
    bare = Context(text, None, [], lambda at: 0, american)
    now = Anchor(calendar.day(published), "document") if published else _dateline(reading, bare)
    return replace(bare, now=now, direction=_direction(reading))


DATELINE = "dateline"


def _dateline(reading: Reading, context: Context) -> Anchor | None:
    """The full date that stands alone, or behind a place, on one of the first lines of an undated text."""
    lines = [line for line in _lines(reading) if line.of(context.text).strip()][:4]
    for line in lines:
        for candidate in _candidates(context.text, line)[:2]:
            before = context.text[line.start : candidate.span.start].strip()
            value = _valued(candidate, context)
            alone = not before or re.fullmatch(r"(?:[A-Z][\w.’'-]*,?\s*){1,5}[,(]?", before)
            ends = re.match(r"\s*(?:$|[\n\r]|[-–—(:)])", context.text[candidate.span.end : line.end])
            if value and value.stretch and value.stretch.unit == "D" and value.basis == "absolute" and alone and ends:
                return Anchor(value.stretch, DATELINE)
    return None


def _direction(reading: Reading) -> Callable[[int], float]:
    """Which way the clause around a place in the text looks: -1 back, +1 ahead, 0.5 now, 0 not said."""
    tree, starts = Tree(reading.tokens), [t.span.start for t in reading.tokens]

    def look(at: int) -> float:
        index = bisect_right(starts, at) - 1
        if index < 0 or (reading.tokens[index].span.end <= at and index + 1 == len(starts)):
            return 0
        token = reading.tokens[index if reading.tokens[index].span.end > at else index + 1]
        before = reading.tokens[max(token.index - 3, 0) : token.index]
        if any(
            t.sentence == token.sentence and t.text.lower() in {"due", "set", "scheduled", "planned", "slated"}
            for t in before
        ):
            return 1
        sides = (_side(t, tree) for t in (token, *tree.ancestors(token)))
        return next((s for s in sides if s is not None), 0)

    return look


def _side(token: Token, tree: Tree) -> float | None:
    """-1, 0, 0.5 or +1 if the word decides which way its clause looks, else None."""
    if token.pos in {"NOUN", "ADJ"} and not tree.child(token, "cop"):
        return 1 if _looks_ahead(token.lemma) else None
    if token.pos not in {"VERB", "AUX"} and not tree.child(token, "cop"):
        return None
    helpers = tree.auxiliaries(token) + tree.children(token, "cop")
    tags, forms = {t.tag for t in helpers} | {token.tag}, {t.text.lower() for t in helpers}
    if tree.modal(token) and not (forms & {"have", "'ve"}):
        return 1
    if _looks_ahead(token.lemma) and (token.tag == "VBN" or forms & {"is", "are", "'s", "'re"}):
        return 1
    if "VBD" in tags or forms & {"have", "has", "having", "'ve"}:
        return -1
    if token.tag == "VB":
        return 1
    if token.tag == "VBN":
        return -1 if not forms & {"is", "are", "be", "being"} else 0
    return None if token.tag == "VBG" and not helpers else 0.5


def _looks_ahead(lemma: str) -> bool:
    return lemma.lower() in lexicon.column("future_words.tsv", "word")


def _people(reading: Reading) -> frozenset[int]:
    """Where the words of people's names begin."""
    return frozenset(t.span.start for t in reading.tokens if t.name.endswith("-PER"))


_NEWSPAPER = re.compile(
    r"\s(?:Times|Telegraph|Mail|Mirror|Express|Herald|Star|World|Tribune|Independent|Post|Nation|News|Sun|Show)\b"
)


def _is_name(text: str, span: Span, people: frozenset[int]) -> bool:
    """Whether the words are part of a person's or newspaper's name ("April Jones", "the Sunday Herald")."""
    if span.start in people:
        return True
    return span.of(text).lower() in timexes.codes("weekday", "month") and bool(_NEWSPAPER.match(text, span.end))


_SINCE = r"since|as of|starting|beginning|dating from|effective"
_PREPOSITION = re.compile(
    rf"(?i)\b(?:(?P<since>{_SINCE}|from)|(?P<by>by|no later than|not later than)"
    r"|(?P<until>until|till|til|through|up to|to)|(?P<before>before|prior to|ahead of)|(?P<after>after|following))"
    r"\s+(?:at least\s+|around\s+|about\s+)?$"
)

_EDGE = re.compile(r"(?i)(?:the |year-)?(?:very )?(?:(?P<end>end|close)|(?P<start>start|beginning|outset)) of ")


def _edges(words: str, first: dt.date | None, last: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    """What is before, after or up to "the end of March" is so of its last day, and of its first for "the start of"."""
    found = _EDGE.match(words)
    if found is None:
        return first, last
    return (last, last) if found["end"] else (first, first)


def _placed(span: Span, value: Value, context: Context) -> Value:
    """The bounds that the preposition before the words gives them."""
    first, last = value.bounds[0], value.bounds[3]
    if (
        value.type not in {"DATE", "TIME"}
        or value.stretch is None
        or value.bounds[1] is None
        or value.timex.startswith("FY")
    ):
        return value
    if value.bounds[0] != value.bounds[2]:
        return value
    found = _PREPOSITION.search(context.text[max(0, span.start - 24) : span.start])
    begin, end = _edges(span.of(context.text), first, last)
    match found.lastgroup if found else None:
        case "since":
            still = context.today if found and found[0].lower().startswith("since") else None
            return replace(value, bounds=(first, last, still if still and first and still >= first else None, None))
        case "by":
            return replace(value, bounds=(None, None, None, end))
        case "until":
            return replace(value, bounds=(None, None, begin, end))
        case "before":
            return replace(value, bounds=(None, None, None, begin))
        case "after":
            return replace(value, bounds=(begin, None, None, None))
        case _:
            return value


def _joined(found: list[tuple[Span, Value]], text: str) -> list[tuple[Span, Value]]:
    """Ranges: each end of "from May to July" keeps its words and value, and has the bounds of the whole."""
    joined = list(found)
    for n in range(len(joined) - 1):
        (a, begin), (b, end) = joined[n], joined[n + 1]
        if not _is_range(text[max(0, a.start - 12) : a.start], text[a.end : b.start]):
            continue
        begin = _aligned(begin, end)
        opened, closed = begin.bounds, end.bounds
        if (
            begin.type == end.type == "DATE"
            and opened[0]
            and closed[3]
            and opened[0] <= closed[3]
            and end.stretch
            and begin.stretch
        ):
            whole = (opened[0], opened[1], closed[2], closed[3])
            joined[n], joined[n + 1] = (a, replace(begin, bounds=whole)), (b, replace(end, bounds=whole))
    return joined


def _is_range(before: str, between: str) -> bool:
    word = between.strip().lower()
    if word == "and":
        return before.lower().rstrip().endswith("between")
    return word in {"to", "until", "till", "through", "up to", "-", "–", "—"}


def _aligned(begin: Value, end: Value) -> Value:
    """ "May to July 2009": a month or day without a year takes that of the other end."""
    known = begin.stretch and end.stretch and begin.stretch.first and end.stretch.first
    if (
        not known
        or begin.basis != "relative"
        or begin.stretch is None
        or end.stretch is None
        or begin.stretch.unit not in {"M", "D"}
    ):
        return begin
    if begin.stretch.first is None or end.stretch.first is None or end.basis != "absolute":
        return begin
    year = end.stretch.first.year - (begin.stretch.first.month > end.stretch.first.month)
    at = calendar.add(begin.stretch.first, months=12 * (year - begin.stretch.first.year))
    return timexes.dated(calendar.around(begin.stretch.unit, at))


def _clocked(found: list[tuple[Span, Value]], text: str) -> list[tuple[Span, Value]]:
    """ "at 16:15, June 1": a time of day that its day follows."""
    dated = list(found)
    for n in range(len(found) - 1):
        (a, clock), (b, day) = found[n], found[n + 1]
        near = re.fullmatch(r"(?:\s*,)?\s*(?:on\s+)?", text[a.end : b.start])
        time = re.fullmatch(r".{10}(T\d\d:\d\d.*)", clock.timex)
        if near and time and day.type == "DATE" and day.stretch and day.stretch.unit == "D":
            value = replace(day, type="TIME", timex=day.stretch.value + time[1], anchor=f"t{n + 2}", basis="relative")
            dated[n] = (a, value)
    return dated
