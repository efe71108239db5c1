"""One way to say what was read: an event, a statement, a figure in words, with the sentence that says so.

Knows neither RDF nor how texts are read: ``report`` (of a reading) and ``show`` (of a graph) both hand their findings
over as the types below.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from graph.documents import Span

Mark = Callable[[str], str]
_STATUS = {
    "Actual": "",
    "Pledged": "promised, not done",
    "Planned": "planned",
    "Requested": "asked for",
    "Predicted": "expected",
    "Hypothetical": "possible",
}
_TOWARDS = {
    "of": "Abduction Abuse Appointment Arrest Criticism Dismissal Election Endorsement Expulsion Injury Investigation "
    "Killing Praise Recognition Rejection Release Rescue",
    "against": "Accusation ArmedAction Destruction Lawsuit Protest Sanction Violence",
    "on": "Attack CyberAttack Restriction",
    "with": "Agreement Cooperation Meeting Negotiation",
    "from": "Seizure",
}
_PREPOSITIONS = {kind: word for word, kinds in _TOWARDS.items() for kind in kinds.split()}


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, the words in it that say so, and where it stands. ``marks`` count from its first character."""

    sentence: str
    marks: tuple[Span, ...] = ()
    source: str = ""

    def marked(self, mark: Mark) -> str:
        """The sentence with its marked words given to ``mark``; marks that overlap are one."""
        parts, at = [], 0
        for span in _joined(self.marks):
            parts += [self.sentence[at : span.start], mark(span.of(self.sentence))]
            at = span.end
        return " ".join("".join([*parts, self.sentence[at:]]).split())


