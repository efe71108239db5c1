from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import rdflib

import graph
from graph import reading
from graph.errors import ArticleError, QueryError, UsageError
from graph.knowledge import KnowledgeGraph
from tests import examples

TEXTS = {
    "a.txt": (
        "Norvania visited the harbour of Belmora in the morning.",
        "Belmora visited the court of Norvania on the next day.",
    ),
    "b.txt": (
        "Ester visited the old market of the town with its guards.",
        "Norvania visited the town of Ester before the storm came.",
    ),
    "c.txt": (
        "Quarrol visited the bridge in the north of the country.",
        "Ester visited the bridge in the north of the country.",
    ),
}


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, lines in TEXTS.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def kg() -> KnowledgeGraph:
    opened = graph.open()
    for each in (examples.harbour(), examples.gazette()):
        assert opened.add_reading(each)
    return opened


@pytest.mark.usefixtures("skimming")
def test_articles_are_read_once(articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    with graph.open() as kg:
        first = kg.add(articles, progress=told.append)
        assert (len(first.added), first.unchanged, first.failed) == (3, (), ())
        assert len(told) == 3
        before = kg.export("nq")
        monkeypatch.setattr(reading, "read", lambda *_, **__: pytest.fail("an article was read that is in the graph"))
        second = kg.add([str(articles / name) for name in TEXTS])
        assert (second.added, second.unchanged) == ((), first.added)
        assert kg.export("nq") == before


@pytest.mark.usefixtures("skimming")
def test_an_article_is_read_anew_by_another_model_and_for_another_day(articles: Path) -> None:
    with graph.open() as kg:
        kg.add(articles)
        assert len(kg.add(articles, model="2").added) == 3
        assert len(kg.documents()) == 3
        assert set(kg.documents()["model"]) == {"skim 2"}
        assert len(kg.add(articles / "a.txt", model="2", published="2031-05-01").added) == 1
        assert list(kg.documents()["published_first"].dt.strftime("%Y-%m-%d")).count("2031-05-01") == 1


@pytest.mark.usefixtures("skimming")
def test_one_failure_leaves_the_others(articles: Path) -> None:
    (articles / "bad.txt").write_bytes(b"")
    with graph.open() as kg:
        outcome = kg.add([articles, "missing.txt"])
        assert len(outcome.added) == 3
        assert sorted(Path(e.where).name for e in outcome.failed) == ["bad.txt", "missing.txt"]
        assert "3 added, 0 unchanged, 2 failed" in str(outcome)
        assert len(kg.documents()) == 3


@pytest.mark.usefixtures("skimming")
def test_a_reading_that_fails_is_noted(articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(document: graph.Document, **_: object) -> graph.Reading:
        if "Quarrol" in document.text:
            raise ValueError("no such bridge")
        return examples.skim(document)

    monkeypatch.setattr(reading, "read", read)
    with graph.open() as kg:
        outcome = kg.add(articles)
        assert len(outcome.added) == 2
        assert "no such bridge" in str(outcome.failed[0])


@pytest.mark.usefixtures("skimming")
def test_remove_restores_the_former_graph(articles: Path, tmp_path: Path) -> None:
    with graph.open(tmp_path / "s") as kg:
        kg.add([articles / "a.txt", articles / "b.txt"])
        before = kg.export("nq")
        added = kg.add(articles / "c.txt").added
        assert kg.export("nq") != before
        assert kg.remove(added[0]).id == added[0]
        assert kg.export("nq") == before
        with pytest.raises(UsageError, match="no document"):
            kg.remove(added[0])


BUILD = """
import sys
import graph
from graph import reading
from importlib import import_module
from tests import examples
reading.read = examples.skim
import_module("graph.reading.language").identity = lambda model=None: "skim 1"
if __name__ == "__main__":
    store, jobs, *paths = sys.argv[1:]
    with graph.open(store) as kg:
        assert len(kg.add(paths, jobs=int(jobs)).added) == 3
        sys.stdout.buffer.write(kg.export("nq"))
"""


def test_hash_seed_order_and_jobs_leave_no_trace(articles: Path, tmp_path: Path) -> None:
    dumps = []
    (tmp_path / "build.py").write_text(BUILD)
    for seed, jobs, names in (("1", "1", "abc"), ("2", "2", "cba")):
        paths = [str(articles / f"{name}.txt") for name in names]
        command = [sys.executable, str(tmp_path / "build.py"), str(tmp_path / seed), jobs, *paths]
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()}
        dumps.append(sorted(subprocess.run(command, env=env, check=True, capture_output=True).stdout.splitlines()))
    assert dumps[0] == dumps[1]
    assert len(dumps[0]) > 100


def test_named_queries_sparql_and_their_mistakes(kg: KnowledgeGraph) -> None:
    assert [row["who"] for row in kg.query("pledges", actor="Norvania")] == ["Norvania"]
    assert kg.query("ASK { ?x a who:Event }").truth
    assert len(kg.query("events", rows=2)) == 2
    with pytest.raises(UsageError, match="Known: "):
        kg.query("pledge")
    with pytest.raises(UsageError, match="only named queries"):
        kg.query("ASK { ?x a who:Event }", actor="Norvania")
    with pytest.raises(QueryError, match="SERVICE"):
        kg.query("ASK { SERVICE <http://x/> { ?s ?p ?o } }")


def test_queries_say_what_they_take(kg: KnowledgeGraph) -> None:
    pledges = next(query for query in kg.queries() if query.name == "pledges")
    assert [p.name for p in pledges.parameters] == ["actor", "since", "until"]
    assert 15 <= len(kg.queries()) <= 30


def test_stats_count(kg: KnowledgeGraph) -> None:
    stats = kg.stats()
    assert (stats.documents, stats.sentences) == (2, 12)
    assert stats.entities["person"] == 4
    assert stats.modalities == {"actual": 11, "planned": 2, "pledged": 1}
    assert stats.claims == {"indirect speech": 7, "direct quote": 2}
    assert stats.quads == sum(1 for *_, g in kg.store.quads() if "/graph/" in str(g))
    assert "2 articles, 12 sentences" in str(stats)


def test_a_graph_conforms_and_its_mistakes_are_found(kg: KnowledgeGraph) -> None:
    assert kg.validate().conforms
    broken = examples.gazette()
    deed = replace(broken.events[0], modality="Pledged")
    kg.add_reading(replace(broken, events=(deed, *broken.events[1:])))
    assert not kg.validate().conforms


def test_the_same_reading_again_changes_nothing(kg: KnowledgeGraph) -> None:
    assert not kg.add_reading(examples.harbour())


def test_a_base_is_what_iris_begin_with() -> None:
    with graph.open(base="https://news.example/") as kg:
        kg.add_reading(examples.gazette())
        assert kg.documents()["document"].str.startswith("https://news.example/doc/").all()
        assert kg.show("Norvania").notes[-1] == "https://news.example/id/place/norvania"


def test_the_dataset_is_a_copy(kg: KnowledgeGraph) -> None:
    dataset = kg.dataset
    dataset.add((rdflib.URIRef("x:a"), rdflib.URIRef("x:b"), rdflib.URIRef("x:c")))
    assert not kg.query("ASK { <x:a> ?p ?o }")


def test_a_notebook_shows_it(kg: KnowledgeGraph) -> None:
    assert "2 articles" in kg._repr_html_()


def test_errors_tell_where(kg: KnowledgeGraph) -> None:
    error = ArticleError("a.txt", "it is empty")
    assert (error.where, str(error)) == ("a.txt", "a.txt: it is empty")
