"""Proper names: what the pipeline tags, mended; what lists know; what other places of the same text tell."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from graph.documents import Span
from graph.model import Token
from graph.reading import gazetteer

MARKS = frozenset("\"'“”‘’`.,;:()[]{}-–—/")
LINKS = frozenset(["of", "for"])
DESIGNATION = re.compile(r"(?=.*\d)[A-Z][A-Za-z]{0,3}-?\d+[A-Z0-9-]{0,6}s?|\d{2,4}-\d{1,4}[A-Z]{0,3}|\d[a-z]\d")
FIGURES = re.compile(r"^[A-Z][\w-]+ [1-9]\d\ds?$")
ACRONYM = re.compile(r"[A-Z][A-Z.&]{1,7}")


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name: its tokens ``first`` up to, not including, ``last``, its class, and the token it hangs by."""

    first: int
    last: int
    type: str
    head: int


def names(tokens: Sequence[Token]) -> list[Name]:
    """The proper names of a document in text order, none inside another."""
    tagged = [name for first, last, tag in _whole(tokens) for name in _mended(tokens, first, last, tag)]
    tagged = _outside(tagged)
    taken = {i for name in tagged for i in range(name.first, name.last)}
    more = list(_known(tokens, taken, _telling(tokens, tagged)))
    found = sorted([*tagged, *more], key=lambda n: n.first)
    return _one_type_per_name(tokens, _like_their_acronyms(tokens, found))


def words_of(tokens: Sequence[Token], first: int, last: int) -> str:
    """The words as written, a blank wherever the text has any."""
    parts = [tokens[first].text]
    for a, b in zip(tokens[first : last - 1], tokens[first + 1 : last], strict=True):
        parts += ["" if a.span.end == b.span.start else " ", b.text]
    return "".join(parts)


def span_of(tokens: Sequence[Token], first: int, last: int) -> Span:
    """The characters of the tokens ``first`` up to, not including, ``last``."""
    return tokens[first].span.hull(tokens[last - 1].span)


def head_of(tokens: Sequence[Token], first: int, last: int) -> int:
    """The token through which the stretch hangs on the rest of the sentence."""
    outer = (i for i in range(first, last) if not first <= tokens[i].head < last or tokens[i].head == i)
    return next(outer, first)


def is_code(word: str) -> bool:
    """A product's designation: letters and figures together ("A380", "787-9", "7e7"), no ordinal, unit or hour."""
    return bool(DESIGNATION.fullmatch(word)) and word.isascii()


def is_sum(words: str) -> bool:
    """Whether a currency sign stands in it."""
    return any(unicodedata.category(c) == "Sc" for c in words)


# tagged


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


