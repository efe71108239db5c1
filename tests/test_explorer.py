from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from rdflib import Literal, URIRef

import graph
from graph import explorer, rdf, store
from graph.cli import main
from graph.errors import QueryError, UsageError
from graph.explorer import columns, drawing, layout, markup, places
from graph.explorer import steps as author
from graph.explorer import story as stories
from graph.explorer.excerpt import Excerpts
from graph.explorer.links import links, pairs
from graph.explorer.story import Actor, Article, Deed, Part, Story
from tests import crowds, examples


@pytest.fixture(scope="module")
def story() -> Story:
    with store.open() as opened:
        for reading in (examples.harbour(), examples.gazette()):
            opened.add(rdf.graph_iri(reading.document), rdf.quads(reading))
        return stories.read(opened)


@pytest.fixture(scope="module")
def page(story: Story) -> str:
    return markup.html(story, "Norvania")


def book(page: str) -> Any:
    """What the page's script makes of its data, made in Python."""
    found = re.search(r'<script type="application/octet-stream;base64" id="book">([A-Za-z0-9+/=]*)</script>', page)
    assert found
    told = json.loads(zlib.decompress(base64.b64decode(found[1], validate=True)))
    told["story"] = {name: rows(of) if isinstance(of, dict) else of for name, of in told["story"].items()}
    return {**told, "nodes": rows(told["nodes"]), "links": rows(told["links"])}


def rows(table: Any) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [{} for _ in range(table["n"])]
    for name, column in table["of"].items():
        for row, value in zip(made, values(column), strict=True):
            if value is not None:
                row[name] = value
    return made


def values(column: Any) -> list[Any]:
    if isinstance(column, list):
        return column
    if "words" in column:
        return [None if at < 0 else column["words"][at] for at in column["at"]]
    inner = iter(rows(column["rows"]))
    return [[next(inner) for _ in range(each)] or None for each in column["each"]]


def deed(story: Story, words: str) -> Deed:
    return next(d for d in story.deeds if words in d.label)


def named(story: Story, name: str) -> Actor:
    return next(a for a in story.actors if a.name == name)


# the story


def test_every_place_in_the_text_holds_the_words_that_it_says(story: Story) -> None:
    texts = {article.id: article.text for article in story.articles}
    withdrawal = deed(story, "withdrew")
    begin, end = withdrawal.trigger[0]
    assert texts[withdrawal.article][begin:end] == "withdrew"
    for article in story.articles:
        for begin, end, actor in article.mentions:
            assert article.text[begin:end].strip()
            assert actor in {a.id for a in story.actors}
    assert len(story.articles[0].mentions) + len(story.articles[1].mentions) > 20


@pytest.mark.parametrize(
    ("words", "status"),
    [("(pledged)", "pledged"), ("leave", "planned"), ("received", "denied"), ("authorised", "done")],
)
def test_each_deed_has_the_status_that_its_source_gives_it(story: Story, words: str, status: str) -> None:
    assert deed(story, words).status == status


def test_whose_word_is_a_chain(story: Story) -> None:
    burned = deed(story, "burned")
    assert burned.voice == "says a guard, as Tomás Quill tells it"
    assert next(c for c in story.statements if c.id == burned.claim).relays == (
        ("Tomás Quill", named(story, "Tomás Quill").id),
    )


def test_times_and_figures_come_with_their_grounds(story: Story) -> None:
    pledge = deed(story, "pledged")
    assert [(t.first, t.last, t.basis) for t in pledge.times] == [("2031-03-11", "2031-03-11", "inferred")]
    assert [f.words for f in pledge.figures] == ["40 more engineers"]
    fled = [f.words for d in story.deeds if "fled" in d.label for f in d.figures]
    assert fled == ["about 7,000 people", "more than 9,000 people"] or sorted(fled) == [
        "about 7,000 people",
        "more than 9,000 people",
    ]


def test_reports_that_disagree_are_paired(story: Story) -> None:
    told = {d.id: d for d in story.deeds}
    withdrawals = {
        frozenset((told[a].status, told[b].status)) for a, b, about in story.conflicts if about == "yes and no"
    }
    assert withdrawals == {frozenset(("done", "denied"))}
    assert [about for *_, about in story.conflicts].count("figures") == 1


