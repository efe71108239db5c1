"""The figures: each takes a knowledge graph, or its table, draws into ``ax`` or new axes, and gives these."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from math import cos, log1p, radians, sqrt
from typing import TYPE_CHECKING, Any

from graph.figures import tables
from graph.figures.style import (
    INK,
    LINE,
    QUAD,
    SOFT,
    STATUS,
    axes,
    caption,
    empty,
    legend,
    needed,
    short,
    style,
)
from graph.frames import ARTICLE, optional

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd  # type: ignore[import-untyped]
    from matplotlib.axes import Axes

    from graph.knowledge import KnowledgeGraph

Source = Any
"""A KnowledgeGraph, or the table behind the figure."""


def timeline(source: KnowledgeGraph | pd.DataFrame, ax: Axes | None = None, *, title: str = "", **choices: Any) -> Axes:
    """Dated events in lanes, one an actor; a bar is a period that an event falls into, a mark its middle.

    Events of one kind, status and period are one mark with their number; "(said)" stands where an article gives
    somebody's word for them (``said_by``), not its own.

    ``choices`` are those of ``tables.timeline``.
    """
    rows = _rows(source, tables.timeline, choices, "actor", "type", "status", "first", "last")
    title = title or "Who did what when"
    with style():
        if rows.empty:
            return empty(axes(ax, 9, 2), rows, title)
        lanes = _lanes(rows)
        height = sum(len(lane) for lane in lanes.values())
        ax = axes(ax, 9, 1.6 + 0.34 * height)
        _draw_lanes(ax, lanes)
        present = [look for status, look in STATUS.items() if (rows["status"] == status).any()]
        legend(ax, present, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, borderaxespad=0.2, handletextpad=0.3)
        ax.set_title(title, pad=14 + 16 * -(-len(present) // 4))
        caption(ax, rows)
        return ax


def _lanes(rows: pd.DataFrame) -> dict[str, list[list[dict[str, Any]]]]:
    """For each actor, those with most events first, rows in which no two events stand in each other's way."""
    first, last = rows["first"].min(), rows["last"].max()
    room = max((last - first).days, 30) * 0.16
    lanes: dict[str, list[list[dict[str, Any]]]] = defaultdict(list)
    tally = rows["actor"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    for actor in tally.index:
        own = rows[rows["actor"] == actor]
        own = own.assign(said=own["said_by"].fillna(ARTICLE) != ARTICLE if "said_by" in own else False)
        alike = (
            own.groupby(["first", "last", "type", "status", "said"], observed=True).size().rename("times").reset_index()
        )
        for event in alike.to_dict("records"):
            _place(lanes[str(actor)], event, room)
    return dict(lanes)


def _place(lane: list[list[dict[str, Any]]], event: dict[str, Any], room: float) -> None:
    for row in lane:
        if (event["first"] - row[-1]["last"]).days > room:
            row.append(event)
            return
    lane.append([event])


def _draw_lanes(ax: Any, lanes: dict[str, list[list[dict[str, Any]]]]) -> None:
    at, ticks = 0.0, []
    for actor, lane in lanes.items():
        ticks.append((at + (len(lane) - 1) / 2, short(actor, 28)))
        for row in lane:
            for event in row:
                _draw_event(ax, event, at)
            at += 1
        ax.axhline(at - 0.5, color=LINE, linewidth=0.8, zorder=0)
    ax.set_yticks([y for y, _ in ticks], [name for _, name in ticks])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(at - 0.5, -0.5)
    ax.spines["left"].set_visible(False)
    ax.margins(x=0.03)
    left, right = ax.get_xlim()
    ax.set_xlim(left, right + (right - left) * 0.13)
    _days(ax)


def _draw_event(ax: Any, event: dict[str, Any], y: float) -> None:
    look = STATUS[str(event["status"])]
    first, last = event["first"], event["last"]
    if last > first:
        ax.plot([first, last], [y, y], color=look.colour, linewidth=3, alpha=0.35, solid_capstyle="butt", zorder=2)
    middle = first + (last - first) / 2
    _mark(ax, middle, y, look)
    times = f" ×{event['times']}" if event["times"] > 1 else ""
    words = f"{short(event['type'], 22)}{times}{' (said)' if event['said'] else ''}"
    ax.annotate(
        words, (last if last > first else middle, y), xytext=(7, 0), textcoords="offset points",
        va="center", fontsize=7.5, color=look.colour, zorder=4,
    )  # fmt: skip


def _mark(ax: Any, x: Any, y: float, look: Any, size: float = 7.5) -> None:
    face = look.colour if look.filled else "white"
    ax.plot(
        [x], [y], linestyle="", marker=look.mark, markersize=size, color=look.colour, markerfacecolor=face,
        markeredgewidth=1.4, zorder=5,
    )  # fmt: skip


def _days(ax: Any) -> None:
    dates = optional("matplotlib.dates")
    locator = dates.AutoDateLocator(minticks=3, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, show_offset=False))
    ax.tick_params(axis="x", labelsize=8.5)


