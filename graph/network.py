"""What a store holds as networks: who acts on whom, takes part in what, says what of whom, belongs to whom.

A network is a networkx ``MultiDiGraph``. Its nodes are IRIs with ``name``, ``type`` and more; an edge is one event,
part, statement or tie as one article reports it, and has the sentence that says so. ``network.graph`` says how to read
it (``reading``), what was chosen (``filters``) and how many events, statements or ties that left out (``left_out``).
What is unknown is not there: an attribute that an edge lacks is missing, never empty. Dates are text: ``2031-03-11``.

Unless another choice is made, an event counts only where its source presents it as having happened: what is pledged,
planned, demanded, feared or denied is left out of *interaction* and *participation*.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import networkx as nx
import rustworkx as rx

from graph import finding, frames
from graph.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

    from graph.store import Store

Choice = str | Sequence[str] | None
Day = dt.date | str | None
ALL = "all"
QUAD_COUNTS = {quad: quad.replace(" ", "_") for quad in frames.QUADS}
STATUS_COUNTS = {status: status.replace(" ", "_") for status in frames.STATUSES}
PERIODS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}

READINGS = {
    "interaction": (
        "One edge is one event as one article reports it, from an actor that does it to an actor that it is done to, "
        "for or with. Two articles on one happening give two edges."
    ),
    "participation": (
        "Two kinds of node, actors (bipartite 0) and events (bipartite 1). One edge is the part that an actor has in "
        "an event, whatever that part is."
    ),
    "statements": (
        "One edge is one speaker's saying something of an actor, from the speaker to the actor. Its modality and "
        "polarity are those that the speaker gives the event that is told."
    ),
    "membership": (
        "One edge is one tie as one article states it: who holds which post, what belongs to what, what lies where."
    ),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which edges a network has; None chooses all, several values any of them.

    ``type`` is an event type, a PLOVER type, a quad class, or for ties a predicate. ``since`` and ``until`` are days,
    months or years that the time of an event must touch, that of publication for statements and ties; what has no time
    is then left out. ``source`` is a publisher, or an article's title or IRI; ``speaker`` a name, an IRI, or "the
    article". ``confidence`` is the least, from 0 to 1.
    """

    type: Choice = None
    modality: Choice = None
    polarity: Choice = None
    since: Day = None
    until: Day = None
    source: Choice = None
    speaker: Choice = None
    confidence: float = 0.0

    def __str__(self) -> str:
        given = ((f.name, getattr(self, f.name)) for f in fields(self))
        shown = [f"{name}: {_listed(value)}" for name, value in given if value not in (None, 0.0)]
        return "; ".join(shown) or "none"


def _listed(value: object) -> str:
    return str(value) if isinstance(value, str | dt.date | float | int) else ", ".join(map(str, value))  # type: ignore[call-overload]


_DONE = {"modality": "Actual", "polarity": "Positive"}
DEFAULTS: dict[str, dict[str, str]] = {
    "interaction": _DONE,
    "participation": _DONE,
    "statements": {},
    "membership": {"polarity": "Positive"},
}


def network(
    store: Store,
    view: str = "interaction",
    *,
    pairs: bool = False,
    ego: str | None = None,
    radius: int = 1,
    library: Literal["networkx", "rustworkx", "igraph"] = "networkx",
    **chosen: Any,
) -> Any:
    """A view of the store: interaction, participation, statements or membership; ``READINGS`` says what they mean.

    ``chosen`` are the fields of ``Filters``; ``modality="all"`` and ``polarity="all"`` lift the default, which is what
    has happened. ``pairs`` merges the edges between two nodes, see ``merged``; ``ego`` keeps what is within ``radius``
    steps of one node, named or by IRI. ``library`` gives the same network to rustworkx or igraph. Raises UsageError
    for a view, filter or value that does not exist, with those that do.
    """
    if view not in _BUILDERS:
        raise UsageError(f"there is no network {view!r}{finding.near(view, _BUILDERS)}; known: {', '.join(_BUILDERS)}")
    filters = _filters(view, chosen)
    built = _BUILDERS[view](store, filters)
    built.graph |= {"view": view, "reading": READINGS[view], "filters": str(filters)}
    if ego is not None:
        built = around(built, ego, radius)
    return _as(library, merged(built) if pairs else built)


def _filters(view: str, chosen: Mapping[str, Any]) -> Filters:
    known = {field.name for field in fields(Filters)} - ({"modality"} if view == "membership" else set())
    for name in chosen:
        if name not in known:
            raise UsageError(
                f"{view} has no filter {name!r}{finding.near(name, known)}; known: {', '.join(sorted(known))}"
            )
    lifted = {name: None for name in ("modality", "polarity") if chosen.get(name) == ALL}
    return Filters(**{**DEFAULTS[view], **chosen, **lifted})


