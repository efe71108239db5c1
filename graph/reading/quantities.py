"""Figures with what they count: numbers, shares and sums of money, as levels or as steps, and restatements.

A quantity's span runs from its comparator ("at least") to the noun that is counted; ``head`` is that noun's token, or
the number's where nothing is counted. The unit is the counted noun phrase as worded, "%" for percentages, the ISO 4217
code for money whose currency the text settles (else its word or sign), "" for a fraction, whose ``whole`` says of what.
Where the noun is left out ("an additional 600"), it is that of the same figure, or of the last one, before.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import dropwhile, islice, takewhile
from typing import get_args

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name

from graph.documents import Span
from graph.model import Comparator, Quantity, Reading, Time, Token
from graph.reading import lexicon, numbers
from graph.reading.grammar import SUBJECTS, Tree

PREMODIFIERS = frozenset({"ADJ", "NOUN", "PROPN", "VERB", "PART", "PUNCT", "NUM", "SYM", "X"})
NOUN_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS"})
SMALL = 13
RECENT = 2
ARGUMENTS = frozenset({"nsubj", "nsubj:pass", "obj", "obl", "obl:agent", "appos", "conj", "root", "nmod"})
AGE = re.compile(r"(?i)-years?-olds?\b|\s+years?[\s-]olds?\b|\s+years?\s+of\s+age\b")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in the text, before it is known what it counts; ``tail`` is what the noun follows."""

    span: Span
    number: Span
    value: float
    comparator: Comparator = "="
    increment: bool = False
    unit: str = ""
    share: bool = False
    tail: Span | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """The text with its parse and its times, as the questions below need it."""

    text: str
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]
    tree: Tree
    taken: tuple[Time, ...]

    def at(self, place: int) -> int:
        """The index of the token that holds the character, or of the next one."""
        index = bisect_right(self.starts, place) - 1
        return index if index >= 0 and self.tokens[index].span.end > place else index + 1


def quantities(reading: Reading) -> Reading:
    """Add the quantities of the document, in text order. Dates, clock times, ordinals, codes and years are none."""
    starts = tuple(t.span.start for t in reading.tokens)
    scene = Scene(reading.document.text, reading.tokens, starts, Tree(reading.tokens), reading.times)
    found: list[Quantity] = []
    memory = Memory({}, [])
    for figure in _ranged(list(_figures(reading, scene)), scene.text):
        quantity = _counted(figure, scene, memory, f"q{len(found) + 1}")
        if quantity is not None:
            found.append(memory.keep(quantity, scene))
    return replace(reading, quantities=tuple(found))


@cache
def _pattern() -> re.Pattern[str]:
    """Every shape of a figure: share, "dozens of", money, percentage, plain number."""
    either, words, cardinal = numbers.either, numbers.words, numbers.CARDINAL
    units = {r["unit"] for r in lexicon.rows("units.tsv")}
    long, letter = (either(_longest({u for u in units if (len(u) > 1) is wide})) for wide in (True, False))
    fraction, plural = either(words("fraction")), either(tuple(w for w in words("plural") if w != "scores"))
    signs, short = either(_longest(set(_signs()))), either(words("short scale"))
    few = "one|two|three|four|five|six|seven|eight|nine|ten"
    percent = r"\s?%|\s?pc\b|[\s-]per\s?cent(?:age\s+points?)?\b|\s+(?:percentage|basis)\s+points?\b"
    shapes = (
        rf"(?P<part>\d+|{few})\s+(?:in|of|out\s+of)\s+(?:every\s+)?(?P<of>\d+|{few})(?=\s+[a-z]|[,.;])",
        rf"(?P<times>{few})[\s-](?P<parts>{fraction})s\b",
        rf"(?:(?:a|one)[\s-])?(?P<fraction>{fraction})(?=\s+(?:of|the|its|their|his|her|all|an?|that|those)\b)",
        rf"(?:a\s+few|several|many)\s+(?P<several>{either(words('scale'))}|dozen)\b",
        rf"(?P<plural>(?:{plural})(?:\s+of\s+(?:{plural}))*|scores(?=\s+of\b))\b",
        rf"(?:(?P<groups>an?|half\s+a|{cardinal})\s+)?(?P<group>{either(words('group'))})(?![\w-])",
        rf"(?P<sign>(?-i:{signs}))\s?(?P<sum>{cardinal})(?P<scale>\s?(?:{short})\b)?",
        rf"(?P<number>{cardinal})(?:(?P<short>(?:k|m|b)\b|\s?(?:bn|tn|mn|mln|bln|trn)\b)|(?P<percent>{percent})"
        rf"|(?P<unit>\s?(?:{long})(?![\w’'])|(?:{letter})(?![\w’'-])))?",
    )
    return re.compile(rf"(?<![\w.,/:#&@])(?:{'|'.join(shapes)})", re.IGNORECASE)


