"""Aliases: under which other words a name may be taken up later in the same document."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graph.reading import gazetteer, lexicon
from graph.reading.agreement import Seen

GENERATIONS = frozenset(["jr", "sr", "ii", "iii", "iv"])
SHORTEST_PART = 4


class NameIndex:
    """Names seen so far, by every key under which a later name may take them up; all look-ups are by hash."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], int] = {}
        self._surname: dict[str, int] = {}
        self._given: dict[str, int] = {}
        self._initials: dict[str, int] = {}
        self._beginning: dict[str, int] = {}

    def look_up(self, s: Seen, allowed: Callable[[int], bool]) -> int | None:
        """The number of the surest earlier name for the same thing that is allowed."""
        return next((i for i in self._candidates(s) if i is not None and allowed(i)), None)

    def add(self, i: int, s: Seen) -> None:
        self._exact[s.kin, key(s)] = i
        if s.kin == "person":
            self._add_person(i, s)
        elif s.kin == "body":
            self._add_body(i, s)

    def _add_person(self, i: int, s: Seen) -> None:
        words = person_words(s.plain)
        if len(words) > 1:
            self._surname[words[-1]] = self._given[words[0]] = i

    def _add_body(self, i: int, s: Seen) -> None:
        self._initials.setdefault(gazetteer.initials(s.plain), i)
        words = key(s).split(" ")
        for length in range(1, len(words)):
            part = " ".join(words[:length])
            if _is_telling(part):
                self._beginning[part] = i

    def _candidates(self, s: Seen) -> Iterator[int | None]:
        words = key(s)
        yield self._exact.get((s.kin, words))
        if s.kin == "person":
            yield from self._people(s)
        elif s.kin == "body":
            yield from self._bodies(s, words)

    def _people(self, s: Seen) -> Iterator[int | None]:
        words = person_words(s.plain)
        if len(words) == 1:
            yield self._surname.get(words[0])
            yield self._given.get(words[0])
        else:
            yield self._exact.get(("person", words[-1]))

    def _bodies(self, s: Seen, words: str) -> Iterator[int | None]:
        if _is_acronym(s.words):
            yield self._initials.get(s.plain)
            yield self._exact.get(("body", gazetteer.short_names().get(s.plain, "")))
        elif " " in words:
            yield self._exact.get(("body", gazetteer.initials(s.plain)))
            yield next((self._exact.get(("body", short)) for short in _shorts(s.plain)), None)
        yield self._beginning.get(words)
        first = words.split(" ")[0]
        yield self._exact.get(("body", first)) if _is_telling(first) else None


def key(s: Seen) -> str:
    """The form in which two writings of one name are one: countries by code, companies without their suffix."""
    if s.kin == "place":
        name = (gazetteer.demonym(s.words) if s.mention.kind == "nominal" else None) or s.words
        return gazetteer.country(name) or gazetteer.plain(name).removeprefix("the ")
    words = s.plain.removeprefix("the ").replace(",", " ").split()
    while s.kin == "body" and len(words) > 1 and words[-1] in gazetteer.legal_forms():
        words.pop()
    if s.kin == "body" and len(words) > 1 and words[0] in gazetteer.short_names():
        words[0] = gazetteer.short_names()[words[0]]
    return " ".join(words).removesuffix("'s")


def person_words(plain: str) -> list[str]:
    """The words of a person's name without "Jr" or "of" a place."""
    words = plain.replace(",", "").split(" of ")[0].split(" ")
    while len(words) > 1 and words[-1] in GENERATIONS:
        words.pop()
    return words


def _is_acronym(words: str) -> bool:
    return " " not in words and words.replace(".", "").isupper()


def _is_telling(part: str) -> bool:
    """Whether the beginning of a body's name may stand for it alone: no place, people, or everyday word."""
    first = part.split(" ")[0]
    plainly = gazetteer.noun_class(part) or part in lexicon.column("name_beginnings.tsv", "word")
    return len(first) >= SHORTEST_PART and not (
        plainly or gazetteer.is_well_known_place(part) or gazetteer.demonym(part) is not None
    )


def _shorts(plain: str) -> list[str]:
    bare = plain.removeprefix("the ")
    return sorted(short for short, full in gazetteer.short_names().items() if full == bare)
