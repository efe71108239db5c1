"""A store on another server: its queries are passed on, under the same limits, and its answers written anew.

What a query may not do is refused here, before anything is sent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool

from graph import answering, safety
from graph.answering import to_ox
from graph.errors import QueryError, StoreError
from graph.results import Result
from graph.server.limits import Limits
from graph.server.pool import Answer, refusal
from graph.server.refusal import busy
from graph.server.worker import FAILED, REFUSED, RESULTS, TRIPLES, WHOLE, Question, unacceptable
from graph.store import Store
from graph.vocabulary import PREFIXES

log = logging.getLogger("whodid.server")


class Elsewhere:
    """What is served is whatever the other server holds. Nobody tells when it changes: it is new each second."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def version(self) -> str:
        return f"elsewhere-{int(time.time())}"

    @contextmanager
    def used(self) -> Iterator[Elsewhere]:
        yield self

    def retire(self) -> None:
        self.store.close()


class Relay:
    """Asks the other server as often at once as a pool has processes."""

    def __init__(self, limits: Limits, store: Store) -> None:
        self._limits = limits
        self._store = store
        self._room = asyncio.Semaphore(limits.workers + limits.long)
        self._asking: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question, client: str = "") -> Answer:
        """The answer. Raises Refusal."""
        answer = self.put(question, client)
        await answer.head
        return answer

    def put(self, question: Question, client: str = "") -> Answer:
        """The answer that will be. Raises Refusal."""
        if len(self._asking) >= self._limits.queue:
            raise busy("too many queries are waiting; come again in a few seconds")
        answer = Answer(question, client, asyncio.get_running_loop())
        task = asyncio.create_task(self._relay(answer))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return answer

    async def close(self) -> None:
        for task in self._asking:
            task.cancel()

    async def _relay(self, answer: Answer) -> None:
        try:
            async with asyncio.timeout(self._limits.patience):
                await self._room.acquire()
        except TimeoutError:
            answer.fail(busy("the server is busy; come again in a few seconds"))
            return
        try:
            kind, content = await run_in_threadpool(relayed, self._store, answer.question)
            if kind == WHOLE:
                answer.take(kind, content)
            else:
                answer.fail(refusal(kind, content))
        finally:
            self._room.release()


def relayed(store: Store, question: Question) -> tuple[bytes, bytes]:
    """A frame with the answer of ``store``, or with why there is none."""
    try:
        form = _form(question)
    except QueryError as error:
        return REFUSED, f"{getattr(error, 'status', 400)} {error}".encode()
    try:
        return _answered(store, question, form)
    except (QueryError, StoreError) as error:
        log.warning("the store elsewhere gives no answer: %s", error)
        return REFUSED, b"503 the store that this server asks gives no answer to this query"
    except ValueError:
        return FAILED, b""


def _form(question: Question) -> Result | None:
    """What kind of answer there will be, None for a graph. Raises QueryError for what must not be asked."""
    if question.sparql is None:
        return None
    if question.default or question.named:
        raise QueryError("this server passes queries on; say FROM and FROM NAMED in the query itself")
    form = answering.answer(ox.Store(), answering.Question(question.sparql, rows=0))
    wanted = question.triples if form.triples else question.results
    if wanted is None:
        raise unacceptable(TRIPLES if form.triples else RESULTS)
    return form


def _answered(store: Store, question: Question, form: Result | None) -> tuple[bytes, bytes]:
    if question.sparql is None:
        return _graph(store, question)
    safety_known = store.graphs() if "FROM" in question.sparql.upper() else ()
    try:
        safety.check(question.sparql, safety_known, PREFIXES)
    except QueryError as error:
        return REFUSED, f"400 {error}".encode()
    found = store.query(question.sparql, seconds=question.seconds, rows=question.rows)
    media_type = question.triples if found.triples else question.results
    assert media_type is not None
    content = _triples(found, media_type) if found.triples else _rows(found, media_type)
    return WHOLE, f"{media_type}\n".encode() + content


def _graph(store: Store, question: Question) -> tuple[bytes, bytes]:
    assert question.triples is not None
    name = question.default[0]
    if name not in store.graphs():
        return REFUSED, f"404 <{name}> is no graph of this store".encode()
    rows = tuple(quad[:3] for quad in store.quads(name))
    content = _triples(Result(("subject", "predicate", "object"), rows, triples=True), question.triples)  # type: ignore[arg-type]
    return WHOLE, f"{question.triples}\n".encode() + content


def _triples(found: Result, media_type: str) -> bytes:
    triples = (ox.Triple(*(to_ox(term) for term in row if term is not None)) for row in found.rows)  # type: ignore[arg-type]
    return ox.serialize(triples, format=TRIPLES[media_type], prefixes=dict(PREFIXES)) or b""


def _rows(found: Result, media_type: str) -> bytes:
    if RESULTS[media_type] == ox.QueryResultsFormat.JSON:
        return found.json().encode()
    parsed = ox.parse_query_results(found.json(), format=ox.QueryResultsFormat.JSON)
    return parsed.serialize(format=RESULTS[media_type]) or b""
