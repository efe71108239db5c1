"""One thing of the graph as a page for people: an entity, event, statement or article, with the words that say so."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from rdflib import URIRef

from graph.answering import to_ox
from graph.documents import Span
from graph.errors import UsageError
from graph.finding import Found, find, near
from graph.prose import Card, Item, Quote, Section, Told, figure, listed, period, say, source_line, statement
from graph.results import Result
from graph.store import Store
from graph.vocabulary import WHO, label, local

# an optional part of several triples is looked for in the whole store: such parts are asked for by themselves
_EVENTS = """
SELECT DISTINCT ?event ?graph ?type ?modality ?polarity ?rests ?span ?begin ?words WHERE {
  GRAPH ?graph {
    VALUES ?event { UNDEF }
    ?event a who:Event ; who:eventType ?type ; who:modality ?modality ; who:polarity ?polarity ;
      who:accordingTo ?rests ; who:trigger ?span .
    ?span who:begin ?begin ; who:exact ?words .
  }
} ORDER BY ?graph ?begin ?event"""
_SENTENCES = """
SELECT DISTINCT ?span ?sentence ?at WHERE {
  GRAPH ?graph {
    VALUES ?span { UNDEF }
    ?span who:inSentence ?s . ?s who:exact ?sentence ; who:begin ?at .
  }
} ORDER BY ?span ?at"""
_ROLES = """
SELECT DISTINCT ?event ?role ?filler ?name WHERE {
  GRAPH ?graph {
    VALUES ?event { UNDEF }
    ?event ?role ?filler .
    FILTER(?role IN (who:agent, who:coAgent, who:recipient, who:theme, who:result, who:content, who:place,
      who:purpose, who:time, who:quantity))
    ?filler rdfs:label ?name .
  }
} ORDER BY ?event ?role ?filler ?name"""
_ROLE_PLACES = """
SELECT DISTINCT ?event ?filler ?begin ?end WHERE {
  GRAPH ?graph {
    VALUES ?event { UNDEF }
    ?event who:roleMention ?span . ?span who:refersTo ?filler ; who:begin ?begin ; who:end ?end .
  }
} ORDER BY ?event ?filler ?begin ?end"""
_TIMES = """
SELECT DISTINCT ?time ?from ?to WHERE {
  GRAPH ?graph {
    VALUES ?event { UNDEF }
    ?event who:time ?time .
    OPTIONAL { ?time sem:hasEarliestBeginTimeStamp ?from }
    OPTIONAL { ?time sem:hasLatestEndTimeStamp ?to }
  }
} ORDER BY ?time"""
_FIGURES = """
SELECT DISTINCT ?quantity ?value ?unit ?comparator ?more ?whole WHERE {
  GRAPH ?graph {
    VALUES ?event { UNDEF }
    ?event who:quantity ?quantity .
    ?quantity who:value ?value ; who:unit ?unit ; who:comparator ?comparator ; who:isIncrement ?more .
    OPTIONAL { ?quantity who:ofWhole ?whole }
  }
} ORDER BY ?quantity"""
_CLAIMS = """
SELECT DISTINCT ?claim ?graph ?by ?speaker ?parent ?form ?basis ?text ?denied WHERE {
  GRAPH ?graph {
    VALUES ?claim { UNDEF }
    ?claim a who:Claim ; who:speaker ?by ; who:quoteForm ?form ; who:claimText ?text ;
      who:attributionBasis ?basis ; who:accordingTo ?parent .
    ?by rdfs:label ?speaker .
    BIND(EXISTS { ?claim who:saidIn/who:eventType who:DenialType } AS ?denied)
  }
} ORDER BY ?graph ?claim ?speaker"""
_RELAYS = """
SELECT DISTINCT ?claim ?through ?relay WHERE {
  GRAPH ?graph {
    VALUES ?claim { UNDEF }
    ?claim who:relayedBy ?through . ?through rdfs:label ?relay .
  }
} ORDER BY ?claim ?through ?relay"""
_CONTENTS = """
SELECT DISTINCT ?claim ?span ?begin ?end WHERE {
  GRAPH ?graph {
    VALUES ?claim { UNDEF }
    ?claim who:contentSpan ?span . ?span who:begin ?begin ; who:end ?end .
  }
} ORDER BY ?claim ?begin ?end ?span"""
_GROUNDS = "SELECT DISTINCT ?claim WHERE { VALUES ?event { UNDEF } ?event who:accordingTo+ ?claim }"
_TIES = """
SELECT DISTINCT ?tie ?graph ?one ?subject ?predicate ?other ?object ?polarity ?basis ?sentence WHERE {
  GRAPH ?graph {
    { ?tie rdf:subject ?thing } UNION { ?tie rdf:object ?thing }
    ?tie a who:Assertion ; rdf:subject ?one ; rdf:predicate ?predicate ; rdf:object ?other ;
      who:polarity ?polarity ; who:basis ?basis ; who:evidence ?s .
    ?one rdfs:label ?subject .
    ?other rdfs:label ?object .
    ?s a who:Sentence ; who:exact ?sentence .
    VALUES ?thing { UNDEF }
  }
} ORDER BY ?graph ?tie"""
_THESE_TIES = _TIES.replace(
    "{ ?tie rdf:subject ?thing } UNION { ?tie rdf:object ?thing }", "VALUES ?tie { UNDEF }"
).replace("VALUES ?thing { UNDEF }", "")
_IDENTITY = """
SELECT ?id ?sha ?url ?run WHERE {
  VALUES ?thing { UNDEF }
  GRAPH ?g { ?thing dcterms:identifier ?id ; who:sha256 ?sha
  OPTIONAL { ?thing schema:url ?url }
  OPTIONAL { ?g prov:wasGeneratedBy ?run } }
}"""
_CUT = """
SELECT ?why ?words WHERE {
  VALUES ?thing { UNDEF }
  ?zone a who:Boilerplate ; who:inDocument ?thing ; rdfs:comment ?why ; who:exact ?words ; who:begin ?b
} ORDER BY ?b"""
_ACTORS = """
SELECT DISTINCT ?name WHERE {
  VALUES ?thing { UNDEF }
  GRAPH ?g { ?thing a who:Document . ?actor a who:Actor ; rdfs:label ?name }
} ORDER BY ?name"""
_CONFIDENCE = """
SELECT ?basis ?confidence WHERE {
  VALUES ?thing { UNDEF }
  ?thing who:confidence ?confidence
  OPTIONAL { ?thing who:basis|who:attributionBasis ?b . ?b rdfs:label ?basis }
}"""
_KNOWN = """
SELECT DISTINCT ?same ?existence WHERE {
  VALUES ?thing { UNDEF }
  OPTIONAL { ?thing skos:exactMatch ?same }
  OPTIONAL { ?thing who:existence/rdfs:label ?existence }
} ORDER BY ?same"""
_ALIASES = """
SELECT DISTINCT ?alias WHERE {
  VALUES ?thing { UNDEF }
  ?thing skos:altLabel ?alias
} ORDER BY ?alias"""
_GRAPH = """
SELECT ?graph WHERE {
  VALUES ?thing { UNDEF }
  GRAPH ?graph { ?thing a who:Document }
} ORDER BY ?graph LIMIT 1"""
_LABEL = """
SELECT ?name WHERE {
  VALUES ?thing { UNDEF }
  ?thing rdfs:label ?name
} ORDER BY ?name"""
_SOURCES = """
SELECT ?graph ?document ?title ?publisher ?issued WHERE {
  GRAPH ?graph {
    VALUES ?graph { UNDEF }
    ?document a who:Document ; rdfs:label ?title .
    OPTIONAL { ?document dcterms:publisher ?publisher }
    OPTIONAL { ?document dcterms:issued ?issued }
  }
} ORDER BY ?graph"""
_VOICES = (("speaker", "by"), ("relay", "through"))
_ROLE_FIELDS = {
    WHO.agent: "agents",
    WHO.coAgent: "partners",
    WHO.recipient: "recipients",
    WHO.theme: "themes",
    WHO.result: "results",
    WHO.content: "contents",
    WHO.place: "places",
    WHO.purpose: "purposes",
    WHO.time: "times",
    WHO.quantity: "figures",
}
_TOLD = ("event", "against", "claim", "assertion")
_INVOLVING = "VALUES ?thing { UNDEF } ?event who:involves|who:content/who:involves ?thing ."
_OF_DOCUMENT = "VALUES ?thing { UNDEF } ?event who:trigger/who:inDocument ?thing ."
_THE_EVENT = "VALUES ?thing { UNDEF } { VALUES ?event { UNDEF } } UNION { ?thing who:content|who:reports ?event }"
_SAID_BY = "VALUES ?thing { UNDEF } ?claim who:speaker|who:relayedBy ?thing ."
_CLAIMS_OF_DOCUMENT = "VALUES ?thing { UNDEF } ?claim who:contentSpan/who:inDocument ?thing ."


Row = dict[str, object]
Link = Callable[[str, str], str]
"""How the name of a thing of the graph is written: takes the name and the IRI."""


def _name(name: str, iri: str) -> str:
    return name


def card(store: Store, words: str) -> Card:
    """The page of the one thing that goes by these words: a name, label, id or IRI, whatever its case and accents.

    Raises UsageError where there is none, or several, which are listed.
    """
    found = find(store, words)
    if not found:
        names = (f.name for f in find_all(store))
        raise UsageError(f"the graph has nothing that is called {words!r}{near(words, names)}")
    chosen = _preferred(found)
    if len(chosen) > 1:
        listing = "\n".join(f"  {f.name} ({f.kind})  {f.iri}" for f in chosen[:20])
        raise UsageError(f"{words!r} may be {len(chosen)} things; say which, by its IRI or whole name:\n{listing}")
    return _Shown(store, chosen[0]).card()


def told(store: Store, title: str, answer: Result, most: int | None = None) -> Card:
    """The events, statements and ties of an answer in words, in its order, each once, with the sentence that says so.

    ``most`` says how many of them, or pairs of them, are told. They are taken from the answer's columns ``event``,
    ``against``, ``claim``, ``assertion``. Raises UsageError where it has none of these.
    """
    columns = [name for name in _TOLD if name in answer.columns]
    if not columns:
        raise UsageError(
            f"words are for answers with a column {', '.join(_TOLD)}; this one has {', '.join(answer.columns)}"
        )
    if "against" in columns:
        rows = [(f"{row['conflict']}: {row['kind']}", [str(row["event"]), str(row["against"])]) for row in answer]
    else:
        once = dict.fromkeys(str(row[name]) for row in answer for name in columns if row[name])
        rows = [("", [thing]) for thing in once]
    items = items_of(store, columns, [thing for _, things in rows[:most] for thing in things])
    cut = (f"the first {most} of {len(rows)}",) if most is not None and most < len(rows) else ()
    return Card(title, cut or (() if rows else ("nothing found",)), tuple(_sections(rows[:most], items)))


def items_of(store: Store, columns: list[str], things: list[str]) -> dict[str, Item]:
    """What these IRIs stand for, in words; ``columns`` say what is among them: event, claim, assertion."""
    if not things:
        return {}
    items = Events(store, things).by_event()
    for name, ask in (("claim", claims), ("assertion", ties)):
        items |= ask(store, things) if name in columns else {}
    return items


def _sections(rows: list[tuple[str, list[str]]], items: Mapping[str, Item]) -> Iterable[Section]:
    """What stands under no heading is one list; a pair stands under its own."""
    for heading, pair in (row for row in rows if row[0]):
        yield Section(heading, tuple(items[thing] for thing in pair if thing in items))
    plain = [thing for heading, things in rows if not heading for thing in things]
    yield Section("", tuple(items[thing] for thing in plain if thing in items))


def find_all(store: Store) -> list[Found]:
    """Every named thing of the graph."""
    pattern = "GRAPH ?g { ?thing a who:Entity ; rdfs:label ?name }"
    query = f"SELECT DISTINCT ?thing ?name WHERE {{ {pattern} }} ORDER BY ?name ?thing"
    return [Found(str(row["name"]), "entity", str(row["thing"])) for row in store.query(query)]


def _preferred(found: list[Found]) -> list[Found]:
    """Entities before articles before statements: a name means the one who bears it."""
    statements = ("event", "claim", "quantity", "assertion")
    entities = [f for f in found if f.kind not in (*statements, "document")]
    shared = [f for f in entities if "/id/" in f.iri]
    documents = [f for f in found if f.kind == "document"]
    return shared or entities or documents or found


class _Shown:
    def __init__(self, store: Store, thing: Found) -> None:
        self.store = store
        self.thing = thing

    def card(self) -> Card:
        if self.thing.kind == "document":
            return self._document()
        if self.thing.kind in ("event", "claim", "quantity", "assertion"):
            return self._statement()
        return self._entity()

    def _entity(self) -> Card:
        events = self._events(_INVOLVING)
        return Card(
            self.name,
            (self._kinds(), *self._known(), self.thing.iri),
            (
                Section("Ties", self._ties()),
                Section("Takes part in", events.items()),
                Section("Says", self._claims(_SAID_BY)),
            ),
        )

    def _document(self) -> Card:
        page = "".join(_pages(_sources(self.store, self._ask(_GRAPH))).values())
        rows = self._ask(_IDENTITY)
        known = [f"{key}: {row[key]}" for row in rows[:1] for key in ("id", "url", "sha", "run") if row[key]]
        cut = self._ask(_CUT)
        actors = self._ask(_ACTORS)
        return Card(
            self.name,
            (page, *known, self.thing.iri, f"speaks of {listed(str(a['name']) for a in actors)}" if actors else ""),
            (
                Section("What is told", self._events(_OF_DOCUMENT).items(source=False)),
                Section("Who said what", self._claims(_CLAIMS_OF_DOCUMENT)),
                Section(
                    "Not read", tuple(Item(f"{row['why']}: {' '.join(str(row['words']).split())[:100]}") for row in cut)
                ),
            ),
        )

    def _statement(self) -> Card:
        events = self._events(_THE_EVENT)
        voices = self._claims(
            "VALUES ?thing { UNDEF } { VALUES ?claim { UNDEF } } UNION { ?thing who:accordingTo ?claim }"
        )
        spans = self._ask(_WORDS)
        quotes = tuple(
            Item(f"{label(URIRef(str(row['link'])))}: {row['words']} ({row['begin']}–{row['end']})") for row in spans
        )
        return Card(
            self.name,
            (self.thing.kind, *self._sure(), self.thing.iri),
            (
                Section("What is told", events.items()),
                Section("On whose word", voices),
                Section("Words in the text", quotes),
            ),
        )

    def _sure(self) -> list[str]:
        rows = self._ask(_CONFIDENCE)
        return [
            f"{row['basis']}; the reader is sure of that to {float(str(row['confidence'])):.0%}" for row in rows[:1]
        ]

    @property
    def name(self) -> str:
        """The label, which for events and articles is more than the name that was asked for."""
        rows = self._ask(_LABEL)
        return str(rows[0]["name"]) if rows else self.thing.name

    def _kinds(self) -> str:
        names = self._ask(_ALIASES)
        also = listed(str(row["alias"]) for row in names)
        return f"{self.thing.kind}{f'; also {also}' if also else ''}"

    def _known(self) -> list[str]:
        rows = self._ask(_KNOWN)
        known = [f"the same as {row['same']}" for row in rows if row["same"]]
        return [*known, *(f"only {row['existence']}" for row in rows[:1] if row["existence"])]

    def _ties(self) -> tuple[Item, ...]:
        rows = self._ask(_TIES)
        pages = _pages(_sources(self.store, rows))
        return tuple(_tie(row, pages, _name) for row in rows)

    def _claims(self, which: str) -> tuple[Item, ...]:
        return tuple(claims(self.store, self._chosen("claim", which)).values())

    def _events(self, which: str) -> Events:
        return Events(self.store, self._chosen("event", which))

    def _chosen(self, name: str, which: str) -> list[str]:
        """Paths are followed in the union of all graphs: with GRAPH they would be followed in each for itself."""
        return [str(row[name]) for row in self._ask(f"SELECT DISTINCT ?{name} WHERE {{ {which} }}")]

    def _ask(self, sparql: str) -> list[Row]:
        return _ask(self.store, sparql, self.thing.iri)


def claims(store: Store, things: list[str], link: Link = _name) -> dict[str, Item]:
    """These statements in words, by their IRIs, in the order of the articles."""
    rows = _placed(store, _claims(store, things))
    return _first(rows, "claim", _claim, _pages(_sources(store, rows), link), link)


def _claims(store: Store, things: list[str]) -> list[Row]:
    """The statements, each with the first who passed it on and the first place of its words."""
    places = _by(_ask(store, _CONTENTS, things), "claim")
    nowhere: Row = {"span": None, "begin": None, "end": None}
    rows = [{**row, **places.get(str(row["claim"]), nowhere)} for row in _relayed(store, things)]
    return sorted(rows, key=lambda row: (str(row["graph"]), _number(row["begin"]), str(row["claim"])))


def _relayed(store: Store, things: list[str]) -> list[Row]:
    """The statements, each with the first who passed it on."""
    relays, nobody = _by(_ask(store, _RELAYS, things), "claim"), {"through": None, "relay": None}
    return [{**row, **relays.get(str(row["claim"]), nobody)} for row in _ask(store, _CLAIMS, things)]


def _placed(store: Store, rows: list[Row]) -> list[Row]:
    """The rows with the sentence in which their span begins."""
    spans = sorted({str(row["span"]) for row in rows if row["span"]})
    sentences = _by(_ask(store, _SENTENCES, spans), "span")
    return [{"sentence": None, "at": None, **sentences.get(str(row["span"]), {}), **row} for row in rows]


def _by(rows: Iterable[Row], key: str) -> dict[str, Row]:
    """The first of the rows of each key."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(str(row[key]), row)
    return found


