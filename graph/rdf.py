"""Reading -> quads, one named graph per document: the one module that knows both halves.

IRIs are made of structure (a span's offsets, an event's id), so there are no blank nodes, and the same reading gives
the same quads. Nothing that a reading's JSON leaves out (tokens, parse) is used.

=================================== =========================================================
``{base}doc/<id>-<hash>``           the document; ``…/s3`` a sentence, ``…/12-19`` a span,
                                    ``…/e1 …/v1 …/c1 …/t1 …/q1`` what its reading calls so
``{base}graph/<id>-<hash>``         the named graph of all that it says
``{base}id/<kind>/<name>``          an entity with a proper name, shared between documents
``{base}run/whodid-<version>-…``    the tool, version and model that read it
=================================== =========================================================
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib import metadata
from urllib.parse import quote

from rdflib import Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from graph.documents import Document, Span
from graph.identity import fullest, is_shared, shared_iri
from graph.model import Claim, Entity, Event, Quantity, Reading, Relation, Role, Time
from graph.vocabulary import (
    DEFAULT_BASE,
    NIF,
    PLOVER,
    SCHEMA,
    SEM,
    WHO,
    base_iri,
    ontology,
    slug,
    superclasses,
    terms,
)

Triple = tuple[URIRef, URIRef, Node]
Quad = tuple[URIRef, URIRef, Node, URIRef]

COMPARATORS = {
    "=": WHO.Exactly,
    "<": WHO.LessThan,
    ">": WHO.MoreThan,
    "<=": WHO.UpTo,
    ">=": WHO.AtLeast,
    "~": WHO.About,
    "just under": WHO.Nearly,
}
FORMS = {"Direct": WHO.DirectQuote, "Indirect": WHO.IndirectSpeech, "Mixed": WHO.MixedQuote}
MENTION_KINDS = {"name": WHO.NameMention, "nominal": WHO.NominalMention, "pronoun": WHO.PronounMention}
TIME_BASIS = {"absolute": WHO.Explicit, "relative": WHO.Inferred, "vague": WHO.Inferred}
BOUNDS = {
    "earliest_begin": SEM.hasEarliestBeginTimeStamp,
    "latest_begin": SEM.hasLatestBeginTimeStamp,
    "earliest_end": SEM.hasEarliestEndTimeStamp,
    "latest_end": SEM.hasLatestEndTimeStamp,
}
LABEL_LENGTH = 140
DEPTH = 3
DENYING = frozenset({"Denial", "Rejection"})
"""Kinds of saying whose own word says that the content is not so."""
IMPLYING = frozenset({"Pledge", "Appeal", "Demand", "Threat"})
"""Kinds of saying whose own word says that the content is not yet so: promised, asked for."""


def document_iri(document: Document, base: str = DEFAULT_BASE) -> URIRef:
    """The document's IRI: its id, and the first digits of its hash, so that a corrected text is another document."""
    return URIRef(f"{base_iri(base)}doc/{_document_name(document)}")


def graph_iri(document: Document, base: str = DEFAULT_BASE) -> URIRef:
    """The named graph that holds all that the document says."""
    return URIRef(f"{base_iri(base)}graph/{_document_name(document)}")


def quads(reading: Reading, base: str = DEFAULT_BASE, model: str = "") -> list[Quad]:
    """All that the reading says, each quad once, in the graph of its document.

    ``model`` names the language pipeline for the provenance. Raises UsageError where ``base`` is no absolute IRI.
    """
    page = Page(reading, base_iri(base))
    g = graph_iri(reading.document, base)
    triples = [*_document(page), *_run(page, g, model), *_layers(page)]
    return [(*triple, g) for triple in dict.fromkeys(triples)]


def entity_iris(reading: Reading, base: str = DEFAULT_BASE) -> dict[str, URIRef]:
    """The IRI of each entity of the reading, by its id: shared between documents, or the document's own."""
    return dict(Page(reading, base_iri(base)).entities)


def _document_name(document: Document) -> str:
    short = document.sha256[:8]
    return f"{slug(document.id.removesuffix(f'-{short}'))}-{short}"


