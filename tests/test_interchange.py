import datetime as dt
import json
from dataclasses import replace

import pytest

from graph import interchange
from graph.documents import Boilerplate, Document, Span
from graph.model import Claim, Entity, Event, Mention, Quantity, Reading, Relation, Role, Sentence, Time

TEXT = "Advert\nNorland will send 600 more officers to Sula by May, its minister said."


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


READING = Reading(
    document=Document(
        "a1",
        TEXT,
        "0" * 64,
        title="Norland sends police",
        published=dt.date(2031, 3, 4),
        published_basis="given",
        boilerplate=(Boilerplate(Span(0, 6), "player notice"),),
    ),
    sentences=(Sentence(Span(7, len(TEXT)), 0, 0),),
    entities=(
        Entity("e1", "Norland", "GeopoliticalEntity", (Mention(span("Norland"), "name", -1, "GeopoliticalEntity"),)),
        Entity("e2", "Sula", "Place", (Mention(span("Sula"), "name", -1, "Place"),), aliases=("Sula Island",)),
    ),
    times=(
        Time(
            "t1", span("May"), "DATE", "2031-05", latest_end=dt.date(2031, 5, 31), basis="relative", anchor="document"
        ),
    ),
    quantities=(Quantity("q1", span("600 more officers"), 600, "officers", increment=True),),
    events=(
        Event(
            "v1",
            span("send"),
            -1,
            "Deployment",
            Span(7, len(TEXT)),
            modality="Planned",
            roles=(
                Role("agent", span("Norland"), entity="e1"),
                Role("quantity", span("600 more officers"), quantity="q1"),
            ),
            claim="c1",
        ),
    ),
    claims=(
        Claim(
            "c1",
            (span("Norland will send 600 more officers to Sula by May"),),
            Span(7, len(TEXT)),
            "Indirect",
            events=("v1",),
        ),
    ),
    relations=(Relation("e2", "locatedIn", "e1", span("Sula")),),
)


def test_there_and_back() -> None:
    assert interchange.loads(interchange.dumps(READING)) == READING


def test_the_format_of_the_design() -> None:
    value = json.loads(interchange.dumps(READING))
    assert value["document"]["boilerplate"] == [{"start": 0, "end": 6, "why": "player notice"}]
    assert value["document"]["published"] == "2031-03-04"
    assert value["entities"][0]["mentions"] == [{"start": 7, "end": 14, "kind": "name"}]
    assert value["times"][0]["timex"] == "2031-05"
    assert value["times"][0]["latest"] == "2031-05-31"
    assert value["quantities"][0]["value"] == 600
    assert value["events"][0]["roles"][0] == {"role": "agent", "start": 7, "end": 14, "entity": "e1"}
    assert value["events"][0]["cluster"] == "v1"
    assert value["claims"][0]["content"] == [[7, 57]]


def test_keys_of_later_versions_are_passed_over() -> None:
    value = interchange.to_json(READING)
    value["document"]["mood"] = "sombre"
    value["events"][0]["mood"] = "sombre"
    assert interchange.from_json(value) == READING


def test_a_missing_key_and_a_span_that_is_none_are_refused() -> None:
    value = interchange.to_json(READING)
    del value["events"][0]["trigger"]
    with pytest.raises(KeyError, match="trigger"):
        interchange.from_json(value)
    value = interchange.to_json(replace(READING, events=()))
    value["times"][0]["end"] = 0
    with pytest.raises(ValueError, match="start <= end"):
        interchange.from_json(value)


def test_what_stood_beside_an_article_is_kept() -> None:
    beside = replace(READING, document=replace(READING.document, beside=("navigation", "sidebar")))
    assert interchange.loads(interchange.dumps(beside)) == beside
