"""Who is who across documents: which names go by an IRI that documents share, and which stay with their document.

A shared IRI is made from the kind of thing and the name, so that documents that use one name speak of one node, and
taking a document's graph away takes its mentions with it. Kinds that differ never meet, and a name that is too little
of one (a bare surname, "the Ministry") stays with its document.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from graph.vocabulary import base_iri, name_key, slug

KINDS = {
    "Person": "person",
    "Group": "group",
    "ArmedGroup": "org",
    "Organisation": "org",
    "Government": "org",
    "SecurityForce": "org",
    "IntergovernmentalOrganisation": "org",
    "Mission": "org",
    "Place": "place",
    "GeopoliticalEntity": "place",
    "Instrument": "instrument",
    "ItemType": "item",
    "Post": "post",
}


@cache
def generic_words() -> frozenset[str]:
    """Words of offices and bodies that every country has."""
    text = (files("graph") / "lexicon" / "generic_words.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def shared_iri(name: str, kind: str, base: str) -> str:
    """``…/id/person/ada-byron``: the kind of thing (a class of the ontology) and its name."""
    return f"{base_iri(base)}id/{KINDS.get(kind, 'thing')}/{slug(name)}"


def is_shared(name: str, kind: str) -> bool:
    """True if the name says, beyond its document, who or what is meant."""
    words = name_key(name).split()
    if not words or (kind == "Person" and len(words) == 1):
        return False
    return not generic_words().issuperset(words)


def fullest(name: str, aliases: Iterable[str], kind: str) -> str:
    """The name to go by: ``name``, or where that is too little the first alias that says more of it."""
    if is_shared(name, kind):
        return name
    words = set(name_key(name).split())
    return next((a for a in aliases if is_shared(a, kind) and words <= set(name_key(a).split())), name)