def matrix(source: KnowledgeGraph | pd.DataFrame, ax: Axes | None = None, *, title: str = "", **choices: Any) -> Axes:
    """Who does what: actors by type of event, darker for more done; in brackets how many are not reported as done.

    ``choices`` are those of ``tables.matrix``.
    """
    rows = _rows(source, tables.matrix, choices, "actor", "type", "done", "other")
    title = title or "Who does what"
    with style():
        if rows.empty:
            return empty(axes(ax, 7, 2), rows, title)
        total = rows.assign(all=rows["done"] + rows["other"])
        actors, types = (_by_weight(total, name) for name in ("actor", "type"))
        ax = axes(ax, 2.6 + 0.62 * len(types), 2.0 + 0.36 * len(actors))
        _draw_matrix(ax, total, actors, types)
        ax.set_title(title)
        caption(ax, rows, 12)
        return ax


def _by_weight(rows: pd.DataFrame, column: str) -> list[str]:
    tally = rows.groupby(column)["all"].sum().sort_index()
    return [str(name) for name in tally.sort_values(ascending=False, kind="stable").index]


def _draw_matrix(ax: Any, total: pd.DataFrame, actors: list[str], types: list[str]) -> None:
    cells = {(str(r["actor"]), str(r["type"])): (int(r["done"]), int(r["other"])) for r in total.to_dict("records")}
    most = max(max(done for done, _ in cells.values()), 1)
    paint = optional("matplotlib.colors").LinearSegmentedColormap.from_list("whodid", ["#eef3f9", "#0b3a66"])
    patch = optional("matplotlib.patches").Rectangle
    for (actor, kind), (done, other) in cells.items():
        x, y = types.index(kind), actors.index(actor)
        shade = log1p(done) / log1p(most)
        face, edge = (paint(shade), "none") if done else ("white", "#8795a8")
        ax.add_patch(
            patch((x - 0.47, y - 0.44), 0.94, 0.88, facecolor=face, edgecolor=edge, linewidth=0.9, linestyle="--")
        )
        words = f"{done}" if not other else f"({other})" if not done else f"{done} ({other})"
        ax.text(x, y, words, ha="center", va="center", fontsize=8.5, color="white" if done and shade > 0.45 else INK)
    ax.set_xlim(-0.5, len(types) - 0.5)
    ax.set_ylim(len(actors) - 0.5, -0.5)
    ax.set_xticks(
        range(len(types)), [short(name, 26) for name in types], rotation=40, ha="left", rotation_mode="anchor"
    )
    ax.set_yticks(range(len(actors)), [short(name, 30) for name in actors])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.tick_params(axis="x", colors=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)


