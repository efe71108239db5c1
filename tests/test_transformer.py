from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token

from graph.errors import ModelError
from graph.reading import transformer

MODEL = Path(str(files("graph"))) / "reading" / "models" / "accurate"
NAMES = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
STORY = (
    "Nia Wekesa, the mayor of Kisumu, opened a new harbour on Tuesday. “We won’t close it again,” she told reporters. "
    "The ceremony was attended by officials of the African Union, but Zambia did not send a minister."
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return transformer.load(MODEL)


@pytest.fixture(scope="module")
def story(nlp: Language) -> Doc:
    return nlp(STORY)


def word(doc: Doc, text: str) -> Token:
    return next(token for token in doc if token.text == text)


# Windows, sentences, names


def test_windows_are_cut_after_a_sure_end_of_a_sentence() -> None:
    words = ["Rain", "fell", ".", "It", "stopped", "."]
    assert transformer.windows(words, [True] * 6, [70, 70, 1, 70, 70, 1]) == [(0, 3), (3, 6)]


def test_a_sentence_without_end_is_cut_where_the_window_is_full() -> None:
    found = transformer.windows(["on"] * 1000, [True] * 1000, [1] * 1000)
    assert found[0] == (0, transformer.WINDOW)
    assert all(a[1] == b[0] for a, b in pairwise(found))
    assert found[-1][1] == 1000


def test_marks_alone_are_no_sentence() -> None:
    starts = np.array([-1, -1, -1, 2, -1], dtype=np.float32)
    assert transformer.sentences(starts, ["He", "left", ".", "”", "*"], [True] * 5) == [(0, 5)]
    assert transformer.sentences(starts, ["He", "left", ".", "She", "stayed"], [True] * 5) == [(0, 3), (3, 5)]


def test_a_small_letter_after_a_quotation_goes_on() -> None:
    starts = np.array([-1, -1, -1, 2, -1], dtype=np.float32)
    assert transformer.sentences(starts, ["“", "Why", "”", "she", "asked"], [True] * 5) == [(0, 5)]


def split(nlp: Language, text: str) -> list[str]:
    doc = nlp.make_doc(text)
    words, spaces = [t.text for t in doc], [bool(t.whitespace_) for t in doc]
    return [doc[a:b].text for a, b in transformer.sentences(np.full(len(doc), -1, dtype=np.float32), words, spaces)]


@pytest.mark.parametrize(
    "announced",
    [
        'Nia said: "We need time."',
        "Nia said: “We need time. We are late!”",
        "Nia asked, «Why?»",
        "Nia said: 'We need time.'",
        "Nia called it “a waste of time.”",
        '"No," Nia said, "never!"',
    ],
)
def test_an_announced_quotation_ends_its_sentence(nlp: Language, announced: str) -> None:
    assert split(nlp, f"{announced} Otieno left the town.") == [announced, "Otieno left the town."]


@pytest.mark.parametrize(
    "whole",
    [
        '"No." Nia said it twice.',
        "“No!” Nia said.",
        "Nia asked “Why?” and left.",
        'The song "Stay!" Monday was theirs.',
        'Nia left. "Otieno stayed," they said.',
        "The “U.N.-led” Council met.",
    ],
)
def test_what_may_have_its_speaker_to_come_is_left_to_the_scores(nlp: Language, whole: str) -> None:
    assert split(nlp, whole) == [whole]


def test_viterbi_never_goes_on_with_a_name_that_has_not_begun() -> None:
    reader_moves = transformer.transitions(NAMES)
    opening = np.array([-1e4 if name[0] == "I" else 0 for name in NAMES], dtype=np.float32)
    scores = np.array([[0, 1, 9, 0, 0], [0, 0, 5, 0, 6], [3, 0, 0, 0, 4]], dtype=np.float32)
    found = [NAMES[i] for i in transformer.viterbi(scores, reader_moves, opening)]
    assert found == ["B-LOC", "I-LOC", "I-LOC"]


# The shipped pipeline


def test_each_sentence_is_one_tree(story: Doc) -> None:
    assert [sentence.root.lemma_ for sentence in story.sents] == ["open", "tell", "attend"]
    assert all(sum(token.head == token for token in sentence) == 1 for sentence in story.sents)


def test_tags_labels_and_lemmas(story: Doc) -> None:
    mayor, opened, harbour = word(story, "mayor"), word(story, "opened"), word(story, "harbour")
    assert (opened.tag_, opened.pos_, opened.lemma_) == ("VBD", "VERB", "open")
    assert "Tense=Past" in str(opened.morph)
    assert (mayor.dep_, mayor.head.text) == ("appos", "Nia")
    assert (harbour.dep_, harbour.head.text) == ("obj", "opened")
    assert word(story, "ceremony").dep_ == "nsubj:pass"


def test_names(story: Doc) -> None:
    assert [(e.text, e.label_) for e in story.ents] == [
        ("Nia Wekesa", "PER"),
        ("Kisumu", "LOC"),
        ("African Union", "ORG"),
        ("Zambia", "LOC"),
    ]


def test_titles_do_not_belong_to_names_and_numerals_do(nlp: Language) -> None:
    doc = nlp("Sheikh Tamba Kollie met King Osei II in the old town.")
    assert [e.text for e in doc.ents if e.label_ == "PER"] == ["Tamba Kollie", "Osei II"]


def test_event_words_their_factuality_and_kinds_of_thing(story: Doc) -> None:
    opened, send, mayor = word(story, "opened"), word(story, "send"), word(story, "mayor")
    assert opened._.trigger > 0.5 > mayor._.trigger
    assert opened._.factuality > 1 > send._.factuality
    assert mayor._.factuality is None
    assert (mayor._.nominal, word(story, "of")._.nominal) == ("person", "")
    assert word(story, "ceremony")._.nominal == "event"


def test_the_same_text_reads_the_same_and_apart_from_its_neighbours(nlp: Language, story: Doc) -> None:
    again, _, among = nlp.pipe([STORY, "Something else.", STORY])
    for doc in (again, among):
        assert doc.to_array(["TAG", "DEP", "HEAD"]).tolist() == story.to_array(["TAG", "DEP", "HEAD"]).tolist()
        assert [token._.trigger for token in doc] == [token._.trigger for token in story]


def test_paragraphs_are_read_apart(nlp: Language) -> None:
    joined = nlp(f"Ferry sinks off Zanzibar\n\n{STORY}")
    assert next(joined.sents).text.strip() == "Ferry sinks off Zanzibar"
    assert [t.dep_ for t in nlp(STORY)] == [t.dep_ for t in list(joined)[5:]]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("KENYA SENDS 600 POLICE OFFICERS TO HAITI", 1),
        ("Minister Quits After Vote\nShe leaves on Friday", 2),
        ("The line is broken\nin the middle of this sentence.", 1),
        ("Mr O’Neil met the U.N. envoy in Dr. Banda’s office. He left.", 2),
        ("Three men — all from Goma — were held. “Why us?” one asked.", 2),
        ("Results:\n- Team A 3\n- Team B 1\n- Team C 0", 4),
        ("The ship has docked 😀🚢. Crowds cheered 🎉", 2),
    ],
)
def test_sentences_of_odd_text(nlp: Language, text: str, sentences: int) -> None:
    assert len(list(nlp(text).sents)) == sentences


@pytest.mark.parametrize("text", ["", " ", "\n\n", "   \n", "…", "😀", " A", "A\n", "\u200b", "\x00", "ﷺ ሰላም 你好"])
def test_next_to_nothing_is_read(nlp: Language, text: str) -> None:
    doc = nlp(text)
    assert "".join(sentence.text_with_ws for sentence in doc.sents) == text


def test_capitals_hide_no_names(nlp: Language) -> None:
    assert {(e.text, e.label_) for e in nlp("KENYA SENDS 600 POLICE OFFICERS TO HAITI").ents} == {
        ("KENYA", "LOC"),
        ("HAITI", "LOC"),
    }


def test_a_sentence_of_ten_thousand_words(nlp: Language) -> None:
    doc = nlp("and then the river rose " * 2000)
    assert len(doc) == 10_000
    assert max(len(sentence) for sentence in doc.sents) <= transformer.WINDOW + 6


def test_a_folder_that_lacks_files_says_which(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"lacks transformer.json, vocabulary.txt"):
        transformer.load(tmp_path)


def test_a_component_without_a_model_says_what_to_do() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("whodid_transformer")
    with pytest.raises(ModelError, match="open"):
        nlp("Nothing can be read yet.")
