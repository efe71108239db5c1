"""Measures of networks, each a tidy frame: who matters and how, who belongs together, what changes, how sure that is.

Every function takes a network of ``graph.network`` and counts what is in it: by default what is reported as done. Where
a network also has what is pledged or denied, each status is counted by itself. A confidence is how sure the reader is
that a text says something; intervals treat it as the probability that the event is there at all, draw the events anew
that often (``draws`` times, from ``seed``, each event on its own), and give the percentiles of what comes out. They
say what misreading may do to a figure, and nothing of what the articles leave out or get wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import networkx as nx
import rustworkx as rx

from graph import frames
from graph.network import merged, snapshots

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd  # type: ignore[import-untyped]

DRAWS = 1000
LEVEL = 0.95
COOPERATION = frozenset({"verbal cooperation", "material cooperation"})
CONFLICT = frozenset({"verbal conflict", "material conflict"})


def centrality(whole: nx.MultiDiGraph) -> pd.DataFrame:
    """How central each node is, in six columns, most events first.

    ``acts`` and ``acted_upon``: the weights of the edges that leave and reach it (out- and in-strength; Barrat et al.
    2004, PNAS 101:3747). ``partners``: the nodes that it has an edge with. ``pagerank``: the share of a walker along
    weighted edges, damping 0.85 (Brin and Page 1998). ``betweenness``: the share of shortest directed paths through
    it, all edges of length one (Freeman 1977; Brandes 2001). ``closeness``: the inverse of the mean distance from
    those who reach it, scaled by their share (Wasserman and Faust 1994). The last three are of the merged network.
    """
    pairs = merged(whole)
    acts, upon = dict(pairs.out_degree(weight="weight")), dict(pairs.in_degree(weight="weight"))
    rank = nx.pagerank(pairs, weight="weight") if len(pairs) else {}
    between, close = betweenness(pairs), _closeness(pairs)
    rows = (
        {
            **_node(whole, node),
            "acts": float(acts[node]),
            "acted_upon": float(upon[node]),
            "partners": len({*pairs.successors(node), *pairs.predecessors(node)}),
            "pagerank": rank[node],
            "betweenness": between[node],
            "closeness": close[node],
        }
        for node in pairs
    )
    columns = ["node", "name", "type", "acts", "acted_upon", "partners", "pagerank", "betweenness", "closeness"]
    return _tidy(rows, columns, lambda row: (-row["acts"] - row["acted_upon"], row["node"]))


def betweenness(pairs: nx.Graph) -> dict[str, float]:
    """Betweenness of a merged network (Freeman 1977, by Brandes 2001), as rustworkx counts it.

    From 0 to 1: divided by the number of ordered pairs of other nodes.
    """
    return dict(zip(pairs, rx.betweenness_centrality(_bare(pairs)).values(), strict=True))


def _closeness(pairs: nx.Graph) -> dict[str, float]:
    return dict(zip(pairs, rx.closeness_centrality(_bare(pairs)).values(), strict=True))


def _bare(pairs: nx.Graph) -> rx.PyDiGraph:
    """The nodes and edges alone; an undirected edge goes both ways."""
    at = {node: number for number, node in enumerate(pairs)}
    bare = rx.PyDiGraph(multigraph=False)
    bare.add_nodes_from(list(pairs))
    edges = [(at[u], at[v]) for u, v in pairs.edges]
    bare.add_edges_from_no_data(edges if pairs.is_directed() else [*edges, *((v, u) for u, v in edges)])
    return bare


def parts(whole: nx.MultiDiGraph, *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Who acts, who is acted upon, who is told of, who is quoted, who quotes: counts of events by part and status.

    Of *interaction*: ``acts`` and ``acted upon``. Of *statements*: ``quoted`` (is the speaker), ``quotes`` (passes the
    words on), ``told of``. ``n`` counts events, ``expected`` sums their confidences, ``low`` and
    ``high`` bound the middle 95 % of the draws (see the module). One row a node, part and status.
    """
    statements = whole.graph.get("view") == "statements"
    leaves, reaches = ("quoted", "told of") if statements else ("acts", "acted upon")
    found: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    names: dict[str, dict[str, Any]] = {}
    for source, target, key, edge in whole.edges(keys=True, data=True):
        event, status, sure = edge.get("event", key), edge.get("status", "stated"), edge.get("confidence", 1.0)
        ends = [(source, leaves), (target, reaches)]
        if statements and "relay" in edge:
            ends.append((edge["relay"], "quotes"))
            names[edge["relay"]] = {"node": edge["relay"], "name": edge.get("relayed_by", edge["relay"]), "type": None}
        for node, part in ends:
            found[node, part, status][event] = sure
    rng = _rng(seed)
    rows = (
        {**(_node(whole, node) if node in whole else names[node]), "part": part, "status": status}
        | _counted(list(events.values()), draws, rng)
        for (node, part, status), events in sorted(found.items())
    )
    columns = ["node", "name", "type", "part", "status", "n", "expected", "low", "high"]
    return _tidy(rows, columns, lambda row: (row["part"], -row["n"], row["node"], row["status"]))


