from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from rdflib import Literal, URIRef

import graph
from graph import explorer, rdf, remote, store, validation, wire
from graph.cli import main
from graph.contents import stats
from graph.errors import QueryError, StoreError, UsageError
from graph.knowledge import KnowledgeGraph
from graph.queries import named_queries, named_query
from graph.results import plain
from graph.show import card
from graph.store import Store
from tests import examples
from tests.servers import free_port, oxigraph, scripted, virtuoso, weak_line
from tests.stores import OXIGRAPH, SERVERS, VIRTUOSO, emptied, fill
from tests.test_queries import ANSWERS
from tests.test_store import G, quads

# what a store in a folder must do, a store on a server must do
from tests.test_store import test_adding_the_same_again_changes_nothing as test_adding_the_same_again_changes_nothing
from tests.test_store import test_files_are_loaded as test_files_are_loaded
from tests.test_store import test_quads_of_another_graph_are_refused as test_quads_of_another_graph_are_refused


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch, secret: None) -> None:
    monkeypatch.setattr(wire, "PAUSES", (0.01, 0.02))


# the same as here


def test_every_named_query_answers_as_it_does_here(opened: Store, memory: Store) -> None:
    fill(opened)
    for name, values, _, _ in ANSWERS:
        sparql = named_query(name).bound(memory, values)
        assert named_query(name).bound(opened, values) == sparql
        want, got = ([[plain(t) for t in row] for row in s.query(sparql).rows] for s in (memory, opened))
        assert got == want, (name, values)


def test_every_named_query_runs_as_it_stands(opened: Store, memory: Store) -> None:
    fill(opened)
    for query in (q for q in named_queries().values() if not any(p.required for p in q.parameters)):
        want, got = ([[plain(t) for t in row] for row in s.query(query.sparql).rows] for s in (memory, opened))
        assert got == want, query.name


def test_views_of_it_are_the_same(opened: Store, memory: Store) -> None:
    fill(opened)
    assert str(stats(opened)) == str(stats(memory))
    assert validation.validate(opened.quads()) == validation.validate(memory.quads())
    for name in ("Tomás Quill", "Norvania promises engineers", "Straits Council authorised Bridge Mission"):
        assert card(opened, name) == card(memory, name)
    pages = [explorer.page(KnowledgeGraph(s), title="one title") for s in (opened, memory)]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("form", ["nq", "trig", "ttl", "jsonld"])
def test_exports_are_the_same_bytes(opened: Store, memory: Store, form: str) -> None:
    fill(opened)
    assert opened.export(form) == memory.export(form)
    assert len(opened) == len(memory)
    assert opened.graphs() == memory.graphs()


def test_all_forms_of_query_answer(opened: Store) -> None:
    fill(opened)
    assert opened.query("ASK { ?x who:agent ?y }").truth is True
    assert not opened.query("ASK { ?x who:agent ?x }")
    told = opened.query("CONSTRUCT { ?x rdfs:label ?y } WHERE { ?x a who:Mission ; rdfs:label ?y }")
    assert "Bridge Mission" in told.turtle()
    assert len(opened.query("DESCRIBE <https://w3id.org/whodid/id/place/norvania>")) > 3
    assert {row["more"] for row in opened.query("SELECT ?more { ?q who:isIncrement ?more }")} == {True, False}
    some = opened.query("SELECT ?x { GRAPH ?g { ?x a who:Event } } ORDER BY ?x", rows=3)
    assert (len(some), some.cut) == (3, True)


def test_a_query_sees_all_graphs_or_those_it_names(opened: Store) -> None:
    opened.add(G + "1", quads(G + "1", 3))
    opened.add(G + "2", quads(G + "2", 2, "b"))
    ask = "SELECT ?o %s { ?s <https://example.org/p> ?o }"
    assert len(opened.query(ask % "")) == 5
    assert len(opened.query(ask % f"FROM <{G}2>")) == 2
    assert len(opened.query(f"SELECT ?s {{ GRAPH <{G}1> {{ ?s ?p ?o }} }}")) == 3
    for bad, told in (("SELECT {", "line 1"), ("DROP ALL", "DROP"), ("ASK { SERVICE <http://x.y/> { } }", "SERVICE")):
        with pytest.raises(QueryError, match=told):
            opened.query(bad)
    with pytest.raises(QueryError, match="no graph of this store"):
        opened.query(ask % "FROM <file:///etc/passwd>")


