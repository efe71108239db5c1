from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.documents import Document, Span
from graph.model import Mention, Reading, Sentence, Token
from graph.reading import gazetteer
from graph.reading.mentions import mentions
from tests.actors import report

WORDS = [
    "Acme",
    "Ltd",
    "the",
    "of",
    "and",
    "Kenyan",
    "police",
    "it",
    "which",
    "who",
    "$",
    "7",
    "A500",
    "(",
    '"',
    "'s",
    "é",
    "said",
]
DEPS = ["nsubj", "obj", "nmod", "conj", "appos", "compound", "acl:relcl", "punct", "root", "flat", "cop"]
TAGS = ["NN", "NNS", "NNP", "PRP", "WDT", "VBD", "IN", "POS"]
POS = ["NOUN", "PROPN", "PRON", "VERB", "ADP", "NUM", "PUNCT"]
NAMES = ["", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "B-MISC"]


def found(number: int) -> dict[str, Mention]:
    reading = mentions(report(number))
    return {m.span.of(reading.document.text): m for m in reading.mentions}


@st.composite
def parses(draw: st.DrawFn) -> Reading:
    """Any words with any parse, even one that is no tree of grammar."""
    words = draw(st.lists(st.sampled_from(WORDS), max_size=14))
    cut = draw(st.integers(0, len(words)))
    tokens, at = [], 0
    for i, word in enumerate(words):
        low = 0 if i < cut else cut
        head = draw(st.integers(low, i)) if i > low else i
        pos, tag, name = (draw(st.sampled_from(labels)) for labels in (POS, TAGS, NAMES))
        dep = "root" if head == i else draw(st.sampled_from(DEPS))
        span = Span(at, at + len(word))
        tokens.append(Token(i, span, word, word.lower(), pos, tag, dep, head, int(low > 0), name))
        at += len(word) + 1
    text = " ".join(words)
    edges = [(0, cut), (cut, len(words))]
    sentences = tuple(Sentence(Span(tokens[a].span.start, tokens[b - 1].span.end), a, b) for a, b in edges if a < b)
    return Reading(Document("d", text, ""), sentences=sentences, tokens=tuple(tokens))


def test_a_name_has_no_title_and_no_article() -> None:
    one = found(1)
    assert one["Lena Marek"].kind == "name"
    assert one["Lena Marek"].type == "Person"
    assert found(2)["World Trade Group"].kind == "name"


def test_a_title_is_a_nominal_and_so_is_title_with_name() -> None:
    one = found(1)
    assert one["President"].kind == "nominal"
    assert one["President Lena Marek"].kind == "nominal"


def test_phrases_nest() -> None:
    one = found(1)
    assert one["the head of Zenith Airlines"].type == "Person"
    assert one["Zenith Airlines"].type == "Organisation"
    assert one["Slovenia"].type == "GeopoliticalEntity"


def test_apposition_and_its_name_together_are_a_mention() -> None:
    assert found(1)["Peter Novak, the head of Zenith Airlines"].type == "Person"


def test_a_coordination_is_split_and_kept_whole() -> None:
    four = found(4)
    assert {"Vera Lind", "Tom Holm"} <= set(four)
    assert four["Vera Lind and Tom Holm"].type == "Group"


def test_unnamed_collectives() -> None:
    three = found(3)
    assert three["Thousands of residents"].type == "Group"
    assert three["a handful of gangs"].type == "ArmedGroup"
    assert three["the city"].type == "GeopoliticalEntity"


def test_a_relative_clause_is_outside_and_its_pronoun_a_mention() -> None:
    three = found(3)
    assert three["Most of the gangs"].kind == "nominal"
    assert three["which"].kind == "pronoun"
    assert not any("burned" in words for words in three)


def test_empty_it_stands_for_nothing() -> None:
    reading = mentions(report(4))
    spans = [m.span.of(reading.document.text) for m in reading.mentions if m.kind == "pronoun"]
    assert spans == ["They", "it"]


def test_times_and_abstract_things_are_no_mentions() -> None:
    assert "Monday" not in found(1)
    assert "Friday" not in found(5)


def test_who_is_asked_for_is_nobody_and_focus_is_outside_the_phrase() -> None:
    assert not any("countries" in words for words in found(6))
    assert "the mayors of the towns" in found(6)


def test_a_demonym_is_a_nominal_for_its_place() -> None:
    kenyan = found(4)["Kenyan"]
    assert (kenyan.kind, kenyan.type) == ("nominal", "GeopoliticalEntity")


def test_lists_set_right_what_the_pipeline_takes_for_a_place() -> None:
    assert found(5)["United Nations"].type == "IntergovernmentalOrganisation"
    assert found(5)["Ministry of Defence"].type == "Government"
    assert found(5)["the United Nations mission in Haiti"].type == "Mission"


def test_an_acronym_has_the_class_of_what_it_stands_for() -> None:
    reading = report(2)
    tokens = tuple(replace(t, name="B-LOC") if t.text == "WTG" else t for t in reading.tokens)
    types = {m.type for m in mentions(replace(reading, tokens=tokens)).mentions if len(m.span) == 3}
    assert "Organisation" in types
    assert "GeopoliticalEntity" not in types


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Kenya", "GeopoliticalEntity"),
        ("the United States", "GeopoliticalEntity"),
        ("North Sea", "Place"),
        ("Burkina Faso", "GeopoliticalEntity"),
        ("Zorblax", ""),
    ],
)
def test_gazetteer_knows_places(name: str, told: str) -> None:
    assert gazetteer.place_class(name) == told


@pytest.mark.parametrize(
    ("noun", "told"),
    [("president", "Person"), ("policemen", "Person"), ("militia", "ArmedGroup"), ("airliner", "ItemType"),
     ("planemaker", "Organisation"), ("treaty", "Instrument"), ("presidency", "Post"), ("happiness", "")],
)  # fmt: skip
def test_gazetteer_knows_nouns(noun: str, told: str) -> None:
    assert gazetteer.noun_class(noun) == told


def test_every_country_has_a_demonym() -> None:
    sovereign = ["Kenya", "France", "Netherlands", "Philippines", "Ivory Coast", "Niger", "Nigeria", "Kosovo"]
    demonyms = {
        gazetteer.demonym(w)
        for w in ("Kenyan", "French", "Dutch", "Filipino", "Ivorian", "Nigerien", "Nigerian", "Kosovar")
    }
    assert {gazetteer.country(name) for name in sovereign} == {gazetteer.country(d or "") for d in demonyms}


@settings(max_examples=150, deadline=None)
@given(parses())
def test_any_parse_gives_valid_mentions_and_twice_the_same(reading: Reading) -> None:
    once = mentions(reading)
    assert once == mentions(reading)
    spans = [m.span for m in once.mentions]
    assert len(set(spans)) == len(spans)
    for mention in once.mentions:
        assert 0 <= mention.span.start < mention.span.end <= len(reading.document.text)
        assert reading.tokens[mention.head].span.overlaps(mention.span)
        assert mention.type
