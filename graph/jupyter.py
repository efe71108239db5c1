"""Whodid in notebooks: ``%load_ext graph`` brings the ``%%sparql`` cell, and things of the text show themselves well.

IPython is imported only when it is running. See docs/notebooks.md for the cell's options and how values get into it.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

from graph.errors import UsageError, WhodidError

if TYPE_CHECKING:
    from graph.knowledge import KnowledgeGraph

USAGE = "%%sparql [VARIABLE] [--kg NAME] [--words] [--rows N] [--seconds N]"
OPTIONS = {"--kg": str, "--rows": int, "--seconds": float}
_NAME = re.compile(r"[^\W\d]\w*")


# showing


def show_in(ipython: Any) -> None:
    """Readings, documents and events in words show themselves as pages in this IPython."""
    formatters = ipython.display_formatter.formatters
    for module, name, page in _SHOWN:
        formatters["text/html"].for_type_by_name(module, name, page)
        formatters["text/plain"].for_type_by_name(module, name, _plainly)


def show_if_running() -> None:
    """Does so where IPython runs; imports nothing where it does not."""
    running = _running()
    if running is not None:
        show_in(running)


def _running() -> Any:
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def _reading(reading: Any) -> str:
    from graph import report

    return report.card(reading)._repr_html_()


def _document(document: Any) -> str:
    from graph.report import left_out

    known = (document.publisher, document.published and document.published.isoformat(), document.url)
    notes = [
        *(str(part) for part in known if part),
        f"{len(document.text):,} characters",
        left_out(document.left_out),
    ]
    head = "".join(f"<li>{escape(note)}</li>" for note in notes if note)
    text = "".join(f"<p>{escape(part)}</p>" for part in document.text.split("\n") if part.strip())
    return (
        f"<h3>{escape(document.title or document.id)}</h3><ul>{head}</ul>"
        f"<details><summary>the text</summary>{text}</details>"
    )


def _told(told: Any) -> str:
    from graph.prose import say

    return f"<p>{escape(say(told))}</p>"


def _plainly(thing: Any, printer: Any, cycle: bool) -> None:
    """One line for what is long; the page is in the HTML."""
    named = getattr(thing, "document", thing)
    printer.text(f"<{type(thing).__name__} {getattr(named, 'id', '') or getattr(named, 'label', '')}>")


_SHOWN: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("graph.model", "Reading", _reading),
    ("graph.documents", "Document", _document),
    ("graph.prose", "Told", _told),
)


# the cell


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext graph``."""
    show_in(ipython)
    ipython.register_magic_function(_magic(ipython), "cell", "sparql")


def _magic(ipython: Any) -> Callable[[str, str], Any]:
    def sparql(line: str, cell: str) -> Any:
        from IPython.core.error import UsageError as Message  # shown as one line, and the run stops

        try:
            return ask(line, cell, ipython.user_ns)
        except WhodidError as error:
            raise Message(str(error)) from error

    sparql.__doc__ = f"Asks the knowledge graph: {USAGE}, then SPARQL, or a named query with its key=value pairs."
    return sparql


def ask(line: str, cell: str, names: dict[str, Any]) -> Any:
    """The answer to a cell, or None where it goes into a variable. ``names`` are the notebook's variables.

    Raises UsageError and QueryError.
    """
    from graph import queries
    from graph.prose import Card

    options = _options(line)
    kg = _knowledge(options.get("--kg"), names)
    named = _is_named(cell)
    question, values = _named(cell, names) if named else (bound(cell, names), {})
    if not question.strip():
        raise UsageError(f"the cell is empty; write SPARQL, or one of {', '.join(queries.named_queries())}")
    limits = {"rows": options.get("--rows"), "seconds": options.get("--seconds")}
    asked = kg.tell if options.get("--words") else kg.query
    answer = asked(question.strip(), **limits, **values)
    if not options.get("into"):
        return answer
    names[options["into"]] = answer if isinstance(answer, Card) else answer.frame()
    print(f"{options['into']}: {_size(names[options['into']])}")
    return None


def _is_named(cell: str) -> bool:
    """A word and its key=value pairs: all SPARQL has braces, but for DESCRIBE and an IRI."""
    first = next(iter(cell.split()), "")
    return "{" not in cell and bool(re.fullmatch(r"[a-z-]+", first)) and first not in ("describe", "prefix", "base")


def _size(answer: Any) -> str:
    if not hasattr(answer, "shape"):
        return "told in words"
    rows, columns = answer.shape
    return f"{rows:,} {'row' if rows == 1 else 'rows'}, {columns} {'column' if columns == 1 else 'columns'}"


def _options(line: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    words = iter(_split(line))
    for word in words:
        if word == "--words":
            found[word] = True
        elif word in OPTIONS:
            found[word] = _value(word, next(words, ""))
        elif _NAME.fullmatch(word) and "into" not in found:
            found["into"] = word
        else:
            raise UsageError(f"{word!r} is not understood; the cell begins {USAGE}")
    return found


def _value(option: str, word: str) -> Any:
    kind = OPTIONS[option]
    try:
        value = kind(word)
    except ValueError:
        value = None
    if not value or (kind is not str and value <= 0):
        raise UsageError(f"{option} needs {'a name' if kind is str else 'a number above 0'} after it, not {word!r}")
    return value


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f"{text.strip()!r}: a quotation mark is not closed") from error


