from __future__ import annotations

import datetime as dt

import networkx as nx
import pytest

import graph
from graph import network
from graph.errors import UsageError
from tests import examples


@pytest.fixture
def kg() -> graph.KnowledgeGraph:
    opened = graph.open()
    for each in (examples.harbour(), examples.gazette()):
        opened.add_reading(each)
    return opened


def edges(found: nx.Graph, *names: str) -> set[tuple[object, ...]]:
    name = dict(found.nodes(data="name"))
    return {(name[u], name[v], *(edge.get(n) for n in names)) for u, v, edge in found.edges(data=True)}


def test_interaction_has_deeds_alone_and_says_so(kg: graph.KnowledgeGraph) -> None:
    found = kg.network()
    assert edges(found, "type", "role", "said_by") == {
        ("Norvania", "Belmora", "Pledge", "recipient", "Ilse Ravn"),
        ("Norvania", "Bridge Mission", "Withdrawal", "theme", "the article"),
        ("Straits Council", "Bridge Mission", "Authorisation", "theme", "Tomás Quill"),
        ("Belmora", "a full rescue force", "Appeal", "theme", "the article"),
    }
    assert {status for *_, status in found.edges(data="status")} == {"actual"}
    assert found.graph["filters"] == "modality: Actual; polarity: Positive"
    assert found.graph["left_out"] == 5
    assert found.graph["reading"] == network.READINGS["interaction"]


def test_the_rest_comes_when_asked_for_and_stays_apart(kg: graph.KnowledgeGraph) -> None:
    found = kg.network(modality="all", polarity="all")
    assert ("Norvania", "Belmora", "Deployment", "pledged") in edges(found, "type", "status")
    assert ("Norvania", "Bridge Mission", "Withdrawal", "did not happen") in edges(found, "type", "status")
    pairs = kg.network(modality="all", polarity="all", pairs=True)
    name = {name: node for node, name in pairs.nodes(data="name")}
    merged = pairs.edges[name["Norvania"], name["Belmora"]]
    assert merged == {
        "weight": 2.0, "edges": 2, "expected": 1.6, "sources": 1, "types": "Deployment: 1; Pledge: 1", "actual": 1,
        "pledged": 1, "verbal_cooperation": 1, "first": "2031-03-11", "last": "2031-03-11",
    }  # fmt: skip
    withdrawal = pairs.edges[name["Norvania"], name["Bridge Mission"]]
    assert (withdrawal["actual"], withdrawal["did_not_happen"], withdrawal["sources"]) == (1, 1, 2)


def test_an_edge_has_its_evidence(kg: graph.KnowledgeGraph) -> None:
    found = kg.network()
    for *_, edge in found.edges(data=True):
        text = examples.HARBOUR if edge["source"] == "Harbour Courier" else examples.GAZETTE
        assert edge["sentence"] in text
        assert text[edge["begin"] : edge["end"]] in edge["sentence"]
        assert edge["confidence"] == 0.8
        assert None not in edge.values()


def test_participation_has_two_kinds_of_node(kg: graph.KnowledgeGraph) -> None:
    found = kg.network("participation")
    assert nx.is_bipartite(found)
    kinds = {kind for _, kind in found.nodes(data="bipartite")}
    assert kinds == {0, 1}
    for actor, event, role in found.edges(data="role"):
        assert (found.nodes[actor]["bipartite"], found.nodes[event]["bipartite"]) == (0, 1)
        assert role
    assert ("Ilse Ravn", "Ilse Ravn said", "agent", "actual") in edges(found, "role", "status")


def test_statements_have_what_the_speaker_makes_of_it(kg: graph.KnowledgeGraph) -> None:
    found = edges(kg.network("statements"), "type", "status", "form", "relayed_by")
    assert ("Ilse Ravn", "Norvania", "Withdrawal", "did not happen", "Indirect", None) in found
    assert ("Ilse Ravn", "Belmora", "Deployment", "pledged", "Indirect", None) in found
    assert ("a guard", "gangs", "Destruction", "actual", "Direct", "Tomás Quill") in found
    assert all(edge["speaker"] == u for u, _, edge in kg.network("statements").edges(data=True))


def test_membership_leaves_denied_ties_out(kg: graph.KnowledgeGraph) -> None:
    assert edges(kg.network("membership"), "type") == {
        ("Ilse Ravn", "President", "holdsPost"),
        ("President", "Norvania", "postIn"),
        ("Norvania", "Bridge Mission", "contributorTo"),
    }
    assert edges(kg.network("membership", type="postIn")) == {("President", "Norvania")}


