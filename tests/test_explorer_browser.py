"""The explorer in a real browser: Debian's Chromium (``apt-get install chromium``) through Playwright
(``pip install playwright axe-playwright-python``); without either these tests are skipped."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree
from rdflib import Graph, URIRef
from rdflib.compare import to_isomorphic

from graph import rdf, store
from graph.explorer import markup
from graph.explorer import story as stories
from graph.explorer.story import Story
from graph.model import Claim, Entity, Event, Mention, Reading, Role
from graph.vocabulary import WHO
from tests import crowds, examples
from tests.browser import CHROMIUM, watched
from tests.test_outcomes import by_norvania

playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
SLOW = "GPU stall due to ReadPixels"  # Chromium's word on drawing WebGL without a graphics card
EVIL = "<img src=x onerror=\"document.title='owned'\">"
REVERSED = "\u202eyrotcaF\u202c"
ENDLESS = "Ab" * 900
HOSTILE = f"""🌊🌊 {EVIL} warned مريم سالم in 北京市.
Bea Falk said: "</script><script>alert(1)</script> is no answer."
{REVERSED} visited {ENDLESS}, =1+1 "quoted" \\ and ]]>.
"""
CAPTION = f"Then came {EVIL} </script> and \u202eback\u202c."


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
    visited = Event("v2", at("visited"), -1, "Visit", at.line("visited"), confidence=0.9, roles=(
        Role("agent", at(REVERSED), entity="e5"), Role("recipient", at(ENDLESS), entity="e6")))  # fmt: skip
    words = at("</script><script>alert(1)</script> is no answer")
    return Reading(
        document=document,
        sentences=at.sentences(),
        entities=(entity("e1", EVIL, "Organisation"), entity("e2", "مريم سالم", "Person"),
                  entity("e3", "北京市", "Place"), entity("e4", "Bea Falk", "Person"),
                  entity("e5", REVERSED, "Organisation"), entity("e6", ENDLESS, "Person")),
        events=(warned, visited),
        claims=(Claim("c1", (words,), at.line("Bea Falk"), "Direct", "e4", confidence=0.9),),
    )  # fmt: skip


@dataclass(frozen=True)
class Site:
    """The page as a file, the story that it tells, and all triples that it is told from."""

    file: Path
    story: Story
    told: Graph

    def actor(self, name: str) -> str:
        return next(a.id for a in self.story.actors if a.name == name)

    def deed(self, words: str) -> str:
        return next(d.id for d in self.story.deeds if words in d.label)


STEPS = (
    {"title": "The promise", "caption": "Norvania promised engineers.", "state": {"view": "pledges"}},
    {"title": "The events", "caption": CAPTION, "state": {"level": "events", "status": ["done", "denied"]}},
    {"title": "Where", "caption": "", "state": {"view": "map"}},
)
PLACES = {"Port Ester": (18.6, -74.1), "Belmora": (18.9, -72.3), "Norvania": (-1.3, 36.8), "北京市": (39.9, 116.4)}


def page_of(story: Story, title: str) -> str:
    """The page with coordinates for some of its places, and a story in steps."""
    located = tuple(replace(actor, coordinates=PLACES.get(actor.name)) for actor in story.actors)
    return markup.html(replace(story, actors=located), title, STEPS)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    with store.open() as opened:
        told = Graph()
        for reading in (examples.harbour(), examples.gazette(), hostile()):
            quads = rdf.quads(reading)
            opened.add(rdf.graph_iri(reading.document), quads)
            for subject, predicate, value, _ in quads:
                told.add((subject, predicate, value))
        story = stories.read(opened)
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(page_of(story, f"Norvania {EVIL}"), "utf-8", errors="surrogatepass")
    return Site(file, story, told)


@pytest.fixture
def visit(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Opens the page at a place of its own; it may load nothing."""

    def ready(opened: Callable[..., Any], fragment: str = "", file: Path = site.file, **options: Any) -> Any:
        page = opened(chromium, f"{file.as_uri()}#{fragment}", accept_downloads=True, **options)
        page.wait_for_selector("body[data-ready]")
        return page

    with watched(("file:",), harmless=(SLOW,)) as opened:
        yield partial(ready, opened)