def _longest(entries: set[str]) -> tuple[str, ...]:
    return tuple(sorted(entries, key=lambda e: (-len(e), e)))


@cache
def _signs() -> dict[str, str]:
    """Currency signs and codes, and the ISO code that each settles; the sign itself where it settles none."""
    known = {code: code for code in sorted(_current())}
    return known | {r["sign"]: r.get("code") or r["sign"] for r in lexicon.rows("currencies.tsv")}


@cache
def _current() -> frozenset[str]:
    """The currencies that some country still uses, as the Unicode locale data have it."""
    periods = get_global("territory_currencies").values()
    return frozenset(code for some in periods for code, _, until, tender in some if until is None and tender)


@cache
def _currency_names() -> dict[str, str]:
    """Names of currencies in lower case, whole or last word ("naira", "shillings"), and the code if only one has it."""
    owners: dict[str, set[str]] = {}
    locale = Locale("en")
    for code in sorted(_current()):
        for count in (1, 2):
            name = get_currency_name(code, count, locale).lower()
            for form in (name, name.split()[-1]):
                owners.setdefault(form, set()).add(code)
    return {form: next(iter(codes)) if len(codes) == 1 else form for form, codes in sorted(owners.items())}


def _figures(reading: Reading, scene: Scene) -> Iterator[Figure]:
    """The numbers of the sentences that are neither part of a time nor a label, each with the words beside it."""
    for sentence in reading.sentences:
        for m in _pattern().finditer(scene.text, sentence.span.start, sentence.span.end):
            span = Span(*m.span())
            if not _is_time(span, scene) and not _is_label(m, scene):
                figure = _figure(m, span)
                if figure is not None:
                    yield _beside(figure, scene.text, sentence.span)


def _ranged(figures: list[Figure], text: str) -> list[Figure]:
    """Both ends of "between 20 and 30 people" count the same: the first is the least, the second the most."""
    ranged = list(figures)
    for n in range(len(figures) - 1):
        low, high = ranged[n], ranged[n + 1]
        between = text[low.span.end : high.span.start].strip().lower()
        before = text[max(0, low.span.start - 9) : low.span.start].lower().rstrip()
        alike = not low.unit or low.unit == high.unit or (_is_money(low.unit) and _is_money(high.unit))
        joined = between == "and" if before.endswith("between") else between in {"to", "-", "–"}
        if low.value < high.value and joined and alike and not before.endswith((" by", " from")):
            tail = Span(low.number.start, high.span.end)
            unit = low.unit or high.unit
            ranged[n] = replace(low, comparator=">=", unit=unit, share=low.share or high.share, tail=tail)
            ranged[n + 1] = replace(high, comparator="<=")
    return ranged


def _is_time(span: Span, scene: Scene) -> bool:
    """Whether the number belongs to a time; "12 months" stays a quantity of months as well."""
    index = bisect_right(scene.taken, span.start, key=lambda t: t.span.start)
    near = [t for t in scene.taken[max(0, index - 1) : index + 1] if t.span.overlaps(span)]
    return any(t.type != "DURATION" or "-" in t.span.of(scene.text) for t in near)


