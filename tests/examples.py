"""Two invented articles, of two papers, about one invented quarrel, and what a careful reader finds in them.

``harbour()`` and ``gazette()`` give the readings; they share actors, and disagree on a withdrawal and on a figure.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import replace

from graph.documents import Boilerplate, Document, Span
from graph.model import Claim, Entity, Event, Mention, Quantity, Reading, Relation, Role, Sentence, Time

HARBOUR = """Listen to this story in five minutes
Norvania pledged on Tuesday to send 40 more engineers to Belmora, President Ilse Ravn said.
The Straits Council authorised the Bridge Mission in January 2031, envoy Tomás Quill said.
"The mission has not received the pumps," Quill told reporters.
"They burned the depot in Port Ester," a guard told Quill, the envoy said.
More than 9,000 people fled Port Ester, Quill said.
Belmora asked for a full rescue force.
Ravn denied that Norvania withdrew from the Bridge Mission.
The 40 engineers will leave in April, she said.
Fog covered the strait.
"""
GAZETTE = """Norvania withdrew from the Bridge Mission on Friday.
About 7,000 people fled Port Ester, the town's mayor said.
The Straits Council will meet in Belmora in May.
"""


class Words:
    """Places in a text by their words."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, words: str, within: str | None = None) -> Span:
        """Where ``words`` stand, in the line that ``within`` stands in or from the start."""
        line = self.text.index(within) if within else 0
        start = self.text.index(words, self.text.rfind("\n", 0, line) + 1 if within else 0)
        return Span(start, start + len(words))

    def line(self, words: str) -> Span:
        at = self.text.index(words)
        return Span(self.text.rfind("\n", 0, at) + 1, self.text.index("\n", at))

    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(Sentence(Span(m.start(), m.end()), 0, 0) for m in re.finditer(r"[^\n]+", self.text))

    def entity(self, id: str, name: str, type: str, *mentions: tuple[str, str] | str, **more: object) -> Entity:
        """An entity with its mentions: regular expressions of names, or pairs of one and another kind of mention."""
        found = []
        for words in mentions or (name,):
            text, kind = (words, "name") if isinstance(words, str) else words
            for match in re.finditer(rf"\b{text}\b", self.text):
                found.append(Mention(Span(match.start(), match.end()), kind, -1, type))  # type: ignore[arg-type]
        found.sort(key=lambda m: m.span)
        return Entity(id, name, type, tuple(found), **more)  # type: ignore[arg-type]


def document(text: str, name: str, **more: object) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(name, text, digest, **more)  # type: ignore[arg-type]


def month(id: str, span: Span, timex: str, first: dt.date, last: dt.date) -> Time:
    return Time(id, span, "DATE", timex, first, last, first, last, "Month", "absolute")


def day(id: str, span: Span, on: dt.date) -> Time:
    return Time(id, span, "DATE", on.isoformat(), on, on, on, on, "Day", "relative", "document")


def harbour() -> Reading:
    """The Harbour Courier's article: ten lines, the first of them a player's notice."""
    at = Words(HARBOUR)
    notice = Boilerplate(at("Listen to this story in five minutes"), "player notice")
    page = document(
        HARBOUR,
        "harbour.txt",
        title="Norvania promises engineers",
        publisher="Harbour Courier",
        published=dt.date(2031, 3, 13),
        published_basis="front matter",
        boilerplate=(notice,),
    )
    entities = (
        at.entity("e1", "Norvania", "GeopoliticalEntity"),
        at.entity("e2", "Belmora", "GeopoliticalEntity"),
        at.entity("e3", "Ilse Ravn", "Person", "Ilse Ravn", "Ravn(?= denied)", ("she", "pronoun"), aliases=("Ravn",)),
        at.entity("e4", "Straits Council", "IntergovernmentalOrganisation", "Straits Council"),
        at.entity("e5", "Bridge Mission", "Mission", "Bridge Mission", ("The mission", "nominal")),
        at.entity("e6", "Tomás Quill", "Person", "Tomás Quill", "(?<!Tomás )Quill", aliases=("Quill",)),
        at.entity("e7", "a guard", "Person", ("a guard", "nominal"), named=False),
        at.entity("e8", "Port Ester", "Place"),
        at.entity("e9", "people", "Group", ("people", "nominal"), named=False),
        at.entity(
            "e10",
            "a full rescue force",
            "Mission",
            ("a full rescue force", "nominal"),
            named=False,
            existence="Hypothetical",
        ),
        at.entity("e11", "President", "Post", ("President", "nominal"), named=False),
        at.entity("e12", "pumps", "ItemType", ("the pumps", "nominal"), named=False),
        at.entity("e13", "gangs", "ArmedGroup", ("They", "pronoun"), named=False),
        at.entity("e14", "engineers", "Group", ("engineers", "nominal"), named=False),
    )
    return Reading(
        document=page,
        sentences=at.sentences()[1:],
        entities=entities,
        times=(
            day("t1", at("Tuesday"), dt.date(2031, 3, 11)),
            month("t2", at("January 2031"), "2031-01", dt.date(2031, 1, 1), dt.date(2031, 1, 31)),
            month("t3", at("April"), "2031-04", dt.date(2031, 4, 1), dt.date(2031, 4, 30)),
        ),
        quantities=(
            Quantity("q1", at("40 more engineers"), 40, "engineers", increment=True),
            Quantity("q2", at("More than 9,000 people"), 9000, "people", ">"),
            Quantity("q3", at("40 engineers", "The 40"), 40, "engineers", restates="q1"),
        ),
        events=_harbour_events(at),
        claims=_harbour_claims(at),
        relations=(
            Relation("e3", "holdsPost", "e11", at("President Ilse Ravn"), confidence=0.9),
            Relation("e11", "postIn", "e1", at.line("President Ilse Ravn"), basis="Inferred", confidence=0.6),
            Relation("e1", "contributorTo", "e5", at.line("denied"), confidence=0.5),
        ),
    )


