"""Where each node stands: communities apart, neighbours together, no two marks on one another.

Communities by Louvain (Blondel et al. 2008), networkx's; forces by Fruchterman and Reingold (1991), rustworkx's; both
seeded. Then boxes that overlap are pushed apart. The unit is a pixel at full size. Nothing moves in the page itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import rustworkx as rx
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
SEED = 7
SPACING = 54.0
WIDE = 1.2
MARGIN = 8.0
PULLS = 80
PUSHES = 240
LOOSER = 1.005
CROWD = 400
LARGE = 3.0
ROUNDS = 120
FEWEST = 6
WORK = 200_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """A node's place, and the number of its community, 0 for the largest."""

    x: float
    y: float
    community: int


def places(
    nodes: Sequence[str], edges: Iterable[tuple[str, str, float]], boxes: Mapping[str, tuple[float, float]]
) -> dict[str, Place]:
    """A place for each node. ``edges`` carry a weight, ``boxes`` a width and a height for mark and name."""
    network = _network(nodes, edges)
    groups = communities(network)
    centres = _centres(network, groups)
    at = np.zeros((len(nodes), 2))
    for group, centre in zip(groups, centres, strict=True):
        at[group] = centre + _within(network, group)
    at[:, 0] *= WIDE
    at = apart(at, np.array([boxes[node] for node in nodes]).reshape(-1, 2))
    of = {node: number for number, group in enumerate(groups) for node in group}
    return {
        node: Place(round(float(x), 1), round(float(y), 1), of[number])
        for number, (node, (x, y)) in enumerate(zip(nodes, at, strict=True))
    }


def _network(nodes: Sequence[str], edges: Iterable[tuple[str, str, float]]) -> nx.Graph[int]:
    """The nodes by number, so that nothing depends on how names are hashed."""
    number = {node: n for n, node in enumerate(nodes)}
    weights: Counter[tuple[int, int]] = Counter()
    for source, target, weight in edges:
        if source in number and target in number:
            ends = sorted((number[source], number[target]))
            weights[ends[0], ends[1]] += weight  # type: ignore[assignment]
    network: nx.Graph[int] = nx.Graph()
    network.add_nodes_from(range(len(nodes)))
    network.add_weighted_edges_from((a, b, w) for (a, b), w in sorted(weights.items()))
    return network


def communities(network: nx.Graph[int]) -> list[list[int]]:
    """The communities, largest first, each sorted; what is tied to nothing else is one of its own."""
    if not network:
        return []
    found = nx.community.louvain_communities(network, weight="weight", seed=SEED)
    return sorted((sorted(group) for group in found), key=lambda group: (-len(group), group))


def _radius(group: Sequence[int]) -> float:
    return SPACING * 0.5 * (math.sqrt(len(group)) - 0.4)


def _centres(network: nx.Graph[int], groups: list[list[int]]) -> Floats:
    """A place for each community: forces between them, then circles pushed apart."""
    of = {node: number for number, group in enumerate(groups) for node in group}
    between: Counter[tuple[int, int]] = Counter()
    for a, b, weight in network.edges(data="weight"):
        if of[a] != of[b]:
            ends = sorted((of[a], of[b]))
            between[ends[0], ends[1]] += weight
    whole: nx.Graph[int] = nx.Graph()
    whole.add_nodes_from(range(len(groups)))
    whole.add_weighted_edges_from((a, b, math.log1p(w)) for (a, b), w in sorted(between.items()))
    size = np.array([2 * _radius(group) + SPACING * 0.45 for group in groups])
    reach = math.sqrt(float((size**2).sum())) * 0.42
    return apart(_forces(whole, list(whole)) * reach, np.stack([size, size], axis=1), pull=True)


def _within(network: nx.Graph[int], group: list[int]) -> Floats:
    return _forces(network.subgraph(group), group) * _radius(group)


def _forces(network: nx.Graph[int], order: Sequence[int]) -> Floats:
    """Places within about the unit circle."""
    if len(order) < 2:
        return np.zeros((len(order), 2))
    number = {node: n for n, node in enumerate(order)}
    springs: rx.PyGraph[int, float] = rx.PyGraph()
    springs.add_nodes_from(order)
    ends = sorted((*sorted((number[a], number[b])), w) for a, b, w in network.edges(data="weight"))
    springs.add_edges_from([(a, b, math.log1p(w)) for a, b, w in ends])
    placed = rx.spring_layout(
        springs,
        pos={n: spiral(n, len(order)) for n in range(len(order))},
        k=1.6 / math.sqrt(len(order)),
        num_iter=max(FEWEST, min(ROUNDS, WORK // len(order) ** 2)),
        adaptive_cooling=False,
        weight_fn=float,
        seed=SEED,
    )
    at = np.array([placed[n] for n in range(len(order))])
    at -= at.mean(axis=0)
    return at / max(float(np.abs(at).max()), 1e-9)


def spiral(number: int, of: int) -> tuple[float, float]:
    """A sunflower's arrangement: even, and the same each time."""
    radius, angle = math.sqrt((number + 0.5) / of), number * math.pi * (3 - math.sqrt(5))
    return radius * math.cos(angle), radius * math.sin(angle)


def apart(at: Floats, boxes: Floats, pull: bool = False) -> Floats:
    """The same places with boxes that overlap pushed apart, along the side on which they overlap least.

    ``pull`` draws all towards the middle between the pushes, so that no gaps stay.
    """
    at, half = at.copy(), boxes / 2 + MARGIN / 2
    if len(at) < 2:
        return at
    for _ in range((PULLS if len(at) <= CROWD else PULLS // 8) if pull else 0):
        at *= 0.95
        _push(at, half)
    for push in range(PUSHES if len(at) <= CROWD else PUSHES // 6):
        if not _push(at, half):
            break
        at *= 1.0 if push < PUSHES // 3 else LOOSER
    return at


def _near(at: Floats, half: Floats) -> NDArray[np.intp]:
    """Pairs of boxes that may overlap: the few large ones are held against all, the others found by a tree."""
    reach = half.max(axis=1)
    small, large = (
        np.flatnonzero(which) for which in (reach <= LARGE * np.median(reach), reach > LARGE * np.median(reach))
    )
    tree = cKDTree(at[small] / half[small].max(axis=0))
    found = [small[tree.query_pairs(2.0, p=np.inf, output_type="ndarray")]]
    for number, each in enumerate(large):
        others = np.concatenate([small, large[number + 1 :]])
        clash = others[(np.abs(at[others] - at[each]) < half[others] + half[each]).all(axis=1)]
        found.append(np.sort(np.column_stack([np.full(len(clash), each), clash]), axis=1))
    return np.concatenate(found)


def _push(at: Floats, half: Floats) -> bool:
    pairs = _near(at, half)
    if not len(pairs):
        return False
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    a, b = pairs[:, 0], pairs[:, 1]
    gap = at[b] - at[a]
    over = half[a] + half[b] - np.abs(gap)
    clash = (over > 0.5).all(axis=1)
    if not clash.any():
        return False
    a, b, gap, over = a[clash], b[clash], gap[clash], over[clash]
    sideways = over[:, 0] < over[:, 1]
    step = np.where(gap >= 0, 1.0, -1.0) * over / 2 * 0.7
    step[sideways, 1] = 0
    step[~sideways, 0] = 0
    np.add.at(at, b, step)
    np.add.at(at, a, -step)
    return True
