"""The name recogniser: its features, and one label for one name in a document."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.vectors import Vectors

from graph.errors import ModelError
from graph.reading.features import Gazetteer
from graph.reading.names import NameTagger, _agreeing, _spans, describe
from graph.reading.titles import bare


@pytest.fixture
def doc() -> Doc:
    nlp = spacy.blank("en")
    keys = [nlp.vocab.strings.add("went"), nlp.vocab.strings.add("to")]
    nlp.vocab.vectors = Vectors(data=np.eye(2, dtype="f"), keys=keys, attr="LOWER")
    return Doc(nlp.vocab, ["Wairimu", "went", "to", "Port", "Salan"], tags=["NNP", "VBD", "IN", "NNP", "NNP"])


def test_features_name_the_word_its_neighbours_cluster_and_lists(doc: Doc) -> None:
    lists = Gazetteer([("city", "port salan"), ("given", "wairimu")])
    features = describe(doc, lists, np.array([[3, 30], [4, 40]]))
    assert {"w=wairimu", "a=<>", "y=went", "t=NNP", "c=?", "l=given "} <= set(features[0])
    assert {"c=3", "f=30", "cy=4", "a=wairimu"} <= set(features[1])
    assert {"l=city-B ", "ly=city-I ", "ac=4"} <= set(features[3])


def test_spans_follow_the_labels(doc: Doc) -> None:
    spans = _spans(doc, ["B-PER", "O", "O", "B-LOC", "I-LOC"])
    assert [(s.text, s.label_) for s in spans] == [("Wairimu", "PER"), ("Port Salan", "LOC")]


def test_a_surname_alone_follows_the_person_and_a_name_its_majority() -> None:
    nlp = spacy.blank("en")
    doc = Doc(nlp.vocab, ["Ada", "Kest", "met", "Kest", "in", "Orvo", ",", "Orvo", "and", "Orvo"])
    spans = [Span(doc, 0, 2, label="PER"), Span(doc, 3, 4, label="LOC")]
    spans += [Span(doc, i, i + 1, label=label) for i, label in ((5, "LOC"), (7, "ORG"), (9, "LOC"))]
    spans.insert(1, Span(doc, 3, 4, label="PER"))
    assert [s.label_ for s in _agreeing(spans)] == ["PER", "PER", "PER", "LOC", "LOC", "LOC"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"clusters\.npy"):
        NameTagger().from_disk(tmp_path)


def test_titles_go_and_numerals_come() -> None:
    nlp = spacy.blank("en")
    doc = Doc(nlp.vocab, ["Prime", "Minister", "Ada", "Kest", "III", "saw", "King", "."])
    long, alone = Span(doc, 0, 4, label="PER"), Span(doc, 6, 7, label="PER")
    assert bare(long).text == "Ada Kest III"
    assert bare(alone).text == "King"
    place = Span(doc, 0, 4, label="LOC")
    assert bare(place).text == "Prime Minister Ada Kest"