def network(
    source: KnowledgeGraph | pd.DataFrame | nx.MultiDiGraph, ax: Axes | None = None, *, title: str = "", **choices: Any
) -> Axes:
    """Who is tied to whom by events: arrows from doer to other, broad for many; broken where none is reported as done.

    Blue where those done are cooperation more often than conflict, by PLOVER's quads, orange where they are conflict,
    grey where neither. Actors with a name are full circles. Where they stand means nothing but that tied ones are near.
    A network that ``kg.network`` gave is drawn whole. ``choices`` are those of ``tables.network``.
    """
    columns = ("source", "target", "source_name", "target_name", "done", "other", "cooperation", "conflict")
    chosen = tables.ties(source) if hasattr(source, "nodes") else source
    rows = _rows(chosen, tables.network, choices, *columns)
    title = title or "Who is tied to whom"
    with style():
        if rows.empty:
            return empty(axes(ax, 7, 2), rows, title)
        ax = axes(ax, 9, 7)
        spots, sizes, names = _laid_out(rows)
        for tie in rows.to_dict("records"):
            _draw_tie(ax, tie, spots, sizes)
        for end, (x, y) in spots.items():
            face = "#c3d3e6" if "/id/" in end else "white"
            ax.plot([x], [y], "o", markersize=sizes[end], color=face, markeredgecolor=INK, markeredgewidth=1, zorder=3)
        ax.set_axis_off()
        ax.margins(0.1)
        _names(ax, [(names[end], *spots[end], sizes[end] / 2) for end in spots], "durlUD")
        ax.set_title(title)
        _tie_legend(ax)
        caption(ax, rows, 26)
        return ax


Spot = tuple[float, float]


def _laid_out(rows: pd.DataFrame) -> tuple[dict[str, Spot], dict[str, float], dict[str, str]]:
    """Where each end stands, how large it is, and its name; what is not tied together stands apart, side by side."""
    import networkx

    drawn = networkx.Graph()
    weight: dict[str, int] = defaultdict(int)
    names: dict[str, str] = {}
    for tie in rows.sort_values(["source", "target"]).to_dict("records"):
        for end in ("source", "target"):
            weight[str(tie[end])] += int(tie["done"]) + int(tie["other"])
            names[str(tie[end])] = str(tie[f"{end}_name"])
        drawn.add_edge(str(tie["source"]), str(tie["target"]))
    parts = sorted((sorted(part) for part in networkx.connected_components(drawn)), key=lambda part: (-len(part), part))
    spots = _side_by_side([_placed(networkx, drawn.subgraph(part)) for part in parts])
    return spots, {end: 7 + 4 * log1p(number) for end, number in weight.items()}, names


def _placed(networkx: Any, part: Any) -> dict[str, Spot]:
    """The ends of one part between -1 and 1: by their distances (Kamada and Kawai 1989), then pushed apart
    (Fruchterman and Reingold 1991) and stretched, so that those about a hub have room."""
    first = networkx.kamada_kawai_layout(part)
    loose = networkx.spring_layout(part, pos=first, k=2.2 / sqrt(len(part)), iterations=60, seed=7, weight=None)
    wide = _stretched([float(x) for x, _ in loose.values()])
    tall = _stretched([float(y) for _, y in loose.values()])
    return {str(end): spot for end, spot in zip(loose, zip(wide, tall, strict=True), strict=True)}


def _stretched(values: Sequence[float]) -> list[float]:
    """The values from -1 to 1; nought where all are alike."""
    low, high = min(values), max(values)
    return [2 * (value - low) / (high - low) - 1 if high > low else 0.0 for value in values]


def _side_by_side(parts: Sequence[Mapping[str, Sequence[float]]]) -> dict[str, Spot]:
    """Each part in a box as large as it has ends, the boxes in rows as wide as the first two of them."""
    spots: dict[str, Spot] = {}
    x = y = tall = 0.0
    wide = 1.35 * sqrt(sum(map(len, parts)))
    for part in parts:
        side = sqrt(len(part))
        if x and x + side > wide:
            x, y, tall = 0.0, y - tall - 0.9, 0.0
        for end in sorted(part):
            px, py = part[end]
            spots[end] = round(x + side * (float(px) + 1) / 2, 4), round(y - side * (1 - float(py)) / 2, 4)
        x, tall = x + side + 1.2, max(tall, side)
    return spots


