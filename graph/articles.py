"""From raw bytes to a Document: the text of an article, and what is stated about it.

Nothing is cut from a text: what is no part of the story stays where it is and becomes Boilerplate. Pages are taken
apart by trafilatura (Barbaresi 2021, https://aclanthology.org/2021.acl-demo.15/); their lines are put together here.
"""

from __future__ import annotations

import codecs
import datetime as dt
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import lxml.html
import trafilatura
import yaml
from babel import Locale
from charset_normalizer import from_bytes
from lxml import etree
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]
from trafilatura.metadata import examine_meta, extract_author, extract_meta_json, extract_sitename, extract_title

from graph.boilerplate import boilerplate, is_boilerplate, lexicon, lines_of
from graph.documents import Document
from graph.errors import ArticleError, LanguageError, SourceError, UsageError
from graph.publication import day_of, day_of_address, structured_dates, visible_dates
from graph.sources import Source, fingerprint, readable_name, sources

__all__ = ["documents", "from_text", "publication_day"]

MOST_ELEMENTS = 20_000
"""Elements of a page beyond which it is refused: extraction takes time that grows faster than they do."""
DEEPEST = 255
"""Levels of nested tags that libxml2 reads before it drops what lies deeper."""
LONGEST_ATTRIBUTE = 10_000
MOST_BRACKETS = 100
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)


def documents(
    paths: Iterable[str | Path],
    *,
    published: dt.date | str | None = None,
    language: bool = True,
    private: bool = False,
) -> Iterator[Document | ArticleError]:
    """Every article of every path (files, folders, ``-``, http(s) addresses), in a deterministic order.

    An article that cannot be read is yielded as the error that says why, and the run goes on. ``published`` is the day
    of publication of them all, whatever they state themselves; UsageError where it is no date. ``language=False`` lets
    articles through that are not in English. ``private=True`` lets addresses lead into private networks.

    An id is what the container gives (JSON Lines, front matter, a feed's link, the address), else the file's name with
    the first digits of the content's SHA-256: the same file has the same id anywhere. The same article met twice is
    yielded once; another article with an id that is taken is an error.
    """
    day = publication_day(published) if isinstance(published, str) else published
    return _distinct(_read(source, day, language) for source in sources(paths, private=private))


def from_text(
    text: str,
    *,
    id: str | None = None,
    title: str | None = None,
    url: str | None = None,
    publisher: str | None = None,
    byline: str | None = None,
    published: dt.date | str | None = None,
    source: str | None = None,
    language: bool = False,
) -> Document:
    """A Document of exactly this text, its boilerplate found; SourceError where it is empty, UsageError for a bad date.

    ``language=True`` raises LanguageError where the text is not in English.
    """
    where = source or id or "text"
    day = publication_day(published) if isinstance(published, str) else published
    stated = Source(where, _encoded(text, where), text, "text", "text", None, id, title, url, publisher, byline)
    return replace(_document(stated, day, language), source=source)


def publication_day(value: str) -> dt.date:
    """The day that a person wrote (``2024-09-21``, ``21 September 2024``); UsageError where it is none."""
    day = day_of(value)
    if day is None:
        raise UsageError(f"{value!r} is not a date; write the day of publication as YYYY-MM-DD, such as 2024-09-21")
    return day


def _distinct(found: Iterable[Document | ArticleError]) -> Iterator[Document | ArticleError]:
    taken: dict[str, tuple[str, str | None]] = {}
    for one in found:
        if isinstance(one, ArticleError):
            yield one
            continue
        sha256, first = taken.setdefault(one.id, (one.sha256, one.source))
        if (sha256, first) == (one.sha256, one.source):
            yield one
        elif sha256 != one.sha256:
            yield SourceError(
                one.source or one.id, f"its id {one.id!r} is taken by another article ({first}); ids are unique"
            )


