"""Time expressions: where they stand, what TIMEX3 makes of them, and the days between which they begin and end.

The step reads the text itself with a small grammar over ``time_words.tsv``, so that a wrong parse costs no date; the parse
is asked only whether a verb looks back or ahead. Everything relative is counted from the day of publication or, in a
story ("a day earlier"), from the time last mentioned; where neither is known, the value stays open (``XXXX-06``) and the
bounds are None. The machine's clock is never read.

Spans leave the preposition out and keep article and modifier ("since [early June]", "over [the last few months]"). The
bounds say what the words with their preposition say: "since June" begins in June and is open at its end.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from dateutil.easter import easter

from graph.documents import Span
from graph.model import Precision, Reading, Time, Token
from graph.reading import calendar, lexicon, numbers
from graph.reading.calendar import SEASONS, Stretch
from graph.reading.grammar import Tree

Kind = Literal["DATE", "TIME", "DURATION", "SET"]
Bounds = tuple[dt.date | None, dt.date | None, dt.date | None, dt.date | None]
Match = re.Match[str]
NO_BOUNDS: Bounds = (None, None, None, None)
SIZE = {u: n for n, us in enumerate(("D", "WE W FN", "M", "Q SP SU FA WI", "H", "Y", "DE", "CE")) for u in us.split()}
CLOCK_UNITS = frozenset({"TS", "TM", "TH"})


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression comes to, before its preposition is looked at."""

    type: Kind
    timex: str
    bounds: Bounds = NO_BOUNDS
    precision: Precision = "Vague"
    basis: Literal["absolute", "relative", "vague"] = "vague"
    anchor: str | None = None
    stretch: Stretch | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stretch to count from, and the name that a Time gives for it."""

    stretch: Stretch
    id: str | None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known where an expression stands: the document's day, the story's time, and which way the verb looks.

    ``direction`` of a place in the text is -1 for the past, +1 for the future, 0.5 for a bare present, 0 where grammar does
    not say.
    """

    text: str
    now: Anchor | None
    told: list[Anchor]
    direction: Callable[[int], float]
    american: bool

    @property
    def today(self) -> dt.date | None:
        return self.now.stretch.first if self.now else None

    def narrative(self, unit: str = "Y") -> Anchor | None:
        """The last time told that is as fine as the unit, else the document's own."""
        fine = (a for a in reversed(self.told) if SIZE[a.stretch.unit] <= SIZE.get(unit, 0))
        return next(fine, self.now)


Rule = Callable[[Match, Context], Value | None]
RULES: list[tuple[str, Rule]] = []


def _rule(template: str) -> Callable[[Rule], Rule]:
    """Enter a rule of the grammar: the shape of an expression, and what it comes to."""

    def enter(rule: Rule) -> Rule:
        RULES.append((template, rule))
        return rule

    return enter


@cache
def _words(*kinds: str) -> dict[str, str]:
    return {r["word"].lower(): r["value"] for r in lexicon.rows("time_words.tsv") if r["kind"] in kinds}


def _any(*kinds: str) -> str:
    return numbers.either(tuple(sorted(_words(*kinds), key=lambda w: (-len(w), w))))


@cache
def _pieces() -> dict[str, str]:
    """The non-terminals of the grammar as regular expressions."""
    year, unit = r"(?:1[5-9]|20)\d\d", _any("unit")
    month, weekday = _any("month"), _any("weekday")
    shift = "last|next|this|that|(?:the|its|his|her|their) (?:last|past|next|coming|previous|preceding|following|same|current)"
    span = "year|month|quarter|decade|century|week|season"
    holidays = tuple(sorted((r["name"] for r in lexicon.rows("holidays.tsv")), key=lambda w: (-len(w), w)))
    return {
        "YEAR": year,
        "UNIT": unit,
        "UNITS": rf"(?:centuries|(?:{unit})s)",
        "NUM": numbers.CARDINAL,
        "VAGUE": "a few|few|several|many|some|a couple of|a number of|countless|a handful of|the",
        "MONTH": month,
        "MON": rf"{month}|(?:{_any('month abbreviation')})\b\.?",
        "WEEKDAY": weekday,
        "WD": rf"{weekday}|(?:{_any('weekday abbreviation')})\b\.?",
        "DAY": r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\w%]|[.,:]\d)",
        "SEASON": _any("season"),
        "DAYPART": "morning|afternoon|evening|night",
        "SHIFT": shift,
        "WHOLE": rf"(?:fiscal )?{year}|(?:{month})(?:,? {year})?|(?:{shift}|the) (?:{span})|(?:{shift}) (?:{month})",
        "PART": r"(?:the )?(?:very )?(?:early|mid|late|earlier|later)(?:-| in | )|(?:the |year-)?(?:very )?"
        r"(?:end|start|beginning|middle|close|turn|rest|remainder|eve|course|outset) of ",
        "ABOUT": r"(?:(?:almost|nearly|about|around|approximately|roughly|more than|less than|at least|at most|up to|only|just under"
        r"|just over|just|well over|over|exactly|some|as many as|fewer than|under) )",
        "ZONE": _any("zone"),
        "HOLIDAY": numbers.either(holidays),
        "DASH": "(?:-|–|—| to | and )",
        "MORE": "(?:more|further|additional|extra|full|whole|consecutive|straight|successive|calendar|working|business|long) ",
        "REFERENCE": _any("reference"),
        "SETS": _any("set"),
        "ORDINAL": f"{numbers.either(numbers.words('ordinal'))}|last|final|opening|1st|2nd|3rd|4th",
    }


def _pattern(template: str) -> re.Pattern[str]:
    """A template with {NON-TERMINALS} and single spaces as one compiled expression that starts and ends between words."""
    filled = re.sub(r"\{([A-Z]+)\}", lambda m: f"(?:{_pieces()[m[1]]})", template)
    spaced = filled.replace(" ?", r"\s?").replace(" ", r"\s+")
    return re.compile(rf"(?i)(?<![\w$£€#])(?:{spaced})(?!\w)")


def _dated(stretch: Stretch, anchor: Anchor | None = None, kind: Kind = "DATE", timex: str = "") -> Value:
    """The value of an expression that stands for one stretch of the calendar."""
    bounds = (stretch.first, stretch.last, stretch.first, stretch.last)
    if stretch.first is None:
        return Value(kind, timex or stretch.value, precision=stretch.precision, stretch=stretch)
    basis: Literal["absolute", "relative"] = "relative" if anchor else "absolute"
    return Value(kind, timex or stretch.value, bounds, stretch.precision, basis, anchor.id if anchor else None, stretch)


def _date(year: int, month: int, day: int) -> Stretch | None:
    try:
        return calendar.day(dt.date(year, month, day))
    except ValueError:
        return None


