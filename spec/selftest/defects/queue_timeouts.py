"""Queues with a fault in the timeouts of put and get."""

from __future__ import annotations

import queue
import time
from unittest.mock import patch

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("queue.put-can-be-timed")
class TimedPutIsEarly(Broken):
    """`put()` takes its timeout for milliseconds."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout and timeout / 1000)


@family.breaks("queue.get-can-be-timed")
class TimedGetIsEarly(Broken):
    """`get()` rounds its timeout down to whole seconds."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block, timeout and int(timeout))


@family.breaks("queue.put-can-be-timed")
class TimedPutWaitsForEver(Broken):
    """`put()` ignores its timeout."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj, block)


@family.breaks("queue.get-can-be-timed")
class TimedGetWaitsForEver(Broken):
    """`get()` ignores its timeout."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block)


@family.breaks("queue.timed-put-and-get-end-before-their-time")
class TimedPutTakesItsTime(Broken):
    """A put with a timeout looks for room only when its time is over."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            if block and timeout:
                time.sleep(timeout)
            super().put(obj, block and timeout is None)


@family.breaks("queue.timed-put-and-get-end-before-their-time")
class TimedGetTakesItsTime(Broken):
    """A get with a timeout looks for an item only when its time is over."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout:
                time.sleep(timeout)
            return super().get(block and timeout is None)


@family.breaks("queue.get-can-be-timed")
class TimedGetReturnsNone(Broken):
    """A get with a timeout returns None when its time is over."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except queue.Empty:
                if timeout is None:
                    raise
                return None


@family.breaks("queue.put-can-be-timed")
class LatePutArrives(Broken):
    """A put with a timeout raises Full when its time is over, but sends the item."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except queue.Full:
                if timeout is not None:
                    self.send(obj)
                raise


@family.breaks("queue.get-gives-up-though-another-waits")
class WaitsItsTurnToLook(Broken):
    """`get()` waits for the readers' lock longer than its timeout."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if self._closed:
                raise ValueError(f"{self} is closed")
            with self._rlock:
                if not (block and timeout is None) and not self._poll(timeout if block else 0):
                    raise queue.Empty
                item = self._reader.recv()
            self._sem.release()
            return item


@family.breaks("queue.put-and-get-take-their-arguments-by-name")
class WaitsIfToldByName(Broken):
    """`get()` ignores keyword arguments."""

    class Queue(sound.Queue):
        def get(self, *arguments, **named):
            return super().get(*arguments)


@family.breaks("queue.put-and-get-take-their-arguments-by-name")
class ZeroIsForEver(Broken):
    """A put with a timeout of 0 waits without a limit."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout or None)


@family.breaks("queue.get-gives-up-though-another-waits")
class GivesUpIfAnotherWaits(Broken):
    """A get with a timeout gives up at once if another process waits in get."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if timeout and not self._rlock.acquire(False):
                raise queue.Empty
            if timeout:
                self._rlock.release()
            return super().get(block, timeout)


class _TakenForGood:
    def release(self):
        pass


@family.breaks("queue.timed-put-and-get-end-before-their-time")
class TimedGetKeepsThePlace(Broken):
    """An item that was got with a timeout keeps its place in the queue."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if timeout is None:
                return super().get(block)
            with patch.object(self, "_sem", _TakenForGood()):
                return super().get(block, timeout)


@family.breaks("queue.get-can-be-timed", "queue.any-sequence-of-operations")
class GettingNothingMakesRoom(Broken):
    """A get that raises Empty frees a place although it has taken no item."""

    class Queue(sound.Queue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self.is_bounded = maxsize > 0
            self._sem = sound.FORK_CONTEXT.Semaphore(self._maxsize)

        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except queue.Empty:
                if self.is_bounded:
                    self._sem.release()
                raise
