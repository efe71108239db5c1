"""Train the small pipeline's name recogniser: word clusters, and a conditional random field on them."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pycrfsuite
from scipy.cluster.vq import kmeans2
from spacy.language import Language
from spacy.tokens import Doc

from graph.reading.features import Gazetteer
from graph.reading.names import NameTagger, describe
from training import gazetteer
from training.corpora import Sentence

COARSE, FINE = 64, 512
WEIGHTS = {"ewt": 2}  # its names are annotated with the most care
CAPITALS = 0.05  # the share of sentences that are repeated in capitals


def train_names(nlp: Language, sentences: list[Sentence], seed: int = 7, iterations: int = 30) -> NameTagger:
    """A recogniser for texts that `nlp` tags; its features read the vectors of `nlp`."""
    chance = random.Random(seed)
    capitals = [replace(s, words=tuple(w.upper() for w in s.words)) for s in sentences if chance.random() < CAPITALS]
    named = [s for s in sentences + capitals if s.names is not None]
    clusters = word_clusters(nlp, seed)
    with TemporaryDirectory() as folder:
        names, model = Path(folder) / "gazetteer.txt.gz", Path(folder) / "names.crfsuite"
        gazetteer.write(names, (word for s in sentences for word in s.words))
        crf(zip(described(nlp, named, Gazetteer.load(names), clusters), named, strict=True), model, iterations)
        files = {"names.crfsuite": model.read_bytes(), "gazetteer.txt.gz": names.read_bytes()}
    return NameTagger().open({**files, "clusters.npy": clusters.astype("<i2").tobytes()})


def crf(examples: Iterable[tuple[list[list[str]], Sentence]], model: Path, iterations: int) -> None:
    """Fit an averaged perceptron (Collins 2002) and write it to a file."""
    trainer = pycrfsuite.Trainer(algorithm="ap", verbose=False)
    trainer.set_params({"max_iterations": iterations, "feature.minfreq": 3})
    for features, sentence in examples:
        for _ in range(WEIGHTS.get(sentence.corpus, 1)):
            trainer.append(features, list(sentence.names or ()))
    trainer.train(str(model))


def described(
    nlp: Language, sentences: list[Sentence], lists: Gazetteer, clusters: npt.NDArray[np.int64]
) -> Iterator[list[list[str]]]:
    """The features of each sentence, with the tags that the pipeline gives it, not the corpus."""
    docs = (Doc(nlp.vocab, s.words, s.spaces) for s in sentences)
    with nlp.select_pipes(enable=["tok2vec", "tagger"]):
        yield from (describe(doc, lists, clusters) for doc in nlp.pipe(docs))


def word_clusters(nlp: Language, seed: int) -> npt.NDArray[np.int64]:
    """A coarse and a fine cluster for each row of the pipeline's vectors, by k-means."""
    table = nlp.vocab.vectors.data
    sizes = [min(size, max(1, len(table) // 4)) for size in (COARSE, FINE)]
    return np.stack([kmeans2(table, k, iter=15, minit="points", rng=seed)[1] for k in sizes], axis=1)
