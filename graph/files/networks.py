"""A network as GraphML, as GEXF with time, as two sheets, and as files for Neo4j's import.

The network is *interaction*, with what is reported as done alone, unless ``view`` and filters say otherwise.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import networkx as nx

from graph.files.tables import sheet
from graph.network import network

if TYPE_CHECKING:
    from graph.store import Store

# what XML 1.0 cannot hold, https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(store: Store, view: str = "interaction", **chosen: Any) -> dict[str, bytes]:
    """GraphML 1.0 with every attribute of nodes, edges and network. Characters that XML cannot hold become U+FFFD."""
    found = _numbered(network(store, view, **chosen))
    out = io.BytesIO()
    nx.write_graphml(found, out, named_key_ids=True)
    return {"network.graphml": out.getvalue()}


def gexf(store: Store, view: str = "interaction", **chosen: Any) -> dict[str, bytes]:
    """GEXF 1.2: an edge is there from its first to its last possible day. ``type`` is called ``event_type``,
    and the places of the words ``text_begin`` and ``text_end``, for GEXF has other uses for those names.
    """
    found = _numbered(network(store, view, **chosen))
    for _, own in found.nodes(data=True):
        own["label"] = own.pop("name")
        _dated(own)
    for *_, key, edge in found.edges(keys=True, data=True):
        edge.update({"id": key, "label": edge.get("what") or edge.get("type", ""), "event_type": edge.pop("type", "")})
        _dated(edge)
    out = io.BytesIO()
    nx.write_gexf(found, out, version="1.2draft")
    # networkx notes the day of writing; the same network is to give the same bytes
    return {"network.gexf": re.sub(rb' lastmodifieddate="[^"]*"', b"", out.getvalue(), count=1)}


def _dated(own: dict[str, Any]) -> None:
    """GEXF's own start and end are days; the places of the words go by other names."""
    own.update({f"text_{name}": own.pop(name) for name in ("begin", "end") if name in own})
    for name, bound in (("start", "first"), ("end", "last")):
        if bound in own:
            own[name] = own[bound]


def _numbered(found: nx.Graph) -> nx.MultiDiGraph:
    """A copy whose edges have ids of their own, ``e1``, ``e2`` …, and whose text XML can hold."""
    copy = nx.MultiDiGraph(**_clean(found.graph))
    copy.add_nodes_from((node, _clean(own)) for node, own in found.nodes(data=True))
    for number, (source, target, edge) in enumerate(found.edges(data=True), 1):
        copy.add_edge(source, target, key=f"e{number}", **_clean(edge))
    return copy


def _clean(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: _NO_XML.sub("\ufffd", v) if isinstance(v, str) else v for name, v in attributes.items()}


def sheets(store: Store, view: str = "interaction", **chosen: Any) -> dict[str, bytes]:
    """``nodes.csv`` and ``edges.csv``, with a column for each attribute; ``source`` and ``target`` are IRIs."""
    found = network(store, view, **chosen)
    nodes, edges = list(_nodes(found)), list(_edges(found))
    return {
        "nodes.csv": sheet(nodes, _columns(nodes, ["iri", "name", "type"])),
        "edges.csv": sheet(edges, _columns(edges, ["source", "target", "type", "status"])),
    }


def _nodes(found: nx.Graph) -> Iterator[dict[str, Any]]:
    for node, own in found.nodes(data=True):
        yield {"iri": node, **own}


def _edges(found: nx.Graph) -> Iterator[dict[str, Any]]:
    for source, target, edge in found.edges(data=True):
        own = {"publisher" if name == "source" else name: value for name, value in edge.items()}
        yield {"source": source, "target": target, **own}


def _columns(rows: list[dict[str, Any]], first: list[str]) -> list[str]:
    return list(dict.fromkeys([*first, *(name for row in rows for name in row)]))


def neo4j(store: Store, view: str = "interaction", **chosen: Any) -> dict[str, bytes]:
    """``nodes.csv`` and ``relationships.csv`` for ``neo4j-admin database import full --nodes … --relationships …``.

    A relationship that is not done has its status in its type (``PLEDGED_DEPLOYMENT``, ``DID_NOT_HAPPEN_VISIT``), so
    that no question for the deed finds it. Line breaks in text become spaces.
    """
    found = network(store, view, **chosen)
    nodes = [{"iri": node, ":LABEL": _label(own), **own} for node, own in found.nodes(data=True)]
    edges = [
        {":START_ID": edge.pop("source"), ":END_ID": edge.pop("target"), ":TYPE": _relationship(edge), **edge}
        for edge in _edges(found)
    ]
    return {
        "nodes.csv": _import(nodes, ["iri", ":LABEL"], {"iri": "iri:ID"}),
        "relationships.csv": _import(edges, [":START_ID", ":END_ID", ":TYPE"], {}),
    }


def _label(node: dict[str, Any]) -> str:
    """The type of an actor; of an event that it is one, and whether it is done."""
    if node.get("kind") == "Event":
        return _relationship({"type": "Event", "status": node.get("status", "unknown")})
    return str(node.get("type", "Thing"))


def _relationship(edge: dict[str, Any]) -> str:
    status = edge.get("status", "actual")
    if edge.get("polarity") == "Negative" and "status" not in edge:
        status = "not"
    words = [] if status == "actual" else [str(status)]
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(edge.get("type") or edge.get("role") or "related"))
    return re.sub(r"\W+", "_", "_".join([*words, kind])).upper()


def _import(rows: list[dict[str, Any]], first: list[str], names: dict[str, str]) -> bytes:
    columns = _columns(rows, first)
    headed = {name: names.get(name) or _header(name, rows) for name in columns}
    plain = ({headed[n]: " ".join(v.split()) if isinstance(v, str) else v for n, v in row.items()} for row in rows)
    return sheet(plain, list(headed.values()), safe=False)


def _header(name: str, rows: list[dict[str, Any]]) -> str:
    """The name with Neo4j's type, where it is other than text."""
    kinds = {type(row[name]) for row in rows if name in row}
    known = ((bool, "boolean"), (int, "long"), (float, "double"))
    suffix = next((f":{called}" for kind, called in known if kinds == {kind}), "")
    return name if name.startswith(":") else f"{name}{suffix}"
