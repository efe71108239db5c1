from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import graph
from graph.cli import main
from graph.digest import Digest, gather
from graph.digest.gathering import count, period
from graph.digest.writing import plain
from graph.errors import UsageError
from graph.store import Store
from tests import bench, examples
from tests.browser import CHROMIUM, FLAGS
from tests.test_explorer_browser import EVIL, hostile


@pytest.fixture
def report(memory: Store) -> Digest:
    return gather(memory, "The bridge")


@pytest.fixture(scope="module")
def evil() -> Digest:
    with graph.open() as kg:
        for reading in (examples.harbour(), hostile()):
            kg.add_reading(reading)
        return kg.report(title=f"Title {EVIL}")


def chapter(digest: Digest, heading: str) -> str:
    return digest.markdown().partition(f"## {heading}")[2].partition("\n## ")[0]


def test_it_says_what_it_was_made_from(report: Digest) -> None:
    assert report.notes[0] == "Made from 2 articles by 2 publishers, published 13 March 2031."
    assert "2 said not to be so" in report.notes[1]


def test_totals_never_count_a_pledge_as_done(memory: Store, report: Digest) -> None:
    assert "14 events: 8 reported as having happened, 2 pledged" in report.notes[1]
    assert "Norvania (geopolitical entity) — Takes part in 4 events (1 reported as having happened, 2 pledged" in (
        report.markdown()
    )


def test_main_actors_come_first_with_what_they_did(report: Digest) -> None:
    text = chapter(report, "Main actors")
    assert text.index("- Norvania (geopolitical entity) — Takes part in 4 events") < text.index("- Ilse Ravn (person)")
    assert "a guard" not in re.findall(r"(?m)^- (.+?) \(", text)


def test_the_timeline_is_in_order_and_says_what_it_lacks(report: Digest) -> None:
    days = re.findall(r"(?m)^- \*\*(.+?)\*\*", chapter(report, "Timeline"))
    assert days == ["January 2031", "11 March 2031", "April 2031"]
    assert "9 events without a day are not in it" in chapter(report, "Timeline")


def test_a_pledge_is_told_as_a_pledge_and_never_as_a_deed(report: Digest) -> None:
    text = chapter(report, "Pledges, and what became of them")
    assert "Pledge by Norvania to Belmora" in text
    assert "send engineers (pledged)" in text
    assert "No later reports that may be about it." in text
    entries = next(c.entries for c in report.chapters if c.heading.startswith("Pledges"))
    assert [entry.status for entry in entries] == ["pledged"]


def test_every_status_but_done_is_in_the_words_of_its_line(report: Digest) -> None:
    lines = [entry for c in report.chapters for top in c.entries for entry in (top, *top.under) if entry.status]
    words = {"pledged": "promised|pledge", "planned": "planned", "denied": "did not happen|not to happen"}
    assert {entry.status for entry in lines} == {"done", *words}
    assert all(re.search(words.get(entry.status, ""), entry.text, re.I) for entry in lines)
    assert all("as a deed" not in entry.text for entry in lines)


def test_reports_against_each_other_stand_together(report: Digest) -> None:
    text = chapter(report, "Where reports disagree")
    assert "- withdrawal: one report says that it is so, another that it is not" in text
    assert "Did not happen: withdrawal by Norvania" in text
    assert "Harbour Courier" in text
    assert "Ester Gazette" in text


def test_voices_have_their_own_words_first_and_relays_are_told(report: Digest) -> None:
    text = chapter(report, "Who says what")
    assert "Tomás Quill: 4 statements, 1 in quotation marks" in text
    assert "Tomás Quill: “The mission has not received the pumps”" in text
    assert "a guard (as Tomás Quill tells it)" in text


def test_doubts_are_told(report: Digest) -> None:
    text = chapter(report, "What is uncertain")
    assert "1 has a speaker who was worked out" in text
    assert "1 article is undated" in text


def test_sources_have_links_only_to_the_web(memory: Store, evil: Digest) -> None:
    assert "“Norvania leaves the mission”, Ester Gazette, undated" in gather(memory).markdown()
    assert "javascript:" not in evil.html()
    assert "javascript:" not in evil.markdown()


def test_each_line_of_events_and_words_has_its_sentence(report: Digest) -> None:
    told = [e for c in report.chapters for top in c.entries for e in (top, *top.under) if e.status]
    assert len(told) > 8
    assert all(entry.quotes and entry.quotes[0].source and entry.quotes[0].marks for entry in told)


def test_the_same_graph_gives_the_same_bytes(memory: Store) -> None:
    assert gather(memory).html() == gather(memory).html()
    assert gather(memory).markdown() == gather(memory).markdown()


def test_an_empty_graph_gives_an_empty_report() -> None:
    with graph.open() as kg:
        assert kg.report().notes == ("There are no articles in this graph.",)
        assert "<h1" in kg.report().html()


def test_large_graphs_give_short_reports_that_say_what_is_left_out() -> None:
    with graph.open() as kg:
        for reading in islice(bench.invented(), 60):
            kg.add_reading(reading)
        report = kg.report(most=3)
    by = {c.heading: c for c in report.chapters}
    assert len(by["Main actors"].entries) == 3
    assert by["Pledges, and what became of them"].left == 37
    assert "37 more are not shown here: whodid query pledges" in report.html()
    assert len(by["Sources"].entries) == 9


