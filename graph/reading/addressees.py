"""Whom an act is aimed at, where only its content says so: who is threatened, asked, refused or spared.

In "threatened to shell the port city" the threat is aimed at whom the shelling is; in "demanded that Treva pay" the
demand is made of Treva; in "rejected the union's offer" it is the union that is rejected. PLOVER codes such targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from graph.model import Event, Role
from graph.reading.roles import ACTORS, PLACES

_ASKING = frozenset({"Appeal", "Demand"})
_AIMED = frozenset(
    {"Pledge", "Threat", "Agreement", "Rejection", "Endorsement", "Release", "Measure", "Authorisation"}
) | {
    "Protest",
    "Strike",
}
_AGAINST = frozenset({"Rejection", "Protest", "Strike"})
_WHERE = frozenset({"Threat", "Concession", "Restriction", "Sanction", "Withdrawal", "Provision", "Rescue"})
# PLOVER types that mean nothing without somebody whom they are done to or for.
NEEDY = frozenset({"AID", "COOPERATE", "SANCTION"})


def addressed(events: Sequence[Event], types: Mapping[str, str]) -> list[Event]:
    """The events, with a recipient where the text gives one only by way of the content; ``types`` by entity id."""
    known = {event.id: event for event in events}
    for event in reversed(events):
        aimed = event.type in _ASKING | _AIMED | _WHERE or event.plover in NEEDY
        if aimed and not _has_recipient(event):
            found = next((roles for roles in _candidates(event, known, types) if roles), [])
            recipients = tuple(replace(role, role="recipient") for role in found)
            known[event.id] = replace(event, roles=_in_order([*event.roles, *recipients]))
    return [known[event.id] for event in events]


def _has_recipient(event: Event) -> bool:
    enough = {"recipient"} if event.plover in NEEDY else {"recipient", "coAgent"}
    return any(role.role in enough and role.entity for role in event.roles)


def _in_order(roles: list[Role]) -> tuple[Role, ...]:
    return tuple(sorted(roles, key=lambda r: (r.span.start, r.span.end, r.role)))


def _candidates(event: Event, known: Mapping[str, Event], types: Mapping[str, str]) -> Iterator[list[Role]]:
    """Ways to find the recipient, the surest first."""
    doers = {role.entity for role in event.roles if role.role == "agent"}
    within = {"content", "theme", "recipient", "purpose"} if event.type in _AGAINST else {"content", "theme"}
    inner = [known[r.event] for r in event.roles if r.event and r.role in within]
    if event.plover in NEEDY:
        own = [r for r in event.roles if r.role in {"coAgent", "theme"}]
        yield [r for r in own if _is_other_actor(r, doers, types)]
    names = (
        ("agent",) if event.type in _ASKING else ("agent", "recipient") if event.type in _AGAINST else ("recipient",)
    )
    for name in (*names, "coAgent", "theme", *(() if event.type in _ASKING else ("agent",))):
        yield [r for e in inner for r in e.roles if r.role == name and _is_other_actor(r, doers, types)]
    if event.type in _WHERE or event.plover in NEEDY:
        for source in ([event], inner):
            yield [r for e in source for r in e.roles if r.role == "place" and types.get(r.entity or "") in PLACES][:1]


def _is_other_actor(role: Role, doers: set[str | None], types: Mapping[str, str]) -> bool:
    return role.entity is not None and role.entity not in doers and types.get(role.entity) in ACTORS
