"""The pages as responses: what is asked, in which form, whether it has changed, and under which policy it may run."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pyoxigraph as ox
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from graph import explorer
from graph.errors import WhodidError
from graph.knowledge import KnowledgeGraph
from graph.rdf import tool_version
from graph.server.pages import drawing, editor, indexing, markings, overview, terms
from graph.server.pages.asking import ask
from graph.server.pages.forms import HTML, JSON, OF_SEARCH, OF_TERMS, OF_THINGS, Form, chosen, written
from graph.server.pages.listing import PARTS
from graph.server.pages.markings import Links, Mark
from graph.server.pages.prepared import prepared
from graph.server.pages.profiles import SIZE, Entry, Profile, profile
from graph.server.pages.search import KINDS, Hit, Hits, Index
from graph.server.pages.search import SIZE as HITS
from graph.server.reader import Reader
from graph.server.refusal import Refusal
from graph.store import Embedded, Store
from graph.vocabulary import PLOVER, WHO

log = logging.getLogger("whodid.server")
MOST_QUADS = 400_000
LONGEST = 4000
KEPT, LARGEST = 256, 200_000
OWN = frozenset(["about", "explorer", "graph", "ontology", "plover", "search", "sparql", "static", "store", ""])
STATUS = {
    "done": "✓",
    "pledged": "◔",
    "planned": "▷",
    "requested": "!",
    "predicted": "≈",
    "hypothetical": "?",
    "denied": "✕",
}
_SAFE = "!$&'()*+,;=:@-._~/"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; {}"
    "frame-ancestors 'none'"
)
PLAIN = _POLICY.format("")
FRAMED = _POLICY.format("frame-src 'self'; ")
SCRIPTED = _POLICY.format("script-src 'self'; connect-src 'self'; font-src 'self' data:; ").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def assets() -> Mapping[str, bytes]:
    """The files that pages load, by name: our style and scripts, and the query editor as it was published."""
    here = resources.files("graph.server.pages")
    folders = (here / "static", here / "vendor")
    files = [file for folder in folders for file in folder.iterdir() if Path(file.name).suffix in _TYPES]
    return {file.name: file.read_bytes() for file in sorted(files, key=lambda file: file.name)}


@cache
def _edition() -> str:
    """A token of the program: pages of another version are other pages."""
    here = resources.files("graph.server.pages") / "templates"
    texts = [file.read_bytes() for file in sorted(here.iterdir(), key=lambda file: file.name)]
    return sha256(b"\0".join([tool_version().encode(), *assets().values(), *texts])).hexdigest()[:16]


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("graph.server.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(marks=STATUS, edition=_edition())
    found.filters.update(clean=markings.clean, quoted=markings.quoted, snippet=markings.snippet)
    return found


class Address:
    """Where things are on this server, for one request."""

    def __init__(self, request: Request, base: str) -> None:
        self.root = str(request.scope.get("root_path", "")).rstrip("/")
        self.base = base

    def __call__(self, iri: str) -> str:
        """The page of an IRI: its own path where it hangs on the store's base, else ``/about?iri=…``."""
        if iri.startswith("#"):
            return iri
        if iri.startswith((str(WHO), str(PLOVER))):
            return f"{self.root}/ontology#{terms.anchor(iri)}"
        rest = iri.removeprefix(self.base)
        own = rest != iri and not set(rest) & set("?#%") and rest.partition("/")[0] not in OWN
        if own and ".." not in rest and not rest.startswith("/"):
            return f"{self.root}/{quote(rest, safe=_SAFE)}"
        return f"{self.root}/about?{urlencode({'iri': iri})}"

    def outside(self, iri: str) -> str:
        """An address of the web, or nothing: other schemes are no links."""
        return iri if iri.startswith(("http://", "https://")) else ""