def test_later_reports_stand_under_a_pledge() -> None:
    later = examples.gazette()
    dated = replace(later, document=replace(later.document, published=examples.dt.date(2031, 5, 2)))
    events = tuple(replace(e, type="Deployment", polarity="Negative") if e.id == "v1" else e for e in dated.events)
    with graph.open() as kg:
        kg.add_reading(examples.harbour())
        kg.add_reading(replace(dated, events=events))
        text = chapter(kg.report(), "Pledges, and what became of them")
    assert "1 later report that may be about it." in text
    assert "Did not happen: deployment (“withdrew”) by Norvania" in text


# writing


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_what_articles_say_is_never_markup(evil: Digest) -> None:
    tags = Tags()
    tags.feed(evil.html())
    assert not tags.seen & {"script", "img", "b"}
    assert not tags.attributes & {"onerror", "src", "style"}
    assert "default-src &#39;none&#39;; style-src" in evil.html()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<b>&</b>", "&lt;b&gt;&amp;&lt;/b&gt;"),
        ("[click](http://x)", r"\[click\](http://x)"),
        ("# no heading\n- no list", r"\# no heading - no list"),
        ("1. no list", r"1\. no list"),
        ("- no list", r"\- no list"),
        ("$100m `x` *y* _z_ a|b ~c~", r"\$100m \`x\` \*y\* \_z\_ a\|b \~c\~"),
    ],
)
def test_markdown_shows_text_as_it_is(text: str, safe: str) -> None:
    assert plain(text) == safe


def test_it_shows_itself_in_a_notebook_in_a_frame_that_runs_nothing(evil: Digest) -> None:
    bundle = evil._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/markdown", "text/html"}
    assert 'sandbox=""' in bundle["text/html"]
    assert "<img" not in bundle["text/html"]


def test_days_and_counts_in_words() -> None:
    day = examples.dt.date
    assert period(day(2031, 3, 3), day(2031, 3, 3)) == "3 March 2031"
    assert period(day(2031, 3, 1), day(2031, 3, 31)) == "March 2031"
    assert period(day(2031, 12, 1), day(2031, 12, 31)) == "December 2031"
    assert period(day(2031, 1, 1), day(2031, 12, 31)) == "2031"
    assert period(day(2031, 3, 3), day(2031, 3, 9)) == "3 March 2031 to 9 March 2031"
    assert (period(day(2031, 3, 3), None), period(None, day(2031, 3, 3)), period(None, None)) == (
        "from 3 March 2031", "until 3 March 2031", "",
    )  # fmt: skip
    assert (count(0, "event"), count(1, "event"), count(1200, "event")) == ("no events", "1 event", "1,200 events")


# files and the command


def test_it_is_written_by_its_ending(report: Digest, tmp_path: Path) -> None:
    report.write(tmp_path / "report.md")
    report.write(tmp_path / "report.html")
    assert (tmp_path / "report.md").read_text("utf-8") == report.markdown()
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_other_endings_formats_and_folders_are_refused(report: Digest, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"its ending is none of \.html"):
        report.write(tmp_path / "report.pdf")
    with pytest.raises(UsageError, match="cannot be 'pdf'"):
        report.text("pdf")
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        report.write(tmp_path / "nowhere" / "report.md")
    with graph.open() as kg, pytest.raises(UsageError, match="0 entries"):
        kg.report(most=0)


def test_the_command_writes_it(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with graph.open(folder) as kg:
        kg.add_reading(examples.harbour())
    run = CliRunner().invoke
    done = run(main, ["report", "--store", str(folder), "-o", str(tmp_path / "r.html"), "--title", "The bridge"])
    assert done.exit_code == 0, done.output
    assert "<title>The bridge</title>" in (tmp_path / "r.html").read_text("utf-8")
    assert run(main, ["report", "--store", str(folder), "-o", "-"]).output.startswith("# Whodid: store\n")
    refused = run(main, ["report", "--store", str(folder), "-o", str(tmp_path / "r.pdf")])
    assert (refused.exit_code, "its ending is none of" in refused.output) == (2, True)


# in a browser


@pytest.fixture(scope="module")
def page(evil: Digest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt-get install chromium")
    file = tmp_path_factory.mktemp("report") / "report.html"
    evil.write(file)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=40_000)
        yield browser, file
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_clean_on_a_narrow_screen(page: Any, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
    browser, file = page
    wrong: list[str] = []
    tab = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme, bypass_csp=True)
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
    tab.goto(file.as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.title() == f"Title {EVIL}"
    found = axe.Axe().run(tab).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert wrong == []
    tab.close()


# as Markdown is read


def test_markdown_is_read_back_as_text_and_not_as_markup(evil: Digest) -> None:
    reader = pytest.importorskip("markdown_it", reason="pip install markdown-it-py").MarkdownIt("commonmark")
    tokens = reader.parse(evil.markdown())
    inline = [child for token in tokens for child in token.children or ()]
    assert not [token for token in (*tokens, *inline) if token.type.startswith("html") or token.type == "image"]
    assert not [child for child in inline if child.type == "link_open"]
    assert next(token.content for token in tokens if token.type == "inline").startswith("Title &lt;img")
    assert sum(token.type == "heading_open" for token in tokens) == 1 + len(evil.chapters)
    assert [child for child in inline if child.type == "strong_open"]
