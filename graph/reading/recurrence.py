"""Which events of a document are the same event told again.

Careful before greedy: the words must be of one family and one type, and no part, place or time may contradict. Each
event is held against a few of the latest ones of its type, so that cost is linear.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph.model import Event, Reading, Token
from graph.reading.grammar import Tree

LATEST = 12
_NEVER = frozenset({"Statement", "State", "Possession"})
_CORE = ("agent", "theme", "recipient")
_OTHERS = frozenset({"another", "other", "second", "third", "new", "further", "additional", "separate", "more"})
_PREFIX = 4


@dataclass(slots=True)
class Account:
    """All that has been told so far of one event."""

    id: str
    lemmas: set[str]
    parts: dict[str, set[str]] = field(default_factory=dict)


def merged(events: Sequence[Event], reading: Reading, tree: Tree) -> tuple[Event, ...]:
    """The events with ``cluster`` set to the id of the first telling, where there is more than one."""
    latest: dict[str, deque[Account]] = defaultdict(lambda: deque(maxlen=LATEST))
    clusters: dict[str, str] = {}
    values = {time.id: time.timex for time in reading.times}
    for event in events:
        head = reading.tokens[event.head]
        account = Account(event.id, {head.lemma.lower()}, _parts(event, values))
        before = next((a for a in reversed(latest[event.type]) if _same(event, head, account, a, tree)), None)
        if before is None:
            latest[event.type].append(account)
        else:
            clusters[event.id] = before.id
            _join(before, account)
    return tuple(replace(e, cluster=clusters.get(e.id, e.id)) for e in events)


def _parts(event: Event, values: Mapping[str, str]) -> dict[str, set[str]]:
    """The ids that fill each role; times by their value, so that two mentions of one day agree."""
    found: dict[str, set[str]] = defaultdict(set)
    for role in event.roles:
        filler = role.entity or role.event or (role.time and values.get(role.time))
        if filler:
            found[role.role].add(filler)
    return dict(found)


def _same(event: Event, head: Token, account: Account, before: Account, tree: Tree) -> bool:
    if event.type in _NEVER or _is_another(head, tree) or _contradict(account, before, "time"):
        return False
    kin = any(_family(a, b) for a in account.lemmas for b in before.lemmas)
    if kin and head.pos == "NOUN":
        return _shared(account, before) > 0 or not any(_contradict(account, before, r) for r in ("theme", "place"))
    if any(_contradict(account, before, role) for role in (*_CORE, "place")):
        return False
    return kin and (_shared(account, before) > 0 or not account.parts.get("theme"))


def _shared(account: Account, before: Account) -> int:
    """How many of the main parts both tell of, whatever role each gives them."""
    mine = set[str]().union(*(account.parts.get(role, set()) for role in _CORE))
    theirs = set[str]().union(*(before.parts.get(role, set()) for role in _CORE))
    return len(mine & theirs)


def _is_another(head: Token, tree: Tree) -> bool:
    return any(t.lemma.lower() in _OTHERS for t in tree.children(head, "amod", "det"))


def _contradict(account: Account, before: Account, role: str) -> bool:
    mine, theirs = account.parts.get(role, set()), before.parts.get(role, set())
    return bool(mine) and bool(theirs) and not mine & theirs


def _family(a: str, b: str) -> bool:
    """ "purchase" and "purchase", "announce" and "announcement"."""
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    return long.startswith(short[: max(_PREFIX, len(short) - 1)]) if len(short) >= _PREFIX else False


def _join(account: Account, other: Account) -> None:
    account.lemmas |= other.lemmas
    for role, ids in other.parts.items():
        account.parts[role] = account.parts.get(role, set()) | ids
