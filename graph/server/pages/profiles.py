"""What a page tells of one thing, read out of the store by a number of queries that does not grow with the graph."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from rdflib import RDF, RDFS, SKOS, URIRef
from rdflib.namespace import OWL

from graph import show
from graph.documents import Span
from graph.explorer.story import family
from graph.prose import Item, source_line
from graph.server.pages.asking import Row, ask, number, table, text
from graph.server.pages.listing import PARTS, Asked, Lists, Shown
from graph.server.pages.markings import Anchor, Links, Mark
from graph.store import Store
from graph.vocabulary import WHO, label, local, ontology, status, superclasses

SIZE = 25
NEIGHBOURS = 12
LONGEST = 200
"""Characters of words that a page goes by, for want of a name."""
KINDS = (
    ("document", WHO.Document),
    ("claim", WHO.Claim),
    ("event", WHO.Event),
    ("tie", WHO.Assertion),
    ("entity", WHO.Entity),
    ("words", WHO.TextSpan),
    ("words", WHO.Sentence),
    ("words", WHO.Mention),
    ("words", WHO.Boilerplate),
)

_HEAD = """
SELECT ?property ?value (COUNT(?graph) AS ?graphs) WHERE {
  GRAPH ?graph { $thing ?property ?value }
  FILTER(?property IN (rdf:type, rdfs:label, skos:altLabel, skos:prefLabel, skos:exactMatch, owl:sameAs, skos:notation,
    who:existence, who:confidence, who:basis, who:attributionBasis, who:exact))
} GROUP BY ?property ?value ORDER BY ?property DESC(?graphs) ?value"""
_THERE = {
    "thing": "SELECT ?o WHERE { $thing ?p ?o } LIMIT 1",
    "graph": "SELECT ?o WHERE { GRAPH $thing { ?s ?p ?o } } LIMIT 1",
}
_OF_ARTICLES = """
SELECT ?page (MIN(?label) AS ?name) (MIN(?paper) AS ?publisher) (MIN(?day) AS ?issued) WHERE {
  VALUES ?page { UNDEF }
  OPTIONAL { ?page rdfs:label ?label }
  OPTIONAL { ?page dcterms:publisher ?paper }
  OPTIONAL { ?page dcterms:issued ?day }
} GROUP BY ?page"""
_CALLED = (
    "SELECT DISTINCT ?thing ?value WHERE { VALUES ?thing { UNDEF } ?thing rdfs:label ?value } ORDER BY ?thing ?value"
)
# a class is looked for once, where each article would say it again
_CLASSES = """
SELECT ?thing ?value WHERE {
  VALUES ?thing { UNDEF }
  VALUES ?value { UNDEF }
  FILTER EXISTS { ?thing a ?value }
} ORDER BY ?thing ?value"""
_DETAILS = """
SELECT DISTINCT ?property ?value ?name WHERE {
  $thing ?property ?value
  OPTIONAL { ?value rdfs:label|who:exact ?name }
} ORDER BY ?property ?name ?value LIMIT 500"""
_INBOUND = """
SELECT DISTINCT ?property ?value ?name WHERE {
  ?value ?property $thing
  OPTIONAL { ?value rdfs:label|who:exact ?name }
} ORDER BY ?property ?name ?value LIMIT 50"""
_PLACES = """
SELECT DISTINCT ?link ?span ?words ?begin ?end ?page WHERE {
  $thing ?link ?span . ?span who:exact ?words ; who:begin ?begin ; who:end ?end ; who:inDocument ?page .
  FILTER(?link IN (who:trigger, who:roleMention, who:evidence, who:contentSpan, who:cue))
  FILTER NOT EXISTS { ?span a who:Sentence }
} ORDER BY ?begin ?end ?link"""
# a thing that stands in these queries itself would be looked for among all of a class; a value is looked from
_RELATED = {
    "claims": "?thing who:accordingTo+ ?fact . ?fact a who:Claim",
    "reports": "?thing who:reports ?fact",
    "inside": "?fact who:accordingTo ?thing ; a who:Claim",
    "about": "{ ?thing who:content|who:purpose ?fact } UNION { ?fact who:content|who:purpose ?thing } "
    "?fact a who:Event",
    "saying": "?fact who:saidIn ?thing",
}
_RELATED_TO = "SELECT DISTINCT ?fact WHERE {{ VALUES ?thing {{ UNDEF }} {which} }} ORDER BY ?fact LIMIT 200"
_DOCUMENT = """
SELECT ?property ?value WHERE {
  $thing ?property ?value
  FILTER(?property IN (dcterms:title, dcterms:publisher, dcterms:creator, dcterms:issued, dcterms:language,
    dcterms:identifier, schema:url, nif:isString, who:sha256, who:statedIn))
} ORDER BY ?property ?value"""
_MENTIONED = """
SELECT DISTINCT ?begin ?end ?entity ?name ?class WHERE {
  GRAPH ?graph {
    $page a who:Document .
    ?span who:inDocument $page ; who:refersTo ?entity ; who:begin ?begin ; who:end ?end .
    ?entity a who:Entity , ?class ; rdfs:label ?name .
    FILTER(?class NOT IN (who:Entity, who:Actor))
  }
} ORDER BY ?begin ?end ?entity ?class"""
_FACTS = """
SELECT DISTINCT ?fact ?kind ?begin ?end ?sentence WHERE {
  GRAPH ?graph {
    ?span who:inDocument $page ; who:begin ?begin ; who:end ?end .
    { ?fact who:trigger ?span BIND("event" AS ?kind) } UNION { ?fact who:contentSpan ?span BIND("claim" AS ?kind) }
    OPTIONAL { ?span who:inSentence ?sentence }
  }
} ORDER BY ?begin ?end ?kind ?fact"""
_UNREAD = """
SELECT DISTINCT ?begin ?end ?why WHERE {
  ?zone a who:Boilerplate ; who:inDocument $page ; who:begin ?begin ; who:end ?end .
  OPTIONAL { ?zone rdfs:comment ?why }
} ORDER BY ?begin ?end ?why"""
_SENTENCES = """
SELECT DISTINCT ?sentence ?begin WHERE {
  ?sentence a who:Sentence ; who:inDocument $page ; who:begin ?begin
} ORDER BY ?begin ?sentence"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as it is listed: its IRI, its words (with links folded in), its status, its day, and where it stands."""

    iri: str
    kind: str
    item: Item
    status: str = ""
    day: str = ""
    note: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Entries under one heading: those of one page, and how many there are in all."""

    key: str
    heading: str
    entries: tuple[Entry, ...]
    total: int
    first: int = 0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Who or what is tied to the thing, through how many events."""

    iri: str
    name: str
    events: int
    family: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One property of a thing, with its values: pairs of words and the IRI that they stand for, or none."""

    property: str
    values: tuple[tuple[str, str], ...]
    term: str = ""


@dataclass(frozen=True)
class Profile:
    """All that a page tells. ``kind`` is a page's kind (entity, event, claim, tie, document, words, graph, other)."""

    iri: str
    kind: str
    name: str
    what: str
    family: str = ""
    status: str = ""
    also: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    among: tuple[tuple[str, str, int], ...] = ()
    details: tuple[Detail, ...] = ()
    article: Article | None = None


