"""A story told in steps: an author's YAML file, each step a caption and a view of the page.

The file has ``steps``, a list; ``docs/explorer.md`` names the keys of a step. Names are looked up in the graph, so that
a misspelt one is refused here and not in front of the reader.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from graph.errors import UsageError
from graph.explorer.story import FAMILIES, Story
from graph.finding import fold, near
from graph.vocabulary import STATUSES

VIEWS = {
    "graph": "graph",
    "pledges": "pledges",
    "table": "facts",
    "timeline": "timeline",
    "map": "map",
    "sources": "sources",
}
CHOICES = {
    "view": tuple(VIEWS),
    "level": ("actors", "events"),
    "time": ("event", "published"),
    "status": STATUSES,
    "voice": ("article", "said", "inferred", "disputed"),
    "family": tuple(dict.fromkeys([*(name for name, _ in FAMILIES), "thing", "event", "claim"])),
}
ONE = ("title", "caption", "view", "level", "time", "choose", "focus", "path", "from", "to")
SEVERAL = ("status", "voice", "family", "type", "speaker", "place", "article")
OTHERS = ("depth", "undated", "sure", "named")
LARGEST = 1_000_000
MOST = 200
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step as its author wrote it; ``where`` says in which file and which step, for what is wrong with it."""

    where: str
    title: str
    caption: str
    words: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    depth: int = 1
    undated: bool = True
    named: bool = False
    sure: float = 0.0


