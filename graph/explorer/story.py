"""What the page tells, read out of a store by the queries of ``asked/``, each of them asked once.

Offsets are half-open and count Unicode code points of a document's text, as everywhere.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from itertools import combinations

from rdflib import URIRef

from graph.explorer import places
from graph.outcomes import outcomes
from graph.prose import ROLE_FIELDS, Told, figure, period, say, voice
from graph.store import Store
from graph.vocabulary import WHO, label, local, status, superclasses

Row = Mapping[str, str]
Offsets = tuple[int, int]

FAMILIES = (
    ("person", WHO.Person),
    ("group", WHO.Group),
    ("group", WHO.ArmedGroup),
    ("place", WHO.Place),
    ("organisation", WHO.Organisation),
)
CROWD = 12


@dataclass(frozen=True, slots=True)
class Article:
    """A document: what is known of it, its text and sentences, who is mentioned where, and what was not read."""

    id: str
    iri: str
    title: str
    publisher: str = ""
    byline: str = ""
    published: str = ""
    earliest: str = ""
    latest: str = ""
    url: str = ""
    language: str = ""
    text: str = ""
    graph: str = ""
    sentences: tuple[Offsets, ...] = ()
    mentions: tuple[tuple[int, int, str], ...] = ()
    unread: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """An entity: person, group, organisation, place or thing. ``facts`` counts what it takes part in.

    ``term`` is, here and below, the ontology's own name for the kind (``GeopoliticalEntity``); ``coordinates`` are
    latitude and longitude in degrees (WGS 84), as the graph states them, else as ``places`` knows them by the name.
    """

    id: str
    iri: str
    name: str
    family: str
    kind: str
    aliases: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    term: str = ""
    existence: str = ""
    named: bool = True
    facts: int = 0
    mentions: int = 0
    coordinates: tuple[float, float] | None = None
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Who or what fills a role: a node of the page (``ref``), or only words, which have their IRI.

    An actor's own name stands in for its words.
    """

    role: str
    words: str
    ref: str = ""
    iri: str = ""
    at: Offsets | None = None


