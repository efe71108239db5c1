"""The page as one HTML text: pyvis's network through our template, everything inlined, nothing of an article ever run.

What articles say is in JSON blocks alone; a policy by hashes lets no other script and no other style in, and nothing at
all from a network.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import resources
from typing import Any

import pyvis
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from graph.explorer import drawing
from graph.explorer.links import Level, Link, links
from graph.explorer.story import Deed, Figure, Part, Statement, Story, Tie

UNSEEN: dict[type, tuple[str, ...]] = {
    Deed: ("iri", "voice"),
    Statement: ("iri", "voice"),
    Tie: ("iri", "voice"),
    Figure: ("value", "unit", "comparator"),
}
LEVELS: tuple[Level, ...] = ("actors", "events")
SCRIPTS = (
    "elements",
    "marks",
    "story",
    "state",
    "selection",
    "facts",
    "reader",
    "canvas",
    "search",
    "filters",
    "histogram",
    "paths",
    "tables",
    "timeline",
    "sources",
    "takeaway",
    "explorer",
)


def html(story: Story, title: str) -> str:
    """The whole page. The same story and title give the same text."""
    known, found = drawing.nodes(story), links(story)
    placed = {level: drawing.positions(known, found, level) for level in LEVELS}
    net = drawing.network(known, found, placed)
    net.templateEnv = Environment(loader=PackageLoader("graph.explorer", "."), autoescape=True)
    net.path = "page.html"
    net.templateEnv.filters["json"] = block
    net.templateEnv.globals.update(
        title=title,
        story=plain(story),
        beyond=[_brief(link) for link in found if not {link.source, link.target} <= placed[link.level].keys()],
        library=Markup(library()),
        script=Markup(script()),
        style=Markup(style()),
        policy=policy(library(), script(), style()),
    )
    return str(net.generate_html())


def _brief(link: Link) -> list[object]:
    return [link.source, link.target, link.level, link.kind, link.status, link.name, list(link.facts)]


def plain(thing: Any) -> Any:
    """Dataclasses as JSON's objects, without what is empty and what the page does not show."""
    if is_dataclass(thing):
        unseen = UNSEEN.get(type(thing), ())
        if isinstance(thing, Part) and thing.ref.startswith("a"):
            unseen = ("words",)
        pairs = ((f.name, getattr(thing, f.name)) for f in fields(thing) if f.name not in unseen)
        return {name: plain(value) for name, value in pairs if value is not False and value not in ("", (), None)}
    if isinstance(thing, tuple | list):
        return [plain(each) for each in thing]
    return thing


def block(thing: object) -> Markup:
    """JSON that may stand in a script block: whatever it says, it cannot end the block or open a comment."""
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text.encode("utf-8", "backslashreplace").decode("utf-8"))


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
def library() -> str:
    """vis-network as pyvis ships it, with its licence's head."""
    folder = resources.files(pyvis) / "lib" / "vis-9.1.2" / "vis-network.min.js"
    return _inline(folder.read_text("utf-8"))


@cache
def script() -> str:
    """The page's own modules, one after the other in one strict function."""
    folder = resources.files("graph.explorer") / "scripts"
    modules = "\n".join((folder / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    return _inline(f'(() => {{\n"use strict";\n{modules}\n}})();\n')


@cache
def style() -> str:
    return (resources.files("graph.explorer") / "style.css").read_text("utf-8")


def _inline(script: str) -> str:
    """Refuses a script that an HTML parser would cut short."""
    for sign in ("</script", "<!--"):
        if sign in script.lower():
            raise ValueError(f"a script holds {sign!r} and cannot stand in a page")
    return script.replace("\r\n", "\n")
