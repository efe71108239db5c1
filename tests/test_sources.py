"""Bytes from files, folders, standard input, addresses, feeds and JSON Lines."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from graph import sources as module
from graph.errors import SourceError
from graph.sources import Source, fetch, fingerprint, readable_name, sources

STORY = "The harbour board of Velmora approved the new pier on Tuesday.\n"


def found(*paths: str | Path, **options: bool) -> list[Source]:
    read = list(sources(paths, **options))
    assert not [one for one in read if isinstance(one, SourceError)], read
    return [one for one in read if isinstance(one, Source)]


def refused(*paths: str | Path, **options: bool) -> str:
    read = list(sources(paths, **options))
    assert len(read) == 1
    assert isinstance(read[0], SourceError), read[0]
    return str(read[0])


def test_a_file_is_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "Velmora Pier!.txt"
    path.write_bytes(STORY.encode())
    (source,) = found(path)
    assert (source.raw, source.content, source.kind, source.where) == (
        STORY.encode(),
        STORY.encode(),
        "text",
        str(path),
    )
    assert readable_name(source.name) == "velmora-pier"
    assert fingerprint(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_content_decides_over_the_name(tmp_path: Path) -> None:
    contents = {
        "a.txt": ("<!DOCTYPE html><p>Hello</p>", "html"),
        "b.txt": ("---\ntitle: Pier\n---\nText", "markdown"),
        "c.txt": ('{"text": "One."}\n{"text": "Two."}\n', "text"),
        "d.md": ("No front matter here.", "markdown"),
        "e.html": ("just words", "html"),
        "f.txt": ("[Update] The board met.", "text"),
        "g.txt": ("--- no front matter ---\nThe board met.", "text"),
    }
    for name, (text, _) in contents.items():
        (tmp_path / name).write_text(text)
    kinds = [(Path(source.where.split(":")[0]).name, source.kind) for source in found(tmp_path)]
    assert kinds == [(n, k) for n, (_, k) in contents.items() for _ in range(2 if n == "c.txt" else 1)]


def test_a_folder_is_walked_in_the_order_of_names(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("b.txt", "a/z.txt", "a/b.md", "c.jpeg", ".hidden.txt", ".git/x.txt", "README.md", "a/d.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(STORY)
    names = [Path(source.where).relative_to(tmp_path).as_posix() for source in found(tmp_path)]
    assert names == ["a/b.md", "a/z.txt", "b.txt"]
    (record,) = caplog.records
    assert "skipped 2" in record.getMessage()
    assert "d.csv, c.jpeg" in record.getMessage()


def test_a_file_that_two_paths_lead_to_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    assert len(found(tmp_path, tmp_path / "a.txt", tmp_path / "." / "a.txt")) == 1


def test_symbolic_links_that_loop_end(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(STORY)
    (tmp_path / "in" / "back").symlink_to(tmp_path)
    assert len(found(tmp_path)) == 1


def test_links_to_nowhere_and_to_themselves_are_errors_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "c.txt").write_text(STORY)
    first, second, third = sources([tmp_path])
    assert isinstance(first, SourceError)
    assert "a.txt: does not exist" in str(first)
    assert isinstance(second, SourceError)
    assert "b.txt" in str(second)
    assert isinstance(third, Source)


def test_missing_file(tmp_path: Path) -> None:
    assert "nothing.txt: does not exist" in refused(tmp_path / "nothing.txt")


def test_unreadable_folder_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(STORY)

    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", forbid)
        assert "a.txt: cannot be read (permission denied)" in refused(tmp_path / "a.txt")
    monkeypatch.setattr(os, "scandir", forbid)
    assert f"{tmp_path}: cannot be read (permission denied)" in refused(tmp_path)


def test_a_device_is_no_article() -> None:
    assert "neither a file nor a folder" in refused("/dev/null")


@pytest.mark.parametrize(
    ("head", "what"),
    [(b"\x89PNG\r\n\x1a\n\0\0", "a PNG image"), (b"%PDF-1.7", "a PDF file"), (b"ab\0cd", "zero byte at 2")],
)
def test_binary_is_refused(tmp_path: Path, head: bytes, what: str) -> None:
    (tmp_path / "a.txt").write_bytes(head + bytes(range(256)))
    assert what in refused(tmp_path / "a.txt")


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"The board met. " * 3_500_000)
    assert "long.txt: is larger than 10 MB" in refused(path)


def test_standard_input_is_sniffed(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(raw: bytes) -> list[Source]:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        return found("-")

    assert [(one.kind, one.where) for one in given(STORY.encode())] == [("text", "standard input")]
    assert [one.id for one in given(b'{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}')] == ["a", "b"]
    assert [one.kind for one in given(b"\n<html><body>")] == ["html"]


# JSON Lines


def lines(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def test_json_lines_state_what_is_known(tmp_path: Path) -> None:
    row = {"id": "x1", "text": STORY, "title": "Pier", "url": "https://velmora.example/pier", "publisher": "Post"}
    (source,) = found(lines(tmp_path, {**row, "published": "2031-05-06"}))
    assert source.content == STORY
    assert (source.id, source.title, source.url, source.publisher, source.published) == (
        *list(row.values())[:1],
        *list(row.values())[2:],
        "2031-05-06",
    )


def test_the_fingerprint_of_a_line_does_not_depend_on_its_spelling(tmp_path: Path) -> None:
    first, second = found(lines(tmp_path, '{"id": "a", "text": "Caf\\u00e9"}', '{"text":"Café",   "id":"a"}'))
    assert first.raw == second.raw


def test_html_may_be_a_file_beside_the_lines(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.html").write_bytes(b"<p>caf\xe9</p>")
    first, second, third = sources(
        [lines(tmp_path, {"html": "pages/1.html"}, {"html": "../1.html"}, {"html": "2.html"})]
    )
    assert isinstance(first, Source)
    assert first.content == b"<p>caf\xe9</p>"
    assert "outside of the folder" in str(second)
    assert "2.html, which does not exist" in str(third)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{'text': 1}", "is not JSON"),
        ("[1]", "not an object"),
        ('{"title": "Pier"}', 'has neither "text" nor "html"; it has title'),
        ('{"text": 5}', '"text" is int, not a string'),
        ('{"text": "  "}', 'has an empty "text"'),
        ('{"text": "One.", "published": 20240921}', "20240921, not a date"),
        ('{"text": "half \\ud800"}', "surrogate"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(tmp_path: Path, line: str, why: str) -> None:
    first, bad, last = sources([lines(tmp_path, {"text": "One."}, line, {"text": "Three."})])
    assert isinstance(first, Source)
    assert isinstance(last, Source)
    assert isinstance(bad, SourceError)
    assert bad.where.endswith("news.jsonl:2")
    assert why in bad.why


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    bad, last = sources([lines(tmp_path, {"text": "a" * 10_000_001}, {"text": "Two."})])
    assert "news.jsonl:1: is larger than 10 MB" in str(bad)
    assert isinstance(last, Source)
    assert last.content == "Two."


def test_json_of_one_or_several_articles(tmp_path: Path) -> None:
    path = tmp_path / "news.json"
    path.write_text(json.dumps([{"text": "One."}, {"text": "Two."}], indent=2))
    assert [source.content for source in found(path)] == ["One.", "Two."]
    path.write_text(json.dumps({"text": "One."}, indent=2))
    assert [source.content for source in found(path)] == ["One."]


def test_nothing_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text("\n\n")
    assert "news.jsonl: is empty" in refused(path)


# Feeds

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Velmora Post</title><item><title>Pier approved</title><link>https://velmora.example/pier</link>
<pubDate>Tue, 06 May 2031 08:00:00 GMT</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>The board approved the pier.</p>]]></content:encoded></item>
<item><title>Ferry late</title><guid>ferry-7</guid><description>The ferry was late again.</description></item>
<item><title>Nothing</title><link>https://velmora.example/nothing</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Post</title><entry><id>urn:7</id><title>Pier</title>
<published>2031-05-06T08:00:00Z</published><author><name>Ada Quill</name></author>
<summary>The board met.</summary></entry></feed>"""