def expect(locator: Any) -> Any:
    return playwright.expect(locator)


def seen(page: Any) -> tuple[int, int]:
    """How many names and facts the graph says that it shows."""
    names, facts = re.findall(r"(\d+) (?:names?|facts?)", page.locator("#seen").inner_text())
    return int(names), int(facts)


def taken(page: Any, kind: str) -> str:
    """What the menu gives to take along."""
    page.locator("#take summary").click()
    with page.expect_download() as download:
        page.locator(f"#{kind}").click()
    return Path(download.value.path()).read_text("utf-8-sig")


def test_no_name_is_taken_twice_among_the_scripts() -> None:
    heads = re.findall(r"^(?:async )?(?:function\*?|const|let|class) (\w+)", markup.script(), re.MULTILINE)
    assert len(heads) > 200
    assert sorted({name for name in heads if heads.count(name) > 1}) == []


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
    expect(page.locator("#panel dl")).to_contain_text("Tuesday (11 March 2031), worked out")
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
    assert shown == sorted(shown, key=lambda text: re.sub(r"\W+", " ", text))
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


def test_pledges_say_how_much_of_them_a_later_report_counts(visit: Callable[..., Any], tmp_path: Path) -> None:
    twelve = by_norvania()
    twelve = replace(twelve, quantities=(replace(twelve.quantities[0], value=12),))
    with store.open() as opened:
        for reading in (examples.harbour(), twelve):
            opened.add(rdf.graph_iri(reading.document), rdf.quads(reading))
        file = tmp_path / "page.html"
        file.write_text(page_of(stories.read(opened), "Twelve"), "utf-8")
    row = visit("view=pledges", file=file).locator("tbody tr").first
    expect(row).to_contain_text("If it is about this: 12 of 40 engineers delivered so far")


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
    page.locator("#take summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
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
    for view in ("pledges", "facts", "timeline", "map", "sources"):
        page.locator(f"#views [data-view={view}]").click()
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("width", [320, 400, 768, 3840])
def test_it_fits_every_width(visit: Callable[..., Any], site: Site, width: int) -> None:
    page = visit(width=width, height=800)
    chosen = f"chosen={site.actor('Norvania')}"
    for fragment in ("", chosen, "view=pledges", "view=facts", "view=timeline", "view=map", "view=sources", "step=2"):
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), fragment


def test_the_menu_opens_and_closes_by_keys(visit: Callable[..., Any]) -> None:
    page = visit()
    page.locator("#take summary").press("Enter")
    expect(page.get_by_role("button", name="Facts (Turtle)")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Facts (Turtle)")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


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
        "view=map",
        f"view=map&chosen={site.actor('Port Ester')}",
        "view=sources",
        "step=2&level=events",
    ):
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        page.locator("#views [aria-current=page]").wait_for()
        for breach in axe.run(page).response["violations"]:
            found.append(
                (fragment, breach["id"], breach["impact"], [node["html"][:120] for node in breach["nodes"][:3]])
            )
    assert found == []


# the story


