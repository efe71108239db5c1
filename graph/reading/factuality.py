"""Whether each event happened, was pledged, planned, asked for, predicted or only thought of, and whether it is denied.

Modality and polarity are relative to the event's holder: the claim it rests on, or the article.
"""

from __future__ import annotations

from dataclasses import replace

from graph.model import Event, Reading
from graph.reading.arguments import Arguments
from graph.reading.grammar import Tree
from graph.reading.scope import Scopes, Status

_COOPERATIVE = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID", "RETREAT", "CONCEDE"})
_HOSTILE = frozenset({"SANCTION", "COERCE", "ASSAULT", "PROTEST", "MOBILIZE"})


def factuality(reading: Reading) -> Reading:
    """Give every event its modality and polarity, and the PLOVER type that follows from them."""
    tree = Tree(reading.tokens)
    scopes = Scopes(tree, Arguments(tree))
    rated = [_rated(event, scopes.status(reading.tokens[event.head])) for event in reading.events]
    pledged = {role.event for e in rated if e.type == "Pledge" for role in e.roles if role.role == "content"}
    return replace(reading, events=tuple(_coded(_pledged(event, event.id in pledged)) for event in rated))


def _rated(event: Event, status: Status) -> Event:
    return replace(event, modality=status.modality, polarity=status.polarity)


def _pledged(event: Event, is_content: bool) -> Event:
    """Pledged is what a pledge in the text has as its content, and nothing else."""
    if is_content:
        return replace(event, modality="Pledged")
    return replace(event, modality="Planned") if event.modality == "Pledged" else event


def _coded(event: Event) -> Event:
    """PLOVER's rule: what is only to come is an agreement if friendly, a threat if hostile, and a refusal if negated."""
    if event.plover is None or event.modality not in {"Planned", "Predicted", "Pledged"}:
        return event
    if event.plover in _COOPERATIVE:
        return replace(event, plover="AGREE" if event.polarity == "Positive" else "REJECT")
    if event.plover in _HOSTILE and event.polarity == "Positive" and event.modality != "Pledged":
        return replace(event, plover="THREATEN")
    return event


