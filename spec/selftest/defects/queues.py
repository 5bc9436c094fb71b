"""Queues that give something else than was put, or give it to the wrong process."""

from __future__ import annotations

import collections
import multiprocessing
import queue
import threading
from typing import Any

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("queue.is-built-on-a-pipe", "queue.carries-a-message-from-a-child", "queue.get-waits-while-empty")
class OfThreads(Broken):
    """A queue that threads share, and of which each process has a copy."""

    Queue = JoinableQueue = queue.Queue


class _Stack(collections.deque):
    def popleft(self):
        last = self.pop()
        if self and type(last) is object:  # the mark at the end, by which the feeder is told to stop
            last, self[-1] = self[-1], last
        return last


@family.breaks("queue.first-in-is-first-out")
class LastFirst(Broken):
    """A queue whose feeder takes from the wrong end of its buffer, so that what waits there comes last first."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._buffer = _Stack()


@family.breaks("queue.first-in-is-first-out", "queue.any-producers-and-consumers")
class Lossy(Broken):
    """A queue that loses every seventh item that a process puts."""

    class Queue(sound.Queue):
        count = 0

        def put(self, obj, block=True, timeout=None):
            self.count += 1
            if self.count % 7:
                super().put(obj, block, timeout)


@family.breaks("queue.first-in-is-first-out", "queue.keeps-the-order-of-each-producer")
class Repeating(Broken):
    """A queue that gives every seventh item that a process gets twice."""

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
    """A queue whose readers take all that is there, give one item, and keep the others for themselves."""

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
    """A queue that cuts off what text or bytes have beyond 64 KiB."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj[:65536] if isinstance(obj, (str, bytes)) else obj, block, timeout)


@family.breaks("queue.any-picklable-value-arrives-equal")
class TuplesBecomeLists(Broken):
    """A queue that a tuple leaves as a list."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            return list(item) if isinstance(item, tuple) else item


@family.breaks("queue.any-picklable-value-arrives-equal")
class TakesNoneForNothing(Broken):
    """A queue that takes None for nothing: a get passes over it, and waits for something."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            return item if item is not None else self.get(block, timeout)


@family.breaks("queue.is-built-on-a-pipe")
class OnSockets(Broken):
    """A queue that has a socket for its pipe."""

    class Queue(sound.Queue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self._reader, self._writer = multiprocessing.Pipe()
            self._reset()


class _NoLock:
    def acquire(self, block=True, timeout=None):
        return True

    def release(self):
        pass

    __enter__ = acquire

    def __exit__(self, *exception):
        pass


@family.breaks("queue.big-items-put-at-once-arrive-whole")
class WithoutWriteLock(Broken):
    """A queue without a lock at its writing end, where large items of several processes mix."""

    class Queue(sound.Queue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self._wlock = _NoLock()


@family.breaks("queue.big-items-got-at-once-arrive-whole", "queue.killed-reader-leaves-the-others-waiting")
class WithoutReadLock(Broken):
    """A queue without a lock at its reading end, where several processes get each a part of an item."""

    class Queue(sound.Queue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self._rlock = _NoLock()


class _NewReadLock(sound.Queue):
    def __setstate__(self, state):
        super().__setstate__(state)
        self._rlock = _NoLock()  # as good as one that nobody else has


@family.breaks("queue.big-items-got-at-once-arrive-whole", "queue.killed-reader-leaves-the-others-waiting")
class ReadLockLostOnTheWay(Broken):
    """A queue that makes a lock of its own for the reading end in each process that it is sent to."""

    method = "spawn"

    def Queue(self, maxsize=0):
        return _NewReadLock(maxsize, ctx=self.context)


@family.breaks("queue.child-may-put-after-its-starter")
class FeederLostByForking(Broken):
    """A queue that takes its feeder thread to be there after a fork, which no thread survives."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            if not after_fork:
                super()._reset()


class _SmallFirst(collections.deque):
    def popleft(self):
        small = [item for item in list(self) if len(repr(item)) < 10_000]
        if not small or type(small[0]) is object:  # the mark at the end
            return super().popleft()
        self.remove(small[0])
        return small[0]


@family.breaks("queue.first-in-is-first-out")
class SmallGoFirst(Broken):
    """A queue that sends what is large after all else that waits."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._buffer = _SmallFirst()


class _Reader(sound.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except ImportError:  # by which an item says that it cannot be unpickled
            return self.give_up()


@family.breaks("queue.unreadable-item-is-lost")
class UnreadableItemKeepsItsPlace(Broken):
    """A queue where an item that cannot be unpickled takes up room for ever."""

    class Queue(_Reader):
        def give_up(self):
            self._sem.acquire()
            raise


@family.breaks("queue.unreadable-item-is-lost")
class UnreadableItemLocksTheReaders(Broken):
    """A queue that nobody can get from any more once an item could not be unpickled."""

    class Queue(_Reader):
        def give_up(self):
            self._rlock.acquire()
            raise


@family.breaks("queue.unreadable-item-is-lost")
class UnreadableItemIsNone(Broken):
    """A queue that gives None for an item that cannot be unpickled."""

    class Queue(_Reader):
        def give_up(self):
            return None


@family.breaks("queue.first-in-is-first-out")
class GoesAheadOfThePickling(Broken):
    """A queue that sends a text at once, past the item that is just being pickled, if no other waits."""

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
    """A queue that drops an item which says that it is equal to whatever it is compared with."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            if (obj == NOTHING) is False:
                super().put(obj, block, timeout)


class _OfAProcess:
    """A lock that whoever is of the holder's process has too."""

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

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()


@family.breaks("queue.big-items-got-at-once-arrive-whole")
class ThreadsReadAtOnce(Broken):
    """A queue whose readers' lock is of the process, so that two of its threads read pieces of one item."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._rlock: Any = _OfAProcess(self._rlock)


@family.breaks("queue.cancelled-wait-is-for-its-process-only")
class CancellingIsInherited(Broken):
    """A child does not wait until its items are in the pipe if its starter has called cancel_join_thread."""

    class Queue(sound.Queue):
        cancelled = False

        def cancel_join_thread(self):
            super().cancel_join_thread()
            self.cancelled = True

        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            if self.cancelled:
                super().cancel_join_thread()
