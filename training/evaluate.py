"""How well and how fast a pipeline reads the test parts of the treebanks: `python -m training.evaluate MODEL`.

Attachment scores are those of the CoNLL 2018 shared task (Zeman et al. 2018): every word counts, punctuation too, and
labels are compared without their subtypes (las) or with them (las with subtypes). `gold words` hands over the
treebank's words, sentence by sentence; `raw text` hands over each document's text, aligns words by their place in it,
and gives F1.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token

from graph.reading.language import pipeline, universal
from training.corpora import Sentence, treebank

Place = tuple[int, int]
Reading = dict[Place, dict[str, object]]
WINDOW = 20  # sentences of a raw text


def evaluate(nlp: Language, sentences: Sequence[Sentence]) -> dict[str, dict[str, float]]:
    """Percentages by way of reading and by layer."""
    gold = [_gold([s]) for s in sentences]
    read = [_read(doc) for doc in nlp.pipe(Doc(nlp.vocab, s.words, s.spaces) for s in sentences)]
    texts = list(_texts(sentences))
    raw = [_read(doc) for doc in nlp.pipe(_joined(text)[0] for text in texts)]
    return {"gold words": _scores(gold, read), "raw text": _scores([_gold(text) for text in texts], raw)}


def _texts(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    for _, document in groupby(sentences, key=lambda s: s.document):
        run = list(document)
        yield from (run[i : i + WINDOW] for i in range(0, len(run), WINDOW))


def _joined(text: Sequence[Sentence]) -> tuple[str, list[int]]:
    """The text of sentences in a row, and where each one starts."""
    starts, joined = [], ""
    for sentence in text:
        starts.append(len(joined))
        joined += sentence.text + " "
    return joined.rstrip(), starts


def _gold(text: Sequence[Sentence]) -> Reading:
    reading: Reading = {}
    for sentence, at in zip(text, _joined(text)[1], strict=True):
        places = _places(sentence, at)
        columns = (sentence.tags, sentence.upos, sentence.lemmas, sentence.heads, sentence.deps)
        for place, tag, upos, lemma, head, dep in zip(places, *(c or () for c in columns), strict=True):
            reading[place] = _word(tag, upos, lemma, places[head], dep, place == places[0])
    return reading


def _places(sentence: Sentence, at: int) -> list[Place]:
    places = []
    for word, space in zip(sentence.words, sentence.spaces, strict=True):
        places.append((at, at + len(word)))
        at += len(word) + space
    return places


def _read(doc: Doc) -> Reading:
    def place(token: Token) -> Place:
        return token.idx, token.idx + len(token)

    return {
        place(t): _word(t.tag_, t.pos_, t.lemma_, place(t.head), universal(t.dep_), bool(t.is_sent_start))
        for t in doc
        if not t.is_space
    }


def _word(tag: str, upos: str, lemma: str, head: Place, dep: str, start: bool) -> dict[str, object]:
    return {"tags": tag, "upos": upos, "lemmas": lemma, "head": head, "dep": dep.lower(), "starts": start}


LAYERS: dict[str, Callable[[dict[str, object]], object]] = {
    "words": lambda w: True,
    "tags": lambda w: w["tags"],
    "upos": lambda w: w["upos"],
    "lemmas": lambda w: w["lemmas"],
    "uas": lambda w: w["head"],
    "las": lambda w: (w["head"], str(w["dep"]).split(":")[0]),
    "las with subtypes": lambda w: (w["head"], w["dep"]),
}


def _scores(gold: list[Reading], read: list[Reading]) -> dict[str, float]:
    scores = {name: _f1(gold, read, layer, lambda w: True) for name, layer in LAYERS.items()}
    scores["sentences"] = _f1(gold, read, lambda w: w["starts"], lambda w: bool(w["starts"]))
    return scores


def _f1(
    gold: list[Reading],
    read: list[Reading],
    layer: Callable[[dict[str, object]], object],
    counts: Callable[[dict[str, object]], bool],
) -> float:
    pairs = list(zip(gold, read, strict=True))
    right = sum(p in r and counts(w) and layer(r[p]) == layer(w) for g, r in pairs for p, w in g.items())
    total = sum(counts(w) for reading in (*gold, *read) for w in reading.values())
    return round(200 * right / max(total, 1), 1)


def speed(nlp: Language, sentences: Sequence[Sentence]) -> float:
    """Words a second of processor time, over texts of some 500 words."""
    texts = [_joined(text)[0] for text in _texts(sentences)]
    list(nlp.pipe(texts[:3]))
    start = time.process_time()
    words = sum(len(doc) for doc in nlp.pipe(texts))
    return words / (time.process_time() - start)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("model", help="small, accurate, the name of a spaCy pipeline, or a folder")
    parser.add_argument("--corpora", type=Path, required=True, metavar="DIR", help="folder of the annotated text")
    chosen = parser.parse_args()
    spacy.util.fix_random_seed(0)
    nlp = pipeline(chosen.model)
    sentences = treebank(chosen.corpora, "test")
    figures: dict[str, object] = {
        corpus: evaluate(nlp, [s for s in sentences if s.corpus == corpus]) for corpus in ("ewt", "gum")
    }
    figures["words a second"] = round(speed(nlp, sentences))
    figures["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
