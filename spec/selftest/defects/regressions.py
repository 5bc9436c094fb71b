"""Faults that CPython guards against by tests of its own."""

from __future__ import annotations

import importlib
import os
import socket
import stat
import sys
import threading
from multiprocessing import connection as connections
from multiprocessing import context, managers, popen_spawn_posix, process, queues, synchronize, util
from typing import Any
from unittest import mock

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.handovers import preparing
from spec.selftest.defects.managers import BrokenManager
from spec.selftest.defects.pipes import pipe_of

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Connection: Any = connections.Connection
ForkProcess: Any = context.ForkProcess
Queue: Any = queues.Queue
Server: Any = managers.Server
SimpleQueue: Any = vars(queues)["SimpleQueue"]
SpawnProcess: Any = context.SpawnProcess
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
    """The resource tracker does not ignore signals."""

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


class _SkipsNothing(Connection):
    def send_bytes(self, buf, offset=0, size=None):
        if len(buf):
            super().send_bytes(buf, offset, size)


@family.breaks("queue.messages-are-kept-apart")
class SkipsEmptyMessages(Broken):
    """A message of no bytes is not sent."""

    def Pipe(self, duplex=True):
        return pipe_of(_SkipsNothing, duplex)


class _FillsBytes(Connection):
    def recv_bytes_into(self, buf, offset=0):
        if memoryview(buf).itemsize > 1:
            raise TypeError("only buffers of bytes can be filled")
        return super().recv_bytes_into(buf, offset)


@family.breaks("queue.any-buffer-can-be-filled")
class FillsBuffersOfBytesOnly(Broken):
    """`recv_bytes_into()` refuses a buffer whose items are longer than a byte."""

    def Pipe(self, duplex=True):
        return pipe_of(_FillsBytes, duplex)


class _PollsAnyway(Connection):
    def poll(self, timeout=0.0):
        return self.readable and super().poll(timeout)


@family.breaks("queue.ends-know-their-direction")
class PollsTheSendingEnd(Broken):
    """`poll()` of the end that only sends returns false."""

    def Pipe(self, duplex=True):
        return pipe_of(_PollsAnyway, duplex)


@family.breaks("identity.main-is-a-process-too")
class MainIsADaemon(Broken):
    """The current process of a program is a daemon."""

    def current_process(self):
        current: Any = self.context.current_process()
        current._config["daemon"] = True
        return current


class _TakesTuples(ForkProcess):
    def __init__(self, *arguments, args=(), **named):
        if not isinstance(args, tuple):
            raise TypeError("args must be a tuple")
        super().__init__(*arguments, args=args, **named)


@family.breaks("isolation.args-and-kwargs-are-copies")
class TakesTuplesOnly(Broken):
    """A list of arguments is refused."""

    Process = _TakesTuples


class _BindsItself(synchronize.Lock):
    def __enter__(self):
        super().__enter__()


@family.breaks("lock.is-held-within-its-block")
class BindsNothing(Broken):
    """The `with` statement of a lock binds None."""

    def Lock(self):
        return _BindsItself(ctx=self.context)


class _NeverClosed(queues.JoinableQueue):
    def close(self):
        """Do nothing."""


@family.breaks("joinable.closed-queue-refuses-its-process-only")
class JoinableIsNeverClosed(Broken):
    """`close()` of a joinable queue does nothing."""

    def JoinableQueue(self, maxsize=0):
        return _NeverClosed(maxsize, ctx=self.context)


class _ClosedOnce(SimpleQueue):
    def close(self):
        if self._reader.closed:
            raise OSError("handle is closed")
        super().close()


@family.breaks("queue.simple-queue-behaves-as-a-queue")
class ClosesOnce(Broken):
    """A simple queue that was closed cannot be closed again."""

    def SimpleQueue(self):
        return _ClosedOnce(ctx=self.context)


class _AddsInPlace(list):
    def __add__(self, other):
        self.extend(other)
        return list(self)


class _AddingManager(SyncManager):
    """A manager with such lists."""


_AddingManager.register("list", _AddsInPlace, managers.ListProxy)


@family.breaks("sharing.behaves-as-one-list")
class AddsInPlace(BrokenManager):
    """``+`` changes a managed list."""

    Served = _AddingManager


class _WithSomeOptions(SpawnProcess):
    @staticmethod
    def _Popen(child):
        options = [option for option in vars(util)["_args_from_interpreter_flags"]() if option != "-s"]
        with mock.patch.object(util, "_args_from_interpreter_flags", lambda: options):
            return popen_spawn_posix.Popen(child)


@family.breaks("isolation.child-has-all-flags")
class ForgetsAnOption(Broken):
    """The interpreter of a child does not have the option -s of its starter's."""

    method = "spawn"
    Process = _WithSomeOptions


class _WithASortedPath(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with preparing(lambda data: data["sys_path"].sort(reverse=True)):
            return popen_spawn_posix.Popen(child)


@family.breaks("isolation.child-has-the-starters-path-in-order")
class SortsThePath(Broken):
    """A child looks for modules in the folders of its starter, but in another order."""

    method = "spawn"
    Process = _WithASortedPath


class _WithoutALevel(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with preparing(lambda data: data.pop("log_level", None)):
            return popen_spawn_posix.Popen(child)


@family.breaks("lifecycle.child-logs-from-the-starters-level-on")
class ForgetsTheLevel(Broken):
    """The logger of a child does not have the level of its starter's."""

    method = "spawn"
    Process = _WithoutALevel


class _FixedManager(SyncManager):
    @classmethod
    def register(cls, typeid, callable=None, proxytype=None, exposed=None, **named):  # noqa: A002
        super().register(typeid, callable, None, exposed, **named)


@family.breaks("sharing.class-of-proxies-can-be-given")
class ChoosesTheProxies(BrokenManager):
    """A class of proxies that is given to `register()` is ignored."""

    Served = _FixedManager
