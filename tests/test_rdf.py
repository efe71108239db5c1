from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from rdflib import BNode, Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, RDFS, SKOS, XSD

from graph.documents import Span
from graph.interchange import dumps, loads
from graph.model import Claim, Entity, Event, Reading, Relation, Role, Time
from graph.rdf import LABEL_LENGTH, document_iri, entity_iris, graph_iri, publication_bounds, quads
from graph.vocabulary import DEFAULT_BASE, NIF, PLOVER, SEM, WHO, terms
from tests.sample_reading import ENTITIES, EVENTS, TEXT, at, mention, reading, role

BASE = DEFAULT_BASE
HOME = document_iri(reading().document)
NORVIK = URIRef(f"{BASE}id/place/norvik")
MISSION = URIRef(f"{BASE}id/org/tarsis-mission")


def graph_of(what: Reading, **more: str) -> Graph:
    g = Graph()
    for subject, predicate, obj, _ in quads(what, **more):
        g.add((subject, predicate, obj))
    return g


def node(name: str) -> URIRef:
    return URIRef(f"{HOME}/{name}")


def span(words: str, nth: int = 1) -> URIRef:
    return node(f"{at(words, nth).start}-{at(words, nth).end}")


@pytest.fixture(scope="module")
def g() -> Graph:
    return graph_of(reading(), model="en-1")


def test_every_quad_is_in_the_documents_graph_and_comes_once() -> None:
    found = quads(reading())
    assert {quad[3] for quad in found} == {graph_iri(reading().document)}
    assert len(found) == len(set(found))


def test_there_are_no_blank_nodes(g: Graph) -> None:
    assert not any(isinstance(term, BNode) for triple in g for term in triple)


def test_only_terms_of_the_ontology_are_used(g: Graph) -> None:
    ours = {t for triple in g for t in triple if str(t).startswith((str(WHO), str(PLOVER)))}
    assert ours - terms() == set()


def test_every_span_has_the_words_at_its_place(g: Graph) -> None:
    spans = list(g.subject_objects(WHO.begin))
    assert len(spans) > 40
    for this, begin in spans:
        assert str(g.value(this, WHO.exact)) == TEXT[int(begin) : int(g.value(this, WHO.end))]


def test_the_text_is_kept_once_and_whole(g: Graph) -> None:
    assert list(g.objects(None, NIF.isString)) == [Literal(TEXT)]


def test_boilerplate_says_why_it_is_not_read(g: Graph) -> None:
    (zone,) = g.subjects(RDF.type, WHO.Boilerplate)
    assert g.value(zone, RDFS.comment) == Literal("player notice")
    assert g.value(zone, WHO.begin) == Literal(0)


@pytest.mark.parametrize("cls", [WHO.Event, WHO.Claim, WHO.Quantity, WHO.Assertion, WHO.TimeSpan], ids=str)
def test_all_that_is_said_has_evidence_and_the_sentence(g: Graph, cls: URIRef) -> None:
    said = [n for n in g.subjects(RDF.type, cls) if n != node("time")]
    assert said
    for this in said:
        assert any((e, RDF.type, WHO.Sentence) in g for e in g.objects(this, WHO.evidence))


def test_named_entities_are_shared_and_unnamed_ones_stay(g: Graph) -> None:
    assert (NORVIK, RDF.type, WHO.GeopoliticalEntity) in g
    assert (NORVIK, RDFS.label, Literal("Norvik")) in g
    assert (NORVIK, SKOS.prefLabel, Literal("Norvik")) in g
    assert (NORVIK, WHO.documentScoped, Literal(False)) in g
    assert (node("e7"), RDFS.label, Literal("a policeman")) in g
    assert (node("e7"), WHO.documentScoped, Literal(True)) in g


def test_entity_iris_are_those_of_the_quads(g: Graph) -> None:
    iris = entity_iris(reading())
    assert iris["e1"] == NORVIK
    assert iris["e7"] == node("e7")
    assert {iri for iri in iris.values() if (iri, RDF.type, WHO.Entity) not in g} == set()


def test_entities_are_found_as_actors_too(g: Graph) -> None:
    assert {WHO.Mission, WHO.Actor, WHO.Entity} == set(g.objects(MISSION, RDF.type))
    assert set(g.objects(node("e9"), RDF.type)) == {WHO.Post, WHO.Entity}


