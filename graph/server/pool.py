"""The processes that answer, and who is answered when: nobody's long queries keep another's short ones waiting."""

from __future__ import annotations

import asyncio
import logging
import marshal
import os
import socket
import subprocess
import sys
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pyoxigraph as ox

from graph.errors import StoreError
from graph.server import lookups
from graph.server import worker as ends
from graph.server.limits import Limits
from graph.server.refusal import Refusal, busy
from graph.server.snapshots import State
from graph.server.worker import FRAME, LENGTH, Question
from graph.vocabulary import PREFIXES

log = logging.getLogger("whodid.server")
TICK = 0.1
_PREFIXES = dict(PREFIXES)
AHEAD = 8
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Answer:
    """What becomes of a question: it waits, a worker has it, a first piece is there, the others come.

    It is ``whole`` where the first piece is all of it; one that has ``ended`` may have others that nobody has taken.
    """

    __slots__ = (
        "_failure", "_kept", "_waiter", "body", "client", "ended", "head", "media_type", "question", "since", "version",
        "whole", "worker",
    )  # fmt: skip

    def __init__(self, question: Question, client: str, loop: asyncio.AbstractEventLoop) -> None:
        self.question = question
        self.client = client
        self.head: asyncio.Future[None] = loop.create_future()
        self.since = loop.time()
        self.worker: Worker | None = None
        self.version = ""
        self.media_type = ""
        self.body = b""
        self.ended = False
        self.whole = False
        self._kept: deque[bytes] = deque()
        self._failure: Refusal | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def rest(self) -> AsyncIterator[bytes]:
        """The pieces after the first. Raises Refusal where the answer was broken off."""
        while True:
            while self._kept:
                yield self._kept.popleft()
                if self.worker and not self.ended:
                    self.worker.flow(len(self._kept))
            if self._failure:
                raise self._failure
            if self.ended:
                return
            self._waiter = self.head.get_loop().create_future()
            await self._waiter

    def give_up(self) -> None:
        """Nobody wants the rest."""
        if self.worker and not self.ended:
            self.worker.kill(_NOBODY)
        elif not self.ended:
            self.fail(_NOBODY)

    def take(self, kind: bytes, content: bytes) -> None:
        self.ended, self.whole = kind not in (ends.START, ends.MORE), kind == ends.WHOLE
        if kind in (ends.START, ends.WHOLE):
            media_type, _, self.body = content.partition(b"\n")
            self.media_type = media_type.decode("ascii")
            if not self.head.done():
                self.head.set_result(None)
        elif kind in (ends.MORE, ends.END):
            self._kept.append(content)
            self._wake()
        else:
            self.fail(refusal(kind, content))

    def fail(self, refusal: Refusal) -> None:
        self.ended = True
        if not self.head.done():
            self.head.set_exception(refusal)
            self.head.exception()  # heard, even if nobody waits any more
        elif self._failure is None:
            self._failure = refusal
            self._wake()

    def ahead(self) -> int:
        return len(self._kept)

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)


_NOBODY = Refusal(503, "nobody waits for the answer")


def refusal(kind: bytes, content: bytes) -> Refusal:
    """What a frame says that is no answer."""
    if kind == ends.FAILED:
        return Refusal(500, "the query could not be evaluated")
    status, _, why = content.decode("utf-8").partition(" ")
    return Refusal(int(status), why)


