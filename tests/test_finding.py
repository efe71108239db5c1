from __future__ import annotations

import pytest

from graph import finding
from graph.errors import UsageError
from graph.store import Store
from graph.vocabulary import WHO
from tests import examples


def names(memory: Store, words: str, *kinds: str) -> list[tuple[str, str]]:
    return [(found.name, found.kind) for found in finding.find(memory, words, *kinds)]


def test_case_and_accents_do_not_matter(memory: Store) -> None:
    assert names(memory, "tomas QUILL") == names(memory, "Tomás Quill") == [("Tomás Quill", "person")]


def test_the_whole_name_goes_before_a_part_of_one(memory: Store) -> None:
    assert names(memory, "President") == [("President", "post")]
    assert names(memory, "council", "entity") == [("Straits Council", "intergovernmental organisation")]
    assert names(memory, "cil", "entity") == []


def test_another_name_is_found_too(memory: Store) -> None:
    assert names(memory, "Ravn") == [("Ravn", "person")]


def test_one_thing_is_found_once_though_two_articles_name_it(memory: Store) -> None:
    assert names(memory, "Norvania") == [("Norvania", "geopolitical entity")]


def test_by_iri_and_by_document_id(memory: Store) -> None:
    (found,) = finding.find(memory, "gazette.txt")
    assert found.kind == "document"
    assert finding.find(memory, f"<{found.iri}>", "document")[0].iri == found.iri


def test_an_article_is_found_by_the_path_of_its_file(memory: Store) -> None:
    for path in ("gazette.txt", "news/gazette.txt", "./news/2031/Gazette.txt", "C:\\news\\gazette.txt"):
        (found,) = finding.find(memory, path, "document")
        assert found.iri.endswith("doc/gazette-txt-ccc5e5a6"), path
    for path in ("news/", "news/gazette.txt/", "gazett", "news/gazet.txt", "/"):
        assert finding.find(memory, path, "document") == [], path


def test_an_id_made_of_a_file_and_its_hash_is_found_by_the_file(skimming: None) -> None:
    import graph

    with graph.open() as kg:
        document = graph.Document("harbour-pumps-0a1b2c3d", "Norvania left Belmora.\n", "0" * 64)
        kg.add_reading(examples.skim(document))
        for path in ("articles/Harbour pumps.txt", "harbour_pumps.html", "harbour-pumps.md"):
            assert [found.kind for found in finding.find(kg.store, path)] == ["document"], path
        assert kg.remove("articles/harbour pumps.txt").id == document.id


def test_statements_are_found_by_their_label(memory: Store) -> None:
    assert names(memory, "norvania withdrew bridge mission", "statement") == [
        ("Norvania withdrew Bridge Mission", "event")
    ]


def test_nothing_names_what_comes_near(memory: Store) -> None:
    with pytest.raises(UsageError, match="no entity 'Port Estr'; near to it: Port Ester"):
        finding.one_or_more(memory, "Port Estr", "entity")
    assert finding.find(memory, "  ") == []


@pytest.mark.parametrize("words", ["Deployment", "deployment", "DeploymentType", str(WHO.DeploymentType)])
def test_members_of_vocabularies_by_any_of_their_names(words: str) -> None:
    assert finding.event_type(words) == WHO.DeploymentType


def test_other_vocabularies() -> None:
    assert finding.status("Pledged") == WHO.Pledged
    assert finding.form("direct") == WHO.DirectQuote
    assert finding.entity_type("armed group") == WHO.ArmedGroup
    with pytest.raises(UsageError, match="no status 'done'; known: actual"):
        finding.status("done")