@pytest.mark.parametrize(
    ("chosen", "types"),
    [
        ({"type": "pledge"}, {"Pledge"}),
        ({"type": ["RETREAT", "verbal conflict"]}, {"Withdrawal", "Appeal"}),
        ({"source": "ester gazette"}, {"Withdrawal"}),
        ({"source": "Norvania leaves the mission"}, {"Withdrawal"}),
        ({"speaker": "tomas quill"}, {"Authorisation"}),
        ({"speaker": "the article"}, {"Appeal", "Withdrawal"}),
        ({"since": "2031-03"}, {"Pledge"}),
        ({"until": dt.date(2031, 1, 31)}, {"Authorisation"}),
        ({"since": "2031", "until": "2031"}, {"Pledge", "Authorisation"}),
        ({"confidence": 0.81}, set()),
        ({"modality": ["pledged"]}, {"Deployment"}),
        ({"polarity": "negative"}, {"Withdrawal"}),
    ],
)
def test_filters(kg: graph.KnowledgeGraph, chosen: dict[str, object], types: set[str]) -> None:
    found = kg.network(**chosen)
    assert {kind for *_, kind in found.edges(data="type")} == types
    assert next(iter(chosen)) in found.graph["filters"]


@pytest.mark.parametrize(
    ("view", "chosen", "message"),
    [
        ("friendship", {}, "known: interaction, participation, statements, membership"),
        ("interaction", {"colour": "red"}, "has no filter 'colour'; known: confidence, modality"),
        ("membership", {"modality": "Actual"}, "membership has no filter 'modality'"),
        ("interaction", {"type": "Deplyment"}, "near to it: Deployment"),
        ("interaction", {"modality": "hoped"}, "known here: Actual, Hypothetical"),
        ("interaction", {"speaker": "Nobody"}, "there is no speaker 'Nobody'"),
        ("interaction", {"source": "Nobody"}, "there is no source 'Nobody'"),
        ("interaction", {"since": "last week"}, "write 2031-03-14, 2031-03 or 2031"),
        ("interaction", {"since": "2031-99"}, "write 2031-03-14, 2031-03 or 2031"),
        ("interaction", {"confidence": 80}, "not from 0 to 1"),
        ("interaction", {"ego": "Norvanya"}, "near to it: Norvania"),
        ("participation", {"ego": "people"}, "may be 2 nodes"),
        ("interaction", {"ego": "Norvania", "radius": -1}, "radius=-1"),
        ("interaction", {"library": "graphtool"}, "known: networkx, rustworkx, igraph"),
    ],
)
def test_what_does_not_exist_is_refused(
    kg: graph.KnowledgeGraph, view: str, chosen: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        kg.network(view, **chosen)
    assert message in str(refused.value)


def test_an_ego_network_reaches_so_far(kg: graph.KnowledgeGraph) -> None:
    one = kg.network(ego="norvania")
    assert {name for _, name in one.nodes(data="name")} == {"Norvania", "Belmora", "Bridge Mission"}
    two = kg.network(ego="Norvania", radius=2)
    assert {name for _, name in two.nodes(data="name")} > {"Straits Council"}
    assert one.graph["ego"].endswith("/norvania")


def test_snapshots_share_an_edge_among_the_periods_that_it_may_be_in(kg: graph.KnowledgeGraph) -> None:
    found = network.snapshots(kg.network(), "week")
    weights = {s.period: [w for *_, w in s.network.edges(data="weight")] for s in found}
    january = [w for period, (w, *_) in weights.items() if period < "2031-02-03"]
    assert len(january) == 5
    assert sum(january) == pytest.approx(1)
    assert [s.first for s in found][-1] == dt.date(2031, 3, 10)
    assert found[0].network.graph["undated"] == 2
    months = network.snapshots(kg.network(), "month")
    assert [(s.period, s.network.number_of_edges()) for s in months] == [("2031-01", 1), ("2031-03", 1)]
    with pytest.raises(UsageError, match="known: day, week, month, quarter, year"):
        network.snapshots(kg.network(), "fortnight")


def test_other_libraries_get_the_same_network(kg: graph.KnowledgeGraph) -> None:
    own = kg.network(modality="all")
    rust = kg.network(modality="all", library="rustworkx")
    assert {(rust[u]["iri"], rust[v]["iri"], e["event"]) for u, v, e in rust.weighted_edge_list()} == {
        (u, v, e) for u, v, e in own.edges(data="event")
    }
    other = kg.network(modality="all", library="igraph")
    assert other.is_directed()
    assert {(other.vs[e.source]["iri"], other.vs[e.target]["iri"], e["event"]) for e in other.es} == {
        (u, v, e) for u, v, e in own.edges(data="event")
    }
    assert other["reading"] == own.graph["reading"]


def test_the_order_follows_from_the_articles_alone(kg: graph.KnowledgeGraph) -> None:
    with graph.open() as other:
        for each in (examples.gazette(), examples.harbour()):
            other.add_reading(each)
        for view in network.READINGS:
            one, two = kg.network(view), other.network(view)
            assert list(one.nodes(data=True)) == list(two.nodes(data=True))
            assert list(one.edges(keys=True, data=True)) == list(two.edges(keys=True, data=True))


def test_nothing_makes_a_network_of_nothing() -> None:
    with graph.open() as kg:
        for view in network.READINGS:
            assert len(kg.network(view)) == 0
            assert len(kg.network(view, pairs=True)) == 0
