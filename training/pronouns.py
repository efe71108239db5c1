"""Learn the weights of ``graph/lexicon/salience.tsv`` from the coreference of GUM (Zeldes 2017, CC BY 4.0).

    python -m training.pronouns gum-train.conllu.gz > graph/lexicon/salience.tsv

For every third-person pronoun the right one of its candidates, or none, is made likelier than the others by a
log-linear model with a small penalty on large weights. Mentions and candidates are the reading's own on the treebank's
parse; only earlier pronouns are resolved as the corpus says. The thresholds ``none:…`` are then lowered: GUM counts
abstract things, of which the reading knows nothing, and in news a pronoun seldom stands for nothing.
"""

import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from graph.documents import Document, Span
from graph.model import Reading, Sentence, Token
from graph.reading import salience
from graph.reading.agreement import Seen
from graph.reading.coreference import Resolution
from graph.reading.mentions import mentions

GENRES = ("news", "bio", "interview", "voyage")
LABELS = {"person": "PER", "organization": "ORG", "place": "LOC"}
KEPT = frozenset({*LABELS, "object", "animal"})
HEADER = "# How much each feature speaks for the entity that a pronoun may stand for; learnt from GUM (CC BY 4.0)."
LOWERED = {"none:it": 2.8, "none:he": 1.5, "none:she": 1.3, "none:they": 1.2, "none:self": 1.5}
Gold = dict[Span, tuple[str, str]]
Choice = tuple[list[list[tuple[str, float]]], int, str]


def documents(path: Path) -> Iterator[tuple[Reading, Gold]]:
    """Each document of the wanted genres as a parsed Reading, with entity and type by span."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for block in lines.read().split("# newdoc id = ")[1:]:
            if any(block.startswith(f"GUM_{genre}_") for genre in GENRES):
                yield _document(block)


def _document(block: str) -> tuple[Reading, Gold]:
    name = block.split("\n", 1)[0]
    text = ""
    rows: list[tuple[Span, list[str], int, int]] = []
    sentences: list[Sentence] = []
    for part in block.split("\n\n"):
        words = [r for line in part.splitlines() if "\t" in line for r in [line.split("\t")] if r[0].isdigit()]
        first = len(rows)
        for row in words:
            head = len(rows) if row[6] == "0" else first + int(row[6]) - 1
            span = Span(len(text), len(text) + len(row[1]))
            rows.append((span, row, head, len(sentences)))
            text += row[1] + ("" if "SpaceAfter=No" in row[9] else " ")
        if words:
            sentences.append(Sentence(rows[first][0].hull(rows[-1][0]), first, len(rows)))
    marked = list(_entities([row[9] for _, row, _, _ in rows]))
    labels = _names(rows, marked)
    tokens = [
        Token(i, span, r[1], r[2], r[3], r[4], r[7], head, sentence, labels.get(i, ""))
        for i, (span, r, head, sentence) in enumerate(rows)
    ]
    gold = {tokens[a].span.hull(tokens[b].span): (entity, kind) for a, b, entity, kind in marked if kind in KEPT}
    return Reading(Document(name, text, ""), tuple(sentences), tuple(tokens)), gold


def _entities(notes: Sequence[str]) -> Iterator[tuple[int, int, str, str]]:
    """First and last token, entity and type of each annotated mention."""
    open_: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for i, note in enumerate(notes):
        found = re.search(r"(?:^|\|)Entity=([^|]*)", note)
        for piece in re.findall(r"\([^()]*\)?|[^()]+\)", found.group(1)) if found else ():
            fields = piece.strip("()").split("-")
            if piece.startswith("("):
                open_[fields[0]].append((i, fields[1]))
            if piece.endswith(")") and open_[fields[0]]:
                first, kind = open_[fields[0]].pop()
                yield first, i, fields[0], kind


def _names(
    rows: Sequence[tuple[Span, list[str], int, int]], marked: Sequence[tuple[int, int, str, str]]
) -> dict[int, str]:
    """BIO labels for the proper nouns around the head of each mention, the shortest mention first."""
    labels: dict[int, str] = {}
    for first, last, _, kind in sorted(marked, key=lambda m: m[1] - m[0]):
        head = next((i for i in range(first, last + 1) if not first <= rows[i][2] <= last or rows[i][2] == i), first)
        if kind not in LABELS or rows[head][1][3] != "PROPN":
            continue
        low = high = head
        while low > first and rows[low - 1][1][3] == "PROPN" and rows[low - 1][1][7] != "nmod:desc":
            low -= 1
        while high < last and rows[high + 1][1][3] == "PROPN":
            high += 1
        if not labels.keys() & set(range(low, high + 1)):
            labels |= {i: f"{'B' if i == low else 'I'}-{LABELS[kind]}" for i in range(low, high + 1)}
    return labels


class Taught(Resolution):
    """A resolution that is told the right antecedents of pronouns and notes what there was to choose from."""

    def __init__(self, reading: Reading, gold: Gold) -> None:
        super().__init__(reading)
        self.gold = {i: gold[s.mention.span][0] for i, s in enumerate(self.seen) if s.mention.span in gold}
        self.choices: list[Choice] = []

    def _third_person(self, i: int, s: Seen, recent: Sequence[int]) -> int | None:
        if i not in self.gold:
            return super()._third_person(i, s, recent)  # type: ignore[arg-type]
        candidates = self.candidates(i, s, recent)
        right = next((k for k, c in enumerate(candidates) if self._is(self.gold[i], c)), len(candidates))
        if candidates:
            described = [list(salience.features(s, c, self.tree)) for c in candidates]
            self.choices.append((described, right, f"none:{salience.form(s)}"))
        return candidates[right].number if right < len(candidates) else None

    def _is(self, entity: str, candidate: salience.Candidate) -> bool:
        votes = Counter(self.gold[m] for m in candidate.cluster.members if m in self.gold)
        return self.gold.get(candidate.number) == entity or bool(votes and votes.most_common(1)[0][0] == entity)


def learn(choices: Sequence[Choice], penalty: float = 1.0) -> dict[str, float]:
    """The weights under which the right options are most likely."""
    options = [option for described, _, none in choices for option in (*described, [(none, 1.0)])]
    names = sorted({name for option in options for name, _ in option})
    number = {name: i for i, name in enumerate(names)}
    cells = [(i, number[name], value) for i, option in enumerate(options) for name, value in option]
    rows, columns, values = zip(*cells, strict=True)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(options), len(names)))
    sizes = np.array([len(described) + 1 for described, _, _ in choices])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right, group = starts + np.array([r for _, r, _ in choices]), np.repeat(np.arange(len(choices)), sizes)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        scores = scores - np.maximum.reduceat(scores, starts)[group]
        totals = np.add.reduceat(np.exp(scores), starts)
        slope = matrix.T @ (np.exp(scores) / totals[group]) - np.asarray(matrix[right].sum(axis=0)).ravel()
        value = np.log(totals).sum() - scores[right].sum() + penalty / 2 * weights @ weights
        return float(value), slope + penalty * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return dict(zip(names, map(float, found.x), strict=True))


def main() -> None:
    choices: list[Choice] = []
    for reading, gold in documents(Path(sys.argv[1])):
        taught = Taught(mentions(reading), gold)
        taught.run()
        choices += taught.choices
    print(HEADER, "feature\tweight", sep="\n")
    for name, learnt in learn(choices).items():
        value = learnt - LOWERED.get(name, 0.0)
        if abs(value) >= 0.02:
            print(f"{name}\t{value:.2f}")


if __name__ == "__main__":
    main()
