"""Trains the accurate English pipeline: one pretrained encoder, fine-tuned jointly for all that the reading asks."""

from __future__ import annotations

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from graph.reading.features import Featuriser, Gazetteer, Row, pad
from graph.reading.transformer import NOTHING
from training import gazetteer
from training.corpora import TYPES, Sentence
from training.network import Network, Sizes, average, groups, masses, pretrained

NAMES = ("O", *(f"{place}-{kind}" for kind in TYPES for place in "BI"))
FEATURES = (
    *("Case", "Definite", "Degree", "Gender", "Mood", "Number", "Person", "Polarity", "Poss", "PronType", "Reflex"),
    *("Tense", "VerbForm", "Voice"),
)
TREEBANKS = frozenset({"ewt", "gum"})
SINGLE = frozenset({"wnut17", "crossner"})  # sentences without neighbours
LONGEST = 150
WORDS_A_BATCH = 1200
ENCODER_RATE, HEAD_RATE, WARM = 2e-4, 1e-3, 0.04
KEEP = 0.998
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


# What is learnt from


def merge(sentences: Iterable[Sentence]) -> list[list[Sentence]]:
    """Documents: runs of sentences that stand next to each other."""
    usable = [s for s in sentences if len(s.words) <= LONGEST]
    return [
        list(run) for _, run in groupby(usable, key=lambda s: (s.corpus, s.id if s.corpus in SINGLE else s.document))
    ]


def windows(documents: Sequence[Sequence[Sentence]], rng: random.Random) -> Iterator[list[Sentence]]:
    """Cut documents into runs of sentences, some of one sentence, some of up to 110 words."""
    for document in documents:
        window: list[Sentence] = []
        room = rng.choice((1, 50, 110))
        for sentence in document:
            if window and sum(len(s.words) for s in [*window, sentence]) > room:
                yield window
                window, room = [], rng.choice((1, 50, 110))
            window.append(sentence)
        yield window


def batches(rows: list[tuple[Row, list[Sentence]]], rng: random.Random) -> list[list[tuple[Row, list[Sentence]]]]:
    """Windows of like length together, so that little is padded."""
    found: list[list[tuple[Row, list[Sentence]]]] = []
    for row in sorted(rows, key=lambda pair: (len(pair[0]), rng.random())):
        if not found or (len(found[-1]) + 1) * len(row[0]) > WORDS_A_BATCH * 1.3:
            found.append([])
        found[-1].append(row)
    rng.shuffle(found)
    return found


# What is varied


