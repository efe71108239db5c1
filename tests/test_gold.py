"""The project's own gold: every file is sound, the README counts right, and the scorer sees what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from graph.model import Reading
from tests import gold

FILES = gold.files()


@pytest.fixture(scope="module")
def attack() -> Reading:
    return gold.reading(gold.GOLD / "2024-10-03-pont-sonde-attack.json")


def test_every_article_has_its_gold() -> None:
    assert [p.stem for p in FILES] == sorted(p.stem for p in (gold.DATA / "articles").glob("*.md"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_gold_is_sound(path: Path) -> None:
    assert gold.problems(path) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_words_are_recorded_for_every_mention_trigger_and_filler(path: Path) -> None:
    value = json.loads(path.read_text("utf-8"))
    recorded = [m for e in value["entities"] for m in e["mentions"]] + value["times"] + value["quantities"]
    recorded += [e["trigger"] for e in value["events"]] + [r for e in value["events"] for r in e["roles"]]
    assert recorded
    assert all(item["words"].strip() for item in recorded)


def test_the_readme_counts_what_is_there() -> None:
    table = dict(re.findall(r"^\| (\w+) \| (\d+) \|", (gold.GOLD / "README.md").read_text("utf-8"), re.MULTILINE))
    assert {layer: int(count) for layer, count in table.items()} == gold.counts()


def planted(tmp_path: Path, stem: str, old: str, new: str) -> list[str]:
    """What is found wrong in a copy of a gold file in which one thing was changed."""
    text = (gold.GOLD / f"{stem}.json").read_text("utf-8")
    assert old in text
    copy = tmp_path / f"{stem}.json"
    copy.write_text(text.replace(old, new, 1), "utf-8")
    return gold.problems(copy)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"words": "authorised"', '"words": "approved"', "stands “authorised”, not “approved”"),
        ('"modality": "Pledged"', '"modality": "Actual"', "is the content of a Pledge and Actual"),
        ('"speaker": "e10"', '"speaker": "e99"', "e99 is nothing in this file"),
        ('"modality": "Requested"', '"modality": "Pledged"', "is Pledged and the content of no Pledge"),
        ('"claim": "c1"', '"claim": null', "rests on None, and stands in ['c1']"),
    ],
)
def test_a_planted_mistake_is_found(tmp_path: Path, old: str, new: str, expected: str) -> None:
    faults = planted(tmp_path, "2023-10-02-council-authorises-haiti-mission", old, new)
    assert any(expected in fault for fault in faults), faults


def test_gold_scored_against_itself_is_all_right(attack: Reading) -> None:
    scores = gold.Scores()
    gold.score(attack, attack, scores)
    full = {layer: s for layer, s in scores.layers.items() if s.gold}
    assert len(full) > 15
    assert all(s.right == s.gold == s.found for s in full.values())


def test_what_is_missed_or_wrong_costs(attack: Reading) -> None:
    poorer = replace(
        attack,
        events=(replace(attack.events[0], modality="Predicted", roles=()), *attack.events[2:]),
        claims=attack.claims[1:],
    )
    scores = gold.Scores()
    gold.score(attack, poorer, scores)
    layers, lost = scores.layers, len(attack.events[0].roles) + len(attack.events[1].roles)
    assert layers["events"].right == len(attack.events) - 1
    assert layers["matched events, modality"].right == len(attack.events) - 2
    assert layers["roles, label too"].right == layers["roles, label too"].gold - lost
    assert layers["claims, content"].right == len(attack.claims) - 1
