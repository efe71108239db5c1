"""How figures look: colours that the colour-blind can tell apart, a mark and a hatching for each status, captions.

Colours are those of the explorer; each status differs from the others in its mark and hatching too, so that a figure
can be read in grey.
"""

from __future__ import annotations

import os
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.errors import UsageError
from graph.frames import optional

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    from matplotlib.axes import Axes

INK, SOFT, LINE = "#16202c", "#4d5968", "#d9dee6"


class Look(NamedTuple):
    """How one status, or one quad, is drawn."""

    words: str
    colour: str
    mark: str
    hatch: str
    filled: bool = True


STATUS: Mapping[str, Look] = {
    "done": Look("reported as done", "#44505f", "o", ""),
    "pledged": Look("pledged", "#0067a5", "^", "////", False),
    "planned": Look("planned", "#00795a", "s", "....", False),
    "requested": Look("asked for", "#9a7200", "D", "\\\\\\\\", False),
    "predicted": Look("expected", "#7c52a8", "v", "----", False),
    "hypothetical": Look("only possible", "#7b8794", "p", "++++", False),
    "denied": Look("did not happen, or is denied", "#b3261e", "X", "xxxx", False),
}
QUAD: Mapping[str, Look] = {
    "material cooperation": Look("material cooperation", "#0067a5", "o", ""),
    "verbal cooperation": Look("verbal cooperation", "#7fb8e0", "o", "...."),
    "verbal conflict": Look("verbal conflict", "#f0a875", "o", "\\\\\\\\"),
    "material conflict": Look("material conflict", "#c8500a", "o", ""),
}
FONTS = (
    "DejaVu Sans", "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans Arabic", "Noto Sans Hebrew",
    "Noto Sans Devanagari", "WenQuanYi Micro Hei", "Arial Unicode MS", "PingFang SC", "Microsoft YaHei", "SimHei",
)  # fmt: skip
LONGEST = 42


@cache
def _fonts() -> tuple[str, ...]:
    """Those of FONTS that are here: a name that the first has no letters for is written with a later one."""
    here = set(optional("matplotlib.font_manager").get_font_names())
    return tuple(font for font in FONTS if font in here) or ("sans-serif",)


@contextmanager
def style() -> Iterator[None]:
    """Figures made inside have our look. Texts are never read as formulas, whatever signs of money they hold."""
    matplotlib = optional("matplotlib")
    # a notebook's backend changes settings when it is first used: before ours begin, or ours would take them back
    optional("matplotlib.pyplot").draw_if_interactive()
    with matplotlib.rc_context(
        {
            "font.family": list(_fonts()),
            "font.size": 9.5,
            "text.color": INK,
            "text.parse_math": False,
            "axes.edgecolor": SOFT,
            "axes.labelcolor": SOFT,
            "axes.linewidth": 0.8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 12,
            "axes.titleweight": "bold",
            "axes.titlepad": 12,
            "xtick.color": SOFT,
            "ytick.color": INK,
            "hatch.linewidth": 0.7,
            "legend.frameon": False,
            "legend.fontsize": 8.5,
            "figure.dpi": 100,
        }
    ):
        yield


def axes(ax: Axes | None, width: float, height: float) -> Axes:
    """The given axes, else new ones in a figure of so many inches."""
    if ax is not None:
        return ax
    pyplot = optional("matplotlib.pyplot")
    made: Axes = pyplot.subplots(figsize=(width, height), layout="constrained")[1]
    return made


def short(words: object, longest: int = LONGEST) -> str:
    """Words for a label: on one line, without control signs, cut with an ellipsis."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(words))
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def caption(ax: Any, rows: pd.DataFrame, below: float = 30) -> None:
    """The table's caption under the axes, ``below`` points under them; else how many rows there are."""
    words = rows.attrs.get("caption") or f"{len(rows):,} rows."
    ax.figure.draw_without_rendering()
    wide = ax.get_window_extent().width / ax.figure.dpi * 72 / 4.4
    ax.annotate(
        "\n".join(textwrap.wrap(words, max(int(wide), 40))),
        (0, 0), xycoords="axes fraction", xytext=(0, -below), textcoords="offset points",
        va="top", ha="left", fontsize=8, color=SOFT, gid="caption",
    )  # fmt: skip


def empty(ax: Axes, rows: pd.DataFrame, title: str) -> Axes:
    """Axes that say that there is nothing to draw, and why."""
    ax.set_title(title)
    ax.set_axis_off()
    ax.text(0.5, 0.5, "Nothing to draw", transform=ax.transAxes, ha="center", va="center", color=SOFT, fontsize=11)
    caption(ax, rows, 6)
    return ax


def legend(ax: Any, looks: Sequence[Look], *, bars: bool = False, **place: Any) -> None:
    """The looks with their words; ``bars`` as patches with hatching, else as marks."""
    lines, patches = optional("matplotlib.lines"), optional("matplotlib.patches")
    entries = [
        patches.Patch(facecolor=look.colour if not look.hatch else "white", edgecolor=look.colour, hatch=look.hatch)
        if bars
        else lines.Line2D(
            [], [], color=look.colour, marker=look.mark, linestyle="", markersize=7,
            markerfacecolor=look.colour if look.filled else "white", markeredgewidth=1.4,
        )
        for look in looks
    ]  # fmt: skip
    ax.legend(entries, [look.words for look in looks], **place)


def needed(rows: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table, if it has what the figure needs. Raises UsageError for a column that is missing."""
    missing = [name for name in columns if name not in rows.columns]
    if missing:
        raise UsageError(f"this figure's table lacks the column {', '.join(missing)}; it needs {', '.join(columns)}")
    return rows


def save(ax: Any, path: str | os.PathLike[str], *, dpi: int = 200) -> None:
    """Axes, or a figure, into a file: ``.svg``, ``.pdf`` or ``.png``; the same figure gives the same bytes.

    Raises UsageError for another ending, and where the file cannot be written.
    """
    matplotlib, figure = optional("matplotlib"), getattr(ax, "figure", ax)
    ending = os.fspath(path).rpartition(".")[2].lower()
    silent: dict[str, dict[str, None]] = {
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
        "png": {"Software": None},
    }
    if ending not in silent:
        raise UsageError(f"{os.fspath(path)}: a figure is saved as .svg, .pdf or .png")
    with matplotlib.rc_context({"svg.hashsalt": "whodid", "svg.fonttype": "path"}):
        try:
            figure.savefig(
                path, metadata=silent[ending], bbox_inches="tight", pad_inches=0.15, dpi=dpi, facecolor="white"
            )
        except OSError as error:
            raise UsageError(f"{os.fspath(path)} cannot be written: {error.strerror}") from error
