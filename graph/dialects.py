"""Where servers differ from the standard, and what is done about it: the text of a query, and the terms of its answer.

Measured on Virtuoso 7.2.5: its JSON writes booleans as 1 and 0; CONCAT of something unbound is a text, where the
standard has an error; it has graphs of its own; a dataset without named graphs has all of them; INSERT … WHERE loses
dates; it sorts no more rows than its MaxSortedRows where there is a LIMIT; longer answers than its ResultSetMaxRows are
cut, which only a header says, and of triples nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import pyoxigraph as ox

from graph import safety
from graph.addresses import DialectName
from graph.safety import Terminal, terminals
from graph.vocabulary import PREFIXES

Term = ox.NamedNode | ox.BlankNode | ox.Literal
NOWHERE = "urn:whodid:nowhere"
"""The name of a graph that no server has."""


class Asking(NamedTuple):
    """A query, and the graphs that its request says it is asked of, if it does."""

    sparql: str
    default: Sequence[str] = ()
    named: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """``hidden`` are graphs that are the server's own; ``rewritten``, ``chosen`` (where FROM or the request says what
    graphs are asked) and ``term`` make up for what it does otherwise.

    ``limit`` is the header that says that an answer was cut after so many rows; ``faithful`` is whether INSERT … WHERE
    and a LIMIT of any size can be relied on.
    """

    name: DialectName
    hidden: tuple[str, ...] = ()
    rewritten: Callable[[str], str] = str
    updated: Callable[[str], str] = str
    chosen: Callable[[Asking], Asking] = lambda asking: asking
    term: Callable[[Term], Term] | None = None
    limit: str = ""
    faithful: bool = True


_BOOLEAN = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")


def _boolean(term: Term) -> Term:
    if isinstance(term, ox.Literal) and term.datatype == _BOOLEAN:
        return ox.Literal("true" if term.value in ("1", "true") else "false", datatype=_BOOLEAN)
    return term


def _by_parameters(asking: Asking) -> Asking:
    """What FROM says is said by the request, or both would count; without named graphs a dataset would have all."""
    sparql, said = asking.sparql, safety.chosen(asking.sparql, PREFIXES)
    if not said and not asking.default and not asking.named:
        return asking
    for _, _, at, end in reversed(said):
        sparql = sparql[:at] + sparql[end:]
    if not asking.default and not asking.named:
        default, named = ([graph.iri for graph in said if graph.named is kind] for kind in (False, True))
        asking = Asking(sparql, default, named)
    return Asking(sparql, asking.default or [NOWHERE], asking.named or [NOWHERE])


Insert = tuple[int, str]
_SORTS = frozenset(["ASC", "DESC"])
_AGGREGATES = frozenset(["AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"])


def _for_virtuoso(sparql: str) -> str:
    sparql = re.sub(r"VALUES \?\w+ \{ UNDEF \}", "", sparql)
    parts = list(terminals(sparql))
    inserts = [*_strict_concats(parts), *_least_words(parts), *_bound_filters(parts), *_orders(parts), *_starts(parts)]
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
        if names and not any(part.text.upper() in _AGGREGATES for part in parts[index + 2 : end]):
            yield parts[index].at, f"IF({' && '.join(map(_is_bound, names))}, "
            yield parts[end].at + 1, ", ?never_bound)"


def _least_words(parts: list[Terminal]) -> Iterator[Insert]:
    """MIN and MAX of texts, which it compares by their numbers in its store, if at all."""
    for index in _calls(parts, "MIN", "MAX"):
        name, end, *_ = *parts[index + 2 : index + 4], parts[index], parts[index]
        if name.kind == "variable" and end.text == ")":
            yield name.at, f"IF(isNumeric({name.text}) || isIRI({name.text}), {name.text}, STR("
            yield end.at, "))"


def _bound_filters(parts: list[Terminal]) -> Iterator[Insert]:
    """``FILTER(BOUND(?x))`` in an OPTIONAL, where it forgets what is bound outside; other functions see it."""
    for index in _calls(parts, "FILTER"):
        texts = [part.text.upper() for part in parts[index + 2 : index + 7]]
        if texts[:2] == ["BOUND", "("] and texts[3:] == [")", ")"]:
            yield parts[index + 2].at, f"{_is_bound(parts[index + 4].text)} || "


def _orders(parts: list[Terminal]) -> Iterator[Insert]:
    """ORDER BY a variable: longer texts would be put into the order of their numbers in its store; bare calls fail."""
    made = {following.text for part, following in pairwise(parts) if part.text.upper() == "AS"}
    for index, (part, following) in enumerate(pairwise(parts)):
        if (part.text.upper(), following.text.upper()) == ("ORDER", "BY"):
            for first, opening, end in _keys(parts, index + 2):
                yield from _ordered(parts, first, opening, end, made)


def _ordered(parts: list[Terminal], first: int, opening: int, end: int, made: set[str]) -> Iterator[Insert]:
    if parts[first].kind in ("word", "name", "iri") and parts[first].text.upper() not in _SORTS:
        yield parts[first].at, "("
        yield parts[end].at + 1, ")"
        return
    way = "".join(part.text for part in parts[first : opening + 1] if part.kind != "variable")
    inside = parts[opening + 1 : end] if way else [parts[first]]
    if len(inside) == 1 and inside[0].kind == "variable" and inside[0].text not in made:
        key = inside[0]
        yield key.at, f"{'' if way else '('}IF(isNumeric({key.text}), "
        yield key.at + len(key.text), f", -1e300)) {way or '('}STR({key.text}){'' if way else ')'}"


def _keys(parts: list[Terminal], index: int) -> Iterator[tuple[int, int, int]]:
    """The keys of an ORDER BY: where each begins, its bracket opens, and it ends; a variable is all three."""
    while index < len(parts) and parts[index].text.upper() != "VALUES":
        opening = end = index
        if parts[index].kind != "variable":
            opening = index + (parts[index].text != "(")
            if opening == len(parts) or parts[opening].text != "(":
                return
            end = _closing(parts, opening)
        yield index, opening, end
        index = end + 1


def _starts(parts: list[Terminal]) -> Iterator[Insert]:
    """VALUES as SELECTs of their own, where they are overlooked: one alone in a group, or a path of any length."""
    tables = list(_tables(parts))
    alone = any(parts[start - 1].text == "{" and parts[end + 1].text == "}" for start, end in tables)
    if alone or any(_is_repeated(*three) for three in zip(parts, parts[1:], parts[2:], strict=False)):
        for start, end in tables:
            yield parts[start].at, f"{{ SELECT {parts[start + 1].text} {{ "
            yield parts[end].at + 1, " } }"


def _tables(parts: list[Terminal]) -> Iterator[tuple[int, int]]:
    """Where each ``VALUES ?x { … }`` inside a pattern begins and ends."""
    for index, (part, name) in enumerate(pairwise(parts)):
        if part.kind == "word" and part.text.upper() == "VALUES" and name.kind == "variable":
            end = _closing(parts, index + 2)
            if index and end + 1 < len(parts):
                yield index, end


def _is_repeated(path: Terminal, sign: Terminal, following: Terminal) -> bool:
    """True for ``who:accordingTo+ ?claim``."""
    close = sign.text in ("+", "*") and path.at + len(path.text) == sign.at
    return close and path.kind in ("name", "iri") and following.kind in ("variable", "name", "iri")


def _closing(parts: list[Terminal], opening: int) -> int:
    """The index of the bracket that closes the one at ``opening``; the last terminal where there is none."""
    depth = 0
    for index in range(opening, len(parts)):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(parts[index].text, 0)
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
    chosen=_by_parameters,
    term=_boolean,
    limit="X-SPARQL-MaxRows",
    faithful=False,
)
DIALECTS = {dialect.name: dialect for dialect in (STANDARD, VIRTUOSO)}


def of(software: str) -> Dialect:
    """The dialect of a server that calls itself so."""
    return next((d for name, d in DIALECTS.items() if name in software.lower()), STANDARD)