def read(path: str | os.PathLike[str]) -> tuple[Step, ...]:
    """The steps of a file. Raises UsageError, with file and step, for what is no story."""
    file = Path(path)
    try:
        raw = file.read_bytes()
        if len(raw) > LARGEST:
            raise UsageError(f"{file} has {len(raw):,} bytes; a story has at most {LARGEST:,}")
        told = yaml.safe_load(raw.decode("utf-8"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{file} is no YAML: {_problem(error)}") from error
    return _steps(told, str(file))


def _problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, " if mark else ""
    return where + str(getattr(error, "problem", None) or error).splitlines()[0]


def _steps(told: object, where: str) -> tuple[Step, ...]:
    steps = told.get("steps") if isinstance(told, dict) else None
    if not isinstance(steps, list) or not steps:
        raise UsageError(f"{where}: a story has `steps:`, a list of steps, each with a caption")
    if len(steps) > MOST:
        raise UsageError(f"{where}: a story has at most {MOST} steps, not {len(steps)}")
    return tuple(_step(step, f"{where}, step {number}") for number, step in enumerate(steps, 1))


def _step(told: object, where: str) -> Step:
    if not isinstance(told, dict):
        raise UsageError(f"{where}: a step is a list of keys with values, such as `caption: …`")
    known = (*ONE, *SEVERAL, *OTHERS)
    for key in told:
        if key not in known:
            raise UsageError(
                f"{where}: there is no key {str(key)!r}{near(str(key), known) or '; known: ' + ', '.join(known)}"
            )
    words = {key: _word(told[key], where, key) for key in ONE if told.get(key) is not None and key != "path"}
    if told.get("path") is not None:
        words |= _path(told["path"], where)
    lists = {key: _several(told[key], where, key) for key in SEVERAL if told.get(key) is not None}
    title, caption = words.pop("title", ""), words.pop("caption", "")
    if not title and not caption:
        raise UsageError(f"{where}: a step needs a title or a caption")
    return Step(where, title, caption, words, lists, **_others(told, where))


def _word(value: object, where: str, key: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date):
        raise UsageError(f"{where}: {key} is one text, not {value!r:.60}")
    text = str(value).strip()
    if key in CHOICES:
        _one_of(text, CHOICES[key], where, key)
    if key in ("from", "to"):
        _day(text, where, key)
    return text


def _one_of(text: str, known: Collection[str], where: str, key: str) -> None:
    if text not in known:
        raise _unknown(text, known, where, key)


def _unknown(text: str, known: Iterable[str], where: str, key: str) -> UsageError:
    several = sorted(known)
    listed = near(text, several) or f"; known: {', '.join(several[:20])}{' …' if len(several) > 20 else ''}"
    return UsageError(f"{where}: there is no {key} {text!r}{listed}")


def _day(text: str, where: str, key: str) -> None:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{where}: {key} is a day such as 2024-06-25, not {text!r}") from None


def _several(value: object, where: str, key: str) -> tuple[str, ...]:
    return tuple(_word(each, where, key) for each in (value if isinstance(value, list) else [value]))


def _path(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) != {"from", "to"}:
        raise UsageError(f"{where}: path is written {{from: NAME, to: NAME}}")
    return {f"path {end}": _word(value[end], where, f"path {end}") for end in ("from", "to")}


def _others(told: Mapping[Any, object], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {key: told[key] for key in OTHERS if told.get(key) is not None}
    for key in ("undated", "named"):
        if key in found and not isinstance(found[key], bool):
            raise UsageError(f"{where}: {key} is true or false, not {found[key]!r:.60}")
    for key, most in (("depth", DEEPEST), ("sure", 1)):
        number = found.get(key, 1)
        if isinstance(number, bool) or not isinstance(number, int if key == "depth" else int | float):
            raise UsageError(f"{where}: {key} is a number, not {number!r:.60}")
        if not (1 if key == "depth" else 0) <= number <= most:
            raise UsageError(f"{where}: {key} is at most {most}, not {number}")
    return found


def resolved(steps: Iterable[Step], story: Story) -> list[dict[str, Any]]:
    """The steps as the page has them: title, caption, and the state that its address would have.

    Raises UsageError where a name fits nothing in the story, or several things.
    """
    names = _Names(story)
    return [{"title": step.title, "caption": step.caption, "state": _state(step, names)} for step in steps]


def _state(step: Step, names: _Names) -> dict[str, Any]:
    word, where = step.words, step.where
    state: dict[str, Any] = {key: word[key] for key in ("level", "from", "to") if key in word}
    if "view" in word:
        state["view"] = VIEWS[word["view"]]
    if "time" in word:
        state["by"] = word["time"]
    if "choose" in word:
        state["chosen"] = names.one(word["choose"], where)
    if "focus" in word:
        state |= {"focus": names.one(word["focus"], where), "depth": step.depth}
    if "path from" in word:
        state["path"] = "~".join(names.one(word[f"path {end}"], where, "actor") for end in ("from", "to"))
    state |= {key: names.values(key, several, where) for key, several in step.lists.items()}
    state |= {key: getattr(step, key) for key in ("undated", "named", "sure") if getattr(step, key) != _usual(key)}
    if "level" not in state and state.get("chosen", state.get("focus", ""))[:1] in ("v", "c"):
        state["level"] = "events"
    return state


def _usual(key: str) -> object:
    return Step.__dataclass_fields__[key].default


class _Names:
    """What the things of a story are called."""

    def __init__(self, story: Story) -> None:
        self.story = story

    @cached_property
    def rows(self) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Kind, id, IRI and names of each thing, what has a proper name first."""
        story = self.story
        actors = sorted(story.actors, key=lambda actor: (not actor.named, -actor.facts))
        return [
            *(("actor", a.id, a.iri, (a.name, *a.aliases)) for a in actors),
            *(("event", d.id, d.iri, (d.label,)) for d in story.deeds if not d.saying),
            *(("statement", s.id, s.iri, (s.text,)) for s in story.statements),
            *(("tie", t.id, t.iri, ()) for t in story.ties),
            *(("article", a.id, a.iri, (a.title,)) for a in story.articles),
        ]

    @cached_property
    def by_name(self) -> dict[str, list[tuple[str, str, str]]]:
        found: dict[str, list[tuple[str, str, str]]] = {}
        for kind, id, iri, names in self.rows:
            for name in dict.fromkeys([iri, *map(fold, names)]):
                found.setdefault(name, []).append((kind, id, iri))
        return found

    def one(self, name: str, where: str, *kinds: str) -> str:
        """The id of the one thing that is called so, an actor before an event before a statement."""
        called = self.by_name.get(name) or self.by_name.get(fold(name)) or []
        found = [row for row in called if row[0] in kinds or not kinds]
        best = [row for row in found if row[0] == found[0][0]]
        shared = [row for row in best if "/id/" in row[2]] or best
        if len(shared) == 1:
            return shared[0][1]
        what = " or ".join(kinds) or "actor, event, statement or article"
        if not shared:
            names = [n for kind, _, _, names in self.rows if kind in kinds or not kinds for n in names]
            raise UsageError(f"{where}: the graph has no {what} {name!r}{near(name, names)}")
        listed = "".join(f"\n  {iri}" for _, _, iri in shared[:8])
        raise UsageError(f"{where}: {name!r} may be {len(shared)} things; say which, by its IRI:{listed}")

    def values(self, key: str, several: Iterable[str], where: str) -> list[str]:
        """The values of a filter as the page writes them."""
        if key == "article":
            return [self.one(name, where, "article") for name in several]
        known = {"type": self.types, "speaker": self.speakers, "place": self.places}.get(key)
        if known is None:
            return list(several)
        by_fold = {fold(name): name for name in sorted(known)}
        for name in several:
            if fold(name) not in by_fold:
                raise _unknown(name, by_fold.values(), where, key)
        return [by_fold[fold(name)] for name in several]

    @cached_property
    def types(self) -> set[str]:
        return {deed.type for deed in self.story.deeds if not deed.saying} | {"statement", "tie"}

    @cached_property
    def speakers(self) -> set[str]:
        spoken = {s.speaker for s in self.story.statements}
        return spoken | {name for s in self.story.statements for name, _ in s.relays}

    @cached_property
    def places(self) -> set[str]:
        names = {actor.id: actor.name for actor in self.story.actors}
        parts = (p for deed in self.story.deeds for p in deed.parts if p.role == "place")
        return {part.words or names.get(part.ref, "") for part in parts} - {""}
