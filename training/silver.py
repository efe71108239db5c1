"""Names that the accurate pipeline finds in text without annotation, for the small one to learn (Hinton et al. 2015).

The text is that of GAP (Webster et al. 2018; Apache-2.0, Wikipedia), which has many people in few words, and of ECB+.
"""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Span

from training.corpora import TYPES, Sentence


def taught(teacher: Language, corpora: Path) -> list[Sentence]:
    """The sentences of GAP and ECB+ with the teacher's names."""
    return [_sentence(span) for doc in teacher.pipe(passages(corpora)) for span in doc.sents if len(span) > 1]


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
    words, spaces = zip(*((token.text, bool(token.whitespace_)) for token in span), strict=True)
    return Sentence("silver", "", str(span.start), words, spaces, names=tuple(names), name_types=frozenset(TYPES))