def test_mentions_say_how_they_came_to_their_referent(g: Graph) -> None:
    assert (span("she"), WHO.refersTo, URIRef(f"{BASE}id/person/ada-lindqvist")) in g
    assert (span("she"), WHO.coreferenceBasis, WHO.Inferred) in g
    assert (span("she"), WHO.mentionKind, WHO.PronounMention) in g
    assert (span("Ada Lindqvist"), WHO.coreferenceBasis, WHO.Explicit) in g
    assert (span("a policeman"), WHO.coreferenceBasis, WHO.Explicit) in g
    assert (span("she"), WHO.inSentence, node("s3")) in g
    assert (node("s3"), WHO.sentenceNumber, Literal(3)) in g


def test_a_pledge_and_what_is_pledged_are_two_nodes(g: Graph) -> None:
    assert (node("v1"), WHO.modality, WHO.Actual) in g
    assert (node("v1"), WHO.content, node("v3")) in g
    assert (node("v3"), WHO.modality, WHO.Pledged) in g
    assert (node("v1"), WHO.ploverType, PLOVER.AGREE) in g
    assert (node("v1"), WHO.ploverQuad, Literal("verbal cooperation")) in g
    assert (node("v1"), RDF.type, WHO.SpeechEvent) in g
    assert (node("v6"), RDF.type, WHO.Situation) in g


def test_roles_keep_filler_and_words(g: Graph) -> None:
    assert (node("v4"), WHO.agent, URIRef(f"{BASE}id/org/council-of-nine")) in g
    assert (node("v4"), WHO.involves, MISSION) in g
    assert (node("v4"), WHO.roleMention, span("the mission")) in g
    assert (span("the mission"), WHO.refersTo, MISSION) in g
    assert (node("v4"), WHO.time, node("t2")) in g
    assert (node("v4"), WHO.involves, node("t2")) not in g


def test_words_that_are_no_entity_fill_a_role_as_a_description(g: Graph) -> None:
    harbour = g.value(node("v6"), WHO.place)
    assert (harbour, RDF.type, WHO.Description) in g
    assert (harbour, RDFS.label, Literal("the harbour")) in g
    assert (span("the harbour"), WHO.refersTo, harbour) in g
    assert g.value(g.value(node("v7"), WHO.purpose), RDFS.label) == Literal("to keep order")


def test_a_figure_that_acts_is_a_description_and_a_quantity(g: Graph) -> None:
    assert g.value(g.value(node("v7"), WHO.agent), RDFS.label) == Literal("About 300 officers")
    assert (node("v7"), WHO.quantity, node("q3")) in g


def test_all_rests_on_a_claim_or_on_the_document(g: Graph) -> None:
    assert (node("v1"), WHO.accordingTo, HOME) in g
    assert (node("v4"), WHO.accordingTo, node("c3")) in g
    assert (node("c3"), WHO.reports, node("v4")) in g
    assert (node("c3"), WHO.accordingTo, HOME) in g


def test_a_claim_in_a_claim_rests_on_the_outer_one() -> None:
    nested = tuple(replace(c, parent="c3") if c.id == "c4" else c for c in reading().claims)
    assert (node("c4"), WHO.accordingTo, node("c3")) in graph_of(replace(reading(), claims=nested))


def test_claims_keep_speaker_form_words_and_who_relayed_them(g: Graph) -> None:
    assert (node("c4"), WHO.relayedBy, URIRef(f"{BASE}id/person/tomas-okeke")) in g
    assert (node("c4"), WHO.speaker, node("e7")) in g
    assert (node("c4"), WHO.saidIn, node("v5")) in g
    assert (node("c2"), RDF.type, WHO.Quotation) in g
    assert (node("c4"), RDF.type, WHO.Quotation) not in g
    assert (node("c2"), WHO.claimText, Literal("We will not wait,")) in g
    assert (node("c2"), WHO.contentSpan, span("We will not wait,")) in g
    assert (node("c2"), RDFS.label, Literal("Ada Lindqvist: “We will not wait,”")) in g


def test_a_claim_of_several_spans_joins_their_words() -> None:
    spans = (at("We will not wait,"), at("He quoted a policeman"))
    claim = Claim("c2", spans, at(TEXT[25:]), "Mixed", "e3")
    g = graph_of(replace(reading(), claims=(claim,), events=EVENTS[:1]))
    assert g.value(node("c2"), WHO.claimText) == Literal("We will not wait, He quoted a policeman")
    assert len(list(g.objects(node("c2"), WHO.contentSpan))) == 2


def test_whoever_speaks_has_a_label() -> None:
    by_words, by_none = (replace(reading().claims[1], speaker=None, speaker_span=s) for s in (at("reporters"), None))
    for claim, expected in ((by_words, "reporters"), (by_none, "unnamed source")):
        g = graph_of(replace(reading(), claims=(claim,)))
        speaker = g.value(node("c2"), WHO.speaker)
        assert (speaker, RDF.type, WHO.Description) in g
        assert g.value(speaker, RDFS.label) == Literal(expected)


