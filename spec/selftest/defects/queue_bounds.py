"""Queues that hold too many or too few items, report that wrongly, or do not wait when they should."""

from __future__ import annotations

import collections
import errno
import multiprocessing
import os
import queue
from contextlib import suppress
from typing import Any

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("queue.holds-maxsize-items", "queue.put-waits-while-full")
class Unbounded(Broken):
    """The queue ignores maxsize."""

    def Queue(self, maxsize=0):
        return sound.Queue()

    def JoinableQueue(self, maxsize=0):
        return sound.JoinableQueue()


@family.breaks("queue.holds-maxsize-items", "queue.any-sequence-of-operations")
class HoldsOneMore(Broken):
    """The queue holds one item more than maxsize."""

    def Queue(self, maxsize=0):
        return sound.Queue(maxsize and maxsize + 1)


@family.breaks("queue.bound-may-be-large")
class HasSmallBoundsOnly(Broken):
    """A queue cannot be made with room for more items than a semaphore of macOS can count."""

    def Queue(self, maxsize=0):
        if maxsize > 32767:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        return sound.Queue(maxsize)


@family.breaks("queue.has-no-bound-without-maxsize")
class BoundedByDefault(Broken):
    """A queue without maxsize holds only a hundred items."""

    def Queue(self, maxsize=100):
        return sound.Queue(maxsize)


@family.breaks("queue.has-no-bound-without-maxsize")
class ForgetsTheOldest(Broken):
    """The buffer of a queue holds a hundred items, and older items are silently dropped."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._buffer: Any = collections.deque(maxlen=100)


class _CountsAnew(sound.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        bound = min(self._maxsize, 10_000)  # without maxsize it is the maximum of a semaphore
        self._sem = multiprocessing.get_context("forkserver").Semaphore(bound)


@family.breaks("queue.put-waits-while-full", "queue.dropped-item-gives-its-place-back")
class BoundOfEachProcess(Broken):
    """Each process that the queue is sent to counts only its own puts and gets."""

    method = "forkserver"

    def Queue(self, maxsize=0):
        return _CountsAnew(maxsize, ctx=self.context)


@family.breaks("queue.put-waits-while-full", "queue.put-can-be-timed")
class DropsWhenFull(Broken):
    """A put to a full queue drops the item instead of waiting."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, False)
            except queue.Full:
                if not block:
                    raise


@family.breaks("queue.get-waits-while-empty")
class GetNeverWaits(Broken):
    """A get from an empty queue raises Empty instead of waiting."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block and (timeout is not None or self.qsize() > 0), timeout)


@family.breaks("queue.put-nowait-is-refused-when-full")
class PutNowaitWaits(Broken):
    """`put_nowait()` waits for room."""

    class Queue(sound.Queue):
        def put_nowait(self, obj):
            self.put(obj)


@family.breaks("queue.get-nowait-is-refused-when-empty")
class GetNowaitWaits(Broken):
    """`get_nowait()` waits for an item."""

    class Queue(sound.Queue):
        def get_nowait(self):
            return self.get()


@family.breaks("queue.put-nowait-is-refused-when-full")
class PutNowaitGivesUpInSilence(Broken):
    """`put_nowait()` to a full queue drops the item without an exception."""

    class Queue(sound.Queue):
        def put_nowait(self, obj):
            with suppress(queue.Full):
                self.put(obj, False)


@family.breaks("queue.get-nowait-is-refused-when-empty")
class GetNowaitReturnsNone(Broken):
    """`get_nowait()` from an empty queue returns None."""

    class Queue(sound.Queue):
        def get_nowait(self):
            try:
                return self.get(False)
            except queue.Empty:
                return None


class _Full(Exception):
    pass


class _Empty(Exception):
    pass


@family.breaks("queue.put-nowait-is-refused-when-full")
class RaisesItsOwnFull(Broken):
    """The queue raises a Full of its own, not that of the module `queue`."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except queue.Full:
                raise _Full from None


@family.breaks("queue.get-nowait-is-refused-when-empty")
class RaisesItsOwnEmpty(Broken):
    """The queue raises an Empty of its own, not that of the module `queue`."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except queue.Empty:
                raise _Empty from None


@family.breaks("queue.put-nowait-is-refused-when-full")
class RefusesAndPuts(Broken):
    """A non-blocking put to a full queue raises Full, but sends the item."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except queue.Full:
                if timeout is None:
                    self.send(obj)
                raise


@family.breaks("queue.get-nowait-is-refused-when-empty")
class RefusesAndTakes(Broken):
    """After a get has raised Empty, the next item is lost."""

    class Queue(sound.Queue):
        owed = 0

        def get(self, block=True, timeout=None):
            try:
                item = super().get(block, timeout)
                if not self.owed:
                    return item
                self.owed -= 1
                return super().get(block, timeout)
            except queue.Empty:
                self.owed += 1
                raise


@family.breaks("queue.qsize-tells-how-many")
class SizeOfEachProcess(Broken):
    """`qsize()` counts only what the calling process has put and got."""

    class Queue(sound.Queue):
        count = 0

        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            self.count += 1

        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            self.count -= 1
            return item

        def qsize(self):
            return self.count


class _ForgetsMaxsize(sound.Queue):
    def __setstate__(self, state):
        super().__setstate__(state)
        self._maxsize = 0


@family.breaks("queue.qsize-tells-how-many")
class MaxsizeLostOnTheWay(Broken):
    """A process that the queue is sent to does not know maxsize, from which `qsize()` is computed."""

    method = "spawn"

    def Queue(self, maxsize=0):
        return _ForgetsMaxsize(maxsize, ctx=self.context)


@family.breaks("queue.empty-is-outdated-once-another-puts")
class AlwaysEmpty(Broken):
    """`empty()` is always true."""

    class Queue(sound.Queue):
        def empty(self):
            return True


@family.breaks("queue.empty-is-unreliable", "queue.full-and-empty-at-once")
class EmptyByTheCount(Broken):
    """`empty()` is false as soon as an item was put, even if it cannot be got yet."""

    class Queue(sound.Queue):
        def empty(self):
            return self.qsize() == 0


@family.breaks("queue.full-is-outdated-once-another-gets")
class FullWithRoomForOne(Broken):
    """`full()` is true while there is still room for one item."""

    class Queue(sound.Queue):
        def full(self):
            return self.qsize() >= self._maxsize - 1


@family.breaks("queue.get-nowait-is-refused-when-empty")
class TakesFalseForNothing(Broken):
    """`get_nowait()` takes an item that is false, such as 0, for no item."""

    class Queue(sound.Queue):
        def get_nowait(self):
            item = self.get(False)
            if not item:
                raise queue.Empty
            return item


class _Unbounded(sound.Queue):
    def __setstate__(self, state):
        super().__setstate__(state)
        self._maxsize = 0


@family.breaks("queue.qsize-tells-how-many")
class BoundIsLostOnTheWay(Broken):
    """A process that the queue is sent to forgets its bound, and so it cannot tell `qsize()`."""

    method = "spawn"

    def Queue(self, maxsize=0):
        return _Unbounded(maxsize, ctx=self.context)