class Site:
    """The pages of what a reader reads."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._index: Index | None = None
        self._indexing = asyncio.Lock()
        self._preparing: asyncio.Task[object] | None = None
        self._explorer: tuple[str, bytes] = ("", b"")
        self._made: OrderedDict[str, Response] = OrderedDict()

    # things

    async def by_path(self, request: Request) -> Response:
        """The thing whose IRI is the path after the base; or the server's own address, where it is the base."""
        return await self._thing(request, _candidates(request, self.reader.base))

    async def about(self, request: Request) -> Response:
        """The thing with any IRI."""
        iri = request.query_params.get("iri", "").strip()
        if not iri:
            raise Refusal(400, "say which: /about?iri=…")
        return await self._thing(request, [iri])

    async def _thing(self, request: Request, iris: list[str]) -> Response:
        form = _form(request, OF_THINGS)
        asked, first = request.query_params.get("part", ""), _first(request)
        part = asked if asked in PARTS else ""
        etag = self._etag(request, form)
        if _unchanged(request, etag):
            return self._not_modified(etag)
        if etag in self._made:
            self._made.move_to_end(etag)
            return self._made[etag]
        address = Address(request, self.reader.base)
        if form.rdf:
            body = await self.reader.run(lambda store: _first_written(store, iris, form))
            if body is None:
                return await self._missing(request, iris[0], form)
            return self._kept(self._sent(body, form, etag, PLAIN))
        links = Links(address)
        version = self.reader.version
        found = await self.reader.run(lambda store: _first_profile(store, version, iris, links, part, first))
        if found is None:
            return await self._missing(request, iris[0], form)
        if found.kind == "entity":
            self._prepare()
        page = await run_in_threadpool(_thing_page, request, found, links, address)
        return self._kept(self._sent(page, HTML, etag, PLAIN, _alternates(request)))

    def _kept(self, response: Response) -> Response:
        """The response, kept for who asks next; the last ones, and none that is large."""
        if len(response.body) <= LARGEST:
            self._made[response.headers["etag"]] = response
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return response

    async def _missing(self, request: Request, iri: str, form: Form) -> Response:
        """404, with what is called nearly so."""
        words = unquote(iri.rstrip("/").rpartition("/")[2]).replace("-", " ")[:200]
        index = await self._searched()
        near = await run_in_threadpool(lambda: index.near(words) or list(index.search(words, "entity", 0, 5).hits))
        if form is not HTML:
            listing = "".join(f"\nnear to it: {hit.name} <{hit.iri}>" for hit in near)
            return Refusal(404, f"nothing here is called <{iri[:500]}>{listing}", {"vary": "accept"}).response()
        page = self._page(request, "missing.html", iri=iri[:500], words=words, near=near)
        return self._sent(page, HTML, "", PLAIN, status=404)

    # search

    async def search(self, request: Request) -> Response:
        """What is found for ``?q=``."""
        form = _form(request, OF_SEARCH)
        words, first = request.query_params.get("q", "")[:500].strip(), _first(request)
        kind = request.query_params.get("kind", "")
        if kind not in ("", *KINDS):
            raise Refusal(400, f"kind={kind[:50]} is unknown; known: {', '.join(KINDS)}")
        etag = self._etag(request, form)
        if _unchanged(request, etag):
            return self._not_modified(etag)
        index = await self._searched()
        hits = await run_in_threadpool(index.search, words, kind, first)
        if form is JSON:
            return self._sent(_as_json(words, hits, first), JSON, etag, PLAIN)
        near = [] if hits.total or not words else await run_in_threadpool(index.near, words)
        page = self._page(
            request, "search.html", words=words, hits=hits, kind=kind, kinds=KINDS, near=near, first=first, size=HITS
        )
        return self._sent(page, HTML, etag, PLAIN)

    def _prepare(self) -> None:
        """Has the index brought to the state that is served, for the pages that are looked at next."""
        here = isinstance(self.reader.now.store, Embedded)
        if here and (self._preparing is None or self._preparing.done()):
            self._preparing = asyncio.create_task(self._prepared())

    async def _prepared(self) -> None:
        try:
            await self._searched()
        except (WhodidError, sqlite3.Error) as error:
            log.warning("the lists of pages are not written down: %s", error)

    async def _searched(self) -> Index:
        """The index of the state that is served."""
        with self.reader.now.used() as now:
            async with self._indexing:
                place = _place(now.store)
                if self._index is None:
                    self._index = await run_in_threadpool(Index, place)
                index = self._index
                if place and now.store.folder and index.version != now.version:
                    await indexing.brought(now.store.folder, place, now.version)
                await run_in_threadpool(index.refresh, now.store, now.version)
                return index

    # the server's own pages

    async def start(self, request: Request) -> Response:
        """What the store holds, and the explorer."""
        etag = self._etag(request, HTML)
        if _unchanged(request, etag):
            return self._not_modified(etag)
        shown, found = await self.reader.run(lambda store: (len(store) <= MOST_QUADS, overview.overview(store)))
        page = self._page(request, "start.html", found=found, explorer=shown)
        return self._sent(page, HTML, etag, FRAMED)

    async def explorer(self, request: Request) -> Response:
        """The explorer of the whole store; made once for each state of it."""
        etag = self._etag(request, HTML)
        if _unchanged(request, etag):
            return self._not_modified(etag)
        version = self.reader.version
        if self._explorer[0] != version:
            self._explorer = version, await self.reader.run(_explorer)
        policy = "frame-ancestors 'self'"  # the page brings its own, which lets in its own scripts alone
        return self._sent(self._explorer[1], HTML, etag, policy)

    async def ontology(self, request: Request) -> Response:
        """The ontology for people and for machines."""
        form = _form(request, OF_TERMS)
        etag = self._etag(request, form)
        if _unchanged(request, etag):
            return self._not_modified(etag)
        if form.rdf:
            return self._sent(terms.written(form), form, etag, PLAIN)
        page = self._page(request, "ontology.html", found=terms.documented(), forms=_alternates(request))
        return self._sent(page, HTML, etag, PLAIN, _alternates(request))

    async def plover(self, request: Request) -> Response:
        """The event types of PLOVER are documented beside our own."""
        return RedirectResponse(f"{request.scope.get('root_path', '')}/ontology#plover", 303)

    async def editor(self, request: Request) -> Response:
        """The query editor, for browsers that come to the endpoint."""
        etag = self._etag(request, HTML)
        if _unchanged(request, etag):
            return self._not_modified(etag)
        examples = await self.reader.run(editor.questions)
        settings = editor.settings(examples, self.reader.limits.rows)
        page = self._page(request, "editor.html", settings=settings, questions=examples)
        return self._sent(page, HTML, etag, SCRIPTED)

    async def static(self, request: Request) -> Response:
        """A file that pages load; its address changes when it does."""
        name = request.path_params["name"]
        if name not in assets():
            raise Refusal(404, "there is no such file")
        etag = f'"{sha256(assets()[name]).hexdigest()[:24]}"'
        headers = {
            "etag": etag,
            "cache-control": "public, max-age=31536000, immutable",
            "x-content-type-options": "nosniff",
        }
        if _unchanged(request, etag):
            return Response(status_code=304, headers=headers)
        return Response(assets()[name], media_type=_TYPES[Path(name).suffix], headers=headers)

    def _page(self, request: Request, template: str, **found: object) -> bytes:
        return _rendered(template, request, Address(request, self.reader.base), **found)

    def _etag(self, request: Request, form: Form) -> str:
        root = str(request.scope.get("root_path", ""))
        limit = str(self.reader.limits.rows)  # which the editor tells
        return self.reader.etag(_edition(), limit, root, request.url.path, request.url.query, form.name)

    def _not_modified(self, etag: str) -> Response:
        return Response(status_code=304, headers={"etag": etag, "vary": "accept", "cache-control": "no-cache"})

    def _sent(
        self, body: bytes, form: Form, etag: str, policy: str, links: Mapping[str, str] | None = None, status: int = 200
    ) -> Response:
        headers = {
            "content-type": form.content_type,
            "vary": "accept",
            "cache-control": "no-cache",
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
        }
        if etag:
            headers["etag"] = etag
        if links:
            headers["link"] = ", ".join(
                f'<{href}>; rel="alternate"; type="{_type(name)}"' for name, href in links.items()
            )
        return Response(body, status, headers)


