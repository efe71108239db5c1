from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from rdflib import Literal, URIRef

from graph import rdf, store
from graph.errors import QueryError, StoreError, UsageError
from graph.store import Store
from tests import examples

G = "https://example.org/g/"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) > STR(?f)) }"


def quads(graph: str, number: int = 3, value: str = "a") -> list[store.Quad]:
    g = URIRef(graph)
    return [
        (URIRef(f"https://example.org/{n}"), URIRef("https://example.org/p"), Literal(value), g) for n in range(number)
    ]


@pytest.fixture(params=["memory", "disk"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with store.open(None if request.param == "memory" else tmp_path / "store") as found:
        yield found


def add(opened: Store, *readings: object) -> None:
    for reading in readings or (examples.harbour(), examples.gazette()):
        opened.add(str(rdf.graph_iri(reading.document)), rdf.quads(reading))  # type: ignore[attr-defined, arg-type]


def test_adding_the_same_again_changes_nothing(opened: Store) -> None:
    assert opened.add(G + "1", quads(G + "1"))
    before = opened.export("nq")
    assert not opened.add(G + "1", reversed(quads(G + "1")))
    assert opened.export("nq") == before


def test_a_graph_is_replaced_as_a_whole(opened: Store) -> None:
    opened.add(G + "1", quads(G + "1", 5, "old"))
    opened.add(G + "2", quads(G + "2", 1, "other"))
    assert opened.add(G + "1", quads(G + "1", 2, 'new "quoted"\n\\'))
    assert {str(o) for _, _, o, _ in opened.quads(G + "1")} == {'new "quoted"\n\\'}
    assert opened.size(G + "1") == 2
    assert opened.size(G + "2") == 1


def test_quads_of_another_graph_are_refused(opened: Store) -> None:
    with pytest.raises(ValueError, match="g/1"):
        opened.add(G + "1", quads(G + "2"))


def test_remove_restores_the_former_graph(opened: Store) -> None:
    add(opened, examples.gazette())
    before = opened.export("nq")
    add(opened, examples.harbour())
    assert opened.export("nq") != before
    assert opened.remove(str(rdf.graph_iri(examples.harbour().document)))
    assert opened.export("nq") == before
    assert not opened.remove(G + "none")


@pytest.mark.parametrize("form", ["nq", "trig", "ttl", "jsonld"])
def test_the_order_of_adding_does_not_show(tmp_path: Path, form: str) -> None:
    for where in (None, tmp_path):
        with (
            store.open(where and where / "one") as one,
            store.open(where and where / "two") as two,
        ):
            add(one, examples.harbour(), examples.gazette())
            add(two, examples.gazette(), examples.harbour())
            assert one.export(form) == two.export(form)


def test_exports_are_read_by_rdflib(opened: Store) -> None:
    add(opened)
    whole = rdflib.Dataset(default_union=True)
    whole.parse(data=opened.export("trig"), format="trig")
    assert {tuple(map(str, q)) for q in whole.quads()} == {tuple(map(str, q)) for q in opened.quads()}
    assert len(rdflib.Graph().parse(data=opened.export("ttl"), format="turtle")) == len(
        set(opened.dataset.triples((None,) * 3))
    )


def test_an_unknown_format_lists_the_known(opened: Store) -> None:
    with pytest.raises(UsageError, match="trig"):
        opened.export("docx")


def test_the_dataset_is_rdflibs_with_prefixes_and_the_union(opened: Store) -> None:
    add(opened)
    dataset = opened.dataset
    assert isinstance(dataset, rdflib.Dataset)
    events = list(dataset.subjects(rdflib.RDF.type, URIRef("https://w3id.org/whodid/ontology#Event")))
    assert len(events) == 14
    assert dict(dataset.namespaces())["who"] == URIRef("https://w3id.org/whodid/ontology#")


WRITER = """
import sys
from rdflib import Literal, URIRef
from graph import store
opened = store.open(sys.argv[1])
print("ready", flush=True)
for turn in range(10_000):
    for number in range(20):
        g = URIRef(f"https://example.org/g/{number}")
        p = URIRef("https://example.org/p")
        opened.add(str(g), [(URIRef(f"https://example.org/{n}"), p, Literal(turn), g) for n in range(100)])
"""


def test_killed_at_any_moment_each_article_is_there_in_whole_or_not_at_all(tmp_path: Path) -> None:
    turns = set()
    for wait in (0.05, 0.2, 0.45):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "s")], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(wait)
            os.kill(writer.pid, signal.SIGKILL)
        with store.open(tmp_path / "s") as opened:
            for graph in (g for g in opened.graphs() if g.startswith("https://example.org/g/")):
                values = Counter(str(o) for _, _, o, _ in opened.quads(graph))
                assert list(values.values()) == [100], graph
                turns |= set(values)
    assert len(turns) > 1, "the writer never came to write a second generation: the test proves nothing"


