"""Files for other tools: networks, tables, entities, coded events and annotations, each as its tool expects it.

``FORMATS`` names them. Every format holds whether a thing is done, pledged or denied, or leaves out all that is not
done; ``docs/files.md`` says which, and what else a format cannot hold. The same store gives the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph import finding
from graph.errors import UsageError

if TYPE_CHECKING:
    from graph.store import Store

Written = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: what it is for, and the function of ``graph.files`` that gives its bytes by the files' names.

    ``folder`` is true for kinds of several files; ``filtered`` for those that take the filters of a network.
    """

    title: str
    function: str
    folder: bool = False
    filtered: bool = False

    def made(self, store: Store, **chosen: Any) -> Written:
        """The bytes by the names of the files. Modules are loaded when they are needed, for some are heavy."""
        module, _, name = self.function.partition(".")
        return getattr(import_module(f"graph.files.{module}"), name)(store, **chosen)  # type: ignore[no-any-return]


FORMATS: dict[str, Format] = {
    "graphml": Format("a network, for Gephi, yEd, Cytoscape, igraph, networkx", "networks.graphml", filtered=True),
    "gexf": Format("a network with time, for Gephi", "networks.gexf", filtered=True),
    "csv": Format(
        "a network as nodes.csv and edges.csv, for spreadsheets", "networks.sheets", folder=True, filtered=True
    ),
    "neo4j": Format("a network for neo4j-admin database import", "networks.neo4j", folder=True, filtered=True),
    "parquet": Format("every frame, for pandas, DuckDB, Arrow, R", "tables.parquet", folder=True),
    "ftm": Format("FollowTheMoney entities, for OpenAleph and nomenklatura", "ftm.entities"),
    "acled": Format("events of violence and protest under ACLED's headings", "coded.acled", filtered=True),
    "plover": Format("PLOVER-coded events under POLECAT's headings", "coded.plover", filtered=True),
    "annotations": Format("the mentions as W3C Web Annotations", "marks.mentions"),
}


def write(store: Store, name: str, path: str | os.PathLike[str] | None = None, **chosen: Any) -> bytes | None:
    """The store in a format of ``FORMATS``: to a file or folder, else returned where it is one file.

    ``chosen`` are, for networks, ``view`` and the filters of ``network``, for coded events the filters. Raises
    UsageError for an unknown format or filter, for several files without a folder, and for a folder that holds others.
    """
    kind = FORMATS.get(name)
    if kind is None:
        raise UsageError(f"unknown format {name!r}{finding.near(name, FORMATS)}; known: {', '.join(FORMATS)}")
    if chosen and not kind.filtered:
        raise UsageError(f"{name} holds the whole graph and takes no {', '.join(chosen)}")
    if "view" in chosen and kind.function.startswith("coded."):
        raise UsageError(f"{name} holds events, not a network, and takes no view")
    if kind.folder and path is None:
        raise UsageError(f"{name} is several files; say into which folder")
    written = kind.made(store, **chosen)
    if path is None:
        return next(iter(written.values()))
    if kind.folder:
        _into(Path(path), written)
    else:
        Path(path).write_bytes(next(iter(written.values())))
    return None


def _into(folder: Path, written: Written) -> None:
    if folder.is_file():
        raise UsageError(f"{folder} is a file; several files go into a folder")
    folder.mkdir(parents=True, exist_ok=True)
    others = sorted({p.name for p in folder.iterdir()} - set(written))
    if others:
        raise UsageError(f"the folder {folder} holds other things ({', '.join(others[:5])}); name a new one")
    for name, content in written.items():
        (folder / name).write_bytes(content)
