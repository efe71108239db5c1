from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from rdflib import RDF, RDFS, BNode, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from starlette.testclient import TestClient

from graph import rdf, show, store
from graph.documents import Span
from graph.knowledge import KnowledgeGraph
from graph.server import application
from graph.server.pages import indexing, markings, profiles
from graph.server.pages.drawing import fitting, network, width
from graph.server.pages.forms import OF_THINGS, chosen
from graph.server.pages.listing import PARTS, Asked
from graph.server.pages.markings import Anchor, Links, Mark
from graph.server.pages.prepared import prepared
from graph.server.pages.search import Index
from graph.server.refusal import Refusal
from graph.store import Store
from graph.vocabulary import WHO, ontology
from tests import examples

EVIL = "<img src=x onerror=alert(1)>"
HOSTILE = f'{EVIL} warned Bea. "</script><b>" she said.\nمريم سالم met 北京市 in Łódź.\n'
PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DOCUMENT = str(rdf.document_iri(examples.harbour().document)).removeprefix("https://w3id.org/whodid")
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdfxml": "xml"}


def hostile() -> examples.Reading:
    """An article whose names and words would like to be run."""
    at = examples.Words(HOSTILE)

    def entity(id: str, name: str, type: str, **more: object) -> examples.Entity:
        return examples.Entity(id, name, type, (examples.Mention(at(name), "name", -1, type),), **more)  # type: ignore[arg-type]

    document = examples.document(HOSTILE, "hostile.txt", title=f"Title {EVIL}", url="javascript:alert(1)")
    warned = examples.Event("v1", at("warned"), -1, "Warning", at.line("warned"), roles=(
        examples.Role("agent", at(EVIL), entity="e1"), examples.Role("recipient", at("Bea"), entity="e2")))  # fmt: skip
    said = examples.Claim("c1", (at("</script><b>"),), at.line("warned"), "Direct", "e2")
    return examples.Reading(
        document=document,
        sentences=at.sentences(),
        entities=(entity("e1", EVIL, "Organisation"), entity("e2", "Bea", "Person"),
                  entity("e3", "مريم سالم", "Person"),
                  entity("e4", "北京市", "Place"), entity("e5", "Łódź", "Place", kb="javascript:alert(2)")),
        events=(warned,),
        claims=(said,),
    )  # fmt: skip


@pytest.fixture(scope="module")
def filled() -> Iterator[Store]:
    with store.open() as opened:
        for reading in (examples.harbour(), examples.gazette(), hostile()):
            opened.add(rdf.graph_iri(reading.document), rdf.quads(reading))
        yield opened


@pytest.fixture(scope="module")
def client(filled: Store) -> Iterator[TestClient]:
    with TestClient(application(KnowledgeGraph(filled))) as client:
        yield client


@pytest.fixture(scope="module")
def index(filled: Store) -> Index:
    index = Index()
    index.refresh(filled)
    return index


def words(client: TestClient, path: str, **headers: str) -> str:
    answer = client.get(path, headers={**PAGE, **headers})
    assert answer.status_code == 200, answer.text
    return " ".join(" ".join(html.fromstring(answer.content).find(".//main").itertext()).split())


# what the pages tell


def test_an_entitys_page_tells_what_it_does_with_the_words_that_say_so(client: TestClient) -> None:
    page = html.fromstring(client.get("/id/place/norvania", headers=PAGE).content)
    said = [" ".join(p.text_content().split()) for p in page.cssselect(".said")]
    assert any("Promised, not done: deployment" in line and "says Ilse Ravn" in line for line in said)
    assert [m.text for m in page.cssselect("#events ~ ol .card mark")][:3] == ["Norvania", "pledged", "Tuesday"]
    links = {a.text_content(): a.get("href") for a in page.cssselect("main a")}
    assert links["Belmora"] == "/id/place/belmora"
    assert links["“Norvania promises engineers”, Harbour Courier, 13 March 2031"] == DOCUMENT
    assert {h.get("id") for h in page.cssselect("h2")} == {"ties", "events", "said-of", "articles", "tied"}


def test_events_stand_in_the_order_of_their_days(client: TestClient) -> None:
    page = html.fromstring(client.get("/id/org/straits-council", headers=PAGE).content)
    days = [t.text for t in page.cssselect("#events ~ ol time")]
    assert days == ["2031-01-01"]
    assert "Planned" in words(client, "/id/org/straits-council")


