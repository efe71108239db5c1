"""What a query may not do: change the graph, fetch from the network, read files.

A query is split into the terminals of the SPARQL 1.1 grammar, so that the forbidden words may stand in strings,
comments, names and variables. https://www.w3.org/TR/sparql11-query/#sparqlGrammar
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urljoin

from graph.errors import QueryError

_TERMINALS = re.compile(
    r"""(?P<space>\s+|\#[^\n\r]*)
    |(?P<string>'''(?:'{0,2}(?:[^'\\]|\\.))*'''|\"\"\"(?:"{0,2}(?:[^"\\]|\\.))*\"\"\"
        |'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<variable>[?$]\w+)
    |(?P<language>@[A-Za-z][A-Za-z0-9-]*)
    |(?P<name>(?:[^\W\d_](?:[\w.·-]*[\w·-])?|_)?:(?:(?:[\w:·-]|\\.|%[0-9A-Fa-f]{2})(?:(?:[\w.:·-]|\\.|%[0-9A-Fa-f]{2})*
        (?:[\w:·-]|\\.|%[0-9A-Fa-f]{2}))?)?)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
LONGEST = 1_000_000
DEEPEST = 100
_UPDATES = frozenset(["ADD", "CLEAR", "COPY", "CREATE", "DELETE", "DROP", "INSERT", "LOAD", "MOVE", "WITH"])
_SUSPECT = ("SERVICE", "FROM", *sorted(_UPDATES))
_LAST_LIMIT = re.compile(r"(?i)\bLIMIT\s+(\d+)\s*$")
_IRI = re.compile(r"<[^<>\s]*>")
_OPEN, _CLOSED = frozenset("{(["), frozenset("})]")


class Terminal(NamedTuple):
    """One terminal of a query: its kind, its characters, and where it starts."""

    kind: str
    text: str
    at: int


class Chosen(NamedTuple):
    """One FROM or FROM NAMED of a query: the graph's IRI, whether it is NAMED, and from where to where it stands."""

    iri: str
    named: bool
    at: int
    end: int


def terminals(sparql: str) -> Iterator[Terminal]:
    """The terminals of a query in order, white space and comments left out."""
    for match in _TERMINALS.finditer(sparql):
        if match.lastgroup != "space":
            yield Terminal(match.lastgroup or "sign", match.group(), match.start())


def check(sparql: str, graphs: Container[str], prefixes: Mapping[str, str]) -> bool:
    """Raises QueryError for updates, SERVICE, and FROM with what is no graph of the store; whether there is a FROM.

    ``graphs`` are the IRIs that FROM may name, ``prefixes`` those that hold without being declared.
    """
    _refuse_monsters(sparql)
    if not _is_suspect(sparql):
        return False
    parts = list(terminals(sparql))
    _refuse_updates(sparql, parts)
    _refuse_service(sparql, parts)
    chosen = list(_from(parts, prefixes))
    for iri, _, at, _ in chosen:
        if iri not in graphs:
            raise QueryError(f"{place(sparql, at)}: FROM <{iri}> names no graph of this store, and nothing is fetched")
    return bool(chosen)


def chosen(sparql: str, prefixes: Mapping[str, str]) -> list[Chosen]:
    """What a query says of the graphs that it is asked of."""
    return list(_from(list(terminals(sparql)), prefixes)) if _is_suspect(sparql) else []


def check_update(sparql: str) -> None:
    """Raises QueryError where a SPARQL update would fetch something: LOAD and SERVICE."""
    _refuse_monsters(sparql)
    parts = list(terminals(sparql))
    _refuse_service(sparql, parts)
    for part in parts:
        if part.kind == "word" and part.text.upper() == "LOAD":
            raise QueryError(f"{place(sparql, part.at)}: LOAD fetches; send the triples themselves")


def _is_suspect(sparql: str) -> bool:
    """Whether one of the words that matter may stand in it; most queries have none of their letters in a row."""
    upper = sparql.upper()
    return any(word in upper for word in _SUSPECT)


def _refuse_monsters(sparql: str) -> None:
    if len(sparql) > LONGEST:
        raise QueryError(f"the query has {len(sparql):,} characters; the longest that is read has {LONGEST:,}")
    if sum(map(sparql.count, _OPEN)) > DEEPEST:
        for part, depth in _deep(sparql):
            if depth > DEEPEST:
                raise QueryError(f"{place(sparql, part.at)}: brackets within brackets, more than {DEEPEST} deep")


def _deep(sparql: str) -> Iterator[tuple[Terminal, int]]:
    """The terminals, each with the number of brackets that are open at it."""
    depth = 0
    for part in terminals(sparql):
        depth += (part.text in _OPEN) - (part.text in _CLOSED)
        yield part, depth


def _refuse_service(sparql: str, parts: list[Terminal]) -> None:
    for part in parts:
        if part.kind == "word" and part.text.upper() == "SERVICE":
            raise QueryError(f"{place(sparql, part.at)}: SERVICE asks another server; only this store is asked")


def _refuse_updates(sparql: str, parts: list[Terminal]) -> None:
    for word in (p for p in parts if p.kind == "word"):
        if word.text.upper() in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return
        if word.text.upper() in _UPDATES:
            where = place(sparql, word.at)
            raise QueryError(f"{where}: {word.text.upper()} changes the graph; queries only read it (SELECT, ASK, …)")


def _from(parts: list[Terminal], prefixes: Mapping[str, str]) -> Iterator[Chosen]:
    known, base = dict(prefixes), ""
    for index, part in enumerate(parts):
        word, following = part.text.upper() if part.kind == "word" else "", parts[index + 1 : index + 3]
        if word == "PREFIX" and len(following) == 2:
            known[following[0].text.removesuffix(":")] = urljoin(base, following[1].text[1:-1])
        elif word == "BASE" and following:
            base = following[0].text[1:-1]
        elif word == "FROM" and following:
            named = following[0].text.upper() == "NAMED"
            graph = following[-1] if named else following[0]
            yield Chosen(_resolved(graph, known, base), named, part.at, graph.at + len(graph.text))


def _resolved(part: Terminal, prefixes: Mapping[str, str], base: str) -> str:
    if part.kind == "iri":
        return urljoin(base, part.text[1:-1]) if base else part.text[1:-1]
    prefix, _, local = part.text.partition(":")
    return prefixes.get(prefix, prefix + ":") + local


def limited(sparql: str, rows: int) -> str:
    """The query with at most so many solutions: its own LIMIT, where it has one, if that is less.

    What does not parse comes back as something that does not parse either.
    """
    upper = sparql.upper()
    if "LIMIT" not in upper and "VALUES" not in upper:
        return f"{sparql}\nLIMIT {rows}"
    if _ends_within(sparql, rows):
        return sparql
    end, parts = len(sparql), [part for part, depth in _deep(sparql) if not depth]
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if part.kind == "word" and part.text.upper() == "VALUES":
            end = part.at
        if part.kind == "word" and part.text.upper() == "LIMIT" and following:
            return _least(sparql, following.at, rows)
    return f"{sparql[:end]}\nLIMIT {rows}\n{sparql[end:]}"


def _ends_within(sparql: str, rows: int) -> bool:
    """Whether the last line ends with a LIMIT that is small enough, and it is plain that this is no comment."""
    line = sparql[sparql.rfind("\n", 0, len(sparql.rstrip())) + 1 :]
    found = _LAST_LIMIT.search(line)
    return bool(found and len(found[1]) < len(str(rows)) and "#" not in _IRI.sub("", line))


def _least(sparql: str, at: int, rows: int) -> str:
    digits = re.compile(r"\d+").match(sparql, at)
    if not digits or len(digits[0]) < len(str(rows)) or (len(digits[0]) < 19 and int(digits[0]) <= rows):
        return sparql
    return f"{sparql[:at]}{rows}{sparql[digits.end() :]}"


def with_dataset(sparql: str, using: Sequence[str], named: Sequence[str]) -> str:
    """An update whose patterns are matched in the graphs ``using`` and ``named``, as the SPARQL 1.1 Protocol asks.

    Raises QueryError where the update says itself which graphs it uses, or has a DELETE WHERE, which cannot say it.
    """
    if not using and not named:
        return sparql
    clause = "".join([*(f"USING <{iri}> " for iri in using), *(f"USING NAMED <{iri}> " for iri in named)])
    parts, pieces, done = [part for part, depth in _deep(sparql) if not depth], [], 0
    for before, part in zip([None, *parts], parts, strict=False):
        word = part.text.upper() if part.kind == "word" else ""
        if word in ("USING", "WITH"):
            raise QueryError(f"{place(sparql, part.at)}: {word} and using-graph-uri exclude each other")
        if word == "WHERE" and before and before.text.upper() == "DELETE":
            raise QueryError(f"{place(sparql, part.at)}: with using-graph-uri, write DELETE {{…}} WHERE {{…}}")
        if word == "WHERE":
            pieces += [sparql[done : part.at], clause]
            done = part.at
    return "".join([*pieces, sparql[done:]])


def place(sparql: str, at: int) -> str:
    """Where a character of a query stands, for people: ``line 3, column 7``."""
    return f"line {sparql.count(chr(10), 0, at) + 1}, column {at - sparql.rfind(chr(10), 0, at)}"


_ERROR_AT = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_REASON = re.compile(r"\b(Prefix not found|The [A-Za-z]+(?: [\w?$]+){2,})")


def syntax_error(sparql: str, error: SyntaxError) -> QueryError:
    """The parser's complaint with its line, its column, and the line itself with a mark beneath."""
    found = _ERROR_AT.search(str(error))
    if not found:
        return QueryError(f"the query does not parse: {str(error).splitlines()[0]}")
    row, column = int(found[1]), int(found[2])
    lines = sparql.splitlines() or [""]
    line = lines[min(row, len(lines)) - 1][:200]
    reason = _REASON.search(found[3])
    why = f" ({reason[1][0].lower()}{reason[1][1:]})" if reason else ""
    mark = " " * (column - 1) + "^"
    return QueryError(f"the query does not parse beyond line {row}, column {column}{why}\n  {line}\n  {mark}")
