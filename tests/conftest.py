from __future__ import annotations

from collections.abc import Iterator

import pytest

from graph import rdf, store
from tests import examples


@pytest.fixture
def memory() -> Iterator[store.Store]:
    """A store in memory with the two invented articles."""
    with store.open() as opened:
        for reading in (examples.harbour(), examples.gazette()):
            opened.add(rdf.graph_iri(reading.document), rdf.quads(reading))
        yield opened
