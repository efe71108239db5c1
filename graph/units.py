"""What figures count: when two units are of the same things. Units are noun phrases as worded: ``police officers``."""

from __future__ import annotations

import re
from functools import cache

PEOPLE = frozenset({"person", "people", "personnel", "staff", "member", "troop", "soldier", "force"})
"""Words for people that say little more, so that any of them may stand for another."""


@cache
def thing(unit: str) -> str:
    """The noun at the unit's head, in the singular: ``officer`` of ``Kenyan police officers``; a sign stays itself."""
    head = re.split(r"\s+(?:of|from|in|for|to|with|at)\s", unit.strip().casefold())[0]
    word = re.split(r"[\s-]+", head)[-1] if head else ""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if re.search(r"(?:ss|sh|ch|x)es$", word):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def alike(one: str, other: str) -> bool:
    """True where both units may count the same things; a figure that counts nothing is like none."""
    things = {thing(one), thing(other)}
    return "" not in things and (len(things) == 1 or things <= PEOPLE)
