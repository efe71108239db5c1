"""Which media type an answer comes in. https://www.rfc-editor.org/rfc/rfc9110#name-accept"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from graph.server.refusal import Refusal
from graph.server.worker import RESULTS, TRIPLES

_JSON, _XML, _CSV, _TSV = list(RESULTS)[:4]
_TURTLE, _N_TRIPLES, _JSON_LD, _RDF_XML = list(TRIPLES)[:4]
FORMATS: dict[str, tuple[str | None, str | None]] = {
    "json": (_JSON, _JSON_LD),
    "xml": (_XML, _RDF_XML),
    "csv": (_CSV, None),
    "tsv": (_TSV, None),
    "turtle": (None, _TURTLE),
    "ttl": (None, _TURTLE),
    "n3": (None, _TURTLE),
    "nt": (None, _N_TRIPLES),
    "n-triples": (None, _N_TRIPLES),
    "jsonld": (None, _JSON_LD),
    "json-ld": (None, _JSON_LD),
    "rdf": (None, _RDF_XML),
    "rdfxml": (None, _RDF_XML),
    "rdf+xml": (None, _RDF_XML),
}


@lru_cache(256)
def best(accept: str, offered: tuple[str, ...]) -> str | None:
    """The offered media type that an Accept header likes best, the earlier of equals; None where it takes none."""
    ranges = list(_ranges(accept or "*/*"))
    liked = [(_quality(ranges, media_type), -place, media_type) for place, media_type in enumerate(offered)]
    quality, _, media_type = max(liked)
    return media_type if quality > 0 else None


def _ranges(accept: str) -> Iterable[tuple[str, float]]:
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p.partition("=")[2] for p in parameters if p.partition("=")[0].strip() == "q"), "1")
        try:
            yield media_range, min(1.0, max(0.0, float(quality)))
        except ValueError:
            yield media_range, 0.0


def _quality(ranges: Iterable[tuple[str, float]], media_type: str) -> float:
    """That of the most specific range which covers the media type."""
    kind = f"{media_type.partition('/')[0]}/*"
    order = {media_type: 2, kind: 1, "*/*": 0, "*": 0}
    covering = [(order[media_range], quality) for media_range, quality in ranges if media_range in order]
    return max(covering)[1] if covering else 0.0


@lru_cache(256)
def answers(accept: str, format: str | None) -> tuple[str | None, str | None]:
    """The media types for rows and for triples. Raises Refusal where neither can be had."""
    if format is not None:
        found = FORMATS.get(format.lower()) or (
            format if format in RESULTS else None,
            format if format in TRIPLES else None,
        )
        if found == (None, None):
            raise Refusal(400, f"format={format[:100]} is unknown; known: {', '.join(FORMATS)}")
        return found
    found = best(accept, tuple(RESULTS)), best(accept, tuple(TRIPLES))
    if found == (None, None):
        raise Refusal(406, f"answers come as {', '.join(dict.fromkeys([*RESULTS, *TRIPLES]))}")
    return found


def triples(accept: str, format: str | None = None) -> str:
    """The media type for triples. Raises Refusal where none can be had."""
    found = answers(accept, format)[1]
    if found is None:
        raise Refusal(406, f"triples come as {', '.join(TRIPLES)}")
    return found


@lru_cache(256)
def prefers_page(accept: str) -> bool:
    """Whether a browser asks: it names HTML, and likes nothing of ours better."""
    if "text/html" not in accept.lower():
        return False
    return best(accept, ("text/html", *RESULTS, *TRIPLES)) == "text/html"
