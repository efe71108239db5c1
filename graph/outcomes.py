"""What may have become of pledges: later reports that could be about what was promised.

Reports are set beside a pledge, never taken for its fulfilment: whether they are about it is for a person to say, who
has both sentences before them.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from graph.prose import status
from graph.store import Store
from graph.units import alike
from graph.vocabulary import local

T = TypeVar("T", bound=Hashable)
GIVING = frozenset({"Deployment", "Provision", "Mobilisation", "Transaction", "Travel", "Cooperation"})
"""The kinds of deed that a pledge is kept or broken by, where what it promises is no event."""
SUFFIX = 3
"""Letters that may follow a name in a word made of it: Norvania, Norvanians."""

_EVENTS = """
SELECT DISTINCT ?event ?type ?modality ?polarity ?issued WHERE {
  GRAPH ?g {
    ?event a who:Event ; who:eventType ?type ; who:modality ?modality ; who:polarity ?polarity .
    ?page a who:Document ; dcterms:issued ?issued .
  }
} ORDER BY ?event"""
_PARTS = """
SELECT DISTINCT ?event ?role ?filler ?name ?value ?unit ?more WHERE {
  GRAPH ?g {
    VALUES ?role { who:agent who:recipient who:place who:theme who:content who:quantity }
    ?event a who:Event ; ?role ?filler . ?filler rdfs:label ?name .
    OPTIONAL { ?filler who:value ?value ; who:unit ?unit ; who:isIncrement ?more }
  }
} ORDER BY ?event ?role ?filler ?name"""


@dataclass(frozen=True, slots=True, order=True)
class Outcome:
    """A later report set beside a pledge: both by IRI, and why: ``doer``, ``figure``, or ``doer and figure``.

    ``status`` is that of the report: nothing for what is told as having happened, ``did not happen`` and so on.
    ``extent`` says how much of a promised number the report tells of, nothing where it tells of none: ``4 of 12 boats
    delivered so far``, ``12 of 12 boats delivered``. It is one report's figure, never a sum of several: what came on
    top of earlier ones is no total, hence ``4 more of 12 boats delivered``.
    """

    pledge: str
    report: str
    why: str
    issued: dt.date
    status: str = ""
    extent: str = ""


@dataclass(frozen=True, slots=True, order=True)
class _Figure:
    value: float
    unit: str
    words: str
    more: bool = False


@dataclass(slots=True)
class _Event:
    kind: str
    status: str
    actual: bool
    issued: dt.date
    doers: set[str] = field(default_factory=set)
    doer_names: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    contents: set[str] = field(default_factory=set)
    takers: set[str] = field(default_factory=set)
    figures: set[_Figure] = field(default_factory=set)

    def told(self) -> list[_Figure]:
        """The figures without the whole of which another is a part: of ``four of twelve boats``, four."""
        return sorted(f for f in self.figures if not any(_part(other, f) for other in self.figures))

    def wholes(self) -> list[_Figure]:
        """The figures without those that are a part of another: of ``four of twelve boats``, twelve."""
        return sorted(f for f in self.figures if not any(_part(f, other) for other in self.figures))


def _part(one: _Figure, other: _Figure) -> bool:
    return one != other and bool(re.search(rf"\bof\b.*{re.escape(other.words)}$", one.words))


def outcomes(store: Store) -> list[Outcome]:
    """All reports that may be about a pledge, by pledge, the best grounds and then the earliest first.

    Such a report is of a later article, tells of a deed of the promised kind (that of the pledge's content, else one of
    GIVING) as having happened or as not having happened, and shares with the pledge its doer (or a word made of the
    doer's name) or a figure of the same things. A figure of the same things that is told of the doer, or of whom or the
    place that was promised to, says how much of the promise it may be. Pledges of undated articles have none.
    """
    events = _events(store)
    index = _Index(events)
    found = [o for iri, event in events.items() if event.kind == "Pledge" for o in _of(iri, event, events, index)]
    return sorted(
        found, key=lambda o: (o.pledge, o.why != "doer and figure", not o.extent, o.why == "doer", o.issued, o.report)
    )


def _events(store: Store) -> dict[str, _Event]:
    found: dict[str, _Event] = {}
    for row in store.query(_EVENTS):
        modality, polarity = local(row["modality"]), local(row["polarity"])
        day = row["issued"]
        if isinstance(day, dt.date):
            kind = local(row["type"]).removesuffix("Type")
            found[str(row["event"])] = _Event(kind, status(modality, polarity), modality == "Actual", day)
    for row in store.query(_PARTS):
        event = found.get(str(row["event"]))
        if event:
            _add(event, row)
    return found


def _add(event: _Event, row: Mapping[str, object]) -> None:
    role, filler = local(row["role"]), str(row["filler"])
    if role == "quantity":
        event.figures |= {_figure(row)} if row["value"] is not None else set()
    elif role == "content":
        event.contents.add(filler)
    elif role in ("recipient", "place"):
        event.takers.add(filler)
    else:
        event.names.add(str(row["name"]))
    if role == "agent":
        event.doers.add(filler)
        event.doer_names.add(str(row["name"]))


def _figure(row: Mapping[str, object]) -> _Figure:
    return _Figure(float(str(row["value"])), str(row["unit"] or ""), str(row["name"]), row["more"] is True)


class _Index:
    """The deeds by their doers, by the words of those who take part, and by their figures."""

    def __init__(self, events: Mapping[str, _Event]) -> None:
        self.by_doer: dict[str, set[str]] = defaultdict(set)
        self.by_word: dict[str, set[str]] = defaultdict(set)
        self.by_taker: dict[str, set[str]] = defaultdict(set)
        self.by_figure: dict[float, set[str]] = defaultdict(set)
        for iri, event in events.items():
            if event.actual and event.kind != "Pledge":
                self._add(iri, event)
        self.words = sorted(self.by_word)

    def _add(self, iri: str, event: _Event) -> None:
        for doer in event.doers:
            self.by_doer[doer].add(iri)
        for word in {word for name in event.names for word in re.findall(r"\w+", name.casefold())}:
            self.by_word[word].add(iri)
        for taker in event.takers:
            self.by_taker[taker].add(iri)
        for figure in event.figures:
            self.by_figure[figure.value].add(iri)

    def made_of(self, name: str) -> set[str]:
        """Deeds of those who are named by this one word, or by one made of it."""
        stem = name.casefold()
        if not re.fullmatch(r"\w{4,}", stem):
            return set()
        found: set[str] = set()
        for word in self.words[bisect_left(self.words, stem) :]:
            if not word.startswith(stem):
                break
            found |= self.by_word[word] if len(word) <= len(stem) + SUFFIX else set()
        return found


def _of(iri: str, pledge: _Event, events: Mapping[str, _Event], index: _Index) -> Iterator[Outcome]:
    promised = [events[content] for content in pledge.contents if content in events]
    kinds = {event.kind for event in promised} | GIVING
    doers = _union(index.by_doer[d] for event in (pledge, *promised) for d in event.doers if d in index.by_doer)
    doers |= _union(index.made_of(name) for name in pledge.doer_names)
    takers = _union(index.by_taker[t] for event in (pledge, *promised) for t in event.takers if t in index.by_taker)
    wanted = sorted({figure for event in (pledge, *promised) for figure in event.wholes()})
    figures = _union(index.by_figure[figure.value] for figure in wanted if figure.value in index.by_figure)
    for report in sorted(doers | takers | figures):
        event = events[report]
        same = report in figures and _same(event, wanted)
        extent = _extent(event, wanted) if report in doers | takers or same else ""
        if event.kind in kinds and event.issued > pledge.issued and (report in doers or same or extent):
            grounds = ["doer"] * (report in doers) + ["figure"] * (same or bool(extent))
            yield Outcome(iri, report, " and ".join(grounds), event.issued, event.status, extent)


def _same(event: _Event, wanted: Iterable[_Figure]) -> bool:
    return any(
        f.value == w.value and (alike(f.unit, w.unit) or f.unit == w.unit) for f in event.figures for w in wanted
    )


def _extent(event: _Event, wanted: Iterable[_Figure]) -> str:
    """How much of what was promised is told of; nothing of what did not happen."""
    pairs = [(f, w) for w in wanted for f in event.told() if alike(f.unit, w.unit) and w.value > 0]
    if event.status or not pairs:
        return ""
    got, promised = pairs[0]
    number = f"{got.value:,g}{' more' if got.more else ''} of {promised.value:,g} {promised.unit}"
    return f"{number} delivered{' so far' if got.value < promised.value and not got.more else ''}"


def _union(sets: Iterable[set[T]]) -> set[T]:
    return set().union(*sets)
