"""What a user may hand over by mistake: one message that names the thing, an exit code, and the rest is done."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import graph
from graph import sources
from graph.cli import main
from tests.test_sources import site

__all__ = ["site"]

GOOD = "Norvania visited the harbour of Belmora in the morning, and the crowd was glad.\n"
FRENCH = "Le maire de la ville a ouvert le port mardi matin devant une foule nombreuse. Il a dit que tout va bien.\n"
DEEP = "<html><body>" + "<div>" * 20_000 + "The mayor came." + "</div>" * 20_000
ARTICLES: list[tuple[str, str | bytes, str]] = [
    ("empty.txt", "", "empty.txt: is empty"),
    ("binary.txt", bytes(range(256)), "binary.txt: is binary (a zero byte at 0)"),
    ("huge.txt", "The mayor opened the harbour.\n" * 1_700_000, "huge.txt: is larger than 10 MB"),
    ("deep.html", DEEP, "deep.html: nests tags more than 255 deep"),
    ("open.html", "<html><body>" + "<b><i>" * 3_000, "open.html: nests tags more than 255 deep"),
    ("links.html", "<html><body><nav><a href='/'>Home</a></nav></body></html>", "links.html: no article was found"),
    ("french.txt", FRENCH, "french.txt: is in French"),
    ("cut.xml", "<rss><channel><item><title>x</title", "cut.xml:2: is not well-formed XML"),
    ("words.rss", "these are words", "words.rss:2: is not well-formed XML"),
    ("front.md", f"---\ntitle: [x\npublished: 2031\n---\n{GOOD}", "front.md:3: the front matter is not YAML"),
    ("date.md", f"---\npublished: the day after\n---\n{GOOD}", "date.md: published is 'the day after', not a date"),
    ("lines.jsonl", '{"id": "x"\n', "lines.jsonl:1: is not JSON"),
    ("none.jsonl", '{"id": "x"}\n', 'none.jsonl:1: has neither "text" nor "html"'),
]
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skimming: None) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.txt").write_text(GOOD)

    def invoke(*args: str) -> Result:
        result = CliRunner().invoke(main, list(args))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return invoke


def one_failed(result: Result, told: str) -> None:
    assert result.exit_code == 1
    assert f"failed: {told}" in result.stderr
    assert result.stderr.count("failed: ") == 1
    assert result.stdout == "1 added, 0 unchanged, 1 failed\n"


@pytest.mark.parametrize(("name", "content", "told"), ARTICLES, ids=[name for name, _, _ in ARTICLES])
def test_an_article_that_is_none_is_told_and_the_next_is_read(
    run: Run, tmp_path: Path, name: str, content: str | bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    one_failed(run("build", name, "good.txt"), told)


def test_a_wrong_encoding_is_read_as_what_it_is(run: Run, tmp_path: Path) -> None:
    page = f"<html><meta charset='utf-8'><body><article><p>{GOOD}</p><p>Bélmora visited the café.</p></article>"
    (tmp_path / "latin.html").write_bytes(page.encode("latin-1"))
    assert run("build", "latin.html").exit_code == 0
    with graph.open("whodid-store", write=False) as kg:
        assert kg.query("SELECT ?t { ?d nif:isString ?t FILTER(CONTAINS(?t, 'Bélmora visited the café')) }")


def test_a_missing_file(run: Run) -> None:
    one_failed(run("build", "missing.txt", "good.txt"), "missing.txt: does not exist")


def test_a_folder_that_may_not_be_read(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shut").mkdir()
    scandir = os.scandir

    def forbid(folder: str | Path) -> object:
        if Path(folder).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(sources.os, "scandir", forbid)
    one_failed(run("build", "shut", "good.txt"), "shut: ")


def test_a_folder_with_bad_and_good_articles(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, content, _ in ARTICLES[:2]:
        (tmp_path / "folder" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "folder" / "good.txt").write_text(GOOD)
    result = run("build", "folder")
    assert (result.exit_code, result.stdout) == (1, "1 added, 0 unchanged, 2 failed\n")
    assert "2 of 3 articles failed; the others are in the graph" in result.stderr


@pytest.mark.parametrize(
    ("path", "told"), [("private", "10.0.0.1, an address of a private"), ("endless", "is larger than 10 MB")]
)
def test_an_address_that_leads_astray_or_never_ends(
    run: Run, site: str, monkeypatch: pytest.MonkeyPatch, path: str, told: str
) -> None:
    monkeypatch.setattr(sources, "_is_public", lambda address: not address.startswith("10."))
    result = run("build", f"{site}/{path}", "good.txt")
    assert told in result.stderr
    one_failed(result, site)


def test_an_address_of_this_machine(run: Run, site: str) -> None:
    one_failed(run("build", f"{site}/story", "good.txt"), f"{site}/story: 127.0.0.1")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("build",), "Missing argument"),
        (("build", "good.txt", "--published", "never"), "'never'"),
        (("build", "good.txt", "--jobs", "0"), "--jobs"),
        (("build", "good.txt", "--base", "no base"), "'no base' is no base for IRIs"),
        (("read", "good.txt", "--published", "never"), "'never'"),
        (("fly",), "No such command"),
    ],
)
def test_wrong_usage_reads_nothing(run: Run, args: tuple[str, ...], told: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_pipeline_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.txt").write_text(GOOD)
    for command in ("build", "read"):
        result = CliRunner().invoke(main, [command, "good.txt", "--model", "nonesuch"])
        assert (result.exit_code, result.stdout) == (2, "")
        assert "model 'nonesuch' cannot be loaded" in result.stderr


@pytest.mark.parametrize("command", ["build good.txt", "stats", "query pledges", "remove x", "view", "validate"])
def test_a_store_of_another_version(run: Run, tmp_path: Path, command: str) -> None:
    graph.open("whodid-store").close()
    (tmp_path / "whodid-store" / "store.json").write_text(json.dumps({"format": 99, "base": "https://x/"}))
    result = run(*command.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "whodid-store has format 99" in result.stderr


@pytest.mark.parametrize("command", ["build good.txt", "stats", "query pledges", "remove x"])
def test_a_store_that_another_process_writes(run: Run, command: str) -> None:
    with graph.open("whodid-store"):
        result = run(*command.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the store whodid-store is in use: process" in result.stderr


def test_all_failed_says_so(run: Run) -> None:
    result = run("build", "missing.txt")
    assert (result.exit_code, result.stdout) == (1, "0 added, 0 unchanged, 1 failed\n")
    assert "Error: no article could be added" in result.stderr
