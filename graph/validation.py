"""SHACL shapes and integrity rules over a dataset, one document at a time -> a report that a person can act on.

``shapes.ttl`` says what each node needs, the queries in ``integrity/`` what must hold between nodes. A new rule is a
new ``.rq`` file there: it selects ``?this`` (the node at fault) and may select ``?detail``; its first lines say what is
wrong, what would be right, and whether that is an error or a warning. The dataset may come from anyone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SH
from rdflib.term import Identifier, Node

from graph.answering import from_ox, to_ox
from graph.errors import SourceError
from graph.vocabulary import PLOVER, PREFIXES, WHO, ontology, ontology_file

Severity = Literal["error", "warning"]
Triple = tuple[Node, Node, Node]
ONTOLOGY = URIRef("https://w3id.org/whodid/ontology")
WORDS_LENGTH = 100
SHOWN = 60
"""How many problems a notebook shows."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: in which document, at which node and words, and what would be right.

    ``rule`` names the integrity rule or shape that found it; ``words`` are those of the text, or the node's label.
    """

    document: str
    severity: Severity
    rule: str
    node: str
    what: str
    words: str
    right: str

    def __str__(self) -> str:
        place = f"{self.node} “{self.words}”" if self.words else self.node
        return f"{self.severity}: {self.what}\n    at {place}\n    right: {self.right} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked, and all that is wrong with it, sorted by document."""

    checked: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def conforms(self) -> bool:
        """True where nothing is an error; there may be warnings."""
        return not any(problem.severity == "error" for problem in self.problems)

    def count(self, severity: Severity) -> int:
        return sum(problem.severity == severity for problem in self.problems)

    def __str__(self) -> str:
        lines = []
        for document in dict.fromkeys(problem.document for problem in self.problems):
            lines += [document, *(f"  {p}".replace("\n", "\n  ") for p in self.problems if p.document == document), ""]
        errors, warnings = _counted(self.count("error"), "error"), _counted(self.count("warning"), "warning")
        return "\n".join([*lines, f"{_counted(len(self.checked), 'document')} checked: {errors}, {warnings}"])

    def _repr_html_(self) -> str:
        *_, last = str(self).splitlines()
        found = "".join(f"<li><pre>{escape(str(p))}</pre></li>" for p in self.problems[:SHOWN])
        return f"<p>{escape(last)}</p>{f'<ul>{found}</ul>' if found else ''}"


@dataclass(frozen=True, slots=True)
class Part:
    """Statements that are checked together; ``borrowed`` nodes are described elsewhere and not judged here."""

    g: Graph
    borrowed: frozenset[Node] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """An integrity rule: a query for the nodes that break it."""

    name: str
    what: str
    right: str
    severity: Severity
    sparql: str


def validate(statements: Iterable[Any]) -> Report:
    """The report on an rdflib Dataset or Graph, or on any triples or quads of rdflib's terms.

    Each named graph that holds a document is checked for itself, all else together.
    """
    checked: list[str] = []
    problems: set[Problem] = set()
    for part in _parts(statements):
        checked += _documents(part.g)
        problems.update(_problems(part))
    return Report(tuple(checked), tuple(sorted(problems)))


def validate_file(path: str | Path) -> Report:
    """The report on an RDF file (.trig, .nq, .ttl, .nt, .jsonld, .rdf).

    Raises SourceError where there is no such file, its ending is none of these, or it does not parse.
    """
    file = Path(path)
    kind = ox.RdfFormat.from_extension(file.suffix.removeprefix("."))
    if kind is None:
        raise SourceError(str(file), "its ending is none of .trig .nq .ttl .nt .jsonld .rdf")
    try:
        return validate([_terms(quad) for quad in ox.parse(path=str(file), format=kind)])
    except FileNotFoundError as error:
        raise SourceError(str(file), "no such file") from error
    except (SyntaxError, OSError) as error:
        raise SourceError(str(file), f"does not parse: {error}") from error


@cache
def rules() -> tuple[Rule, ...]:
    """The integrity rules, by name."""
    found = sorted((files("graph") / "integrity").iterdir(), key=lambda file: file.name)
    return tuple(_rule(f.name.removesuffix(".rq"), f.read_text("utf-8")) for f in found if f.name.endswith(".rq"))


@cache
def shapes() -> Graph:
    """The SHACL shapes."""
    return Graph().parse(data=(files("graph") / "shapes.ttl").read_text("utf-8"), format="turtle")


def _rule(name: str, text: str) -> Rule:
    head = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith("# "))
    severity: Severity = "warning" if head["severity"] == "warning" else "error"
    return Rule(name, head["what"], head["right"], severity, text)


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


# taking apart


def _terms(quad: ox.Quad) -> tuple[Identifier | None, ...]:
    name = None if isinstance(quad.graph_name, ox.DefaultGraph) else from_ox(quad.graph_name)
    return from_ox(quad.subject), from_ox(quad.predicate), from_ox(quad.object), name


def _parts(statements: Iterable[Any]) -> Iterator[Part]:
    """One part for each named graph that holds a document, and one for all the rest, made when it is asked for."""
    named = _named(statements)
    named.pop(str(ONTOLOGY), None)
    own = {name: triples for name, triples in sorted(named.items()) if name and _holds_document(triples)}
    for triples in own.values():
        yield Part(_graph(triples))
    rest = [triple for name in sorted(named.keys() - own.keys()) for triple in named[name]]
    if rest:
        yield _rest(rest, own.values())


