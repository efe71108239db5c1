"""How fast it is: ``python -m tests.bench [--quads N] [--model NAME]`` prints a table; nothing here is a test.

The articles of ``data/articles`` are read once; the store is filled with invented readings up to so many quads, and
every named query is asked twice, the second time counting.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import graph
from graph.articles import documents
from graph.model import Reading
from graph.queries import named_queries
from tests import examples

ARTICLES = Path(__file__).parent.parent / "data" / "articles"
VALUES = {
    "relations": {"entity": "Norvania 3"},
    "path": {"start": "Ilse Ravn 3", "end": "Bridge Mission 3"},
    "evidence": {"of": "Straits Council authorised Bridge Mission 3"},
    "names": {"entity": "Bridge Mission 3"},
}
HUBS = frozenset({"Straits Council"})


def invented() -> Iterator[Reading]:
    """Readings without end: names return in every fiftieth, and one is in all of them."""
    for number in range(1_000_000):
        whole = examples.harbour() if number % 3 else examples.gazette()
        page = replace(whole.document, id=f"{number}.txt", sha256=f"{number:064x}", title=f"Report {number}")
        named = tuple(
            replace(e, name=f"{e.name} {number % 50}", aliases=()) if e.named and e.name not in HUBS else e
            for e in whole.entities
        )
        yield replace(whole, document=page, entities=named)


def reading_speed(model: str | None) -> Iterator[tuple[str, float, str]]:
    found = [d for d in documents([ARTICLES]) if isinstance(d, graph.Document)]
    took, _ = timed(lambda: graph.read(found[0], model=model))
    yield "first article, model loaded", took, "s"
    took, _ = timed(lambda: [graph.read(d, model=model) for d in found])
    yield "articles", len(found) / took, "a second"
    yield "words", sum(len(d.text.split()) for d in found) / took, "a second"


def store_speed(quads: int, folder: str) -> Iterator[tuple[str, float, str]]:
    with graph.open(folder) as kg:
        readings = invented()

        def fill() -> None:
            while len(kg.store) < quads:
                for _ in range(20):
                    kg.add_reading(next(readings))

        took, _ = timed(fill)
        yield "quads written", len(kg.store) / took, "a second"
        kg.store.flush()
    took, opened = timed(lambda: graph.open(folder, write=False))
    yield f"store of {quads:,} quads opened", took, "s"
    with opened as kg:
        yield from query_speed(kg)


def query_speed(kg: graph.KnowledgeGraph) -> Iterator[tuple[str, float, str]]:
    for name in named_queries():
        values = VALUES.get(name, {})
        kg.query(name, rows=1, **values)
        took, answer = timed(lambda name=name, values=values: kg.query(name, **values))  # type: ignore[misc]
        yield f"query {name} ({len(answer):,} rows)", took, "s"
    for name in ("events", "pledges", "who-said-what", "timeline"):
        key = "speaker" if name == "who-said-what" else "actor"
        value = "Ilse Ravn 3" if name == "who-said-what" else "Norvania 3"
        took, answer = timed(lambda name=name, key=key, value=value: kg.query(name, **{key: value}))  # type: ignore[misc]
        yield f"query {name} {key}={value} ({len(answer):,} rows)", took, "s"
    took, _ = timed(lambda: kg.show("Ilse Ravn 3"))
    yield "show", took, "s"
    took, _ = timed(kg.stats)
    yield "stats", took, "s"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=int, default=400_000)
    parser.add_argument("--model")
    parser.add_argument("--only", choices=["reading", "store"])
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        if asked.only != "store":
            show(reading_speed(asked.model))
        if asked.only != "reading":
            show(store_speed(asked.quads, f"{folder}/store"))


def show(figures: Iterator[tuple[str, float, str]]) -> None:
    for what, figure, unit in figures:
        print(f"{what:<60} {figure:>12,.2f} {unit}", flush=True)


if __name__ == "__main__":
    main()