def _harbour_events(at: Words) -> tuple[Event, ...]:
    depot = "burned the depot"
    return (
        _event(at, "v1", "pledged", "Pledge", "AGREE", claim="c1", roles=(
            Role("agent", at("Norvania"), entity="e1"), Role("content", at("send"), event="v2"),
            Role("time", at("Tuesday"), time="t1"), Role("recipient", at("Belmora"), entity="e2"),
            Role("quantity", at("40 more engineers"), quantity="q1"))),
        _event(at, "v2", "send", "Deployment", "AID", claim="c1", modality="Pledged", roles=(
            Role("agent", at("Norvania"), entity="e1"), Role("theme", at("40 more engineers"), entity="e14"),
            Role("recipient", at("Belmora"), entity="e2"), Role("quantity", at("40 more engineers"), quantity="q1"))),
        _event(at, "v3", "said", "Statement", None, line="Ilse Ravn said", roles=(
            Role("agent", at("Ilse Ravn"), entity="e3"),)),
        _event(at, "v4", "authorised", "Authorisation", "SUPPORT", claim="c2", roles=(
            Role("agent", at("Straits Council"), entity="e4"), Role("theme", at("Bridge Mission"), entity="e5"),
            Role("time", at("January 2031"), time="t2"))),
        _event(at, "v5", "received", "Provision", "AID", claim="c3", polarity="Negative", roles=(
            Role("recipient", at("The mission"), entity="e5"), Role("theme", at("the pumps"), entity="e12"))),
        _event(at, "v6", "burned", "Destruction", "COERCE", claim="c4", roles=(
            Role("agent", at("They"), entity="e13"), Role("theme", at("the depot")),
            Role("place", at("Port Ester"), entity="e8")), line=depot),
        _event(at, "v7", "fled", "Displacement", None, claim="c6", roles=(
            Role("agent", at("people"), entity="e9"), Role("place", at("Port Ester", "fled"), entity="e8"),
            Role("quantity", at("More than 9,000 people"), quantity="q2"))),
        _event(at, "v8", "asked", "Appeal", "REQUEST", roles=(
            Role("agent", at("Belmora", "asked"), entity="e2"),
            Role("theme", at("a full rescue force"), entity="e10"))),
        _event(at, "v9", "withdrew", "Withdrawal", "RETREAT", claim="c7", polarity="Negative", roles=(
            Role("agent", at("Norvania", "denied"), entity="e1"),
            Role("theme", at("Bridge Mission", "denied"), entity="e5"))),
        _event(at, "v10", "leave", "Deployment", "AID", claim="c8", modality="Planned", roles=(
            Role("agent", at("engineers", "The 40"), entity="e14"), Role("time", at("April"), time="t3"),
            Role("quantity", at("40 engineers", "The 40"), quantity="q3"))),
        _event(at, "v11", "covered", "State", None, roles=(
            Role("agent", at("Fog")), Role("theme", at("the strait")))),
    )  # fmt: skip


def _event(
    at: Words, id: str, trigger: str, type: str, plover: str | None, line: str | None = None, **more: object
) -> Event:
    where = at.line(line or trigger)
    span = at(trigger, line or trigger)
    return Event(id, span, -1, type, where, plover, confidence=0.8, **more)  # type: ignore[arg-type]


