"""What kind of event a word names: the type of our ontology and the PLOVER type, from the lexicons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from graph.model import Token
from graph.reading import lexicon
from graph.reading.grammar import Tree

POS = {"VERB": "verb", "AUX": "verb", "NOUN": "noun", "PROPN": "noun", "ADJ": "adjective"}


@dataclass(frozen=True, slots=True)
class Kind:
    """An event type with its PLOVER type, and whether a lexicon knew the word."""

    type: str
    plover: str | None
    known: bool = True


@cache
def _triggers() -> dict[tuple[str, str], str]:
    return {(row["lemma"], row["pos"]): row["type"] for row in lexicon.rows("triggers.tsv")}


@cache
def _constructions() -> dict[tuple[str, str], Kind]:
    found: dict[tuple[str, str], Kind] = {}
    for row in lexicon.rows("constructions.tsv"):
        kind = Kind(row["type"], row.get("plover") or plover_of(row["type"]))
        for verb in row["verbs"].split():
            for noun in row["objects"].split():
                found.setdefault((verb, noun), kind)
    return found


def plover_of(type: str) -> str | None:
    """The PLOVER type that events of a type have, if any."""
    return lexicon.table("event_types.tsv", "type", "plover").get(type) or None


def names(lemma: str, pos: str) -> bool:
    """Whether the lexicon lists a word as one that names events; ``pos`` is a universal part of speech."""
    return (lemma, POS.get(pos, "")) in _triggers()


def of_type(type: str) -> Kind:
    return Kind(type, plover_of(type))


def kind(tree: Tree, token: Token) -> Kind:
    """The kind of event that a token names in its sentence; Action or State where no lexicon knows it."""
    lemma, pos = token.lemma.lower(), POS.get(token.pos, "noun")
    if pos == "verb":
        return _of_construction(tree, token) or _of_phrase(tree, token) or _of_word(lemma, pos)
    return _of_support(tree, token) or _of_compound(tree, token) or _of_word(lemma, pos)


def _of_word(lemma: str, pos: str) -> Kind:
    type = _triggers().get((lemma, pos))
    if type is not None:
        return of_type(type)
    return Kind("State" if pos == "adjective" else "Action", None, known=False)


def _of_construction(tree: Tree, verb: Token) -> Kind | None:
    known, lemma = _constructions(), verb.lemma.lower()
    objects = [*tree.children(verb, "obj", "nsubj:pass"), *(t for _, t in tree.obliques(verb))]
    for noun in [part for thing in objects for part in (thing, *_within(tree, thing))]:
        found = known.get((lemma, noun.lemma.lower()))
        if found is not None:
            return found
    return None


def _within(tree: Tree, noun: Token) -> list[Token]:
    """What an object is made up of: "an aid programme", "part of the aid", "a ban and a curfew"."""
    shared = [t for p, t in tree.obliques(noun) if p == "of" and noun.lemma.lower() in _partitives()]
    parts = [*tree.children(noun, "conj", "compound"), *shared]
    return parts + [t for part in shared for t in tree.children(part, "compound")]


@cache
def _partitives() -> frozenset[str]:
    return lexicon.column("partitives.tsv", "lemma")


def _of_support(tree: Tree, noun: Token) -> Kind | None:
    """What a noun names as the object of a verb that adds nothing of its own: "lodged a protest"."""
    verb = tree.head(noun)
    if verb is None or noun.dep not in {"obj", "nsubj:pass"} or verb.lemma.lower() not in _light():
        return None
    if not names(noun.lemma.lower(), noun.pos):
        return None
    return _constructions().get((verb.lemma.lower(), noun.lemma.lower()))


@cache
def _light() -> frozenset[str]:
    return frozenset(row["lemma"] for row in lexicon.rows("support_verbs.tsv") if row["light"] == "yes")


def _of_phrase(tree: Tree, verb: Token) -> Kind | None:
    """Verb and particle ("step down"), preposition ("call for"), or infinitive ("decline to do")."""
    parts = [t.lemma.lower() for t in tree.children(verb, "compound:prt")]
    parts += [preposition for preposition, _ in tree.obliques(verb) if preposition]
    parts += [tree.marker(t) for t in tree.children(verb, "advcl", "ccomp")]
    parts += ["to do" for t in tree.children(verb, "xcomp") if tree.marker(t) == "to"]
    parts += [t.lemma.lower() for t in tree.children(verb, "advmod", "obj", "xcomp") if t.index > verb.index]
    known = _triggers()
    for part in parts:
        type = known.get((f"{verb.lemma.lower()} {part}", "verb"))
        if type is not None:
            return of_type(type)
    return None


def _of_compound(tree: Tree, noun: Token) -> Kind | None:
    """Two nouns that name one thing: "hunger strike", "air strike"."""
    known = _triggers()
    for part in tree.children(noun, "compound", "amod"):
        for joined in (f"{part.lemma.lower()} {noun.lemma.lower()}", f"{part.lemma.lower()}-{noun.lemma.lower()}"):
            if (joined, "noun") in known:
                return of_type(known[joined, "noun"])
    return None
