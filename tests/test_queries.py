from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import graph
from graph import queries
from graph.documents import Document
from graph.errors import UsageError
from graph.queries import named_queries, named_query, parsed
from graph.reading import read
from graph.store import Store
from tests import query_guide

# one row each: the query, its parameters, some columns, and the rows that they must have, in any order
ANSWERS: list[tuple[str, dict[str, str], str, list[tuple[Any, ...]]]] = [
    ("pledges", {"actor": "NORVANIA"}, "who pledged comparator figure unit more when from said_by",
     [("Norvania", "Norvania send engineers (pledged)", "=", 40, "engineers", True, "Tuesday", "2031-03-11", "Ilse Ravn")]),
    ("pledges", {"actor": "Belmora"}, "who", []),
    ("pledges", {"since": "2031-03-12"}, "who", []),
    ("who-said-what", {"speaker": "tomas quill", "form": "direct"}, "who words relayed_by",
     [("Tomás Quill", "The mission has not received the pumps", None)]),
    ("who-said-what", {"about": "Port Ester"}, "who words relayed_by attribution",
     [("a guard", "They burned the depot in Port Ester", "Tomás Quill", "explicit in the text"),
      ("Tomás Quill", "More than 9,000 people fled Port Ester", None, "explicit in the text"),
      ("the town's mayor", "About 7,000 people fled Port Ester", None, "explicit in the text")]),
    ("timeline", {"since": "2031-02", "until": "2031"}, "from to what status",
     [("2031-03-11", "2031-03-11", "Norvania pledged send engineers", "actual"),
      ("2031-04-01", "2031-04-30", "engineers leave 40 engineers (planned)", "planned")]),
    ("timeline", {"type": "Authorisation"}, "from to said_by", [("2031-01-01", "2031-01-31", "Tomás Quill")]),
    ("what-did-not-happen", {}, "kind status said_by",
     [("provision of support, funds or equipment", "did not happen", "Tomás Quill"), ("withdrawal", "did not happen", "Ilse Ravn")]),
    ("unrealised", {"status": "planned"}, "status kind when said_by",
     [("planned", "deployment", "April", "Ilse Ravn"), ("planned", "meeting", "May", "the article")]),
    ("unrealised", {"actor": "Norvania"}, "status kind", [("pledged", "deployment")]),
    ("authorisations", {"actor": "straits council"}, "who authorised when status said_by",
     [("Straits Council", "Bridge Mission", "January 2031", "actual", "Tomás Quill")]),
    ("authorisations", {"theme": "Norvania"}, "who", []),
    ("quantities", {"unit": "People"}, "comparator figure says_again said_by",
     [(">", 9000, None, "Tomás Quill"), ("about", 7000, None, "the town's mayor")]),
    ("quantities", {"type": "deployment"}, "figure more says_again status",
     [(40, True, None, "pledged"), (40, False, "40 more engineers", "planned")]),
    ("nested-quotes", {}, "who relayed_by words inside",
     [("a guard", "Tomás Quill", "They burned the depot in Port Ester", '"They burned the depot in Port Ester," a guard told Quill')]),
    ("nested-quotes", {"relay": "Ilse Ravn"}, "who", []),
    ("relations", {"entity": "norvania"}, "subject relation object sign basis",
     [("Norvania", "contributor to", "Bridge Mission", "positive", "explicit in the text"),
      ("President", "post in", "Norvania", "positive", "inferred from the text")]),
    ("path", {"start": "Ilse Ravn", "end": "Port Ester"}, "steps first via second",
     []),
    ("path", {"start": "Straits Council", "end": "Tomás Quill"}, "steps first via",
     [(1, "Straits Council authorised Bridge Mission", None),
      (2, "Straits Council authorised Bridge Mission", "Bridge Mission")]),
    ("evidence", {"of": "Straits Council authorised Bridge Mission"}, "as words begin publisher",
     [("role mention", "Straits Council", 133, "Harbour Courier"), ("trigger", "authorised", 149, "Harbour Courier"),
      ("role mention", "Bridge Mission", 164, "Harbour Courier"), ("role mention", "January 2031", 182, "Harbour Courier")]),
    ("contradictions", {}, "conflict kind one one_says other other_says",
     [("figures", "displacement", "About 7,000 people", "the town's mayor", "More than 9,000 people", "Tomás Quill"),
      ("yes and no", "withdrawal", "Norvania withdrew Bridge Mission", "the article", "Norvania withdrew Bridge Mission (not)", "Ilse Ravn")]),
    ("contradictions", {"actor": "Belmora"}, "kind", []),
    ("unsourced", {}, "what", [("Norvania withdrew Bridge Mission",), ("Fog covered the strait",), ("Belmora asked a full rescue force",)]),
    ("posts", {}, "who post in held", [("Ilse Ravn", "President", "Norvania", "holds")]),
    ("posts", {"body": "Belmora"}, "who", []),
    ("actors", {"kind": "person"}, "name events done said documents",
     [("Ilse Ravn", 1, 1, 3, 1), ("Tomás Quill", 0, 0, 4, 1), ("a guard", 0, 0, 1, 1), ("the town's mayor", 0, 0, 1, 1)]),
    ("actors", {"kind": "geopolitical entity"}, "name events done", [("Norvania", 4, 1), ("Belmora", 4, 1)]),
    ("events", {"place": "Port Ester", "type": "displacement"}, "what said_by",
     [("people fled About 7,000 people", "the town's mayor"), ("people fled More than 9,000 people", "Tomás Quill")]),
    ("events", {"status": "pledged"}, "what", [("Norvania send engineers (pledged)",)]),
    ("places", {}, "name events actual documents", [("Port Ester", 3, 3, 2), ("Belmora", 1, 0, 1)]),
    ("sources", {}, "name statements quoted at_second_hand documents",
     [("Tomás Quill", 4, 1, 0, 1), ("Ilse Ravn", 3, 0, 0, 1), ("a guard", 1, 1, 1, 1), ("the town's mayor", 1, 0, 0, 1)]),
    ("claims-by-inference", {}, "who words", [("Ilse Ravn", "The 40 engineers will leave in April")]),
    ("deployments", {"actor": "Norvania"}, "kind figure status",
     [("withdrawal", None, "actual"), ("deployment", 40, "pledged"), ("withdrawal", None, "did not happen")]),
    ("documents", {}, "title publisher published events statements",
     [("Norvania leaves the mission", "Ester Gazette", None, 3, 1), ("Norvania promises engineers", "Harbour Courier", "2031-03-13", 11, 8)]),
    ("names", {"entity": "bridge mission"}, "words kind link",
     [("Bridge Mission", "name", "explicit in the text"), ("Bridge Mission", "name", "explicit in the text"),
      ("The mission", "nominal", "inferred from the text"), ("Bridge Mission", "name", "explicit in the text")]),
    ("stances", {"actor": "Belmora"}, "who stance towards_what", [("Belmora", "appeal", "a full rescue force")]),
    ("stances", {"towards": "Norvania"}, "who", []),
    ("dates", {"until": "2031-01"}, "words from to exactness basis",
     [("January 2031", "2031-01-01", "2031-01-31", "month", "explicit in the text")]),
    ("tally", {"actor": "Straits Council"}, "kind plover how events",
     [("authorisation", "SUPPORT", "actual", 1), ("meeting", "CONSULT", "planned", 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "columns", "rows"), ANSWERS)
def test_answers(memory: Store, name: str, values: dict[str, str], columns: str, rows: list[tuple[Any, ...]]) -> None:
    result = memory.query(named_query(name).bound(memory, values))
    got = [tuple(None if v is None else str(v) for v in (row[c] for c in columns.split())) for row in result]
    assert sorted(got, key=str) == sorted([tuple(None if v is None else str(v) for v in row) for row in rows], key=str)


def test_every_named_query_has_an_answer_here() -> None:
    assert {name for name, _, _, rows in ANSWERS if rows} == set(named_queries())


@pytest.mark.parametrize("name", named_queries())
def test_every_query_runs_as_it_stands_and_its_example_is_right(memory: Store, name: str) -> None:
    query = named_query(name)
    memory.query(query.sparql)
    words = query.example.split()
    assert words[:3] == ["whodid", "query", name]
    given = set(re.findall(r"-p (\w+)=", query.example))
    assert given <= {parameter.name for parameter in query.parameters}
    assert {p.name for p in query.parameters if p.required} <= given


def test_order_is_the_same_whatever_the_order_of_adding(memory: Store) -> None:
    from graph import rdf, store
    from tests import examples

    with store.open() as other:
        for reading in (examples.gazette(), examples.harbour()):
            other.add(str(rdf.graph_iri(reading.document)), rdf.quads(reading))
        for query in named_queries().values():
            assert other.query(query.sparql) == memory.query(query.sparql), query.name


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("relations", {}, 'relations needs entity; for example: whodid query relations -p entity=Norvania'),
        ("path", {"start": "Belmora"}, "path needs end"),
        ("pledges", {"aktor": "x"}, "no parameter 'aktor'; it has actor, since, until"),
        ("pledges", {"actor": "Norvana"}, "no entity 'Norvana'; near to it: Norvania"),
        ("pledges", {"since": "soon"}, "since='soon' is no date; write"),
        ("pledges", {"since": "2031-02-30"}, "is no date"),
        ("events", {"status": "done"}, "no status 'done'; known: actual, hypothetical"),
        ("events", {"type": "Picnic"}, "no event type 'Picnic'; known: "),
        ("actors", {"kind": "Robot"}, "no kind of entity 'Robot'"),
        ("who-said-what", {"form": "sung"}, "no form of quotation 'sung'"),
        ("evidence", {"of": "nothing"}, "no statement 'nothing'"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_explained(memory: Store, name: str, values: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError) as error:
        named_query(name).bound(memory, values)
    assert told in str(error.value)


def test_an_unknown_name_lists_the_known_and_the_near() -> None:
    with pytest.raises(UsageError) as error:
        named_query("pledge")
    assert "near to it: pledges" in str(error.value)
    assert all(name in str(error.value) for name in named_queries())


@pytest.mark.parametrize(
    "evil", ["x> } INSERT DATA { <a> <b> <c> } #", 'x" } SERVICE <http://x/> { ?s ?p "', "\\", "'''", "\n}"]
)
def test_values_are_never_read_as_sparql(memory: Store, evil: str) -> None:
    assert len(memory.query(named_query("quantities").bound(memory, {"unit": evil}))) == 0
    with pytest.raises(UsageError):
        named_query("pledges").bound(memory, {"actor": evil})


def test_months_and_years_are_whole(memory: Store) -> None:
    bound = named_query("timeline").bound(memory, {"since": "2032-02", "until": "2032-02"})
    assert '"2032-02-01"' in bound
    assert '"2032-02-29"' in bound
    assert '"2031-12-31"' in named_query("timeline").bound(memory, {"until": "2031"})


@pytest.mark.parametrize(
    "head",
    [
        "# title: A\n# description: B\nSELECT * {}",
        "# title: A\n# description: B\n# example: c\n# parameter: x (entity): what\nSELECT * {}",
        "# title: A\n# description: B\n# example: c\n# parameter: x (sort): what\nSELECT * { VALUES ?x { UNDEF } }",
    ],
)
def test_a_head_that_lacks_something_is_refused(head: str) -> None:
    with pytest.raises(ValueError, match=r"odd\.rq"):
        parsed("odd", head)


def test_names_and_sparql_are_told_apart() -> None:
    assert queries.is_sparql("SELECT * { ?s ?p ?o }")
    assert not queries.is_sparql("what-did-not-happen")


def test_every_file_is_a_named_query() -> None:
    folder = Path(queries.__file__).parent / "sparql"
    assert sorted(path.stem for path in folder.glob("*.rq")) == list(named_queries())


def test_the_guide_is_what_the_queries_say() -> None:
    assert query_guide.guide() == query_guide.GUIDE.read_text("utf-8"), "python -m tests.query_guide writes it anew"


def test_each_thing_promised_has_its_own_figure() -> None:
    article = Document("a", "Peru pledged 12 patrol boats and 340 marines to the mission.\n", "")
    with graph.open() as kg:
        kg.add_reading(read(article))
        rows = [(row["pledged"], row["figure"]) for row in kg.query("pledges")]
    assert rows == [("12 patrol boats", 12), ("340 marines", 340)]