def test_times_have_four_bounds_a_basis_and_an_anchor(g: Graph) -> None:
    assert g.value(node("t2"), SEM.hasEarliestBeginTimeStamp) == Literal("2023-10-01", datatype=XSD.date)
    assert g.value(node("t2"), SEM.hasLatestBeginTimeStamp) == Literal("2023-10-31", datatype=XSD.date)
    assert g.value(node("t2"), SEM.hasEarliestEndTimeStamp) == Literal("2023-10-01", datatype=XSD.date)
    assert g.value(node("t2"), SEM.hasLatestEndTimeStamp) == Literal("2023-10-31", datatype=XSD.date)
    assert g.value(node("t2"), WHO.basis) == WHO.Explicit
    assert g.value(node("t1"), WHO.basis) == WHO.Inferred
    assert g.value(node("t1"), WHO.anchor) == node("time") == g.value(HOME, WHO.documentTime)


def test_quantities_keep_comparator_increment_and_restatement(g: Graph) -> None:
    assert g.value(node("q1"), WHO.value) == Literal("600", datatype=XSD.decimal)
    assert g.value(node("q1"), WHO.isIncrement) == Literal(True)
    assert g.value(node("q3"), WHO.comparator) == WHO.About
    assert g.value(node("q2"), WHO.restates) == node("q1")


@pytest.mark.parametrize(
    ("value", "lexical"), [(0.5, "0.5"), (1e12, "1000000000000"), (1e-7, "0"), (2.50, "2.5"), (-3, "-3"), (100, "100")]
)
def test_decimals_are_canonical(value: float, lexical: str) -> None:
    quantity = replace(reading().quantities[0], value=value)
    g = graph_of(replace(reading(), quantities=(quantity,)))
    assert str(g.value(node("q1"), WHO.value)) == lexical


def test_relations_are_plain_and_with_evidence(g: Graph) -> None:
    ada = URIRef(f"{BASE}id/person/ada-lindqvist")
    assert (ada, WHO.holdsPost, node("e9")) in g
    assert (node("r1"), RDF.type, WHO.PostHolding) in g
    assert (node("r1"), WHO.holder, ada) in g
    assert (node("r2"), RDF.predicate, WHO.postIn) in g
    assert (node("r2"), WHO.basis, WHO.Inferred) in g
    assert (node("r2"), RDFS.label, Literal("President of Norvik post in Norvik")) in g


def test_a_denied_relation_is_no_plain_triple() -> None:
    denied = Relation("e1", "partOf", "e5", at("Norvik"), polarity="Negative")
    g = graph_of(replace(reading(), relations=(denied,)))
    assert (NORVIK, WHO.partOf, None) not in g
    assert (node("r1"), WHO.polarity, WHO.Negative) in g


def test_a_relation_that_the_ontology_lacks_is_kept_as_some_relation() -> None:
    g = graph_of(replace(reading(), relations=(Relation("e3", "oncePaintedBy", "e6", at("Norvik")),)))
    assert (node("r1"), RDF.predicate, WHO.relatedTo) in g
    assert (node("r1"), RDFS.label, Literal("Ada Lindqvist once painted by Tomas Okeke")) in g


def test_labels_tell_events_in_words_with_their_status(g: Graph) -> None:
    labels = {
        n.removeprefix(f"{HOME}/"): str(o) for n, o in g.subject_objects(RDFS.label) if (n, RDF.type, WHO.Event) in g
    }
    assert labels["v1"] == "Norvik pledges send 600 more officers"
    assert labels["v3"] == "Norvik send 600 more officers (pledged)"
    assert labels["v4"] == "Council of Nine authorised Tarsis mission"
    assert labels["v7"] == "About 300 officers arrived (not)"


def label_of_saying(type: str, text: str = "arrived", **said: str) -> str:
    """The label of an act of saying that officers arrived, of this type and status."""
    arrived = replace(next(e for e in EVENTS if e.id == "v7"), polarity="Positive", trigger=at(text), roles=())
    content = (EVENTS[1].roles[0], role("content", text, event="v7"))
    saying = replace(EVENTS[1], type=type, roles=content)
    claim = Claim("c1", (at("arrived"),), arrived.evidence, "Indirect", speaker="e3", saying="v2")
    g = graph_of(replace(reading(), events=(saying, replace(arrived, **said)), claims=(claim,), relations=()))
    return str(g.value(node("v2"), RDFS.label))