def _joined(marks: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(marks):
        if joined and span.start <= joined[-1].end:
            joined[-1] = joined[-1].hull(span)
        else:
            joined.append(span)
    return joined


ROLE_FIELDS = {
    "agent": "agents",
    "coAgent": "partners",
    "recipient": "recipients",
    "theme": "themes",
    "result": "results",
    "content": "contents",
    "place": "places",
    "purpose": "purposes",
    "time": "times",
    "quantity": "figures",
}
"""Which field of ``Told`` the fillers of a role go into."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it is told. ``kind`` is the ontology's name for its type, ``label`` that in words.

    ``voices`` are those on whose word it rests: the speaker first, then who passed it on; none for the article's own.
    """

    kind: str
    label: str
    modality: str = "Actual"
    polarity: str = "Positive"
    agents: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    trigger: str = ""
    voices: tuple[str, ...] = ()


def say(told: Told) -> str:
    """The event in one sentence: its status, what, by whom, to whom, where, when, how many, and on whose word."""
    prefix = status(told.modality, told.polarity)
    core = deed(told)
    sentence = f"{prefix}: {core}" if prefix else core
    return f"{sentence[0].upper()}{sentence[1:]} — {voice(told.voices)}."


def status(modality: str, polarity: str) -> str:
    """What is said of whether it happened; nothing for what is reported as having happened."""
    plain = _STATUS.get(modality, modality.lower())
    if polarity == "Negative":
        return f"not to happen ({plain})" if plain else "did not happen"
    return plain


def deed(told: Told) -> str:
    """The event without status and source: ``deployment by Norvania to Belmora: engineers``."""
    towards = _PREPOSITIONS.get(told.kind, "to")
    parts = [
        told.label if _near(told.trigger, told.label) else f"{told.label} (“{told.trigger}”)",
        _after("by", told.agents),
        _after("with", told.partners),
        _after(towards, tuple(name for name in told.recipients if towards != "with" or name not in told.partners)),
        _after("in", told.places),
    ]
    head = " ".join(part for part in parts if part)
    when = f", {listed(told.times)}" if told.times else ""
    objects = [
        *told.themes,
        *told.contents,
        *(f"into {r}" for r in told.results),
        *(f"to the end: {p}" for p in told.purposes),
    ]
    object_words = f": {listed(dict.fromkeys(objects))}" if objects else ""
    figures = [f for f in dict.fromkeys(told.figures) if f not in object_words]
    return head + when + object_words + (f" ({listed(figures)})" if figures else "")


def _near(trigger: str, label: str) -> bool:
    """True where the trigger's words add nothing to the label: ``deployed`` to ``deployment``."""
    return not trigger or trigger[:4].lower() == label[:4].lower()


def _after(word: str, names: tuple[str, ...]) -> str:
    return f"{word} {listed(names)}" if names else ""


def listed(names: Iterable[str]) -> str:
    """``a, b and c``; a name that stands there twice once."""
    once = list(dict.fromkeys(" ".join(name.split()) for name in names))
    return " and ".join([", ".join(once[:-1]), once[-1]] if len(once) > 1 else once)


def voice(voices: tuple[str, ...]) -> str:
    """On whose word: ``says a guard, as Tomás Quill tells it``."""
    if not voices:
        return "the article says so"
    return ", ".join([f"says {voices[0]}", *(f"as {relay} tells it" for relay in voices[1:])])


_SIGNS = frozenset("$€£¥₦₹")
_COMPARED = {
    "=": "",
    ">": "more than",
    "<": "fewer than",
    ">=": "at least",
    "<=": "up to",
    "~": "about",
    "about": "about",
}


def figure(value: float, unit: str, comparator: str = "=", increment: bool = False, whole: str | None = None) -> str:
    """``more than 9,000 people``, ``40 more engineers``, ``a share of …``."""
    number = f"{value:,.0f}" if value == int(value) else f"{value:,}"
    if unit in _SIGNS:
        number, unit = f"{unit}{number}", ""
    words = [
        _COMPARED.get(comparator, comparator),
        number,
        "more" if increment else "",
        unit,
        f"of {whole}" if whole else "",
    ]
    return " ".join(word for word in words if word)


def period(words: str, first: dt.date | None, last: dt.date | None) -> str:
    """The article's words for a time, and the days that they were resolved to."""
    if first is None and last is None:
        return words
    if first and words in (f"{first:%B %Y}", str(first.year)):
        return words
    if first == last:
        return words if words == _day(first) else f"{words} ({_day(first)})"
    if first is None or last is None:
        return f"{words} ({f'from {_day(first)}' if first else f'until {_day(last)}'})"
    return f"{words} ({_day(first)} to {_day(last)})"


def _day(day: dt.date | None) -> str:
    return "" if day is None else f"{day.day} {day:%B %Y}"


def source_line(title: str | None, publisher: str | None, published: dt.date | str | None) -> str:
    """``“Norvania promises engineers”, Harbour Courier, 13 March 2031``."""
    day = dt.date.fromisoformat(published) if isinstance(published, str) else published
    return ", ".join(part for part in (f"“{title}”" if title else "", publisher or "", _day(day)) if part)


def statement(
    speaker: str,
    words: str,
    form: str,
    relays: tuple[str, ...] = (),
    inferred: bool = False,
    denied: bool = False,
) -> str:
    """Who said what, or denied it, and how close to their own words that is."""
    said = f"“{' '.join(words.split())}”" if form == "Direct" else " ".join(words.split())
    notes = ["denied"] if denied else []
    notes += [{"Direct": "", "Indirect": "in other words", "Mixed": "partly in their own words"}.get(form, form)]
    notes += [f"as {relay} tells it" for relay in relays]
    notes += ["the speaker is worked out"] if inferred else []
    note = ", ".join(part for part in notes if part)
    return f"{speaker}{f' ({note})' if note else ''}: {said}"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is said, and the sentences that say so."""

    text: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Items under one heading."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A page about one thing, for people: text by ``str()`` and ``text()``, HTML in a notebook."""

    title: str
    notes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    def __str__(self) -> str:
        return self.text()

    def text(self, mark: Mark = "[{}]".format) -> str:
        """Plain text; ``mark`` is given the words that say so."""
        lines = [self.title, "═" * min(len(self.title), 80), *self.notes]
        for section in self.sections:
            if section.items:
                lines += ["", section.heading, "─" * len(section.heading)] if section.heading else []
                lines += [line for item in section.items for line in _lines(item, mark)]
        return "\n".join(lines) + "\n"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self._repr_html_()}

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"<h3>{escape(self.title)}</h3>{notes}" + "".join(
            _html(section) for section in self.sections if section.items
        )


def _lines(item: Item, mark: Mark) -> list[str]:
    quotes = [f"      “{quote.marked(mark)}”{f' — {quote.source}' if quote.source else ''}" for quote in item.quotes]
    return [f"  • {item.text}", *quotes]


def _html(section: Section) -> str:
    items = "".join(f"<li>{escape(item.text)}{''.join(map(_html_quote, item.quotes))}</li>" for item in section.items)
    heading = f"<h4>{escape(section.heading)}</h4>" if section.heading else ""
    return f"{heading}<ul>{items}</ul>"


def _html_quote(quote: Quote) -> str:
    opened, closed = "\ue000", "\ue001"  # private use, so that escaping leaves them alone
    safe = escape(quote.marked(lambda words: f"{opened}{words}{closed}"))
    marked = safe.replace(opened, "<mark>").replace(closed, "</mark>")
    return f"<blockquote>{marked}<footer>{escape(quote.source)}</footer></blockquote>"
