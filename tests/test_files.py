from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
import rdflib
from click.testing import CliRunner
from rdflib.compare import isomorphic
from rdflib.namespace import RDF

import graph
from graph import cli, files, frames
from graph.errors import UsageError
from graph.vocabulary import WHO
from tests import examples

OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
NASTY = '=HYPERLINK("http://bad.example","x")'


@pytest.fixture
def kg() -> graph.KnowledgeGraph:
    opened = graph.open()
    for each in (examples.harbour(), examples.gazette()):
        opened.add_reading(each)
    return opened


def everything(kg: graph.KnowledgeGraph, view: str = "interaction") -> nx.MultiDiGraph:
    found: nx.MultiDiGraph = kg.network(view, polarity="all", **({} if view == "membership" else {"modality": "all"}))
    return found


def every(view: str) -> dict[str, Any]:
    return {"view": view, "polarity": "all", **({} if view == "membership" else {"modality": "all"})}


def told(found: nx.Graph) -> list[Any]:
    """The nodes and edges of a network as they compare: whatever the keys of the edges are."""
    edges = [(u, v, sorted(edge.items())) for u, v, edge in found.edges(data=True)]
    return [sorted((node, sorted(own.items())) for node, own in found.nodes(data=True)), sorted(edges)]


VIEWS = ("interaction", "participation", "statements", "membership")


@pytest.mark.parametrize("view", VIEWS)
def test_networkx_reads_the_graphml_that_was_written(kg: graph.KnowledgeGraph, view: str) -> None:
    again = nx.read_graphml(io.BytesIO(kg.export("graphml", **every(view)) or b""), force_multigraph=True)
    own = everything(kg, view)
    assert told(again) == told(own)
    assert again.graph["reading"] == own.graph["reading"]
    assert again.graph["left_out"] == own.graph["left_out"]


