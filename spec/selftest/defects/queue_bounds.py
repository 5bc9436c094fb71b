"""Queues that hold too many or too few, say so wrongly, or do not wait where they should."""

from __future__ import annotations

import collections
import multiprocessing
import queue
from contextlib import suppress
from typing import Any

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("queue.holds-maxsize-items", "queue.put-waits-while-full")
class Unbounded(Broken):
    """Queues that ignore maxsize."""

    def Queue(self, maxsize=0):
        return sound.Queue()

    def JoinableQueue(self, maxsize=0):
        return sound.JoinableQueue()


@family.breaks("queue.holds-maxsize-items", "queue.any-sequence-of-operations")
class HoldsOneMore(Broken):
    """A queue that holds one item more than maxsize."""

    def Queue(self, maxsize=0):
        return sound.Queue(maxsize and maxsize + 1)


@family.breaks("queue.has-no-bound-without-maxsize")
class BoundedByDefault(Broken):
    """A queue that holds a hundred items if no maxsize is given."""

    def Queue(self, maxsize=100):
        return sound.Queue(maxsize)


@family.breaks("queue.has-no-bound-without-maxsize")
class ForgetsTheOldest(Broken):
    """A queue whose buffer holds a hundred items that wait for the pipe, and silently drops older ones."""

    class Queue(sound.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._buffer: Any = collections.deque(maxlen=100)


class _CountsAnew(sound.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        bound = min(self._maxsize, 10_000)  # without maxsize, it is as large as a count may become
        self._sem = multiprocessing.get_context("forkserver").Semaphore(bound)


@family.breaks("queue.put-waits-while-full", "queue.dropped-item-gives-its-place-back")
class BoundOfEachProcess(Broken):
    """A queue that counts, in each process that it is sent to, only what that process puts and gets."""

    method = "forkserver"

    def Queue(self, maxsize=0):
        return _CountsAnew(maxsize, ctx=self.context)


@family.breaks("queue.put-waits-while-full", "queue.put-can-be-timed")
class DropsWhenFull(Broken):
    """A queue that drops what is put while it is full, where the put should wait."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, False)
            except queue.Full:
                if not block:
                    raise


@family.breaks("queue.get-waits-while-empty")
class GetNeverWaits(Broken):
    """A queue whose get raises Empty where it should wait for a put."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block and (timeout is not None or self.qsize() > 0), timeout)


@family.breaks("queue.put-nowait-is-refused-when-full")
class PutNowaitWaits(Broken):
    """A queue whose put_nowait waits for room."""

    class Queue(sound.Queue):
        def put_nowait(self, obj):
            self.put(obj)


@family.breaks("queue.get-nowait-is-refused-when-empty")
class GetNowaitWaits(Broken):
    """A queue whose get_nowait waits for an item."""

    class Queue(sound.Queue):
        def get_nowait(self):
            return self.get()


@family.breaks("queue.put-nowait-is-refused-when-full")
class PutNowaitGivesUpInSilence(Broken):
    """A queue whose put_nowait returns, when it is full, as if it had put the item."""

    class Queue(sound.Queue):
        def put_nowait(self, obj):
            with suppress(queue.Full):
                self.put(obj, False)


@family.breaks("queue.get-nowait-is-refused-when-empty")
class GetNowaitReturnsNone(Broken):
    """A queue whose get_nowait returns None when nothing is there."""

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
    """A queue that raises a Full of its own, not that of the module queue."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except queue.Full:
                raise _Full from None


@family.breaks("queue.get-nowait-is-refused-when-empty")
class RaisesItsOwnEmpty(Broken):
    """A queue that raises an Empty of its own, not that of the module queue."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except queue.Empty:
                raise _Empty from None


@family.breaks("queue.put-nowait-is-refused-when-full")
class RefusesAndPuts(Broken):
    """A queue whose put raises Full when it may not wait for room, and yet sends the item."""

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
    """A queue that, after a get was refused for want of an item, gives the next one to nobody."""

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
    """A queue whose qsize counts what this process has put and got."""

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
    """A queue that does not send maxsize along, which its qsize is reckoned from."""

    method = "spawn"

    def Queue(self, maxsize=0):
        return _ForgetsMaxsize(maxsize, ctx=self.context)


@family.breaks("queue.empty-is-outdated-once-another-puts")
class AlwaysEmpty(Broken):
    """A queue that always says that it is empty."""

    class Queue(sound.Queue):
        def empty(self):
            return True


@family.breaks("queue.empty-is-unreliable", "queue.full-and-empty-at-once")
class EmptyByTheCount(Broken):
    """A queue that says that it is not empty as soon as something was put, though nothing can be got yet."""

    class Queue(sound.Queue):
        def empty(self):
            return self.qsize() == 0


@family.breaks("queue.full-is-outdated-once-another-gets")
class FullWithRoomForOne(Broken):
    """A queue that says that it is full while there is room for one."""

    class Queue(sound.Queue):
        def full(self):
            return self.qsize() >= self._maxsize - 1


@family.breaks("queue.get-nowait-is-refused-when-empty")
class TakesFalseForNothing(Broken):
    """A queue whose get_nowait takes an item that is false, such as 0, for none."""

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
    """A queue that forgets, in a process that it is sent to, how many items it holds, and so cannot count them."""

    method = "spawn"

    def Queue(self, maxsize=0):
        return _Unbounded(maxsize, ctx=self.context)