def _type(name: str) -> str:
    return next(form.type for form in OF_THINGS if form.label == name)


def _rendered(template: str, request: Request, address: Address, **found: object) -> bytes:
    values: dict[str, Any] = {
        "root": address.root, "href": address, "outside": address.outside, "words": "", "alternates": {}, **found,
    }  # fmt: skip
    return _templates().get_template(template).render(values).encode("utf-8", "backslashreplace")


def _form(request: Request, forms: tuple[Form, ...]) -> Form:
    if len(request.url.query) > LONGEST:
        raise Refusal(414, f"the address is longer than {LONGEST:,} characters")
    return chosen(request.headers.get("accept", ""), request.query_params.get("format"), forms)


def _first(request: Request) -> int:
    """From which entry on, counted from nought; ``?page=`` counts from one."""
    asked = request.query_params.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= 1_000_000):
        raise Refusal(400, f"page={asked[:20]} is no number of a page")
    size = HITS if request.url.path.endswith("/search") else SIZE
    return (int(asked[:9]) - 1) * size


def _unchanged(request: Request, etag: str) -> bool:
    """Weak comparison, as RFC 9110 has it for If-None-Match."""
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    return "*" in known or etag.removeprefix("W/") in known


def _candidates(request: Request, base: str) -> list[str]:
    """The IRIs that a path may stand for: as it was sent, and with its percent signs read."""
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    root = str(request.scope.get("root_path", ""))
    sent = raw.partition(b"?")[0].decode("ascii", "replace").removeprefix(root).removeprefix("/")
    return [base + path for path in dict.fromkeys([sent, unquote(sent)])]


