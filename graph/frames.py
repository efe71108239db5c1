"""What a store holds as pandas frames: events, roles, claims, entities, pledges, quantities, mentions, ties, documents.

One row is one thing. Columns, their kinds and meanings are in ``frames.tsv``, whose words ``docs/frames.md`` repeats.
A frame is put together from whole columns, one query for each property, however many rows there are; the queries run
beside each other, and ask nothing that a store behind SPARQL would not answer.

======= ====================================================================================
kind    pandas dtype
======= ====================================================================================
iri     string: the IRI, by which rows of two frames are joined
text    string
kind    category: few values, in a fixed order where the ontology has one
day     datetime64[s], midnight: every year from 1 to 9999 has its place; NaT is open or unknown
figure  Float64
number  Int64
truth   boolean
======= ====================================================================================
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import import_module, resources
from itertools import chain
from typing import TYPE_CHECKING, Any

from rdflib import Literal, URIRef

from graph import finding, keeping
from graph.errors import UsageError
from graph.vocabulary import PLOVER, WHO, label, ontology, superclasses, terms

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]

    from graph.store import Store

SEPARATOR = "; "
ARTICLE = "the article"
MODALITIES = ("Actual", "Pledged", "Planned", "Requested", "Predicted", "Hypothetical")
POLARITIES = ("Positive", "Negative")
QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")
ROLES = ("agent", "coAgent", "recipient", "theme", "result", "place", "time", "quantity", "content", "purpose")
STATUSES = tuple(
    ("did not happen" if modality == "Actual" else f"not {modality.lower()}")
    if polarity == "Negative"
    else modality.lower()
    for polarity in POLARITIES
    for modality in MODALITIES
)
BASES = ("Explicit", "Inferred", "Background")
COMPARATORS = ("=", ">=", ">", "<=", "<", "just under", "about")
ORDERS: dict[str, tuple[str, ...]] = {
    "modality": MODALITIES,
    "existence": MODALITIES,
    "polarity": POLARITIES,
    "status": STATUSES,
    "quad": QUADS,
    "role": ROLES,
    "basis": BASES,
    "time_basis": BASES,
    "published_basis": BASES,
    "attribution": BASES,
    "comparator": COMPARATORS,
    "precision": ("Day", "Week", "Month", "Quarter", "Season", "Year", "Decade", "Vague"),
    "form": ("Direct", "Indirect", "Mixed"),
    "kind": ("Name", "Nominal", "Pronoun"),
    "dated_by": ("deed", "pledge"),
}
_DTYPES = {"iri": "string", "text": "string", "figure": "Float64", "number": "Int64", "truth": "boolean"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a frame: its name, its kind (iri, text, kind, day, figure, number, truth), and what it means."""

    name: str
    kind: str
    meaning: str


@cache
def columns() -> Mapping[str, tuple[Column, ...]]:
    """The columns of each frame, in order."""
    text = (resources.files("graph") / "frames.tsv").read_text("utf-8")
    found: dict[str, list[Column]] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter="\t"):
        found.setdefault(row["frame"], []).append(Column(row["column"], row["kind"], row["meaning"]))
    return {name: tuple(each) for name, each in found.items()}


def frame(store: Store, name: str) -> pd.DataFrame:
    """The frame of this name: one of ``columns()``. Raises UsageError, with the names that there are, for another."""
    return frames(store, [name])[name]


