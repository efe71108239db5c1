"""Runs the notebooks and keeps what they show: ``python -m tests.notebooks [NAME …]``.

Outputs stay light and say nothing of the machine: pages in frames are left out, and so are times and counts of runs.
"""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
KINDS = ("text/html", "text/markdown", "image/png", "text/plain")
"""What is kept of an output, the best that there is of these and the plain text."""


def files() -> list[Path]:
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def run(path: Path) -> Any:
    """The notebook with the outputs of a run in its folder, in a new process."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    return notebook


def light(notebook: Any) -> Any:
    """The notebook with only what is worth keeping."""
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [kept for output in cell.outputs if (kept := _kept(output))]
    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": "python"}}
    return notebook


def _kept(output: Any) -> Any:
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if "data" not in output:
        return output
    framed = "<iframe" in output.data.get("text/html", "")
    best = next((k for k in KINDS if k in output.data and not (framed and k == "text/html")), "text/plain")
    output.data = {kind: output.data[kind] for kind in dict.fromkeys((best, "text/plain")) if kind in output.data}
    if best == "image/png":
        output.data[best] = _small(output.data[best])
    output.metadata = {}
    output.pop("transient", None)
    if "execution_count" in output:
        output.execution_count = None
    return output


def _small(picture: str) -> str:
    """A drawing in as many colours as it needs."""
    drawn, out = Image.open(io.BytesIO(base64.b64decode(picture))), io.BytesIO()
    drawn.convert("RGB").quantize(96).save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode("ascii")


def main() -> None:
    for path in files():
        if not sys.argv[1:] or path.name in sys.argv[1:]:
            nbformat.write(light(run(path)), path)
            print(path.name, f"{path.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
