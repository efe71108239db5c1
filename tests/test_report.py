from __future__ import annotations

from dataclasses import replace

import graph
from graph import report
from graph.documents import Document
from graph.reading import read
from tests import examples


def lines() -> list[str]:
    return report.card(examples.harbour()).text().splitlines()


def test_the_head_says_what_was_read_and_what_was_not() -> None:
    assert lines()[0] == "Norvania promises engineers"
    assert "Harbour Courier, 13 March 2031" in lines()
    assert "9 sentences, 11 events, 8 statements" in lines()
    assert "left out: 1 stretch (player notice)" in lines()


def test_an_undated_article_says_so() -> None:
    reading = examples.gazette()
    page = report.card(replace(reading, document=replace(reading.document, publisher=None))).text()
    assert "no publisher and no day of publication stated" in page


def test_who_is_who() -> None:
    text = "\n".join(lines())
    assert "• Ilse Ravn (person; also Ravn; 3 times)" in text
    assert "• a full rescue force (mission; unnamed; only possible)" in text


def test_events_have_status_source_and_their_marked_sentence() -> None:
    found = lines()
    deed = "deployment (“send”) by Norvania to Belmora: engineers (40 more engineers)"
    at = found.index(f"  • Promised, not done: {deed} — says Ilse Ravn.")
    assert found[at + 1].strip() == (
        "“[Norvania] pledged on Tuesday to [send] [40 more engineers] to [Belmora], President Ilse Ravn said.”"
    )


def test_statements_at_second_hand_say_so() -> None:
    assert "  • a guard (as Tomás Quill tells it): “They burned the depot in Port Ester”" in lines()


def test_figures_that_only_repeat_one_say_so() -> None:
    assert "  • 40 engineers (the same as “40 more engineers”)" in lines()


def test_ties_that_were_worked_out_say_so() -> None:
    assert "  • President: post in Norvania (worked out)" in lines()
    assert "  • Ilse Ravn: holds post President" in lines()


def test_acts_of_saying_are_told_once() -> None:
    told = "\n".join(lines())
    assert "Statement" not in told.partition("Who said what")[0]


def test_what_is_denied_is_not_told_as_said() -> None:
    article = Document("a", "Peru denied that its soldiers had taken part in the attack.\n", "")
    told = "Peru (denied, in other words): that its soldiers had taken part in the attack"
    assert told in report.card(read(article)).text()
    with graph.open() as kg:
        kg.add_reading(read(article))
        assert told in kg.tell("who-said-what").text()
