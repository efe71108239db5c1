"""A reading made by hand, of an invented article: what a careful annotator would write down. It breaks no rule."""

from __future__ import annotations

import datetime as dt
import hashlib

from graph.documents import Boilerplate, Document, Span
from graph.model import (
    Claim,
    Entity,
    Event,
    Mention,
    MentionKind,
    Quantity,
    Reading,
    Relation,
    Role,
    RoleName,
    Sentence,
    Time,
)

SENTENCES = (
    "Norvik pledges 600 more police officers for the Tarsis mission.",
    "President Ada Lindqvist said on Monday that Norvik would send 600 more officers to Port Ellen.",
    "“We will not wait,” she told reporters.",
    "The Council of Nine authorised the mission in October 2023, according to Tomas Okeke.",
    "He quoted a policeman as saying that gangs control the harbour.",
    "About 300 officers have not arrived to keep order.",
)
NOTICE = "Click to hear this story\n"
TEXT = NOTICE + " ".join(SENTENCES)


def at(words: str, nth: int = 1) -> Span:
    """The ``nth`` place where these words stand."""
    start = -1
    for _ in range(nth):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words))


def sentence(number: int) -> Span:
    return at(SENTENCES[number - 1])


def mention(words: str, nth: int = 1, kind: MentionKind = "name") -> Mention:
    return Mention(at(words, nth), kind, -1, "Entity")


def entity(id: str, name: str, type: str, *mentions: Mention, named: bool = True) -> Entity:
    return Entity(id, name, type, mentions, named=named, confidence=0.9)


def role(name: RoleName, words: str, nth: int = 1, **filler: str) -> Role:
    return Role(name, at(words, nth), **filler)


ENTITIES = (
    entity("e1", "Norvik", "GeopoliticalEntity", mention("Norvik"), mention("Norvik", 2)),
    entity("e2", "Tarsis mission", "Mission", mention("the Tarsis mission"), mention("the mission", 1, "nominal")),
    entity("e3", "Ada Lindqvist", "Person", mention("Ada Lindqvist"), mention("she", 1, "pronoun")),
    entity("e4", "Port Ellen", "GeopoliticalEntity", mention("Port Ellen")),
    entity("e5", "Council of Nine", "IntergovernmentalOrganisation", mention("The Council of Nine")),
    entity("e6", "Tomas Okeke", "Person", mention("Tomas Okeke"), mention("He", 1, "pronoun")),
    entity("e7", "a policeman", "Person", mention("a policeman", 1, "nominal"), named=False),
    entity("e8", "gangs", "ArmedGroup", mention("gangs", 1, "nominal"), named=False),
    entity("e9", "President of Norvik", "Post", mention("President", 1, "nominal"), named=False),
)
TIMES = (
    Time("t1", at("Monday"), "DATE", "2024-03-04", *[dt.date(2024, 3, 4)] * 4, "Day", "relative", "document"),
    Time(
        "t2",
        at("October 2023"),
        "DATE",
        "2023-10",
        dt.date(2023, 10, 1),
        dt.date(2023, 10, 31),
        dt.date(2023, 10, 1),
        dt.date(2023, 10, 31),
        "Month",
        "absolute",
    ),
)
QUANTITIES = (
    Quantity("q1", at("600 more police officers"), 600, "police officers", "=", True),
    Quantity("q2", at("600 more officers"), 600, "officers", "=", True, restates="q1"),
    Quantity("q3", at("About 300 officers"), 300, "officers", "~"),
)
EVENTS = (
    Event(
        "v1",
        at("pledges"),
        -1,
        "Pledge",
        sentence(1),
        "AGREE",
        roles=(
            role("agent", "Norvik", entity="e1"),
            role("quantity", "600 more police officers", quantity="q1"),
            role("recipient", "the Tarsis mission", entity="e2"),
            role("content", "send", event="v3"),
        ),
    ),
    Event(
        "v2",
        at("said"),
        -1,
        "Statement",
        sentence(2),
        roles=(role("agent", "Ada Lindqvist", entity="e3"), role("time", "Monday", time="t1")),
    ),
    Event(
        "v3",
        at("send"),
        -1,
        "Deployment",
        sentence(2),
        "MOBILIZE",
        "Pledged",
        roles=(
            role("agent", "Norvik", 2, entity="e1"),
            role("quantity", "600 more officers", quantity="q2"),
            role("theme", "600 more officers"),
            role("place", "Port Ellen", entity="e4"),
        ),
        claim="c1",
    ),
    Event(
        "v4",
        at("authorised"),
        -1,
        "Authorisation",
        sentence(4),
        "SUPPORT",
        roles=(
            role("agent", "The Council of Nine", entity="e5"),
            role("theme", "the mission", entity="e2"),
            role("time", "October 2023", time="t2"),
        ),
        claim="c3",
    ),
    Event("v5", at("quoted"), -1, "Statement", sentence(5), roles=(role("agent", "He", entity="e6"),)),
    Event(
        "v6",
        at("control"),
        -1,
        "TerritorialControl",
        sentence(5),
        roles=(role("agent", "gangs", entity="e8"), role("place", "the harbour")),
        claim="c4",
    ),
    Event(
        "v7",
        at("arrived"),
        -1,
        "Deployment",
        at("About 300 officers have not arrived"),
        "MOBILIZE",
        polarity="Negative",
        roles=(role("agent", "About 300 officers", quantity="q3"), role("purpose", "to keep order")),
    ),
)
CLAIMS = (
    Claim(
        "c1",
        (at("Norvik would send 600 more officers to Port Ellen"),),
        sentence(2),
        "Indirect",
        "e3",
        at("President Ada Lindqvist"),
        at("said"),
        saying="v2",
        events=("v3",),
    ),
    Claim("c2", (at("We will not wait,"),), sentence(3), "Direct", "e3", at("she"), at("told")),
    Claim(
        "c3",
        (at("The Council of Nine authorised the mission in October 2023"),),
        sentence(4),
        "Indirect",
        "e6",
        at("Tomas Okeke"),
        at("according to"),
        events=("v4",),
    ),
    Claim(
        "c4",
        (at("gangs control the harbour"),),
        sentence(5),
        "Indirect",
        "e7",
        at("a policeman"),
        at("saying"),
        relayed_by="e6",
        saying="v5",
        events=("v6",),
    ),
)
RELATIONS = (
    Relation("e3", "holdsPost", "e9", at("President Ada Lindqvist")),
    Relation("e9", "postIn", "e1", at("President Ada Lindqvist"), basis="Inferred"),
)


def reading() -> Reading:
    """The whole reading; change parts of it with ``dataclasses.replace``."""
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    document = Document(
        "norvik-pledge",
        TEXT,
        sha256,
        title="Norvik pledges police",
        url="https://news.example/norvik",
        publisher="The Example",
        published=dt.date(2024, 3, 5),
        published_basis="front matter",
        boilerplate=(Boilerplate(Span(0, len(NOTICE)), "player notice"),),
    )
    sentences = tuple(Sentence(sentence(n), 0, 0) for n in range(1, len(SENTENCES) + 1))
    return Reading(document, sentences, (), (), ENTITIES, TIMES, QUANTITIES, EVENTS, CLAIMS, RELATIONS)
