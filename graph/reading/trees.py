"""From scores of arcs to trees: the best head for each word, and where those heads run in circles, the best tree.

Chu and Liu (1965), Edmonds (1967); one root as in Stanojević and Cohen (2021): roots cost more than any tree can gain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["arborescence", "heads", "is_tree"]

Scores = NDArray[np.float32] | NDArray[np.float64]
Heads = NDArray[np.int64]


def heads(scores: Scores) -> Heads:
    """The head of each word of one sentence; the root's head is the root itself.

    `scores` is dependent × head; the diagonal scores a word as the root. Exactly one word becomes the root.
    """
    greedy = scores.argmax(axis=1)
    return greedy if is_tree(greedy) else arborescence(scores)


def is_tree(found: Heads) -> bool:
    """Whether there is one root, and every word comes to it."""
    roots = np.flatnonzero(found == np.arange(len(found)))
    if len(roots) != 1:
        return False
    above = found
    for _ in range(len(found).bit_length()):
        above = above[above]
    return bool((above == roots[0]).all())


def arborescence(scores: Scores) -> Heads:
    """The tree with the highest sum of scores, and one root."""
    size = len(scores)
    table = np.full((size + 1, size + 1), -np.inf)
    table[1:, 1:] = scores
    table[1:, 0] = scores.diagonal().astype(np.float64) - 2.0 * size * (1.0 + float(np.ptp(scores)))
    np.fill_diagonal(table, -np.inf)
    found = _best(table)[1:] - 1
    return np.where(found < 0, np.arange(size), found)


def _best(table: NDArray[np.float64]) -> Heads:
    """Heads of all nodes under node 0, whose own row means nothing."""
    best = table.argmax(axis=1)
    best[0] = 0
    cycle = _cycle(best)
    return best if cycle is None else _opened(table, best, cycle)


def _cycle(best: Heads) -> Heads | None:
    """The nodes of one cycle, if there is one."""
    node = best
    for _ in range(len(best).bit_length()):
        node = node[node]
    if not node.any():
        return None
    at = int(node[node > 0][0])
    cycle = [at]
    while (at := int(best[at])) != cycle[0]:
        cycle.append(at)
    return np.array(cycle)


def _opened(table: NDArray[np.float64], best: Heads, cycle: Heads) -> Heads:
    """Draw a cycle together into one node, solve the smaller table, and open the cycle where the solution enters it."""
    rest = np.setdiff1d(np.arange(len(table)), cycle)
    entering = table[np.ix_(cycle, rest)] - table[cycle, best[cycle]][:, None]
    leaving = table[np.ix_(rest, cycle)]
    small = np.full((len(rest) + 1, len(rest) + 1), -np.inf)
    small[:-1, :-1], small[-1, :-1], small[:-1, -1] = (
        table[np.ix_(rest, rest)],
        entering.max(axis=0),
        leaving.max(axis=1),
    )
    solved = _best(small)
    found = best.copy()
    for i, node in enumerate(rest[1:], 1):
        found[node] = rest[solved[i]] if solved[i] < len(rest) else cycle[leaving[i].argmax()]
    entry = int(solved[-1])
    found[cycle[entering[:, entry].argmax()]] = rest[entry]
    return found
