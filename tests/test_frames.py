from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import graph
from graph import frames, store
from graph.errors import QueryError, UsageError
from graph.store import Store
from tests import examples, frame_guide

DTYPES = {"iri": "string", "text": "string", "figure": "Float64", "number": "Int64", "truth": "boolean"}


@pytest.fixture
def kg() -> graph.KnowledgeGraph:
    opened = graph.open()
    for each in (examples.harbour(), examples.gazette()):
        opened.add_reading(each)
    return opened


def rows(found: pd.DataFrame, *names: str) -> list[tuple[object, ...]]:
    plain = found[list(names)].astype(object)
    return [tuple(row) for row in plain.where(plain.notna(), None).itertuples(index=False)]


@pytest.mark.parametrize("name", frames.columns())
def test_a_frame_has_its_columns_and_dtypes_full_or_empty(memory: Store, name: str) -> None:
    with store.open() as empty:
        for found in (frames.frame(memory, name), frames.frame(empty, name)):
            assert list(found) == [column.name for column in frames.columns()[name]]
            for column in frames.columns()[name]:
                kind = str(found[column.name].dtype)
                wanted = {"kind": "category", "day": "datetime64[s]", **DTYPES}[column.kind]
                assert kind == wanted, column
    assert len(found) == 0
    assert len(frames.frame(memory, name)) > 0


def test_the_guide_tells_of_every_column() -> None:
    assert frame_guide.GUIDE.read_text("utf-8") == frame_guide.guide(), "python -m tests.frame_guide writes it anew"


def test_events_keep_what_was_done_apart_from_what_was_not(kg: graph.KnowledgeGraph) -> None:
    assert rows(kg.events().head(5), "agent", "type", "modality", "polarity", "status") == [
        ("Norvania", "Withdrawal", "Actual", "Positive", "actual"),
        ("people", "Displacement", "Actual", "Positive", "actual"),
        ("Straits Council", "Meeting", "Planned", "Positive", "planned"),
        ("Norvania", "Pledge", "Actual", "Positive", "actual"),
        ("Norvania", "Deployment", "Pledged", "Positive", "pledged"),
    ]
    denied = kg.events().query("polarity == 'Negative'")
    assert rows(denied, "what", "status", "said_by") == [
        ("received pumps (not)", "did not happen", "Tomás Quill"),
        ("Norvania withdrew Bridge Mission (not)", "did not happen", "Ilse Ravn"),
    ]


def test_the_time_of_an_event_is_not_that_of_publication(kg: graph.KnowledgeGraph) -> None:
    event = kg.events().query("type == 'Authorisation'").iloc[0]
    assert (event["first"], event["last"]) == (pd.Timestamp(2031, 1, 1), pd.Timestamp(2031, 1, 31))
    assert (event["precision"], event["time_basis"], event["when"]) == ("Month", "Explicit", "January 2031")
    assert event["published_first"] == event["published_last"] == pd.Timestamp(2031, 3, 13)
    assert event["published_basis"] == "Explicit"
    undated = kg.events().query("publisher == 'Ester Gazette'")
    assert undated["published_first"].isna().all()
    assert set(undated["published_basis"]) == {"Inferred"}


def test_a_trigger_stands_where_the_frame_says(kg: graph.KnowledgeGraph) -> None:
    for _, event in kg.events().iterrows():
        text = examples.HARBOUR if event["publisher"] == "Harbour Courier" else examples.GAZETTE
        assert text[event["begin"] : event["end"]] == event["trigger"]
        assert event["trigger"] in event["sentence"]


def test_of_two_times_the_narrower_is_taken() -> None:
    whole = examples.harbour()
    at = examples.Words(examples.HARBOUR)
    pledge = whole.events[0]
    loose = replace(pledge, roles=(replace(pledge.roles[2], time="t2", span=at("January 2031")), *pledge.roles))
    with graph.open() as kg:
        kg.add_reading(replace(whole, events=(loose, *whole.events[1:])))
        assert rows(kg.events().query("type == 'Pledge'"), "when", "first") == [("Tuesday", pd.Timestamp(2031, 3, 11))]
        assert len(kg.roles().query("role == 'time' and event.str.endswith('/v1')")) == 2


def test_years_beyond_nanoseconds_have_their_place() -> None:
    whole = examples.harbour()
    old = replace(whole.times[1], earliest_begin=dt.date(1066, 10, 14), latest_end=dt.date(1066, 10, 14))
    with graph.open() as kg:
        kg.add_reading(replace(whole, times=(whole.times[0], old, whole.times[2])))
        assert kg.events().query("type == 'Authorisation'")["first"].iloc[0].year == 1066
        assert kg.events(arrow=True).column("first").type == pa.date32()


