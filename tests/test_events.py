"""Which words are events, of what kind, and who takes part."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.documents import Document, Span
from graph.model import Event, Reading, Sentence, Token
from graph.reading import lexicon
from graph.reading.events import events
from graph.reading.factuality import factuality
from tests.parses import reading


def found(text: str) -> dict[str, Event]:
    return {e.trigger.of(text): e for e in events(reading(text)).events}


def parts(event: Event, text: str) -> set[tuple[str, str]]:
    return {(role.role, role.span.of(text)) for role in event.roles}


def test_a_pledge_and_what_is_pledged_are_two_events() -> None:
    text = "Valdoria has pledged to send 600 more officers to Ostra."
    by_trigger = found(text)
    assert set(by_trigger) == {"pledged", "send"}
    pledge, sending = by_trigger["pledged"], by_trigger["send"]
    assert (pledge.type, pledge.plover) == ("Pledge", "AGREE")
    assert [r.event for r in pledge.roles if r.role == "content"] == [sending.id]
    assert {
        ("agent", "Valdoria"),
        ("theme", "600 more officers"),
        ("quantity", "600"),
        ("recipient", "Ostra"),
    } <= parts(sending, text)


def test_a_pledge_reaches_whom_its_content_reaches() -> None:
    text = "Valdoria has pledged to send 600 more officers to Ostra."
    assert ("recipient", "Ostra") in parts(found(text)["pledged"], text)


def test_a_passive_participle_has_its_agent_its_theme_and_its_own_time() -> None:
    text = "The mission, authorised by the Council in October 2023, has deployed two units."
    by_trigger = found(text)
    authorised = by_trigger["authorised"]
    assert authorised.type == "Authorisation"
    agent = next(r for r in authorised.roles if r.role == "agent")
    assert agent.span.of(text) == "the Council"
    assert any("mission" in words for role, words in parts(authorised, text) if role in {"theme", "recipient"})
    assert [r.time for r in authorised.roles if r.role == "time"] == ["t1"]
    assert not [r for r in by_trigger["deployed"].roles if r.role == "time"]


def test_the_subject_of_an_infinitive_is_its_controller() -> None:
    text = "Critics urged the judge to resign."
    assert parts(found(text)["resign"], text) == {("agent", "the judge")}
    text = "The minister failed to attend the talks."
    assert ("agent", "The minister") in parts(found(text)["attend"], text)


def test_what_a_verb_names_hangs_on_its_complement() -> None:
    assert found("Novak declined to comment.")["declined"].type == "Rejection"
    assert found("Prices declined to a low.")["declined"].type == "Decrease"
    assert found("The judge ruled that the ban ended.")["ruled"].type == "Judgement"
    assert found("Novak ruled Ostra.")["ruled"].type == "TerritorialControl"


def test_a_body_is_no_event() -> None:
    assert set(found("The mission, authorised by the Council in October 2023, has deployed two units.")) == {
        "authorised",
        "deployed",
    }


def test_verbs_that_are_coordinated_share_their_subject() -> None:
    text = "The company will build a factory and hire workers."
    by_trigger = found(text)
    assert ("agent", "The company") in parts(by_trigger["hire"], text)
    assert ("theme", "a factory") not in parts(by_trigger["hire"], text)


def test_a_relative_clause_is_about_its_antecedent() -> None:
    text = "The troops who arrived in June were sent by Valdoria."
    before = reading(text)
    troops = next(e.id for e in before.entities if e.name == "The troops")
    by_trigger = found(text)
    assert [r.entity for r in by_trigger["arrived"].roles if r.role in {"agent", "theme"}] == [troops]
    assert ("agent", "Valdoria") in parts(by_trigger["sent"], text)
    assert [r.entity for r in by_trigger["sent"].roles if r.role == "theme"] == [troops]


def test_a_light_verb_and_its_noun_are_one_event() -> None:
    text = "The two leaders held talks in Ostra on Monday."
    by_trigger = found(text)
    assert set(by_trigger) == {"talks"}
    talks = by_trigger["talks"]
    assert (talks.type, talks.plover) == ("Negotiation", "CONSULT")
    assert {("agent", "The two leaders"), ("place", "Ostra"), ("time", "Monday")} <= parts(talks, text)


def test_nouns_have_doers_and_victims_too() -> None:
    text = "The police killing of two students sparked protests."
    killing = found(text)["killing"]
    assert killing.plover == "ASSAULT"
    assert {("agent", "police"), ("recipient", "two students")} <= {
        (role, words.removeprefix("The ")) for role, words in parts(killing, text)
    }


def test_the_visitor_is_who_acts_during_the_visit() -> None:
    text = "During a visit to Ostra, the president promised help."
    assert {("agent", "the president"), ("recipient", "Ostra")} <= parts(found(text)["visit"], text)


def test_a_demand_is_made_of_whoever_is_to_act() -> None:
    text = "Valdoria demanded that Treva pay the debt."
    demand = found(text)["demanded"]
    assert demand.plover == "REQUEST"
    assert {("agent", "Valdoria"), ("recipient", "Treva")} <= parts(demand, text)


def test_being_there_adds_no_event_to_the_one_that_is_there() -> None:
    assert "was" not in found("There was criticism at the lack of a decisive move.")


def test_the_same_noun_told_again_is_one_event() -> None:
    text = "The deal was signed on Friday and the deal was praised by Novak."
    deals = [e for e in events(reading(text)).events if e.trigger.of(text) == "deal"]
    assert len(deals) == 2
    assert len({e.cluster for e in deals}) == 1
    verbs = {e.cluster for e in events(reading(text)).events if e.trigger.of(text) != "deal"}
    assert len(verbs) == 2


def test_every_trigger_has_a_known_type_and_every_type_one_row() -> None:
    types = [row["type"] for row in lexicon.rows("event_types.tsv")]
    assert len(types) == len(set(types))
    assert {row["type"] for row in lexicon.rows("triggers.tsv")} <= set(types)
    assert {row["type"] for row in lexicon.rows("constructions.tsv")} <= set(types)
    keys = [(row["lemma"], row["pos"]) for row in lexicon.rows("triggers.tsv")]
    assert len(keys) == len(set(keys))


def test_all_sixteen_plover_types_have_triggers() -> None:
    used = {row["type"] for row in lexicon.rows("triggers.tsv")}
    plover = {row["plover"] for row in lexicon.rows("event_types.tsv") if row["type"] in used and row["plover"]}
    assert len(plover) == 16


DEPS = [
    "nsubj",
    "obj",
    "obl",
    "nmod",
    "conj",
    "acl",
    "acl:relcl",
    "advcl",
    "ccomp",
    "xcomp",
    "cop",
    "aux",
    "case",
    "mark",
    "amod",
    "det",
    "root",
]
TAGS = {"VERB": "VBD", "NOUN": "NN", "PROPN": "NNP", "PRON": "WP", "ADJ": "JJ", "AUX": "MD", "ADP": "IN"}
WORDS = ["say", "pledge", "attack", "who", "have", "make", "not", "no", "plan", "to", "be"]


@st.composite
def parses(draw: st.DrawFn) -> Reading:
    """Any tree over any words: what a bad parser may hand over."""
    size = draw(st.integers(1, 8))
    tokens = []
    for i in range(size):
        word = draw(st.sampled_from(WORDS))
        pos = draw(st.sampled_from(sorted(TAGS)))
        head = draw(st.integers(0, i))
        dep = "root" if head == i else draw(st.sampled_from(DEPS))
        tokens.append(Token(i, Span(8 * i, 8 * i + len(word)), word, word, pos, TAGS[pos], dep, head, 0))
    text = "".join(t.text.ljust(8) for t in tokens)
    return Reading(Document("d", text, ""), (Sentence(Span(0, len(text)), 0, size),), tuple(tokens))


@settings(max_examples=200, deadline=None)
@given(parses())
def test_any_parse_gives_whole_events_the_same_twice(bare: Reading) -> None:
    done = factuality(events(bare))
    assert factuality(events(bare)) == done
    ids = {event.id for event in done.events}
    for event in done.events:
        assert event.trigger.of(bare.document.text).strip()
        assert event.evidence.contains(event.trigger)
        assert event.modality
        assert event.polarity
        assert 0 <= event.confidence <= 1
        assert {role.event for role in event.roles if role.event} <= ids
        assert event.cluster in ids
