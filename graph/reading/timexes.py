"""What a time expression comes to: a rule for each pattern of ``time_patterns.tsv``, giving a TIMEX3 value and bounds.

Values are those of TIMEX3 (ISO-TimeML; Pustejovsky et al. 2010); where a day, month or year is not known they stay open
("XXXX-06"). A rule gives None where the words are no time after all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from dateutil.easter import easter

from graph.model import Precision
from graph.reading import calendar, lexicon, numbers
from graph.reading.calendar import SEASONS, Stretch

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

    ``direction`` of a place in the text is -1 for the past, +1 for the future, 0.5 for a bare present, 0 where grammar
    does not say.
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
RULES: dict[str, Rule] = {}


def _rule(rule: Rule) -> Rule:
    """Enter a rule under its name, by which ``time_patterns.tsv`` says what it is for."""
    RULES[rule.__name__.removeprefix("_")] = rule
    return rule


@cache
def codes(*kinds: str) -> dict[str, str]:
    return {r["word"].lower(): r["value"] for r in lexicon.rows("time_words.tsv") if r["kind"] in kinds}


def any_of(*kinds: str) -> str:
    return numbers.either(tuple(sorted(codes(*kinds), key=lambda w: (-len(w), w))))


@cache
def _pieces() -> dict[str, str]:
    """The non-terminals of the grammar as regular expressions: word lists, and the pieces of ``time_patterns.tsv``."""
    names = tuple(sorted((r["name"] for r in lexicon.rows("holidays.tsv")), key=lambda w: (-len(w), w)))
    lists = {"SHORTMONTH": "month abbreviation", "SHORTWEEKDAY": "weekday abbreviation", "SETS": "set"}
    lists |= {k.upper(): k for k in ("unit", "month", "weekday", "season", "zone", "reference")}
    pieces = {name: any_of(kind) for name, kind in lists.items()}
    pieces |= {"NUM": numbers.CARDINAL, "HOLIDAY": numbers.either(names)}
    pieces["ORDINAL"] = f"{numbers.either(numbers.words('ordinal'))}|last|final|opening|1st|2nd|3rd|4th"
    for row in lexicon.rows("time_patterns.tsv"):
        if row["name"].isupper():
            pieces[row["name"]] = _filled(row["pattern"], pieces)
    return pieces


def _filled(pattern: str, pieces: dict[str, str]) -> str:
    return re.sub(r"\{([A-Z]+)\}", lambda m: f"(?:{pieces[m[1]]})", pattern)


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of ``time_patterns.tsv`` as an expression that starts and ends between words."""
    spaced = _filled(pattern, _pieces()).replace(" ?", r"\s?").replace(" ", r"\s+")
    return re.compile(rf"(?i)(?<![\w$£€#])(?:{spaced})(?!\w)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of the grammar: the expression, its rule, and the kinds of words that must be near for it to match."""

    expression: re.Pattern[str]
    rule: Rule
    needs: tuple[frozenset[str], ...]


@cache
def grammar() -> tuple[Pattern, ...]:
    """Every pattern with the rule that says what its matches come to, in the order of the file."""
    return tuple(
        Pattern(
            compiled(row["pattern"]),
            RULES[row["name"]],
            tuple(frozenset(either.split("/")) for either in row["needs"].split()),
        )
        for row in lexicon.rows("time_patterns.tsv")
        if not row["name"].isupper()
    )


@cache
def _kinds() -> dict[str, frozenset[str]]:
    """The kinds of time word that a single word may belong to; of several words, the longest stands for all."""
    found: dict[str, set[str]] = {}
    entries = [(r["word"], r["kind"].removesuffix(" abbreviation")) for r in lexicon.rows("time_words.tsv")]
    for entry, kind in [*entries, *((name, "holiday") for name in holidays())]:
        parts = re.findall(r"[a-z]+", entry.lower())
        word = max(reversed(parts), key=len)
        found.setdefault(word, set()).add(kind.replace(" ", ""))
        if kind in {"unit", "weekday"}:
            found.setdefault(word + "s", set()).add(kind)
    found.setdefault("centuries", set()).add("unit")
    return {word: frozenset(kinds) for word, kinds in found.items()}


def sparks(text: str) -> frozenset[str]:
    """The words of a text in lower case, and the kinds of time word among them; "digit" if there is one."""
    low = text.lower()
    words = set(re.findall(r"[a-z]+", low))
    kinds = {kind for word in words & _kinds().keys() for kind in _kinds()[word]}
    return frozenset(words | kinds | ({"digit"} if re.search(r"\d", low) else set()))


def dated(stretch: Stretch, anchor: Anchor | None = None, kind: Kind = "DATE", timex: str = "") -> Value:
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
    return codes("unit").get(singular) or codes("unit")[singular.removesuffix("s")]


def _month(word: str) -> int:
    return int(codes("month", "month abbreviation")[word.lower().rstrip(".")])


def _weekday(word: str) -> int:
    return int(codes("weekday", "weekday abbreviation")[word.lower().rstrip(".")])


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
    return int(codes("shift").get(_last_word(word), "0"))


def _last_word(words: str) -> str:
    return words.lower().split()[-1] if words.strip() else ""


def _counted_from(word: str, unit: str, context: Context) -> Anchor | None:
    """Where "last", "the following" … count from: the document, or the story's own time."""
    told = codes("anchor").get(_last_word(word)) == "narrative"
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
    return dated(chosen, context.now)


def _whole(text: str, at: int, context: Context) -> Anchor | None:
    """The stretch that "the end of …", "the third quarter of …" is a part of."""
    year = re.search(r"\d{4}", text)
    names = [w for w in re.findall(r"[a-z]+", text.lower()) if w in codes("month")]
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
    return dated(stretch, whole if whole.id else None)


@_rule
def _iso(m: Match, context: Context) -> Value | None:
    stretch = _date(int(m["y"]), int(m["m"]), int(m["d"]))
    if stretch is None:
        return None
    return dated(stretch, kind="TIME", timex=f"{m[0][:16]}{m['z'] or ''}") if m["clock"] else dated(stretch)


@_rule
def _numeric(m: Match, context: Context) -> Value | None:
    """British, unless the document writes American dates or only the American reading lies in its past."""
    if m["sep"] == "." and len(m["y"]) == 2:
        return None
    year, a, b = _full_year(m["y"], context.today), int(m["a"]), int(m["b"])
    british, american = _date(year, b, a), _date(year, a, b)
    if british is None or american is None:
        chosen = british or american
    else:
        ahead = context.today is not None and british.value > context.today.isoformat() >= american.value
        chosen = american if context.american or ahead else british
    return dated(chosen) if chosen else None


@_rule
def _month_day(m: Match, context: Context) -> Value | None:
    if not m["month"][0].isupper():
        return None
    month, day = _month(m["month"]), _day_number(m["d"])
    last = _day_number(m["d2"]) if m["d2"] else day
    if m["y"]:
        first, end = _date(int(m["y"]), month, day), _date(int(m["y"]), month, last)
        found = dated(first) if first else None
    else:
        found = _recurring(m.start(), context, f"XXXX-{month:02}-{day:02}", "D", lambda y: _date(y, month, day))
        end = _date(found.stretch.first.year, month, last) if found.stretch and found.stretch.first else None
    if found is None or last == day or end is None or found.stretch is None:
        return found
    bounds = (found.bounds[0], found.bounds[1], end.first, end.last)
    return replace(found, timex=f"{found.timex}/{end.value}", bounds=bounds)


@_rule
def _month_of(m: Match, context: Context) -> Value | None:
    number = _month(m["month"])
    if not m["month"][0].isupper():
        return None
    if m["y"]:
        return dated(calendar.month(int(m["y"]), number))
    if m["rel"]:
        whole = _whole(m["rel"], m.start(), context)
        return None if whole is None else _in(whole, _month_in(whole.stretch, number))
    if number in {3, 5} and not m["shift"] and not _is_date_slot(m):
        return None
    if m["shift"] and context.today and _step(m["shift"]):
        return dated(_month_beside(context.today, number, _step(m["shift"])), context.now)
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
    slot = (
        r"(?i)(?:\b(?:in|since|by|until|till|from|to|before|after|during|of|early|late|mid|through|between|and|for)[\s-]"
        r"|[,;(–-]\s*)$"
    )
    return bool(re.search(slot, before)) or bool(re.match(r"\s+(?:to|and|until)\s+[A-Z]|['’]s\b", after))


@_rule
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
        return dated(stretch, anchor)
    return dated(stretch, anchor, "TIME", f"{stretch.value}T{codes('day part')[part.lower()]}")


@_rule
def _weekly(m: Match, context: Context) -> Value | None:
    name = m["day"] or m["day2"]
    return Value("SET", f"XXXX-WXX-{_weekday(name)}") if name[0].isupper() else None


@_rule
def _relative(m: Match, context: Context) -> Value | None:
    """ "last year", "later this week", "the end of the month", "that day", "the year before", "this morning"."""
    low, shift = m["unit"].lower(), m["shift"].lower()
    if (low in codes("day part") and low != "night") or low == "night":
        return _relative_part(low, shift, m, context)
    unit = codes("season").get(low) or _unit(low)
    if unit in CLOCK_UNITS or (unit == "Q" and shift == "the"):
        return None
    if unit in SEASONS:
        return _relative_season(unit, shift, context)
    if m["tail"]:
        step, anchor = (
            (-1 if m["tail"].lower() in {"previous", "before", "earlier", "prior"} else 1),
            context.narrative(unit),
        )
    elif (unit == "D" and shift == "the") or "entire" in shift or "whole" in shift or "full" in shift:
        step, anchor = 0, context.narrative(unit)
    else:
        step, anchor = _step(shift), _counted_from(shift, unit, context)
    window = re.search(r"(?i)\b(?:in|over|during|within|for)\s+$", m.string[max(0, m.start() - 9) : m.start()])
    if window and re.search(r"the (?:last|past|next|coming)$", shift):
        return _window(1.0, unit, step, context)
    if unit == "WE" and step == 0 and anchor and anchor.stretch.first:
        step = -1 if context.direction(m.start()) < 0 and anchor.stretch.first.isoweekday() < 5 else 0
    return dated(_shifted(unit, anchor, step), anchor)


def _relative_season(code: str, shift: str, context: Context) -> Value:
    anchor = _counted_from(shift, code, context)
    if anchor is None or anchor.stretch.first is None:
        return dated(calendar.unknown(code))
    at, step = anchor.stretch.first, _step(shift)
    this = calendar.season(at.year, code)
    passed = this.last is not None and this.last < at
    begun = this.first is not None and this.first <= at
    move = -1 if step < 0 and not passed else 1 if step > 0 and begun else 0
    return dated(calendar.season(at.year + move, code), anchor)


def _relative_part(low: str, shift: str, m: Match, context: Context) -> Value | None:
    """ "this morning", "last night", "that evening", "the following afternoon"."""
    if m["tail"] or (shift == "the" and not m.groupdict().get("part")):
        return None
    anchor = _counted_from(shift, "D", context)
    return _part_of_day(_shifted("D", anchor, _step(shift)), low, anchor)


@_rule
def _weekend(m: Match, context: Context) -> Value | None:
    if context.now is None or context.today is None:
        return dated(calendar.unknown("WE"))
    ahead = context.direction(m.start()) > 0 or context.today.isoweekday() > 5
    return dated(_shifted("WE", context.now, 0 if ahead else -1), context.now)


@_rule
def _counted_window(m: Match, context: Context) -> Value | None:
    """ "the last few months", "the coming weeks", "recent years", "the first three months of the year"."""
    unit = "DE" if m["unit"].lower().endswith("decade") else _unit(m["unit"].split("-")[-1])
    count = _number(m["n"]) if m["n"] else (1.0 if m["unit"].lower() == "decade" else None)
    shift = m["shift"].lower()
    if m["whole"]:
        return _portion(m, count, unit, context)
    if shift in {"first", "final", "opening"}:
        return Value("DURATION", _length(count, unit))
    if codes("anchor").get(shift) == "narrative" and count:
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


@_rule
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
        return dated(calendar.day(anchor.stretch.first), anchor)
    at = calendar.shift(unit, anchor.stretch.first, -count if back else count)
    return dated(calendar.around("Y" if unit == "DE" else unit, at), anchor)


def _vague_distance(unit: str, back: bool, from_now: bool, context: Context) -> Value:
    value = Value("DATE", "PAST_REF" if back else "FUTURE_REF")
    if not from_now or context.today is None or context.now is None:
        return value
    bounds = (None, None, None, context.today) if back else (context.today, None, None, None)
    return replace(value, bounds=bounds, anchor=context.now.id)


@_rule
def _in_time(m: Match, context: Context) -> Value | None:
    """ "in two weeks' time" is a date where the number is known, and only lies ahead where it is not."""
    unit, count = _unit(m["unit"]), _number(m["n"])
    if count is None or context.today is None or unit in CLOCK_UNITS:
        return _window(None, unit, 1, context)
    at = calendar.shift(unit, context.today, count)
    return dated(calendar.around("Y" if unit == "DE" else unit, at), context.now)


@_rule
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
        return not m["unit"].lower().endswith("s") or bool(re.match(r"\s+of\b|-", m.string[m.end() : m.end() + 24]))
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
    if not words or words[-1] in codes("no rate after"):
        return False
    return any(w[0].isdigit() or w[0] in "$£€" or numbers.value(w) is not None or w in {"once", "twice"} for w in words)


@_rule
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


@_rule
def _nth_of(m: Match, context: Context) -> Value | None:
    """ "the last week of March": the last one that lies wholly in it."""
    whole, unit = _whole(m["whole"], m.start(), context), _unit(m["unit"])
    if whole is None or whole.stretch.first is None or whole.stretch.last is None:
        return dated(calendar.unknown(unit))
    low = m["nth"].lower()
    length = {"D": 1, "W": 7, "WE": 2}[unit]
    if low in {"last", "final"}:
        at = calendar.add(whole.stretch.last, days=1 - length)
        return _in(whole, calendar.around(unit, at))
    begin = calendar.around(unit, calendar.add(whole.stretch.first, days=length - 1))
    steps = (_ordinal(low, 5) or 1) - 1
    return _in(whole, calendar.around(unit, calendar.shift(unit, begin.first or whole.stretch.first, steps)))


@_rule
def _fiscal(m: Match, context: Context) -> Value | None:
    """A fiscal year begins when its owner says so; all that is sure is that it shares days with its calendar year."""
    stretch = calendar.year(_full_year(m["y"] or m["y2"] or m["y3"], context.today))
    return replace(dated(stretch), timex=f"FY{stretch.value}", bounds=(None, stretch.last, stretch.first, None))


@_rule
def _decade_of(m: Match, context: Context) -> Value | None:
    groups = m.groupdict()
    if groups.get("full"):
        return dated(calendar.decade(int(m["full"])))
    if groups.get("short"):
        if not (m["the"] or m["apostrophe"]):
            return None
        tens = int(m["short"])
    else:
        tens = 10 * int(codes("decade")[m["word"].lower()])
    return dated(calendar.decade(1900 + tens if tens >= 30 else 2000 + tens))


@_rule
def _century_of(m: Match, context: Context) -> Value | None:
    number = int(m["n"]) if m["n"] else codes("century").get(m["word"].lower())
    return dated(calendar.century(int(number))) if number and int(number) > 0 else None


@_rule
def _season_of(m: Match, context: Context) -> Value | None:
    code = codes("season")[m["season"].lower()]
    if m["y"]:
        return dated(calendar.season(int(m["y"]), code))
    before = m.string[max(0, m.start() - 10) : m.start()].lower()
    slot = bool(re.search(r"\b(?:in|by|since|until|during|over|of|for|through)\s+$", before)) or bool(m["part"])
    other = m.string[m.end() : m.end() + 24].startswith((" of", "-")) or m[0].lower().endswith(" of")
    if other or (not slot and (m["season"].lower() in {"spring", "fall"} or m["season"][0].isupper())):
        return None
    return _recurring(m.start(), context, f"XXXX-{code}", code, lambda y: calendar.season(y, code))


@_rule
def _holiday(m: Match, context: Context) -> Value | None:
    if not m["name"][0].isupper():
        return None
    rule = holidays()[re.sub(r"\s+", " ", m["name"]).replace("’", "'").lower()]
    if m["y"]:
        return dated(_ruled(rule, int(m["y"])))
    if m["shift"] and _step(m["shift"]) and context.today:
        step, today = _step(m["shift"]), context.today
        days = [_ruled(rule, y) for y in (today.year - 1, today.year, today.year + 1)]
        side = [d for d in days if d.first and (d.first - today).days * step > 0]
        return dated(_nearest(side, today, step), context.now) if side else None
    named = f"XXXX-{rule}" if re.fullmatch(r"\d\d-\d\d", rule) else "XXXX-XX-XX"
    return _recurring(m.start(), context, named, "D", lambda y: _ruled(rule, y))


@cache
def holidays() -> dict[str, str]:
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


@_rule
def _clock(m: Match, context: Context) -> Value | None:
    before = m.string[max(0, m.start() - 12) : m.start()].lower()
    asked = bool(re.search(r"\b(?:at|by|from|until|till|about|around|before|after|since|and|to)\s+$", before))
    timed = m["ap"] or m["oclock"] or (m["min"] and m["zone"]) or (m["colon"] == ":" and asked)
    if not timed or (m["colon"] is None and m["zone"] and not m["ap"] and not m["oclock"]):
        return None
    hour = int(m["h"]) % (12 if m["ap"] else 25) + (12 if m["ap"] and m["ap"][0].lower() == "p" else 0)
    zone = codes("zone").get((m["zone"] or "").lower(), "")
    return _at_clock(f"T{hour:02}:{m['min'] or '00'}{zone}", m["day"], m, context)


@_rule
def _noon(m: Match, context: Context) -> Value | None:
    return _at_clock("T24:00" if m["word"].lower() == "midnight" else "T12:00", m["day"], m, context)


def _at_clock(clock: str, day: str | None, m: Match, context: Context) -> Value:
    """A time of day, on the day it names, else the one last told, else the document's."""
    anchor = context.narrative("D")
    if day and day.lower() in codes("day shift"):
        anchor = context.now
        stretch = _shifted("D", anchor, int(codes("day shift")[day.lower()]))
    elif day and context.today:
        anchor = context.now
        stretch = _day_of_week_named(context.today, _weekday(day), context.direction(m.start()))
    else:
        known = anchor is not None and anchor.stretch.unit == "D"
        stretch = anchor.stretch if known and anchor else calendar.unknown("D")
    return dated(stretch, anchor, "TIME", stretch.value + clock)


def _day_of_week_named(today: dt.date, number: int, direction: float) -> Stretch:
    back = (today.isoweekday() - number) % 7
    return calendar.day(calendar.add(today, days=(-back) % 7 if direction > 0 else -back))


@_rule
def _told_part(m: Match, context: Context) -> Value | None:
    anchor = context.narrative("D")
    known = anchor is not None and anchor.stretch.unit == "D"
    return _part_of_day(anchor.stretch if known and anchor else calendar.unknown("D"), m["part"], anchor)


@_rule
def _day_beside(m: Match, context: Context) -> Value | None:
    low = re.sub(r"\s+", " ", m["day"].lower())
    stretch = _shifted("D", context.now, int(codes("day shift")[low]))
    return _part_of_day(stretch, "night" if low == "tonight" else m["part"], context.now)


@_rule
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
        return dated(base, anchor)
    at = calendar.shift("Y", base.first or anchor.stretch.first, _years_back(m["of"].lower(), anchor, context))
    return dated(calendar.around(size, at), anchor)


def _years_back(words: str, anchor: Anchor, context: Context) -> int:
    told = anchor.stretch.first.year if anchor.stretch.first else 0
    if words[:4].isdigit():
        return int(words[:4]) - told
    if context.today and words in {"last year", "this year"}:
        return context.today.year - (words == "last year") - told
    return -1


@_rule
def _reference(m: Match, context: Context) -> Value | None:
    timex = codes("reference")[re.sub(r"\s+", " ", m[0].lower()).replace("’", "'")]
    today, bounds = context.today, NO_BOUNDS
    if today and timex == "PAST_REF":
        bounds = (None, None, None, today)
    elif today and timex == "FUTURE_REF":
        bounds = (today, None, None, None)
    elif today:
        bounds = (None, today, today, None)
    return Value("DATE", timex, bounds, anchor=context.now.id if context.now and today else None)


@_rule
def _every(m: Match, context: Context) -> Value | None:
    low, count = m["unit"].lower(), (m["n"] or "").lower()
    if low in codes("month"):
        return Value("SET", f"XXXX-{_month(low):02}")
    if low in codes("season"):
        return Value("SET", f"XXXX-{codes('season')[low]}")
    if low in codes("day part"):
        return Value("SET", f"XXXX-XX-XXT{codes('day part')[low]}")
    return Value(
        "SET",
        _length(2.0 if count in {"other", "second"} else None if count == "few" else _number(count) or 1.0, _unit(low)),
    )


@_rule
def _habit(m: Match, context: Context) -> Value | None:
    return Value("SET", codes("set")[re.sub(r"\s+", " ", m[0].lower())])


@_rule
def _year_of(m: Match, context: Context) -> Value | None:
    year = _full_year(m["y"], context.today)
    if m["y2"]:
        return _years(year, m["y2"])
    return dated(calendar.year(year)) if m.groupdict().get("apostrophe") or _is_year(m) else None


def _years(first: int, text: str) -> Value | None:
    """ "2003-07", "1999–2004", "2008/09"."""
    last = int(text) if len(text) == 4 else first // 100 * 100 + int(text)
    last = last + 100 if last < first and len(text) == 2 and first % 100 > 90 else last
    if last <= first:
        return None
    begin, end = calendar.year(first), calendar.year(last)
    bounds = (begin.first, begin.last, end.first, end.last)
    return replace(dated(begin), timex=f"{begin.value}/{end.value}", bounds=bounds)


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
        r"(?i)\b(?:in|since|by|until|till|from|to|before|after|during|of|for|and|between|early|late|mid|than|below|above|through|post|pre|circa|year|years|summer|spring|winter|autumn|the|this|its|their|his|her|a|or|as)[\s-]+$",
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
    """ "than 2000 people": a plural follows that no date would have, and counts in thousands have a comma otherwise."""
    if not m["y"].endswith("00"):
        return False
    asked = re.search(
        r"(?i)\b(?:in|since|by|until|before|after|during|early|late|mid|the|its|between|and)[\s-]+$", before
    )
    return not asked and bool(
        re.match(r"\s+(?:[a-z-]+\s+)?(?!was|has|is|does|goes|as|this|its|his|years)[a-z]{2,}s\b", after)
    )
