from __future__ import annotations

import datetime as dt
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import graph
from graph import figures
from graph.errors import UsageError
from graph.figures import tables
from graph.figures.style import STATUS, short
from graph.model import Entity
from tests import bench, examples
from tests.test_explorer_browser import hostile
from tests.test_outcomes import later

matplotlib = pytest.importorskip("matplotlib", reason="pip install 'whodid[notebook]'")
matplotlib.use("agg")
pyplot = pytest.importorskip("matplotlib.pyplot")
pytestmark = pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
PLACES = {"Port Ester": (12.0, -61.5), "Belmora": (12.4, -61.0)}
FIGURES: dict[str, dict[str, Any]] = {
    "timeline": {},
    "matrix": {},
    "network": {},
    "voices": {},
    "outcomes": {},
    "cooperation": {},
    "places": {"coordinates": PLACES},
}


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def kg() -> Iterator[graph.KnowledgeGraph]:
    with graph.open() as opened:
        for reading in (examples.harbour(), examples.gazette(), later()):
            opened.add_reading(reading)
        yield opened


@pytest.fixture(scope="module")
def empty() -> Iterator[graph.KnowledgeGraph]:
    with graph.open() as opened:
        yield opened


def words(ax: Any) -> list[str]:
    texts = [t.get_text() for t in (*ax.texts, ax.title, *ax.get_xticklabels(), *ax.get_yticklabels())]
    return [*texts, *([t.get_text() for t in ax.get_legend().get_texts()] if ax.get_legend() else [])]


@pytest.mark.parametrize("name", FIGURES)
def test_each_draws_into_given_axes_and_gives_them(kg: graph.KnowledgeGraph, name: str) -> None:
    ax = pyplot.figure().add_subplot()
    assert getattr(figures, name)(kg, ax, title="A title", **FIGURES[name]) is ax
    assert ax.get_title(loc="left") == "A title"
    assert ax.has_data() or ax.texts


@pytest.mark.parametrize("name", FIGURES)
def test_each_draws_the_table_of_its_name_with_its_caption(kg: graph.KnowledgeGraph, name: str) -> None:
    table = getattr(tables, name)(kg, **FIGURES[name])
    assert len(table) > 0
    assert "From 3 articles of 13 March 2031 to 2 May 2031." in table.attrs["caption"]
    shown = " ".join(" ".join(words(getattr(figures, name)(table))).split())
    assert table.attrs["caption"] in shown


@pytest.mark.parametrize("name", FIGURES)
def test_each_is_a_figure_that_says_so_where_there_is_nothing(empty: graph.KnowledgeGraph, name: str) -> None:
    assert "Nothing to draw" in words(getattr(figures, name)(empty))


@pytest.mark.parametrize("name", FIGURES)
def test_each_refuses_a_table_that_lacks_a_column(kg: graph.KnowledgeGraph, name: str) -> None:
    table = getattr(tables, name)(kg, **FIGURES[name])
    with pytest.raises(UsageError, match="lacks the column"):
        getattr(figures, name)(table.iloc[:, :1])


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_graph_gives_the_same_bytes(kg: graph.KnowledgeGraph, name: str, tmp_path: Path) -> None:
    for number in (1, 2):
        figures.save(getattr(figures, name)(kg, **FIGURES[name]), tmp_path / f"{number}.svg")
    one, two = ((tmp_path / f"{n}.svg").read_bytes() for n in (1, 2))
    assert one == two
    assert b"<dc:date>" not in one


@pytest.mark.parametrize("name", FIGURES)
def test_names_of_all_scripts_and_signs_of_formulas_are_only_words(name: str, tmp_path: Path) -> None:
    evil = r"$\frac{1}{$ 北京 مريم" + "\n" + "x" * 200

    def renamed(entity: Entity) -> Entity:
        return replace(entity, name=evil, aliases=()) if entity.name == "Norvania" else entity

    with graph.open() as kg:
        for reading in (examples.harbour(), later()):
            kg.add_reading(replace(reading, entities=tuple(map(renamed, reading.entities))))
        kg.add_reading(hostile())
        choices = {"coordinates": {"Port Ester": (1.0, 2.0), evil: (3.0, 4.0)}} if name == "places" else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            figures.save(getattr(figures, name)(kg, **choices), tmp_path / "figure.png", dpi=50)
    assert (tmp_path / "figure.png").stat().st_size > 3000


# what the tables hold


def test_the_timeline_has_a_row_for_each_actor_of_an_event_and_keeps_its_status(kg: graph.KnowledgeGraph) -> None:
    table = tables.timeline(kg)
    rows = {(r["actor"], r["type"]): r for r in table.to_dict("records")}
    assert rows["Norvania", "pledge"]["status"] == "pledged"
    assert rows["Belmora", "pledge"]["event"] == rows["Norvania", "pledge"]["event"]
    assert rows["Straits Council", "authorisation"]["first"] == dt.datetime(2031, 1, 1)
    assert rows["Straits Council", "authorisation"]["last"] == dt.datetime(2031, 1, 31)
    assert "12 without a day are not shown" in table.attrs["caption"]


