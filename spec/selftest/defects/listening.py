"""Listeners and clients with a fault.

An API has the listeners of the module that has the class of its connections.  So each API here has a class of its
own, in a module that is made for it.
"""

from __future__ import annotations

import hmac
import os
import select
import signal
import socket
import sys
from multiprocessing import AuthenticationError, connection, managers, reduction
from types import ModuleType
from typing import Any, Optional

from spec.selftest.defects import own_processes
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.pipes import pipe_of

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Connection: Any = connection.Connection
Sound: Any = connection.Listener
connect: Any = connection.Client


def end_class(name: str, **faulty: object) -> type:
    """Return a class of connections that is in a module of its own, which has these *faulty* things."""
    module = ModuleType(f"{__name__}.{name}")
    vars(module).update({key: getattr(connection, key) for key in connection.__all__})
    vars(module).update({"deliver_challenge": connection.deliver_challenge, **faulty})
    module.answer_challenge = connection.answer_challenge  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    end = type("Connection", (Connection,), {"__module__": module.__name__})
    reduction.register(end, vars(connection)["reduce_connection"])
    return end


def with_end(end: type, duplex: bool) -> Any:
    """Return the ends of a pipe, of the class *end*."""
    return pipe_of(end, duplex)


class Listening(Broken):
    """A multiprocessing API with other listeners or clients: those of the module of its class ``end``."""

    BaseManager = managers.BaseManager
    end: Any = Connection

    def Pipe(self, duplex=True):
        return with_end(self.end, duplex)


class _OnlyPorts(Sound):
    def __init__(self, address=None, *others, **named):
        if isinstance(address, str):
            raise ValueError("an address is a host and a port")
        super().__init__(address, *others, **named)


@family.breaks("remote.every-family-carries-messages")
class TakesOnlyPorts(Listening):
    """A listener takes only ports as addresses."""

    end = end_class("only_ports", Listener=_OnlyPorts)


class _TellsNobody(Sound):
    last_accepted = None


@family.breaks("remote.last-client-is-told")
class TellsNobody(Listening):
    """A listener does not tell who was accepted last."""

    end = end_class("tells_nobody", Listener=_TellsNobody)


class _DropsTheDead(Sound):
    def accept(self):
        found = super().accept()
        poll = select.poll()
        poll.register(found.fileno(), select.POLLRDHUP)
        if poll.poll(0):
            raise ConnectionResetError("the client has hung up")
        return found


@family.breaks("remote.message-of-an-ended-client-arrives")
class DropsTheDead(Listening):
    """`accept()` drops a client that has hung up, with what it has sent."""

    end = end_class("drops_the_dead", Listener=_DropsTheDead)


class _NeverReady(Connection):
    def poll(self, timeout=0.0):
        return False


def _connect_deaf(address, family=None, authkey=None):
    found = connect(address, family, authkey)
    return _NeverReady(os.dup(found.fileno()))


@family.breaks("remote.poll-tells-what-a-client-has-sent")
class PollsInVain(Listening):
    """`poll()` of a client's connection is always false."""

    end = end_class("polls_in_vain", Client=_connect_deaf)


class _HoldsOne(Sound):
    def __init__(self, address=None, family=None, backlog=1, authkey=None):
        super().__init__(address, family, 1, authkey)


@family.breaks("remote.backlog-holds-clients")
class HoldsOne(Listening):
    """A listener ignores its backlog."""

    end = end_class("holds_one", Listener=_HoldsOne)


class _GivesUp(Sound):
    def accept(self):
        usual: Any = signal.getsignal(signal.SIGUSR1)

        def give_up(*arguments):
            usual(*arguments)
            raise InterruptedError

        if callable(usual):
            signal.signal(signal.SIGUSR1, give_up)
        return super().accept()


@family.breaks("remote.accept-goes-on-after-a-signal")
class GivesUpAfterASignal(Listening):
    """`accept()` raises InterruptedError after a signal."""

    end = end_class("gives_up", Listener=_GivesUp)


def _believe(found, authkey):
    found.send_bytes(b"#CHALLENGE#" + bytes(20))
    found.recv_bytes(256)
    found.send_bytes(b"#WELCOME#")


@family.breaks("remote.any-connection-can-be-proved")
class BelievesEverybody(Listening):
    """`deliver_challenge()` accepts any answer."""

    end = end_class("believes", deliver_challenge=_believe)


class _OfOneProcess(Connection):
    def send(self, obj):
        if os.getpid() != self.pid:
            raise OSError("this connection is another process's")
        super().send(obj)


class _AcceptsForItself(Sound):
    def accept(self):
        found = super().accept()
        own = _OfOneProcess(os.dup(found.fileno()))
        own.pid = os.getpid()
        return own


@family.breaks("remote.accepted-connection-can-be-handed-on")
class AcceptsForItself(Listening):
    """Only the process that has accepted a client can send to it."""

    end = end_class("accepts_for_itself", Listener=_AcceptsForItself)


class _ComparesKeys(Sound):
    def __init__(self, address=None, family=None, backlog=1, authkey=None):
        super().__init__(address, family, backlog)
        self._key = authkey

    def accept(self):
        found = super().accept()
        if self._key is not None and found.recv_bytes() != self._key:
            raise AuthenticationError
        return found


