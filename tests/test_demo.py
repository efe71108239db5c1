"""The demo's articles, read by the shipped pipeline: each named query has something to say of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import graph
from graph.knowledge import KnowledgeGraph
from graph.queries import named_queries

ARTICLES = Path(__file__).parent.parent / "data" / "articles"
VALUES = {
    "relations": {"entity": "Kenya"},
    "path": {"start": "Kenya", "end": "Haiti"},
    "evidence": {"of": "UN Security Council authorised a multinational force for Haiti"},
    "names": {"entity": "William Ruto"},
}
MAY_BE_EMPTY = {"contradictions", "claims-by-inference"}


@pytest.fixture(scope="module")
def kg() -> Iterator[KnowledgeGraph]:
    with graph.open() as opened:
        outcome = opened.add(ARTICLES)
        assert not outcome.failed
        yield opened


@pytest.mark.parametrize("name", sorted(set(named_queries()) - MAY_BE_EMPTY))
def test_every_query_has_an_answer(kg: KnowledgeGraph, name: str) -> None:
    assert len(kg.query(name, **VALUES.get(name, {}))) > 0


def test_it_conforms(kg: KnowledgeGraph) -> None:
    report = kg.validate()
    assert report.conforms, str(report)
    assert len(report.checked) == len(list(ARTICLES.glob("*.md")))


def test_the_mission_was_authorised_by_the_council_on_that_day(kg: KnowledgeGraph) -> None:
    dated = {(row["who"], str(row["from"])) for row in kg.query("authorisations", actor="UN Security Council")}
    assert ("UN Security Council", "2023-10-02") in dated


def test_pledges_are_not_deeds(kg: KnowledgeGraph) -> None:
    sent = kg.query("deployments", actor="Kenya", status="pledged")
    assert len(sent) > 0
    assert {row["status"] for row in sent} == {"pledged"}


def test_every_event_has_its_words_in_the_text(kg: KnowledgeGraph) -> None:
    wrong = """ASK { ?event who:trigger ?t .
        ?t who:begin ?b ; who:end ?e ; who:exact ?words ; who:inDocument/nif:isString ?text
        FILTER(SUBSTR(?text, ?b + 1, ?e - ?b) != ?words) }"""
    assert not kg.query(wrong)