def _number(text: str) -> float | None:
    """The number that a quantifier stands for; None for a vague one."""
    low = re.sub(r"^(another|a further|an additional|a|an)\s+(?=\S)", "", text.lower().strip())
    if low in {"a", "an", "another", "one", "a further", "an additional"}:
        return 1.0
    if low in {"half an", "half a", "half"}:
        return 0.5
    if low in {"couple of", "a couple of", "couple"}:
        return 2.0
    return numbers.value(low)


def _day_number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _unit(word: str) -> str:
    low = word.lower()
    singular = "century" if low == "centuries" else low
    return _words("unit").get(singular) or _words("unit")[singular.removesuffix("s")]


def _month(word: str) -> int:
    return int(_words("month", "month abbreviation")[word.lower().rstrip(".")])


def _weekday(word: str) -> int:
    return int(_words("weekday", "weekday abbreviation")[word.lower().rstrip(".")])


def _length(count: float | None, unit: str) -> str:
    """The TIMEX3 value of a duration: P3Y, P2.5Y, PT30M, PXM where the number is vague."""
    if count == 0.5 and unit == "TH":
        return "PT30M"
    if unit == "FN":
        count, unit = (None if count is None else 2 * count), "W"
    digits = "X" if count is None else f"{count:.12g}" if count < 1e12 else "X"
    return f"PT{digits}{unit[1]}" if unit in CLOCK_UNITS else f"P{digits}{unit}"


def _full_year(text: str, today: dt.date | None) -> int:
    """Four digits of a year from two, by the century window of POSIX unless the document is older."""
    number = _day_number(text)
    if len(text) == 4:
        return number
    century = (today.year if today else 2000) // 100 * 100
    guess = century + number
    return guess - 100 if guess > (today.year + 20 if today else 2068) else guess


def _step(word: str) -> int:
    return int(_words("shift").get(_last_word(word), "0"))


def _last_word(words: str) -> str:
    return words.lower().split()[-1] if words.strip() else ""


def _counted_from(word: str, unit: str, context: Context) -> Anchor | None:
    """Where "last", "the following" … count from: the document, or the story's own time."""
    told = _words("anchor").get(_last_word(word)) == "narrative"
    return context.narrative(unit) if told else context.now


def _shifted(unit: str, anchor: Anchor | None, count: int) -> Stretch:
    if anchor is None or anchor.stretch.first is None:
        return calendar.unknown(unit)
    base = calendar.around(unit, anchor.stretch.first)
    at = base.first if base.first else anchor.stretch.first
    return calendar.around(unit, calendar.shift(unit, at, count))


def _nearest(options: list[Stretch], today: dt.date, direction: float, penalty: int = 8) -> Stretch:
    """The option closest to the document's day; one on the other side than the verb looks counts as farther away."""

    def cost(option: Stretch) -> int:
        first, last = option.first or today, option.last or today
        behind, ahead = (today - last).days, (first - today).days
        if behind > 0:
            return behind * (penalty if direction >= 1 else 1)
        return max(ahead, 0) * (penalty if direction < 0 else 1)

    return min(options, key=cost)


def _recurring(at: int, context: Context, named: str, unit: str, option: Callable[[int], Stretch | None]) -> Value:
    """What comes back every year, in the year that fits best; ``named`` is its value where no year is known."""
    if context.now is None or context.today is None:
        return Value("DATE", named, precision=Stretch(named, unit).precision, stretch=Stretch(named, unit))
    this = context.today.year
    options = [s for y in range(max(this - 4, 1), min(this + 5, 9999)) if (s := option(y)) is not None]
    near = [s for s in options if s.first and abs(s.first.year - this) <= 1] or options
    chosen = _nearest(near, context.today, context.direction(at), 3 if unit == "Q" else 8)
    return _dated(chosen, context.now)


def _whole(text: str, at: int, context: Context) -> Anchor | None:
    """The stretch that "the end of …", "the third quarter of …" is a part of."""
    year = re.search(r"\d{4}", text)
    names = [w for w in re.findall(r"[a-z]+", text.lower()) if w in _words("month")]
    if names and year:
        return Anchor(calendar.month(int(year[0]), _month(names[0])), None)
    if year:
        return Anchor(calendar.year(int(year[0])), None)
    if names:
        number = _month(names[0])
        found = _recurring(at, context, f"XXXX-{number:02}", "M", lambda y: calendar.month(y, number))
        return Anchor(found.stretch, found.anchor) if found.stretch else None
    *before, name = text.split()
    unit = "Y" if name.lower() == "season" else _unit(name)
    anchor = _counted_from(" ".join(before), unit, context)
    stretch = _shifted(unit, anchor, _step(" ".join(before)))
    return Anchor(stretch, anchor.id if anchor else None)


def _in(whole: Anchor, stretch: Stretch) -> Value:
    return _dated(stretch, whole if whole.id else None)


@_rule(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:T(?P<clock>\d\d:\d\d)(?::\d\d)?(?P<z>Z)?)?")
def _iso(m: Match, context: Context) -> Value | None:
    stretch = _date(int(m["y"]), int(m["m"]), int(m["d"]))
    if stretch is None:
        return None
    return _dated(stretch, kind="TIME", timex=f"{m[0][:16]}{m['z'] or ''}") if m["clock"] else _dated(stretch)


@_rule(r"(?P<a>\d{1,2})(?P<sep>[/.])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d\d)(?![/.]\d)")
def _numeric(m: Match, context: Context) -> Value | None:
    """British unless that is no date, the document writes American ones, or only the American reading is not yet to come."""
    if m["sep"] == "." and len(m["y"]) == 2:
        return None
    year, a, b = _full_year(m["y"], context.today), int(m["a"]), int(m["b"])
    british, american = _date(year, b, a), _date(year, a, b)
    if british is None or american is None:
        chosen = british or american
    else:
        ahead = context.today is not None and british.value > context.today.isoformat() >= american.value
        chosen = american if context.american or ahead else british
    return _dated(chosen) if chosen else None