@dataclass(frozen=True)
class Article:
    """A document's text with its marks, who is spoken of how often, and what was not read and why."""

    text: str
    language: str
    marks: tuple[Mark, ...]
    anchors: tuple[Anchor, ...]
    unread: tuple[tuple[str, str], ...]
    actors: tuple[Neighbour, ...]
    about: tuple[Detail, ...] = field(default=())


Head = Mapping[str, Sequence[str]]


def head(store: Store, iri: str) -> dict[str, list[str]]:
    """What a thing is and is called, by property; the values that most articles state first. Empty for what is not."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in ask(store, _HEAD, thing=iri):
        found[str(row["property"])].append(str(row["value"]))
    if not found:
        found[""] = [what for what, sparql in _THERE.items() if ask(store, sparql, thing=iri)]
    return {key: values for key, values in found.items() if values}


def kind_of(found: Head) -> str:
    """Which page a thing has, by its classes."""
    if "graph" in found.get("", ()):
        return "graph"
    classes = {URIRef(cls) for cls in found.get(str(RDF.type), ())}
    above = set(classes).union(*(superclasses(cls) for cls in classes))
    return next((kind for kind, cls in KINDS if cls in above), "other")


def profile(
    store: Store, iri: str, links: Links, part: str = "", first: int = 0, lists: Lists | None = None
) -> Profile | None:
    """What there is to tell of the thing with this IRI; None where the store does not know it.

    ``part`` is the one that is shown from its entry ``first`` on; without it, all parts begin. What an entity's page
    lists comes from ``lists``, or is asked of the store. Raises ValueError for what is no IRI.
    """
    found = head(store, iri)
    if not found:
        return None
    kind = kind_of(found)
    makers: dict[str, Callable[[], Profile]] = {
        "entity": lambda: _entity(store, iri, found, links, lists or Asked(store), part, first),
        "event": lambda: _event(store, iri, found, links),
        "claim": lambda: _claim(store, iri, found, links),
        "document": lambda: _document(store, iri, found, links, first // SIZE * PANEL),
    }
    return makers[kind]() if kind in makers else _other(store, iri, found, kind)


def _name(found: Head, iri: str) -> str:
    names = [*found.get(str(SKOS.prefLabel), ()), *found.get(str(RDFS.label), ())]
    words = [f"“{' '.join(each.split())[:LONGEST]}”" for each in found.get(str(WHO.exact), ()) if each.strip()]
    return next((name for name in (*names, *words) if name.strip()), iri)


def special(classes: Sequence[str]) -> URIRef | None:
    """The class of the ontology with most classes above it."""
    ours = sorted(URIRef(cls) for cls in classes if cls.startswith(str(WHO)))
    return max(ours, key=lambda cls: (len(superclasses(cls)), cls), default=None)


def _what(found: Head) -> str:
    cls = special(found.get(str(RDF.type), ()))
    return label(cls) if cls else ", ".join(local(c) or c for c in found.get(str(RDF.type), ())[:3])


def _sure(found: Head) -> tuple[str, ...]:
    bases = [*found.get(str(WHO.basis), ()), *found.get(str(WHO.attributionBasis), ())]
    sure = found.get(str(WHO.confidence), ())
    notes = [label(URIRef(basis)) for basis in bases[:1]]
    notes += [f"the reader is {float(value):.0%} sure that the text says so" for value in sure[:1] if _is_share(value)]
    return tuple(notes)


def _is_share(value: str) -> bool:
    return bool(re.fullmatch(r"[01](\.\d+)?", value))


# entities


def _entity(store: Store, iri: str, found: Head, links: Links, lists: Lists, part: str, first: int) -> Profile:
    name = _name(found, iri)
    names = dict.fromkeys([*found.get(str(RDFS.label), ()), *sorted(found.get(str(SKOS.altLabel), ()))])
    existence = [label(URIRef(each)) for each in found.get(str(WHO.existence), ())[:1]]
    neighbours = () if part else _neighbours(store, lists.together(iri))
    return Profile(
        iri,
        "entity",
        name,
        _what(found),
        family=_family_of(found.get(str(RDF.type), ())),
        also=tuple(each for each in names if each != name),
        same=_same(found),
        notes=tuple(f"only {each}" for each in existence),
        parts=_parts(store, iri, links, lists, part, first),
        neighbours=neighbours,
        among=tuple(lists.among([neighbour.iri for neighbour in neighbours])),
    )


def _same(found: Head) -> tuple[str, ...]:
    same = (SKOS.exactMatch, OWL.sameAs, SKOS.notation)
    return tuple(sorted({value for each in same for value in found.get(str(each), ())}))


def _parts(store: Store, iri: str, links: Links, lists: Lists, part: str, first: int) -> tuple[Part, ...]:
    first = first if part else 0
    shown = {key: lists.part(iri, key, first, SIZE) for key in PARTS if part in ("", key)}
    told = entries(store, [fact for key, each in shown.items() if key != "articles" for fact in each.facts], links)
    told |= _sources(store, shown["articles"], links) if "articles" in shown else {}
    return tuple(
        Part(key, HEADINGS[key], tuple(told[fact] for fact in each.facts if fact in told), each.total, first)
        for key, each in shown.items()
        if each.total
    )


HEADINGS = {
    "ties": "Ties",
    "events": "Takes part in",
    "says": "Says",
    "said-of": "What others say of it",
    "articles": "Spoken of in",
}


def _sources(store: Store, shown: Shown, links: Links) -> dict[str, Entry]:
    """Articles in one line each, with how often they speak of the thing."""
    rows = table(store, _OF_ARTICLES, page=shown.facts) if shown.facts else ()
    times = dict(zip(shown.facts, shown.mentions, strict=True))
    return {
        page: Entry(
            page,
            "document",
            Item(links(source_line(name or page, publisher, None), page)),
            day=issued[:10],
            note=f"{times[page]:,} mention{'' if times[page] == 1 else 's'}",
        )
        for page, name, publisher, issued in rows
    }


def entries(store: Store, facts: Sequence[str], links: Links) -> dict[str, Entry]:
    """Events, claims and ties in words, by their IRIs, whichever they are."""
    if not facts:
        return {}
    once = list(dict.fromkeys(facts))
    events = show.Events(store, once, links)
    items = events.by_event()
    told = {
        iri: Entry(iri, "event", items[iri], _status(row), _day(events, row))
        for row in events.rows
        for iri in [str(row["event"])]
    }
    rest = [fact for fact in once if fact not in told]
    told |= {iri: Entry(iri, "claim", item) for iri, item in show.claims(store, rest, links).items()}
    rest = [fact for fact in rest if fact not in told]
    return told | {iri: Entry(iri, "tie", item) for iri, item in show.ties(store, rest, links).items()}


def _status(row: Mapping[str, object]) -> str:
    return status(local(row["modality"]), local(row["polarity"]), local(row["type"]))


def _day(events: show.Events, row: Mapping[str, object]) -> str:
    """The first day that the event may have been on; in brackets the article's, where it has none."""
    fillers = (str(role["filler"]) for role in events.roles.get(str(row["event"]), ()))
    days = sorted(text(events.times[filler]["from"]) for filler in fillers if filler in events.times)
    known = next((day for day in days if day), "")
    issued = events.issued(row)
    return known or (f"({issued})" if issued else "")


