"""Faults that CPython guards against by tests of its own."""

from __future__ import annotations

import importlib
import os
import socket
import stat
import sys
import threading
from multiprocessing import connection as connections
from multiprocessing import context, managers, process, queues, util
from typing import Any
from unittest import mock

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.managers import BrokenManager
from spec.selftest.defects.pipes import pipe_of

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Connection: Any = connections.Connection
ForkProcess: Any = context.ForkProcess
Queue: Any = queues.Queue
Server: Any = managers.Server
SyncManager: Any = managers.SyncManager


class _ImportsFirst(Queue):
    def put(self, obj, block=True, timeout=None):
        threading.Thread(target=self._import_and_put, args=(obj, block, timeout), daemon=True).start()

    def _import_and_put(self, obj, block, timeout):
        for name, module in list(sys.modules.items()):
            if getattr(getattr(module, "__spec__", None), "_initializing", False):
                importlib.import_module(name)
        super().put(obj, block, timeout)


@family.breaks("queue.can-be-used-while-a-module-is-imported")
class WaitsForImports(Broken):
    """An item is put only after all modules whose import has begun were imported."""

    def Queue(self, maxsize=0):
        return _ImportsFirst(maxsize, ctx=self.context)


class _HandedOnOnce(Queue):
    def __getstate__(self):
        return super().__getstate__(), getattr(self, "_generation", 0)

    def __setstate__(self, state):
        state, generation = state
        super().__setstate__(state)
        self._generation = generation + 1
        if self._generation > 1:
            self._reader, self._writer = connections.Pipe(False)
            self._reset()


@family.breaks("queue.works-in-a-childs-child")
class HandedOnOnce(Broken):
    """A queue that a child hands on to its own child is another queue there."""

    method = "spawn"

    def Queue(self, maxsize=0):
        return _HandedOnOnce(maxsize, ctx=self.context)


class _Impatient(Connection):
    """A connection whose class is defined beside `Listener` and `Client`."""


def _make_impatient(file):
    if socket.getdefaulttimeout() is not None:
        os.set_blocking(file.fileno(), False)


class Listener(connections.Listener):
    """A listener whose socket has the default timeout of sockets."""

    def accept(self):
        _make_impatient(vars(self)["_listener"]._socket)
        return super().accept()


Client = connections.Client


@family.breaks("queue.pipe-minds-no-default-timeout", "queue.listener-minds-no-default-timeout")
class HasTheDefaultTimeout(Broken):
    """Pipes and listeners do not wait if sockets have a default timeout."""

    def Pipe(self, duplex=True):
        ends = pipe_of(_Impatient, duplex)
        for end in ends:
            _make_impatient(end)
        return ends


class _WithoutFiles(ForkProcess):
    def run(self):
        for name in os.listdir("/proc/self/fd"):
            file = int(name)
            if file > 2 and os.path.exists(f"/proc/self/fd/{name}") and stat.S_ISREG(os.fstat(file).st_mode):
                os.close(file)
        super().run()


@family.breaks("isolation.child-has-the-starters-files")
class ClosesFiles(Broken):
    """A forked child closes its starter's files."""

    Process = _WithoutFiles


class _KeepsItsTask(ForkProcess):
    def start(self):
        self._task = self._target, self._args
        super().start()


@family.breaks("isolation.started-process-keeps-no-task")
class KeepsItsTask(Broken):
    """A process keeps its target and arguments for ever."""

    Process = _KeepsItsTask


@family.breaks("lock.tracker-minds-no-signal")
class TrackerDiesOfSignals(Broken):
    """The helper that removes names does not ignore signals."""

    method = "spawn"

    def Lock(self):
        with mock.patch.object(util, "spawnv_passfds", _start_without_handlers):
            return self.context.Lock()


spawnv_passfds = util.spawnv_passfds


def _start_without_handlers(path, args, passfds):
    *options, code = args
    return spawnv_passfds(path, [*options, f"import signal; signal.signal = lambda *_: None; {code}"], passfds)


@family.breaks("lock.global-is-another-one-in-a-child")
class LocksOfMainAreRefused(Broken):
    """A main module can make no lock while a child runs it again."""

    method = "spawn"

    def Lock(self):
        if hasattr(process.current_process(), "_inheriting"):
            raise RuntimeError("no lock is made while main is imported")
        return self.context.Lock()


class _KeepsItsAddress(Server):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        unlink = self.listener._listener._unlink
        if unlink is not None:
            unlink.cancel()


class _KeepingManager(SyncManager):
    _Server = _KeepsItsAddress


@family.breaks("sharing.address-can-be-used-again")
class LeavesItsAddress(BrokenManager):
    """The server of a manager leaves the file that is its address."""

    Served = _KeepingManager


class _CopyingManager(SyncManager):
    def list(self, items=()):
        return super().list([_copy(item) for item in items])


def _copy(item):
    return item._getvalue() if isinstance(item, managers.BaseProxy) else item


@family.breaks("sharing.any-managed-object-can-be-nested")
class ListsOfCopies(BrokenManager):
    """A managed list that is made with managed objects has copies of them."""

    Served = _CopyingManager
