"""Claims on sentences of invented people and places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.articles import from_text
from graph.documents import Document
from graph.model import Claim, Reading
from graph.reading import read


def said(text: str) -> list[tuple[str, str, str]]:
    """Speaker's words, cue's words and content of each claim."""
    reading = read(from_text(text))
    return [_words(reading, claim) for claim in reading.claims]


def _words(reading: Reading, claim: Claim) -> tuple[str, str, str]:
    text = reading.document.text
    speaker = claim.speaker_span.of(text) if claim.speaker_span else ""
    cue = claim.cue.of(text) if claim.cue else ""
    return speaker, cue, " … ".join(span.of(text) for span in claim.content)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (
            "Mayor Ilse Ravn said the bridge had been repaired.",
            ("Mayor Ilse Ravn", "said", "the bridge had been repaired"),
        ),
        (
            "“The bridge is closed,” Ilse Ravn told reporters on Tuesday.",
            ("Ilse Ravn", "told", "The bridge is closed"),
        ),
        (
            "The harbour will reopen in May, according to the Straits Council.",
            ("Straits Council", "according to", "The harbour will reopen in May"),
        ),
        (
            "The Straits Council accused Norvania of hiding the report.",
            ("Straits Council", "accused", "Norvania of hiding the report"),
        ),
        (
            "Ravn announced: “We will rebuild the harbour before the winter.”",
            ("Ravn", "announced", "We will rebuild the harbour before the winter."),
        ),
        (
            "The governor promised to rebuild the harbour.",
            ("The governor", "promised", "to rebuild the harbour"),
        ),
    ],
)
def test_one_claim(text: str, claim: tuple[str, str, str]) -> None:
    assert claim in said(text)


def test_a_quotation_in_two_parts_is_one_claim() -> None:
    claims = said("“The pumps never came,” said Tomás Quill. “We waited for three weeks.”")
    assert ("Tomás Quill", "said", "The pumps never came … We waited for three weeks.") in claims


def test_a_quotation_over_two_paragraphs_is_one_claim() -> None:
    text = "Quill said: “The pumps never came to the town.\n“We waited for three weeks.”"
    contents = [content for _, _, content in said(text)]
    assert "The pumps never came to the town. … We waited for three weeks." in contents


def test_words_passed_on_keep_both_holders() -> None:
    text = "Tomás Quill quoted a guard in Port Ester as saying: “They burned the depot last night.”"
    reading = read(from_text(text))
    inner = next(
        c for c in reading.claims if "burned" in _words(reading, c)[2] and c.cue and c.cue.of(text) == "saying"
    )
    names = {e.id: e.name for e in reading.entities}
    assert "guard" in names[inner.speaker or ""]
    assert "Quill" in names[inner.relayed_by or ""]


def test_events_hang_on_the_claim_that_they_are_said_in() -> None:
    reading = read(from_text("The envoy said that rebels attacked the port. Soldiers left the town."))
    by_word = {e.trigger.of(reading.document.text): e for e in reading.events}
    assert by_word["attacked"].claim == reading.claims[0].id
    assert by_word["left"].claim is None
    assert by_word["attacked"].id in reading.claims[0].events


def test_what_a_judgement_presupposes_is_the_articles_own_report() -> None:
    reading = read(
        from_text("Mayor Ilse Ravn condemned the attack on the harbour. She said the attack had killed two men.")
    )
    text = reading.document.text
    attack = next(e for e in reading.events if e.trigger.of(text) == "attack")
    killed = next(e for e in reading.events if e.trigger.of(text) == "killed")
    assert attack.claim is None
    assert killed.claim is not None


def test_what_is_denied_does_not_rest_on_the_denial_with_all_that_it_mentions() -> None:
    reading = read(from_text("The Red Heron Front denied any involvement in the killing of Per Lund."))
    killing = next(e for e in reading.events if e.trigger.of(reading.document.text) == "killing")
    assert killing.claim is None


def test_a_dateline_says_nothing() -> None:
    assert all("ORTHENZA" not in speaker for speaker, _, _ in said("ORTHENZA, 12 March 2031: The port was closed."))


def test_what_is_quoted_by_whom_is_told_by_its_form() -> None:
    forms = [c.form for c in read(from_text("“We are leaving,” Ravn said. Quill said they were leaving.")).claims]
    assert forms == ["Direct", "Indirect"]


def test_a_title_in_quotation_marks_is_no_claim() -> None:
    assert said("The band played “Harbour Lights” at the fair.") == []


@settings(max_examples=15, deadline=None)
@given(st.text(alphabet="Ravn said:“”\".,\n he'’", max_size=80))
def test_any_text_gives_spans_inside_it(text: str) -> None:
    reading = read(Document("x", text, "0" * 64))
    for claim in reading.claims:
        assert all(span.start < span.end <= len(text) for span in claim.content)
        assert claim.evidence.contains(claim.content[0])


def test_a_speaker_may_be_named_after_his_first_words() -> None:
    text = (
        "An aid worker who has just left Sula said the town had no water.\n"
        "“The pumps have been dry since March,” Tomás Quill said on Friday.\n"
        "Food was short as well, he said."
    )
    reading = read(from_text(text))
    speakers = {c.speaker for c in reading.claims}
    names = {e.id: e.name for e in reading.entities}
    assert [names[s or ""] for s in speakers] == ["Tomás Quill"]


def test_a_quotation_without_a_cue_is_of_whoever_spoke_last() -> None:
    text = (
        "Tomás Quill quoted a guard as saying: “They burned the depot.”\n"
        "Hundreds of people had fled, Quill said.\n"
        "“This must stop before the winter comes.”"
    )
    reading = read(from_text(text))
    last = reading.claims[-1]
    names = {e.id: e.name for e in reading.entities}
    assert last.basis == "Inferred"
    assert "Quill" in names[last.speaker or ""]
    assert last.relayed_by is None


@pytest.mark.parametrize(
    "quotation", ['said: "We need time."', "said: “We need time.”", "said, «We need time!»", "asked: 'Who needs time?'"]
)
def test_what_someone_else_does_after_a_quotation_is_no_part_of_it(quotation: str) -> None:
    found = read(Document("d", f"Solle {quotation} Brandt left the town.", "0" * 64))
    assert [s.span.of(found.document.text) for s in found.sentences][1:] == ["Brandt left the town."]
    assert [_words(found, c)[0] for c in found.claims] == ["Solle"]
    assert "Brandt" not in "".join(span.of(found.document.text) for c in found.claims for span in c.content)
    left = next(e for e in found.events if e.trigger.of(found.document.text) == "left")
    assert left.claim is None
    assert [r.span.of(found.document.text) for r in left.roles if r.role == "agent"] == ["Brandt"]


@pytest.mark.parametrize("text", ['"No!" Brandt said.', 'In the harbour, "We need time!" Brandt shouted.'])
def test_a_speaker_named_behind_a_full_sentence_is_found(text: str) -> None:
    found = read(Document("d", text, "0" * 64))
    assert [_words(found, c)[0] for c in found.claims] == ["Brandt"]