def test_a_speakers_page_tells_what_they_said_and_nothing_of_the_act_of_saying(client: TestClient) -> None:
    page = words(client, "/id/person/ilse-ravn")
    assert "The 40 engineers will leave in April" in page
    assert "Statement (“said”)" not in page
    assert "also Ravn" in page


def test_an_events_page_has_its_roles_its_voice_and_its_offsets(client: TestClient) -> None:
    page = words(client, f"{DOCUMENT}/v2")
    for each in (
        "pledged",
        "recipient Belmora",
        "quantity 40 more engineers",
        "80% sure",
        "“send” (68–72)",
        "On whose word",
    ):
        assert each in page


def test_a_claims_page_says_who_passed_it_on_and_what_it_tells(client: TestClient) -> None:
    page = words(client, f"{DOCUMENT}/c4")
    for each in ("a guard", "relayed by Tomás Quill", "Inside which statement", "What it tells", "Destruction"):
        assert each in page


def test_a_documents_page_is_the_article_with_its_marks(client: TestClient) -> None:
    page = html.fromstring(client.get(DOCUMENT, headers=PAGE).content)
    (text,) = page.cssselect(".text")
    assert text.text_content() == examples.HARBOUR
    assert text.get("lang") == "en"
    assert [u.text for u in text.cssselect(".unread")] == ["Listen to this story in five minutes"]
    assert ("Port Ester", "/id/place/port-ester") in {(a.text, a.get("href")) for a in text.cssselect("a.mention")}
    panel = {li.get("id") for li in page.cssselect("aside .card")}
    assert panel == {*(f"v{n}" for n in range(1, 12)), *(f"c{n}" for n in range(1, 9))}
    for trigger in text.cssselect("a.trigger"):
        assert trigger.get("href").removeprefix("#") in panel
    assert text.cssselect("#s3")
    assert "player notice" in words(client, DOCUMENT)


@pytest.mark.parametrize("name", ["q1", "r1", "s3", "t2", "68-72", "time"])
def test_everything_else_has_a_page_of_its_properties(client: TestClient, name: str) -> None:
    assert "In detail" in words(client, f"{DOCUMENT}/{name}")


def test_words_go_by_themselves_and_are_named_by_them(client: TestClient) -> None:
    page = html.fromstring(client.get(f"{DOCUMENT}/s3", headers=PAGE).content)
    heading = page.find(".//h1").text_content()
    assert heading.startswith("“")
    assert heading.strip("“”")[:40] in " ".join(examples.HARBOUR.split())
    inside = next(dt.getnext() for dt in page.cssselect("dt") if dt.text == "in sentence of")
    assert all("http" not in a.text_content() for a in inside.cssselect("a"))


def test_the_first_page_says_what_the_store_holds(client: TestClient) -> None:
    page = words(client, "/")
    for each in ("3 articles", "In most events", "Norvania leaves the mission"):
        assert each in page
    frame = html.fromstring(client.get("/", headers=PAGE).content).find(".//iframe")
    assert "<noscript>" in client.get(frame.get("src")).text


def test_parts_are_turned_page_by_page(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "SIZE", 2)
    monkeypatch.setattr("graph.server.pages.site.SIZE", 2)
    seen: list[str] = []
    address = "/id/place/norvania?part=events&page=1"
    while address:
        page = html.fromstring(client.get(address, headers=PAGE).content)
        seen += [a.get("href") for a in page.cssselect(".card a") if a.text == "this event"]
        following = page.cssselect("a[rel=next]")
        address = "/id/place/norvania" + following[0].get("href") if following else ""
    assert len(seen) == len(set(seen)) == 4


