from __future__ import annotations

import pytest

from graph import show
from graph.errors import UsageError
from graph.queries import named_query
from graph.store import Store


def told(memory: Store, name: str, most: int | None = None, **values: str) -> str:
    query = named_query(name)
    return show.told(memory, query.title, memory.query(query.bound(memory, values)), most).text()


def test_an_entity_has_its_ties_its_deeds_and_its_words(memory: Store) -> None:
    page = show.card(memory, "ilse ravn").text()
    assert page.startswith("Ilse Ravn\n═════════\nperson; also Ravn\n")
    assert "• Ilse Ravn: holds post President" in page
    assert "• Ilse Ravn (in other words, the speaker is worked out): The 40 engineers will leave in April" in page
    assert "Norvania promises engineers”, Harbour Courier, 13 March 2031" in page


def test_every_fact_has_a_sentence(memory: Store) -> None:
    card = show.card(memory, "Norvania")
    items = [item for section in card.sections for item in section.items]
    assert len(items) > 5
    assert all(item.quotes for item in items)


def test_deeds_are_in_the_order_of_their_days(memory: Store) -> None:
    page = show.card(memory, "Norvania").text()
    assert page.index("Did not happen: withdrawal") < page.index("Withdrawal by Norvania, Friday")


def test_an_event_shows_its_words_and_on_whose_word_it_rests(memory: Store) -> None:
    page = show.card(memory, "Straits Council authorised Bridge Mission").text()
    assert "Authorisation by Straits Council, January 2031: Bridge Mission — says Tomás Quill." in page
    assert "trigger: authorised (149–159)" in page
    assert "the reader is sure of that to 80%" in page


def test_an_article_shows_what_was_not_read(memory: Store) -> None:
    page = show.card(memory, "harbour.txt").text()
    assert "player notice: Listen to this story in five minutes" in page
    assert "id: harbour.txt" in page


def test_a_statement_shows_its_words(memory: Store) -> None:
    page = show.card(memory, "The mission has not received the pumps").text()
    assert "Tomás Quill: “The mission has not received the pumps”" in page
    assert "Did not happen: provision" in page


def test_an_iri_is_one_thing(memory: Store) -> None:
    assert show.card(memory, "https://w3id.org/whodid/id/place/norvania").title == "Norvania"


def test_what_is_not_there_has_something_near(memory: Store) -> None:
    with pytest.raises(UsageError, match="nothing that is called 'Norvana'; near to it: Norvania"):
        show.card(memory, "Norvana")


def test_what_may_be_several_things_is_listed(memory: Store) -> None:
    with pytest.raises(UsageError, match=r"'people' may be 2 things(.|\n)*harbour-txt"):
        show.card(memory, "people")


def test_answers_are_told_in_words_with_their_sentences(memory: Store) -> None:
    page = told(memory, "pledges")
    assert page.startswith("Who has pledged what\n")
    assert page.count("  • ") == 1
    assert "• Pledge by Norvania to Belmora, Tuesday (11 March 2031): Norvania send engineers (pledged)" in page
    assert "“[Norvania] [pledged] on [Tuesday] to [send] [40 more engineers] to [Belmora]" in page


def test_statements_and_ties_are_told(memory: Store) -> None:
    assert "a guard (as Tomás Quill tells it): “They burned the depot in Port Ester”" in told(memory, "nested-quotes")
    assert "Norvania: contributor to Bridge Mission" in told(memory, "relations", entity="Norvania")


def test_reports_against_each_other_stand_together(memory: Store) -> None:
    page = told(memory, "contradictions")
    one, two = page.index("figures: displacement"), page.index("yes and no: withdrawal")
    assert one < page.index("more than 9,000 people") < two
    assert one < page.index("about 7,000 people") < two < page.index("Did not happen: withdrawal by Norvania")


def test_only_so_many_are_told_and_that_is_said(memory: Store) -> None:
    page = told(memory, "who-said-what", most=2)
    assert page.count("  • ") == 2
    assert "the first 2 of 9" in page
    assert "nothing found" in told(memory, "pledges", actor="Belmora")


def test_answers_without_things_to_tell_are_refused(memory: Store) -> None:
    with pytest.raises(UsageError, match="a column event, against, claim, assertion; this one has name"):
        told(memory, "places")
