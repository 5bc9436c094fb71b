"""Pipes with a fault."""

from __future__ import annotations

import multiprocessing
import os
import select
import socket
from multiprocessing import reduction
from multiprocessing.connection import Connection

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


def pipe_of(kind, duplex):
    """Return the ends of a pipe as connections of the class *kind*."""
    return tuple(kind(os.dup(end.fileno()), end.readable, end.writable) for end in multiprocessing.Pipe(duplex))


@family.breaks("queue.pipe-of-one-way")
class SwappedEnds(Broken):
    """`Pipe(duplex=False)` returns its sending end first."""

    def Pipe(self, duplex=True):
        return multiprocessing.Pipe(duplex)[::-1]


@family.breaks("queue.pipe-of-one-way")
class AlwaysOfTwoWays(Broken):
    """A pipe of one way goes both ways."""

    def Pipe(self, duplex=True):
        return multiprocessing.Pipe()


@family.breaks("queue.pipe-of-two-ways")
class AlwaysOfOneWay(Broken):
    """A pipe of two ways goes one way."""

    def Pipe(self, duplex=True):
        return multiprocessing.Pipe(False)


@family.breaks("queue.pipe-of-two-ways")
class OnePipeForBothWays(Broken):
    """Both ways of a pipe are one, so an end may receive what it has sent itself."""

    def Pipe(self, duplex=True):
        receiver, sender = os.pipe()
        if not duplex:
            return Connection(receiver, writable=False), Connection(sender, readable=False)
        return _BothWays(receiver, sender), _BothWays(os.dup(receiver), os.dup(sender))


class _BothWays:
    def __init__(self, receiver, sender):
        self.receiver, self.sender = Connection(receiver), Connection(sender)
        self.recv, self.send = self.receiver.recv, self.sender.send

    def close(self):
        self.receiver.close()
        self.sender.close()


class _GivesNone(Connection):
    def recv(self):
        try:
            return super().recv()
        except EOFError:
            return None


@family.breaks("queue.pipe-ends-with-the-last-sender")
class NoneAtTheEnd(Broken):
    """At the end of a pipe, `recv()` returns None instead of raising EOFError."""

    def Pipe(self, duplex=True):
        return pipe_of(_GivesNone, duplex)


class _KeepsACopy(Connection):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.copy = os.dup(self.fileno())


@family.breaks("queue.pipe-ends-with-the-last-sender", "queue.pipe-to-nobody-is-broken")
class NeverEnds(Broken):
    """The pipe keeps a copy of each end open."""

    def Pipe(self, duplex=True):
        return pipe_of(_KeepsACopy, duplex)


class _Doubled(Connection):
    def __reduce__(self):
        return _open_twice, (reduction.DupFd(self.fileno()), self.readable, self.writable)


def _open_twice(sent, readable, writable):
    file = sent.detach()
    os.dup(file)
    return Connection(file, readable, writable)


@family.breaks("queue.pipe-ends-with-the-last-sender")
class SentEndStaysOpen(Broken):
    """An end of a pipe that was sent to a process stays open there after it was closed."""

    method = "spawn"

    def Pipe(self, duplex=True):
        return pipe_of(_Doubled, duplex)


class _HangsUp(Connection):
    def close(self):
        if not self.closed:
            with socket.socket(fileno=os.dup(self.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        super().close()


@family.breaks("queue.pipe-ends-with-the-last-sender")
class EndsWithTheFirstSender(Broken):
    """The pipe is at its end for all processes as soon as one process has closed it."""

    def Pipe(self, duplex=True):
        here, there = pipe_of(_HangsUp, True)
        if not duplex:
            here._writable = there._readable = False
        return here, there


class _Hasty(Connection):
    def recv(self):
        if self.readable:
            line = select.poll()
            line.register(self, select.POLLIN)
            if line.poll()[0][1] & select.POLLHUP:
                raise EOFError
        return super().recv()


@family.breaks("queue.pipe-ends-with-the-last-sender")
class LosesLastWords(Broken):
    """The pipe is at its end as soon as no sender is left, although not everything was received."""

    def Pipe(self, duplex=True):
        return multiprocessing.Pipe() if duplex else pipe_of(_Hasty, duplex)


class _SendsSomething(Connection):
    def send(self, obj):
        if obj is not None:
            super().send(obj)


@family.breaks("queue.pipe-carries-any-value")
class DoesNotSendNone(Broken):
    """Sending None sends nothing."""

    def Pipe(self, duplex=True):
        return pipe_of(_SendsSomething, duplex)


class _RaisesWhatComes(Connection):
    def recv(self):
        message = super().recv()
        if isinstance(message, Exception):
            raise message
        return message


@family.breaks("queue.pipe-carries-any-value")
class RaisesWhatIsReceived(Broken):
    """`recv()` raises the received object if it is an exception."""

    def Pipe(self, duplex=True):
        return pipe_of(_RaisesWhatComes, duplex)


class _ClosedByFailure(Connection):
    def send(self, obj):
        try:
            super().send(obj)
        except TypeError:
            self.close()
            raise


@family.breaks("queue.pipe-refuses-the-unpicklable")
class ClosesOverTheUnpicklable(Broken):
    """Sending an object that cannot be pickled closes the sending end."""

    def Pipe(self, duplex=True):
        return pipe_of(_ClosedByFailure, duplex)


class _Impatient(Connection):
    def poll(self, timeout=0.0):
        return super().poll(0)


@family.breaks("queue.poll-tells-what-can-be-received")
class PollDoesNotWait(Broken):
    """`poll()` of a pipe ignores its timeout and does not wait."""

    def Pipe(self, duplex=True):
        return pipe_of(_Impatient, duplex)


class _Taking(Connection):
    def poll(self, timeout=0.0):
        found = super().poll(timeout)
        if found:
            self.recv()
        return found


@family.breaks("queue.poll-tells-what-can-be-received")
class PollTakes(Broken):
    """`poll()` of a pipe takes the message away."""

    def Pipe(self, duplex=True):
        return pipe_of(_Taking, duplex)


class _WritesOnce(Connection):
    def _send(self, buf, write=os.write):
        write(self.fileno(), buf)


@family.breaks("queue.pipe-goes-on-after-a-signal")
class SendsWhatFits(Broken):
    """A message counts as sent when a part of it was sent, for example before a signal came."""

    def Pipe(self, duplex=True):
        return pipe_of(_WritesOnce, duplex)