# writing


def test_a_graph_is_replaced_as_a_whole_and_removed(opened: Store) -> None:
    opened.add(G + "1", quads(G + "1", 500, "old"))
    opened.add(G + "2", quads(G + "2", 1, "other"))
    awkward = 'new "quoted"\n\\ \t é 漢 😀'
    assert opened.add(G + "1", quads(G + "1", 201, awkward))
    assert {str(o) for _, _, o, _ in opened.quads(G + "1")} == {awkward}
    assert (opened.size(G + "1"), opened.size(G + "2")) == (201, 1)
    assert opened.remove(G + "1")
    assert not opened.remove(G + "1")
    assert G + "1" not in opened.graphs()
    assert opened.size(G + "2") == 1
    assert opened.add(G + "2", []), "nothing in its place"
    assert not opened.add(G + "2", [])


def test_terms_come_back_as_they_went(opened: Store) -> None:
    p, g = URIRef("https://example.org/p"), URIRef(G + "1")
    terms = [
        Literal("plain"), Literal("tagged", lang="en-gb"), Literal(7), Literal(True), Literal(dt.date(2031, 3, 11)),
        Literal("0.93", datatype=rdf.XSD.decimal), Literal("2031", datatype=rdf.XSD.gYear), Literal(""),
        Literal("https://x.example/y", datatype=rdf.XSD.anyURI), Literal("long " * 20_000), URIRef("https://x.example/é"),
    ]  # fmt: skip
    opened.add(G + "1", [(URIRef(f"https://example.org/{n}"), p, t, g) for n, t in enumerate(terms)])
    rows = opened.query(f"SELECT ?o {{ GRAPH <{G}1> {{ ?s <{p}> ?o }} }}").rows
    assert {(str(o), getattr(o, "datatype", None)) for (o,) in rows} == {
        (str(t), getattr(t, "datatype", None)) for t in terms
    }


# opening


def test_the_base_belongs_to_the_store(where: str) -> None:
    store.open(where, base="https://news.example").close()
    for write in (True, False):
        with store.open(where, write=write) as again:
            assert again.base == "https://news.example/"
    with pytest.raises(StoreError, match="made with the base"):
        store.open(where, base="https://other.example/")


def test_reading_makes_nothing(where: str) -> None:
    with pytest.raises(StoreError, match="whodid build"):
        store.open(where, write=False)
    with store.open(where) as opened:
        assert opened.graphs() == [str(store.ONTOLOGY.value)]
    with store.open(where, write=False) as opened, pytest.raises(StoreError, match="reading only"):
        opened.add(G + "1", quads(G + "1"))


def test_a_store_that_was_loaded_by_other_means_can_be_read(where: str) -> None:
    with store.open(where) as opened:
        fill(opened)
        assert isinstance(opened, remote.RemoteStore)
        opened._names = {remote.DESCRIPTION}
        opened.remove(remote.DESCRIPTION)
    with store.open(where, write=False) as opened:
        assert len(opened.query("SELECT DISTINCT ?e { ?e a who:Event }")) == 14


def test_another_version_is_refused(oxigraph_address: str) -> None:
    where = emptied(oxigraph_address)
    store.open(where).close()
    update = oxigraph_address.replace("/query", "/update")
    change = f'DELETE {{ GRAPH ?g {{ ?s ?p "1" }} }} INSERT {{ GRAPH ?g {{ ?s ?p "99" }} }} WHERE {{ GRAPH ?g {{ ?s ?p "1" }} VALUES ?g {{ <{remote.DESCRIPTION}> }} }}'  # noqa: E501
    httpx.post(update, data={"update": change}).raise_for_status()
    with pytest.raises(StoreError, match="format 99"):
        store.open(where)
    httpx.delete(oxigraph_address.replace("/query", "/store"), params={"graph": remote.DESCRIPTION})


# broken connections