def test_a_page_asks_as_often_for_a_large_store_as_for_a_small_one(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    plain = Store.query
    inner = type(filled).query

    def counting(self: Store, sparql: str, **more: object) -> object:
        asked.append(sparql)
        return inner(self, sparql, **more)  # type: ignore[arg-type]

    assert plain is not None
    monkeypatch.setattr(type(filled), "query", counting)
    iri = "https://w3id.org/whodid/id/place/norvania"
    profiles.profile(filled, iri, Links(str))
    small = len(asked)
    with store.open() as many:
        from tests.bench import invented

        readings = invented()
        for _ in range(30):
            many.add(*_graph(next(readings)))
        asked.clear()
        found = profiles.profile(many, "https://w3id.org/whodid/id/org/straits-council", Links(str))
    assert found
    assert len(asked) <= small + 4
    assert next(part.total for part in found.parts if part.key == "articles") == 30


@pytest.fixture(scope="module")
def crowded() -> Iterator[Store]:
    """Forty articles, in each of which the council stands; a foreign graph that lacks much; and a graph twice."""
    from tests.bench import invented

    foreign = """
    @prefix who: <https://w3id.org/whodid/ontology#> . @prefix : <https://example.org/> .
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    :g { :e a who:Event ; who:involves <https://w3id.org/whodid/id/org/straits-council> , :someone , [] .
         [] a who:Event ; who:involves <https://w3id.org/whodid/id/org/straits-council> .
         :someone a who:Entity ; rdfs:label "Someone" .
         :tie a who:Assertion ; rdfs:label "a tie" ; rdf:subject :someone ; rdf:object :other .
         :other a who:Entity . :m who:refersTo :someone ; who:inDocument :nameless . }"""
    with store.open() as many:
        readings = invented()
        for _ in range(40):
            many.add(*_graph(next(readings)))
        name, quads = _graph(examples.harbour())
        for twice in (name, "https://w3id.org/whodid/graph/again"):
            many.add(twice, [(s, p, o, URIRef(twice)) for s, p, o, _ in quads])
        parsed = Dataset()
        parsed.parse(data=foreign, format="trig")
        many.add("https://example.org/g", [(s, p, o, URIRef(str(g))) for s, p, o, g in parsed.quads() if g])
        yield many


@pytest.mark.parametrize("iri", ["id/org/straits-council", "id/place/norvania", "id/person/ilse-ravn", "someone", "x"])
def test_lists_that_are_written_down_are_those_that_are_asked_for(crowded: Store, tmp_path: Path, iri: str) -> None:
    file, thing = tmp_path / "search.sqlite", (crowded.base if "/" in iri else "https://example.org/") + iri
    Index(file).refresh(crowded, "now")
    asked = Asked(crowded)
    with prepared(file, "now") as lists:
        assert lists
        for part in PARTS:
            for first, size in ((0, 7), (7, 500), (900, 5)):
                assert lists.part(thing, part, first, size) == asked.part(thing, part, first, size), part
        together = asked.together(thing)
        assert lists.together(thing) == together
        several = [other for other, _ in together]
        assert lists.among(several) == asked.among(several)
        assert bool(together) == (iri != "x")
        assert profiles.profile(crowded, thing, Links(str), lists=lists) == profiles.profile(crowded, thing, Links(str))


def test_lists_of_another_state_are_not_used(crowded: Store, tmp_path: Path) -> None:
    file = tmp_path / "search.sqlite"
    with prepared(file, "now") as none:
        assert none is None
    index = Index(file)
    index.refresh(crowded, "now")
    with prepared(file, "later") as none:
        assert none is None
    with prepared(file, "now") as lists:
        assert lists
        before = lists.part(f"{crowded.base}id/org/straits-council", "events", 0, 5)
        with store.open() as empty:
            index.refresh(empty, "later")
        assert lists.part(f"{crowded.base}id/org/straits-council", "events", 0, 5) == before
    with prepared(file, "later") as lists:
        assert lists
        assert lists.part(f"{crowded.base}id/org/straits-council", "events", 0, 5).total == 0
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database" * 99)
    with prepared(broken, "later") as none:
        assert none is None


def test_a_page_with_written_lists_is_the_page_without_them(tmp_path: Path) -> None:
    with KnowledgeGraph(store.open(tmp_path / "store")) as kg:
        for reading in (examples.harbour(), examples.gazette()):
            kg.store.add(*_graph(reading))
    path = "/id/place/norvania"
    with TestClient(application(tmp_path / "store")) as client:
        asked = client.get(path, headers=PAGE).content
        assert client.get("/search?q=norvania", headers=PAGE).status_code == 200  # which waits for the index
        with prepared(tmp_path / "store" / "search.sqlite", client.app.state.reader.version) as lists:  # type: ignore[attr-defined]
            assert lists
            assert lists.part("https://w3id.org/whodid/id/place/norvania", "events", 0, 5).total == 4
        again = client.get(f"{path}?", headers={**PAGE, "cache-control": "no-cache"}).content
        fresh = client.get(f"{path}?fresh", headers=PAGE).content
        assert asked == again == fresh


def test_the_index_is_made_by_a_process_of_its_own_and_here_where_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KnowledgeGraph(store.open(tmp_path / "store")) as kg:
        kg.store.add(*_graph(examples.harbour()))
    file = tmp_path / "search.sqlite"
    assert asyncio.run(indexing.brought(tmp_path / "store", file, "now"))
    assert Index(file).version == "now"
    assert Index(file).search("Quill").total
    assert not asyncio.run(indexing.brought(tmp_path / "nothing", file, "later"))
    assert Index(file).version == "now"

    async def failing(folder: Path, file: Path, version: str) -> bool:
        return False

    monkeypatch.setattr(indexing, "brought", failing)
    with TestClient(application(tmp_path / "store")) as client:
        assert client.get("/search?q=quill&format=json").json()["total"]


def _graph(reading: examples.Reading) -> tuple[str, list[rdf.Quad]]:
    return str(rdf.graph_iri(reading.document)), rdf.quads(reading)


# forms


@pytest.mark.parametrize(
    "path", ["/id/person/ilse-ravn", DOCUMENT, f"{DOCUMENT}/v2", f"{DOCUMENT}/c4", f"{DOCUMENT}/r1"]
)
@pytest.mark.parametrize("form", FORMATS)
def test_a_thing_as_data_is_what_the_store_says_of_it(client: TestClient, filled: Store, path: str, form: str) -> None:
    answer = client.get(path, params={"format": form})
    subject = URIRef(f"https://w3id.org/whodid{path}")
    said, kept = Graph().parse(data=answer.content, format=FORMATS[form]), Graph()
    for s, p, o, _ in filled.quads():
        if s == subject:
            kept.add((s, p, o))
    assert len(kept) > 3
    assert isomorphic(said, kept)


def test_quads_come_with_their_graphs(client: TestClient) -> None:
    answer = client.get("/id/place/norvania", headers={"accept": "application/trig"})
    names = {str(g) for *_, g in Dataset().parse(data=answer.content, format="trig").quads()}
    assert len([name for name in names if "/graph/" in name]) == 2


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/turtle;q=0.9, text/html;q=0.5", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/ld+json"),
        ("application/rdf+xml, text/html;q=0.1", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("text/html;q=0, application/*", "application/ld+json"),
    ],
)
def test_the_accept_header_chooses(client: TestClient, accept: str, content_type: str) -> None:
    answer = client.get("/id/place/norvania", headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert answer.headers["vary"] == "accept"


def test_what_cannot_be_had_is_406_and_says_what_can(client: TestClient) -> None:
    for answer in (
        client.get("/id/place/norvania", headers={"accept": "image/png"}),
        client.get("/id/place/norvania?format=doc"),
    ):
        assert answer.status_code == 406
        assert "ttl" in answer.text or "text/turtle" in answer.text
    with pytest.raises(Refusal, match="known: html, ttl"):
        chosen("", "docx", OF_THINGS)


def test_the_page_names_its_other_forms(client: TestClient) -> None:
    answer = client.get("/id/place/norvania", headers=PAGE)
    assert '</id/place/norvania?format=ttl>; rel="alternate"; type="text/turtle"' in answer.headers["link"]
    for link in html.fromstring(answer.content).cssselect("link[rel=alternate]"):
        assert client.get(link.get("href")).headers["content-type"].startswith(link.get("type"))


@pytest.mark.parametrize(
    "path", ["/", "/search?q=quill", "/ontology", "/sparql", "/id/place/norvania", DOCUMENT, "/explorer"]
)
def test_an_unchanged_page_is_304(client: TestClient, path: str) -> None:
    first = client.get(path, headers=PAGE)
    again = client.get(path, headers={**PAGE, "if-none-match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    head = client.head(path, headers=PAGE)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", first.headers["etag"])
    assert client.get(path, headers=PAGE).content == first.content


def test_each_form_has_its_own_etag(client: TestClient) -> None:
    tags = {client.get("/id/place/norvania", params={"format": form}).headers["etag"] for form in ("html", *FORMATS)}
    assert len(tags) == 5


def test_a_change_of_the_store_changes_the_etag(tmp_path: Path) -> None:
    def tag() -> str:
        with TestClient(application(tmp_path / "store")) as client:
            return client.get("/", headers=PAGE).headers["etag"]

    with store.open(tmp_path / "store") as opened:
        opened.add(*_graph(examples.harbour()))
    before = tag()
    assert tag() == before
    with store.open(tmp_path / "store") as opened:
        opened.add(*_graph(examples.gazette()))
    assert tag() != before


def test_the_files_of_pages_are_kept_for_good(client: TestClient) -> None:
    page = html.fromstring(client.get("/sparql", headers=PAGE).content)
    addresses = [e.get("href") or e.get("src") for e in page.cssselect("link[rel=stylesheet], script[src]")]
    assert len(addresses) == 5
    for address in addresses:
        answer = client.get(address)
        assert "immutable" in answer.headers["cache-control"]
        assert client.get(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert client.get("/static/../site.py").status_code == 404
    assert client.get("/static/nothing.js").status_code == 404


def test_things_of_another_base_and_of_none_have_pages(tmp_path: Path) -> None:
    with store.open(tmp_path / "store", base="http://testserver/") as opened:
        opened.add(
            rdf.graph_iri(examples.harbour().document, "http://testserver/"),
            rdf.quads(examples.harbour(), "http://testserver/"),
        )
        g = URIRef("http://elsewhere.example/g")
        opened.add(g, [(URIRef("urn:x:1"), RDFS.label, Literal("A thing from elsewhere"), g)])
    with TestClient(application(tmp_path / "store")) as client:
        page = html.fromstring(client.get("http://testserver/id/place/norvania", headers=PAGE).content)
        assert page.cssselect(".iri")[0].text == "http://testserver/id/place/norvania"
        assert "A thing from elsewhere" in words(client, "/about?iri=urn:x:1")
        assert client.get("/about?iri=urn:x:1&format=nt").text.startswith("<urn:x:1> ")


# what is not there, what is hostile


def test_what_is_not_there_is_404_with_what_is_called_nearly_so(client: TestClient) -> None:
    answer = client.get("/id/person/ilse-raven", headers=PAGE)
    assert answer.status_code == 404
    assert {a.get("href") for a in html.fromstring(answer.content).cssselect("main a")} >= {"/id/person/ilse-ravn"}
    data = client.get("/id/person/ilse-raven", headers={"accept": "text/turtle"})
    assert data.status_code == 404
    assert "<https://w3id.org/whodid/id/person/ilse-ravn>" in data.text


@pytest.mark.parametrize(
    "path",
    [
        "/about?iri=%3E%20%7D%20DROP%20ALL%20%23",
        "/about?iri=not an iri",
        "/about?iri=%00",
        "/about?iri=http://example.org/%7D%20UNION%20%7B%3Fthing%20%3Fp%20%3Fo",
        "/id/%3E%7D",
        "/id/%ff%fe",
        "/..%2f..%2fetc/passwd",
        "/" + "a" * 3000,
    ],
)
def test_no_address_is_more_than_a_name(client: TestClient, filled: Store, path: str) -> None:
    size = len(filled)
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 404
    assert "Norvania" not in html.fromstring(answer.content).find(".//main").text_content()
    assert len(filled) == size


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/about", 400),
        ("/search?kind=all", 400),
        ("/search?page=0&q=a", 400),
        ("/search?page=x&q=a", 400),
        (f"/search?q={'a' * 5000}", 414),
        ("/id/place/norvania?page=-1", 400),
        ("/id/place/norvania?page=99999999999", 400),
    ],
)
def test_bad_questions_are_refused(client: TestClient, path: str, status: int) -> None:
    assert client.get(path, headers=PAGE).status_code == status


def test_other_methods_are_refused(client: TestClient) -> None:
    assert client.post("/id/place/norvania").status_code == 405
    assert client.delete("/search").status_code == 405


def test_words_of_an_article_stay_words(client: TestClient, filled: Store) -> None:
    subjects = sorted(
        {
            str(s)
            for s, p, o, _ in filled.quads()
            if (p == RDF.type and o in (WHO.Entity, WHO.Event, WHO.Claim, WHO.Document) and "hostile" in str(s))
            or "img-src" in str(s)
        }
    )
    assert len(subjects) >= 4
    paths = [s.removeprefix("https://w3id.org/whodid") for s in subjects]
    for path in (*paths, "/", "/search?q=%3Cimg%20src", f"/search?q={EVIL}", f"/nothing/{EVIL}"):
        answer = client.get(path, headers=PAGE)
        page = html.fromstring(answer.content)
        assert not page.cssselect("img, [onerror]")
        assert "javascript:" not in " ".join(a.get("href") for a in page.cssselect("a"))
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert EVIL.replace(" ", "") in words(client, "/search?q=onerror").replace(" ", "")


def test_pages_need_no_script(client: TestClient) -> None:
    for path in ("/", "/search?q=quill", "/ontology", "/id/place/norvania", DOCUMENT):
        assert not html.fromstring(client.get(path, headers=PAGE).content).cssselect("script")
    assert html.fromstring(client.get("/sparql", headers=PAGE).content).cssselect("noscript")


def test_foreign_statements_that_lack_parts_have_pages_too(tmp_path: Path) -> None:
    g, event = URIRef("http://elsewhere.example/g"), URIRef("https://w3id.org/whodid/doc/x/v1")
    claim, page = URIRef("https://w3id.org/whodid/doc/x/c1"), URIRef("https://w3id.org/whodid/doc/x")
    span = URIRef("https://w3id.org/whodid/doc/x/9-3")
    with store.open() as opened:
        opened.add(g, [
            (event, RDF.type, WHO.Event, g), (claim, RDF.type, WHO.Claim, g), (page, RDF.type, WHO.Document, g),
            (event, WHO.trigger, span, g), (span, WHO.begin, Literal("nine"), g), (span, WHO.end, Literal(-3), g),
            (span, WHO.inDocument, page, g), (event, WHO.confidence, Literal("very"), g),
            (event, WHO.agent, BNode("x"), g),
        ])  # fmt: skip
        with TestClient(application(KnowledgeGraph(opened))) as client:
            for iri in (event, claim, page):
                assert client.get(str(iri).removeprefix("https://w3id.org/whodid"), headers=PAGE).status_code == 200


# marks


def test_marks_overlap_and_nest_and_the_shortest_link_wins() -> None:
    marks = [Mark(Span(0, 10), "outer", "/a"), Mark(Span(3, 6), "inner", "/b"), Mark(Span(5, 12), "words")]
    made = markings.article("0123456789abcdef<", marks, [Anchor(4, "s1")])
    page = html.fromstring(f"<div>{made}</div>")
    assert page.text_content() == "0123456789abcdef<"
    assert [(a.text_content(), a.get("href")) for a in page.cssselect("a")] == [
        ("012", "/a"), ("3", "/b"), ("4", "/b"), ("5", "/b"), ("6789", "/a"),
    ]  # fmt: skip
    assert "".join(s.text_content() for s in page.cssselect(".words")) == "56789ab"


def test_one_that_takes_part_twice_is_named_and_linked_once_for_each_role() -> None:
    reading = examples.harbour()
    event = next(e for e in reading.events if any(r.role == "agent" and r.entity for r in e.roles))
    agent = next(r for r in event.roles if r.role == "agent" and r.entity)
    again = replace(agent, span=event.evidence)
    roles = (agent, again, replace(agent, role="theme"), replace(again, role="theme"))
    events = tuple(replace(e, roles=roles) if e is event else e for e in reading.events)
    with store.open() as doubled:
        doubled.add(rdf.graph_iri(reading.document), rdf.quads(replace(reading, events=events)))
        iri = f"{rdf.document_iri(reading.document)}/{event.id}"
        found = profiles.entries(doubled, [iri], links := Links(str))[iri]
        told = show.Events(doubled, [iri])
        prose = html.fromstring(links.html(found.item.text)).text_content()
        name = told.told(told.rows[0]).agents[0]
    assert told.told(told.rows[0]).agents == told.told(told.rows[0]).themes == (name,)
    assert prose.count(name) == 2


def test_a_name_is_linked_in_the_same_way_each_time() -> None:
    links = Links(str)
    assert links("Ilse Ravn", "/a") == links("Ilse Ravn", "/a") != links("Ilse Ravn", "/b")


def test_signs_of_private_use_in_a_name_make_no_link() -> None:
    links = Links(lambda iri: f"/{iri}")
    prose = links("\ue0000\ue001evil\ue002", "one") + " and \ue0009\ue001other"
    assert links.html(prose).count("<a ") == 1
    assert "evil" in links.html(prose)


def test_control_signs_keep_the_offsets() -> None:
    assert markings.clean("a\x00b\x1bc\n") == "a\ufffdb\ufffdc\n"


# search


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Quill", "Tomás Quill"),
        ("tomas quill", "Tomás Quill"),
        ("TOMÁS", "Tomás Quill"),
        ("norv", "Norvania"),
        ("lodz", "Łódź"),
        ("łódź", "Łódź"),
        ("مريم", "مريم سالم"),
        ("北京", "北京市"),
        ("京市", "北京市"),
        ("straits-council", "Straits Council"),
        ("engineers promises", "Norvania promises engineers"),
    ],
)
def test_names_are_found_whatever_their_case_and_accents(index: Index, asked: str, first: str) -> None:
    assert index.search(asked).hits[0].name == first