def test_the_name_most_articles_use_is_an_actors_name() -> None:
    reading = examples.gazette()
    with store.open() as opened:
        for number, name in enumerate(("Norvania", "Norvania", "Norvania -")):
            entities = (dataclasses.replace(reading.entities[0], name=name), *reading.entities[1:])
            article = dataclasses.replace(reading.document, id=f"article{number}")
            again = dataclasses.replace(reading, document=article, entities=entities)
            opened.add(rdf.graph_iri(article), rdf.quads(again))
        actors = [a for a in stories.read(opened).actors if a.name.startswith("Norvania")]
    assert [(a.name, a.aliases) for a in actors] == [("Norvania", ("Norvania -",))]


# links


def test_deeds_of_one_status_between_two_are_one_line(story: Story) -> None:
    found = [link for link in links(story) if link.level == "actors" and link.kind == "deed"]
    norvania, mission = named(story, "Norvania").id, named(story, "Bridge Mission").id
    between = {link.status: len(link.facts) for link in found if (link.source, link.target) == (norvania, mission)}
    assert between == {"denied": 1, "done": 1}


def test_every_fact_of_actors_is_on_a_line_of_events(story: Story) -> None:
    on_lines = {fact for link in links(story) if link.level == "events" for fact in link.facts}
    tied = {d.id for d in story.deeds if not d.saying and any(p.ref for p in d.parts)}
    assert tied <= on_lines
    assert {c.id for c in story.statements if c.ref} <= on_lines


def test_without_a_doer_the_line_starts_from_whom_it_befell() -> None:
    parts = (Part("recipient", "the mission", "a1"), Part("theme", "pumps", "a2"), Part("place", "the strait"))
    assert list(pairs(_deed("v1", *parts))) == [("a1", "a2")]


def _deed(name: str, *parts: Part, status: str = "done") -> Deed:
    return Deed(
        name,
        f"https://example.org/{name}",
        name,
        f"{name} — the article says so.",
        "visit",
        status,
        "actual",
        parts=parts,
    )


# layout


def test_no_two_boxes_overlap() -> None:
    random_places = np.random.default_rng(1).normal(scale=60, size=(120, 2))
    boxes = np.tile([70.0, 24.0], (120, 1))
    at = layout.apart(random_places, boxes)
    gap = np.abs(at[:, None] - at[None])
    overlapping = ((gap < boxes[0] * 0.9).all(axis=2)).sum() - len(at)
    assert overlapping == 0


def test_neighbours_stand_together() -> None:
    nodes = [f"a{n}" for n in range(40)]
    edges = [(f"a{a}", f"a{b}", 1.0) for half in (range(20), range(20, 40)) for a in half for b in half if a < b]
    placed = layout.places(nodes, [*edges, ("a0", "a20", 1.0)], dict.fromkeys(nodes, (20.0, 20.0)))
    first, second = ({placed[n].community for n in half} for half in (nodes[:20], nodes[20:]))
    assert len(first) == len(second) == 1
    assert first != second
    middle = [np.mean([(placed[n].x, placed[n].y) for n in half], axis=0) for half in (nodes[:20], nodes[20:])]
    spread = max(np.hypot(placed[n].x - middle[0][0], placed[n].y - middle[0][1]) for n in nodes[:20])
    assert np.hypot(*(middle[0] - middle[1])) > spread


def test_one_node_and_none_have_places() -> None:
    assert layout.places([], [], {}) == {}
    assert layout.places(["a0"], [], {"a0": (10.0, 10.0)})["a0"] == layout.Place(0.0, 0.0, 0)


# the page


def test_a_large_graph_opens_with_its_most_important_and_keeps_every_fact() -> None:
    story = _star(drawing.MOST["vis"] + 200)
    chosen = drawing.drawn(drawing.nodes(story), links(story), "actors", 1500)
    assert len(chosen) == 1500
    assert "a0" in chosen
    facts = {fact for line in book(markup.html(story, "Many"))["links"] for fact in line["facts"]}
    assert facts == {d.id for d in story.deeds}


def test_the_policy_lets_in_just_the_pages_own_scripts_and_style(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    allowed = re.findall(r"'sha256-([^']+)'", html.unescape(policy[1]))
    inline = [
        *re.findall(r"<script>(.*?)</script>", page, re.DOTALL),
        *re.findall(r"<style>(.*?)</style>", page, re.DOTALL),
    ]
    assert allowed == [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inline]
    assert html.unescape(policy[1]).startswith("default-src 'none';")
    assert "unsafe" not in policy[1]


def test_the_page_names_no_address_to_fetch(page: str) -> None:
    shell = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"\b(?:src|href)=\"(?!#)", shell)
    assert "@import" not in shell
    assert "url(" not in shell