def _counted(confidences: list[float], draws: int, rng: np.random.Generator) -> dict[str, float]:
    import numpy as np

    sure = np.asarray(confidences, dtype=float)
    counts = (rng.random((draws, len(sure))) < sure).sum(axis=1)
    low, high = _interval(counts)
    return {"n": len(sure), "expected": float(sure.sum()), "low": low, "high": high}


def communities(whole: nx.MultiDiGraph, *, resolution: float = 1.0, seed: int = 0) -> pd.DataFrame:
    """Which nodes have more to do with one another than chance would have it.

    Louvain's method on the merged network, weighted, without directions (Blondel et al. 2008, J. Stat. Mech. P10008);
    ``resolution`` above 1 gives smaller communities. ``label`` names the three members of most weight. ``modularity``
    is that of the whole division (Newman and Girvan 2004): near 0, the division means little. The largest is 1.
    """
    plain = _undirected(whole)
    if not plain.number_of_edges():
        divided = [{node} for node in plain]
    else:
        divided = nx.community.louvain_communities(plain, weight="weight", resolution=resolution, seed=seed)
    divided.sort(key=lambda members: (-len(members), min(members)))
    quality = nx.community.modularity(plain, divided, resolution=resolution) if plain.number_of_edges() else 0.0
    weight = dict(plain.degree(weight="weight"))
    rows = []
    for number, members in enumerate(divided, 1):
        ordered = sorted(members, key=lambda node: (-weight[node], node))
        label = ", ".join(_node(whole, node)["name"] for node in ordered[:3])
        shared = {"community": number, "label": label, "size": len(members), "modularity": quality}
        rows += [{**_node(whole, node), "weight": float(weight[node]), **shared} for node in ordered]
    columns = ["node", "name", "type", "community", "label", "size", "weight", "modularity"]
    return _tidy(rows, columns, lambda row: (row["community"], -row["weight"], row["node"]))


def brokers(whole: nx.MultiDiGraph, *, seed: int = 0) -> pd.DataFrame:
    """Who stands between others, the least constrained first among those of most betweenness.

    ``betweenness`` as in ``centrality``, but without directions. ``constraint``: how far its partners have to do with
    one another (Burt 1992, Structural Holes): low for brokers; missing for who has no partner. ``effective_size``: its
    partners less their mean ties to one another. ``bridges``: how many communities its partners are of. ``cut_point``:
    whether the network falls apart without it (Tarjan 1972).
    """
    plain = _undirected(whole)
    between = betweenness(plain)
    constraint = nx.constraint(plain, weight="weight") if len(plain) else {}
    size = nx.effective_size(plain) if len(plain) else {}
    cut = set(nx.articulation_points(plain))
    divided = communities(whole, seed=seed)
    community = dict(zip(divided["node"], divided["community"], strict=True))
    rows = (
        {
            **_node(whole, node),
            "betweenness": between[node],
            "constraint": constraint[node],
            "effective_size": size[node],
            "bridges": len({community[other] for other in plain[node]}),
            "cut_point": node in cut,
        }
        for node in plain
    )
    columns = ["node", "name", "type", "betweenness", "constraint", "effective_size", "bridges", "cut_point"]
    return _tidy(rows, columns, lambda row: (-row["betweenness"], _last(row["constraint"]), row["node"]))


