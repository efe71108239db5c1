from __future__ import annotations

from typing import Any

import networkx as nx
import pandas as pd
import pytest

import graph
from graph import measures
from tests import examples


def net(*edges: tuple[Any, ...], view: str = "interaction") -> nx.MultiDiGraph:
    """Edges as (from, to, quad or type, more): each an event of its own, certain unless it says otherwise."""
    found = nx.MultiDiGraph(view=view)
    for number, (source, target, *rest) in enumerate(edges):
        more = {
            "confidence": 1.0,
            "weight": 1.0,
            "status": "actual",
            "event": f"e{number}",
            **(rest[0] if rest else {}),
        }
        for node in (source, target):
            found.add_node(node, name=node.upper(), type="Group")
        found.add_edge(source, target, key=more["event"], **more)
    return found


def by(found: pd.DataFrame, column: str, key: str = "node") -> dict[str, Any]:
    return dict(zip(found[key], found[column], strict=True))


STAR = net(("a", "hub"), ("b", "hub"), ("hub", "c"), ("hub", "c"))
TWO = net(*[(x, y) for group in ("abc", "xyz") for x in group for y in group if x != y], ("c", "x"))


def test_centrality_of_a_star() -> None:
    found = measures.centrality(STAR)
    assert found["node"].tolist()[0] == "hub"
    assert by(found, "acts") == {"hub": 2, "a": 1, "b": 1, "c": 0}
    assert by(found, "acted_upon") == {"hub": 2, "a": 0, "b": 0, "c": 2}
    assert by(found, "partners") == {"hub": 3, "a": 1, "b": 1, "c": 1}
    # two of the six ordered pairs of others, a to c and b to c, go through the hub
    assert by(found, "betweenness") == pytest.approx({"hub": 2 / 6, "a": 0, "b": 0, "c": 0})
    # c is reached by all three others, at distances 1, 2, 2
    assert by(found, "closeness")["c"] == pytest.approx(3 / 5)
    assert sum(found["pagerank"]) == pytest.approx(1)
    assert found["name"].tolist()[0] == "HUB"


def test_betweenness_and_closeness_are_those_of_networkx() -> None:
    random = nx.gnp_random_graph(60, 0.06, seed=7, directed=True)
    whole = net(*[(f"n{u:02}", f"n{v:02}") for u, v in random.edges])
    found = measures.centrality(whole)
    assert by(found, "betweenness") == pytest.approx(nx.betweenness_centrality(nx.DiGraph(whole)))
    assert by(found, "closeness") == pytest.approx(nx.closeness_centrality(nx.DiGraph(whole)))
    assert by(measures.brokers(whole), "betweenness") == pytest.approx(nx.betweenness_centrality(nx.Graph(whole)))


def test_communities_of_two_cliques() -> None:
    found = measures.communities(TWO)
    members = found.groupby("community")["node"].agg(sorted).tolist()
    assert members == [["a", "b", "c"], ["x", "y", "z"]]
    # 13 edges, 6 within each: Q = 12/13 - 2 * (13/26)^2
    assert found["modularity"].iloc[0] == pytest.approx(12 / 13 - 0.5)
    assert found["label"].unique().tolist() == ["C, A, B", "X, Y, Z"]
    pd.testing.assert_frame_equal(found, measures.communities(TWO))


def test_brokers_stand_between() -> None:
    found = measures.brokers(TWO)
    assert set(found["node"][:2]) == {"c", "x"}
    assert by(found, "cut_point") == {"a": False, "b": False, "c": True, "x": True, "y": False, "z": False}
    assert by(found, "bridges")["c"] == 2
    assert by(found, "bridges")["a"] == 1
    star = measures.brokers(net(("a", "hub"), ("b", "hub"), ("hub", "c")))
    # partners that have nothing to do with one another: three times a third squared
    assert by(star, "constraint")["hub"] == pytest.approx(1 / 3)
    assert by(star, "effective_size")["hub"] == pytest.approx(3)


def test_balance_counts_quads_and_keeps_statuses_apart() -> None:
    found = measures.balance(
        net(
            ("a", "b", {"quad": "material cooperation"}),
            ("b", "a", {"quad": "verbal cooperation"}),
            ("a", "b", {"quad": "verbal conflict"}),
            ("a", "b", {"quad": "material conflict", "status": "planned"}),
            ("a", "b", {}),
        )
    )
    actual, planned = found.query("status == 'actual'").iloc[0], found.query("status == 'planned'").iloc[0]
    assert (actual["n"], actual["material_cooperation"], actual["verbal_conflict"]) == (3, 1, 1)
    assert actual["balance"] == actual["low"] == actual["high"] == pytest.approx(1 / 3)
    assert planned["balance"] == -1
    directed = measures.balance(
        net(("a", "b", {"quad": "verbal conflict"}), ("b", "a", {"quad": "verbal cooperation"})), directed=True
    )
    assert directed["balance"].tolist() == [-1, 1]