def test_no_words_of_an_article_can_end_a_block() -> None:
    evil = "</script><script>alert(1)</script><!-- \u2028 & \ud800"
    article = Article("d0", "https://example.org/d0", evil, text=evil)
    page = markup.html(Story(articles=(article,)), "Evil")
    assert "alert(1)" not in page
    assert book(page)["story"]["articles"][0]["text"] == evil


def test_a_title_is_text() -> None:
    page = markup.html(Story(), "<script>alert(1)</script>")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_empty_graph_makes_a_page() -> None:
    with graph.open() as kg:
        page = explorer.page(kg, title="Nothing yet")
    assert book(page)["nodes"] == []


def test_the_data_leaves_out_what_is_empty_and_comes_back_as_it_was(page: str, story: Story) -> None:
    told = book(page)["story"]
    for name in ("articles", "actors", "deeds", "statements", "ties"):
        assert told[name] == [columns.plain(thing, markup.UNSEEN) for thing in getattr(story, name)]
    assert all(value not in ("", [], None) for thing in told["deeds"] for value in thing.values())


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_graph_gives_the_same_bytes(seed: str, page: str) -> None:
    program = (
        "import hashlib, random\nfrom graph import rdf, store\nfrom graph.explorer import markup, story\n"
        "from tests import examples\n"
        "opened = store.open()\n"
        "for reading in (examples.gazette(), examples.harbour()):\n"
        f"    quads = rdf.quads(reading); random.Random({seed}).shuffle(quads)\n"
        "    opened.add(rdf.graph_iri(reading.document), quads)\n"
        "print(hashlib.sha256(markup.html(story.read(opened), 'Norvania').encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, cwd=root, check=True
    )
    assert done.stdout.strip() == hashlib.sha256(page.encode()).hexdigest()


def test_a_notebook_gets_the_page_in_a_frame() -> None:
    with graph.open() as kg:
        kg.add_reading(examples.gazette())
        assert kg.explore(title="Quarrel").html == explorer.page(kg, title="Quarrel")


def test_a_frame_holds_the_whole_page_and_lets_nothing_out() -> None:
    found = re.fullmatch(
        r'<iframe srcdoc="([^"]*)" sandbox="([^"]*)" [^>]*></iframe>',
        explorer.Frame('<p class="x">&amp;</p>')._repr_html_(),
    )
    assert found
    assert html.unescape(found[1]) == '<p class="x">&amp;</p>'
    assert "allow-same-origin" not in found[2]


# places


def test_a_country_stands_at_its_capital_and_a_name_in_doubt_nowhere() -> None:
    kenya = places.known("Kenya")
    assert kenya
    assert "ISO 3166 KE" in kenya.identifiers
    assert kenya.point == pytest.approx((-1.28, 36.82), abs=0.05)
    assert places.known("the Bahamas") == places.known("Bahamas")
    assert [places.known(name) for name in ("Springfield", "Georgia", "Norvania", "")] == [None] * 4


def test_what_the_graph_says_of_a_place_comes_first() -> None:
    with graph.open() as kg:
        kg.add_reading(examples.gazette())
        belmora = next(a.iri for a in stories.read(kg.store).actors if a.name == "Belmora")
        ester = next(a.iri for a in stories.read(kg.store).actors if a.name == "Port Ester")
        where = "http://www.w3.org/2003/01/geo/wgs84_pos#"
        quads = [(belmora, "lat", "0"), (belmora, "long", "-14.5"), (ester, "lat", "nowhere"), (ester, "long", "200")]
        name = URIRef("https://example.org/where")
        kg.store.add(str(name), [(URIRef(s), URIRef(where + p), Literal(o), name) for s, p, o in quads])
        found = {actor.name: actor.coordinates for actor in stories.read(kg.store).actors}
    assert found["Belmora"] == (0.0, -14.5)
    assert found["Port Ester"] is None


# a part of the graph


@pytest.fixture(scope="module")
def kg() -> Iterator[graph.KnowledgeGraph]:
    with graph.open() as opened:
        for reading in (examples.harbour(), examples.gazette()):
            opened.add_reading(reading)
        yield opened


