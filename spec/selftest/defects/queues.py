"""Queues that lose, change or reorder items, or give them to the wrong process."""

from __future__ import annotations

import collections
import multiprocessing
import queue
import threading
from typing import Any

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.locks import DoesNothing

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("queue.is-built-on-a-pipe", "queue.carries-a-message-from-a-child", "queue.get-waits-while-empty")
class OfThreads(Broken):
    """The queue is for threads: each process has a copy of it."""

    Queue = JoinableQueue = queue.Queue


class _Stack(collections.deque):
    def popleft(self):
        last = self.pop()
        if self and type(last) is object:  # the mark that tells the feeder to stop
            last, self[-1] = self[-1], last
        return last


@family.breaks("queue.first-in-is-first-out")
class LastFirst(Broken):
    """The feeder thread takes from the wrong end of the buffer, so the last item is sent first."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._buffer = _Stack()


@family.breaks("queue.first-in-is-first-out", "queue.any-producers-and-consumers")
class Lossy(Broken):
    """The queue loses every seventh item that a process puts."""

    class Queue(sound.Queue):
        count = 0

        def put(self, obj, block=True, timeout=None):
            self.count += 1
            if self.count % 7:
                super().put(obj, block, timeout)


@family.breaks("queue.first-in-is-first-out", "queue.keeps-the-order-of-each-producer")
class Repeating(Broken):
    """The queue gives every seventh item that a process gets twice."""

    class Queue(sound.Queue):
        count = 0
        again = None

        def get(self, block=True, timeout=None):
            if self.again:
                return self.again.pop()
            item = super().get(block, timeout)
            self.count += 1
            if self.count % 7 == 0:
                self.again = [item]
            return item


@family.breaks("queue.qsize-tells-how-many")
class Greedy(Broken):
    """A reader takes all items that are there, returns one, and keeps the others for itself."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self.kept: Any = collections.deque()

        def get(self, block=True, timeout=None):
            if not self.kept:
                self.kept.append(super().get(block, timeout))
                while self._poll():
                    self.kept.append(super().get())
            return self.kept.popleft()

        def empty(self):
            return not self.kept and super().empty()


@family.breaks("queue.any-picklable-value-arrives-equal", "queue.carries-a-message-larger-than-the-pipe")
class Truncating(Broken):
    """The queue cuts text and bytes to 64 KiB."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj[:65536] if isinstance(obj, (str, bytes)) else obj, block, timeout)


@family.breaks("queue.any-picklable-value-arrives-equal")
class TuplesBecomeLists(Broken):
    """The queue turns tuples into lists."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            return list(item) if isinstance(item, tuple) else item


@family.breaks("queue.any-picklable-value-arrives-equal")
class TakesNoneForNothing(Broken):
    """`get()` takes the item None for no item, and waits for another."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            return item if item is not None else self.get(block, timeout)


@family.breaks("queue.is-built-on-a-pipe")
class OnSockets(Broken):
    """The queue uses a socket in place of a pipe."""

    class Queue(sound.Queue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self._reader, self._writer = multiprocessing.Pipe()
            self._reset()


@family.breaks("queue.big-items-put-at-once-arrive-whole")
class WithoutWriteLock(Broken):
    """The queue has no lock at its writing end, so large items of several processes get mixed."""

    class Queue(sound.Queue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self._wlock = DoesNothing.Lock()


@family.breaks("queue.big-items-got-at-once-arrive-whole", "queue.killed-reader-leaves-the-others-waiting")
class WithoutReadLock(Broken):
    """The queue has no lock at its reading end, so several processes each get a part of an item."""

    class Queue(sound.Queue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self._rlock = DoesNothing.Lock()


class _NewReadLock(sound.Queue):
    def __setstate__(self, state):
        super().__setstate__(state)
        self._rlock = DoesNothing.Lock()  # the same as a lock that no other process has


@family.breaks("queue.big-items-got-at-once-arrive-whole", "queue.killed-reader-leaves-the-others-waiting")
class ReadLockLostOnTheWay(Broken):
    """Each process that the queue is sent to makes a readers' lock of its own."""

    method = "spawn"

    def Queue(self, maxsize=0):
        return _NewReadLock(maxsize, ctx=self.context)


