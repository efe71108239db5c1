from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pandas
import pytest
from rdflib import Literal, URIRef

import graph
from graph import jupyter, prose, report
from graph.errors import QueryError, SourceError, UsageError
from graph.knowledge import AddReport
from graph.queries import named_query
from tests import examples

NORVANIA = "https://w3id.org/whodid/id/place/norvania"
COUNT = "SELECT (COUNT(?event) AS ?events) WHERE { ?event a who:Event }"


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """A notebook's variables: a knowledge graph, and some values."""
    with graph.open() as kg:
        kg.add_reading(examples.harbour())
        kg.add_reading(examples.gazette())
        yield {"kg": kg, "who": "Norvania", "iris": [NORVANIA], "day": dt.date(2031, 1, 1)}


def ask(names: dict[str, Any], cell: str, line: str = "") -> Any:
    with redirect_stdout(io.StringIO()):
        return jupyter.ask(line, cell, names)


# the cell


def test_sparql_is_answered(names: dict[str, Any]) -> None:
    assert list(ask(names, COUNT)) == [{"events": 14}]
    assert list(ask(names, "ASK { ?x a who:Claim }").rows) == []


def test_named_queries_take_the_notebooks_values(names: dict[str, Any]) -> None:
    rows = list(ask(names, "pledges actor=$who since=$day"))
    assert [row["who"] for row in rows] == ["Norvania"]
    assert list(ask(names, "pledges actor=Belmora")) == []
    assert len(ask(names, 'who-said-what speaker="Ilse Ravn"')) == 3


def test_an_answer_can_go_into_a_variable_as_a_frame(names: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert jupyter.ask("found --rows 3", "events", names) is None
    assert isinstance(names["found"], pandas.DataFrame)
    assert capsys.readouterr().out == "found: 3 rows, 8 columns\n"
    ask(names, "pledges", "told --words")
    assert "Pledge by Norvania" in str(names["told"])


def test_words_are_given_on_request(names: dict[str, Any]) -> None:
    assert isinstance(ask(names, "pledges", "--words"), prose.Card)


def test_data_blocks_take_values_as_terms(names: dict[str, Any]) -> None:
    cell = "SELECT ?name WHERE { VALUES ?thing { $iris } GRAPH ?g { ?thing rdfs:label ?name } }"
    assert {row["name"] for row in ask(names, cell)} == {"Norvania"}


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ("Port Ester", '"Port Ester"'),
        ('"} ?x ?y ?z { "', '"\\"} ?x ?y ?z { \\""'),
        ("https://example.org/a b", '"https://example.org/a b"'),
        (NORVANIA, f"<{NORVANIA}>"),
        (URIRef("urn:x"), "<urn:x>"),
        (Literal("oui", lang="fr"), '"oui"@fr'),
        (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        (dt.date(2031, 1, 1), '"2031-01-01"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ([1, 2], " ".join(f'"{n}"^^<http://www.w3.org/2001/XMLSchema#integer>' for n in (1, 2))),
        (pandas.Series(["a", "b"]), '"a" "b"'),
    ],
)
def test_values_are_written_so_that_they_cannot_break_out(value: Any, term: str) -> None:
    assert jupyter.bound("VALUES ?x { $v }", {"v": value}) == f"VALUES ?x {{ {term} }}"


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT $v WHERE { $v a who:Event }",
        'SELECT ?x WHERE { ?x rdfs:label "VALUES ?x { $v }" }',
        "SELECT ?x WHERE { ?x a who:Event } # VALUES ?x { $v }",
        "SELECT ?x WHERE { VALUES ?x { who:Event } ?x ?y $v }",
    ],
)
def test_only_data_blocks_take_values(sparql: str) -> None:
    assert jupyter.bound(sparql, {"v": "evil"}) == sparql


@pytest.mark.parametrize(
    ("line", "cell", "why"),
    [
        ("", "  ", "the cell is empty"),
        ("--rows", COUNT, "--rows needs a number above 0 after it, not ''"),
        ("--rows -1", COUNT, "--rows needs a number above 0"),
        ("--tables", COUNT, "'--tables' is not understood"),
        ("a b", COUNT, "'b' is not understood"),
        ("--kg other", COUNT, "no knowledge graph is called 'other'"),
        ("", "pledges Norvania", "'Norvania' is not key=value"),
        ("", "pledges actor=$nobody", "there is none called 'nobody'"),
        ("", "pledges rows=3", "an option of the cell: %%sparql --rows 3"),
        ("", 'pledges actor="Norvania', "a quotation mark is not closed"),
        ("", "plegdes actor=Norvania", "no query is called 'plegdes'; near to it: pledges"),
        ("", "SELECT ?x WHERE { VALUES ?x { $kg } }", "a query takes texts, numbers, days and lists"),
    ],
)
def test_what_is_wrong_is_said(names: dict[str, Any], line: str, cell: str, why: str) -> None:
    with pytest.raises(UsageError) as raised:
        ask(names, cell, line)
    assert why in str(raised.value)


