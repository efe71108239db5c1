"""What the network is trained towards: the classes of its heads, sentences as numbers, and the losses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from graph.reading.transformer import NOTHING
from training.corpora import TYPES, Sentence
from training.network import Network, Sizes, masses

NAMES = ("O", *(f"{place}-{kind}" for kind in TYPES for place in "BI"))
FEATURES = (
    *("Case", "Definite", "Degree", "Gender", "Mood", "Number", "Person", "Polarity", "Poss", "PronType", "Reflex"),
    *("Tense", "VerbForm", "Voice"),
)
WEIGHTS = {
    "tags": 0.6,
    "morphs": 0.4,
    "arcs": 1.0,
    "labels": 0.7,
    "names": 1.5,
    "triggers": 0.7,
    "factuality": 0.3,
    "nominals": 0.4,
    "starts": 0.4,
}
TREEBANKS = frozenset({"ewt", "gum"})


@dataclass(frozen=True, slots=True)
class Labels:
    """The classes of each head, in the order of its scores."""

    tags: tuple[str, ...]
    morphs: tuple[str, ...]
    labels: tuple[str, ...]
    names: tuple[str, ...]
    nominals: tuple[str, ...]

    @property
    def sizes(self) -> Sizes:
        return Sizes(len(self.tags), len(self.morphs), len(self.labels), len(self.names), len(self.nominals))


def collect(sentences: Sequence[Sentence]) -> Labels:
    """The classes that occur often enough to be learnt."""
    return Labels(
        _frequent(tag for s in sentences for tag in s.tags or ()),
        _frequent(m for s in sentences for m in morphs(s)),
        _frequent(dep for s in sentences for dep in s.deps or ()),
        NAMES,
        (NOTHING, *_frequent(kind for s in sentences for kind in s.nominals or () if kind)),
    )


def _frequent(values: Iterable[str], least: int = 5) -> tuple[str, ...]:
    return tuple(sorted(value for value, count in Counter(values).items() if count >= least))


def morphs(sentence: Sentence) -> list[str]:
    """Part of speech and the features kept, as one class."""
    if sentence.upos is None or sentence.feats is None:
        return []
    return [f"{upos}|{_kept(feats)}" for upos, feats in zip(sentence.upos, sentence.feats, strict=True)]


def _kept(feats: str) -> str:
    return "|".join(sorted(f for f in feats.split("|") if f.split("=")[0] in FEATURES))


class Targets:
    """Sentences as the numbers that the heads are trained towards; -100 or NaN where a layer is not annotated."""

    def __init__(self, labels: Labels) -> None:
        self.tags = {tag: i for i, tag in enumerate(labels.tags)}
        self.morphs = {morph: i for i, morph in enumerate(labels.morphs)}
        self.labels = {label: i for i, label in enumerate(labels.labels)}
        self.nominals = {kind: i for i, kind in enumerate(labels.nominals)}

    def __call__(self, batch: Sequence[Sequence[Sentence]], width: int) -> dict[str, Tensor]:
        columns = defaultdict(list)
        for window in batch:
            for name, values in self.window(window, width).items():
                columns[name].append(values)
        return {name: torch.from_numpy(np.stack(values)) for name, values in columns.items()}

    def window(self, sentences: Sequence[Sentence], width: int) -> dict[str, np.ndarray]:
        found = {
            name: np.full(width, -100, dtype=np.int64) for name in ("tags", "morphs", "heads", "labels", "nominals")
        }
        found |= {name: np.full(width, np.nan, dtype=np.float32) for name in ("triggers", "factuality", "starts")}
        found |= {"names": np.ones((width, len(NAMES)), dtype=bool), "segments": np.full(width, -1, dtype=np.int64)}
        at = 0
        for number, s in enumerate(sentences):
            part = slice(at, at + len(s.words))
            self._fill(found, part, s)
            found["segments"][part] = number
            at = part.stop
        found["starts"][0] = np.nan
        return found

    def _fill(self, found: dict[str, np.ndarray], part: slice, s: Sentence) -> None:
        if s.tags is not None:
            found["tags"][part] = [self.tags.get(tag, -100) for tag in s.tags]
            found["morphs"][part] = [self.morphs.get(morph, -100) for morph in morphs(s)] or -100
        if s.heads is not None and s.deps is not None:
            found["heads"][part] = [part.start + head for head in s.heads]
            found["labels"][part] = [self.labels.get(dep, self.labels.get(dep.split(":")[0], -100)) for dep in s.deps]
        if s.nominals is not None:
            found["nominals"][part] = [self.nominals.get(kind or NOTHING, -100) for kind in s.nominals]
        for layer in ("triggers", "factuality"):
            if getattr(s, layer) is not None:
                found[layer][part] = [np.nan if value is None else value for value in getattr(s, layer)]
        if s.corpus in TREEBANKS:
            found["starts"][part] = [1.0] + [0.0] * (len(s.words) - 1)
        if s.names is not None:
            found["names"][part] = [_allowed(tag, s.name_types) for tag in s.names]


def _allowed(tag: str, types: frozenset[str]) -> list[bool]:
    return [tag == name or (tag == "O" and name != "O" and name[2:] not in types) for name in NAMES]


def losses(out: tuple[Tensor, ...], gold: dict[str, Tensor], network: Network) -> dict[str, Tensor]:
    """The mean loss of each head over the words that are annotated for it."""
    tags, morph, nominals, triggers, factuality, starts, names, arcs, dependents, heads = out
    inside = gold["segments"][:, :, None] == gold["segments"][:, None, :]
    arcs = arcs.float().masked_fill(~inside, -1e4)
    known = gold["labels"] >= 0
    towards = heads.gather(1, gold["heads"].clamp(min=0)[..., None].expand(-1, -1, heads.shape[-1]))
    labels = network.labeller(dependents[known], towards[known])
    told = ~gold["names"].all(-1)
    return {
        "tags": _cross(tags, gold["tags"]),
        "morphs": _cross(morph, gold["morphs"]),
        "nominals": _cross(nominals, gold["nominals"]),
        "arcs": _cross(arcs, gold["heads"]),
        "labels": F.cross_entropy(labels.float(), gold["labels"][known]) if known.any() else labels.sum() * 0,
        "names": _mean(masses(names, gold["names"])[told]),
        "triggers": _binary(triggers, gold["triggers"]),
        "starts": _binary(starts, gold["starts"]),
        "factuality": _regression(factuality, gold["factuality"]),
    }


def _cross(scores: Tensor, gold: Tensor) -> Tensor:
    return F.cross_entropy(scores.float().flatten(0, 1), gold.flatten(), ignore_index=-100, reduction="sum") / max(
        1, int((gold >= 0).sum())
    )


def _binary(scores: Tensor, gold: Tensor) -> Tensor:
    known = ~gold.isnan()
    return _mean(F.binary_cross_entropy_with_logits(scores.float()[known], gold[known], reduction="none"))


def _regression(scores: Tensor, gold: Tensor) -> Tensor:
    known = ~gold.isnan()
    return _mean(F.smooth_l1_loss(scores.float()[known], gold[known], reduction="none"))


def _mean(values: Tensor) -> Tensor:
    return values.sum() / max(1, values.numel())