def _number(value: object) -> int:
    """The offset, or -1 for none, which a stranger's file may have for one."""
    try:
        return int(str(value))
    except ValueError:
        return -1


def ties(store: Store, things: list[str], link: Link = _name) -> dict[str, Item]:
    """These relations in words, by the IRIs of their assertions."""
    rows = _ask(store, _THESE_TIES, things)
    return _first(rows, "tie", _tie, _pages(_sources(store, rows), link), link)


def _first(
    rows: list[Row],
    key: str,
    item: Callable[[Mapping[str, object], dict[str, str], Link], Item],
    pages: dict[str, str],
    link: Link,
) -> dict[str, Item]:
    """One item for each thing, made of the first of its rows."""
    once = {str(row[key]): row for row in reversed(rows)}
    return {thing: item(once[thing], pages, link) for thing in reversed(once)}


def _tie(row: Mapping[str, object], pages: dict[str, str], link: Link) -> Item:
    denied = "not " if str(row["polarity"]) == str(WHO.Negative) else ""
    worked_out = " (worked out)" if str(row["basis"]) != str(WHO.Explicit) else ""
    one, other = (link(str(row[name]), str(row[iri])) for name, iri in (("subject", "one"), ("object", "other")))
    text = f"{one}: {denied}{label(URIRef(str(row['predicate'])))} {other}{worked_out}"
    return Item(text, (Quote(str(row["sentence"]), (), pages.get(str(row["graph"]), "")),))


