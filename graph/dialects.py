"""Where servers differ from the standard, and what is done about it: the text of a query, and the terms of its answer.

Measured on Virtuoso 7.2.5: its JSON writes booleans as 1 and 0; CONCAT of something unbound is a text, where the
standard has an error; it has graphs of its own; longer answers than its ResultSetMaxRows are cut, which only a header
says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rdflib import Literal
from rdflib.namespace import XSD
from rdflib.term import Identifier

from graph.safety import Terminal, terminals


@dataclass(frozen=True, slots=True)
class Dialect:
    """``hidden`` are graphs that are the server's own; ``rewritten`` and ``term`` make up for what it does otherwise.

    ``limit`` is the header that says how many rows an answer may have at most.
    """

    name: str
    hidden: tuple[str, ...] = ()
    rewritten: Callable[[str], str] = str
    updated: Callable[[str], str] = str
    term: Callable[[Identifier | None], Identifier | None] = lambda term: term
    limit: str = ""


def _boolean(term: Identifier | None) -> Identifier | None:
    if isinstance(term, Literal) and term.datatype == XSD.boolean:
        return Literal("true" if str(term) in ("1", "true") else "false", datatype=XSD.boolean)
    return term


Insert = tuple[int, str]


def _for_virtuoso(sparql: str) -> str:
    parts = list(terminals(sparql))
    inserts = [*_strict_concats(parts), *_least_words(parts), *_bound_filters(parts)]
    for at, text in sorted(inserts, reverse=True):
        sparql = sparql[:at] + text + sparql[at:]
    return sparql


def _is_bound(name: str) -> str:
    """BOUND, where an OPTIONAL within an OPTIONAL makes it true of what is not."""
    return f"COALESCE(STRLEN(STR({name})), -1) >= 0"


def _calls(parts: list[Terminal], *names: str) -> Iterator[int]:
    """Where one of these functions is called."""
    for index, (part, following) in enumerate(pairwise(parts)):
        if part.kind == "word" and part.text.upper() in names and following.text == "(":
            yield index


def _strict_concats(parts: list[Terminal]) -> Iterator[Insert]:
    """CONCAT only of what is bound; else a variable that never is, which COALESCE passes over as it does errors."""
    for index in _calls(parts, "CONCAT"):
        end = _closing(parts, index + 1)
        names = _needed(parts[index + 2 : end])
        if names:
            yield parts[index].at, f"IF({' && '.join(map(_is_bound, names))}, "
            yield parts[end].at + 1, ", ?never_bound)"


def _least_words(parts: list[Terminal]) -> Iterator[Insert]:
    """MIN and MAX of texts, which it compares by their numbers in its store, if at all."""
    for index in _calls(parts, "MIN", "MAX"):
        name, end = parts[index + 2 : index + 4]
        if name.kind == "variable" and end.text == ")":
            yield name.at, f"IF(isNumeric({name.text}) || isIRI({name.text}), {name.text}, STR("
            yield end.at, "))"


def _bound_filters(parts: list[Terminal]) -> Iterator[Insert]:
    """``FILTER(BOUND(?x))`` in an OPTIONAL, where it forgets what is bound outside; other functions see it."""
    for index in _calls(parts, "FILTER"):
        texts = [part.text.upper() for part in parts[index + 2 : index + 7]]
        if texts[:2] == ["BOUND", "("] and texts[3:] == [")", ")"]:
            yield parts[index + 2].at, f"{_is_bound(parts[index + 4].text)} || "


def _closing(parts: list[Terminal], opening: int) -> int:
    """The index of the bracket that closes the one at ``opening``; the last terminal where there is none."""
    depth = 0
    for index in range(opening, len(parts)):
        depth += {"(": 1, ")": -1}.get(parts[index].text, 0)
        if depth == 0:
            return index
    return len(parts) - 1


def _needed(parts: list[Terminal]) -> list[str]:
    """The variables without which the arguments are errors; COALESCE, IF and BOUND get on without."""
    found: list[str] = []
    index = 0
    while index < len(parts):
        if parts[index].kind == "word" and parts[index].text.upper() in ("COALESCE", "IF", "BOUND"):
            index = _closing(parts, index + 1)
        elif parts[index].kind == "variable":
            found.append(parts[index].text)
        index += 1
    return list(dict.fromkeys(found))


STANDARD = Dialect("standard")
VIRTUOSO = Dialect(
    "virtuoso",
    hidden=(
        "http://www.openlinksw.com/",
        "http://www.w3.org/ns/ldp#",
        "http://localuriqaserver/",
        "http://www.w3.org/2002/07/owl#",
        "urn:activitystreams-owl:",
        "urn:core:services:sparql",
    ),
    rewritten=_for_virtuoso,
    term=_boolean,
    limit="X-SPARQL-MaxRows",
)
DIALECTS = {dialect.name: dialect for dialect in (STANDARD, VIRTUOSO)}


def of(software: str) -> Dialect:
    """The dialect of a server that calls itself so."""
    return next((d for name, d in DIALECTS.items() if name in software.lower()), STANDARD)
