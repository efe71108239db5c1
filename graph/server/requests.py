"""What a request asks: its parameters, its body, its headers, read within limits."""

from __future__ import annotations

import asyncio
import codecs
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from starlette.types import Receive, Scope

from graph.server.limits import Limits
from graph.server.refusal import Refusal

_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]*')
QUERY, UPDATE, FORM = "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the endpoint: a query or an update, or neither, with its other parameters."""

    query: str | None = None
    update: str | None = None
    parameters: dict[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        """A parameter that may be given once. Raises Refusal where it is given twice."""
        return _single(self.parameters, name)

    @property
    def format(self) -> str | None:
        """The first ``format`` that is given: some clients send several, and mean their Accept header."""
        return next(iter(self.parameters.get("format", ())), None)

    def graphs(self, name: str) -> tuple[str, ...]:
        """The IRIs that a parameter names. Raises Refusal for what is none."""
        return tuple(absolute(iri, name) for iri in self.parameters.get(name, ()))


def absolute(iri: str, name: str) -> str:
    """``iri``, if it is an absolute one; else Refusal."""
    if not _IRI.fullmatch(iri):
        raise Refusal(400, f"{name}={iri[:200]!r} is no absolute IRI")
    return iri


def _single(parameters: dict[str, list[str]], name: str) -> str | None:
    given = parameters.get(name, [])
    if len(given) > 1:
        raise Refusal(400, f"{name} is given {len(given)} times; send one")
    return given[0] if given else None


def parameters(encoded: bytes) -> dict[str, list[str]]:
    """What stands in a query string or form. Raises Refusal where it is not UTF-8 or has too many parts."""
    found: dict[str, list[str]] = {}
    try:
        if encoded.startswith(b"query=") and b"&" not in encoded:
            return {"query": [_unquoted(encoded[6:].replace(b"+", b" ")).decode("utf-8")]}
        pairs = parse_qsl(
            encoded.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=1000
        )
    except UnicodeDecodeError:
        raise Refusal(400, "the parameters are not UTF-8, percent-encoded") from None
    except ValueError:
        raise Refusal(400, "there are more than 1,000 parameters") from None
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _unquoted(encoded: bytes) -> bytes:
    """As urllib's, but not in a loop of Python: a percent sign and two digits are read like Python's own escapes."""
    try:
        escaped = encoded.replace(b"\\", b"\\x5c").replace(b"%", b"\\x")
        return codecs.decode(escaped, "unicode_escape").encode("latin-1")
    except UnicodeError:
        return unquote_to_bytes(encoded)


def header(scope: Scope, name: bytes) -> str:
    """A header's value; several are joined by commas."""
    return ", ".join([value.decode("latin-1") for key, value in scope["headers"] if key == name])


async def asked(scope: Scope, receive: Receive, limits: Limits) -> Asked:
    """What GET, HEAD or POST asks. Raises Refusal for what the SPARQL 1.1 Protocol does not allow."""
    in_address = parameters(scope["query_string"])
    if scope["method"] != "POST":
        if "update" in in_address:
            raise Refusal(400, "an update is sent by POST")
        return Asked(_single(in_address, "query"), None, in_address)
    media_type = content_type(scope)
    if media_type not in (FORM, QUERY, UPDATE):
        raise Refusal(415, f"a query comes as {QUERY} or {FORM}, an update as {UPDATE} or {FORM}")
    sent = await body(scope, receive, limits)
    if media_type == FORM:
        return _from_form({**in_address, **parameters(sent)})
    text = _utf8(sent)
    if "query" in in_address or "update" in in_address:
        raise Refusal(400, "there is a query in the address and another in the body; send one")
    return Asked(text, None, in_address) if media_type == QUERY else Asked(None, text, in_address)


def _from_form(form: dict[str, list[str]]) -> Asked:
    query, update = _single(form, "query"), _single(form, "update")
    if (query is None) == (update is None):
        raise Refusal(400, "the form needs query=… or update=…, one of them")
    return Asked(query, update, form)


def content_type(scope: Scope) -> str:
    """The body's media type in lower case. Raises Refusal for another charset than UTF-8."""
    media_type, *rest = (part.strip().lower() for part in header(scope, b"content-type").split(";"))
    for parameter in rest:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            raise Refusal(415, "text comes in UTF-8")
    return media_type


def _utf8(sent: bytes) -> str:
    try:
        return sent.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the body is not UTF-8 text (byte {error.start})") from None


async def body(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    """The whole body. Raises Refusal where it is too large, or does not come in time."""
    length = header(scope, b"content-length")
    if length.isdigit() and int(length) > limits.body:
        raise _too_large(limits)
    try:
        async with asyncio.timeout(limits.arrival):
            return await _body(receive, limits)
    except TimeoutError:
        raise Refusal(
            408, f"the body did not come within {limits.arrival:g} seconds", {"connection": "close"}
        ) from None


async def _body(receive: Receive, limits: Limits) -> bytes:
    message: Any = await receive()
    sent = bytearray()
    while message["type"] == "http.request":
        sent += message.get("body", b"")
        if len(sent) > limits.body:
            raise _too_large(limits)
        if not message.get("more_body"):
            return bytes(sent)
        message = await receive()
    raise Refusal(400, "the request was broken off")


def _too_large(limits: Limits) -> Refusal:
    return Refusal(413, f"the body is larger than {limits.body:,} bytes", {"connection": "close"})
