"""Mentions: the words that stand for people, bodies, places and things; names, nominals and pronouns.

A name covers the proper name alone, without article or title; a nominal its whole noun phrase without relative clauses;
phrases nest ("the president of Kenya" holds "Kenya"), and a coordination is split into its members. What is no entity of
the ontology (an event, a time, a quantity, an abstract thing) is no mention.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graph.documents import Span
from graph.model import Mention, Reading, Token
from graph.reading import gazetteer
from graph.reading.grammar import Tree

NOT_OF_THE_PHRASE = frozenset(
    "case cc conj appos acl acl:relcl advcl advcl:relcl ccomp csubj csubj:pass parataxis discourse cop aux aux:pass mark "
    "expl nsubj nsubj:pass nsubj:outer vocative dislocated orphan list punct".split()
)
ARGUMENTS = frozenset(
    "nsubj nsubj:pass nsubj:outer obj iobj obl obl:agent obl:npmod obl:unmarked nmod nmod:poss nmod:desc nmod:unmarked "
    "nmod:npmod conj appos root dep list parataxis xcomp ccomp advcl acl:relcl vocative dislocated orphan compound "
    "flat".split()
)
PRONOUNS = {
    "Person": "i me my mine myself he him his himself she her hers herself who whom",
    "Group": "we us our ours ourselves they them their theirs themselves themself",
    "Entity": "it its itself which whose that",
}
PRONOUN_TYPES = {word: kind for kind, words in PRONOUNS.items() for word in words.split()}
INDEFINITE = frozenset("someone somebody anyone anybody everyone everybody nobody".split())
COLLECTIVE = frozenset("others many most several some few both all those".split())
CONTAINERS = frozenset(
    "number group handful majority minority dozen hundred thousand million score lot couple pair part rest bulk total "
    "half quarter third plenty range series variety list team crew one some many most all several few each none two "
    "three four five six seven eight nine ten kind type sort batch percent percentage proportion share half "
    "member".split()
)
CLASS_OF_NOMINAL = {"person": "Person", "organization": "Organisation", "place": "Place", "object": "ItemType"}
TAGS = {"PER": "Person", "PERSON": "Person", "ORG": "Organisation", "LOC": "Place", "GPE": "GeopoliticalEntity"}
DETERMINERS = frozenset("the a an this that these those its their his her our my your".split())
MARKS = frozenset("\"'“”‘’`.,;:()[]{}-–—/")


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name: its tokens ``first`` up to, not including, ``last``, and its class."""

    first: int
    last: int
    type: str
    head: int


def mentions(reading: Reading) -> Reading:
    """Fill ``reading.mentions``, in text order, the longer one first where two begin together."""
    tree = Tree(reading.tokens)
    names = _names(reading, tree)
    taken = {i for name in names for i in range(name.first, name.last)}
    found = [_named(reading.tokens, name) for name in names]
    found += _pronouns(reading.tokens, tree)
    found += _nominals(reading.tokens, tree, names, taken)
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
    return name.last - name.first == 1 and gazetteer.demonym(tokens[name.first].text) is not None


# names


def _names(reading: Reading, tree: Tree) -> list[Name]:
    """Names that the pipeline tags, mended; then those that lists or another place in the document know."""
    tokens = reading.tokens
    tagged = [piece for first, last, tag in _tagged(tokens) for piece in _mended(tokens, tree, first, last, tag)]
    taken = {i for name in tagged for i in range(name.first, name.last)}
    more = [*_known(tokens, tree, taken)]
    names = sorted([*tagged, *more], key=lambda n: n.first)
    return _one_type_per_name(tokens, names)


