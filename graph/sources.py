"""Where articles come from: files, folders, standard input, web addresses, feeds and JSON Lines, as raw bytes.

The network is touched here and nowhere else in the reading half. A file is what its content says that it is; its name
decides only where the content does not. What cannot be had becomes a SourceError that is handed on as a value, so that
the other articles are still read.
"""

from __future__ import annotations

import hashlib
import io
import ipaddress
import json
import logging
import os
import re
import socket
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal, cast
from urllib.parse import unquote, urlsplit

import anyio
import feedparser  # type: ignore[import-untyped]
import httpx
from anyio.from_thread import start_blocking_portal

from graph.errors import SourceError

__all__ = ["LARGEST", "Kind", "Source", "fetch", "readable_name", "sources"]

LARGEST = 10_000_000
"""The largest article that is read, in bytes."""
PATIENCE = 30.0
"""Seconds that one web address may take, redirects included."""
HOPS = 5
"""Redirects that are followed."""

Kind = Literal["text", "markdown", "html", "fragment"]
Container = Literal["json", "lines", "feed"]

SUFFIXES: dict[str, Kind | Container] = {
    ".txt": "text",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".xml": "feed",
    ".rss": "feed",
    ".atom": "feed",
}
MEDIA = re.compile(
    r"text/|application/(?:[\w.-]+\+)?(?:xml|json)\b|application/(?:x-)?(?:ndjson|jsonlines|json-?lines)\b"
)
MARKUP = re.compile(r"(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|article|main|section|div|p|h1)\b", re.I | re.S)
FEED = re.compile(
    r"(?:<\?xml.*?\?>\s*)?(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!doctype rss.*?>\s*)*<(?:rss|feed|(?:\w+:)?RDF)\b", re.I | re.S
)
FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?:#.*\r?\n)*[\w-]+[ \t]*:")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|\w+);")
BINARY = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
}
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """The content of one article before it is read, and what its container says about it.

    ``where`` names it for people (a path, ``file:line``, an address). ``raw`` is what the article's SHA-256 is taken
    of: a file's bytes, a JSON line or a feed item written in canonical form. ``content`` is what is to be read: bytes
    that are yet to be decoded (``charset`` is what the server declared) or text that was decoded with its container.
    ``published`` is as stated, not yet parsed; ``basis`` says who states it.
    """

    where: str
    raw: bytes
    content: bytes | str
    kind: Kind
    name: str
    charset: str | None = None
    id: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    published: object = None
    basis: str = "given"


def sources(paths: Iterable[str | Path], *, private: bool = False) -> Iterator[Source | SourceError]:
    """Every article of every path, in the order of the paths, folders walked in the order of their sorted names.

    A path is a file, a folder, ``-`` for standard input, or an http(s) address. A file that two paths lead to is read
    once. ``private=True`` lets addresses lead into private networks, which are refused otherwise.
    """
    seen: set[Path] = set()
    for path in [paths] if isinstance(paths, str | Path) else paths:
        try:
            yield from _path(path, seen, private)
        except SourceError as error:
            yield error


def readable_name(text: str) -> str:
    """A short name of lower-case letters, digits and hyphens, the same for the same text everywhere."""
    words = re.findall(r"\w+", text.casefold())
    return "-".join(words)[:60].strip("-") or "article"


def _path(path: str | Path, seen: set[Path], private: bool) -> Iterator[Source | SourceError]:
    if str(path) == "-":
        return _stream(sys.stdin.buffer, "standard input", "stdin")
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", str(path)):
        return _address(str(path), private)
    here = Path(path)
    return _folder(here, seen) if here.is_dir() else _file(here, seen)


# Files and folders


def _file(path: Path, seen: set[Path]) -> Iterator[Source | SourceError]:
    try:
        real = path.resolve(strict=True)
        if real in seen:
            return
        seen.add(real)
        if not real.is_file():
            raise SourceError(
                str(path), "is neither a file nor a folder; name a file, a folder, - or an http(s) address"
            )
        with path.open("rb") as stream:
            yield from _stream(stream, str(path), path.stem, path.suffix.lower(), path.parent)
    except OSError as error:
        raise SourceError(str(path), _unreadable(error)) from error
    except RuntimeError as error:
        raise SourceError(str(path), "is a symbolic link that leads back to itself") from error


def _unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist; check the path, relative to the folder that the command runs in"
    reason = (error.strerror or type(error).__name__).lower()
    return f"cannot be read ({reason}); check its permissions"