def told(page: str) -> dict[str, Any]:
    found = book(page)["story"]
    assert isinstance(found, dict)
    return found


def refs(story: dict[str, Any]) -> set[str]:
    parts = {p["ref"] for d in story["deeds"] for p in d.get("parts", ()) if "ref" in p}
    spoken = {s["ref"] for s in story["statements"] if "ref" in s} | {
        ref for s in story["statements"] for _, ref in s.get("relays", ()) if ref
    }
    grounds = {fact["claim"] for of in ("deeds", "statements", "ties") for fact in story[of] if "claim" in fact}
    pages = {fact["article"] for of in ("deeds", "statements", "ties") for fact in story[of]}
    mentioned = {ref for article in story["articles"] for *_, ref in article.get("mentions", ())}
    return parts | spoken | grounds | pages | mentioned


def ids(story: dict[str, Any]) -> set[str]:
    return {each["id"] for of in ("articles", "actors", "deeds", "statements", "ties") for each in story[of]}


def test_around_an_actor_is_what_is_told_of_it_and_nothing_without_its_grounds(kg: graph.KnowledgeGraph) -> None:
    near, far, whole = (
        told(explorer.page(kg, **wishes))  # type: ignore[arg-type]
        for wishes in ({"actor": "Ilse Ravn"}, {"actor": "ilse ravn", "depth": 2}, {})
    )
    assert ids(near) < ids(far) < ids(whole)
    assert refs(near) <= ids(near)
    assert {s["speaker"] for s in near["statements"]} == {"Ilse Ravn"}
    assert all("Fog" not in d["label"] for d in far["deeds"])


def test_a_query_chooses_by_what_its_triples_name(kg: graph.KnowledgeGraph) -> None:
    asked = "CONSTRUCT { ?e who:modality who:Pledged } WHERE { ?e who:modality who:Pledged }"
    found = told(explorer.page(kg, query=asked))
    assert [d["status"] for d in found["deeds"] if not d.get("saying")] == ["pledged"]
    assert [s["speaker"] for s in found["statements"]] == ["Ilse Ravn"]
    assert refs(found) <= ids(found)
    pair = """CONSTRUCT { ?a who:relatedTo ?b } WHERE {
        ?a rdfs:label "Norvania" . ?b rdfs:label "Bridge Mission" }"""
    assert {d["status"] for d in told(explorer.page(kg, query=pair))["deeds"]} == {"done", "denied"}


@pytest.mark.parametrize("most", [1, 2, 5, 12])
def test_the_most_important_are_no_more_than_asked_for(kg: graph.KnowledgeGraph, most: int) -> None:
    found = told(explorer.page(kg, max_nodes=most))
    nodes = len(found["actors"]) + sum(not d.get("saying") for d in found["deeds"]) + len(found["statements"])
    assert 0 < nodes <= most
    assert refs(found) <= ids(found)