@dataclass(frozen=True)
class Page:
    """A reading with the IRIs of all that it holds."""

    reading: Reading
    base: str

    @cached_property
    def iri(self) -> URIRef:
        return document_iri(self.reading.document, self.base)

    @cached_property
    def entities(self) -> dict[str, URIRef]:
        return {entity.id: self._entity(entity) for entity in self.reading.entities}

    @cached_property
    def names(self) -> dict[str, str]:
        return {entity.id: label_of(entity) for entity in self.reading.entities}

    @cached_property
    def events(self) -> dict[str, Event]:
        return {event.id: event for event in self.reading.events}

    @cached_property
    def sayings(self) -> frozenset[str]:
        """The events that are acts of saying."""
        return frozenset(claim.saying for claim in self.reading.claims if claim.saying)

    @cached_property
    def whole(self) -> frozenset[Span]:
        """The spans of the sentences."""
        return frozenset(sentence.span for sentence in self.reading.sentences)

    @cached_property
    def starts(self) -> list[int]:
        return [sentence.span.start for sentence in self.reading.sentences]

    def _entity(self, entity: Entity) -> URIRef:
        name = fullest(entity.name, entity.aliases, entity.type)
        if entity.named and entity.existence != "Hypothetical" and is_shared(name, entity.type):
            return URIRef(shared_iri(name, entity.type, self.base))
        return self.node(entity.id)

    def node(self, name: str) -> URIRef:
        return URIRef(f"{self.iri}/{quote(name)}")

    def entity(self, name: str) -> URIRef:
        return self.entities.get(name) or self.node(name)

    def span(self, span: Span) -> URIRef:
        return self.node(f"{span.start}-{span.end}")

    def words(self, span: Span) -> str:
        return " ".join(span.of(self.reading.document.text).split())

    def sentence(self, offset: int) -> int | None:
        """The number, from 0, of the sentence that holds this character."""
        at = bisect_right(self.starts, offset) - 1
        return at if at >= 0 and offset < self.reading.sentences[at].span.end else None

    def sentences(self, span: Span) -> Iterator[URIRef]:
        """The sentences that the span touches."""
        at = max(bisect_right(self.starts, span.start) - 1, 0)
        for number, sentence in enumerate(self.reading.sentences[at:], at + 1):
            if sentence.span.start >= span.end:
                return
            if sentence.span.overlaps(span):
                yield self.node(f"s{number}")

    def rests_on(self, claim: str | None) -> URIRef:
        return self.node(claim) if claim else self.iri


def label_of(entity: Entity) -> str:
    """The entity's fullest name, in one kind of apostrophe and of space."""
    name = fullest(entity.name, entity.aliases, entity.type) if entity.named else entity.name
    return " ".join(name.replace("’", "'").split())


def _layers(page: Page) -> Iterator[Triple]:
    reading = page.reading
    for number, sentence in enumerate(reading.sentences, 1):
        yield from _sentence(page, number, sentence.span)
    for zone in reading.document.boilerplate:
        yield from _boilerplate(page, zone.span, zone.why)
    for entity in reading.entities:
        yield from _entity(page, entity)
    for time in reading.times:
        yield from _time(page, time)
    for quantity in reading.quantities:
        yield from _quantity(page, quantity)
    for event in reading.events:
        yield from _event(page, event)
    for claim in reading.claims:
        yield from _claim(page, claim)
    for number, relation in enumerate(reading.relations, 1):
        yield from _relation(page, f"r{number}", relation)


# text


def _document(page: Page) -> Iterator[Triple]:
    document = page.reading.document
    yield page.iri, RDF.type, WHO.Document
    yield page.iri, RDFS.label, Literal(document.title or document.id)
    yield page.iri, NIF.isString, Literal(document.text)
    yield page.iri, WHO.sha256, Literal(document.sha256)
    yield page.iri, DCTERMS.identifier, Literal(document.id)
    yield page.iri, DCTERMS.language, Literal(document.language)
    stated = (
        (DCTERMS.title, document.title),
        (DCTERMS.publisher, document.publisher),
        (DCTERMS.creator, document.byline),
    )
    yield from ((page.iri, predicate, Literal(text)) for predicate, text in stated if text)
    if document.url:
        yield page.iri, SCHEMA.url, Literal(document.url, datatype=XSD.anyURI)
    yield from _document_time(page)


