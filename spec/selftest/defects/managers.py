"""Managers with a fault in their server, in its end, or in the check of the authkey."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
import uuid
from multiprocessing import connection, managers
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

SyncManager: Any = managers.SyncManager
Server: Any = managers.Server
STARTED: Any = vars(managers)["State"].STARTED


class BrokenManager(Broken):
    """A multiprocessing API with another class of managers."""

    Served = SyncManager

    def Manager(self):
        manager = self.Served(ctx=self.context)
        manager.start()
        return manager


class _AtAnAbstractAddress(SyncManager):
    def __init__(self, address=None, **named):
        super().__init__(address or f"\0spec-{uuid.uuid4().hex}", **named)


@family.breaks("sharing.server-listens-at-no-abstract-address")
class ManagersListenAtAbstractAddresses(BrokenManager):
    """The server of a manager listens at an abstract address, to which processes of all users can connect."""

    Served = _AtAnAbstractAddress


@family.breaks("sharing.lives-in-a-server-process", "sharing.every-proxy-refers-to-one-object")
class HasNoServer(Broken):
    """The manager makes plain dicts and lists, and each child gets a copy."""

    class Manager:
        dict, list = dict, list

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            pass

        def shutdown(self):
            pass


class _InAThread(SyncManager):
    def start(self, *args):
        server = self.get_server()
        server.stop_event = threading.Event()
        threading.Thread(target=server.accepter, daemon=True).start()
        self._address, self._state.value = server.address, STARTED
        self.shutdown = server.stop_event.set


@family.breaks("sharing.lives-in-a-server-process")
class ServesFromThread(BrokenManager):
    """The manager's server is a thread of the process that made it, not a process."""

    Served = _InAThread


class _WithAnotherEnd(SyncManager):
    """A manager whose `shutdown` is `end`; only leaving its with block shuts it down."""

    shutdown: Any

    def start(self, *args):
        super().start(*args)
        self.finally_shut_down, self.shutdown = self.shutdown, self.end

    def __exit__(self, *exception):
        self.finally_shut_down()


class _Stays(_WithAnotherEnd):
    def end(self):
        pass


@family.breaks("sharing.shutdown-ends-the-server", "sharing.proxy-raises-after-shutdown")
class ShutdownDoesNothing(BrokenManager):
    """`shutdown()` does nothing; the server ends only when the with block is left."""

    Served = _Stays


class _LeavesItsZombie(_WithAnotherEnd):
    def end(self):
        self._process.terminate()
        connection.wait([self._process.sentinel])


@family.breaks("sharing.shutdown-ends-the-server")
class ShutdownDoesNotReap(BrokenManager):
    """`shutdown()` ends the server but does not join it."""

    Served = _LeavesItsZombie


class _TakesAllAlong(_WithAnotherEnd):
    def end(self):
        self.finally_shut_down()
        for child in multiprocessing.active_children():
            child.terminate()
            child.join()


@family.breaks("sharing.shutdown-ends-the-server")
class ShutdownEndsTheClients(BrokenManager):
    """`shutdown()` ends all children of the process that made the manager, not only the server."""

    Served = _TakesAllAlong


class _Mourning(Server):
    def serve_client(self, conn):
        try:
            super().serve_client(conn)
        except SystemExit:  # the client has closed the connection
            os._exit(1)


class _MournsItsClients(SyncManager):
    _Server = _Mourning


@family.breaks("sharing.outlives-its-clients")
class DiesWithItsClients(BrokenManager):
    """The manager's server dies as soon as one of its clients is gone."""

    Served = _MournsItsClients


class _HasTheUsualKey(SyncManager):
    def __init__(self, address=None, authkey=None, **more):
        super().__init__(address, None, **more)


@family.breaks("sharing.wrong-authkey-is-refused")
class IgnoresTheAuthkey(BrokenManager):
    """The manager ignores the authkey that it is given and uses that of the process."""

    Served = _HasTheUsualKey


