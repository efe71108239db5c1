from pathlib import Path

import numpy as np
import pytest

from graph.reading.features import FLAGS, SHAPES, Featuriser, Gazetteer, normalise, pad, shape

PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "har", "##bour", "the", "'", '"', "z", *("##" + c for c in "qxv"))


@pytest.fixture
def featuriser(tmp_path: Path) -> Featuriser:
    (tmp_path / "vocabulary.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    entries = [("city", "port sudan"), ("city", "port"), ("country", "sudan"), ("given", "zuhra"), ("surname", "zuhra")]
    return Featuriser(tmp_path / "vocabulary.txt", Gazetteer(entries))


def test_a_list_knows_a_name_without_case_accents_and_curls() -> None:
    assert normalise("Côte") == "cote"
    assert normalise("O’Neil") == "o'neil"


@pytest.mark.parametrize(
    ("word", "name"),
    [
        *[("harbour", "lower"), ("Harbour", "title"), ("UN", "upper"), ("U.N.", "dotted"), ("J.", "initial")],
        *[("McKay", "mixed"), ("O'Neil", "mixed"), ("1994", "digits"), ("$4bn", "numeric"), ("3,000", "numeric")],
        *[(".", "stop"), ("…", "stop"), ("—", "mark"), ("😀", "other"), ("İ", "initial")],
    ],
)
def test_shape(word: str, name: str) -> None:
    assert SHAPES[shape(word)] == name


def test_the_longest_place_counts_and_people_keep_their_own_flags() -> None:
    lists = Gazetteer([("city", "port sudan"), ("country", "sudan"), ("city", "port"), ("given", "port")])
    flags = lists.flags(["port", "sudan", "sudan"])
    marked = [{FLAGS[i] for i in np.flatnonzero(row)} for row in flags]
    assert marked == [{"city-B", "given"}, {"city-I", "country-B"}, {"country-B"}]


def test_words_know_their_pieces_and_pieces_their_words(featuriser: Featuriser) -> None:
    row = featuriser.row(["The", "harbour", "Zqxv"], [True, False, True])
    assert [PIECES[i] for i in row.pieces] == ["[CLS]", "the", "har", "##bour", "z", "##q", "##x", "##v", "[SEP]"]
    assert row.owners == [0, 1, 2, 2, 3, 3, 3, 3, 0]
    assert (row.first, row.last) == ([1, 2, 4], [1, 3, 7])
    assert [SHAPES[s // 2] for s in row.shapes] == ["title", "lower", "title"]
    assert [s % 2 for s in row.shapes] == [1, 0, 1]


def test_a_very_long_word_keeps_its_beginning_and_its_end(featuriser: Featuriser) -> None:
    row = featuriser.row(["z" + "qx" * 20 + "v"], [False])
    assert [PIECES[i] for i in row.pieces][1:-1] == ["z", "##q", "##x", "##q", "##x", "##v"]


def test_a_word_that_no_piece_spells_is_unknown(featuriser: Featuriser) -> None:
    assert [PIECES[i] for i in featuriser.row(["😀"], [False]).pieces] == ["[CLS]", "[UNK]", "[SEP]"]


def test_curly_quotes_are_read_as_straight_ones(featuriser: Featuriser) -> None:
    assert featuriser.row(["“", "’"], [False, False]).pieces == featuriser.row(['"', "'"], [False, False]).pieces


def test_rows_are_filled_up_with_nothing(featuriser: Featuriser) -> None:
    batch = pad([featuriser.row(["the"], [True]), featuriser.row(["the", "harbour"], [True, True])])
    assert batch["pieces"].tolist()[0] == [2, 6, 3, 0, 0]
    assert batch["shapes"][0, 1] == 0
    assert batch["flags"].shape == (2, 2, len(FLAGS))