def _folder(folder: Path, seen: set[Path]) -> Iterator[Source | SourceError]:
    skipped: list[str] = []
    for path in _walk(folder, set()):
        if isinstance(path, SourceError):
            yield path
        elif path.suffix.lower() in SUFFIXES:
            try:
                yield from _file(path, seen)
            except SourceError as error:
                yield error
        else:
            skipped.append(path.name)
    if skipped:
        named = ", ".join(skipped[:5]) + (", …" if len(skipped) > 5 else "")
        log.warning(
            "%s: skipped %d of other formats (%s); read are %s", folder, len(skipped), named, " ".join(SUFFIXES)
        )


def _walk(folder: Path, above: set[Path]) -> Iterator[Path | SourceError]:
    try:
        real = folder.resolve(strict=True)
        if real in above:
            return
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        yield SourceError(str(folder), _unreadable(error))
        return
    for name in names:
        if name.startswith((".", "README")):
            continue
        path = folder / name
        if path.is_dir():
            yield from _walk(path, above | {real})
        else:
            yield path


# One stream of bytes: an article, or a container of many


def _stream(
    stream: IO[bytes],
    where: str,
    name: str,
    suffix: str = "",
    folder: Path | None = None,
    charset: str | None = None,
    url: str | None = None,
) -> Iterator[Source | SourceError]:
    head = stream.read(65536)
    _refuse_binary(head, where)
    kind = _sniff(head, suffix)
    if kind == "lines":
        yield from _lines(_Joined(head, stream), where, name, folder)
        return
    raw = head + stream.read(LARGEST + 1 - len(head))
    if len(raw) > LARGEST:
        raise SourceError(
            where, f"is larger than {LARGEST // 1_000_000} MB, the most that one article may have; split it"
        )
    if kind == "feed":
        yield from _feed(raw, where, name)
    elif kind == "json":
        yield from _json(raw, where, name, folder)
    else:
        yield Source(where, raw, raw, kind, name, charset=charset, url=url)


