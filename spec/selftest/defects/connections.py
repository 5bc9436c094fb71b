"""Connections that carry bytes wrongly, listeners with a fault, and simple queues."""

from __future__ import annotations

import os
from contextlib import nullcontext
from multiprocessing import connection as connections
from multiprocessing import queues, reduction
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.pipes import pipe_of

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Connection: Any = connections.Connection
SimpleQueue: Any = vars(queues)["SimpleQueue"]


class _SendsAll(Connection):
    def send_bytes(self, buf, offset=0, size=None):
        super().send_bytes(buf, offset)


@family.breaks("queue.pipe-carries-a-part-of-some-bytes")
class SendsTheRest(Broken):
    """`send_bytes()` ignores the size, and sends all bytes after the offset."""

    def Pipe(self, duplex=True):
        return pipe_of(_SendsAll, duplex)


class _TakesAnyLength(Connection):
    def recv_bytes(self, maxlength=None):
        return super().recv_bytes()

    def recv_bytes_into(self, buf, offset=0):
        return super().recv_bytes_into(buf)


@family.breaks("queue.message-that-is-too-long-ends-the-pipe", "queue.bytes-are-received-into-a-buffer")
class ReceivesWithoutLimits(Broken):
    """`recv_bytes()` ignores its limit, and `recv_bytes_into()` the offset."""

    def Pipe(self, duplex=True):
        return pipe_of(_TakesAnyLength, duplex)


class _ClosedByNobody(Connection):
    def __exit__(self, *exception):
        pass


@family.breaks("queue.closed-connection-refuses-everything")
class OutlivesItsBlock(Broken):
    """A connection is not closed at the end of its `with` block."""

    def Pipe(self, duplex=True):
        return pipe_of(_ClosedByNobody, duplex)


class _First(Connection):
    pass


@family.breaks("queue.wait-tells-which-can-be-received-from", "queue.wait-for-nothing-lasts-until-its-time-is-up")
class WaitTellsOne(Broken):
    """`wait()` returns one connection, though more are ready, and does not wait for an empty list."""

    def Pipe(self, duplex=True):
        return pipe_of(_First, duplex)


def wait(object_list, timeout=None):
    """Return the first of those that are ready; do not wait for nothing."""
    if not object_list:
        return []
    return connections.wait(object_list, timeout)[:1]


class Listener:
    """A listener that lets everybody in, under a name of its own, takes addresses over, and leaves its file."""

    def __init__(self, address=None, family=None, backlog=1, authkey=None):
        if address and family == "AF_UNIX" and os.path.exists(address):
            os.unlink(address)
        self._listener: Any = connections.Listener(address, family, backlog)
        self.address, self.last_accepted = self._listener.address, None

    def accept(self):
        return self._listener.accept()

    def close(self):
        self._listener._listener._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


def Client(address, family=None, authkey=None):
    """Connect without a word about the key, and not at all by a port."""
    if isinstance(address, tuple):
        raise ConnectionRefusedError("ports are not for clients")
    return connections.Client(address)


@family.breaks(
    "queue.client-that-knows-the-key-is-accepted",
    "queue.client-with-another-key-is-refused",
    "queue.listener-leaves-no-file",
    "queue.address-that-is-in-use-is-refused",
)
class ListensToAll(Broken):
    """A listener accepts any client, takes an address from another, and leaves its file; a client finds no port."""

    def Pipe(self, duplex=True):
        return pipe_of(_First, duplex)


class _Mixed(SimpleQueue):
    def __init__(self, *, ctx):
        super().__init__(ctx=ctx)
        self._wlock = nullcontext()

    def empty(self):
        return False


@family.breaks("queue.simple-queue-behaves-as-a-queue", "queue.items-of-a-simple-queue-stay-whole")
class MixesItems(Broken):
    """A simple queue mixes items that two processes put at once, and is never empty."""

    def SimpleQueue(self):
        return _Mixed(ctx=self.context)


@family.breaks("queue.works-without-standard-files")
class TakesZeroForNothing(Broken):
    """A pipe whose file descriptor is 0 is refused."""

    def Pipe(self, duplex=True):
        ends = self.context.Pipe(duplex)
        if not all(end.fileno() for end in ends):
            raise ValueError("invalid handle")
        return ends


class _TakesAPart(Connection):
    def recv(self):
        try:
            return super().recv()
        except OSError:
            return None


@family.breaks("queue.pipe-ends-amid-a-message")
class TakesAPart(Broken):
    """If a message ends before its end, `recv()` returns None."""

    def Pipe(self, duplex=True):
        return pipe_of(_TakesAPart, duplex)


class _OfASmallNumber(Connection):
    def __reduce__(self):
        return _open_again, (reduction.DupFd(self.fileno() % 256), self.readable, self.writable)


def _open_again(given, readable, writable):
    return _OfASmallNumber(given.detach(), readable, writable)


@family.breaks("queue.connection-with-a-large-number-can-be-sent")
class NumbersAreOneByte(Broken):
    """A connection is sent as if the number of its file were less than 256."""

    def Pipe(self, duplex=True):
        return pipe_of(_OfASmallNumber, duplex)