def _draw_tie(ax: Any, tie: dict[str, Any], spots: dict[str, tuple[float, float]], sizes: dict[str, float]) -> None:
    colour = SOFT
    if tie["cooperation"] != tie["conflict"]:
        colour = QUAD["material cooperation" if tie["cooperation"] > tie["conflict"] else "material conflict"].colour
    ends = str(tie["source"]), str(tie["target"])
    ax.annotate(
        "", spots[ends[1]], spots[ends[0]],
        arrowprops={
            "arrowstyle": "-|>,head_length=0.5,head_width=0.22", "color": colour, "connectionstyle": "arc3,rad=0.12",
            "linewidth": 0.9 + 0.8 * log1p(int(tie["done"]) + int(tie["other"])), "alpha": 0.85, "mutation_scale": 14,
            "linestyle": "-" if tie["done"] else (0, (4, 3)),
            "shrinkA": sizes[ends[0]] / 2 + 1, "shrinkB": sizes[ends[1]] / 2 + 1,
        }, zorder=2,
    )  # fmt: skip


def _names(ax: Any, labels: Sequence[tuple[str, float, float, float]], sides: str, size: float = 8.5) -> None:
    """Names at their places (x, y in data, distance in points), on the first of ``sides`` where they hide no other."""
    halo = optional("matplotlib.patheffects").withStroke(linewidth=2.6, foreground="white")
    ax.figure.draw_without_rendering()
    scale = 72 / ax.figure.dpi
    taken = [_box(float(x) * scale, float(y) * scale, gap, gap) for x, y, gap in _on_paper(ax, labels)]
    for name, x, y, gap in sorted(labels, key=lambda label: (-label[3], label)):
        px, py = (float(v) * scale for v in ax.transData.transform((x, y)))
        half = 0.3 * size * len(short(name, 30))
        ways = [_WAYS[side] for side in sides]
        moved = [(dx * (gap + half + 2), dy * (gap + size * 0.75)) for dx, dy in ways]
        free = (m for m in moved if not _hidden(_box(px + m[0], py + m[1], half, size * 0.6), taken))
        dx, dy = next(free, moved[0])
        taken.append(_box(px + dx, py + dy, half, size * 0.6))
        ax.annotate(
            short(name, 30), (x, y), xytext=(dx, dy), textcoords="offset points", va="center", ha="center",
            fontsize=size, zorder=6, path_effects=[halo], annotation_clip=True,
        )  # fmt: skip


_WAYS = {"r": (1, 0), "l": (-1, 0), "u": (0, 1), "d": (0, -1), "U": (0, 2), "D": (0, -2)}
Box = tuple[float, float, float, float]


def _on_paper(ax: Any, labels: Iterable[tuple[str, float, float, float]]) -> Iterator[tuple[float, float, float]]:
    for _, x, y, gap in labels:
        px, py = ax.transData.transform((x, y))
        yield px, py, gap


def _box(x: float, y: float, half: float, tall: float) -> Box:
    return x - half, y - tall, x + half, y + tall


def _hidden(box: Box, others: Iterable[Box]) -> bool:
    left, low, right, high = box
    return any(left < r and lft < right and low < h and lw < high for lft, lw, r, h in others)


def _tie_legend(ax: Any) -> None:
    line = optional("matplotlib.lines").Line2D
    kinds = (
        ("cooperation", QUAD["material cooperation"].colour, "-"),
        ("conflict", QUAD["material conflict"].colour, "-"),
        ("neither, or both alike", SOFT, "-"),
        ("none reported as done", SOFT, (0, (4, 3))),
    )
    entries = [line([], [], color=colour, linestyle=dashes, linewidth=1.8) for _, colour, dashes in kinds]
    ax.legend(entries, [words for words, _, _ in kinds], loc="upper left", bbox_to_anchor=(0, 0.0), ncols=4)