HOLDER = """
import sys
from graph import store
held = store.open(sys.argv[1], write=sys.argv[2] == "w")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("held", "wanted", "told"), [("w", True, "is writing"), ("w", False, "is writing"), ("r", True, "is reading")]
)
def test_a_store_in_use_says_who_uses_it(tmp_path: Path, held: str, wanted: bool, told: str) -> None:
    store.open(tmp_path / "s").close()
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "s"), held]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StoreError, match=told) as error:
            store.open(tmp_path / "s", write=wanted)
        assert held == "r" or str(holder.pid) in str(error.value)
        holder.communicate()
    store.open(tmp_path / "s").close()


def test_many_read_at_once(tmp_path: Path) -> None:
    with store.open(tmp_path / "s") as opened:
        add(opened)
    with store.open(tmp_path / "s", write=False) as one, store.open(tmp_path / "s", write=False) as two:
        assert list(one.query("ASK { ?x a who:Event }").rows) == list(two.query("ASK { ?x a who:Event }").rows)
        with pytest.raises(StoreError, match="reading only"):
            one.add(G + "1", quads(G + "1"))


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "letter.txt").write_text("x")
    with pytest.raises(StoreError, match="is a file"):
        store.open(tmp_path / "file")
    with pytest.raises(StoreError, match="not a whodid store"):
        store.open(tmp_path / "folder")
    with pytest.raises(StoreError, match="whodid build"):
        store.open(tmp_path / "missing", write=False)
    assert not (tmp_path / "missing").exists()


@pytest.mark.parametrize(
    ("text", "told"), [('{"format": 99, "base": "x:"}', "format 99"), ("{", "store.json"), ("[]", "store.json")]
)
def test_another_version_is_refused(tmp_path: Path, text: str, told: str) -> None:
    store.open(tmp_path / "s").close()
    (tmp_path / "s" / "store.json").write_text(text)
    for write in (True, False):
        with pytest.raises(StoreError, match=told):
            store.open(tmp_path / "s", write=write)


def test_the_base_belongs_to_the_store(tmp_path: Path) -> None:
    store.open(tmp_path / "s", base="https://news.example").close()
    assert json.loads((tmp_path / "s" / "store.json").read_text())["base"] == "https://news.example/"
    with store.open(tmp_path / "s") as opened:
        assert opened.base == "https://news.example/"
    with pytest.raises(StoreError, match="made with the base"):
        store.open(tmp_path / "s", base="https://other.example/")
    with pytest.raises(UsageError):
        store.open(tmp_path / "t", base="no base")


def test_a_folder_that_may_not_be_made_is_named() -> None:
    with pytest.raises(StoreError, match="/proc/none"):
        store.open("/proc/none/store")


def test_a_backup_is_a_store(tmp_path: Path) -> None:
    with store.open(tmp_path / "s") as opened:
        add(opened)
        opened.backup(tmp_path / "copy")
        with store.open(tmp_path / "copy") as copy:
            assert copy.export("nq") == opened.export("nq")
        with pytest.raises(StoreError, match="exists"):
            opened.backup(tmp_path / "copy")


def test_a_store_in_memory_has_no_backup(tmp_path: Path) -> None:
    with store.open() as opened, pytest.raises(StoreError, match="export"):
        opened.backup(tmp_path / "copy")


def test_files_are_loaded(tmp_path: Path, opened: Store) -> None:
    (tmp_path / "more.trig").write_text("<https://e.org/g> { <https://e.org/a> <https://e.org/b> 'c' }")
    (tmp_path / "some.ttl").write_text("<https://e.org/a> <https://e.org/b> 'd' .")
    (tmp_path / "bad.ttl").write_text("<https://e.org/a> <")
    opened.load(tmp_path / "more.trig")
    opened.load(tmp_path / "some.ttl")
    assert "https://e.org/g" in opened.graphs()
    assert opened.size("https://w3id.org/whodid/graph/file/some-ttl") == 1
    for name in ("bad.ttl", "none.ttl", "odd.doc"):
        with pytest.raises(StoreError, match=name):
            opened.load(tmp_path / name)


def test_a_query_sees_all_graphs_or_those_it_names(opened: Store) -> None:
    opened.add(G + "1", quads(G + "1", 3))
    opened.add(G + "2", quads(G + "2", 2, "b"))
    ask = "SELECT ?o %s { ?s <https://example.org/p> ?o }"
    assert len(opened.query(ask % "")) == 5
    assert len(opened.query(ask % f"FROM <{G}2>")) == 2
    assert len(opened.query(f"PREFIX g: <{G}> " + ask % "FROM g:1")) == 3
    assert len(opened.query(f"SELECT ?s {{ GRAPH <{G}1> {{ ?s ?p ?o }} }}")) == 3


def test_all_forms_of_query_answer(opened: Store) -> None:
    add(opened)
    assert opened.query("ASK { ?x who:agent ?y }").truth is True
    assert not opened.query("ASK { ?x who:agent ?x }")
    told = opened.query("CONSTRUCT { ?x rdfs:label ?y } WHERE { ?x a who:Mission ; rdfs:label ?y }")
    assert "Bridge Mission" in told.turtle()
    assert len(opened.query("DESCRIBE <https://w3id.org/whodid/id/place/norvania>")) > 3


def test_a_query_past_its_time_is_given_up(opened: Store) -> None:
    add(opened)
    with pytest.raises(QueryError, match="given up after 1 second"):
        opened.query(SLOW, seconds=1)
    assert opened.query("ASK { ?x a who:Event }", seconds=30).truth


def test_a_limited_query_sees_what_was_just_written_and_answers_the_same(opened: Store) -> None:
    add(opened)
    ask = "SELECT ?x ?l { ?x a who:Event ; rdfs:label ?l } ORDER BY ?x"
    assert opened.query(ask, seconds=60) == opened.query(ask)
    with pytest.raises(QueryError, match="line 1"):
        opened.query("SELECT {", seconds=60)


def test_rows_are_limited_and_said_to_be(opened: Store) -> None:
    add(opened)
    some = opened.query("SELECT ?x { ?x a who:Event }", rows=3)
    assert len(some) == 3
    assert some.cut
    assert not opened.query("SELECT ?x { ?x a who:Event }", rows=14).cut
    assert opened.query("CONSTRUCT WHERE { ?x a who:Event }", rows=2).cut