def _claim(row: Mapping[str, object], pages: dict[str, str], link: Link) -> Item:
    relays = (link(str(row["relay"]), str(row["through"])),) if row["relay"] else ()
    form = local(row["form"]).removesuffix("Quote").removesuffix("Speech")
    inferred = str(row["basis"]) != str(WHO.Explicit)
    speaker, denied = link(str(row["speaker"]), str(row["by"])), row["denied"] in (True, "true", "1")
    text = statement(speaker, str(row["text"]), form, relays, inferred, denied)
    return Item(text, _quote(row, [(row["begin"], row["end"])], pages.get(str(row["graph"]), "")))


_WORDS = """
SELECT DISTINCT ?link ?words ?begin ?end WHERE {
  VALUES ?thing { UNDEF }
  ?thing ?link ?span . ?span who:exact ?words ; who:begin ?begin ; who:end ?end .
  FILTER(?link IN (who:trigger, who:roleMention, who:evidence, who:contentSpan, who:cue))
  FILTER NOT EXISTS { ?span a who:Sentence }
} ORDER BY ?begin ?end ?link"""


class Events:
    """Events, by their IRIs, with all that is needed to say them; ``link`` writes the names of what has a page."""

    def __init__(self, store: Store, events: list[str], link: Link = _name) -> None:
        self.link = link
        self.rows = _placed(store, _ask(store, _EVENTS, events))
        self.times = {str(row["time"]): row for row in _ask(store, _TIMES, events)}
        self.figures = {str(row["quantity"]): row for row in _ask(store, _FIGURES, events)}
        grounds = [str(row["claim"]) for row in _ask(store, _GROUNDS, events)]
        self.claims = _by(_relayed(store, grounds), "claim")
        self.sources = _sources(store, self.rows)
        self.pages = _pages(self.sources, link)
        self.roles = _roles(store, events)

    def items(self, source: bool = True) -> tuple[Item, ...]:
        return tuple(self._item(row, source) for row in sorted(self.rows, key=self._when))

    def by_event(self) -> dict[str, Item]:
        return {str(row["event"]): self._item(row, source=True) for row in self.rows}

    def _when(self, row: Mapping[str, object]) -> tuple[str, str, int]:
        """By day, where it is known, else by the article's day; then in the order of the text."""
        days = [
            str(self.times[str(r["filler"])]["from"] or "")
            for r in self.roles[str(row["event"])]
            if str(r["filler"]) in self.times
        ]
        return (
            min((d for d in days if d), default=self.issued(row) or "9999"),
            str(row["graph"]),
            _number(row["begin"]),
        )

    def issued(self, row: Mapping[str, object]) -> str:
        """The day of publication of the event's article; nothing where it is not known."""
        source = self.sources.get(str(row["graph"]))
        return str(source["issued"] or "") if source else ""

    def _item(self, row: Mapping[str, object], source: bool) -> Item:
        roles = self.roles[str(row["event"])]
        begin = _number(row["begin"])
        marks = [(begin, begin + len(str(row["words"]))), *((r["begin"], r["end"]) for r in roles)]
        page = self.pages.get(str(row["graph"]), "") if source else ""
        return Item(say(self.told(row)), _quote(row, marks, page))

    def told(self, row: Mapping[str, object]) -> Told:
        fillers: dict[str, dict[str, str]] = defaultdict(dict)
        roles = self.roles[str(row["event"])]
        named = [str(role["name"]) for role in roles if str(role["filler"]) not in self.figures]
        for role in roles:
            if str(role["filler"]) in self.figures and any(str(role["name"]) in name for name in named):
                continue
            fillers[_ROLE_FIELDS[URIRef(str(role["role"]))]].setdefault(str(role["filler"]), self._words(role))
        type_ = URIRef(str(row["type"]))
        return Told(
            kind=local(type_).removesuffix("Type"),
            label=label(type_),
            modality=local(row["modality"]),
            polarity=local(row["polarity"]),
            trigger=str(row["words"]),
            voices=self._voices(str(row["rests"])),
            **{field: tuple(names.values()) for field, names in fillers.items()},
        )

    def _words(self, role: Mapping[str, object]) -> str:
        filler, name = str(role["filler"]), str(role["name"])
        if filler in self.times:
            return period(name, _date(self.times[filler]["from"]), _date(self.times[filler]["to"]))
        if filler in self.figures:
            q = self.figures[filler]
            whole = str(q["whole"]) if q["whole"] else None
            compared = label(URIRef(str(q["comparator"])))
            return figure(float(str(q["value"])), str(q["unit"]), compared, q["more"] is True, whole)
        return self.link(name, filler)

    def _voices(self, claim: str) -> tuple[str, ...]:
        voices: list[str] = []
        seen: set[str] = set()
        while claim in self.claims and claim not in seen:
            seen.add(claim)
            row = self.claims[claim]
            voices += [self.link(str(row[name]), str(row[iri])) for name, iri in _VOICES if row[name]]
            claim = str(row["parent"])
        return tuple(dict.fromkeys(voices))


