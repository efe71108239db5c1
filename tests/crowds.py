"""Invented graphs of any size: ``readings(n)`` makes articles that hold about ``n`` actors, events and statements.

The same number gives the same readings. Actors stand in circles that mostly deal with one another; in each circle, and
in the whole, a few are in much of what happens. Most is done; some is pledged, planned, denied, or said by someone.
"""

from __future__ import annotations

import datetime as dt
import random
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from graph import rdf, store
from graph.documents import Span
from graph.model import Claim, Entity, Event, Mention, Reading, Role, Sentence, Time
from graph.store import Store
from tests.examples import document

CIRCLE = 60
LINES = 12
FAR = 0.12
HUB = 0.08
SAID = 0.3
SYLLABLES = ("ba", "dor", "el", "fen", "gri", "hal", "iv", "jun", "kel", "lor", "mi", "nor", "os", "pel", "qui", "ras")
TYPES = ("Person", "Person", "Organisation", "GeopoliticalEntity", "Place", "ArmedGroup")
DEEDS = (
    ("visited", "Visit", "CONSULT"), ("attacked", "Attack", "ASSAULT"), ("promised", "Pledge", "AGREE"),
    ("accused", "Accusation", "ACCUSE"), ("funded", "Funding", "AID"), ("praised", "Praise", "SUPPORT"),
    ("left", "Withdrawal", "RETREAT"), ("sent", "Deployment", "AID"), ("met", "Meeting", "CONSULT"),
)  # fmt: skip
MODALITIES = ("Actual",) * 6 + ("Pledged", "Planned", "Requested", "Predicted")
FIRST = dt.date(2031, 1, 1)
DAYS = 700


def readings(nodes: int, seed: int = 7) -> Iterator[Reading]:
    """Articles of twelve lines each, until they hold ``nodes`` actors, events and statements."""
    chance = random.Random(seed)
    people = _people(max(int(nodes * 0.4), 2))
    held, number = 0, 0
    seen: set[int] = set()
    while held < nodes:
        page = _Page(chance, people, number)
        lines = [page.line() for _ in range(min(LINES, nodes))]
        reading = page.reading(lines)
        fresh = set(page.known) - seen
        seen |= fresh
        held += len(fresh) + len(reading.events) + len(reading.claims)
        number += 1
        yield reading


def filled(nodes: int, seed: int = 7) -> Store:
    """A store in memory with these readings; close it."""
    opened = store.open()
    for reading in readings(nodes, seed):
        opened.add(rdf.graph_iri(reading.document), rdf.quads(reading))
    return opened


def first_name() -> str:
    """The name of whom most is told."""
    return _name(0)


def _people(count: int) -> list[tuple[str, str]]:
    """Names and kinds, no name twice."""
    return [(_name(number), TYPES[number % len(TYPES)]) for number in range(count)]


def _name(number: int) -> str:
    words, rest = [], number
    for _ in range(2):
        parts = []
        for _ in range(2):
            rest, part = divmod(rest, len(SYLLABLES))
            parts.append(SYLLABLES[part])
        words.append("".join(parts).capitalize())
    return " ".join(words)


class _Page:
    """One article in the making: its lines, and what is said in them."""

    def __init__(self, chance: random.Random, people: list[tuple[str, str]], number: int) -> None:
        self.chance, self.people, self.number = chance, people, number
        self.circles = max(len(people) // CIRCLE, 1)
        self.circle = chance.randrange(self.circles)
        self.text = ""
        self.known: dict[int, list[Mention]] = {}
        self.events: list[Event] = []
        self.claims: list[Claim] = []
        self.times: list[Time] = []
        size = min(CIRCLE, len(people))
        self.weights = list(accumulate(1 / (rank + 1) for rank in range(size)))

    def someone(self) -> int:
        """One of this circle; now and then of another, or of the few whom all deal with."""
        draw = self.chance.random()
        if draw < HUB:
            return self.chance.randrange(min(5, len(self.people)))
        circle = self.chance.randrange(self.circles) if draw < HUB + FAR else self.circle
        rank = bisect_left(self.weights, self.chance.random() * self.weights[-1])
        return min(circle * CIRCLE + rank, len(self.people) - 1)

    def write(self, words: str) -> Span:
        start = len(self.text)
        self.text += words
        return Span(start, start + len(words))

    def name(self, someone: int) -> tuple[Span, str]:
        span = self.write(self.people[someone][0])
        self.known.setdefault(someone, []).append(Mention(span, "name", -1, self.people[someone][1]))
        return span, f"e{someone}"

    def line(self) -> Sentence:
        """One did something to another, as the article or someone in it says."""
        start = len(self.text)
        speaker = self.someone() if self.chance.random() < SAID else None
        if speaker is not None:
            _, voice = self.name(speaker)
            self.write(" said that ")
        begin = len(self.text)
        self.deed(f"c{len(self.claims) + 1}" if speaker is not None else None)
        whole = Span(start, len(self.text) + 1)
        content = Span(begin, len(self.text))
        self.write(".")
        self.events[-1] = replace(self.events[-1], evidence=whole)
        if speaker is not None:
            claim = (f"c{len(self.claims) + 1}", (content,), whole, "Indirect", voice)
            self.claims.append(Claim(*claim, confidence=0.7, events=(self.events[-1].id,)))
        self.text += "\n"
        return Sentence(whole, 0, 0)

    def deed(self, claim: str | None) -> None:
        chance = self.chance
        verb, kind, plover = chance.choice(DEEDS)
        agent, doer = self.name(self.someone())
        self.write(" ")
        trigger = self.write(verb)
        self.write(" ")
        other, recipient = self.name(self.someone())
        roles = [Role("agent", agent, entity=doer), Role("recipient", other, entity=recipient)]
        if chance.random() < 0.4:
            self.write(" in ")
            where, place = self.name(self.someone())
            roles.append(Role("place", where, entity=place))
        if chance.random() < 0.5:
            roles.append(self.when())
        modality, polarity = chance.choice(MODALITIES), "Negative" if chance.random() < 0.08 else "Positive"
        self.events.append(
            Event(f"v{len(self.events) + 1}", trigger, -1, kind, trigger, plover, modality, polarity,  # type: ignore[arg-type]
                  tuple(roles), claim, confidence=round(chance.uniform(0.4, 1), 2))
        )  # fmt: skip

    def when(self) -> Role:
        day = FIRST + dt.timedelta(self.chance.randrange(DAYS))
        self.write(" on ")
        span = self.write(day.isoformat())
        name = f"t{len(self.times) + 1}"
        self.times.append(Time(name, span, "DATE", day.isoformat(), day, day, day, day, "Day", "absolute"))
        return Role("time", span, time=name)

    def reading(self, lines: list[Sentence]) -> Reading:
        entities = (Entity(f"e{n}", *self.people[n], tuple(found)) for n, found in sorted(self.known.items()))
        return Reading(
            document=document(
                self.text,
                f"report-{self.number}.txt",
                title=f"Report {self.number}",
                publisher=f"Courier {self.number % 9}",
                published=FIRST + dt.timedelta(self.number % DAYS),
                published_basis="front matter",
            ),
            sentences=tuple(lines),
            entities=tuple(entities),
            events=tuple(self.events),
            claims=tuple(self.claims),
            times=tuple(self.times),
        )
