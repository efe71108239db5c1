from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS, XSD

from graph.errors import SourceError
from graph.rdf import document_iri, quads
from graph.validation import Problem, Report, rules, shapes, validate, validate_file
from graph.vocabulary import DEFAULT_BASE, NIF, PLOVER, SEM, WHO
from tests.sample_reading import ENTITIES, EVENTS, at, mention, reading, role

HOME = document_iri(reading().document)
NORVIK = URIRef(f"{DEFAULT_BASE}id/place/norvik")
Mistake = Callable[[Graph], object]


def node(name: str) -> URIRef:
    return URIRef(f"{HOME}/{name}")


def span(words: str) -> URIRef:
    return node(f"{at(words).start}-{at(words).end}")


def sound() -> Graph:
    g = Graph()
    for subject, predicate, obj, _ in quads(reading()):
        g.add((subject, predicate, obj))
    return g


def change(name: str | URIRef, predicate: URIRef, obj: object) -> Mistake:
    this = name if isinstance(name, URIRef) else node(name)
    return lambda g: g.set((this, predicate, obj))  # type: ignore[arg-type]


def drop(name: str | URIRef, predicate: URIRef | None) -> Mistake:
    this = name if isinstance(name, URIRef) else node(name)
    return lambda g: g.remove((this, predicate, None))


def put(name: str | URIRef, predicate: URIRef, obj: object) -> Mistake:
    this = name if isinstance(name, URIRef) else node(name)
    return lambda g: g.add((this, predicate, obj))  # type: ignore[arg-type]


def day(text: str) -> Literal:
    return Literal(text, datatype=XSD.date)


def both(*mistakes: Mistake) -> Mistake:
    return lambda g: [mistake(g) for mistake in mistakes]


