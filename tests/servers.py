"""SPARQL servers for tests: ``oxigraph`` of the package index, Debian's Virtuoso 7, and ways to break a connection."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{web}
ServerThreads = 10
MaxClientConnections = 10
[SPARQL]
ResultSetMaxRows = {rows}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def oxigraph(folder: Path | None = None, port: int | None = None) -> Iterator[str]:
    """The address for queries of an Oxigraph server, in memory or over a folder; skips where it is missing."""
    beside = Path(sys.executable).parent / "oxigraph"
    program = str(beside) if beside.exists() else shutil.which("oxigraph")
    if not program:
        pytest.skip("the server is missing: pip install oxigraph")
    port = port or free_port()
    command = [program, "serve", "--bind", f"127.0.0.1:{port}", *(["--location", str(folder)] if folder else [])]
    with _running(command, f"http://127.0.0.1:{port}/query") as address:
        yield address


@contextmanager
def virtuoso(folder: Path, rows: int = 100_000, port: int | None = None) -> Iterator[str]:
    """The address for queries of a Virtuoso, whose ``dba`` has the password ``dba``; skips where it is missing."""
    program = shutil.which("virtuoso-t")
    if not program:
        pytest.skip("the server is missing: apt-get install virtuoso-opensource, or make virtuoso")
    port, folder = port or free_port(), folder.resolve()
    settings = folder / "virtuoso.ini"
    settings.write_text(VIRTUOSO.format(folder=folder, port=free_port(), web=port, rows=rows))
    with _running([program, "-f", "+configfile", str(settings)], f"http://127.0.0.1:{port}/sparql") as address:
        yield address


@contextmanager
def _running(command: list[str], address: str, patience: float = 60) -> Iterator[str]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            until = time.monotonic() + patience
            while not _answers(address):
                assert server.poll() is None, f"{command[0]} ended at once"
                assert time.monotonic() < until, f"{command[0]} does not come up"
                time.sleep(0.05)
            yield address
        finally:
            server.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, params={"query": "ASK {}"}, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def weak_line(target: str, breaks: Callable[[str, bytes], bool]) -> Iterator[str]:
    """A proxy before ``target`` that cuts the connection in the middle of each request for which ``breaks`` is true.

    ``breaks`` is given the request's first line and its body; half of the body is passed on, and then nothing more.
    Gives the address that stands for ``target``.
    """
    host, port, path = re.fullmatch(r"http://([\d.]+):(\d+)(/.*)", target).groups()  # type: ignore[union-attr]
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_relay, args=(server, (host, int(port)), breaks), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}{path}"
    finally:
        server.close()


def _relay(server: socket.socket, target: tuple[str, int], breaks: Callable[[str, bytes], bool]) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_pass_on, args=(client, target, breaks), daemon=True).start()


def _pass_on(client: socket.socket, target: tuple[str, int], breaks: Callable[[str, bytes], bool]) -> None:
    """One request a connection, so that each is seen whole."""
    with client, suppress(OSError), socket.create_connection(target) as upstream:
        head, body = _request(client)
        if not head:
            return
        first = head.split(b"\r\n", 1)[0].decode()
        head = re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", head).replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        broken = breaks(first, body)
        upstream.sendall(head + b"\r\n\r\n" + (body[: len(body) // 2] if broken else body))
        if broken:
            time.sleep(0.05)
            return
        while chunk := upstream.recv(1 << 16):
            client.sendall(chunk)


def _request(client: socket.socket) -> tuple[bytes, bytes]:
    raw = b""
    while b"\r\n\r\n" not in raw:
        chunk = client.recv(1 << 16)
        if not chunk:
            return b"", b""
        raw += chunk
    head, _, body = raw.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += client.recv(1 << 16)
    return head, body


@contextmanager
def scripted(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers in turn, the last one for ever, and notes what it saw."""
    seen: list[str] = []
    left = list(answers)

    class Script(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append(f"{self.requestline}\n{self.headers}")
            status, headers, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Script)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql", seen
    finally:
        server.shutdown()
        server.server_close()