def test_the_label_of_an_act_of_saying_tells_the_status_of_what_is_said() -> None:
    assert label_of_saying("Statement") == "Ada Lindqvist said arrived"
    assert label_of_saying("Statement", polarity="Negative") == "Ada Lindqvist said: arrived (not)"
    assert label_of_saying("Statement", modality="Predicted") == "Ada Lindqvist said: arrived (predicted)"
    both = {"polarity": "Negative", "modality": "Predicted"}
    assert label_of_saying("Statement", **both) == "Ada Lindqvist said: arrived (not, predicted)"


def test_the_status_that_the_word_for_saying_tells_is_not_told_twice() -> None:
    assert label_of_saying("Denial", polarity="Negative") == "Ada Lindqvist said arrived"
    assert label_of_saying("Pledge", modality="Pledged") == "Ada Lindqvist said arrived"
    both = {"polarity": "Negative", "modality": "Pledged"}
    assert label_of_saying("Pledge", **both) == "Ada Lindqvist said: arrived (not, pledged)"


def test_a_label_that_is_cut_keeps_its_status() -> None:
    long = label_of_saying("Statement", TEXT[at("said").end :].strip(), polarity="Negative")
    assert long.endswith("… (not)")
    assert len(long) <= LABEL_LENGTH


def test_much_that_is_said_at_once_is_told_in_a_label_of_the_usual_length() -> None:
    several = tuple(replace(EVENTS[2], id=f"x{n}", polarity="Negative", modality="Hypothetical") for n in range(30))
    saying = replace(EVENTS[1], roles=tuple(Role("content", e.trigger, event=e.id) for e in several))
    claim = Claim("c1", (EVENTS[2].trigger,), EVENTS[1].evidence, "Indirect", speaker="e3", saying="v2")
    what = replace(reading(), events=(saying, *several), claims=(claim,), relations=())
    label = str(graph_of(what).value(node("v2"), RDFS.label))
    assert label == "said: … (not, hypothetical)"


def test_labels_of_events_that_contain_each_other_end() -> None:
    one = replace(EVENTS[0], roles=(role("content", "send", event="v3"),))
    other = replace(EVENTS[2], roles=(role("content", "pledges", event="v1"),))
    assert len(quads(replace(reading(), events=(one, other), claims=()))) > 0


def test_the_stated_day_of_publication_is_the_document_time(g: Graph) -> None:
    day = Literal("2024-03-05", datatype=XSD.date)
    assert {g.value(node("time"), SEM[f"has{b}TimeStamp"]) for b in ("EarliestBegin", "LatestEnd")} == {day}
    assert (node("time"), WHO.basis, WHO.Explicit) in g
    assert (HOME, DCTERMS.issued, day) in g
    assert (HOME, WHO.statedIn, Literal("front matter")) in g


def dated(**bounds: dt.date) -> Reading:
    """An undated text that tells of something done on one day, and of something to come on another."""
    undated = replace(reading().document, published=None, published_basis=None)
    times = tuple(
        Time(name, at("Monday"), "DATE", "", day, day, day, day, "Day", "absolute") for name, day in bounds.items()
    )
    events = tuple(
        replace(EVENTS[0], id=f"v{n}", modality=modality, roles=(Role("time", at("Monday"), time=name),))
        for n, (name, modality) in enumerate((("done", "Actual"), ("due", "Planned")))
    )
    return replace(reading(), document=undated, times=times, events=events, claims=())


def test_an_undated_text_is_bounded_by_what_it_tells() -> None:
    first, last = dt.date(2024, 2, 1), dt.date(2024, 4, 1)
    assert publication_bounds(dated(done=first, due=last)) == (first, last)
    assert publication_bounds(dated(done=first)) == (first, None)
    assert publication_bounds(dated(done=last, due=first)) == (None, None)
    g = graph_of(dated(done=first, due=last))
    assert (node("time"), WHO.basis, WHO.Inferred) in g
    assert g.value(node("time"), SEM.hasLatestEndTimeStamp) == Literal("2024-04-01", datatype=XSD.date)
    assert (HOME, DCTERMS.issued, None) not in g


def test_provenance_names_tool_and_model_and_no_clock(g: Graph) -> None:
    (run,) = g.subjects(RDF.type, WHO.ExtractionRun)
    assert g.value(run, WHO.model) == Literal("en-1")
    assert (graph_iri(reading().document), PROV.wasGeneratedBy, run) in g
    assert not any(isinstance(o, Literal) and o.datatype == XSD.dateTime for o in g.objects())


def test_a_reading_from_json_gives_the_same_quads() -> None:
    assert quads(loads(dumps(reading()))) == quads(reading())


