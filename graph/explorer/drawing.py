"""The drawing: which nodes it starts with, where they stand, and pyvis's network of them."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyvis.network import Network

from graph.explorer import layout
from graph.explorer.layout import Place
from graph.explorer.links import Level, Link
from graph.explorer.story import Story

MOST = 1500
ACTORS_AMONG_EVENTS = 500
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
DASHES: dict[str, list[int] | bool] = {
    "done": False,
    "pledged": [14, 5],
    "planned": [7, 5],
    "requested": [2, 4],
    "predicted": [14, 4, 2, 4],
    "hypothetical": [2, 9],
    "denied": [4, 3],
    "": False,
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


def drawn(known: Mapping[str, Node], links: Iterable[Link], level: Level) -> list[str]:
    """The nodes with which a level opens, in order of ids: all that are tied to another, or the most important."""
    degree: Counter[str] = Counter()
    for link in links:
        if link.level == level:
            degree.update({link.source: len(link.facts), link.target: len(link.facts)})
    ranked = sorted(
        (node for node in degree if node in known), key=lambda node: (-degree[node], -known[node].weight, _order(node))
    )
    if len(ranked) > MOST and level == "events":
        actors = [node for node in ranked if node.startswith("a")][:ACTORS_AMONG_EVENTS]
        ranked = actors + [node for node in ranked if not node.startswith("a")]
    return sorted(ranked[:MOST], key=_order)


def _order(node: str) -> tuple[str, int]:
    return node[0], int(node[1:])


def positions(known: Mapping[str, Node], links: Iterable[Link], level: Level) -> dict[str, Place]:
    """The places of the nodes with which a level opens."""
    links = [link for link in links if link.level == level]
    edges = [(link.source, link.target, _WEIGHTS[link.kind] * len(link.facts)) for link in links]
    chosen = drawn(known, links, level)
    share = min(1.0, FEW / max(len(chosen), 1))
    return layout.places(chosen, edges, {node: known[node].box(share) for node in chosen})


def network(known: Mapping[str, Node], links: Iterable[Link], placed: Mapping[Level, Mapping[str, Place]]) -> Network:
    """pyvis's network: nodes with a place for each level that they are drawn at, and the lines between them."""
    net = Network(directed=True, cdn_resources="in_line")
    for node in sorted({node for places in placed.values() for node in places}, key=_order):
        at = {level: [p[node].x, p[node].y, p[node].community] for level, p in placed.items() if node in p}
        found = known[node]
        net.add_node(node, label=found.name, shape=SHAPES[found.family], family=found.family, size=found.size, at=at)
    for number, link in enumerate(links):
        if link.source in placed[link.level] and link.target in placed[link.level]:
            net.add_edge(link.source, link.target, id=f"l{number}", dashes=DASHES[link.status], **_told(link))
    net.options = {"physics": {"enabled": False}}
    return net


def _told(link: Link) -> dict[str, object]:
    return {
        "level": link.level,
        "kind": link.kind,
        "status": link.status,
        "name": link.name,
        "facts": list(link.facts),
    }


def shortened(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1].rstrip() + "…"


def columns(text: str) -> int:
    """How wide the text is, counted in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))