ASSERTION = node("r9")
DENIED = both(
    *(
        put(ASSERTION, predicate, obj)
        for predicate, obj in (
            (RDF.type, WHO.Assertion),
            (RDF.subject, NORVIK),
            (RDF.predicate, WHO.partOf),
            (RDF.object, URIRef(f"{DEFAULT_BASE}id/org/council-of-nine")),
            (WHO.polarity, WHO.Negative),
            (WHO.basis, WHO.Explicit),
            (WHO.accordingTo, HOME),
            (WHO.evidence, span("Norvik")),
        )
    ),
    put(NORVIK, WHO.partOf, URIRef(f"{DEFAULT_BASE}id/org/council-of-nine")),
)
ELSEWHERE = both(
    put(URIRef("https://kg.example/2"), RDF.type, WHO.Document),
    put("m2", WHO.refersTo, node("e7")),
    put("m2", WHO.inDocument, URIRef("https://kg.example/2")),
)
BROKEN_RULES: list[tuple[str, Mistake]] = [
    ("span-length", change(span("Norvik"), WHO.end, Literal(99))),
    ("span-words", change(span("Norvik"), WHO.exact, Literal("Norwik"))),
    ("mention-outside-sentence", change(span("Norvik"), WHO.inSentence, node("s4"))),
    ("span-in-boilerplate", change(f"boilerplate/0-{at('Norvik').start}", WHO.end, Literal(40))),
    ("pledge-is-no-deed", change("v3", WHO.modality, WHO.Actual)),
    ("pledged-by-none", drop("v1", WHO.content)),
    ("done-in-the-future", change("t2", SEM.hasEarliestBeginTimeStamp, day("2024-03-06"))),
    ("begins-after-end", change("t2", SEM.hasEarliestBeginTimeStamp, day("2023-12-01"))),
    (
        "claim-not-verbatim",
        both(drop("c2", WHO.contentSpan), change("c2", WHO.claimText, Literal("We shall not wait,"))),
    ),
    ("claim-content-differs", change("c2", WHO.claimText, Literal("We shall not wait,"))),
    ("claim-outside-evidence", change("c2", WHO.evidence, node("s5"))),
    ("aid-to-none", both(change("v4", WHO.ploverType, PLOVER.AID), drop("v4", WHO.theme))),
    ("points-at-nothing", change("v1", WHO.agent, URIRef("https://kg.example/none"))),
    ("unknown-term", put("v1", WHO.agnet, NORVIK)),
    ("unknown-term", put("v1", WHO.theme, WHO.Deploymnet)),
    ("rests-on-itself", both(change("c3", WHO.accordingTo, node("c4")), change("c4", WHO.accordingTo, node("c3")))),
    ("restates-itself", change("q1", WHO.restates, node("q2"))),
    ("act-is-its-content", put("v1", WHO.content, node("v1"))),
    ("relation-without-evidence", put(NORVIK, WHO.ledBy, URIRef(f"{DEFAULT_BASE}id/person/tomas-okeke"))),
    ("denied-yet-stated", DENIED),
    ("claim-unaware", drop("c3", WHO.reports)),
    ("two-kinds", put(URIRef(f"{DEFAULT_BASE}id/person/tomas-okeke"), RDF.type, WHO.Mission)),
    ("unnamed-in-two-documents", ELSEWHERE),
]
BROKEN_SHAPES: list[tuple[str, Mistake]] = [
    ("Document-hash", change(HOME, WHO.sha256, Literal("abc"))),
    ("Document-time", drop(HOME, WHO.documentTime)),
    ("Document-text", drop(HOME, NIF.isString)),
    ("Span-begin", change(span("Norvik"), WHO.begin, Literal(-1))),
    ("Span-end", change(span("Norvik"), WHO.end, Literal("31"))),
    ("Span-order", change(span("Norvik"), WHO.begin, Literal(999))),
    ("Span-exact", drop(span("Norvik"), WHO.exact)),
    ("Span-document", drop(span("Norvik"), WHO.inDocument)),
    ("Mention-sentence", drop(span("Norvik"), WHO.inSentence)),
    ("Mention-referent", drop(span("pledges"), WHO.refersTo)),
    ("Mention-coreference", change(span("Norvik"), WHO.coreferenceBasis, WHO.Actual)),
    ("Mention-kind", change(span("Norvik"), WHO.mentionKind, WHO.Actual)),
    ("Entity-name", drop(NORVIK, SKOS.prefLabel)),
    ("Entity-scope", drop(NORVIK, WHO.documentScoped)),
    ("Entity-mention", lambda g: [g.remove((None, p, NORVIK)) for p in (WHO.refersTo, RDF.subject, RDF.object)]),
    ("Entity-existence", put(NORVIK, WHO.existence, WHO.Explicit)),
    ("Entity-sameAs", put(NORVIK, OWL.sameAs, URIRef("https://kg.example/norvik"))),
    ("Event-label", drop("v1", RDFS.label)),
    ("Event-type", change("v1", WHO.eventType, WHO.Pledged)),
    ("Event-plover", put("v1", WHO.ploverType, PLOVER.AID)),
    ("Event-modality", put("v1", WHO.modality, WHO.Planned)),
    ("Event-modality", drop("v1", WHO.modality)),
    ("Event-polarity", drop("v1", WHO.polarity)),
    ("Event-basis", drop("v1", WHO.basis)),
    ("Event-accordingTo", drop("v1", WHO.accordingTo)),
    ("Event-accordingTo", change("v1", WHO.accordingTo, NORVIK)),
    ("Event-trigger", drop("v1", WHO.trigger)),
    ("Event-evidence", drop("v1", WHO.evidence)),
    ("Event-confidence", change("v1", WHO.confidence, Literal("1.5", datatype=XSD.decimal))),
    ("Event-agent", change("v1", WHO.agent, node("t1"))),
    ("Event-recipient", put("v1", WHO.recipient, node("t1"))),
    ("Event-theme", put("v1", WHO.theme, node("c2"))),
    ("Event-actor", change("v2", WHO.agent, node("e9"))),
    ("Event-coAgent", put("v1", WHO.coAgent, node("t1"))),
    ("Event-place", put("v1", WHO.place, node("e7"))),
    ("Event-time", put("v1", WHO.time, NORVIK)),
    ("Event-quantity", put("v1", WHO.quantity, NORVIK)),
    ("Event-content", put("v1", WHO.content, node("t1"))),
    ("Event-roleMention", put("v1", WHO.roleMention, NORVIK)),
    ("Claim-label", drop("c2", RDFS.label)),
    ("Claim-speaker", drop("c2", WHO.speaker)),
    ("Claim-voice", change("c3", WHO.speaker, node("e9"))),
    ("Claim-relay", put("c2", WHO.relayedBy, node("t1"))),
    ("Claim-text", drop("c2", WHO.claimText)),
    ("Claim-form", drop("c2", WHO.quoteForm)),
    ("Claim-attribution", drop("c2", WHO.attributionBasis)),
    ("Claim-accordingTo", drop("c2", WHO.accordingTo)),
    ("Claim-evidence", drop("c2", WHO.evidence)),
    ("Claim-confidence", change("c2", WHO.confidence, Literal("-1", datatype=XSD.decimal))),
    ("Claim-saidIn", put("c2", WHO.saidIn, node("v7"))),
    ("Claim-reports", put("c2", WHO.reports, NORVIK)),
    ("Quantity-value", change("q1", WHO.value, Literal("many"))),
    ("Quantity-unit", drop("q1", WHO.unit)),
    ("Quantity-comparator", drop("q1", WHO.comparator)),
    ("Quantity-increment", drop("q1", WHO.isIncrement)),
    ("Quantity-evidence", drop("q1", WHO.evidence)),
    ("TimeSpan-precision", drop("t1", WHO.precision)),
    ("TimeSpan-basis", drop("t1", WHO.basis)),
    ("TimeSpan-EarliestBeginTimeStamp", change("t1", SEM.hasEarliestBeginTimeStamp, Literal(2024))),
    ("TimeSpan-LatestBeginTimeStamp", change("t1", SEM.hasLatestBeginTimeStamp, Literal("March"))),
    ("TimeSpan-EarliestEndTimeStamp", put("t1", SEM.hasEarliestEndTimeStamp, day("2024-03-05"))),
    ("TimeSpan-LatestEndTimeStamp", put("t1", SEM.hasLatestEndTimeStamp, day("2024-03-05"))),
    ("Assertion-subject", drop("r1", RDF.subject)),
    ("Assertion-predicate", drop("r1", RDF.predicate)),
    ("Assertion-object", drop("r1", RDF.object)),
    ("Assertion-polarity", drop("r1", WHO.polarity)),
    ("Assertion-basis", drop("r1", WHO.basis)),
    ("Assertion-evidence", drop("r1", WHO.evidence)),
    ("Assertion-accordingTo", drop("r1", WHO.accordingTo)),
    ("Assertion-confidence", put("r1", WHO.confidence, Literal("0.9", datatype=XSD.decimal))),
    ("PostHolding-holder", drop("r1", WHO.holder)),
    ("PostHolding-post", drop("r1", WHO.post)),
    ("Description-label", drop(f"words/{at('the harbour').start}-{at('the harbour').end}", RDFS.label)),
    ("Boilerplate-why", drop(f"boilerplate/0-{at('Norvik').start}", RDFS.comment)),
]
WARNINGS = {"aid-to-none", "claim-unaware", "Document-text", "Event-actor", "Claim-voice"}


