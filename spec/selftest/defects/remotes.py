"""Managers that serve clients on other hosts wrongly, and proxies that do not wait as they should."""

from __future__ import annotations

import os
import queue
import socket
import struct
import tempfile
import threading
import time
from contextlib import suppress
from multiprocessing import connection, managers
from pathlib import Path
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Base: Any = managers.BaseManager
Connection: Any = connection.Connection
Server: Any = managers.Server
connect: Any = connection.Client
channels: Any = vars(managers)["listener_client"]
"""By the name of a way to pickle, the listeners of servers and the function that connects their clients."""


class Served(Base):
    """A manager with a server of its own."""

    _Server = Server

    def get_server(self):
        return self._Server(self._registry, self._address, self._authkey, self._serializer)


class _HasObjectsForEach(Base):
    @classmethod
    def register(cls, typeid, *others, **named):
        made = {"messages": queue.Queue, "notes": dict, "lock": threading.Lock}.get(typeid)
        if named.get("callable") and made:
            named["callable"] = made
        super().register(typeid, *others, **named)


@family.breaks("remote.hosts-share-objects")
class HasObjectsForEach(Broken):
    """Each client gets objects of its own."""

    BaseManager = _HasObjectsForEach


class _ExposesAll(Server):
    def create(self, c, typeid, *args, **kwds):
        ident, exposed = super().create(c, typeid, *args, **kwds)
        obj, _, types = self.id_to_obj[ident]
        self.id_to_obj[ident] = (obj, set(dir(obj)), types)
        return ident, exposed


class _ServedOpenly(Served):
    _Server = _ExposesAll


@family.breaks("remote.only-exposed-methods-can-be-called")
class ExposesAll(Broken):
    """A server calls any method that a client names."""

    BaseManager = _ServedOpenly


class _Blunt:
    """An object whose methods raise RuntimeError instead of what they are to raise."""

    def __init__(self, obj):
        self._obj = obj

    def __dir__(self):
        return dir(self._obj)

    def __getattr__(self, name):
        found = getattr(self._obj, name)

        def call(*args):
            try:
                return found(*args)
            except Exception:
                raise RuntimeError("it failed") from None

        return call


class _ServesBluntly(Base):
    @classmethod
    def register(cls, typeid, *others, **named):
        made = named.get("callable")
        if made:
            named["callable"] = lambda: _Blunt(made())
        super().register(typeid, *others, **named)


@family.breaks("remote.servers-exception-reaches-its-client")
class TellsOnlyThatItFailed(Broken):
    """The exception that a client gets is not the one that was raised."""

    BaseManager = _ServesBluntly


class _ProvesInLine(Server):
    def accepter(self):
        while True:
            found = self.listener.accept()
            try:
                connection.deliver_challenge(found, self.authkey)
                connection.answer_challenge(found, self.authkey)
            except Exception:
                found.close()
            else:
                threading.Thread(target=self._serve_proved, args=(found,), daemon=True).start()

    def _serve_proved(self, found):
        _, name, args, kwds = found.recv()
        with suppress(SystemExit):
            found.send(("#RETURN", getattr(self, name)(found, *args, **kwds)))
        found.close()


class _ServedInLine(Served):
    _Server = _ProvesInLine


@family.breaks("remote.server-serves-others-amid-bad-clients")
class ProvesInLine(Broken):
    """A server accepts nobody while it waits for a client to prove that it knows the key."""

    BaseManager = _ServedInLine


class _KeepsBadClients(Server):
    def handle_request(self, c):
        os.dup(c.fileno())
        super().handle_request(c)


class _ServedForever(Served):
    _Server = _KeepsBadClients


@family.breaks("remote.server-survives-nonsense")
class KeepsBadClients(Broken):
    """A server hangs up on nobody."""

    BaseManager = _ServedForever


class _TellsItsKey(Base):
    def connect(self):
        with suppress(OSError, EOFError), connect(self._address) as found:
            found.send_bytes(bytes(self._authkey))
        super().connect()


@family.breaks("remote.key-of-a-server-is-never-on-the-wire")
class TellsItsKey(Broken):
    """A client sends its key before it proves that it knows it."""

    BaseManager = _TellsItsKey


class _LeavesCopies(Server):
    def handle_request(self, c):
        if not os.fork():
            time.sleep(60)
            os._exit(0)
        super().handle_request(c)


class _ServedWithCopies(Served):
    _Server = _LeavesCopies


@family.breaks("remote.killed-office-hangs-up")
class LeavesCopies(Broken):
    """Other processes have copies of a server's connections, so the kernel does not hang up when it is killed."""

    BaseManager = _ServedWithCopies