@_rule(r"(?:{WD},? (?:the )?)?(?P<month>{MON}) (?P<d>{DAY})(?:{DASH}(?P<d2>{DAY})(?! {MONTH}))?(?:,? (?P<y>{YEAR}))?")
@_rule(r"(?:{WD},? )?(?:the )?(?P<d>{DAY})(?:{DASH}(?P<d2>{DAY}))?(?: of)? (?P<month>{MON})(?:,? (?P<y>{YEAR}))?")
def _month_day(m: Match, context: Context) -> Value | None:
    if not m["month"][0].isupper():
        return None
    month, day = _month(m["month"]), _day_number(m["d"])
    last = _day_number(m["d2"]) if m["d2"] else day
    if m["y"]:
        first, end = _date(int(m["y"]), month, day), _date(int(m["y"]), month, last)
        found = _dated(first) if first else None
    else:
        found = _recurring(m.start(), context, f"XXXX-{month:02}-{day:02}", "D", lambda y: _date(y, month, day))
        end = _date(found.stretch.first.year, month, last) if found.stretch and found.stretch.first else None
    if found is None or last == day or end is None or found.stretch is None:
        return found
    bounds = (found.bounds[0], found.bounds[1], end.first, end.last)
    return replace(found, timex=f"{found.timex}/{end.value}", bounds=bounds)


@_rule(
    r"(?:{PART})?(?:(?P<shift>{SHIFT}) )?(?P<month>{MONTH})(?:(?:,| of)? (?:(?P<y>{YEAR})|(?P<rel>(?:{SHIFT}) year)))?"
)
@_rule(r"(?P<month>{MON})(?:,? (?P<y>{YEAR}))(?P<shift>)(?P<rel>)")
def _month_of(m: Match, context: Context) -> Value | None:
    number = _month(m["month"])
    if not m["month"][0].isupper():
        return None
    if m["y"]:
        return _dated(calendar.month(int(m["y"]), number))
    if m["rel"]:
        whole = _whole(m["rel"], m.start(), context)
        return None if whole is None else _in(whole, _month_in(whole.stretch, number))
    if number in {3, 5} and not m["shift"] and not _is_date_slot(m):
        return None
    if m["shift"] and context.today and _step(m["shift"]):
        return _dated(_month_beside(context.today, number, _step(m["shift"])), context.now)
    return _recurring(m.start(), context, f"XXXX-{number:02}", "M", lambda y: calendar.month(y, number))


def _month_in(year: Stretch, number: int) -> Stretch:
    if year.first is None:
        return Stretch(f"XXXX-{number:02}", "M")
    return calendar.month(year.first.year, number)


def _month_beside(today: dt.date, number: int, step: int) -> Stretch:
    """ "last May", "next May": the one before, the one after this month."""
    year = today.year + (step if (number - today.month) * step <= 0 else 0)
    return calendar.month(year, number)


def _is_date_slot(m: Match) -> bool:
    """Whether March or May, which are words besides, stand where a month is expected."""
    before, after = m.string[max(0, m.start() - 14) : m.start()], m.string[m.end() : m.end() + 12]
    slot = r"(?i)(?:\b(?:in|since|by|until|till|from|to|before|after|during|of|early|late|mid|through|between|and|for)[\s-]|[,;(–-]\s*)$"
    return bool(re.search(slot, before)) or bool(re.match(r"\s+(?:to|and|until)\s+[A-Z]|['’]s\b", after))


@_rule(
    r"(?:early |late )?(?:(?P<shift>last|next|this|that|the (?:last|following|previous|next)) )?(?P<day>{WEEKDAY})"
    r"(?:[- ](?P<part>{DAYPART}))?(?: (?:of )?(?P<week>last week|next week|this week|week))?"
)
@_rule(r"(?P<part>{DAYPART}) of (?:(?P<shift>last|next) )?(?P<day>{WEEKDAY})(?P<week>)")
def _weekday_of(m: Match, context: Context) -> Value | None:
    if not m["day"][0].isupper():
        return None
    number = _weekday(m["day"])
    anchor = _counted_from(m["shift"] or "", "D", context) if m["shift"] else context.now
    if anchor is None or anchor.stretch.first is None:
        stretch = Stretch(f"XXXX-WXX-{number}", "D")
    else:
        step = _step(m["shift"] or "") or (0 if not m["shift"] else context.direction(m.start()))
        stretch = _day_of_week(anchor.stretch.first, number, step, m, context)
    return _part_of_day(stretch, m["part"], anchor)


def _day_of_week(today: dt.date, number: int, step: float, m: Match, context: Context) -> Stretch:
    if m["week"]:
        monday = today - dt.timedelta(today.weekday())
        ahead = _step(m["week"]) if m["week"].lower() != "week" else 1
        return calendar.day(calendar.add(monday, days=number - 1 + 7 * ahead))
    back = (today.isoweekday() - number) % 7
    if step < 0:
        return calendar.day(calendar.add(today, days=-(back or 7)))
    if step > 0:
        return calendar.day(calendar.add(today, days=(-back) % 7 or 7))
    ahead = context.direction(m.start()) > 0
    return calendar.day(calendar.add(today, days=(-back) % 7 if ahead else -back))


def _part_of_day(stretch: Stretch, part: str | None, anchor: Anchor | None) -> Value:
    if not part:
        return _dated(stretch, anchor)
    return _dated(stretch, anchor, "TIME", f"{stretch.value}T{_words('day part')[part.lower()]}")


@_rule(r"(?P<day>{WEEKDAY})s|(?:every|each) (?P<day2>{WEEKDAY})")
def _weekly(m: Match, context: Context) -> Value | None:
    name = m["day"] or m["day2"]
    return Value("SET", f"XXXX-WXX-{_weekday(name)}") if name[0].isupper() else None


@_rule(
    r"(?:{PART})?(?:(?P<shift>{SHIFT}|(?:the|an|that) (?:entire|whole|full)) )(?P<unit>{UNIT}|{SEASON}|{DAYPART})(?P<tail>)"
)
@_rule(r"(?P<part>{PART})(?P<shift>the|that) (?P<unit>{UNIT}|{SEASON})(?P<tail>)")
@_rule(r"(?P<part>later|earlier|late|early) in (?P<shift>the) (?P<unit>{UNIT})(?P<tail>)")
@_rule(
    r"(?P<shift>the) (?P<unit>day|week|month|year|decade) (?P<tail>previous|before|earlier|prior|after|following)(?=\s*(?:[.,;:)”\"–—]|$|\n))"
)
def _relative(m: Match, context: Context) -> Value | None:
    """ "last year", "later this week", "the end of the month", "that day", "the year before", "this morning"."""
    low, shift = m["unit"].lower(), m["shift"].lower()
    if low in _words("day part") and low != "night" or low == "night":
        return _relative_part(low, shift, m, context)
    unit = _words("season").get(low) or _unit(low)
    if unit in CLOCK_UNITS or (unit == "Q" and shift == "the"):
        return None
    if unit in SEASONS:
        return _relative_season(unit, shift, context)
    if m["tail"]:
        step, anchor = (
            (-1 if m["tail"].lower() in {"previous", "before", "earlier", "prior"} else 1),
            context.narrative(unit),
        )
    elif unit == "D" and shift == "the" or "entire" in shift or "whole" in shift or "full" in shift:
        step, anchor = 0, context.narrative(unit)
    else:
        step, anchor = _step(shift), _counted_from(shift, unit, context)
    window = re.search(r"(?i)\b(?:in|over|during|within|for)\s+$", m.string[max(0, m.start() - 9) : m.start()])
    if window and re.search(r"the (?:last|past|next|coming)$", shift):
        return _window(1.0, unit, step, context)
    if unit == "WE" and step == 0 and anchor and anchor.stretch.first:
        step = -1 if context.direction(m.start()) < 0 and anchor.stretch.first.isoweekday() < 5 else 0
    return _dated(_shifted(unit, anchor, step), anchor)


