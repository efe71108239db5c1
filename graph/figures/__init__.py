"""Figures to publish, drawn with matplotlib: each takes a knowledge graph, or the table behind it, and gives its axes.

    axes = figures.timeline(kg)                          # drawn at once
    rows = figures.tables.timeline(kg, most=5)           # or: the table first, one row a mark, to look at and to change
    figures.timeline(rows, ax=axes)
    figures.save(axes, "timeline.svg")                   # the same bytes for the same table

What is pledged, planned, asked for, expected, possible or denied never looks like what was done: colour, mark and
hatching say so, and the legend names them. Every figure has a caption: what was counted, how many, from when to when,
and what was left out. An empty table gives an empty figure that says so. See docs/figures.md.
"""

from __future__ import annotations

from graph.figures import tables
from graph.figures.drawing import cooperation, matrix, network, outcomes, places, timeline, voices
from graph.figures.style import save

__all__ = [
    "cooperation",
    "matrix",
    "network",
    "outcomes",
    "places",
    "save",
    "tables",
    "timeline",
    "voices",
]