def test_items_of_an_rss_feed(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(RSS)
    pier, ferry, nothing = sources([path])
    assert isinstance(pier, Source)
    assert isinstance(ferry, Source)
    assert (pier.id, pier.title, pier.publisher) == ("https://velmora.example/pier", "Pier approved", "Velmora Post")
    assert (pier.content, pier.kind, pier.basis) == ("<p>The board approved the pier.</p>", "fragment", "feed")
    assert (ferry.id, ferry.content, ferry.kind) == ("ferry-7", "The ferry was late again.", "text")
    assert "feed.xml, item 3: has no text of its own" in str(nothing)


def test_items_of_an_atom_feed(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_text(ATOM)
    (entry,) = found(path)
    assert (entry.id, entry.byline, entry.published, entry.content) == (
        "urn:7",
        "Ada Quill",
        "2031-05-06T08:00:00Z",
        "The board met.",
    )


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    '<rss version="2.0"><channel>&b;</channel></rss>'
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BOMB, "declares XML entities"),
        (RSS[:300], "is not well-formed XML"),
        ("The board met.", "is not well-formed XML"),
        ("<?xml version='1.0'?><inventory><part/></inventory>", "neither RSS nor Atom"),
        ('<rss version="2.0"><channel><title>Post</title></channel></rss>', "a feed without items"),
        ("", "is empty"),
    ],
)
def test_what_is_no_feed(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "feed.rss"
    path.write_text(text)
    assert why in refused(path)


# The network


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        getattr(self, self.path.strip("/").partition("/")[0].partition("?")[0])()

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, body: bytes, media: str = "text/plain", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def story(self) -> None:
        self.answer(STORY.encode("utf-16"), "text/plain; charset=utf-16")

    def page(self) -> None:
        self.answer(b"<html><body><p>caf\xe9</p></body></html>", "text/html; charset=iso-8859-1")

    def host(self) -> None:
        self.answer(self.headers["Host"].encode())

    def feed(self) -> None:
        self.answer(RSS.encode(), "application/rss+xml")

    def image(self) -> None:
        self.answer(b"\x89PNG", "image/png")

    def missing(self) -> None:
        self.answer(b"", status=404)

    def hop(self) -> None:
        self.answer(b"", status=302, Location="/story")

    def private(self) -> None:
        self.answer(b"", status=302, Location="http://10.0.0.1/admin")

    def elsewhere(self) -> None:
        self.answer(b"", status=302, Location="file:///etc/passwd")

    def round(self) -> None:
        self.answer(b"", status=302, Location="/round")

    def endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        while True:
            self.wfile.write(b"more and more " * 5000)

    def zipped(self) -> None:
        self.answer(gzip.compress(b"a" * 50_000_000), Content_Encoding="gzip")

    def slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        while True:
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(0.05)

    def dripping(self) -> None:
        while True:
            self.wfile.write(b"H")
            self.wfile.flush()
            time.sleep(0.05)

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_address_is_read(site: str) -> None:
    (source,) = found(f"{site}/story", private=True)
    assert (source.id, source.kind, source.charset) == (f"{site}/story", "text", "utf-16")
    (page,) = found(f"{site}/page", private=True)
    assert (page.kind, page.charset) == ("html", "iso-8859-1")


def test_the_name_of_the_host_is_sent_though_its_address_is_called(site: str) -> None:
    port = site.rpartition(":")[2]
    assert fetch(f"http://localhost:{port}/host", private=True).raw == f"localhost:{port}".encode()


def test_a_feed_at_an_address(site: str) -> None:
    read = list(sources([f"{site}/feed"], private=True))
    assert [getattr(one, "id", None) for one in read] == ["https://velmora.example/pier", "ferry-7", None]


def test_a_redirect_is_followed_and_both_addresses_are_kept(site: str) -> None:
    (source,) = found(f"{site}/hop", private=True)
    assert (source.id, source.url) == (f"{site}/hop", f"{site}/story")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("image", "is image/png, not a page"),
        ("missing", "the server answers 404 Not Found"),
        ("elsewhere", "is not an http(s) address"),
        ("round", "redirects more than 5 times"),
        ("endless", "is larger than 10 MB"),
        ("zipped", "is larger than 10 MB"),
    ],
)
def test_what_an_address_must_not_be(site: str, path: str, why: str) -> None:
    message = refused(f"{site}/{path}", private=True)
    assert why in message
    assert site in message


