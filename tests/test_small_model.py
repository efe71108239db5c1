"""The small pipeline that ships: sane sentences, trees and names on what newspapers print."""

import pytest
from spacy.language import Language

from graph.documents import Document
from graph.reading.language import parse, pipeline


@pytest.fixture(scope="module")
def small() -> Language:
    return pipeline("small")


SENTENCES = [
    ("KIVUMA SENDS POLICE TO ESTRANA AS GANGS ADVANCE", 1),
    ("The minister resigned on Monday", 1),
    ("Dr. Amina Odhiambo arrived at 3 p.m. She met Mr. Reyes of the U.S. Embassy. They talked.", 3),
    ("He said: “I am tired. I want to go home.” She agreed — at last — and they went.", 3),
    ("“It’s over,” said Kowal, who’d won 54% of the vote. “We’ve done it!”", 2),
    ("Mr O’Neil told the U.N. council on Tuesday that “we will not leave”.", 1),
    ("Estrana | Kivuma | 3,000", 1),
    ("😀 🎉", 1),
]


@pytest.mark.parametrize(("text", "count"), SENTENCES)
def test_sentences(small: Language, text: str, count: int) -> None:
    assert len(list(small(text).sents)) == count


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_to_read(small: Language, text: str) -> None:
    doc = small(text)
    assert doc.text == text
    assert not doc.ents


def test_a_sentence_of_ten_thousand_words(small: Language) -> None:
    doc = small("and the boat sailed on " * 2000)
    assert sum(len(s) for s in doc.sents) == len(doc) == 10_000
    assert all(token.dep_ and token.tag_ for token in doc)


def test_tree_tags_and_lemmas(small: Language) -> None:
    doc = small("Six people were arrested by the police on Friday, and the mayor didn’t go.")
    words = {token.text: token for token in doc}
    assert (words["people"].dep_, words["people"].head.text) == ("nsubj:pass", "arrested")
    assert words["police"].head.text == "arrested"
    assert words["arrested"].lemma_ == "arrest"
    assert words["were"].lemma_ == "be"
    assert words["n’t"].lemma_ == "not"
    assert words["go"].dep_ == "conj"


def test_names(small: Language) -> None:
    doc = small("President Amina Odhiambo met Jean Clervil of Delta Bank in Nairobi.")
    assert [(e.text, e.label_) for e in doc.ents] == [
        ("Amina Odhiambo", "PER"),
        ("Jean Clervil", "PER"),
        ("Delta Bank", "ORG"),
        ("Nairobi", "LOC"),
    ]


def test_reading_twice_gives_the_same(small: Language) -> None:
    text = "Marta Kowal visited Port Salan, where Estranan troops had withdrawn."
    assert small(text).to_json() == small(text).to_json()


def test_licence_is_beside_the_weights(small: Language) -> None:
    assert small.meta["license"] == "CC BY-SA 4.0"
    assert "UD English EWT" in small.meta["sources"]


def test_what_another_pipeline_knows_is_not_asked_of_this_one() -> None:
    document = Document("d", "The visit of the envoy ended on Friday.", "")
    before = parse(document, pipeline("small"))
    pipeline("accurate")
    assert parse(document, pipeline("small")) == before
    assert all(token.trigger is None for token in before.tokens)
