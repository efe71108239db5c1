from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

import graph
from graph import bulk, store
from graph.cli import main
from graph.errors import StoreError, UsageError
from tests import bench


@pytest.fixture
def articles(tmp_path: Path, skimming: None) -> Path:
    """Seven articles, and one that cannot be read."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(7):
        text = f"Norvania left Belmora on day {number}.\nBelmora asked the Straits Council for {number + 2} boats.\n"
        (folder / f"report-{number}.txt").write_text(text * 3)
    (folder / "zero.txt").write_bytes(b"\x00\xff\x00\xff")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_reading_into_files_is_reading_into_a_store_by_another_way(articles: Path, tmp_path: Path) -> None:
    told: list[str] = []
    outcome = bulk.read_to_files(articles, tmp_path / "parts", batch=3, progress=told.append)
    assert (len(outcome.added), len(outcome.failed)) == (7, 1)
    assert sum(line.startswith("added") for line in told) == 7
    assert len(list((tmp_path / "parts").glob("articles-*.nq"))) == 3
    with graph.open(tmp_path / "direct") as direct, graph.open(tmp_path / "loaded") as loaded:
        direct.add(articles)
        assert loaded.load(tmp_path / "parts") == len(direct.store) - direct.store.size(str(store.ONTOLOGY.value))
        assert loaded.export("nq") == direct.export("nq")
        assert loaded.store.graphs() == direct.store.graphs()
        assert loaded.add(articles).unchanged == direct.add(articles).unchanged
        assert loaded.load([tmp_path / "parts"]) == 0, "loaded again, nothing changes"


def test_the_same_articles_give_the_same_files_and_none_is_read_twice(articles: Path, tmp_path: Path) -> None:
    bulk.read_to_files(articles, tmp_path / "one", batch=3)
    bulk.read_to_files(articles, tmp_path / "two", batch=3)
    before = content(tmp_path / "one")
    assert content(tmp_path / "two") == before
    again = bulk.read_to_files(articles, tmp_path / "one", batch=2)
    assert (again.added, len(again.unchanged)) == ((), 7)
    assert content(tmp_path / "one") == before
    (tmp_path / "one" / next(name for name in before if name.startswith("articles-"))).unlink()
    assert len(bulk.read_to_files(articles, tmp_path / "one", batch=3).added) in (1, 3)
    assert content(tmp_path / "one") == before


def test_files_are_sorted_and_any_parser_reads_them(articles: Path, tmp_path: Path) -> None:
    bulk.read_to_files(articles, tmp_path / "parts")
    for file in (tmp_path / "parts").iterdir():
        lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
        if file.name != "store.nq":
            assert lines == sorted(set(lines))
        assert len(list(ox.parse(path=str(file)))) == len(lines)


def test_files_of_another_kind_are_not_mixed(articles: Path, tmp_path: Path) -> None:
    bulk.read_to_files(articles, tmp_path / "parts")
    for change in ({"base": "https://news.example/"}, {"model": "other"}):
        with pytest.raises(UsageError, match="another base, version or model"):
            bulk.read_to_files(articles, tmp_path / "parts", **change)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"report-0.* with another title, date"):
        bulk.read_to_files(articles, tmp_path / "parts", published="2031-03-11")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        bulk.read_to_files(articles, tmp_path / "file")


READER = """
import sys, time
from importlib import import_module
import graph.reading
from tests import examples
def slow(document, **_):
    time.sleep(0.02)
    return examples.skim(document)
