"""Asks the store what there is, chooses what matters most, and has each chosen thing told with its sentence.

An event weighs what the actors with a name in it weigh (the logarithm of how many events each takes part in), times
the reader's confidence: a hub counts for more than a passer-by, and never for all. Ties are broken by IRI.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import log2

from graph import queries, show
from graph.contents import StoredDocument, documents
from graph.digest.pages import Chapter, Digest, Entry
from graph.errors import UsageError
from graph.outcomes import Outcome, outcomes
from graph.prose import Item, listed
from graph.store import Store
from graph.vocabulary import STATUSES, local, status

MOST = 12
"""How many entries a chapter has; the timeline and the sources have three times as many."""
UNSURE = 0.7
REPORTS = 4
"""How many later reports stand under a pledge."""
ASIDE = frozenset({"Statement", "Announcement", "State"})
"""Kinds of events that the timeline leaves to other chapters, or to the articles."""

_EVENTS = """
SELECT DISTINCT ?event ?type ?modality ?polarity ?confidence ?g ?begin WHERE {
  GRAPH ?g {
    ?event a who:Event ; who:eventType ?type ; who:modality ?modality ; who:polarity ?polarity ;
      who:trigger/who:begin ?begin .
    OPTIONAL { ?event who:confidence ?confidence }
  }
} ORDER BY ?g ?begin ?event"""
_PARTS = """
SELECT DISTINCT ?event ?actor WHERE {
  GRAPH ?g { ?event a who:Event ; who:involves ?actor . ?actor a who:Entity }
}"""
_DAYS = """
SELECT ?event (MIN(?begins) AS ?from) (MAX(?ends) AS ?to) WHERE {
  GRAPH ?g {
    ?event a who:Event ; who:time ?time .
    OPTIONAL { ?time sem:hasEarliestBeginTimeStamp ?begins }
    OPTIONAL { ?time sem:hasLatestEndTimeStamp ?ends }
    FILTER(BOUND(?begins) || BOUND(?ends))
  }
} GROUP BY ?event"""
_CLAIMS = """
SELECT DISTINCT ?claim ?speaker ?name ?form ?basis ?confidence ?g WHERE {
  GRAPH ?g {
    ?claim a who:Claim ; who:speaker ?speaker ; who:quoteForm ?form ; who:attributionBasis ?basis .
    ?speaker rdfs:label ?name .
    OPTIONAL { ?claim who:confidence ?confidence }
  }
} ORDER BY ?g ?claim"""
_UNREAD = "SELECT ?g (COUNT(?zone) AS ?n) WHERE { GRAPH ?g { ?zone a who:Boilerplate } } GROUP BY ?g"


def gather(store: Store, title: str = "Report", most: int = MOST) -> Digest:
    """The report on all that the store holds, with at most ``most`` entries a chapter, the weightiest first.

    Raises UsageError where ``most`` is less than one.
    """
    if most < 1:
        raise UsageError(f"a report of {most} entries a chapter says nothing; ask for one or more")
    return _Gathering(store, most).digest(title)


@dataclass(frozen=True, slots=True)
class _Event:
    iri: str
    kind: str
    modality: str
    polarity: str
    confidence: float | None
    graph: str
    begin: int

    @property
    def status(self) -> str:
        return status(self.modality, self.polarity, f"{self.kind}Type")


class _Gathering:
    def __init__(self, store: Store, most: int) -> None:
        self.store = store
        self.most = most

    def digest(self, title: str) -> Digest:
        if not self.documents:
            return Digest(title, ("There are no articles in this graph.",))
        chapters = (
            self.actors(),
            self.timeline(),
            self.pledges(),
            self.disagreements(),
            self.voices(),
            self.doubts(),
            self.sources(),
        )
        return Digest(title, tuple(self.notes()), chapters)

    # what there is

    @cached_property
    def documents(self) -> dict[str, StoredDocument]:
        return {document.graph: document for document in documents(self.store)}

    @cached_property
    def events(self) -> dict[str, _Event]:
        found: dict[str, _Event] = {}
        for row in self.store.query(_EVENTS):
            kind = local(row["type"]).removesuffix("Type")
            event = _Event(
                str(row["event"]), kind, local(row["modality"]), local(row["polarity"]), _number(row["confidence"]),
                str(row["g"]), int(str(row["begin"])),
            )  # fmt: skip
            found.setdefault(event.iri, event)
        return found

    @cached_property
    def parts(self) -> Mapping[str, list[str]]:
        return _pairs(self.store, _PARTS, "event", "actor")

    @cached_property
    def fame(self) -> Counter[str]:
        """In how many events each actor with a name takes part."""
        return Counter(actor for actors in self.parts.values() for actor in actors if "/id/" in actor)

    @cached_property
    def weights(self) -> dict[str, float]:
        return {iri: self._weight(event) for iri, event in self.events.items()}

    def _weight(self, event: _Event) -> float:
        fame = sum(log2(1 + self.fame[actor]) for actor in self.parts.get(event.iri, ()))
        return round(fame * (1.0 if event.confidence is None else event.confidence), 6)

    @cached_property
    def days(self) -> dict[str, tuple[dt.date | None, dt.date | None]]:
        return {str(row["event"]): (_date(row["from"]), _date(row["to"])) for row in self.store.query(_DAYS)}

    @cached_property
    def claims(self) -> dict[str, dict[str, object]]:
        return {str(row["claim"]): dict(row) for row in reversed(list(self.store.query(_CLAIMS)))}

    def weightiest(self, events: Iterable[str]) -> list[str]:
        return sorted(events, key=lambda iri: (-self.weights[iri], iri))

    def issued(self, event: str) -> str:
        document = self.documents.get(self.events[event].graph)
        return (document and document.published) or ""

    def named(self, name: str) -> list[dict[str, object]]:
        return [dict(row) for row in self.store.query(queries.named_query(name).bound(self.store, {}))]

    # how it is told

    def told(self, events: Sequence[str], note: Callable[[_Event], str] = lambda event: "") -> dict[str, Entry]:
        items = show.items_of(self.store, ["event"], list(events)) if events else {}
        return {iri: self._entry(self.events[iri], item, note) for iri, item in items.items()}

    def _entry(self, event: _Event, item: Item, note: Callable[[_Event], str]) -> Entry:
        return Entry(item.text, item.quotes, event.status, period(*self.days.get(event.iri, (None, None))), note(event))

    def chosen(self, events: Sequence[str]) -> list[str]:
        """The weightiest, by the day of the article and then in the order of its text."""
        first = self.weightiest(events)[: self.most]
        return sorted(
            first, key=lambda iri: (self.issued(iri) or "9999", self.events[iri].graph, self.events[iri].begin, iri)
        )

    # the chapters

    def notes(self) -> list[str]:
        published = sorted(d.published for d in self.documents.values() if d.published)
        papers = Counter(d.publisher for d in self.documents.values() if d.publisher)
        statuses = Counter(event.status for event in self.events.values())
        said = [f"{statuses[name]:,} {SAID[name]}" for name in STATUSES if statuses[name]]
        return [
            f"Made from {count(len(self.documents), 'article')} by {count(len(papers), 'publisher')}"
            + (f", published {period(_date(published[0]), _date(published[-1]))}." if published else ", undated."),
            f"{count(len(self.events), 'event')}: {listed(said)}." if said else "No events.",
            "What is pledged, planned, asked for, expected or possible is not told as done, and a denial "
            "is told as a denial. Reports are told as their articles tell them: nothing here says that they are true.",
        ]

    def actors(self) -> Chapter:
        ranked = [row for row in self.named("actors") if "/id/" in str(row["actor"])]
        once = list({str(row["actor"]): row for row in reversed(ranked)}.values())[::-1]
        shown = once[: self.most]
        theirs = _turned(self.parts)
        first = self._first([theirs.get(str(row["actor"]), []) for row in shown])
        told = self.told([iri for iri in first if iri])
        entries = [self._actor(row, theirs, _in([iri], told)) for row, iri in zip(shown, first, strict=True)]
        lede = "Those with a name who take part in most events; under each, the weightiest of these events."
        return Chapter("Main actors", lede, tuple(entries), len(once) - len(shown), "actors")

    def _first(self, several: Iterable[Iterable[str]]) -> list[str]:
        """The weightiest of each that none before it has shown already; an empty text where none is left."""
        chosen: list[str] = []
        for events in several:
            new = (iri for iri in events if iri not in chosen and self.events[iri].kind not in ASIDE)
            chosen.append(next(iter(self.weightiest(new)), ""))
        return chosen

    def _actor(self, row: Mapping[str, object], theirs: Mapping[str, list[str]], under: tuple[Entry, ...]) -> Entry:
        statuses = Counter(self.events[iri].status for iri in theirs.get(str(row["actor"]), ()))
        tally = listed(f"{statuses[name]:,} {SAID[name]}" for name in SAID if statuses[name])
        parts = [
            f"Takes part in {count(int(str(row['events'])), 'event')}" + (f" ({tally})" if tally else ""),
            f"speaks {_times(int(str(row['said'])))}" if row["said"] else "",
            f"named in {count(int(str(row['documents'])), 'article')}",
        ]
        note = f"{', '.join(part for part in parts if part)}."
        return Entry(f"{row['name']} ({row['kind_of']})", note=note, under=under)

    def timeline(self) -> Chapter:
        dated = [iri for iri in self.days if iri in self.events and self.events[iri].kind not in ASIDE]
        shown = sorted(self.weightiest(dated)[: 3 * self.most], key=lambda iri: (*_order(self.days[iri]), iri))
        told = self.told(shown)
        undated = sum(e.kind not in ASIDE for e in self.events.values()) - len(dated)
        lede = f"By the days that the articles give; {count(undated, 'event')} without a day {_be(undated)} not in it."
        return Chapter("Timeline", lede, _in(shown, told), len(dated) - len(shown), "timeline")

    def pledges(self) -> Chapter:
        made = [iri for iri, event in self.events.items() if event.kind == "Pledge"]
        shown = self.chosen(made)
        later = {iri: self.reports.get(iri, []) for iri in shown}
        known = {o.report for several in later.values() for o in several[:REPORTS]}
        told = self.told([*shown, *sorted(known - set(shown))])
        entries = tuple(self._pledge(told[iri], later[iri], told) for iri in shown if iri in told)
        lede = (
            "Who promised what, and later reports that may be about it: of such a deed by the same doer, or with the "
            "same figure, or part of it. Whether they are is for you to say; that none was found does not say that it "
            "was broken."
        )
        return Chapter(
            "Pledges, and what became of them", lede if made else "", entries, len(made) - len(shown), "pledges"
        )

    def _pledge(self, pledge: Entry, later: Sequence[Outcome], told: Mapping[str, Entry]) -> Entry:
        found = count(len(later), "later report") + " that may be about it"
        note = f"{found}{f'; the best {REPORTS}' if len(later) > REPORTS else ''}."
        under = tuple(replace(told[o.report], note=_extent(o)) for o in later[:REPORTS] if o.report in told)
        return replace(pledge, note=f"{note[0].upper()}{note[1:]}", under=under)

    @cached_property
    def reports(self) -> Mapping[str, list[Outcome]]:
        """Later reports that may be about each pledge, those on the best grounds first."""
        found: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in outcomes(self.store):
            found[outcome.pledge].append(outcome)
        return dict(found)

    def disagreements(self) -> Chapter:
        pairs = {
            (str(r["event"]), str(r["against"])): f"{r['conflict']}: {r['kind']}" for r in self.named("contradictions")
        }
        known = [pair for pair in pairs if set(pair) <= self.events.keys()]
        ranked = sorted(
            known, key=lambda p: (not pairs[p].startswith("yes"), -sum(map(self.weights.__getitem__, p)), p)
        )
        shown = ranked[: self.most]
        told = self.told(sorted({iri for pair in shown for iri in pair}))
        entries = tuple(Entry(_clash(pairs[pair]), under=_in(pair, told)) for pair in shown)
        lede = "" if shown else "No two reports in these articles say yes and no, or give other figures for the same."
        return Chapter("Where reports disagree", lede, entries, len(known) - len(shown), "contradictions")

    def voices(self) -> Chapter:
        spoken = _grouped(self.claims, lambda row: str(row["speaker"]))
        ranked = sorted(spoken, key=lambda speaker: ("/id/" not in speaker, -len(spoken[speaker]), speaker))
        shown = ranked[: self.most]
        best = {speaker: sorted(spoken[speaker], key=self._quotable)[:2] for speaker in shown}
        items = show.items_of(self.store, ["claim"], [c for claims in best.values() for c in claims]) if shown else {}
        entries = [self._voice(spoken[speaker], [items[c] for c in best[speaker] if c in items]) for speaker in shown]
        lede = (
            "Those who are reported to have said most, names first; each with up to two statements, quotations first."
        )
        return Chapter(
            "Who says what", lede if shown else "", tuple(entries), len(ranked) - len(shown), "who-said-what"
        )

    def _voice(self, claims: Sequence[str], items: Sequence[Item]) -> Entry:
        direct = sum(local(self.claims[claim]["form"]) == "DirectQuote" for claim in claims)
        name = self.claims[claims[0]]["name"]
        text = f"{name}: {count(len(claims), 'statement')}, {direct or 'none'} in quotation marks"
        return Entry(text, under=tuple(Entry(item.text, item.quotes) for item in items))

    def _quotable(self, claim: str) -> tuple[int, bool, float, str]:
        row = self.claims[claim]
        forms = {"DirectQuote": 0, "MixedQuote": 1}
        worked_out = local(row["basis"]) != "Explicit"
        return forms.get(local(row["form"]), 2), worked_out, -(_number(row["confidence"]) or 0.0), claim

    def doubts(self) -> Chapter:
        unsure = [
            i
            for i, e in self.events.items()
            if e.confidence is not None and e.confidence < UNSURE and e.kind not in ASIDE
        ]
        guessed = [claim for claim, row in self.claims.items() if local(row["basis"]) != "Explicit"]
        shown = self.chosen(unsure)
        told = self.told(shown, lambda event: f"The reader is sure of this reading to {event.confidence:.0%}.")
        undated = sum(not d.published for d in self.documents.values())
        lede = (
            f"Of {count(len(self.events), 'event')}, {len(unsure):,} {_be(len(unsure))} read with a confidence below "
            f"{UNSURE:.0%}: it says which share of such readings is right. Of {count(len(self.claims), 'statement')}, "
            f"{len(guessed) or 'none'} {_have(len(guessed) or 1)} a speaker who was worked out. "
            f"{count(undated, 'article').capitalize()} {_be(undated)} undated."
        )
        return Chapter("What is uncertain", lede, _in(shown, told), len(unsure) - len(shown), "events")

    def sources(self) -> Chapter:
        unread = {str(row["g"]): int(str(row["n"])) for row in self.store.query(_UNREAD)}
        events = Counter(event.graph for event in self.events.values())
        claims = Counter(str(row["g"]) for row in self.claims.values())
        ranked = sorted(self.documents, key=lambda g: (-events[g], g))[: 3 * self.most]
        shown = sorted(ranked, key=lambda g: (self.documents[g].published or "9999", g))
        entries = tuple(_source(self.documents[g], events[g], claims[g], unread.get(g, 0)) for g in shown)
        lede = "The articles that all of this rests on; those with most events, where there are many."
        return Chapter("Sources", lede, entries, len(self.documents) - len(shown), "documents")


SAID = {
    "done": "reported as having happened",
    "pledged": "pledged",
    "planned": "planned",
    "requested": "asked for",
    "predicted": "expected",
    "hypothetical": "only possible",
    "denied": "said not to be so",
}


def _source(document: StoredDocument, events: int, claims: int, unread: int) -> Entry:
    day = period(_date(document.published), _date(document.published)) or "undated"
    left = f"; {count(unread, 'stretch', 'stretches')} of the page not read" if unread else ""
    text = f"“{document.title or document.id}”, {document.publisher or 'no publisher stated'}, {day}"
    note = f"{count(events, 'event')}, {count(claims, 'statement')}{left}"
    safe = document.url if (document.url or "").startswith(("http://", "https://")) else ""
    return Entry(text, note=note, link=safe or "")


def _extent(outcome: Outcome) -> str:
    return f"If it is about this: {outcome.extent}." if outcome.extent else ""


def _clash(words: str) -> str:
    conflict, _, kind = words.partition(": ")
    return (
        f"{kind}: one report says that it is so, another that it is not"
        if conflict == "yes and no"
        else f"{kind}: other figures{', of which one leaves room for the other' if 'bound' in conflict else ''}"
    )


def period(first: dt.date | None, last: dt.date | None) -> str:
    """Days in words: ``3 March 2031``, ``March 2031``, ``from 3 March 2031``; nothing where both are open."""
    if first is None or last is None:
        return f"from {_day(first)}" if first else f"until {_day(last)}" if last else ""
    if first == last:
        return _day(first)
    after = last + dt.timedelta(days=1)
    if first.day == after.day == 1 and (after.year - first.year) * 12 + after.month - first.month == 1:
        return f"{first:%B %Y}"
    if (first.month, first.day, after.month, after.day, after.year - first.year) == (1, 1, 1, 1, 1):
        return str(first.year)
    return f"{_day(first)} to {_day(last)}"


def _day(day: dt.date | None) -> str:
    return "" if day is None else f"{day.day} {day:%B %Y}"


def count(number: int, one: str, several: str = "") -> str:
    """``1 article``, ``no articles``, ``1,200 articles``."""
    if number == 1:
        return f"1 {one}"
    return f"{number:,} {several or one + 's'}" if number else f"no {several or one + 's'}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _in(order: Iterable[str], told: Mapping[str, Entry]) -> tuple[Entry, ...]:
    return tuple(told[iri] for iri in order if iri in told)


def _order(days: tuple[dt.date | None, dt.date | None]) -> tuple[dt.date, dt.date]:
    first, last = days
    return first or last or dt.date.max, last or dt.date.max


def _pairs(store: Store, sparql: str, key: str, value: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one, other in sorted({(str(row[key]), str(row[value])) for row in store.query(sparql)}):
        found[one].append(other)
    return dict(found)


def _turned(pairs: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one, others in pairs.items():
        for other in others:
            found[other].append(one)
    return dict(found)


def _grouped(rows: Mapping[str, dict[str, object]], key: Callable[[dict[str, object]], str]) -> dict[str, list[str]]:
    return _turned({name: [key(row)] for name, row in rows.items()})


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _date(value: object) -> dt.date | None:
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value)[:10]) if value else None
