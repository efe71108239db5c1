from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import graph
from graph import frames, keeping, store
from graph.cli import main
from graph.errors import QueryError
from tests import examples


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of two articles, which counts as a large one."""
    monkeypatch.setattr(keeping, "LARGE", 1)
    with graph.open(tmp_path / "store") as kg:
        for each in (examples.harbour(), examples.gazette()):
            kg.add_reading(each)
    return tmp_path / "store"


@pytest.fixture
def untouchable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing can be asked of a store: what there is must be kept."""

    def asked(*_: object) -> None:
        raise AssertionError("a frame was made anew")

    monkeypatch.setattr(frames, "_made", asked)
    return


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "tables").rglob("*") if path.is_file()}


def states(folder: Path) -> set[str]:
    return {path.name for path in (folder / "tables").iterdir()}


def made(kg: graph.KnowledgeGraph) -> dict[str, pd.DataFrame]:
    return frames._made(kg.store, list(frames.columns()))


def assert_all_equal(found: dict[str, pd.DataFrame], wanted: dict[str, pd.DataFrame]) -> None:
    for name, own in wanted.items():
        pd.testing.assert_frame_equal(found[name], own)
        assert found[name].attrs == own.attrs
        assert [found[name][column].dtype for column in own] == [own[column].dtype for column in own]
        for column in own.select_dtypes("category"):
            assert list(found[name][column].cat.categories) == list(own[column].cat.categories)


@pytest.mark.parametrize("write", [True, False], ids=["writer", "reader"])
def test_what_is_kept_is_what_would_be_made_to_the_cell_and_dtype(folder: Path, write: bool) -> None:
    with graph.open(folder, write=write) as kg:
        wanted = made(kg)
        assert_all_equal(frames.frames(kg.store, frames.columns()), wanted)
        assert files(folder) == {f"{name}.parquet" for name in frames.columns()}
        shelf = keeping.Shelf(kg.store)
        assert_all_equal({name: frames._restored(name, shelf.table(name)) for name in wanted}, wanted)  # type: ignore[arg-type]
        for name, own in wanted.items():
            assert frames.arrow(frames.frame(kg.store, name)).equals(frames.arrow(own))


def test_empty_frames_are_kept_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LARGE", 1)
    with graph.open(tmp_path / "store") as kg:
        wanted = made(kg)
        frames.frames(kg.store, frames.columns())
        assert_all_equal(frames.frames(kg.store, frames.columns()), wanted)
        assert not len(kg.events())


@pytest.mark.parametrize("write", [True, False], ids=["writer", "reader"])
def test_a_new_session_makes_nothing_anew(folder: Path, write: bool, request: pytest.FixtureRequest) -> None:
    graph.open(folder).close()
    with graph.open(folder, write=write) as kg:
        wanted = kg.events()
        kg.claims()
    request.getfixturevalue("untouchable")
    with graph.open(folder, write=write) as kg:
        pd.testing.assert_frame_equal(kg.events(), wanted)
        assert kg.sql("SELECT count(*) AS n FROM claims JOIN events USING (claim)")["n"][0] > 0
        with pytest.raises(AssertionError, match="made anew"):
            kg.roles()


def test_putting_files_in_order_makes_nothing_anew(folder: Path, request: pytest.FixtureRequest) -> None:
    """The state of a store is what it holds, not how Oxigraph lays it out."""
    with graph.open(folder, write=False) as kg:
        wanted = kg.events()
    request.getfixturevalue("untouchable")
    with graph.open(folder) as kg:
        kg.store.flush()
        kg.store._quads.optimize()  # type: ignore[attr-defined]
        kg.store.flush()
        pd.testing.assert_frame_equal(kg.events(), wanted)
        assert kg.sql("SELECT count(*) AS n FROM events")["n"][0] == len(wanted)
    with graph.open(folder, write=False) as kg:
        pd.testing.assert_frame_equal(kg.events(), wanted)


def test_a_table_beside_one_that_moves_is_still_found(folder: Path) -> None:
    with graph.open(folder) as kg:
        assert kg.sql("SELECT count(*) AS n FROM events")["n"][0] == 14
        kg.store._quads.optimize()  # type: ignore[attr-defined]
        found = kg.sql("SELECT count(*) AS n FROM events JOIN claims USING (claim)")
        assert found["n"][0] == kg.sql("SELECT count(claim) AS n FROM events")["n"][0] > 0


def test_a_store_with_another_ontology_is_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with graph.open(folder) as kg:
        kg.events()
        token = kg.store.state().token  # type: ignore[union-attr]
    new = store.ontology_quads()
    monkeypatch.setattr(store, "ontology_quads", lambda: set(sorted(new, key=str)[1:]))
    with graph.open(folder) as kg:
        assert kg.store.state().token != token  # type: ignore[union-attr]
        assert keeping.Shelf(kg.store).file("events") is None


