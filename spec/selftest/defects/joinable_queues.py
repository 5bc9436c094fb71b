"""Joinable queues that count wrongly, or whose join waits for the wrong thing."""

from __future__ import annotations

import multiprocessing
import multiprocessing.queues
import pickle
from contextlib import suppress
from multiprocessing import util
from queue import Full

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("joinable.join-waits-for-what-nobody-got")
class CountsGets(Broken):
    """An item counts as outstanding only after it was got, not from the put on."""

    class JoinableQueue(sound.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            multiprocessing.queues.Queue.put(self, obj, block, timeout)

        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            with self._cond:
                self._unfinished_tasks.release()
            return item


@family.breaks("joinable.producer-goes-on-after-the-last-report", "joinable.killed-consumer-leaves-join-waiting")
class GetReports(Broken):
    """Getting an item also reports it as processed."""

    class JoinableQueue(sound.JoinableQueue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            super().task_done()
            return item

        def task_done(self):
            pass


@family.breaks("joinable.producer-goes-on-after-the-last-report", "joinable.killed-consumer-leaves-join-waiting")
class JoinWaitsUntilEmpty(Broken):
    """Joining the queue waits only until all items were got."""

    class JoinableQueue(sound.JoinableQueue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            with self._cond:
                self._cond.notify_all()
            return item

        def join(self):
            with self._cond:
                while self.qsize():
                    self._cond.wait()


@family.breaks("joinable.join-waits-for-what-nobody-got", "joinable.any-producers-and-consumers")
class JoinNeverWaits(Broken):
    """Joining the queue returns at once."""

    class JoinableQueue(sound.JoinableQueue):
        def join(self):
            pass


class _NeverRefuses(sound.JoinableQueue):
    def put(self, obj, block=True, timeout=None):
        if self._closed:
            self._unfinished_tasks.release()
        else:
            super().put(obj, block, timeout)


@family.breaks("joinable.closed-queue-refuses-items")
class ClosedQueueCountsItems(Broken):
    """An item that is put into a closed queue is dropped, and counts."""

    JoinableQueue = _NeverRefuses


@family.breaks("joinable.join-returns-at-once-with-nothing-outstanding")
class JoinAlwaysWaits(Broken):
    """Joining the queue waits for a report even if nothing is outstanding."""

    class JoinableQueue(sound.JoinableQueue):
        def join(self):
            with self._cond:
                self._cond.wait()


@family.breaks("joinable.join-waits-again-after-another-put")
class JoinsOnce(Broken):
    """A process can wait in join only once; its next join returns at once."""

    class JoinableQueue(sound.JoinableQueue):
        joined = False

        def join(self):
            if not self.joined:
                super().join()
            self.joined = True


@family.breaks("joinable.join-waits-for-what-is-put-meanwhile")
class JoinWaitsForWhatWasThere(Broken):
    """Joining the queue waits for as many reports as items were outstanding when it began."""

    class JoinableQueue(sound.JoinableQueue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self.reports = sound.FORK_CONTEXT.Value("L")

        def task_done(self):
            super().task_done()
            with self._cond:
                self.reports.value += 1
                self._cond.notify_all()

        def join(self):
            with self._cond:
                enough = self.reports.value + self._unfinished_tasks._semlock._get_value()
                while self.reports.value < enough:
                    self._cond.wait()


@family.breaks("joinable.every-schedule-delivers")
class ReportsEarlierItemsToo(Broken):
    """A report of an item counts as a report of all items that were got before it."""

    class JoinableQueue(sound.JoinableQueue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self.got, self.reported = (sound.FORK_CONTEXT.RawValue("L") for _ in range(2))

        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            with self._cond:
                self.got.value += 1
                self.latest = self.got.value
            return item

        def task_done(self):
            with self._cond:
                while self.reported.value < self.latest:
                    self.reported.value += 1
                    super().task_done()


@family.breaks("joinable.one-report-too-many-is-refused")
class ReportsAreNotCounted(Broken):
    """`task_done()` never raises an exception, even if it is called too often."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            with suppress(ValueError):
                super().task_done()


@family.breaks("joinable.one-report-too-many-is-refused")
class ReportsInAdvance(Broken):
    """A `task_done()` too many raises an exception, but counts for the next item that is put."""

    class JoinableQueue(sound.JoinableQueue):
        ahead = 0

        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            if self.ahead:
                self.ahead -= 1
                super().task_done()

        def task_done(self):
            try:
                super().task_done()
            except ValueError:
                self.ahead += 1
                raise


@family.breaks("joinable.producer-goes-on-after-the-last-report")
class EachReportWakes(Broken):
    """Every `task_done()` makes all processes return that wait in join."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            super().task_done()
            with self._cond:
                self._cond.notify_all()


@family.breaks("joinable.last-report-wakes-all-who-join")
class WakesOne(Broken):
    """The last `task_done()` wakes only one of the processes that wait in join."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            with self._cond:
                if not self._unfinished_tasks.acquire(False):
                    raise ValueError("task_done() called too many times")
                if self._unfinished_tasks._semlock._is_zero():
                    self._cond.notify()


@family.breaks("joinable.join-waits-for-what-nobody-got", "joinable.any-sequence-of-operations")
class CountsOfEachProcess(Broken):
    """A `task_done()` has an effect only in the process that calls it."""

    class JoinableQueue(sound.JoinableQueue):
        done = 0

        def task_done(self):
            self.done += 1


class _NewCondition(sound.JoinableQueue):
    def __setstate__(self, state):
        super().__setstate__(state)
        self._cond = multiprocessing.get_context("spawn").Condition()


@family.breaks("joinable.last-report-wakes-all-who-join", "joinable.any-sequence-of-operations")
class ConditionLostOnTheWay(Broken):
    """Each process that the queue is sent to makes a condition of its own to wait on."""

    method = "spawn"

    def JoinableQueue(self, maxsize=0):
        return _NewCondition(maxsize, ctx=self.context)


class _CountedWhenSent:
    def __init__(self, queue, item):
        self.queue, self.item = queue, item

    def __reduce__(self):
        pickled = pickle.dumps(self.item)
        self.queue._unfinished_tasks.release()
        return pickle.loads, (pickled,)


@family.breaks("joinable.join-waits-for-what-nobody-got")
class CountsWhenSent(Broken):
    """An item counts as outstanding only when it is sent, not from the put on."""

    class JoinableQueue(sound.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            multiprocessing.queues.Queue.put(self, _CountedWhenSent(self, obj), block, timeout)


@family.breaks("joinable.items-outlive-who-put-them")
class ForgetsWhoIsGone(Broken):
    """The items of a process that has ended are no longer outstanding."""

    class JoinableQueue(sound.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            util.Finalize(None, self.task_done, exitpriority=0)


@family.breaks("joinable.refused-item-counts-for-nothing")
class CountsRefusedItems(Broken):
    """An item counts as outstanding although the full queue has refused it."""

    class JoinableQueue(sound.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except Full:
                self._unfinished_tasks.release()
                raise
