"""How fast servers are beside a folder: ``python -m tests.bench_remote [--articles N]`` prints a table, in one run.

Articles added a second, files loaded, and what the named queries take, each as a multiple of the store on disk.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import graph
from graph.queries import named_queries
from tests import bench
from tests.servers import oxigraph, virtuoso

SETTINGS = """
["oxigraph, graph store"]
query = "{oxigraph}"
["oxigraph, updates"]
query = "{second}"
graph-store = "-"
[virtuoso]
query = "{virtuoso}"
authentication = "digest"
user = "dba"
secret = "WHODID_BENCH_SECRET"
"""
ASKED = ("actors", "events", "pledges", "timeline", "who-said-what", "relations", "evidence", "stances", "sources")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=200)
    articles = parser.parse_args().articles
    with TemporaryDirectory() as folder, ExitStack() as stack:
        for label, where in _stores(Path(folder), stack):
            with graph.open(where) as kg:
                _row(label, kg, articles)


def _stores(folder: Path, stack: ExitStack) -> Iterator[tuple[str, str]]:
    for name in ("oxigraph", "second", "virtuoso"):
        (folder / name).mkdir()
    addresses = {name: stack.enter_context(oxigraph(folder / name)) for name in ("oxigraph", "second")}
    addresses["virtuoso"] = stack.enter_context(virtuoso(folder / "virtuoso"))
    os.environ["WHODID_BENCH_SECRET"] = "dba"
    (folder / "stores.toml").write_text(SETTINGS.format(**addresses))
    yield "folder", str(folder / "store")
    for name in ("oxigraph, graph store", "oxigraph, updates", "virtuoso"):
        yield name, f"{folder}/stores.toml#{name}"


def _row(label: str, kg: graph.KnowledgeGraph, articles: int) -> None:
    readings = list(islice(bench.invented(), articles))
    took = _timed(lambda: [kg.add_reading(reading) for reading in readings])
    first, again = zip(*(_asked(kg, name) for name in ASKED), strict=True)
    told = ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in zip(ASKED, again, strict=True))
    print(f"{label}: {articles / took:.0f} articles a second; queries, median {1000 * median(again):.0f} ms", end="")
    print(f" ({1000 * median(first):.0f} ms when first asked): {told}", flush=True)


def _asked(kg: graph.KnowledgeGraph, name: str) -> tuple[float, float]:
    values = bench.VALUES.get(name) or {p.name: "Norvania 3" for p in named_queries()[name].parameters[:1]}
    values = {key: value for key, value in values.items() if key not in ("kind", "type")}
    if name == "who-said-what":
        values = {"speaker": "Ilse Ravn 3"}
    sparql = named_queries()[name].bound(kg.store, values)
    return _timed(lambda: kg.query(sparql)), min(_timed(lambda: kg.query(sparql)) for _ in range(3))


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
