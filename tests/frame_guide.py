"""Writes ``docs/frames.md``: the frames and their columns.

``python -m tests.frame_guide`` writes it anew; a test tells when that is due.
"""

from __future__ import annotations

from pathlib import Path

from graph import frames

GUIDE = Path(__file__).parent.parent / "docs" / "frames.md"
HEAD = """# Frames

`kg.events()`, `kg.claims()` and their like give pandas frames: one row is one thing, and the columns below keep their
names and meanings. IRIs join them: `kg.roles().merge(kg.events(), on="event")`.

| kind | pandas | Arrow, Parquet | what is missing |
| --- | --- | --- | --- |
| iri, text | `string` | string | `<NA>` |
| kind | `category` | dictionary of string | `NaN` |
| day | `datetime64[s]`, at midnight | date32 | `NaT`: open or unknown |
| figure | `Float64` | double | `<NA>` |
| number | `Int64` | int64 | `<NA>` |
| truth | `boolean` | bool | `<NA>` |

- **A row tells what an article reports**, not what is so. Take `status == "actual"` for what is reported as done; what
  is pledged, planned, demanded or denied has a status of its own, and the figures in it have the same.
- **A promise that was made** is an event that happened, of type `Pledge` and status `actual`; what it promises is
  another row, with status `pledged`. Leave the first out where you count deeds: `type != "Pledge"`.
- **A time is a period**: it begins on `first` or later and ends on `last` or earlier, both included. When an article
  appeared is another thing, and has bounds of its own.
- **Confidence** says how sure the reader is that the text says this, not how true it is.
- The order of the rows follows from the articles alone: by article, then by place in its text.

`kg.events(arrow=True)` is the same as a pyarrow Table; `kg.export("parquet", "folder")` writes each frame to a file.
`kg.sql("SELECT agent, count(*) FROM events WHERE status = 'actual' GROUP BY agent")` asks DuckDB; the frames are its
tables, loaded when first named and kept until the graph changes. It reads one SELECT, no files and no network.
Arrow, Parquet and SQL need `pip install 'whodid[notebook]'`.

The frames of a large store (100 MB or more on disk) are kept in its folder, in `tables/`, until the store changes. They
are made when first asked for, and at the end of `whodid build` and `whodid load` where the store has grown by a tenth.
`kg.events()` of 101,664 events (9.6 million quads) takes 0.5 s when kept, in a new process, SQL over them 0.4 s; made,
10.3 s, and all ten frames 34 s (`python -m tests.bench_network --only alone --quads 9500000`; two cores, load average
2).
"""
TITLES = {
    "events": "what happened, was promised, planned, denied …, one row an event as one article reports it",
    "roles": "what fills the parts of an event, one row for each event, role and filler",
    "claims": "who said what, one row a statement",
    "entities": "people, bodies, places, posts and things, one row each",
    "actors": "the entities that can act",
    "pledges": "promises, one row each",
    "quantities": "figures, one row for each figure in each event",
    "mentions": "stretches of text that stand for something, one row each",
    "relations": "ties between entities, one row each as one article states it",
    "documents": "articles, one row each",
}


def guide() -> str:
    return "\n".join([HEAD, *(section(name) for name in frames.columns())])


def section(name: str) -> str:
    lines = [f"| `{column.name}` | {column.kind} | {column.meaning} |" for column in frames.columns()[name]]
    return "\n".join(
        [f"## kg.{name}(): {TITLES[name]}", "", "| column | kind | meaning |", "| --- | --- | --- |", *lines, ""]
    )


if __name__ == "__main__":
    GUIDE.write_text(guide(), "utf-8")