class _LetsAllIn(Server):
    def __init__(self, *args):
        super().__init__(*args)
        vars(connection)["deliver_challenge"] = _welcome


def _welcome(client, _key):
    client.send_bytes(b"#CHALLENGE#" + os.urandom(20))
    client.recv_bytes(256)
    client.send_bytes(b"#WELCOME#")


class _TakesAnyDigest(SyncManager):
    _Server = _LetsAllIn


@family.breaks("sharing.wrong-authkey-is-refused")
class TakesAnyDigest(BrokenManager):
    """The manager's server accepts any digest; only the client checks the authkey."""

    Served = _TakesAnyDigest


class _ConnectsLater(SyncManager):
    def connect(self):
        self._state.value = STARTED


@family.breaks("sharing.wrong-authkey-is-refused")
class ConnectsLater(BrokenManager):
    """`connect()` does not connect, so a wrong authkey is not noticed."""

    Served = _ConnectsLater


class _LosesTheKey(SyncManager):
    _authkey: Any

    def connect(self):
        self._authkey = type(self._authkey)(b"")
        super().connect()


@family.breaks("sharing.wrong-authkey-is-refused")
class RefusesEverybody(BrokenManager):
    """The manager's server refuses every authkey, even the right one."""

    Served = _LosesTheKey


class _SaysItIsGone(SyncManager):
    def connect(self):
        try:
            super().connect()
        except multiprocessing.AuthenticationError:
            raise ConnectionRefusedError(f"nobody serves at {self.address!r}") from None


@family.breaks("sharing.wrong-authkey-is-refused")
class TakesRefusalForAbsence(BrokenManager):
    """If the server refuses a client, the client's exception says that there is no server."""

    Served = _SaysItIsGone


class _HandlesInterrupts(SyncManager):
    def start(self, *args):
        super().start(signal.signal, (signal.SIGINT, signal.default_int_handler))


@family.breaks("sharing.server-minds-no-interrupt")
class ServerCanBeInterrupted(BrokenManager):
    """Ctrl-C ends the manager's server."""

    Served = _HandlesInterrupts


@family.breaks("sharing.leaves-no-file-behind")
class LeavesItsFolder(BrokenManager):
    """The manager makes a folder for its socket and never removes it."""

    def Manager(self):
        manager = self.Served(os.path.join(tempfile.mkdtemp(), "socket"), ctx=self.context)
        manager.start()
        return manager


class _Unforgiving(Server):
    def serve_client(self, conn):
        super().serve_client(_HangsUp(conn))


class _HangsUp:
    """A connection that closes itself when an object that cannot be pickled is sent."""

    def __init__(self, connection):
        self._connection = connection

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def send(self, message):
        try:
            self._connection.send(message)
        except TypeError:
            self._connection.close()
            raise SystemExit from None


class _HangsUpOnTheUnpicklable(SyncManager):
    _Server = _Unforgiving


@family.breaks("sharing.unpicklable-answer-is-refused")
class HangsUpOnTheUnpicklable(BrokenManager):
    """The manager's server closes the connection if an answer cannot be pickled."""

    Served = _HangsUpOnTheUnpicklable


@family.breaks("sharing.server-begins-with-fresh-memory")
class ForksItsServer(BrokenManager):
    """The server of a manager is forked, though children are spawned."""

    method = "spawn"

    def Manager(self):
        manager = self.Served(ctx=multiprocessing.get_context("fork"))
        manager.start()
        return manager


class _AsksOnly(_WithAnotherEnd):
    _authkey: Any

    def end(self):
        connection.Client(self.address, authkey=self._authkey).send((None, "shutdown", (), {}))


@family.breaks("sharing.stubborn-server-is-ended")
class AsksItsServerToEnd(BrokenManager):
    """`shutdown()` asks the server to end, and does nothing more."""

    Served = _AsksOnly