def _relative_season(code: str, shift: str, context: Context) -> Value:
    anchor = _counted_from(shift, code, context)
    if anchor is None or anchor.stretch.first is None:
        return _dated(calendar.unknown(code))
    at, step = anchor.stretch.first, _step(shift)
    this = calendar.season(at.year, code)
    passed = this.last is not None and this.last < at
    begun = this.first is not None and this.first <= at
    move = -1 if step < 0 and not passed else 1 if step > 0 and begun else 0
    return _dated(calendar.season(at.year + move, code), anchor)


def _relative_part(low: str, shift: str, m: Match, context: Context) -> Value | None:
    """ "this morning", "last night", "that evening", "the following afternoon"."""
    if m["tail"] or (shift == "the" and not m.groupdict().get("part")):
        return None
    anchor = _counted_from(shift, "D", context)
    return _part_of_day(_shifted("D", anchor, _step(shift)), low, anchor)


@_rule(r"(?P<x>(?:at |over |during )?(?P<the>the weekend))")
def _weekend(m: Match, context: Context) -> Value | None:
    if context.now is None or context.today is None:
        return _dated(calendar.unknown("WE"))
    ahead = context.direction(m.start()) > 0 or context.today.isoweekday() > 5
    return _dated(_shifted("WE", context.now, 0 if ahead else -1), context.now)


@_rule(
    r"(?:(?:the|these|this|its|his|her|their|our|my) )?(?:{ABOUT})?(?P<shift>last|past|previous|next|coming|following|first|final|recent|latest"
    r"|preceding|upcoming|opening|forthcoming) (?:(?P<n>{NUM}|few|several|couple of|many|half) )?(?:{MORE})?(?P<unit>{UNITS}|half-?century|decade)"
    r"(?: of (?P<whole>{WHOLE}))?"
)
def _counted_window(m: Match, context: Context) -> Value | None:
    """ "the last few months", "the coming weeks", "recent years", "the first three months of the year"."""
    unit = "DE" if m["unit"].lower().endswith("decade") else _unit(m["unit"].split("-")[-1])
    count = _number(m["n"]) if m["n"] else (1.0 if m["unit"].lower() == "decade" else None)
    shift = m["shift"].lower()
    if m["whole"]:
        return _portion(m, count, unit, context)
    if shift in {"first", "final", "opening"}:
        return Value("DURATION", _length(count, unit))
    if _words("anchor").get(shift) == "narrative" and count:
        return Value("DURATION", _length(count, unit))
    return _window(count, unit, -1 if shift in {"recent", "latest"} else _step(shift), context)


def _window(count: float | None, unit: str, step: int, context: Context) -> Value:
    """A length of time that ends, or begins, on the day of the document."""
    value = Value("DURATION", _length(count, unit), basis="vague" if count is None else "relative")
    if context.today is None:
        return replace(value, basis="vague")
    today, anchor = context.today, context.now.id if context.now else None
    edge = None if count is None else calendar.shift(unit, today, step * count)
    bounds = (edge, None, None, today) if step < 0 else (today, None, None, edge)
    return replace(value, bounds=bounds, anchor=anchor)


def _portion(m: Match, count: float | None, unit: str, context: Context) -> Value | None:
    """ "the first three months of 2009": a length with both ends."""
    whole = _whole(m["whole"], m.start(), context)
    value = Value("DURATION", _length(count, unit))
    if whole is None or whole.stretch.first is None or whole.stretch.last is None or count is None:
        return value
    if m["shift"].lower() in {"first", "opening"}:
        first, last = whole.stretch.first, calendar.add(calendar.shift(unit, whole.stretch.first, count), days=-1)
    else:
        first, last = calendar.add(calendar.shift(unit, whole.stretch.last, -count), days=1), whole.stretch.last
    return replace(
        value, bounds=(first, None, None, last), basis="relative" if whole.id else "absolute", anchor=whole.id
    )


@_rule(
    r"(?:{ABOUT})?(?:(?P<n>{NUM}|{VAGUE}|another|half an|half a|an|a) )?(?P<unit>{UNIT}|{UNITS}) (?P<way>ago|earlier|later|previously|hence|from now|from today)(?! th[ai]n)"
)
def _distance(m: Match, context: Context) -> Value | None:
    """ "two years ago", "a day earlier", "three weeks later": a day, week, month or year by the unit's own size."""
    if m["n"] is None and not re.search(r"(?i)s$|centuries$", m["unit"]):
        return None
    unit, count = _unit(m["unit"]), _number(m["n"]) if m["n"] else None
    way = m["way"].lower()
    back = way in {"ago", "earlier", "previously"}
    anchor = (
        context.narrative(unit if unit not in CLOCK_UNITS else "D")
        if way in {"earlier", "later", "previously"}
        else context.now
    )
    if count is None:
        return _vague_distance(unit, back, way in {"ago", "hence"}, context)
    if anchor is None or anchor.stretch.first is None:
        return Value("DATE", calendar.UNKNOWN.get(unit, "XXXX-XX-XX"))
    if unit in CLOCK_UNITS:
        return _dated(calendar.day(anchor.stretch.first), anchor)
    at = calendar.shift(unit, anchor.stretch.first, -count if back else count)
    return _dated(calendar.around("Y" if unit == "DE" else unit, at), anchor)


def _vague_distance(unit: str, back: bool, from_now: bool, context: Context) -> Value:
    value = Value("DATE", "PAST_REF" if back else "FUTURE_REF")
    if not from_now or context.today is None or context.now is None:
        return value
    bounds = (None, None, None, context.today) if back else (context.today, None, None, None)
    return replace(value, bounds=bounds, anchor=context.now.id)


@_rule(r"in (?P<x>(?:{ABOUT})?(?P<n>{NUM}|a few|several|a couple of|a) (?P<unit>{UNIT}|{UNITS})['’]?s? time)")
def _in_time(m: Match, context: Context) -> Value | None:
    """ "in two weeks' time" is a date where the number is known, and only lies ahead where it is not."""
    unit, count = _unit(m["unit"]), _number(m["n"])
    if count is None or context.today is None or unit in CLOCK_UNITS:
        return _window(None, unit, 1, context)
    at = calendar.shift(unit, context.today, count)
    return _dated(calendar.around("Y" if unit == "DE" else unit, at), context.now)


