"""A checkpoint: a place in a payload where the payload stops until the claim lets it continue.

The claim's side listens on a Unix socket.  A payload connects, sends its notes, and waits for a reply.  So the claim
knows from the kernel which processes have arrived, and it decides which of them continues, and when.  The payload's
side is a picklable function.  It reaches the claim from any process and any thread::

    with Checkpoint(folder / "reading") as reading:
        start_ten_buyers(pause=reading.pause)
        arrivals = reading.wait_for(10)       # all ten have read
        for arrival in arrivals:
            arrival.let_go()                  # now each writes

The claim's side needs one thread only: an arrival stays in the socket's backlog until the claim accepts it.
"""

from __future__ import annotations

import select
import socket
import struct
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Callable

from spec.harness.child_side import opened, pause, receive, send
from spec.harness.deadline import Deadline
from spec.harness.heartbeat import beat
from spec.harness.process_table import until_blocked
from spec.harness.roles import note

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits

BACKLOG = 4096
"""Connections that the socket keeps until the claim accepts them; the kernel may allow fewer, see listen(2)."""


class Arrival:
    """A payload that has arrived at a checkpoint.

    Args:
        connection: the socket on which the payload waits for the reply.
        checkpoint: the name of the checkpoint.

    Attributes:
        pid: the process in which the payload runs.  The kernel says so, not the payload: see SO_PEERCRED in
            `unix(7) <https://man7.org/linux/man-pages/man7/unix.7.html>`_.
        notes: the arguments that the payload passed to ``pause``.
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
        """Let the payload continue.  A second call does nothing.

        Args:
            reply: what the payload's call of ``pause`` returns; a picklable object.
        """
        if self._open:
            self._open = False
            note(self.pid, f"last seen at checkpoint {self._checkpoint!r}")
            with suppress(BrokenPipeError, ConnectionResetError):  # the process was killed while it waited
                send(self._connection, reply)
            self._connection.close()
        return self

    def until_blocked(self) -> Arrival:
        """Wait until the process is blocked in the kernel, so that a signal interrupts what it waits for.

        Python runs a signal handler between two instructions, or when the signal interrupts a system call.  A signal
        that arrives after Python's last check and before the system call begins is handled only when that call
        returns.  See https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers.

        Raises:
            Violation: the process has exited.
            Hung: the process was not blocked before the deadline.
        """
        until_blocked([self.pid])
        return self

    def abandon(self) -> None:
        """Close the connection.  If the payload still waits, it exits."""
        if self._open:
            self._open = False
            with suppress(OSError):  # the process is gone already
                self._connection.shutdown(socket.SHUT_RDWR)  # also where forks hold copies of it
            self._connection.close()

    @property
    def waiting(self) -> bool:
        """Whether the payload still waits: the claim has not let it go, and its process has the connection open."""
        return self._open and not _readable(self._connection)

    def __repr__(self) -> str:
        return f"<Arrival of process {self.pid} with {self.notes}>"


class Checkpoint:
    """The claim's side of a checkpoint.

    Args:
        path: the path of the socket.  It must not exist, and must be shorter than about 100 bytes: see sun_path in
            `unix(7) <https://man7.org/linux/man-pages/man7/unix.7.html>`_.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(BACKLOG)
        self._arrivals: list[Arrival] = []
        self._new: deque[Arrival] = deque()
        self.pause: Callable[..., Any] = partial(pause, str(path))
        """The function that a payload calls to stop here.  It takes picklable notes, and returns the reply."""

    def wait_for(self, count: int) -> list[Arrival]:
        """Wait for more arrivals, and return them in the order in which they arrived.

        Args:
            count: how many arrivals to wait for, not counting those that were returned before.

        Raises:
            RuntimeError: the checkpoint is closed.
            Hung: fewer arrived before the deadline.
        """
        arrivals = "arrival" if count == 1 else "arrivals"
        deadline = Deadline(f"{count} {arrivals} at checkpoint {self._path.name!r}")
        while len(self._new) < count:
            if self._closed:
                raise RuntimeError(f"checkpoint {self._path.name!r} was opened or closed: nothing can arrive")
            if not _readable(self._listener, deadline.remaining()):
                raise deadline.expired(seen=str(len(self._new)))
            self._accept()
        return [self._new.popleft() for _ in range(count)]

    def next(self) -> Arrival:
        """Wait for one more arrival, and return it.

        Raises:
            RuntimeError: the checkpoint is closed.
            Hung: no payload arrived before the deadline.
        """
        return self.wait_for(1)[0]

    @property
    def reached(self) -> bool:
        """Whether there is an arrival that `wait_for` has not returned yet."""
        self._accept_all()
        return bool(self._new)

    @property
    def waiting(self) -> list[Arrival]:
        """All arrivals that wait here now, whether or not `wait_for` has returned them."""
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
        with suppress(EOFError, OSError):  # the process was killed before its notes were sent
            arrival = Arrival(connection, self._path.name)
            beat()
            self._arrivals.append(arrival)
            self._new.append(arrival)

    def open(self) -> None:
        """Let all waiting payloads continue; payloads that come later do not stop."""
        Path(opened(str(self._path))).touch()
        for arrival in self.waiting:
            arrival.let_go()
        self.close()

    def close(self) -> None:
        """Close all connections, so that the waiting payloads exit.  Closing twice is harmless."""
        if self._closed:
            return
        for arrival in self._arrivals:
            arrival.abandon()
        # Forks may hold copies of the listener.  Without the shutdown, payloads in its backlog would wait on.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.setblocking(False)
        with suppress(OSError):  # the backlog is empty
            while True:
                self._listener.accept()[0].close()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def wait_for_any(checkpoints: Iterable[Checkpoint], seconds: float) -> None:
    """Wait at most *seconds* until a payload arrives at one of the *checkpoints*, none of which is closed."""
    _any_readable([checkpoint._listener for checkpoint in checkpoints], seconds)


def _readable(connection: socket.socket, seconds: float = 0) -> bool:
    """Wait at most *seconds* for data or a connection, or for the other side to close; return whether it came."""
    return _any_readable([connection], seconds)


def _any_readable(connections: Iterable[socket.socket], seconds: float) -> bool:
    poll = select.poll()  # unlike select, it takes any file descriptor
    for connection in connections:
        poll.register(connection, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _peer(connection: socket.socket) -> int:
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid: int = struct.unpack("3i", credentials)[0]
    return pid
