"""Queues, locks, conditions, events and barriers without a fault that those of the standard library have."""

from __future__ import annotations

import os
import pickle
import tempfile
from multiprocessing import (
    queues,
    synchronize,
)
from typing import Any

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken
from spec.selftest.defects.sound import SpawnProcess

SharedBarrier: Any = synchronize.Barrier
SharedCondition: Any = synchronize.Condition


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