def test_a_story_is_stepped_through_and_its_views_are_exact(visit: Callable[..., Any]) -> None:
    page = visit()
    page.get_by_role("button", name="▸ Story").click()
    bar = page.locator("#steps")
    expect(bar).to_contain_text("Step 1 of 3")
    expect(page.locator("#views [aria-current=page]")).to_contain_text("Pledges")
    page.keyboard.press("ArrowRight")
    expect(bar).to_contain_text("Step 2 of 3")
    expect(bar.locator(".step-words p")).to_have_text(CAPTION)
    expect(page.locator("#told")).to_contain_text("Step 2 of 3: The events.")
    expect(page.get_by_role("button", name="Events", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("checkbox", name=re.compile("pledged"))).not_to_be_checked()
    there = seen(page)
    page.get_by_role("button", name="Clear").click()
    assert seen(page) != there
    page.get_by_role("button", name="As told").click()
    assert seen(page) == there
    again = visit(page.url.partition("#")[2])
    expect(again.locator("#steps")).to_contain_text("Step 2 of 3")
    assert seen(again) == there


def test_the_keys_lead_through_a_story_and_out_of_it(visit: Callable[..., Any]) -> None:
    page = visit()
    page.get_by_role("button", name="▸ Story").press("Enter")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#steps")).to_contain_text("Step 3 of 3")
    expect(page.locator("#map .spot").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#steps")).to_contain_text("Step 2 of 3")
    page.keyboard.press("Escape")
    expect(page.locator("#steps")).to_be_hidden()
    assert "step=" not in page.url
    assert page.evaluate("document.activeElement.id") == "begin"


@pytest.mark.parametrize(
    "address",
    [
        "step=99",
        "step=-1",
        "step=%00&view=nowhere&rows=nothing",
        "view=constructor&rows=toString",
        "view=facts&rows=__proto__&by=hasOwnProperty",
        "from=yesterday&to=2031-99-99",
        "hidden=zz|__proto__&pinned=v999&folded=<b>&grown=%ff",
        "depth=1e9&sure=-4&chosen=v999&focus=a999",
        "path=zz&status=zz&family=zz&article=zz&whom=zz",
        "path=a1~a1&read=d99:1-2",
        "read=d0:99999-1",
    ],
)
def test_an_address_that_nobody_would_write_does_no_harm(visit: Callable[..., Any], address: str) -> None:
    page = visit(address)
    expect(page.locator("#views [aria-current=page]")).to_be_visible()
    page.locator("#views [data-view=graph]").click()
    expect(page.locator("#canvas")).to_be_visible()


# the map


def test_the_map_shows_places_by_how_much_is_told_of_them(visit: Callable[..., Any], site: Site) -> None:
    page = visit("view=map")
    spots = page.locator("#map .spot")
    expect(spots).to_have_count(len(PLACES))
    wide = {
        name: page.locator(f"#map .spot[data-key='spot {site.actor(name)}'] i").bounding_box()["width"]
        for name in PLACES
    }
    facts = {name: next(a.facts for a in site.story.actors if a.name == name) for name in PLACES}
    assert sorted(PLACES, key=lambda n: (facts[n], wide[n])) == sorted(PLACES, key=lambda n: (wide[n], facts[n]))
    assert page.locator("#map .land").get_attribute("d").count("M") > 100


def test_a_place_is_chosen_on_the_map_or_in_its_list_and_its_events_are_told(
    visit: Callable[..., Any], site: Site
) -> None:
    page = visit("view=map")
    page.locator(f"#map .spot[data-key='spot {site.actor('Port Ester')}']").press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Port Ester")
    expect(page.locator(".map-list .there")).to_contain_text("burned")
    expect(page.locator("#panel blockquote mark").first).to_be_visible()
    page.locator(".map-list").get_by_role("button", name="Belmora").click()
    expect(page.locator(f"#map .spot[data-key='spot {site.actor('Belmora')}']")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_filters_and_keys_move_the_map(visit: Callable[..., Any]) -> None:
    page = visit("view=map&status=planned")
    expect(page.locator("#map .spot")).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#map .spot")).to_have_count(len(PLACES))
    box = page.locator("#map .outline")
    # the map follows its frame's size one frame later than the marks are there
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")
    before = box.get_attribute("viewBox")
    page.locator("#map").press("+")
    near = box.get_attribute("viewBox")
    assert float(near.split()[2]) < float(before.split()[2])
    page.locator("#map").press("ArrowLeft")
    assert float(box.get_attribute("viewBox").split()[0]) < float(near.split()[0])
    page.locator("#map").press("0")
    assert box.get_attribute("viewBox") == before


def test_fingers_move_the_map_and_bring_it_nearer(visit: Callable[..., Any]) -> None:
    page = visit("view=map", width=400, height=800, has_touch=True)
    box = page.locator("#map .outline")
    before = [float(n) for n in box.get_attribute("viewBox").split()]
    touch(page, "#map", [(200, 330)], [(120, 330)])
    moved = [float(n) for n in box.get_attribute("viewBox").split()]
    assert moved[0] > before[0]
    touch(page, "#map", [(180, 330), (220, 330)], [(80, 330), (320, 330)])
    assert float(box.get_attribute("viewBox").split()[2]) < moved[2]


def touch(page: Any, where: str, start: list[tuple[int, int]], end: list[tuple[int, int]]) -> None:
    """Fingers put down at ``start`` and drawn to ``end``, through the browser's own input."""
    page.locator(where).scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)

    def send(kind: str, points: list[tuple[float, float]]) -> None:
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]},
        )

    send("touchStart", list(start))
    for step in (0.25, 0.5, 0.75, 1):
        between = [(a + (c - a) * step, b + (d - b) * step) for (a, b), (c, d) in zip(start, end, strict=True)]
        send("touchMove", between)
    send("touchEnd", [])


