"""What the accurate pipeline reads in text without trees, for the small one to learn (Hinton et al. 2015).

The text is that of GAP (Webster et al. 2018; Apache-2.0, Wikipedia), which has many people in few words, and of ECB+;
for trees also that of the corpora which have names alone.
"""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Span

from training.corpora import TYPES, Sentence


def taught(teacher: Language, texts: Iterable[str]) -> list[Sentence]:
    """The sentences of the texts, with the teacher's names, tags and trees."""
    return [_sentence(span) for doc in teacher.pipe(texts) for span in doc.sents if len(span) > 1]


def passages(corpora: Path) -> Iterator[str]:
    """The texts of GAP, and those of ECB+ line by line."""
    with gzip.open(corpora / "coreference" / "gap-development.tsv.gz", "rt", encoding="utf-8", newline="") as lines:
        yield from (row["Text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    with gzip.open(corpora / "events" / "ecb-train.jsonl.gz", "rt", encoding="utf-8") as reports:
        yield from (line for report in reports for line in json.loads(report)["text"].splitlines())


def _sentence(span: Span) -> Sentence:
    names = ["O"] * len(span)
    for entity in span.ents:
        for token in entity:
            names[token.i - span.start] = ("B-" if token.i == entity.start else "I-") + entity.label_
    return Sentence(
        "silver",
        "",
        str(span.start),
        words=tuple(token.text for token in span),
        spaces=tuple(bool(token.whitespace_) for token in span),
        tags=tuple(token.tag_ for token in span),
        upos=tuple(token.pos_ for token in span),
        feats=tuple(str(token.morph) for token in span),
        heads=tuple(token.head.i - span.start for token in span),
        deps=tuple(token.dep_ for token in span),
        names=tuple(names),
        name_types=frozenset(TYPES),
    )


def write_trees(sentences: Iterable[Sentence], path: Path) -> Path:
    """Write the trees as gzipped CoNLL-U, those of sentences that have white space for a word left out."""
    solid = [s for s in sentences if all(word.strip() for word in s.words)]
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(_block(i, s) for i, s in enumerate(solid))
    return path


def _block(number: int, s: Sentence) -> str:
    rows = zip(s.words, s.spaces, s.tags or (), s.upos or (), s.feats or (), s.heads or (), s.deps or (), strict=True)
    lines = [f"# sent_id = silver-{number}"]
    for i, (word, space, tag, upos, feats, head, dep) in enumerate(rows):
        to, label = (0, "root") if head == i else (head + 1, dep)
        cells = (i + 1, word, "_", upos, tag, feats or "_", to, label, "_", "_" if space else "SpaceAfter=No")
        lines.append("\t".join(map(str, cells)))
    return "\n".join(lines) + "\n\n"
