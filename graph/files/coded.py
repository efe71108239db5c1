"""Events under the headings of ACLED and of POLECAT, for tools and habits made for those.

"Like" is meant: nobody of theirs coded these, and what a machine does not know (fatalities, intensity, coordinates) is
empty, never nought. Only what is reported as done is written, unless ``modality`` and ``polarity`` ask for more; the
columns ``modality``, ``polarity`` and ``status`` say which is which.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from graph.files.tables import sheet
from graph.network import chosen_events

if TYPE_CHECKING:
    from graph.store import Store

_OURS = ("modality", "polarity", "status", "confidence", "said_by", "event")
_PRECISION = {"Day": 1, "Week": 2, "Month": 3}


def acled(store: Store, **chosen: Any) -> dict[str, bytes]:
    """Events of the kinds that ACLED codes, and of others none, under its headings (ACLED Codebook).

    ``event_date`` is the first possible day; ``time_precision`` is 1, 2 or 3 for a day, a week or a month, and what is
    vaguer has no row. Which of our types goes where is in ``coded.tsv``; where that does not follow from the type
    alone, ``event_type`` or ``sub_event_type`` is empty. ``notes`` is the sentence.
    """
    kinds = _kinds()
    rows = [_acled(event, kinds[event["type"]]) for event in _events(store, chosen) if event.get("type") in kinds]
    return {"acled.csv": sheet([row for row in rows if row["time_precision"]], [*_ACLED, *_OURS])}


_ACLED = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type", "actor1",
    "actor2", "location", "source", "notes", "fatalities",
)  # fmt: skip


@cache
def _kinds() -> Mapping[str, Mapping[str, str]]:
    text = (resources.files("graph") / "files" / "coded.tsv").read_text("utf-8")
    return {row["type"]: row for row in csv.DictReader(io.StringIO(text), delimiter="\t")}


def _acled(event: Mapping[str, Any], kind: Mapping[str, str]) -> dict[str, Any]:
    first = event.get("first")
    return {
        **_ours(event),
        "event_id_cnty": event["event"],
        "event_date": first,
        "year": first and first[:4],
        "time_precision": _PRECISION.get(event.get("precision", "")) if first else None,
        "disorder_type": kind["disorder"],
        "event_type": kind["event"],
        "sub_event_type": kind["sub"],
        "actor1": event.get("agent"),
        "actor2": event.get("recipient") or event.get("theme"),
        "location": event.get("place"),
        "source": event.get("publisher") or event.get("title"),
        "notes": event.get("sentence"),
    }


def plover(store: Store, **chosen: Any) -> dict[str, bytes]:
    """Events with a PLOVER type under POLECAT's headings (Halterman et al. 2023); Event Mode and Intensity are empty.

    ``Event Date`` is the first possible day, else empty; POLECAT takes the day of publication there, which has a column
    of its own here.
    """
    rows = [_plover(event) for event in _events(store, chosen) if "plover" in event]
    return {"plover.csv": sheet(rows, [*_PLOVER, *_OURS])}


_PLOVER = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Actor Name", "Recipient Name",
    "Placename", "Headline", "Source", "Publication Date", "Event Text",
)  # fmt: skip


def _plover(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_ours(event),
        "Event ID": event["event"],
        "Event Date": event.get("first"),
        "Event Type": event["plover"],
        "Quad Code": (event.get("quad") or "").upper(),
        "Actor Name": event.get("agent"),
        "Recipient Name": event.get("recipient") or event.get("theme"),
        "Placename": event.get("place"),
        "Headline": event.get("title"),
        "Source": event.get("publisher"),
        "Publication Date": event.get("published_first") if event.get("published_basis") == "Explicit" else None,
        "Event Text": event.get("sentence"),
    }


def _ours(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: event.get(name) for name in _OURS}


def _events(store: Store, chosen: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    return chosen_events(store, **chosen)