def chosen_events(store: Store, **chosen: Any) -> Iterator[dict[str, Any]]:
    """The events that *interaction* would choose, whoever takes part in them, each as plain values of the frame.

    Raises UsageError as ``network`` does.
    """
    events, _ = _kept(frames.frame(store, "events"), _filters("interaction", chosen), "first", "last")
    return records(events, list(events))


# the views

_ABOUT = ("event", "what", "type", "plover", "quad", "modality", "polarity", "status")
_WHERE = ("document", "title", "sentence", "begin", "end")
_EDGE = (
    *_ABOUT, "place", "quantity", "when", "first", "last", "precision", "confidence",
    "said_by", "speaker", "relayed_by",
)  # fmt: skip
_TARGETS = ("recipient", "theme", "coAgent")


def _interaction(store: Store, filters: Filters) -> nx.MultiDiGraph:
    held = frames.frames(store, ["events", "roles", "actors"])
    events, left_out = _kept(held["events"], filters, "first", "last")
    parts = _parts(held["roles"])
    built = _empty(left_out)
    for event in records(events, (*_EDGE, *_WHERE, "publisher", "published_first", "published_last")):
        roles = parts.get(event["event"], {})
        for agent in roles.get("agent", ()):
            for role in _TARGETS:
                for target in roles.get(role, ()):
                    if target != agent:
                        built.add_edge(agent, target, key=f"{event['event']} {role}", **_edge(event, role=role))
    return _named(built, held["actors"])


def _participation(store: Store, filters: Filters) -> nx.MultiDiGraph:
    held = frames.frames(store, ["events", "roles", "actors"])
    events, left_out = _kept(held["events"], filters, "first", "last")
    parts = _parts(held["roles"])
    built = _empty(left_out)
    for event in records(events, (*_EDGE, *_WHERE, "publisher", "published_first", "published_last")):
        found = [(actor, role) for role, actors in parts.get(event["event"], {}).items() for actor in actors]
        if not found:
            continue
        own = _edge(event)
        built.add_node(own["event"], bipartite=1, name=own.pop("what", own["event"]), **{"kind": "Event", **own})
        for actor, role in found:
            weights = {name: own[name] for name in ("weight", "confidence", "status") if name in own}
            built.add_edge(actor, event["event"], key=role, role=role, **weights)
    actors = [node for node, kind in built.nodes(data="kind") if kind != "Event"]
    nx.set_node_attributes(built, dict.fromkeys(actors, 0), "bipartite")
    return _named(built, held["actors"])


def _statements(store: Store, filters: Filters) -> nx.MultiDiGraph:
    held = frames.frames(store, ["events", "roles", "claims", "actors"])
    own = held["claims"][["claim", "form", "words", "confidence", "attribution", "relay"]].set_index("claim")
    told = held["events"][held["events"]["claim"].notna()].copy()
    told["confidence"] = told["claim"].map(own["confidence"])
    events, left_out = _kept(told, filters, "published_first", "published_last")
    claims = {
        claim["claim"]: claim
        for claim in records(own.reset_index(), ("claim", "form", "words", "attribution", "relay"))
    }
    parts = _parts(held["roles"])
    built = _empty(left_out)
    for event in records(events, (*_EDGE, *_WHERE, "claim", "publisher", "published_first", "published_last")):
        if "speaker" not in event:
            continue
        edge = _edge(event) | claims.get(event["claim"], {})
        for role, actors in parts.get(event["event"], {}).items():
            for actor in actors:
                key = f"{event['event']} {role}"
                built.add_edge(event["speaker"], actor, key=key, **edge, role=role)
        if event["speaker"] in built and "name" not in built.nodes[event["speaker"]]:
            built.add_node(event["speaker"], name=event.get("said_by", event["speaker"]), type="Description")
    return _named(built, held["actors"])


def _membership(store: Store, filters: Filters) -> nx.MultiDiGraph:
    held = frames.frames(store, ["relations", "entities"])
    relations, left_out = _kept(held["relations"], filters, "published_first", "published_last")
    built = _empty(left_out)
    shown = ("relation", "subject", "object", "predicate", "polarity", "basis", "confidence", "said_by", "speaker")
    for tie in records(
        relations, (*shown, "sentence", "document", "title", "publisher", "published_first", "published_last")
    ):
        if "subject" not in tie or "object" not in tie:
            continue
        edge = _edge(tie)
        subject, object_ = edge.pop("subject"), edge.pop("object")
        built.add_edge(subject, object_, key=tie["relation"], type=tie.get("predicate", "relatedTo"), **edge)
    return _named(built, held["entities"])


