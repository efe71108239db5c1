"""Processes that accept connections beside the server's own: who asks cannot tell which one answers."""

from __future__ import annotations

import asyncio
import marshal
import os
import select
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest

from graph.errors import StoreError
from graph.server.acceptor import LONGEST, Acceptor
from graph.server.acceptors import Acceptors
from graph.server.exchange import Exchange
from graph.server.limits import Limits
from graph.server.listening import CAN_SHARE, beside, listening
from tests.test_server import BEARER, JSON, Running, filled

pytestmark = pytest.mark.skipif(not CAN_SHARE, reason="more than one process accepts connections only on Linux")
LOOKUP = "SELECT ?name { <https://example.org/lighthouse> skos:prefLabel ?name } LIMIT 5"
COUNT = "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a who:Document }"
MANY = 24
LONG = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(filled(tmp_path_factory.mktemp("accepted") / "store"), "--writable")
    try:
        acceptor(running)
        yield running
    finally:
        assert running.stop() == 0


def acceptor(running: Running, but: int = 0) -> int:
    """The process that accepts beside the server, once it does."""
    port = int(running.address.rpartition(":")[2])
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for pid in _children(running.process.pid):
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"graph.server.acceptor" in command and pid != but and _listens(pid, port):
                return pid
        time.sleep(0.05)
    raise AssertionError("no process accepts beside the server")


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _sockets(pid: int) -> set[str]:
    """The inodes of a process's sockets."""
    links = [os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir() if fd.is_symlink()]
    return {link.removeprefix("socket:[").rstrip("]") for link in links if link.startswith("socket:")}


def _listens(pid: int, port: int) -> bool:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {row[9] for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port}
    return bool(inodes & _sockets(pid))


def _clients(server: Running) -> list[httpx.Client]:
    return [httpx.Client(base_url=server.address, timeout=30) for _ in range(MANY)]


def _asked(client: httpx.Client, query: str) -> list[str]:
    found = client.get("/sparql", params={"query": query}, headers={"accept": JSON})
    assert found.status_code == 200, found.text
    return [next(iter(row.values()))["value"] for row in found.json()["results"]["bindings"]]


def test_both_processes_answer_look_ups_and_all_else_goes_on_in_the_server(server: Running) -> None:
    other = acceptor(server)
    before, clients = len(_sockets(other)), _clients(server)
    assert [_asked(client, LOOKUP) for client in clients] == [[]] * MANY
    assert 0 < len(_sockets(other)) - before < MANY, "each of the two has taken some"
    for _ in range(2):
        assert [_asked(client, COUNT) for client in clients] == [["2"]] * MANY
        assert len(_sockets(other)) == before, "who asks more than look-ups has gone over"
        assert [_asked(client, LOOKUP) for client in clients] == [[]] * MANY
    for client in clients:
        sent = client.post("/sparql", data={"query": "ASK {}"}, headers={"accept": JSON})
        assert sent.json()["boolean"] is True
        client.close()


def test_the_first_request_may_be_any(server: Running) -> None:
    clients = _clients(server)
    for client in clients:
        assert client.get("/").status_code == 200
        assert client.get("/sparql", params={"query": "SELECT"}).status_code == 400
    big = "SELECT ?name { <https://example.org/lighthouse> skos:prefLabel ?name } #" + "x" * 3 * LONGEST
    for client in clients[:8]:
        sent = client.post("/sparql", content=big, headers={"content-type": "application/sparql-query"})
        assert sent.status_code == 200
    for client in clients:
        client.close()


def test_requests_in_a_row_are_answered_in_a_row(server: Running) -> None:
    host, _, port = server.address.removeprefix("http://").partition(":")
    one = f"GET /sparql?query={quote(LOOKUP)} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n".encode()
    for _ in range(MANY):
        with socket.create_connection((host, int(port)), 10) as client:
            client.sendall(one + one.replace(b"example.org", b"example.net"))
            heard = b""
            while heard.count(b"bindings") < 2:
                heard += client.recv(65536)
            client.sendall(one[:40])
            time.sleep(0.01)
            client.sendall(one[40:])
            assert client.recv(65536).startswith(b"HTTP/1.1 200")


def test_what_was_written_is_seen_by_all(server: Running) -> None:
    clients = _clients(server)
    for number in range(3):
        name = f"Lamp {number}"
        sparql = f'INSERT DATA {{ GRAPH <x:lamps> {{ <https://example.org/lighthouse> skos:prefLabel "{name}" }} }}'
        sent = server.client.post("/sparql", data={"update": sparql}, headers=BEARER)
        assert sent.status_code == 204, sent.text
        for client in clients:
            assert name in _asked(client, LOOKUP), f"{name} is known to each process when it has been written"
    server.client.post("/sparql", data={"update": "DROP GRAPH <x:lamps>"}, headers=BEARER)
    assert [_asked(client, LOOKUP) for client in clients] == [[]] * MANY


def test_one_that_is_killed_is_replaced(server: Running) -> None:
    gone = acceptor(server)
    os.kill(gone, signal.SIGKILL)
    assert acceptor(server, but=gone) != gone
    assert [_asked(client, LOOKUP) for client in _clients(server)] == [[]] * MANY


def test_they_end_with_a_server_that_is_killed(tmp_path: Path) -> None:
    running = Running(filled(tmp_path / "store"))
    try:
        other = acceptor(running)
    finally:
        running.process.kill()
        running.process.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{other}/cmdline").exists() and Path(f"/proc/{other}/cmdline").read_bytes():
        assert time.monotonic() < until, "it is still there"
        time.sleep(0.05)


