"""What building and serving one store cost each other: ``python -m tests.bench_building [--articles N] [--quads N]``.

``whodid build`` reads articles into a store alone, and while ``whodid serve`` serves it to clients who ask look-ups
over kept connections, each another one as soon as it is answered. The clients run on the same processors.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from tests.bench import ARTICLES
from tests.bench_server import QUERIES, Load, fill, free_port, load, requests, running

ROUND = 1.0
NUMBERS = count()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--quads", type=int, default=100_000, help="what the store holds before")
    parser.add_argument("--clients", type=int, default=8)
    asked = parser.parse_args()
    print(f"load average before: {os.getloadavg()[0]:.1f}", flush=True)
    with TemporaryDirectory() as beside:
        compare(Path(beside), asked)
    print(f"load average after: {os.getloadavg()[0]:.1f}")


def compare(beside: Path, asked: argparse.Namespace) -> None:
    articles, base = written(beside / "articles", asked.articles), beside / "base"
    fill(str(base), asked.quads)
    alone = built(articles, copied(base, beside / "alone"))
    served, port = copied(base, beside / "served"), free_port()
    command = [sys.executable, "-m", "graph", "serve", "--store", str(served), "--port", str(port)]
    with running(command, port):
        quiet = Load(0)
        while quiet.seconds < 5:
            heard(port, asked.clients, quiet)
        busy = Load(0)
        together = built(articles, served, lambda: heard(port, asked.clients, busy))
    print(f"build of {asked.articles} articles: {alone:.1f} s alone, {together:.1f} s while served")
    print(f"look-ups, {asked.clients} clients: {quiet} alone, {busy} while building")


def written(folder: Path, number: int) -> Path:
    """So many articles, those of the repository again and again, each time with another last line."""
    folder.mkdir()
    files = sorted(path for path in ARTICLES.iterdir() if path.suffix == ".md")
    for index, path in enumerate(islice(cycle(files), number)):
        (folder / f"{index:04}.md").write_text(f"{path.read_text('utf-8')}\n\nEdition {index}.\n", "utf-8")
    return folder


def copied(base: Path, to: Path) -> Path:
    return Path(shutil.copytree(base, to))


def built(articles: Path, store: Path, meanwhile: Callable[[], None] = lambda: time.sleep(0.05)) -> float:
    """The seconds that ``whodid build`` takes, from its start to its end."""
    command = [sys.executable, "-m", "graph", "build", str(articles), "--store", str(store)]
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            meanwhile()
        assert process.returncode == 0
    return time.perf_counter() - start


def heard(port: int, clients: int, told: Load) -> None:
    """One round of look-ups, added to the others."""
    asked = requests("/sparql", QUERIES["lookup"], True, NUMBERS)
    run = uvloop.run(load(port, asked, clients, ROUND))
    told.seconds += run.seconds
    told.times += run.times
    told.failures += run.failures


if __name__ == "__main__":
    main()
