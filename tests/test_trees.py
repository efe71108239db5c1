import networkx as nx
import numpy as np
import pytest

from graph.reading import trees


def test_greedy_heads_stay_where_they_make_a_tree() -> None:
    scores = np.array([[0, 5, 0], [0, 5, 1], [1, 3, 0]], dtype=np.float32)
    assert trees.heads(scores).tolist() == [1, 1, 1]


def test_a_circle_is_opened_where_it_costs_least() -> None:
    scores = np.array([[0, 9, 0], [9, 0, 7], [0, 0, 4]], dtype=np.float32)  # 0 and 1 hang on each other
    assert trees.heads(scores).tolist() == [1, 2, 2]


def test_two_roots_become_one() -> None:
    scores = np.array([[9, 1], [2, 8]], dtype=np.float32)
    assert trees.heads(scores).tolist() == [0, 0]


def test_one_word_is_its_own_root() -> None:
    assert trees.heads(np.array([[-3.0]])).tolist() == [0]


@pytest.mark.parametrize("seed", range(20))
def test_the_tree_is_the_best_that_networkx_finds(seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(7, 7))
    found = trees.arborescence(scores)
    assert trees.is_tree(found)
    assert _total(scores, found) == pytest.approx(max(_best_under(scores, root) for root in range(7)))


def _total(scores: np.ndarray, heads: np.ndarray) -> float:
    return float(sum(scores[i, head] for i, head in enumerate(heads)))


def _best_under(scores: np.ndarray, root: int) -> float:
    arcs = nx.DiGraph()
    arcs.add_weighted_edges_from((h, d, scores[d, h]) for d in range(7) for h in range(7) if d not in (h, root))
    return scores[root, root] + nx.maximum_spanning_arborescence(arcs).size("weight")
