"""Parsed sentences for tests of the steps, out of ``sentences.conllu``, with one entity for each noun phrase."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graph.documents import Document, Span
from graph.model import Entity, Mention, Quantity, Reading, Sentence, Time, Token
from graph.reading.grammar import Tree

TYPES = {
    "Ostra": "GeopoliticalEntity",
    "Valdoria": "GeopoliticalEntity",
    "Treva": "Organisation",
    "Council": "IntergovernmentalOrganisation",
    "Novak": "Person",
    "Paul": "Person",
    "he": "Person",
    "mission": "Mission",
    "army": "SecurityForce",
    "police": "SecurityForce",
    "judge": "Person",
    "students": "Group",
    "officers": "Group",
    "plane": "ItemType",
}
_MONTHS = frozenset({"October", "Monday", "June", "Friday"})
_SMALL = frozenset({"case", "cc", "conj", "punct", "acl", "acl:relcl"})


@cache
def _blocks() -> dict[str, list[list[str]]]:
    text = Path(__file__).with_name("sentences.conllu").read_text(encoding="utf-8")
    blocks = [block.splitlines() for block in text.split("\n\n") if "# text = " in block]
    found = {}
    for lines in blocks:
        title = next(line[9:] for line in lines if line.startswith("# text = "))
        found[title] = [line.split("\t") for line in lines if not line.startswith("#")]
    return found


def reading(text: str) -> Reading:
    """The parse of one of the sentences, with entities, times and quantities found by the simplest of means."""
    tokens, at = [], 0
    for row in _blocks()[text]:
        at = text.index(row[1], at)
        index = int(row[0]) - 1
        head = int(row[6]) - 1 if row[6] != "0" else index
        tokens.append(Token(index, Span(at, at + len(row[1])), row[1], row[2], row[3], row[4], row[7], head, 0))
        at += len(row[1])
    bare = Reading(
        Document("d", text, ""),
        sentences=(Sentence(Span(0, len(text)), 0, len(tokens)),),
        tokens=tuple(tokens),
    )
    return _filled(bare)


def _filled(bare: Reading) -> Reading:
    tree = Tree(bare.tokens)
    text = bare.document.text
    nouns = [t for t in bare.tokens if t.pos in {"NOUN", "PROPN", "PRON"} and t.text not in _MONTHS and t.tag != "EX"]
    entities = []
    for number, noun in enumerate((t for t in nouns if t.dep != "flat"), 1):
        kind = TYPES.get(noun.text, "")
        mention = Mention(
            tree.span(noun, without=_SMALL), "name" if noun.pos == "PROPN" else "nominal", noun.index, kind
        )
        entities.append(Entity(f"e{number}", mention.span.of(text), kind, (mention,)))
    dated = [t for t in bare.tokens if t.text in _MONTHS]
    times = tuple(Time(f"t{n}", t.span, "DATE", t.text) for n, t in enumerate(dated, 1))
    numbers = [t for t in bare.tokens if t.dep == "nummod" and t.tag == "CD"]
    quantities = tuple(Quantity(f"q{n}", t.span, 1, "", head=t.index) for n, t in enumerate(numbers, 1))
    return Reading(bare.document, bare.sentences, bare.tokens, (), tuple(entities), times, quantities)
