"""Queues with a fault in closing, or in their feeder, the thread that writes items to the pipe."""

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
        with patch.object(self, "_sem", _TakenForGood()):  # the semaphore that the feeder releases to free a place
            super()._start_thread()


@family.breaks("queue.unpicklable-item-is-dropped", "queue.dropped-item-gives-its-place-back")
class FeederDies(Broken):
    """The feeder thread ends at an item that cannot be pickled, which keeps its place, as in billiard."""

    class Queue(_KeepsItsPlace):
        @staticmethod
        def _on_queue_feeder_error(_error, _item):
            raise SystemExit


@family.breaks("queue.dropped-item-gives-its-place-back")
class DroppedItemKeepsItsPlace(Broken):
    """An item that cannot be pickled is dropped but takes up room for ever."""

    Queue = _KeepsItsPlace


@family.breaks("queue.unpicklable-item-is-dropped", "queue.empty-is-unreliable")
class PutPickles(Broken):
    """`put()` raises the exception if the item cannot be pickled."""

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
    """In place of an item that cannot be pickled, the reader gets the exception."""

    class Queue(sound.Queue):
        def _on_queue_feeder_error(self, error, _item):
            self._sem.acquire()
            self._writer.send(error)


@family.breaks(
    "queue.has-no-bound-without-maxsize", "queue.joining-before-getting-hangs", "queue.join-thread-waits-for-the-pipe"
)
class WithoutFeeder(Broken):
    """`put()` writes to the pipe itself, and so it waits while the pipe is full."""

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
    """A process may exit before the items that it has put are in the pipe."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._joincancelled = True


@family.breaks("queue.child-may-exit-without-its-items")
class CancelsNothing(Broken):
    """`cancel_join_thread()` does nothing."""

    class Queue(sound.Queue):
        def cancel_join_thread(self):
            pass


@family.breaks("queue.join-thread-waits-for-the-pipe")
class JoinThreadDoesNotWait(Broken):
    """`join_thread()` returns at once."""

    class Queue(sound.Queue):
        def join_thread(self):
            assert self._closed, "not closed"


@family.breaks("queue.queue-closed-before-use-is-empty")
class ClosesItsPipeUnused(Broken):
    """A process that closes a queue closes its end of the pipe at once, even if it has not used it."""

    class Queue(sound.Queue):
        def close(self):
            super().close()
            self._reader.close()


@family.breaks("queue.join-thread-comes-after-close")
class JoinThreadCloses(Broken):
    """`join_thread()` closes the queue if it is open."""

    class Queue(sound.Queue):
        def join_thread(self):
            self.close()
            super().join_thread()


@family.breaks("queue.closed-queue-refuses-its-process-only")
class ClosedForPutsOnly(Broken):
    """A process can still get from a queue that it has closed."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            with patch.object(self, "_closed", False):
                return super().get(block, timeout)


@family.breaks("queue.closed-queue-refuses-its-process-only")
class ClosedForAll(Broken):
    """When one process closes a queue, the queue is closed for all processes."""

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
    """When a process closes a queue, the items in the pipe are thrown away."""

    class Queue(sound.Queue):
        def close(self):
            reader = Connection(os.dup(self._reader.fileno()), writable=False)  # the feeder closes the other end
            super().close()
            self.join_thread()
            with self._rlock:
                while reader.poll():
                    reader.recv()
                    self._sem.release()


@family.breaks("queue.child-may-put-after-its-starter")
class BufferSurvivesForking(Broken):
    """A forked child inherits the buffer of a queue and sends its items once more."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            self._inherited = list(self._buffer) if after_fork else []
            super()._reset(after_fork)

        def _start_thread(self):
            super()._start_thread()
            self._buffer.extend(self._inherited)


@family.breaks("queue.closed-queue-refuses-its-process-only")
class CloseDropsTheBuffer(Broken):
    """When a process closes a queue, the items that the feeder has not sent yet are dropped."""

    class Queue(sound.Queue):
        def close(self):
            self._buffer.clear()
            super().close()


@family.breaks("queue.items-of-a-daemon-arrive")
class DaemonsDoNotWaitForTheFeeder(Broken):
    """A daemon may exit before the items that it has put are in the pipe."""

    class Queue(sound.Queue):
        def _start_thread(self):
            if multiprocessing.current_process().daemon:
                self._joincancelled = True
            super()._start_thread()


class _KeepsItsWriter(sound.Queue):
    def close(self):
        os.dup(self._writer.fileno())
        super().close()


@family.breaks("queue.closed-queue-that-was-used-has-no-file-open")
class KeepsAFileOpen(Broken):
    """A queue that was closed keeps a file open."""

    def Queue(self, maxsize=0):
        return _KeepsItsWriter(maxsize)


class _CancelsTheThread(sound.Queue):
    def cancel_join_thread(self):
        if self._jointhread:
            self._jointhread.cancel()


@family.breaks("queue.wait-can-be-cancelled-before-the-first-item")
class CancelsWhatHasBegun(Broken):
    """`cancel_join_thread()` has no effect before the first item."""

    def Queue(self, maxsize=0):
        return _CancelsTheThread(maxsize)