class Worker(asyncio.Protocol):
    """This end of one process."""

    def __init__(self, pool: Pool, snapshot: State) -> None:
        self.loop = asyncio.get_running_loop()
        self.pool = pool
        self.snapshot = snapshot
        self.ready: asyncio.Future[None] = self.loop.create_future()
        self.answer: Answer | None = None
        self.started = 0.0
        self.long = False
        self._cpu = -1.0
        self._why: Refusal | None = None
        self._buffer = bytearray()
        self._paused = False
        self._holds = ExitStack()
        self._holds.enter_context(snapshot.used())

    async def start(self) -> None:
        ours, theirs = socket.socketpair()
        command = self.snapshot.command(theirs.fileno(), self.pool.limits.memory)
        self.process = begun(command, theirs, tells=self.snapshot.tells)
        self.transport, _ = await self.loop.create_unix_connection(lambda: self, sock=ours)
        self.transport.write(self.snapshot.greeting)

    def ask(self, answer: Answer) -> None:
        self.answer, answer.worker, answer.version = answer, self, self.snapshot.version
        self.started, self.long, self._cpu = self.loop.time(), False, -1.0
        packed = marshal.dumps(tuple(answer.question))
        self.transport.write(LENGTH.pack(len(packed)) + packed)

    def kill(self, why: Refusal) -> None:
        if self._why is None:
            self._why = why
            self.process.kill()
            self.transport.abort()

    def close(self) -> None:
        """For one that is idle: it ends by itself when nobody can ask any more."""
        self._why = _closing()
        self.transport.close()

    def flow(self, ahead: int) -> None:
        """Reads no further than a few pieces ahead of who takes them."""
        if self._paused and ahead < AHEAD // 2:
            self._paused = False
            self.transport.resume_reading()
        elif not self._paused and ahead > AHEAD:
            self._paused = True
            self.transport.pause_reading()

    def is_heavy(self, seconds: float) -> bool:
        """Whether the question has used the processor for so long, or waited for its reader four times as long."""
        spent = _cpu_seconds(self.process.pid)
        if spent is None or self.loop.time() - self.started > 4 * seconds:
            return True
        if self._cpu < 0:
            self._cpu = spent
        return spent - self._cpu > seconds

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= FRAME.size:
            kind, length = FRAME.unpack_from(self._buffer)
            if len(self._buffer) < FRAME.size + length:
                return
            content = bytes(self._buffer[FRAME.size : FRAME.size + length])
            del self._buffer[: FRAME.size + length]
            self._take(kind, content)

    def _take(self, kind: bytes, content: bytes) -> None:
        if kind == ends.READY:
            self.ready.set_result(None)
        elif self.answer:
            answer = self.answer
            answer.take(kind, content)
            if answer.ended:
                self.answer = None
                if self._paused:
                    self._paused = False
                    self.transport.resume_reading()
                self.pool.release(self)
            else:
                self.flow(answer.ahead())

    def connection_lost(self, error: Exception | None) -> None:
        self.process.kill()
        self.loop.run_in_executor(None, self.process.wait)
        self._holds.close()
        if not self.ready.done():
            self.ready.set_exception(StoreError("a process that answers queries could not be started"))
        why = self._why or Refusal(
            503, "the query is too large for this server: it needs more memory than one may have, or is too deep"
        )
        answer, self.answer = self.answer, None
        if answer:
            answer.fail(why)
        self.pool.lost(self)


def begun(module: list[str], theirs: socket.socket, *, tells: bool = False) -> subprocess.Popen[bytes]:
    """A process of Python that runs a module with its arguments, and has ``theirs`` to itself.

    It says nothing, but on standard error where it ``tells``.
    """
    nothing = subprocess.DEVNULL
    with theirs:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", *module],
            pass_fds=[theirs.fileno()],
            stdin=nothing,
            stdout=nothing,
            stderr=None if tells else nothing,
            env=environment(),
        )


def environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if key in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *_path()])}


def _path() -> list[str]:
    return [part for part in sys.path if part]


def _cpu_seconds(pid: int) -> float | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


