from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from graph import rdf, store
from tests import examples
from tests.browser import CHROMIUM, FLAGS, PATIENCE
from tests.stores import elsewhere, opened, oxigraph_address, secret, virtuoso_address, where

__all__ = ["elsewhere", "opened", "oxigraph_address", "secret", "virtuoso_address", "where"]


@pytest.fixture
def memory() -> Iterator[store.Store]:
    """A store in memory with the two invented articles."""
    with store.open() as opened:
        for reading in (examples.harbour(), examples.gazette()):
            opened.add(rdf.graph_iri(reading.document), rdf.quads(reading))
        yield opened


@pytest.fixture
def skimming(monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles are read by ``examples.skim``, so that no language model is needed."""
    monkeypatch.setattr("graph.reading.read", examples.skim)
    monkeypatch.setattr(import_module("graph.reading.language"), "identity", lambda model=None: f"skim {model or 1}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()
