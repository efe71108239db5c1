"""Stretches of the calendar: days, weeks, months … as TIMEX3 writes them, and the step from one to another.

Weeks are those of ISO 8601; seasons are the meteorological ones of the northern hemisphere; a decade is three digits
("199"), a century two ("19"), as in TIMEX3.
"""

from __future__ import annotations

import calendar as std
import datetime as dt
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from graph.model import Precision

UNKNOWN = {
    "D": "XXXX-XX-XX",
    "W": "XXXX-WXX",
    "FN": "XXXX-WXX",
    "WE": "XXXX-WXX-WE",
    "M": "XXXX-XX",
    "Q": "XXXX-QX",
    "H": "XXXX-HX",
    "Y": "XXXX",
    "DE": "XXX",
    "CE": "XX",
    "SP": "XXXX-SP",
    "SU": "XXXX-SU",
    "FA": "XXXX-FA",
    "WI": "XXXX-WI",
}
SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
PRECISIONS: dict[str, Precision] = {
    "D": "Day",
    "W": "Week",
    "FN": "Week",
    "WE": "Day",
    "M": "Month",
    "Q": "Quarter",
    "H": "Quarter",
    "Y": "Year",
    "DE": "Decade",
    "CE": "Vague",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days ``first`` to ``last``, both included; None where the text alone does not say which."""

    value: str
    unit: str
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def precision(self) -> Precision:
        return "Season" if self.unit in SEASONS else PRECISIONS[self.unit]


def unknown(unit: str) -> Stretch:
    return Stretch(UNKNOWN[unit], unit)


def day(at: dt.date) -> Stretch:
    return Stretch(at.isoformat(), "D", at, at)


def month(year: int, number: int) -> Stretch:
    last = std.monthrange(year, number)[1]
    return Stretch(f"{year:04}-{number:02}", "M", dt.date(year, number, 1), dt.date(year, number, last))


def months(value: str, unit: str, year: int, number: int, length: int) -> Stretch:
    """A stretch of whole months, such as a quarter; ``number`` may run past 12."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    end = add(dt.date(year, number, 1), months=length) - dt.timedelta(1)
    return Stretch(value, unit, dt.date(year, number, 1), end)


def year(number: int) -> Stretch:
    return months(f"{number:04}", "Y", number, 1, 12)


def quarter(number: int, which: int) -> Stretch:
    return months(f"{number:04}-Q{which}", "Q", number, 3 * which - 2, 3)


def half(number: int, which: int) -> Stretch:
    return months(f"{number:04}-H{which}", "H", number, 6 * which - 5, 6)


def season(number: int, code: str) -> Stretch:
    return months(f"{number:04}-{code}", code, number, SEASONS[code], 3)


def decade(first: int) -> Stretch:
    return Stretch(f"{first // 10:03}", "DE", dt.date(first, 1, 1), dt.date(first + 9, 12, 31))


def century(number: int) -> Stretch:
    """The ``number``-th century, counted as newspapers do: the 21st runs from 2000 to 2099."""
    first = 100 * (number - 1)
    return Stretch(f"{number - 1:02}", "CE", dt.date(max(first, 1), 1, 1), dt.date(first + 99, 12, 31))


def week(at: dt.date) -> Stretch:
    monday = at - dt.timedelta(at.weekday())
    number = at.isocalendar()
    return Stretch(f"{number.year:04}-W{number.week:02}", "W", monday, monday + dt.timedelta(6))


def weekend(at: dt.date) -> Stretch:
    """Saturday and Sunday of the week of that day."""
    around = week(at)
    monday = at - dt.timedelta(at.weekday())
    return Stretch(f"{around.value}-WE", "WE", monday + dt.timedelta(5), monday + dt.timedelta(6))


def around(unit: str, at: dt.date) -> Stretch:
    """The stretch of that unit that holds the day."""
    match unit:
        case "D":
            return day(at)
        case "W" | "FN":
            return week(at)
        case "WE":
            return weekend(at)
        case "M":
            return month(at.year, at.month)
        case "Q":
            return quarter(at.year, (at.month + 2) // 3)
        case "H":
            return half(at.year, (at.month + 5) // 6)
        case "Y":
            return year(at.year)
        case "DE":
            return decade(at.year // 10 * 10)
        case "CE":
            return century(at.year // 100 + 1)
        case _:
            return season(at.year, unit)


def add(at: dt.date, *, days: int = 0, months: int = 0) -> dt.date:
    """The day so many months and days on; the 31st becomes the last day of a shorter month.

    Raises OverflowError outside the years 1 to 9999.
    """
    try:
        return at + relativedelta(months=months, days=days)
    except ValueError as error:
        raise OverflowError(f"{at} and {months} months is outside the calendar") from error


def shift(unit: str, at: dt.date, count: float) -> dt.date:
    """The day ``count`` units on; fractions of months are dropped, those of days rounded."""
    lengths = {"M": 1, "Q": 3, "H": 6, "Y": 12, "DE": 120, "CE": 1200, "SP": 12, "SU": 12, "FA": 12, "WI": 12}
    if unit in lengths:
        return add(at, months=round(lengths[unit] * count))
    return add(at, days=round({"D": 1, "W": 7, "WE": 7, "FN": 14}.get(unit, 0) * count))


def weekday_of_month(year_: int, month_: int, nth: int, weekday: int) -> dt.date:
    """The nth Monday (1) … Sunday (7) of a month; nth -1 is the last."""
    found = [d for d in std.Calendar().itermonthdates(year_, month_) if d.month == month_ and d.isoweekday() == weekday]
    return found[nth - 1 if nth > 0 else nth]
