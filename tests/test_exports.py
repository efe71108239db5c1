from __future__ import annotations

import subprocess
import sys

import graph


def test_every_public_name_is_there_and_sorted() -> None:
    assert graph.__all__ == sorted(graph.__all__)
    assert all(getattr(graph, name) is not None for name in graph.__all__)
    assert {"open", "read", "KnowledgeGraph", "WhodidError"} <= set(graph.__all__)


def test_importing_the_package_loads_no_language_model() -> None:
    heavy = ("spacy", "onnxruntime", "pandas", "scipy", "trafilatura", "pyvis", "pyshacl")
    code = f"import sys, graph.cli; graph.open().query('actors'); print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"
