"""Queues whose feeder, the thread that takes what was put to the pipe, has a fault; or how it is closed."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
from multiprocessing.connection import Connection
from unittest.mock import patch

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _TakenForGood:
    def release(self):
        pass


class _KeepsItsPlace(sound.Queue):
    def _start_thread(self):
        with patch.object(self, "_sem", _TakenForGood()):  # what the feeder gives places back to
            super()._start_thread()


@family.breaks("queue.unpicklable-item-is-dropped", "queue.dropped-item-gives-its-place-back")
class FeederDies(Broken):
    """A queue whose feeder ends at an item that cannot be pickled, and keeps its place, as in billiard."""

    class Queue(_KeepsItsPlace):
        @staticmethod
        def _on_queue_feeder_error(_error, _item):
            raise SystemExit


@family.breaks("queue.dropped-item-gives-its-place-back")
class DroppedItemKeepsItsPlace(Broken):
    """A queue where an item that cannot be pickled is dropped, and takes up room for ever."""

    Queue = _KeepsItsPlace


@family.breaks("queue.unpicklable-item-is-dropped", "queue.empty-is-unreliable")
class PutPickles(Broken):
    """A queue whose put raises what goes wrong in pickling."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(_Pickled(pickle.dumps(obj)), block, timeout)


class _Pickled:
    def __init__(self, data):
        self.data = data

    def __reduce__(self):
        return pickle.loads, (self.data,)


@family.breaks("queue.unpicklable-item-is-dropped", "queue.dropped-item-gives-its-place-back")
class SendsTheErrorInstead(Broken):
    """A queue where the error comes out that an item could not be pickled for."""

    class Queue(sound.Queue):
        def _on_queue_feeder_error(self, error, _item):
            self._sem.acquire()
            self._writer.send(error)


@family.breaks(
    "queue.has-no-bound-without-maxsize", "queue.joining-before-getting-hangs", "queue.join-thread-waits-for-the-pipe"
)
class WithoutFeeder(Broken):
    """A queue whose put writes to the pipe itself, and so waits for it."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            if self._closed:
                raise ValueError(f"{self} is closed")
            if not self._sem.acquire(block, timeout):
                raise queue.Full
            with self._wlock:
                self._writer.send(obj)


@family.breaks("queue.joining-before-getting-hangs", "queue.join-thread-waits-for-the-pipe")
class NobodyWaitsForTheFeeder(Broken):
    """A queue that lets its process exit before what it has put is in the pipe."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._joincancelled = True


@family.breaks("queue.child-may-exit-without-its-items")
class CancelsNothing(Broken):
    """A queue whose cancel_join_thread does nothing."""

    class Queue(sound.Queue):
        def cancel_join_thread(self):
            pass


@family.breaks("queue.join-thread-waits-for-the-pipe")
class JoinThreadDoesNotWait(Broken):
    """A queue whose join_thread returns at once."""

    class Queue(sound.Queue):
        def join_thread(self):
            assert self._closed, "not closed"


@family.breaks("queue.join-thread-comes-after-close")
class JoinThreadCloses(Broken):
    """A queue that join_thread closes, if nobody has."""

    class Queue(sound.Queue):
        def join_thread(self):
            self.close()
            super().join_thread()


@family.breaks("queue.closed-queue-refuses-its-process-only")
class ClosedForPutsOnly(Broken):
    """A queue that a process can get from although it has closed it."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            with patch.object(self, "_closed", False):
                return super().get(block, timeout)


@family.breaks("queue.closed-queue-refuses-its-process-only")
class ClosedForAll(Broken):
    """A queue that is closed for all processes once one has closed it."""

    class Queue(sound.Queue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self.over = multiprocessing.get_context("fork").Event()

        def close(self):
            self.over.set()
            super().close()

        def put(self, obj, block=True, timeout=None):
            if self.over.is_set():
                raise ValueError(f"{self} is closed")
            super().put(obj, block, timeout)


@family.breaks("queue.closed-queue-refuses-its-process-only")
class CloseThrowsAway(Broken):
    """A queue that throws away what is in its pipe when a process closes it."""

    class Queue(sound.Queue):
        def close(self):
            reader = Connection(os.dup(self._reader.fileno()), writable=False)  # the feeder closes the other
            super().close()
            self.join_thread()
            with self._rlock:
                while reader.poll():
                    reader.recv()
                    self._sem.release()


@family.breaks("queue.child-may-put-after-its-starter")
class BufferSurvivesForking(Broken):
    """A queue whose buffer a forked child inherits, and sends what is in it once more."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            self._inherited = list(self._buffer) if after_fork else []
            super()._reset(after_fork)

        def _start_thread(self):
            super()._start_thread()
            self._buffer.extend(self._inherited)


@family.breaks("queue.closed-queue-refuses-its-process-only")
class CloseDropsTheBuffer(Broken):
    """A queue that drops what its feeder has not come to yet when a process closes it."""

    class Queue(sound.Queue):
        def close(self):
            self._buffer.clear()
            super().close()


@family.breaks("queue.items-of-a-daemon-arrive")
class DaemonsDoNotWaitForTheFeeder(Broken):
    """A queue that lets a daemon exit before what it has put is in the pipe."""

    class Queue(sound.Queue):
        def _start_thread(self):
            if multiprocessing.current_process().daemon:
                self._joincancelled = True
            super()._start_thread()