def test_a_name_goes_before_what_mentions_it_and_quotations_are_found(index: Index) -> None:
    found = index.search("Belmora").hits
    assert [hit.kind for hit in found] == sorted(
        (hit.kind for hit in found), key=["entity", "document", "event", "claim"].index
    ) or found[0].kind == "entity"
    assert found[0].articles == 2
    quotation = index.search("received the pumps", "claim").hits[0]
    assert (quotation.name, quotation.kind) == ("Tomás Quill", "claim")
    assert (
        markings.snippet(quotation.snippet)
        == "<mark>The</mark> mission has not <mark>received</mark> <mark>the</mark> <mark>pumps</mark>"
    )


def test_exact_names_go_first_then_beginnings_other_names_events_and_quotations(index: Index, filled: Store) -> None:
    speakers = [hit.name for hit in index.search("Tomás Quill", "claim").hits]
    assert "Tomás Quill" in speakers, "a quotation goes by its speaker's name"
    other = Index()
    with store.open() as opened:
        for name in filled.graphs():
            opened.add(name, filled.quads(name))
        opened.add(*_called("Quill Tomás", "Tomás Quillon", "Tomás Quill Adebayo Fenwick Ostrander", "Old Tomás Quill"))
        other.refresh(opened)
    found = other.search("tomas quill").hits
    names = [hit.name for hit in found if hit.kind == "entity"]
    assert names[0] == "Tomás Quill"
    assert set(names[1:3]) == {"Tomás Quillon", "Tomás Quill Adebayo Fenwick Ostrander"}
    assert set(names[3:]) == {"Quill Tomás", "Old Tomás Quill"}
    kinds = [hit.kind for hit in found]
    assert kinds == sorted(kinds, key=["entity", "document", "event", "claim"].index)
    assert {"entity", "event", "claim"} <= set(kinds)


