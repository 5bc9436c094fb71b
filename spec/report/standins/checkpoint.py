"""In place of `spec.harness.checkpoint`: where a payload stops until the claim lets it go on."""

from __future__ import annotations

import os
import pickle
import select
import socket
import struct
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Callable, Optional

from spec.harness.process_table import until_blocked


def pause(path: str, *notes: object) -> Any:
    """Stop at the checkpoint at *path*, with *notes* for the claim, until let go; return the reply."""
    try:
        with socket.socket(socket.AF_UNIX) as connection, connection.makefile("rwb") as stream:
            connection.connect(path)
            stream.write(pickle.dumps(notes))
            stream.flush()
            return pickle.load(stream)
    except (OSError, EOFError):
        if os.path.exists(path + "-open"):
            return None
        raise SystemExit(1) from None


class Arrival:
    """One payload that waits at a checkpoint; *pid* is its process, as the kernel tells."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._stream = connection, connection.makefile("rwb")
        self.pid: int = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        self.notes: tuple[Any, ...] = pickle.load(self._stream)

    def let_go(self, reply: object = None) -> Arrival:
        """Let the payload go on; its call to `pause` returns *reply*."""
        with suppress(OSError, ValueError):  # it was killed, or let go before
            pickle.dump(reply, self._stream)
            self._connection.close()
            self._stream.close()
        return self

    def until_blocked(self) -> Arrival:
        """Wait until its process is blocked, so that a signal wakes it."""
        until_blocked([self.pid])
        return self

    @property
    def waiting(self) -> bool:
        """Whether it was not let go, and its process has not gone."""
        return not self._stream.closed and not select.select([self._connection], [], [], 0)[0]


class Checkpoint:
    """The claim's side: a socket that payloads connect to, to wait for an answer."""

    def __init__(self, path: Path) -> None:
        self.pause: Callable[..., Any] = partial(pause, str(path))
        self._arrivals: list[Arrival] = []
        self._new: list[Arrival] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(4096)

    def _accept(self, seconds: Optional[float] = 0) -> None:
        while self._listener.fileno() >= 0 and select.select([self._listener], [], [], seconds)[0]:
            with suppress(EOFError, OSError):  # it was killed on its way
                self._new.append(Arrival(self._listener.accept()[0]))
                self._arrivals.append(self._new[-1])
            seconds = 0

    def wait_for(self, count: int) -> list[Arrival]:
        """Wait for *count* more arrivals, and return them in the order in which they came."""
        while len(self._new) < count:
            self._accept(None)
        return [self._new.pop(0) for _ in range(count)]

    def next(self) -> Arrival:
        """Wait for one more arrival, and return it."""
        return self.wait_for(1)[0]

    @property
    def reached(self) -> bool:
        """Whether somebody has arrived whom `wait_for` has not returned yet."""
        self._accept()
        return bool(self._new)

    @property
    def waiting(self) -> list[Arrival]:
        """All who wait here now."""
        self._accept()
        return [arrival for arrival in self._arrivals if arrival.waiting]

    def open(self) -> None:
        """Let go all who wait, and from now on whoever comes."""
        Path(self._listener.getsockname() + "-open").touch()
        for arrival in self.waiting:
            arrival.let_go()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def close(self) -> None:
        """Hang up on all who wait, so that they exit."""
        self._accept()
        for connection in [self._listener, *(arrival._connection for arrival in self._arrivals)]:
            with suppress(OSError):  # it is closed
                connection.shutdown(socket.SHUT_RDWR)  # whichever forks hold copies of it
