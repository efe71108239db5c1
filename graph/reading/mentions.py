"""Mentions: the words that stand for people, bodies, places and things; names, nominals and pronouns.

A name covers the proper name alone, without article or title; a nominal its whole noun phrase without relative
clauses; phrases nest ("the president of Kenya" holds "Kenya"); a coordination is split into its members. What is no
entity of the ontology (an event, a time, a quantity, an abstract thing) is no mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from graph.documents import Span
from graph.model import Mention, Reading, Token
from graph.reading import gazetteer, lexicon
from graph.reading.grammar import CLAUSES, SUBJECTS, Tree
from graph.reading.naming import MARKS, Name, is_code, is_sum, names, span_of, words_of

NOT_OF_THE_PHRASE = frozenset(
    {*CLAUSES, *SUBJECTS, "case", "cc", "conj", "appos", "cop", "aux", "aux:pass", "mark", "expl", "discourse"}
    | {"vocative", "dislocated", "orphan", "list", "punct", "advcl:relcl"} - {"xcomp"}
)
NO_ARGUMENTS = frozenset(
    ["case", "cc", "mark", "punct", "aux", "aux:pass", "cop", "det", "amod", "advmod", "fixed", "nummod", "expl"]
)
FOCUSING = frozenset(["only", "even", "just", "also", "especially", "mainly", "mostly", "particularly", "not"])
QUANTIFYING = frozenset(["about", "around", "over", "under", "up", "at"])
CLASS_OF_NOMINAL = {"person": "Person", "organization": "Organisation", "place": "Place", "object": "ItemType"}
YEAR = re.compile(r"(1[5-9]|20)\d\d")
FIGURES = re.compile(r"[1-9]\d\d(s|'s)?")


def mentions(reading: Reading) -> Reading:
    """Fill ``reading.mentions``, in text order, the longer one first where two begin together."""
    tree = Tree(reading.tokens)
    found_names = names(reading.tokens)
    taken = {i for name in found_names for i in range(name.first, name.last)}
    found = [_named(reading.tokens, name) for name in found_names]
    found += _pronouns(reading.tokens, tree)
    found += _nominals(reading.tokens, tree, found_names, taken)
    widest = _widest(found)
    found += [*_coordinations(reading.tokens, tree, widest), *_with_appositions(reading.tokens, tree, widest)]
    unique = {m.span: m for m in sorted(found, key=lambda m: m.kind != "name", reverse=True)}
    ordered = sorted(unique.values(), key=lambda m: (m.span.start, -m.span.end))
    return replace(reading, mentions=tuple(ordered))


def _named(tokens: Sequence[Token], name: Name) -> Mention:
    span = tokens[name.first].span.hull(tokens[name.last - 1].span)
    kind = "nominal" if name.type in gazetteer.THINGS or _is_demonym(tokens, name) else "name"
    return Mention(span, kind, name.head, name.type, 0.9)  # type: ignore[arg-type]


def _is_demonym(tokens: Sequence[Token], name: Name) -> bool:
    return gazetteer.demonym(words_of(tokens, name.first, name.last)) is not None


# pronouns


@cache
def _forms() -> dict[str, str]:
    """The pronouns that stand for something, with the class that their form tells."""
    kinds = {"personal", "relative"}
    return {row["word"]: row["class"] for row in lexicon.rows("pronouns.tsv") if row["kind"] in kinds}


@cache
def _words(kind: str) -> frozenset[str]:
    """The pronouns of one kind."""
    return frozenset(row["word"] for row in lexicon.rows("pronouns.tsv") if row["kind"] == kind)


def _pronouns(tokens: Sequence[Token], tree: Tree) -> list[Mention]:
    return [
        Mention(t.span, "pronoun", t.index, _forms()[t.text.lower()], 0.9)
        for t in tokens
        if t.text.lower() in _forms() and _refers(t, tree)
    ]


def _refers(token: Token, tree: Tree) -> bool:
    """Whether a pronoun stands for something: no empty "it", no conjunction "that", no question word."""
    word = token.text.lower()
    if word in _words("relative"):
        return _is_relative(token, tree)
    if word == "us" and token.text.isupper():
        return False
    return token.dep != "expl" and token.pos in {"PRON", "DET"} and not (word == "it" and _is_empty(token, tree))


def _is_relative(token: Token, tree: Tree) -> bool:
    """Whether a "who", "which" or "that" takes up a noun just before it, and is no question or conjunction."""
    before = _before_relative(token, tree)
    return token.tag in {"WDT", "WP", "WP$"} and before is not None and before.pos in {"NOUN", "PROPN", "PRON", "NUM"}


def _before_relative(token: Token, tree: Tree) -> Token | None:
    """The last word before a relative pronoun in its sentence, its preposition, commas and brackets left out."""
    at = token.index - 1
    while at >= 0 and (tree.tokens[at].pos in {"PUNCT", "ADP"} or tree.tokens[at].tag == "POS"):
        at -= 1
    return tree.tokens[at] if at >= 0 and tree.tokens[at].sentence == token.sentence else None


def _upto(tree: Tree, token: Token, steps: int) -> list[Token]:
    found = []
    for above in tree.ancestors(token):
        found.append(above)
        if len(found) == steps:
            break
    return found


def _is_empty(token: Token, tree: Tree) -> bool:
    """ "It" that only fills the subject's place: before a clause ("it is clear that …") or of weather and time."""
    head = tree.head(token)
    if head is None or token.dep not in {"nsubj", "nsubj:pass"}:
        return False
    clausal = any(t.dep in {"csubj", "csubj:pass"} for t in tree.children(head))
    copular = head.pos in {"ADJ", "NOUN"} and tree.child(head, "cop") is not None
    that = any(
        t.dep in {"ccomp", "csubj", "advcl", "xcomp"} and tree.marker(t) in {"that", "to", "whether"}
        for t in tree.children(head)
    )
    passive_saying = head.tag == "VBN" and token.dep == "nsubj:pass" and that
    return (
        clausal
        or (copular and head.pos == "ADJ" and that)
        or passive_saying
        or (head.lemma in {"rain", "snow", "seem", "appear"})
    )


