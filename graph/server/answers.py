"""Answers that are kept for who asks the same again, while the same state is served."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from graph.server.worker import Question

_CHANGES = re.compile(r"(?i)\b(?:NOW|RAND|UUID|STRUUID)\b")
LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer."""

    version: str
    etag: bytes
    media_type: str
    body: bytes


class Answers:
    """The last answers, up to so many bytes together."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[Question, Kept] = OrderedDict()

    def get(self, question: Question, version: str) -> Kept | None:
        kept = self._kept.get(question)
        if kept is None or kept.version != version:
            return None
        self._kept.move_to_end(question)
        return kept

    def keep(self, question: Question, answer: Kept) -> None:
        self._drop(question)
        self._kept[question] = answer
        self._size += _size(question, answer)
        while self._size > self._capacity:
            self._drop(next(iter(self._kept)))

    def _drop(self, question: Question) -> None:
        gone = self._kept.pop(question, None)
        if gone:
            self._size -= _size(question, gone)


def _size(question: Question, answer: Kept) -> int:
    return len(question.sparql or "") + len(answer.body) + 1000


def etag(*parts: str) -> str:
    """A weak ETag, quotation marks and all, of an answer that follows from ``parts``."""
    return f'W/"{sha256(chr(0).join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]}"'


def is_constant(question: Question) -> bool:
    """Whether the same state gives the same answer, and the question is short enough to be remembered."""
    sparql = question.sparql or ""
    return len(sparql) <= LONGEST and not _CHANGES.search(sparql)
