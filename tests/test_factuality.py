"""Whether events happened, and what else they are where they did not."""

from __future__ import annotations

import pytest

from graph.model import Event
from graph.reading import lexicon
from graph.reading.events import events
from graph.reading.factuality import factuality
from tests.parses import reading


def rated(text: str) -> dict[str, Event]:
    return {e.trigger.of(text): e for e in factuality(events(reading(text))).events}


CASES = [
    ("Valdoria has pledged to send 600 more officers to Ostra.", "pledged", "Actual", "Positive"),
    ("Valdoria has pledged to send 600 more officers to Ostra.", "send", "Pledged", "Positive"),
    ("Paul Novak said he supported turning the mission into a full operation.", "supported", "Actual", "Positive"),
    ("Paul Novak said he supported turning the mission into a full operation.", "turning", "Requested", "Positive"),
    (
        "The mission, authorised by the Council in October 2023, has deployed two units.",
        "authorised",
        "Actual",
        "Positive",
    ),
    ("The council is due to meet to decide whether to renew the mandate.", "meet", "Planned", "Positive"),
    ("The council is due to meet to decide whether to renew the mandate.", "decide", "Planned", "Positive"),
    ("The council is due to meet to decide whether to renew the mandate.", "renew", "Hypothetical", "Positive"),
    ("There was criticism at the lack of a decisive move.", "criticism", "Actual", "Positive"),
    ("There was criticism at the lack of a decisive move.", "move", "Actual", "Negative"),
    ("No one was hurt when the plane crashed.", "hurt", "Actual", "Negative"),
    ("No one was hurt when the plane crashed.", "crashed", "Actual", "Positive"),
    ("The army denied attacking the village and refused to withdraw.", "attacking", "Actual", "Negative"),
    ("The army denied attacking the village and refused to withdraw.", "withdraw", "Actual", "Negative"),
    ("The army denied attacking the village and refused to withdraw.", "refused", "Actual", "Positive"),
    ("The minister failed to attend the talks.", "attend", "Actual", "Negative"),
    ("The minister failed to attend the talks.", "talks", "Actual", "Positive"),
    ("The rebels threatened to bomb the port unless the army left.", "bomb", "Hypothetical", "Positive"),
    ("The rebels threatened to bomb the port unless the army left.", "left", "Hypothetical", "Positive"),
    ("The guards left without taking part.", "left", "Actual", "Positive"),
    ("The guards left without taking part.", "taking", "Actual", "Negative"),
    ("Critics urged the judge to resign.", "resign", "Requested", "Positive"),
    ("The company will build a factory and hire workers.", "build", "Predicted", "Positive"),
    ("The company will build a factory and hire workers.", "hire", "Predicted", "Positive"),
    ("She might win if the court agrees.", "win", "Hypothetical", "Positive"),
    ("She might win if the court agrees.", "agrees", "Hypothetical", "Positive"),
    ("He managed to escape but did not reach the border.", "escape", "Actual", "Positive"),
    ("He managed to escape but did not reach the border.", "reach", "Actual", "Negative"),
    ("The bank cancelled a planned merger with Treva.", "merger", "Actual", "Negative"),
    ("The government has yet to answer.", "answer", "Actual", "Negative"),
]


@pytest.mark.parametrize(("text", "trigger", "modality", "polarity"), CASES)
def test_status(text: str, trigger: str, modality: str, polarity: str) -> None:
    event = rated(text)[trigger]
    assert (event.modality, event.polarity) == (modality, polarity)


@pytest.mark.parametrize("text", sorted({case[0] for case in CASES}))
def test_only_the_content_of_a_pledge_is_pledged(text: str) -> None:
    found = rated(text).values()
    contents = {r.event for e in found if e.type == "Pledge" for r in e.roles if r.role == "content"}
    assert {e.id for e in found if e.modality == "Pledged"} == contents


def test_a_hostile_act_to_come_is_a_threat_and_a_friendly_one_an_agreement() -> None:
    text = "The council is due to meet to decide whether to renew the mandate."
    assert rated(text)["meet"].plover == "AGREE"
    text = "The minister failed to attend the talks."
    assert rated(text)["talks"].plover == "CONSULT"


def test_complements_are_well_formed() -> None:
    rows = lexicon.rows("complements.tsv")
    assert {row["modality"] for row in rows} <= {
        "=",
        "Actual",
        "Pledged",
        "Planned",
        "Requested",
        "Predicted",
        "Hypothetical",
    }
    assert {row["polarity"] for row in rows} == {"Positive", "Negative"}
    assert {row["negated"] for row in rows} <= {"flip", "keep"}
    keys = [(row["lemma"], row["pos"], row["complement"]) for row in rows]
    assert len(keys) == len(set(keys))