def test_queries_that_do_not_parse_or_would_write_are_refused(names: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        ask(names, "SELECT ?x WHERE {")
    with pytest.raises(QueryError):
        ask(names, "DELETE WHERE { ?x ?y ?z }")


def test_the_only_graph_is_taken_and_of_several_one_is_to_be_named(names: dict[str, Any]) -> None:
    names["mine"] = names.pop("kg")
    assert list(ask(names, COUNT)) == [{"events": 14}]
    with graph.open() as other:
        names["other"] = other
        with pytest.raises(UsageError, match="say which with --kg: mine, other"):
            ask(names, COUNT)
        assert list(ask(names, COUNT, "--kg other")) == [{"events": 0}]


# in IPython


@pytest.fixture
def ipython(names: dict[str, Any]) -> Iterator[Any]:
    shells = pytest.importorskip("IPython.core.interactiveshell", reason="pip install ipython")
    shell = shells.InteractiveShell.instance()
    graph.load_ipython_extension(shell)
    shell.user_ns.update(names)
    yield shell
    shells.InteractiveShell.clear_instance()


def test_the_cell_answers_and_its_errors_are_messages(ipython: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(ipython.run_cell("%%sparql\npledges").result) == 1
    capsys.readouterr()
    failed = ipython.run_cell("%%sparql\nplegdes")
    shown = capsys.readouterr()
    assert not failed.success
    assert "no query is called 'plegdes'; near to it: pledges" in shown.err
    assert "Traceback" not in shown.out + shown.err


def test_readings_show_themselves_as_their_page(ipython: Any) -> None:
    bundle, _ = ipython.display_formatter.format(examples.harbour())
    assert bundle["text/html"] == report.card(examples.harbour())._repr_html_()
    assert bundle["text/plain"] == "<Reading harbour.txt>"
    bundle, _ = ipython.display_formatter.format(examples.harbour().document)
    assert "left out: 1 stretch (player notice)" in bundle["text/html"]
    bundle, _ = ipython.display_formatter.format(prose.Told("Visit", "visit", agents=("<b>",)))
    assert bundle["text/html"] == "<p>Visit by &lt;b&gt; — the article says so.</p>"


def test_it_needs_no_ipython_to_be_imported() -> None:
    code = "import sys, graph, graph.jupyter; graph.jupyter.show_if_running(); print('IPython' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"


# what shows itself


def test_what_was_not_read_is_said_once_adding_is_done() -> None:
    outcome = AddReport(("a", "b"), unread=("navigation", "player notice", "navigation"))
    assert "left out: 3 stretches (navigation (2), player notice)" in str(outcome)
    assert "<p>left out: 3 stretches (navigation (2), player notice)</p>" in outcome._repr_html_()


def test_failures_are_seen_and_escaped() -> None:
    outcome = AddReport(("a",), (), (SourceError("<i>nope</i>", "no such file"),))
    assert outcome._repr_html_().startswith("<p>1 added, 0 unchanged, 1 failed</p>")
    assert "<li><strong>failed</strong> &lt;i&gt;nope&lt;/i&gt;: no such file</li>" in outcome._repr_html_()


def test_what_is_missing_is_seen_in_the_report_of_adding(names: dict[str, Any]) -> None:
    outcome = names["kg"].add("/nowhere/at-all.txt")
    assert "/nowhere/at-all.txt" in str(outcome)
    assert "/nowhere/at-all.txt" in outcome._repr_html_()


def test_long_answers_show_their_first_rows(names: dict[str, Any]) -> None:
    bundle = names["kg"].query("SELECT ?s ?p WHERE { ?s ?p ?o }")._repr_mimebundle_()
    assert bundle["text/html"].count("<tr>") == 61
    assert "more rows; frame() has all of them" in bundle["text/html"]
    assert names["kg"].query("pledges", actor="Belmora")._repr_html_() == "<p>nothing found</p>"


def test_the_graph_its_checks_and_its_questions_show_themselves(names: dict[str, Any]) -> None:
    kg = names["kg"]
    assert repr(kg) == "<KnowledgeGraph in memory>"
    assert "<li>2 articles, 12 sentences" in kg._repr_html_()
    assert "2 documents checked: no errors" in kg.validate()._repr_html_()
    assert "<code>actor</code>: who promised" in named_query("pledges")._repr_html_()
    assert "SELECT" not in repr(named_query("pledges"))
    assert kg.show("Norvania")._repr_mimebundle_()["text/plain"].startswith("Norvania\n")


# progress


def test_progress_tells_failures_on_a_plain_stream(capsys: pytest.CaptureFixture[str]) -> None:
    tell = jupyter.progress()
    tell("added: a.txt")
    tell("failed: b.txt: not English")
    tell("added: c.txt")
    assert capsys.readouterr().err == "failed: b.txt: not English\n"


def test_progress_is_one_output_of_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, page: Any) -> None:
            shown.append(page.data)

    monkeypatch.setattr(jupyter, "_display", Handle)
    pytest.importorskip("IPython", reason="pip install ipython")
    tell = jupyter.progress()
    tell("added: a.txt")
    tell("failed: <b>: not English")
    assert shown[-1] == "<p>2 articles: 1 added, 1 failed</p><ul><li>&lt;b&gt;: not English</li></ul>"


def test_adding_with_progress_counts(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names["kg"].add("/nowhere/at-all.txt", progress=True)
    assert capsys.readouterr().err.startswith("failed: /nowhere/at-all.txt")