def voices(source: KnowledgeGraph | pd.DataFrame, ax: Axes | None = None, *, title: str = "", **choices: Any) -> Axes:
    """Who speaks, and what they say of whether it happened: bars of events by status, with how many statements.

    ``choices`` are those of ``tables.voices``.
    """
    rows = _rows(source, tables.voices, choices, "speaker", "status", "events", "statements", "quoted")
    title = title or "Who says what: done, promised, denied"
    with style():
        if rows.empty:
            return empty(axes(ax, 8, 2), rows, title)
        speakers = list(dict.fromkeys(str(name) for name in rows["speaker"]))
        ax = axes(ax, 8, 1.7 + 0.36 * len(speakers))
        ends = _draw_bars(ax, rows, speakers)
        for y, name in enumerate(speakers):
            own = rows[rows["speaker"] == name].iloc[0]
            quoted = f", {int(own['quoted'])} in quotation marks" if own["quoted"] else ""
            number = int(own["statements"])
            words = f"{number} {'statement' if number == 1 else 'statements'}{quoted}"
            ax.annotate(
                words, (ends[name], y), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8, color=SOFT
            )
        ax.set_yticks(range(len(speakers)), [short(name, 30) for name in speakers])
        ax.set_ylim(len(speakers) - 0.5, -0.5)
        ax.margins(x=0.18)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel("events in their statements")
        ax.xaxis.set_major_locator(optional("matplotlib.ticker").MaxNLocator(integer=True))
        present = [look for status, look in STATUS.items() if (rows["status"] == status).any()]
        legend(ax, present, bars=True, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, borderaxespad=0.2)
        ax.set_title(title, pad=14 + 16 * -(-len(present) // 4))
        caption(ax, rows, 40)
        return ax


def _draw_bars(ax: Any, rows: pd.DataFrame, speakers: Sequence[str]) -> dict[str, float]:
    """Stacked bars by status; where each ends."""
    ends = dict.fromkeys(speakers, 0.0)
    for status, look in STATUS.items():
        for row in rows[rows["status"] == status].to_dict("records"):
            name, number = str(row["speaker"]), float(row["events"])
            ax.barh(
                speakers.index(name), number, left=ends[name], height=0.66, hatch=look.hatch, linewidth=0.8,
                color=look.colour if look.filled else "white", edgecolor=look.colour,
            )  # fmt: skip
            ends[name] += number
    return ends


def outcomes(source: KnowledgeGraph | pd.DataFrame, ax: Axes | None = None, *, title: str = "", **choices: Any) -> Axes:
    """Pledges, and the later reports that may be about them: one lane a pledge, by the day of the article.

    An empty triangle is the promise, a full circle a report that such a thing was done, a cross one that it was not. A
    lane that ends in nothing has no later report in these articles, which does not say that the promise was broken.
    ``choices`` are those of ``tables.outcomes``.
    """
    rows = _rows(source, tables.outcomes, choices, "pledge", "who", "pledged", "day", "report", "status")
    title = title or "Pledged, and reported since"
    with style():
        if rows.empty:
            return empty(axes(ax, 9, 2), rows, title)
        pledges = rows[rows["report"].isna()].sort_values(["day", "pledge"]).to_dict("records")
        ax = axes(ax, 9, 1.5 + 0.4 * len(pledges))
        for y, pledge in enumerate(pledges):
            _draw_pledge(ax, pledge, rows[(rows["pledge"] == pledge["pledge"]) & rows["report"].notna()], y)
        labels = [short(f"{p['who']}: {p['pledged']}" if p["pledged"] else f"{p['who']} (pledge)") for p in pledges]
        ax.set_yticks(range(len(pledges)), labels)
        ax.set_ylim(len(pledges) - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.margins(x=0.04)
        _days(ax)
        looks = [
            STATUS["pledged"],
            STATUS["done"]._replace(words="later report: done"),
            STATUS["denied"]._replace(words="later report: not done"),
        ]
        legend(ax, looks, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, borderaxespad=0.2, handletextpad=0.3)
        ax.set_title(title, pad=30)
        caption(ax, rows)
        return ax


def _draw_pledge(ax: Any, pledge: dict[str, Any], reports: pd.DataFrame, y: int) -> None:
    last = max([pledge["day"], *reports["day"]])
    ax.plot([pledge["day"], last], [y, y], color=STATUS["pledged"].colour, linestyle=(0, (4, 3)), linewidth=1, zorder=1)
    _mark(ax, pledge["day"], y, STATUS["pledged"])
    both = set(reports.loc[reports["status"] == "done", "day"]) & set(reports.loc[reports["status"] == "denied", "day"])
    for (day, status), several in reports.groupby(["day", "status"], observed=True):
        at = y + (0.0 if day not in both else -0.2 if status == "done" else 0.2)
        _mark(ax, day, at, STATUS[str(status)])
        shares = sorted({_share(extent) for extent in several.get("extent", ()) if extent})
        many = f"{len(several)}" if len(several) > 1 else ""
        words = "; ".join(shares) + (f" ({many} reports)" if many else "") if shares else many
        if words:
            ax.annotate(words, (day, at), xytext=(6, 3), textcoords="offset points", fontsize=7.5, color=SOFT)


def _share(extent: Any) -> str:
    """``4 of 12`` of ``4 of 12 boats delivered so far``."""
    return " ".join(str(extent).split(" of ", 1)[0].split()[:2]) + " of " + str(extent).split(" of ", 1)[1].split()[0]


def cooperation(
    source: KnowledgeGraph | pd.DataFrame, ax: Axes | None = None, *, title: str = "", **choices: Any
) -> Axes:
    """Cooperation above the line and conflict below it, by PLOVER's quads, over time; only what is reported as done.

    Pledges stand on top of the cooperation, and look like pledges.
    ``choices`` are those of ``tables.cooperation``.
    """
    rows = _rows(source, tables.cooperation, choices, "period", "quad", "events")
    title = title or "Cooperation and conflict"
    with style():
        if rows.empty:
            return empty(axes(ax, 9, 2), rows, title)
        ax = axes(ax, 9, 4)
        width = {"month": 24, "quarter": 76, "year": 300}[rows.attrs.get("per", "month")]
        for signs in (_ABOVE, ("material conflict", "verbal conflict")):
            _draw_stack(ax, rows, signs, width)
        ax.axhline(0, color=INK, linewidth=0.9)
        ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
        ax.yaxis.set_major_locator(optional("matplotlib.ticker").MaxNLocator(integer=True))
        ax.set_ylabel("events")
        for words, y, side in (("cooperation", 1, "top"), ("conflict", 0, "bottom")):
            ax.text(0.005, y, words, transform=ax.transAxes, va=side, fontsize=8.5, color=SOFT)
        ax.spines["bottom"].set_visible(False)
        _days(ax)
        pledged = [STATUS[tables.PLEDGED]] if (rows["quad"] == tables.PLEDGED).any() else []
        looks = [*pledged, *(QUAD[name] for name in tables.QUADS)]
        legend(ax, looks, bars=True, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=5, columnspacing=1.2)
        ax.set_title(title, pad=32)
        caption(ax, rows)
        return ax


_ABOVE = ("material cooperation", "verbal cooperation", tables.PLEDGED)


def _draw_stack(ax: Any, rows: pd.DataFrame, quads: Iterable[str], width: int) -> None:
    height: dict[Any, float] = defaultdict(float)
    for quad in quads:
        look, sign = QUAD.get(quad) or STATUS[quad], 1 if quad in _ABOVE else -1
        for row in rows[rows["quad"] == quad].to_dict("records"):
            number = sign * float(row["events"])
            ax.bar(
                row["period"], number, bottom=height[row["period"]], width=width, align="edge", hatch=look.hatch,
                color="white" if look.hatch else look.colour, edgecolor=look.colour, linewidth=0.8,
            )  # fmt: skip
            height[row["period"]] += number


def places(source: KnowledgeGraph | pd.DataFrame, ax: Axes | None = None, *, title: str = "", **choices: Any) -> Axes:
    """Where it happens: a circle a place, as large as the events told there; empty where none is reported as done.

    The outline is Natural Earth's, in the public domain; an equirectangular map, true to scale in its middle.
    ``choices`` are those of ``tables.places``.
    """
    rows = _rows(source, tables.places, choices, "name", "latitude", "longitude", "done", "other")
    title = title or "Where it happens"
    with style():
        if rows.empty:
            return empty(axes(ax, 8, 2), rows, title)
        ax = axes(ax, 8.5, 5.5)
        land, borders = _outline()
        ax.add_collection(
            optional("matplotlib.collections").PolyCollection(
                land, facecolor="#e9edf2", edgecolor="#c3ccd8", linewidth=0.6
            )
        )
        ax.add_collection(optional("matplotlib.collections").LineCollection(borders, colors="#cbd2dc", linewidths=0.5))
        for spot in rows.sort_values("done", ascending=False, kind="stable").to_dict("records"):
            _draw_spot(ax, spot)
        _extent(ax, rows)
        _names(ax, [_spot_name(spot) for spot in rows.to_dict("records")], "rlduUD")
        ax.set_xticks([])
        ax.set_yticks([])
        for spine in ax.spines.values():
            spine.set(visible=True, color=LINE)
        ax.set_title(title)
        caption(ax, rows, 8)
        return ax


def _draw_spot(ax: Any, spot: dict[str, Any]) -> None:
    number = int(spot["done"]) + int(spot["other"])
    x, y, colour = float(spot["longitude"]), float(spot["latitude"]), "#00795a"
    ax.scatter(
        [x],
        [y],
        s=40 + 45 * number,
        facecolor=colour if spot["done"] else "white",
        alpha=0.75,
        edgecolor=colour,
        zorder=3,
    )


def _spot_name(spot: dict[str, Any]) -> tuple[str, float, float, float]:
    number = int(spot["done"]) + int(spot["other"])
    return (
        f"{short(spot['name'], 24)} ({number})",
        float(spot["longitude"]),
        float(spot["latitude"]),
        2 + 3 * sqrt(number),
    )


def _extent(ax: Any, rows: pd.DataFrame) -> None:
    """All places with a margin, fifteen degrees at least; in the middle a degree is as long north as east."""
    spans = []
    for column in ("longitude", "latitude"):
        low, high = float(rows[column].min()), float(rows[column].max())
        half = max((high - low) * 0.65, 7.5)
        spans.append(((low + high) / 2, half))
    (x, wide), (y, tall) = spans
    wide, tall = max(wide, tall * 1.5), max(tall, wide / 2.2)
    ax.set_xlim(max(x - wide, -180), min(x + wide, 180))
    ax.set_ylim(max(y - tall, -90), min(y + tall, 90))
    ax.set_aspect(1 / max(cos(radians(y)), 0.2))


@cache
def _outline() -> tuple[list[list[tuple[float, float]]], list[list[tuple[float, float]]]]:
    """Land and borders in degrees; the file has steps in fiftieths of one, from one point to the next."""
    held = json.loads((resources.files("graph.explorer") / "outline.json").read_text("utf-8"))
    return tuple([_unpacked(line, held["perDegree"]) for line in held[name]] for name in ("land", "borders"))  # type: ignore[return-value]


def _unpacked(steps: Sequence[int], per_degree: float) -> list[tuple[float, float]]:
    x = y = 0
    points = []
    for at in range(0, len(steps), 2):
        x, y = x + steps[at], y + steps[at + 1]
        points.append((x / per_degree, y / per_degree))
    return points


def _rows(source: Source, table: Callable[..., pd.DataFrame], choices: dict[str, Any], *columns: str) -> pd.DataFrame:
    """The table as it is given, or made of the graph with these choices."""
    if hasattr(source, "columns"):
        if choices:
            from graph.errors import UsageError

            raise UsageError(f"{', '.join(choices)}: what a table holds is chosen when it is made")
        return needed(source, *columns)
    return table(source, **choices)
