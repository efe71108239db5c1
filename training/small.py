"""Train the small pipeline: tags, features and dependencies from one convolutional encoder, names from a CRF."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_loop
from spacy.util import load_config

from graph.reading import transformer
from training.corpora import Sentence, events, names, treebank, trees
from training.lemmas import add_lemmatizer
from training.recogniser import train_names
from training.silver import passages, taught, write_trees
from training.vectors import first_layer, rounded, unlearned, write_vectors

CONFIG = Path(__file__).parent / "configs" / "small.cfg"
CURLY = {
    "'": "’",
    "n't": "n’t",
    "'s": "’s",
    "'m": "’m",
    "'re": "’re",
    "'ve": "’ve",
    "'ll": "’ll",
    "'d": "’d",
    "--": "—",
}
VERSION = "0.1.0"
DESCRIPTION = "English news: tags, features, Universal Dependencies, lemmas and names, small and fast."
SOURCES = ["UD English EWT", "GUM", "Universal NER", "WikiGold", "WNUT17", "CrossNER", "ECB+", "GeoNames", "MiniLM-L6"]
NAME_ITERATIONS = 12
SAMPLE: dict[str, object] = {
    "components.tok2vec.model.embed.width": 16,
    "components.tok2vec.model.embed.rows": [500, 100, 250, 250],
    "components.tok2vec.model.encode.width": 16,
    "components.tok2vec.model.encode.depth": 2,
    "components.parser.model.hidden_width": 16,
    "components.parser.min_action_freq": 1,
    "training.max_steps": 60,
    "training.eval_frequency": 30,
    "training.optimizer.learn_rate.warmup_steps": 5,
    "training.optimizer.learn_rate.initial_rate": 0.02,
}
LONGEST = 3  # sentences of one training text
GOLD = 2
TAUGHT: dict[str, object] = {
    "corpora.train.parts": ["train", "dev"],
    "training.max_steps": 1500,
    "training.eval_frequency": 300,
    "training.batcher.size.start": 1200,
    "training.optimizer.learn_rate.warmup_steps": 100,
    "training.optimizer.learn_rate.initial_rate": 1e-3,
}


@spacy.registry.readers("whodid.treebank.v1")
def read_treebank(
    folder: str, parts: list[str], silver: str | None, altered: float, seed: int
) -> Callable[[Language], Iterator[Example]]:
    """Texts of one to three sentences in a row, cut anew each epoch; a share of them altered as news alters text.

    `silver` is a file of trees that a teacher made; beside it the treebanks count `GOLD` times.
    """
    sentences = [s for part in parts for s in treebank(Path(folder), part)]
    if silver:
        sentences = sentences * GOLD + trees(Path(silver))
    chance = random.Random(seed)

    def examples(nlp: Language) -> Iterator[Example]:
        texts = list(_texts(sentences, chance))
        if altered:
            chance.shuffle(texts)
        for text in texts:
            yield _example(nlp, [_altered(s, chance) if chance.random() < altered else s for s in text])

    return examples


def _texts(sentences: list[Sentence], chance: random.Random) -> Iterator[list[Sentence]]:
    text: list[Sentence] = []
    size = 1
    for sentence in sentences:
        if text and (len(text) >= size or text[0].document != sentence.document):
            yield text
            text, size = [], chance.randint(1, LONGEST)
        text.append(sentence)
    if text:
        yield text


def _altered(sentence: Sentence, chance: random.Random) -> Sentence:
    """As newspapers print it: curly quotes mostly, no final stop, a headline's capitals, all capitals, or none."""
    alteration = chance.choice([_curly, _curly, _curly, _unstopped, _titled, _upper, _lower])
    return alteration(sentence)


def _curly(sentence: Sentence) -> Sentence:
    words, opened = [], False
    for word in sentence.words:
        opened ^= word == '"'
        words.append("“" if word == '"' and opened else "”" if word == '"' else CURLY.get(word, word))
    return replace(sentence, words=tuple(words))


def _unstopped(sentence: Sentence) -> Sentence:
    last = len(sentence.words) - 1
    assert sentence.heads
    if last < 1 or sentence.words[last] not in ".!" or last in sentence.heads:
        return sentence
    layers = ("words", "spaces", "tags", "upos", "lemmas", "feats", "heads", "deps")
    return replace(sentence, **{layer: getattr(sentence, layer)[:-1] for layer in layers})


def _titled(sentence: Sentence) -> Sentence:
    sentence = _unstopped(sentence)
    return replace(sentence, words=tuple(w[:1].upper() + w[1:] if len(w) > 3 else w for w in sentence.words))


def _upper(sentence: Sentence) -> Sentence:
    return replace(sentence, words=tuple(word.upper() for word in sentence.words))


def _lower(sentence: Sentence) -> Sentence:
    return replace(sentence, words=tuple(word.lower() for word in sentence.words))