class Pool:
    """Started processes, of which ``workers`` take questions at once and ``long`` more may be at long ones.

    Who waits is served in turn, one question a client. When the room for long queries is full and somebody waits, the
    newest long query of the client with the most of them is given up.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._idle: list[Worker] = []
        self._running: set[Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._waiting: OrderedDict[str, deque[Answer]] = OrderedDict()
        self._waiters = 0
        self._long = 0
        self._failures = 0
        self._closed = False
        self._snapshot: State | None = None
        self._watch: asyncio.Task[None] | None = None

    async def move(self, snapshot: State) -> None:
        """Answers from this snapshot as soon as its processes have been started; running queries go on with theirs."""
        count = self.limits.workers + self.limits.long
        fresh = [Worker(self, snapshot) for _ in range(count)]
        await asyncio.gather(*(worker.start() for worker in fresh))
        await asyncio.gather(*(worker.ready for worker in fresh))
        old, self._idle, self._snapshot = self._idle, fresh, snapshot
        for worker in old:
            worker.close()
        self._watch = self._watch or asyncio.create_task(self._tick())
        self._assign()

    def refuse(self) -> None:
        """Lets nobody wait any longer: what has been asked, and what will be, is told that the server is closing."""
        self._closed = True
        for answer in [answer for answers in self._waiting.values() for answer in answers]:
            answer.fail(_closing())
        for worker in self._running:
            worker.kill(_closing())

    async def close(self) -> None:
        self.refuse()
        if self._watch:
            self._watch.cancel()
        for task in self._starting:
            task.cancel()
        gone = [*self._idle, *self._running]
        for worker in gone:
            worker.kill(_closing())
        for worker in gone:
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(worker.process.wait, 5)

    async def ask(self, question: Question, client: str = "") -> Answer:
        """The answer, from its first piece on. Raises Refusal."""
        answer = self.put(question, client)
        try:
            await answer.head
        except asyncio.CancelledError:
            answer.give_up()
            raise
        return answer

    def put(self, question: Question, client: str = "") -> Answer:
        """The answer that will be; its ``head`` is done when its first piece is there. Raises Refusal."""
        if self._closed:
            raise _closing()
        answer = Answer(question, client, asyncio.get_running_loop())
        quads = self._snapshot.quads if self._snapshot else None
        if quads is not None and question.sparql and lookups.is_lookup(question.sparql):
            self._look_up(answer, quads)
        elif self._idle and not self._waiters and self._has_room():
            self._give(answer)
        elif self._waiters >= self.limits.queue:
            raise busy("too many queries are waiting; come again in a few seconds")
        else:
            self._waiting.setdefault(client, deque()).append(answer)
            self._waiters += 1
        return answer

    def at_once(self, question: Question) -> tuple[str, bytes] | None:
        """The answer to a look-up in JSON, and the version of the state that it is of."""
        if self._snapshot is None or self._snapshot.quads is None:
            return None
        content = lookups.at_once(self._snapshot.quads, question)
        return None if content is None else (self._snapshot.version, content)

    def _look_up(self, answer: Answer, quads: ox.Store) -> None:
        answer.version = self._snapshot.version if self._snapshot else ""
        for kind, content in lookups.look_up(quads, answer.question, _PREFIXES):
            answer.take(kind, content)

    def _has_room(self) -> bool:
        return len(self._running) - self._long < self.limits.workers

    def _give(self, answer: Answer) -> None:
        worker = self._idle.pop()
        self._running.add(worker)
        worker.ask(answer)

    def _assign(self) -> None:
        while self._waiting and self._idle and self._has_room():
            client, answers = next(iter(self._waiting.items()))
            answer = answers.popleft()
            self._waiters -= 1
            self._waiting.move_to_end(client)
            if not answers:
                del self._waiting[client]
            if not answer.ended:
                self._give(answer)

    def release(self, worker: Worker) -> None:
        """The worker has answered."""
        self._leave(worker)
        if worker.snapshot is self._snapshot:
            self._idle.append(worker)
        else:
            worker.close()
        self._failures = 0
        self._assign()

    def lost(self, worker: Worker) -> None:
        """The worker's process has ended; another takes its place, unless that ends before it has begun, too."""
        self._leave(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if worker.snapshot is self._snapshot and not self._closed:
            task = asyncio.get_running_loop().create_task(self._replace(worker.snapshot))
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)
        self._assign()

    def _leave(self, worker: Worker) -> None:
        self._running.discard(worker)
        self._long -= worker.long
        worker.long = False

    async def _replace(self, snapshot: State) -> None:
        self._failures += 1
        await asyncio.sleep(min(10, 0.05 * (self._failures - self.limits.workers - self.limits.long)))
        worker = Worker(self, snapshot)
        await worker.start()
        try:
            await worker.ready
        except StoreError:
            log.warning("a process that answers queries ended before it began")
            return
        if snapshot is self._snapshot:
            self._idle.append(worker)
            self._assign()
        else:
            worker.close()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            now = asyncio.get_running_loop().time()
            for worker in list(self._running):
                if worker.answer:
                    self._look_at(worker, worker.answer, now - worker.started)
            self._refuse_patient(now - self.limits.patience)

    def _look_at(self, worker: Worker, answer: Answer, taken: float) -> None:
        if taken > answer.question.seconds:
            worker.kill(_late(answer.question.seconds))
        elif taken > self.limits.quick and not worker.long and worker.is_heavy(self.limits.quick):
            self._make_room(worker)

    def _make_room(self, worker: Worker) -> None:
        if self._long < self.limits.long:
            worker.long = True
            self._long += 1
            self._assign()
        elif self._waiters:
            long = [other for other in self._running if other.long and other.answer]
            _least_deserving([*long, worker]).kill(busy("too many long queries are running; come again later", 30))

    def _refuse_patient(self, since: float) -> None:
        for answers in list(self._waiting.values()):
            while answers and answers[0].since < since:
                self._waiters -= 1
                answers.popleft().fail(busy("the server is busy; come again in a few seconds"))
        for client in [client for client, answers in self._waiting.items() if not answers]:
            del self._waiting[client]


def _least_deserving(running: list[Worker]) -> Worker:
    """The newest of the client with the most."""
    clients = {worker: worker.answer.client if worker.answer else "" for worker in running}
    held = Counter(clients.values())
    return max(running, key=lambda worker: (held[clients[worker]], worker.started))


def _closing() -> Refusal:
    return busy("the server is closing")


def _late(seconds: float) -> Refusal:
    return Refusal(503, f"the query was given up after {seconds:g} seconds; ask for less")
