"""Lemma tables for spaCy's rule lemmatizer: spacy-lookups-data (MIT), and the treebanks' word where those are wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import spacy
from spacy.language import Language
from spacy.lookups import Lookups, load_lookups
from spacy.tokens import Doc

from training.corpora import Sentence

TABLES = ("lemma_rules", "lemma_exc", "lemma_index")
LEAST = 2
LOWER_CASE = [["", ""]]


def tables(sentences: Sequence[Sentence]) -> Lookups:
    """The three tables, with an exception for each form that the rules get wrong more often than not."""
    found = load_lookups("en", TABLES)
    for name in TABLES:
        found.get_table(name)["aux"] = found.get_table(name)["verb"]
    rules, exceptions = found.get_table("lemma_rules"), found.get_table("lemma_exc")
    for (form, pos), lemma in sorted(_wrong(sentences, found).items()):
        if pos not in rules:
            rules[pos] = LOWER_CASE
        exceptions[pos] = {**exceptions.get(pos, {}), form: [lemma]}
    return found


def lemmatizer(lookups: Lookups) -> Language:
    """A pipeline that lemmatizes Docs whose parts of speech are set."""
    nlp = spacy.blank("en")
    nlp.add_pipe("lemmatizer", config={"mode": "rule"}).initialize(lookups=lookups)  # type: ignore[attr-defined]
    return nlp


def accuracy(sentences: Iterable[Sentence], lookups: Lookups) -> float:
    """Per cent of words with the right lemma, given the right part of speech."""
    right = [rule == lemma for _, _, lemma, rule in _compared(sentences, lookups)]
    return 100 * sum(right) / len(right)


def _wrong(sentences: Sequence[Sentence], lookups: Lookups) -> dict[tuple[str, str], str]:
    seen: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    ruled: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for form, pos, lemma, rule in _compared(sentences, lookups):
        if pos != "propn":
            seen[form, pos][lemma] += 1
            ruled[form, pos][rule] += 1
    best = {key: sorted(lemmas, key=lambda lemma: (-lemmas[lemma], lemma))[0] for key, lemmas in seen.items()}
    return {
        key: lemma
        for key, lemma in best.items()
        if seen[key][lemma] >= LEAST and seen[key][lemma] > seen[key][sorted(ruled[key])[0]]
    }


def _compared(sentences: Iterable[Sentence], lookups: Lookups) -> Iterator[tuple[str, str, str, str]]:
    """Lower-case form, part of speech, the treebank's lemma, the rules' lemma."""
    nlp = lemmatizer(lookups)
    for s in sentences:
        if s.lemmas and s.upos and s.feats:
            doc = Doc(nlp.vocab, list(s.words), list(s.spaces), pos=list(s.upos), morphs=list(s.feats))
            for token, lemma in zip(nlp.get_pipe("lemmatizer")(doc), s.lemmas, strict=True):
                yield token.lower_, token.pos_.lower(), lemma, token.lemma_
