"""A Reading as JSON and back: the public interchange format of the reading half.

Offsets are half-open and in code points of ``document.text``. Keys may be added in later versions, none is dropped.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields
from typing import Any

from graph.documents import Boilerplate, Document, Span
from graph.model import (
    Claim,
    Entity,
    Event,
    Mention,
    Quantity,
    Reading,
    Relation,
    Role,
    Sentence,
    Time,
)

JSON = dict[str, Any]


def to_json(reading: Reading) -> JSON:
    """The reading as plain JSON values; tokens and their parse are left out."""
    return {
        "document": _document(reading.document),
        "sentences": [_place(s.span) for s in reading.sentences],
        "entities": [_entity(e) for e in reading.entities],
        "times": [_time(t) for t in reading.times],
        "quantities": [_quantity(q) for q in reading.quantities],
        "events": [_event(e) for e in reading.events],
        "claims": [_claim(c) for c in reading.claims],
        "relations": [_relation(r) for r in reading.relations],
    }


def dumps(reading: Reading) -> str:
    """The reading as one line of JSON."""
    return json.dumps(to_json(reading), ensure_ascii=False)


def _place(span: Span) -> JSON:
    return {"start": span.start, "end": span.end}


def _pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _document(document: Document) -> JSON:
    plain = {f.name: getattr(document, f.name) for f in fields(document)}
    cuts = [{**_place(b.span), "why": b.why} for b in document.boilerplate]
    return {**plain, "published": _day(document.published), "boilerplate": cuts}


def _entity(entity: Entity) -> JSON:
    return {
        "id": entity.id,
        "name": entity.name,
        "type": entity.type,
        "named": entity.named,
        "aliases": list(entity.aliases),
        "existence": entity.existence,
        "cluster": entity.cluster or entity.id,
        "kb": entity.kb,
        "confidence": entity.confidence,
        "mentions": [{**_place(m.span), "kind": m.kind} for m in entity.mentions],
    }


def _time(time: Time) -> JSON:
    return {
        "id": time.id,
        **_place(time.span),
        "type": time.type,
        "timex": time.timex,
        "earliest": _day(time.earliest_begin),
        "latest": _day(time.latest_end),
        "earliest_begin": _day(time.earliest_begin),
        "latest_begin": _day(time.latest_begin),
        "earliest_end": _day(time.earliest_end),
        "latest_end": _day(time.latest_end),
        "precision": time.precision,
        "basis": time.basis,
        "anchor": time.anchor,
    }


def _quantity(quantity: Quantity) -> JSON:
    value = int(quantity.value) if quantity.value == int(quantity.value) else quantity.value
    return {
        "id": quantity.id,
        **_place(quantity.span),
        "value": value,
        "unit": quantity.unit,
        "comparator": quantity.comparator,
        "increment": quantity.increment,
        "whole": quantity.whole,
        "restates": quantity.restates,
    }


def _role(role: Role) -> JSON:
    fillers = {"entity": role.entity, "event": role.event, "time": role.time, "quantity": role.quantity}
    return {"role": role.role, **_place(role.span), **{k: v for k, v in fillers.items() if v is not None}}


def _event(event: Event) -> JSON:
    return {
        "id": event.id,
        "trigger": _place(event.trigger),
        "type": event.type,
        "plover": event.plover,
        "modality": event.modality,
        "polarity": event.polarity,
        "roles": [_role(r) for r in event.roles],
        "claim": event.claim,
        "basis": event.basis,
        "evidence": _pair(event.evidence),
        "cluster": event.cluster or event.id,
        "confidence": event.confidence,
    }


def _claim(claim: Claim) -> JSON:
    return {
        "id": claim.id,
        "speaker": claim.speaker,
        "speaker_span": _pair(claim.speaker_span),
        "cue": _pair(claim.cue),
        "content": [_pair(s) for s in claim.content],
        "form": claim.form,
        "relayed_by": claim.relayed_by,
        "parent": claim.parent,
        "saying": claim.saying,
        "events": list(claim.events),
        "basis": claim.basis,
        "evidence": _pair(claim.evidence),
        "confidence": claim.confidence,
    }


def _relation(relation: Relation) -> JSON:
    return {
        "subject": relation.subject,
        "predicate": relation.predicate,
        "object": relation.object,
        "evidence": _pair(relation.evidence),
        "claim": relation.claim,
        "basis": relation.basis,
        "polarity": relation.polarity,
        "confidence": relation.confidence,
    }


def from_json(value: JSON) -> Reading:
    """The reading that such JSON describes; keys that only later versions write may be missing.

    Raises KeyError or ValueError where a required key is missing or a span is none.
    """
    sentences = tuple(Sentence(_span(s), 0, 0) for s in value.get("sentences", ()))
    return Reading(
        document=_read_document(value["document"]),
        sentences=sentences,
        entities=tuple(_read_entity(e) for e in value.get("entities", ())),
        times=tuple(_read_time(t) for t in value.get("times", ())),
        quantities=tuple(_read_quantity(q) for q in value.get("quantities", ())),
        events=tuple(_read_event(e) for e in value.get("events", ())),
        claims=tuple(_read_claim(c) for c in value.get("claims", ())),
        relations=tuple(_read_relation(r) for r in value.get("relations", ())),
    )


def loads(line: str) -> Reading:
    """The reading in one line of JSON."""
    return from_json(json.loads(line))


def _span(value: JSON) -> Span:
    return Span(value["start"], value["end"])


def _unpair(value: list[int] | None) -> Span | None:
    return None if value is None else Span(*value)


def _undated(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)


def _shared(value: JSON) -> str | None:
    """The cluster, unless it is just the thing's own id, which says that documents have not been put together."""
    cluster = value.get("cluster")
    return None if cluster == value["id"] else cluster


