"""Many articles: in order, in processes of their own, and what becomes of those when something goes wrong."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph import reading
from graph.documents import Document
from graph.errors import ArticleError, LanguageError, ModelError
from graph.reading import read_all
from graph.reading.language import identity, pipeline
from tests import examples

SCRIPT = """
import os, sys, time
from graph import reading
from graph.documents import Document
from tests import examples

def read(document, **_):
    if document.text.startswith("Slow"):
        time.sleep(60)
    if document.text.startswith("Fatal"):
        os._exit(9)
    if document.text.startswith("Bad"):
        raise ValueError("no such bridge")
    return examples.skim(document)

reading.read = read
if __name__ == "__main__":
    print("on", flush=True)
    documents = [examples.document(f"{word} visited {n}.\\n", f"{n}.txt") for n, word in enumerate(sys.argv[1:])]
    for outcome in reading.read_all(documents, jobs=2):
        print(getattr(outcome, "where", None) or outcome.document.id, flush=True)
"""


def document(text: str = "Norvania visited Belmora.\n") -> Document:
    return examples.document(text, "a.txt")


def begin(folder: Path, *words: str) -> subprocess.Popen[str]:
    (folder / "many.py").write_text(SCRIPT)
    command = [sys.executable, str(folder / "many.py"), *words]
    env = {**os.environ, "PYTHONPATH": os.getcwd()}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_processes_keep_the_order_and_failures_do_not_stop_them(tmp_path: Path) -> None:
    words = ["Norvania", "Bad", *["Belmora"] * 100]
    with begin(tmp_path, *words) as process:
        out, err = process.communicate(timeout=60)
    assert out.split() == ["on", *(f"{n}.txt" for n in range(102))], err


def test_a_process_that_is_ended_from_outside_is_said(tmp_path: Path) -> None:
    with begin(tmp_path, "Norvania", "Fatal") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "WhodidError: a process that read was ended from outside" in err


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes as Linux lists them")
def test_processes_end_with_their_parent_however_it_ends(tmp_path: Path) -> None:
    with begin(tmp_path, "Slow", "Slow") as process:
        deadline = time.monotonic() + 60
        while len(children(process.pid)) < 3 and time.monotonic() < deadline:
            time.sleep(0.1)  # two that read, and one that counts what they share
        born = children(process.pid)
        time.sleep(1.5)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    assert len(born) >= 2
    while any(Path(f"/proc/{pid}").exists() for pid in born) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in born if Path(f"/proc/{pid}").exists()]


def test_what_is_never_asked_for_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read", lambda *_, **__: pytest.fail("nothing is to be read"))
    assert list(read_all([], jobs=2)) == []


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(ArticleError("a.txt", "it is empty")))
    assert (str(error), error.where, error.why) == ("a.txt: it is empty", "a.txt", "it is empty")
    foreign = pickle.loads(pickle.dumps(LanguageError("b.txt", "it is in French", document())))
    assert (str(foreign), foreign.document) == ("b.txt: it is in French", document())


def test_a_pipeline_is_known_without_being_loaded(tmp_path: Path) -> None:
    code = "import sys; from graph.reading.language import identity; print(identity('small'), 'spacy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("en_")
    assert done.stdout.endswith(" False\n")
    (tmp_path / "meta.json").write_text('{"lang": "en", "name": "mine", "version": "3.1"}')
    assert identity(str(tmp_path)) == "en_mine 3.1"


@pytest.mark.parametrize("name", ["none", "en_core_web_none", "/none/at/all"])
def test_a_pipeline_that_is_not_there(name: str) -> None:
    with pytest.raises(ModelError, match="must be one of small, accurate"):
        identity(name)
    with pytest.raises(ModelError, match=f"model '{name}' cannot be loaded"):
        pipeline(name)


def entities_of(text: str) -> dict[str, list[str]]:
    found = reading.read(document(text))
    return {e.name: [m.span.of(text) for m in e.mentions] for e in found.entities}


@pytest.mark.parametrize("dash", [" - ", " – ", " -- ", "—", ", Norvania (Straits Press) — "])
def test_a_dateline_is_no_part_of_the_sentence_after_it(dash: str) -> None:
    space = "" if dash.endswith(" ") else " "
    text = f"PORT VELMAR{dash}{space}A court stopped the search. The court will hear both sides on Monday.\n"
    chains = entities_of(text)
    assert ["A court", "The court"] in chains.values()
    assert not any("PORT VELMAR" in words and "The court" in words for words in chains.values())


def test_a_relative_pronoun_is_not_what_the_next_sentence_takes_up() -> None:
    article = Path(__file__).parent.parent / "data" / "articles" / "2023-10-02-council-authorises-haiti-mission.md"
    assert "It" in entities_of(article.read_text("utf-8").split("---\n")[2])["Resolution 2699"]


def test_each_of_several_who_act_is_an_agent_of_its_own() -> None:
    text = "Peru and Chile pledged 40 engineers to the mission.\n"
    found = reading.read(document(text))
    names = {e.id: e.name for e in found.entities}
    pledge = next(event for event in found.events if event.type == "Pledge")
    assert [names[r.entity or ""] for r in pledge.roles if r.role == "agent"] == ["Peru", "Chile"]


@pytest.mark.parametrize(
    "text", ["The marines are due to arrive in Lima by 1 April.", "Marines are due to arrive, she said."]
)
def test_what_is_due_to_happen_is_planned(text: str) -> None:
    found = reading.read(document(f"{text}\n"))
    assert [event.modality for event in found.events if event.trigger.of(text) == "arrive"] == ["Planned"]


def test_a_quotation_goes_on_with_the_speaker_of_its_paragraph() -> None:
    text = (
        '"We will not leave," Odile Marchetti told reporters in Lima. "I believe him."\n\n'
        "Peru denied that its soldiers had taken part in the attack.\n"
    )
    assert "I" in entities_of(text)["Odile Marchetti"]