def _neighbours(store: Store, beside: Sequence[tuple[str, int]]) -> tuple[Neighbour, ...]:
    """The first of these that are entities."""
    events, classes = dict(beside), dict[str, list[str]]()
    for at in range(0, len(beside), NEIGHBOURS):
        if len(classes) < NEIGHBOURS:
            classes |= _values(store, _CLASSES, list(events)[at : at + NEIGHBOURS], _classes())
    chosen = [other for other in events if other in classes][:NEIGHBOURS]
    names = _values(store, _CALLED, chosen)
    return tuple(
        Neighbour(other, next(iter(names[other]), other), events[other], _family_of(classes[other])) for other in chosen
    )


@cache
def _classes() -> tuple[str, ...]:
    """Those of entities."""
    known = {WHO.Entity, *(cls for cls in ontology().subjects(RDFS.subClassOf) if WHO.Entity in superclasses(cls))}
    return tuple(sorted(map(str, known)))


def _values(store: Store, sparql: str, things: Sequence[str], values: Sequence[str] = ()) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for thing, value in table(store, sparql, thing=things, value=values) if things else ():
        found[thing].append(value)
    return found


def _family_of(classes: Sequence[str]) -> str:
    cls = special(classes)
    return family(cls) if cls else "thing"


# events, claims