# nominals


def _nominals(tokens: Sequence[Token], tree: Tree, names: list[Name], taken: set[int]) -> Iterator[Mention]:
    by_head = {name.head: name for name in names}
    for token in tokens:
        name = by_head.get(token.index)
        if name is not None:
            yield from _descriptors(tokens, tree, name, taken)
        elif token.index not in taken and (type_ := _nominal_type(token, tree, taken)):
            yield Mention(_phrase(tokens, tree, token), "nominal", token.index, type_, 0.8)


def _nominal_type(token: Token, tree: Tree, taken: set[int]) -> str:
    """The class that a common noun (or a word in its place) stands for, or "" if it is no entity."""
    word = token.text.lower()
    if token.dep in NO_ARGUMENTS or is_sum(token.text) or _is_asked_for(token, tree):
        return ""
    if word in _words("indefinite"):
        return "Person"
    if token.pos in {"NOUN", "PROPN", "NUM"} and _is_designation(token, tree.tokens):
        return "" if token.dep in {"nummod", "compound"} else "ItemType"
    if token.pos in {"NOUN", "PROPN"}:
        return _noun_type(token, tree)
    if token.dep in {"compound", "flat", "nmod:desc"}:
        return ""
    if word in _words("collective") and token.pos in {"DET", "PRON", "ADJ", "NOUN"}:
        return _of_whole(token, tree) or ("Group" if token.dep in {"nsubj", "nsubj:pass", "obj"} else "")
    if token.pos == "NUM" or word in lexicon.column("containers.tsv", "word"):
        return _of_whole(token, tree)
    return ""


def _is_asked_for(token: Token, tree: Tree) -> bool:
    """What a question asks for ("which countries", "what weapons") is nobody yet."""
    return any(t.tag in {"WDT", "WP"} and t.dep == "det" for t in tree.children(token))


def _is_designation(token: Token, tokens: Sequence[Token]) -> bool:
    """A designation as a noun: a code, or the bare figures of a product after its maker or an article ("the 737s")."""
    if is_code(token.text):
        return True
    before = tokens[token.index - 1] if token.index else None
    if before is None or before.sentence != token.sentence or not FIGURES.fullmatch(token.text):
        return False
    after_maker = before.name.endswith("ORG") or before.tag == "POS"
    return after_maker or token.text.endswith("s") or before.text.lower() in {"the", "a"}


def _noun_type(token: Token, tree: Tree) -> str:
    lemma = token.lemma.lower()
    if token.dep in {"compound", "flat"}:
        return "ItemType" if gazetteer.noun_class(lemma) == "ItemType" and token.pos == "NOUN" else ""
    if lemma in lexicon.column("containers.tsv", "word") and (whole := _of_whole(token, tree)):
        return "Group" if whole in {"Person", "GeopoliticalEntity"} else whole
    known = _compound_class(token, tree) or gazetteer.noun_class(lemma)
    if token.nominal in {"event", "time"} and known not in {"Person", "Instrument", *gazetteer.BODIES}:
        return ""
    found = known or CLASS_OF_NOMINAL.get(token.nominal, "")
    plural = token.tag in {"NNS", "NNPS"}
    return "Group" if found == "Person" and plural else found


def _compound_class(token: Token, tree: Tree) -> str:
    """The class of a noun with the noun before it, where lists know the two together ("think tank")."""
    before = tree.children(token, "compound")[-1:]
    return "".join(gazetteer.compound_class(f"{t.text.lower()}-{token.lemma.lower()}") for t in before)


def _of_whole(token: Token, tree: Tree) -> str:
    """The class of what a part is part of ("one of the gangs", "thousands of people")."""
    for preposition, noun in tree.obliques(token):
        if preposition == "of" and noun.pos in {"NOUN", "PROPN"}:
            return gazetteer.noun_class(noun.lemma)
    return ""


