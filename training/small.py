"""Train the small pipeline: tags, features and dependencies from one convolutional encoder, names from a CRF."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train as train_loop
from spacy.util import load_config

from training.corpora import Sentence, treebank

CONFIG = Path(__file__).parent / "configs" / "small.cfg"
CURLY = {"'": "’", "n't": "n’t", "'s": "’s", "'m": "’m", "'re": "’re", "'ve": "’ve", "'ll": "’ll", "'d": "’d", "--": "—"}
LONGEST = 3  # sentences of one training text


@spacy.registry.readers("whodid.treebank.v1")
def read_treebank(folder: str, part: str, altered: float, seed: int) -> Callable[[Language], Iterator[Example]]:
    """Texts of one to three sentences in a row, cut anew each epoch; a share of them altered as news alters its text."""
    sentences = treebank(Path(folder), part)
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
    words, spaces, tags, pos, morphs, lemmas, heads, deps = ([v for s in layer for v in s] for layer in zip(*layers))
    spaces[-1] = False
    reference = Doc(nlp.vocab, words, spaces, tags=tags, pos=pos, morphs=morphs, lemmas=lemmas, heads=heads, deps=deps)
    return Example(Doc(nlp.vocab, words, spaces), reference)


def _layers(s: Sentence, start: int) -> tuple[tuple[object, ...], ...]:
    assert s.tags and s.upos and s.feats and s.lemmas and s.heads and s.deps
    heads = tuple(start + head for head in s.heads)
    deps = tuple("ROOT" if dep == "root" else dep for dep in s.deps)
    spaces = (*s.spaces[:-1], True)
    return s.words, spaces, s.tags, s.upos, s.feats, s.lemmas, heads, deps


def train_syntax(corpora: Path, out: Path, vectors: Path | None = None, overrides: dict[str, object] | None = None) -> Path:
    """Train tagger, morphologizer and parser; the folder of the best checkpoint."""
    settings = {"paths.corpora": str(corpora), "paths.vectors": str(vectors) if vectors else None, **(overrides or {})}
    config = load_config(CONFIG, overrides=settings, interpolate=False)
    nlp = init_nlp(config)
    out.mkdir(parents=True, exist_ok=True)
    train_loop(nlp, out)
    return out / "model-best"