def test_claims_say_who_passed_the_words_on_and_inside_what(kg: graph.KnowledgeGraph) -> None:
    relayed = kg.claims().query("relayed_by.notna()")
    assert rows(relayed, "said_by", "form", "relayed_by", "words", "events") == [
        ("a guard", "Direct", "Tomás Quill", "They burned the depot in Port Ester", 1)
    ]
    assert relayed["within"].iloc[0].endswith("/c5")
    assert rows(kg.claims().query("attribution == 'Inferred'"), "words") == [("The 40 engineers will leave in April",)]


def test_pledges_agree_with_the_named_query(kg: graph.KnowledgeGraph) -> None:
    asked = kg.query("pledges").frame()
    found = kg.pledges()
    assert rows(found, "agent", "pledged", "figure", "unit", "when", "status") == rows(
        asked, "who", "pledged", "figure", "unit", "when", "status"
    )
    assert rows(found, "recipient", "content_type", "dated_by", "more") == [("Belmora", "Deployment", "pledge", True)]


def test_a_figure_that_was_promised_is_not_one_that_was_delivered(kg: graph.KnowledgeGraph) -> None:
    found = kg.quantities()
    assert rows(found, "event_type", "status", "comparator", "figure") == [
        ("Displacement", "actual", "about", 7000.0),
        ("Pledge", "pledged", "=", 40.0),
        ("Deployment", "pledged", "=", 40.0),
        ("Displacement", "actual", ">", 9000.0),
        ("Deployment", "planned", "=", 40.0),
    ]
    assert found["restates"].notna().sum() == 1


def test_actors_are_counted_once_for_each_event(kg: graph.KnowledgeGraph) -> None:
    found = kg.actors().query("named")
    assert rows(found, "name", "type", "documents", "events", "deeds", "statements") == [
        ("Bridge Mission", "Mission", 2, 4, 0, 0),
        ("Straits Council", "IntergovernmentalOrganisation", 2, 2, 1, 0),
        ("Ilse Ravn", "Person", 1, 1, 1, 3),
        ("Tomás Quill", "Person", 1, 0, 0, 4),
        ("Belmora", "GeopoliticalEntity", 2, 4, 1, 0),
        ("Norvania", "GeopoliticalEntity", 2, 4, 1, 0),
    ]
    assert set(kg.entities()["type"]) > set(kg.actors()["type"])


def test_mentions_stand_where_they_say(kg: graph.KnowledgeGraph) -> None:
    harbour = kg.mentions().query("document.str.contains('harbour')")
    assert len(harbour) > 30
    for begin, end, words in rows(harbour, "begin", "end", "words"):
        assert examples.HARBOUR[begin:end] == words
    assert rows(harbour.query("words == 'she'"), "name", "kind", "basis") == [("Ilse Ravn", "Pronoun", "Inferred")]


def test_ties_and_documents(kg: graph.KnowledgeGraph) -> None:
    assert rows(kg.relations(), "subject_name", "predicate", "object_name", "basis", "confidence") == [
        ("Ilse Ravn", "holdsPost", "President", "Explicit", 0.9),
        ("President", "postIn", "Norvania", "Inferred", 0.6),
        ("Norvania", "contributorTo", "Bridge Mission", "Explicit", 0.5),
    ]
    assert rows(kg.documents(), "id", "characters", "sentences", "events", "claims") == [
        ("gazette.txt", len(examples.GAZETTE), 3, 3, 1),
        ("harbour.txt", len(examples.HARBOUR), 9, 11, 8),
    ]


def test_rows_are_the_same_in_whatever_order_articles_came(kg: graph.KnowledgeGraph) -> None:
    with graph.open() as other:
        for each in (examples.gazette(), examples.harbour()):
            other.add_reading(each)
        for name in frames.columns():
            pd.testing.assert_frame_equal(frames.frame(kg.store, name), frames.frame(other.store, name))


