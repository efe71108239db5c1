"""A part of a story: around an actor, what a query gives, or the most important; each fact with all that it rests on.

What a deed rests on is the statement that it stands in, with its speakers, and the deeds that are parts of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from graph.explorer.story import Deed, Statement, Story, Tie, tally

Fact = Deed | Statement | Tie


class Excerpts:
    """The parts of one story. Each gives a story with the same ids, whose counts are its own."""

    def __init__(self, story: Story) -> None:
        self.story = story

    @cached_property
    def facts(self) -> dict[str, Fact]:
        several: tuple[tuple[Fact, ...], ...] = (self.story.deeds, self.story.statements, self.story.ties)
        return {fact.id: fact for facts in several for fact in facts}

    @cached_property
    def sayings(self) -> dict[str, str]:
        """The act of saying it, of each statement that has one."""
        return {deed.saying: deed.id for deed in self.story.deeds if deed.saying}

    @cached_property
    def actors(self) -> dict[str, frozenset[str]]:
        """The actors of each fact and of all that it rests on."""
        return {
            id: frozenset(ref for each in self.whole([id]) for ref in _actors(self.facts[each])) for id in self.facts
        }

    @cached_property
    def facts_of(self) -> dict[str, set[str]]:
        return tally(self.story.deeds, self.story.statements, self.story.ties)

    def whole(self, ids: Iterable[str]) -> set[str]:
        """These facts with all that they rest on."""
        found: set[str] = set()
        open_ = [id for id in ids if id in self.facts]
        while open_:
            id = open_.pop()
            if id not in found:
                found.add(id)
                open_ += [each for each in (*_grounds(self.facts[id]), self.sayings.get(id, "")) if each in self.facts]
        return found

    def around(self, actors: Collection[str], depth: int) -> Story:
        """What these actors take part in, with all who do so as well, and so on ``depth`` times."""
        near, facts = set(actors), set[str]()
        for _ in range(depth):
            facts |= {fact for actor in near for fact in self.facts_of.get(actor, ())}
            near |= {ref for fact in facts for ref in _actors(self.facts[fact])}
        return self.of(facts, actors)

    def named(self, iris: Collection[str]) -> Story:
        """The facts that are named, with all named actors; where no fact is named, what two of these actors share."""
        actors = {actor.id for actor in self.story.actors if actor.iri in iris}
        facts = {id for id, fact in self.facts.items() if fact.iri in iris}
        shared = {id for id, fact in self.facts.items() if len(actors.intersection(_actors(fact))) > 1}
        articles = {article.id for article in self.story.articles if article.iri in iris}
        return self.of(facts or shared, actors, articles)

    def most(self, nodes: int) -> Story:
        """The actors of whom most is told, and what is told of them alone: at most so many nodes."""
        ranked = sorted(self.story.actors, key=lambda actor: (-actor.facts, -actor.mentions, int(actor.id[1:])))
        rank = {actor.id: number for number, actor in enumerate(ranked, 1)}
        last = sorted(
            (max((rank[ref] for ref in self.actors[id] if ref in rank), default=1), id)
            for id, fact in self.facts.items()
            if not isinstance(fact, Tie) and not (isinstance(fact, Deed) and fact.saying)
        )
        count = _fitting([number for number, _ in last], nodes, len(ranked))
        kept = {actor.id for actor in ranked[:count]}
        return self.of({id for id in self.facts if self.actors[id] <= kept}, kept)

    def of(self, facts: Iterable[str], actors: Iterable[str] = (), articles: Iterable[str] = ()) -> Story:
        """The story of these facts, and of these actors and articles besides."""
        story, kept = self.story, self.whole(facts)
        people = {*actors, *(ref for id in kept for ref in _actors(self.facts[id]))}
        sources = {*articles, *(self.facts[id].article for id in kept)}
        pages = tuple(
            replace(page, mentions=tuple(m for m in page.mentions if m[2] in people))
            for page in story.articles
            if page.id in sources
        )
        deeds, statements, ties = (
            [f for f in of if f.id in kept] for of in (story.deeds, story.statements, story.ties)
        )
        counted = tally(deeds, statements, ties)  # type: ignore[arg-type]
        spoken = _spoken(page.mentions for page in pages)
        return Story(
            articles=pages,
            actors=tuple(
                replace(actor, facts=len(counted.get(actor.id, ())), mentions=spoken.get(actor.id, 0))
                for actor in story.actors
                if actor.id in people
            ),
            deeds=tuple(deeds),  # type: ignore[arg-type]
            statements=tuple(statements),  # type: ignore[arg-type]
            ties=tuple(ties),  # type: ignore[arg-type]
            conflicts=tuple(clash for clash in story.conflicts if {clash[0], clash[1]} <= kept),
            outcomes=tuple(each for each in story.outcomes if {each[0], each[1]} <= kept),
        )


def _fitting(last: list[int], nodes: int, actors: int) -> int:
    """How many actors fit with the facts of them alone; ``last`` is the rank of each fact's least actor, sorted."""
    inside = 0
    for count in range(1, actors + 1):
        while inside < len(last) and last[inside] <= count:
            inside += 1
        if count + inside > nodes:
            return count - 1
    return actors


def _spoken(pages: Iterable[Iterable[tuple[int, int, str]]]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for mentions in pages:
        for _, _, ref in mentions:
            counts[ref] = counts.get(ref, 0) + 1
    return counts


def _actors(fact: Fact) -> Iterator[str]:
    if isinstance(fact, Deed):
        refs: tuple[str, ...] = tuple(part.ref for part in fact.parts)
    elif isinstance(fact, Statement):
        refs = (fact.ref, *(ref for _, ref in fact.relays))
    else:
        refs = (fact.subject, fact.object)
    yield from (ref for ref in refs if ref.startswith("a"))


def _grounds(fact: Fact) -> Iterator[str]:
    yield fact.claim
    if isinstance(fact, Deed):
        yield from (part.ref for part in fact.parts if not part.ref.startswith("a"))
        yield fact.saying