def test_what_is_written_is_seen_at_once_and_old_frames_are_swept_out(folder: Path) -> None:
    with graph.open(folder) as kg:
        assert len(kg.documents()) == kg.sql("SELECT count(*) AS n FROM documents")["n"][0] == 2
        before = states(folder)
        kg.remove("gazette.txt")
        assert len(kg.documents()) == kg.sql("SELECT count(*) AS n FROM documents")["n"][0] == 1
        assert len(states(folder)) == 1
        assert states(folder) != before
        kg.add_reading(examples.gazette())
        assert len(kg.documents()) == kg.sql("SELECT count(*) AS n FROM documents")["n"][0] == 2
    with graph.open(folder, write=False) as kg:
        assert_all_equal({"documents": kg.documents(), "events": kg.events()}, _only(made(kg), "documents", "events"))


def _only(found: dict[str, pd.DataFrame], *names: str) -> dict[str, pd.DataFrame]:
    return {name: found[name] for name in names}


def test_what_is_made_while_somebody_writes_is_not_kept(folder: Path) -> None:
    with graph.open(folder) as kg:
        shelf = keeping.Shelf(kg.store)
        table = kg.events(arrow=True)
        shutil.rmtree(folder / "tables")
        kg.remove("gazette.txt")
        shelf.keep("events", lambda: table)
        assert not (folder / "tables").exists()
        assert shelf.file("events") is None


def test_a_reader_beside_whom_files_change_keeps_nothing(folder: Path) -> None:
    with graph.open(folder, write=False) as kg:
        (folder / "quads" / "999999.sst").write_bytes(b"from a writer that heeds no lock")
        kg.events()
        assert not (folder / "tables").exists()
        (folder / "quads" / "999999.sst").unlink()
        kg.events()
        assert files(folder) == {"events.parquet"}