def test_a_careful_reading_conforms_without_a_warning() -> None:
    report = validate(quads(reading(), model="en-1"))
    assert report.problems == ()
    assert report.conforms
    assert report.checked == ("norvik-pledge",)
    assert str(report) == "1 document checked: no errors, no warnings"


def planted() -> list[list[tuple[str, Mistake]]]:
    """Mistakes to be planted together: those of one shape, each property once; the others alone."""
    groups: dict[str, list[tuple[str, Mistake]]] = {}
    for number, (rule, mistake) in enumerate(BROKEN_RULES + BROKEN_SHAPES):
        shape, together, _ = rule.partition("-") if rule[0].isupper() else ("", "", "")
        alone = not together or shape == "Span" or any(rule == name for name, _ in groups.get(shape, ()))
        groups.setdefault(f"{rule} {number}" if alone else shape, []).append((rule, mistake))
    return list(groups.values())


@pytest.mark.parametrize("mistakes", planted(), ids=lambda mistakes: mistakes[0][0])
def test_a_planted_mistake_is_found(mistakes: list[tuple[str, Mistake]]) -> None:
    g = sound()
    for _, mistake in mistakes:
        mistake(g)
    problems = validate(g).problems
    for rule, _ in mistakes:
        found = [problem for problem in problems if problem.rule == rule]
        assert {p.severity for p in found} == {"warning" if rule in WARNINGS else "error"}, rule
        assert all(p.what and p.right and p.node for p in found)


