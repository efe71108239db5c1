"""What was read out of one article, as a page that is understood at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from graph.documents import Span
from graph.model import Claim, Entity, Event, Quantity, Reading, Relation, Time
from graph.prose import (
    ROLE_FIELDS,
    Card,
    Item,
    Quote,
    Section,
    Told,
    deed,
    figure,
    listed,
    period,
    say,
    source_line,
    statement,
)

_PEOPLE = ("Person", "Group")
_PLACES = ("Place", "GeopoliticalEntity")


def card(reading: Reading) -> Card:
    """The page: who and what is spoken of, what is told in the order of the text, who said what, the numbers."""
    return _Page(reading).card()


def left_out(reasons: Iterable[str]) -> str:
    """What was not read of a text, by reason: ``left out: 3 stretches (navigation (2), player notice)``; or nothing."""
    tally = sorted(Counter(reasons).items())
    stretches = sum(n for _, n in tally)
    named = ", ".join(f"{why} ({n})" if n > 1 else why for why, n in tally)
    return f"left out: {stretches} {'stretch' if stretches == 1 else 'stretches'} ({named})" if tally else ""


class _Page:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.document.text
        self.entities = {e.id: e for e in reading.entities}
        self.events = {e.id: e for e in reading.events}
        self.claims = {c.id: c for c in reading.claims}
        self.times = {t.id: t for t in reading.times}
        self.quantities = {q.id: q for q in reading.quantities}

    def card(self) -> Card:
        reading, document = self.reading, self.reading.document
        sayings = {claim.saying for claim in reading.claims}
        told = [event for event in reading.events if event.type != "Statement" or event.id not in sayings]
        return Card(
            title=document.title or document.id,
            notes=tuple(note for note in self._notes() if note),
            sections=(
                Section("People and groups", self._entities(*_PEOPLE)),
                Section("Bodies and things", self._others()),
                Section("Places", self._entities(*_PLACES)),
                Section("What is told", tuple(map(self._event, told))),
                Section("Who said what", tuple(map(self._claim, reading.claims))),
                Section("Figures", tuple(map(self._quantity, reading.quantities))),
                Section("Ties", tuple(map(self._relation, reading.relations))),
            ),
        )

    def _notes(self) -> list[str]:
        document, reading = self.reading.document, self.reading
        return [
            source_line(None, document.publisher, document.published)
            or "no publisher and no day of publication stated",
            f"{len(reading.sentences)} sentences, {len(reading.events)} events, {len(reading.claims)} statements",
            left_out(document.left_out),
        ]

    def _entities(self, *types: str) -> tuple[Item, ...]:
        return tuple(self._entity(entity) for entity in self.reading.entities if entity.type in types)

    def _others(self) -> tuple[Item, ...]:
        left = (*_PEOPLE, *_PLACES)
        return tuple(self._entity(entity) for entity in self.reading.entities if entity.type not in left)

    def _entity(self, entity: Entity) -> Item:
        others = [m.span.of(self.text) for m in entity.mentions if m.kind == "name"]
        also = [name for name in dict.fromkeys([*entity.aliases, *others]) if name != entity.name]
        kind = "".join(f" {c.lower()}" if c.isupper() else c for c in entity.type).strip()
        notes = [
            kind,
            "" if entity.named else "unnamed",
            "only possible" if entity.existence != "Actual" else "",
            f"also {listed(also)}" if also else "",
            f"{len(entity.mentions)} times" if len(entity.mentions) > 1 else "",
        ]
        return Item(f"{entity.name} ({'; '.join(note for note in notes if note)})")

    def _event(self, event: Event) -> Item:
        marks = [event.trigger, *(role.span for role in event.roles)]
        return Item(say(self.told(event)), self._quotes(event.trigger, marks))

    def told(self, event: Event) -> Told:
        fillers: dict[str, list[str]] = {}
        names = [self.entities[role.entity].name for role in event.roles if role.entity in self.entities]
        for role in event.roles:
            words = role.span.of(self.text)
            if role.quantity and any(words in name for name in names):
                continue
            named = self._named(role.entity, role.event, role.time, role.quantity, words)
            fillers.setdefault(role.role, []).append(named)
        return Told(
            kind=event.type,
            label=_spaced(event.type),
            modality=event.modality,
            polarity=event.polarity,
            trigger=event.trigger.of(self.text),
            voices=self._voices(event.claim),
            **{field: tuple(fillers.get(role, ())) for role, field in ROLE_FIELDS.items()},
        )

    def _named(self, entity: str | None, event: str | None, time: str | None, quantity: str | None, words: str) -> str:
        if entity in self.entities:
            return self.entities[entity].name
        if event in self.events:
            return _brief(self, self.events[event])
        if time in self.times:
            return _when(self.times[time], words)
        return _how_many(self.quantities[quantity]) if quantity in self.quantities else words

    def _voices(self, claim: str | None) -> tuple[str, ...]:
        voices: list[str] = []
        seen: set[str] = set()
        while claim in self.claims and claim not in seen:
            seen.add(claim)
            said = self.claims[claim]
            voices += [self._speaker(said)]
            voices += [self.entities[said.relayed_by].name] if said.relayed_by in self.entities else []
            claim = said.parent
        return tuple(dict.fromkeys(voices))

    def _speaker(self, claim: Claim) -> str:
        if claim.speaker in self.entities:
            return self.entities[claim.speaker].name
        return claim.speaker_span.of(self.text) if claim.speaker_span else "somebody unnamed"

    def _claim(self, claim: Claim) -> Item:
        words = " … ".join(span.of(self.text) for span in claim.content)
        relays = self._voices(claim.id)[1:]
        denied = any(event.id == claim.saying and event.type == "Denial" for event in self.reading.events)
        text = statement(self._speaker(claim), words, claim.form, relays, claim.basis != "Explicit", denied)
        return Item(text, self._quotes(claim.content[0], list(claim.content)))

    def _quantity(self, quantity: Quantity) -> Item:
        again = (
            f" (the same as “{self.quantities[quantity.restates].span.of(self.text)}”)"
            if quantity.restates in self.quantities
            else ""
        )
        return Item(_how_many(quantity) + again, self._quotes(quantity.span, [quantity.span]))

    def _relation(self, relation: Relation) -> Item:
        ends = [self.entities[e].name if e in self.entities else e for e in (relation.subject, relation.object)]
        denied = "not " if relation.polarity == "Negative" else ""
        worked_out = " (worked out)" if relation.basis != "Explicit" else ""
        text = f"{ends[0]}: {denied}{_spaced(relation.predicate)} {ends[1]}{worked_out}"
        return Item(text, self._quotes(relation.evidence, [relation.evidence]))

    def _quotes(self, at: Span, marks: list[Span]) -> tuple[Quote, ...]:
        holding = [s.span for s in self.reading.sentences if s.span.overlaps(at)]
        if not holding:
            return ()
        sentence = holding[0]
        inside = [
            Span(m.start - sentence.start, min(m.end, sentence.end) - sentence.start)
            for m in marks
            if sentence.start <= m.start < sentence.end
        ]
        return (Quote(sentence.of(self.text), tuple(inside)),)


def _brief(page: _Page, event: Event) -> str:
    """A content event in words, its own contents left out, so that chains end."""
    fewer = tuple(role for role in event.roles if role.event is None)
    told = page.told(Event(event.id, event.trigger, event.head, event.type, event.evidence, roles=fewer))
    return deed(told)


def _spaced(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def _when(time: Time, words: str) -> str:
    return period(" ".join(words.split()), time.earliest_begin, time.latest_end)


def _how_many(quantity: Quantity) -> str:
    return figure(quantity.value, quantity.unit, quantity.comparator, quantity.increment, quantity.whole)