def _called(*names: str) -> tuple[str, list[rdf.Quad]]:
    where = "https://example.org/called"
    things = [(URIRef(f"{where}/{number}"), name) for number, name in enumerate(names)]
    made = [(thing, RDF.type, WHO.Entity) for thing, _ in things]
    labelled = [(thing, RDFS.label, Literal(name)) for thing, name in things]
    return where, [(*triple, URIRef(where)) for triple in (*made, *labelled)]


def test_the_order_is_the_same_however_the_index_was_filled(filled: Store, index: Index) -> None:
    other = Index()
    with store.open() as backwards:
        for name in reversed(filled.graphs()):
            backwards.add(name, filled.quads(name))
            other.refresh(backwards)
        for asked in ("Norvania", "people fled", "a", "the"):
            assert [h.iri for h in other.search(asked).hits] == [h.iri for h in index.search(asked).hits]


def test_some_words_are_better_than_none(index: Index) -> None:
    found = index.search("Quill zeppelin")
    assert found.some
    assert found.hits[0].name == "Tomás Quill"


@pytest.mark.parametrize(
    "asked", ["", "  ", '"', "* OR NEAR(", "a AND", "'; DROP TABLE things; --", "name:x", "\x00", "^" * 400]
)
def test_no_question_is_an_operator(index: Index, asked: str) -> None:
    index.search(asked)
    index.near(asked)
    assert index.search("Quill").total


