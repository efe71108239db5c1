"""The page as one HTML text: pyvis's network through our template, everything inlined, nothing of an article ever run.

What articles say is in one block of compressed data; a policy by hashes lets no other script and no other style in, and
nothing at all from a network.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import pyvis
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from graph.explorer import columns, drawing
from graph.explorer.columns import packed, table
from graph.explorer.drawing import Renderer, Sheet
from graph.explorer.links import Level, links
from graph.explorer.story import Deed, Statement, Story, Tie
from graph.vocabulary import PREFIXES

UNSEEN: dict[type, tuple[str, ...]] = {Deed: ("voice",), Statement: ("voice",), Tie: ("voice",)}
LEVELS: tuple[Level, ...] = ("actors", "events")
SCRIPTS = (
    "elements",
    "marks",
    "data",
    "story",
    "map",
    "steps",
    "state",
    "selection",
    "facts",
    "reader",
    "canvas",
    "names",
    "communities",
    "visstage",
    "shaders",
    "webglstage",
    "search",
    "filters",
    "histogram",
    "focus",
    "paths",
    "tables",
    "timeline",
    "sources",
    "triples",
    "citation",
    "vector",
    "takeaway",
    "explorer",
)


def html(story: Story, title: str, steps: Sequence[Any] = (), part: str = "") -> str:
    """The whole page. ``part`` says of what the story is a part. The same wishes give the same text."""
    known, found = drawing.nodes(story), links(story)
    kind = drawing.renderer(found)
    if kind == "webgl" and not _vendored().is_file():
        kind = "vis"
    sheets = [drawing.sheet(known, found, level, drawing.MOST[kind]) for level in LEVELS]
    nodes, lines = drawing.rows(known, found, sheets)
    told = {
        "title": title,
        "book": lambda *_: Markup(packed(book(story, kind, sheets, nodes, lines, steps, part))),
        "library": Markup(library(kind)),
        "script": Markup(script()),
        "style": Markup(style()),
        "policy": policy(library(kind), script(), style()),
    }
    template = Environment(loader=PackageLoader("graph.explorer", "."), autoescape=True)
    if kind == "webgl":
        return template.get_template("page.html").render(nodes=nodes, edges=lines, **told)
    net = drawing.network(known, nodes, lines)
    net.templateEnv, net.path = template, "page.html"
    template.globals.update(told)
    return str(net.generate_html())


def book(
    story: Story,
    kind: Renderer,
    sheets: Sequence[Sheet],
    nodes: Sequence[Any],
    lines: Sequence[Any],
    steps: Sequence[Any] = (),
    part: str = "",
) -> Any:
    """All that the page is told, as JSON's values."""
    lists = {name: getattr(story, name) for name in ("articles", "actors", "deeds", "statements", "ties")}
    return {
        "story": {
            **columns.tables(lists, UNSEEN),
            "conflicts": columns.plain(story.conflicts, {}),
            "outcomes": columns.plain(story.outcomes, {}),
        },
        "nodes": table(nodes),
        "links": table(lines),
        "communities": {s.level: [columns.plain(c, {}) for c in s.communities] for s in sheets},
        "renderer": kind,
        "prefixes": PREFIXES,
        "outline": outline() if any(actor.coordinates for actor in story.actors) else {},
        "steps": list(steps),
        "part": part,
    }


def policy(library: str, script: str, style: str) -> str:
    """The Content Security Policy: only these two scripts and this style, pictures made by the page, no network."""
    scripts = " ".join(_hash(text) for text in (library, script))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {_hash(style)}; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def outline() -> Any:
    """The world's land and borders; ``vendor/outline.md`` says how they are written."""
    return json.loads((resources.files("graph.explorer") / "outline.json").read_text("utf-8"))


@cache
def library(kind: Renderer) -> str:
    """vis-network as pyvis ships it, with its licence's head; before it, for many nodes, sigma and graphology as
    ``vendor/`` has them. A browser without WebGL then draws the main nodes by vis-network.
    """
    folder = resources.files(pyvis) / "lib" / "vis-9.1.2" / "vis-network.min.js"
    vis = folder.read_text("utf-8")
    return _inline(f"{_vendored().read_text('utf-8')}\n{vis}" if kind == "webgl" else vis)


def _vendored() -> Traversable:
    return resources.files("graph.explorer") / "vendor" / "webgl.min.js"


@cache
def script() -> str:
    """The page's own modules, one after the other in one strict function."""
    folder = resources.files("graph.explorer") / "scripts"
    modules = "\n".join((folder / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    return _inline(f'(async () => {{\n"use strict";\n{modules}\n}})();\n')


@cache
def style() -> str:
    return (resources.files("graph.explorer") / "style.css").read_text("utf-8")


def _inline(script: str) -> str:
    """Refuses a script that an HTML parser would cut short."""
    for sign in ("</script", "<!--"):
        if sign in script.lower():
            raise ValueError(f"a script holds {sign!r} and cannot stand in a page")
    return script.replace("\r\n", "\n")