def _whole(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """The tagged stretches, those that end in "of" or "for" together with the capitalised words that follow."""
    at = 0
    for first, last, tag in _tagged(tokens):
        if first < at:
            continue
        if tokens[last - 1].text in LINKS or (last < len(tokens) and tokens[last - 1].text == "the"):
            last = _to_the_end(tokens, last)
        at = last
        yield first, last, tag


def _to_the_end(tokens: Sequence[Token], last: int) -> int:
    """The end of the run of capitalised words from here on, an article before it and "and" inside it included."""
    end, sentence = last, tokens[last - 1].sentence
    while end < len(tokens) and tokens[end].sentence == sentence:
        linked = tokens[end].text in {"the", "and"} and end + 1 < len(tokens) and tokens[end + 1].text[0].isupper()
        if not tokens[end].text[0].isupper() and not linked:
            break
        end += 1
    return end


def _mended(tokens: Sequence[Token], first: int, last: int, tag: str) -> list[Name]:
    """A tagged stretch without articles, titles and loose marks at its ends; nothing if no name is left."""
    first, last = _trimmed(tokens, first, last, tag)
    if first >= last:
        return []
    words = words_of(tokens, first, last)
    split = _two_places(tokens, first, last)
    if split is not None:
        return split
    type_ = "" if not _may_be_name(words) else _name_type(words, tag)
    return [Name(first, last, type_, head_of(tokens, first, last))] if type_ else []


def _may_be_name(words: str) -> bool:
    """A capital or a figure among letters, and no sum of money."""
    return any(c.isalpha() for c in words) and any(c.isupper() or c.isdigit() for c in words) and not is_sum(words)


def _trimmed(tokens: Sequence[Token], first: int, last: int, tag: str) -> tuple[int, int]:
    while first < last and (tokens[first].text.lower() in {"the", "a", "an"} or tokens[first].text in MARKS):
        first += 1
    while first < last and (_is_loose(tokens[last - 1]) or _trails(tokens, first, last)):
        last -= 1
    if tag in {"PER", "PERSON"}:
        first = _after_title(tokens, first, last)
    return first, last


def _is_loose(token: Token) -> bool:
    return token.tag == "POS" or token.text in MARKS or token.text in LINKS


def _trails(tokens: Sequence[Token], first: int, last: int) -> bool:
    """A common noun in small letters after a name of one or more words ("Sambalpur district")."""
    end = tokens[last - 1]
    return last - first > 1 and end.text.islower() and end.pos == "NOUN" and tokens[first].text[0].isupper()


def _after_title(tokens: Sequence[Token], first: int, last: int) -> int:
    """Where the name proper begins after titles ("Vice President", "Mr")."""
    for length in (3, 2, 1):
        if first + length < last and gazetteer.title_kind(words_of(tokens, first, first + length)):
            return _after_title(tokens, first + length, last)
    return first


def _two_places(tokens: Sequence[Token], first: int, last: int) -> list[Name] | None:
    """The two countries of a pair ("Russia-Ukraine"), or None."""
    if last - first != 3 or tokens[first + 1].text not in MARKS:
        return None
    ends = (first, first + 2)
    if all(gazetteer.country(tokens[i].text) for i in ends):
        return [Name(i, i + 1, "GeopoliticalEntity", i) for i in ends]
    return None


def _outside(found: list[Name]) -> list[Name]:
    """Without those that begin inside another."""
    kept: list[Name] = []
    for name in found:
        if not kept or name.first >= kept[-1].last:
            kept.append(name)
    return kept


# types


def _name_type(words: str, tag: str) -> str:
    """The class of a tagged name, or "" where it stands for no entity (an event, a work, a bare title)."""
    told, known = gazetteer.name_word_class(words), gazetteer.body_class(words)
    if is_code(words.split(" ")[-1]) or FIGURES.search(words):
        return "ItemType"
    if gazetteer.demonym(words) is not None:
        return _demonym_type(words)
    if tag == "NORP":
        return "Group"
    if known:
        return known
    if gazetteer.country(words) and len(words) > 1 and not gazetteer.is_given_name(words):
        return "GeopoliticalEntity"
    if told in {"Event", "Instrument"} and tag not in {"PER", "PERSON"}:
        return "Instrument" if told == "Instrument" else ""
    return _tagged_type(words, tag, told)


def _tagged_type(words: str, tag: str, told: str) -> str:
    sure = gazetteer.surely(words)
    if tag in {"PER", "PERSON"}:
        if gazetteer.title_kind(words):
            return ""
        alone = " " not in words
        return "Organisation" if (sure == "body" and not alone) or (alone and _is_shouted(words)) else "Person"
    if tag in {"LOC", "GPE", "FAC"}:
        return _body_type(told) if sure == "body" and " " in words else _place_type(words, told)
    if tag == "ORG":
        return _place_type(words, told) if sure == "place" and " " in words else _body_type(told)
    noun = gazetteer.noun_class(words.split(" ")[-1])
    return noun if noun in gazetteer.THINGS else ""


def _is_shouted(words: str) -> bool:
    return bool(ACRONYM.fullmatch(words)) and len(words) > 2 and not gazetteer.is_given_name(words)


def _place_type(words: str, told: str) -> str:
    known = gazetteer.place_class(words)
    return known or (told if told in gazetteer.PLACES else "GeopoliticalEntity" if " " not in words else "Place")


def _body_type(told: str) -> str:
    return told if told in gazetteer.BODIES else "Organisation"


def _demonym_type(word: str) -> str:
    """People for a plural ("Kenyans"), the place for an adjective ("Kenyan"), "" for the adjective of a faith."""
    plural = word.endswith(("s", "men", "women")) and gazetteer.demonym(word[:-1]) is not None
    if plural:
        return "Group"
    return "GeopoliticalEntity" if gazetteer.demonym(word) else ""


# untagged


def _telling(tokens: Sequence[Token], found: Sequence[Name]) -> dict[str, str]:
    """Words that stand for a body or a person of this document wherever they stand: names, surnames, beginnings."""
    telling: dict[str, str] = {}
    for name in found:
        if name.type in gazetteer.BODIES or name.type == "Person":
            words = [t.text for t in tokens[name.first : name.last]]
            part = words[0] if name.type in gazetteer.BODIES else words[-1]
            for alone in (" ".join(words), part):
                if _is_distinctive(alone):
                    telling.setdefault(alone, name.type)
    return telling


def _is_distinctive(word: str) -> bool:
    """No everyday word, place, people or title: it stands for its bearer alone."""
    if len(word) < 3 or not word[0].isupper() or (len(word) == 3 and not word.isupper()):
        return False
    common = gazetteer.noun_class(word) or gazetteer.title_kind(word) or gazetteer.name_word_class(f"x {word}")
    return not (common or gazetteer.place_class(word) or gazetteer.demonym(word) is not None)


def _known(tokens: Sequence[Token], taken: set[int], telling: dict[str, str]) -> Iterator[Name]:
    """Untagged words that lists know (countries, well-known bodies, demonyms), or that other names of the text tell."""
    i = 0
    while i < len(tokens):
        name = None if i in taken or not _is_capital(tokens[i]) else _listed(tokens, i, taken, telling)
        if name:
            yield name
        i = name.last if name else i + 1


def _is_capital(token: Token) -> bool:
    return token.text[:1].isupper() and token.pos in {"PROPN", "NOUN", "ADJ"}


def _listed(tokens: Sequence[Token], i: int, taken: set[int], telling: dict[str, str]) -> Name | None:
    """The longest run of capitalised words from here on that a list knows."""
    for length in (4, 3, 2, 1):
        last = i + length
        if last > len(tokens) or any(j in taken or tokens[j].sentence != tokens[i].sentence for j in range(i, last)):
            continue
        words = words_of(tokens, i, last)
        type_ = _listed_type(words, tokens[i]) or (telling.get(words, "") if tokens[i].pos == "PROPN" else "")
        if type_:
            return Name(i, last, type_, head_of(tokens, i, last))
    return None


def _listed_type(words: str, token: Token) -> str:
    if gazetteer.demonym(words) is not None:
        return _demonym_type(words)
    if token.pos != "PROPN" and " " not in words:
        return ""
    if (gazetteer.country(words) and len(words) > 1) or gazetteer.is_region(words):
        return "GeopoliticalEntity" if gazetteer.country(words) else gazetteer.place_class(words)
    known = gazetteer.body_class(words)
    return known if known and (" " in words or words.isupper()) else ""


# agreement within the document


def _like_their_acronyms(tokens: Sequence[Token], found: list[Name]) -> list[Name]:
    """Give an acronym in brackets the class of the name that it abbreviates, here and wherever it stands."""
    types: dict[str, str] = {}
    for long, short in pairwise(found):
        between = [t.text for t in tokens[long.last : short.first]]
        words = words_of(tokens, short.first, short.last)
        initials = gazetteer.initials(words_of(tokens, long.first, long.last))
        if between in (["("], ["["]) and gazetteer.plain(words) == initials:
            types[words] = long.type
    return [replace(n, type=types.get(words_of(tokens, n.first, n.last), n.type)) for n in found]


def _one_type_per_name(tokens: Sequence[Token], found: list[Name]) -> list[Name]:
    """Give all names with the same words the class that most of them have, the first seen winning a tie."""
    votes: dict[str, Counter[str]] = {}
    for name in found:
        votes.setdefault(words_of(tokens, name.first, name.last), Counter())[name.type] += 1
    best = {words: count.most_common(1)[0][0] for words, count in votes.items()}
    best |= _told_by_longer(best)
    return [replace(n, type=best[words_of(tokens, n.first, n.last)]) for n in found]


def _told_by_longer(types: dict[str, str]) -> dict[str, str]:
    """The class of words that stand alone, by a longer name that they begin or end ("Acme" by "Acme Motors")."""
    surnames = {
        words.split(" ")[-1]
        for words, type_ in types.items()
        if type_ == "Person" and " " in words and " of " not in words
    }
    firsts = {w.split(" ")[0]: t for w, t in sorted(types.items()) if t in gazetteer.BODIES and " " in w}
    told: dict[str, str] = {}
    for words, type_ in types.items():
        if " " in words or not _is_distinctive(words):
            continue
        if words in surnames:
            told[words] = "Person"
        elif words in firsts and type_ not in gazetteer.BODIES:
            told[words] = "Organisation"
    return told