def _document_time(page: Page) -> Iterator[Triple]:
    published, node = page.reading.document.published, page.node("time")
    yield page.iri, WHO.documentTime, node
    yield node, RDF.type, WHO.TimeSpan
    yield node, RDFS.label, Literal(published.isoformat() if published else "day of publication, not stated")
    yield node, WHO.precision, WHO.Day if published else WHO.Vague
    yield node, WHO.basis, WHO.Explicit if published else WHO.Inferred
    first, last = (published, published) if published else publication_bounds(page.reading)
    bounds = {"earliest_begin": first, "latest_begin": last, "earliest_end": first, "latest_end": last}
    yield from _bounds(node, bounds)
    if published:
        yield page.iri, DCTERMS.issued, Literal(published.isoformat(), datatype=XSD.date)
        yield page.iri, WHO.statedIn, Literal(page.reading.document.published_basis or "given")


def publication_bounds(reading: Reading) -> tuple[dt.date | None, dt.date | None]:
    """The first and last day on which an undated text can have appeared, by the dates that it states in full.

    Not before what it tells as done, and not after what it tells as still to come; where the two disagree, neither.
    """
    times = {t.id: t for t in reading.times if t.basis == "absolute"}
    done, to_come = [], []
    for event in reading.events:
        dates = [times[r.time] for r in event.roles if r.time in times]
        if event.modality == "Actual" and event.polarity == "Positive":
            done += [t.earliest_begin for t in dates if t.earliest_begin]
        elif event.modality in ("Planned", "Predicted", "Pledged"):
            to_come += [t.latest_end for t in dates if t.latest_end]
    first, last = max(done, default=None), min(to_come, default=None)
    return (None, None) if first and last and first > last else (first, last)


def _span(page: Page, span: Span, cls: URIRef, node: URIRef | None = None) -> Iterator[Triple]:
    node = node or page.span(span)
    yield node, RDF.type, cls
    yield node, WHO.begin, Literal(span.start)
    yield node, WHO.end, Literal(span.end)
    yield node, WHO.exact, Literal(span.of(page.reading.document.text))
    yield node, WHO.inDocument, page.iri
    number = page.sentence(span.start)
    if number is not None and cls != WHO.Sentence:
        yield node, WHO.inSentence, page.node(f"s{number + 1}")


def _sentence(page: Page, number: int, span: Span) -> Iterator[Triple]:
    node = page.node(f"s{number}")
    yield from _span(page, span, WHO.Sentence, node)
    yield node, WHO.sentenceNumber, Literal(number)


def _boilerplate(page: Page, span: Span, why: str) -> Iterator[Triple]:
    yield from _span(page, span, WHO.Boilerplate, page.node(f"boilerplate/{span.start}-{span.end}"))
    yield page.node(f"boilerplate/{span.start}-{span.end}"), RDFS.comment, Literal(why)


def _mention(page: Page, span: Span, referent: URIRef) -> Iterator[Triple]:
    yield from _span(page, span, WHO.Mention)
    yield page.span(span), WHO.refersTo, referent


def _evidence(page: Page, node: URIRef, span: Span) -> Iterator[Triple]:
    if span not in page.whole:
        yield node, WHO.evidence, page.span(span)
        yield from _span(page, span, WHO.TextSpan)
    yield from ((node, WHO.evidence, sentence) for sentence in page.sentences(span))


# world


def _entity(page: Page, entity: Entity) -> Iterator[Triple]:
    node, name = page.entity(entity.id), page.names[entity.id]
    for cls in _classes(_who(entity.type)):
        yield node, RDF.type, cls
    yield node, RDFS.label, Literal(name)
    yield node, SKOS.prefLabel, Literal(name)
    others = dict.fromkeys((entity.name, *entity.aliases))
    yield from ((node, SKOS.altLabel, Literal(alias)) for alias in others if alias != name)
    yield node, WHO.documentScoped, Literal(node.startswith(f"{page.iri}/"))
    if entity.existence != "Actual":
        yield node, WHO.existence, WHO[entity.existence]
    if entity.kb:
        yield _known_as(node, entity.kb)
    for number, mention in enumerate(entity.mentions):
        yield from _mention(page, mention.span, node)
        introduces = mention.kind == "name" or (number == 0 and mention.kind == "nominal")
        yield page.span(mention.span), WHO.coreferenceBasis, WHO.Explicit if introduces else WHO.Inferred
        yield page.span(mention.span), WHO.mentionKind, MENTION_KINDS[mention.kind]
        yield page.span(mention.span), WHO.confidence, _decimal(entity.confidence)