def test_the_base_is_the_users() -> None:
    found = quads(reading(), base="https://kg.example/news")
    assert all(str(quad[3]).startswith("https://kg.example/news/graph/norvik-pledge-") for quad in found)
    assert not any(str(s).startswith(BASE) for s, *_ in found)


def test_a_corrected_text_is_another_document() -> None:
    corrected = replace(reading().document, sha256="0" * 64)
    assert document_iri(corrected) != HOME


def test_an_id_that_ends_in_the_hash_does_not_say_it_twice() -> None:
    document = reading().document
    assert document_iri(replace(document, id=f"{document.id}-{document.sha256[:8]}")) == document_iri(document)


PRINT = """
from rdflib import Dataset
from graph.rdf import quads
from tests.sample_reading import reading
dataset = Dataset()
dataset.addN((s, p, o, dataset.graph(g)) for s, p, o, g in quads(reading(), model="en-1"))
print("\\n".join(sorted(dataset.serialize(format="nquads").splitlines())))
"""


def test_the_same_reading_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    seeds = ("0", "1", "4242")
    runs = [
        subprocess.run(
            [sys.executable, "-c", PRINT], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": s}
        )
        for s in seeds
    ]
    assert len(runs[0].stdout) > 50_000
    assert len({run.stdout for run in runs}) == 1


@pytest.mark.parametrize(
    ("id", "name", "type", "shared"),
    [
        ("e1", "Ada Lindqvist", "Person", f"{BASE}id/person/ada-lindqvist"),
        ("e1", "Lindqvist", "Person", None),
        ("e1", "Ministry of Defence", "Organisation", None),
        ("e1", "Supreme Court", "Organisation", None),
        ("e1", "Norvik", "GeopoliticalEntity", NORVIK),
        ("e1", "Norvik", "Organisation", f"{BASE}id/org/norvik"),
        ("e1", "Norvik", "Place", NORVIK),
    ],
)
def test_a_name_is_shared_only_if_it_says_who_is_meant(id: str, name: str, type: str, shared: str | None) -> None:
    entity = Entity(id, name, type, (mention("Norvik"),))
    g = graph_of(replace(reading(), entities=(entity,), events=(), claims=(), relations=()))
    assert (URIRef(shared) if shared else node(id), RDFS.label, Literal(name)) in g


def test_a_surname_is_shared_under_the_full_name_that_the_document_gives() -> None:
    entity = Entity(
        "e3", "Lindqvist", "Person", (mention("Ada Lindqvist"),), aliases=("the president", "Ada Lindqvist")
    )
    g = graph_of(replace(reading(), entities=(entity,), events=(), claims=(), relations=()))
    ada = URIRef(f"{BASE}id/person/ada-lindqvist")
    assert set(g.objects(ada, SKOS.altLabel)) == {Literal("Lindqvist"), Literal("the president")}
    assert g.value(ada, RDFS.label) == Literal("Ada Lindqvist")


def test_what_is_only_spoken_of_as_possible_is_not_shared() -> None:
    entities = tuple(replace(e, existence="Hypothetical") if e.id == "e2" else e for e in ENTITIES)
    g = graph_of(replace(reading(), entities=entities))
    assert (node("e2"), WHO.existence, WHO.Hypothetical) in g
    assert (MISSION, None, None) not in g


@pytest.mark.parametrize(
    ("kb", "predicate", "obj"),
    [
        ("Q42", SKOS.exactMatch, URIRef("http://www.wikidata.org/entity/Q42")),
        ("https://kb.example/42", SKOS.exactMatch, URIRef("https://kb.example/42")),
        ("odd <id>", SKOS.notation, Literal("odd <id>")),
    ],
)
def test_authority_files_are_matched(kb: str, predicate: URIRef, obj: URIRef | Literal) -> None:
    entities = (replace(ENTITIES[0], kb=kb), *ENTITIES[1:])
    assert (NORVIK, predicate, obj) in graph_of(replace(reading(), entities=entities))


def test_a_text_without_any_reading_is_still_a_document() -> None:
    g = graph_of(Reading(reading().document))
    assert (HOME, RDF.type, WHO.Document) in g
    assert (None, RDF.type, WHO.Event) not in g


def test_odd_ids_and_types_still_make_iris() -> None:
    event = Event(
        "v 1", at("pledges"), -1, "Odd Deed", at("pledges"), roles=(Role("agent", Span(0, 5), entity="e<9>"),)
    )
    dataset = Dataset()
    dataset.addN((s, p, o, dataset.graph(g)) for s, p, o, g in quads(replace(reading(), events=(event,))))
    again = Dataset()
    again.parse(data=dataset.serialize(format="nquads"), format="nquads")
    assert len(again) == len(dataset)
