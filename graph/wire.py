"""HTTP to one SPARQL server: authentication, tries and pauses, deadlines, and errors that give no secret away."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO

import httpx

from graph.addresses import Server
from graph.errors import StoreError

log = logging.getLogger("whodid.wire")
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before each further try."""
AT_FIRST = 3
"""How many of them are for a server that has never answered: its address may be mistyped."""
CONNECTING, CONNECTING_AT_FIRST = 10.0, 4.0
"""Seconds that a connection may take to be made."""
LONGEST_PAUSE = 60.0
"""Seconds that a server's Retry-After may ask for; if it asks for more, it is not waited for."""
BUSY = frozenset([429, 502, 503, 504])
TOLD = 300


class Wire:
    """A client of one server. What it sends may be sent twice, so all of it is idempotent.

    Before each further try it says what is wrong, as a warning of the logger ``whodid.wire``: on standard error, where
    nothing else has been arranged.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._answered = False
        self._client = httpx.Client(auth=_auth(server), headers={"User-Agent": "whodid"})

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
        request = self._client.build_request(
            method, address, params=params, content=content, headers=headers, timeout=self._timeout(self.server.timeout)
        )
        return self._tried(request, stream=False)

    def _timeout(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(seconds, connect=min(seconds, CONNECTING if self._answered else CONNECTING_AT_FIRST))

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
            "POST", self.server.query, data=form, headers={"Accept": accept}, timeout=self._timeout(patience)
        )
        response = self._tried(request, stream=True, until=until)
        try:
            yield response, as_file(response.iter_bytes(), until)
        finally:
            response.close()

    def _tried(self, request: httpx.Request, *, stream: bool, until: float | None = None) -> httpx.Response:
        """The first response that is not busy. A query that ran out of time is not asked again."""
        for number in range(len(PAUSES) + 1):
            response, failure, wanted = self._once(request, stream)
            if response is not None:
                return response
            pauses = PAUSES if self._answered else PAUSES[:AT_FIRST]
            pause = max(pauses[number], wanted) if number < len(pauses) else 0.0
            over = until is not None and time.monotonic() + pause > until
            if not pause or pause > LONGEST_PAUSE or over:
                break
            told = f"trying again in {pause:g} s ({number + 1} of {len(pauses)})"
            log.warning("%s: %s; %s", self.server.name, failure, told)
            time.sleep(pause)
        raise StoreError(f"{self.server.name}: {failure}; nothing more was tried")

    def _once(self, request: httpx.Request, stream: bool) -> tuple[httpx.Response | None, str, float]:
        """A response, or what went wrong and for how many seconds the server wants to be left alone."""
        try:
            response = self._client.send(request, stream=stream)
        except httpx.TimeoutException as error:
            if stream and not isinstance(error, httpx.ConnectTimeout):
                raise
            return None, f"no answer within {_seconds(error):g} seconds", 0.0
        except httpx.TransportError as error:
            return None, f"it cannot be reached ({self.clean(str(error)) or type(error).__name__})", 0.0
        self._answered = True
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


def _seconds(error: httpx.TimeoutException) -> float:
    """How long was waited for what did not come."""
    waited: dict[str, float] = error.request.extensions["timeout"]
    return waited["connect" if isinstance(error, httpx.ConnectTimeout) else "read"]


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


def as_file(pieces: Iterator[bytes], until: float | None = None) -> io.BufferedReader:
    """The pieces as a file, which are taken as they are read; after ``until`` reading raises TimeoutException."""
    return io.BufferedReader(_Pieces(pieces, until), 1 << 16)


class _Pieces(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes], until: float | None) -> None:
        self._pieces = pieces
        self._left = b""
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._left:
            if self._until is not None and time.monotonic() > self._until:
                raise httpx.ReadTimeout("the deadline is over")
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        size = min(len(target), len(self._left))
        target[:size] = self._left[:size]
        self._left = self._left[size:]
        return size