def _harbour_claims(at: Words) -> tuple[Claim, ...]:
    return (
        _claim(at, "c1", "Norvania pledged on Tuesday to send 40 more engineers to Belmora", "Indirect", "e3", events=("v1", "v2"), saying="v3"),
        _claim(at, "c2", "The Straits Council authorised the Bridge Mission in January 2031", "Indirect", "e6", events=("v4",)),
        _claim(at, "c3", "The mission has not received the pumps", "Direct", "e6", events=("v5",)),
        _claim(at, "c4", "They burned the depot in Port Ester", "Direct", "e7", events=("v6",), relayed_by="e6", parent="c5"),
        _claim(at, "c5", '"They burned the depot in Port Ester," a guard told Quill', "Indirect", "e6"),
        _claim(at, "c6", "More than 9,000 people fled Port Ester", "Indirect", "e6", events=("v7",)),
        _claim(at, "c7", "that Norvania withdrew from the Bridge Mission", "Indirect", "e3", events=("v9",)),
        _claim(at, "c8", "The 40 engineers will leave in April", "Indirect", "e3", events=("v10",), basis="Inferred"),
    )  # fmt: skip


def _claim(at: Words, id: str, words: str, form: str, speaker: str, **more: object) -> Claim:
    return Claim(id, (at(words),), at.line(words), form, speaker, confidence=0.7, **more)  # type: ignore[arg-type]


def gazette() -> Reading:
    """The Ester Gazette's article: three lines, undated."""
    at = Words(GAZETTE)
    page = document(GAZETTE, "gazette.txt", title="Norvania leaves the mission", publisher="Ester Gazette")
    return Reading(
        document=page,
        sentences=at.sentences(),
        entities=(
            at.entity("e1", "Norvania", "GeopoliticalEntity"),
            at.entity("e2", "Bridge Mission", "Mission"),
            at.entity("e3", "people", "Group", ("people", "nominal"), named=False),
            at.entity("e4", "Port Ester", "Place"),
            at.entity("e5", "the town's mayor", "Person", ("the town's mayor", "nominal"), named=False),
            at.entity("e6", "Straits Council", "IntergovernmentalOrganisation"),
            at.entity("e7", "Belmora", "GeopoliticalEntity"),
        ),
        times=(
            Time("t1", at("Friday"), "DATE", "XXXX-WXX-5"),
            Time("t2", at("May"), "DATE", "XXXX-05"),
        ),
        quantities=(Quantity("q1", at("About 7,000 people"), 7000, "people", "~"),),
        events=(
            _event(at, "v1", "withdrew", "Withdrawal", "RETREAT", roles=(
                Role("agent", at("Norvania"), entity="e1"), Role("theme", at("Bridge Mission"), entity="e2"),
                Role("time", at("Friday"), time="t1"))),
            _event(at, "v2", "fled", "Displacement", None, claim="c1", roles=(
                Role("agent", at("people"), entity="e3"), Role("place", at("Port Ester"), entity="e4"),
                Role("quantity", at("About 7,000 people"), quantity="q1"))),
            _event(at, "v3", "meet", "Meeting", "CONSULT", modality="Planned", roles=(
                Role("agent", at("Straits Council"), entity="e6"), Role("place", at("Belmora"), entity="e7"),
                Role("time", at("May"), time="t2"))),
        ),
        claims=(_claim(at, "c1", "About 7,000 people fled Port Ester", "Indirect", "e5", events=("v2",)),),
    )  # fmt: skip


def skim(document: Document, **_: object) -> Reading:
    """A reading that needs no language model: in each line its first word does the second to the rest."""
    at = Words(document.text if document.text.endswith("\n") else document.text + "\n")
    entities: dict[str, Entity] = {}
    events = []
    for number, sentence in enumerate(at.sentences(), 1):
        agent, verb, rest = sentence.span.of(at.text).split(" ", 2)
        start = sentence.span.start
        span = Span(start, start + len(agent))
        found = entities.get(agent) or Entity(f"e{len(entities) + 1}", agent, "GeopoliticalEntity", ())
        entities[agent] = replace(found, mentions=(*found.mentions, Mention(span, "name", -1, found.type)))
        trigger = Span(span.end + 1, span.end + 1 + len(verb))
        theme = Span(trigger.end + 1, trigger.end + 1 + len(rest.rstrip(".")))
        roles = (Role("agent", span, entity=found.id), Role("theme", theme))
        events.append(Event(f"v{number}", trigger, -1, "Visit", sentence.span, roles=roles))
    return Reading(document, at.sentences(), entities=tuple(entities.values()), events=tuple(events))