def _who(name: str) -> URIRef:
    """The term of this name; one that the ontology lacks is written all the same, and validation says so."""
    return WHO[quote(name)]


def _classes(cls: URIRef) -> list[URIRef]:
    """The class itself, who:Actor for all that acts, and who:Entity, so that plain queries find its members."""
    return list(dict.fromkeys((cls, *([WHO.Actor] if WHO.Actor in superclasses(cls) else []), WHO.Entity)))


def _known_as(node: URIRef, kb: str) -> Triple:
    if re.fullmatch(r"Q[1-9]\d*", kb):
        return node, SKOS.exactMatch, URIRef(f"http://www.wikidata.org/entity/{kb}")
    if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", kb):
        return node, SKOS.exactMatch, URIRef(kb)
    return node, SKOS.notation, Literal(kb)


def _time(page: Page, time: Time) -> Iterator[Triple]:
    node, words = page.node(time.id), page.words(time.span)
    yield node, RDF.type, WHO.TimeSpan
    yield node, RDFS.label, Literal(words)
    yield node, WHO.timeText, Literal(words)
    yield node, WHO.timex, Literal(time.timex)
    yield node, WHO.timexType, Literal(time.type)
    yield node, WHO.precision, WHO[time.precision]
    yield node, WHO.basis, TIME_BASIS[time.basis]
    yield from _bounds(node, {name: getattr(time, name) for name in BOUNDS})
    if time.anchor:
        yield node, WHO.anchor, page.node("time" if time.anchor == "document" else time.anchor)
    yield from _mention(page, time.span, node)
    yield from _evidence(page, node, time.span)


def _bounds(node: URIRef, bounds: dict[str, dt.date | None]) -> Iterator[Triple]:
    for name, day in bounds.items():
        if day:
            yield node, BOUNDS[name], Literal(day.isoformat(), datatype=XSD.date)


def _quantity(page: Page, quantity: Quantity) -> Iterator[Triple]:
    node = page.node(quantity.id)
    yield node, RDF.type, WHO.Quantity
    yield node, RDFS.label, Literal(page.words(quantity.span))
    yield node, WHO.value, _decimal(quantity.value)
    yield node, WHO.unit, Literal(quantity.unit)
    yield node, WHO.comparator, COMPARATORS[quantity.comparator]
    yield node, WHO.isIncrement, Literal(quantity.increment)
    if quantity.whole:
        yield node, WHO.ofWhole, Literal(quantity.whole)
    if quantity.restates:
        yield node, WHO.restates, page.node(quantity.restates)
    yield from _mention(page, quantity.span, node)
    yield from _evidence(page, node, quantity.span)


def _decimal(value: float) -> Literal:
    """The number as stores write it: no exponent, no trailing noughts."""
    plain = format(Decimal(str(round(value, 6) or 0)), "f")
    short = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return Literal(short, datatype=XSD.decimal)


def _event(page: Page, event: Event) -> Iterator[Triple]:
    node, kind = page.node(event.id), _who(f"{event.type}Type")
    cls = WHO.SpeechEvent if event.id in page.sayings else _defined(kind, WHO.eventClass, WHO.Event)
    for each in dict.fromkeys((WHO.Event, cls)):
        yield node, RDF.type, each
    yield node, RDFS.label, Literal(event_label(page, event))
    yield node, WHO.eventType, kind
    if event.plover:
        yield node, WHO.ploverType, PLOVER[quote(event.plover)]
        yield node, WHO.ploverQuad, _defined(PLOVER[quote(event.plover)], PLOVER.quad, Literal("unknown"))
    yield node, WHO.modality, WHO[event.modality]
    yield node, WHO.polarity, WHO[event.polarity]
    yield node, WHO.trigger, page.span(event.trigger)
    yield from _mention(page, event.trigger, node)
    yield from _grounds(page, node, event)
    for role in event.roles:
        yield from _role(page, node, role)


def _defined(term: URIRef, predicate: URIRef, otherwise: Node) -> Node:
    """What the ontology says of a term."""
    return ontology().value(term, predicate) or otherwise