def test_the_timeline_stays_short_and_says_what_it_leaves_out() -> None:
    with graph.open() as opened:
        for reading in islice(bench.invented(), 12):
            opened.add_reading(reading)
        table = tables.timeline(opened, most=1, each=2)
    assert list(table["actor"]) == ["Straits Council"] * 2
    assert table.attrs["caption"].startswith("2 of 8 events with a day, of the 1 actor named most")


def test_events_that_are_alike_are_one_mark_with_their_number(kg: graph.KnowledgeGraph) -> None:
    table = tables.timeline(kg)
    thrice = table.loc[table.index.repeat(3)]
    assert "authorisation ×3 (said)" in words(figures.timeline(thrice))
    assert len(figures.timeline(thrice).get_yticks()) == len(figures.timeline(table).get_yticks())


def test_the_network_of_a_large_graph_has_the_heaviest_ties() -> None:
    with graph.open() as opened:
        for reading in islice(bench.invented(), 150):
            opened.add_reading(reading)
        table = tables.network(opened, most=6, unnamed=False)
    assert 2 <= len({*table["source"], *table["target"]}) <= 6
    assert len(table) >= 3


def test_the_timeline_says_what_stands_on_somebodys_word(kg: graph.KnowledgeGraph) -> None:
    row = tables.timeline(kg).head(1)
    kind = row["type"].iloc[0]
    for speaker, expected in (("Tomás Quill", f"{kind} (said)"), ("the article", kind), (None, kind)):
        marks = [text.get_text() for text in figures.timeline(row.assign(said_by=speaker)).texts]
        assert expected in marks
    marks = [text.get_text() for text in figures.timeline(row.drop(columns="said_by")).texts]
    assert kind in marks, "a table of one's own need not have the column"


def test_the_timeline_can_begin_and_end(kg: graph.KnowledgeGraph) -> None:
    assert set(tables.timeline(kg, since="2031-03")["type"]) == {"pledge"}
    assert set(tables.timeline(kg, until=dt.date(2031, 1, 1))["type"]) == {"authorisation"}


def test_the_matrix_counts_what_is_not_done_apart(kg: graph.KnowledgeGraph) -> None:
    rows = {(r["actor"], r["type"]): (r["done"], r["other"]) for r in tables.matrix(kg).to_dict("records")}
    assert rows["Norvania", "withdrawal"] == (1, 1)
    assert rows["Norvania", "deployment"] == (0, 1)
    shown = words(figures.matrix(kg))
    assert {"1 (1)", "(1)"} <= set(shown)


def test_the_network_goes_from_doer_to_other(kg: graph.KnowledgeGraph) -> None:
    table = tables.network(kg)
    ties = {(r["source_name"], r["target_name"]): r for r in table.to_dict("records")}
    assert (ties["Norvania", "Belmora"]["done"], ties["Norvania", "Belmora"]["other"]) == (0, 2)
    assert (ties["Norvania", "Bridge Mission"]["cooperation"], ties["Norvania", "Bridge Mission"]["other"]) == (1, 1)
    assert ("Norvania", "engineers") in ties
    named = tables.network(kg, unnamed=False)
    assert "engineers" not in set(named["target_name"])


def test_a_chosen_network_is_drawn_whole(kg: graph.KnowledgeGraph) -> None:
    whole = kg.network(modality="all", polarity="all")
    table = tables.ties(whole)
    assert int(table[["done", "other"]].to_numpy().sum()) == whole.number_of_edges()
    assert {"Norvania", "Bridge Mission"} <= {*table["source_name"], *table["target_name"]}
    assert "Bridge Mission" in words(figures.network(whole))
    assert "Nothing to draw" in words(figures.network(kg.network(type="Statement")))


def test_voices_count_statements_and_the_status_of_what_they_tell(kg: graph.KnowledgeGraph) -> None:
    table = tables.voices(kg)
    quill = table[table["speaker"] == "Tomás Quill"]
    assert set(quill["statements"]) == {4}
    assert set(quill["quoted"]) == {1}
    assert dict(zip(quill["status"], quill["events"], strict=True)) == {"done": 2, "denied": 1}
    ravn = table[table["speaker"] == "Ilse Ravn"]
    assert "pledged" in set(ravn["status"])


def test_outcomes_are_a_pledge_and_its_later_reports(kg: graph.KnowledgeGraph) -> None:
    table = tables.outcomes(kg)
    assert list(table["status"]) == ["pledged", "done", "done"]
    assert list(table["why"]) == ["", "figure", "doer"]
    assert table["pledge"].nunique() == 1
    assert "1 pledge and 2 later reports that may be about them" in table.attrs["caption"]