@_rule(r"(?P<n>{NUM})(?= ?(?:-|–|to |or |and )\s?{NUM}[- ](?:{MORE})?(?P<unit>{UNIT}|{UNITS})\b)")
@_rule(
    r"(?:{ABOUT})?(?:another |a further |an additional )?(?P<n>{NUM})(?: ?- ?| )(?:{MORE})?(?P<unit>{UNIT}|{UNITS})(?!['’]?s?[- ]olds?\b|s? of age\b|s? time\b)"
)
@_rule(
    r"(?:{ABOUT})?(?P<n>another|a|an|a further|half an|half a) (?:{MORE})?(?P<unit>{UNIT})(?:-long)?(?: and a (?P<half>half|quarter))?(?!['’]s\b|[- ]old\b)"
)
@_rule(r"(?P<n>half)[- ](?:an? )?(?P<unit>hour|century|decade|year|day)")
@_rule(r"(?:{ABOUT})?(?P<n>{VAGUE}) (?:{MORE})?(?P<unit>{UNITS})(?! old\b)")
@_rule(
    r"(?:for|in|over|after|within|of|take|took|taken|lasted|last|with|by|spent|spend) (?P<x>(?P<n>)(?P<unit>{UNITS}))"
)
@_rule(r"(?P<x>(?P<n>)(?P<unit>{UNITS})) (?:in the making|of|before|after|on end|away|long|behind)")
def _duration(m: Match, context: Context) -> Value | None:
    unit, quantifier = _unit(m["unit"]), m["n"].lower()
    if _is_no_length(m, unit, quantifier):
        return None
    count = _number(quantifier) if quantifier else None
    if m.groupdict().get("half"):
        count = (count or 1) + (0.5 if m["half"].lower() == "half" else 0.25)
    if quantifier == "a" and _is_rate(m):
        return Value("SET", _length(count, unit))
    return Value("DURATION", _length(count, unit))


def _is_no_length(m: Match, unit: str, quantifier: str) -> bool:
    """ "a second", "three quarters of" and "the minutes" measure no time; "the years" do only after "over"."""
    if unit == "Q":
        return not m["unit"].lower().endswith("s") or bool(re.match(r"\s+of\b|-", m.string[m.end() :]))
    if quantifier == "the":
        before = m.string[max(0, m.start() - 8) : m.start()].lower()
        return not re.search(r"(?:over|through)\s+(?:the\s+)?$", before + m[0].lower()[: -len(m["unit"])])
    if unit == "TS":
        return quantifier in {"a", "an", "another", "one", ""} or _unit_is_ordinal(m)
    abbreviated = m["unit"].lower().rstrip("s") in {"min", "hr"}
    return abbreviated and not m["n"][:1].isdigit()


def _unit_is_ordinal(m: Match) -> bool:
    return m["unit"].lower() == "second" and "-" not in m[0]


def _is_rate(m: Match) -> bool:
    """Whether "a year" says how often or how much ("15 a year", "20 million tonnes a year")."""
    before = m.string[max(0, m.start() - 60) : m.start()].lower()
    words = re.findall(r"[\w%$£€.,-]+", before)[-5:]
    if not words or words[-1] in _words("no rate after"):
        return False
    return any(w[0].isdigit() or w[0] in "$£€" or numbers.value(w) is not None or w in {"once", "twice"} for w in words)


@_rule(
    r"(?:{PART})?(?:(?:the|its|their|his|a) )?(?:fiscal )?(?P<nth>{ORDINAL})[- ](?P<unit>quarter|half)(?:(?: of|,| in)? (?:(?:the )?(?:fiscal|financial)(?: year)? )?(?P<whole>{WHOLE}))?"
)
@_rule(r"(?P<unit>[QH])(?P<nth>[1-4])(?:(?: of|,)? (?:FY ?)?(?P<whole>{YEAR}))?")
@_rule(r"(?P<nth>[1-4])(?P<unit>[QH])(?: (?P<whole>{YEAR}))?")
@_rule(r"(?P<whole>{YEAR})[- ](?P<unit>[QH])(?P<nth>[1-4])")
def _quarter_of(m: Match, context: Context) -> Value | None:
    size = 2 if m["unit"].lower() in {"half", "h"} else 4
    which = _ordinal(m["nth"], size)
    if which is None or (size == 2 and not m["whole"]):
        return None
    make = calendar.half if size == 2 else calendar.quarter
    if m["whole"]:
        whole = _whole(m["whole"], m.start(), context)
        if whole is None or whole.stretch.unit != "Y":
            return None
        if whole.stretch.first is None:
            return Value("DATE", f"XXXX-{'H' if size == 2 else 'Q'}{which}", precision="Quarter")
        return _in(whole, make(whole.stretch.first.year, which))
    return _recurring(m.start(), context, f"XXXX-Q{which}", "Q", lambda y: calendar.quarter(y, which))


def _ordinal(word: str, size: int) -> int | None:
    low = word.lower()
    if low in {"last", "final"}:
        return size
    known = {r["word"]: int(r["value"]) for r in lexicon.rows("numbers.tsv") if r["kind"] == "ordinal"}
    number = 1 if low == "opening" else int(low[0]) if low[0].isdigit() else known[low]
    return number if number <= size else None


@_rule(
    r"(?:the )?(?P<nth>first|second|third|fourth|last|final|opening) (?P<unit>week|weekend|day) (?:of|in) (?P<whole>{WHOLE})"
)
def _nth_of(m: Match, context: Context) -> Value | None:
    """ "the last week of March": the last one that lies wholly in it."""
    whole, unit = _whole(m["whole"], m.start(), context), _unit(m["unit"])
    if whole is None or whole.stretch.first is None or whole.stretch.last is None:
        return _dated(calendar.unknown(unit))
    low = m["nth"].lower()
    length = {"D": 1, "W": 7, "WE": 2}[unit]
    if low in {"last", "final"}:
        at = calendar.add(whole.stretch.last, days=1 - length)
        return _in(whole, calendar.around(unit, at))
    begin = calendar.around(unit, calendar.add(whole.stretch.first, days=length - 1))
    steps = (_ordinal(low, 5) or 1) - 1
    return _in(whole, calendar.around(unit, calendar.shift(unit, begin.first or whole.stretch.first, steps)))