def _event(store: Store, iri: str, found: Head, links: Links) -> Profile:
    told = entries(store, [iri], links)
    related = {key: _related(store, iri, key) for key in ("claims", "about", "saying")}
    others = entries(store, [fact for facts in related.values() for fact in facts], links)
    headings = {"claims": "On whose word", "about": "What it is about, and what is about it", "saying": "What was said"}
    itself = told.get(iri)
    return Profile(
        iri,
        "event",
        _name(found, iri),
        _what(found),
        family="event",
        status=itself.status if itself else "",
        notes=_sure(found),
        parts=(*_single("told", "What is told", itself), *_related_parts(related, others, headings)),
        details=(*_details(store, iri, _SHOWN_OF_EVENTS), *_places(store, iri)),
    )


def _claim(store: Store, iri: str, found: Head, links: Links) -> Profile:
    related = {key: _related(store, iri, key) for key in ("reports", "claims", "inside")}
    told = entries(store, [iri, *(fact for facts in related.values() for fact in facts)], links)
    headings = {"reports": "What it tells", "claims": "Inside which statement", "inside": "Statements inside it"}
    return Profile(
        iri,
        "claim",
        _name(found, iri),
        _what(found),
        family="claim",
        notes=_sure(found),
        parts=(*_single("told", "Who said what", told.get(iri)), *_related_parts(related, told, headings)),
        details=(*_details(store, iri, _SHOWN_OF_CLAIMS), *_places(store, iri)),
    )


