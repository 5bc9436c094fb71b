"""APIs that meet the claims which the standard library is known not to meet: such claims can hold.

Each is a context of the standard library's, with one thing mended, and a target like any other::

    pytest spec/ --mp spec.selftest.defects.mended:locks
"""

from __future__ import annotations

import os
import pickle
import tempfile
import threading
import weakref
from multiprocessing import (
    connection,
    context,
    forkserver,
    managers,
    popen_fork,
    popen_spawn_posix,
    process,
    queues,
    synchronize,
)
from multiprocessing.context import get_spawning_popen
from typing import Any
from unittest import mock

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Contexts
from spec.selftest.defects.handovers import preparing
from spec.selftest.defects.proxies import BrokenDict
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

MEETS = {
    "conditions": [
        "barrier.can-be-aborted-after-a-party-was-killed",
        "barrier.killed-party-hangs-nobody",
        "barrier.waiters-handler-may-abort",
        "condition.killed-waiter-stops-no-notifier",
        "condition.stopped-waiter-stops-no-notifier",
        "condition.waiters-handler-may-notify",
    ],
    "events": [
        "event.killed-setter-leaves-it-usable",
        "event.killed-waiter-stops-no-setter",
        "event.setters-handler-may-ask",
        "event.stopped-waiter-stops-no-setter",
        "event.wait-is-true-though-it-is-cleared-at-once",
        "event.waiters-handler-may-set",
    ],
    "queues": [
        "joinable.dropped-item-is-not-outstanding",
        "queue.closed-queue-has-no-file-open",
        "queue.items-behind-a-dropped-one-arrive",
        "queue.timed-get-ends-amid-an-item",
    ],
    "locks": [
        "lock.is-kept-for-a-child-that-starts",
        "lock.rlock-is-kept-for-a-child-that-starts",
        "queue.is-kept-for-a-child-that-starts",
        "values.is-kept-for-its-child",
    ],
    "proxies": [
        "sharing.call-after-an-interrupted-one",
        "sharing.child-can-iterate-over-it",
        "sharing.nested-list-is-dropped-with-its-key",
        "sharing.popped-value-is-dropped",
        "sharing.proxy-in-transit-keeps-its-object",
    ],
    "starters": ["identity.starter-is-known-while-main-runs-again"],
    "helpers": [
        "identity.one-helper-is-the-parent-of-all",
        "isolation.helper-survives-a-client-that-hangs-up",
    ],
    "sentinels": [
        "lifecycle.sentinel-is-ready-though-a-copy-runs-on",
        "lifecycle.sentinel-tells-of-the-end-only",
    ],
    "servers": [
        "sharing.next-server-at-an-address-is-reached",
        "sharing.server-ends-with-a-killed-main",
    ],
    "reapers": [
        "lifecycle.timed-join-ends-though-the-child-runs-another-program",
        "zombie.reaped-by-another-is-not-alive",
    ],
}
"""By the name of the API, the claims that it meets and the standard library does not."""

SharedBarrier: Any = synchronize.Barrier
SharedCondition: Any = synchronize.Condition
ForkPopen: Any = popen_fork.Popen
DictProxy: Any = managers.DictProxy
ListProxy: Any = managers.ListProxy
SyncManager: Any = managers.SyncManager


class _Filed:
    """An item that is pickled as the path of a file, which whoever gets the item removes."""

    def __init__(self, item):
        self.item = item

    def __reduce__(self):
        data = pickle.dumps(self.item)
        if len(data) < 1000:
            return pickle.loads, (data,)
        file, path = tempfile.mkstemp()
        with open(file, "wb") as stream:
            stream.write(data)
        return _take, (path,)


def _take(path):
    with open(path, "rb") as file:
        os.unlink(path)
        return pickle.load(file)


class _Queue(sound.Queue):
    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        vars(queues)["is_exiting"] = bool  # it has no say in what becomes of an item that cannot be pickled

    def put(self, obj, block=True, timeout=None):
        super().put(_Filed(obj), block, timeout)

    def close(self):
        super().close()
        if self._thread is None:
            self._reader.close()
            self._writer.close()


class _JoinableQueue(_Queue, sound.JoinableQueue):
    def _on_queue_feeder_error(self, _error, _item):
        self.task_done()


class Queues(Broken):
    """Queues on which an item that cannot be pickled, or arrives in part, disturbs no other."""

    Queue = _Queue
    JoinableQueue = _JoinableQueue


class _KeepsItsArguments(SpawnProcess):
    def start(self):
        kept = self._args
        super().start()
        self.kept = kept

    def __getstate__(self):
        return {name: value for name, value in vars(self).items() if name != "kept"}


class Locks(Broken):
    """Processes that keep what they were given as long as they are referred to."""

    method = "spawn"
    Process = _KeepsItsArguments


class SeatedCondition(SharedCondition):
    """A condition with a semaphore for each process that waits, of which at most ten do."""

    FREE, WAITING, NOTIFIED = range(3)

    def __init__(self, lock, *, ctx):
        super().__init__(lock, ctx=ctx)
        self.seats = ctx.RawArray("b", 10)
        self.calls = [ctx.Semaphore(0) for _ in self.seats]

    def wait(self, timeout=None):
        assert self._lock._semlock._is_mine()
        seat, depth = self.seats[:].index(self.FREE), self._lock._semlock._count()
        self.seats[seat] = self.WAITING
        for _ in range(depth):
            self.release()
        try:
            return self.calls[seat].acquire(True, timeout)
        finally:
            for _ in range(depth):
                self.acquire()
            self.calls[seat].acquire(False)
            self.seats[seat] = self.FREE

    def notify(self, n=1):
        assert self._lock._semlock._is_mine()
        waiting = [seat for seat, state in enumerate(self.seats) if state == self.WAITING]
        for seat in waiting[:n]:
            self.seats[seat] = self.NOTIFIED
            self.calls[seat].release()