def _quote(row: Mapping[str, object], marks: Iterable[tuple[object, object]], source: str) -> tuple[Quote, ...]:
    if row["sentence"] is None:
        return ()
    sentence, at = str(row["sentence"]), _number(row["at"])
    pairs = [(_number(b) - at, _number(e) - at) for b, e in marks if b is not None]
    inside = tuple(Span(b, min(e, len(sentence))) for b, e in pairs if 0 <= b < min(e, len(sentence)))
    return (Quote(sentence, inside, source),)


def _roles(store: Store, events: list[str]) -> dict[str, list[Row]]:
    """Who and what takes part in each event, in the order of the roles, then of the text."""
    places: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in _ask(store, _ROLE_PLACES, events):
        places[str(row["event"]), str(row["filler"])].append(row)
    nowhere: list[Row] = [{"begin": None, "end": None}]
    rows = [
        {**row, **place}
        for row in _ask(store, _ROLES, events)
        for place in places.get((str(row["event"]), str(row["filler"])), nowhere)
    ]
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (str(row["role"]), _number(row["begin"]), str(row["filler"]))):
        found[str(row["event"])].append(row)
    return found


def _sources(store: Store, rows: Iterable[Row]) -> dict[str, Row]:
    """The articles of the graphs that the rows are of."""
    return _by(_ask(store, _SOURCES, sorted({str(row["graph"]) for row in rows})), "graph")


def _pages(sources: Mapping[str, Row], link: Link = _name) -> dict[str, str]:
    """Each article in one line."""
    return {
        graph: link(source_line(str(r["title"]), str(r["publisher"] or ""), _date(r["issued"])), str(r["document"]))
        for graph, r in sources.items()
    }


def _date(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None


def _ask(store: Store, sparql: str, things: str | list[str]) -> list[Row]:
    several = [things] if isinstance(things, str) else things
    if not several:
        return []
    terms = " ".join(str(to_ox(URIRef(thing))) for thing in several)
    return [dict(row) for row in store.query(sparql.replace("{ UNDEF }", f"{{ {terms} }}"))]
