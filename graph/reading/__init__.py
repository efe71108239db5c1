"""The reading: from a document to all that it says, one step a module, each a function from Reading to Reading."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from graph.documents import Document
from graph.errors import ArticleError
from graph.model import Reading, Step
from graph.reading.claims import claims
from graph.reading.coreference import coreference
from graph.reading.events import events
from graph.reading.factuality import factuality
from graph.reading.language import language
from graph.reading.mentions import mentions
from graph.reading.quantities import quantities
from graph.reading.relations import relations
from graph.reading.times import times

STEPS: tuple[Step, ...] = (mentions, coreference, times, quantities, events, claims, factuality, relations)


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
    """The readings in the order of the documents; an article that fails is yielded as its error, and the rest go on."""
    one = partial(_attempt, model=model)
    if jobs <= 1:
        yield from map(one, documents)
        return
    with ProcessPoolExecutor(max_workers=min(jobs, os.cpu_count() or 1)) as pool:
        yield from pool.map(one, documents, chunksize=4)


def _attempt(document: Document, model: str | None) -> Reading | ArticleError:
    try:
        return read(document, model=model)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        return ArticleError(
            document.id, f"the reading failed ({type(error).__name__}: {error}); please report the text"
        )


__all__ = ["STEPS", "read", "read_all"]
