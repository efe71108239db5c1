"""Lemmas by rule: spaCy's English tables, with the words of the treebanks that the rules get wrong as exceptions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from spacy.language import Language
from spacy.lookups import Lookups, load_lookups
from spacy.pipeline.lemmatizer import Lemmatizer
from spacy.tokens import Doc

from training.corpora import Sentence

TABLES = ("lemma_rules", "lemma_exc", "lemma_index")
RULED = ("noun", "verb", "adj", "adv", "punct")
SEEN = 2  # an exception is a form with a lemma seen this often


def add_lemmatizer(nlp: Language, sentences: list[Sentence]) -> None:
    """Add a rule lemmatizer whose tables travel inside the pipeline."""
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule"})
    assert isinstance(lemmatizer, Lemmatizer)
    tables = load_lookups("en", list(TABLES))
    lemmatizer.initialize(lookups=tables)
    missed = _missed(lemmatizer, nlp, sentences)
    lemmatizer.initialize(lookups=_with_exceptions(tables, missed))
    lemmatizer.cache.clear()


def _missed(lemmatizer: Lemmatizer, nlp: Language, sentences: list[Sentence]) -> Iterator[tuple[str, str, str]]:
    """(part of speech, form, lemma) where most of the treebank's lemmas of a form are not the rule's."""
    lemmas: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    ruled: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        doc = Doc(nlp.vocab, sentence.words, sentence.spaces, pos=sentence.upos, morphs=sentence.feats)
        for token, lemma in zip(doc, sentence.lemmas or (), strict=True):
            lemmas[token.pos_.lower(), token.lower_][lemma] += 1
            ruled[token.pos_.lower(), token.lower_][lemmatizer.lemmatize(token)[0]] += 1
    for (pos, form), seen in sorted(lemmas.items()):
        (lemma, count) = max(sorted(seen.items()), key=lambda item: item[1])
        ruleless = pos not in RULED
        if pos != "propn" and (ruleless or (count >= SEEN and ruled[pos, form][lemma] < count)):
            yield pos, form, lemma


def _with_exceptions(tables: Lookups, missed: Iterable[tuple[str, str, str]]) -> Lookups:
    exceptions = tables.get_table("lemma_exc")
    for pos, form, lemma in missed:
        forms = exceptions.get(pos) or {}
        exceptions.set(pos, forms | {form: [lemma], form.replace("'", "’"): [lemma]})
    return tables