_BUILDERS: dict[str, Callable[[Store, Filters], nx.MultiDiGraph]] = {
    "interaction": _interaction,
    "participation": _participation,
    "statements": _statements,
    "membership": _membership,
}


def _empty(left_out: int) -> nx.MultiDiGraph:
    return nx.MultiDiGraph(left_out=left_out)


def _edge(row: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The row as an edge's attributes: weight is one for each, and the source and its day go by short names."""
    renamed = {"publisher": "source", "published_first": "published", "published_last": "published_by"}
    edge = {renamed.get(name, name): value for name, value in row.items()}
    if edge.get("published_by") == edge.get("published"):
        edge.pop("published_by", None)
    return {**edge, **more, "weight": 1.0}


def _parts(roles: pd.DataFrame) -> dict[str, dict[str, list[str]]]:
    """For each event the actors in each role."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    acting = roles[roles["actor"].astype(bool)]
    columns = (acting[name].astype(object).tolist() for name in ("event", "role", "filler"))
    for event, role, filler in zip(*columns, strict=True):
        found[event].setdefault(role, []).append(filler)
    return found


def records(rows: pd.DataFrame, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Each row as plain values, without what is missing; days as text."""
    columns = [_plain(rows[name]) for name in names]
    for values in zip(*columns, strict=True):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _plain(values: pd.Series) -> list[Any]:
    days = values.dtype.kind == "M"
    found = (values.dt.strftime("%Y-%m-%d") if days else values).astype(object)
    return list(found.where(values.notna(), None))


_NODE = {"name": "name", "type": "type", "named": "named", "documents": "documents", "mentions": "mentions"}


def _named(built: nx.MultiDiGraph, entities: pd.DataFrame) -> nx.MultiDiGraph:
    """The network with what is known of its nodes, which come in the order of their IRIs."""
    known = entities[entities["entity"].isin(list(built))]
    own = {row["entity"]: row for row in records(known, ("entity", *_NODE))}
    ordered = nx.MultiDiGraph(**built.graph)
    for node, given in sorted(built.nodes(data=True)):
        ordered.add_node(
            node, **({"name": node} | given | {k: v for k, v in own.get(node, {}).items() if k != "entity"})
        )
    ordered.add_edges_from(built.edges(keys=True, data=True))
    return ordered


# filters


def _kept(rows: pd.DataFrame, filters: Filters, first: str, last: str) -> tuple[pd.DataFrame, int]:
    """The rows that the filters keep, and how many they leave out."""
    import pandas as pd

    keep = pd.Series(True, index=rows.index)
    if filters.type is not None:
        keep &= _of_type(rows, filters.type)
    for name in ("modality", "polarity"):
        wanted = getattr(filters, name)
        if wanted is not None:
            known = {"modality": frames.MODALITIES, "polarity": frames.POLARITIES}[name]
            keep &= rows[name].isin(_matching(wanted, known, name))
    if filters.source is not None:
        keep &= _any(rows, filters.source, ("publisher", "title", "document"), "source")
    if filters.speaker is not None:
        keep &= _any(rows, filters.speaker, ("said_by", "speaker"), "speaker")
    if filters.confidence:
        keep &= _sure(rows, filters.confidence)
    if filters.since is not None or filters.until is not None:
        keep &= _within(rows, filters, first, last)
    return rows[keep.astype(bool)], int((~keep.astype(bool)).sum())


def _several(choice: Choice) -> list[str]:
    return [] if choice is None else [choice] if isinstance(choice, str) else list(choice)


def _matching(choice: Choice, known: Iterable[str], what: str) -> list[str]:
    """The known values that are meant. Raises UsageError for a word that is none of them, with those that are."""
    by_name = {finding.fold(value): value for value in known}
    found = []
    for word in _several(choice):
        if finding.fold(word) not in by_name:
            shown = sorted(by_name.values())
            listed = ", ".join(shown[:30]) + (f" and {len(shown) - 30} more" if len(shown) > 30 else "")
            raise UsageError(f"there is no {what} {word!r}{finding.near(word, shown)}; known here: {listed or 'none'}")
        found.append(by_name[finding.fold(word)])
    return found


def _of_type(rows: pd.DataFrame, choice: Choice) -> pd.Series:
    columns = [name for name in ("type", "plover", "quad", "predicate") if name in rows]
    return _any(rows, choice, columns, "type")


def _any(rows: pd.DataFrame, choice: Choice, columns: Sequence[str], what: str) -> pd.Series:
    """True where any of the columns has one of the values."""
    present = {name: rows[name].dropna().astype(str).unique() for name in columns}
    wanted = _matching(choice, [value for name in columns for value in present[name]], what)
    hits = [rows[name].astype("string").isin(wanted) for name in columns]
    kept = hits[0]
    for hit in hits[1:]:
        kept = kept | hit
    return kept


def _sure(rows: pd.DataFrame, least: float) -> pd.Series:
    if not 0 <= least <= 1:
        raise UsageError(f"confidence={least!r} is not from 0 to 1")
    return rows["confidence"].fillna(0) >= least


def _within(rows: pd.DataFrame, filters: Filters, first: str, last: str) -> pd.Series:
    """True where the bounds touch the period; where one bound is open, the other stands for both."""
    import pandas as pd

    begins, ends = rows[first].fillna(rows[last]), rows[last].fillna(rows[first])
    kept = begins.notna()
    if filters.since is not None:
        kept &= ends >= pd.Timestamp(_bound(filters.since, "since"))
    if filters.until is not None:
        kept &= begins <= pd.Timestamp(_bound(filters.until, "until"))
    return kept


def _bound(day: dt.date | str, name: str) -> dt.date:
    """The first day of a month or year for since, the last for until."""
    import pandas as pd

    if isinstance(day, dt.date):
        return day
    try:
        period = pd.Period(day.strip(), freq={10: "D", 7: "M", 4: "Y"}[len(day.strip())])
    except (KeyError, ValueError):
        raise UsageError(f"{name}={day!r} is no date; write 2031-03-14, 2031-03 or 2031") from None
    return (period.start_time if name == "since" else period.end_time).date()  # type: ignore[no-any-return,unused-ignore]


# what is made of a network


def around(whole: nx.MultiDiGraph, node: str, radius: int = 1) -> nx.MultiDiGraph:
    """What is within ``radius`` steps of one node, whichever way the edges point; the node by name or IRI.

    Raises UsageError where no node, or several, are called so.
    """
    if radius < 0:
        raise UsageError(f"radius={radius} is less than no step at all")
    centre = find(whole, node)
    near = nx.single_source_shortest_path_length(whole.to_undirected(as_view=True), centre, cutoff=radius)
    found = whole.subgraph([n for n in whole if n in near]).copy()
    found.graph |= {"ego": centre, "radius": radius}
    return found


def find(whole: nx.Graph, node: str) -> str:
    """The node of this IRI or name. Raises UsageError where there is none, or several."""
    if node in whole:
        return node
    names = {str(n): str(name) for n, name in whole.nodes(data="name")}
    found = sorted(n for n, name in names.items() if finding.fold(name) == finding.fold(node))
    if not found:
        raise UsageError(f"the network has no node {node!r}{finding.near(node, sorted(set(names.values())))}")
    if len(found) > 1:
        raise UsageError(f"{node!r} may be {len(found)} nodes; say which, by its IRI: {', '.join(found)}")
    return found[0]


def merged(whole: nx.MultiDiGraph) -> nx.DiGraph:
    """One edge for each pair of nodes and direction, as a ``DiGraph``.

    ``weight`` and ``edges`` count the merged edges; ``expected`` is the sum of their confidences, the number of them to
    be expected if those are probabilities; ``sources`` counts the articles that they come from. Each PLOVER quad class
    and each status that occurs is counted under its own name (``material_conflict``, ``did_not_happen``), so that what
    is pledged stays apart from what is done. ``types`` lists the kinds with their counts; ``first`` and ``last`` bound
    the time of all. The quad classes count what has happened alone.
    """
    found = nx.DiGraph(**whole.graph)
    found.add_nodes_from(whole.nodes(data=True))
    together: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for source, target, edge in whole.edges(data=True):
        together[source, target].append(edge)
    for (source, target), edges in together.items():
        found.add_edge(source, target, **_merged(edges))
    return found


def _merged(edges: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    types = Counter(str(e.get("type") or e.get("role")) for e in edges)
    firsts = [e["first"] for e in edges if "first" in e]
    lasts = [e["last"] for e in edges if "last" in e]
    counts = Counter(
        QUAD_COUNTS[e["quad"]] for e in edges if e.get("quad") in QUAD_COUNTS and e.get("status") == "actual"
    )
    counts += Counter(STATUS_COUNTS[e["status"]] for e in edges if e.get("status") in STATUS_COUNTS)
    return {
        "weight": float(sum(e.get("weight", 1.0) for e in edges)),
        "edges": len(edges),
        "expected": round(sum(float(e.get("confidence", 1.0)) * e.get("weight", 1.0) for e in edges), 6),
        "sources": len({e["document"] for e in edges if "document" in e}),
        "types": "; ".join(f"{kind}: {n}" for kind, n in sorted(types.items(), key=lambda item: (-item[1], item[0]))),
        **dict(sorted(counts.items())),
        **({"first": min(firsts)} if firsts else {}),
        **({"last": max(lasts)} if lasts else {}),
    }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A network as it was in one period, from its ``first`` to its ``last`` day, both included."""

    period: str
    first: dt.date
    last: dt.date
    network: nx.MultiDiGraph


def snapshots(whole: nx.MultiDiGraph, every: str = "month") -> list[Snapshot]:
    """The network in each day, week, month, quarter or year in which it has edges, in order of time.

    An edge whose time is not known to be within one period is in each that it touches, and its ``weight`` there is the
    share of its days that fall into it, so that its weights sum to one. Edges of which neither bound is known are in no
    snapshot: ``undated`` of each network counts them. Raises UsageError for another kind of period.
    """
    if every not in PERIODS:
        raise UsageError(f"every={every!r} is no period; known: {', '.join(PERIODS)}")
    found: dict[Any, nx.MultiDiGraph] = {}
    undated = 0
    for source, target, key, edge in whole.edges(keys=True, data=True):
        shares = _shares(edge, PERIODS[every])
        undated += not shares
        for period, share in shares:
            some = found.setdefault(period, nx.MultiDiGraph(**whole.graph))
            for node in (source, target):
                some.add_node(node, **whole.nodes[node])
            some.add_edge(source, target, key=key, **{**edge, "weight": edge.get("weight", 1.0) * share})
    for some in found.values():
        some.graph["undated"] = undated
    return [
        Snapshot(str(period), period.start_time.date(), period.end_time.date(), found[period])
        for period in sorted(found)
    ]


MOST_PERIODS = 1200


def _shares(edge: Mapping[str, Any], frequency: str) -> list[tuple[Any, float]]:
    """The periods that an edge's time touches, each with its share of the days between the bounds."""
    import pandas as pd

    first, last = edge.get("first") or edge.get("last"), edge.get("last") or edge.get("first")
    if not first or not last or last < first:
        return []
    days = (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days + 1
    periods = pd.period_range(first, last, freq=frequency)
    if len(periods) > MOST_PERIODS:
        return []
    begin, end = pd.Period(first, "D").ordinal, pd.Period(last, "D").ordinal
    spans = ((p, p.asfreq("D", "start").ordinal, p.asfreq("D", "end").ordinal) for p in periods)
    return [(p, (min(to, end) - max(since, begin) + 1) / days) for p, since, to in spans]


# other libraries


def _as(library: str, whole: nx.Graph) -> Any:
    known = {"networkx": lambda found: found, "rustworkx": as_rustworkx, "igraph": as_igraph}
    if library not in known:
        raise UsageError(f"library={library!r} is not known; known: {', '.join(known)}")
    return known[library](whole)


def as_rustworkx(whole: nx.Graph) -> Any:
    """The network as rustworkx's ``PyDiGraph``: a node's payload is its attributes with ``iri``, an edge's its own."""
    found = rx.PyDiGraph(multigraph=whole.is_multigraph(), attrs=dict(whole.graph))
    places = found.add_nodes_from([{"iri": node, **own} for node, own in whole.nodes(data=True)])
    at = dict(zip(whole, places, strict=True))
    found.add_edges_from([(at[u], at[v], dict(edge)) for u, v, edge in whole.edges(data=True)])
    return found


def as_igraph(whole: nx.Graph) -> Any:
    """The network as igraph's ``Graph``, directed, with ``iri`` beside the other attributes of a vertex.

    Raises UsageError without igraph (GPL), which ``pip install 'whodid[igraph]'`` brings.
    """
    igraph = frames.optional("igraph", "igraph")
    at = {node: number for number, node in enumerate(whole)}
    edges = [(at[u], at[v], edge) for u, v, edge in whole.edges(data=True)]
    found = igraph.Graph(n=len(at), edges=[(u, v) for u, v, _ in edges], directed=True)
    for name, value in whole.graph.items():
        found[name] = value
    for attributes, sequence in (
        ([{"iri": n, **own} for n, own in whole.nodes(data=True)], found.vs),
        ([e for *_, e in edges], found.es),
    ):
        for name in dict.fromkeys(name for own in attributes for name in own):
            sequence[name] = [own.get(name) for own in attributes]
    return found
