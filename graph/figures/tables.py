"""The tables behind the figures: pandas frames, tidy, one row one mark, with the caption in ``attrs["caption"]``.

A table may be filtered and given to its figure; where it has lost its caption, the figure counts its rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from graph import frames
from graph.errors import UsageError
from graph.explorer import places as places_known
from graph.outcomes import outcomes as found_outcomes
from graph.vocabulary import STATUSES, status

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd  # type: ignore[import-untyped]

    from graph.knowledge import KnowledgeGraph

QUADS = ("material cooperation", "verbal cooperation", "verbal conflict", "material conflict")
ASIDE = ("Statement", "Announcement", "State")
"""Kinds of events that say little of who did what; the timeline and the matrix leave them out."""
DOERS = ("agent", "coAgent")
OTHERS = ("recipient", "theme", "coAgent")
PLEDGED = "pledged"
PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}


def timeline(
    kg: KnowledgeGraph,
    *,
    most: int = 8,
    each: int = 12,
    since: dt.date | str | None = None,
    until: dt.date | str | None = None,
) -> pd.DataFrame:
    """Dated events in the lanes of the ``most`` actors who have most of them, from ``since`` to ``until``.

    Of each actor the ``each`` events that the reader is surest of; of those as sure the earliest.

    Columns: ``actor``, ``event``, ``what``, ``type``, ``status``, ``first`` and ``last`` (the days that it may have
    been on, both included; where one is open it is the other), ``said_by``, ``document``. An event of two actors is in
    both lanes. Statements and states are left out. Raises UsageError for a day that is none.
    """
    several = _several(kg, "events", "roles", "documents")
    events = _told(several["events"])
    dated = events[events["first"].notna() | events["last"].notna()]
    dated = dated.assign(first=dated["first"].fillna(dated["last"]), last=dated["last"].fillna(dated["first"]))
    within = _within(dated, _day(since, "since"), _day(until, "until"))
    lanes = _named(several["roles"]).merge(within, on="event").drop_duplicates(["actor", "event"])
    lanes = lanes[lanes["actor"].isin(_top(lanes, "actor", most))]
    surest = lanes.sort_values(["confidence", "first", "event"], ascending=[False, True, True]).groupby("actor")
    left = lanes["event"].nunique()
    lanes = surest.head(max(each, 1)).sort_values(["first", "last", "actor", "event"])
    columns = ["actor", "event", "what", "type", "status", "first", "last", "said_by", "document"]
    shown, undated = lanes["event"].nunique(), len(events) - len(dated)
    of = f" of {left:,}" if left > shown else ""
    return _captioned(
        lanes[columns],
        f"{shown:,}{of} {'event' if left == 1 else 'events'} with a day, "
        f"of the {_n(lanes['actor'].nunique(), 'actor')} named most; "
        f"{undated:,} without a day are not shown. (said): on somebody's word, not the article's own. "
        f"{_from(several['documents'])}",
    )


def matrix(kg: KnowledgeGraph, *, actors: int = 12, types: int = 12) -> pd.DataFrame:
    """How many events of which type have an actor as their doer, with and without what is not reported as done.

    Columns: ``actor``, ``type``, ``done``, ``other`` (pledged, planned, asked for, expected, possible or denied); only
    the ``actors`` who do most and the ``types`` that are most frequent.
    """
    several = _several(kg, "events", "roles", "documents")
    roles = several["roles"]
    done_by = _named(roles[roles["role"].isin(DOERS)]).merge(_told(several["events"]), on="event")
    done_by = done_by.drop_duplicates(["actor", "event"])
    kept = done_by[done_by["actor"].isin(_top(done_by, "actor", actors))]
    kept = kept[kept["type"].isin(_top(kept, "type", types))]
    tally = kept.assign(done=kept["status"] == "done", other=kept["status"] != "done")
    table = tally.groupby(["actor", "type"], observed=True)[["done", "other"]].sum().reset_index()
    return _captioned(
        table.astype({"actor": "string", "type": "string"}),
        f"{_n(kept['event'].nunique(), 'event')} by doer and type; in brackets those that are not reported as done. "
        f"{_from(several['documents'])}",
    )


def network(kg: KnowledgeGraph, *, most: int = 25, unnamed: bool = True) -> pd.DataFrame:
    """Who does something to, for or with whom, among ``most`` actors: the ends of those ties that rest on most events.

    Columns: ``source``, ``target`` (IRIs), ``source_name``, ``target_name``, ``done``, ``other`` (events that are not
    reported as done), ``cooperation``, ``conflict`` (by PLOVER's quads, of those done). One end at least has a name;
    with ``unnamed=False`` both have. An event of two doers and one other is a tie of each of the two.
    """
    several = _several(kg, "events", "roles", "documents")
    roles = several["roles"]
    roles = roles[roles["actor"].fillna(False).astype(bool)]
    pairs = roles[roles["role"].isin(DOERS)].merge(roles[roles["role"].isin(OTHERS)], on="event", suffixes=("", "_to"))
    pairs = pairs[pairs["filler"] != pairs["filler_to"]].drop_duplicates(["event", "filler", "filler_to"])
    has_name = [pairs[end].str.contains("/id/", regex=False) for end in ("filler", "filler_to")]
    pairs = pairs[has_name[0] | has_name[1] if unnamed else has_name[0] & has_name[1]]
    ends = {"filler": "source", "filler_to": "target", "name": "source_name", "name_to": "target_name"}
    table = _ties(pairs[["event", *ends]].rename(columns=ends).merge(_told(several["events"]), on="event"))
    kept = _most_tied(table, most)
    table = table[table["source"].isin(kept) & table["target"].isin(kept)].reset_index(drop=True)
    total = int(table[["done", "other"]].to_numpy().sum())
    return _captioned(
        table,
        f"{_n(len({*table['source'], *table['target']}), 'actor')}, {_n(total, 'tie')} by events, "
        f"{int(table['done'].sum()):,} of them "
        f"reported as done. {_from(several['documents'])}",
    )


def ties(whole: nx.MultiDiGraph) -> pd.DataFrame:
    """The table of ``figures.network``, of an *interaction* network that was chosen with ``kg.network``."""
    import pandas as pd

    about = ("modality", "polarity", "type", "quad")
    edges = [
        {"source": source, "target": target, **{name: edge.get(name, "") for name in about}}
        for source, target, edge in whole.edges(data=True)
    ]
    table = pd.DataFrame(edges, columns=["source", "target", *about], dtype="string")
    names = {node: str(known.get("name", node)) for node, known in whole.nodes(data=True)}
    named = {f"{end}_name": table[end].map(names).astype("string") for end in ("source", "target")}
    counted = _ties(table.assign(**named, status=_statuses(table)))
    actors = len({*counted["source"], *counted["target"]})
    chosen = f"{_n(actors, 'actor')}, {_n(len(table), 'tie')} by events, {int(counted['done'].sum()):,} of them"
    return _captioned(counted, f"{chosen} reported as done. Chosen: {whole.graph.get('filters', 'all')}.")


def _ties(ties: pd.DataFrame) -> pd.DataFrame:
    done, quad = ties["status"] == "done", ties["quad"].astype("string").fillna("")
    flags = {"done": done, "other": ~done, "cooperation": done & quad.str.endswith("cooperation")}
    flags["conflict"] = done & quad.str.endswith("conflict")
    ends = ["source", "target", "source_name", "target_name"]
    return ties.assign(**flags).groupby(ends)[list(flags)].sum().reset_index().sort_values(ends)


def _most_tied(table: pd.DataFrame, most: int) -> set[str]:
    """The ends of the heaviest ties, as many as asked for; of ties as heavy those whose ends are tied most."""
    if most < 2:
        raise UsageError(f"{most} is no number of actors to tie; ask for two or more")
    weight = table["done"] + table["other"]
    ends = {end: weight.groupby(table[end]).sum() for end in ("source", "target")}
    both = table["source"].map(ends["source"]) + table["target"].map(ends["target"])
    order = table.assign(weight=weight, both=both).sort_values(
        ["weight", "both", "source", "target"], ascending=[False, False, True, True]
    )
    kept: dict[str, None] = {}
    for source, target in zip(order["source"], order["target"], strict=True):
        if len(kept | dict.fromkeys((source, target))) <= most:
            kept |= dict.fromkeys((source, target))
    return set(kept)


def voices(kg: KnowledgeGraph, *, most: int = 10) -> pd.DataFrame:
    """What those who speak most say of whether it happened.

    Columns: ``speaker``, ``status`` (of the events in their statements), ``events``; and for the speaker as a whole
    ``statements`` and ``quoted`` (statements wholly in quotation marks).
    """
    several = _several(kg, "claims", "events", "documents")
    claims = several["claims"].dropna(subset=["said_by"])
    per = claims.groupby("said_by").agg(
        statements=("claim", "nunique"), quoted=("form", lambda f: int((f == "Direct").sum()))
    )
    per = per.sort_values("statements", ascending=False, kind="stable").head(most)
    events = _told(several["events"], aside=("Statement", "Announcement"))
    told = claims[["claim", "said_by"]].merge(events[["claim", "event", "status"]], on="claim")
    tally = told.groupby(["said_by", "status"], observed=True)["event"].nunique().rename("events").reset_index()
    table = per.reset_index().merge(tally, on="said_by", how="left").rename(columns={"said_by": "speaker"})
    table["events"] = table["events"].fillna(0).astype(int)
    return _captioned(
        table[["speaker", "status", "events", "statements", "quoted"]],
        f"{_n(int(per['statements'].sum()), 'statement')} of {_n(len(per), 'speaker')}, by the status of the "
        f"{_n(int(table['events'].sum()), 'event')} in them. {_from(several['documents'])}",
    )


def outcomes(kg: KnowledgeGraph, *, most: int = 12) -> pd.DataFrame:
    """Pledges over time, and later reports that may be about them.

    Columns: ``pledge`` (its IRI), ``who``, ``pledged``, ``day`` (that of the article), ``report`` (IRI of the event;
    missing in the row of the pledge itself), ``what``, ``status``, ``why`` (``doer``, ``figure`` or both: see
    ``graph.outcomes``), ``extent`` (``4 of 12 boats delivered so far``, where the report counts what was promised).
    The ``most`` first pledges of dated articles.
    """
    import pandas as pd

    several = _several(kg, "pledges", "events", "documents")
    made = several["pledges"].dropna(subset=["published_first"]).drop_duplicates("pledge")
    made = made.sort_values(["published_first", "pledge"], kind="stable")
    rows = [_pledge_row(row) for row in made.head(most).to_dict("records")]
    what = several["events"].set_index("event")["what"]
    known = {row["pledge"]: row for row in rows}
    rows += [
        {**known[o.pledge], "day": pd.Timestamp(o.issued), "report": o.report, "what": what.get(o.report, ""),
         "status": "denied" if o.status else "done", "why": o.why, "extent": o.extent}
        for o in found_outcomes(kg.store) if o.pledge in known
    ]  # fmt: skip
    columns = ["pledge", "who", "pledged", "day", "report", "what", "status", "why", "extent"]
    table = pd.DataFrame(rows, columns=columns)
    reports = table["report"].dropna().nunique()
    left = len(made) - len(known)
    return _captioned(
        table,
        f"{_n(len(known), 'pledge')}{f' ({left} more are not shown)' if left else ''} and "
        f"{_n(reports, 'later report')} that may be about them, by the day of the article. "
        f"{_from(several['documents'])}",
    )


def _pledge_row(row: Mapping[str, Any]) -> dict[str, Any]:
    import pandas as pd

    def text(name: str) -> str:
        return "" if pd.isna(row[name]) else str(row[name])

    return {
        "pledge": row["pledge"],
        "who": text("agent") or "somebody",
        "pledged": text("pledged"),
        "day": row["published_first"],
        "report": None,
        "what": "",
        "status": "pledged",
        "why": "",
        "extent": "",
    }


def cooperation(kg: KnowledgeGraph, *, per: str = "month") -> pd.DataFrame:
    """How many deeds of PLOVER's four quads there are per ``month``, ``quarter`` or ``year``, and how many pledges.

    Columns: ``period`` (its first day), ``quad`` (``pledged`` for an act of pledging, which is no deed), ``events``.
    Else only what is reported as done; an event without a day is put on the day of its article, and one without either
    is left out. Raises UsageError for another period.
    """
    if per not in PERIODS:
        raise UsageError(f"events are counted per {', '.join(PERIODS)}, not per {per!r}")
    several = _several(kg, "events", "documents")
    events = _told(several["events"], aside=())
    pledges = (events["status"] == PLEDGED) & (events["type"] == "pledge")
    coded = events[((events["status"] == "done") & events["quad"].notna()) | pledges]
    day = coded["first"].fillna(coded["last"]).fillna(coded["published_first"])
    dated = coded.assign(
        period=day.dt.to_period(PERIODS[per]).dt.start_time, quad=coded["quad"].astype("string").mask(pledges, PLEDGED)
    )
    dated = dated[day.notna()]
    table = dated.groupby(["period", "quad"])["event"].nunique().rename("events").reset_index()
    by_article = int((dated["first"].isna() & dated["last"].isna()).sum())
    table.attrs["per"] = per
    promised = int((dated["quad"] == PLEDGED).sum())
    return _captioned(
        table,
        f"{_n(len(dated) - promised, 'deed')} reported as done and {_n(promised, 'pledge')}, per {per}; "
        f"{by_article:,} of them by the day of their article. "
        f"{_from(several['documents'])}",
    )


def places(kg: KnowledgeGraph, *, coordinates: Mapping[str, tuple[float, float]] | None = None) -> pd.DataFrame:
    """Where events are told to be, for the places whose coordinates are known.

    Columns: ``place`` (IRI), ``name``, ``latitude``, ``longitude`` (degrees, WGS 84), ``done``, ``other``.
    ``coordinates`` gives latitude and longitude by name, and goes before those of the graph; where the graph has none,
    countries (at their capital) and cities are known by their names, where these leave no doubt.
    """
    import pandas as pd

    several = _several(kg, "events", "roles", "documents")
    at = several["roles"][several["roles"]["role"] == "place"].merge(_told(several["events"], aside=()), on="event")
    at = at.drop_duplicates(["filler", "event"])
    flagged = at.assign(done=at["status"] == "done", other=at["status"] != "done")
    table = (
        flagged.groupby(["filler", "name"])[["done", "other"]].sum().reset_index().rename(columns={"filler": "place"})
    )
    given = {name: tuple(pair) for name, pair in (coordinates or {}).items()}
    known = {**_located(kg, dict(zip(table["place"], table["name"], strict=True))), **given}
    spots = [known.get(name) or known.get(place) for place, name in zip(table["place"], table["name"], strict=True)]
    table["latitude"] = pd.array([s and s[0] for s in spots], dtype="Float64")
    table["longitude"] = pd.array([s and s[1] for s in spots], dtype="Float64")
    located = table.dropna(subset=["latitude"]).reset_index(drop=True)
    events = int(located[["done", "other"]].to_numpy().sum())
    return _captioned(
        located[["place", "name", "latitude", "longitude", "done", "other"]],
        f"{_n(events, 'event')} at {_n(len(located), 'place')}, in brackets how many; "
        f"{_n(len(table) - len(located), 'place')} without coordinates "
        f"{'is' if len(table) - len(located) == 1 else 'are'} not shown. {_from(several['documents'])}",
    )


def _located(kg: KnowledgeGraph, names: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of places by IRI: as the graph states them, else as the explorer knows them by name."""
    asked = (resources.files("graph.explorer") / "asked" / "coordinates.rq").read_text("utf-8")
    known = {iri: found.point for iri, name in names.items() if "/id/" in iri and (found := places_known.known(name))}
    for row in kg.store.query(asked):
        point = _point(row["latitude"], row["longitude"])
        known |= {str(row["entity"]): point} if point else {}
    return known


def _point(latitude: object, longitude: object) -> tuple[float, float] | None:
    """Degrees, or None for what is no place on Earth."""
    try:
        north, east = float(str(latitude)), float(str(longitude))
    except ValueError:
        return None
    return (north, east) if abs(north) <= 90 and abs(east) <= 180 else None


# what they share


def _several(kg: KnowledgeGraph, *names: str) -> dict[str, pd.DataFrame]:
    return frames.frames(kg.store, names)


def _told(events: pd.DataFrame, aside: tuple[str, ...] = ASIDE) -> pd.DataFrame:
    """Events without those kinds, and with one of STATUSES each: what is pledged is no deed, the pledging neither."""
    kept = events[~events["type"].isin(aside)]
    return kept.assign(status=_statuses(kept), type=kept["type"].astype("string").map(_spaced))


def _statuses(events: pd.DataFrame) -> pd.Categorical:
    import pandas as pd

    parts = zip(*(events[name].astype("string").fillna("") for name in ("modality", "polarity", "type")), strict=True)
    return pd.Categorical([status(m, p, f"{kind}Type") if m else None for m, p, kind in parts], STATUSES)


def _spaced(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def _within(dated: pd.DataFrame, since: pd.Timestamp | None, until: pd.Timestamp | None) -> pd.DataFrame:
    """What may have been on a day between these two, both included."""
    kept = dated if since is None else dated[dated["last"] >= since]
    return kept if until is None else kept[kept["first"] <= until]


def _day(day: dt.date | str | None, name: str) -> pd.Timestamp | None:
    import pandas as pd

    if day is None:
        return None
    try:
        return pd.Timestamp(day)
    except ValueError:
        raise UsageError(f"{name}={day!r} is no day; write 2031-03-14, 2031-03 or 2031") from None


def _named(roles: pd.DataFrame) -> pd.DataFrame:
    """The parts that actors with a name have, the name as ``actor``."""
    own = roles["actor"].fillna(False).astype(bool) & roles["filler"].str.contains("/id/", regex=False, na=False)
    return roles[own][["event", "role", "name"]].rename(columns={"name": "actor"})


def _top(rows: pd.DataFrame, column: str, most: int) -> list[str]:
    """The most frequent values, ties in alphabetical order."""
    if most < 1:
        raise UsageError(f"{most} is no number of things to show; ask for one or more")
    tally = rows[column].astype("string").value_counts().sort_index()
    return list(tally.sort_values(ascending=False, kind="stable").index[:most])


def _captioned(table: pd.DataFrame, caption: str) -> pd.DataFrame:
    made = table.reset_index(drop=True)
    made.attrs = {key: value for key, value in table.attrs.items() if key == "per"} | {"caption": caption}
    return made


def _n(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _from(documents: pd.DataFrame) -> str:
    """``From 14 articles of 3 October 2023 to 1 October 2025.``"""
    days = documents["published_first"].dropna()
    if days.empty:
        return f"From {_n(len(documents), 'article')}, undated."
    first, last = (f"{day.day} {day:%B %Y}" for day in (days.min(), days.max()))
    return f"From {_n(len(documents), 'article')} of {first}{f' to {last}' if first != last else ''}."