class _ReservesItsAddress(Base):
    def get_server(self):
        server = super().get_server()
        Path(tempfile.gettempdir(), f"port-{server.address[1]}").touch(exist_ok=False)
        return server


@family.breaks("remote.office-opens-again-at-its-address")
class ReservesItsAddress(Broken):
    """A server that was killed leaves a file that keeps the next one from its address."""

    BaseManager = _ReservesItsAddress


class _FreesLocks(Server):
    def serve_client(self, conn):
        try:
            super().serve_client(conn)
        finally:
            for obj, *_ in list(self.id_to_obj.values()):
                if hasattr(obj, "release") and obj.locked():
                    obj.release()


class _ServedByFreeing(Served):
    _Server = _FreesLocks


@family.breaks("remote.killed-buyer-keeps-the-lock")
class FreesLocks(Broken):
    """A server frees its locks when a client hangs up."""

    BaseManager = _ServedByFreeing


def _limit(found: Any, seconds: float) -> Any:
    with socket.socket(fileno=os.dup(found.fileno())) as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", int(seconds), int(seconds % 1 * 1e6)))
    return found


class _NoticesCuts(_FreesLocks):
    def serve_client(self, conn):
        with socket.socket(fileno=os.dup(conn.fileno())) as end:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for option in socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT:
                end.setsockopt(socket.IPPROTO_TCP, option, 1)
        super().serve_client(conn)


class _ServedAttentively(Served):
    _Server = _NoticesCuts


@family.breaks("remote.buyer-that-is-cut-off-keeps-the-lock")
class NoticesCuts(Broken):
    """A server hangs up on a client that is cut off, and frees its locks."""

    BaseManager = _ServedAttentively


def through(name: str, connected: Any) -> Any:
    """Return a class of managers whose clients are connected by *connected*."""
    channels[name] = (connection.Listener, connected)

    class _Manager(Base):
        def __init__(self, address=None, authkey=None, serializer=name, **named):
            super().__init__(address, authkey, serializer, **named)

    return _Manager


def _connect_impatiently(address, family=None, authkey=None):
    return _limit(connect(address, family, authkey), 2)


@family.breaks(
    "remote.office-that-is-cut-off-is-waited-for",
    "remote.office-that-ended-unseen-is-waited-for",
)
class WaitsForAWhile(Broken):
    """A call gives up after two seconds."""

    BaseManager = through("impatient", _connect_impatiently)


class _Once(Connection):
    """A connection that fails if what it has sent was not acknowledged at once, or was sent again."""

    def send(self, obj):
        super().send(obj)
        time.sleep(0.1)
        with socket.socket(fileno=os.dup(self.fileno())) as end:
            facts = end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        unacknowledged, sent_again = facts[24:28], facts[100:104]
        if unacknowledged + sent_again != bytes(8):
            raise ConnectionAbortedError("the request was not delivered")


def _connect_once(address, family=None, authkey=None):
    found = connect(address, family, authkey)
    return _Once(os.dup(found.fileno()))


@family.breaks("remote.cut-that-is-mended-loses-nothing")
class SendsOnce(Broken):
    """A call fails if its request does not arrive at once."""

    BaseManager = through("once", _connect_once)


class _Hasty(Connection):
    def recv(self):
        if not self.poll(0.1):
            raise TimeoutError("no answer")
        return super().recv()


def _connect_hastily(address, family=None, authkey=None):
    found = connect(address, family, authkey)
    return _Hasty(os.dup(found.fileno()))


@family.breaks("remote.lost-packets-lose-no-call")
class WaitsForATenthOfASecond(Broken):
    """A call fails if its answer does not come within a tenth of a second; a lost packet is sent again after two."""

    BaseManager = through("hasty", _connect_hastily)


class _TakesNone(Connection):
    def recv(self):
        try:
            return super().recv()
        except OSError:
            return ("#RETURN", None)


def _connect_carelessly(address, family=None, authkey=None):
    found = connect(address, family, authkey)
    return _TakesNone(os.dup(found.fileno()))


@family.breaks("remote.undeliverable-request-fails")
class TakesNoneForAnAnswer(Broken):
    """A call returns None if its connection fails."""

    BaseManager = through("careless", _connect_carelessly)


class _Hushes(Base):
    def connect(self):
        try:
            super().connect()
        except OSError:
            raise RuntimeError("no office") from None


@family.breaks("remote.unreachable-office-is-an-error")
class HidesWhy(Broken):
    """Connecting to nobody raises an exception that does not say why."""

    BaseManager = _Hushes
