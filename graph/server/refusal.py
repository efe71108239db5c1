"""What the server answers when it does not do what was asked."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import PlainTextResponse, Response

from graph.errors import WhodidError


class Refusal(WhodidError):
    """A status of HTTP, and why in words for people; they tell nothing of the machine."""

    def __init__(self, status: int, why: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.headers = dict(headers or {})

    def response(self) -> Response:
        headers = {"cache-control": "no-store", **self.headers}
        return PlainTextResponse(f"{self}\n", self.status, headers)


def busy(why: str, seconds: int = 5) -> Refusal:
    """503, and when to come again."""
    return Refusal(503, why, {"retry-after": str(seconds)})