def _grounds(page: Page, node: URIRef, said: Event | Relation) -> Iterator[Triple]:
    """On whose word, how we know, how sure, and the words themselves."""
    yield node, WHO.accordingTo, page.rests_on(said.claim)
    if said.claim and isinstance(said, Event):
        yield page.node(said.claim), WHO.reports, node
    yield node, WHO.basis, WHO[said.basis]
    yield node, WHO.confidence, _decimal(said.confidence)
    yield from _evidence(page, node, said.evidence)


def _role(page: Page, event: URIRef, role: Role) -> Iterator[Triple]:
    filler = _filler(page, role)
    yield event, WHO[role.role], filler
    if role.role not in ("time", "quantity"):
        yield event, WHO.involves, filler
    if role.quantity:
        yield event, WHO.quantity, page.node(role.quantity)
    yield event, WHO.roleMention, page.span(role.span)
    yield from _mention(page, role.span, filler)
    if filler == _described(page, role.span):
        yield from _description(page, role.span)


def _filler(page: Page, role: Role) -> URIRef:
    """What fills the role; a date or a figure in another part than its own is taken by its words."""
    if role.entity:
        return page.entity(role.entity)
    own = {"time": role.time, "quantity": role.quantity}.get(role.role)
    named = role.event or own
    return page.node(named) if named else _described(page, role.span)


def _described(page: Page, span: Span) -> URIRef:
    return page.node(f"words/{span.start}-{span.end}")


def _description(page: Page, span: Span) -> Iterator[Triple]:
    yield _described(page, span), RDF.type, WHO.Description
    yield _described(page, span), RDFS.label, Literal(page.words(span))


def event_label(page: Page, event: Event) -> str:
    """Who, the trigger's words, whom or what; then, in brackets, that it is not so, or not yet.

    What is said to be not so, or not yet, stands behind a colon with brackets of its own: ``Ada said: resign (not)``.
    """
    words = [_role_words(page, event, ("agent",)), _act(page, event)]
    return _with_status(" ".join(w for w in words if w), event)


def _with_status(words: str, event: Event, length: int = LABEL_LENGTH) -> str:
    """The words, shortened, with the status behind them whole."""
    status = ["not"] if event.polarity == "Negative" else []
    status += [event.modality.lower()] if event.modality != "Actual" else []
    suffix = f" ({', '.join(status)})" if status else ""
    return _shortened(words, max(length - len(suffix), 1)) + suffix


def _act(page: Page, event: Event, within: frozenset[str] = frozenset()) -> str:
    """The trigger's words, and those of the first role that says what it is about."""
    about = ("theme", "content", "quantity", "result", "recipient", "place")
    fillers = _first_fillers(event, about)
    colon = ":" if any(_tells_status(page, event, r) for r in fillers) else ""
    words = [page.words(event.trigger) + colon, _role_words(page, event, about, within | {event.id})]
    return " ".join(w for w in words if w)


def _tells_status(page: Page, event: Event, role: Role) -> bool:
    """Whether what is said is not so, or not yet, and the word for saying it leaves that open."""
    said = page.events.get(role.event or "")
    if said is None or event.id not in page.sayings or event.type in DENYING:
        return False
    return said.polarity == "Negative" or (said.modality != "Actual" and event.type not in IMPLYING)


def _first_fillers(event: Event, names: Iterable[str]) -> list[Role]:
    """Those of the first of these roles that the event has."""
    several = ([r for r in event.roles if r.role == name and not r.span.contains(event.trigger)] for name in names)
    return next(filter(None, several), [])


def _role_words(page: Page, event: Event, names: Iterable[str], within: frozenset[str] = frozenset()) -> str:
    """The words of the first of these roles that the event has: names for entities, the act for events."""
    fillers = _first_fillers(event, names)
    length = LABEL_LENGTH // (len(fillers) + 1)
    words = [(_filler_words(page, r, within), r) for r in fillers]
    told = (
        _with_status(w, page.events[r.event or ""], length) if _tells_status(page, event, r) else w for w, r in words
    )
    return " and ".join(dict.fromkeys(told))


def _filler_words(page: Page, role: Role, within: frozenset[str]) -> str:
    if role.event in page.events and role.event not in within and len(within) < DEPTH:
        return _act(page, page.events[role.event], within)
    return page.names.get(role.entity or "") or page.words(role.span)


def _shortened(text: str, length: int = LABEL_LENGTH) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


# attribution