def _is_label(m: re.Match[str], scene: Scene) -> bool:
    """Whether the number names a thing ("Resolution 1701", "A320"), or is part of a code, a score or a list."""
    before, after = scene.text[max(0, m.start() - 24) : m.start()], scene.text[m.end() : m.end() + 24]
    if re.match(r"[\w’']|[.:]\s?\d|/\d", after) or re.search(r"[^\W\d_]['’]?-$|\d[,.]$|\d:\s?$", before):
        return True
    if _is_score(m[0], before, after):
        return True
    index = scene.at(m.start())
    if m["number"] is None or index >= len(scene.tokens):
        return False
    if not m["number"][0].isdigit():
        return _is_named(m["number"], before, after)
    word = re.search(r"([A-Za-z]+)\.?\s$", before)
    if word and word[1][0].isupper() and word[1].lower() in lexicon.column("codes.tsv", "word"):
        return True
    if re.search(r"(?:^|\n)\s*$", before) and re.match(r"[.)]\s", after):
        return True
    if re.fullmatch(r"(?:1[89]|20)\d\d", m["number"]) and not m["short"] and not m["percent"]:
        return not m["number"].endswith("00") or scene.tokens[min(index + 1, len(scene.tokens) - 1)].tag != "NNS"
    return word is not None and word[1][0].isupper() and _is_in_name(index, scene)


def _is_score(number: str, before: str, after: str) -> bool:
    """ "2-1", "5–4", "0800 123 456": figures side by side that are no range."""
    left, right = re.search(r"(\d+)\s?[-–]\s?$", before), re.match(r"\s?[-–]\s?(\d+)", after)
    if left and number[0].isdigit():
        return (numbers.value(left[1]) or 0) >= (numbers.value(number) or 0)
    if right and number[0].isdigit():
        return (numbers.value(right[1]) or 0) <= (numbers.value(number) or 0) or not re.match(
            r"\s?[-–]\s?[\d,.]+\s[a-z]", after
        )
    return bool(re.search(r"\d\s$", before)) or bool(re.match(r"\s\d{2,}", after))


def _is_named(word: str, before: str, after: str) -> bool:
    """Whether a number word is part of a name or a compound: "One Nation", "one-liners"."""
    inside = word[0].isupper() and bool(re.search(r"[\w,]\s$", before)) and bool(re.match(r"\s[A-Z]", after))
    return inside or (word.lower() == "one" and after.startswith("-"))


def _is_in_name(index: int, scene: Scene) -> bool:
    """Whether the number belongs to the name before it ("Boeing 737", "Apollo 11"), not to a noun behind it."""
    if index == 0:
        return False
    number, before = scene.tokens[index], scene.tokens[index - 1]
    opens = before.index == 0 or scene.tokens[before.index - 1].sentence != before.sentence
    if number.sentence != before.sentence or (opens and before.pos != "PROPN" and not before.name):
        return False
    if number.name.startswith("I-") or number.head == before.index or before.head in {number.index, number.head}:
        return True
    run = list(
        takewhile(
            lambda t: t.pos == "PROPN" and t.sentence == number.sentence,
            reversed(scene.tokens[max(0, index - 6) : index]),
        )
    )
    opener = scene.tokens[index - len(run) - 1] if index > len(run) else number
    return opener.pos != "ADP" or number.head < index


def _figure(m: re.Match[str], span: Span) -> Figure | None:
    """The value of a match, and the unit that is written with it."""
    worth = _worth(m)
    if worth is None:
        return None
    value = float(f"{worth:.12g}")
    comparator: Comparator = ">=" if m["several"] or m["plural"] else "="
    if m["sign"]:
        return Figure(span, span, value, comparator, unit=_signed(m["sign"]))
    if m["percent"]:
        word = m["percent"].strip(" -").lower()
        return Figure(span, span, value, comparator, unit=word if "point" in word else "%", share="point" not in word)
    unit = (m["unit"] or "").strip()
    if m["short"] == "m" and not re.match(r"\s+[a-z]+s\b", m.string[m.end() : m.end() + 24]):
        return Figure(span, span, value / 1e6, comparator, unit="m")
    return Figure(span, span, value, comparator, unit=unit, share=bool(m["part"] or m["parts"] or m["fraction"]))


def _signed(sign: str) -> str:
    known = {s.lower(): code for s, code in _signs().items()}
    return known[sign.lower()]