def _example(nlp: Language, sentences: list[Sentence]) -> Example:
    layers = [_layers(s, sum(len(t.words) for t in sentences[:i])) for i, s in enumerate(sentences)]
    words, spaces, tags, pos, morphs, lemmas, heads, deps = (
        [v for s in layer for v in s] for layer in zip(*layers, strict=True)
    )
    spaces[-1] = False
    reference = Doc(nlp.vocab, words, spaces, tags=tags, pos=pos, morphs=morphs, lemmas=lemmas, heads=heads, deps=deps)
    return Example(Doc(nlp.vocab, words, spaces), reference)


def _layers(s: Sentence, start: int) -> tuple[Any, ...]:
    assert s.heads is not None
    assert s.deps is not None
    heads = tuple(start + head for head in s.heads)
    deps = tuple("ROOT" if dep == "root" else dep for dep in s.deps)
    spaces = (*s.spaces[:-1], True)
    return s.words, spaces, s.tags, s.upos, s.feats, s.lemmas, heads, deps


def train(
    corpora: Path, out: Path, *, gold: Path | None = None, teacher: Path | None = None, sample: bool = False
) -> Language:
    """Train the whole small pipeline and save it to `out`; `sample` trains a tiny one, with random vectors.

    `gold` is the folder of the evaluation sets, of which re3d may be learnt from. `teacher` is the folder of an
    accurate pipeline, whose trees, tags and names in text without annotation are learnt too.
    """
    reader = transformer.load(teacher) if teacher else None
    silver = taught(reader, passages(corpora)) if reader else []
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        vectors = write_vectors(corpora, scratch / "vectors", look_up=unlearned if sample else first_layer)
        syntax = train_syntax(corpora, scratch / "syntax", vectors, SAMPLE if sample else {})
        if reader:
            parsed = silver + taught(reader, (s.text for s in names(corpora)))
            syntax = continue_syntax(syntax, write_trees(parsed, scratch / "silver.conllu.gz"), scratch / "taught")
        nlp = spacy.load(syntax)
    treebanks = treebank(corpora, "train") + treebank(corpora, "dev")
    named = treebanks + names(corpora) + events(corpora, gold)
    return finish(nlp, named + silver, out, iterations=3 if sample else NAME_ITERATIONS)


def train_syntax(corpora: Path, out: Path, vectors: Path, overrides: dict[str, object]) -> Path:
    """Train tagger, morphologizer and parser; the folder of the best checkpoint."""
    settings = {"paths.corpora": str(corpora), "paths.vectors": str(vectors), **overrides}
    config = load_config(CONFIG, overrides=settings, interpolate=False)
    out.mkdir(parents=True, exist_ok=True)
    train_loop(init_nlp(config), out)
    return out / "model-best"


def continue_syntax(student: Path, silver: Path, out: Path) -> Path:
    """Go on training a pipeline on gold and silver trees; the folder of weights half way between before and after.

    Weights in the middle forget less of what the student knew (Wortsman et al. 2022).
    """
    nlp = spacy.load(student, config={**TAUGHT, "paths.silver": str(silver)})
    out.mkdir(parents=True, exist_ok=True)
    train_loop(nlp, out)
    middle = between(spacy.load(out / "model-last"), spacy.load(student))
    middle.to_disk(out / "middle")
    return out / "middle"


def between(nlp: Language, other: Language) -> Language:
    """`nlp` with every weight set to the mean of its own and that of `other`, a pipeline of the same shape."""
    for name in nlp.pipe_names:
        layers = (pipeline.get_pipe(name).model.walk() for pipeline in (nlp, other))  # type: ignore[attr-defined]
        for mine, theirs in zip(*layers, strict=True):
            for weight in mine.param_names:
                if mine.has_param(weight):
                    mine.set_param(weight, (mine.get_param(weight) + theirs.get_param(weight)) / 2)
    return nlp


def finish(nlp: Language, sentences: list[Sentence], out: Path, iterations: int) -> Language:
    """Add lemmas and names to a trained parser, make it compact, and save it with its licence."""
    compact(nlp)
    add_lemmatizer(nlp, [s for s in sentences if s.lemmas is not None])
    recogniser = train_names(nlp, sentences, iterations=iterations)
    nlp.add_pipe("whodid_names", name="ner").open(recogniser.files)  # type: ignore[attr-defined]
    meta = {"name": "whodid_small", "version": VERSION, "license": "CC BY-SA 4.0", "description": DESCRIPTION}
    nlp.meta.update(meta, sources=SOURCES, performance={})
    nlp.config["paths"] = dict.fromkeys(nlp.config["paths"])
    out.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(out)
    (out / "LICENSE").write_text((Path(__file__).parent / "LICENSE-models").read_text("utf-8"), "utf-8")
    return nlp


def compact(nlp: Language) -> None:
    """Round the weights of the embedding tables to 256 levels: an archive then packs four bytes into about one."""
    for node in nlp.get_pipe("tok2vec").model.walk():  # type: ignore[attr-defined]
        if node.name == "hashembed":
            node.set_param("E", rounded(node.get_param("E")))
