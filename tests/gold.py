"""The project's own gold readings (``data/gold``): what they hold, what is wrong with them, how a reading compares.

    python -m tests.gold check                  every problem in the gold files; the exit status says if there is any
    python -m tests.gold score [--model NAME]   precision, recall and F1 of graph.reading.read on the annotated articles

Spans match where they share at least half of their joint characters (triggers and times: any), each at most once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from graph.articles import documents
from graph.documents import Document, Span
from graph.interchange import from_json
from graph.model import Claim, Event, Reading, Role
from graph.rdf import quads
from graph.validation import validate

DATA = Path(__file__).parent.parent / "data"
GOLD = DATA / "gold"
LAYERS = ("sentences", "entities", "times", "quantities", "events", "claims", "relations")
ANY, HALF = 0.0, 0.5
Pairs = list[tuple[int, int]]


def files() -> list[Path]:
    return sorted(GOLD.glob("*.json"))


@cache
def article(stem: str) -> Document:
    """The article of this file name, as the reader gets it."""
    (found,) = documents([DATA / "articles" / f"{stem}.md"])
    assert isinstance(found, Document), found
    return found


@cache
def reading(path: Path) -> Reading:
    return from_json(json.loads(path.read_text("utf-8")))


def counts() -> dict[str, int]:
    """How many there are of each layer, in all gold files together."""
    readings = [reading(path) for path in files()]
    found = {layer: sum(len(getattr(r, layer)) for r in readings) for layer in LAYERS}
    found["mentions"] = sum(len(e.mentions) for r in readings for e in r.entities)
    found["roles"] = sum(len(e.roles) for r in readings for e in r.events)
    return found


# check


def problems(path: Path) -> list[str]:
    """What is wrong with one gold file: with its words, its ids, its pledges, or by the rules for every graph."""
    value, gold = json.loads(path.read_text("utf-8")), reading(path)
    faults = [*_wrong_text(path, gold), *_wrong_words(value, gold.document.text), *_unknown_ids(gold)]
    faults += [*_wrong_pledges(gold), *_wrong_claims(gold), *_twice(gold)]
    faults += [str(p) for p in validate(quads(gold)).problems if p.severity == "error"]
    return [f"{path.name}: {fault}" for fault in faults]


def _wrong_text(path: Path, gold: Reading) -> Iterator[str]:
    same = article(path.stem)
    for name in ("id", "text", "sha256", "published"):
        if getattr(gold.document, name) != getattr(same, name):
            yield f"the {name} of its document is not that of the article"


def _wrong_words(value: Any, text: str) -> Iterator[str]:
    """Every recorded word that does not stand where its span says, and every span that is blank."""
    if isinstance(value, list):
        for item in value:
            yield from _wrong_words(item, text)
    elif isinstance(value, dict):
        if spans := _spans(value):
            words = " ".join(text[start:end] for start, end in spans)
            if not words.strip() or value.get("words", words) != words:
                yield f"at {spans} stands “{words}”, not “{value.get('words')}”"
        for item in value.values():
            yield from _wrong_words(item, text)


def _spans(value: dict[str, Any]) -> list[tuple[int, int]]:
    """The span, or the spans of the content, whose words an item of the JSON records."""
    if "start" in value:
        return [(value["start"], value["end"])]
    if "words" not in value:
        return []
    return [tuple(pair) for pair in value.get("content") or [value["evidence"]]]


def _unknown_ids(gold: Reading) -> Iterator[str]:
    entities, times, quantities, events, claims = (
        {thing.id for thing in layer}
        for layer in (gold.entities, gold.times, gold.quantities, gold.events, gold.claims)
    )
    named = [(r.entity, entities) for e in gold.events for r in e.roles]
    named += [(r.time, times) for e in gold.events for r in e.roles]
    named += [(r.quantity, quantities) for e in gold.events for r in e.roles]
    named += [(r.event, events) for e in gold.events for r in e.roles]
    named += [(e.claim, claims) for e in gold.events] + [(r.claim, claims) for r in gold.relations]
    named += [(end, entities) for r in gold.relations for end in (r.subject, r.object)]
    named += [(c.speaker, entities) for c in gold.claims] + [(c.relayed_by, entities) for c in gold.claims]
    named += [(c.saying, events) for c in gold.claims] + [(c.parent, claims) for c in gold.claims]
    named += [(event, events) for c in gold.claims for event in c.events]
    yield from (f"{name} is nothing in this file" for name, known in named if name is not None and name not in known)


def _wrong_pledges(gold: Reading) -> Iterator[str]:
    pledged = {r.event for e in gold.events if e.type == "Pledge" for r in e.roles if r.role == "content"}
    for event in gold.events:
        if event.modality == "Pledged" and event.id not in pledged:
            yield f"{event.id} is Pledged and the content of no Pledge"
        if event.modality == "Actual" and event.id in pledged:
            yield f"{event.id} is the content of a Pledge and Actual"


def _wrong_claims(gold: Reading) -> Iterator[str]:
    """Claims without a known speaker, and events that are said in a claim's words and rest on another, or on none."""
    for claim in gold.claims:
        if claim.speaker is None or claim.speaker_span is None:
            yield f"{claim.id} has no speaker"
    for event in gold.events:
        holders = {c.id for c in gold.claims if any(s.contains(event.trigger) for s in c.content)}
        if (event.claim or "") not in (holders or {""}):
            yield f"{event.id} rests on {event.claim}, and stands in {sorted(holders) or 'no claim'}"
    listed = {(event, c.id) for c in gold.claims for event in c.events}
    resting = {(e.id, e.claim) for e in gold.events if e.claim}
    yield from (f"{event} rests on {claim}, or it says so, but not both" for event, claim in sorted(listed ^ resting))