# taking along


@pytest.mark.parametrize("kind", ["ttl", "jsonld"])
def test_the_selection_as_rdf_says_nothing_that_the_store_does_not(
    visit: Callable[..., Any], site: Site, kind: str
) -> None:
    page = visit("view=facts")
    text = taken(page, kind)
    found = Graph().parse(data=text, format={"ttl": "turtle", "jsonld": "json-ld"}[kind])
    assert len(found) > 300
    assert {tuple(map(str, t)) for t in found if t not in site.told} == set()
    for fact in [*site.story.statements, *site.story.ties, *(d for d in site.story.deeds if not d.saying)]:
        node = URIRef(fact.iri)
        assert (node, WHO.evidence, None) in found
        assert (node, WHO.accordingTo, None) in found
        assert any(found.value(span, WHO.exact) for span in found.objects(node, WHO.evidence))


def test_both_ways_of_writing_rdf_are_one_graph(visit: Callable[..., Any]) -> None:
    page = visit("status=denied&view=facts")
    one = Graph().parse(data=taken(page, "ttl"), format="turtle")
    other = Graph().parse(data=taken(page, "jsonld"), format="json-ld")
    assert to_isomorphic(one) == to_isomorphic(other)


def test_the_selection_is_what_the_filters_or_the_focus_leave(visit: Callable[..., Any], site: Site) -> None:
    denied = {d.iri for d in site.story.deeds if d.status == "denied"}
    found = Graph().parse(data=taken(visit("status=denied"), "ttl"), format="turtle")
    assert {str(e) for e in found.subjects(WHO.modality)} == denied
    whole = Graph().parse(data=taken(visit(), "ttl"), format="turtle")
    near = Graph().parse(data=taken(visit(f"focus={site.actor('Straits Council')}"), "ttl"), format="turtle")
    assert 0 < len(near) < len(whole)


def test_the_drawing_as_svg_has_words_as_words_and_lines_with_their_dashes(visit: Callable[..., Any]) -> None:
    page = visit("level=events")
    drawn = etree.fromstring(taken(page, "svg").encode())
    space = {"s": "http://www.w3.org/2000/svg"}
    words = " ".join(drawn.xpath("//s:text/text()", namespaces=space))
    assert "Norvania" in words
    assert "مريم سالم" in words
    names, _ = seen(page)
    assert len(drawn.xpath("//s:g[@class='nodes']/s:path", namespaces=space)) == names
    assert drawn.xpath("//s:g[@class='lines']//s:path[@stroke-dasharray]", namespaces=space)
    assert {node.tag.rpartition("}")[2] for node in drawn.iter()} <= {
        "svg",
        "title",
        "desc",
        "rect",
        "g",
        "path",
        "text",
    }
    assert not drawn.xpath("//@*[starts-with(name(), 'on')]")
    on_map = etree.fromstring(taken(visit("view=map"), "svg").encode())
    assert len(on_map.xpath("//s:circle", namespaces=space)) == len(PLACES)


def test_a_sentence_is_cited_with_its_words_source_and_place(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"level=events&chosen={site.deed('authorised')}")
    page.locator("#panel .cite summary").first.click()
    begin = examples.HARBOUR.index("The Straits Council authorised")
    end = examples.HARBOUR.index("\n", begin)
    expect(page.locator("#panel .citation").first).to_have_text(
        f"“{examples.HARBOUR[begin:end]}” Norvania promises engineers, Harbour Courier, 13 March 2031"
        f" (characters {begin} to {end})."
    )
    assert page.locator("#panel .cite a").count() == 0


