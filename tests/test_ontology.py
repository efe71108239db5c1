from __future__ import annotations

import re
from importlib.resources import files

import pytest
from rdflib import URIRef, namespace
from rdflib.namespace import RDF, RDFS, SKOS

from graph.reading.lexicon import rows
from graph.vocabulary import PLOVER, SEM, WHO, ontology, terms

QUAD_SIZES = {"verbal cooperation": 4, "material cooperation": 3, "verbal conflict": 4, "material conflict": 5}
SEM_TERMS = {
    *("Actor", "Event", "EventType", "Place", "Time", "accordingTo", "eventType", "hasActor", "hasPlace", "hasTime"),
    *("hasEarliestBeginTimeStamp", "hasLatestBeginTimeStamp", "hasEarliestEndTimeStamp", "hasLatestEndTimeStamp"),
}


def lines_of_the_lexicon() -> dict[str, tuple[str, str, str]]:
    return {row["type"]: (row["label"], row["plover"], row["kind"]) for row in rows("event_types.tsv")}


def lines_of_the_ontology() -> dict[str, tuple[str, str, str]]:
    found = {}
    for term in ontology().subjects(RDF.type, WHO.EventType):
        plover = ontology().value(term, SKOS.broadMatch)
        kind = ontology().value(term, WHO.eventClass)
        name = str(term).removeprefix(str(WHO)).removesuffix("Type")
        found[name] = (
            str(ontology().value(term, RDFS.label)),
            str(plover).removeprefix(str(PLOVER)) if plover else "",
            str(kind).removeprefix(str(WHO)),
        )
    return found


def test_event_types_are_those_of_the_lexicon() -> None:
    assert lines_of_the_ontology() == lines_of_the_lexicon()


def test_every_event_type_has_its_suffix_and_a_class_of_events() -> None:
    for term in ontology().subjects(RDF.type, WHO.EventType):
        assert str(term).endswith("Type")
        assert ontology().value(term, WHO.eventClass) in (WHO.Event, WHO.SpeechEvent, WHO.Situation)


def test_plover_has_sixteen_types_in_four_quads() -> None:
    quads = [str(ontology().value(t, PLOVER.quad)) for t in ontology().subjects(RDF.type, PLOVER.Type)]
    assert {quad: quads.count(quad) for quad in set(quads)} == QUAD_SIZES


def test_every_term_has_a_label() -> None:
    assert [t for t in terms() if ontology().value(t, RDFS.label) is None] == []


def test_what_the_ontology_points_at_of_its_own_is_defined() -> None:
    ours = (str(WHO), str(PLOVER))
    pointed = {o for triple in ontology() for o in triple if isinstance(o, URIRef) and str(o).startswith(ours)}
    assert pointed - terms() - {URIRef(str(WHO)), URIRef(str(PLOVER))} == set()


@pytest.mark.parametrize("name", ["DCTERMS", "FOAF", "GEO", "ORG", "OWL", "PROV", "RDF", "RDFS", "SDO", "SKOS", "TIME"])
def test_terms_of_other_vocabularies_exist(name: str) -> None:
    published = getattr(namespace, name)
    used = {str(o) for triple in ontology() for o in triple if str(o).startswith(str(published))}
    assert used
    assert [iri for iri in used if URIRef(iri) not in published] == []
    assert URIRef(f"{published}noSuchTerm") not in published


def test_terms_of_sem_exist() -> None:
    used = {str(o).removeprefix(str(SEM)) for triple in ontology() for o in triple if str(o).startswith(str(SEM))}
    assert used - SEM_TERMS == set()


def test_relations_lead_up_to_one_property_and_roles_to_another() -> None:
    relations = set(ontology().transitive_subjects(RDFS.subPropertyOf, WHO.relatedTo))
    assert {WHO.holdsPost, WHO.partOf, WHO.capitalOf, WHO.ledBy} < relations
    roles = set(ontology().transitive_subjects(RDFS.subPropertyOf, WHO.involves))
    assert {WHO.agent, WHO.coAgent, WHO.recipient, WHO.theme, WHO.result, WHO.place} < roles


def test_shapes_and_rules_speak_of_nothing_else() -> None:
    sources = [files("graph") / "shapes.ttl", *(files("graph") / "integrity").iterdir()]
    words = {w for source in sources for w in re.findall(r"\bwho:(\w+)", source.read_text(encoding="utf-8"))}
    assert {w for w in words if WHO[w] not in terms()} == set()


def test_questions_are_asked_in_terms_that_exist() -> None:
    folder = files("graph") / "sparql"
    queries = sorted(f.name for f in folder.iterdir() if f.name.endswith(".rq")) if folder.is_dir() else []
    for name in queries:
        used = set(re.findall(r"\bwho:(\w+)", (folder / name).read_text(encoding="utf-8")))
        assert {w for w in used if WHO[w] not in terms()} == set(), name
