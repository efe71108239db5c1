from __future__ import annotations

import pytest

from graph import safety, store
from graph.errors import QueryError

GRAPH = "https://example.org/g"


def ask(sparql: str) -> None:
    with store.open() as opened:
        opened.query(sparql)


@pytest.mark.parametrize(
    ("sparql", "told"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:8080/> { ?s ?p ?o } }", "line 1, column 12: SERVICE"),
        ("select * { ?a ?b ?c .\n service silent ?x { ?s ?p ?o } }", "line 2, column 2: SERVICE"),
        ("SELECT * { ?s <x:it\\u0020> ?o FILTER(?a<?b)SERVICE ?x{ ?s ?p ?o } }", "SERVICE"),
        ("LOAD <file:///etc/passwd>", "LOAD changes"),
        ("INSERT DATA { <x:a> <x:b> <x:c> }", "INSERT changes"),
        ("PREFIX a: <x:> DELETE WHERE { ?s ?p ?o }", "DELETE changes"),
        ("WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "WITH changes"),
        ("DROP ALL", "DROP changes"),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "nothing is fetched"),
        ("SELECT * FROM NAMED <http://127.0.0.1/> { ?s ?p ?o }", "nothing is fetched"),
        ("PREFIX f: <file:///etc/> SELECT * FROM f:passwd { ?s ?p ?o }", "file:///etc/passwd"),
        ("BASE <http://127.0.0.1/> SELECT * FROM <x> { ?s ?p ?o }", "http://127.0.0.1/x"),
        ("SELECT * { ?s ?p '" + "x" * safety.LONGEST + "' }", "characters"),
    ],
)
def test_what_writes_fetches_or_reads_files_is_refused(sparql: str, told: str) -> None:
    with pytest.raises(QueryError, match=told.replace("(", "\\(")):
        ask(sparql)


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { ?s ?p 'SERVICE <http://x/> { }' }",
        'SELECT * { ?s ?p """LOAD " <file:///etc/passwd> SERVICE""" }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://x/> { ?s ?p ?o } FROM <file:///x>",
        "SELECT ?service { ?service <http://x/SERVICE> ?load }",
        "PREFIX insert: <http://x/> SELECT * { ?s insert:SERVICE ?o }",
        "SELECT * { ?s ?p 'it\\'s SERVICE'@en }",
        "PREFIX drop: <x:> ASK { drop:a drop:from drop:c }",
    ],
)
def test_the_words_themselves_are_harmless(sparql: str) -> None:
    ask(sparql)


def test_from_may_name_a_graph_of_the_store() -> None:
    assert safety.check(f"SELECT * FROM <{GRAPH}> {{ ?s ?p ?o }}", [GRAPH], {})
    assert safety.check("SELECT * FROM NAMED e:g { ?s ?p ?o }", [GRAPH], {"e": "https://example.org/"})
    assert not safety.check("SELECT * { ?s ?p ?o }", [], {})


def test_a_parse_error_quotes_its_line_and_marks_the_place() -> None:
    with pytest.raises(QueryError) as error:
        ask("SELECT *\nWHERE { ?s ?p ?o nonsense ?x }\nLIMIT 3")
    lines = str(error.value).splitlines()
    assert "line 2" in lines[0]
    assert lines[1] == "  WHERE { ?s ?p ?o nonsense ?x }"
    assert lines[2].strip() == "^"


def test_an_undeclared_prefix_is_said_to_be_one() -> None:
    with pytest.raises(QueryError, match="prefix not found"):
        ask("SELECT * { ?s nope:x ?o }")