def test_a_citation_leads_to_the_sentence_on_the_web(visit: Callable[..., Any], site: Site, tmp_path: Path) -> None:
    reading = examples.gazette()
    linked = replace(reading, document=replace(reading.document, url="https://gazette.example/a?b=1&c=2"))
    file = tmp_path / "linked.html"
    with store.open() as opened:
        opened.add(rdf.graph_iri(linked.document), rdf.quads(linked))
        story = stories.read(opened)
        file.write_text(markup.html(story, "Linked"), "utf-8")
    deed = next(d.id for d in story.deeds if "withdrew" in d.label)
    page = visit(f"level=events&chosen={deed}", file=file)
    expect(page.locator("#views")).not_to_contain_text("Map")
    page.locator("#panel .cite summary").click()
    address = page.locator("#panel .cite a").get_attribute("href")
    assert address.startswith("https://gazette.example/a?b=1&c=2#:~:text=")
    assert unquote(address.rpartition("=")[2]) == "Norvania withdrew from the Bridge Mission on Friday."


def test_what_is_hostile_stays_words_in_all_that_is_taken_along(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"level=events&chosen={site.deed('visited')}")
    expect(page.locator("#panel h2")).to_contain_text(ENDLESS[:100])
    page.locator("#panel .cite summary").click()
    expect(page.locator("#panel .citation")).to_contain_text('=1+1 "quoted" \\ and ]]>.')
    expect(page.locator("#panel .citation")).to_contain_text(REVERSED)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert etree.fromstring(taken(page, "svg").encode()) is not None
    found = Graph().parse(data=taken(page, "ttl"), format="turtle")
    assert EVIL in {str(name) for name in found.objects()}
    assert REVERSED in {str(name) for name in found.objects()}
    rows = list(csv.reader(io.StringIO(taken(page, "csv"))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def test_signs_that_no_file_may_hold_are_replaced_or_escaped(
    visit: Callable[..., Any], site: Site, tmp_path: Path
) -> None:
    odd = "Nor\x00va\x0bnia\ud800 ]]> \u2028\ufffe"
    actors = tuple(replace(a, name=odd) if a.name == "Norvania" else a for a in site.story.actors)
    file = tmp_path / "odd.html"
    file.write_text(markup.html(replace(site.story, actors=actors), odd), "utf-8", errors="surrogatepass")
    page = visit("view=graph", file=file)
    drawn = etree.fromstring(taken(page, "svg").encode())
    assert "Nor\ufffdva\ufffdnia" in "".join(drawn.itertext())
    found = Graph().parse(data=taken(page, "ttl"), format="turtle")
    assert [name for name in map(str, found.objects()) if name.startswith("Nor\x00va\x0bnia")]
    assert "Nor\ufffdva" in taken(visit("view=facts&rows=actors", file=file), "csv")


# the drawing, changed by hand


def test_a_name_is_expanded_collapsed_pinned_and_all_is_undone(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"focus={site.actor('Straits Council')}&chosen={site.actor('Bridge Mission')}")
    near = seen(page)
    page.get_by_role("button", name="Expand").click()
    grown = seen(page)
    assert grown[0] > near[0]
    page.get_by_role("button", name="Collapse").click()
    assert seen(page)[0] <= near[0]
    page.get_by_role("button", name="Pin", exact=True).click()
    page.get_by_role("checkbox", name=re.compile("Organisations")).uncheck()
    page.locator("#focus-bar").get_by_role("button", name="Undo").click()
    page.locator("#focus-bar").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Pin", exact=True)).to_have_attribute("aria-pressed", "false")
    page.locator("#canvas").press("u")
    assert seen(page) == grown
    page.keyboard.press("Control+z")
    assert seen(page) == near


def test_a_pinned_name_stays_whatever_the_focus(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"focus={site.actor('Tomás Quill')}&chosen={site.actor('Norvania')}")
    before = seen(page)[0]
    page.locator("#canvas").press("k")
    expect(page.locator("#focus-bar")).to_contain_text("Unpin 1")
    assert seen(page)[0] == before + 1
    page.locator("#focus-bar").get_by_role("button", name="Unpin 1").click()
    assert seen(page)[0] == before


def test_keys_in_the_drawing_focus_and_hide(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"chosen={site.actor('Norvania')}")
    whole = seen(page)[0]
    page.locator("#canvas").press("f")
    assert seen(page)[0] < whole
    page.locator("#canvas").press("u")
    page.locator("#canvas").press("h")
    expect(page.locator("#focus-bar")).to_contain_text("Show 1 hidden name")
    page.locator("#canvas").press("u")
    assert seen(page)[0] == whole


# as a journalist would


def test_what_was_promised_to_the_mission_and_where_it_is_written_takes_four_clicks(
    visit: Callable[..., Any],
) -> None:
    page = visit()
    page.locator("#views").get_by_role("button", name=re.compile("Pledges")).click()
    page.locator(".chips").get_by_role("button", name=re.compile("Belmora")).click()
    page.locator(".chips").get_by_role("button", name=re.compile("Nothing told since")).click()
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("40 more engineers")
    expect(row).to_contain_text("nothing told since")
    row.locator(".read").click()
    expect(page.locator("#panel mark.evidence").first).to_be_in_viewport()
    assert "Norvania pledged on Tuesday" in "".join(page.locator("#panel mark.evidence").all_inner_texts())


def test_the_keyboard_alone_answers_it_too(visit: Callable[..., Any]) -> None:
    page = visit()
    focused = "document.activeElement.tagName === 'BUTTON' ? document.activeElement.textContent : ''"

    def tab_to(words: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if words in page.evaluate(focused):
                return
        raise AssertionError(f"no way to {words}")

    tab_to("Pledges")
    page.keyboard.press("Enter")
    tab_to("Belmora")
    page.keyboard.press("Enter")
    tab_to("Norvania promises engineers")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    expect(page.locator("#panel mark.evidence").first).to_be_in_viewport()


# status, filters, paths, time


def test_what_is_disputed_or_worked_out_says_so(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"level=events&chosen={site.deed('fled')}")
    expect(page.locator("#panel .badge.disputed").first).to_be_visible()
    expect(page.locator("#panel")).to_contain_text("Another figure:")
    page.goto(page.url.partition("#")[0] + f"#chosen={site.actor('President')}")
    expect(page.locator("#panel .badge.inferred").first).to_contain_text("worked out")
    page.goto(page.url.partition("#")[0] + "#view=facts&voice=disputed")
    expect(page.locator("tbody tr")).to_have_count(4)


@pytest.mark.parametrize("facet", ["status", "voice", "speaker", "type", "place", "article", "plover"])
def test_every_filter_leaves_what_its_count_says(visit: Callable[..., Any], facet: str) -> None:
    page = visit("view=facts")
    group = page.locator("details.facet", has=page.locator(f"input[data-key^='{facet} ']"))
    group.evaluate("details => { details.open = true; }")
    row = group.locator("li").first
    count = int(row.locator("label .count").inner_text())
    row.get_by_role("button", name=re.compile("Only")).click(force=True)
    assert f"{facet}=" in page.url
    rows = [int(n) for n in re.findall(r"(?:Events|Statements|Ties) (\d+)", page.locator(".switch").inner_text())]
    assert sum(rows) >= count > 0


def test_sureness_filters_and_counts(visit: Callable[..., Any], site: Site) -> None:
    page = visit("view=facts")
    slider = page.locator(".sure input")
    everything = int(page.locator(".sure .count").inner_text())
    slider.fill("75")
    assert int(page.locator(".sure .count").inner_text()) < everything
    assert "sure=0.75" in page.url


def test_paths_lead_through_what_is_said(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"path={site.actor('Tomás Quill')}~{site.actor('Norvania')}")
    panel = page.locator("#panel")
    expect(panel.locator(".ends .arrow", has_text="speaks of").first).to_be_visible()
    expect(panel.locator("blockquote mark").first).to_be_visible()
    assert 1 <= panel.locator("h3").count() <= 3


def test_time_is_played_and_where_motion_is_not_wanted_bar_by_bar(visit: Callable[..., Any]) -> None:
    page = visit("view=facts")
    page.get_by_role("button", name="Play").click()
    page.wait_for_url("**to=2031**")
    page.get_by_role("button", name="Stop").click()
    still = visit("view=facts", reduced_motion="reduce")
    still.get_by_role("button", name="Next bar").press("Enter")
    first = still.url
    still.wait_for_timeout(1100)
    assert still.url == first
    still.get_by_role("button", name="Next bar").press("Enter")
    assert still.url != first


# every reader


def test_what_is_touched_is_large_enough(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"chosen={site.actor('Norvania')}", width=400, height=800, has_touch=True, is_mobile=True)
    for fragment in (
        "",
        f"#chosen={site.actor('Norvania')}",
        "#view=pledges",
        "#view=timeline",
        "#view=map",
        "#step=1",
    ):
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, select, input, [role=slider]")].filter((each) => {
                const { width, height } = each.getBoundingClientRect();
                const inline = each.matches(".ref, .fact, .read, .mention") && each.closest("p, dd, td, blockquote");
                return each.checkVisibility() && !inline && (Math.round(width) < 24 || Math.round(height) < 24)
                  && !each.closest("label");
            }).map((each) => each.outerHTML.slice(0, 90))"""
        )
        assert small == [], fragment


def test_a_finger_moves_the_drawing(visit: Callable[..., Any]) -> None:
    page = visit(width=400, height=800, has_touch=True, is_mobile=True)
    before = page.locator("#canvas").screenshot()
    touch(page, "#canvas", [(200, 400)], [(120, 320)])
    page.wait_for_timeout(200)
    assert page.locator("#canvas").screenshot() != before


def test_names_of_every_script_keep_their_direction(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"chosen={site.actor('مريم سالم')}")
    heading = page.locator("#panel h2 bdi")
    assert heading.evaluate("each => getComputedStyle(each).unicodeBidi") == "isolate"
    expect(page.locator("#panel blockquote").first).to_have_attribute("dir", "auto")
    page.goto(page.url.partition("#")[0] + f"#chosen={site.actor('北京市')}")
    expect(page.locator("#panel h2")).to_have_text("北京市")


def test_the_page_prints_what_is_to_be_read(visit: Callable[..., Any], site: Site) -> None:
    page = visit(f"view=facts&chosen={site.deed('authorised')}")
    page.emulate_media(media="print")
    for selector in ("#filters", ".tools", "#time"):
        expect(page.locator(selector)).to_be_hidden()
    expect(page.locator("table")).to_be_visible()
    expect(page.locator("#panel blockquote")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).overflow") == "visible"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert len(page.pdf()) > 10_000


# many


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("crowd") / "crowd.html"
    with crowds.filled(5000) as opened:
        file.write_text(markup.html(stories.read(opened), "A crowd"), "utf-8")
    return file


@pytest.mark.slow
@pytest.mark.parametrize("view", ["pledges", "facts", "timeline", "sources"])
def test_of_thousands_every_view_is_there_soon(visit: Callable[..., Any], crowd: Path, view: str) -> None:
    page = visit(f"view={view}", file=crowd)
    started = page.evaluate("performance.now()")
    page.get_by_role("checkbox", name=re.compile("planned")).uncheck()
    assert page.evaluate("performance.now()") - started < 5000
    assert page.locator("main *").count() < 12_000
    page.locator("#seek").fill("balor")
    expect(page.locator("#found li").first).to_be_visible(timeout=5000)
    page.keyboard.press("Enter")
    expect(page.locator("#panel blockquote mark").first).to_be_visible(timeout=5000)


@pytest.mark.slow
def test_of_thousands_a_long_table_is_paged_and_sorted(visit: Callable[..., Any], crowd: Path) -> None:
    page = visit("view=facts", file=crowd)
    expect(page.locator("tbody tr")).to_have_count(200)
    page.get_by_role("button", name="200 more").click()
    expect(page.locator("tbody tr")).to_have_count(400)
    page.get_by_role("button", name="When", exact=True).click()
    expect(page.locator("th").nth(5)).to_have_attribute("aria-sort", "ascending")
    assert len(taken(page, "csv").splitlines()) > 1000


@pytest.mark.slow
def test_of_thousands_paths_are_found(visit: Callable[..., Any], crowd: Path) -> None:
    page = visit("path=a1~a90", file=crowd)
    expect(page.locator("#panel h3").first).to_contain_text("by way of", timeout=5000)
    assert page.locator("#panel h3").count() <= 3
