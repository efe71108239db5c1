"""The reading: from a document to all that it says, one step a module, each a function from Reading to Reading."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

from graph.documents import Document
from graph.errors import ArticleError, WhodidError
from graph.model import Reading, Step
from graph.reading.calibration import calibration
from graph.reading.claims import claims
from graph.reading.coreference import coreference
from graph.reading.events import events
from graph.reading.factuality import factuality
from graph.reading.language import language
from graph.reading.mentions import mentions
from graph.reading.quantities import quantities
from graph.reading.relations import relations
from graph.reading.times import times

AHEAD = 64
STEPS: tuple[Step, ...] = (
    mentions,
    coreference,
    times,
    quantities,
    events,
    claims,
    factuality,
    relations,
    calibration,
)


def read(document: Document, *, steps: Sequence[Step] = STEPS, model: str | None = None) -> Reading:
    """All that is read out of one document.

    ``steps`` run in order on the parse of ``model`` (``small``, ``accurate``, or any spaCy pipeline for English); a
    step of your own goes behind the others: ``steps=(*STEPS, mine)``.
    """
    reading = language(model)(Reading(document))
    for step in steps:
        reading = step(reading)
    return reading


def read_all(
    documents: Iterable[Document], *, jobs: int = 1, model: str | None = None
) -> Iterator[Reading | ArticleError]:
    """The readings in the order of the documents; an article that fails is yielded as its error, and the rest go on.

    ``jobs`` above one are processes of their own, which begin by importing the program's main module anew.
    """
    one = partial(_attempt, model=model)
    if jobs <= 1:
        yield from map(one, documents)
        return
    pool = ProcessPoolExecutor(min(jobs, os.cpu_count() or 1), get_context("spawn"), _end_with_parent)
    try:
        yield from _in_order(pool.submit(one, document) for document in documents)
    except BrokenProcessPool as error:
        raise WhodidError(
            "a process that read was ended from outside, perhaps for want of memory; try --jobs 1"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(readings: Iterable[Future[Reading | ArticleError]]) -> Iterator[Reading | ArticleError]:
    """The outcomes in order, with so many begun that no process waits, and no more."""
    begun: deque[Future[Reading | ArticleError]] = deque()
    for reading in readings:
        begun.append(reading)
        if len(begun) > AHEAD:
            yield begun.popleft().result()
    yield from (reading.result() for reading in begun)


def _end_with_parent() -> None:
    """A process that reads leaves Ctrl-C to its parent, and ends when that is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=lambda: wait([parent.sentinel]) and os._exit(1), daemon=True).start()


def _attempt(document: Document, model: str | None) -> Reading | ArticleError:
    try:
        return read(document, model=model)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        return ArticleError(
            document.id, f"the reading failed ({type(error).__name__}: {error}); please report the text"
        )


__all__ = ["STEPS", "read", "read_all"]
