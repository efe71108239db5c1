"""Look-ups: queries that ask for a few properties of one thing that they name, and for a few rows.

Their work is bounded by their LIMIT, so that they need no process that can be killed, and no time is lost in asking
one. One is recognised by its form alone. Its rows are read from the index and written as JSON at once, which takes a
quarter of the time that SPARQL takes; for other media types it is asked as SPARQL, and so is what is wrong in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import chain, islice, product
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, NamedTuple

import pyoxigraph as ox

from graph.server.worker import WHOLE, Frames, Question, take
from graph.vocabulary import PREFIXES

JSON = "application/sparql-results+json"
LONGEST = 2000
_IRI = r"<[^<>\"{}|^`\\\s]*>"
_TERM = rf"(?:{_IRI}|[A-Za-z][\w-]*:[\w-]+)"
_VARIABLE = r"\?\w+"
_PREFIX = rf"PREFIX\s+([A-Za-z][\w-]*):\s*({_IRI})\s*"
_PROPERTY = rf"(a|{_TERM})\s+({_VARIABLE})"
_GIVEN = rf"({_TERM})\s+{_PROPERTY}(?:\s*;\s*{_PROPERTY})?(?:\s*;\s*{_PROPERTY})?"
_OF_ONE = rf"({_TERM})\s+({_VARIABLE})\s+({_VARIABLE})"
_TO_ONE = rf"({_VARIABLE})\s+({_VARIABLE}|{_TERM})\s+({_IRI})"
_LOOKUP = re.compile(
    rf"\s*((?:{_PREFIX.replace('(', '(?:')}){{0,20}})SELECT\s+(?P<selected>\*|{_VARIABLE}(?:\s+{_VARIABLE})*)\s*"
    rf"(?:WHERE\s*)?\{{\s*(?:{_GIVEN}|{_OF_ONE}|{_TO_ONE})\s*\.?\s*\}}\s*LIMIT\s+(?P<limit>[1-9]\d?)\s*",
    re.ASCII | re.IGNORECASE,
)
_TYPE = ox.NamedNode(f"{PREFIXES['rdf']}type")
_DECLARATION = re.compile(_PREFIX, re.ASCII | re.IGNORECASE)
Row = tuple[Any, ...]


class Pattern(NamedTuple):
    """A triple pattern: its terms, None for the variables of these names, and what they are in a quad that it finds."""

    subject: ox.NamedNode | None
    property: ox.NamedNode | None
    object: ox.NamedNode | None
    names: tuple[str, ...]
    found: Callable[[ox.Quad], Row]


def is_lookup(sparql: str) -> bool:
    """Whether the query is one whose work is known to be small."""
    return len(sparql) <= LONGEST and _LOOKUP.fullmatch(sparql) is not None


def look_up(quads: ox.Store, question: Question, prefixes: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The frames of a look-up's answer."""
    content = at_once(quads, question)
    if content is not None:
        return [(WHOLE, f"{JSON}\n".encode() + content)]
    whole = Whole()
    take(quads, question, prefixes, whole)
    return whole.frames


def at_once(quads: ox.Store, question: Question) -> bytes | None:
    """A look-up's answer in JSON; None for what is no look-up, is wrong, or is wanted otherwise.

    A triple that stands in several graphs is found as often, as it is by Oxigraph in the union of them.
    """
    sparql = question.sparql
    if not sparql or question.results != JSON or question.default or question.named or len(sparql) > LONGEST:
        return None
    match = _LOOKUP.fullmatch(sparql)
    if match is None:
        return None
    try:
        patterns = _patterns(match)
    except (KeyError, ValueError):
        return None  # what is wrong is said as for any other query
    names = [name[1:] for pattern in patterns for name in pattern.names]
    columns = _columns(match["selected"], names)
    most = min(int(match["limit"]), question.rows)
    return _written(columns, names, _rows(quads, patterns, most)) if columns else None


