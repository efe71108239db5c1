"""Who is tied to whom: the lines of the page at both levels, each with the facts that it stands for.

At the level of *actors* a line is what one did to another, all deeds of one status in one line; at the level of
*events* each event and statement is a node and its roles are the lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graph.explorer.story import Deed, Statement, Story

Level = Literal["actors", "events"]
Kind = Literal["deed", "tie", "words", "role"]
OBJECTS = ("recipient", "theme", "result", "place", "purpose")


@dataclass(frozen=True, slots=True)
class Link:
    """A line from one node to another. ``name`` is what it does or which role it is."""

    source: str
    target: str
    level: Level
    kind: Kind
    status: str
    name: str
    facts: tuple[str, ...]


_Key = tuple[str, str, Kind, str, str]


def links(story: Story) -> tuple[Link, ...]:
    """All lines of both levels, sorted."""
    return (*_joined("actors", _between_actors(story)), *_joined("events", _of_events(story)))


def _joined(level: Level, found: Iterator[tuple[_Key, str]]) -> Iterator[Link]:
    facts: dict[_Key, dict[str, None]] = defaultdict(dict)
    for key, fact in found:
        if key[0] != key[1]:
            facts[key][fact] = None
    for (source, target, kind, status, name), those in sorted(facts.items()):
        yield Link(source, target, level, kind, status, name, tuple(those))


def _between_actors(story: Story) -> Iterator[tuple[_Key, str]]:
    for deed in story.deeds:
        if not deed.saying:
            yield from (((*pair, "deed", deed.status, ""), deed.id) for pair in pairs(deed))
    for statement in story.statements:
        for deed in story.reported.get(statement.id, ()):
            yield from _speaking(statement, deed)
    for tie in story.ties:
        yield (tie.subject, tie.object, "tie", tie.status, tie.verb), tie.id


def pairs(deed: Deed) -> Iterator[tuple[str, str]]:
    """Who did it, and each to whom, with what, or where it was done; without a doer, whom it befell and the rest."""
    by = {
        role: [p.ref for p in deed.parts if p.role == role and p.ref.startswith("a")]
        for role in ("agent", "coAgent", *OBJECTS)
    }
    doers = [*by["agent"], *by["coAgent"]]
    objects = [ref for role in OBJECTS for ref in by[role]]
    if not doers:
        doers, objects = objects[:1], objects[1:]
    for doer in dict.fromkeys(doers):
        yield from ((doer, each) for each in dict.fromkeys(objects))
    if len(doers) > 1:
        yield from ((doers[0], other) for other in dict.fromkeys(doers[1:]))


def _speaking(statement: Statement, deed: Deed) -> Iterator[tuple[_Key, str]]:
    """A speaker is tied to the first of those whom the words are about."""
    about = [part.ref for part in deed.parts if part.ref.startswith("a") and part.ref != statement.ref]
    if statement.ref and about:
        yield (statement.ref, about[0], "words", "", ""), statement.id


def _of_events(story: Story) -> Iterator[tuple[_Key, str]]:
    for deed in story.deeds:
        if not deed.saying:
            yield from _roles(deed)
    for statement in story.statements:
        yield from _voices(story, statement)
    for tie in story.ties:
        yield (tie.subject, tie.object, "tie", tie.status, tie.verb), tie.id


def _roles(deed: Deed) -> Iterator[tuple[_Key, str]]:
    """From the doers to the event, from the event to all else."""
    for part in deed.parts:
        if part.ref:
            ends = (part.ref, deed.id) if part.role in ("agent", "coAgent") else (deed.id, part.ref)
            yield (*ends, "role", deed.status, part.role), deed.id


def _voices(story: Story, statement: Statement) -> Iterator[tuple[_Key, str]]:
    if statement.ref:
        yield (statement.ref, statement.id, "words", "", "says"), statement.id
    for _, ref in statement.relays:
        if ref:
            yield (ref, statement.id, "words", "", "passes on"), statement.id
    for deed in story.reported.get(statement.id, ()):
        yield (statement.id, deed.id, "words", "", "about"), statement.id
    if statement.claim:
        yield (statement.claim, statement.id, "words", "", "quotes"), statement.id
