"""How a server ends: what is being answered has its time, what is not is told so, and no process is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.test_server import JSON, Running, filled

HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(filled(tmp_path / "store"), "--seconds", "60", "--workers", "3")
    yield running
    running.process.kill()
    running.process.wait()


def _by_get(address: str, query: str) -> httpx.Response:
    return httpx.get(f"{address}/sparql", params={"query": query}, headers={"accept": JSON}, timeout=30)


def _by_post(address: str, query: str) -> httpx.Response:
    return httpx.post(f"{address}/sparql", data={"query": query}, headers={"accept": JSON}, timeout=30)


def _slowly_read(address: str, query: str) -> None:
    """As who takes the first piece and then nothing until the server should have gone."""
    asked = {"params": {"query": query}, "headers": {"accept": JSON}}
    with httpx.stream("GET", f"{address}/sparql", **asked, timeout=30) as answer:  # type: ignore[arg-type]
        pieces = answer.iter_raw()
        next(pieces)
        time.sleep(7)
        for _ in pieces:
            pass


def _processes(running: Running) -> list[int]:
    """Those that the server has started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return [child for child, parent in parents if parent == running.process.pid]


def _alive(processes: list[int]) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    states = {int(pid): state for pid, state in (line.split()[:2] for line in listed.splitlines())}
    return [pid for pid in processes if not states.get(pid, "Z").startswith("Z")]


def _asked(ask: Callable[[str, str], httpx.Response], running: Running, query: str) -> Future[httpx.Response]:
    asking = ThreadPoolExecutor(1).submit(ask, running.address, query)
    time.sleep(0.3)
    return asking


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_what_is_not_answered_in_time_is_told_so(running: Running, number: int) -> None:
    asked = [_asked(ask, running, HEAVY) for ask in (_by_get, _by_post, _by_get)]
    slow = ThreadPoolExecutor(1).submit(_slowly_read, running.address, LONG)
    time.sleep(1)
    processes, began = _processes(running), time.monotonic()
    assert processes
    running.process.send_signal(number)
    assert running.process.wait(15) == 0
    assert 4 < time.monotonic() - began < 9
    for asking in asked:
        answer = asking.result(5)
        assert (answer.status_code, answer.text) == (503, "the server is closing\n")
        assert int(answer.headers["retry-after"]) > 0
    with pytest.raises(httpx.TransportError):
        slow.result(20)
    assert running.process.stdout
    assert running.process.stdout.read().strip() == ""
    assert not _alive(processes)
    assert not list(running.folder.glob("serving-*"))


def test_what_is_being_answered_has_its_time(tmp_path: Path) -> None:
    running = Running(filled(tmp_path / "store"), "--seconds", "2")
    asked = [_asked(ask, running, HEAVY) for ask in (_by_get, _by_post)]
    began = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - began < 5
    assert all(re.match("the query was given up after 2 seconds", asking.result(5).text) for asking in asked)


def test_a_second_ctrl_c_ends_it_at_once(running: Running) -> None:
    asked = _asked(_by_post, running, HEAVY)
    processes = _processes(running)
    for _ in range(2):
        running.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    assert running.process.wait(3) == 0
    assert asked.result(5).status_code == 503
    assert running.process.stdout
    assert "Traceback" not in running.process.stdout.read()
    assert not _alive(processes)
    assert not list(running.folder.glob("serving-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process that answers ends by its timer")
def test_a_killed_server_leaves_no_process(running: Running) -> None:
    asked = [_asked(ask, running, query) for ask in (_by_get, _by_post) for query in (HEAVY, LONG)]
    processes = _processes(running)
    assert processes
    running.process.kill()
    until = time.monotonic() + 3
    while _alive(processes) and time.monotonic() < until:
        time.sleep(0.1)
    left = _alive(processes)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left
    assert all(isinstance(asking.exception(5), httpx.TransportError) for asking in asked)