def test_every_rule_and_every_shape_has_its_planted_mistake() -> None:
    assert {rule for rule, _ in BROKEN_RULES} == {rule.name for rule in rules()}
    named = {str(shape).rpartition("#")[2] for shape in shapes().subjects(RDF.type, SH.PropertyShape)}
    assert {shape for shape, _ in BROKEN_SHAPES} == named


def test_a_warning_is_no_error() -> None:
    g = sound()
    drop("c3", WHO.reports)(g)
    report = validate(g)
    assert report.conforms
    assert report.count("warning") == 1


def test_a_problem_tells_document_node_words_and_what_is_right() -> None:
    g = sound()
    change("v3", WHO.modality, WHO.Actual)(g)
    (problem,) = (p for p in validate(g).problems if p.rule == "pledge-is-no-deed")
    assert (problem.document, problem.node, problem.words) == ("norvik-pledge", str(node("v3")), "send")
    assert "who:Pledged" in problem.right
    assert "“send”" in str(problem)


def test_a_mistake_of_the_reading_itself_is_found() -> None:
    events = (EVENTS[0], replace(EVENTS[1], trigger=at("Click"), evidence=at("Click to hear")), *EVENTS[2:])
    found = {p.rule for p in validate(quads(replace(reading(), events=events))).problems}
    assert {"span-in-boilerplate", "Mention-sentence"} <= found


def test_a_stray_filler_is_found() -> None:
    stray = replace(EVENTS[0], roles=(*EVENTS[0].roles, role("theme", "police officers", entity="e99")))
    found = validate(quads(replace(reading(), events=(stray, *EVENTS[1:])))).problems
    assert {(p.rule, p.node) for p in found} >= {("points-at-nothing", str(node("v1")))}


def test_each_document_is_checked_for_itself() -> None:
    other = replace(reading(), document=replace(reading().document, id="other", sha256="0" * 64))
    entities = (replace(ENTITIES[0], mentions=(mention("Port Ellen"),)), *ENTITIES[1:])
    report = validate([*quads(reading()), *quads(replace(other, entities=entities))])
    assert set(report.checked) == {"norvik-pledge", "other"}
    assert report.conforms


def test_a_graph_of_additions_may_point_into_documents() -> None:
    dataset = Dataset()
    dataset.addN((s, p, o, dataset.graph(g)) for s, p, o, g in quads(reading()))
    curation = dataset.graph(URIRef("https://kg.example/graph/curation"))
    curation.add((node("v1"), WHO.enables, node("v3")))
    assert validate(dataset).problems == ()
    curation.add((node("v1"), WHO.enabels, node("v3")))
    assert [p.rule for p in validate(dataset).problems] == ["unknown-term"]


def test_a_strangers_file_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "strange.trig"
    file.write_text(
        "@prefix who: <https://w3id.org/whodid/ontology#> . @prefix x: <https://kg.example/> .\n"
        "x:g { x:e a who:Event ; who:modality who:Certain . [] a who:Claim . }",
        encoding="utf-8",
    )
    report = validate_file(file)
    assert not report.conforms
    assert report.checked == ()
    assert {"Event-modality", "unknown-term", "Claim-speaker"} <= {p.rule for p in report.problems}
    assert "(no document)" in str(report)


def test_a_whole_file_of_our_own_conforms(tmp_path: Path) -> None:
    file = tmp_path / "ours.nq"
    dataset = Dataset()
    dataset.addN((s, p, o, dataset.graph(g)) for s, p, o, g in quads(reading()))
    file.write_text(dataset.serialize(format="nquads"), encoding="utf-8")
    assert validate_file(file) == Report(("norvik-pledge",))


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("none.trig", None, "no such file"),
        ("notes.docx", "x", "its ending is none of"),
        ("broken.ttl", "this is no Turtle", "does not parse"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str | None, why: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=why) as error:
        validate_file(tmp_path / name)
    assert name in str(error.value)


def test_nothing_at_all_conforms() -> None:
    assert str(validate([])) == "no documents checked: no errors, no warnings"


def test_the_report_is_grouped_by_document() -> None:
    problems = tuple(Problem(d, "error", "rule", "n", "Wrong.", "words", "Right.") for d in ("a", "b"))
    lines = str(Report(("a", "b"), problems)).splitlines()
    assert [line for line in lines if not line.startswith(" ") and line] == [
        "a",
        "b",
        "2 documents checked: 2 errors, no warnings",
    ]
    assert "  error: Wrong." in lines
