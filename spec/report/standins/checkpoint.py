"""In place of `spec.harness.checkpoint`: where a payload stops until the claim lets it go on."""

from __future__ import annotations

import os
import pickle
import select
import socket
import struct
from contextlib import suppress
from functools import partial
from typing import Any, Callable, Optional

from spec.harness.process_table import until_blocked
from spec.report.standins.running import closing


def pause(path: str, *notes: object) -> Any:
    """Stop at the checkpoint at *path*, with *notes* for the claim, until let go; return the reply."""
    with suppress(OSError, EOFError), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(pickle.dumps(notes))
        return pickle.load(connection.makefile("rb"))
    if os.path.exists(path):  # the checkpoint is not open: the claim has ended
        raise SystemExit(1)
    return None


class Arrival:
    """A payload that waits at a checkpoint.  The kernel tells the *pid* of its process."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.pid: int = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        with connection.makefile("rb") as stream:
            self.notes: tuple[Any, ...] = pickle.load(stream)

    def let_go(self, reply: object = None) -> Arrival:
        """Let the payload go on; its call to `pause` returns *reply*."""
        with suppress(OSError):  # it was killed, or let go before
            self.connection.sendall(pickle.dumps(reply))
        self.connection.close()
        return self

    def until_blocked(self) -> Arrival:
        """Wait until its process is blocked, so that a signal wakes it."""
        until_blocked([self.pid])
        return self

    @property
    def waiting(self) -> bool:
        """Whether it was not let go, and its process runs."""
        return self.connection.fileno() >= 0 and not select.select([self.connection], [], [], 0)[0]


class Checkpoint:
    """The claim's side: a socket to which payloads connect.  If the claim ends, the payloads that wait exit."""

    def __init__(self, name: str) -> None:
        path = os.path.abspath(name)
        self.pause: Callable[..., Any] = partial(pause, path)
        self._arrivals: list[Arrival] = []
        self._returned = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(4096)
        closing.callback(self._close)

    def fileno(self) -> int:
        """Return the file descriptor that is readable when a payload arrives."""
        return self._listener.fileno()

    def _accept(self, seconds: Optional[float] = 0) -> None:
        while self._listener.fileno() >= 0 and select.select([self._listener], [], [], seconds)[0]:
            with suppress(EOFError, OSError):  # it was killed on its way
                self._arrivals.append(Arrival(self._listener.accept()[0]))
            seconds = 0

    def _close(self) -> None:
        self._accept()
        for connection in [self._listener, *(arrival.connection for arrival in self._arrivals)]:
            with suppress(OSError):  # it is closed
                connection.shutdown(socket.SHUT_RDWR)  # forks may hold copies of it

    def wait_for(self, count: int) -> list[Arrival]:
        """Wait for *count* more arrivals, and return them in the order in which they came."""
        self._returned += count
        while len(self._arrivals) < self._returned:
            self._accept(None)
        return self._arrivals[self._returned - count : self._returned]

    def next(self) -> Arrival:
        """Wait for one more arrival, and return it."""
        return self.wait_for(1)[0]

    @property
    def reached(self) -> bool:
        """Whether a payload has arrived that `wait_for` has not returned yet."""
        self._accept()
        return len(self._arrivals) > self._returned

    @property
    def waiting(self) -> list[Arrival]:
        """All payloads that wait here now."""
        self._accept()
        return [arrival for arrival in self._arrivals if arrival.waiting]

    def open(self) -> None:
        """Let all payloads go that wait here, or come from now on."""
        os.unlink(self._listener.getsockname())
        for arrival in self.waiting:
            arrival.let_go()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
