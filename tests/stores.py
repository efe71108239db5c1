"""Stores on real servers for tests, in each way in which one can be spoken to; ``conftest`` makes them fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import rdf, remote, store
from graph.store import Store
from tests import examples
from tests.servers import oxigraph, virtuoso

OXIGRAPH = """
["graph store"]
query = "{address}"
[updates]
query = "{address}"
graph-store = "-"
batch = 200
["graphs listed"]
query = "{address}"
default-graph = "listed"
"""
VIRTUOSO = """
[virtuoso]
query = "{address}"
authentication = "digest"
user = "dba"
secret = "WHODID_TEST_SECRET"
"""
SLOW_VIRTUOSO = pytest.param("virtuoso", marks=pytest.mark.slow)
KINDS = ["graph store", "updates", "graphs listed", SLOW_VIRTUOSO]
SERVERS = ["graph store", SLOW_VIRTUOSO]


@pytest.fixture(scope="session")
def oxigraph_address() -> Iterator[str]:
    with oxigraph() as address:
        yield address


@pytest.fixture(scope="session")
def virtuoso_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as address:
        yield address


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Virtuoso's ``dba`` shows."""
    monkeypatch.setenv("WHODID_TEST_SECRET", "dba")


@pytest.fixture(params=KINDS)
def where(request: pytest.FixtureRequest, tmp_path: Path, secret: None) -> str:
    """What names an empty store on a server, in each way in which one can be spoken to."""
    return _named(request, tmp_path)


@pytest.fixture(params=SERVERS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, secret: None) -> str:
    """What names an empty store on each of the servers."""
    return _named(request, tmp_path)


def _named(request: pytest.FixtureRequest, folder: Path) -> str:
    known = request.param == "virtuoso"
    address = request.getfixturevalue("virtuoso_address" if known else "oxigraph_address")
    (folder / "stores.toml").write_text((VIRTUOSO if known else OXIGRAPH).format(address=address))
    return emptied(f"{folder / 'stores.toml'}#{request.param}")


@pytest.fixture
def opened(where: str) -> Iterator[Store]:
    with store.open(where) as found:
        yield found


def emptied(where: str) -> str:
    with store.open(where) as opened:
        for name in (*opened.graphs(), remote.DESCRIPTION):
            assert isinstance(opened, remote.RemoteStore)
            opened._names = {name}
            opened.remove(name)
    return where


def fill(opened: Store) -> None:
    """Puts two invented articles into it."""
    for reading in (examples.harbour(), examples.gazette()):
        opened.add(str(rdf.graph_iri(reading.document, opened.base)), rdf.quads(reading, opened.base))
