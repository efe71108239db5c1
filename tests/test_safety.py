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


@pytest.mark.parametrize(
    ("sparql", "limited"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }\nLIMIT 50"),
        ("SELECT * { ?s ?p ?o } # LIMIT 3", "SELECT * { ?s ?p ?o } # LIMIT 3\nLIMIT 50\n"),
        ("SELECT * { ?s ?p ?o } LIMIT 3", "SELECT * { ?s ?p ?o } LIMIT 3"),
        ("SELECT * { ?s ?p ?o } LIMIT 70", "SELECT * { ?s ?p ?o } LIMIT 50"),
        ("SELECT * { ?s ?p ?o } LIMIT 99999999999999999999 OFFSET 2", "SELECT * { ?s ?p ?o } LIMIT 50 OFFSET 2"),
        (
            "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 3 } }",
            "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 3 } }\nLIMIT 50\n",
        ),
        ("SELECT * { ?s ?p 'LIMIT 3' }", "SELECT * { ?s ?p 'LIMIT 3' }\nLIMIT 50\n"),
        ("SELECT * { ?s ?p ?o } VALUES ?s { <x:s> }", "SELECT * { ?s ?p ?o } \nLIMIT 50\nVALUES ?s { <x:s> }"),
    ],
)
def test_a_limit_is_put_in(sparql: str, limited: str) -> None:
    assert safety.limited(sparql, 50) == limited
    ask(limited)


def test_brackets_are_not_too_deep() -> None:
    ask("SELECT * { " + "{ ?s ?p ?o } " * 101 + "}")
    with pytest.raises(QueryError, match="line 1, column 111: brackets within brackets"):
        ask("SELECT * { " + "{" * 300 + "}" * 300 + " }")


@pytest.mark.parametrize(
    ("update", "told"),
    [
        ("LOAD <http://127.0.0.1/>", "LOAD fetches"),
        ("INSERT DATA { <x:a> <x:b> 1 } ; load silent <file:///x> INTO GRAPH <x:g>", "line 1, column 33: LOAD"),
        ("DELETE { ?s ?p ?o } WHERE { SERVICE <x:y> { ?s ?p ?o } }", "SERVICE"),
    ],
)
def test_updates_fetch_nothing(update: str, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        safety.check_update(update)
    safety.check_update("INSERT DATA { <x:a> <x:b> 'LOAD <x:y>' } # LOAD")


def test_the_dataset_of_an_update_is_put_before_each_where() -> None:
    update = (
        "INSERT { <x:a> <x:b> ?o } WHERE { ?s ?p ?o FILTER EXISTS { ?s ?p 'WHERE' } } ; DELETE DATA { <x:a> <x:b> 1 }"
    )
    wanted = update.replace("} WHERE {", "} USING <x:g> USING NAMED <x:n> WHERE {")
    assert safety.with_dataset(update, ["x:g"], ["x:n"]) == wanted
    assert safety.with_dataset(update, [], []) == update
    for refused in ("WITH <x:h> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "DELETE WHERE { ?s ?p ?o }"):
        with pytest.raises(QueryError, match="using-graph-uri"):
            safety.with_dataset(refused, ["x:g"], [])