@pytest.mark.parametrize("kind", ["graph store", "updates", pytest.param("virtuoso", marks=pytest.mark.slow)])
@pytest.mark.parametrize("broken", range(4))
def test_a_line_that_breaks_leaves_each_article_in_whole_or_out(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, broken: int
) -> None:
    """The line breaks for good in the middle of one of the requests that replace the second article."""
    address = request.getfixturevalue("virtuoso_address" if kind == "virtuoso" else "oxigraph_address")
    writes = 0
    armed = threading.Event()

    def breaks(first: str, body: bytes) -> bool:
        nonlocal writes
        if armed.is_set() and (first.startswith("PUT") or b"DATA" in body):
            writes += 1
        return armed.is_set() and writes > broken

    host = address.rpartition("/")[0]
    with weak_line(address, breaks) as weak:
        text = (VIRTUOSO if kind == "virtuoso" else OXIGRAPH).format(address=weak)
        (tmp_path / "weak.toml").write_text(text.replace(weak.rpartition("/")[0], weak.rpartition("/")[0]))
        (tmp_path / "sound.toml").write_text(text.replace(weak.rpartition("/")[0], host))
        where = emptied(f"{tmp_path / 'sound.toml'}#{kind}")
        with store.open(f"{tmp_path / 'weak.toml'}#{kind}") as opened:
            opened.add(G + "1", quads(G + "1", 700, "kept"))
            opened.add(G + "2", quads(G + "2", 700, "old"))
            armed.set()
            with suppress(StoreError):
                opened.add(G + "2", quads(G + "2", 650, "new"))
        with store.open(where, write=False) as reader:
            assert [reader.size(name) for name in reader.graphs() if name.startswith(G)] in ([700, 700], [700, 650])
            (thing, link, _, _), *_ = quads(G + "2", 1)
            for half in (f"<{thing}> ?p ?o", f"?s <{link}> ?o"):
                found = reader.query(f"SELECT (COUNT(*) AS ?n) {{ {half} }}")
                assert [row["n"] for row in found] in ([2], [1400], [1350]), "nothing of what was half sent"
    with store.open(where) as opened:
        assert opened.size(G + "1") == 700
        assert opened.size(G + "2") in (700, 650)
        staged = opened.query(
            "SELECT ?g { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), 'urn:whodid:staged:')) } LIMIT 1"
        )
        assert not staged, "what was half sent is swept out"
        values = {str(o) for _, _, o, _ in opened.quads(G + "2")}
        assert len(values) <= 1
        assert opened.add(G + "2", quads(G + "2", 650, "newer")), "and then it is done again"
        assert opened.size(G + "2") == 650


def test_a_line_that_recovers_is_not_noticed(oxigraph_address: str) -> None:
    seen = 0

    def breaks(first: str, body: bytes) -> bool:
        nonlocal seen
        seen += first.startswith("PUT")
        return first.startswith("PUT") and seen % 2 == 1

    emptied(oxigraph_address)
    with weak_line(oxigraph_address, breaks) as weak, store.open(weak) as opened:
        fill(opened)
        assert len(opened.query("SELECT DISTINCT ?e { ?e a who:Event }")) == 14
    assert seen >= 6


WRITER = """
import os, sys
os.environ["WHODID_TEST_SECRET"] = "dba"
from rdflib import Literal, URIRef
from graph import store
opened = store.open(sys.argv[1])
print("ready", flush=True)
p = URIRef("https://example.org/p")
for turn in range(10_000):
    for number in range(10):
        g = URIRef(f"https://example.org/g/{number}")
        opened.add(str(g), [(URIRef(f"https://example.org/{n}"), p, Literal(turn), g) for n in range(300)])
"""


@pytest.mark.parametrize("kind", SERVERS)
@pytest.mark.parametrize("victim", ["writer", "server"])
def test_killed_at_any_moment_each_article_is_there_in_whole_or_not_at_all(
    tmp_path: Path, kind: str, victim: str
) -> None:
    """And what is then built again ends in the same store as if nothing had happened."""
    known, port = kind == "virtuoso", free_port()
    start = virtuoso if known else oxigraph
    (tmp_path / "db").mkdir()
    where = f"{tmp_path / 'stores.toml'}#{kind}"
    with ExitStack() as stack:
        address = stack.enter_context(start(tmp_path / "db", port=port))
        (tmp_path / "stores.toml").write_text((VIRTUOSO if known else OXIGRAPH).format(address=address))
        command = [sys.executable, "-c", WRITER, where]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(1.5 if known else 0.6)
            if victim == "server":
                stack.close()  # kill -9
            os.kill(writer.pid, signal.SIGKILL)
    with start(tmp_path / "db", port=port), store.open(where) as opened:
        names = [name for name in opened.graphs() if name.startswith(G)]
        assert len(names) > 5, "the writer never came to write"
        for name in names:
            values = [str(o) for _, _, o, _ in opened.quads(name)]
            assert (len(values), len(set(values))) == (300, 1)
        assert _again(opened) == _again(store.open())


