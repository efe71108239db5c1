"""What is read out of one document: frozen types with the names of the ontology, and the shape of a step.

A ``Reading`` starts with its document alone; each step adds one layer and returns a new Reading. Ids are unique within
their layer and given in text order: ``e1`` entity, ``t1`` time, ``q1`` quantity, ``v1`` event, ``c1`` claim.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from graph.documents import Document, Span

MentionKind = Literal["name", "nominal", "pronoun"]
Modality = Literal["Actual", "Pledged", "Planned", "Requested", "Predicted", "Hypothetical"]
Polarity = Literal["Positive", "Negative"]
Basis = Literal["Explicit", "Inferred", "Background"]
QuoteForm = Literal["Direct", "Indirect", "Mixed"]
Comparator = Literal["=", "<", ">", "<=", ">=", "~", "just under"]
Precision = Literal["Day", "Week", "Month", "Quarter", "Season", "Year", "Decade", "Vague"]
RoleName = Literal[
    "agent", "coAgent", "recipient", "theme", "result", "place", "time", "quantity", "content", "purpose"
]


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the parsed text, with Universal Dependencies labels whatever pipeline parsed it.

    ``index``, ``head`` and ``sentence`` count from 0 in the whole document; a root is its own head. ``name`` is a BIO
    tag over PER, ORG, LOC, GPE, NORP, MISC … or empty. ``trigger`` is the pipeline's probability that the word names an
    event, ``factuality`` its rating from -3 (certainly not) to +3 (certainly happened), ``nominal`` its guess of what
    kind of thing a noun stands for; None or empty where the pipeline has no such component.
    """

    index: int
    span: Span
    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    sentence: int
    name: str = ""
    trigger: float | None = None
    factuality: float | None = None
    nominal: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its characters, and its tokens ``first`` up to, not including, ``last``."""

    span: Span
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that stand for an entity. ``head`` is the index of the head token; ``type`` a class of the ontology."""

    span: Span
    kind: MentionKind
    head: int
    type: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Entity:
    """One person, body, place or thing of this document, with all its mentions in text order.

    ``named`` is true if a proper name stands for it; what is unnamed never leaves its document. ``existence`` is
    Hypothetical for what is only spoken of as possible ("a full peacekeeping mission").
    """

    id: str
    name: str
    type: str
    mentions: tuple[Mention, ...]
    named: bool = True
    aliases: tuple[str, ...] = ()
    existence: Modality = "Actual"
    kb: str | None = None
    cluster: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression: TIMEX3 type and value, and four bounds (days); None is unknown or open.

    ``basis`` says how the bounds were found: ``absolute`` (stated in full), ``relative`` (to ``anchor``), ``vague``.
    ``anchor`` is "document" for the day of publication, or the id of another time.
    """

    id: str
    span: Span
    type: Literal["DATE", "TIME", "DURATION", "SET"]
    timex: str
    earliest_begin: dt.date | None = None
    latest_begin: dt.date | None = None
    earliest_end: dt.date | None = None
    latest_end: dt.date | None = None
    precision: Precision = "Vague"
    basis: Literal["absolute", "relative", "vague"] = "vague"
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure with what it counts. ``increment`` is true for "600 more", false for a level or total.

    ``unit`` is the thing counted, as worded; ``whole`` what a share is a share of; ``restates`` the id of an earlier
    quantity that says the same figure of the same thing, so that the two are never summed.
    """

    id: str
    span: Span
    value: float
    unit: str
    comparator: Comparator = "="
    increment: bool = False
    whole: str | None = None
    restates: str | None = None
    head: int = -1


@dataclass(frozen=True, slots=True)
class Role:
    """The part that some words play in an event, and the id of what they stand for, where it has one."""

    role: RoleName
    span: Span
    entity: str | None = None
    event: str | None = None
    time: str | None = None
    quantity: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event or state as reported: never the deed itself, but that someone says so, and with what status.

    ``head`` is the trigger's token index, ``holder`` the claim that it rests on (None: the article's own voice),
    ``plover`` one of the sixteen PLOVER types or None.
    """

    id: str
    trigger: Span
    head: int
    type: str
    evidence: Span
    plover: str | None = None
    modality: Modality = "Actual"
    polarity: Polarity = "Positive"
    roles: tuple[Role, ...] = ()
    claim: str | None = None
    basis: Basis = "Explicit"
    cluster: str | None = None
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class Claim:
    """What someone is reported to have said. ``speaker`` is an entity's id, or None where no one is named or described.

    ``content`` leaves quotation marks and cue out and may run over several sentences; ``relayed_by`` is the entity that
    passed the words on; ``saying`` the event that is the act of saying; ``parent`` the claim that this one is part of.
    """

    id: str
    content: tuple[Span, ...]
    evidence: Span
    form: QuoteForm
    speaker: str | None = None
    speaker_span: Span | None = None
    cue: Span | None = None
    relayed_by: str | None = None
    parent: str | None = None
    saying: str | None = None
    events: tuple[str, ...] = ()
    basis: Basis = "Explicit"
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class Relation:
    """A standing tie between two entities (holdsPost, partOf, locatedIn, capitalOf, ledBy, contributorTo …)."""

    subject: str
    predicate: str
    object: str
    evidence: Span
    claim: str | None = None
    basis: Basis = "Explicit"
    polarity: Polarity = "Positive"
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read out of one document, layer by layer."""

    document: Document
    sentences: tuple[Sentence, ...] = ()
    tokens: tuple[Token, ...] = ()
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    times: tuple[Time, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    relations: tuple[Relation, ...] = ()


Step = Callable[[Reading], Reading]
