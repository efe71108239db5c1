from graph.documents import Span
from graph.model import Token
from graph.reading.grammar import Tree

# word, lemma, pos, tag, dep, head: "Norland 's council was not told by the mayor of Sula , who left ."
ROWS = [
    ("Norland", "Norland", "PROPN", "NNP", "nmod:poss", 2),
    ("'s", "'s", "PART", "POS", "case", 0),
    ("council", "council", "NOUN", "NN", "nsubj:pass", 5),
    ("was", "be", "AUX", "VBD", "aux:pass", 5),
    ("n't", "not", "PART", "RB", "advmod", 5),
    ("told", "tell", "VERB", "VBN", "root", 5),
    ("by", "by", "ADP", "IN", "case", 8),
    ("the", "the", "DET", "DT", "det", 8),
    ("mayor", "mayor", "NOUN", "NN", "obl:agent", 5),
    ("of", "of", "ADP", "IN", "case", 10),
    ("Sula", "Sula", "PROPN", "NNP", "nmod", 8),
    (",", ",", "PUNCT", ",", "punct", 8),
    ("who", "who", "PRON", "WP", "nsubj", 13),
    ("left", "leave", "VERB", "VBD", "acl:relcl", 8),
    (".", ".", "PUNCT", ".", "punct", 5),
]
TEXT = " ".join(row[0] for row in ROWS)


def tree() -> Tree:
    tokens, at = [], 0
    for index, (text, lemma, pos, tag, dep, head) in enumerate(ROWS):
        tokens.append(Token(index, Span(at, at + len(text)), text, lemma, pos, tag, dep, head, 0))
        at += len(text) + 1
    return Tree(tokens)


def test_who_is_what_in_a_passive_clause() -> None:
    t = tree()
    told = t.tokens[5]
    assert t.is_passive(told)
    assert t.is_negated(told)
    assert t.subject(told) == t.tokens[2]
    assert t.obliques(told) == [("by", t.tokens[8])]
    assert t.possessor(t.tokens[2]) == t.tokens[0]
    assert t.preposition(t.tokens[0]) == ""


def test_spans_leave_out_what_they_are_told_to() -> None:
    t = tree()
    assert t.span(t.tokens[8]).of(TEXT) == "by the mayor of Sula , who left"
    assert t.span(t.tokens[8], without=frozenset({"acl:relcl", "punct", "case"})).of(TEXT) == "the mayor of Sula"


def test_up_and_down() -> None:
    t = tree()
    assert t.head(t.tokens[5]) is None
    assert [a.text for a in t.ancestors(t.tokens[12])] == ["left", "mayor", "told"]
    assert [c.text for c in t.children(t.tokens[8])] == ["by", "the", "Sula", ",", "left"]