def test_a_store_whose_csv_is_made_of_rows_gives_the_same(memory: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    own = frames.frames(memory, frames.columns())
    monkeypatch.setattr(type(memory), "csv", Store.csv)
    for name, found in frames.frames(memory, frames.columns()).items():
        pd.testing.assert_frame_equal(found, own[name])


def test_what_lacks_modality_is_no_deed() -> None:
    with store.open() as opened:
        foreign = Path(examples.__file__).parent / "frames.trig"
        opened.load(foreign)
        found = frames.frame(opened, "events")
    assert rows(found, "what", "status", "modality", "document") == [("an event of elsewhere", None, None, None)]


def test_text_of_all_kinds_comes_through() -> None:
    whole = examples.harbour()
    odd = 'Quo"ted, \r\n=cmd|" /C calc"!A1 \N{SNOWMAN} \u2028'
    with graph.open() as kg:
        kg.add_reading(replace(whole, document=replace(whole.document, publisher=odd)))
        assert set(kg.events()["publisher"]) == {odd}
        assert kg.sql("SELECT DISTINCT publisher FROM events")["publisher"].tolist() == [odd]


@pytest.mark.parametrize("name", ["event", "", "events; DROP TABLE events"])
def test_unknown_frames_are_refused_with_those_that_exist(memory: Store, name: str) -> None:
    with pytest.raises(UsageError, match="known: events, roles"):
        frames.frame(memory, name)


def test_arrow_and_parquet_hold_what_the_frame_holds(kg: graph.KnowledgeGraph, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    for name in frames.columns():
        table = getattr(kg, name)(arrow=True)
        pq.write_table(table, tmp_path / "x.parquet")
        again = pd.read_parquet(tmp_path / "x.parquet")
        own = getattr(kg, name)()
        assert list(again) == list(own)
        for column in own:
            one, other = own[column].astype(object), again[column].astype(object)
            if own[column].dtype.kind == "M":
                one, other = own[column].dt.strftime("%F"), pd.to_datetime(again[column]).dt.strftime("%F")
            assert one.where(one.notna(), None).tolist() == other.where(other.notna(), None).tolist(), column


def test_a_missing_library_is_named_with_what_installs_it() -> None:
    with pytest.raises(UsageError, match=r"pip install 'whodid\[notebook\]'"):
        frames.optional("no_such_library")


def test_sql_asks_the_frames_and_sees_what_is_added(kg: graph.KnowledgeGraph) -> None:
    question = (
        "SELECT status, count(*) AS n FROM Events WHERE first >= DATE '2031-02-01' GROUP BY status ORDER BY status"
    )
    assert rows(kg.sql(question), "status", "n") == [("actual", 1), ("planned", 1)]
    assert kg.sql("SELECT count(*) AS n FROM events e JOIN roles r USING (event) WHERE r.actor")["n"][0] == 21
    kg.remove("gazette.txt")
    assert kg.sql("SELECT count(*) AS n FROM documents")["n"][0] == 1


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_parquet('https://news.example/x.parquet')",
        "COPY events TO 'out.csv'",
        "ATTACH 'out.db'",
        "INSTALL httpfs",
        "SET memory_limit = '1TB'",
        "DROP TABLE events",
        "CREATE TABLE x AS SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT * FROM frames",
        "SELECT nothing FROM events",
        "SELEKT",
        "",
    ],
)
def test_sql_reads_the_frames_and_nothing_else(
    kg: graph.KnowledgeGraph, question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(QueryError):
        kg.sql(question)
    assert not list(tmp_path.iterdir())


def test_sql_without_end_is_given_up(kg: graph.KnowledgeGraph) -> None:
    with pytest.raises(QueryError, match=r"given up after 0\.2 seconds"):
        kg.sql(
            "SELECT count(*) FROM range(1000000000000) a, range(1000000000) b WHERE a.range * b.range = 7", seconds=0.2
        )
    assert kg.sql("SELECT count(*) AS n FROM claims")["n"][0] == 9


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("s,o\r\na,1\r\nb,\r\n", ["a", "1", "b", ""]),
        ("s,o\na,1\n", ["a", "1"]),
        ('s,o\r\na,"one, ""two""\r\nthree"\r\nb,\r\n', ["a", 'one, "two"\r\nthree', "b", ""]),
        ("s,o\r\n", []),
    ],
)
def test_the_cells_of_an_answer_are_the_same_quoted_or_not(text: str, cells: list[str]) -> None:
    assert frames._cells(text) == (["s", "o"], cells)


def test_an_event_with_two_modalities_has_one_row() -> None:
    with graph.open() as kg:
        kg.add_reading(examples.harbour())
        before, event = kg.events(), kg.events()["event"][0]
        kg.store.update(  # type: ignore[attr-defined]
            f"PREFIX who: <https://w3id.org/whodid/ontology#> INSERT DATA {{ GRAPH <urn:x:g> {{"
            f"<{event}> who:modality who:Actual, who:Pledged }} }}"
        )
        after = kg.events().set_index("event")
        assert len(after) == len(before)
        assert after.loc[event, "modality"] == "Actual"
