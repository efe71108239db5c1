"""What is made of a store on a server is, to the byte, what is made of one in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import networkx
import pandas
import pyoxigraph
import pytest
from click.testing import CliRunner

import graph
from graph import files, frames, store
from graph.cli import main
from graph.knowledge import KnowledgeGraph
from tests.stores import fill


class Pair(NamedTuple):
    """The same two articles in a folder and on a server, by name and open."""

    folder: str
    server: str
    here: KnowledgeGraph
    there: KnowledgeGraph


@pytest.fixture
def pair(elsewhere: str, tmp_path: Path) -> Iterator[Pair]:
    folder = str(tmp_path / "stores.toml#folder").replace(".toml#", "-")
    for where in (folder, elsewhere):
        with store.open(where) as opened:
            fill(opened)
    with graph.open(folder, write=False) as here, graph.open(elsewhere, write=False) as there:
        yield Pair(folder, elsewhere, here, there)


def test_frames(pair: Pair) -> None:
    for name in frames.columns():
        want, got = (frames.frame(kg.store, name) for kg in (pair.here, pair.there))
        assert len(want)
        pandas.testing.assert_frame_equal(got, want)
    assert pair.there.events().equals(pair.here.events())


def test_networks(pair: Pair) -> None:
    for view in ("interaction", "participation", "statements", "membership"):
        want, got = (_network(kg, view) for kg in (pair.here, pair.there))
        assert want["nodes"]
        assert got == want, view


def _network(kg: KnowledgeGraph, view: str) -> dict[str, object]:
    chosen = {} if view == "membership" else {"modality": "all"}
    found = networkx.node_link_data(kg.network(view, polarity="all", **chosen), edges="edges")  # type: ignore[arg-type]
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]


def test_tables_are_asked(pair: Pair) -> None:
    pytest.importorskip("duckdb", reason="pip install duckdb")
    ask = "SELECT type, COUNT(*) AS n FROM events GROUP BY type ORDER BY type"
    assert pair.there.sql(ask).equals(pair.here.sql(ask))


@pytest.mark.parametrize("form", files.FORMATS)
def test_files_for_other_tools(pair: Pair, tmp_path: Path, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="pip install pyarrow")
    for kg, name in ((pair.here, "here"), (pair.there, "there")):
        target = tmp_path / name / form
        target.parent.mkdir()
        kg.export(form, target)
    assert _bytes(tmp_path / "there") == _bytes(tmp_path / "here") != {}


def test_files_for_bulk_loading(pair: Pair, tmp_path: Path) -> None:
    for kg, name in ((pair.here, "here"), (pair.there, "there")):
        kg.export_files(tmp_path / name, quads=500)
    assert _bytes(tmp_path / "there") == _bytes(tmp_path / "here") != {}


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("ending", ["html", "md"])
def test_reports(pair: Pair, tmp_path: Path, ending: str) -> None:
    for where, name in ((pair.folder, "here"), (pair.server, "there")):
        _run("report", "--store", where, "--title", "T", "-o", str(tmp_path / f"{name}.{ending}"))
    assert (tmp_path / f"there.{ending}").read_bytes() == (tmp_path / f"here.{ending}").read_bytes()


@pytest.mark.parametrize("options", [(), ("--actor", "Norvania", "--depth", "2"), ("--max-nodes", "5")])
def test_explorer_pages(pair: Pair, tmp_path: Path, options: tuple[str, ...]) -> None:
    for where, name in ((pair.folder, "here"), (pair.server, "there")):
        _run("view", "--store", where, "--title", "T", "-o", str(tmp_path / f"{name}.html"), *options)
    assert (tmp_path / "there.html").read_bytes() == (tmp_path / "here.html").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("show", "Ilse Ravn"),
        ("show", "Norvania"),
        ("show", "Norvania promises engineers"),
        ("query", "who-said-what", "-p", "speaker=Ilse Ravn"),
        ("query", "pledges", "--format", "words"),
        ("query", "events", "--format", "csv"),
        ("query", "actors", "--rows", "2"),
        ("query", "ASK { ?p a who:Person }"),
        ("stats",),
        ("validate",),
    ],
    ids=" ".join,
)
def test_what_commands_print(pair: Pair, words: tuple[str, ...]) -> None:
    printed = [CliRunner().invoke(main, [*words, "--store", where]) for where in (pair.folder, pair.server)]
    assert printed[1].output == printed[0].output != ""
    assert printed[1].exit_code == printed[0].exit_code


@pytest.mark.parametrize("form", store.FORMATS)
def test_rdf(pair: Pair, form: str) -> None:
    want, got = (
        _quads(_run("export", "--store", where, "--format", form), form) for where in (pair.folder, pair.server)
    )
    assert got == want != set()


def _quads(text: str, form: str) -> set[str]:
    return set(map(str, pyoxigraph.parse(text, format=store.FORMATS[form])))


def _run(*words: str) -> str:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    return done.output
