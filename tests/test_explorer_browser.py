"""The explorer in a real browser: Debian's Chromium (``apt-get install chromium``) through Playwright
(``pip install playwright axe-playwright-python``); without either these tests are skipped."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graph import rdf, store
from graph.explorer import markup
from graph.explorer import story as stories
from graph.explorer.story import Story
from graph.model import Claim, Entity, Event, Mention, Reading, Role
from tests import examples

playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 40_000
EVIL = "<img src=x onerror=\"document.title='owned'\">"
HOSTILE = f"""🌊🌊 {EVIL} warned مريم سالم in 北京市.
Bea Falk said: "</script><script>alert(1)</script> is no answer."
"""


def hostile() -> Reading:
    """An article whose names, words and address would like to be run, with signs beyond UTF-16's first plane."""
    at = examples.Words(HOSTILE)
    document = examples.document(
        HOSTILE, "hostile.txt", title=f"Title {EVIL}", publisher="<b>Courier</b>", url="javascript:alert(1)",
        published=dt.date(2031, 3, 15),
    )  # fmt: skip

    def entity(id: str, name: str, type: str) -> Entity:
        return Entity(id, name, type, (Mention(at(name), "name", -1, type),))

    warned = Event("v1", at("warned"), -1, "Warning", at.line("warned"), confidence=0.9, roles=(
        Role("agent", at(EVIL), entity="e1"), Role("recipient", at("مريم سالم"), entity="e2"),
        Role("place", at("北京市"), entity="e3")))  # fmt: skip
    words = at("</script><script>alert(1)</script> is no answer")
    return Reading(
        document=document,
        sentences=at.sentences(),
        entities=(entity("e1", EVIL, "Organisation"), entity("e2", "مريم سالم", "Person"),
                  entity("e3", "北京市", "Place"), entity("e4", "Bea Falk", "Person")),
        events=(warned,),
        claims=(Claim("c1", (words,), at.line("Bea Falk"), "Direct", "e4", confidence=0.9),),
    )  # fmt: skip