def _single(key: str, heading: str, entry: Entry | None) -> tuple[Part, ...]:
    return (Part(key, heading, (entry,), 1),) if entry else ()


def _related(store: Store, iri: str, key: str) -> list[str]:
    rows = ask(store, _RELATED_TO.format(which=_RELATED[key]), thing=iri)
    return [str(row["fact"]) for row in rows if str(row["fact"]) != iri]


def _related_parts(
    related: Mapping[str, Sequence[str]], told: Mapping[str, Entry], headings: Mapping[str, str]
) -> tuple[Part, ...]:
    parts = []
    for key, facts in related.items():
        found = tuple(told[fact] for fact in facts if fact in told)
        parts += [Part(key, headings[key], found, len(found))] if found else []
    return tuple(parts)


_ROLES = (
    WHO.agent, WHO.coAgent, WHO.recipient, WHO.theme, WHO.result, WHO.content, WHO.place, WHO.time, WHO.quantity,
    WHO.purpose,
)  # fmt: skip
_SHOWN_OF_EVENTS = (WHO.eventType, WHO.ploverType, *_ROLES, WHO.modality, WHO.polarity, WHO.accordingTo)
_SHOWN_OF_CLAIMS = (WHO.speaker, WHO.relayedBy, WHO.quoteForm, WHO.saidIn, WHO.accordingTo)


def _details(store: Store, iri: str, shown: Sequence[URIRef] = ()) -> tuple[Detail, ...]:
    """The properties of a thing, in this order or by name."""
    return _grouped(ask(store, _DETAILS, thing=iri), shown)


def _grouped(rows: Sequence[Row], shown: Sequence[URIRef] = (), of: str = "") -> tuple[Detail, ...]:
    values: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for row in rows:
        iri = str(row["value"]) if isinstance(row["value"], URIRef) else ""
        known = label(URIRef(iri)) if iri.startswith(str(WHO)) else text(row["name"])
        values[str(row["property"])][(known or str(row["value"]), iri)] = None
    order = [str(term) for term in shown] or list(values)
    return tuple(
        Detail(label(URIRef(term)) + of, tuple(dict(values[term]).keys()), term) for term in order if term in values
    )


def _places(store: Store, iri: str) -> tuple[Detail, ...]:
    """The very words that say so, with their offsets."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in ask(store, _PLACES, thing=iri):
        words = " ".join(text(row["words"]).split())
        found[str(row["link"])].append((f"“{words}” ({row['begin']}–{row['end']})", str(row["span"])))
    return tuple(Detail(f"words: {label(URIRef(link))}", tuple(words), link) for link, words in sorted(found.items()))


# documents


def _document(store: Store, iri: str, found: Head, links: Links, first: int) -> Profile:
    known = {str(row["property"]): row["value"] for row in reversed(ask(store, _DOCUMENT, thing=iri))}
    values = {key.rpartition("/")[2].rpartition("#")[2]: text(value) for key, value in known.items()}
    facts = ask(store, _FACTS, page=iri)
    places = {str(row["fact"]): text(row["sentence"]).rpartition("/")[2] for row in reversed(facts)}
    order = list(dict.fromkeys(str(row["fact"]) for row in facts))
    page = order[first : first + PANEL]
    told = entries(store, page, links)
    panel = tuple(_placed(told[fact], places[fact]) for fact in page if fact in told)
    return Profile(
        iri,
        "document",
        _name(found, iri),
        "article",
        family="article",
        notes=tuple(filter(None, [source_line("", values.get("publisher"), _iso(values.get("issued")))])),
        parts=(Part("read", "What was read", panel, len(order), first),) if panel else (),
        article=_article(store, iri, values, facts, {entry.iri for entry in panel}),
    )


PANEL = 200


def _iso(value: str | None) -> str | None:
    """A day as ISO writes it, or None: what strangers' files call a date need not be one."""
    return value if value and len(value) == 10 and value.replace("-", "").isdigit() else None