def _tell_the_key(address, family=None, authkey=None):
    found = connect(address, family)
    if authkey is not None:
        found.send_bytes(authkey)
    return found


@family.breaks("remote.key-is-never-on-the-wire")
class SendsTheKey(Listening):
    """A client sends its key, and the listener compares it."""

    end = end_class("sends_the_key", Listener=_ComparesKeys, Client=_tell_the_key)


class _AsksNobody(Sound):
    def __init__(self, address=None, family=None, backlog=1, authkey: Optional[bytes] = None):
        super().__init__(address, family, backlog)


def _prove_nothing(address, family=None, authkey=None):
    return connect(address, family)


@family.breaks("remote.client-without-a-key-is-refused", "remote.impostor-is-refused")
class AsksForNoKey(Listening):
    """Listeners and clients ignore the key."""

    end = end_class("asks_nobody", Listener=_AsksNobody, Client=_prove_nothing)


class _TakesEmptyForNone(Sound):
    def __init__(self, address=None, family=None, backlog=1, authkey: Optional[bytes] = None):
        super().__init__(address, family, backlog, authkey or None)


@family.breaks("remote.empty-key-is-a-key")
class TakesEmptyForNone(Listening):
    """A listener with an empty key asks for none, as in the standard library before 3.13."""

    Process = own_processes.ForkProcess  # so that what is known of the standard library is not applied to it
    end = end_class("takes_empty_for_none", Listener=_TakesEmptyForNone)


class _KnowsOnlySha256(Sound):
    def __init__(self, address=None, family=None, backlog=1, authkey=None):
        super().__init__(address, family, backlog)
        self._key = authkey

    def accept(self):
        found = super().accept()
        if self._key is None:
            return found
        challenge = b"{sha256}" + os.urandom(40)
        found.send_bytes(b"#CHALLENGE#" + challenge)
        if found.recv_bytes(256) != b"{sha256}" + hmac.digest(self._key, challenge, "sha256"):
            found.send_bytes(b"#FAILURE#")
            raise AuthenticationError
        found.send_bytes(b"#WELCOME#")
        connection.answer_challenge(found, self._key)
        return found


@family.breaks("remote.clients-of-older-and-newer-versions-are-accepted")
class KnowsOnlySha256(Listening):
    """A listener refuses clients that know MD5 only."""

    end = end_class("knows_only_sha256", Listener=_KnowsOnlySha256)


class _SendsTheKey(Connection):
    key: bytes
    is_asked_by_md5 = False

    def send_bytes(self, buf, *part):
        super().send_bytes(self.key if self.is_asked_by_md5 else buf, *part)
        self.is_asked_by_md5 = False

    def recv_bytes(self, *most):
        message = super().recv_bytes(*most)
        self.is_asked_by_md5 = message.startswith(b"#CHALLENGE#") and not message.startswith(b"#CHALLENGE#{sha256}")
        return message


def _connect_to_old_ones_in_clear(address, family=None, authkey=None):
    found = connect(address, family)
    if authkey is None:
        return found
    own = _SendsTheKey(os.dup(found.fileno()))
    own.key = authkey
    connection.answer_challenge(own, authkey)
    connection.deliver_challenge(own, authkey)
    return own


@family.breaks("remote.listeners-of-older-and-newer-versions-are-answered")
class SendsOldListenersTheKey(Listening):
    """A client sends its key to a listener that asks for a digest by MD5."""

    end = end_class("sends_old_listeners_the_key", Client=_connect_to_old_ones_in_clear)


class _EndsAtNonsense(Sound):
    def accept(self):
        try:
            return super().accept()
        except Exception:
            os._exit(1)


@family.breaks("remote.listener-survives-nonsense", "remote.window-passes-over-bad-clients")
class EndsAtNonsense(Listening):
    """`accept()` ends the process if a client fails."""

    end = end_class("ends_at_nonsense", Listener=_EndsAtNonsense)


class _SendsCopies(Connection):
    """An end that sends sockets and ends of pipes as new ones, which nobody is connected to."""

    def send(self, obj):
        if isinstance(obj, socket.socket):
            obj = socket.socket(obj.family, obj.type)
        elif isinstance(obj, Connection):
            obj = type(obj)(os.dup(obj.fileno()), readable=False, writable=True)
        super().send(obj)


@family.breaks(
    "remote.listening-socket-can-be-sent",
    "remote.connected-socket-can-be-sent",
    "remote.receiving-end-can-be-sent",
)
class SendsNewSockets(Listening):
    """A socket that is sent arrives as a new one, and an end of a pipe as one that only sends."""

    end = _SendsCopies


class _SendsClosed(Connection):
    def send(self, obj):
        if isinstance(obj, Connection):
            one, two = connection.Pipe()
            two.close()
            obj = one
        super().send(obj)


@family.breaks("remote.accepted-connection-can-be-sent")
class SendsClosedConnections(Listening):
    """A connection that is sent arrives as one whose other end is closed."""

    end = _SendsClosed
