from __future__ import annotations

from pathlib import Path

import pytest

from graph.addresses import Server, completed, is_server, server
from graph.errors import UsageError

WHOLE = """
[library]
query = "https://triples.example/sparql"
update = "https://triples.example/sparql-auth"
graph-store = "-"
default-graph = "union"
dialect = "virtuoso"
authentication = "digest"
user = "reader"
secret = "LIBRARY_PASSWORD"
batch = 500
timeout = 2.5
[other]
query = "http://127.0.0.1:7878/query"
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIBRARY_PASSWORD", "open sesame")
    (tmp_path / "stores.toml").write_text(WHOLE)
    return tmp_path / "stores.toml"


def test_what_names_a_server() -> None:
    assert all(map(is_server, ["http://h/sparql", "HTTPS://h/sparql", "stores.toml", "a/b.toml#c", Path("s.toml")]))
    assert not any(map(is_server, [None, "whodid-store", "ftp://h/x", "stores.tomlx", Path("store")]))


def test_an_address_is_enough() -> None:
    assert server("http://h:7878/query") == Server("http://h:7878/query")
    assert server("http://h:7878/query").name == "h:7878"


def test_a_file_says_all(file: Path) -> None:
    found = server(f"{file}#library")
    assert found == Server(
        query="https://triples.example/sparql", update="https://triples.example/sparql-auth", graph_store="-",
        default_graph="union", dialect="virtuoso", authentication="digest", user="reader", secret="open sesame",
        batch=500, timeout=2.5,
    )  # fmt: skip
    assert "sesame" not in repr(found)


def test_one_store_in_a_file_needs_no_name(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('[only]\nquery = "http://h/sparql"')
    assert server(tmp_path / "s.toml") == Server("http://h/sparql")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "describes 0 stores"),
        ("[a", "is not TOML"),
        ('query = "http://h/"', "outside a table"),
        ("[a]", "it lacks query"),
        ('[a]\nquery = "h/sparql"', "is no web address"),
        ('[a]\nquery = "ftp://h/sparql"', "is no web address"),
        ('[a]\nquery = "http://h/s p"', "is no web address"),
        ('[a]\nquery = "http://[h/"', "is no web address"),
        ('[a]\nquery = "http://h/#x"', "has a #"),
        ('[a]\nquery = 7', "must be words"),
        ('[a]\nquery = "http://u:hunter2@h/"', "has a user or password in it"),
        ('[a]\nquery = "http://h/"\nqeury = "x"', "unknown qeury; known: query, update, graph-store"),
        ('[a]\nquery = "http://h/"\ndialect = "klingon"', "none of auto, standard, virtuoso"),
        ('[a]\nquery = "http://h/"\nbatch = 0', "no number above 0"),
        ('[a]\nquery = "http://h/"\nbatch = true', "no number above 0"),
        ('[a]\nquery = "http://h/"\ntimeout = "60"', "no number above 0"),
        ('[a]\nquery = "http://h/"\nsecret = "X"', "need authentication"),
        ('[a]\nquery = "http://h/"\nauthentication = "basic"\nsecret = "X"', "needs user and secret"),
        ('[a]\nquery = "http://h/"\nauthentication = "bearer"', "needs secret"),
        ('[a]\nquery = "http://h/"\nauthentication = "bearer"\nsecret = "NEVER_SET"', "NEVER_SET is not set"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(UsageError, match=told) as error:
        server(tmp_path / "s.toml")
    assert "hunter2" not in str(error.value)


def test_names_that_are_not_there(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no store 'librry'; it has library, other"):
        server(f"{file}#librry")
    with pytest.raises(UsageError, match=r"describes 2 stores; say which, as .*#library"):
        server(file)
    with pytest.raises(UsageError, match="there is no file"):
        server(tmp_path / "none.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        server(tmp_path / "folder.toml")
    for address in ("http://u:hunter2@h/sparql", "http://hunter2@h/sparql"):
        with pytest.raises(UsageError, match="TOML") as error:
            server(address)
        assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("query", "software", "update", "graph_store"),
    [
        ("http://h:7878/query", "Oxigraph/0.5.13", "http://h:7878/update", "http://h:7878/store"),
        ("http://h:8890/sparql", "Virtuoso/07.20", "http://h:8890/sparql", "http://h:8890/sparql-graph-crud"),
        ("http://h:3030/ds/sparql", "Apache Jena Fuseki (4.9)", "http://h:3030/ds/update", "http://h:3030/ds/data"),
        ("http://h:7200/repositories/r", "", "http://h:7200/repositories/r/statements", "http://h:7200/repositories/r/rdf-graphs/service"),
        ("http://h/sparql", "something else", "http://h/sparql", "-"),
    ],
)  # fmt: skip
def test_addresses_that_were_not_said(query: str, software: str, update: str, graph_store: str) -> None:
    found = completed(Server(query), software)
    assert (found.update, found.graph_store) == (update, graph_store)
    said = completed(Server(query, update="http://u/", graph_store="-"), software)
    assert (said.update, said.graph_store) == ("http://u/", "-")


def test_virtuoso_keeps_other_addresses_for_those_with_a_password() -> None:
    found = completed(Server("http://h/sparql", authentication="digest", user="dba", secret="s"), "Virtuoso/7")
    assert (found.update, found.graph_store) == ("http://h/sparql-auth", "http://h/sparql-graph-crud-auth")