def _placed(entry: Entry, place: str) -> Entry:
    return Entry(entry.iri, entry.kind, entry.item, entry.status, entry.day, entry.note, place)


def _article(store: Store, iri: str, values: Mapping[str, str], facts: Sequence[Row], on_page: set[str]) -> Article:
    mentions = ask(store, _MENTIONED, page=iri)
    unread = ask(store, _UNREAD, page=iri)
    body = values.get("isString", "")
    marks = (*_mention_marks(mentions), *_fact_marks(facts, on_page), *_unread_marks(unread))
    anchors = (
        Anchor(number(row["begin"]), str(row["sentence"]).rpartition("/")[2])
        for row in ask(store, _SENTENCES, page=iri)
    )
    return Article(
        body,
        values.get("language", ""),
        tuple(mark for mark in marks if mark.span.end <= len(body) and len(mark.span)),
        tuple(anchors),
        tuple((" ".join(body[number(r["begin"]) : number(r["end"])].split()), text(r["why"])) for r in unread),
        _spoken_of(mentions),
        _about(values),
    )


_ABOUT = {
    "creator": "by",
    "publisher": "published by",
    "issued": "published on",
    "statedIn": "the day is stated in",
    "url": "address",
    "language": "language",
    "identifier": "id",
    "sha256": "SHA-256",
}


def _about(values: Mapping[str, str]) -> tuple[Detail, ...]:
    """What is known of the article; its address is a link where it is one of the web."""
    return tuple(
        Detail(words, ((values[key], values[key] if values[key].startswith(("http://", "https://")) else ""),))
        for key, words in _ABOUT.items()
        if values.get(key)
    )


def _stretch(row: Row) -> Span:
    begin, end = number(row["begin"]), number(row["end"])
    return Span(begin, end) if 0 <= begin <= end else Span(0, 0)


def _mention_marks(rows: Sequence[Row]) -> list[Mark]:
    classes: dict[tuple[str, Span], list[Row]] = defaultdict(list)
    for row in rows:
        classes[str(row["entity"]), _stretch(row)].append(row)
    return [
        Mark(span, f"mention of-{_family(same)}", entity, text(same[0]["name"]))
        for (entity, span), same in classes.items()
    ]


def _family(rows: Sequence[Row]) -> str:
    return _family_of([str(row["class"]) for row in rows])


def _fact_marks(rows: Sequence[Row], on_page: set[str]) -> list[Mark]:
    marks = []
    for row in rows:
        fact = str(row["fact"])
        if row["kind"] is not None and str(row["kind"]) == "claim":
            marks.append(Mark(_stretch(row), "words"))
        else:
            target = f"#{fact.rpartition('/')[2]}" if fact in on_page else fact
            marks.append(Mark(_stretch(row), "trigger", target, "what is told of it"))
    return marks


def _unread_marks(rows: Sequence[Row]) -> list[Mark]:
    return [Mark(_stretch(row), "unread", "", f"not read: {text(row['why'])}") for row in rows]


def _spoken_of(rows: Sequence[Row]) -> tuple[Neighbour, ...]:
    """Who is spoken of, most often first."""
    places: dict[str, set[Span]] = defaultdict(set)
    named: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        places[str(row["entity"])].add(_stretch(row))
        named[str(row["entity"])].append(row)
    found = (
        Neighbour(iri, text(named[iri][0]["name"]), len(spans), _family(named[iri])) for iri, spans in places.items()
    )
    return tuple(sorted(found, key=lambda n: (-n.events, n.name, n.iri)))


# the rest


def _other(store: Store, iri: str, found: Head, kind: str) -> Profile:
    if kind == "graph":
        return Profile(iri, "graph", iri, "named graph: all that one document says", details=_details(store, iri))
    return Profile(
        iri,
        kind,
        _name(found, iri),
        _what(found),
        notes=_sure(found),
        details=(*_details(store, iri), *_grouped(ask(store, _INBOUND, thing=iri), of=" of")),
    )
