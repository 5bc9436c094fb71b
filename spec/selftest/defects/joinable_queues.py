"""Joinable queues that count wrongly, or whose join waits for something else."""

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
    """A joinable queue where an item counts as outstanding from the get on, not from the put."""

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
    """A joinable queue where to get an item counts as having processed it."""

    class JoinableQueue(sound.JoinableQueue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            super().task_done()
            return item

        def task_done(self):
            pass


@family.breaks("joinable.producer-goes-on-after-the-last-report", "joinable.killed-consumer-leaves-join-waiting")
class JoinWaitsUntilEmpty(Broken):
    """A joinable queue whose join waits until everything was got."""

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
    """A joinable queue whose join returns at once."""

    class JoinableQueue(sound.JoinableQueue):
        def join(self):
            pass


@family.breaks("joinable.join-returns-at-once-with-nothing-outstanding")
class JoinAlwaysWaits(Broken):
    """A joinable queue whose join waits for a report even if nothing is outstanding."""

    class JoinableQueue(sound.JoinableQueue):
        def join(self):
            with self._cond:
                self._cond.wait()


@family.breaks("joinable.join-waits-again-after-another-put")
class JoinsOnce(Broken):
    """A joinable queue that a process can wait for once; its next join returns at once."""

    class JoinableQueue(sound.JoinableQueue):
        joined = False

        def join(self):
            if not self.joined:
                super().join()
            self.joined = True


@family.breaks("joinable.join-waits-for-what-is-put-meanwhile")
class JoinWaitsForWhatWasThere(Broken):
    """A joinable queue whose join waits for as many reports as items were outstanding when it began."""

    class JoinableQueue(sound.JoinableQueue):
        def __init__(self, maxsize=0):
            super().__init__(maxsize)
            self.reports = sound.FORK.Value("L")

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


@family.breaks("joinable.one-report-too-many-is-refused")
class ReportsAreNotCounted(Broken):
    """A joinable queue that lets every report pass, also one too many."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            with suppress(ValueError):
                super().task_done()


@family.breaks("joinable.one-report-too-many-is-refused")
class ReportsInAdvance(Broken):
    """A joinable queue that refuses a report too many, and yet counts it for the next item that is put."""

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
    """A joinable queue whose every report lets those go on who join it."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            super().task_done()
            with self._cond:
                self._cond.notify_all()


@family.breaks("joinable.last-report-wakes-all-who-join")
class WakesOne(Broken):
    """A joinable queue whose last report lets only one go on of those who join it."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            with self._cond:
                if not self._unfinished_tasks.acquire(False):
                    raise ValueError("task_done() called too many times")
                if self._unfinished_tasks._semlock._is_zero():
                    self._cond.notify()


@family.breaks("joinable.join-waits-for-what-nobody-got", "joinable.any-sequence-of-operations")
class CountsOfEachProcess(Broken):
    """A joinable queue where a report tells nothing to other processes than the one that reports."""

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
    """A joinable queue that makes a condition of its own, to wait at, in each process that it is sent to."""

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
    """A joinable queue where an item counts as outstanding once it is sent, not from the put on."""

    class JoinableQueue(sound.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            multiprocessing.queues.Queue.put(self, _CountedWhenSent(self, obj), block, timeout)


@family.breaks("joinable.items-outlive-who-put-them")
class ForgetsWhoIsGone(Broken):
    """A joinable queue where the items of a process that has ended are outstanding no more."""

    class JoinableQueue(sound.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            util.Finalize(None, self.task_done, exitpriority=0)


@family.breaks("joinable.refused-item-counts-for-nothing")
class CountsRefusedItems(Broken):
    """A joinable queue where an item is outstanding though the queue was full and has refused it."""

    class JoinableQueue(sound.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except Full:
                self._unfinished_tasks.release()
                raise