def frames(store: Store, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Several frames at once, which share what they ask of the store; those of a large store are kept beside it."""
    wanted = list(names)
    for name in wanted:
        if name not in _MAKERS:
            raise UsageError(f"there is no frame {name!r}{finding.near(name, _MAKERS)}; known: {', '.join(_MAKERS)}")
    shelf = keeping.Shelf(store)
    kept = {name: _restored(name, table) for name in wanted if (table := shelf.table(name)) is not None}
    missing = [name for name in wanted if name not in kept]
    made = _made(store, missing) if missing else {}
    for name, found in made.items():
        shelf.keep(name, partial(arrow, found))
    return {name: kept[name] if name in kept else made[name] for name in wanted}


def keep(store: Store, told: Callable[[str], None] = lambda name: None) -> None:
    """Makes those frames of a large store that are not kept yet, one after the other; ``told`` hears of each before."""
    shelf = keeping.Shelf(store)
    for name in columns() if shelf.folder else ():
        if shelf.file(name) is None:
            told(name)
            frame(store, name)


def _made(store: Store, names: list[str]) -> dict[str, pd.DataFrame]:
    held = _Held(store)
    held.ask(*(query for name in names for query in _ASKED[name]))
    return {name: _typed(name, held.rows(name)) for name in names}


def _restored(name: str, table: pa.Table) -> pd.DataFrame:
    """The frame of which ``arrow`` made this table."""
    return _framed(name, {column.name: _from_arrow(table.column(column.name), column) for column in columns()[name]})


def _framed(name: str, arrays: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    found = pd.DataFrame(arrays)
    found.attrs["frame"] = name
    return found


def _from_arrow(values: pa.ChunkedArray, column: Column) -> Any:
    import pandas as pd

    if column.kind == "day":
        return values.cast("timestamp[s]").to_pandas()
    if column.kind == "kind":
        coded = values.unify_dictionaries().combine_chunks()
        found = coded.dictionary.to_pylist()
        plain = pd.Categorical.from_codes(coded.indices.fill_null(-1), found)
        return plain.set_categories(_kinds(column.name, set(found)))
    return pd.api.types.pandas_dtype(_DTYPES[column.kind]).__from_arrow__(values)


def arrow(found: pd.DataFrame) -> pa.Table:
    """A frame as an Arrow table: days as date32, kinds as dictionaries. Raises UsageError without pyarrow."""
    pyarrow = optional("pyarrow")
    kinds = {column.name: column.kind for column in columns()[found.attrs["frame"]]}
    whole = pyarrow.Table.from_pandas(found, preserve_index=False).replace_schema_metadata(None)
    for at, name in enumerate(whole.column_names):
        if kinds[name] == "day":
            whole = whole.set_column(at, name, whole.column(name).cast(pyarrow.timestamp("s")).cast(pyarrow.date32()))
        elif kinds[name] in ("iri", "text"):
            whole = whole.set_column(at, name, whole.column(name).cast(pyarrow.string()))
        elif kinds[name] == "kind":
            whole = whole.set_column(at, name, _dictionary(found[name].cat))
    return whole


def _dictionary(kinds: Any) -> pa.DictionaryArray:
    pyarrow = optional("pyarrow")
    codes = kinds.codes.to_numpy()
    indices = pyarrow.array(codes, pyarrow.int32(), mask=codes < 0)
    return pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(list(kinds.categories), pyarrow.string()))


def rows(store: Store, query: str, *names: str) -> Iterator[tuple[Any, ...]]:
    """The answer to a SELECT as plain text, None for what is unbound, in these columns."""
    found = _asked(store, query)
    return zip(*(found[name] for name in names), strict=True)


def optional(module: str, extra: str = "notebook") -> Any:
    """A module that the default install leaves out. Raises UsageError, with the command that installs it."""
    try:
        return import_module(module)
    except ImportError:
        raise UsageError(f"this needs {module}, which is not installed: pip install 'whodid[{extra}]'") from None


# what is asked of the store

# whole scans joined by hashing, as in _Wide
_SPANS = """
SELECT ?s ?begin ?exact ?sentence WHERE {{
  {from_}
  {{ SELECT ?span ?begin WHERE {{ ?span who:begin ?begin }} }}
  {{ SELECT ?span ?exact WHERE {{ ?span who:exact ?exact }} }}
  OPTIONAL {{ SELECT ?span ?sentence WHERE {{ ?span who:inSentence ?sentence }} }}
}}"""
_TRIGGERS = _SPANS.format(from_="?s who:trigger ?span .")
_CONTENTS = _SPANS.format(from_="?s who:contentSpan ?span .")
_FIGURES = """
SELECT ?s ?span ?begin ?exact ?sentence WHERE {
  ?s a who:Quantity ; who:evidence ?span . ?span who:begin ?begin ; who:exact ?exact ; who:inSentence ?sentence
}"""
_TIES = """
SELECT ?s ?begin ?exact ?sentence WHERE {
  ?s a who:Assertion ; who:evidence ?span . ?span a who:Sentence ; who:begin ?begin ; who:exact ?exact
}"""
_SENTENCES = "SELECT ?s ?o WHERE { ?s a who:Sentence { SELECT ?s ?o WHERE { ?s who:exact ?o } } }"
_MEMBERS = "SELECT DISTINCT ?s WHERE {{ ?s a {cls} }}"
_COUNTS = {
    "mentions": "SELECT (?x AS ?s) (COUNT(DISTINCT ?m) AS ?o) WHERE { ?m who:refersTo ?x } GROUP BY ?x",
    "documents": "SELECT ?s (COUNT(DISTINCT ?g) AS ?o) WHERE { GRAPH ?g { ?s a who:Entity } } GROUP BY ?s",
    "sentences": "SELECT (?d AS ?s) (COUNT(?x) AS ?o) WHERE { ?x a who:Sentence ; who:inDocument ?d } GROUP BY ?d",
    "characters": "SELECT ?s (STRLEN(?text) AS ?o) WHERE { ?s nif:isString ?text }",
}
_READ_BY = """
SELECT DISTINCT (?document AS ?s) ?graph ?tool ?model WHERE {
  GRAPH ?graph {
    ?document a who:Document .
    OPTIONAL { ?graph prov:wasGeneratedBy ?run . ?run who:toolVersion ?tool OPTIONAL { ?run who:model ?model } }
  }
}"""


@dataclass(frozen=True, slots=True)
class _Wide:
    """What is said of many things, one row each; values of which there are ``few`` come as numbers, not term by term.

    Whole scans are joined by hashing: for each thing apart, its facts would be sought on disk one by one.
    """

    things: str
    few: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...] = ()

    def asked(self, store: Store) -> Rows:
        values = self._values(store)
        joined = " ".join(
            f"OPTIONAL {{ SELECT {self._once(store)} ?s ?{name} {{ {_numbered(each, name, values.get(each))} }} }}"
            for name, each in self.few + self.others
        )
        names = " ".join(f"?{name}" for name, _ in self.few + self.others)
        found = _asked(store, f"SELECT ?s {names} WHERE {{ {self.things} {joined} }}")
        for name, each in self.few:
            terms = {str(number): str(term) for number, term in enumerate(values.get(each, ()))}
            found[name] = list(map(terms.get, found[name])) if terms else found[name]
        return found

    def _values(self, store: Store) -> dict[str, list[URIRef | Literal]]:
        """The values of each property that has few; a blank node has no name to ask for it by."""
        found = {}
        for _, each in self.few:
            answer = store.query(f"SELECT DISTINCT ?o WHERE {{ ?s {each} ?o }}", rows=_FEW)
            values = [term for (term,) in answer.rows if isinstance(term, URIRef | Literal)]
            if len(values) == len(answer.rows) and not answer.cut:
                found[each] = sorted(values)
        return found

    def _once(self, store: Store) -> str:
        """DISTINCT where a thing is told of in several graphs, whose rows would be multiplied with each other."""
        _, each = self.few[0]
        counted = _asked(store, f"SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) WHERE {{ ?s {each} ?o }}")
        return "" if counted["n"] == counted["m"] else "DISTINCT"


def _numbered(property: str, name: str, values: list[URIRef | Literal] | None) -> str:
    if values is None:
        return f"?s {property} ?{name}"
    pairs = " ".join(f"({term.n3()} {number})" for number, term in enumerate(values))
    return f"VALUES (?term ?{name}) {{ {pairs} }} ?s {property} ?term"


_FEW = 200
_STANDING = _Wide(
    "?s a who:Event .",
    (
        ("type", "who:eventType"), ("plover", "who:ploverType"), ("modality", "who:modality"),
        ("polarity", "who:polarity"), ("basis", "who:basis"),
    ),
    (("confidence", "who:confidence"),),
)  # fmt: skip
_TIMES = _Wide(
    "{ SELECT DISTINCT ?s { ?x who:time|who:documentTime ?s } }",
    (("precision", "who:precision"), ("basis", "who:basis")),
    (("first", "sem:hasEarliestBeginTimeStamp"), ("last", "sem:hasLatestEndTimeStamp")),
)
Rows = dict[str, list[Any]]


Query = str | _Wide


def _asked(store: Store, query: Query) -> Rows:
    """The answer's columns; what is unbound is None."""
    if isinstance(query, _Wide):
        return query.asked(store)
    names, values = _cells(store.csv(_sparql(query)).decode())
    found = {name: values[at :: len(names)] for at, name in enumerate(names)}
    return {name: [value or None for value in each] if "" in each else each for name, each in found.items()}


def _cells(text: str) -> tuple[list[str], list[str]]:
    """The names of the columns of a CSV and all its cells, row after row; where nothing is quoted, split at once."""
    if '"' in text:
        reader = csv.reader(io.StringIO(text, newline=""))
        return next(reader), list(chain.from_iterable(reader))
    head, _, body = text.replace("\r\n", "\n").partition("\n")
    return head.split(","), body.removesuffix("\n").replace("\n", ",").split(",") if body else []


def _sparql(query: str) -> str:
    return query if " " in query else f"SELECT DISTINCT ?s ?o WHERE {{ ?s {query} ?o }}"


class _Held:
    """What was asked of one store, kept while frames are made of it.

    A query is SPARQL with a variable ``s``, or a property such as ``rdfs:label``, whose subjects and objects are meant.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._answers: dict[Query, Rows] = {}
        self._firsts: dict[tuple[Query, str], dict[str, Any]] = {}
        self._rows: dict[str, Rows] = {}

    def rows(self, name: str) -> Rows:
        """The columns of a frame before they have dtypes."""
        if name not in self._rows:
            self.ask(*_ASKED[name])
            self._rows[name] = _MAKERS[name](self)
        return self._rows[name]

    def ask(self, *queries: Query) -> list[Rows]:
        """The answers, asked beside each other."""
        missing = [q for q in dict.fromkeys(queries) if q not in self._answers]
        if len(missing) == 1:
            self._answers[missing[0]] = _asked(self.store, missing[0])
        elif missing:
            with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
                self._answers.update(zip(missing, pool.map(lambda q: _asked(self.store, q), missing), strict=True))
        return [self._answers[q] for q in queries]

    def pairs(self, query: Query) -> Iterator[tuple[str, str]]:
        """Each subject with each of its objects."""
        found = self.ask(query)[0]
        return zip(found["s"], found["o"], strict=True)

    def one(self, query: Query, column: str = "o") -> Mapping[str, Any]:
        """One object for each subject, the first in alphabetical order of several."""
        if (query, column) not in self._firsts:
            found = self.ask(query)[0]
            subjects, objects = found["s"], found[column]
            firsts = dict(zip(subjects, objects, strict=True))
            if len(firsts) < len(subjects):
                for subject, value in zip(subjects, objects, strict=True):
                    if value is not None and (firsts[subject] is None or value < firsts[subject]):
                        firsts[subject] = value
            self._firsts[query, column] = firsts
        return self._firsts[query, column]

    def of(self, keys: Sequence[Any], query: Query, column: str = "o") -> list[Any]:
        """The object of each key, None where it has none."""
        return list(map(self.one(query, column).get, keys))

    def names(self, keys: Sequence[Any]) -> list[Any]:
        return self.of(keys, "rdfs:label")

    def members(self, cls: str) -> Mapping[str, None]:
        """All that is of a class, sorted."""
        query = _MEMBERS.format(cls=cls)
        if (query, "s") not in self._firsts:
            self._firsts[query, "s"] = dict.fromkeys(sorted(self.ask(query)[0]["s"]))
        return self._firsts[query, "s"]

    @cached_property
    def classes(self) -> Mapping[str, str]:
        """The most specific class of each entity; of two the first in alphabetical order."""
        found: dict[str, str] = {}
        rank = {str(cls): (-len(superclasses(cls)), _short(str(cls))) for cls in terms()}
        for entity, cls in self.pairs(_classes()):
            if entity not in found or rank[cls] < rank[found[entity]]:
                found[entity] = cls
        return {entity: cls.rsplit("#", 1)[-1] for entity, cls in found.items()}

    @cached_property
    def documents(self) -> Mapping[str, str]:
        """The article on which each event, claim and tie rests in the end."""
        rests, documents, found = self.one("who:accordingTo"), self.members("who:Document"), {}
        for node, at in rests.items():
            for _ in range(_DEEPEST):
                if at in documents:
                    found[node] = at
                    break
                at = rests.get(at)
        return found

    @cached_property
    def published(self) -> Mapping[str, tuple[str | None, str | None, str | None]]:
        """The bounds and the basis of each article's day of publication."""
        firsts, lasts, bases = (self.one(_TIMES, column) for column in ("first", "last", "basis"))
        times = self.one("who:documentTime").items()
        return {document: (firsts.get(t), lasts.get(t), _short(bases.get(t))) for document, t in times}

    @cached_property
    def parts(self) -> Mapping[str, Mapping[str, list[str]]]:
        """For each role the fillers of each event, sorted by name."""
        roles: dict[str, dict[str, list[str]]] = {role: defaultdict(list) for role in ROLES}
        labels = self.one("rdfs:label")
        for role in ROLES:
            for event, filler in self.pairs(f"who:{role}"):
                roles[role][event].append(filler)
        for fillers in (each for role in roles.values() for each in role.values() if len(each) > 1):
            fillers[:] = sorted(set(fillers), key=lambda f: (labels.get(f) or "", f))
        return roles

    @cached_property
    def times(self) -> Mapping[str, str]:
        """The time of each event that has one; of several the one with the narrowest bounds, then the earliest."""
        firsts, lasts = self.one(_TIMES, "first"), self.one(_TIMES, "last")

        def width(time: str) -> tuple[int, str, str, str]:
            first, last = firsts.get(time), lasts.get(time)
            days = (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days if first and last else _OPEN
            return days, first or "9999", last or "9999", time

        return {
            event: min(times, key=width) if len(times) > 1 else times[0] for event, times in self.parts["time"].items()
        }


_DEEPEST = 20
_OPEN = 10**7


@cache
def _classes() -> str:
    known = sorted(f"<{t}>" for t in terms() if WHO.Entity in superclasses(t) and t not in (WHO.Entity, WHO.Actor))
    return f"SELECT DISTINCT ?s ?o WHERE {{ VALUES ?o {{ {' '.join(known)} }} ?s a ?o }}"


# what becomes of it


def _typed(name: str, rows: Rows) -> pd.DataFrame:
    """The frame with its columns in order and of their dtypes."""
    return _framed(name, {column.name: _cast(rows[column.name], column) for column in columns()[name]})


def _cast(values: list[Any], column: Column) -> Any:
    import pandas as pd

    if column.kind == "day":
        return pd.to_datetime(pd.Series(values, dtype=object), format="%Y-%m-%d", errors="coerce").astype(
            "datetime64[s]"
        )
    if column.kind == "truth":
        return pd.array([_TRUTHS.get(value) for value in values], dtype="boolean")
    if column.kind in ("figure", "number"):
        return pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").astype(_DTYPES[column.kind])
    if column.kind != "kind":
        return pd.Series(values, dtype="string").array
    return pd.Categorical(values, _kinds(column.name, set(values) - {None}))


def _kinds(column: str, found: set[str]) -> list[str]:
    """The categories of a column, in order: those that it always has, then what else was found."""
    known = ORDERS.get(column, ())
    return [*known, *sorted(found - set(known))]


_TRUTHS: dict[Any, bool] = {True: True, False: False, "true": True, "1": True, "false": False, "0": False}


@cache
def _short(iri: str | None) -> str | None:
    """The last part of an IRI."""
    return None if iri is None else iri.rsplit("#", 1)[-1]


def _shorts(iris: Iterable[str | None], cut: str = "") -> list[str | None]:
    return [short and short.removesuffix(cut) for short in map(_short, iris)]


def _statuses(modalities: list[Any], polarities: list[Any]) -> list[str | None]:
    pairs = ((m, p) for p in POLARITIES for m in MODALITIES)
    words = dict(zip(pairs, STATUSES, strict=True))
    return [words.get(pair) for pair in zip(modalities, polarities, strict=True)]


def _ordered(rows: Rows, *keys: str) -> Rows:
    """The rows sorted by these columns; what is missing comes last."""
    order = list(range(len(rows[keys[0]])))
    for values in (rows[key] for key in reversed(keys)):
        order.sort(key=_last_if_missing(values) if None in values else values.__getitem__)
    return {name: list(map(values.__getitem__, order)) for name, values in rows.items()}


def _last_if_missing(values: list[Any]) -> Callable[[int], tuple[bool, Any]]:
    return lambda at: (values[at] is None, values[at])


def _source(key: list[str], held: _Held) -> Rows:
    """On whose word each rests, in which article, and when that appeared."""
    documents, rests = held.members("who:Document"), held.of(key, "who:accordingTo")
    claim = [None if r in documents else r for r in rests]
    speaker = held.of(claim, "who:speaker")
    said_by = [ARTICLE if c is None else name for c, name in zip(claim, held.names(speaker), strict=True)]
    relayed_by = held.names(held.of(claim, "who:relayedBy"))
    return {
        "claim": claim, "speaker": speaker, "said_by": said_by, "relayed_by": relayed_by,
        **_article(list(map(held.documents.get, key)), held),
    }  # fmt: skip


def _article(document: list[Any], held: _Held) -> Rows:
    dates = [held.published.get(d, (None, None, None)) for d in document]
    first, last, basis = map(list, zip(*dates, strict=True)) if dates else ([], [], [])
    return {
        "document": document, "title": held.names(document), "publisher": held.of(document, "dcterms:publisher"),
        "published_first": first, "published_last": last, "published_basis": basis,
    }  # fmt: skip


def _words(key: list[str], spans: str, held: _Held) -> Rows:
    """Where the first span of each begins and ends, its words, and the sentence that it begins in."""
    found = held.ask(spans)[0]
    firsts: dict[str, tuple[int, str, str | None]] = {}
    for subject, begin, exact, sentence in zip(*(found[n] for n in ("s", "begin", "exact", "sentence")), strict=True):
        span = (int(begin), exact or "", sentence)
        if subject not in firsts or span < firsts[subject]:
            firsts[subject] = span
    chosen = [firsts.get(k) for k in key]
    return {
        "begin": [span and span[0] for span in chosen],
        "end": [span and span[0] + len(span[1]) for span in chosen],
        "trigger": [span and span[1] for span in chosen],
        "sentence": held.of([span and span[2] for span in chosen], _SENTENCES),
    }


def _events(held: _Held) -> Rows:
    key = sorted(held.one(_STANDING, "type"))
    about = {name: held.of(key, _STANDING, name) for name, _ in _STANDING.few + _STANDING.others}
    modality, polarity = _shorts(about["modality"]), _shorts(about["polarity"])
    plover, speech = about["plover"], held.members("who:SpeechEvent")
    rows = {
        "event": key,
        "what": held.names(key),
        "type": _shorts(about["type"], "Type"),
        "plover": _shorts(plover),
        "quad": list(map(_quads().get, plover)),
        "modality": modality,
        "polarity": polarity,
        "status": _statuses(modality, polarity),
        "speech": [event in speech for event in key],
        "basis": _shorts(about["basis"]),
        "confidence": about["confidence"],
        **_parts(key, held),
        **_when(list(map(held.times.get, key)), held),
        **_source(key, held),
        **_words(key, _TRIGGERS, held),
    }
    return _ordered(rows, "document", "begin", "event")


@cache
def _quads() -> dict[str, str]:
    return {str(t): str(q) for t, q in ontology().subject_objects(PLOVER.quad)}


def _parts(key: list[str], held: _Held) -> Rows:
    """The names of what fills each role."""
    labels, named = held.one("rdfs:label"), {"coAgent": "partner"}

    def joined(fillers: list[str]) -> str | None:
        if len(fillers) == 1:
            return labels.get(fillers[0]) or None
        return SEPARATOR.join(dict.fromkeys(labels.get(f) or "" for f in fillers)) or None

    shown = ("agent", "coAgent", "recipient", "theme", "content", "place", "quantity")
    words = {role: {event: joined(fillers) for event, fillers in held.parts[role].items()} for role in shown}
    return {named.get(role, role): list(map(each.get, key)) for role, each in words.items()}


def _when(times: list[Any], held: _Held) -> Rows:
    return {
        "when": held.names(times),
        "first": held.of(times, _TIMES, "first"),
        "last": held.of(times, _TIMES, "last"),
        "precision": _shorts(held.of(times, _TIMES, "precision")),
        "time_basis": _shorts(held.of(times, _TIMES, "basis")),
    }


def _roles(held: _Held) -> Rows:
    events = held.members("who:Event")
    found = sorted(
        (event, at, filler)
        for at, role in enumerate(ROLES)
        for event, fillers in held.parts[role].items()
        if event in events
        for filler in fillers
    )
    event, role, filler = map(list, zip(*found, strict=True)) if found else ([], [], [])
    actors = held.members("who:Actor")
    return {
        "event": event,
        "role": [ROLES[at] for at in role],
        "filler": filler,
        "name": held.names(filler),
        "type": _types(filler, held),
        "actor": [f in actors for f in filler],
    }


def _types(nodes: list[str], held: _Held) -> list[str]:
    """The class of each node: an entity's own, else Event, Time, Quantity or Description."""
    others = (("who:Event", "Event"), ("who:TimeSpan", "Time"), ("who:Quantity", "Quantity"))
    known = {node: name for cls, name in others for node in held.members(cls)} | dict(held.classes)
    return [known.get(node, "Description") for node in nodes]


def _claims(held: _Held) -> Rows:
    key = list(held.members("who:Claim"))
    source = _source(key, held)
    speaker, relay = held.of(key, "who:speaker"), held.of(key, "who:relayedBy")
    reported = Counter(claim for claim, _ in held.pairs("who:reports"))
    rows = {
        **source,
        **_words(key, _CONTENTS, held),
        "claim": key,
        "within": source["claim"],
        "speaker": speaker,
        "said_by": held.names(speaker),
        "form": [_FORMS.get(form or "") for form in _shorts(held.of(key, "who:quoteForm"))],
        "words": held.of(key, "who:claimText"),
        "relay": relay,
        "relayed_by": held.names(relay),
        "events": [reported[claim] for claim in key],
        "attribution": _shorts(held.of(key, "who:attributionBasis")),
        "confidence": held.of(key, "who:confidence"),
    }
    return _ordered(rows, "document", "begin", "claim")


_FORMS = {"DirectQuote": "Direct", "IndirectSpeech": "Indirect", "MixedQuote": "Mixed"}


def _entities(held: _Held) -> Rows:
    key, actors = list(held.members("who:Entity")), held.members("who:Actor")
    names, tally = held.names(key), _appearances(held)
    scoped = held.of(key, "who:documentScoped")
    return {
        "entity": key,
        "name": names,
        "type": list(map(held.classes.get, key)),
        "actor": [entity in actors for entity in key],
        "named": [value in ("false", "0") for value in scoped],
        "existence": _shorts(held.of(key, "who:existence")),
        "aliases": _aliases(key, names, held),
        "same_as": held.of(key, "skos:exactMatch"),
        "documents": [int(n or 0) for n in held.of(key, _COUNTS["documents"])],
        "mentions": [int(n or 0) for n in held.of(key, _COUNTS["mentions"])],
        **{name: [counts[entity] for entity in key] for name, counts in tally.items()},
    }


def _aliases(key: list[str], names: list[Any], held: _Held) -> list[str | None]:
    found = defaultdict(set)
    for entity, alias in held.pairs("skos:altLabel"):
        found[entity].add(alias)
    both = zip(key, names, strict=True)
    return [SEPARATOR.join(sorted(found.get(entity, set()) - {name})) or None for entity, name in both]


def _appearances(held: _Held) -> dict[str, Counter[str]]:
    """In how many events each has a part, how many deeds it does, and how many statements it makes."""
    modality, polarity, kind = (held.one(f"who:{name}") for name in ("modality", "polarity", "eventType"))
    deed = (str(WHO.Actual), str(WHO.Positive))
    part = {(event, filler) for role in held.parts.values() for event, fillers in role.items() for filler in fillers}
    done = [
        filler
        for event, fillers in held.parts["agent"].items()
        if (modality.get(event), polarity.get(event)) == deed and kind.get(event) != str(WHO.PledgeType)
        for filler in fillers
    ]
    return {
        "events": Counter(filler for _, filler in part),
        "deeds": Counter(done),
        "statements": Counter(speaker for _, speaker in held.pairs("who:speaker")),
    }


def _actors(held: _Held) -> Rows:
    return _chosen(held.rows("entities"), "actor", lambda actor: actor)


def _chosen(rows: Rows, column: str, wanted: Callable[[Any], bool]) -> Rows:
    kept = [at for at, value in enumerate(rows[column]) if wanted(value)]
    return {name: [values[at] for at in kept] for name, values in rows.items()}


def _pledges(held: _Held) -> Rows:
    events = held.rows("events")
    at = {event: number for number, event in enumerate(events["event"])}
    pledges = _chosen(events, "type", lambda kind: kind == "Pledge")
    key = pledges["event"]
    content = [next((c for c in held.parts["content"].get(event, []) if c in at), None) for event in key]
    deed = {name: [None if c is None else values[at[c]] for c in content] for name, values in events.items()}
    due = [when is not None for when in deed["when"]]
    figures = [_figure(event, c, held) for event, c in zip(key, content, strict=True)]
    timed = {name: _either(deed[name], pledges[name], due) for name in ("when", "first", "last")}
    dated_by = ["deed" if d else "pledge" if own else None for d, own in zip(due, pledges["when"], strict=True)]
    return {
        **pledges,
        **timed,
        **_figures(figures, held),
        "pledge": key,
        "recipient": [own or other for own, other in zip(pledges["recipient"], deed["recipient"], strict=True)],
        "pledged": [c or theme for c, theme in zip(pledges["content"], pledges["theme"], strict=True)],
        "content": content,
        "content_type": deed["type"],
        "status": list(map(_STANDINGS.get, pledges["status"])),
        "dated_by": dated_by,
    }


def _either(one: list[Any], other: list[Any], first: list[bool]) -> list[Any]:
    return [a if choice else b for a, b, choice in zip(one, other, first, strict=True)]


def _figure(event: str, content: str | None, held: _Held) -> str | None:
    """The figure of a promise, else of what is promised; of several the first in the text."""
    parts, begins = held.parts["quantity"], held.one(_FIGURES, "begin")
    found = parts.get(event) or parts.get(content or "") or []
    return min(found, key=lambda q: (int(begins.get(q) or 0), q), default=None)


_STANDINGS = {
    status: ("not " if at >= len(MODALITIES) else "")
    + ("pledged" if modality == "Actual" else f"a pledge {modality.lower()}")
    for at, (status, modality) in enumerate(zip(STATUSES, MODALITIES * 2, strict=True))
}


def _figures(quantities: list[Any], held: _Held) -> Rows:
    return {
        "comparator": [label(URIRef(c)) if c else None for c in held.of(quantities, "who:comparator")],
        "figure": held.of(quantities, "who:value"),
        "unit": held.of(quantities, "who:unit"),
        "more": held.of(quantities, "who:isIncrement"),
    }


def _quantities(held: _Held) -> Rows:
    uses: dict[str, list[Any]] = defaultdict(list)
    for each, figures in held.parts["quantity"].items():
        for figure in figures:
            uses[figure].append(each)
    pairs: list[tuple[str, Any]] = [
        (figure, event) for figure in held.members("who:Quantity") for event in uses.get(figure, _NOWHERE)
    ]
    key, event = [figure for figure, _ in pairs], [event for _, event in pairs]
    types = _shorts(held.of(event, "who:eventType"), "Type")
    status = _statuses(*(_shorts(held.of(event, p)) for p in ("who:modality", "who:polarity")))
    document = [held.one("who:inDocument").get(span or "") for span in map(held.one(_FIGURES, "span").get, key)]
    rows = {
        "quantity": key,
        "event": event,
        "event_type": types,
        "status": [_UNREAL.get(t or "", s) if s == "actual" else s for t, s in zip(types, status, strict=True)],
        "text": held.names(key),
        **_figures(key, held),
        "whole": held.of(key, "who:ofWhole"),
        "restates": held.of(key, "who:restates"),
        **_words(key, _FIGURES, held),
        **_article(document, held),
    }
    return _ordered(rows, "document", "begin", "quantity", "event")


_NOWHERE: list[Any] = [None]


# a figure that was promised or asked for is not there, though the promise was made
_UNREAL = {
    "Pledge": "pledged",
    "Plan": "planned",
    "Threat": "planned",
    "Demand": "requested",
    "Appeal": "requested",
    "Need": "requested",
    "Prediction": "predicted",
}


def _mentions(held: _Held) -> Rows:
    pairs = list(held.pairs("who:refersTo"))
    key, referent = [mention for mention, _ in pairs], [thing for _, thing in pairs]
    entity = [thing in held.classes for thing in referent]

    def of_entities(values: list[Any]) -> list[Any]:
        return [value if is_one else None for value, is_one in zip(values, entity, strict=True)]

    rows: Rows = {
        "mention": key,
        "refers_to": referent,
        "name": held.names(referent),
        "type": _types(referent, held),
        "words": held.of(key, "who:exact"),
        "kind": of_entities(_shorts(held.of(key, "who:mentionKind"), "Mention")),
        "basis": of_entities(_shorts(held.of(key, "who:coreferenceBasis"))),
        "confidence": of_entities(held.of(key, "who:confidence")),
        "begin": [begin and int(begin) for begin in held.of(key, "who:begin")],
        "end": [end and int(end) for end in held.of(key, "who:end")],
        "document": held.of(key, "who:inDocument"),
    }
    return _ordered(rows, "document", "begin", "end", "refers_to")


def _relations(held: _Held) -> Rows:
    key = list(held.members("who:Assertion"))
    subject, object_ = held.of(key, "rdf:subject"), held.of(key, "rdf:object")
    rows = {
        "relation": key,
        "subject": subject,
        "subject_name": held.names(subject),
        "predicate": _shorts(held.of(key, "rdf:predicate")),
        "object": object_,
        "object_name": held.names(object_),
        "polarity": _shorts(held.of(key, "who:polarity")),
        **_source(key, held),
        "basis": _shorts(held.of(key, "who:basis")),
        "confidence": held.of(key, "who:confidence"),
        "sentence": _words(key, _TIES, held)["trigger"],
    }
    return _ordered(rows, "document", "relation")


def _documents(held: _Held) -> Rows:
    key = list(held.members("who:Document"))
    stated = {
        "id": "dcterms:identifier", "author": "dcterms:creator", "language": "dcterms:language", "url": "schema:url",
        "sha256": "who:sha256", "characters": _COUNTS["characters"], "sentences": _COUNTS["sentences"],
    }  # fmt: skip
    tally = {
        name: Counter(held.documents.get(node) for node in held.members(cls))
        for name, cls in (("events", "who:Event"), ("claims", "who:Claim"))
    }
    return {
        **_article(key, held),
        **{name: held.of(key, query) for name, query in stated.items()},
        **{name: [counts[document] for document in key] for name, counts in tally.items()},
        **{name: list(map(held.one(_READ_BY, name).get, key)) for name in ("graph", "tool", "model")},
    }


_MAKERS: dict[str, Callable[[_Held], Rows]] = {
    "events": _events,
    "roles": _roles,
    "claims": _claims,
    "entities": _entities,
    "actors": _actors,
    "pledges": _pledges,
    "quantities": _quantities,
    "mentions": _mentions,
    "relations": _relations,
    "documents": _documents,
}
_IN_ORDER = ("Event", "Document", "Actor", "TimeSpan", "Quantity", "SpeechEvent", "Claim", "Entity", "Assertion")
_IS = {name: _MEMBERS.format(cls=f"who:{name}") for name in _IN_ORDER}
_NODES = [_classes(), _IS["Event"], _IS["TimeSpan"], _IS["Quantity"], "rdfs:label"]
_PUBLISHED: list[Query] = ["who:documentTime", _TIMES, "dcterms:publisher", "rdfs:label"]
_ATTRIBUTION: list[Query] = ["who:accordingTo", "who:speaker", "who:relayedBy", _IS["Document"], *_PUBLISHED]
_STATUS = ["who:eventType", "who:modality", "who:polarity"]
_FILLERS = [f"who:{role}" for role in ROLES]
_COUNTED = ["who:value", "who:unit", "who:comparator", "who:isIncrement"]
_EVENT: list[Query] = [
    *_FILLERS,
    *_ATTRIBUTION,
    _STANDING,
    _IS["SpeechEvent"],
    _SENTENCES,
]
_ENTITY: list[Query] = [
    *_COUNTS.values(), *_FILLERS, _classes(), _IS["Entity"], _IS["Actor"], "rdfs:label", "skos:altLabel",
    "skos:exactMatch", *_STATUS, "who:speaker", "who:documentScoped", "who:existence",
]  # fmt: skip
# what each frame asks, so that it is asked at once, the slowest first; what is forgotten here is asked later, and alone
_ASKED: dict[str, list[Query]] = {
    "events": [_TRIGGERS, *_EVENT],
    "roles": [*_FILLERS, *_NODES, _IS["Actor"]],
    "claims": [
        _CONTENTS, *_ATTRIBUTION, "who:claimText", "who:quoteForm", "who:reports", "who:attributionBasis", _SENTENCES,
        "who:confidence", _IS["Claim"],
    ],
    "entities": _ENTITY,
    "actors": _ENTITY,
    "pledges": [_TRIGGERS, *_EVENT, _FIGURES, *_COUNTED],
    "quantities": [
        _FIGURES, *_FILLERS, *_STATUS, *_COUNTED, "who:ofWhole", "who:restates", "who:inDocument", _SENTENCES,
        _IS["Quantity"], *_PUBLISHED,
    ],
    "mentions": [
        "who:refersTo", "who:exact", "who:begin", "who:end", "who:inDocument", "who:confidence", "who:mentionKind",
        "who:coreferenceBasis", *_NODES,
    ],
    "relations": [
        _TIES, *_ATTRIBUTION, "rdf:subject", "rdf:predicate", "rdf:object", "who:polarity", "who:confidence",
        "who:basis", _SENTENCES, _IS["Assertion"],
    ],
    "documents": [
        *_COUNTS.values(), _READ_BY, "who:accordingTo", *_PUBLISHED, _IS["Event"], _IS["Claim"], _IS["Document"],
        "dcterms:identifier", "dcterms:creator", "dcterms:language", "schema:url", "who:sha256",
    ],
}  # fmt: skip