@family.breaks("queue.child-may-put-after-its-starter")
class FeederLostByForking(Broken):
    """After a fork the queue believes that its feeder thread still runs, but no thread survives a fork."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            if not after_fork:
                super()._reset()


class _SmallFirst(collections.deque):
    def popleft(self):
        small = [item for item in list(self) if len(repr(item)) < 10_000]
        if not small or type(small[0]) is object:  # the mark that tells the feeder to stop
            return super().popleft()
        self.remove(small[0])
        return small[0]


@family.breaks("queue.first-in-is-first-out")
class SmallGoFirst(Broken):
    """The queue sends small items before large ones."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._buffer = _SmallFirst()


class _Reader(sound.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except ImportError:  # an item with this function cannot be unpickled
            return self.give_up()


@family.breaks("queue.unreadable-item-is-lost")
class UnreadableItemKeepsItsPlace(Broken):
    """An item that cannot be unpickled takes up room for ever."""

    class Queue(_Reader):
        def give_up(self):
            self._sem.acquire()
            raise


@family.breaks("queue.unreadable-item-is-lost")
class UnreadableItemLocksTheReaders(Broken):
    """After an item that cannot be unpickled, no process can get from the queue any more."""

    class Queue(_Reader):
        def give_up(self):
            self._rlock.acquire()
            raise


@family.breaks("queue.unreadable-item-is-lost")
class UnreadableItemIsNone(Broken):
    """`get()` returns None for an item that cannot be unpickled."""

    class Queue(_Reader):
        def give_up(self):
            return None


@family.breaks("queue.first-in-is-first-out")
class GoesAheadOfThePickling(Broken):
    """If no other item waits, a text is sent at once, ahead of the item that is being pickled."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            if self._thread is None or self._buffer or not isinstance(obj, str):
                super().put(obj, block, timeout)
            else:
                self._sem.acquire(block, timeout)
                with self._wlock:
                    self._writer.send(obj)


NOTHING = object()


@family.breaks("queue.any-picklable-value-arrives-equal")
class ComparesWithNothing(Broken):
    """The queue drops an item that is equal to everything it is compared with."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            if (obj == NOTHING) is False:
                super().put(obj, block, timeout)


class _OfAProcess(sound.Entered):
    """A lock that every thread of the holder's process holds."""

    def __init__(self, lock):
        self._lock, self._counting, self._count = lock, threading.Lock(), 0

    def acquire(self, block=True, timeout=None):
        with self._counting:
            acquired = self._count > 0 or self._lock.acquire(block, timeout)
            self._count += acquired
            return acquired

    def release(self):
        with self._counting:
            self._count -= 1
            if not self._count:
                self._lock.release()


@family.breaks("queue.big-items-got-at-once-arrive-whole")
class ThreadsReadAtOnce(Broken):
    """The readers' lock belongs to the process, so two of its threads read parts of one item."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._rlock: Any = _OfAProcess(self._rlock)


@family.breaks("queue.cancelled-wait-is-for-its-process-only")
class CancellingIsInherited(Broken):
    """If its starter has called `cancel_join_thread()`, a child does not wait until its items are sent."""

    class Queue(sound.Queue):
        cancelled = False

        def cancel_join_thread(self):
            super().cancel_join_thread()
            self.cancelled = True

        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            if self.cancelled:
                super().cancel_join_thread()


class _AnswersWhenClosed(sound.Queue):
    def empty(self):
        return self._closed or super().empty()


@family.breaks("queue.closed-queue-tells-nothing")
class AnswersWhenClosed(Broken):
    """A queue that its process has closed is empty."""

    Queue = _AnswersWhenClosed
