"""How fast pages are: ``python -m tests.bench_pages [--articles N]``; nothing here is a test.

One organisation stands in every article of the store. A server of its own process is asked over HTTP, each time by an
address that it has not been asked before, so that no page is one that was kept: times are from the request to the last
byte, median and worst of so many.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import graph
from graph import contents
from graph.server.pages.listing import PARTS, Asked
from graph.server.pages.search import Index
from tests.bench import invented
from tests.servers import free_port

HUB = "id/org/straits-council"
SEARCHES = ("Quill", "tomas quill 3", "pumps", "a")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--times", type=int, default=21)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        with graph.open(folder) as kg:
            for reading in islice(invented(), asked.articles):
                kg.add_reading(reading)
        document, facts = described(folder)
        pages = {f"entity with {facts:,} facts": f"/{HUB}", "article": document, "event": f"{document}/v2"}
        pages |= {f"search {words!r}": f"/search?q={words.replace(' ', '+')}" for words in SEARCHES}
        with served(folder) as get:
            get(document)  # the first page of all has templates to read
            show(f"entity with {facts:,} facts, the lists asked", [get(f"/{HUB}?first")])
            get("/search?q=x")  # which waits for the index
            for what, path in pages.items():
                show(what, [get(path) for _ in range(asked.times)])
        show_index(folder)


def described(folder: str) -> tuple[str, int]:
    """The path of an article, and how many facts the organisation has."""
    with graph.open(folder, write=False) as kg:
        print(f"{len(kg.store):,} quads")
        lists = Asked(kg.store)
        totals = [lists.part(kg.store.base + HUB, part, 0, 1).total for part in PARTS if part != "articles"]
        return contents.documents(kg.store)[0].iri.replace(kg.store.base, "/"), sum(totals)


@contextmanager
def served(folder: str) -> Iterator[Callable[[str], float]]:
    """What asks a server for a path and takes so many milliseconds."""
    port, numbers = free_port(), count()
    command = [sys.executable, "-m", "graph", "serve", "--store", folder, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as server:
        try:
            assert server.stdout
            server.stdout.readline()  # says that it answers

            def get(path: str) -> float:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
                start = time.perf_counter()
                connection.request("GET", f"{path}{'&' if '?' in path else '?'}n={next(numbers)}")
                answer = connection.getresponse()
                answer.read()
                took = time.perf_counter() - start
                connection.close()
                assert answer.status == 200, (path, answer.status)
                return 1000 * took

            yield get
        finally:
            server.terminate()


def show(what: str, took: list[float]) -> None:
    print(f"{what:<50} {statistics.median(took):8.1f} ms, worst {max(took):.1f} of {len(took)}", flush=True)


def show_index(folder: str) -> None:
    file = Path(folder) / "anew.sqlite"
    with graph.open(folder, write=False) as kg:
        start, index = time.process_time(), Index(file)
        index.refresh(kg.store)
        index.close()
    print(f"{'index made':<50} {1000 * (time.process_time() - start):8.1f} ms, {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
