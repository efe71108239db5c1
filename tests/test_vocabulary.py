from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Dataset, URIRef

from graph.errors import UsageError
from graph.vocabulary import (
    PLOVER,
    SPARQL_PREFIXES,
    WHO,
    base_iri,
    bind_prefixes,
    label,
    name_key,
    ontology_file,
    slug,
    superclasses,
    terms,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada O’Neil", "ada-oneil"),
        ("Ada O'Neil", "ada-oneil"),
        ("Port-au-Sable", "port-au-sable"),
        ("U.N. Council", "un-council"),
        ("Rook & Daughters", "rook-and-daughters"),
        ("  The   Nine ", "the-nine"),
    ],
)
def test_slug_is_readable(name: str, expected: str) -> None:
    assert slug(name) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("São Tomar", "Sao Tomar"), ("Łódek", "Lodek"), ("北京", "背景"), ("محمد", "محمود"), ("C++", "C"), ("", "x")],
)
def test_names_that_differ_have_slugs_that_differ(one: str, other: str) -> None:
    assert slug(one) != slug(other)


def test_slug_of_other_scripts_is_ascii_and_not_empty() -> None:
    for name in ("北京", "محمد", "Москва", "", "…", "😀"):
        assert slug(name)
        assert set(slug(name)) <= set(string.ascii_lowercase + string.digits + "-")


@given(st.text(max_size=12), st.text(max_size=12))
def test_one_slug_means_one_key(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) == (name_key(one) == name_key(other))


def test_long_names_are_cut_and_stay_apart() -> None:
    one, other = slug("a" * 300), slug("a" * 301)
    assert len(one) < 100
    assert one != other


def test_a_name_that_looks_like_a_cut_one_gets_a_hash_of_its_own() -> None:
    hashed = slug("São Tomar")
    assert slug(hashed) != hashed


@pytest.mark.parametrize("text", ["https://kg.example/x", "https://kg.example/x/", "urn:kg:", "http://h#"])
def test_base_ends_where_a_name_can_follow(text: str) -> None:
    assert base_iri(text)[-1] in "/#:"
    assert base_iri(base_iri(text)) == base_iri(text)


@pytest.mark.parametrize(
    "text", ["", "kg", "kg.example/x", "https://kg.example/a b", "https://kg.example/<x>", "http://"]
)
def test_what_is_no_base_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no base for IRIs"):
        base_iri(text)


def test_ontology_is_found_and_its_classes_know_what_stands_above_them() -> None:
    assert ontology_file().name == "ontology.ttl"
    assert {WHO.Mission, WHO.Organisation, WHO.Actor, WHO.Entity} == superclasses(WHO.Mission)
    assert {WHO.Place, WHO.Organisation} < superclasses(WHO.GeopoliticalEntity)


def test_terms_are_ours() -> None:
    assert {WHO.Event, WHO.agent, WHO.Pledged, PLOVER.AGREE} <= terms()
    assert URIRef("http://www.w3.org/ns/prov#Entity") not in terms()


def test_labels() -> None:
    assert label(WHO.IntergovernmentalOrganisation) == "intergovernmental organisation"
    assert label(URIRef("https://else.example/x#Thing")) == "Thing"


def test_prefixes_are_used_in_files_and_queries() -> None:
    dataset = Dataset()
    bind_prefixes(dataset)
    dataset.graph(URIRef("https://kg.example/g")).add((URIRef("https://kg.example/s"), WHO.theme, WHO.Event))
    assert "who:theme who:Event" in dataset.serialize(format="trig")
    assert "PREFIX who: <https://w3id.org/whodid/ontology#>" in SPARQL_PREFIXES