@_rule(
    r"(?:the )?(?:fiscal|financial)(?: year)?(?: of| ending)? (?P<y>{YEAR})(?:[-/–]\d\d(?:\d\d)?)?|FY ?(?P<y2>{YEAR}|\d\d)(?:[-/–]\d\d)?|(?:the )?(?P<y3>{YEAR})(?:[-/–]\d\d(?:\d\d)?)? (?:fiscal|financial) year"
)
def _fiscal(m: Match, context: Context) -> Value | None:
    """A fiscal year begins when its owner says so; all that is sure is that it shares days with its calendar year."""
    stretch = calendar.year(_full_year(m["y"] or m["y2"] or m["y3"], context.today))
    return replace(_dated(stretch), timex=f"FY{stretch.value}", bounds=(None, stretch.last, stretch.first, None))


@_rule(r"(?:{PART})?(?:the )?(?P<full>1[5-9]\d0|20\d0)['’]?s")
@_rule(r"(?:{PART})?(?P<the>the |and )?(?P<apostrophe>['’])?(?P<short>[1-9]0)s")
@_rule(r"(?:{PART})?(?:the )(?P<word>nineties|eighties|seventies|sixties|fifties|forties|thirties|twenties)")
def _decade_of(m: Match, context: Context) -> Value | None:
    groups = m.groupdict()
    if groups.get("full"):
        return _dated(calendar.decade(int(m["full"])))
    if groups.get("short"):
        if not (m["the"] or m["apostrophe"]):
            return None
        tens = int(m["short"])
    else:
        tens = 10 * int(_words("decade")[m["word"].lower()])
    return _dated(calendar.decade(1900 + tens if tens >= 30 else 2000 + tens))


@_rule(
    r"(?:{PART})?(?:the )?(?:(?P<n>\d{1,2})(?:st|nd|rd|th)|(?P<word>{ORDINAL}|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-first))[- ]century"
)
def _century_of(m: Match, context: Context) -> Value | None:
    number = int(m["n"]) if m["n"] else _words("century").get(m["word"].lower())
    return _dated(calendar.century(int(number))) if number and int(number) > 0 else None


@_rule(r"(?P<part>{PART})?(?P<the>the )?(?P<season>{SEASON})(?: of)?(?: (?P<y>{YEAR}))?")
def _season_of(m: Match, context: Context) -> Value | None:
    code = _words("season")[m["season"].lower()]
    if m["y"]:
        return _dated(calendar.season(int(m["y"]), code))
    before = m.string[max(0, m.start() - 10) : m.start()].lower()
    slot = bool(re.search(r"\b(?:in|by|since|until|during|over|of|for|through)\s+$", before)) or bool(m["part"])
    other = m.string[m.end() :].startswith((" of", "-")) or m[0].lower().endswith(" of")
    if other or (not slot and (m["season"].lower() in {"spring", "fall"} or m["season"][0].isupper())):
        return None
    return _recurring(m.start(), context, f"XXXX-{code}", code, lambda y: calendar.season(y, code))


@_rule(r"(?:(?P<shift>last|next|this) )?(?P<name>{HOLIDAY})(?:,? (?P<y>{YEAR}))?")
def _holiday(m: Match, context: Context) -> Value | None:
    if not m["name"][0].isupper():
        return None
    rule = _holidays()[re.sub(r"\s+", " ", m["name"]).replace("’", "'").lower()]
    if m["y"]:
        return _dated(_ruled(rule, int(m["y"])))
    if m["shift"] and _step(m["shift"]) and context.today:
        step, today = _step(m["shift"]), context.today
        days = [_ruled(rule, y) for y in (today.year - 1, today.year, today.year + 1)]
        side = [d for d in days if d.first and (d.first - today).days * step > 0]
        return _dated(_nearest(side, today, step), context.now) if side else None
    named = f"XXXX-{rule}" if re.fullmatch(r"\d\d-\d\d", rule) else "XXXX-XX-XX"
    return _recurring(m.start(), context, named, "D", lambda y: _ruled(rule, y))


@cache
def _holidays() -> dict[str, str]:
    return {r["name"].lower(): r["rule"] for r in lexicon.rows("holidays.tsv")}


def _ruled(rule: str, year: int) -> Stretch:
    """The day that a rule of ``holidays.tsv`` names in that year."""
    if rule.startswith("easter"):
        return calendar.day(calendar.add(easter(year), days=int(rule.removeprefix("easter"))))
    nth = re.fullmatch(r"(\d\d)-w(-?\d)-(\d)(?:\+(\d))?", rule)
    if nth:
        base = calendar.weekday_of_month(year, int(nth[1]), int(nth[2]), int(nth[3]))
        return calendar.day(calendar.add(base, days=int(nth[4] or 0)))
    return calendar.day(dt.date(year, int(rule[:2]), int(rule[3:])))


@_rule(
    r"(?:{ABOUT})?(?P<h>[01]?\d|2[0-4])(?:(?P<colon>[:.])(?P<min>[0-5]\d)(?::[0-5]\d)?)?(?: ?(?P<ap>[ap]m\b|[ap]\.m\b\.?))?"
    r"(?P<oclock> o['’]clock)?(?: \(?(?P<zone>{ZONE})\b(?:\s?[+-]\s?\d+)?\)?)?(?: (?:on )?(?P<day>{WEEKDAY}|today|yesterday|tomorrow))?"
)
@_rule(
    r"(?:{ABOUT})?(?P<h>[01]\d|2[0-4])(?P<colon>:?)(?P<min>[0-5]\d)(?P<ap>)(?P<oclock>) ?\(?(?P<zone>{ZONE})\b\)?(?: (?:on )?(?P<day>{WEEKDAY}|today|yesterday|tomorrow))?"
)
def _clock(m: Match, context: Context) -> Value | None:
    before = m.string[max(0, m.start() - 12) : m.start()].lower()
    asked = bool(re.search(r"\b(?:at|by|from|until|till|about|around|before|after|since|and|to)\s+$", before))
    timed = m["ap"] or m["oclock"] or (m["min"] and m["zone"]) or (m["colon"] == ":" and asked)
    if not timed or (m["colon"] is None and m["zone"] and not m["ap"] and not m["oclock"]):
        return None
    hour = int(m["h"]) % (12 if m["ap"] else 25) + (12 if m["ap"] and m["ap"][0].lower() == "p" else 0)
    zone = _words("zone").get((m["zone"] or "").lower(), "")
    return _at_clock(f"T{hour:02}:{m['min'] or '00'}{zone}", m["day"], m, context)


@_rule(r"(?P<word>noon|midnight|midday)(?: (?:on )?(?P<day>{WEEKDAY}|today|yesterday|tomorrow))?")
def _noon(m: Match, context: Context) -> Value | None:
    return _at_clock("T24:00" if m["word"].lower() == "midnight" else "T12:00", m["day"], m, context)


