from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import graph
from graph import interchange
from graph.cli import main
from graph.queries import named_queries
from tests import examples

Run = Callable[..., Result]


@pytest.fixture
def stored(tmp_path: Path) -> str:
    folder = str(tmp_path / "s")
    with graph.open(folder) as kg:
        for reading in (examples.harbour(), examples.gazette()):
            kg.add_reading(reading)
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def invoke(*args: str, input: str | None = None) -> Result:
        result = CliRunner().invoke(main, list(args), input=input)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return invoke


def article(tmp_path: Path, name: str = "a.txt") -> str:
    lines = (
        "Norvania visited the harbour of Belmora in the morning.",
        "Belmora visited the court of Norvania on the next day.",
    )
    (tmp_path / name).write_text("\n".join(lines) + "\n")
    return str(tmp_path / name)


@pytest.mark.usefixtures("skimming")
def test_build_query_show_remove(run: Run, tmp_path: Path) -> None:
    path = article(tmp_path)
    assert run("build", path).output == "1 added, 0 unchanged, 0 failed\n"
    assert run("build", path, "--jobs", "1").output == "0 added, 1 unchanged, 0 failed\n"
    assert "Belmora visited the court" in run("query", "events", "-p", "actor=belmora").output
    shown = run("show", "norvania").output
    assert "Visit" in shown
    assert "[Norvania] [visited] [the harbour of Belmora in the morning]." in shown
    assert "1 article," in run("stats").output
    with graph.open(tmp_path / "whodid-store") as kg:
        name = kg.documents()["id"][0]
    assert run("remove", name).exit_code == 0
    assert "0 articles," in run("stats").output
    assert run("remove", name).exit_code == 2


@pytest.mark.usefixtures("skimming")
def test_some_articles_fail_and_the_others_are_done(run: Run, tmp_path: Path) -> None:
    result = run("build", article(tmp_path), "missing.txt")
    assert result.exit_code == 1
    assert result.stdout == "1 added, 0 unchanged, 1 failed\n"
    assert "missing.txt" in result.stderr
    assert "1 of 2 articles failed" in result.stderr


@pytest.mark.usefixtures("skimming")
def test_read_for_people_and_as_json(run: Run, tmp_path: Path) -> None:
    path = article(tmp_path)
    page = run("read", path, "--published", "2031-05-01").output
    assert "1 May 2031" in page
    assert "Visit by Norvania: the harbour of Belmora in the morning" in page
    lines = run("read", path, path, "--json").output.splitlines()
    assert [interchange.loads(line).document.text.split()[0] for line in lines] == ["Norvania"]
    failed = run("read", "missing.txt", path)
    assert failed.exit_code == 1
    assert "Visit by Norvania" in failed.stdout


def test_the_answer_in_each_format(run: Run, stored: str) -> None:
    ask = ("query", "pledges", "--store", stored, "--format")
    assert "Norvania" in run(*ask, "table").output
    assert run(*ask, "csv").output.splitlines()[0].startswith("who,pledged,")
    assert json.loads(run(*ask, "json").output)["results"]["bindings"][0]["who"]["value"] == "Norvania"
    assert run(*ask, "ttl").exit_code == 2
    told = run(
        "query",
        "-",
        "--store",
        stored,
        input="CONSTRUCT { ?x rdfs:label ?y } WHERE { ?x a who:Mission ; rdfs:label ?y }",
    )
    assert "rdfs:label" in told.output
    assert run("query", "ASK { ?x a who:Event }", "--store", stored).output == "yes\n"


