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


def _pipe(kind, duplex):
    """Return the ends of a pipe, as connections of this *kind*."""
    return tuple(kind(os.dup(end.fileno()), end.readable, end.writable) for end in multiprocessing.Pipe(duplex))


@family.breaks("queue.pipe-of-one-way")
class SwappedEnds(Broken):
    """A pipe of one way that gives its sending end first."""

    def Pipe(self, duplex=True):
        return multiprocessing.Pipe(duplex)[::-1]


@family.breaks("queue.pipe-of-one-way")
class AlwaysOfTwoWays(Broken):
    """A pipe that goes both ways though one was asked for."""

    def Pipe(self, duplex=True):
        return multiprocessing.Pipe()


@family.breaks("queue.pipe-of-two-ways")
class AlwaysOfOneWay(Broken):
    """A pipe that goes one way though both were asked for."""

    def Pipe(self, duplex=True):
        return multiprocessing.Pipe(False)


@family.breaks("queue.pipe-of-two-ways")
class OnePipeForBothWays(Broken):
    """A pipe of two ways with one pipe in it, where an end may receive what it has sent itself."""

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
    """A pipe that gives None where nobody will send any more."""

    def Pipe(self, duplex=True):
        return _pipe(_GivesNone, duplex)


class _KeepsACopy(Connection):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.copy = os.dup(self.fileno())


@family.breaks("queue.pipe-ends-with-the-last-sender", "queue.pipe-to-nobody-is-broken")
class NeverEnds(Broken):
    """A pipe that leaves a copy of each end open."""

    def Pipe(self, duplex=True):
        return _pipe(_KeepsACopy, duplex)


class _Doubled(Connection):
    def __reduce__(self):
        return _open_twice, (reduction.DupFd(self.fileno()), self.readable, self.writable)


def _open_twice(sent, readable, writable):
    file = sent.detach()
    os.dup(file)
    return Connection(file, readable, writable)


@family.breaks("queue.pipe-ends-with-the-last-sender")
class SentEndStaysOpen(Broken):
    """A pipe whose ends stay open in a process that they were sent to, though it closes them."""

    method = "spawn"

    def Pipe(self, duplex=True):
        return _pipe(_Doubled, duplex)


class _HangsUp(Connection):
    def close(self):
        if not self.closed:
            with socket.socket(fileno=os.dup(self.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        super().close()


@family.breaks("queue.pipe-ends-with-the-last-sender")
class EndsWithTheFirstSender(Broken):
    """A pipe that is at its end for all once one process has closed it."""

    def Pipe(self, duplex=True):
        here, there = _pipe(_HangsUp, True)
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
    """A pipe of one way that is at its end as soon as nobody can send, though not all was received."""

    def Pipe(self, duplex=True):
        return multiprocessing.Pipe() if duplex else _pipe(_Hasty, duplex)


class _SendsSomething(Connection):
    def send(self, obj):
        if obj is not None:
            super().send(obj)


@family.breaks("queue.pipe-carries-any-value")
class DoesNotSendNone(Broken):
    """A pipe that takes None for nothing to send."""

    def Pipe(self, duplex=True):
        return _pipe(_SendsSomething, duplex)


class _RaisesWhatComes(Connection):
    def recv(self):
        message = super().recv()
        if isinstance(message, Exception):
            raise message
        return message


@family.breaks("queue.pipe-carries-any-value")
class RaisesWhatIsReceived(Broken):
    """A pipe that raises what is received if it is an exception."""

    def Pipe(self, duplex=True):
        return _pipe(_RaisesWhatComes, duplex)


class _ClosedByFailure(Connection):
    def send(self, obj):
        try:
            super().send(obj)
        except TypeError:
            self.close()
            raise


@family.breaks("queue.pipe-refuses-the-unpicklable")
class ClosesOverTheUnpicklable(Broken):
    """A pipe whose sending end is closed by an attempt to send what cannot be pickled."""

    def Pipe(self, duplex=True):
        return _pipe(_ClosedByFailure, duplex)


class _Impatient(Connection):
    def poll(self, timeout=0.0):
        return super().poll(0)


@family.breaks("queue.poll-tells-what-can-be-received")
class PollDoesNotWait(Broken):
    """A pipe whose poll does not wait, whatever time it is given."""

    def Pipe(self, duplex=True):
        return _pipe(_Impatient, duplex)


class _Taking(Connection):
    def poll(self, timeout=0.0):
        found = super().poll(timeout)
        if found:
            self.recv()
        return found


@family.breaks("queue.poll-tells-what-can-be-received")
class PollTakes(Broken):
    """A pipe whose poll takes the message that it finds."""

    def Pipe(self, duplex=True):
        return _pipe(_Taking, duplex)


class _WritesOnce(Connection):
    def _send(self, buf, write=os.write):
        write(self.fileno(), buf)


@family.breaks("queue.pipe-goes-on-after-a-signal")
class SendsWhatFits(Broken):
    """A pipe that takes a message for sent when a part of it was, as where a signal has come between."""

    def Pipe(self, duplex=True):
        return _pipe(_WritesOnce, duplex)
