"""For tests of hosts that are network namespaces: where they can be made, and a server and a client for them."""

from __future__ import annotations

import socket
import time
from typing import Callable

import pytest

from spec.harness.hosts import Host, why_no_hosts

apart = pytest.mark.skipif(bool(why_no_hosts()), reason=f"hosts cannot be namespaces here: {why_no_hosts()}")

PORT = 5000

MakeHosts = Callable[[int], list[Host]]


def echo(address: str, times: int = 1) -> list[bytes]:
    """Answer one client, and return what it has sent."""
    seen = []
    with socket.create_server((address, PORT)) as server:
        connection, _ = server.accept()
        with connection:
            for _ in range(times):
                seen.append(connection.recv(100))
                connection.sendall(seen[-1].upper())
    return seen


def ask(address: str, question: bytes) -> bytes:
    """Ask a question, as soon as somebody listens."""
    while True:
        try:
            with socket.create_connection((address, PORT)) as connection:
                connection.sendall(question)
                return connection.recv(100)
        except ConnectionRefusedError:
            time.sleep(0.01)
