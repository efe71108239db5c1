"""How fast pages are: ``python -m tests.bench_pages [--articles N]``; nothing here is a test.

One organisation stands in every article of the store. Times are of this process's processor, the best of five; a page
that is asked for again is taken from those kept.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import graph
from graph import contents
from graph.server.pages.markings import Links
from graph.server.pages.profiles import WHICH, in_order, profile
from graph.server.pages.search import Index
from tests.bench import invented

HUB = "id/org/straits-council"


def best(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of the processor, and what came of it."""
    took, answer = [], None
    for _ in range(5):
        start = time.process_time()
        answer = work()
        took.append(time.process_time() - start)
    return 1000 * min(took), answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=500)
    articles = parser.parse_args().articles
    with TemporaryDirectory() as folder:
        with graph.open(folder) as kg:
            for reading in islice(invented(), articles):
                kg.add_reading(reading)
        with graph.open(folder, write=False) as kg:
            measure(kg, Path(folder) / "search.sqlite")


def measure(kg: graph.KnowledgeGraph, file: Path) -> None:
    store = kg.store
    print(f"{len(store):,} quads")
    facts = sum(len(in_order(store, store.base + HUB, part)) for part in WHICH if part != "articles")
    document = contents.documents(store)[0].iri
    for what, iri in (
        (f"entity with {facts:,} facts", store.base + HUB),
        ("article", document),
        ("event", f"{document}/v2"),
    ):
        took, _ = best(lambda iri=iri: profile(store, iri, Links(str)))  # type: ignore[misc]
        print(f"{what:<50} {took:8.1f} ms")
    start, index = time.process_time(), Index(file)
    index.refresh(store)
    print(f"{'search index built':<50} {1000 * (time.process_time() - start):8.1f} ms, {file.stat().st_size:,} bytes")
    for words in ("Quill", "tomas quill 3", "pumps", "a"):
        took, found = best(lambda words=words: index.search(words))  # type: ignore[misc]
        print(f"{f'search {words!r}: {found.total:,} found':<50} {took:8.1f} ms")


if __name__ == "__main__":
    main()