def test_outcomes_say_how_much_of_the_promise_a_report_counts() -> None:
    from tests.test_outcomes import by_norvania

    twelve = by_norvania()
    twelve = replace(twelve, quantities=(replace(twelve.quantities[0], value=12),))
    with graph.open() as opened:
        for reading in (examples.harbour(), twelve):
            opened.add_reading(reading)
        table = tables.outcomes(opened)
        text = opened.report().markdown()
    assert "12 of 40 engineers delivered so far" in set(table["extent"])
    assert "12 of 40 (2 reports)" in words(figures.outcomes(table))
    assert "If it is about this: 12 of 40 engineers delivered so far." in text


def test_the_act_of_pledging_is_a_deed_in_no_figure(kg: graph.KnowledgeGraph) -> None:
    """Norvania pledged to Belmora: each table says so, and none counts it as done."""
    cell = next(r for r in tables.matrix(kg).to_dict("records") if (r["actor"], r["type"]) == ("Norvania", "pledge"))
    assert (cell["done"], cell["other"]) == (0, 1)
    assert set(tables.timeline(kg).set_index("type").loc[["pledge"], "status"]) == {"pledged"}
    voices = tables.voices(kg)
    ravn = voices[voices["speaker"] == "Ilse Ravn"].set_index("status")["events"]
    assert (ravn["pledged"], "done" in ravn) == (2, False)
    whole = tables.ties(kg.network(modality="all", polarity="all"))
    tie = whole[(whole["source_name"] == "Norvania") & (whole["target_name"] == "Belmora")].iloc[0]
    assert (tie["done"], tie["other"], tie["cooperation"]) == (0, 2, 0)


def test_cooperation_counts_deeds_and_pledges_apart_and_says_how_they_are_dated(kg: graph.KnowledgeGraph) -> None:
    table = tables.cooperation(kg, per="year")
    found = dict(zip(table["quad"], table["events"], strict=True))
    assert (found["verbal cooperation"], found["pledged"]) == (1, 1)
    said = re.match(r"(\d+) deeds reported as done and (\d+) pledge,", table.attrs["caption"])
    assert said is not None
    assert sum(found.values()) == sum(map(int, said.groups()))
    assert "by the day of their article" in table.attrs["caption"]
    axes = figures.cooperation(table)
    assert "pledged" in words(axes)
    assert "pledged" not in words(figures.cooperation(table[table["quad"] != "pledged"]))
    assert min(bar.get_y() + min(bar.get_height(), 0) for bar in axes.patches if bar.get_hatch() == "////") >= 0


def test_places_are_those_with_coordinates(kg: graph.KnowledgeGraph) -> None:
    table = tables.places(kg, coordinates={"Port Ester": (12.0, -61.5)})
    assert list(table["name"]) == ["Port Ester"]
    assert (table["done"][0], table["latitude"][0]) == (3, 12.0)
    assert "1 place without coordinates is not shown" in table.attrs["caption"]


def test_each_status_has_a_mark_and_a_hatching_of_its_own() -> None:
    assert len({look.mark for look in STATUS.values()}) == len({look.hatch for look in STATUS.values()}) == len(STATUS)
    assert set(STATUS) == set(tables.STATUSES)


# bad input


@pytest.mark.parametrize(
    ("draw", "why"),
    [
        (lambda kg: tables.timeline(kg, most=0), "0 is no number of things"),
        (lambda kg: tables.network(kg, most=1), "1 is no number of actors to tie"),
        (lambda kg: tables.timeline(kg, since="soon"), "since='soon' is no day"),
        (lambda kg: tables.cooperation(kg, per="week"), "per month, quarter, year, not per 'week'"),
        (
            lambda kg: figures.timeline(tables.timeline(kg), most=3),
            "most: what a table holds is chosen when it is made",
        ),
        (lambda kg: figures.save(figures.matrix(kg), "figure.gif"), "saved as .svg, .pdf or .png"),
        (lambda kg: figures.save(figures.matrix(kg), "/nowhere/figure.svg"), "cannot be written: No such file"),
    ],
)
def test_what_is_wrong_is_said(kg: graph.KnowledgeGraph, draw: Callable[[Any], Any], why: str) -> None:
    with pytest.raises(UsageError) as raised:
        draw(kg)
    assert why in str(raised.value)


def test_without_matplotlib_it_says_how_to_get_it(kg: graph.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"pip install 'whodid\[notebook\]'"):
        figures.timeline(kg)
    assert len(tables.timeline(kg)) > 0


def test_labels_are_short_and_on_one_line() -> None:
    assert short("a\nb\x00c\u202e", 10) == "a b c"
    assert short("x" * 50, 10) == "xxxxxxxxx…"