def _knowledge(name: str | None, names: Mapping[str, Any]) -> KnowledgeGraph:
    """The named one, else ``kg``, else the only one that there is."""
    from graph.knowledge import KnowledgeGraph

    there = {n: v for n, v in names.items() if isinstance(v, KnowledgeGraph) and not n.startswith("_")}
    if name is None and len(there) > 1 and "kg" not in there:
        raise UsageError(f"there are several knowledge graphs; say which with --kg: {', '.join(sorted(there))}")
    chosen = name or ("kg" if "kg" in there else next(iter(there), "kg"))
    if chosen not in there:
        raise UsageError(f"no knowledge graph is called {chosen!r}; make one: {chosen} = graph.open('whodid-store')")
    return there[chosen]


def _named(cell: str, names: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """``pledges actor=$who since=2031``: the query's name, and its parameters with variables put in."""
    question, *pairs = _split(cell)
    values: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(f"{pair!r} is not key=value, such as actor=Kenya or actor=$who")
        if key in ("rows", "seconds"):
            raise UsageError(f"{key} is an option of the cell: %%sparql --{key} {value}")
        values[key] = _variable(value[1:], names) if value.startswith("$") else value
    return question, values


def _variable(name: str, names: Mapping[str, Any]) -> Any:
    if name not in names:
        raise UsageError(f"${name} stands for a variable of the notebook, and there is none called {name!r}")
    return names[name]


def bound(sparql: str, names: Mapping[str, Any]) -> str:
    """SPARQL with the notebook's values in its data blocks: ``VALUES ?who { $who }``.

    A value goes in as a term, never as text: numbers, days and truths as such, texts that begin with http:// or
    https:// as IRIs, others as strings, and a list as several. SPARQL knows no variable in that place, so that nothing
    else is touched. Raises UsageError for names that there are not, and for values of other kinds.
    """
    from graph.safety import terminals

    parts, at = [], 0
    for place in _places(terminals(sparql)):
        parts += [sparql[at : place.at], " ".join(_terms(place.text[1:], names))]
        at = place.at + len(place.text)
    return "".join([*parts, sparql[at:]])


def _places(tokens: Iterable[Any]) -> Iterator[Any]:
    """The $names inside the braces of VALUES."""
    depth, waiting = 0, False
    for token in tokens:
        waiting = waiting or (token.kind == "word" and token.text.upper() == "VALUES")
        if waiting and token.text == "{":
            depth, waiting = 1, False
        elif depth and token.text == "}":
            depth = 0
        elif depth and token.kind == "variable" and token.text.startswith("$"):
            yield token


def _terms(name: str, names: Mapping[str, Any]) -> list[str]:
    value = _variable(name, names)
    several = value if _is_several(value) else [value]
    return [_term(name, each) for each in several]


def _is_several(value: Any) -> bool:
    return not isinstance(value, str | bytes | Mapping) and hasattr(value, "__iter__") and hasattr(value, "__len__")


def _term(name: str, value: Any) -> str:
    import datetime as dt
    from decimal import Decimal

    from rdflib import Literal, URIRef

    from graph.answering import to_ox

    value = value.item() if hasattr(value, "item") and not isinstance(value, str) else value
    if isinstance(value, str) and not isinstance(value, Literal):
        is_iri = isinstance(value, URIRef) or re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value)
        return _written(name, URIRef(value) if is_iri else Literal(value), to_ox)
    if not isinstance(value, Literal | bool | int | float | Decimal | dt.date):
        raise UsageError(f"${name} is of the kind {type(value).__name__}; a query takes texts, numbers, days and lists")
    return _written(name, value if isinstance(value, Literal) else Literal(value), to_ox)


def _written(name: str, term: Any, write: Callable[[Any], Any]) -> str:
    try:
        return str(write(term))
    except ValueError as error:
        raise UsageError(f"${name} cannot be a term of a query: {error}") from error


# progress


def progress() -> Callable[[str], None]:
    """Told each article's outcome, shows one line that counts: in the notebook, or on standard error."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    handle = _display()

    def tell(text: str) -> None:
        outcome, _, what = text.partition(": ")
        counts[outcome] += 1
        if outcome == "failed":
            failures.append(what)
        _tell(handle, counts, what, failures)

    return tell


def _display() -> Any:
    """Where the line goes: an output of the notebook that can be written anew, or None for standard error."""
    if not hasattr(_running(), "kernel"):
        return None
    shown: Any = import_module("IPython.display")
    return shown.display(shown.HTML("<p>reading …</p>"), display_id=True)


def _tell(handle: Any, counts: Mapping[str, int], last: str, failures: list[str]) -> None:
    total = sum(counts.values())
    tally = ", ".join(f"{counts[name]} {name}" for name in ("added", "unchanged", "failed") if counts.get(name))
    line = f"{total} {'article' if total == 1 else 'articles'}: {tally}"
    if handle is None:
        _to_terminal(line, last, failures)
        return
    wrong = "".join(f"<li>{escape(failure)}</li>" for failure in failures)
    shown: Any = import_module("IPython.display")
    handle.update(shown.HTML(f"<p>{escape(line)}</p>{f'<ul>{wrong}</ul>' if wrong else ''}"))


def _to_terminal(line: str, last: str, failures: list[str]) -> None:
    if failures and failures[-1] == last:
        print(f"failed: {last}", file=sys.stderr)
    elif sys.stderr.isatty():
        print(f"\r\033[K{line} … {last[:60]}", end="", file=sys.stderr, flush=True)