def _read(source: Source | SourceError, published: dt.date | None, language: bool) -> Document | ArticleError:
    if isinstance(source, SourceError):
        return source
    try:
        return _document(source, published, language)
    except ArticleError as error:
        return error


def _document(source: Source, published: dt.date | None, language: bool) -> Document:
    article = _ARTICLES[source.kind](source)
    if not article.text.strip():
        raise SourceError(source.where, "is empty: it holds no text")
    day, basis = _publication(source, article, published)
    url = source.url or article.url
    document = Document(
        id=source.id or article.id or source.url or f"{readable_name(source.name)}-{fingerprint(source.raw)[:8]}",
        text=article.text,
        sha256=fingerprint(source.raw),
        title=source.title or article.title,
        url=url,
        publisher=source.publisher or article.publisher,
        byline=source.byline or article.byline,
        published=day,
        published_basis=basis,
        boilerplate=boilerplate(article.text),
        beside=article.beside,
        source=source.where,
    )
    if language:
        _require_english(document, source.where)
    return document


@dataclass(frozen=True, slots=True)
class _Article:
    """What the content itself holds; ``dates`` are the statements of its day of publication, best first."""

    text: str
    dates: tuple[tuple[str, dt.date], ...] = ()
    id: str | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    byline: str | None = None
    beside: tuple[str, ...] = ()


def _publication(source: Source, article: _Article, given: dt.date | None) -> tuple[dt.date | None, str | None]:
    """The day of publication and where it is stated: given, front matter, the page, the feed, the address."""
    stated = None
    if source.published is not None:
        stated = day_of(source.published)
        if stated is None and source.basis == "given":
            raise ArticleError(source.where, f'"published" is {source.published!r}, not a date such as "2024-09-21"')
    candidates = [
        ("given", given),
        (source.basis, stated if source.basis == "given" else None),
        *article.dates,
        (source.basis, stated),
        ("url", day_of_address(source.url or article.url or "")),
    ]
    return next(((day, basis) for basis, day in candidates if day), (None, None))


# Encoding, decided once


def _decoded(source: Source) -> str:
    """The text of the bytes: by byte order mark, by what is declared, as UTF-8, else as the bytes themselves suggest.

    A byte order mark is dropped; line ends stay as they are (``\\r\\n`` is kept).
    """
    raw = source.content
    if isinstance(raw, str):
        return raw
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], encoding, source.where)
    for encoding in filter(None, (source.charset, _declared(raw) if source.kind == "html" else None, "utf-8")):
        text = _as(raw, encoding)
        if text is not None:
            return text
    return _guessed(raw, source.where)