class Varied:
    """Copies of sentences with other names, other case, other quotes, no final stop."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.people = [names for names in gazetteer.people().values() if names[0] and names[1]]
        self.places = defaultdict(list)
        for name in (*gazetteer.countries(), *gazetteer.cities()):
            self.places[len(name.split())].append(name)
        self.cities, self.countries = frozenset(gazetteer.cities()), frozenset(gazetteer.countries())

    def __call__(self, window: list[Sentence]) -> list[Sentence]:
        if self.rng.random() < 0.3:
            window = [self.renamed(s) for s in window]
        chance = self.rng.random()
        if chance < 0.16:
            change = str.upper if chance < 0.05 else str.lower if chance < 0.11 else _capitalised
            window = [replace(s, words=tuple(change(word) for word in s.words)) for s in window]
        if self.rng.random() < 0.1:
            window = [replace(s, words=tuple(_curly(word) for word in s.words)) for s in window]
        return [_unstopped(s) if self.rng.random() < 0.05 else s for s in window]

    def renamed(self, sentence: Sentence) -> Sentence:
        words, tags = list(sentence.words), sentence.names or ()
        given, family = self.rng.choice(self.people)
        for start, end, kind in spans(tags):
            if kind == "PER" and end - start <= 2 and all(w.isalpha() for w in words[start:end]):
                words[end - 1] = self.rng.choice(family if end - start == 2 or self.rng.random() < 0.6 else given)
                if end - start == 2:
                    words[start] = self.rng.choice(given)
            elif kind in ("LOC", "ORG"):
                self._replaced(words, start, end)
        whole = all(" " not in word for word in words)
        return replace(sentence, words=tuple(words)) if whole else sentence

    def _replaced(self, words: list[str], start: int, end: int) -> None:
        if " ".join(words[start:end]) in self.cities | self.countries:
            words[start:end] = self.rng.choice(self.places[end - start]).split()
            return
        for i in range(start, end):
            if words[i] in self.cities and words[i][0].isupper() and len(words[i]) > 3:
                words[i] = self.rng.choice(self.places[1])


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]


def _curly(word: str) -> str:
    return word.replace("``", "“").replace("''", "”").replace('"', "”").replace("'", "’")


def _unstopped(s: Sentence) -> Sentence:
    end = len(s.words) - 1
    if (
        end < 2
        or s.words[end] not in (".", "!", "?")
        or (s.heads and end in s.heads[:end] + (end,) * (s.heads[end] == end))
    ):
        return s
    layers = (
        "words",
        "spaces",
        "tags",
        "upos",
        "lemmas",
        "feats",
        "heads",
        "deps",
        "names",
        "triggers",
        "factuality",
        "nominals",
    )
    return replace(s, **{layer: getattr(s, layer) and getattr(s, layer)[:end] for layer in layers})


def spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """(start, end, type) of every BIO name."""
    found: list[tuple[int, int, str]] = []
    for i, tag in enumerate(tags):
        if tag[0] == "B" or (tag[0] == "I" and not (found and found[-1][1:] == (i, tag[2:]))):
            found.append((i, i + 1, tag[2:]))
        elif tag[0] == "I":
            found[-1] = (found[-1][0], i + 1, tag[2:])
    return found


# Targets


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


# The run


@dataclass(slots=True)
class Run:
    """A training run that can be stopped and taken up again; its length is given in minutes of the clock."""

    network: Network
    labels: Labels
    featuriser: Featuriser
    folder: Path
    seconds: float
    seed: int
    elapsed: float = 0.0
    step: int = 0
    epoch: int = 0

    def train(self, documents: Sequence[Sequence[Sentence]], check: Sequence[Sentence]) -> None:
        optimiser = torch.optim.AdamW(groups(self.network, ENCODER_RATE, HEAD_RATE), weight_decay=0.01, fused=True)
        shadow = [p.detach().clone() for p in self.network.parameters()]
        self._resume(optimiser, shadow)
        varied, targets = Varied(self.seed + self.epoch), Targets(self.labels)
        begun, saved, report = time.monotonic() - self.elapsed, self.elapsed, Counter[str]()
        while self.elapsed < self.seconds:
            for batch in self._epoch(documents, varied):
                self.elapsed = time.monotonic() - begun
                if self.elapsed >= self.seconds:
                    break
                report.update(self._step(batch, optimiser, targets))
                average(shadow, list(self.network.parameters()), min(KEEP, self.step / (self.step + 20)))
                if self.step % 50 == 0:
                    self._print(report)
                if self.elapsed - saved > min(420, self.seconds / 3):
                    saved = self.elapsed
                    self._save(optimiser, shadow)
                    print(json.dumps({"minutes": round(saved / 60, 1), **self.measure(shadow, check)}), flush=True)
                    begun += time.monotonic() - begun - self.elapsed  # the checks do not count
            self.epoch += 1
        self._save(optimiser, shadow)
        _exchange(self.network, shadow)

    def _epoch(
        self, documents: Sequence[Sequence[Sentence]], varied: Varied
    ) -> Iterator[list[tuple[Row, list[Sentence]]]]:
        rng = random.Random(f"{self.seed} {self.epoch}")
        rows = []
        for window in windows(documents, rng):
            window = varied(window)
            row = self.featuriser.row(
                [w for s in window for w in s.words], [space for s in window for space in s.spaces]
            )
            if rng.random() < 0.1:
                row.flags[:] = 0
            rows.append((row, window))
        rng.shuffle(rows)
        yield from batches(rows, rng)

    def _step(
        self, batch: list[tuple[Row, list[Sentence]]], optimiser: torch.optim.Optimizer, targets: Targets
    ) -> dict[str, float]:
        inputs = tensors([row for row, _ in batch])
        gone = (torch.rand(inputs["pieces"].shape) < 0.03) & (inputs["owners"] > 0)
        inputs["pieces"] = inputs["pieces"].masked_fill(gone, self.featuriser.unknown)
        gold = targets([window for _, window in batch], inputs["shapes"].shape[1])
        for group in optimiser.param_groups:
            group["lr"] = group["top"] * rate(self.elapsed / self.seconds)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = losses(self.network(**inputs), gold, self.network)
        sum(WEIGHTS[name] * loss for name, loss in found.items()).backward()  # type: ignore[union-attr]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 3.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        self.step += 1
        return {name: float(loss.detach()) for name, loss in found.items()} | {
            "words": float((inputs["shapes"] > 0).sum()),
            "steps": 1.0,
        }

    def _print(self, report: Counter[str]) -> None:
        steps = report.pop("steps")
        means = {name: round(value / steps, 3) for name, value in report.items()}
        print(f"{self.elapsed / 60:.1f} min  epoch {self.epoch}  step {self.step}  {means}", flush=True)
        report.clear()

    def measure(self, shadow: list[Tensor], check: Sequence[Sentence]) -> dict[str, float]:
        """Quick scores of the averaged weights on some sentences."""
        _exchange(self.network, shadow)
        found = score(self.network, self.featuriser, self.labels, check)
        _exchange(self.network, shadow)
        return found

    def _save(self, optimiser: torch.optim.Optimizer, shadow: list[Tensor]) -> None:
        state = {
            "network": self.network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "shadow": shadow,
            "labels": asdict(self.labels),
        }
        torch.save(
            state | {"elapsed": self.elapsed, "step": self.step, "epoch": self.epoch}, self.folder / "checkpoint.new"
        )
        (self.folder / "checkpoint.new").rename(self.folder / "checkpoint.pt")

    def _resume(self, optimiser: torch.optim.Optimizer, shadow: list[Tensor]) -> None:
        if (self.folder / "checkpoint.pt").exists():
            state = torch.load(self.folder / "checkpoint.pt", weights_only=True)
            self.network.load_state_dict(state["network"])
            optimiser.load_state_dict(state["optimiser"])
            shadow[:] = state["shadow"]
            self.elapsed, self.step, self.epoch = state["elapsed"], state["step"], state["epoch"]


def rate(progress: float) -> float:
    """The share of the top learning rate: a short rise, then a straight fall to nothing at the end of the time."""
    return min(progress / WARM, (1 - progress) / (1 - WARM)) if progress < 1 else 0.0


def _exchange(network: Network, shadow: list[Tensor]) -> None:
    with torch.no_grad():
        for parameter, other in zip(network.parameters(), shadow, strict=True):
            kept = parameter.detach().clone()
            parameter.copy_(other)
            other.copy_(kept)


def tensors(rows: Sequence[Row]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(values) for name, values in pad(rows).items()}


@torch.no_grad()
def score(network: Network, featuriser: Featuriser, labels: Labels, sentences: Sequence[Sentence]) -> dict[str, float]:
    """Tags, unlabelled and labelled arcs (greedy), names F1, on sentences one by one: in per cent."""
    network.eval()
    counts: Counter[str] = Counter()
    targets = Targets(labels)
    for s in sentences:
        inputs = tensors([featuriser.row(s.words, s.spaces)])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = network(**inputs)
            heads = out[7][0].float().argmax(-1)
            named = network.labeller(out[8][0], out[9][0][heads]).argmax(-1)
        gold = {name: value[0] for name, value in targets([[s]], len(s.words)).items()}
        if s.heads is not None:
            counts.update(words=len(s.words), tags=int((out[0][0].argmax(-1) == gold["tags"]).sum()))
            right = heads == gold["heads"]
            counts.update(uas=int(right.sum()), las=int((right & (named == gold["labels"])).sum()))
        if s.names is not None and "LOC" in s.name_types:
            found = {span for span in spans([NAMES[i] for i in out[6][0].argmax(-1)]) if span[2] in s.name_types}
            true = {span for span in spans(s.names) if span[2] in s.name_types}
            counts.update(found=len(found), true=len(true), both=len(found & true))
    network.train()
    shares = {name: round(100 * counts[name] / max(1, counts["words"]), 2) for name in ("tags", "uas", "las")}
    return shares | {"names": round(200 * counts["both"] / max(1, counts["found"] + counts["true"]), 2)}


def prepare(sentences: Sequence[Sentence], folder: Path) -> tuple[Network, Labels, Featuriser]:
    """A network with pretrained weights, its classes, and the files in `folder` that its input is made with."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = collect(sentences)
    network = Network(sum(keeps_all()), labels.sizes)
    vocabulary = network.encoder.load_pretrained(pretrained())
    (folder / "vocabulary.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    gazetteer.write(folder / "gazetteer.txt.gz", (word for s in sentences for word in s.words))
    (folder / "labels.json").write_text(json.dumps(asdict(labels), indent=1) + "\n", encoding="utf-8")
    return network, labels, Featuriser(folder / "vocabulary.txt", Gazetteer.load(folder / "gazetteer.txt.gz"))


def keeps_all() -> list[bool]:
    from training.network import keeps

    return [keeps(piece) for piece in (pretrained() / "vocab.txt").read_text(encoding="utf-8").split("\n")[:30522]]
