"""Who may import whom: data flows one way, and the two halves meet only in ``rdf``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "graph"
STEPS = {"mentions", "coreference", "times", "quantities", "events", "claims", "factuality", "relations"}
RDF = {"rdflib", "pyoxigraph", "pyshacl"}
TEXT_HALF = {"documents", "errors", "model", "interchange", "sources", "articles", "prose", "report"}
GRAPH_HALF = {
    "answering", "contents", "digest", "figures", "files", "finding", "frames", "inference", "keeping", "measures",
    "network", "outcomes", "queries", "remote", "results", "safety", "server", "show", "store", "tables", "validation",
    "dialects", "units", "wire",
}  # fmt: skip
NETWORK = {"httpx", "requests", "socket", "urllib.request", "http.client"}
MODULES = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in sorted(ROOT.rglob("*.py"))}


def imports(path: Path) -> set[str]:
    """Full names of all that a module imports when it runs, wherever in it; ``from graph import x`` is ``graph.x``."""
    found: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def ours(path: Path) -> set[str]:
    known = {f"graph.{name}".removesuffix(".__init__") for name in MODULES}
    return {name.removeprefix("graph.") for name in imports(path) & known}


@pytest.mark.parametrize("name", MODULES)
def test_import_rules(name: str) -> None:
    path, top = MODULES[name], name.partition(".")[0]
    own, all_ = ours(path), imports(path)
    tops = {module.partition(".")[0] for module in all_}
    if name in ("documents", "errors"):
        assert not own - {"errors"}, name
    if name == "model":
        assert own <= {"documents"}
    if top == "reading":
        assert not tops & RDF, f"{name}: the text half knows no RDF"
        assert not own & GRAPH_HALF, f"{name}: the text half knows no store"
        assert not (name.split(".")[-1] in STEPS and own & {f"reading.{s}" for s in STEPS}), (
            f"{name}: steps meet in the Reading"
        )
    if top in TEXT_HALF:
        assert not tops & RDF, f"{name}: the text half knows no RDF"
    if top in GRAPH_HALF or top == "explorer":
        assert not {module for module in own if module.partition(".")[0] == "reading"}, (
            f"{name}: the graph half reads nothing"
        )
        assert "spacy" not in tops, name
    if name != "__main__":
        assert "cli" not in own, f"{name}: nobody imports the command line"
    if name not in ("sources", "remote", "wire") and top != "server":
        assert not all_ & NETWORK, f"{name}: the network is touched in sources alone"
    if not name.startswith("reading."):
        assert "spacy" not in tops, f"{name}: spaCy is known to the reading alone"


def test_the_rules_see_the_modules() -> None:
    assert {"store", "rdf", "model", "cli", "knowledge"} <= set(MODULES)
    assert "rdf" in ours(MODULES["knowledge"])