def balance(
    whole: nx.MultiDiGraph,
    every: str | None = None,
    *,
    directed: bool = False,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Cooperation against conflict between each two actors, over all time or ``every`` day, week, month, quarter, year.

    Events are counted by PLOVER's quad classes (Open Event Data Alliance, PLOVER manual); others are not.
    ``balance`` is (cooperation - conflict) / (cooperation + conflict), from -1, all conflict, to 1; ``low`` and
    ``high`` bound the middle 95 % of the draws (see the module). An event that may fall into several periods counts in
    each by its share (see ``snapshots``). ``directed`` keeps what the one does to the other apart from the reverse.
    """
    rng, rows = _rng(seed), []
    for period, some in _periods(whole, every):
        found: dict[tuple[str, str, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
        for source, target, key, edge in some.edges(keys=True, data=True):
            if edge.get("quad") in COOPERATION | CONFLICT:
                one, other = (source, target) if directed else sorted((source, target))
                found[one, other, edge.get("status", "stated")][edge.get("event", key)] = edge
        rows += [
            _balanced(whole, period, pair, list(events.values()), draws, rng) for pair, events in sorted(found.items())
        ]
    counted = [quad.replace(" ", "_") for quad in frames.QUADS]
    columns = ["one", "one_name", "other", "other_name", "period", "status", "n", *counted, "balance", "low", "high"]
    return _tidy(rows, columns, lambda row: (str(row["period"]), -row["n"], row["one"], row["other"], row["status"]))


def _balanced(
    whole: nx.Graph,
    period: str | None,
    pair: tuple[str, str, str],
    events: Sequence[Mapping[str, Any]],
    draws: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    import numpy as np

    one, other, status = pair
    weight = np.array([e.get("weight", 1.0) for e in events])
    sign = np.array([1.0 if e["quad"] in COOPERATION else -1.0 for e in events])
    there = rng.random((draws, len(events))) < np.array([float(e.get("confidence", 1.0)) for e in events])
    total = (there * weight).sum(axis=1)
    drawn = ((there * weight * sign).sum(axis=1))[total > 0] / total[total > 0]
    low, high = _interval(drawn)
    tally = {quad.replace(" ", "_"): float(weight[[e["quad"] == quad for e in events]].sum()) for quad in frames.QUADS}
    names = {
        "one": one,
        "one_name": _node(whole, one)["name"],
        "other": other,
        "other_name": _node(whole, other)["name"],
    }
    value = float((weight * sign).sum() / weight.sum())
    return {
        **names,
        "period": period,
        "status": status,
        "n": float(weight.sum()),
        **tally,
        "balance": value,
        "low": low,
        "high": high,
    }


def reciprocity(whole: nx.MultiDiGraph) -> pd.DataFrame:
    """Pledges given and returned, one row for each two actors of whom one pledged the other something.

    ``given`` counts the pledges of the one to the other and ``returned`` those of the other to the one; ``reciprocity``
    is twice the lesser over the sum, 1 where both pledge alike, 0 where one alone does. ``attrs["reciprocity"]`` is
    that of the whole: the weight that is returned over all weight (Squartini et al. 2013, Scientific Reports 3:2729).
    """
    counts: dict[tuple[str, str], float] = defaultdict(float)
    seen: set[tuple[str, str, str]] = set()
    for source, target, key, edge in whole.edges(keys=True, data=True):
        once = (source, target, edge.get("event", key))
        if edge.get("type") == "Pledge" and edge.get("status", "actual") == "actual" and once not in seen:
            seen.add(once)
            counts[source, target] += edge.get("weight", 1.0)
    pairs = sorted({(min(pair), max(pair)) for pair in counts})
    rows = []
    for pair in pairs:
        one, other = pair if counts.get(pair, 0) >= counts.get(pair[::-1], 0) else pair[::-1]
        given, returned = counts.get((one, other), 0.0), counts.get((other, one), 0.0)
        names = {
            "one": one,
            "one_name": _node(whole, one)["name"],
            "other": other,
            "other_name": _node(whole, other)["name"],
        }
        rows.append({**names, "given": given, "returned": returned, "reciprocity": 2 * returned / (given + returned)})
    columns = ["one", "one_name", "other", "other_name", "given", "returned", "reciprocity"]
    found = _tidy(rows, columns, lambda row: (-row["given"] - row["returned"], row["one"], row["other"]))
    total = sum(counts.values())
    found.attrs["reciprocity"] = 2 * sum(row["returned"] for row in rows) / total if total else float("nan")
    return found


def change(before: nx.MultiDiGraph, after: nx.MultiDiGraph, *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """What each node does and undergoes in two networks, such as ``kg.network(until="2031-02")`` and one since then.

    One row a node, part (acts, acted upon) and status. ``before`` and ``after`` count events, ``difference`` is the
    second less the first, ``low`` and ``high`` bound the middle 95 % of the draws of it (see the module), and
    ``certain`` is true where these do not hold nought: misreading alone does not explain the change.
    """
    import numpy as np

    tallies = [_events_of(whole) for whole in (before, after)]
    names = {node: _node(whole, node) for whole in (before, after) for node in whole}
    rng, rows = _rng(seed), []
    for key in sorted({*tallies[0], *tallies[1]}):
        sure = [np.array(list(tally.get(key, {}).values()), dtype=float) for tally in tallies]
        one, two = ((rng.random((draws, len(s))) < s).sum(axis=1) for s in sure)
        low, high = _interval(two - one)
        node, part, status = key
        counts = {"before": len(sure[0]), "after": len(sure[1]), "difference": len(sure[1]) - len(sure[0])}
        certain = low > 0 or high < 0
        rows.append(
            {**names[node], "part": part, "status": status, **counts, "low": low, "high": high, "certain": certain}
        )
    columns = ["node", "name", "type", "part", "status", "before", "after", "difference", "low", "high", "certain"]
    return _tidy(rows, columns, lambda row: (-abs(row["difference"]), row["node"], row["part"], row["status"]))


def _events_of(whole: nx.MultiDiGraph) -> dict[tuple[str, str, str], dict[str, float]]:
    """For each node, part and status the events with their confidences."""
    found: dict[tuple[str, str, str], dict[str, float]] = defaultdict(dict)
    for source, target, key, edge in whole.edges(keys=True, data=True):
        for node, part in ((source, "acts"), (target, "acted upon")):
            event = edge.get("event", key)
            found[node, part, edge.get("status", "stated")][event] = float(edge.get("confidence", 1.0))
    return found


def uncertain(
    whole: nx.MultiDiGraph,
    measure: Callable[[nx.MultiDiGraph], pd.DataFrame] = centrality,
    *,
    draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """The figures of a measure with intervals: one row a node and figure, ``low`` and ``high`` the middle 95 %.

    In each draw an event is kept with its confidence as the probability (a parametric bootstrap: Efron and Tibshirani
    1993, chapter 6; of networks: Snijders and Borgatti 1999), and the measure is taken of what is left. ``value`` is
    that of the network as it is. ``measure`` gives a frame with a column ``node`` and columns of figures.
    """
    import numpy as np
    import pandas as pd

    own = measure(whole)
    figures = [name for name in own.select_dtypes("number") if name != "node"]
    blank = np.full((len(own), len(figures)), np.nan)
    rng, drawn = _rng(seed), []
    for _ in range(draws if len(own) else 0):
        some = measure(_drawn(whole, rng)).set_index("node")[figures]
        drawn.append(some.reindex(own["node"]).to_numpy(dtype=float))
    low, high = _interval(drawn) if len(own) and draws else (blank, blank)
    rows = []
    for at, (node, name) in enumerate(zip(own["node"], own["name"], strict=True)):
        for column, figure in enumerate(figures):
            bounds = {"low": low[at, column], "high": high[at, column]}
            rows.append({"node": node, "name": name, "figure": figure, "value": float(own[figure].iloc[at]), **bounds})
    return pd.DataFrame(rows, columns=["node", "name", "figure", "value", "low", "high"])


def _drawn(whole: nx.MultiDiGraph, rng: np.random.Generator) -> nx.MultiDiGraph:
    """The network with each event kept or not; all its nodes stay."""
    sure = {
        edge.get("event", key): float(edge.get("confidence", 1.0))
        for _, _, key, edge in whole.edges(keys=True, data=True)
    }
    kept = {event for event, draw in zip(sure, rng.random(len(sure)), strict=True) if draw < sure[event]}
    found = nx.MultiDiGraph(**whole.graph)
    found.add_nodes_from(whole.nodes(data=True))
    edges = whole.edges(keys=True, data=True)
    found.add_edges_from((u, v, key, edge) for u, v, key, edge in edges if edge.get("event", key) in kept)
    return found


# what the measures share


def _rng(seed: int) -> np.random.Generator:
    import numpy as np

    return np.random.default_rng(seed)


def _interval(drawn: Any) -> tuple[Any, Any]:
    import numpy as np

    if not len(drawn):
        return float("nan"), float("nan")
    low, high = np.nanquantile(np.asarray(drawn, dtype=float), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def _last(value: float) -> float:
    return value if value == value else float("inf")


def _node(whole: nx.Graph, node: str) -> dict[str, Any]:
    own = whole.nodes[node] if node in whole else {}
    return {"node": node, "name": own.get("name", node), "type": own.get("type")}


def _undirected(whole: nx.MultiDiGraph) -> nx.Graph:
    """One edge for each two nodes, whose weight is that of all edges between them; nobody is tied to itself."""
    found = nx.Graph()
    found.add_nodes_from(sorted(whole.nodes(data=True)))
    for source, target, edge in whole.edges(data=True):
        if source != target:
            before = found.edges[source, target]["weight"] if found.has_edge(source, target) else 0.0
            found.add_edge(source, target, weight=before + edge.get("weight", 1.0))
    return found


def _periods(whole: nx.MultiDiGraph, every: str | None) -> Iterable[tuple[str | None, nx.MultiDiGraph]]:
    return [(None, whole)] if every is None else [(s.period, s.network) for s in snapshots(whole, every)]


def _tidy(
    rows: Iterable[dict[str, Any]], columns: Sequence[str], order: Callable[[dict[str, Any]], Any]
) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(sorted(rows, key=order), columns=list(columns))
