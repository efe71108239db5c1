"""Measure the reading on gold annotations: ``python -m tests.evaluation --gold DIR [--model NAME] [SET …]``.

DIR holds ``score.py`` and its gold files. Readings go the way of ``whodid read --json``. ``--parses DIR`` keeps the parses
between runs, for work on the rules; ``--misses N`` prints what was missed or invented.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import pickle
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph import interchange
try:
    from graph.articles import documents
except ImportError:
    def documents(paths):
        import datetime as dt, hashlib
        for line in open(paths[0]):
            d=json.loads(line)
            if "text" in d:
                pub=d.get("published")
                try: pub=dt.date.fromisoformat(pub[:10]) if pub else None
                except ValueError: pub=None
                yield Document(d["id"], d["text"], hashlib.sha256(line.encode()).hexdigest(), published=pub)
from graph.documents import Document
from graph.errors import WhodidError
from graph.model import Reading
from graph.reading import _steps
from graph.reading.language import identity, parse, pipeline

SETS = ("meantime", "polnear", "re3d", "plover", "uw", "uner", "ww", "article")


def scorer(gold: Path) -> Any:
    """The scorer in the gold folder, as a module."""
    sys.path.insert(0, str(gold))
    spec = importlib.util.spec_from_file_location("score", gold / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prepared(score: Any, name: str, folder: Path) -> list[Document]:
    """The documents of a set as the command reads them: from a JSON Lines file."""
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in score.prepare(name)), encoding="utf-8")
    found = []
    for document in documents([path]):
        if isinstance(document, WhodidError):
            print(f"{name}: {document}", file=sys.stderr)
        else:
            found.append(document)
    return found


def parsed(name: str, todo: list[Document], model: str | None, keep: Path | None) -> list[Reading]:
    """The parses of a set, from ``keep`` where they are there already."""
    path = keep / f"{name}-{identity(model).replace('/', '-').replace(' ', '-')}.pickle" if keep else None
    if path and path.is_file():
        old = pickle.loads(path.read_bytes())
        if [r.document.id for r in old] == [d.id for d in todo]:
            return [replace(r, document=d) for r, d in zip(old, todo, strict=True)]
    nlp = pipeline(model)
    readings = [parse(d, nlp) for d in todo]
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(readings))
    return readings


def evaluate(gold: Path, sets: list[str], model: str | None = None, keep: Path | None = None, misses: int = 0) -> Iterator[tuple[str, Any]]:
    """Set by set, its figures as the scorer gives them."""
    score = scorer(gold)
    folder = keep or Path(".evaluation")
    folder.mkdir(parents=True, exist_ok=True)
    for name in sets:
        todo = prepared(score, name, folder)
        begun = time.perf_counter()
        readings = [Reading(d) for d in todo] if name == "article" else parsed(name, todo, model, keep)
        seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        if name != "article":
            readings = [through(r) for r in readings]
        rules = time.perf_counter() - begun
        found: list[tuple[str, ...]] = []
        value = {r.document.id: interchange.to_json(r) for r in readings}
        figures = getattr(score, f"score_{name}")(score.gold(name), value, found)
        print(f"{name}: parse {seconds:.1f} s, steps {rules:.1f} s", file=sys.stderr)
        for row in found[:misses]:
            print("   ", " | ".join(row))
        yield name, figures


def through(reading: Reading) -> Reading:
    for step in _steps():
        reading = step(reading)
    return reading


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS), metavar="SET")
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--parses", type=Path)
    parser.add_argument("--misses", type=int, default=0)
    args = parser.parse_args()
    for name, figures in evaluate(args.gold, args.sets or list(SETS), args.model, args.parses, args.misses):
        print(f"== {name}")
        for layer, figure in figures.items():
            print(f"  {layer:42} {figure if not isinstance(figure, dict) else '  '.join(f'{k} {v}' for k, v in figure.items())}")


if __name__ == "__main__":
    main()
