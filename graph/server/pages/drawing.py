"""A small network as SVG: a thing in the middle, and those whom most events tie to it around it.

It is made here, the same for the same graph, and needs no script. The list beside it says the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from markupsafe import Markup

from graph.server.pages.markings import clean
from graph.server.pages.profiles import Neighbour, Profile

WIDTH, HEIGHT = 480.0, 330.0
_LENGTH = 18
_SHAPES = {
    "person": "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0z",
    "group": "M-10 0L-5-8.7H5L10 0 5 8.7H-5z",
    "organisation": "M-8-8H8V8H-8z",
    "place": "M0-10L10 0 0 10-10 0z",
    "thing": "M-9-7H9L0 9z",
}
_NODE = Markup(
    '<a href="{}" tabindex="-1"><g class="of-{}" transform="translate({:.1f} {:.1f})"><title>{}</title><path d="{}"/>'
    '<text x="{}" y="{}" text-anchor="{}">{}</text></g></a>'
)
_LINE = Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke-width="{:.1f}"/>')


def network(profile: Profile, href: Callable[[str], str]) -> Markup:
    """The drawing, or nothing where there is nobody to draw."""
    around = profile.neighbours
    if not around:
        return Markup()
    places = {n.iri: _place(number, len(around)) for number, n in enumerate(_spread(around))}
    centre = (WIDTH / 2, HEIGHT / 2)
    itself = Neighbour(profile.iri, profile.name, 0, profile.family)
    lines = [_line(places[one], places[other], events) for one, other, events in profile.among]
    lines += [_line(centre, places[n.iri], n.events) for n in around]
    nodes = [_node(n, places[n.iri], href) for n in around]
    return Markup(
        '<svg class="network" viewBox="0 0 {:.0f} {:.0f}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(WIDTH, HEIGHT, Markup("").join([*lines, *nodes, _node(itself, centre, href)]))


def _spread(around: Sequence[Neighbour]) -> list[Neighbour]:
    """The ones with most events far from each other."""
    half = (len(around) + 1) // 2
    first, second = list(around[:half]), list(around[half:])
    return [n for pair in zip(first, [*second, None], strict=False) for n in pair if n]


def _place(number: int, of: int) -> tuple[float, float]:
    angle = 2 * math.pi * (number + 0.5) / of - math.pi / 2
    return WIDTH / 2 + 125 * math.cos(angle), HEIGHT / 2 + 125 * math.sin(angle)


def _line(one: tuple[float, float], other: tuple[float, float], events: int) -> Markup:
    return _LINE.format(*one, *other, min(1 + math.log2(max(events, 1)), 6))


def _node(n: Neighbour, at: tuple[float, float], href: Callable[[str], str]) -> Markup:
    x, y = at
    side = 0 if abs(x - WIDTH / 2) < 60 else math.copysign(1, x - WIDTH / 2)
    below = 24 if y >= HEIGHT / 2 else -15
    anchor = {0: "middle", 1: "start", -1: "end"}[int(side)]
    name = clean(" ".join(n.name.split()))
    short = name if len(name) <= _LENGTH else name[: _LENGTH - 1].rstrip() + "…"
    told = f"{name}: {n.events:,}" if n.events else name
    shape = _SHAPES.get(n.family, _SHAPES["thing"])
    return _NODE.format(href(n.iri), n.family, x, y, told, shape, int(side * 15), 5 if side else below, anchor, short)