@dataclass(frozen=True)
class Site:
    """The page as a file, and the story that it tells."""

    file: Path
    story: Story

    def actor(self, name: str) -> str:
        return next(a.id for a in self.story.actors if a.name == name)

    def deed(self, words: str) -> str:
        return next(d.id for d in self.story.deeds if words in d.label)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    with store.open() as opened:
        for reading in (examples.harbour(), examples.gazette(), hostile()):
            opened.add(rdf.graph_iri(reading.document), rdf.quads(reading))
        story = stories.read(opened)
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(markup.html(story, f"Norvania {EVIL}"), "utf-8", errors="surrogatepass")
    return Site(file, story)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Opens the page at an address; any request, script error, dialog or breach of the policy fails the test."""
    wrong: list[str] = []
    contexts = []

    def opened(fragment: str = "", width: int = 1400, height: int = 900, **options: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith(("file:", "blob:", "data:")) else wrong.append(r.url))
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.on("dialog", lambda d: (wrong.append(f"dialog: {d.message}"), d.dismiss()))
        page.goto(f"{site.file.as_uri()}#{fragment}", timeout=PATIENCE)
        page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def expect(locator: Any) -> Any:
    return playwright.expect(locator)


def seen(page: Any) -> tuple[int, int]:
    """How many names and facts the graph says that it shows."""
    names, facts = re.findall(r"(\d+) (?:names?|facts?)", page.locator("#seen").inner_text())
    return int(names), int(facts)


def test_it_opens_with_all_names_and_what_it_was_made_from(visit: Callable[..., Any], site: Site) -> None:
    page = visit()
    expect(page.locator("#made")).to_contain_text("3 articles from 13 March 2031 to 15 March 2031")
    names, facts = seen(page)
    assert names == len(
        {end for link in markup.links(site.story) if link.level == "actors" for end in (link.source, link.target)}
    )
    assert facts > 10
    expect(page.locator("#panel")).to_contain_text("Norvania")
    assert "null" not in page.locator("body").inner_text()


def test_one_switch_leads_from_actors_to_events_and_back(visit: Callable[..., Any]) -> None:
    page = visit()
    before = seen(page)
    page.get_by_role("button", name="Events", exact=True).click()
    assert seen(page)[0] > before[0]
    assert "level=events" in page.url
    page.go_back()
    expect(page.get_by_role("button", name="Actors", exact=True)).to_have_attribute("aria-pressed", "true")
    assert seen(page) == before


def test_the_legend_filters_and_the_address_keeps_it(visit: Callable[..., Any]) -> None:
    page = visit()
    all_facts = seen(page)[1]
    page.get_by_role("checkbox", name=re.compile("done")).uncheck()
    assert seen(page)[1] < all_facts
    expect(page.get_by_role("checkbox", name=re.compile("denied"))).to_be_checked()
    again = visit(page.url.partition("#")[2])
    assert seen(again) == seen(page)
    again.get_by_role("button", name="Clear").click()
    assert seen(again)[1] == all_facts


def test_counts_are_those_that_choosing_leaves(visit: Callable[..., Any], site: Site) -> None:
    page = visit("status=pledged&view=facts")
    pledged = sum(d.status == "pledged" for d in site.story.deeds)
    expect(page.locator("tbody tr")).to_have_count(pledged)
    expect(page.locator(".facet label", has_text="pledged").locator(".count")).to_have_text(str(pledged))
    denied = sum(d.status == "denied" for d in site.story.deeds)
    expect(page.locator(".facet label", has_text="denied").locator(".count")).to_have_text(str(denied))


def test_evidence_is_marked_in_its_sentence_with_its_source_and_chain(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"level=events&chosen={site.deed('burned')}")
    panel = page.locator("#panel")
    expect(panel.locator("blockquote")).to_contain_text('"They burned the depot in Port Ester," a guard told Quill')
    assert {"burned", "the depot", "Port Ester"} <= set(panel.locator("blockquote mark").all_inner_texts())
    expect(panel.locator(".source")).to_contain_text("Norvania promises engineers, Harbour Courier, 13 March 2031")
    expect(panel.locator("dl")).to_contain_text("a guard, quoted by Tomás Quill")
    expect(panel.locator("dl")).to_contain_text("80% that the text says so")
    expect(panel.locator(".badge").first).to_contain_text("done")


def test_time_with_its_basis_and_quantity(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"level=events&chosen={site.deed('pledged')}")
    expect(page.locator("#panel dl")).to_contain_text("Tuesday (11 March 2031) (worked out)")
    expect(page.locator("#panel dl")).to_contain_text("40 more engineers")


def test_the_reader_marks_what_is_mentioned_and_what_was_not_read(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"chosen={site.deed('authorised')}")
    page.get_by_title("Read it in the article").first.click()
    text = page.locator("#panel .text")
    assert text.inner_text() == examples.HARBOUR
    line = "".join(page.locator("mark.evidence").all_inner_texts())
    assert line == "The Straits Council authorised the Bridge Mission in January 2031, envoy Tomás Quill said."
    expect(page.locator(".unread")).to_have_text("Listen to this story in five minutes")
    page.locator(".mention", has_text="Tomás Quill").first.click()
    expect(page.locator("#panel h2")).to_have_text("Tomás Quill")


def test_the_keyboard_alone_leads_to_a_marked_sentence(visit: Callable[..., Any]) -> None:
    page = visit()
    page.keyboard.press("/")
    page.keyboard.type("tomas q")
    expect(page.locator("#found li").first).to_contain_text("Tomás Quill")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Tomás Quill")
    assert page.evaluate("document.activeElement.id") == "panel"
    expect(page.locator("#panel blockquote mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel h2")).to_have_text("Choose a name or a line")


@pytest.mark.parametrize(
    ("query", "found"),
    [("RAVN", "Ilse Ravn"), ("not received the pumps", "“The mission"), ("مريم", "مريم سالم"), ("北京", "北京市")],
)
def test_search_finds_names_quotations_and_other_scripts(visit: Callable[..., Any], query: str, found: str) -> None:
    page = visit()
    page.locator("#seek").fill(query)
    expect(page.locator("#found li").first).to_contain_text(found)
    page.locator("#seek").fill("zzz")
    expect(page.locator("#found")).to_contain_text("Nothing is called so")


def test_time_is_filtered_by_keyboard_and_the_undated_stay_unless_unticked(visit: Callable[..., Any]) -> None:
    page = visit("view=facts")
    rows = page.locator("tbody tr").count()
    page.get_by_role("slider", name="Until").press("PageDown")
    assert "to=2031" in page.url
    fewer = page.locator("tbody tr").count()
    assert fewer < rows
    page.get_by_role("checkbox", name=re.compile("undated")).uncheck()
    assert page.locator("tbody tr").count() < fewer
    page.get_by_role("button", name="All times").click()
    assert "to=" not in page.url


def test_paths_lead_from_one_to_another_with_evidence(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"chosen={site.actor('Straits Council')}")
    page.get_by_role("button", name="Path to …").click()
    page.get_by_role("combobox", name="Path to").fill("Norvania")
    page.get_by_role("button", name="Find", exact=True).click()
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_have_text("Paths")
    expect(panel.locator("h3").first).to_contain_text(re.compile("by way of (Bridge Mission|Belmora)"))
    assert panel.locator("h3").count() >= 2
    expect(panel.locator("blockquote mark").first).to_be_visible()


def test_focus_shows_one_with_its_neighbours_and_goes_deeper(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"chosen={site.actor('Norvania')}")
    whole = seen(page)[0]
    page.get_by_role("button", name="Focus").click()
    near = seen(page)[0]
    assert 1 < near < whole
    page.locator("#focus-bar select").select_option("2")
    assert near < seen(page)[0]
    page.locator("#focus-bar").get_by_role("button", name="Show all").click()
    assert seen(page)[0] == whole


def test_what_is_hidden_can_be_had_back(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"chosen={site.actor('Norvania')}")
    whole = seen(page)[0]
    page.get_by_role("button", name="Hide").click()
    assert seen(page)[0] < whole
    page.get_by_role("button", name="Show 1 hidden name").click()
    assert seen(page)[0] == whole


def test_the_table_sorts_and_goes_along_as_csv(visit: Callable[..., Any], site: Site) -> None:
    page = visit("view=facts")
    events = [d for d in site.story.deeds if not d.saying]
    expect(page.locator("tbody tr")).to_have_count(len(events))
    page.get_by_role("button", name="Status", exact=True).click()
    expect(page.locator("th").nth(1)).to_have_attribute("aria-sort", "ascending")
    shown = page.locator("tbody td:nth-child(2)").all_inner_texts()
    assert shown == sorted(shown, key=lambda text: text.split()[-1])
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert len(rows) == len(events)
    assert {row["On whose word"] for row in rows} >= {"the article", "a guard, quoted by Tomás Quill"}


def test_pledges_say_who_what_how_many_to_whom_and_where_it_is_written(visit: Callable[..., Any]) -> None:
    page = visit()
    page.locator("#views").get_by_role("button", name=re.compile("Pledges")).click()
    row = page.locator("tbody tr").first
    for words in (
        "Norvania",
        "40 more engineers",
        "Belmora",
        "Tuesday",
        "Ilse Ravn",
        "Harbour Courier",
        "nothing told since",
    ):
        expect(row).to_contain_text(words)
    row.locator(".fact").first.click()
    expect(page.locator("#panel blockquote")).to_contain_text("Norvania pledged on Tuesday")


def test_the_timeline_has_a_lane_for_each_actor_and_counts_the_undated(visit: Callable[..., Any]) -> None:
    page = visit("view=timeline")
    lane = page.locator(".lane", has_text="Straits Council")
    lane.get_by_role("button", name=re.compile("Authorisation")).click()
    expect(page.locator("#panel blockquote")).to_contain_text("in January 2031")
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ events of this selection without a date"))


def test_sources_show_where_reports_differ(visit: Callable[..., Any]) -> None:
    page = visit("view=sources")
    expect(page.locator("main")).to_contain_text("Where reports differ: 2")
    expect(page.locator(".pair", has_text="on a figure")).to_contain_text("More than 9,000 people fled")
    expect(page.locator(".pair", has_text="whether it was done")).to_contain_text(
        "Norvania withdrew from the Bridge Mission on Friday"
    )


def test_the_drawing_goes_along_as_a_picture(visit: Callable[..., Any]) -> None:
    page = visit()
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    picture = Path(download.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 8000


def test_words_of_an_article_stay_words(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"level=events&chosen={site.deed('warned')}")
    assert page.title() == f"Norvania {EVIL}"
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_contain_text(EVIL)
    assert panel.locator("blockquote mark").all_inner_texts() == [EVIL, "warned", "مريم سالم", "北京市"]
    assert page.locator("img").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    panel.get_by_title("Read it in the article").click()
    assert page.locator("#panel .text").inner_text() == HOSTILE
    for view in ("pledges", "facts", "timeline", "sources"):
        page.locator(f"#views [data-view={view}]").click()
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("width", [320, 400, 768, 2560])
def test_it_fits_every_width(visit: Callable[..., Any], site: Site, width: int) -> None:
    for fragment in ("", f"chosen={site.actor('Norvania')}", "view=pledges", "view=timeline"):
        page = visit(fragment, width=width, height=800)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.context.close()


def test_the_theme_is_the_systems_or_the_readers(visit: Callable[..., Any]) -> None:
    page = visit(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.locator("#theme").click()
    page.locator("#theme").click()
    assert page.evaluate(ground) != dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Callable[..., Any], site: Site, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    page = visit(color_scheme=scheme)
    found = []
    article = site.story.articles[0].id
    for fragment in (
        "",
        f"level=events&chosen={site.deed('burned')}",
        f"read={article}:0-10",
        "view=pledges",
        "view=facts",
        "view=timeline",
        "view=sources",
    ):
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        page.locator("#views [aria-current=page]").wait_for()
        for breach in axe.run(page).response["violations"]:
            found.append(
                (fragment, breach["id"], breach["impact"], [node["html"][:120] for node in breach["nodes"][:3]])
            )
    assert found == []
