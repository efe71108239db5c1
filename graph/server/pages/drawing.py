"""A small network as SVG: a thing in the middle, and those whom most events tie to it in two bows beside it.

Each has a row for its name, which is cut where it would leave the drawing or run into another. It is made here, the
same for the same graph, and needs no script. The list beside it says the same in words.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable

from markupsafe import Markup

from graph.server.pages.markings import clean
from graph.server.pages.profiles import Neighbour, Profile

Point = tuple[float, float]
WIDTH, ROW, EDGE = 480.0, 54.0, 6.0
NEAR, BOW = 92.0, 44.0
FONT = 16.0
"""Size of the names; the style has the same."""
_BELOW, _ABOVE = 25.0, -16.0
_NARROW, _BROAD = frozenset(" !'(),-./:;I[]fijlrt|"), frozenset("%@MWmw")
_SHAPES = {
    "person": "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0z",
    "group": "M-10 0L-5-8.7H5L10 0 5 8.7H-5z",
    "organisation": "M-8-8H8V8H-8z",
    "place": "M0-10L10 0 0 10-10 0z",
    "thing": "M-9-7H9L0 9z",
}
_NODE = Markup(
    '<a href="{}" tabindex="-1"><g class="of-{}" transform="translate({:.1f} {:.1f})"><title>{}</title><path d="{}"/>'
    '<text y="{:.0f}" text-anchor="middle">{}</text></g></a>'
)
_LINE = Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke-width="{:.1f}"/>')
_ISOLATED = "\u2068{}\u2069"


def network(profile: Profile, href: Callable[[str], str]) -> Markup:
    """The drawing, or nothing where there is nobody to draw."""
    around = profile.neighbours
    if not around:
        return Markup()
    rows = (len(around) + 1) // 2
    places = {n.iri: _place(number, rows) for number, n in enumerate(around)}
    centre = (WIDTH / 2, rows * ROW / 2 - _BELOW / 2 + 2)
    itself = Neighbour(profile.iri, profile.name, 0, profile.family)
    lines = [_line(places[one], places[other], events) for one, other, events in profile.among]
    lines += [_line(centre, places[n.iri], n.events) for n in around]
    nodes = [_node(n, places[n.iri], _BELOW, href) for n in around]
    nodes.append(_node(itself, centre, _ABOVE if rows % 2 else _BELOW, href))
    top = _ABOVE if rows == 1 else 0
    return Markup(
        '<svg class="network" viewBox="0 {:.0f} {:.0f} {:.0f}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(top, WIDTH, rows * ROW - top, Markup("").join([*lines, *nodes]))


def _place(number: int, rows: int) -> Point:
    """By turns to the left and the right, from the top; the middle ones stand furthest out."""
    row, side = number // 2, 2 * (number % 2) - 1
    from_middle = (2 * row + 1) / rows - 1
    return WIDTH / 2 + side * (NEAR + BOW * math.sqrt(1 - from_middle**2)), ROW * (row + 0.5) - _BELOW / 2 + 2


def _line(one: Point, other: Point, events: int) -> Markup:
    return _LINE.format(*one, *other, min(1 + math.log2(max(events, 1)), 6))


def _node(n: Neighbour, at: Point, below: float, href: Callable[[str], str]) -> Markup:
    x, y = at
    room = min(x, WIDTH - x, abs(x - WIDTH / 2) or NEAR) - EDGE
    name = clean(" ".join(n.name.split()))
    told = f"{name}: {n.events:,}" if n.events else name
    shape = _SHAPES.get(n.family, _SHAPES["thing"])
    return _NODE.format(href(n.iri), n.family, x, y, told, shape, below, _ISOLATED.format(fitting(name, 2 * room)))


def fitting(name: str, room: float) -> str:
    """As much of a name as fits into so many units, with an ellipsis where it was cut."""
    if width(name) <= room:
        return name
    end, taken = 0, width("…")
    while taken + width(name[end]) <= room:
        taken += width(name[end])
        end += 1
    while end and unicodedata.category(name[end])[0] == "M":
        end -= 1
    return f"{name[:end].rstrip()}…"


def width(name: str) -> float:
    """How much room a name takes at most, in the fonts that the style names."""
    return FONT * sum(map(_share, name))


def _share(sign: str) -> float:
    """Of the size of the font, as DejaVu Sans has it, which is the widest of them."""
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(sign) in "WF" or (not sign.isalnum() and ord(sign) > 0x2FFF):
        return 1.05
    if sign in _NARROW:
        return 0.42
    if sign in _BROAD:
        return 1.0
    return 0.8 if ord(sign) > 0x2FF or sign.isupper() else 0.64