def test_the_index_follows_the_store_graph_by_graph(tmp_path: Path) -> None:
    index = Index(tmp_path / "search.sqlite")
    with store.open() as opened:
        opened.add(*_graph(examples.harbour()))
        opened.add(*_graph(examples.gazette()))
        assert index.refresh(opened) == 2
        assert index.refresh(opened) == 0
        opened.remove(str(rdf.graph_iri(examples.harbour().document)))
        assert index.refresh(opened) == 1
        assert index.search("Quill").total == 0
        assert index.search("Norvania").hits[0].articles == 1
        index.close()
        again = Index(tmp_path / "search.sqlite")
        assert again.refresh(opened) == 0
        assert again.search("Norvania").total


def test_a_broken_index_is_made_anew(tmp_path: Path, filled: Store) -> None:
    file = tmp_path / "search.sqlite"
    file.write_bytes(b"not a database at all" * 100)
    index = Index(file)
    index.refresh(filled)
    assert index.search("Quill").total
    with sqlite3.connect(file) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_search_answers_in_json_page_by_page(client: TestClient) -> None:
    found = client.get("/search?q=the", headers={"accept": "application/json"}).json()
    assert found["total"] > 0
    assert found["hits"][0].keys() >= {"iri", "kind", "name", "articles"}
    assert json.loads(client.get("/search?q=the&format=json&page=50").text)["hits"] == []
    assert "Nothing is called so" in words(client, "/search?q=zeppelin")