def test_parts_of_a_crowd_hold_together() -> None:
    with crowds.filled(300) as opened:
        whole = Excerpts(stories.read(opened))
    for part in (whole.most(100), whole.around(["a0"], 1), whole.named({whole.story.deeds[3].iri})):
        kept = {each.id for each in (*part.actors, *part.deeds, *part.statements, *part.articles)}
        assert {p.ref for d in part.deeds for p in d.parts if p.ref} <= kept
        assert {d.claim for d in part.deeds if d.claim} <= kept
        assert {d.article for d in part.deeds} <= kept


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"actor": "Norvanai"}, r"no entity 'Norvanai'; near to it: Norvania"),
        ({"query": "SELECT ?s WHERE { ?s ?p ?o }"}, "CONSTRUCT"),
        ({"query": "ASK { ?s ?p ?o }"}, "CONSTRUCT"),
        ({"query": "CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p ?o FILTER(false) }"}, "nothing that the page shows"),
        ({"actor": "Norvania", "query": "DESCRIBE <https://example.org/none>"}, "nothing that the page shows"),
        ({"max_nodes": 0}, "at least 1"),
        ({"actor": "Norvania", "depth": 0}, "at least 1"),
        ({"story": "nowhere.yaml"}, "cannot be read"),
    ],
)
def test_what_cannot_be_shown_is_refused(kg: graph.KnowledgeGraph, wishes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        explorer.page(kg, **wishes)


def test_a_query_that_does_not_parse_is_refused(kg: graph.KnowledgeGraph) -> None:
    with pytest.raises(QueryError):
        explorer.page(kg, query="CONSTRUCT {")


# a story in steps

STEPS = """
steps:
  - title: A promise
    caption: Norvania promises engineers.
    choose: norvania
    status: [pledged, planned]
    from: 2031-03-01
    time: published
  - caption: What is said of Port Ester.
    view: table
    place: Port Ester
    speaker: [Tomás Quill]
    article: Norvania promises engineers
    undated: false
  - caption: From one to another.
    path: {from: Norvania, to: Belmora}
  - title: Around
    focus: Bridge Mission
    depth: 2
"""


def test_a_story_is_the_addresses_of_its_views(kg: graph.KnowledgeGraph, tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_text(STEPS, "utf-8")
    page = book(explorer.page(kg, story=file))
    by_name = {a["name"]: a["id"] for a in page["story"]["actors"]}
    article = next(a["id"] for a in page["story"]["articles"] if a["title"] == "Norvania promises engineers")
    norvania, belmora, mission = (by_name[name] for name in ("Norvania", "Belmora", "Bridge Mission"))
    assert page["steps"] == [
        {
            "title": "A promise",
            "caption": "Norvania promises engineers.",
            "state": {"from": "2031-03-01", "by": "published", "chosen": norvania, "status": ["pledged", "planned"]},
        },
        {
            "title": "",
            "caption": "What is said of Port Ester.",
            "state": {
                "view": "facts",
                "speaker": ["Tomás Quill"],
                "place": ["Port Ester"],
                "article": [article],
                "undated": False,
            },
        },
        {"title": "", "caption": "From one to another.", "state": {"path": f"{norvania}~{belmora}"}},
        {"title": "Around", "caption": "", "state": {"focus": mission, "depth": 2}},
    ]


def test_a_chosen_event_is_shown_among_events(kg: graph.KnowledgeGraph, tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_text("steps: [{caption: It left., choose: Norvania withdrew Bridge Mission}]", "utf-8")
    (step,) = book(explorer.page(kg, story=file))["steps"]
    assert step["state"]["level"] == "events"
    assert step["state"]["chosen"].startswith("v")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps: [", r"story.yaml is no YAML: line 1"),
        ("caption: one", "`steps:`"),
        ("steps: []", "`steps:`"),
        ("- a", "`steps:`"),
        ("steps: [text]", "step 1: a step is"),
        ("steps: [{choose: Norvania}]", "step 1: a step needs a title or a caption"),
        ("steps: [{caption: a}, {caption: b, choose: Norvanai}]", "step 2: .* near to it: Norvania"),
        ("steps: [{caption: a, chose: Norvania}]", "no key 'chose'; near to it: choose"),
        ("steps: [{caption: a, view: grpah}]", "near to it: graph"),
        ("steps: [{caption: a, status: promised}]", "no status 'promised'"),
        ("steps: [{caption: a, status: [[done]]}]", "one text"),
        ("steps: [{caption: a, from: yesterday}]", "2024-06-25"),
        ("steps: [{caption: a, depth: 9}]", "at most 3"),
        ("steps: [{caption: a, depth: true}]", "a number"),
        ("steps: [{caption: a, undated: maybe}]", "true or false"),
        ("steps: [{caption: a, path: Norvania}]", "from: NAME"),
        ("steps: [{caption: a, path: {from: Norvania, to: Fog}}]", "no actor 'Fog'"),
        ("steps: [{caption: a, speaker: Nobody}]", "no speaker 'Nobody'"),
        ("steps: [{caption: {a: b}}]", "caption is one text"),
        ("!!python/object/apply:os.system ['true']", "is no YAML"),
        ("steps: [{caption: a, choose: people}]", "say which, by its IRI"),
    ],
)
def test_a_file_that_is_no_story_is_refused(kg: graph.KnowledgeGraph, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "story.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        explorer.page(kg, story=file)


def test_bytes_that_are_no_text_are_no_story(kg: graph.KnowledgeGraph, tmp_path: Path) -> None:
    file = tmp_path / "story.yaml"
    file.write_bytes(b"steps: \xff\xfe")
    with pytest.raises(UsageError, match="is no YAML"):
        explorer.page(kg, story=file)


def test_the_command_takes_a_part_and_a_story(tmp_path: Path) -> None:
    folder, page, story = tmp_path / "store", tmp_path / "page.html", tmp_path / "story.yaml"
    with graph.open(folder) as opened:
        opened.add_reading(examples.harbour())
    story.write_text("steps: [{caption: One.}]", "utf-8")
    asked = ["view", "--store", str(folder), "-o", str(page), "--actor", "Belmora", "--story", str(story)]
    done = CliRunner().invoke(main, [*asked, "--depth", "2", "--max-nodes", "9"])
    assert done.exit_code == 0, done.output
    assert book(page.read_text("utf-8"))["steps"][0]["caption"] == "One."
    alone = CliRunner().invoke(main, ["view", "--store", str(folder), "-o", str(page), "--depth", "2"])
    assert alone.exit_code == 2
    assert "--actor" in alone.output


def test_the_page_counts_as_stats_does(kg: graph.KnowledgeGraph) -> None:
    page, counted = told(explorer.page(kg)), kg.stats()
    assert len(page["articles"]) == counted.documents
    assert len(page["actors"]) == sum(counted.entities.values())
    assert len(page["deeds"]) == sum(counted.events.values())
    assert len(page["statements"]) == sum(counted.claims.values())


def test_a_part_says_of_what_it_is_one(kg: graph.KnowledgeGraph) -> None:
    page = book(explorer.page(kg, actor="Norvania", depth=2, max_nodes=9))
    assert page["part"] == "a part of the graph: within 2 facts of Norvania, the 9 of most weight"
    assert book(explorer.page(kg))["part"] == ""


def test_the_story_of_the_sample_articles_is_one() -> None:
    told = author.read(Path(__file__).parent.parent / "data" / "stories" / "kenya-haiti.yaml")
    assert len(told) == 8
    assert all(step.title and step.caption for step in told)


def test_communities_are_called_by_their_first_actors() -> None:
    with crowds.filled(400) as opened:
        story = stories.read(opened)
    told = book(markup.html(story, "Crowd"))
    names = {actor.id: actor.name for actor in story.actors}
    community = told["communities"]["actors"][0]
    assert community["name"].split(", ")[0] == names[community["first"][0]]
    assert community["size"] == sum(node.get("actors", [0, 0, -1])[2] == 0 for node in told["nodes"])


def test_a_crowd_is_drawn_by_webgl_and_a_small_page_does_not_carry_it() -> None:
    many = _star(drawing.MOST["vis"] + 1)
    small, large = markup.html(Story(), "Small"), markup.html(many, "Large")
    assert (book(small)["renderer"], book(large)["renderer"]) == ("vis", "webgl")
    assert "sigma" not in markup.library("vis")
    assert markup.library("vis") in small
    assert markup.library("webgl") in large
    assert len(book(large)["nodes"]) == len(many.actors) + len(many.deeds)


def _star(count: int) -> Story:
    actors = tuple(
        Actor(f"a{n}", f"https://example.org/a{n}", f"Name {n}", "person", "person", facts=1) for n in range(count)
    )
    deeds = tuple(
        _deed(f"v{n}", Part("agent", f"Name {n}", f"a{n}"), Part("recipient", "Name 0", f"a{0 if n else 1}"))
        for n in range(count)
    )
    return Story(actors=actors, deeds=deeds)


@pytest.mark.parametrize("value", ["=1+1", "a,b\nc", 'say "no"', "", "🌊 ﷽"])
def test_an_answer_in_csv_comes_back_as_it_was(value: str) -> None:
    with graph.open() as kg:
        name = URIRef("https://example.org/g")
        kg.store.add(str(name), [(name, URIRef("https://example.org/p"), Literal(value), name)])
        rows = stories.answered(kg.store.csv("SELECT ?o ?none WHERE { GRAPH <https://example.org/g> { ?s ?p ?o } }"))
    assert rows == [{"o": value, "none": ""}]


@pytest.mark.parametrize(
    ("modality", "polarity", "type_", "told"),
    [
        ("Actual", "Positive", "VisitType", "done"),
        ("Actual", "Positive", "PledgeType", "pledged"),
        ("Actual", "Negative", "PledgeType", "denied"),
        ("Planned", "Positive", "PledgeType", "planned"),
    ],
)
def test_a_pledge_is_never_shown_as_done(modality: str, polarity: str, type_: str, told: str) -> None:
    assert stories.status(modality, polarity, type_) == told
