"""How much of the machine a stranger may have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` a query may take, with the sending of its answer; ``rows`` it may give; ``memory`` (bytes) its
    process may fill. ``workers`` answer at once; who is not answered within ``patience`` seconds, or would be more
    than the ``queue``-th to wait, is told to come again. A query that takes longer than ``quick`` seconds makes room
    for others: at most ``long`` of those run beside the workers. ``body`` and ``head`` are bytes of a request, which
    must have come within ``arrival`` seconds; ``connections`` are open at once. ``cache`` bytes of answers are kept.
    ``acceptors`` are processes that accept connections beside the server's own, and answer look-ups.
    """

    seconds: float = 30
    rows: int = 1_000_000
    memory: int = 1 << 30
    workers: int = 2
    long: int = 2
    quick: float = 0.5
    queue: int = 256
    patience: float = 10
    body: int = 1 << 20
    head: int = 64 << 10
    arrival: float = 10
    connections: int = 1000
    cache: int = 32 << 20
    acceptors: int = 0
