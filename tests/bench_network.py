"""Frames and networks of large stores, and beside kglab: ``python -m tests.bench_network``; nothing here is a test.

``--quads N`` is the size of the store for frames and the network, ``--beside N`` the number of readings that kglab and
this package both load, each step in one process a tool, one after the other. kglab is installed into a virtual
environment of its own, ``out/kglab``, for it pins old packages; ``--kglab PYTHON`` names another.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import graph
from graph import rdf, store
from graph.answering import to_ox_quad
from tests.bench import invented

VENV = Path("out/kglab")
HEAD = """
import json, resource, sys, time
def step(name, work):
    cpu, start = time.process_time(), time.perf_counter()
    found = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
    print(json.dumps([name, time.perf_counter() - start, time.process_time() - cpu, peak, size(found)]), flush=True)
    return found
def size(found):
    return found if isinstance(found, (int, list)) else len(found) if hasattr(found, "__len__") else 0
"""
PREFIXES = """PREFIX who: <https://w3id.org/whodid/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
TABLE = (
    PREFIXES
    + """SELECT ?event ?what ?type ?modality ?polarity ?confidence WHERE {
  ?event a who:Event ; rdfs:label ?what ; who:eventType ?type ; who:modality ?modality ; who:polarity ?polarity ;
    who:confidence ?confidence }"""
)
# in an order that suits rdflib, which kglab asks: with the actors' types as patterns it would pair all actors first
PAIRS = (
    PREFIXES
    + """SELECT ?subject ?object WHERE {
  ?event who:agent ?subject ; who:modality who:Actual ; who:polarity who:Positive .
  { ?event who:recipient ?object } UNION { ?event who:theme ?object } UNION { ?event who:coAgent ?object }
  FILTER(?subject != ?object)
  FILTER EXISTS { ?subject a who:Actor }
  FILTER EXISTS { ?object a who:Actor } }"""
)
OURS = """
import networkx, pandas, rustworkx, scipy.sparse, graph
from graph import measures, network
kg = graph.open()
step("load", lambda: kg.store.load(FILE) or 0)
step("query to frame", lambda: kg.query(TABLE).frame())
net = step("network", lambda: kg.network())
pairs = network.merged(net)
step("centralities", lambda: measures.centrality(net))
print(json.dumps(sorted(map(list, pairs.edges))))
"""
THEIRS = """
import kglab, networkx as nx
kg = kglab.KnowledgeGraph()
step("load", lambda: kg.load_rdf(FILE, format="nt") and 0)
step("query to frame", lambda: kg.query_as_df(TABLE))
sub = kglab.SubgraphMatrix(kg, PAIRS)
net = step("network", lambda: sub.build_nx_graph(nx.DiGraph()))
step("centralities", lambda: [len(m(net)) for m in (nx.pagerank, nx.betweenness_centrality, nx.closeness_centrality)])
iri = lambda node: str(sub.inverse_transform(node)).strip("<>")
print(json.dumps(sorted([iri(u), iri(v)] for u, v in net.edges)))
"""
ALONE = (
    """
import graph
kg = step("open", lambda: graph.open(FILE, write=False))
step("events, made and kept", lambda: kg.events())
""",
    """
import graph
kg = graph.open(FILE, write=False)
step("events, kept, new process", lambda: kg.events())
step("interaction network", lambda: kg.network())
for name in ("claims", "roles", "actors", "quantities"):
    step(f"{name}, made and kept", lambda: getattr(kg, name)())
step("all frames to Parquet", lambda: kg.export("parquet", FILE + "-parquet") or 0)
""",
    """
import graph
kg = graph.open(FILE, write=False)
step("SQL, kept, new process", lambda: kg.sql("SELECT status, count(*) FROM events GROUP BY ALL"))
step("SQL again", lambda: kg.sql("SELECT status, count(*) FROM events GROUP BY ALL"))
""",
)


def filled(folder: str, quads: int) -> int:
    """A store of so many quads or a few more; the quads it has."""
    with store.open(folder) as opened:
        readings = invented()
        inner = opened._quads  # type: ignore[attr-defined]
        while len(opened) < quads:
            batch = islice(readings, 200)
            inner.bulk_extend(to_ox_quad(quad) for reading in batch for quad in rdf.quads(reading, opened.base))
        inner.optimize()
        opened.flush()
        return len(opened)


def steps(python: str, script: str, **values: str) -> list[list[object]]:
    given = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    done = subprocess.run([python, "-c", HEAD + given + script], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]


def alone(quads: int, folder: str) -> Iterator[str]:
    size = filled(f"{folder}/store", quads)
    yield f"a store of {size:,} quads on disk"
    found = (step for script in ALONE for step in steps(sys.executable, script, FILE=f"{folder}/store"))
    for name, wall, cpu, peak, rows in found:
        yield f"{name:<28} {wall:>8.2f} s  {cpu:>8.2f} s of processors  {peak:>6.2f} GB at most  {rows:>10,}"


def kglab_python() -> str | None:
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", "kglab"], check=False)
        if done.returncode:
            return None
    return str(python)


def beside(readings: int, folder: str, python: str | None) -> Iterator[str]:
    file = f"{folder}/graph.nt"
    with graph.open() as kg:
        for reading in islice(invented(), readings):
            kg.add_reading(reading)
        kg.export("nt", file)
        yield f"{len(kg.store):,} quads, loaded by each from N-Triples"
    if python is None:
        yield "kglab could not be installed"
        return
    *ours, our_edges = steps(sys.executable, OURS, FILE=file, TABLE=TABLE)
    *theirs, their_edges = steps(python, THEIRS, FILE=file, TABLE=TABLE, PAIRS=PAIRS)
    yield f"the same {len(our_edges):,} pairs of actors: {'yes' if our_edges == their_edges else 'NO'}"
    for one, other in zip(ours, theirs, strict=True):
        yield (
            f"{one[0]:<16} {one[1]:>7.2f} s, {one[2]:>6.2f} s of processors, {one[3]:>5.2f} GB   "
            f"kglab {other[1]:>7.2f} s, {other[2]:>6.2f} s of processors, {other[3]:>5.2f} GB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quads", type=int, default=1_000_000)
    parser.add_argument("--beside", type=int, default=200)
    parser.add_argument("--kglab", metavar="PYTHON")
    parser.add_argument("--only", choices=["alone", "beside"])
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        if asked.only != "beside":
            print(*alone(asked.quads, folder), sep="\n", flush=True)
        if asked.only != "alone":
            print(*beside(asked.beside, folder, asked.kglab or kglab_python()), sep="\n", flush=True)


if __name__ == "__main__":
    main()