def _phrase(tokens: Sequence[Token], tree: Tree, head: Token) -> Span:
    """The noun phrase around its head: modifiers and prepositional phrases; no clause, apposition or coordination."""
    below = {t.index for t in _within(tree, head)}
    first = last = head.index
    while first - 1 in below or (first - 2 in below and tokens[first - 1].dep == "punct" and first - 1 >= 0):
        first -= 1
    while last + 1 in below or (last + 2 in below and tokens[last + 1].dep == "punct"):
        last += 1
    while first < head.index and _opens_no_phrase(tokens[first]):
        first += 1
    while last > head.index and tokens[last].text in MARKS:
        last -= 1
    return tokens[first].span.hull(tokens[last].span)


def _is_when(token: Token) -> bool:
    """A time that hangs on a noun ("a mission in 2025")."""
    return token.dep.startswith(("nmod", "obl")) and (token.nominal == "time" or bool(YEAR.fullmatch(token.text)))


def _opens_no_phrase(token: Token) -> bool:
    """What no noun phrase begins with: verbs, prepositions but those of quantity, conjunctions, focus, marks."""
    if token.pos == "ADV" and token.text.lower() in FOCUSING:
        return True
    if token.text in MARKS or token.pos in {"AUX", "VERB", "SCONJ", "CCONJ"}:
        return token.tag not in {"VBN", "VBG"}
    return token.pos == "ADP" and token.text.lower() not in QUANTIFYING


def _within(tree: Tree, head: Token) -> list[Token]:
    """The head and what belongs to its phrase; a relative clause ends it wherever it hangs."""
    predicate = tree.child(head, "cop") is not None
    found, stack = [head], [head]
    while stack:
        at = stack.pop()
        for child in tree.children(at):
            if at is head and (child.dep in NOT_OF_THE_PHRASE or (predicate and child.dep in {"advmod", "obl"})):
                continue
            if child.dep in {"acl:relcl", "advcl", "parataxis", "acl"} or _is_when(child):
                continue
            found.append(child)
            stack.append(child)
    return found


def _descriptors(tokens: Sequence[Token], tree: Tree, name: Name, taken: set[int]) -> Iterator[Mention]:
    """The common words before a name that say what it is ("the German airline"), alone and with it."""
    first = name.first
    while first > 0 and tokens[first - 1].text not in MARKS and _belongs(tokens[first - 1], name, tree):
        first -= 1
    nouns = [t for t in tokens[first : name.first] if t.pos in {"NOUN", "PROPN"} and t.index not in taken]
    if not nouns or gazetteer.title_kind(words_of(tokens, first, name.first)) == "honorific":
        return
    head = nouns[-1]
    type_ = gazetteer.noun_class(head.lemma) or CLASS_OF_NOMINAL.get(head.nominal, "")
    if type_ or gazetteer.title_kind(head.text):
        yield Mention(span_of(tokens, first, name.first), "nominal", head.index, type_ or "Person", 0.8)
        yield Mention(span_of(tokens, first, name.last), "nominal", name.head, name.type, 0.8)


def _belongs(token: Token, name: Name, tree: Tree) -> bool:
    """Whether a token hangs, at whatever depth, below the name's head."""
    return token.dep != "case" and any(above.index == name.head for above in _upto(tree, token, 4))


# coordinations


def _widest(found: Sequence[Mention]) -> dict[int, Mention]:
    """The longest name or nominal by its head, in text order of the heads."""
    widest: dict[int, Mention] = {}
    for mention in sorted(found, key=lambda m: (m.head, len(m.span))):
        if mention.kind != "pronoun":
            widest[mention.head] = mention
    return widest


def _coordinations(tokens: Sequence[Token], tree: Tree, widest: dict[int, Mention]) -> Iterator[Mention]:
    """The whole of "Acme and Zenith", where all its members are mentions of one broad kind."""
    for head, first in widest.items():
        others = [widest.get(t.index) for t in tree.conjuncts(tokens[head])]
        members = [first, *(m for m in others if m is not None)]
        if not others or len(members) <= len(others) or len({_broad(m.type) for m in members}) > 1:
            continue
        if any(tree.child(tokens[m.head], "cc") for m in members[1:]) and tokens[head].dep not in {"compound", "amod"}:
            type_ = "Group" if _broad(first.type) in {"people", "body"} else first.type
            yield Mention(first.span.hull(members[-1].span), "nominal", head, type_, 0.7)


def _with_appositions(tokens: Sequence[Token], tree: Tree, widest: dict[int, Mention]) -> Iterator[Mention]:
    """A phrase together with its apposition ("Mary Odhiambo, the mayor of the town")."""
    for head, first in widest.items():
        for token in tree.children(tokens[head], "appos"):
            other = widest.get(token.index)
            if other is not None and other.span.start >= first.span.end and _broad(other.type) == _broad(first.type):
                yield Mention(first.span.hull(other.span), "nominal", head, first.type, 0.7)


def _broad(type_: str) -> str:
    if type_ in gazetteer.PEOPLE:
        return "people"
    return "body" if type_ in gazetteer.BODIES else "place" if type_ in gazetteer.PLACES else type_
