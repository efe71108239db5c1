"""Named questions: the ``.rq`` files beside this module, what they ask for, and how values are put into them.

A query's head is comments: ``# title:``, ``# description:``, for each parameter
``# parameter: name (kind[, required]): what for``, and ``# example:``. A parameter is a line ``VALUES ?name { UNDEF }``
of the query, so that the file runs anywhere as it stands; a value takes the place of UNDEF as a term, never as text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib import resources

from rdflib import Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Identifier

from graph import finding
from graph.answering import to_ox
from graph.errors import UsageError
from graph.store import Store

_PARAMETER = re.compile(r"(?P<name>\w+) \((?P<kind>[a-z ]+)(?P<required>, required)?\): (?P<text>.+)")
_VARIABLES = {"status": "status_wanted", "form": "form_wanted"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a query may be told: ``kind`` is entity, statement, event type, entity type, status, form, date or text."""

    name: str
    kind: str
    text: str
    required: bool = False

    @property
    def variable(self) -> str:
        return _VARIABLES.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question with a name. ``sparql`` runs as it stands, with every parameter open."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    example: str
    sparql: str = field(repr=False)

    def _repr_html_(self) -> str:
        takes = "".join(
            f"<li><code>{escape(p.name)}</code>{' (required)' if p.required else ''}: {escape(p.text)}</li>"
            for p in self.parameters
        )
        head = f"<p><strong>{escape(self.name)}</strong>: {escape(self.title)}. {escape(self.description)}</p>"
        return f"{head}{f'<ul>{takes}</ul>' if takes else ''}<p><code>{escape(self.example)}</code></p>"

    def bound(self, store: Store, values: Mapping[str, object]) -> str:
        """The query with these values in it. Raises UsageError for one that is missing, unknown or makes no sense."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in values:
            if name not in known:
                raise UsageError(f"{self.name} has no parameter {name!r}; it has {', '.join(known) or 'none'}")
        missing = [p.name for p in self.parameters if p.required and values.get(p.name) is None]
        if missing:
            raise UsageError(f"{self.name} needs {' and '.join(missing)}; for example: {self.example}")
        given = {known[name]: value for name, value in values.items() if value is not None}
        return _filled(self.sparql, {p.variable: _terms(store, p, value) for p, value in given.items()})


def _filled(sparql: str, terms: Mapping[str, Iterable[Identifier]]) -> str:
    def values(match: re.Match[str]) -> str:
        if match[1] not in terms:
            return ""
        return f"VALUES ?{match[1]} {{ {' '.join(str(to_ox(term)) for term in terms[match[1]])} }}"

    return re.sub(r"VALUES \?(\w+) \{ UNDEF \}", values, sparql)


def _terms(store: Store, parameter: Parameter, value: object) -> list[Identifier]:
    if isinstance(value, URIRef):
        return [value]
    words = value.isoformat() if isinstance(value, dt.date) else str(value)
    return _KINDS[parameter.kind](store, words, parameter)


def _date(words: str, parameter: Parameter) -> Literal:
    """The first day of a month or year where a period begins, the last where it ends."""
    for form in ("%Y-%m-%d", "%Y-%m", "%Y"):
        try:
            first = dt.datetime.strptime(words, form).date()
        except ValueError:
            continue
        return Literal((_last(first, form) if parameter.name == "until" else first).isoformat(), datatype=XSD.date)
    raise UsageError(f"{parameter.name}={words!r} is no date; write 2031-03-14, 2031-03 or 2031")


def _last(first: dt.date, form: str) -> dt.date:
    if form == "%Y":
        return dt.date(first.year, 12, 31)
    if form == "%Y-%m":
        return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return first


def _found(store: Store, words: str, parameter: Parameter) -> list[Identifier]:
    return [URIRef(found.iri) for found in finding.one_or_more(store, words, parameter.kind)]


_KINDS: dict[str, Callable[[Store, str, Parameter], list[Identifier]]] = {
    "entity": _found,
    "statement": _found,
    "document": _found,
    "event type": lambda store, words, parameter: [finding.event_type(words)],
    "entity type": lambda store, words, parameter: [finding.entity_type(words)],
    "status": lambda store, words, parameter: [finding.status(words)],
    "form": lambda store, words, parameter: [finding.form(words)],
    "date": lambda store, words, parameter: [_date(words, parameter)],
    "text": lambda store, words, parameter: [Literal(words)],
}


@cache
def named_queries() -> Mapping[str, NamedQuery]:
    """The named queries by name, in alphabetical order."""
    files = [f for f in (resources.files("graph") / "sparql").iterdir() if f.name.endswith(".rq")]
    read = (parsed(f.name.removesuffix(".rq"), f.read_text("utf-8")) for f in sorted(files, key=lambda f: f.name))
    return {query.name: query for query in read}


def named_query(name: str) -> NamedQuery:
    """The query of this name. Raises UsageError, with the names that there are, for another."""
    known = named_queries()
    if name not in known:
        raise UsageError(f"no query is called {name!r}{finding.near(name, known)}. Known: {', '.join(known)}")
    return known[name]


def parsed(name: str, text: str) -> NamedQuery:
    """A ``.rq`` file as a named query. Raises ValueError where its head lacks a part or a parameter has no place."""
    head = re.findall(r"^# (\w+): (.+)$", text, re.MULTILINE)
    parameters = tuple(_parameter(name, value) for key, value in head if key == "parameter")
    for parameter in parameters:
        if f"VALUES ?{parameter.variable} {{ UNDEF }}" not in text:
            raise ValueError(f"{name}.rq has no VALUES ?{parameter.variable} {{ UNDEF }}")
    once = {key: value for key, value in head if key != "parameter"}
    try:
        return NamedQuery(name, once["title"], once["description"], parameters, once["example"], text)
    except KeyError as error:
        raise ValueError(f"{name}.rq has no '# {error.args[0]}:' line") from error


def _parameter(query: str, line: str) -> Parameter:
    match = _PARAMETER.fullmatch(line)
    if not match or match["kind"] not in _KINDS:
        raise ValueError(f"{query}.rq: '# parameter: {line}' is not 'name (kind[, required]): what for'")
    return Parameter(match["name"], match["kind"], match["text"], bool(match["required"]))


def is_sparql(text: str) -> bool:
    """True for what can only be a query itself, not the name of one."""
    return bool(re.search(r"\s|[{}?]", text.strip()))