@pytest.mark.parametrize("path", ["slow", "dripping"])
def test_patience_has_an_end(site: str, path: str) -> None:
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"did not come within 0\.5 seconds"):
        fetch(f"{site}/{path}", private=True, patience=0.5)
    assert time.monotonic() - started < 5


def test_private_addresses_are_refused(site: str) -> None:
    assert "127.0.0.1, an address of a private or reserved network; refused" in refused(f"{site}/story")
    assert "http://localhost" in refused(site.replace("127.0.0.1", "localhost"))


def test_a_redirect_to_a_private_address_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_is_public", lambda address: not address.startswith("10."))
    assert "leads to http://10.0.0.1/admin, and 10.0.0.1 is 10.0.0.1" in refused(f"{site}/private")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "240.0.0.1", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1"],
)  # fmt: skip
def test_no_public_address(address: str) -> None:
    assert not module._is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:220:1::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_public_address(address: str) -> None:
    assert module._is_public(address)


@pytest.mark.parametrize("address", ["ftp://velmora.example/a", "file:///etc/passwd", "http:///nowhere"])
def test_other_schemes_are_refused(address: str) -> None:
    assert "is not an http(s) address" in refused(address)


def test_a_server_that_is_not_there() -> None:
    assert "cannot be reached" in refused("http://127.0.0.1:9/", private=True)


def test_an_unknown_host() -> None:
    assert "the host nowhere.invalid is not known" in refused("http://nowhere.invalid/")