def _tagged(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """The stretches of BIO tags: first token, end, label."""
    first, label = -1, ""
    for i, token in enumerate(tokens):
        inside = token.name.startswith("I-") and first >= 0 and token.sentence == tokens[first].sentence
        if first >= 0 and not inside:
            yield first, i, label
            first = -1
        if token.name.startswith("B-") or (token.name.startswith("I-") and first < 0):
            first, label = i, token.name[2:]
    if first >= 0:
        yield first, len(tokens), label


def _mended(tokens: Sequence[Token], tree: Tree, first: int, last: int, tag: str) -> list[Name]:
    """A tagged stretch without articles, titles and loose marks at its ends; nothing if no name is left."""
    first, last = _trimmed(tokens, first, last, tag)
    if first >= last or not _may_be_name(_text(tokens, first, last)):
        return []
    words = _text(tokens, first, last)
    type_ = _name_type(words, tag)
    return [Name(first, last, type_, _head(tokens, first, last))] if type_ else []


def _may_be_name(words: str) -> bool:
    """Letters in it, and no sum of money."""
    return any(c.isalpha() for c in words) and not any(unicodedata.category(c) == "Sc" for c in words)


def _trimmed(tokens: Sequence[Token], first: int, last: int, tag: str) -> tuple[int, int]:
    while first < last and (tokens[first].lemma in {"the", "a", "an"} or tokens[first].text in MARKS):
        first += 1
    while first < last and (tokens[last - 1].tag == "POS" or tokens[last - 1].text in MARKS):
        last -= 1
    if tag in {"PER", "PERSON"}:
        first = _after_title(tokens, first, last)
    return first, last


def _after_title(tokens: Sequence[Token], first: int, last: int) -> int:
    """Where the name proper begins after titles ("Vice President", "Mr")."""
    for length in (3, 2, 1):
        if first + length < last and gazetteer.title_kind(_text(tokens, first, first + length)):
            return _after_title(tokens, first + length, last)
    return first


def _text(tokens: Sequence[Token], first: int, last: int) -> str:
    """The words as written, a blank wherever the text has any."""
    parts = [tokens[first].text]
    for a, b in zip(tokens[first : last - 1], tokens[first + 1 : last], strict=True):
        parts += ["" if a.span.end == b.span.start else " ", b.text]
    return "".join(parts)


def _head(tokens: Sequence[Token], first: int, last: int) -> int:
    """The token through which the stretch hangs on the rest of the sentence."""
    outer = (i for i in range(first, last) if not first <= tokens[i].head < last or tokens[i].head == i)
    return next(outer, first)


def _name_type(words: str, tag: str) -> str:
    """The class of a tagged name, or "" where the tag is for something that is no entity."""
    if _is_code(words.split(" ")[-1]):
        return "ItemType"
    if tag in {"PER", "PERSON"}:
        return "Person"
    if tag == "NORP" or gazetteer.demonym(words) is not None:
        return _demonym_type(words) if gazetteer.demonym(words) is not None else "Group"
    if tag in {"LOC", "GPE", "FAC"}:
        return _place_type(words)
    if tag == "ORG":
        return _body_type(words)
    return _thing_type(words)


def _place_type(words: str) -> str:
    told = gazetteer.name_word_class(words)
    known = gazetteer.place_class(words)
    return known or (told if told in gazetteer.PLACES else "GeopoliticalEntity" if " " not in words else "Place")


def _body_type(words: str) -> str:
    told = gazetteer.body_class(words) or gazetteer.name_word_class(words)
    return told if told in gazetteer.BODIES else "Organisation"


def _thing_type(words: str) -> str:
    """The class of a name that is neither person, body nor place; "" for events, works and the like."""
    told = gazetteer.name_word_class(words)
    if told == "Instrument":
        return told
    noun = gazetteer.noun_class(words.split(" ")[-1])
    return noun if noun in gazetteer.THINGS else "ItemType" if _is_code(words) else ""


def _is_code(word: str) -> bool:
    """A product's designation: letters and figures together ("A380", "787-9")."""
    return any(c.isdigit() for c in word) and any(c.isupper() for c in word) and word.isascii()


def _demonym_type(word: str) -> str:
    """People for a plural ("Kenyans"), the place for an adjective ("Kenyan"), "" for peoples and faiths as adjectives."""
    plural = word.endswith(("s", "men", "women")) and gazetteer.demonym(word[:-1]) is not None
    if plural:
        return "Group"
    return "GeopoliticalEntity" if gazetteer.demonym(word) else ""


def _known(tokens: Sequence[Token], tree: Tree, taken: set[int]) -> Iterator[Name]:
    """Untagged words that lists know: countries, well-known places and bodies, demonyms."""
    i = 0
    while i < len(tokens):
        name = None if i in taken or not _is_capital(tokens[i]) else _listed(tokens, i, taken)
        if name:
            yield name
        i = name.last if name else i + 1


def _is_capital(token: Token) -> bool:
    return token.text[:1].isupper() and token.pos in {"PROPN", "NOUN", "ADJ"}


def _listed(tokens: Sequence[Token], i: int, taken: set[int]) -> Name | None:
    """The longest run of capitalised words from here on that a list knows."""
    for length in (4, 3, 2, 1):
        last = i + length
        if last > len(tokens) or any(j in taken or tokens[j].sentence != tokens[i].sentence for j in range(i, last)):
            continue
        words = _text(tokens, i, last)
        type_ = _listed_type(words, tokens[i])
        if type_:
            return Name(i, last, type_, _head(tokens, i, last))
    return None


def _listed_type(words: str, token: Token) -> str:
    if gazetteer.demonym(words) is not None:
        return _demonym_type(words)
    if token.pos != "PROPN" and " " not in words:
        return ""
    if gazetteer.country(words) and len(words) > 1:
        return "GeopoliticalEntity"
    known = gazetteer.body_class(words)
    return known if known and (" " in words or words.isupper()) else ""


def _one_type_per_name(tokens: Sequence[Token], names: list[Name]) -> list[Name]:
    """Give all names with the same words the class that most of them have, the first seen winning a tie."""
    votes: dict[str, Counter[str]] = {}
    for name in names:
        votes.setdefault(_text(tokens, name.first, name.last), Counter())[name.type] += 1
    best = {words: count.most_common(1)[0][0] for words, count in votes.items()}
    return [replace(n, type=best[_text(tokens, n.first, n.last)]) for n in names]


# pronouns


def _pronouns(tokens: Sequence[Token], tree: Tree) -> list[Mention]:
    return [
        Mention(t.span, "pronoun", t.index, PRONOUN_TYPES[t.text.lower()], 0.9)
        for t in tokens
        if t.text.lower() in PRONOUN_TYPES and _refers(t, tree)
    ]


def _refers(token: Token, tree: Tree) -> bool:
    """Whether a pronoun stands for something: no empty "it", no conjunction "that", no question word."""
    word = token.text.lower()
    if word in {"who", "whom", "which", "whose", "that"}:
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
    if token.dep not in ARGUMENTS or not _may_be_name(token.text + "a"):
        return ""
    if word in INDEFINITE:
        return "Person"
    if token.pos in {"NOUN", "PROPN"}:
        return _noun_type(token, tree)
    if token.dep in {"compound", "flat", "nmod:desc"}:
        return ""
    if word in COLLECTIVE and token.pos in {"DET", "PRON", "ADJ", "NOUN"}:
        return _of_whole(token, tree) or ("Group" if token.dep in {"nsubj", "nsubj:pass", "obj"} else "")
    if token.pos == "NUM" or word in CONTAINERS:
        return _of_whole(token, tree)
    return ""


def _noun_type(token: Token, tree: Tree) -> str:
    if token.dep in {"compound", "flat"}:
        return ""
    lemma = token.lemma.lower()
    if lemma in CONTAINERS and (whole := _of_whole(token, tree)):
        return "Group" if whole == "Person" else whole
    known = gazetteer.noun_class(lemma)
    if token.nominal in {"event", "time"} and known not in {"Person", "Instrument", *gazetteer.BODIES}:
        return ""
    found = known or CLASS_OF_NOMINAL.get(token.nominal, "") or ("ItemType" if _is_code(token.text) else "")
    plural = token.tag in {"NNS", "NNPS"}
    return "Group" if found == "Person" and plural else found


def _of_whole(token: Token, tree: Tree) -> str:
    """The class of what a part is part of ("one of the gangs", "thousands of people")."""
    for preposition, noun in tree.obliques(token):
        if preposition == "of" and noun.pos in {"NOUN", "PROPN"}:
            return gazetteer.noun_class(noun.lemma)
    return ""


def _phrase(tokens: Sequence[Token], tree: Tree, head: Token) -> Span:
    """The noun phrase around its head: modifiers and prepositional phrases, no clause, no apposition, no coordination."""
    below = {t.index for t in _within(tree, head)}
    first = last = head.index
    while first - 1 in below or (first - 2 in below and tokens[first - 1].dep == "punct" and first - 1 >= 0):
        first -= 1
    while last + 1 in below or (last + 2 in below and tokens[last + 1].dep == "punct"):
        last += 1
    while first < head.index and tokens[first].text in MARKS:
        first += 1
    while last > head.index and tokens[last].text in MARKS:
        last -= 1
    return tokens[first].span.hull(tokens[last].span)


def _within(tree: Tree, head: Token) -> list[Token]:
    """The head and what belongs to its phrase; a relative clause ends it wherever it hangs."""
    predicate = tree.child(head, "cop") is not None
    found, stack = [head], [head]
    while stack:
        at = stack.pop()
        for child in tree.children(at):
            if at is head and (child.dep in NOT_OF_THE_PHRASE or (predicate and child.dep in {"advmod", "obl"})):
                continue
            if child.dep in {"acl:relcl", "advcl", "parataxis", "acl"}:
                continue
            found.append(child)
            stack.append(child)
    return found


def _descriptors(tokens: Sequence[Token], tree: Tree, name: Name, taken: set[int]) -> Iterator[Mention]:
    """The common words before a name that say what it is ("the German airline", "Prime Minister"), and both together."""
    first = name.first
    while first > 0 and tokens[first - 1].text not in MARKS and _belongs(tokens[first - 1], name, tree):
        first -= 1
    nouns = [t for t in tokens[first : name.first] if t.pos in {"NOUN", "PROPN"} and t.index not in taken]
    if not nouns or gazetteer.title_kind(_text(tokens, first, name.first)) == "honorific":
        return
    head = nouns[-1]
    type_ = gazetteer.noun_class(head.lemma) or CLASS_OF_NOMINAL.get(head.nominal, "")
    if type_ or gazetteer.title_kind(head.text):
        yield Mention(_hull(tokens, first, name.first), "nominal", head.index, type_ or "Person", 0.8)
        yield Mention(_hull(tokens, first, name.last), "nominal", name.head, name.type, 0.8)


def _hull(tokens: Sequence[Token], first: int, last: int) -> Span:
    return tokens[first].span.hull(tokens[last - 1].span)


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