def _at_clock(clock: str, day: str | None, m: Match, context: Context) -> Value:
    """A time of day, on the day it names, else the one last told, else the document's."""
    anchor = context.narrative("D")
    if day and day.lower() in _words("day shift"):
        anchor = context.now
        stretch = _shifted("D", anchor, int(_words("day shift")[day.lower()]))
    elif day and context.today:
        anchor = context.now
        stretch = _day_of_week_named(context.today, _weekday(day), context.direction(m.start()))
    else:
        known = anchor is not None and anchor.stretch.unit == "D"
        stretch = anchor.stretch if known and anchor else calendar.unknown("D")
    return _dated(stretch, anchor, "TIME", stretch.value + clock)


def _day_of_week_named(today: dt.date, number: int, direction: float) -> Stretch:
    back = (today.isoweekday() - number) % 7
    return calendar.day(calendar.add(today, days=(-back) % 7 if direction > 0 else -back))


@_rule(
    r"(?:in|during|through|throughout|by) (?P<x>(?:the )?(?:early |late |mid-)?(?:hours of the )?(?P<part>{DAYPART}))(?! vision| shift)"
)
@_rule(
    r"(?P<x>(?:early |late |mid-)?(?P<part>morning|afternoon|evening|overnight)) (?:trading|trade|session|news conference|briefing)"
)
@_rule(r"(?P<part>overnight)")
def _told_part(m: Match, context: Context) -> Value | None:
    anchor = context.narrative("D")
    known = anchor is not None and anchor.stretch.unit == "D"
    return _part_of_day(anchor.stretch if known and anchor else calendar.unknown("D"), m["part"], anchor)


@_rule(
    r"(?:(?:earlier|later|late|early|of|as of) )?(?P<day>the day before yesterday|the day after tomorrow|today|yesterday|tomorrow|tonight)(?: (?P<part>{DAYPART}))?"
)
def _day_beside(m: Match, context: Context) -> Value | None:
    low = re.sub(r"\s+", " ", m["day"].lower())
    stretch = _shifted("D", context.now, int(_words("day shift")[low]))
    return _part_of_day(stretch, "night" if low == "tonight" else m["part"], context.now)


@_rule(
    r"(?:at |in |during )?(?P<x>(?:the|that) (?:very )?same (?P<unit>day|week|month|quarter|year|period|time|point|season)(?: (?:of )?(?P<of>last year|a year ago|a year earlier"
    r"|a year before|the previous year|the year before|the prior year|this year|{YEAR}))?)"
)
@_rule(r"(?P<x>that (?P<unit>time|point))(?P<of>)")
@_rule(r"(?:by|since|until) (?P<x>then(?P<unit>)(?P<of>))")
def _same(m: Match, context: Context) -> Value | None:
    """ "that time", "the same period last year": what was last told, moved by the years that it says."""
    loose = {"period": "Q", "time": "CE", "point": "CE", "": "CE", "season": "Y"}
    word = m["unit"].lower()
    anchor = context.narrative(loose.get(word) or _unit(word))
    if (
        anchor is None
        or anchor.stretch.first is None
        or (not m["of"] and (anchor is context.now or "same time" in m[0].lower()))
    ):
        return None
    size = anchor.stretch.unit if word in loose else _unit(word)
    base = calendar.around(size, anchor.stretch.first)
    if not m["of"]:
        return _dated(base, anchor)
    at = calendar.shift("Y", base.first or anchor.stretch.first, _years_back(m["of"].lower(), anchor, context))
    return _dated(calendar.around(size, at), anchor)


def _years_back(words: str, anchor: Anchor, context: Context) -> int:
    told = anchor.stretch.first.year if anchor.stretch.first else 0
    if words[:4].isdigit():
        return int(words[:4]) - told
    if context.today and words in {"last year", "this year"}:
        return context.today.year - (words == "last year") - told
    return -1


@_rule("{REFERENCE}(?!-| as | as$| from | before | after )")
def _reference(m: Match, context: Context) -> Value | None:
    timex = _words("reference")[re.sub(r"\s+", " ", m[0].lower()).replace("’", "'")]
    today, bounds = context.today, NO_BOUNDS
    if today and timex == "PAST_REF":
        bounds = (None, None, None, today)
    elif today and timex == "FUTURE_REF":
        bounds = (today, None, None, None)
    elif today:
        bounds = (None, today, today, None)
    return Value("DATE", timex, bounds, anchor=context.now.id if context.now and today else None)


@_rule(r"(?:every|each)(?: (?P<n>other|second|{NUM}|few|single))? (?P<unit>{UNIT}|{UNITS}|{MONTH}|{SEASON}|{DAYPART})")
@_rule(r"(?:once|twice|thrice|{NUM} times|several times) (?:a|an|per|every|each)(?P<n>) (?P<unit>{UNIT})")
@_rule(r"(?P<n>)per (?P<unit>{UNIT})")
def _every(m: Match, context: Context) -> Value | None:
    low, count = m["unit"].lower(), (m["n"] or "").lower()
    if low in _words("month"):
        return Value("SET", f"XXXX-{_month(low):02}")
    if low in _words("season"):
        return Value("SET", f"XXXX-{_words('season')[low]}")
    if low in _words("day part"):
        return Value("SET", f"XXXX-XX-XXT{_words('day part')[low]}")
    return Value(
        "SET",
        _length(2.0 if count in {"other", "second"} else None if count == "few" else _number(count) or 1.0, _unit(low)),
    )


@_rule("{SETS}")
def _habit(m: Match, context: Context) -> Value | None:
    return Value("SET", _words("set")[re.sub(r"\s+", " ", m[0].lower())])


@_rule(r"(?:{PART})?(?:mid-)?(?P<y>{YEAR})(?:(?P<dash>[-–/])(?P<y2>{YEAR}|\d\d))?(?P<end>-end)?")
@_rule(r"(?:in|of|since|by|until|class of) (?P<x>(?P<apostrophe>['’])(?P<y>\d\d))(?P<y2>)")
def _year_of(m: Match, context: Context) -> Value | None:
    year = _full_year(m["y"], context.today)
    if m["y2"]:
        return _years(year, m["y2"])
    return _dated(calendar.year(year)) if m.groupdict().get("apostrophe") or _is_year(m) else None


def _years(first: int, text: str) -> Value | None:
    """ "2003-07", "1999–2004", "2008/09"."""
    last = int(text) if len(text) == 4 else first // 100 * 100 + int(text)
    last = last + 100 if last < first and len(text) == 2 and first % 100 > 90 else last
    if last <= first:
        return None
    begin, end = calendar.year(first), calendar.year(last)
    bounds = (begin.first, begin.last, end.first, end.last)
    return replace(_dated(begin), timex=f"{begin.value}/{end.value}", bounds=bounds)