def _again(opened: Store) -> bytes | None:
    for number in range(10):
        opened.add(f"{G}{number}", quads(f"{G}{number}", 300, "again"))
    return opened.export("nq")


# tries and limits


def test_a_busy_server_is_asked_again_when_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    answer = (200, {"Content-Type": "application/sparql-results+json"}, b'{"head":{},"boolean":true}')
    with scripted((503, {"Retry-After": "7"}, b""), (429, {}, b""), answer) as (address, seen):
        found = remote.RemoteStore(remote.addresses.server(address))
        found._acquainted()
        found.close()
    assert [pause for pause in slept if pause in (7.0, 0.02)] == [7.0, 0.02]
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("status", "headers", "body", "told"),
    [
        (503, {}, b"", "too busy"),
        (429, {"Retry-After": "99999"}, b"", "too busy"),
        (401, {}, b"who are you", "another user or secret"),
        (302, {"Location": "http://elsewhere.example/"}, b"", "has moved to http://elsewhere.example/"),
        (404, {"Content-Type": "text/html"}, b"<h1>lost</h1>", "status 404$"),
        (400, {"Content-Type": "text/plain"}, b"\x1b[31mred\x07 " + b"x" * 9999, r"status 400: \[31mred x+…"),
        (200, {"Content-Type": "text/html"}, b"<h1>welcome</h1>", "no SPARQL results"),
        (200, {"Content-Type": "application/sparql-results+json"}, b'{"head"', "no SPARQL results"),
    ],
)
def test_what_goes_wrong_is_said_in_words(status: int, headers: dict[str, str], body: bytes, told: str) -> None:
    with (
        scripted((status, headers, body)) as (address, _),
        pytest.raises((StoreError, QueryError), match=told) as error,
    ):
        store.open(address)
    assert "\x1b" not in str(error.value)
    assert "welcome" not in str(error.value)


def test_no_server_at_all() -> None:
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1: it cannot be reached"):
        store.open("http://127.0.0.1:1/sparql")


def test_a_mistyped_address_is_known_within_two_seconds() -> None:
    command = [sys.executable, "-m", "graph", "stats", "--store", "http://127.0.0.1:1/sparql"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as asking:
        assert asking.stderr is not None
        first = asking.stderr.readline()
        start = time.monotonic()
        rest = asking.stderr.read()
        assert time.monotonic() - start < 2.5
    assert first.startswith("127.0.0.1:1: it cannot be reached (")
    assert first.endswith("; trying again in 0.2 s (1 of 3)\n")
    assert "trying again in 1 s (3 of 3)" in rest
    assert "nothing more was tried" in rest


def test_one_that_goes_in_the_middle_is_waited_for_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setattr(wire, "PAUSES", (0.1,) * 60)
    port = free_port()
    with oxigraph(tmp_path / "db", port) as address:
        opened = store.open(address)

    def come_back() -> None:
        time.sleep(0.7)
        with oxigraph(tmp_path / "db", port):
            back.wait(20)

    back = threading.Event()
    threading.Thread(target=come_back, daemon=True).start()
    assert opened.add(G + "1", quads(G + "1", 3))
    assert opened.size(G + "1") == 3
    back.set()
    opened.close()
    assert "trying again in 0.1 s (2 of 60)" in caplog.text


def test_a_query_past_its_time_is_given_up(oxigraph_address: str) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) > STR(?f)) }"
    with store.open(emptied(oxigraph_address)) as opened:
        fill(opened)
        with pytest.raises(QueryError, match=r"given up after 0\.3 seconds"):
            opened.query(slow, seconds=0.3)


