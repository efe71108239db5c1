"""FollowTheMoney entities (https://followthemoney.tech), one JSON object a line, for OpenAleph and nomenklatura.

People, bodies, places, posts, articles, events and ties become entities of its schemata; ids are hashes of our IRIs.
An event that is not reported as done begins its name with its status in brackets, and has it among its keywords and in
its summary; ties that are denied are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha1
from typing import TYPE_CHECKING, Any

from graph import frames
from graph.network import records

if TYPE_CHECKING:
    from graph.store import Store

SCHEMATA = {
    "Person": "Person",
    "Government": "PublicBody",
    "SecurityForce": "PublicBody",
    "IntergovernmentalOrganisation": "Organization",
    "Organisation": "Organization",
    "Mission": "Organization",
    "ArmedGroup": "Organization",
    "Group": "LegalEntity",
    "GeopoliticalEntity": "PublicBody",
    "Place": "Address",
    "Post": "Position",
}
TIES = {
    "holdsPost": ("Occupancy", "holder", "post"),
    "formerlyHeldPost": ("Occupancy", "holder", "post"),
    "memberOf": ("Membership", "member", "organization"),
    "contributorTo": ("Membership", "member", "organization"),
    "owns": ("Ownership", "owner", "asset"),
    "spouseOf": ("Family", "person", "relative"),
    "kinOf": ("Family", "person", "relative"),
}
_LINK = ("UnknownLink", "subject", "object")


def entities(store: Store) -> dict[str, bytes]:
    """The entities as JSON lines, sorted by kind and IRI, each checked by followthemoney's own model.

    Raises UsageError without followthemoney, which ``pip install 'whodid[ftm]'`` brings.
    """
    model = frames.optional("followthemoney", "ftm").model
    held = frames.frames(store, ["entities", "documents", "events", "roles", "relations"])
    lines = [_line(proxy) for proxy in _proxies(model, held)]
    return {"entities.ftm.json": "".join(lines).encode("utf-8", "replace")}


def _line(proxy: Any) -> str:
    properties = {name: sorted(proxy.get(name)) for name in sorted(proxy.properties)}
    return (
        json.dumps({"id": proxy.id, "properties": properties, "schema": proxy.schema.name}, ensure_ascii=False) + "\n"
    )


def _proxies(model: Any, held: Mapping[str, Any]) -> Iterator[Any]:
    schemata: dict[str, str] = {}
    for row in records(held["entities"], list(held["entities"])):
        if row.get("type") in SCHEMATA and row.get("existence") is None:
            schemata[row["entity"]] = SCHEMATA[row["type"]]
            yield _entity(model, row)
    for row in records(held["documents"], list(held["documents"])):
        yield _article(model, row)
    yield from _events(model, held, schemata)
    for row in records(held["relations"], list(held["relations"])):
        tie = _tie(model, row, schemata)
        if tie is not None:
            yield tie


def _id(iri: str) -> str:
    return sha1(iri.encode("utf-8", "replace")).hexdigest()


def _made(model: Any, schema: str, iri: str, properties: Mapping[str, Any]) -> Any:
    proxy = model.make_entity(schema)
    proxy.id = _id(iri)
    for name, values in properties.items():
        for value in values if isinstance(values, list) else [values]:
            if value:
                proxy.add(name, value, quiet=False)
    return proxy


def _entity(model: Any, row: Mapping[str, Any]) -> Any:
    aliases = row["aliases"].split(frames.SEPARATOR) if "aliases" in row else []
    wikidata = row.get("same_as", "").removeprefix("http://www.wikidata.org/entity/")
    schema = SCHEMATA[row["type"]]
    more = {"full": row.get("name")} if schema == "Address" else {}
    known = {"wikidataId": wikidata} if wikidata.startswith("Q") else {}
    return _made(
        model,
        schema,
        row["entity"],
        {"name": row.get("name"), "alias": aliases, "keywords": row["type"], **more, **known},
    )


def _article(model: Any, row: Mapping[str, Any]) -> Any:
    day = row.get("published_first") if row.get("published_basis") == "Explicit" else None
    web = row.get("url", "")
    given = {
        "title": row.get("title"),
        "fileName": row.get("id"),
        "author": row.get("author"),
        "publisher": row.get("publisher"),
        "date": day,
    }
    return _made(model, "Article", row["document"], {**given, "sourceUrl": web if web.startswith("http") else None})


def _events(model: Any, held: Mapping[str, Any], schemata: Mapping[str, str]) -> Iterator[Any]:
    involved: dict[str, dict[str, list[str]]] = {}
    for row in records(held["roles"], ("event", "role", "filler")):
        if schemata.get(row["filler"], "Address") not in ("Address", "Position"):
            involved.setdefault(row["event"], {}).setdefault(row["role"], []).append(_id(row["filler"]))
    for row in records(held["events"], list(held["events"])):
        parts = involved.get(row["event"], {})
        others = [one for role, ids in parts.items() if role != "agent" for one in ids]
        status = row.get("status", "status unknown")
        said = f"According to {row['said_by']}" if "said_by" in row else "According to nobody named"
        yield _made(model, "Event", row["event"], {
            "name": row.get("what") if status == "actual" else f"({status}) {row.get('what', '')}",
            "keywords": [row.get("type"), row.get("plover"), f"status: {status}"],
            "summary": f"{said}; status: {status}.",
            "proof": _id(row["document"]) if "document" in row else None,
            "notes": row.get("sentence"),
            "startDate": row.get("first"),
            "endDate": row.get("last"),
            "location": row.get("place"),
            "organizer": parts.get("agent", []),
            "involved": others,
        })  # fmt: skip


def _tie(model: Any, row: Mapping[str, Any], schemata: Mapping[str, str]) -> Any | None:
    one, other = row.get("subject", ""), row.get("object", "")
    if row.get("polarity") != "Positive" or one not in schemata or other not in schemata:
        return None
    schema, source, target = TIES.get(row["predicate"], _LINK)
    if not _fits(model, schema, source, schemata[one]) or not _fits(model, schema, target, schemata[other]):
        schema, source, target = _LINK
        if not _fits(model, schema, source, schemata[one]) or not _fits(model, schema, target, schemata[other]):
            return None
    role = {"role": row["predicate"]} if "role" in model.get(schema).properties else {"summary": row["predicate"]}
    ends = {source: _id(one), target: _id(other), "proof": _id(row["document"]) if "document" in row else None}
    status = {"status": "former"} if row["predicate"] == "formerlyHeldPost" else {}
    return _made(model, schema, row["relation"], {**ends, **role, **status})


def _fits(model: Any, schema: str, name: str, filler: str) -> bool:
    return bool(model.get(filler).is_a(model.get(schema).get(name).range))
