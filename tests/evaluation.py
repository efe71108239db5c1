"""Measure the reading on gold annotations: ``python -m tests.evaluation --gold DIR [--model NAME] [SET …]``.

DIR holds ``score.py`` and its gold files. Documents go the way of ``whodid read --json``. ``--floors FILE`` fails
where a figure lies below its floor; ``--parses DIR`` keeps the parses between runs, for work on the rules;
``--misses N`` prints what was missed or invented; ``--table`` prints Markdown.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import pickle
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from graph import interchange
from graph.articles import documents
from graph.documents import Document
from graph.errors import LanguageError
from graph.identity import fullest, is_shared, shared_iri
from graph.model import Reading
from graph.reading import STEPS
from graph.reading.language import identity, parse, pipeline
from graph.vocabulary import DEFAULT_BASE

SETS = ("meantime", "polnear", "ecb", "re3d", "plover", "uw", "uner", "ww", "article")
Figures = dict[str, Any]


def scorer(gold: Path) -> ModuleType:
    """The scorer in the gold folder, as a module."""
    sys.path.insert(0, str(gold))
    spec = importlib.util.spec_from_file_location("score", gold / "score.py")
    if spec is None or spec.loader is None:
        sys.exit(f"{gold}: no score.py there")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prepared(score: ModuleType, name: str) -> list[Document]:
    """The documents of a set as the command reads them: from a JSON Lines file."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps(d, ensure_ascii=False) + "\n" for d in score.prepare(name))
        file.flush()
        found = list(documents([file.name]))
    for document in found:
        if not isinstance(document, Document):
            print(f"{name}: {document}", file=sys.stderr)
    kept = [d.document if isinstance(d, LanguageError) else d for d in found]
    return [d for d in kept if isinstance(d, Document)]


def gold_of(score: ModuleType, name: str) -> list[dict[str, Any]]:
    """The gold documents; a few PLOVER records have their target as bare text, which the scorer takes for a list."""
    found: list[dict[str, Any]] = score.gold(name)
    for document in found if name == "plover" else ():
        for actor in ("source", "target"):
            if isinstance(document.get(actor), str):
                document[actor] = [{"actorText": document[actor]}]
    return found


def parsed(name: str, todo: list[Document], model: str | None, keep: Path | None) -> list[Reading]:
    """The parses of a set, from the folder ``keep`` where they are there already."""
    if keep is None:
        return [parse(d, pipeline(model)) for d in todo]
    keep.mkdir(parents=True, exist_ok=True)
    path = keep / f"{name}-{identity(model)}.pickle".replace(" ", "-")
    if not path.is_file():
        path.write_bytes(pickle.dumps([parse(d, pipeline(model)) for d in todo]))
    return [replace(r, document=d) for r, d in zip(pickle.loads(path.read_bytes()), todo, strict=True)]


def through(reading: Reading) -> Reading:
    for step in STEPS:
        reading = step(reading)
    return reading


def evaluate(
    gold: Path, sets: list[str], model: str | None, keep: Path | None, misses: int
) -> Iterator[tuple[str, Figures]]:
    """Set by set, its figures as the scorer gives them."""
    score = scorer(gold)
    for name in sets:
        todo = prepared(score, name)
        begun = time.perf_counter()
        readings = [Reading(d) for d in todo] if name == "article" else parsed(name, todo, model, keep)
        halfway = time.perf_counter()
        shown = across if name == "ecb" else interchange.to_json
        values = {r.document.id: shown(r if name == "article" else through(r)) for r in readings}
        print(f"{name}: parse {halfway - begun:.1f} s, steps {time.perf_counter() - halfway:.1f} s", file=sys.stderr)
        found: list[tuple[str, ...]] = []
        figures = getattr(score, f"score_{name}")(gold_of(score, name), values, found)
        for row in found[:misses]:
            print("   ", " | ".join(row))
        yield name, figures


def across(reading: Reading) -> interchange.JSON:
    """The reading with the clusters of a set of documents: names that documents share, and all else each to its own."""
    value, name = interchange.to_json(reading), reading.document.id
    for thing in [*value["events"], *value["entities"]]:
        thing["cluster"] = f"{name}:{thing['cluster']}"
    for entity, thing in zip(reading.entities, value["entities"], strict=True):
        best = fullest(entity.name, entity.aliases, entity.type)
        if entity.named and is_shared(best, entity.type):
            thing["cluster"] = shared_iri(best, entity.type, DEFAULT_BASE)
    return value


def headline(figure: Any) -> float:
    """The one number of a figure that a floor is about: F1, CoNLL, or the number itself."""
    return float(figure.get("f", figure.get("conll")) if isinstance(figure, dict) else figure)


def below(name: str, figures: Figures, floors: dict[str, dict[str, float]]) -> list[str]:
    """Which figures of a set lie below their floors, in words."""
    return [
        f"{name}: {layer} is {headline(figures[layer])}, its floor is {floor}"
        for layer, floor in floors.get(name, {}).items()
        if headline(figures[layer]) < floor
    ]


def show(name: str, figures: Figures, table: bool) -> None:
    print(f"\n{name}" if not table else "", end="\n" if not table else "")
    for layer, figure in figures.items():
        values = figure if isinstance(figure, dict) else {"": figure}
        if table:
            print(f"| {name} | {layer} | {values.get('p', '')} | {values.get('r', '')} | {headline(figure)} |")
        else:
            print(f"  {layer:42} {'  '.join(f'{k} {v}'.strip() for k, v in values.items())}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", metavar="SET")
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--parses", type=Path)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--floors", type=Path)
    parser.add_argument("--table", action="store_true")
    args = parser.parse_args()
    floors = tomllib.loads(args.floors.read_text(encoding="utf-8")) if args.floors else {}
    low: list[str] = []
    if args.table:
        print("| set | layer | precision | recall | figure |\n| --- | --- | --- | --- | --- |")
    for name, figures in evaluate(args.gold, args.sets or list(SETS), args.model, args.parses, args.misses):
        show(name, figures, args.table)
        low += below(name, figures, floors)
    if low:
        sys.exit("\n".join(["Below the floor:", *low]))


if __name__ == "__main__":
    main()