def _claim(page: Page, claim: Claim) -> Iterator[Triple]:
    node = page.node(claim.id)
    speaker, name = _speaker(page, claim)
    text = " ".join(span.of(page.reading.document.text) for span in claim.content)
    yield node, RDF.type, WHO.Claim
    if claim.form != "Indirect":
        yield node, RDF.type, WHO.Quotation
    yield node, RDFS.label, Literal(_shortened(f"{name}: “{' '.join(text.split())}”"))
    yield node, WHO.claimText, Literal(text)
    yield node, WHO.quoteForm, FORMS[claim.form]
    yield node, WHO.speaker, speaker
    yield node, WHO.attributionBasis, WHO[claim.basis]
    yield node, WHO.accordingTo, page.rests_on(claim.parent)
    yield node, WHO.confidence, _decimal(claim.confidence)
    if claim.relayed_by:
        yield node, WHO.relayedBy, page.entity(claim.relayed_by)
    if claim.saying:
        yield node, WHO.saidIn, page.node(claim.saying)
    yield from ((node, WHO.reports, page.node(event)) for event in claim.events)
    yield from _claim_spans(page, node, claim)
    yield from _unidentified(page, claim, speaker, name)


def _claim_spans(page: Page, node: URIRef, claim: Claim) -> Iterator[Triple]:
    for span in claim.content:
        yield node, WHO.contentSpan, page.span(span)
        yield from _span(page, span, WHO.TextSpan)
    if claim.cue:
        yield node, WHO.cue, page.span(claim.cue)
        yield from _span(page, claim.cue, WHO.TextSpan)
    yield from _evidence(page, node, claim.evidence)


def _speaker(page: Page, claim: Claim) -> tuple[URIRef, str]:
    if claim.speaker:
        return page.entity(claim.speaker), page.names.get(claim.speaker, "unnamed source")
    if claim.speaker_span:
        return _described(page, claim.speaker_span), page.words(claim.speaker_span)
    return page.node(f"{claim.id}/speaker"), "unnamed source"


def _unidentified(page: Page, claim: Claim, speaker: URIRef, name: str) -> Iterator[Triple]:
    """A speaker who is no entity of the reading still answers who:speaker/rdfs:label."""
    if claim.speaker:
        return
    yield speaker, RDF.type, WHO.Description
    yield speaker, RDFS.label, Literal(name)
    if claim.speaker_span:
        yield from _mention(page, claim.speaker_span, speaker)


def _relation(page: Page, name: str, relation: Relation) -> Iterator[Triple]:
    node = page.node(name)
    subject, other = page.entity(relation.subject), page.entity(relation.object)
    predicate = _who(relation.predicate)
    if predicate not in terms():
        predicate = WHO.relatedTo
    if relation.polarity == "Positive":
        yield subject, predicate, other
    yield node, RDF.type, WHO.Assertion
    yield node, RDFS.label, Literal(_relation_label(page, relation))
    yield node, RDF.subject, subject
    yield node, RDF.predicate, predicate
    yield node, RDF.object, other
    yield node, WHO.polarity, WHO[relation.polarity]
    yield from _grounds(page, node, relation)
    if relation.predicate == "holdsPost":
        yield node, RDF.type, WHO.PostHolding
        yield node, WHO.holder, subject
        yield node, WHO.post, other


def _relation_label(page: Page, relation: Relation) -> str:
    ends = [page.names.get(e, e) for e in (relation.subject, relation.object)]
    verb = "".join(f" {c.lower()}" if c.isupper() else c for c in relation.predicate)
    return _shortened(f"{ends[0]} {'not ' if relation.polarity == 'Negative' else ''}{verb} {ends[1]}")


# provenance


def _run(page: Page, g: URIRef, model: str) -> Iterator[Triple]:
    version = tool_version()
    run = URIRef(f"{page.base}run/{slug('-'.join(filter(None, ('whodid', version, model))))}")
    yield g, PROV.wasGeneratedBy, run
    yield g, PROV.wasDerivedFrom, page.iri
    yield run, RDF.type, WHO.ExtractionRun
    yield run, WHO.tool, Literal("whodid")
    yield run, WHO.toolVersion, Literal(version)
    if model:
        yield run, WHO.model, Literal(model)


def tool_version() -> str:
    """The installed version of this package, or "unreleased" where it runs from a folder."""
    try:
        return metadata.version("whodid")
    except metadata.PackageNotFoundError:
        return "unreleased"
