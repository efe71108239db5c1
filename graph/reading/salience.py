"""Salience: which of the entities spoken of just before a pronoun stands for.

A linear model over a few features of the pronoun and of each candidate, in the line of Lappin and Leass (1994); the
weights, in ``graph/lexicon/salience.tsv``, are learnt from the coreference of the GUM corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from graph.reading import lexicon
from graph.reading.agreement import FEMALE, MALE, NEUTER, PLURAL, REFLEXIVE, Cluster, Seen
from graph.reading.grammar import Tree

WINDOW = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a pronoun may stand for: its number among the mentions, its latest mention, what is known of it.

    ``rank`` counts the candidates more recent than it.
    """

    number: int
    latest: Seen
    cluster: Cluster
    rank: int


def weight(pronoun: Seen, candidate: Candidate, tree: Tree) -> float:
    """How well the candidate goes with the pronoun; only the order among candidates means something."""
    table = weights()
    return sum(table.get(name, 0.0) * value for name, value in features(pronoun, candidate, tree))


def threshold(pronoun: Seen) -> float:
    """What a candidate must outweigh for the pronoun to stand for it, rather than for nothing that is an entity."""
    return weights().get(f"none:{form(pronoun)}", 0.0)


@cache
def weights() -> dict[str, float]:
    return {row["feature"]: float(row["weight"]) for row in lexicon.rows("salience.tsv")}


def form(pronoun: Seen) -> str:
    if pronoun.plain in REFLEXIVE:
        return "self"
    return next(
        (n for n, f in (("he", MALE), ("she", FEMALE), ("it", NEUTER), ("they", PLURAL)) if pronoun.plain in f), "we"
    )


def features(pronoun: Seen, candidate: Candidate, tree: Tree) -> Iterator[tuple[str, float]]:
    """Names and values of what speaks for and against a candidate."""
    latest, cluster = candidate.latest, candidate.cluster
    said, distance = form(pronoun), min(pronoun.sentence - latest.sentence, WINDOW)
    yield f"distance:{distance}", 1.0
    yield f"rank:{min(candidate.rank, 3)}", 1.0
    yield f"role:{_role(latest)}", 1.0
    yield f"roles:{_role(latest)}:{_role(pronoun)}", 1.0
    yield f"kind:{latest.mention.kind}", 1.0
    yield f"{said}:{cluster.kin or 'unknown'}", 1.0
    yield from _known(pronoun, latest, cluster, said)
    yield "prominence", min(cluster.prominence, 8.0) / 4.0
    yield "mentions", min(len(cluster.members), 8) / 4.0
    yield from _placed(pronoun, latest, tree, distance)


def _known(pronoun: Seen, latest: Seen, cluster: Cluster, said: str) -> Iterator[tuple[str, float]]:
    if cluster.gender:
        yield "gender", 1.0
    if said == "they" or said == "self":
        yield f"{said}:{'plural' if cluster.plural else 'singular'}", 1.0
    if cluster.named:
        yield f"{said}:named", 1.0
    if latest.family == pronoun.family and pronoun.family:
        yield "same", 1.0
    if latest.mention.kind == "nominal" and not latest.definite:
        yield "indefinite", 1.0
    if latest.whole:
        yield f"{said}:whole", 1.0


def _placed(pronoun: Seen, latest: Seen, tree: Tree, distance: int) -> Iterator[tuple[str, float]]:
    if (latest.quotation >= 0) != (pronoun.quotation >= 0):
        yield "quoted", 1.0
    possessor = tree.possessor(latest.head)
    if possessor is not None and possessor.text.lower() in pronoun.family:
        yield "of same", 1.0
    if distance == 0:
        above = {t.index for t in tree.ancestors(pronoun.head)}
        if latest.head.head in above and latest.subject:
            yield "subject above", 1.0
        if pronoun.head.head == latest.head.head:
            yield "same verb", 1.0
    if latest.head.dep == pronoun.head.dep:
        yield "parallel", 1.0
    if latest.sentence == pronoun.sentence - 1 and pronoun.subject and latest.subject:
        yield "subjects in a row", 1.0


def _role(s: Seen) -> str:
    dep = s.head.dep
    if s.subject:
        return "subject"
    return {"obj": "object", "iobj": "object", "nmod:poss": "possessor", "conj": "conj"}.get(
        dep, "inside" if dep.startswith(("nmod", "compound", "flat", "amod")) else "oblique"
    )
