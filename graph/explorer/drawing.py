"""The drawing: which nodes it starts with, where they stand, and pyvis's network of them."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pyvis.network import Network

from graph.explorer import layout
from graph.explorer.layout import Place
from graph.explorer.links import Level, Link
from graph.explorer.story import Story

MOST: dict[str, int] = {"vis": 1500, "webgl": 20_000}
Renderer = Literal["vis", "webgl"]
COMMON = 4
NAMED = 3
FIRST = 8
FEW = 40
NAME_LENGTH = 26
CHARACTER = 6.6
LINE = 17.0
SHAPES = {
    "person": "dot",
    "group": "hexagon",
    "organisation": "square",
    "place": "diamond",
    "thing": "triangleDown",
    "event": "triangle",
    "claim": "star",
}
_WEIGHTS = {"deed": 1.0, "tie": 1.0, "role": 1.0, "words": 0.35}


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the page: its name and family, and how much it matters."""

    id: str
    name: str
    family: str
    weight: int

    @property
    def size(self) -> float:
        return round(min(5 + 2 * math.sqrt(self.weight), 19), 1)

    def box(self, share: float) -> tuple[float, float]:
        """The width and height of the mark with a share of the name below: all names have room only among few."""
        return max(2 * self.size, CHARACTER * share * columns(shortened(self.name))), 2 * self.size + LINE * share


def nodes(story: Story) -> dict[str, Node]:
    """All nodes by id. An event that is nothing but the act of saying a statement is no node beside it."""
    actors = (Node(a.id, a.name, a.family, a.facts) for a in story.actors)
    deeds = (Node(d.id, d.label, "event", min(len(d.parts), 3)) for d in story.deeds if not d.saying)
    statements = (Node(c.id, f"“{c.text}”", "claim", 1) for c in story.statements)
    return {node.id: node for node in (*actors, *deeds, *statements)}


@dataclass(frozen=True, slots=True)
class Community:
    """Nodes that stand together: their number, a name of its most important, how many, and the circle they stand in."""

    number: int
    name: str
    size: int
    x: float
    y: float
    radius: float
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One level as it opens: a place for each node that is drawn, and the communities, largest first."""

    level: Level
    places: Mapping[str, Place]
    communities: tuple[Community, ...]


def renderer(links: Iterable[Link], most: int = MOST["vis"]) -> Renderer:
    """pyvis's vis-network for what it can draw and move at once, WebGL for more than ``most`` nodes at a level."""
    ends: dict[Level, set[str]] = {"actors": set(), "events": set()}
    for link in links:
        ends[link.level].update((link.source, link.target))
    return "webgl" if max(map(len, ends.values())) > most else "vis"


def drawn(known: Mapping[str, Node], links: Iterable[Link], level: Level, most: int) -> list[str]:
    """The nodes with which a level opens, in order of ids: all that are tied to another, or the most important."""
    degree: Counter[str] = Counter()
    for link in links:
        if link.level == level:
            degree[link.source] += len(link.facts)
            degree[link.target] += len(link.facts)
    ranked = sorted(
        (node for node in degree if node in known), key=lambda node: (-degree[node], -known[node].weight, _order(node))
    )
    if len(ranked) > most and level == "events":
        actors = [node for node in ranked if node.startswith("a")][: most // 3]
        ranked = actors + [node for node in ranked if not node.startswith("a")]
    return sorted(ranked[:most], key=_order)


def _order(node: str) -> tuple[str, int]:
    return node[0], int(node[1:])


def sheet(known: Mapping[str, Node], links: Iterable[Link], level: Level, most: int) -> Sheet:
    """The places of the nodes with which a level opens."""
    links = [link for link in links if link.level == level]
    edges = [(link.source, link.target, _WEIGHTS[link.kind] * len(link.facts)) for link in links]
    chosen = drawn(known, links, level, most)
    share = min(1.0, FEW / max(len(chosen), 1))
    placed = layout.places(chosen, edges, {node: known[node].box(share) for node in chosen})
    return Sheet(level, placed, tuple(_communities(known, placed)))


def _communities(known: Mapping[str, Node], placed: Mapping[str, Place]) -> Iterator[Community]:
    groups: dict[int, list[str]] = defaultdict(list)
    for node, place in placed.items():
        groups[place.community].append(node)
    for number, group in sorted(groups.items()):
        if len(group) >= COMMON:
            yield _community(
                number, sorted(group, key=lambda n: (_is_deed(n), -known[n].weight, _order(n))), known, placed
            )


def _community(number: int, ranked: list[str], known: Mapping[str, Node], placed: Mapping[str, Place]) -> Community:
    xs, ys = ([getattr(placed[node], axis) for node in ranked] for axis in "xy")
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    radius = max(math.hypot(a - x, b - y) for a, b in zip(xs, ys, strict=True))
    name = ", ".join(shortened(known[node].name) for node in ranked[:NAMED])
    return Community(number, name, len(ranked), round(x, 1), round(y, 1), round(radius, 1), tuple(ranked[:FIRST]))


def _is_deed(node: str) -> bool:
    """Actors before events and statements: a community is known by who is in it."""
    return not node.startswith("a")


Row = dict[str, Any]


def rows(known: Mapping[str, Node], links: Iterable[Link], sheets: Sequence[Sheet]) -> tuple[list[Row], list[Row]]:
    """The nodes, with a place for each level that they are drawn at, and all lines: as pyvis and the page have them."""
    nodes = []
    for node in sorted({node for sheet in sheets for node in sheet.places}, key=_order):
        at: Row = {s.level: [p.x, p.y, p.community] for s in sheets if (p := s.places.get(node))}
        nodes.append({"id": node, "size": known[node].size, **at})
    return nodes, [_told(number, link) for number, link in enumerate(links)]


def _told(number: int, link: Link) -> Row:
    told = {"level": link.level, "kind": link.kind, "status": link.status, "name": link.name}
    ends = {"id": f"l{number}", "from": link.source, "to": link.target}
    return {**ends, **{key: value for key, value in told.items() if value}, "facts": list(link.facts)}


def network(known: Mapping[str, Node], nodes: Iterable[Row], links: Iterable[Row]) -> Network:
    """pyvis's network of them."""
    net = Network(directed=True, cdn_resources="in_line")
    for row in nodes:
        found = known[row["id"]]
        net.add_node(row["id"], label=found.name, shape=SHAPES[found.family], **_without(row, "id"))
    drawn = set(net.get_nodes())
    for row in links:
        if row["from"] in drawn and row["to"] in drawn:
            net.add_edge(row["from"], row["to"], **_without(row, "from", "to"))
    net.options = {"physics": {"enabled": False}}
    return net


def _without(row: Row, *names: str) -> Row:
    return {key: value for key, value in row.items() if key not in names}


def shortened(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1].rstrip() + "…"


def columns(text: str) -> int:
    """How wide the text is, counted in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))
