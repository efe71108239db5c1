from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given, settings

from graph.documents import Document, Span
from graph.model import Entity, Reading, Sentence
from graph.reading.coreference import coreference
from graph.reading.mentions import mentions
from tests.actors import report
from tests.test_mentions import parses


def read(number: int) -> Reading:
    return coreference(mentions(report(number)))


def words(reading: Reading, entity: Entity) -> list[str]:
    return [m.span.of(reading.document.text) for m in entity.mentions]


def entity(reading: Reading, phrase: str, nth: int = 0) -> Entity:
    """The entity of the nth mention with these words."""
    spans = [(m.span, e) for e in reading.entities for m in e.mentions if m.span.of(reading.document.text) == phrase]
    return sorted(spans, key=lambda x: x[0])[nth][1]


def repeated(reading: Reading, times: int) -> Reading:
    """The same text many times over, as one long document."""
    text, width, size = reading.document.text, len(reading.document.text), len(reading.tokens)
    tokens = tuple(
        replace(
            t, index=t.index + n * size, head=t.head + n * size, sentence=t.sentence + n * len(reading.sentences),
            span=Span(t.span.start + n * width, t.span.end + n * width),
        )
        for n in range(times)
        for t in reading.tokens
    )  # fmt: skip
    sentences = tuple(
        Sentence(Span(s.span.start + n * width, s.span.end + n * width), s.first + n * size, s.last + n * size)
        for n in range(times)
        for s in reading.sentences
    )
    return Reading(Document("long", text * times, ""), sentences=sentences, tokens=tokens)


def test_surname_title_and_pronoun_are_the_full_name() -> None:
    reading = read(1)
    marek = entity(reading, "Lena Marek")
    assert marek.name == "Lena Marek"
    assert {"President", "Lena Marek", "Marek", "she"} <= set(words(reading, marek))
    assert marek.named
    assert "Marek" in marek.aliases


def test_apposition_and_gender() -> None:
    reading = read(1)
    novak = entity(reading, "Peter Novak")
    assert {"the head of Zenith Airlines", "Novak"} <= set(words(reading, novak))
    assert entity(reading, "her") != novak
    assert entity(reading, "her") == entity(reading, "Lena Marek")


def test_a_description_takes_up_the_name_of_its_class() -> None:
    reading = read(1)
    assert entity(reading, "the airline") == entity(reading, "Zenith Airlines")


def test_acronym_description_and_it() -> None:
    reading = read(2)
    group = entity(reading, "World Trade Group")
    assert group.name == "World Trade Group"
    assert {"WTG", "a German company", "its", "it", "The company"} <= set(words(reading, group))


def test_we_in_a_quotation_is_the_body_of_the_speaker() -> None:
    reading = read(2)
    assert entity(reading, "We") == entity(reading, "World Trade Group")
    assert entity(reading, "him") == entity(reading, "Otto Brandt")


def test_i_in_a_quotation_is_the_speaker() -> None:
    reading = read(5)
    assert entity(reading, "I") == entity(reading, "Karl Berg")


def test_a_description_by_office() -> None:
    reading = read(5)
    assert entity(reading, "the spokesman") == entity(reading, "Karl Berg")


def test_title_against_given_name_keeps_namesakes_apart() -> None:
    reading = read(5)
    assert entity(reading, "Holm") != entity(reading, "Tom Holm")


def test_they_are_the_two() -> None:
    reading = read(4)
    assert entity(reading, "They") == entity(reading, "Vera Lind and Tom Holm")
    assert entity(reading, "Vera Lind") != entity(reading, "Tom Holm")


def test_synonyms_take_up_what_was_spoken_of() -> None:
    reading = read(4)
    assert entity(reading, "The vessel") == entity(reading, "the ship")
    assert not entity(reading, "the ship").named


def test_a_relative_pronoun_is_its_noun() -> None:
    reading = read(3)
    assert entity(reading, "which") == entity(reading, "the gangs")


def test_a_demonym_stands_for_its_country() -> None:
    reading = read(4)
    kenya = entity(reading, "Kenyan")
    assert (kenya.name, kenya.type, kenya.named) == ("Kenya", "GeopoliticalEntity", True)


def test_ids_are_in_text_order() -> None:
    for number in range(1, 6):
        reading = read(number)
        assert [e.id for e in reading.entities] == [f"e{n}" for n in range(1, len(reading.entities) + 1)]
        firsts = [e.mentions[0].span.start for e in reading.entities]
        assert firsts == sorted(firsts)


def test_cost_grows_with_length() -> None:
    def seconds(times: int) -> float:
        reading = mentions(repeated(report(1), times))
        begun = time.process_time()
        coreference(reading)
        return time.process_time() - begun

    assert seconds(800) < 16 * max(seconds(200), 0.05)


@settings(max_examples=150, deadline=None)
@given(parses())
def test_any_mentions_fall_into_entities_once_each_and_twice_the_same(reading: Reading) -> None:
    once = coreference(mentions(reading))
    assert once == coreference(mentions(reading))
    held = [m for e in once.entities for m in e.mentions]
    assert len(set(held)) == len(held)
    assert set(held) <= set(once.mentions)
    for found in once.entities:
        assert found.mentions
        assert found.type != "Entity"