def _twice(gold: Reading) -> Iterator[str]:
    places: list[tuple[str, Hashable]] = [("trigger", e.trigger) for e in gold.events]
    places += [("mention of one entity", (e.id, m.span)) for e in gold.entities for m in e.mentions]
    places += [("pronoun", m.span) for e in gold.entities for m in e.mentions if m.kind == "pronoun"]
    yield from (f"{kind} annotated twice: {place}" for (kind, place), n in Counter(places).items() if n > 1)


# score


@dataclass
class Score:
    """How many were right, of how many in the gold and how many found."""

    right: int = 0
    gold: int = 0
    found: int = 0

    def add(self, right: int, gold: int, found: int) -> None:
        self.right, self.gold, self.found = self.right + right, self.gold + gold, self.found + found

    def __str__(self) -> str:
        precision, recall = self.right / max(self.found, 1), self.right / max(self.gold, 1)
        f1 = 2 * self.right / max(self.gold + self.found, 1)
        parts = "  ".join(f"{100 * share:5.1f}" for share in (precision, recall, f1))
        return f"{parts}   {self.right} of {self.gold}, {self.found} found"


@dataclass
class Scores:
    """The score of each layer, in the order in which they were first counted."""

    layers: dict[str, Score] = field(default_factory=dict)

    def add(self, layer: str, right: int, gold: int, found: int) -> None:
        self.layers.setdefault(layer, Score()).add(right, gold, found)

    def __str__(self) -> str:
        head = f"{'':28}    P      R      F1"
        return "\n".join([head, *(f"{layer:28}{score}" for layer, score in self.layers.items())])


def pairs(gold: Sequence[Span], found: Sequence[Span], least: float = HALF) -> Pairs:
    """The best one-to-one match of two lists of spans, by index; the best pairs are taken first."""
    every = [(_shared(g, f), i, j) for i, g in enumerate(gold) for j, f in enumerate(found) if g.overlaps(f)]
    every = sorted((e for e in every if e[0] >= least), key=lambda e: (-e[0], e[1], e[2]))
    taken: Pairs = []
    for _, i, j in every:
        if all(i != a and j != b for a, b in taken):
            taken.append((i, j))
    return taken


def _shared(one: Span, other: Span) -> float:
    """The characters that both have, as a share of those that either has."""
    both = min(one.end, other.end) - max(one.start, other.start)
    return both / (len(one) + len(other) - both)


def score(gold: Reading, found: Reading, scores: Scores) -> None:
    """Counts one article, layer by layer."""
    _mentions(gold, found, scores)
    for layer, value in (("times", "timex"), ("quantities", "value")):
        ours, theirs = getattr(gold, layer), getattr(found, layer)
        matched = pairs([x.span for x in ours], [x.span for x in theirs], ANY)
        same = sum(getattr(ours[i], value) == getattr(theirs[j], value) for i, j in matched)
        scores.add(layer, len(matched), len(ours), len(theirs))
        scores.add(f"{layer}, value too", same, len(ours), len(theirs))
    matched = pairs([e.trigger for e in gold.events], [e.trigger for e in found.events], ANY)
    _events(gold, found, matched, scores)
    _roles(gold, found, matched, scores)
    _claims(gold, found, scores)
    _relations(gold, found, scores)


Placed = tuple[Span, str, str]


def _mentions(gold: Reading, found: Reading, scores: Scores) -> None:
    ours, theirs = list(_placed(gold)), list(_placed(found))
    matched = pairs([m[0] for m in ours], [m[0] for m in theirs])
    scores.add("mentions", len(matched), len(ours), len(theirs))
    typed = sum(ours[i][1] == theirs[j][1] for i, j in matched)
    scores.add("mentions, type too", typed, len(ours), len(theirs))
    links = [{frozenset(p) for p in _links(ms)} for ms in (ours, theirs)]
    known = dict(matched)
    right = sum(frozenset(known.get(i, -1 - i) for i in link) in links[1] for link in links[0])
    scores.add("coreference links", right, *map(len, links))


