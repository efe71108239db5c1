"""The pages in a real browser, over HTTP: Debian's Chromium (``apt-get install chromium``) through Playwright
(``pip install playwright axe-playwright-python``); without either these tests are skipped."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn

from graph import rdf, store
from graph.knowledge import KnowledgeGraph
from graph.server import application
from tests import examples
from tests.browser import CHROMIUM, watched
from tests.test_pages import DOCUMENT, hostile

playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
PATHS = (
    "/",
    "/search?q=quill",
    "/search?q=zeppelin",
    "/id/place/norvania",
    DOCUMENT,
    f"{DOCUMENT}/v2",
    f"{DOCUMENT}/c4",
    f"{DOCUMENT}/q1",
    "/nothing",
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server that runs beside the tests."""
    with store.open() as opened:
        for reading in (examples.harbour(), examples.gazette(), hostile()):
            opened.add(rdf.graph_iri(reading.document), rdf.quads(reading))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        running = uvicorn.Server(uvicorn.Config(application(KnowledgeGraph(opened)), port=port, log_level="warning"))
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not running.started and time.monotonic() < until:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        running.should_exit = True
        thread.join(30)


@pytest.fixture
def visit(chromium: Any, server: str) -> Iterator[Callable[..., Any]]:
    """Opens a page of the server, which may load from nowhere else."""
    with watched((server,), harmless=("404 (Not Found)",)) as opened:
        yield lambda path, **options: opened(chromium, server + path, **options)


def expect(locator: Any) -> Any:
    return playwright.expect(locator)


@pytest.fixture
def editor(visit: Callable[..., Any]) -> Any:
    page = visit("/sparql")
    page.wait_for_selector("body[data-ready]")
    return page


def write(editor: Any, query: str) -> None:
    """Puts a query into the tab that is open."""
    whole = f"PREFIX who: <https://w3id.org/whodid/ontology#> {query}"
    there = "query => document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.setValue(query)"
    editor.evaluate(there, whole)


def test_a_named_question_runs_in_the_editor_with_no_network_but_this_server(editor: Any) -> None:
    editor.get_by_role("button", name="Open in the editor: Who authorised what, and when").click()
    expect(editor.locator(".tab.active")).to_contain_text("authorisations")
    editor.locator(".tabPanel.active .yasqe_queryButton").click()
    expect(editor.locator(".tabPanel.active .yasr table")).to_contain_text("Straits Council")


def test_an_answer_is_shown_as_chart_and_as_network(editor: Any) -> None:
    write(editor, "SELECT ?who ?whom (1 AS ?times) WHERE { ?e who:agent ?who ; who:recipient ?whom }")
    editor.locator(".tabPanel.active .yasqe_queryButton").click()
    expect(editor.locator(".tabPanel.active .yasr table")).to_be_visible()
    editor.locator(".tabPanel.active .select_chart").click()
    chart = editor.locator(".tabPanel.active svg.chart")
    expect(chart).to_have_attribute("aria-label", "Chart: times by who")
    expect(chart.locator("rect")).to_have_count(2)
    editor.locator(".tabPanel.active .select_network").click()
    drawn = editor.locator(".tabPanel.active svg.drawn")
    expect(drawn.locator("circle")).to_have_count(4)
    expect(drawn).to_contain_text("norvania")


def test_triples_are_drawn_too(editor: Any) -> None:
    write(editor, "CONSTRUCT { ?a who:relatedTo ?b } WHERE { ?e who:agent ?a ; who:recipient ?b }")
    editor.locator(".tabPanel.active .yasqe_queryButton").click()
    editor.locator(".tabPanel.active .select_network").click()
    expect(editor.locator(".tabPanel.active svg.drawn circle").first).to_be_visible()


def test_the_editor_completes_terms_of_the_ontology(editor: Any) -> None:
    editor.evaluate(
        """() => { const mirror = document.querySelector('.tabPanel.active .CodeMirror').CodeMirror;
        mirror.setValue('PREFIX who: <https://w3id.org/whodid/ontology#>\\nSELECT * WHERE { ?e a who:Spee }');
        mirror.setCursor(1, 30); mirror.focus(); mirror.autocomplete(); }"""
    )
    expect(editor.get_by_role("option", name="who:SpeechEvent")).to_be_visible()


def test_one_goes_from_search_to_a_name_to_the_article_without_any_script(visit: Callable[..., Any]) -> None:
    page = visit("/", java_script_enabled=False)
    page.get_by_role("searchbox").fill("norvan")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Norvania", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Norvania")
    page.get_by_role("link", name="“Norvania promises engineers”, Harbour Courier, 13 March 2031").first.click()
    assert page.locator(".text").inner_text().strip() == examples.HARBOUR.strip()
    page.locator(".text .trigger", has_text="authorised").click()
    expect(page.locator(".card:target")).to_contain_text("Authorisation by Straits Council")


def test_the_explorer_opens_within_the_first_page(visit: Callable[..., Any]) -> None:
    page = visit("/")
    expect(page.frame_locator("iframe").locator("#view")).to_be_visible()
    page.frame_locator("iframe").locator("body[data-ready]").wait_for()


@pytest.mark.parametrize("width", [360, *(pytest.param(width, marks=pytest.mark.slow) for width in (320, 768, 1400))])
def test_it_fits_every_width(visit: Callable[..., Any], width: int) -> None:
    for path in (*PATHS, "/ontology", "/sparql"):
        page = visit(path, width=width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Callable[..., Any], scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    found = []
    for path in (*PATHS, "/ontology"):
        page = visit(path, color_scheme=scheme)
        breaches = axe.run(page, context={"exclude": [["iframe"]]}).response["violations"]
        found += [(path, b["id"], b["impact"], [node["html"][:140] for node in b["nodes"][:3]]) for b in breaches]
        page.context.close()
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_around_the_editor(visit: Callable[..., Any], scheme: str) -> None:
    """YASGUI itself is another's work; all that is ours on its page is held to what other pages are."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    page = visit("/sparql", color_scheme=scheme)
    page.wait_for_selector("body[data-ready]")
    breaches = axe.run(page, context={"exclude": [["#editor"]]}).response["violations"]
    assert [(b["id"], [node["html"][:140] for node in b["nodes"][:3]]) for b in breaches] == []


def test_words_of_an_article_stay_words(visit: Callable[..., Any]) -> None:
    for path in ("/search?q=onerror", "/?q=<script>alert(1)</script>", "/nothing/<img src=x onerror=alert(1)>"):
        page = visit(path)
        assert page.locator("main img").count() == 0
        page.context.close()
