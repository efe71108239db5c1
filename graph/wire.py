"""HTTP to one SPARQL server: authentication, tries and pauses, deadlines, and errors that give no secret away."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO

import httpx

from graph.addresses import Server
from graph.errors import StoreError

PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each further try."""
LONGEST_PAUSE = 60.0
"""Seconds that a server's Retry-After may ask for; if it asks for more, it is not waited for."""
BUSY = frozenset([429, 502, 503, 504])
TOLD = 300


class Wire:
    """A client of one server. What it sends may be sent twice, so all of it is idempotent."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._client = httpx.Client(
            auth=_auth(server),
            timeout=httpx.Timeout(server.timeout, connect=min(server.timeout, 10.0)),
            headers={"User-Agent": "whodid"},
        )

    def close(self) -> None:
        self._client.close()

    def send(
        self,
        method: str,
        address: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The whole response, whatever its status but busy. Raises StoreError where none comes, however often tried."""
        request = self._client.build_request(method, address, params=params, content=content, headers=headers)
        return self._tried(request, stream=False)

    @contextmanager
    def asked(
        self, form: Mapping[str, str | list[str]], accept: str, seconds: float | None
    ) -> Iterator[tuple[httpx.Response, IO[bytes]]]:
        """The response to a query, sent as a form, and its body as a file that is read as it comes.

        Raises TimeoutException, and so does reading, when more than ``seconds`` are over.
        """
        until = None if seconds is None else time.monotonic() + seconds
        patience = min(self.server.timeout, seconds or self.server.timeout)
        request = self._client.build_request(
            "POST", self.server.query, data=form, headers={"Accept": accept}, timeout=httpx.Timeout(patience)
        )
        response = self._tried(request, stream=True, until=until)
        try:
            yield response, io.BufferedReader(_Body(response, until), 1 << 16)
        finally:
            response.close()

    def _tried(self, request: httpx.Request, *, stream: bool, until: float | None = None) -> httpx.Response:
        """The first response that is not busy. A query that ran out of time is not asked again."""
        for pause in (*PAUSES, None):
            response, failure, asked = self._once(request, stream)
            if response is not None:
                return response
            over = until is not None and time.monotonic() + max(pause or 0, asked) > until
            if pause is None or asked > LONGEST_PAUSE or over:
                break
            time.sleep(max(pause, asked))
        raise StoreError(f"{self.server.name}: {failure}; nothing more was tried")

    def _once(self, request: httpx.Request, stream: bool) -> tuple[httpx.Response | None, str, float]:
        """A response, or what went wrong and for how many seconds the server wants to be left alone."""
        try:
            response = self._client.send(request, stream=stream)
        except httpx.TimeoutException as error:
            if stream and not isinstance(error, httpx.ConnectTimeout):
                raise
            return None, f"no answer within {self.server.timeout:g} seconds", 0.0
        except httpx.TransportError as error:
            return None, f"it cannot be reached ({self.clean(str(error)) or type(error).__name__})", 0.0
        if response.status_code not in BUSY:
            return response, "", 0.0
        failure = f"it is too busy ({self.told(response)})"
        response.close()
        return None, failure, retry_after(response.headers.get("Retry-After", ""))

    def told(self, response: httpx.Response) -> str:
        """What a response says, short, on one line, without control characters and secrets."""
        try:
            text = response.read().decode("utf-8", "replace") if not response.is_closed else response.text
        except httpx.HTTPError:
            text = ""
        kind = response.headers.get("content-type", "")
        said = "" if kind.startswith("text/html") else self.clean(text)
        return f"status {response.status_code}{f': {said}' if said else ''}"

    def clean(self, text: str) -> str:
        shown = text.replace(self.server.secret, "…") if self.server.secret else text
        words = " ".join("".join(c if c.isprintable() else " " for c in shown[:5000]).split())
        return words if len(words) <= TOLD else words[: TOLD - 1] + "…"


def retry_after(text: str, now: datetime | None = None) -> float:
    """The seconds of a Retry-After header, which says a number or a date; 0 where it says neither."""
    if text.strip().isdecimal():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (then.replace(tzinfo=then.tzinfo or UTC) - (now or datetime.now(UTC))).total_seconds())


def _auth(server: Server) -> httpx.Auth | None:
    if server.authentication == "basic":
        return httpx.BasicAuth(server.user, server.secret)
    if server.authentication == "digest":
        return httpx.DigestAuth(server.user, server.secret)
    return _Bearer(server.secret) if server.authentication == "bearer" else None


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class _Body(io.RawIOBase):
    """A response's body as a file, which is read as it comes; after its deadline reading raises TimeoutException."""

    def __init__(self, response: httpx.Response, until: float | None) -> None:
        self._chunks = response.iter_bytes()
        self._left = b""
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._left:
            if self._until is not None and time.monotonic() > self._until:
                raise httpx.ReadTimeout("the deadline is over")
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        size = min(len(target), len(self._left))
        target[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