def test_a_query_from_a_file(run: Run, stored: str, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text("SELECT (COUNT(?x) AS ?n) { ?x a who:Event }")
    (tmp_path / "odd.rq").write_bytes(b"\xff\xfe")
    assert "14" in run("query", "mine.rq", "--store", stored).output
    assert "odd.rq is not UTF-8" in run("query", "odd.rq", "--store", stored).stderr
    assert "none.rq cannot be read" in run("query", "none.rq", "--store", stored).stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("query", "pledge"), "near to it: pledges"),
        (("query", "relations"), "relations needs entity"),
        (("query", "pledges", "-p", "actor"), "is not key=value"),
        (("query", "pledges", "-p", "actor="), "is not key=value"),
        (("query", "pledges", "-p", "since=2031", "-p", "since=2032"), "given twice"),
        (("query", "pledges", "-p", "since=never"), "is no date"),
        (("query", "SELECT * {"), "does not parse"),
        (("query", "INSERT DATA { <a:a> <a:b> <a:c> }"), "INSERT changes"),
        (("query", "pledges", "--rows", "0"), "--rows"),
        (("show", "nobody"), "nothing that is called 'nobody'"),
        (("show", "people"), "may be 2 things"),
        (("remove", "nothing.txt"), "no document 'nothing.txt'"),
        (("queries", "pledge"), "near to it"),
        (("export", "--format", "docx"), "docx"),
        (("validate", "missing.trig"), "missing.trig"),
        (("export", "--format", "nq", "-o", "none/x.nq"), "cannot be written"),
    ],
)
def test_wrong_usage_is_one_message_and_code_2(run: Run, stored: str, args: tuple[str, ...], told: str) -> None:
    store = () if args[0] == "queries" else ("--store", stored)
    result = run(*args, *store)
    assert result.exit_code in ((1,) if args[0] == "validate" else (2,))
    assert told in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "command", ["stats", "view", "validate", "export --format nq", "show x", "query pledges", "remove x"]
)
def test_a_missing_store_is_not_made(run: Run, tmp_path: Path, command: str) -> None:
    result = run(*command.split())
    assert result.exit_code == 2
    assert "whodid build" in result.stderr
    assert not (tmp_path / "whodid-store").exists()


def test_a_store_in_use(run: Run, stored: str, tmp_path: Path) -> None:
    with graph.open(stored):
        result = run("stats", "--store", stored)
    assert result.exit_code == 2
    assert "in use" in result.stderr


def test_export_and_validate_agree(run: Run, stored: str, tmp_path: Path) -> None:
    assert run("export", "--store", stored, "--format", "trig", "-o", "out.trig").exit_code == 0
    assert "2 documents checked" in run("validate", "out.trig").output
    assert run("validate", "--store", stored).exit_code == 0
    assert run("export", "--store", stored, "--format", "nq").output.count("\n") > 1000


def test_the_queries_are_listed(run: Run) -> None:
    listed = run("queries").output
    assert all(f"\n{name}: " in f"\n{listed}" for name in named_queries())
    assert "-p entity=…  whose ties (required)" in run("queries", "relations").output


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_with_an_example(run: Run, name: str) -> None:
    text = run(name, "--help").output
    assert "Example:" in text
    assert f"whodid {name}" in text


def test_the_commands_and_python_agree() -> None:
    methods = {"query", "queries", "validate", "export", "remove", "report", "show", "stats"}
    assert methods | {"build", "load", "read", "serve", "view"} == set(main.commands)
    assert all(hasattr(graph.KnowledgeGraph, name) for name in methods)


@pytest.mark.skipif(not Path("README.md").exists(), reason="no README yet")
def test_every_command_of_the_readme_exists() -> None:
    text = Path("README.md").read_text("utf-8")
    used = {line.split()[1] for line in text.splitlines() if line.startswith("whodid ") and len(line.split()) > 1}
    assert used, "the README shows no command"
    assert used <= set(main.commands)


def test_version_and_module() -> None:
    out = subprocess.run(
        [sys.executable, "-m", "graph", "--version"], capture_output=True, check=True, text=True
    ).stdout
    assert out.startswith("whodid")


def test_a_closed_pipe_is_no_error(stored: str) -> None:
    command = f"{sys.executable} -m graph export --store {stored} --format nq | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_stopping_is_said(tmp_path: Path) -> None:
    code = """if True:
        import time
        from graph import articles
        from graph.cli import main
        articles.documents = lambda *_, **__: time.sleep(60)
        print("on", flush=True)
        main(["build", "x", "--store", "s"])
    """
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**os.environ, "PYTHONPATH": os.getcwd()}) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        while not (tmp_path / "s" / "store.json").exists() and process.poll() is None:
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"stopped" in err
    assert b"Traceback" not in err


def test_a_folder_without_articles_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(main, ["build", str(tmp_path / "empty"), "--store", str(tmp_path / "store")])
    assert done.exit_code == 1
    assert "no article was found" in done.output