def test_near_names_are_offered(client: TestClient) -> None:
    assert "Near to it: Tomás Quill" in words(client, "/search?q=tomas+qill&kind=entity") or "Tomás Quill" in words(
        client, "/search?q=tomas+qill"
    )


# ontology, editor


def test_a_word_that_is_nearly_one_of_a_name_is_near(index: Index) -> None:
    assert "Tomás Quill" in {hit.name for hit in index.near("quil")}
    assert "Tomás Quill" in {hit.name for hit in index.near("Quilll")}
    assert index.near("quarter") == []


def test_the_ontology_is_documented_term_by_term(client: TestClient) -> None:
    page = html.fromstring(client.get("/ontology", headers=PAGE).content)
    ids = [element.get("id") for element in page.cssselect(".term")]
    assert len(ids) == len(set(ids))
    assert {"Event", "speaker", "Pledged", "DeploymentType", "plover-AID", "confidence"} <= set(ids)
    missing = {
        a.get("href")
        for a in page.cssselect("main a")
        if a.get("href").startswith("#") and a.get("href")[1:] not in {e.get("id") for e in page.iter()}
    }
    assert not missing
    (event,) = page.cssselect("#Event")
    assert "who:Event" in event.text_content()
    assert "as one document reports it" in event.text_content()


