"""The day on which an article was published, as stated: in linked data, meta tags, on the page, in its address.

A day is taken as it is written, in the publisher's time zone. What is relative ("2 hours ago") and what is an update
is no statement of it. Where nothing states it there is none: the day of capture is never a substitute.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import cast

import lxml.html
from lxml import etree

from graph.boilerplate import lexicon, lines_of

__all__ = ["day_of", "day_of_address", "structured_dates", "visible_dates"]

_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = (
    r"(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?!\d)"
    r"|(?P<y2>\d{4})(?P<m2>\d\d)(?P<d2>\d\d)(?!\d)"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?(?P<m3>{_MONTH})\.?,?[\s-]+(?P<y3>\d{{4}})\b"
    rf"|(?P<m4>{_MONTH})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{{4}})\b)"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_CLOCK = r"(?:[\sT,|•·–—-]*(?:at\s+)?\d{1,2}\s?[:.h]\s?\d{2}.{0,40})?"
_LABEL = (
    r"(?:by\s.{2,60}?[|,•·–—-]\s*|.{2,40}?[|•·–—]\s*)?"
    r"(?:(?:first\s+)?(?:published|posted|issued|released|created|date|on|at)\b\s*:?\s*)*"
)
_PLACE = r"[(]?[A-Z][A-Z .,'’/-]{2,50}[,(\s]+"
_SOURCE = r"[\s)]*(?:[(\[].{0,40}[)\]]\s*)?[-–—:]"

_STATED = re.compile(rf"{_WEEKDAY}{_DATE}{_CLOCK}\W*", re.I)
_VISIBLE = re.compile(rf"{_LABEL}{_WEEKDAY}{_DATE}{_CLOCK}\W*", re.I)
_DATELINE = re.compile(rf"{_PLACE}(?i:{_DATE}){_SOURCE}")
_NUMERIC = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})")
_ANYWHERE = re.compile(rf"\b{_DATE}", re.I)
_UPDATE = re.compile(r"\W*(?:last\s+)?(?:updated|modified|edited|corrected)\b", re.I)
_ADDRESS = (
    re.compile(rf"/(?P<y>(?:19|20)\d\d)[/-](?P<m>\d{{1,2}}|{_MONTH})[/-](?P<d>\d{{1,2}})(?!\d)", re.I),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-2]\d|3[01])(?!\d)"),
)
_FIRST_YEAR = 1600


def day_of(value: object) -> dt.date | None:
    """The calendar day that a value states: a date, ISO 8601, RFC 2822, English, 21/9/2024; None if it is none."""
    if isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    if not isinstance(value, str) or len(value) > 100:
        return None
    if found := _STATED.fullmatch(value.strip()):
        return _calendar_day(found)
    if found := _NUMERIC.fullmatch(value.strip()):
        return _numeric_day(int(found["y"]), int(found["a"]), int(found["b"]))
    return _mail_day(value)


def _numeric_day(year: int, first: int, second: int) -> dt.date | None:
    """Day before month, the order of most of the world; month before day where that alone makes a date."""
    for month, day in ((second, first), (first, second)):
        try:
            return dt.date(year, month, day)
        except ValueError:
            continue
    return None


def day_of_address(url: str) -> dt.date | None:
    """The day in a web address such as ``…/2024/09/21/…``; None where it has none."""
    days = (_calendar_day(found) for pattern in _ADDRESS if (found := pattern.search(url)))
    return next((day for day in days if day), None)


def visible_dates(text: str) -> tuple[tuple[str, dt.date], ...]:
    """The date on a line of its own among the first eight lines, or in a dateline that begins one of them."""
    for line in lines_of(text[:5000])[:8]:
        whole = _VISIBLE.fullmatch(line.bare) if len(line.bare) <= 120 else None
        found = whole or _DATELINE.match(line.bare)
        if found and (day := _calendar_day(found)):
            return (("page", day),)
    return ()


def structured_dates(tree: lxml.html.HtmlElement) -> tuple[tuple[str, dt.date], ...]:
    """Every day of publication that a page states in its markup, best first, each with where it stands."""
    stated = chain(
        (("JSON-LD", value) for value in _linked_data(tree)),
        (("meta", value) for value in _meta(tree)),
        (("page", value) for value in _marked(tree)),
    )
    return tuple((basis, day) for basis, value in stated if (day := day_of(value)))


def _calendar_day(found: re.Match[str]) -> dt.date | None:
    parts = {name[0]: value for name, value in found.groupdict().items() if value}
    month = parts["m"]
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        day = dt.date(int(parts["y"]), number, int(parts["d"]))
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None


def _mail_day(value: str) -> dt.date | None:
    try:
        return email.utils.parsedate_to_datetime(value).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _linked_data(tree: lxml.html.HtmlElement) -> Iterator[object]:
    """The values of ``datePublished``, those of articles before those of the pages and lists around them."""
    found: list[tuple[bool, object]] = []
    for script in tree.iter("script"):
        if script.get("type", "").strip().lower() == "application/ld+json":
            try:
                found.extend(_published_in(json.loads(script.text or "", strict=False)))
            except (ValueError, RecursionError):
                continue
    return (day for _, day in sorted(found, key=lambda pair: pair[0]))


def _published_in(value: object) -> Iterator[tuple[bool, object]]:
    if isinstance(value, list):
        for one in value:
            yield from _published_in(one)
    elif isinstance(value, dict):
        if "datePublished" in value:
            yield not re.search(r"Article|Posting|Report", str(value.get("@type"))), value["datePublished"]
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _published_in(value.get(key))


def _meta(tree: lxml.html.HtmlElement) -> Iterator[str]:
    stated: dict[str, str] = {}
    for meta in tree.iter("meta"):
        for key in ("property", "name", "itemprop"):
            stated.setdefault(meta.get(key, "").strip().lower(), meta.get("content", ""))
    return (stated[row["name"]] for row in lexicon("date_tags.tsv") if row["name"] in stated)


_STORY = "not(ancestor::aside or ancestor::nav or ancestor::footer or ancestor::a or ancestor::li)"
_NEAR = "(preceding::h1 or ancestor::article or ancestor::main)"
_CLASSES = " or ".join(f"contains(@class, '{word}')" for word in ("publish", "date", "timestamp", "byline", "dateline"))
_MARKED = tuple(
    etree.XPath(path)
    for path in (
        f"//*[@itemprop='datePublished'][{_STORY}]",
        f"//time[@pubdate][{_STORY}]",
        f"//time[{_STORY}][{_NEAR}]",
        f"//*[{_CLASSES}][{_STORY}]",
    )
)


def _marked(tree: lxml.html.HtmlElement) -> Iterator[str]:
    """What the page shows as its date: marked up as such, else the first times, else what a class calls a date."""
    for path in _MARKED:
        for element in cast(list[lxml.html.HtmlElement], path(tree))[:5]:
            text = " ".join(element.text_content()[:1000].split())
            if not _is_update(element, text):
                yield element.get("datetime") or element.get("content") or ""
                found = _ANYWHERE.search(text) if len(text) < 120 else None
                yield found[0] if found else ""


def _is_update(element: lxml.html.HtmlElement, text: str) -> bool:
    marks = f"{element.get('class', '')} {element.get('itemprop', '')}"
    before = element.getprevious()
    label = (before.tail or before.text_content() if before is not None else element.getparent().text) or ""
    return bool(re.search(r"updat|modif", marks, re.I) or _UPDATE.match(text) or _UPDATE.match(label[-40:]))
