"""A place in a payload where it stops until the claim lets it go on.

The claim's side listens on a Unix socket; a payload connects, says what it has to say, and waits for an answer.  So
the claim knows who has arrived, by the kernel's word, and decides who goes on and when.  The payload's side is a
function that can be pickled, and reaches the claim from whatever process or thread it runs in::

    with Checkpoint(folder / "reading") as reading:
        start_ten_buyers(pause=reading.pause)
        arrivals = reading.wait_for(10)       # all ten have read
        for arrival in arrivals:
            arrival.let_go()                  # now each writes

One thread is enough: an arrival waits in the socket's backlog until the claim looks.
"""

from __future__ import annotations

import select
import socket
import struct
from collections import deque
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Callable

from spec.harness.child_side import opened, pause, receive, send
from spec.harness.deadline import Deadline
from spec.harness.heartbeat import beat
from spec.harness.process_table import until_blocked
from spec.harness.roles import note

__tracebackhide__ = True  # where the claim waits, its own line says

BACKLOG = 4096


class Arrival:
    """One payload that waits at a checkpoint.

    Args:
        connection: what the payload waits for.
        checkpoint: the checkpoint's name.

    Attributes:
        pid: the process it runs in, as the kernel tells (SO_PEERCRED, see
            `unix(7) <https://man7.org/linux/man-pages/man7/unix.7.html>`_), not as the payload does.
        notes: what the payload passed to ``pause``.
    """

    def __init__(self, connection: socket.socket, checkpoint: str) -> None:
        self._connection, self._checkpoint = connection, checkpoint
        self._open = True
        self.pid = _peer(connection)
        note(self.pid, f"at checkpoint {checkpoint!r}")
        try:
            self.notes: tuple[Any, ...] = receive(connection)
        except BaseException:
            connection.close()
            raise

    def let_go(self, reply: object = None) -> Arrival:
        """Let the payload go on; its call to ``pause`` returns *reply*, which can be pickled."""
        if self._open:
            self._open = False
            note(self.pid, f"last seen at checkpoint {self._checkpoint!r}")
            with suppress(BrokenPipeError, ConnectionResetError):  # it was killed while it waited
                send(self._connection, reply)
            self._connection.close()
        return self

    def until_blocked(self) -> Arrival:
        """Wait until its process is blocked, so that a signal wakes it.

        A handler runs between two instructions of Python, or when a signal interrupts a call.  One that comes after
        the last look for signals and before the call begins is handled only when that returns.

        Raises:
            Violation: the process has exited.
            Hung: it was not blocked before the deadline.
        """
        until_blocked([self.pid])
        return self

    def abandon(self) -> None:
        """Hang up; the payload, if it still waits, exits."""
        if self._open:
            self._open = False
            with suppress(OSError):  # it is gone already
                self._connection.shutdown(socket.SHUT_RDWR)  # whichever forks hold copies of the connection
            self._connection.close()

    @property
    def waiting(self) -> bool:
        """Whether the payload has not been let go, and its process still has the connection open."""
        return self._open and not _readable(self._connection)

    def __repr__(self) -> str:
        return f"<Arrival of process {self.pid} with {self.notes}>"


class Checkpoint:
    """The claim's side of a checkpoint.

    Args:
        path: where the socket is made; a path of less than about 100 bytes that does not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(BACKLOG)
        self._arrivals: list[Arrival] = []
        self._new: deque[Arrival] = deque()
        self.pause: Callable[..., Any] = partial(pause, str(path))
        """What a payload calls to stop here.  It takes notes, which can be pickled, and returns the reply."""

    def wait_for(self, count: int) -> list[Arrival]:
        """Wait for *count* more arrivals, and return them in the order in which they came.

        Raises:
            RuntimeError: the checkpoint is closed.
            Hung: they did not come before the deadline.
        """
        deadline = Deadline(f"{count} to arrive at checkpoint {self._path.name!r}")
        while len(self._new) < count:
            if self._closed:
                raise RuntimeError(f"checkpoint {self._path.name!r} was opened or closed: nobody arrives any more")
            if not _readable(self._listener, deadline.remaining()):
                raise deadline.expired(f"{len(self._new)} did")
            self._accept()
        return [self._new.popleft() for _ in range(count)]

    def next(self) -> Arrival:
        """Wait for one more arrival, and return it.

        Raises:
            RuntimeError: the checkpoint is closed.
            Hung: none came before the deadline.
        """
        return self.wait_for(1)[0]

    @property
    def reached(self) -> bool:
        """Whether somebody has arrived whom `wait_for` has not returned yet."""
        self._accept_all()
        return bool(self._new)

    @property
    def waiting(self) -> list[Arrival]:
        """All who wait here now, whether `wait_for` has returned them or not."""
        self._accept_all()
        return [arrival for arrival in self._arrivals if arrival.waiting]

    @property
    def _closed(self) -> bool:
        return self._listener.fileno() < 0

    def _accept_all(self) -> None:
        while not self._closed and _readable(self._listener):
            self._accept()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        with suppress(EOFError, OSError):  # it was killed on its way
            arrival = Arrival(connection, self._path.name)
            beat()
            self._arrivals.append(arrival)
            self._new.append(arrival)

    def open(self) -> None:
        """Let go all who wait, and from now on whoever comes."""
        Path(opened(str(self._path))).touch()
        for arrival in self.waiting:
            arrival.let_go()
        self.close()

    def close(self) -> None:
        """Hang up on all who wait, so that they exit.  Closing twice is harmless."""
        if self._closed:
            return
        for arrival in self._arrivals:
            arrival.abandon()
        # Forks hold copies of the listener, which would keep whoever is in its backlog waiting.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.setblocking(False)
        with suppress(OSError):  # nobody is left in it
            while True:
                self._listener.accept()[0].close()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _readable(connection: socket.socket, seconds: float = 0) -> bool:
    """Wait at most so long until there is something to receive or to accept, or the other side has hung up."""
    poll = select.poll()  # unlike select, it takes any file descriptor
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _peer(connection: socket.socket) -> int:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid: int = struct.unpack("3i", credentials)[0]
    return pid