@dataclass(frozen=True, slots=True)
class When:
    """A time as worded, the first and last day that it may be, and how these are known."""

    words: str
    first: str = ""
    last: str = ""
    precision: str = ""
    basis: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity in words (``more than 9,000 people``) and as a number with its unit."""

    words: str
    value: float
    unit: str
    comparator: str
    restated: bool = False
    term: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """An event as one article tells it. ``voice`` says on whose word, ``claim`` is the statement that it rests on."""

    id: str
    iri: str
    label: str
    said: str
    type: str
    status: str
    modality: str
    term: str = ""
    plover: str = ""
    voice: str = ""
    article: str = ""
    claim: str = ""
    basis: str = ""
    confidence: float | None = None
    parts: tuple[Part, ...] = ()
    times: tuple[When, ...] = ()
    figures: tuple[Figure, ...] = ()
    trigger: tuple[Offsets, ...] = ()
    words: tuple[Offsets, ...] = ()
    sentences: tuple[Offsets, ...] = ()
    saying: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim: what someone is reported to have said, who passed it on, and inside which other statement.

    ``ref`` is the speaker where one is an actor of the page, else ``by`` the speaker's IRI.
    """

    id: str
    iri: str
    text: str
    speaker: str
    form: str
    term: str = ""
    ref: str = ""
    relays: tuple[tuple[str, str], ...] = ()
    voice: str = ""
    article: str = ""
    claim: str = ""
    by: str = ""
    basis: str = ""
    confidence: float | None = None
    content: tuple[Offsets, ...] = ()
    cue: tuple[Offsets, ...] = ()
    sentences: tuple[Offsets, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """A lasting relation between two actors (``Ilse Ravn holds post President``)."""

    id: str
    iri: str
    subject: str
    verb: str
    object: str
    status: str
    term: str = ""
    voice: str = ""
    article: str = ""
    claim: str = ""
    basis: str = ""
    confidence: float | None = None
    words: tuple[Offsets, ...] = ()
    sentences: tuple[Offsets, ...] = ()


@dataclass(frozen=True)
class Story:
    """All that the page tells; each list is sorted by what is in the graph, never by the order of its making.

    ``outcomes`` are pledges with a later report that counts what was promised, and how much of it that is.
    """

    articles: tuple[Article, ...] = ()
    actors: tuple[Actor, ...] = ()
    deeds: tuple[Deed, ...] = ()
    statements: tuple[Statement, ...] = ()
    ties: tuple[Tie, ...] = ()
    conflicts: tuple[tuple[str, str, str], ...] = ()
    outcomes: tuple[tuple[str, str, str], ...] = ()

    @cached_property
    def reported(self) -> dict[str, list[Deed]]:
        """The deeds that rest on each statement."""
        found: dict[str, list[Deed]] = defaultdict(list)
        for deed in self.deeds:
            if deed.claim and not deed.saying:
                found[deed.claim].append(deed)
        return found


def read(store: Store) -> Story:
    """The story that the store's graph tells."""
    return _Reader(store).story()


def answered(found: bytes) -> list[Row]:
    """The rows of an answer in CSV; what has no value is an empty text."""
    usual = csv.field_size_limit(sys.maxsize)
    try:
        names, *rows = csv.reader(io.StringIO(found.decode("utf-8"), newline=""))
    finally:
        csv.field_size_limit(usual)
    return [dict(zip(names, row, strict=True)) for row in rows]


def tally(deeds: Iterable[Deed], statements: Iterable[Statement], ties: Iterable[Tie]) -> dict[str, set[str]]:
    """The facts in which each node takes part; the act of saying a statement is none beside it."""
    facts: dict[str, set[str]] = defaultdict(set)
    for deed in deeds:
        for part in deed.parts if not deed.saying else ():
            facts[part.ref].add(deed.id)
    for statement in statements:
        for ref in (statement.ref, *(ref for _, ref in statement.relays)):
            facts[ref].add(statement.id)
    for tie in ties:
        facts[tie.subject].add(tie.id)
        facts[tie.object].add(tie.id)
    return facts


def conflicts(deeds: Iterable[Deed], named: Collection[str]) -> tuple[tuple[str, str, str], ...]:
    """Pairs of deeds that do not go together: one done and one denied, or with another figure for what may be the same.

    Both are of one type. Yes and no clash where they share a doer and one more; figures where the ``named`` actors in
    them are the same. Where more than CROWD of a kind are alike, as a country's many meetings, that says nothing.
    """
    alike: dict[tuple[str, ...], list[Deed]] = defaultdict(list)
    for deed in deeds:
        if deed.modality == "actual" and deed.type not in ("statement", "announcement"):
            for key in _keys(deed, named):
                alike[key].append(deed)
    found: set[tuple[str, str, str]] = set()
    for key, group in alike.items():
        if len(group) <= CROWD:
            found |= {clash for clash in _clashes(group) if clash[2] == key[0]}
    return tuple(sorted(found))


def _keys(deed: Deed, named: Collection[str]) -> Iterator[tuple[str, ...]]:
    doers = {part.ref for part in deed.parts if part.role == "agent" and part.ref}
    others = {part.ref for part in deed.parts if part.role != "agent" and part.ref}
    yield from (("yes and no", deed.type, a, b) for a in doers for b in others)
    known = sorted((doers | others) & set(named))
    if known and deed.figures:
        yield "figures", deed.type, *known


def _clashes(group: list[Deed]) -> Iterator[tuple[str, str, str]]:
    for one, other in combinations(group, 2):
        if one.status != other.status:
            yield (*((one.id, other.id) if one.status == "done" else (other.id, one.id)), "yes and no")
        elif _differ(one.figures, other.figures):
            yield one.id, other.id, "figures"


def _differ(some: Iterable[Figure], others: Iterable[Figure]) -> bool:
    """True where both count the same thing and no count is in both."""
    counts = [{(f.unit, f.value) for f in figures} for figures in (some, others)]
    units = [{unit for unit, _ in each} for each in counts]
    return bool(units[0] & units[1]) and not counts[0] & counts[1]


@dataclass(slots=True)
class _Spans:
    """The places in the text that one node rests on."""

    trigger: list[Offsets] = field(default_factory=list)
    words: list[Offsets] = field(default_factory=list)
    sentences: list[Offsets] = field(default_factory=list)
    content: list[Offsets] = field(default_factory=list)
    cue: list[Offsets] = field(default_factory=list)

    def add(self, link: str, at: Offsets, sentence: bool) -> None:
        kind = {"trigger": self.trigger, "contentSpan": self.content, "cue": self.cue}.get(link, self.words)
        (self.sentences if sentence and link == "evidence" else kind).append(at)


class _Reader:
    def __init__(self, store: Store) -> None:
        self.store = store

    def ask(self, name: str) -> list[Row]:
        sparql = (resources.files("graph.explorer") / "asked" / f"{name}.rq").read_text("utf-8")
        return answered(self.store.csv(sparql))

    def story(self) -> Story:
        deeds = tuple(self.deed(row) for row in self.event_rows.values())
        statements = tuple(self.statement(row) for row in self.claim_rows.values())
        ties = tuple(self.tie(iri, row) for iri, row in self.tie_rows.items() if self.joins(row))
        actors = self.actors(deeds, statements, ties)
        return Story(
            articles=tuple(self.article(row) for row in self.document_rows.values()),
            actors=actors,
            deeds=deeds,
            statements=statements,
            ties=ties,
            conflicts=conflicts(deeds, {actor.id for actor in actors if actor.named}),
            outcomes=tuple(
                (self.ids[o.pledge], self.ids[o.report], o.extent)
                for o in outcomes(self.store)
                if o.extent and {o.pledge, o.report} <= self.ids.keys()
            ),
        )

    # documents

    @cached_property
    def document_rows(self) -> dict[str, Row]:
        return _first(self.ask("documents"), "graph")

    @cached_property
    def article_ids(self) -> dict[str, str]:
        return {graph: f"d{number}" for number, graph in enumerate(self.document_rows)}

    def article(self, row: Row) -> Article:
        graph = row["graph"]
        words = {key: row[key] for key in ("publisher", "byline", "published", "url", "language", "text")}
        return Article(
            self.article_ids[graph],
            row["document"],
            row["label"] or row["id"],
            earliest=row["from"],
            latest=row["to"],
            graph=graph,
            sentences=tuple(self.sentences.get(graph, ())),
            mentions=tuple(self.mentions[graph]),
            unread=tuple((int(r["begin"]), int(r["end"]), r["why"]) for r in self.unread[graph]),
            **words,
        )

    @cached_property
    def sentences(self) -> dict[str, list[Offsets]]:
        """The sentences of each article in the order of their numbers."""
        found: dict[str, list[Offsets]] = {}
        for row in self.ask("sentences"):
            numbered = sorted(tuple(map(int, place.split())) for place in row["places"].split("|"))
            found[row["graph"]] = [(begin, end) for _, begin, end in numbered]
        return found

    @cached_property
    def mentions(self) -> dict[str, list[tuple[int, int, str]]]:
        found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for row in self.ask("mentions"):
            for place in row["places"].split("|"):
                begin, end = place.split()
                found[row["graph"]].append((int(begin), int(end), self.actor_ids[row["entity"]]))
        return defaultdict(list, {graph: sorted(places) for graph, places in found.items()})

    @cached_property
    def unread(self) -> dict[str, list[Row]]:
        return _grouped(self.ask("boilerplate"), "graph")

    # actors

    @cached_property
    def entity_rows(self) -> dict[str, list[Row]]:
        return _grouped(self.ask("entities"), "entity")

    @cached_property
    def names(self) -> dict[str, list[Row]]:
        return _grouped(self.ask("names"), "entity")

    @cached_property
    def actor_ids(self) -> dict[str, str]:
        return {iri: f"a{number}" for number, iri in enumerate(self.entity_rows)}

    def actors(self, deeds: Iterable[Deed], statements: Iterable[Statement], ties: Iterable[Tie]) -> tuple[Actor, ...]:
        facts = tally(deeds, statements, ties)
        spoken: dict[str, int] = defaultdict(int)
        for found in self.mentions.values():
            for _, _, ref in found:
                spoken[ref] += 1
        aliases = _grouped(self.ask("aliases"), "entity")
        return tuple(
            self.actor(iri, rows, aliases[iri], len(facts[self.actor_ids[iri]]), spoken[self.actor_ids[iri]])
            for iri, rows in self.entity_rows.items()
        )

    def actor(self, iri: str, rows: list[Row], aliases: list[Row], facts: int, spoken: int) -> Actor:
        cls = _most_special({row["class"] for row in rows})
        names = sorted(self.names[iri], key=lambda row: (-int(row["articles"]), -len(row["name"])))
        name = names[0]["name"] if names else iri
        where = self.where(iri, name, family(cls))
        also = sorted({*(r["name"] for r in names), *(r["alias"] for r in aliases)} - {name})
        return Actor(
            self.actor_ids[iri],
            iri,
            name,
            family(cls),
            label(cls),
            tuple(also),
            tuple(sorted({row["same"] for row in rows if row["same"]})),
            term=local(cls),
            existence=local(rows[0]["existence"]).lower(),
            named="/doc/" not in iri,
            facts=facts,
            mentions=spoken,
            coordinates=self.coordinates.get(iri) or (where.point if where else None),
            identifiers=where.identifiers if where else (),
        )

    def where(self, iri: str, name: str, family: str) -> places.Known | None:
        return places.known(name) if family == "place" and "/doc/" not in iri else None

    @cached_property
    def coordinates(self) -> dict[str, tuple[float, float]]:
        """What the graph states, where it is a place on Earth."""
        stated = {row["entity"]: _point(row["latitude"], row["longitude"]) for row in self.ask("coordinates")}
        return {iri: point for iri, point in stated.items() if point}

    # events

    @cached_property
    def event_rows(self) -> dict[str, Row]:
        return _first(self.ask("events"), "event")

    @cached_property
    def ids(self) -> dict[str, str]:
        """The page's id of each entity, event and claim, by IRI."""
        events = {iri: f"v{number}" for number, iri in enumerate(self.event_rows)}
        claims = {iri: f"c{number}" for number, iri in enumerate(self.claim_rows)}
        return {**self.actor_ids, **events, **claims}

    @cached_property
    def role_rows(self) -> dict[str, list[Row]]:
        return _grouped(self.ask("roles"), "event")

    @cached_property
    def times(self) -> dict[str, Row]:
        return dict(_first(self.ask("times"), "time"))

    @cached_property
    def quantities(self) -> dict[str, Row]:
        return dict(_first(self.ask("quantities"), "quantity"))

    @cached_property
    def spans(self) -> dict[str, _Spans]:
        found: dict[str, _Spans] = defaultdict(_Spans)
        for row in self.ask("spans"):
            for place in sorted(row["places"].split("|")):
                link, begin, end, sentence = place.split()
                found[row["node"]].add(link, (int(begin), int(end)), sentence == "1")
        return found

    @cached_property
    def sayings(self) -> dict[str, str]:
        """The claim of each event that is nothing but the act of saying it."""
        return {r["saying"]: self.ids[iri] for iri, r in reversed(self.claim_rows.items()) if r["saying"]}

    def deed(self, row: Row) -> Deed:
        iri, spans, type_ = row["event"], self.spans[row["event"]], URIRef(row["type"])
        rows = self.role_rows[iri]
        modality, polarity = local(row["modality"]), local(row["polarity"])
        voices = self.voices(row["rests"])
        return Deed(
            self.ids[iri],
            iri,
            row["label"],
            say(self.told(row, voices)),
            label(type_),
            status(modality, polarity, local(type_)),
            modality.lower(),
            term=local(type_),
            plover=local(row["plover"]),
            voice=voice(voices),
            article=self.article_ids.get(row["graph"], ""),
            claim=self.ids.get(row["rests"], ""),
            basis=local(row["basis"]).lower(),
            confidence=_number(row["confidence"]),
            parts=tuple(self.part(r) for r in rows if local(r["role"]) not in ("time", "quantity")),
            times=tuple(self.when(self.times[t], r) for t, r in self.fillers(rows, "time") if t in self.times),
            figures=tuple(self.figure(q) for q, _ in self.fillers(rows, "quantity") if q in self.quantities),
            trigger=tuple(sorted(set(spans.trigger))),
            words=tuple(sorted(set(spans.words))),
            sentences=tuple(sorted(set(spans.sentences))),
            saying=self.sayings.get(iri, "") if type_ == WHO.StatementType else "",
        )

    def fillers(self, rows: list[Row], role: str) -> list[tuple[str, Row]]:
        found = {row["filler"]: row for row in reversed(rows) if local(row["role"]) == role}
        return list(reversed(found.items()))

    def part(self, row: Row) -> Part:
        at = None if not row["begin"] else (int(row["begin"]), int(row["end"]))
        filler = row["filler"]
        ref = self.ids.get(filler, "")
        words = "" if ref.startswith("a") else row["name"]
        return Part(local(row["role"]), words, ref, "" if ref else filler, at)

    def when(self, time: Row, role: Row) -> When:
        first, last = _date(time["from"]), _date(time["to"])
        return When(
            period(time["words"], first, last),
            first.isoformat() if first else "",
            last.isoformat() if last else "",
            local(time["precision"]).lower(),
            local(time["basis"]).lower(),
            time["time"],
        )

    def figure(self, iri: str) -> Figure:
        row = self.quantities[iri]
        value, unit = float(row["value"]), row["unit"]
        comparator = label(URIRef(row["comparator"]))
        whole = row["whole"] or None
        words = figure(value, unit, comparator, row["more"] == "true", whole)
        return Figure(words, value, unit, comparator, row["restates"] != "", local(row["comparator"]), iri)

    def told(self, row: Row, voices: tuple[str, ...]) -> Told:
        iri = row["event"]
        fillers: dict[str, list[str]] = defaultdict(list)
        for role in self.role_rows[iri]:
            fillers[ROLE_FIELDS[local(role["role"])]].append(self.words(role))
        type_ = URIRef(row["type"])
        return Told(
            kind=local(type_).removesuffix("Type"),
            label=label(type_),
            modality=local(row["modality"]),
            polarity=local(row["polarity"]),
            trigger=self.trigger(iri, row["graph"]),
            voices=voices,
            **{name: tuple(dict.fromkeys(words)) for name, words in fillers.items()},
        )

    def trigger(self, iri: str, graph: str) -> str:
        text = self.document_rows[graph]["text"] if graph in self.document_rows else ""
        return " ".join(" ".join(text[b:e] for b, e in self.spans[iri].trigger[:1]).split())

    def words(self, role: Row) -> str:
        filler, name = role["filler"], role["name"]
        if filler in self.times and local(role["role"]) == "time":
            return self.when(self.times[filler], role).words
        if filler in self.quantities and local(role["role"]) == "quantity":
            return self.figure(filler).words
        return name

    # claims

    @cached_property
    def claim_rows(self) -> dict[str, Row]:
        return _first(self.ask("claims"), "claim")

    def voices(self, rests: str) -> tuple[str, ...]:
        """On whose word: the speaker first, then who passed it on, up to the article."""
        names: list[str] = []
        seen: set[str] = set()
        while rests in self.claim_rows and rests not in seen:
            seen.add(rests)
            row = self.claim_rows[rests]
            names += [row["name"], *([row["relayed"]] if row["relayed"] else [])]
            rests = row["rests"]
        return tuple(dict.fromkeys(names))

    def statement(self, row: Row) -> Statement:
        iri = row["claim"]
        spans = self.spans[iri]
        relays = ((row["relayed"], self.ids.get(row["relay"], "")),) if row["relayed"] else ()
        return Statement(
            self.ids[iri],
            iri,
            row["text"],
            row["name"],
            local(row["form"]).removesuffix("Quote").removesuffix("Speech").lower(),
            term=local(row["form"]),
            ref=self.ids.get(row["speaker"], ""),
            by="" if row["speaker"] in self.ids else row["speaker"],
            relays=relays,
            voice=voice(self.voices(iri)),
            article=self.article_ids.get(row["graph"], ""),
            claim=self.ids.get(row["rests"], ""),
            basis=local(row["basis"]).lower(),
            confidence=_number(row["confidence"]),
            content=tuple(sorted(set(spans.content))),
            cue=tuple(sorted(set(spans.cue))),
            sentences=tuple(sorted(set(spans.sentences))),
        )

    # ties

    @cached_property
    def tie_rows(self) -> dict[str, Row]:
        return _first(self.ask("ties"), "tie")

    def joins(self, row: Row) -> bool:
        return row["subject"] in self.actor_ids and row["object"] in self.actor_ids

    def tie(self, iri: str, row: Row) -> Tie:
        spans = self.spans[iri]
        negative = local(row["polarity"]) == "Negative"
        return Tie(
            self.tie_ids[iri],
            iri,
            self.actor_ids[row["subject"]],
            label(URIRef(row["predicate"])),
            self.actor_ids[row["object"]],
            "denied" if negative else "done",
            term=local(row["predicate"]),
            voice=voice(self.voices(row["rests"])),
            article=self.article_ids.get(row["graph"], ""),
            claim=self.ids.get(row["rests"], ""),
            basis=local(row["basis"]).lower(),
            confidence=_number(row["confidence"]),
            words=tuple(sorted(set(spans.words))),
            sentences=tuple(sorted(set(spans.sentences))),
        )

    @cached_property
    def tie_ids(self) -> dict[str, str]:
        return {iri: f"r{number}" for number, iri in enumerate(self.tie_rows)}


def family(cls: URIRef) -> str:
    """The family by which the page draws a class: person, group, place, organisation, or thing."""
    above = superclasses(cls)
    return next((name for name, top in FAMILIES if top in above), "thing")


def _most_special(classes: Iterable[str]) -> URIRef:
    """The class that is furthest down; where several are, the first by name."""
    terms = [URIRef(cls) for cls in sorted(classes)]
    return max(terms, key=lambda cls: (len(superclasses(cls)), cls not in (WHO.Entity, WHO.Actor)))


def _first(rows: Iterable[Row], key: str) -> dict[str, Row]:
    """The first row of each thing, in order."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row[key], row)
    return found


def _grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def _number(value: str) -> float | None:
    return round(float(value), 3) if value else None


def _point(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Degrees, or None for what is no place on Earth."""
    try:
        north, east = round(float(latitude), 5), round(float(longitude), 5)
    except ValueError:
        return None
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


def _date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        return None
