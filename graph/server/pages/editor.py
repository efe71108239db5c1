"""What the query editor starts with: our prefixes, the named questions to try, and the terms that it completes."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import OWL, RDF

from graph.queries import named_queries
from graph.store import Store
from graph.vocabulary import PREFIXES, SPARQL_PREFIXES, label, ontology, terms

FIRST = "pledges"


@dataclass(frozen=True, slots=True)
class Question:
    """A named question as the editor has it: its name, what it asks, and its SPARQL with the prefixes declared."""

    name: str
    title: str
    description: str
    sparql: str


def questions(store: Store) -> tuple[Question, ...]:
    """The named questions, the first to try first."""
    found = [
        Question(query.name, query.title, query.description, f"{SPARQL_PREFIXES}\n{query.sparql}")
        for query in named_queries().values()
    ]
    return tuple(sorted(found, key=lambda question: (question.name != FIRST, question.name)))


def settings(examples: tuple[Question, ...], rows: int) -> dict[str, object]:
    """What the page's script is told; ``rows`` are as many as an answer may have."""
    classes = {term for term in ontology().subjects(RDF.type, OWL.Class) if term in terms()}
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    properties = {term for kind in kinds for term in ontology().subjects(RDF.type, kind) if term in terms()}
    return {
        "prefixes": PREFIXES,
        "classes": sorted(map(str, classes)),
        "properties": sorted(map(str, properties)),
        "labels": {str(term): label(term) for term in sorted(terms())},
        "rows": rows,
        "questions": [{"name": q.name, "title": q.title, "sparql": q.sparql} for q in examples],
    }