def _placed(r: Reading) -> Iterator[Placed]:
    """All mentions but of posts, whose words are part of what stands for their holder."""
    for entity in r.entities:
        if entity.type != "Post":
            yield from ((m.span, entity.type, entity.id) for m in entity.mentions)


def _links(mentions: Sequence[Placed]) -> Iterator[tuple[int, int]]:
    for j, (_, _, entity) in enumerate(mentions):
        yield from ((i, j) for i in range(j) if mentions[i][2] == entity)


def _events(gold: Reading, found: Reading, matched: Pairs, scores: Scores) -> None:
    sizes = (len(gold.events), len(found.events))
    scores.add("events", len(matched), *sizes)
    both = [(gold.events[i], found.events[j]) for i, j in matched]
    for what in ("type", "plover", "modality", "polarity"):
        right = sum(getattr(ours, what) == getattr(theirs, what) for ours, theirs in both)
        scores.add(f"matched events, {what}", right, len(both), len(both))
    marks: tuple[tuple[str, Callable[[Event], bool]], ...] = (
        ("events not Actual", lambda e: e.modality != "Actual"),
        ("events Negative", lambda e: e.polarity == "Negative"),
        ("events in a claim", lambda e: e.claim is not None),
    )
    for layer, is_so in marks:
        right = sum(is_so(ours) and is_so(theirs) for ours, theirs in both)
        scores.add(layer, right, *(sum(map(is_so, r.events)) for r in (gold, found)))


def _roles(gold: Reading, found: Reading, matched: Pairs, scores: Scores) -> None:
    sizes = [sum(len(e.roles) for e in r.events) for r in (gold, found)]
    places = {e.id: [m.span for m in e.mentions] for e in gold.entities}
    both = [(gold.events[i].roles, found.events[j].roles) for i, j in matched]
    scores.add("roles, label too", sum(_same_roles(*roles, places, by_label=True) for roles in both), *sizes)
    scores.add("roles", sum(_same_roles(*roles, places, by_label=False) for roles in both), *sizes)


def _same_roles(ours: Iterable[Role], theirs: Iterable[Role], places: dict[str, list[Span]], by_label: bool) -> int:
    """The roles of one event that have the same filler in the other, each used once: words that overlap, or others
    that stand for the same entity, as a relative pronoun does for what is before it."""
    left, right = list(theirs), 0
    for role in ours:
        others = places.get(role.entity or "", [])
        same = (r for r in left if r.span.overlaps(role.span) or pairs(others, [r.span]))
        if (hit := next((r for r in same if r.role == role.role or not by_label), None)) is not None:
            left.remove(hit)
            right += 1
    return right


def _claims(gold: Reading, found: Reading, scores: Scores) -> None:
    matched = pairs([_hull(c) for c in gold.claims], [_hull(c) for c in found.claims])
    sizes = (len(gold.claims), len(found.claims))
    same = [_same_speaker(gold, gold.claims[i], found, found.claims[j]) for i, j in matched]
    scores.add("claims, content", len(matched), *sizes)
    scores.add("claims, content, speaker", sum(same), *sizes)


def _hull(claim: Claim) -> Span:
    return claim.content[0].hull(claim.content[-1])


def _same_speaker(gold: Reading, ours: Claim, found: Reading, theirs: Claim) -> bool:
    """Whether the words for the two speakers touch, or any mention of the one is a mention of the other."""
    one, other = (_speakers(r, c) for r, c in ((gold, ours), (found, theirs)))
    return bool(pairs(one, other))


def _speakers(r: Reading, claim: Claim) -> list[Span]:
    spans = [m.span for e in r.entities if e.id == claim.speaker for m in e.mentions]
    return spans + ([claim.speaker_span] if claim.speaker_span and claim.speaker_span not in spans else [])


def _relations(gold: Reading, found: Reading, scores: Scores) -> None:
    """Relations of the same kind whose evidence overlaps."""
    right = 0
    for predicate in sorted({r.predicate for r in gold.relations}):
        ours, theirs = ([r.evidence for r in x.relations if r.predicate == predicate] for x in (gold, found))
        right += len(pairs(ours, theirs, ANY))
    scores.add("relations", right, len(gold.relations), len(found.relations))


def score_all(read: Callable[[Document], Reading]) -> Scores:
    scores = Scores()
    for path in files():
        score(reading(path), read(article(path.stem)), scores)
    return scores


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gold", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="say what is wrong with the gold files")
    commands.add_parser("score", help="read the articles and compare").add_argument("--model", help="the pipeline")
    chosen = parser.parse_args(arguments)
    if chosen.command == "score":
        from graph.reading import read

        print(score_all(lambda document: read(document, model=chosen.model)))
        return 0
    faults = [fault for path in files() for fault in problems(path)]
    print("\n".join([*faults, *(f"{count:5} {layer}" for layer, count in counts().items())]))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
