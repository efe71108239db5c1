"""Whether each event happened, was pledged, planned, asked for, predicted or only thought of, and whether it is denied.

Modality and polarity are relative to the event's holder: the claim it rests on, or the article.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graph.model import Event, Reading, Token
from graph.reading.addressees import NEEDY
from graph.reading.arguments import Arguments
from graph.reading.grammar import Tree
from graph.reading.scope import Scopes, Status

# The pipeline's rating, from -3 to +3, below which an event that nothing marks is taken for one only thought of.
DOUBT = -0.25
_COOPERATIVE = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID", "RETREAT", "CONCEDE"})
_SPEECH = frozenset({"Statement", "Announcement", "Confirmation"})
_COMMITTING = frozenset({"AGREE", "THREATEN", "REJECT"})
_AHEAD = frozenset({"Planned", "Predicted", "Pledged"})
_HOSTILE = frozenset({"SANCTION", "COERCE", "ASSAULT", "PROTEST", "MOBILIZE"})


def factuality(reading: Reading) -> Reading:
    """Give every event its modality and polarity, and the PLOVER type that follows from them."""
    tree = Tree(reading.tokens)
    scopes = Scopes(tree, Arguments(tree))
    rated = [_rated(event, scopes.status(t), t.factuality) for event, t in _with_heads(reading)]
    pledged = {role.event for e in rated if e.type == "Pledge" for role in e.roles if role.role == "content"}
    coded = [_coded(_pledged(event, event.id in pledged)) for event in rated]
    by_id = {event.id: event for event in coded}
    return replace(reading, events=tuple(_committed(event, by_id) for event in coded))


def _with_heads(reading: Reading) -> Iterator[tuple[Event, Token]]:
    return ((event, reading.tokens[event.head]) for event in reading.events)


def _rated(event: Event, status: Status, estimate: float | None) -> Event:
    """The status that the words give; where no word speaks against it, the pipeline's doubt may."""
    if status.happened and estimate is not None and estimate < DOUBT:
        return replace(event, modality="Hypothetical")
    return replace(event, modality=status.modality, polarity=status.polarity)


def _pledged(event: Event, is_content: bool) -> Event:
    """Pledged is what a pledge in the text has as its content, and nothing else."""
    if is_content:
        return replace(event, modality="Pledged")
    return replace(event, modality="Planned") if event.modality == "Pledged" else event


def _coded(event: Event) -> Event:
    """PLOVER's rule: what is only to come is an agreement if friendly, a threat if hostile, a refusal if negated."""
    if event.plover is None:
        return event
    if event.modality not in _AHEAD:
        return event if event.plover not in NEEDY or _is_aimed(event) else replace(event, plover=None)
    if event.plover in _COOPERATIVE and event.type != "Resignation":
        return replace(event, plover="AGREE" if event.polarity == "Positive" else "REJECT")
    if event.plover in _HOSTILE and event.polarity == "Positive" and event.modality != "Pledged":
        return replace(event, plover="THREATEN")
    return event if event.plover not in NEEDY or _is_aimed(event) else replace(event, plover=None)


def _is_aimed(event: Event) -> bool:
    return any(role.role == "recipient" and role.entity for role in event.roles)


def _committed(event: Event, by_id: Mapping[str, Event]) -> Event:
    """Who says what they will do commits themselves: PLOVER codes the saying by the act that is announced."""
    if event.plover is not None or event.type not in _SPEECH:
        return event
    said = [by_id[role.event] for role in event.roles if role.role == "content" and role.event]
    own = [e for e in said if e.plover in _COMMITTING and e.modality in _AHEAD and _agents(e) & _agents(event)]
    if not own:
        return event
    speakers = _agents(event)
    aimed = [r for r in own[0].roles if r.role in {"recipient", "theme"} and r.entity and r.entity not in speakers]
    roles = [*event.roles, *(replace(r, role="recipient") for r in aimed if r.role == "recipient")]
    return replace(event, plover=own[0].plover, roles=tuple(sorted(roles, key=lambda r: (r.span.start, r.span.end))))


def _agents(event: Event) -> set[str]:
    return {role.entity for role in event.roles if role.role == "agent" and role.entity}
