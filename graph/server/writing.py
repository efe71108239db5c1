"""Changes to the store, for who knows the token, one after the other; each is seen by the queries that follow it."""

from __future__ import annotations

import asyncio
import hmac
import os
import pickle
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.types import Scope

from graph import safety
from graph.errors import QueryError, UsageError
from graph.server.change import UPDATE, Change
from graph.server.limits import Limits
from graph.server.pool import environment
from graph.server.refusal import Refusal, busy
from graph.server.requests import header

VARIABLE = "WHODID_TOKEN"
SHORTEST = 16


def token(file: str | None = None) -> str:
    """The token that writers show: the first line of a file, or the environment variable ``WHODID_TOKEN``.

    Raises UsageError where there is none, or one that is easily guessed.
    """
    try:
        found = Path(file).read_text("utf-8").strip() if file else os.environ.get(VARIABLE, "").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the token's file {file} cannot be read as text") from error
    if len(found) < SHORTEST:
        raise UsageError(
            f"writing needs a token of {SHORTEST} characters or more, in the environment variable {VARIABLE} or a file "
            "(--token-file); for example: python3 -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return found


class Writer:
    """Makes changes to the store ``where``; without a token, none. ``changed`` is awaited after each."""

    def __init__(self, limits: Limits, token: str | None) -> None:
        self._limits = limits
        self._token = token
        self._one = asyncio.Lock()
        self.where = ""
        self.changed: Callable[[], Awaitable[object]] | None = None

    @property
    def writes(self) -> bool:
        return self._token is not None

    def admit(self, scope: Scope) -> None:
        """Raises Refusal for who does not show the token."""
        if self._token is None:
            raise Refusal(403, "this server only reads")
        scheme, _, shown = header(scope, b"authorization").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), self._token.encode()):
            raise Refusal(401, "writing needs the token: Authorization: Bearer …", {"www-authenticate": "Bearer"})

    async def update(self, sparql: str, using: tuple[str, ...], named: tuple[str, ...]) -> None:
        """Carries out a SPARQL update. Raises Refusal."""
        try:
            safety.check_update(sparql)
            whole = safety.with_dataset(sparql, using, named)
        except QueryError as error:
            raise Refusal(400, str(error)) from None
        await self.make(Change(UPDATE, whole.encode("utf-8")))

    async def make(self, change: Change) -> int:
        """Makes a change in a process of its own; the status. Raises Refusal."""
        async with self._one:
            status, why = await self._made(change)
            if status >= 400:
                raise busy(why) if status == 503 else Refusal(status, why)
            if self.changed:
                await self.changed()
            return status

    async def _made(self, change: Change) -> tuple[int, str]:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        command = ["-P", "-m", "graph.server.change", self.where]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdin=pipe, stdout=pipe, stderr=nothing, env=environment()
        )
        try:
            async with asyncio.timeout(self._limits.seconds):
                told, _ = await process.communicate(pickle.dumps(change))
        except TimeoutError:
            return 503, f"the change was given up after {self._limits.seconds:g} seconds; nothing was changed"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            return 500, "the change could not be made"
        status, why = pickle.loads(told)
        return int(status), str(why)
