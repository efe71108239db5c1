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
SELECT DISTINCT ?event ?role ?filler ?name ?value WHERE {
  GRAPH ?g {
    VALUES ?role { who:agent who:theme who:content who:quantity }
    ?event a who:Event ; ?role ?filler . ?filler rdfs:label ?name .
    OPTIONAL { ?filler who:value ?value }
  }
} ORDER BY ?event ?role ?filler ?name"""


@dataclass(frozen=True, slots=True, order=True)
class Outcome:
    """A later report set beside a pledge: both by IRI, and why: ``doer``, ``figure``, or ``doer and figure``.

    ``status`` is that of the report: nothing for what is told as having happened, ``did not happen`` and so on.
    """

    pledge: str
    report: str
    why: str
    issued: dt.date
    status: str = ""


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
    figures: set[float] = field(default_factory=set)


def outcomes(store: Store) -> list[Outcome]:
    """All reports that may be about a pledge, by pledge, the best grounds and then the earliest first.

    Such a report is of a later article, tells of a deed of the promised kind (that of the pledge's content, else one of
    GIVING) as having happened or as not having happened, and shares with the pledge its doer (or a word made of the
    doer's name) or a figure. Pledges of undated articles have none.
    """
    events = _events(store)
    index = _Index(events)
    found = [o for iri, event in events.items() if event.kind == "Pledge" for o in _of(iri, event, events, index)]
    return sorted(found, key=lambda o: (o.pledge, o.why != "doer and figure", o.why == "doer", o.issued, o.report))


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
        event.figures |= {float(str(row["value"]))} if row["value"] is not None else set()
    elif role == "content":
        event.contents.add(filler)
    else:
        event.names.add(str(row["name"]))
    if role == "agent":
        event.doers.add(filler)
        event.doer_names.add(str(row["name"]))


class _Index:
    """The deeds by their doers, by the words of those who take part, and by their figures."""

    def __init__(self, events: Mapping[str, _Event]) -> None:
        self.by_doer: dict[str, set[str]] = defaultdict(set)
        self.by_word: dict[str, set[str]] = defaultdict(set)
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
        for figure in event.figures:
            self.by_figure[figure].add(iri)

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
    wanted = _union([pledge.figures, *(event.figures for event in promised)])
    figures = _union(index.by_figure[figure] for figure in wanted if figure in index.by_figure)
    for report in sorted(doers | figures):
        event = events[report]
        if event.kind in kinds and event.issued > pledge.issued:
            why = "doer and figure" if report in doers & figures else "doer" if report in doers else "figure"
            yield Outcome(iri, report, why, event.issued, event.status)


def _union(sets: Iterable[set[T]]) -> set[T]:
    return set().union(*sets)