def _named(statements: Iterable[Any]) -> dict[str, list[Triple]]:
    found: dict[str, list[Triple]] = defaultdict(list)
    for subject, predicate, obj, *name in statements:
        place = getattr(name[0], "identifier", name[0]) if name else None
        found[str(place or "")].append((subject, predicate, obj))
    return found


def _holds_document(triples: list[Triple]) -> bool:
    return any(p == RDF.type and o == WHO.Document for _, p, o in triples)


def _rest(rest: list[Triple], documents: Iterable[list[Triple]]) -> Part:
    """Additions to documents, with the types and labels of what they point at: that, they are not to blame for."""
    pointed = {o for _, _, o in rest if isinstance(o, URIRef)} - {s for s, _, _ in rest}
    told = (triple for triples in documents for triple in triples)
    known = [(s, p, o) for s, p, o in told if s in pointed and p in (RDF.type, RDFS.label)]
    return Part(_graph([*rest, *known]), frozenset(s for s, _, _ in known))


def _graph(triples: Iterable[Triple]) -> Graph:
    g = Graph(bind_namespaces="none")
    for triple in triples:
        g.add(triple)
    return g


def _documents(part: Graph) -> list[str]:
    return sorted(_document_name(part, node) for node in part.subjects(RDF.type, WHO.Document))


def _document_name(part: Graph, document: Node) -> str:
    return str(part.value(document, DCTERMS.identifier) or document)


# checking

Fault = tuple[Node, Rule, str]


@cache
def _vocabulary() -> tuple[Triple, ...]:
    """What SHACL must know of the ontology: the class hierarchy, and the kinds of its individuals."""
    ours = (str(WHO), str(PLOVER))
    wide = (p for p in ontology() if p[1] == RDFS.subClassOf and str(p[2]).startswith(ours))
    kinds = (p for p in ontology() if p[1] == RDF.type and str(p[2]).startswith(ours))
    return (*wide, *kinds)


def _problems(part: Part) -> Iterator[Problem]:
    for node, rule, detail in (*_by_shapes(part.g), *_by_rules(part.g)):
        if node not in part.borrowed:
            yield _problem(part.g, node, rule, detail)


def _by_shapes(part: Graph) -> Iterator[Fault]:
    whole = _graph((*part, *_vocabulary()))
    _, results, _ = pyshacl.validate(whole, shacl_graph=shapes(), inplace=True, advanced=False)
    for result in results.subjects(RDF.type, SH.ValidationResult):
        node, value = results.value(result, SH.focusNode), results.value(result, SH.value)
        rule = _shape_rule(results.value(result, SH.sourceShape))
        yield node or URIRef(""), rule, "" if value is None or value == node else str(value)


def _shape_rule(shape: Node | None) -> Rule:
    what, right, severity = (shapes().value(shape, p) for p in (SH.message, SH.description, SH.severity))
    name = str(shape).rpartition("#")[2]
    return Rule(name, str(what), str(right), "warning" if severity == SH.Warning else "error", "")


def _by_rules(part: Graph) -> Iterator[Fault]:
    store = ox.Store()
    store.bulk_extend(ox.Quad(*map(to_ox, triple)) for triple in part)  # type: ignore[arg-type]
    store.load(path=str(ontology_file()), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(ONTOLOGY))
    for rule in rules():
        for row in store.query(rule.sparql, prefixes=PREFIXES):  # type: ignore[union-attr]
            yield from_ox(row["this"]) or URIRef(""), rule, str(from_ox(row["detail"]) or "")


def _problem(part: Graph, node: Node, rule: Rule, detail: str) -> Problem:
    what = f"{rule.what.rstrip('.')}: {_called(part, detail)}" if detail else rule.what
    return Problem(_document_of(part, node), rule.severity, rule.name, str(node), what, _words(part, node), rule.right)


def _called(part: Graph, value: str) -> str:
    label = part.value(URIRef(value), RDFS.label)
    return _local(value) if label is None else f"“{label}”"


def _local(iri: str) -> str:
    """An IRI of our vocabularies as people write it: ``who:Event``."""
    short = {str(WHO): "who:", str(PLOVER): "plover:"}
    return next((prefix + iri.removeprefix(whole) for whole, prefix in short.items() if iri.startswith(whole)), iri)


def _document_of(part: Graph, node: Node) -> str:
    """The document that the node is in, comes from or is; of one that does not say, the only document there is."""
    nodes = [node, *part.objects(node, WHO.evidence), *part.subjects(WHO.refersTo, node)]
    found = {d for n in nodes for d in part.objects(n, WHO.inDocument)}
    if (node, RDF.type, WHO.Document) in part:
        found = {node}
    names = sorted(_document_name(part, d) for d in found) or _documents(part)
    return names[0] if names else "(no document)"


def _words(part: Graph, node: Node) -> str:
    """The words at that place: its own, its trigger's, its first evidence's, or its label."""
    ways = (WHO.exact, WHO.trigger / WHO.exact, WHO.evidence / WHO.exact, RDFS.label)
    found = next((w for way in ways if (w := min((str(o) for o in part.objects(node, way)), default=""))), "")
    words = " ".join(found.split())
    return words if len(words) <= WORDS_LENGTH else words[: WORDS_LENGTH - 1] + "…"