def _known(cls: type, value: JSON, *leave: str) -> JSON:
    names = {f.name for f in fields(cls)} - set(leave)
    return {k: v for k, v in value.items() if k in names}


def _read_document(value: JSON) -> Document:
    cuts = tuple(Boilerplate(_span(b), b["why"]) for b in value.get("boilerplate", ()))
    plain = _known(Document, value, "published", "boilerplate", "beside")
    beside = tuple(value.get("beside", ()))
    return Document(**plain, published=_undated(value.get("published")), boilerplate=cuts, beside=beside)


def _read_entity(value: JSON) -> Entity:
    mentions = tuple(Mention(_span(m), m.get("kind", "name"), -1, value["type"]) for m in value["mentions"])
    plain = _known(Entity, value, "mentions", "aliases", "cluster")
    return Entity(**plain, mentions=mentions, aliases=tuple(value.get("aliases", ())), cluster=_shared(value))


def _read_time(value: JSON) -> Time:
    bounds: dict[str, Any] = {
        k: _undated(value.get(k)) for k in ("earliest_begin", "latest_begin", "earliest_end", "latest_end")
    }
    bounds["earliest_begin"] = bounds["earliest_begin"] or _undated(value.get("earliest"))
    bounds["latest_end"] = bounds["latest_end"] or _undated(value.get("latest"))
    return Time(**_known(Time, value, "span", *bounds), span=_span(value), **bounds)


def _read_quantity(value: JSON) -> Quantity:
    return Quantity(**_known(Quantity, value, "span"), span=_span(value))


def _read_event(value: JSON) -> Event:
    trigger = _span(value["trigger"])
    roles = tuple(Role(**_known(Role, r, "span"), span=_span(r)) for r in value.get("roles", ()))
    plain = _known(Event, value, "trigger", "roles", "evidence", "head", "cluster")
    evidence = _unpair(value.get("evidence")) or trigger
    return Event(**plain, trigger=trigger, head=-1, evidence=evidence, roles=roles, cluster=_shared(value))


def _read_claim(value: JSON) -> Claim:
    content = tuple(Span(*pair) for pair in value["content"])
    spans: dict[str, Any] = {k: _unpair(value.get(k)) for k in ("speaker_span", "cue")}
    evidence = _unpair(value.get("evidence")) or content[0].hull(content[-1])
    plain = _known(Claim, value, "content", "evidence", "events", *spans)
    return Claim(**plain, **spans, content=content, evidence=evidence, events=tuple(value.get("events", ())))


def _read_relation(value: JSON) -> Relation:
    return Relation(**_known(Relation, value, "evidence"), evidence=Span(*value["evidence"]))
