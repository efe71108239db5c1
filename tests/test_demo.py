"""The demo's articles, read by the shipped pipeline: each named query has something to say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import graph
from graph import explorer
from graph.knowledge import KnowledgeGraph
from graph.queries import named_queries
from tests.browser import CHROMIUM, FLAGS

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


HEIGHT = 900


@pytest.fixture
def opened(kg: KnowledgeGraph, tmp_path: Path) -> Iterator[Any]:
    """The demo's page in Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install chromium")
    (tmp_path / "demo.html").write_text(explorer.page(kg), "utf-8")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": HEIGHT})
        page.goto((tmp_path / "demo.html").as_uri())
        page.wait_for_selector("body[data-ready]")
        yield page
        browser.close()


COUNTED = "() => { window.clicks = 0; addEventListener('click', (e) => { window.clicks += e.isTrusted; }, true); }"


def test_a_journalist_finds_what_was_promised_to_the_mission_and_not_delivered_in_four_clicks(opened: Any) -> None:
    page = opened
    page.evaluate(COUNTED)
    chips = page.locator(".chips")
    page.locator("#views").get_by_role("button", name=re.compile("Pledges")).click()
    chips.get_by_role("button", name=re.compile("the mission")).click()
    chips.get_by_role("button", name=re.compile("Nothing told since")).click()
    rows = page.locator("tbody tr")
    assert rows.count() > 0
    assert all("nothing told since" in row for row in rows.all_inner_texts())
    rows.filter(has_text="Benin").locator(".read").click()
    written = page.locator("#panel mark.evidence")
    assert "Benin has offered 2,000 troops for the mission" in "".join(written.all_inner_texts())
    assert written.first.is_visible()
    assert 0 <= written.first.bounding_box()["y"] < HEIGHT
    assert page.evaluate("() => window.clicks") == 4
