"""How well a pipeline knows names, event nouns, kinds of thing, what happened: `python -m training.meaning MODEL`.

Names (exact span and type; people, organisations, places) on EWT's development part and GUM's test part. Event nouns,
and the kinds of GUM's mentions at their head words, on GUM's test part. On EWT's test part the correlation of
factuality with the ratings of UDS (Pearson's r, as White et al. 2016 report it).
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from graph.reading.language import pipeline
from training.corpora import Sentence, ewt, gum
from training.variation import spans

NAMES = ("PER", "ORG", "LOC")


def read(nlp: Language, sentences: Sequence[Sentence]) -> list[Doc]:
    """The sentences one by one, with the treebank's words."""
    return list(nlp.pipe(Doc(nlp.vocab, s.words, s.spaces) for s in sentences))


def names(sentences: Sequence[Sentence], docs: Sequence[Doc]) -> float:
    """F1 of exact and typed names."""
    gold = [(n, span) for n, s in enumerate(sentences) for span in spans(s.names or ()) if span[2] in NAMES]
    found = [(n, (e.start, e.end, e.label_)) for n, doc in enumerate(docs) for e in doc.ents if e.label_ in NAMES]
    return _f1(gold, found)


def events(sentences: Sequence[Sentence], docs: Sequence[Doc]) -> float:
    """F1 of the words other than verbs that stand for an event."""
    judged = {(n, i) for n, s in enumerate(sentences) for i, t in enumerate(s.triggers or ()) if t is not None}
    gold = [(n, i) for n, s in enumerate(sentences) for i, t in enumerate(s.triggers or ()) if t]
    found = [(n, t.i) for n, doc in enumerate(docs) for t in doc if t._.trigger >= 0.5 and (n, t.i) in judged]
    return _f1(gold, found)


def kinds(sentences: Sequence[Sentence], docs: Sequence[Doc]) -> float:
    """F1 of head words with the right kind of thing."""
    gold = [(n, i, kind) for n, s in enumerate(sentences) for i, kind in enumerate(s.nominals or ()) if kind]
    found = [(n, token.i, token._.nominal) for n, doc in enumerate(docs) for token in doc if token._.nominal]
    return _f1(gold, found)


def factuality(sentences: Sequence[Sentence], docs: Sequence[Doc]) -> dict[str, float]:
    """Pearson's r over the rated predicates, and how many of those the pipeline rates."""
    rated = [(n, i, v) for n, s in enumerate(sentences) for i, v in enumerate(s.factuality or ()) if v is not None]
    pairs = [(value, docs[n][i]._.factuality) for n, i, value in rated]
    both = np.array([pair for pair in pairs if pair[1] is not None])
    return {"r": round(float(np.corrcoef(both.T)[0, 1]), 3), "rated, %": round(100 * len(both) / len(pairs), 1)}


def _f1(gold: Iterable[tuple[object, ...]], found: Iterable[tuple[object, ...]]) -> float:
    true, guess = Counter(gold), Counter(found)
    return round(200 * (true & guess).total() / max(1, true.total() + guess.total()), 1)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m training.meaning", description=__doc__)
    parser.add_argument("model", help="accurate, or a folder")
    parser.add_argument("--corpora", type=Path, required=True, metavar="DIR", help="folder of the annotated text")
    chosen = parser.parse_args()
    nlp = pipeline(chosen.model)
    web, genres, rated = ewt(chosen.corpora, "dev"), gum(chosen.corpora, "test"), ewt(chosen.corpora, "test")
    docs = read(nlp, genres)
    figures = {
        "names": {"ewt dev": names(web, read(nlp, web)), "gum test": names(genres, docs)},
        "event nouns": events(genres, docs),
        "kinds of thing": kinds(genres, docs),
        "factuality": factuality(rated, read(nlp, rated)),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