def _worth(m: re.Match[str]) -> float | None:
    words = {r["word"]: float(r["value"]) for r in lexicon.rows("numbers.tsv") if r["kind"] not in {"unit", "ten"}}
    if m["part"]:
        whole = numbers.value(m["of"]) or 0.0
        part = numbers.value(m["part"]) or 0.0
        return part / whole if 0 < part < whole else None
    if m["parts"]:
        return (numbers.value(m["times"]) or 1.0) * _fraction(m["parts"])
    if m["fraction"]:
        return _fraction(m["fraction"])
    if m["several"]:
        return 2 * words.get(m["several"].lower(), 12.0)
    if m["plural"]:
        return _plural(m["plural"].lower())
    if m["group"]:
        return (numbers.value(m["groups"] or "one") or 1.0) * words[m["group"].lower()]
    scale = (m["scale"] or m["short"] or "").strip().lower()
    read = numbers.value(m["sum"] or m["number"])
    return None if read is None else read * (words[scale] if scale else 1.0)


def _fraction(word: str) -> float:
    return float(lexicon.table("numbers.tsv", "word", "value")[word.lower()])


def _plural(text: str) -> float:
    """The least that "hundreds of thousands" can be: two hundred thousand."""
    known = lexicon.table("numbers.tsv", "word", "value")
    first, *rest = re.split(r"\s+of\s+", text)
    least = float(known[first])
    for word in rest:
        least *= float(known.get(word.removesuffix("s"), known[word]))
    return least


