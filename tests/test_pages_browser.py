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
from graph.server import Limits, application
from graph.server.pages.drawing import network
from graph.server.pages.profiles import Neighbour, Profile
from tests import examples
from tests.browser import CHROMIUM, watched
from tests.test_pages import DOCUMENT, hostile

playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
ROWS = 60
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
        served = application(KnowledgeGraph(opened), limits=Limits(rows=ROWS))
        running = uvicorn.Server(uvicorn.Config(served, port=port, log_level="warning"))
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


def complete(editor: Any) -> None:
    editor.evaluate(
        """() => { const mirror = document.querySelector('.tabPanel.active .CodeMirror').CodeMirror;
        mirror.setValue('PREFIX who: <https://w3id.org/whodid/ontology#>\\nSELECT * WHERE { ?e a who:Spee }');
        mirror.setCursor(1, 30); mirror.focus(); mirror.autocomplete(); }"""
    )
    expect(editor.get_by_role("option", name="who:SpeechEvent")).to_be_visible()


def test_the_editor_completes_terms_of_the_ontology(editor: Any) -> None:
    complete(editor)


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_editor(visit: Callable[..., Any], scheme: str) -> None:
    """With a table, a chart, the answer as it came, completions, an error, and the settings of a tab."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    found = []

    def look(page: Any, what: str) -> None:
        breaches = axe.run(page).response["violations"]
        found.extend((what, b["id"], [node["html"][:140] for node in b["nodes"][:3]]) for b in breaches)

    page = visit("/sparql", color_scheme=scheme)
    page.wait_for_selector("body[data-ready]")
    write(page, "SELECT ?who ?whom (1 AS ?times) WHERE { ?e who:agent ?who ; who:recipient ?whom }")
    page.locator(".tabPanel.active .yasqe_queryButton").click()
    for view in ("table", "chart", "network", "response"):
        page.locator(f".tabPanel.active .select_{view}").click()
        expect(page.locator(f".tabPanel.active .select_{view}.selected")).to_be_visible()
        look(page, view)
    complete(page)
    look(page, "completions")
    page.keyboard.press("Escape")
    page.locator(".tabContextButton").first.click()
    expect(page.locator(".tabPanel.active .tabMenu")).to_be_visible()
    look(page, "settings")
    assert found == []


def test_an_answer_that_may_have_been_cut_says_so(editor: Any) -> None:
    run, note = editor.locator(".tabPanel.active .yasqe_queryButton"), editor.locator(".tabPanel.active .cut")
    write(editor, "SELECT ?s WHERE { ?s ?p ?o }")
    run.click()
    expect(note).to_contain_text(f"at most {ROWS} rows")
    editor.locator(".tabPanel.active .select_response").click()
    expect(note).to_have_count(1)
    write(editor, f"SELECT ?s WHERE {{ ?s ?p ?o }} LIMIT {ROWS - 1}")
    run.click()
    expect(editor.locator(".tabPanel.active .yasr_response_chip")).to_contain_text(f"{ROWS - 1} results")
    expect(note).to_have_count(0)


def test_an_answer_in_a_tab_that_was_opened_later_says_so_too(editor: Any) -> None:
    editor.locator(".addTab").click()
    write(editor, "SELECT ?s WHERE { ?s ?p ?o }")
    editor.locator(".tabPanel.active .yasqe_queryButton").click()
    expect(editor.locator(".tabPanel.active .cut")).to_have_count(1)


def test_the_key_tab_leads_out_of_the_editor(editor: Any) -> None:
    editor.evaluate("document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.focus()")
    before = editor.evaluate("document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.getValue()")
    editor.keyboard.press("Tab")
    assert not editor.evaluate("document.activeElement.matches('.CodeMirror textarea')")
    assert before == editor.evaluate("document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.getValue()")


def test_the_editor_is_dark_on_a_dark_page(visit: Callable[..., Any]) -> None:
    page = visit("/sparql", color_scheme="dark")
    page.wait_for_selector("body[data-ready]")
    shade = page.evaluate("getComputedStyle(document.querySelector('.tabPanel.active .CodeMirror')).backgroundColor")
    assert max(map(int, shade.removeprefix("rgb(").rstrip(")").split(","))) < 80


LABELS = """() => {
  const drawing = document.querySelector('.network').getBoundingClientRect();
  const names = [...document.querySelectorAll('.network text')].map((name) => name.getBoundingClientRect());
  const beside = (n) => n.left < drawing.left || n.right > drawing.right;
  const outside = names.filter((n) => beside(n) || n.top < drawing.top || n.bottom > drawing.bottom);
  const cross = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
  const crossing = names.flatMap((a, i) => names.slice(i + 1).filter((b) => cross(a, b)));
  return [names.length, outside.length, crossing.length];
}"""


@pytest.mark.parametrize("width", [400, 1400])
@pytest.mark.parametrize("names", [
    ["Bo"] * 12,
    ["the Straits Council for the Defence of the North", "W" * 60, "MMMMMMMM MMMMMMMM", "%@%@%@%@%@%@%@%@%@%@"] * 3,
    ["北京市人民政府外事办公室公告处第二分部", "서울특별시", "東京"],
    ["محكمة العدل الدولية العليا في الميناء", "משרד ראש הממשלה בעיר הבירה", "שרה", "مريم"] * 2,
    ["Łódź"],
])  # fmt: skip
def test_names_in_the_small_network_are_whole_and_apart(
    visit: Callable[..., Any], width: int, names: list[str]
) -> None:
    page = visit("/id/place/norvania", width=width)
    around = tuple(Neighbour(f"n{number}", name, 1 + number, "person") for number, name in enumerate(names))
    drawn = network(Profile("n", "entity", names[0], "", neighbours=around), str)
    page.evaluate("drawn => { document.querySelector('.network').outerHTML = drawn; }", str(drawn))
    assert page.evaluate(LABELS) == [len(names) + 1, 0, 0]


def test_words_of_an_article_stay_words(visit: Callable[..., Any]) -> None:
    for path in ("/search?q=onerror", "/?q=<script>alert(1)</script>", "/nothing/<img src=x onerror=alert(1)>"):
        page = visit(path)
        assert page.locator("main img").count() == 0
        page.context.close()