def test_an_address_is_not_shared_with_another_server() -> None:
    first = listening("127.0.0.1", 0, shared=True)
    port = first[0].getsockname()[1]
    for shared in (True, False):
        with pytest.raises(StoreError, match=f"127.0.0.1:{port} cannot be listened at; is another server there"):
            listening("127.0.0.1", port, shared=shared)
    with pytest.raises(StoreError, match=r"no-such-host\.invalid:1 cannot be listened at"):
        listening("no-such-host.invalid", 1)
    for each in (*first, *beside(first)):
        assert each.getsockname()[1] == port
        each.close()


# one acceptor, in this process


def _accepting(folder: Path, limits: Limits, work: Callable[[int, socket.socket, Acceptor], Awaitable[None]]) -> None:
    """Runs ``work`` with an acceptor that is told to serve ``folder``, its port, and the socket that tells it."""

    async def run() -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(10)
        acceptor = Acceptor(theirs)
        running = asyncio.create_task(acceptor.run())
        told = {"path": "/sparql", "limits": asdict(limits), "origins": (), "folder": str(folder), "version": "1"}
        ours.send(marshal.dumps(told))
        assert await asyncio.to_thread(ours.recv, 100) == b"1"
        where = listening("127.0.0.1", 0)[0]
        port = where.getsockname()[1]
        socket.send_fds(ours, [b"listen"], [where.fileno()])
        where.close()
        await work(port, ours, acceptor)
        ours.close()
        await asyncio.wait_for(running, 10)

    asyncio.run(run())


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quads")
    made = ox.Store(str(folder))
    name = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    made.add(
        ox.Quad(ox.NamedNode("https://example.org/lighthouse"), name, ox.Literal("Orsa Light"), ox.NamedNode("x:g"))
    )
    chronicle = ox.NamedNode("https://example.org/chronicle")
    made.add(ox.Quad(chronicle, name, ox.Literal("long " * (LONG // 5)), ox.NamedNode("x:g")))
    made.flush()
    return folder


REQUEST = f"GET /sparql?query={quote(LOOKUP)} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n".encode()


def test_what_it_cannot_answer_is_handed_over_with_what_has_come(quads: Path) -> None:
    async def work(port: int, control: socket.socket, acceptor: Acceptor) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        assert (await reader.readuntil(b"]}}")).endswith(b'"value":"Orsa Light"}}]}}')
        writer.write(b"GET /search?q=light HTTP/1.1\r\n")
        message, descriptors, _, _ = await asyncio.to_thread(socket.recv_fds, control, LONGEST, 1)
        assert message == b"GET /search?q=light HTTP/1.1\r\n"
        writer.write(b"Host: x\r\n\r\n")
        with socket.socket(fileno=descriptors[0]) as handed:
            handed.settimeout(10)
            assert await asyncio.to_thread(handed.recv, 100) == b"Host: x\r\n\r\n"
            handed.sendall(b"found")
        assert await reader.read() == b"found"

    _accepting(quads, Limits(), work)


def test_who_says_nothing_is_not_waited_for(quads: Path) -> None:
    async def work(port: int, control: socket.socket, acceptor: Acceptor) -> None:
        silent, _ = await asyncio.open_connection("127.0.0.1", port)
        talks, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(6):
            writer.write(REQUEST)
            await talks.readuntil(b"]}}")
            await asyncio.sleep(0.1)
        assert await asyncio.wait_for(silent.read(), 5) == b""
        assert await asyncio.wait_for(talks.read(), 5) == b""

    _accepting(quads, Limits(arrival=0.4), work)


def test_who_takes_no_answers_is_not_read_from(quads: Path) -> None:
    async def work(port: int, control: socket.socket, acceptor: Acceptor) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        for _ in range(100):
            writer.write(REQUEST.replace(b"lighthouse", b"chronicle"))
            await asyncio.sleep(0.002)
        (connection,) = acceptor.open
        assert 0 < connection.transport.get_write_buffer_size() < 2 * LONG, "one answer waits, and no more are made"
        while not select.select([control], [], [], 0)[0]:
            await reader.read(LONG)
        message, descriptors, _, _ = socket.recv_fds(control, LONGEST, 1)
        assert message.startswith(b"GET /sparql"), "what has come meanwhile is not one request"
        os.close(descriptors[0])

    _accepting(quads, Limits(), work)


def test_more_connections_than_one_may_hold_are_handed_over(quads: Path) -> None:
    async def work(port: int, control: socket.socket, acceptor: Acceptor) -> None:
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        for _, writer in opened:
            writer.write(REQUEST)
        message, descriptors, _, _ = await asyncio.to_thread(socket.recv_fds, control, LONGEST, 1)
        assert message == REQUEST
        os.close(descriptors[0])

    _accepting(quads, Limits(connections=2), work)


def test_a_state_that_comes_while_one_is_begun_is_shown_after_it(quads: Path) -> None:
    held: list[str] = []

    @contextmanager
    def used(version: str) -> Iterator[None]:
        held.append(version)
        yield
        held.remove(version)

    def state(version: str) -> Any:
        folder = quads.parent / version
        folder.mkdir(exist_ok=True)
        if not (folder / "quads").exists():
            (folder / "quads").symlink_to(quads)
        return SimpleNamespace(folder=folder, version=version, used=lambda: used(version))

    async def run() -> None:
        acceptors = Acceptors(1, "/sparql", Exchange(Limits(), ()), lambda connection, request: connection.close())
        where = listening("127.0.0.1", 0, shared=True)
        acceptors.start(where, state("first"))
        await asyncio.sleep(0)
        await asyncio.wait_for(acceptors.move(state("second")), 9)
        assert held == ["second"], "the first is let go, and nothing had to be begun again"
        await acceptors.close()
        assert held == []
        where[0].close()

    asyncio.run(run())