def test_an_answer_that_only_trickles_is_given_up() -> None:
    """The server sends a byte now and then, so that no single wait is long."""
    head = b'{"head":{"vars":["a"]},"results":{"bindings":['
    row = b'{"a":{"type":"literal","value":"x"}},'

    class Slow(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield head
            while True:
                time.sleep(0.05)
                yield row

    kind = {"Content-Type": "application/sparql-results+json"}
    found = remote.RemoteStore(remote.addresses.server("http://slow.example/sparql"))
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=kind, stream=Slow()))
    found._wire._client = httpx.Client(transport=transport)
    with pytest.raises(QueryError, match=r"given up after 0\.5 seconds"):
        found.query("SELECT ?a { ?a ?b ?c }", seconds=0.5)
    assert len(found.query("SELECT ?a { ?a ?b ?c }", rows=4)) == 4, "and no more is read than is wanted"


@pytest.mark.slow
def test_an_answer_that_the_server_cut_is_no_answer(tmp_path: Path) -> None:
    with virtuoso(tmp_path, rows=100) as address:
        (tmp_path / "s.toml").write_text(VIRTUOSO.format(address=address))
        with store.open(f"{tmp_path / 's.toml'}#virtuoso") as opened:
            opened.add(G + "1", quads(G + "1", 300))
            ask = f"SELECT ?s {{ GRAPH <{G}1> {{ ?s ?p ?o }} }}"
            with pytest.raises(QueryError, match="no more than 100 rows"):
                opened.query(ask)
            assert len(opened.query(ask + " LIMIT 50")) == 50
            with pytest.raises((StoreError, QueryError), match="limit"):
                list(opened.quads())


def test_retry_after_is_a_number_or_a_date() -> None:
    now = dt.datetime(2031, 3, 11, 10, 0, 0, tzinfo=dt.UTC)
    assert wire.retry_after("120") == 120
    assert wire.retry_after("Tue, 11 Mar 2031 10:00:30 GMT", now) == 30
    assert wire.retry_after("Tue, 11 Mar 2031 09:00:30 GMT", now) == 0
    for odd in ("", "soon", "-3", "9" * 400 + "x"):
        assert wire.retry_after(odd, now) == 0


# the command line


def test_every_command_works_on_a_server(
    oxigraph_address: str, tmp_path: Path, skimming: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    where = emptied(oxigraph_address)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "one.txt").write_text(examples.HARBOUR)
    (tmp_path / "articles" / "two.txt").write_text(examples.GAZETTE)

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, [*words, "--store", where])
        assert done.exit_code == 0, done.output
        return done.output

    def local(*words: str) -> str:
        return CliRunner().invoke(main, [*words, "--store", "here"]).output

    assert run("build", "articles") == local("build", "articles")
    assert run("build", "articles").startswith("0 added, 2 unchanged")
    local("build", "articles")
    for words in (
        ("stats",), ("query", "actors"), ("query", "documents", "--format", "csv"), ("show", "Ilse Ravn"),
        ("show", "one.txt"), ("query", "events", "--seconds", "30", "--rows", "2"),
    ):  # fmt: skip
        assert run(*words) == local(*words), words
    assert CliRunner().invoke(main, ["validate", "--store", where]).output == local("validate")
    run("export", "--format", "nq", "-o", "there.nq")
    local("export", "--format", "nq", "-o", "here.nq")
    assert sorted(Path("there.nq").read_text().splitlines()) == sorted(Path("here.nq").read_text().splitlines())
    run("view", "--title", "T", "-o", "there.html")
    local("view", "--title", "T", "-o", "here.html")
    assert Path("there.html").read_bytes() == Path("here.html").read_bytes()
    assert run("remove", "two.txt") == local("remove", "two.txt")
    assert run("stats") == local("stats")


def test_the_library_opens_a_server_as_it_opens_a_folder(oxigraph_address: str) -> None:
    emptied(oxigraph_address)
    with graph.open(oxigraph_address, base="https://news.example/") as kg:
        kg.add_reading(examples.harbour())
        assert kg.stats().documents == 1
        assert "127.0.0.1" in kg._repr_html_()
        assert len(list(kg.dataset.subjects(rdf.RDF.type, URIRef("https://w3id.org/whodid/ontology#Event")))) == 11
    with pytest.raises(UsageError, match="is no web address"):
        graph.open("http://")
