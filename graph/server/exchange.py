"""How a request becomes a question, and its answer a response: the same for each process that speaks to clients."""

from __future__ import annotations

from graph.server import negotiation, requests
from graph.server.answers import Kept, etag
from graph.server.limits import Limits
from graph.server.requests import Asked
from graph.server.responses import Headers, sharing, typed
from graph.server.worker import Question

_CACHED: Headers = [(b"cache-control", b"no-cache"), (b"vary", b"accept")]


class Exchange:
    """``origins`` are those whose scripts may read the answers, ``*`` means all."""

    def __init__(self, limits: Limits, origins: tuple[str, ...]) -> None:
        self.limits = limits
        self.origins = origins
        self.limited = [(b"x-sparql-maxrows", str(limits.rows).encode())]

    def question(self, asked: Asked, query: str, accept: str) -> Question:
        """Raises Refusal for media types that cannot be had, and for graphs that no IRI names."""
        results, triples = negotiation.answers(accept, asked.format)
        default, named = asked.graphs("default-graph-uri"), asked.graphs("named-graph-uri")
        return Question(query, results, triples, default, named, self.limits.rows, self.limits.seconds)

    def parsed(self, parameters: bytes, accept: str) -> Question | None:
        """The question of a GET; None where it asks none, or does more. Raises Refusal as ``question`` does."""
        given = requests.parameters(parameters)
        if len(given.get("query", ())) != 1 or "update" in given:
            return None
        query = given["query"][0]
        if len(given) > 1:
            return self.question(Asked(None, None, given), query, accept)
        results, triples = negotiation.answers(accept, None)
        return Question(query, results, triples, rows=self.limits.rows, seconds=self.limits.seconds)

    def kept(self, question: Question, version: str, media_type: str, body: bytes) -> Kept:
        """A whole answer, as it is kept."""
        asked = f"{question.sparql} {media_type} {question.default} {question.named}"
        return Kept(version, etag(version, asked).encode(), media_type, body)

    def opening(self, asked: Headers, media_type: str) -> Headers:
        """The headers of a whole answer to a request with these, but for its ETag and length."""
        return [*sharing({"headers": asked}, self.origins), *typed(media_type), *_CACHED, *self.limited]

    def whole(self, asked: Headers, kept: Kept) -> tuple[int, Headers, bytes]:
        """Status, headers and body for who may have the answer already."""
        headers = [*self.opening(asked, kept.media_type), (b"etag", kept.etag)]
        return (304, headers, b"") if kept.etag in has(asked) else (200, headers, kept.body)


def has(asked: Headers) -> tuple[bytes, ...]:
    """The ETags of what a client has."""
    return tuple(value for name, value in asked if name == b"if-none-match")


def accepted(asked: Headers) -> str:
    """The media types that a client takes."""
    return ", ".join([value.decode("latin-1") for name, value in asked if name == b"accept"])
