"""Sockets that listen, one for each address that a host has."""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack

from graph.errors import StoreError

CAN_SHARE = sys.platform == "linux"
BACKLOG = 1024


def listening(host: str, port: int, *, shared: bool = False) -> list[socket.socket]:
    """Sockets that listen at ``host``; the kernel deals connections out to all that are ``shared``.

    Raises StoreError where the address cannot be had. Port 0 is any that is free.
    """
    if shared:
        port = _free(host, port)
    return _bound(host, port, shared)


def beside(sockets: list[socket.socket]) -> list[socket.socket]:
    """More sockets that share the addresses of these."""
    return [_listens(each.family, each.getsockname(), True) for each in sockets]


def _free(host: str, port: int) -> int:
    """The port, if nobody listens there: sockets that are shared would not notice another server of the same user."""
    sockets = _bound(host, port, False)
    found: int = sockets[0].getsockname()[1]
    for each in sockets:
        each.close()
    return found


def _bound(host: str, port: int, shared: bool) -> list[socket.socket]:
    with ExitStack() as opened:
        try:
            sockets: list[socket.socket] = []
            for family, address in _addresses(host, port):
                where = (address[0], sockets[0].getsockname()[1] if sockets else port, *address[2:])
                sockets.append(opened.enter_context(_listens(family, where, shared)))
        except OSError as error:
            raise StoreError(f"{host}:{port} cannot be listened at; is another server there? ({error})") from error
        opened.pop_all()
        return sockets


def _addresses(host: str, port: int) -> list[tuple[int, tuple[str, int, *tuple[int, ...]]]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))  # type: ignore[misc]


def _listens(family: int, address: object, shared: bool) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)  # type: ignore[arg-type]
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made