@pytest.mark.parametrize("harm", [b"", b"PAR1", b"PAR1 half of a file", None])
def test_what_is_broken_is_made_anew(folder: Path, harm: bytes | None) -> None:
    with graph.open(folder, write=False) as kg:
        wanted = kg.events()
        (kept,) = (folder / "tables").rglob("*.parquet")
        whole = kept.read_bytes()
        kept.write_bytes(whole[: len(whole) // 2] if harm is None else harm)
        assert kg.sql("SELECT count(*) AS n FROM events")["n"][0] == len(wanted)
        pd.testing.assert_frame_equal(kg.events(), wanted)
        assert kept.read_bytes() == whole


def test_a_flipped_bit_is_noticed(folder: Path) -> None:
    with graph.open(folder, write=False) as kg:
        wanted = kg.mentions()
        (kept,) = (folder / "tables").rglob("*.parquet")
        whole = bytearray(kept.read_bytes())
        whole[len(whole) // 3] ^= 1
        kept.write_bytes(whole)
        pd.testing.assert_frame_equal(kg.mentions(), wanted)


def test_what_another_version_kept_is_not_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with graph.open(folder, write=False) as kg:
        wanted = kg.events()
        (kept,) = (folder / "tables").rglob("*.parquet")
        monkeypatch.setattr(keeping, "_version", lambda: "another")
        pd.testing.assert_frame_equal(kg.events(), wanted)
        assert {name.partition("-")[2] for name in states(folder)} == {"another", kept.parent.name.partition("-")[2]}
        shutil.copy(kept, next((folder / "tables").glob("*-another")) / "claims.parquet")
        assert len(kg.claims()) == 9


def test_a_folder_that_cannot_be_written_keeps_nothing_without_a_word(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "tables").write_text("in the way")
    with graph.open(folder, write=False) as kg:
        assert len(kg.events()) == kg.sql("SELECT count(*) AS n FROM events")["n"][0] == 14
    assert (folder / "tables").read_text() == "in the way"
    assert capfd.readouterr() == ("", "")


def test_a_full_disk_leaves_nothing_half_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(table: pa.Table, where: Path, **_: object) -> None:
        Path(where).write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with graph.open(folder, write=False) as kg:
        assert len(kg.events()) == 14
    assert files(folder) == set()


def test_small_stores_and_those_in_memory_keep_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LARGE", 100_000_000)
    with graph.open(folder) as kg:
        kg.events()
        assert {path.name for path in folder.iterdir()} == {"lock", "quads", "store.json"}
    with graph.open() as kg:
        assert keeping.Shelf(kg.store).folder is None


def test_a_store_lives_on_with_what_is_kept_in_it(folder: Path, tmp_path: Path) -> None:
    with graph.open(folder) as kg:
        kg.events()
        kg.store.backup(tmp_path / "copy")  # type: ignore[attr-defined]
        assert kg.validate().conforms == kg.validate().conforms
        assert kg.query("events", seconds=60)
        assert kg.stats().documents == 2
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {"quads", "store.json"}
    shutil.copytree(folder, tmp_path / "moved")
    with graph.open(tmp_path / "moved") as kg:
        assert len(kg.events()) == 14
        kg.remove("gazette.txt")
        assert len(kg.events()) == 11


@pytest.mark.parametrize("name", ["it's", "year=2031", "[a]*?", "white space", "Übersee"])
def test_sql_finds_what_is_kept_in_folders_of_all_names(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LARGE", 1)
    monkeypatch.chdir(tmp_path)
    with graph.open(name) as kg:
        kg.add_reading(examples.harbour())
        own = list(kg.events())
    for _ in range(2):
        with graph.open(name, write=False) as kg:
            assert list(kg.sql("SELECT * FROM events")) == own


def test_sql_gives_the_same_from_what_is_kept_and_from_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = [f"SELECT * FROM {name}" for name in frames.columns()]
    with graph.open(folder, write=False) as kg:
        in_memory = [kg.sql(question) for question in questions]
    with graph.open(folder, write=False) as kg:
        monkeypatch.setattr(frames, "_made", None)
        for question, wanted in zip(questions, in_memory, strict=True):
            pd.testing.assert_frame_equal(kg.sql(question), wanted)


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('{tables}/../../store.json')",
        "SELECT * FROM read_text('{tables}/../../../store.json')",
        "SELECT * FROM read_blob('{store}/lock')",
        "SELECT * FROM glob('{store}/*')",
        "SELECT * FROM read_parquet('{store}/*/*.parquet')",
        "SELECT * FROM read_parquet('{store}/tables/../../other.parquet')",
        "SELECT * FROM read_parquet('{store}/tables-of-others/x.parquet')",
        "SELECT * FROM read_parquet('{other}')",
        "SELECT * FROM read_parquet('https://news.example/x.parquet')",
        "COPY events TO '{tables}/claims.parquet'",
        "COPY (SELECT 1) TO '{tables}/events.parquet' (FORMAT parquet)",
        "ATTACH '{tables}/claims.parquet'",
        "SET allowed_paths = ['/etc/passwd']",
        "SET enable_external_access = true",
        "DROP VIEW events",
        "SELECT 1; SELECT 2",
    ],
)
def test_sql_reads_what_is_kept_and_no_other_file(folder: Path, question: str) -> None:
    with graph.open(folder, write=False) as kg:
        kg.events()
    with graph.open(folder, write=False) as kg:
        other = folder.parent / "other.parquet"
        (folder / "tables-of-others").mkdir()
        for each in (other, folder / "tables-of-others" / "x.parquet"):
            pq.write_table(pa.table({"a": [1]}), each)
        assert kg.sql("SELECT count(*) AS n FROM events")["n"][0] == 14
        (kept,) = (folder / "tables").rglob("*.parquet")
        before = kept.read_bytes()
        with pytest.raises(QueryError):
            kg.sql(question.format(store=folder, tables=kept.parent, other=other))
        assert kept.read_bytes() == before


def test_many_at_once_are_safe(folder: Path) -> None:
    found: list[pd.DataFrame | BaseException] = []

    def work() -> None:
        try:
            with graph.open(folder, write=False) as kg:
                found.append(kg.events())
        except BaseException as error:
            found.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in found:
        assert isinstance(each, pd.DataFrame), each
        pd.testing.assert_frame_equal(each, found[0])  # type: ignore[arg-type]
    assert files(folder) == {"events.parquet"}


def test_another_process_finds_what_this_one_kept(folder: Path) -> None:
    with graph.open(folder, write=False) as kg:
        wanted = kg.events()
    script = (
        "import sys, graph; from graph import frames, keeping; keeping.LARGE = 1; frames._made = None\n"
        "with graph.open(sys.argv[1], write=False) as kg: print(len(kg.events()), "
        "kg.sql('SELECT count(*) AS n FROM events')['n'][0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True, cwd=os.getcwd()
    )
    assert done.stdout.split() == [str(len(wanted))] * 2


def test_without_pyarrow_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "find_spec", lambda name: None)
    with graph.open(folder, write=False) as kg:
        assert len(kg.events()) == 14
    assert not (folder / "tables").exists()


def test_a_large_graph_that_has_grown_much_has_its_frames_at_once(folder: Path, tmp_path: Path) -> None:
    whole, more, built = tmp_path / "whole.nq", tmp_path / "more.nq", tmp_path / "built"
    with graph.open(folder, write=False) as kg:
        kg.export("nq", whole)
    more.write_text("<x:a> <x:b> <x:c> <x:g> .\n")

    def loaded(file: Path) -> str:
        done = CliRunner().invoke(main, ["load", str(file), "--store", str(built)])
        assert done.exit_code == 0, done.output
        return done.stderr

    assert loaded(whole).count("keeping the frame") == len(frames.columns()) == len(files(built))
    assert loaded(whole) == "", "what adds nothing makes nothing"
    assert len(files(built)) == len(frames.columns())
    assert loaded(more) == "", "who adds little waits for nothing"
    with graph.open(built, write=False) as kg:
        assert keeping.Shelf(kg.store).file("events") is None
