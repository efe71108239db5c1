from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from graph.knowledge import KnowledgeGraph
from graph.server import application
from graph.store import Store


@pytest.fixture
def client(memory: Store) -> Iterator[TestClient]:
    with TestClient(application(KnowledgeGraph(memory))) as client:
        yield client


def test_what_does_not_exist_is_404(client: TestClient) -> None:
    assert client.get("/nowhere").status_code == 404