@pytest.mark.parametrize("form", FORMATS)
def test_the_ontology_for_machines_is_the_ontology(client: TestClient, form: str) -> None:
    said = Graph().parse(data=client.get(f"/ontology?format={form}").content, format=FORMATS[form])
    assert isomorphic(said, ontology())


def test_the_terms_of_pages_lead_to_the_ontology(client: TestClient) -> None:
    page = html.fromstring(client.get(f"{DOCUMENT}/v2", headers=PAGE).content)
    assert "/ontology#DeploymentType" in {a.get("href") for a in page.cssselect("main a")}
    assert client.get("/plover", follow_redirects=False).headers["location"] == "/ontology#plover"


def test_the_editor_has_the_named_questions_and_every_one_runs(client: TestClient) -> None:
    page = html.fromstring(client.get("/sparql", headers=PAGE).content)
    settings = json.loads(page.cssselect("#settings")[0].text)
    assert settings["prefixes"]["who"] == str(WHO)
    assert str(WHO.Event) in settings["classes"]
    assert str(WHO.speaker) in settings["properties"]
    assert len(settings["questions"]) >= 20
    for question in settings["questions"][:5]:
        answer = client.get(
            "/sparql", params={"query": question["sparql"]}, headers={"accept": "application/sparql-results+json"}
        )
        assert answer.status_code == 200


# drawing


def test_the_drawing_is_the_same_each_time_and_names_every_neighbour(filled: Store) -> None:
    found = profiles.profile(filled, "https://w3id.org/whodid/id/place/norvania", Links(str))
    assert found
    made = network(found, lambda iri: iri)
    assert made == network(found, lambda iri: iri)
    assert len(re.findall("<title>", made)) == len(found.neighbours) + 1
    assert {n.name for n in found.neighbours} == {"Bridge Mission", "Belmora", "President", "engineers"}


@pytest.mark.parametrize(
    "name", ["Bo", "W" * 80, "the Straits Council of the North", "北京市" * 20, "שרה " * 20, "e\u0301" * 60]
)
def test_a_name_in_the_drawing_is_cut_to_its_room(name: str) -> None:
    for room in (20.0, 180.0, 400.0):
        cut = fitting(name, room)
        assert width(cut) <= room
        assert cut == name or (name.startswith(cut[:-1]) and cut.endswith("…"))
        assert not cut.endswith("e…") or "\u0301" not in name
    assert fitting(name, 10_000) == name
