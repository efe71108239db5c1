"""Numbers as newspapers write them: digits, words and both, read to a value. Shared by times and quantities."""

from __future__ import annotations

import re
from functools import cache

from graph.reading import lexicon


def words(*kinds: str) -> tuple[str, ...]:
    """The number words of these kinds, longest first."""
    found = {r["word"] for r in lexicon.rows("numbers.tsv") if r["kind"] in kinds}
    return tuple(sorted(found, key=lambda w: (-len(w), w)))


def either(entries: tuple[str, ...]) -> str:
    """A regular expression for any of the words, whatever space stands between their parts."""
    return "|".join(re.escape(e).replace(r"\ ", r"\s+").replace("'", "['’]") for e in entries)


@cache
def _values(*kinds: str) -> dict[str, float]:
    return {r["word"]: float(r["value"]) for r in lexicon.rows("numbers.tsv") if r["kind"] in kinds}


DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_WORD = either(words("unit", "ten", "scale"))
_SCALE = either(words("scale"))
_GLYPH = either(words("glyph"))
_FIRST = rf"(?:a\s+(?={_SCALE}))?(?:{_WORD}|half\s+a\s+(?:million|billion))"
_NEXT = rf"(?:\s+and\s+a\s+|-and-a-|-|\s+and\s+|\s+)(?:half|{_WORD})"
WORDS = rf"(?:{_FIRST}(?:{_NEXT})*)(?!\w)"
CARDINAL = rf"(?:{DIGITS}(?:\s?(?:{_GLYPH})|\s\d/\d)?(?:[\s-]*(?:{_SCALE})\b)?|(?:{_GLYPH})|{WORDS})"


def value(text: str) -> float | None:
    """What a cardinal comes to ("3.5 million", "two and a half", "1,200"); None where it is no number."""
    total, group, seen = 0.0, 0.0, False
    small, scales = _values("unit", "ten", "glyph"), _values("scale", "short scale")
    for part in re.findall(rf"{DIGITS}(?![\d/])|\d/\d|[½¼¾⅓⅔]|[^\W\d_]+", text.lower()):
        if part in scales:
            group, total = _scaled(group, total, scales[part], seen)
        elif part == "half":
            group += 0.5
        elif part in {"a", "an", "and"}:
            continue
        elif part in small:
            group += small[part]
        elif "/" in part:
            group += int(part[0]) / max(int(part[2]), 1)
        elif part[0].isdigit():
            group += float(part.replace(",", ""))
        else:
            return None
        seen = True
    return _halved(text, total + group) if seen else None


def _scaled(group: float, total: float, scale: float, seen: bool) -> tuple[float, float]:
    """ "two hundred" stays in its group of three digits; "thousand" and above close the group."""
    group = group if group or seen else 1.0
    if scale == 100:
        return (group or 1.0) * 100, total
    return 0.0, total + (group or 1.0) * scale if group else max(total, 1.0) * scale


def _halved(text: str, read: float) -> float:
    """ "two million and a half" and "a million and a half" take half of the scale, not a half."""
    scale = re.search(
        r"(million|billion|trillion|thousand|hundred|lakh|crore)s?(?:\s|-)+and(?:\s|-)+a(?:\s|-)+half$", text.lower()
    )
    return read if scale is None else read - 0.5 + _values("scale")[scale[1]] / 2