def test_igraph_reads_the_graphml(kg: graph.KnowledgeGraph, tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph", reason="pip install igraph")
    kg.export("graphml", tmp_path / "x.graphml", **every("interaction"))
    again = igraph.Graph.Read_GraphML(str(tmp_path / "x.graphml"))
    own = everything(kg)
    assert again.is_directed()
    assert sorted(
        (again.vs[e.source]["id"], again.vs[e.target]["id"], e["status"], e["confidence"]) for e in again.es
    ) == sorted((u, v, edge["status"], edge["confidence"]) for u, v, edge in own.edges(data=True))
    assert set(again.vs["name"]) == {name for _, name in own.nodes(data="name")}


@pytest.mark.parametrize("view", VIEWS)
def test_networkx_reads_the_gexf_with_its_time(kg: graph.KnowledgeGraph, view: str) -> None:
    written = kg.export("gexf", **every(view)) or b""
    assert b"lastmodified" not in written
    again = nx.read_gexf(io.BytesIO(written))
    own = everything(kg, view)
    assert again.number_of_edges() == own.number_of_edges()
    assert {node: given["label"] for node, given in again.nodes(data=True)} == dict(own.nodes(data="name"))
    for name in ("status", "sentence", "polarity"):
        assert sorted(str(v) for *_, v in again.edges(data=name)) == sorted(str(v) for *_, v in own.edges(data=name))
    assert sorted(str(v) for *_, v in again.edges(data="start")) == sorted(str(v) for *_, v in own.edges(data="first"))
    assert sorted(str(v) for *_, v in again.edges(data="end") if v) == sorted(
        str(v) for *_, v in own.edges(data="last") if v
    )


def test_sheets_hold_each_edge_and_no_formula(kg: graph.KnowledgeGraph, tmp_path: Path) -> None:
    whole = examples.harbour()
    kg.add_reading(replace(whole, document=replace(whole.document, publisher=NASTY)))
    kg.export("csv", tmp_path / "net", **every("interaction"))
    edges = pd.read_csv(tmp_path / "net" / "edges.csv")
    nodes = pd.read_csv(tmp_path / "net" / "nodes.csv")
    own = everything(kg)
    assert sorted(zip(edges["source"], edges["target"], edges["status"], strict=True)) == sorted(
        own.edges(data="status")
    )
    assert dict(zip(nodes["iri"], nodes["name"], strict=True)) == dict(own.nodes(data="name"))
    assert set(edges["publisher"].dropna()) == {"Ester Gazette", f"'{NASTY}"}


def test_neo4j_finds_no_pledge_where_it_looks_for_deeds(kg: graph.KnowledgeGraph, tmp_path: Path) -> None:
    kg.export("neo4j", tmp_path / "import", **every("interaction"))
    nodes = list(csv.DictReader((tmp_path / "import" / "nodes.csv").open(encoding="utf-8")))
    ties = list(csv.DictReader((tmp_path / "import" / "relationships.csv").open(encoding="utf-8")))
    ids = {node["iri:ID"] for node in nodes}
    assert {tie[":START_ID"] for tie in ties} | {tie[":END_ID"] for tie in ties} <= ids
    kinds = sorted(tie[":TYPE"] for tie in ties)
    assert kinds == [
        "APPEAL",
        "AUTHORISATION",
        "DID_NOT_HAPPEN_WITHDRAWAL",
        "PLEDGE",
        "PLEDGED_DEPLOYMENT",
        "PLEDGED_DEPLOYMENT",
        "WITHDRAWAL",
    ]
    assert {"confidence:double", "begin:long", "status"} <= set(ties[0])
    kg.export("neo4j", tmp_path / "parts", **every("participation"))
    labels = {node[":LABEL"] for node in csv.DictReader((tmp_path / "parts" / "nodes.csv").open(encoding="utf-8"))}
    assert {"EVENT", "PLEDGED_EVENT", "DID_NOT_HAPPEN_EVENT", "Person"} <= labels
    assert "Deployment" not in labels


def test_pandas_and_duckdb_read_the_parquet(kg: graph.KnowledgeGraph, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="pip install duckdb")
    kg.export("parquet", tmp_path / "frames")
    assert {p.stem for p in (tmp_path / "frames").iterdir()} == set(frames.columns())
    events = pd.read_parquet(tmp_path / "frames" / "events.parquet")
    assert events["status"].tolist() == kg.events()["status"].tolist()
    asked = duckdb.sql(f"SELECT status, count(*) FROM '{tmp_path}/frames/events.parquet' GROUP BY status ORDER BY ALL")
    assert asked.fetchall() == [("actual", 9), ("did not happen", 2), ("planned", 2), ("pledged", 1)]


@pytest.mark.parametrize("form", ["nq", "trig", "ttl", "nt", "jsonld", "rdfxml"])
def test_rdflib_reads_the_rdf_and_finds_the_same(kg: graph.KnowledgeGraph, form: str) -> None:
    names = {"nq": "nquads", "jsonld": "json-ld", "rdfxml": "xml", "ttl": "turtle"}
    again = rdflib.Dataset(default_union=True)
    again.parse(data=kg.export(form) or b"", format=names.get(form, form))
    one, other = rdflib.Graph(), rdflib.Graph()
    for target, source in ((one, kg.dataset), (other, again)):
        for s, p, o, _ in source.quads():
            target.add((s, p, o))
    assert len(one) > 1000
    assert isomorphic(one, other)


def test_followthemoney_takes_the_entities(kg: graph.KnowledgeGraph) -> None:
    ftm = pytest.importorskip("followthemoney", reason="pip install followthemoney")
    proxies = [ftm.model.get_proxy(json.loads(line)) for line in (kg.export("ftm") or b"").splitlines()]
    for proxy in proxies:
        assert ftm.model.get(proxy.schema.name).validate(proxy.to_dict()) is None
        for prop, value in proxy.itervalues():
            assert prop.type.clean(value) == value, (prop, value)
    ids = {proxy.id for proxy in proxies}
    assert len(ids) == len(proxies)
    for proxy in proxies:
        for prop, value in proxy.itervalues():
            assert prop.type.name != "entity" or value in ids, (proxy, prop)
    events = [proxy for proxy in proxies if proxy.schema.name == "Event"]
    assert len(events) == 14
    pledged = next(proxy for proxy in events if "status: pledged" in proxy.get("keywords"))
    assert pledged.caption.startswith("(pledged)")
    assert {proxy.schema.name for proxy in proxies} >= {"Person", "Organization", "Article", "Occupancy", "Membership"}


def test_hypothetical_bodies_are_no_entities_elsewhere(kg: graph.KnowledgeGraph) -> None:
    assert "a full rescue force" not in [
        json.loads(line)["properties"].get("name", [""])[0]
        for line in (kg.export("ftm") or b"").splitlines()
        if b'"Organization"' in line
    ]


def dated_attacks() -> graph.KnowledgeGraph:
    whole = examples.harbour()
    pledge, deed = (replace(whole.events[n], type="Attack", plover="ASSAULT") for n in (0, 1))
    kg = graph.open()
    kg.add_reading(
        replace(whole, events=(pledge, replace(deed, roles=(*deed.roles, pledge.roles[2])), *whole.events[2:]))
    )
    return kg


def test_acled_holds_deeds_alone_unless_asked_for_more() -> None:
    kg = dated_attacks()
    rows = list(csv.DictReader(io.StringIO((kg.export("acled") or b"").decode())))
    assert [(row["event_date"], row["time_precision"], row["disorder_type"], row["event_type"]) for row in rows] == [
        ("2031-03-11", "1", "Political violence", "")
    ]
    assert (rows[0]["actor1"], rows[0]["actor2"], rows[0]["fatalities"], rows[0]["status"]) == (
        "Norvania",
        "Belmora",
        "",
        "actual",
    )
    more = list(csv.DictReader(io.StringIO((kg.export("acled", modality="all") or b"").decode())))
    assert sorted(row["status"] for row in more) == ["actual", "planned", "pledged"]


def test_plover_has_the_headings_of_polecat_and_our_statuses(kg: graph.KnowledgeGraph) -> None:
    rows = list(csv.DictReader(io.StringIO((kg.export("plover") or b"").decode())))
    assert {row["status"] for row in rows} == {"actual"}
    assert [(row["Event Type"], row["Quad Code"], row["Event Date"], row["Publication Date"]) for row in rows[:2]] == [
        ("RETREAT", "MATERIAL COOPERATION", "", ""),
        ("AGREE", "VERBAL COOPERATION", "2031-03-11", "2031-03-13"),
    ]
    more = list(csv.DictReader(io.StringIO((kg.export("plover", modality="all", polarity="all") or b"").decode())))
    assert {"pledged", "did not happen", "planned"} < {row["status"] for row in more}


def test_every_coded_type_is_one_of_the_ontology() -> None:
    from graph.files.coded import _kinds
    from graph.vocabulary import terms

    assert {WHO[f"{kind}Type"] for kind in _kinds()} <= terms()


def test_annotations_stand_where_they_say(kg: graph.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    written = kg.export("annotations") or b""
    page = json.loads(written)
    for item in page["items"]:
        position, quote = item["target"]["selector"]
        text = examples.HARBOUR if "harbour" in item["target"]["source"] else examples.GAZETTE
        assert text[position["start"] : position["end"]] == quote["exact"]
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in text
    assert len(page["items"]) == len(kg.mentions())
    assert len({item["id"] for item in page["items"]}) == len(page["items"])
    page["@context"][0] = json.loads((Path(__file__).parent / "anno.jsonld").read_text("utf-8"))
    found = rdflib.Graph().parse(data=json.dumps(page), format="json-ld")
    marks = set(found.subjects(RDF.type, OA.Annotation))
    assert len(marks) == len(page["items"])
    starts = {int(str(start)) for start in found.objects(None, OA.start)}
    assert starts == set(kg.mentions()["begin"])
    pledged = set(found.subjects(WHO.modality, WHO.Pledged))
    assert {str(node) for node in pledged} == set(kg.events().query("status == 'pledged'")["event"])


def test_xml_holds_what_it_can_of_any_text(kg: graph.KnowledgeGraph) -> None:
    whole = examples.harbour()
    odd = 'a\x0b<b>&"c"\n\N{PILE OF POO}\x00'
    kg.add_reading(replace(whole, document=replace(whole.document, publisher=odd)))
    for form, read in (("graphml", nx.read_graphml), ("gexf", nx.read_gexf)):
        again = read(io.BytesIO(kg.export(form) or b""))
        sources = {source for *_, source in again.edges(data="source")}
        assert 'a\ufffd<b>&"c"\n\N{PILE OF POO}\ufffd' in sources


SCRIPT = """
import hashlib, sys, graph
from graph import files
from tests import examples
kg = graph.open()
for each in (examples.gazette(), examples.harbour()):
    kg.add_reading(each)
for name, kind in files.FORMATS.items():
    for file, content in kind.made(kg.store).items():
        print(name, file, hashlib.sha256(content).hexdigest())
"""


@pytest.mark.slow
def test_the_same_graph_gives_the_same_bytes(kg: graph.KnowledgeGraph) -> None:
    def run(seed: str) -> str:
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=env, check=True)
        return done.stdout

    first = run("1")
    assert len(first.splitlines()) > len(files.FORMATS)
    assert run("2") == first


@pytest.mark.parametrize(
    ("form", "path", "chosen", "message"),
    [
        ("gephi", None, {}, "unknown format 'gephi'; known: nq, trig"),
        ("parquet", None, {}, "say into which folder"),
        ("parquet", "file.txt", {}, "is a file"),
        ("csv", "full", {}, "holds other things"),
        ("ftm", None, {"modality": "all"}, "takes no modality"),
        ("plover", None, {"view": "statements"}, "takes no view"),
        ("nq", None, {"modality": "all"}, "filters are for networks and events alone"),
        ("graphml", None, {"view": "friends"}, "known: interaction"),
        ("acled", None, {"colour": "red"}, "has no filter 'colour'"),
    ],
)
def test_what_cannot_be_written_is_refused(
    kg: graph.KnowledgeGraph, tmp_path: Path, form: str, path: str | None, chosen: dict[str, str], message: str
) -> None:
    (tmp_path / "file.txt").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError) as refused:
        kg.export(form, path and tmp_path / path, **chosen)
    assert message in str(refused.value)
    assert (tmp_path / "file.txt").read_text() == (tmp_path / "full" / "mine.txt").read_text() == "mine"


def test_the_command_writes_files_and_folders(tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    with graph.open(store) as kg:
        kg.add_reading(examples.harbour())
    asked = ["export", "--store", store, "--format"]
    done = CliRunner().invoke(cli.main, [*asked, "graphml", "--modality", "all", "-o", str(tmp_path / "n.graphml")])
    assert done.exit_code == 0, done.output
    again = nx.read_graphml(tmp_path / "n.graphml")
    assert "pledged" in {status for *_, status in again.edges(data="status")}
    done = CliRunner().invoke(cli.main, [*asked, "neo4j", "-o", str(tmp_path / "neo")])
    assert (done.exit_code, done.output) == (0, f"2 files in {tmp_path / 'neo'}\n")
    done = CliRunner().invoke(cli.main, [*asked, "plover"])
    assert done.output.startswith("Event ID,Event Date")
    refused = CliRunner().invoke(cli.main, [*asked, "graphml", "--view", "friends"])
    assert refused.exit_code != 0


def test_the_guide_tells_of_every_format() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "files.md").read_text("utf-8")
    for name in files.FORMATS:
        assert f"| `{name}` |" in guide, name