@cache
def _near() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may stand right before and right behind a figure."""
    rows = lexicon.rows("comparators.tsv")
    before, after = (
        numbers.either(_longest({r["words"] for r in rows if r["place"] == place})) for place in ("before", "after")
    )
    another = r"another|an\s+additional|a\s+further|an\s+extra|additional|further|extra"
    more = r"(?P<more>more|additional|further|extra)\b(?!\s+than)"
    return (
        re.compile(
            rf"(?i)(?:(?<!\w)(?P<comparator>{before})\s+)?(?:(?<!\w)(?P<more>{another})\s+)?(?:(?:an?|the|some)\s+)?$"
        ),
        re.compile(rf"(?i)\s?(?P<comparator>{after})(?!\w)|\s+{more}"),
    )


def _beside(figure: Figure, text: str, sentence: Span) -> Figure:
    """The figure with the comparator and the "more" that stand next to it."""
    before, after = _near()
    start, end = figure.span.start, figure.span.end
    low = before.search(text[max(sentence.start, start - 40) : start])
    behind = after.match(text, end, sentence.end)
    comparator, increment = figure.comparator, False
    if low and (low["comparator"] or low["more"]):
        named = low.start("comparator") if low["comparator"] else low.start("more")
        start = max(sentence.start, start - 40) + named
        comparator = _comparator(low["comparator"], "before") or comparator
        increment = bool(low["more"])
    if behind:
        end = behind.end()
        comparator = _comparator(behind["comparator"], "after") or comparator
        increment = increment or bool(behind["more"])
    return replace(figure, span=Span(start, end), comparator=comparator, increment=increment)


def _comparator(words: str | None, place: str) -> Comparator | None:
    if not words:
        return None
    low = re.sub(r"\s+", " ", words.lower())
    known = {(r["words"], r["place"]): r["comparator"] for r in lexicon.rows("comparators.tsv")}
    return next(c for c in get_args(Comparator) if c == known[low, place])


def _counted(figure: Figure, scene: Scene, memory: Memory, id: str) -> Quantity | None:
    """The quantity that a figure is, once it is known what it counts; None for a bare number that counts nothing."""
    index = scene.at(figure.number.end - 1)
    if index >= len(scene.tokens) or _is_pronoun(figure, index, scene):
        return None
    level = _is_level(figure, index, scene)
    comparator: Comparator = "=" if level and figure.comparator == "<=" else figure.comparator
    increment = figure.increment or (not level and _is_step(figure, index, scene))
    made = Quantity(id, figure.span, figure.value, figure.unit, comparator, increment, head=index)
    if figure.share:
        return _share(made, figure, scene)
    if _is_money(figure.unit):
        return made
    if _is_age(figure, index, scene):
        return replace(made, unit="years")
    noun = _noun(figure, scene)
    if noun is None and not figure.unit:
        return _elliptic(made, figure, scene, memory)
    return made if noun is None else _with_noun(made, figure, noun, scene)


def _is_money(unit: str) -> bool:
    return bool(unit) and (unit in _signs().values() or unit.lower() in _currency_names())


def _is_age(figure: Figure, index: int, scene: Scene) -> bool:
    """ "aged 34", "34-year-old", and the bare number between commas behind a name."""
    if not 0 < figure.value < 120 or figure.unit or figure.span != figure.number:
        return False
    before, after = (
        scene.text[max(0, figure.span.start - 8) : figure.span.start],
        scene.text[figure.span.end : figure.span.end + 20],
    )
    if AGE.match(after) or re.search(r"(?i)\b(?:aged?|ages)\s+(?:of\s+)?$", before):
        return True
    named = index > 1 and scene.tokens[index - 1].text == "," and scene.tokens[index - 2].pos == "PROPN"
    return named and bool(re.match(r"[,.;]", after))


def _is_pronoun(figure: Figure, index: int, scene: Scene) -> bool:
    """ "one of them", "no one", "the two" count nothing of their own."""
    token = scene.tokens[index]
    if figure.number.of(scene.text).lower() not in {"one", "zero"}:
        return False
    return token.dep != "nummod" or (
        index > 0
        and scene.tokens[index - 1].text.lower() in {"no", "the", "this", "that", "any", "each", "every", "number"}
    )


def _noun(figure: Figure, scene: Scene) -> Span | None:
    """The noun phrase behind the figure that it counts."""
    span = figure.tail or figure.span
    first, last = scene.at(span.end), scene.at(span.end - 1)
    if first >= len(scene.tokens) or scene.tokens[first].sentence != scene.tokens[last].sentence:
        return None
    tokens = scene.tokens[first : first + 9]
    if tokens[0].text.lower() == "of":
        tokens = tuple(dropwhile(lambda t: t.pos in {"DET", "PRON", "ADP", "NUM"}, tokens))
    if tokens and tokens[0].text == "-":
        tokens = tokens[1:2] if tokens[1:2] and tokens[1].pos == "NOUN" else ()
    return _phrase(tokens, scene.tokens[last])


def _phrase(tokens: Sequence[Token], number: Token) -> Span | None:
    """The words up to the head noun: the last of the unbroken run of nouns and what stands before nouns."""
    head = None
    for token in tokens:
        if token.sentence != number.sentence or (token.pos not in PREMODIFIERS and token.index != number.head):
            break
        if token.pos in {"PUNCT", "SYM"} and token.text not in {"-", "’", "'"}:
            break
        if head is not None and (head.tag == "NNS" or token.tag not in NOUN_TAGS):
            break
        if token.pos in {"NOUN", "PROPN"} or token.tag in NOUN_TAGS:
            head = token
    return None if head is None else Span(tokens[0].span.start, head.span.end)


def _with_noun(made: Quantity, figure: Figure, noun: Span, scene: Scene) -> Quantity:
    words = noun.of(scene.text)
    unit = _currency_names().get(re.sub(r"\s+", " ", words.lower()), words)
    head = scene.at(noun.end - 1)
    if figure.unit:
        return made
    span = made.span if figure.tail else made.span.hull(noun)
    return replace(made, span=span, unit=unit, head=head)


def _share(made: Quantity, figure: Figure, scene: Scene) -> Quantity:
    """ "a quarter of the force", "45% of voters", "one in five people": with what the share is of."""
    after = re.match(
        r"\s+of\s+|\s+(?=the\b|its\b|their\b|his\b|her\b|all\b|an?\b|[a-z])",
        scene.text[figure.span.end : figure.span.end + 12],
    )
    index = scene.at(figure.span.end + (after.end() if after else 0))
    if after is None or index >= len(scene.tokens):
        return made
    tokens = scene.tokens[index : index + 10]
    end = _end_of_phrase(tokens, scene.tokens[made.head].sentence)
    if end is None or (figure.unit == "%" and "of" not in after[0]):
        return made
    whole = Span(tokens[0].span.start, end.span.end)
    return replace(made, span=made.span.hull(whole), whole=whole.of(scene.text), head=end.index)


def _end_of_phrase(tokens: Sequence[Token], sentence: int) -> Token | None:
    """The head noun of the noun phrase at the start of the tokens."""
    head = None
    for token in tokens:
        if token.sentence != sentence or token.pos not in PREMODIFIERS | {"DET", "PRON"}:
            break
        if token.pos == "PUNCT" or (head is not None and token.pos in {"VERB", "DET", "PRON"}):
            break
        if head is not None and head.tag == "NNS" and token.tag not in NOUN_TAGS:
            break
        if token.pos in {"NOUN", "PROPN"}:
            head = token
    return head


def _is_step(figure: Figure, index: int, scene: Scene) -> bool:
    """ "rose by 5", "fell 3%", "a 5% rise": a change and not what it led to."""
    token = scene.tokens[index]
    before = scene.tokens[max(0, index - 3) : index]
    prepositions = {t.text.lower() for t in before if t.pos in {"ADP", "PART"}}
    above = (token, *_some(scene.tree.ancestors(token), 3))
    verbs = [t for t in above if t.pos == "VERB" and _changes(t, "verb")]
    nouns = [t for t in above if t.pos == "NOUN" and _changes(t, "noun")]
    if verbs and ("by" in prepositions or (figure.unit and not prepositions)):
        return True
    return (
        any(n.index > index or "of" in prepositions or "by" in prepositions for n in nouns) and "to" not in prepositions
    )


def _is_level(figure: Figure, index: int, scene: Scene) -> bool:
    """ "rose to 5", "bring … up to 1,000": where a change arrives."""
    start = max(0, figure.number.start - 8)
    if not re.search(r"(?i)\bto\s+$", scene.text[start : figure.number.start]):
        return False
    above = _some(scene.tree.ancestors(scene.tokens[index]), 3)
    return any(
        t.pos == "VERB" and (_changes(t, "verb") or t.lemma in {"bring", "take", "push", "come", "amount"})
        for t in above
    )


def _changes(token: Token, pos: str) -> bool:
    return any(r["word"] == token.lemma.lower() for r in lexicon.rows("change_words.tsv") if r["pos"] == pos)


def _some(tokens: Iterator[Token], count: int) -> tuple[Token, ...]:
    return tuple(islice(tokens, count))


@dataclass(frozen=True, slots=True)
class Memory:
    """What has been counted so far: quantities by value, and the last one that counted things."""

    by_value: dict[float, list[Quantity]]
    last: list[Quantity]

    def keep(self, quantity: Quantity, scene: Scene) -> Quantity:
        """The quantity with the earlier one that it restates; both are remembered."""
        same = self.by_value.setdefault(quantity.value, [])
        first = next((q for q in same if _says_same(quantity, q, scene)), None)
        same.append(quantity)
        if quantity.unit and not quantity.whole and quantity.unit != "%" and not _is_money(quantity.unit):
            self.last[:] = [quantity]
        return quantity if first is None else replace(quantity, restates=first.restates or first.id)


def _says_same(later: Quantity, first: Quantity, scene: Scene) -> bool:
    """The same figure of the same thing; small ones only where the text marks them as known ("the two men")."""
    if later.increment != first.increment or _stem(later) != _stem(first):
        return False
    before = scene.text[max(0, later.span.start - 6) : later.span.start].lower().strip()
    known = before.endswith(("the", "these", "those"))
    return known or later.value >= SMALL or later.unit == "%" or _is_money(later.unit)


def _stem(quantity: Quantity) -> str:
    """The last word without the plural's s, which is how two wordings of one unit are told to be the same."""
    unit = quantity.unit or quantity.whole or ""
    return unit.lower().split()[-1].removesuffix("s") if unit.strip() else ""


def _elliptic(made: Quantity, figure: Figure, scene: Scene, memory: Memory) -> Quantity | None:
    """A figure whose noun is left out: that of the same figure before, else, for a step or a limit, of the last one."""
    token, cued = scene.tokens[made.head], figure.span != figure.number
    first = scene.tokens[token.head] if token.dep == "conj" else token
    if token.dep not in ARGUMENTS or scene.tree.child(first, "cop") or not (cued or figure.value >= SMALL):
        return None
    same = [q.unit for q in memory.by_value.get(made.value, ()) if q.unit != "%" and not _is_money(q.unit)]
    near = [q.unit for q in memory.last if token.sentence - scene.tokens[q.head].sentence <= (RECENT if cued else 0)]
    unit = next((u for u in [*same[-1:], *near] if u), "")
    return replace(made, unit=unit) if unit or cued or token.dep in SUBJECTS else None
