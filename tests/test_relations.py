"""Standing relations in sentences of invented people and places; the names are tagged by the test, not by a model."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.documents import Document
from graph.model import Reading
from graph.reading import STEPS, read

NAMES = {
    "Oskania": "GPE",
    "Norland": "GPE",
    "Vell": "GPE",
    "Ilse Ravn": "PER",
    "Peter Ravn": "PER",
    "Mona Tarr": "PER",
    "Anna Voss": "PER",
    "Karl Lund": "PER",
    "Olaf Brek": "PER",
    "Harbour Guard": "ORG",
    "Straits Council": "ORG",
    "Tarr Shipping": "ORG",
    "Blue Ferries": "ORG",
    "Lund Lines": "ORG",
}


def named(reading: Reading) -> Reading:
    """The reading with BIO tags on the invented names."""
    text, tags = reading.document.text, {}
    for name, kind in NAMES.items():
        for found in re.finditer(rf"\b{name}\b", text):
            inside = [t for t in reading.tokens if found.start() <= t.span.start < found.end()]
            tags.update({t.index: f"{'I' if n else 'B'}-{kind}" for n, t in enumerate(inside)})
    return replace(reading, tokens=tuple(replace(t, name=tags.get(t.index, "")) for t in reading.tokens))


def related(text: str) -> Reading:
    return read(Document("d", text, "0" * 64), steps=(named, *STEPS))


def ties(text: str) -> set[tuple[str, str, str, str]]:
    reading = related(text)
    names = {e.id: e.name for e in reading.entities}
    return {(names[r.subject], r.predicate, names[r.object], r.polarity) for r in reading.relations}


@pytest.mark.parametrize(
    ("text", "subject", "predicate", "object"),
    [
        ("Foreign Minister Olaf Brek left early.", "Olaf Brek", "holdsPost", "Foreign Minister"),
        ("Karl Lund, the mayor of Vell, left early.", "Karl Lund", "holdsPost", "mayor of Vell"),
        ("Karl Lund, former mayor of Vell, left early.", "Karl Lund", "formerlyHeldPost", "mayor of Vell"),
        ("Karl Lund, the mayor of Vell, left early.", "mayor of Vell", "postIn", "Vell"),
        ("Karl Lund is a member of the Straits Council.", "Karl Lund", "memberOf", "Straits Council"),
        ("Vell, the capital of Oskania, was quiet.", "Vell", "capitalOf", "Oskania"),
        ("The Harbour Guard is led by Anna Voss.", "Harbour Guard", "ledBy", "Anna Voss"),
        ("Mona Tarr heads Tarr Shipping.", "Tarr Shipping", "ledBy", "Mona Tarr"),
        ("Tarr Shipping owns Blue Ferries.", "Tarr Shipping", "owns", "Blue Ferries"),
        ("Blue Ferries, a subsidiary of Lund Lines, was sold.", "Blue Ferries", "partOf", "Lund Lines"),
        ("Ilse Ravn’s husband, Peter Ravn, left early.", "Peter Ravn", "spouseOf", "Ilse Ravn"),
    ],
)
def test_ties(text: str, subject: str, predicate: str, object: str) -> None:
    assert (subject, predicate, object, "Positive") in ties(text)


def test_a_denied_tie_is_negative() -> None:
    found = ties("Karl Lund is not a member of the Straits Council.")
    assert ("Karl Lund", "memberOf", "Straits Council", "Negative") in found


def test_what_is_only_possible_is_no_tie() -> None:
    assert not [t for t in ties("Mona Tarr may own Blue Ferries.") if t[1] == "owns"]


def test_a_post_is_an_entity_without_a_mention() -> None:
    reading = related("Foreign Minister Olaf Brek left early.")
    (post,) = [e for e in reading.entities if e.type == "Post"]
    assert (post.name, post.mentions, post.named) == ("Foreign Minister", (), False)


def test_a_tie_said_in_a_claim_rests_on_it() -> None:
    reading = related("“Mona Tarr heads Tarr Shipping,” Karl Lund said.")
    (tie,) = [r for r in reading.relations if r.predicate == "ledBy"]
    assert tie.claim == reading.claims[0].id


def test_evidence_runs_from_mention_to_mention() -> None:
    text = "Last week Tarr Shipping owned nothing. Tarr Shipping owns Blue Ferries."
    (tie,) = [r for r in related(text).relations if r.predicate == "owns" and "Blue" in r.evidence.of(text)]
    assert tie.evidence.of(text) == "Tarr Shipping owns Blue Ferries"


pieces = st.sampled_from(
    [
        *NAMES,
        "the",
        "president",
        "of",
        ",",
        "'s",
        "-",
        "led",
        "by",
        "is",
        "not",
        "member",
        "wife",
        "in",
        "including",
        ".",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=14).map(" ".join)))
def test_any_text_gives_relations_between_known_entities(text: str) -> None:
    reading = related(text)
    known = {e.id for e in reading.entities}
    assert len(known) == len(reading.entities)
    assert all({r.subject, r.object} <= known and r.subject != r.object for r in reading.relations)
    assert all(0 <= r.evidence.start < r.evidence.end <= len(text) for r in reading.relations)
    assert related(text) == reading
