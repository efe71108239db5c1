"""The notebooks run from top to bottom, in their own folder, on the demo articles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests import notebooks

pytest.importorskip("matplotlib", reason="pip install 'whodid[notebook]'")
LARGEST = 150_000
"""Bytes that a notebook with its outputs may have in the repository."""


def errors(notebook: Any) -> list[str]:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.evalue for output in outputs if output.output_type == "error"]


@pytest.mark.parametrize("path", notebooks.files(), ids=lambda p: p.name)
def test_it_runs_and_shows_something(path: Path) -> None:
    ran = notebooks.run(path)
    cells = [cell for cell in ran.cells if cell.cell_type == "code"]
    silent = [cell.source for cell in cells if not cell.outputs]
    assert errors(ran) == []
    assert len(silent) <= 2
    assert not [source for source in silent if "figures." in source]


@pytest.mark.parametrize("path", notebooks.files(), ids=lambda p: p.name)
def test_what_is_kept_of_it_is_light_and_says_nothing_of_the_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    kept = nbformat.reads(text, as_version=4)
    assert len(text.encode()) < LARGEST
    assert any(cell.get("outputs") for cell in kept.cells)
    assert errors(kept) == []
    assert "/tmp/" not in text
    assert "<iframe" not in text
    assert all(cell.get("execution_count") is None for cell in kept.cells)


def test_they_are_a_row() -> None:
    assert [path.name[:3] for path in notebooks.files()] == [f"0{number}-" for number in range(1, 8)]