class Conditions(Broken):
    """A condition whose notifier does not wait for those that it wakes, and barriers that are made of it."""

    def Condition(self, lock=None):
        return SeatedCondition(lock, ctx=self.context)

    def Barrier(self, parties, action=None, timeout=None):
        return SharedBarrier(parties, action, timeout, ctx=self)


class _Event:
    """An event whose condition is a `SeatedCondition`."""

    def __init__(self, ctx):
        self.changed, self.flag = SeatedCondition(ctx.RLock(), ctx=ctx), ctx.RawValue("b")

    def is_set(self):
        return bool(self.flag.value)

    def set(self):
        with self.changed:
            self.flag.value = True
            self.changed.notify_all()

    def clear(self):
        self.flag.value = False

    def wait(self, timeout=None):
        with self.changed:
            return self.is_set() or self.changed.wait(timeout)


class Events(Broken):
    """An event that is set without waiting for those that it wakes."""

    def Event(self):
        return _Event(self.context)


_sent: list[Any] = []


class _Dict(DictProxy):
    def __iter__(self):
        return iter(self.keys())

    def __reduce__(self):
        if get_spawning_popen() is None:
            _sent.append(self)
        return super().__reduce__()

    def _callmethod(self, methodname, args=(), kwds=None):
        try:
            return super()._callmethod(methodname, args, kwds or {})
        except KeyboardInterrupt:
            del self._tls.connection
            raise

    def pop(self, *args):
        value = super().pop(*args)
        len(self)  # so that the server refers to another answer
        return value


class _List(ListProxy):
    def __reduce__(self):
        return _rebuild, super().__reduce__()


def _rebuild(function, args):
    proxy = function(*args)
    server: Any = getattr(process.current_process(), "_manager_server", None)
    if server:
        kept = server.id_to_local_proxy_obj
        weakref.finalize(proxy, kept.pop, proxy._id, None)
    return proxy


class Proxies(BrokenDict):
    """Managed dicts and lists that are kept as long as something refers to them, and no longer."""

    Dict = _Dict
    List = _List


class _Introduction:
    """A name that is unpickled by whoever is to learn, with the name, which process has started it."""

    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return _introduce, (self.name, process.current_process().name, os.getpid())


def _introduce(name, starter, pid):
    vars(process)["_parent_process"] = vars(process)["_ParentProcess"](starter, pid, None)
    return name


class _IsIntroduced(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with preparing(lambda data: data.update(name=_Introduction(data["name"]))):
            return popen_spawn_posix.Popen(child)


class Starters(Broken):
    """A child that knows its starter before it runs the main module again."""

    method = "spawn"
    Process = _IsIntroduced


class _UsesOneRobustHelper(ForkServerProcess):
    def start(self):
        forkserver.set_forkserver_preload(["spec.selftest.defects.preloads.minds_no_hang_up"])
        super().start()

    def run(self):
        with mock.patch.object(vars(forkserver)["_forkserver"], "ensure_running", int):
            super().run()


class Helpers(Broken):
    """A fork server that goes on whatever its clients do, and that starts the children of its children too."""

    method = "forkserver"
    Process = _UsesOneRobustHelper


class _NoticesThatItIsGone(ForkPopen):
    def poll(self, flag=os.WNOHANG):
        if super().poll(flag) is None:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self.returncode = 255
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None and timeout is not None:
            process_itself = os.pidfd_open(self.pid)
            try:
                if not connection.wait([process_itself], timeout):
                    return None
            finally:
                os.close(process_itself)
        return self.poll(0)


class _IsGone(ForkProcess):
    @staticmethod
    def _Popen(child):
        return _NoticesThatItIsGone(child)


class Reapers(Broken):
    """A process that asks the kernel about its child, and no pipe."""

    Process = _IsGone


class _IsWatchedItself(ForkPopen):
    def _launch(self, process_obj):
        super()._launch(process_obj)
        process_itself = os.pidfd_open(self.pid)
        os.dup2(process_itself, self.sentinel, inheritable=False)
        os.close(process_itself)


class _HasItselfAsSentinel(ForkProcess):
    @staticmethod
    def _Popen(child):
        return _IsWatchedItself(child)


class Sentinels(Broken):
    """A process whose sentinel is a file descriptor of the child itself, and not the end of a pipe."""

    Process = _HasItselfAsSentinel


def _end_with_the_starter():
    threading.Thread(target=_wait_and_leave, args=(process.parent_process(),), daemon=True).start()


def _wait_and_leave(starter):
    connection.wait([starter.sentinel])
    os._exit(0)


class _ForgetsTheLastServer(SyncManager):
    def connect(self):
        vars(managers.BaseProxy)["_address_to_local"].pop(self.address, None)
        super().connect()


class Servers(Broken):
    """Managers that tell servers at one address apart, and whose server ends when the process does that made it."""

    def Manager(self):
        manager: Any = _ForgetsTheLastServer(ctx=self.context)
        manager.start(_end_with_the_starter)
        return manager


contexts = Contexts()
get_context, get_all_start_methods = contexts.get_context, contexts.get_all_start_methods

for api in (Conditions, Events, Queues, Locks, Proxies, Starters, Helpers, Reapers, Sentinels, Servers):
    contexts.add(api)
