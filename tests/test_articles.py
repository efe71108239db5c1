"""From bytes to documents: text, statements about it, boilerplate, day of publication, language."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.articles import documents, from_text, publication_day
from graph.documents import Document
from graph.errors import ArticleError, LanguageError, SourceError, UsageError

STORY = (
    "The harbour board of Velmora approved a new pier on Tuesday, after two years of debate.\n"
    "“We have waited for this since the storm,” Ada Quill, who chairs the board, said.\n"
    "Work is to begin in the spring and will cost about 40 million crowns, the board said.\n"
)


def written(folder: Path, text: str | bytes, name: str = "pier.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def only(path: Path, **options: object) -> Document:
    (document,) = documents([path], **options)  # type: ignore[arg-type]
    assert isinstance(document, Document), document
    return document


def failed(path: Path) -> ArticleError:
    (error,) = documents([path])
    assert isinstance(error, ArticleError), error
    return error


def zones(text: str) -> dict[str, str]:
    return {zone.span.of(text): zone.why for zone in from_text(text).boilerplate}


# Text


def test_text_is_kept_exactly(tmp_path: Path) -> None:
    text = "  Velmora’s pier\r\n\r\nThe board met.\t \r\n"
    document = only(written(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert document.text == text
    assert from_text(text).text == text


def test_ids_are_the_same_for_the_same_file_anywhere(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = written(tmp_path / "a", STORY, "Velmora Pier.txt")
    same = written(tmp_path / "b", STORY, "Velmora Pier.txt")
    other = written(tmp_path, STORY + "More.", "Velmora Pier.txt")
    assert only(one).id == only(same).id == f"velmora-pier-{only(one).sha256[:8]}"
    assert only(other).id != only(one).id
    assert len(list(documents([one, same, other]))) == 2


def test_from_text_takes_what_is_known() -> None:
    document = from_text(STORY, id="x", title="Pier", publisher="Post", url="https://v.example", published="6 May 2031")
    assert (document.id, document.title, document.publisher, document.url) == ("x", "Pier", "Post", "https://v.example")
    assert (document.published, document.published_basis) == (dt.date(2031, 5, 6), "given")
    with pytest.raises(UsageError, match="'soon' is not a date"):
        from_text(STORY, published="soon")
    with pytest.raises(SourceError, match="empty"):
        from_text(" \n")
    with pytest.raises(SourceError, match="surrogate pair at character 5"):
        from_text("half \ud800")


def test_headline_and_byline_of_plain_text() -> None:
    document = from_text("Listen to this article\nVelmora to build a pier\nBy Ada Quill and Ben Oar\n\n" + STORY)
    assert (document.title, document.byline) == ("Velmora to build a pier", "Ada Quill and Ben Oar")
    assert from_text(STORY).title is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    raw = STORY.encode(encoding)
    if encoding == "utf-16-le":
        raw = b"\xff\xfe" + raw
    assert only(written(tmp_path, raw)).text == STORY


def test_declared_encoding_of_a_page(tmp_path: Path) -> None:
    page = f"<html><head><meta charset='koi8-r'></head><body><p>{'Москва и область. ' * 30}</p></body></html>"
    assert "Москва" in only(written(tmp_path, page.encode("koi8-r"), "a.html"), language=False).text


def test_broken_utf_16_is_refused(tmp_path: Path) -> None:
    error = failed(written(tmp_path, b"\xff\xfe" + b"\x00\xd8" * 40 + b"a"))
    assert "begins as UTF-16-LE but is not" in str(error)


def test_bytes_in_no_encoding_are_refused(tmp_path: Path) -> None:
    error = failed(written(tmp_path, bytes(range(1, 32)) * 20 + bytes(range(128, 256)) * 20))
    assert "in no known encoding" in str(error)


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "---\ntitle: Pier\n---\n  \n", b"\xef\xbb\xbf"])
def test_an_empty_article(tmp_path: Path, text: str | bytes) -> None:
    assert "pier.txt: is empty" in str(failed(written(tmp_path, text)))


def test_an_error_does_not_stop_the_others(tmp_path: Path) -> None:
    written(tmp_path, "", "a.txt")
    written(tmp_path, STORY, "b.txt")
    error, document = documents([tmp_path])
    assert isinstance(error, SourceError)
    assert isinstance(document, Document)


# Front matter


def test_front_matter(tmp_path: Path) -> None:
    fields = "title: Pier approved\npublisher: Post\npublished: 2031-05-06\nurl: https://v.example\nbyline: Ada Quill\n"
    document = only(written(tmp_path, f"---\r\n{fields}note: made up\n---\n\n{STORY}", "pier.md"))
    assert document.text == f"\n{STORY}"
    assert (document.title, document.publisher, document.byline) == ("Pier approved", "Post", "Ada Quill")
    assert (document.published, document.published_basis) == (dt.date(2031, 5, 6), "front matter")
    assert document.url == "https://v.example"


def test_markdown_without_front_matter(tmp_path: Path) -> None:
    document = only(written(tmp_path, f"# Pier approved\n\n{STORY}", "pier.md"))
    assert (document.title, document.text) == ("Pier approved", f"# Pier approved\n\n{STORY}")


@pytest.mark.parametrize(
    ("front", "why"),
    [
        ("title: Pier\nnote: [open\nurl: x", r"pier.md:\d+: the front matter is not YAML"),
        ("title: Pier\nnote: a: b", "pier.md:3: the front matter is not YAML"),
        ("published: last week", "published is 'last week', not a date; write it as YYYY-MM-DD"),
        ("published: 2031-13-45", "pier.md: .*month must be in|not a date"),
        ("published: 7", "published is 7, not a date"),
        ("a: " + "[" * 5000, "the front matter"),
    ],
)
def test_front_matter_that_cannot_be_read(tmp_path: Path, front: str, why: str) -> None:
    error = failed(written(tmp_path, f"---\n{front}\n---\n{STORY}", "pier.md"))
    with pytest.raises(ArticleError, match=why):
        raise error


def test_front_matter_that_never_ends(tmp_path: Path) -> None:
    assert "pier.md:1: opens a front matter" in str(failed(written(tmp_path, "---\ntitle: Pier\nText", "pier.md")))


# JSON Lines


def test_json_lines_keep_id_and_text(tmp_path: Path) -> None:
    rows = [
        {"id": "a/1", "text": STORY, "published": "2031-05-06T07:00:00+02:00"},
        {"id": "a/2", "text": STORY + "\r\n"},
    ]
    first, second = documents([written(tmp_path, "\n".join(map(json.dumps, rows)), "news.jsonl")])
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.id, first.text, first.published) == ("a/1", STORY, dt.date(2031, 5, 6))
    assert (second.id, second.text) == ("a/2", STORY + "\r\n")


def test_an_id_that_is_taken(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": STORY}, {"id": "a", "text": STORY + "More."}, {"id": "b", "text": STORY}]
    first, error, last = documents([written(tmp_path, "\n".join(map(json.dumps, rows)), "news.jsonl")])
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert "news.jsonl:2: its id 'a' is taken by another article" in str(error)
    assert "news.jsonl:1" in str(error)


def test_a_date_that_is_none_in_json_lines(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"text": STORY, "published": "soon"}), "news.jsonl")
    assert "news.jsonl:1: \"published\" is 'soon', not a date" in str(failed(path))


# Pages

PAGE = """<!DOCTYPE html><html><head><title>Velmora to build a pier - Velmora Post</title>
<meta property="og:site_name" content="Velmora Post"><meta name="author" content="Ada Quill">{head}</head>
<body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Velmora to build a pier</h1>{above}
<p>The harbour board of Velmora approved a new pier on Tuesday, after two years of debate in the town.</p>
<ul><li>The pier will be 300 metres long and will cost 40 million crowns to build.</li>
<li>Work is to begin in the spring of next year, when the herring fleet has left.</li></ul>
<p>“We have waited for this since the storm,” Ada Quill, who chairs the board,<br>said at the meeting.</p>
<p>Related: Ferry late again as engine fails</p>
<p>Fishermen have asked for a longer pier since the old one was washed away in the great storm.</p>
</article><footer>Contact us</footer></body></html>"""


def page(head: str = "", above: str = "") -> str:
    return PAGE.format(head=head, above=above)


def test_the_article_of_a_page(tmp_path: Path) -> None:
    document = only(written(tmp_path, page(), "pier.html"))
    assert document.text.split("\n")[:4] == [
        "The harbour board of Velmora approved a new pier on Tuesday, after two years of debate in the town.",
        "The pier will be 300 metres long and will cost 40 million crowns to build.",
        "Work is to begin in the spring of next year, when the herring fleet has left.",
        "“We have waited for this since the storm,” Ada Quill, who chairs the board,",
    ]
    assert (document.title, document.publisher) == ("Velmora to build a pier", "Velmora Post")
    assert document.byline == "Ada Quill"
    assert [zone.span.of(document.text) for zone in document.boilerplate] == [
        "Related: Ferry late again as engine fails"
    ]
    assert "Contact us" not in document.text
    assert document.published is None


LD = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("head", "above", "day", "basis"),
    [
        (LD.format('{"@graph":[{"@type":"NewsArticle","datePublished":"2031-05-06T08:00:00Z"}]}'), "", 6, "JSON-LD"),
        (
            LD.format(
                '[{"@type":"WebPage","datePublished":"2031-05-01"},{"@type":"Article","datePublished":"2031-05-06"}]'
            ),
            "",
            6,
            "JSON-LD",
        ),
        (LD.format("{broken") + '<meta property="article:published_time" content="2031-05-07T01:00">', "", 7, "meta"),
        (
            LD.format('{"datePublished":"0001-01-01"}'),
            "<time datetime='2031-05-08T10:00Z'>2 hours ago</time>",
            8,
            "page",
        ),
        (
            "",
            "<span>Updated</span><time datetime='2031-05-20'>x</time><p class='date'>Published: 9 May 2031</p>",
            9,
            "page",
        ),
        ("", "<aside><time datetime='2031-05-01'>1 May</time></aside><p>May 9th, 2031 at 10:15 a.m.</p>", 9, "page"),
    ],
)
def test_the_stated_day_of_publication(tmp_path: Path, head: str, above: str, day: int, basis: str) -> None:
    document = only(written(tmp_path, page(head, above), "pier.html"))
    assert (document.published, document.published_basis) == (dt.date(2031, 5, day), basis)


def test_the_order_of_statements(tmp_path: Path) -> None:
    row = {"html": page('<meta name="date" content="2031-05-02">'), "url": "https://v.example/2031/may/01/pier"}
    path = written(tmp_path, json.dumps(row), "news.jsonl")
    assert (only(path).published, only(path).published_basis) == (dt.date(2031, 5, 2), "meta")
    path = written(tmp_path, json.dumps({**row, "published": "2031-05-03"}), "news.jsonl")
    assert (only(path).published, only(path).published_basis) == (dt.date(2031, 5, 3), "given")
    assert only(path, published=dt.date(2031, 5, 4)).published == dt.date(2031, 5, 4)
    path = written(tmp_path, json.dumps({"text": STORY, "url": row["url"]}), "news.jsonl")
    assert (only(path).published, only(path).published_basis) == (dt.date(2031, 5, 1), "url")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Velmora to build a pier\nMay 6, 2031\n" + STORY, dt.date(2031, 5, 6)),
        (
            "Velmora to build a pier\nBy Ada Quill | Published: Tues, 6 May 2031 10:15 GMT\n" + STORY,
            dt.date(2031, 5, 6),
        ),
        ("VELMORA, May 6, 2031 (Post) - " + STORY, dt.date(2031, 5, 6)),
        ("VELMORA, May 6 (Post) - " + STORY, None),
        ("Updated: 6 May 2031\n" + STORY, None),
        ("4 minutes ago\n" + STORY, None),
        ("The board first met on 6 May 2031.\n" + STORY, None),
        ("31 June 2031\n" + STORY, None),
    ],
)
def test_the_day_that_stands_in_plain_text(text: str, day: dt.date | None) -> None:
    assert from_text(text).published == day


def test_published_for_all_must_be_a_date(tmp_path: Path) -> None:
    assert publication_day("2031-05-06") == dt.date(2031, 5, 6)
    assert only(written(tmp_path, STORY), published="2031-05-06").published == dt.date(2031, 5, 6)
    with pytest.raises(UsageError, match="'06/05/31' is not a date; write the day of publication as YYYY-MM-DD"):
        documents([tmp_path], published="06/05/31")


def test_a_feed_item_is_an_article(tmp_path: Path) -> None:
    item = "<item><title>Pier</title><link>https://v.example/p</link><pubDate>Tue, 06 May 2031 08:00:00 GMT</pubDate>"
    text = f"<description><![CDATA[<p>{STORY}</p><script>x</script><p>Second.</p>]]></description></item>"
    path = written(tmp_path, f'<rss version="2.0"><channel><title>Post</title>{item}{text}</channel></rss>', "feed.xml")
    document = only(path)
    assert document.id == "https://v.example/p"
    assert document.text == " ".join(STORY.split()) + "\nSecond."
    assert (document.published, document.published_basis) == (dt.date(2031, 5, 6), "feed")


def test_a_page_without_an_article(tmp_path: Path) -> None:
    links = "<nav><ul><li><a href='/a'>Home</a></li><li><a href='/b'>News</a></li></ul></nav>"
    for body in ("", links, "<script>let x = 1</script>"):
        error = failed(written(tmp_path, f"<html><body>{body}</body></html>", "pier.html"))
        assert "no article was found in the page" in str(error), body


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000 + "<p>Text.</p>" + "</div>" * 100_000,
        "<b>" * 100_000 + "text",
        "<p>One short line.</p>" * 400_000,
        "<table><tr><td>" * 100_000,
    ],
    ids=["nested", "never closed", "elements", "tables"],
)
def test_a_page_built_to_break_parsers_is_refused_at_once(tmp_path: Path, body: str) -> None:
    path = written(tmp_path, f"<html><body>{body}</body></html>", "bomb.html")
    started = time.process_time()
    error = failed(path)
    assert time.process_time() - started < 10
    assert "deep, as no article does" in str(error) or "elements, as no article has" in str(error)


def test_a_huge_attribute_is_passed_over(tmp_path: Path) -> None:
    started = time.process_time()
    document = only(written(tmp_path, page(above=f"<img alt='x' src='data:{'A' * 9_000_000}'>"), "pier.html"))
    assert time.process_time() - started < 10
    assert document.text.startswith("The harbour board")


# Boilerplate


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Audio By Voicebox", "player notice"),
        ("Listen to this article · 4:12 min", "player notice"),
        ("Share Tweet WhatsApp Email", "share bar"),
        ("Share on Facebook", "share bar"),
        ("Follow us on Instagram and X", "share bar"),
        ("Sign up for our daily newsletter", "newsletter"),
        ("Get the morning’s news straight to your inbox", "newsletter"),
        ("We use cookies to make this site work.", "cookie notice"),
        ("Reporting by Ada Quill; editing by Ben Oar", "agency line"),
        ("Ada Quill in Velmora contributed to this report.", "agency line"),
        ("Photo: Ben Oar/Velmora Post", "photo credit"),
        ("Image source, Getty Images", "photo credit"),
        ("© 2031 Velmora Post. All rights reserved.", "copyright"),
        ("ADVERTISEMENT", "advertisement"),
        ("READ MORE: Ferry late again as engine fails", "other headlines"),
        ("5 min read", "reading time"),
    ],
)
def test_a_line_that_is_no_story(line: str, why: str) -> None:
    assert zones(f"{STORY}{line}\n{STORY}") == {line: why}


@pytest.mark.parametrize(
    "line",
    [
        "The photo: a pier, broken in two, with a boat on top of it, was sent to every paper.",
        "“Share the catch,” the skipper said.",
        "Subscribe to the theory or not, the pier will be built, the mayor told the board.",
        "Reporting by the Velmora Post has shown that the old pier was never inspected.",
        "The board will meet more often",
        "Four minutes later, the pier was gone.",
        "More than 300 people came.",
        "Related costs will rise, the board said.",
        "Listen to the sea, he said, and then decide.",
        "Comments by the mayor angered the fishermen.",
    ],
)
def test_a_line_that_only_looks_like_it(line: str) -> None:
    assert zones(f"{STORY}{line}\n{STORY}") == {}


def test_other_headlines_up_to_the_end() -> None:
    listed = (
        "Latest News\n-\nFerry late again as engine fails\n4 minutes -\nIs the lighthouse haunted? Two say yes\n2 hours"
    )
    assert zones(STORY + listed + "\n") == {listed: "other headlines"}


def test_other_headlines_until_prose_returns() -> None:
    listed = "You may also like\nFerry late again as engine fails\n* Lighthouse keeper retires at 90"
    assert zones(f"{STORY}\n{listed}\n\n{STORY}") == {listed: "other headlines"}


def test_other_headlines_with_their_first_sentences() -> None:
    listed = (
        "Related stories\nFerry late again\nThe ferry to the islands was late for the fifth time.\n"
        "Lighthouse keeper retires\nHe has kept the light for fifty years without a break."
    )
    assert zones(STORY * 2 + listed) == {listed: "other headlines"}


def test_headlines_with_their_ages_need_no_announcement() -> None:
    below = "Ferry late again as engine fails\n2 hours ago\nLighthouse keeper retires at 90\n3 hours ago"
    assert zones(STORY + below) == {below: "other headlines"}
    beside = "Ferry late again as engine fails | 2 hours ago\nLighthouse keeper retires at 90 | 1 day ago"
    assert zones(STORY + beside) == {beside: "other headlines"}
    assert zones("Velmora to build a pier\n2 hours ago\n" + STORY) == {"2 hours ago": "other headlines"}


def test_paragraphs_broken_to_a_width_are_prose() -> None:
    wrapped = "The harbour board of Velmora, which met in the old\ntown hall on Tuesday, has approved a new pier."
    assert zones(f"{STORY}Related\nFerry late again\n{wrapped}\n") == {"Related\nFerry late again": "other headlines"}


def test_comments_run_to_the_end() -> None:
    tail = "3 Comments\nSkipper_77 says:\nThis pier is a waste of good money, if you ask me.\nReply"
    assert zones(STORY + tail) == {tail: "comments"}
    assert zones("Comments\n" + STORY) == {"Comments": "comments"}


def test_credits_within_a_line() -> None:
    text = "Work begins in spring. (Reporting by Ada Quill; Editing by Ben Oar)\nThe pier (Photo: Ben Oar) is old."
    assert zones(text) == {
        "(Reporting by Ada Quill; Editing by Ben Oar)": "agency line",
        "(Photo: Ben Oar)": "photo credit",
    }


@given(st.text(alphabet="aB.,:?-–’ \n\r\t()|1", max_size=300))
@settings(max_examples=150, deadline=None)
def test_zones_are_sorted_apart_and_within_the_text(text: str) -> None:
    if not text.strip():
        return
    document = from_text(text)
    ends = [0, *(edge for zone in document.boilerplate for edge in (zone.span.start, zone.span.end)), len(text)]
    assert ends == sorted(ends)
    assert all(len(zone.span) for zone in document.boilerplate)


@pytest.mark.parametrize("unit", [" ", "(", "[related: ", "share ", "a ", "by ", "\n", "1 ", "more\n", "x.\n"])
def test_no_text_takes_long(unit: str) -> None:
    text = "a" + unit * (300_000 // len(unit))
    started = time.process_time()
    from_text(text)
    assert time.process_time() - started < 3


# Language


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Der Hafenrat von Velmora hat am Dienstag nach zwei Jahren Debatte einen neuen Steg genehmigt. " * 3,
            "German",
        ),
        ("Le conseil du port de Velmora a approuvé mardi une nouvelle jetée après deux ans de débats. " * 3, "French"),
        ("Bodi ya bandari ya Velmora iliidhinisha gati jipya siku ya Jumanne baada ya miaka miwili. " * 3, "Swahili"),
        ("Совет порта Вельморы во вторник одобрил новый причал после двух лет споров. " * 3, "Russian"),
    ],
)
def test_another_language_is_refused_by_its_name(tmp_path: Path, text: str, name: str) -> None:
    path = written(tmp_path, text)
    error = failed(path)
    assert isinstance(error, LanguageError)
    assert f"is in {name} (" in str(error)
    assert "% sure), and only English is read" in str(error)
    assert only(path, language=False).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Pfft",
        "Müller, Schäfer, Nuñez und Łukasz",
        "Goalkeepers: Iker Etxeberria (Bilbao), Łukasz Wójcik (Gdynia); Defenders: Jean-Luc Béranger (Nantes), Nuno Vaz",  # noqa: E501
        STORY,
    ],
)
def test_english_short_texts_and_lists_of_names_pass(tmp_path: Path, text: str) -> None:
    assert only(written(tmp_path, text)).language == "en"


# Anything at all


def outcomes(path: Path) -> Iterator[bool]:
    return (isinstance(one, Document | ArticleError) for one in documents([path]))


@given(
    raw=st.one_of(st.binary(max_size=400), st.text(alphabet="<>/apdiv!-&;\"'={}[]:\n \\", max_size=200).map(str.encode))
)
@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md", "a.jsonl", "a.xml", "a.json"])
def test_any_bytes_are_a_document_or_an_article_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, raw: bytes
) -> None:
    path = written(tmp_path_factory.getbasetemp(), raw, name)
    assert all(outcomes(path))


@pytest.mark.parametrize(
    ("written", "day"),
    [("03-02-2031", dt.date(2031, 2, 3)), ("13/02/2031", dt.date(2031, 2, 13)), ("02/13/2031", dt.date(2031, 2, 13))],
)
def test_numeric_dates_are_day_first_unless_that_makes_no_date(written: str, day: dt.date) -> None:
    assert publication_day(written) == day


def test_an_article_in_another_language_keeps_its_text_with_the_error() -> None:
    text = "Der Bürgermeister sagte am Dienstag, die Brücke werde im Frühjahr wieder geöffnet. " * 4
    with pytest.raises(LanguageError) as caught:
        from_text(text, language=True)
    assert caught.value.document.text == text
    assert caught.value.document.language == "de"


def test_what_stands_on_a_page_beside_the_article_is_named(tmp_path: Path) -> None:
    page = b"""<html><head><title>Visit</title></head><body><header><p>The Ester Gazette</p></header>
    <nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Norvania visits Belmora</h1>
    <p>Norvania visited the <a href="/h">harbour</a> of Belmora on Tuesday and promised to send 40 engineers.</p>
    <p>The Straits Council authorised the Bridge Mission in January, envoy Tomas Quill said in Port Ester.</p></article>
    <aside><h2>Related stories</h2><ul><li>A fire in the north</li><li>A flood in the south</li></ul></aside>
    <script>var hidden = "never shown";</script><footer>All rights reserved.</footer></body></html>"""
    file = tmp_path / "page.html"
    file.write_bytes(page)
    (found,) = documents([file])
    assert isinstance(found, Document)
    assert found.beside == ("foot of the page", "head of the page", "navigation", "sidebar")
    assert found.left_out == found.beside
    assert "Related stories" not in found.text