def test_balance_over_time() -> None:
    found = measures.balance(
        net(
            ("a", "b", {"quad": "verbal conflict", "first": "2031-01-05", "last": "2031-01-05"}),
            ("a", "b", {"quad": "verbal cooperation", "first": "2031-02-01", "last": "2031-02-28"}),
            ("a", "b", {"quad": "verbal cooperation", "first": "2031-01-31", "last": "2031-02-01"}),
        ),
        "month",
    )
    assert found["period"].tolist() == ["2031-01", "2031-02"]
    assert found["n"].tolist() == [1.5, 1.5]
    assert found["balance"].tolist() == pytest.approx([-1 / 3, 1])


def test_unsure_events_widen_the_interval() -> None:
    sure = [("a", "b", {"quad": "verbal cooperation"})] * 5
    unsure = [("a", "b", {"quad": "verbal conflict", "confidence": 0.2})] * 5
    found = measures.balance(net(*sure, *unsure)).iloc[0]
    assert found["balance"] == 0
    assert found["low"] <= 0.25 < 1 == found["high"]
    parts = measures.parts(net(*unsure)).query("part == 'acts'").iloc[0]
    assert (parts["n"], parts["expected"]) == (5, pytest.approx(1))
    assert (parts["low"], parts["high"]) == (0, 3)


def test_reciprocity_of_pledges() -> None:
    pledge = {"type": "Pledge"}
    found = measures.reciprocity(
        net(("a", "b", pledge), ("b", "a", pledge), ("b", "a", pledge), ("a", "c", pledge), ("c", "a"))
    )
    assert found[["one", "other", "given", "returned"]].values.tolist() == [["b", "a", 2, 1], ["a", "c", 1, 0]]
    assert found["reciprocity"].tolist() == pytest.approx([2 / 3, 0])
    assert found.attrs["reciprocity"] == pytest.approx(2 / 4)


def test_change_is_certain_only_where_misreading_cannot_explain_it() -> None:
    before = net(("a", "b"), ("c", "b", {"confidence": 0.5}))
    after = net(*[("a", "b")] * 4)
    found = measures.change(before, after).set_index(["node", "part"])
    assert found.loc[("a", "acts"), ["before", "after", "difference", "low", "high", "certain"]].tolist() == [
        1,
        4,
        3,
        3,
        3,
        True,
    ]
    assert found.loc[("c", "acts"), ["difference", "low", "high", "certain"]].tolist() == [-1, -1, 0, False]


def test_any_measure_with_intervals() -> None:
    found = measures.uncertain(net(("a", "b"), ("b", "c", {"confidence": 0.5})), draws=100)
    value = found.set_index(["node", "figure"])
    assert value.loc[("a", "acts")].tolist() == ["A", 1, 1, 1]
    assert value.loc[("b", "acts"), ["value", "low", "high"]].tolist() == [1, 0, 1]
    pd.testing.assert_frame_equal(
        found, measures.uncertain(net(("a", "b"), ("b", "c", {"confidence": 0.5})), draws=100)
    )


def test_an_event_of_several_edges_is_drawn_once() -> None:
    both = {"event": "one", "confidence": 0.5}
    found = nx.MultiDiGraph()
    for target in ("b", "c"):
        found.add_edge("a", target, key=f"one {target}", **both)
    counts = {measures._drawn(found, measures._rng(seed)).number_of_edges() for seed in range(20)}
    assert counts == {0, 2}


def test_parts_of_the_invented_articles() -> None:
    with graph.open() as kg:
        for each in (examples.harbour(), examples.gazette()):
            kg.add_reading(each)
        done = measures.parts(kg.network())
        said = measures.parts(kg.network("statements"))
        every = measures.parts(kg.network(modality="all", polarity="all"))
        change = measures.change(kg.network(until="2031-02"), kg.network(since="2031-03"))
    assert done.query("part == 'acts' and name == 'Norvania'")["n"].tolist() == [2]
    assert set(done["status"]) == {"actual"}
    assert said.query("part == 'quotes'")[["name", "n"]].values.tolist() == [["Tomás Quill", 1]]
    assert said.query("part == 'quoted' and name == 'Ilse Ravn'")[["status", "n"]].values.tolist() == [
        ["actual", 1], ["did not happen", 1], ["planned", 1], ["pledged", 1],
    ]  # fmt: skip
    assert every.query("part == 'acts' and name == 'Norvania'")["status"].tolist() == [
        "actual",
        "did not happen",
        "pledged",
    ]
    assert set(change["name"]) == {"Norvania", "Belmora", "Straits Council", "Bridge Mission"}


def test_nothing_has_measures_without_rows() -> None:
    empty = nx.MultiDiGraph(view="interaction")
    for measure in (
        measures.centrality,
        measures.parts,
        measures.communities,
        measures.brokers,
        measures.balance,
        measures.reciprocity,
    ):
        found = measure(empty)
        assert len(found) == 0
        assert "name" in found or "one_name" in found
    assert len(measures.change(empty, empty)) == len(measures.uncertain(empty, draws=2)) == 0
