"""Trains the accurate English pipeline: one pretrained encoder, fine-tuned jointly for all that the reading asks.

A biaffine parser (Dozat and Manning 2017) and linear heads on MiniLM (Wang et al. 2020); learning rates that fall
towards the lower layers (Howard and Ruder 2018); the weights are averaged over steps (Polyak and Juditsky 1992).
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import spacy
import torch
from torch import Tensor

from graph.reading.features import Featuriser, Gazetteer, Row, pad
from training import gazetteer
from training.corpora import Sentence, events, names, treebank
from training.export import export
from training.lemmas import add_lemmatizer
from training.network import Network, average, groups, pretrained
from training.targets import NAMES, WEIGHTS, Labels, Targets, collect, losses
from training.variation import Varied, documents, spans, windows

MINUTES = 74
PIECES_A_BATCH = 1560
ENCODER_RATE, HEAD_RATE, WARM = 2e-4, 1e-3, 0.04
KEEP = 0.998
GONE, UNLISTED = 0.03, 0.1  # shares of words hidden, of windows read without name lists
CHECKED = 400
META = {
    "lang": "en",
    "name": "whodid_accurate",
    "version": "0.1.0",
    "license": "CC BY-SA 4.0",
    "description": "English news: sentences, tags, Universal Dependencies, lemmas, names, event words, factuality.",
}
Window = tuple[Row, list[Sentence]]


def train(
    corpora: Path, out: Path, *, minutes: float = MINUTES, gold: Path | None = None, sample: bool = False, seed: int = 7
) -> None:
    """Train for so many minutes of the clock, then write the model folder `out`; takes up a run that was cut off.

    `gold` is the folder of the evaluation sets, of which re3d may be learnt from. `sample` stops after a few seconds.
    """
    torch.manual_seed(seed)
    learnt = treebank(corpora, "train") + names(corpora) + events(corpora, gold)
    run = prepare(learnt, out.with_name(f"{out.name}-run"), 6 if sample else 60 * minutes, seed)
    dev = treebank(corpora, "dev")
    run.train(documents(learnt), random.Random(seed).sample(dev, min(CHECKED, len(dev))))
    finish(run, learnt, out)


def prepare(learnt: Sequence[Sentence], folder: Path, seconds: float, seed: int) -> Run:
    """A run with pretrained weights, and in `folder` the files that its input is made with."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = collect(learnt)
    network = Network(labels.sizes)
    pieces = network.encoder.load_pretrained(pretrained())
    (folder / "vocabulary.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    gazetteer.write(folder / "gazetteer.txt.gz", (word for s in learnt for word in s.words))
    featuriser = Featuriser(folder / "vocabulary.txt", Gazetteer.load(folder / "gazetteer.txt.gz"))
    return Run(network, labels, featuriser, folder, seconds, seed)


def finish(run: Run, learnt: Sequence[Sentence], out: Path) -> None:
    """Write the model folder: the network in 8 bits, what its input is made with, lemma tables, the licence."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("vocabulary.txt", "gazetteer.txt.gz"):
        shutil.copy(run.folder / name, out / name)
    nlp = spacy.blank("en")
    add_lemmatizer(nlp, [s for s in learnt if s.lemmas])
    nlp.get_pipe("lemmatizer").lookups.to_disk(out / "lookups")  # type: ignore[attr-defined]
    export(run.network, run.labels, out, META)
    shutil.copy(Path(__file__).parent / "LICENSE-models", out / "LICENSE")


def batches(rows: list[Window], rng: random.Random) -> list[list[Window]]:
    """Windows of like length together, so that little is padded."""
    found: list[list[Window]] = []
    for row in sorted(rows, key=lambda pair: (len(pair[0]), rng.random())):
        if not found or (len(found[-1]) + 1) * len(row[0]) > PIECES_A_BATCH:
            found.append([])
        found[-1].append(row)
    rng.shuffle(found)
    return found


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

    def train(self, texts: Sequence[Sequence[Sentence]], check: Sequence[Sentence]) -> None:
        optimiser = torch.optim.AdamW(groups(self.network, ENCODER_RATE, HEAD_RATE), weight_decay=0.01, fused=True)
        shadow = [p.detach().clone() for p in self.network.parameters()]
        self._resume(optimiser, shadow)
        varied, targets = Varied(self.seed + self.epoch), Targets(self.labels)
        begun, saved, report = time.monotonic() - self.elapsed, self.elapsed, Counter[str]()
        while self.elapsed < self.seconds:
            for batch in self._epoch(texts, varied):
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

    def _epoch(self, texts: Sequence[Sequence[Sentence]], varied: Varied) -> Iterator[list[Window]]:
        rng = random.Random(f"{self.seed} {self.epoch}")
        rows = []
        for window in windows(texts, rng):
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