_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def _strictly(raw: bytes, encoding: str, where: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(
            where, f"begins as {encoding.upper()} but is not ({error.reason} at byte {error.start})"
        ) from error


def _as(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode("cp1252" if encoding.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii") else encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _declared(raw: bytes) -> str | None:
    found = re.search(
        rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", raw[:8192], re.I
    )
    return found[1].decode("ascii") if found else None


def _guessed(raw: bytes, where: str) -> str:
    """Windows-1252 where just a few bytes are not ASCII, as in English; else what charset-normalizer finds.

    UTF-8 with single stray bytes is read as UTF-8, each stray byte a replacement character.
    """
    stray = raw.decode("utf-8", "replace").count("\ufffd")
    wide = sum(byte > 127 for byte in raw)
    if stray * 1000 < len(raw) and stray * 4 < wide:
        return raw.decode("utf-8", "replace")
    if wide * 20 < len(raw) and (text := _as(raw, "cp1252")) and not _CONTROL.search(text):
        return text
    best = from_bytes(raw[:200_000]).best()
    text = _as(raw, best.encoding) if best else None
    if text is None or _CONTROL.search(text):
        raise SourceError(where, "is in no known encoding, or not text at all; save it as UTF-8")
    return text


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def _encoded(text: str, where: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SourceError(
            where, f"holds half of a surrogate pair at character {error.start}, which is no text"
        ) from error


# Text and Markdown


def _plain(source: Source) -> _Article:
    text = _decoded(source)
    return _Article(text, visible_dates(text), title=_headline(text), byline=_byline(text))


def _markdown(source: Source) -> _Article:
    text = _decoded(source)
    fields, body = _front_matter(text, source.where)
    heading = re.search(r"^#[ \t]+(.+?)[ \t#]*$", body, re.M)
    plain = _plain(replace(source, content=body))
    day = _stated_day(fields.get("published", fields.get("date")), source.where)
    dates = (("front matter", day), *plain.dates) if day else plain.dates
    title = _string(fields.get("title")) or (heading[1] if heading else plain.title)
    byline = _string(fields.get("byline", fields.get("author"))) or plain.byline
    id, url, publisher = (_string(fields.get(key)) for key in ("id", "url", "publisher"))
    return _Article(body, dates, id, title, url, publisher, byline)


def _front_matter(text: str, where: str) -> tuple[dict[str, object], str]:
    """The fields between the two ``---`` lines, and the text after them exactly."""
    found = re.match(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", text, re.M | re.S)
    if not found:
        if re.match(r"---[ \t]*\r?\n[\w-]+:", text):
            raise ArticleError(f"{where}:1", "opens a front matter with --- that no second --- line closes")
        return {}, text
    if len(re.findall(r"[\[{]|(?<=[-?] )[-?] ", found[1])) > MOST_BRACKETS:
        raise ArticleError(where, f"the front matter nests more than {MOST_BRACKETS} lists, which no article needs")
    try:
        fields = yaml.safe_load(found[1])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise ArticleError(f"{where}:{line}", f"the front matter is not YAML ({error.problem})") from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ArticleError(where, f"the front matter cannot be read ({error})") from error
    if not isinstance(fields, dict | None):
        raise ArticleError(f"{where}:2", "the front matter is not a list of fields; write lines such as title: …")
    return fields or {}, text[found.end() :]


def _string(value: object) -> str | None:
    return str(value).strip() or None if value is not None else None


def _stated_day(value: object, where: str) -> dt.date | None:
    day = day_of(value)
    if day is None and value not in (None, ""):
        raise ArticleError(where, f"published is {value!r}, not a date; write it as YYYY-MM-DD, such as 2024-09-21")
    return day


def _headline(text: str) -> str | None:
    """The first line of several, where it is as short as a headline, has no final stop and is no boilerplate."""
    lines = lines_of(text[:5000])
    for line in lines[:3]:
        if is_boilerplate(line):
            continue
        return line.bare if len(lines) > 1 and len(line.bare) <= 150 and not line.ends_sentence() else None
    return None


def _byline(text: str) -> str | None:
    for line in lines_of(text[:5000])[:6]:
        found = re.fullmatch(r"by:? ((?:[^\W\d_][\w.'’-]*[ ,&|]*){2,8})", line.bare, re.I)
        if found and found[1][0].isupper():
            return found[1].strip(" ,|")
    return None


# Pages


def _page(source: Source) -> _Article:
    text = _decoded(source)
    tree = _tree(text, source.where)
    stated = structured_dates(tree)
    page = _stated_by(tree)
    headings = [heading.text_content() for heading in tree.iter("h1")]
    found = _extracted(text, source, precise=True)
    everything = _extracted(text, source, precise=False)
    body = _mended(_shown(found), _shown(everything)) or _shown(everything)
    if not _tells(body):
        raise SourceError(source.where, "no article was found in the page; save the article's own page, or its text")
    if len(body) > 1 and any(_same_words(body[0], title) for title in (page.title, *headings)):
        body = body[1:]
    article = "\n".join(body)
    return _Article(
        article,
        dates=(*stated, *visible_dates(article)),
        title=_without_publisher(page.title, page.sitename),
        url=page.url or source.url,
        publisher=page.sitename,
        byline=_without_date(page.author) or _byline(article),
        beside=_beside(tree, " ".join([article, page.title or "", *headings])),
    )


_REGIONS = {
    "nav": "navigation",
    "aside": "sidebar",
    "footer": "foot of the page",
    "header": "head of the page",
    "form": "form",
    "figure": "picture with its caption",
    "button": "button",
}
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "head", "title"})
_INLINE = frozenset({"a", "abbr", "b", "cite", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "time", "u"})
LOOKED_AT = 5_000
"""How many stretches of a page's text are looked at, to say what of it is left out."""


def _beside(tree: lxml.html.HtmlElement, told: str) -> tuple[str, ...]:
    """What the page shows beside what was taken from it: a reason for each region or block of its own, sorted."""
    taken, found = _squeezed(told), {}
    for element, text in islice(_texts(tree), LOOKED_AT):
        words = _squeezed(text)
        if words and words not in taken:
            block, why = _region(element)
            found[block] = why
    return tuple(sorted(found.values()))


def _texts(tree: lxml.html.HtmlElement) -> Iterator[tuple[lxml.html.HtmlElement, str]]:
    """The texts of the page with the elements that they stand in."""
    for element in tree.iter(etree.Element):
        if element.tag not in _SILENT and not any(above.tag in _SILENT for above in element.iterancestors()):
            yield element, element.text or ""
        parent = element.getparent()
        if parent is not None and element.tail and element.tail.strip() and parent.tag not in _SILENT:
            yield parent, element.tail


def _region(element: lxml.html.HtmlElement) -> tuple[lxml.html.HtmlElement, str]:
    """The outermost region that the element is in, else the block that it is in; and the name for it."""
    line = [element, *element.iterancestors()]
    regions = [above for above in line if above.tag in _REGIONS]
    if regions:
        return regions[-1], _REGIONS[regions[-1].tag]
    return next((above for above in line if above.tag not in _INLINE), element), "other text of the page"


def _squeezed(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _tells(lines: list[str]) -> bool:
    """False for what is left of a page of links alone: few words, and none of them a sentence."""
    return sum(len(line.split()) for line in lines) >= 20 or any(
        line.ends_sentence() for line in lines_of("\n".join(lines))
    )


def _stated_by(tree: lxml.html.HtmlElement) -> Any:
    """Title, author and site as trafilatura finds them, without its search for a date, which may take minutes."""
    page = extract_meta_json(tree, examine_meta(tree))
    page.title = page.title or extract_title(tree)
    page.author = page.author or extract_author(tree)
    page.sitename = page.sitename or extract_sitename(tree)
    page.clean_and_trim()
    return page


def _shown(found: Any) -> list[str]:
    return _lines_of(found.body) if found is not None and found.body is not None else []


def _extracted(text: str, source: Source, *, precise: bool) -> Any:
    tree = _tree(text, source.where)
    try:
        return trafilatura.bare_extraction(
            tree, url=source.url, include_comments=False, favor_precision=precise, with_metadata=False
        )
    except Exception as error:  # whatever a broken page provokes in the libraries is that page's error alone
        raise SourceError(source.where, f"the page cannot be taken apart ({type(error).__name__}: {error})") from error


def _mended(lines: list[str], others: list[str]) -> list[str]:
    """The lines of the careful extraction, each with the words within it that only the generous one has.

    The careful one is right about which lines are the story, but now and then leaves a hole in a sentence.
    """
    whole = {line: line.split() for line in others if line not in lines}
    return [
        line if line in others else next((o for o in whole if _fills(whole[o], line.split())), line) for line in lines
    ]


def _fills(words: list[str], holed: list[str]) -> bool:
    if not (len(holed) > 5 and len(holed) < len(words) < 2 * len(holed)):
        return False
    rest = iter(words)
    return words[0] == holed[0] and words[-1] == holed[-1] and all(word in rest for word in holed)


def _without_publisher(title: str | None, publisher: str | None) -> str | None:
    if title and publisher:
        return re.sub(rf"\s+[-–—|•:·]\s+{re.escape(publisher)}\s*$", "", title) or title
    return title or None


def _without_date(author: str | None) -> str | None:
    return re.sub(r"\s+(?:published|posted|updated)\b.*$", "", author, flags=re.I | re.S) or None if author else None


def _fragment(source: Source) -> _Article:
    """The text of a piece of HTML all of which belongs to the article, such as a feed's item."""
    tree = _tree(f"<div>{_decoded(source)}</div>", source.where)
    etree.strip_elements(tree, "script", "style", with_tail=False)
    return _Article("\n".join(_lines_of(tree)))


def _tree(text: str, where: str) -> lxml.html.HtmlElement:
    """The parsed page; SourceError where it is built to break parsers rather than to be read."""
    if not text.strip():
        raise SourceError(where, "is empty")
    page = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\0", "")
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        tree = lxml.html.document_fromstring(_encoded(page, where), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise SourceError(where, f"is not HTML ({error})") from error
    _require_reasonable(tree, where)
    return tree


def _require_reasonable(tree: lxml.html.HtmlElement, where: str) -> None:
    depth = elements = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > DEEPEST:
            raise SourceError(where, f"nests tags more than {DEEPEST} deep, as no article does")
        if elements > MOST_ELEMENTS:
            raise SourceError(where, f"has more than {MOST_ELEMENTS:,} elements, as no article has")
        for name in [name for name, value in element.attrib.items() if len(value) > LONGEST_ATTRIBUTE]:
            del element.attrib[name]


_BLOCKS = re.compile(
    "p|head|item|row|quote|list|table|code|div|lb|main|body|ab|fw|br|li|ul|ol|tr|blockquote|pre|section|article"
    "|figure|figcaption|h[1-6]|header|footer|aside|dl|dt|dd|hr"
)


def _lines_of(body: Any) -> list[str]:
    """The lines that the element shows: a block begins a line, white space within one is a single space."""
    lines = [""]
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if _BLOCKS.fullmatch(element.tag):
            lines.append("")
        if element.tag in ("cell", "td", "th"):
            lines[-1] += " "
        lines[-1] += (element.text if event == "start" else element is not body and element.tail) or ""
    return [line for line in (" ".join(line.split()) for line in lines) if line]


def _same_words(line: str, title: str | None) -> bool:
    words = re.findall(r"\w+", line.casefold())
    return bool(words) and words == re.findall(r"\w+", (title or "").casefold())


# Language


ENOUGH = 100
"""Characters below which the language of a text is not judged."""


def _require_english(document: Document, where: str) -> None:
    """LanguageError where a classifier is sure of another language and English function words are rare as well.

    On lists of names the classifier alone is unsure of itself; on English dialects it may be sure of a neighbour.
    """
    text = " ".join(zone.of(document.text) for zone in document.body())[:5000]
    text = text if text.strip() else document.text[:5000]
    code, sure = _languages().classify(text)
    if code == "en" or len(text) < ENOUGH or sure < 0.9 or _share_of_function_words(text) >= 0.15:
        return
    name = Locale("en").languages.get(code, code)
    raise LanguageError(
        where, f"is in {name} ({sure:.0%} sure), and only English is read", replace(document, language=code)
    )


def _share_of_function_words(text: str) -> float:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return sum(word in _function_words() for word in words) / max(1, len(words))


@cache
def _function_words() -> frozenset[str]:
    return frozenset(row["word"] for row in lexicon("english.tsv"))


@cache
def _languages() -> Any:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


_ARTICLES: dict[str, Callable[[Source], _Article]] = {
    "text": _plain,
    "markdown": _markdown,
    "html": _page,
    "fragment": _fragment,
}