def _is_year(m: Match) -> bool:
    """Whether four digits are a year and not a count, a code or part of a name."""
    before, after = m.string[max(0, m.start() - 24) : m.start()], m.string[m.end() : m.end() + 24]
    if re.match(
        r"[,.]\d|\s?%|['’]|-[a-z]|\s?(?:km|kg|mph|m|ft|cc|hp|tonnes?|metres?|meters?|feet|miles?|percent|per)\b", after
    ):
        return bool(re.match(r"['’]s\b", after))
    if re.search(
        r"[\d.,:/-]$|(?i:\b(?:no\.?|number|resolution|flight|room|article|section|page|channel|route|highway)\s)$",
        before,
    ):
        return bool(re.search(r"[A-Za-z]-$", before)) and not re.search(r"[A-Z]-$", before)
    if re.search(
        r"(?i)\b(?:in|since|by|until|till|from|to|before|after|during|of|for|and|between|early|late|mid|than|through|post|pre|circa|year|years|summer|spring|winter|autumn|the|this|its|their|his|her|a|or|as)[\s-]+$",
        before,
    ):
        return not _is_count(m, before, after)
    if re.search(r"[(\[,;:–—\"“]\s*$|^\s*$|(?:^|[.!?\n])\s*$", before):
        return not re.match(r"\s+[a-z]+s\b", after) or m[0].startswith(("early", "late", "mid", "the"))
    return (
        bool(re.search(r"[a-z]\s$", before))
        and not re.match(r"\s+[a-z]", after)
        and not re.search(r"[A-Z]\w*\s$", before)
    )


def _is_count(m: Match, before: str, after: str) -> bool:
    """ "than 2000 people": a plural follows that no date would have."""
    asked = re.search(
        r"(?i)\b(?:in|since|by|until|before|after|during|early|late|mid|the|its|between|and)[\s-]+$", before
    )
    return not asked and bool(
        re.match(r"\s+(?:[a-z-]+\s+)?(?!was|has|is|does|goes|as|this|its|his|years)[a-z]{2,}s\b", after)
    )


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


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], Rule], ...]:
    return tuple((_pattern(template), rule) for template, rule in RULES)


@cache
def _sparks() -> frozenset[str]:
    """The words without which, and without a digit, a line has no time in it."""
    kinds = {r["kind"] for r in lexicon.rows("time_words.tsv")} - {"shift", "anchor", "part", "zone", "no rate after"}
    found = {w for entry in _words(*sorted(kinds)) for w in re.findall(r"[a-z]+", entry)}
    names = {w for name in _holidays() for w in re.findall(r"[a-z]+", name)}
    return frozenset(
        found
        | names
        | {f"{u}s" for u in _words("unit")}
        | {"centuries", "time", "then", "noon", "midnight", "per", "period", "same"}
    )


def _lines(reading: Reading) -> Iterator[Span]:
    """Stretches of the body without a line break, save those that a sentence runs across."""
    text = reading.document.text
    inside = [s.span for s in reading.sentences if "\n" in s.span.of(text)]
    for zone in reading.document.body():
        at = zone.start
        for found in re.finditer(r"[\r\n\u2028\u2029]+", zone.of(text)):
            cut = zone.start + found.start()
            if not any(s.start < cut < s.end for s in inside):
                yield Span(at, cut)
                at = zone.start + found.end()
        yield Span(at, zone.end)


def _candidates(text: str, line: Span) -> list[_Candidate]:
    """What the rules match in a line, the earlier and longer first."""
    words = line.of(text).lower()
    if not re.search(r"\d", words) and _sparks().isdisjoint(re.findall(r"[a-z]+", words)):
        return []
    found = [
        (m.start(), -m.end(), number, _Candidate(m, rule))
        for number, (pattern, rule) in enumerate(_grammar())
        for m in pattern.finditer(text, line.start, line.end)
        if m.end() > m.start()
    ]
    return [c for *_, c in sorted(found, key=lambda f: f[:3])]


def times(reading: Reading) -> Reading:
    """Add the time expressions of the document, in text order.

    The values are those of TIMEX3 (ISO-TimeML; Saurí et al. 2006), ranges written as intervals of ISO 8601.
    """
    text, context = reading.document.text, _context(reading)
    found: list[tuple[Span, Value]] = []
    for line in _lines(reading):
        end = line.start
        for candidate in _candidates(text, line):
            span = candidate.span
            if candidate.match.start() < end or _is_name(reading, span):
                continue
            value = _valued(candidate, context)
            if value is not None:
                end = span.end
                found.append((span, value))
                _tell(span, value, len(found), context)
    placed = [(span, _placed(span, value, context)) for span, value in _clocked(_joined(found, text), text)]
    return replace(reading, times=tuple(_time(f"t{n}", *pair) for n, pair in enumerate(placed, 1)))


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


def _is_name(reading: Reading, span: Span) -> bool:
    """Whether the words are part of a person's or newspaper's name ("April Jones", "the Sunday Herald")."""
    after = reading.document.text[span.end : span.end + 14]
    if re.match(
        r"\s(?:Times|Telegraph|Mail|Mirror|Express|Herald|Star|World|Tribune|Independent|Post|Nation|News|Sun|Show)\b",
        after,
    ):
        return span.of(reading.document.text).lower() in _words("weekday", "month")
    starts = [t.span.start for t in reading.tokens]
    index = bisect_right(starts, span.start) - 1
    return 0 <= index and reading.tokens[index].span.overlaps(span) and reading.tokens[index].name.endswith("-PER")


_SINCE = r"since|as of|starting|beginning|dating from|effective"
_PREPOSITION = re.compile(
    rf"(?i)\b(?:(?P<since>{_SINCE}|from)|(?P<by>by|no later than|not later than)|(?P<until>until|till|til|through|up to|to)"
    r"|(?P<before>before|prior to|ahead of)|(?P<after>after|following))\s+(?:at least\s+|around\s+|about\s+)?$"
)


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
    match found.lastgroup if found else None:
        case "since":
            still = context.today if found and found[0].lower().startswith("since") else None
            return replace(value, bounds=(first, last, still if still and first and still >= first else None, None))
        case "by":
            return replace(value, bounds=(None, None, None, last))
        case "until":
            return replace(value, bounds=(None, None, first, last))
        case "before":
            return replace(value, bounds=(None, None, None, first))
        case "after":
            return replace(value, bounds=(first, None, None, None))
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
    return _dated(calendar.around(begin.stretch.unit, at))


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