class _Joined(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self.head, self.rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.head[: len(buffer)] or self.rest.read(len(buffer))
        self.head = self.head[len(buffer) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _refuse_binary(head: bytes, where: str) -> None:
    for magic, what in BINARY.items():
        if head.startswith(magic):
            raise SourceError(where, f"is {what}, not text; text, Markdown, HTML, JSON Lines, RSS and Atom are read")
    wide = head.startswith(WIDE_MARKS)
    if b"\0" in head and not wide:
        raise SourceError(where, f"is binary (a zero byte at {head.index(0)}), not text")


def _sniff(head: bytes, suffix: str) -> Kind | Container:
    wide = head.startswith(WIDE_MARKS)
    text = head.decode("utf-16" if wide else "utf-8", "replace").lstrip("\ufeff \t\r\n")
    known = SUFFIXES.get(suffix)
    if suffix == ".json":
        return "json" if text[:1] in ("[", "{") and not _is_lines(text) else "lines"
    if known == "lines" or (known in (None, "text") and _is_lines(text)):
        return "lines"
    if FEED.match(text):
        return "feed"
    if MARKUP.match(re.sub(r"^<\?xml.*?\?>\s*", "", text)):
        return "html"
    if known in ("html", "feed", "markdown"):
        return known
    if known is None and text.startswith("<?xml"):
        return "feed"
    return "markdown" if FRONT_MATTER.match(text) else "text"


def _is_lines(text: str) -> bool:
    """True where the first line is a JSON object of its own (or the beginning of one too long to see the end of)."""
    first, ended, _ = text.partition("\n")
    if not re.match(r'\{\s*"', first):
        return False
    if not ended and len(text) > 60_000:
        return True
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return not first.rstrip().endswith(("{", ","))


# JSON


def _lines(stream: io.RawIOBase, where: str, name: str, folder: Path | None) -> Iterator[Source | SourceError]:
    lines = io.BufferedReader(stream, 1 << 16)
    number, found = 0, False
    while line := lines.readline(LARGEST + 1):
        number += 1
        place = f"{where}:{number}"
        if len(line) > LARGEST:
            while line and not line.endswith(b"\n"):
                line = lines.readline(LARGEST)
            yield SourceError(place, f"is larger than {LARGEST // 1_000_000} MB, the most that one article may have")
            found = True
        elif line.strip(b"\xef\xbb\xbf \t\r\n"):
            found = True
            try:
                yield _record(_parse(line, place), place, name, folder)
            except SourceError as error:
                yield error
    if not found:
        raise SourceError(where, "is empty")


def _json(raw: bytes, where: str, name: str, folder: Path | None) -> Iterator[Source | SourceError]:
    value = _parse(raw, where)
    for number, record in enumerate(value if isinstance(value, list) else [value], 1):
        place = f"{where}, item {number}"
        try:
            yield _record(record, place, name, folder)
        except SourceError as error:
            yield error


def _parse(line: bytes, place: str) -> object:
    try:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(place, f"is not UTF-8 (byte {error.start}), which JSON has to be") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(place, f"is not JSON ({error}); one object a line is expected") from error


def _record(record: object, place: str, name: str, folder: Path | None) -> Source:
    if not isinstance(record, dict):
        raise SourceError(place, f'is a JSON {type(record).__name__}, not an object with "text" or "html"')
    stated = {key: _string(record, key, place) for key in ("id", "text", "html", "title", "url", "publisher", "byline")}
    text, page = stated.pop("text"), stated.pop("html")
    if text is None and page is None:
        raise SourceError(place, f'has neither "text" nor "html"; it has {", ".join(sorted(record)) or "no keys"}')
    kind: Kind = "text" if text is not None else "html"
    content: str | bytes = text if text is not None else _page(page or "", place, folder)
    if not content.strip():
        raise SourceError(place, f'has an empty "{kind}"')
    if record.get("published") not in (None, "") and not isinstance(record["published"], str):
        raise SourceError(place, f'"published" is {record["published"]!r}, not a date such as "2024-09-21"')
    return Source(
        place,
        _canonical(record, place),
        content,
        kind,
        name,
        published=record.get("published"),
        **cast(dict[str, Any], stated),
    )


def _string(record: dict[str, object], key: str, place: str) -> str | None:
    value = record.get(key)
    if key == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise SourceError(place, f'"{key}" is {type(value).__name__}, not a string')
    return value if key in ("text", "html") else value or None


def _page(value: str, place: str, folder: Path | None) -> str | bytes:
    """The page itself, or the bytes of the file that the value names, which lies in the folder of the JSON."""
    if "<" in value or "\n" in value or not value.strip():
        return value
    if folder is None:
        raise SourceError(place, f'"html" names the file {value!r}, which only a JSON Lines file on disk may do')
    path = folder / value
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SourceError(place, f'"html" names {value!r}, which is outside of the folder {folder}')
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = _unreadable(error) if isinstance(error, OSError) else "is no path"
        raise SourceError(place, f'"html" names the file {path}, which {reason}') from error
    if len(raw) > LARGEST:
        raise SourceError(str(path), f"is larger than {LARGEST // 1_000_000} MB, the most that one article may have")
    _refuse_binary(raw[:65536], str(path))
    return raw


def _canonical(record: object, place: str) -> bytes:
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SourceError(
            place, "holds half of a surrogate pair (\\ud800 to \\udfff), which is no character"
        ) from error


# Feeds


def _feed(raw: bytes, where: str, name: str) -> Iterator[Source | SourceError]:
    feed = _parsed_feed(raw, where)
    publisher = feed.feed.get("title") or None
    if not feed.entries:
        raise SourceError(where, "is a feed without items")
    for number, entry in enumerate(feed.entries, 1):
        place = f"{where}, item {number}"
        try:
            yield _item(entry, place, name, publisher)
        except SourceError as error:
            yield error


def _parsed_feed(raw: bytes, where: str) -> Any:
    if not raw.strip():
        raise SourceError(where, "is empty")
    if re.search(rb"<!ENTITY", raw.replace(b"\0", b""), re.I):
        raise SourceError(
            where, "declares XML entities, which a feed has no need of and which can be made to explode; refused"
        )
    feed = feedparser.parse(io.BytesIO(raw), resolve_relative_uris=False)
    trouble = feed.get("bozo_exception")
    if isinstance(trouble, Exception) and "SAX" in type(trouble).__name__:
        line = getattr(trouble, "getLineNumber", lambda: None)()
        message = getattr(trouble, "getMessage", lambda: str(trouble))()
        raise SourceError(f"{where}:{line}" if line else where, f"is not well-formed XML ({message}), so it is no feed")
    if not feed.version:
        raise SourceError(where, "is XML, but neither RSS nor Atom")
    return feed


def _item(entry: Any, place: str, name: str, publisher: str | None) -> Source:
    bodies = [part.get("value", "") for part in entry.get("content", [])]
    text = max([*bodies, entry.get("summary", "")], key=len)
    title, url = entry.get("title") or None, entry.get("link") or None
    if not text.strip():
        raise SourceError(place, f"has no text of its own ({title or 'no title'}); give the address of the page: {url}")
    record = {
        "id": url or entry.get("id") or None,
        "title": TAG.sub("", title) if title else None,
        "url": url,
        "publisher": (entry.get("source") or {}).get("title") or publisher,
        "byline": entry.get("author") or None,
        "published": entry.get("published") or None,
    }
    raw = _canonical({**record, "html": text}, place)
    kind: Kind = "fragment" if TAG.search(text) else "text"
    return Source(place, raw, text, kind, name, basis="feed", **record)


# The network


@dataclass(frozen=True, slots=True)
class _Answer:
    url: str
    raw: bytes
    media: str
    charset: str | None


def fetch(url: str, *, private: bool = False, largest: int = LARGEST, patience: float = PATIENCE) -> _Answer:
    """The bytes at an http(s) address; SourceError where it cannot be had or must not be asked for.

    Each host that a redirect leads to is resolved and checked, and the connection goes to the address that was
    checked, so that a name cannot turn to a private address between the check and the call. ``largest`` bytes and
    ``patience`` seconds, all redirects included, are the limits.
    """
    with start_blocking_portal() as portal:
        return portal.call(_within, url, private, largest, patience)


async def _within(url: str, private: bool, largest: int, patience: float) -> _Answer:
    try:
        with anyio.fail_after(patience):
            return await _follow(url, private, largest)
    except TimeoutError as error:
        raise SourceError(url, f"did not come within {patience:g} seconds") from error
    except httpx.HTTPError as error:
        raise SourceError(url, f"cannot be reached ({error or type(error).__name__})") from error


async def _follow(start: str, private: bool, largest: int) -> _Answer:
    url = _web_address(start, start)
    async with httpx.AsyncClient(trust_env=False, timeout=None, headers=_HEADERS) as client:
        for _ in range(HOPS + 1):
            address = await _checked(url, start, private)
            request = client.build_request("GET", url.copy_with(host=address), headers={"Host": url.netloc.decode()})
            request.extensions["sni_hostname"] = url.host
            answer = await client.send(request, stream=True)
            try:
                if not answer.has_redirect_location:
                    return await _taken(answer, str(url), largest)
                url = _web_address(str(url.join(answer.headers["location"])), start)
            finally:
                await answer.aclose()
    raise SourceError(start, f"redirects more than {HOPS} times")


_HEADERS = {
    "User-Agent": "whodid (reads news articles on behalf of a person)",
    "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, text/*;q=0.8, */*;q=0.1",
    "Accept-Encoding": "gzip",
}


def _web_address(url: str, start: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise SourceError(start, f"is not a valid address ({error})") from error
    if address.scheme not in ("http", "https") or not address.host:
        via = "" if url == start else f" leads to {url}, which"
        raise SourceError(start, f"{via} is not an http(s) address".strip())
    return address


async def _checked(url: httpx.URL, start: str, private: bool) -> str:
    """The address that the host resolves to; SourceError where any of its addresses is not a public one."""
    try:
        found = await anyio.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(start, f"the host {url.host} is not known ({error})") from error
    addresses = [str(entry[4][0]) for entry in found]
    closed = [address for address in addresses if not _is_public(address)]
    if closed and not private:
        via = "" if str(url) == start else f"leads to {url}, and "
        raise SourceError(
            start, f"{via}{url.host} is {closed[0]}, an address of a private or reserved network; refused"
        )
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            embedded = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if embedded is not None:
            return _is_public(str(embedded))
    return ip.is_global and not ip.is_multicast


async def _taken(answer: httpx.Response, url: str, largest: int) -> _Answer:
    if answer.status_code != 200:
        raise SourceError(url, f"the server answers {answer.status_code} {answer.reason_phrase}")
    declared = answer.headers.get("content-type", "")
    media = declared.partition(";")[0].strip().lower()
    if media and not MEDIA.match(media):
        raise SourceError(url, f"is {media}, not a page, a feed or text")
    raw = bytearray()
    async for chunk in answer.aiter_bytes(65536):
        raw += chunk
        if len(raw) > largest:
            raise SourceError(url, f"is larger than {largest / 1_000_000:g} MB, the most that one article may have")
    return _Answer(url, bytes(raw), media, answer.charset_encoding)


def _address(url: str, private: bool) -> Iterator[Source | SourceError]:
    answer = fetch(url, private=private)
    path = PurePosixPath(unquote(urlsplit(answer.url).path))
    suffix = {"text/html": ".html", "application/json": ".json"}.get(answer.media, path.suffix.lower())
    found = _stream(io.BytesIO(answer.raw), url, path.stem or "page", suffix, charset=answer.charset, url=answer.url)
    for source in found:
        single = isinstance(source, Source) and source.raw == answer.raw
        yield replace(cast(Source, source), id=url) if single else source


def fingerprint(raw: bytes) -> str:
    """The SHA-256 of raw bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()