graph.reading.read = slow
import_module("graph.reading.language").identity = lambda model=None: "skim"
from graph import bulk
print("ready", flush=True)
bulk.read_to_files(sys.argv[1], sys.argv[2], batch=2, progress=lambda text: print(text, flush=True))
"""


def test_killed_in_the_middle_it_goes_on_where_it_was(articles: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", READER, str(articles), str(tmp_path / "parts")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent) as reader:
        assert reader.stdout is not None
        for line in reader.stdout:
            if line.startswith("added"):
                break
        time.sleep(0.01)
        os.kill(reader.pid, signal.SIGKILL)
    files = sorted((tmp_path / "parts").glob("articles-*.nq"))
    assert files
    assert all(list(ox.parse(path=str(file))) for file in files)
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    assert 0 < done.stdout.count("unchanged: ") < 7
    assert done.stdout.count("unchanged: ") + done.stdout.count("added: ") == 7


@pytest.fixture
def filled(tmp_path: Path) -> graph.KnowledgeGraph:
    kg = graph.open(base="https://news.example/")
    for reading, _ in zip(bench.invented(), range(9), strict=False):
        kg.add_reading(reading)
    return kg


def test_a_store_is_split_and_no_article_is_divided(filled: graph.KnowledgeGraph, tmp_path: Path) -> None:
    written = filled.export_files(tmp_path / "parts", quads=2_500)
    assert [path.name for path in written[:3]] == ["store.nq", "part-00001.nq", "part-00002.nq"]
    seen: set[str] = set()
    for path in written[1:]:
        found = list(ox.parse(path=str(path)))
        names = {str(quad.graph_name) for quad in found}
        assert len(found) <= 2_500
        assert not names & seen
        seen |= names
    assert len(seen) == 9
    with graph.open(tmp_path / "again", base=filled.store.base) as again:
        again.load(tmp_path / "parts")
        assert set(again.store.quads()) == set(filled.store.quads())


def test_the_same_store_gives_the_same_files_and_stale_ones_go(filled: graph.KnowledgeGraph, tmp_path: Path) -> None:
    filled.export_files(tmp_path / "parts", quads=1_000)
    many = content(tmp_path / "parts")
    filled.export_files(tmp_path / "parts", quads=100_000)
    assert sorted(content(tmp_path / "parts")) == ["part-00001.nq", "store.nq"]
    filled.export_files(tmp_path / "parts", quads=1)
    assert len(content(tmp_path / "parts")) == 10, "an article is never divided"
    filled.export_files(tmp_path / "parts", quads=1_000)
    assert content(tmp_path / "parts") == many


def test_a_folder_with_other_things_is_left_alone(filled: graph.KnowledgeGraph, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(UsageError, match=r"letter\.txt"):
        filled.export_files(tmp_path)
    with pytest.raises(UsageError, match="at least 1"):
        filled.export_files(tmp_path / "new", quads=0)


def test_what_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.nq").write_text("<https://e.org/a> <https://e.org/b> 'c' <https://e.org/g> .\n<https://e.org/a> <")
    (tmp_path / "empty").mkdir()
    with graph.open(tmp_path / "store") as kg:
        before = len(kg.store)
        with pytest.raises(StoreError, match=r"bad\.nq does not parse"):
            kg.load(tmp_path / "bad.nq")
        assert len(kg.store) == before, "a file goes in whole or not at all"
        with pytest.raises(UsageError, match="holds no RDF file"):
            kg.load(tmp_path / "empty")
        with pytest.raises(StoreError, match="cannot be read"):
            kg.load(tmp_path / "none.nq")
        with pytest.raises(StoreError, match="its ending is none of"):
            kg.load(tmp_path / "none.txt")


def test_on_the_command_line(articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, list(words))
        return done.exit_code, done.output

    code, told = run("build", "articles", "--to-files", "parts")
    assert code == 1, told
    assert "7 added, 0 unchanged, 1 failed" in told
    assert not Path("whodid-store").exists()
    assert run("load", "parts")[0] == 0
    assert "quads more" in run("load", "parts", "--store", "second")[1]
    code, told = run("export", "--format", "nq", "--split", "100", "-o", "split")
    assert (code, told.strip()) == (0, f"{len(list(Path('split').iterdir()))} files in split")
    for wrong in (["--format", "ttl", "--split", "9", "-o", "x"], ["--format", "nq", "--split", "9"]):
        code, told = run("export", *wrong)
        assert code == 2
        assert "--split writes N-Quads into a folder" in told
    assert run("load", "none.nq")[0] == 2