def _patterns(match: re.Match[str]) -> list[Pattern]:
    """Raises KeyError for a prefix that is unknown, ValueError for what is no IRI."""
    prologue, _, subject, *given, one, its, of_it, other, by, to, _ = match.groups()
    if subject:
        node, pairs = _node(subject, prologue), zip(given[::2], given[1::2], strict=True)
        return [Pattern(node, _node(by, prologue), None, (name,), _object) for by, name in pairs if by]
    if one:
        return [Pattern(_node(one, prologue), None, None, (its, of_it), _PROPERTY_AND_OBJECT)]
    if by[0] == "?":
        return [Pattern(None, None, _node(to, prologue), (other, by), _SUBJECT_AND_PROPERTY)]
    return [Pattern(None, _node(by, prologue), _node(to, prologue), (other,), _subject)]


def _object(quad: ox.Quad) -> Row:
    return (quad.object,)


def _subject(quad: ox.Quad) -> Row:
    return (quad.subject,)


_PROPERTY_AND_OBJECT = attrgetter("predicate", "object")
_SUBJECT_AND_PROPERTY = attrgetter("subject", "predicate")


@lru_cache(4096)
def _node(term: str, prologue: str) -> ox.NamedNode:
    if term[0] == "<":
        return ox.NamedNode(term[1:-1])
    if term == "a":
        return _TYPE
    prefix, colon, local = term.partition(":")
    if not colon:
        raise KeyError(term)
    return ox.NamedNode({**PREFIXES, **_declared(prologue)}[prefix] + local)


def _declared(prologue: str) -> Mapping[str, str]:
    return {prefix: iri[1:-1] for prefix, iri in _DECLARATION.findall(prologue)}


def _columns(selected: str, names: list[str]) -> list[str]:
    """The names of the columns; none where a name stands twice, which SPARQL understands otherwise or not at all."""
    columns = sorted(names) if selected == "*" else selected.replace("?", "").split()
    return columns if len(set(names)) == len(names) and len(set(columns)) == len(columns) else []


def _rows(quads: ox.Store, patterns: list[Pattern], most: int) -> Iterable[Row]:
    """Patterns share no variable: each row of one goes with each of the others."""
    parts = [
        list(map(found, islice(quads.quads_for_pattern(subject, property, object), most)))
        for subject, property, object, _, found in patterns
    ]
    return parts[0] if len(parts) == 1 else (tuple(chain(*each)) for each in islice(product(*parts), most))


def _written(columns: list[str], names: list[str], rows: Iterable[Row]) -> bytes:
    """https://www.w3.org/TR/sparql11-results-json/; raises KeyError for a term that it does not know."""
    places = [(f'"{name}":', names.index(name)) for name in columns if name in names]
    bindings = ",".join(["{" + ",".join([name + _term(row[at]) for name, at in places]) + "}" for row in rows])
    head = ",".join([f'"{name}"' for name in columns])
    return f'{{"head":{{"vars":[{head}]}},"results":{{"bindings":[{bindings}]}}}}'.encode()


def _term(term: Any) -> str:
    return f'{{"type":"{_KINDS[type(term)]}","value":{encode_basestring(term.value)}{_more(term)}}}'


_KINDS = {ox.NamedNode: "uri", ox.BlankNode: "bnode", ox.Literal: "literal"}
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def _more(term: Any) -> str:
    """A literal's language or datatype."""
    if type(term) is not ox.Literal:
        return ""
    if term.language:
        turned = f',"its:dir":"{_DIRECTIONS[term.direction]}"' if term.direction else ""
        return f',"xml:lang":{encode_basestring(term.language)}{turned}'
    datatype = term.datatype.value
    return "" if datatype == _STRING else f',"datatype":{encode_basestring(datatype)}'


_DIRECTIONS = {ox.BaseDirection.LTR: "ltr", ox.BaseDirection.RTL: "rtl"}


class Whole(Frames):
    """The frames of an answer, kept."""

    def __init__(self) -> None:
        self.frames: list[tuple[bytes, bytes]] = []
        self._started = False
        self._kept = bytearray()

    def frame(self, kind: bytes, content: bytes | bytearray) -> None:
        self.frames.append((kind, bytes(content)))
