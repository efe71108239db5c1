"""The mentions as W3C Web Annotations: https://www.w3.org/TR/annotation-model/

One annotation is one stretch of text that stands for something; its target is the article's IRI with two selectors, the
characters by their numbers and the words with what stands around them. Positions count Unicode code points from 0, and
``end`` is not part of the stretch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from graph import frames
from graph.network import records
from graph.vocabulary import WHO

if TYPE_CHECKING:
    from graph.store import Store

AROUND = 32
_CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {
        "kind": str(WHO.mentionKind),
        "modality": {"@id": str(WHO.modality), "@type": "@id"},
        "polarity": {"@id": str(WHO.polarity), "@type": "@id"},
        "confidence": str(WHO.confidence),
    },
]
_TEXTS = "SELECT ?s ?text WHERE { ?s nif:isString ?text }"


def mentions(store: Store) -> dict[str, bytes]:
    """An annotation page of all mentions, as JSON-LD. What an event's words stand for has its modality and polarity."""
    held = frames.frames(store, ["mentions", "events"])
    texts = dict(frames.rows(store, _TEXTS, "s", "text"))
    stands = {row["event"]: row for row in records(held["events"], ("event", "modality", "polarity"))}
    items = list(_annotations(records(held["mentions"], list(held["mentions"])), texts, stands))
    page = {"@context": _CONTEXT, "id": f"{store.base}annotations", "type": "AnnotationPage", "items": items}
    return {"annotations.jsonld": (json.dumps(page, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")}


def _annotations(
    found: Iterator[dict[str, Any]], texts: Mapping[str, str], stands: Mapping[str, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for mention in found:
        if "begin" not in mention or "end" not in mention or "document" not in mention:
            continue
        event = stands.get(mention["refers_to"], {})
        status = {name: str(WHO[event[name]]) for name in ("modality", "polarity") if name in event}
        yield {
            "id": f"{mention['mention']}#{mention['refers_to'].rsplit('/', 1)[-1]}",
            "type": "Annotation",
            "motivation": "identifying",
            **{name: mention[name] for name in ("kind", "confidence") if name in mention},
            "body": [
                {"id": mention["refers_to"], **status},
                {"type": "TextualBody", "purpose": "tagging", "value": mention["type"]},
                {
                    "type": "TextualBody",
                    "purpose": "describing",
                    "value": mention.get("name", mention.get("words", "")),
                },
            ],
            "target": {
                "source": mention["document"],
                "selector": _selectors(mention, texts.get(mention["document"], "")),
            },
        }


def _selectors(mention: Mapping[str, Any], text: str) -> list[dict[str, Any]]:
    begin, end = mention["begin"], mention["end"]
    return [
        {"type": "TextPositionSelector", "start": begin, "end": end},
        {
            "type": "TextQuoteSelector",
            "exact": mention.get("words", text[begin:end]),
            "prefix": text[max(begin - AROUND, 0) : begin],
            "suffix": text[end : end + AROUND],
        },
    ]