def _valid(iris: list[str]) -> Iterator[str]:
    """Those that are IRIs at all."""
    for iri in iris:
        with suppress(ValueError):
            yield ox.NamedNode(iri).value


def _first_written(store: Store, iris: list[str], form: Form) -> bytes | None:
    there = "SELECT ?p WHERE { $thing ?p ?o } LIMIT 1"
    return next((written(store, iri, form) for iri in _valid(iris) if ask(store, there, thing=iri)), None)


def _first_profile(store: Store, version: str, iris: list[str], links: Links, part: str, first: int) -> Profile | None:
    with prepared(_place(store), version) as lists:
        found = (profile(store, iri, links, part, first, lists) for iri in _valid(iris))
        return next(filter(None, found), None)


def _alternates(request: Request) -> dict[str, str]:
    """The same thing in other forms."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key == "iri"]
    forms = OF_TERMS if request.url.path.endswith("/ontology") else OF_THINGS
    path = quote(request.url.path, safe=_SAFE + "%")
    return {form.label: f"{path}?{urlencode([*kept, ('format', form.name)])}" for form in forms if form.rdf}


def _thing_page(request: Request, found: Profile, links: Links, address: Address) -> bytes:
    text = ""
    if found.article:
        body = (Mark(m.span, m.kind, m.href and address(m.href), m.title) for m in found.article.marks)
        text = markings.article(found.article.text, body, found.article.anchors)
    return _rendered(
        "thing.html",
        request,
        address,
        found=found,
        network=drawing.network(found, address),
        alternates=_alternates(request),
        prose=links.html,
        text=text,
        size=SIZE,
        whole=request.query_params.get("part", "") not in PARTS,
        here=lambda **query: f"?{urlencode({**_kept(request), **query})}",
        anchor=_anchor,
    )


def _kept(request: Request) -> dict[str, str]:
    return {"iri": request.query_params["iri"]} if "iri" in request.query_params else {}


def _anchor(entry: Entry) -> str:
    """The entry's name within its page."""
    return entry.iri.rpartition("/")[2]


def _as_json(words: str, hits: Hits, first: int) -> bytes:
    plain: Callable[[str], str] = lambda text: text.replace(markings.OPENED, "").replace(markings.CLOSED, "")  # noqa: E731

    def one(hit: Hit) -> dict[str, object]:
        found = {"iri": hit.iri, "kind": hit.kind, "name": hit.name, "also": hit.also, "words": plain(hit.snippet)}
        return {key: value for key, value in found.items() if value} | {"articles": hit.articles}

    answer = {
        "q": words,
        "total": hits.total,
        "first": first,
        "all_words": not hits.some,
        "hits": [*map(one, hits.hits)],
    }
    return json.dumps(answer, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def _explorer(store: Store) -> bytes:
    return explorer.page(KnowledgeGraph(store)).encode("utf-8", "backslashreplace")


def _place(store: Store) -> Path | None:
    """The index's file: in the store's folder, not in the snapshot that is served of it; none for other stores."""
    if not isinstance(store, Embedded) or store.folder is None:
        return None
    home = store.folder.parent
    return (home.parent if home.name.startswith("serving-") else store.folder) / "search.sqlite"
