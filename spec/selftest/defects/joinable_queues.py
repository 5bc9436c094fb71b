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


@family.breaks(
    "joinable.join-waits-for-what-nobody-got",
    "joinable.join-waits-for-what-is-put-meanwhile",
    "joinable.last-report-wakes-all-who-join",
    "joinable.producer-goes-on-after-the-last-report",
    "joinable.one-report-too-many-is-refused",
    "joinable.any-sequence-of-operations",
    "joinable.join-goes-on-after-a-signal",
    "joinable.items-outlive-who-put-them",
    spoils=["joinable.consumer-ends-with-main"],
    why="the consumer may have eaten everything in time",
)
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


@family.breaks(
    "joinable.producer-goes-on-after-the-last-report",
    "joinable.consumer-reports-after-eating",
    "joinable.join-waits-again-after-another-put",
    "joinable.one-report-too-many-is-refused",
    "joinable.killed-consumer-leaves-join-waiting",
    "joinable.any-producers-and-consumers",
    "joinable.any-sequence-of-operations",
    spoils=["joinable.consumer-ends-with-main"],
    why="the consumer may have eaten everything in time",
)
class GetReports(Broken):
    """A joinable queue where to get an item counts as having processed it."""

    class JoinableQueue(sound.JoinableQueue):
        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            super().task_done()
            return item

        def task_done(self):
            pass


@family.breaks(
    "joinable.producer-goes-on-after-the-last-report",
    "joinable.consumer-reports-after-eating",
    "joinable.join-waits-again-after-another-put",
    "joinable.one-report-too-many-is-refused",
    "joinable.killed-consumer-leaves-join-waiting",
    "joinable.any-producers-and-consumers",
    "joinable.any-sequence-of-operations",
    spoils=["joinable.consumer-ends-with-main"],
    why="the consumer may have eaten everything in time",
)
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


@family.breaks(
    "joinable.join-waits-for-what-nobody-got",
    "joinable.join-waits-for-what-is-put-meanwhile",
    "joinable.join-waits-again-after-another-put",
    "joinable.last-report-wakes-all-who-join",
    "joinable.producer-goes-on-after-the-last-report",
    "joinable.consumer-reports-after-eating",
    "joinable.one-report-too-many-is-refused",
    "joinable.killed-consumer-leaves-join-waiting",
    "joinable.any-producers-and-consumers",
    "joinable.any-sequence-of-operations",
    "joinable.join-goes-on-after-a-signal",
    "joinable.items-outlive-who-put-them",
    spoils=["joinable.consumer-ends-with-main"],
    why="the consumer may have eaten everything in time",
)
class JoinNeverWaits(Broken):
    """A joinable queue whose join returns at once."""

    class JoinableQueue(sound.JoinableQueue):
        def join(self):
            pass


@family.breaks(
    "joinable.join-returns-at-once-with-nothing-outstanding",
    spoils=["joinable.any-sequence-of-operations"],
    why="which sequences are tried is up to Hypothesis",
)
class JoinAlwaysWaits(Broken):
    """A joinable queue whose join waits for a report even if nothing is outstanding."""

    class JoinableQueue(sound.JoinableQueue):
        def join(self):
            with self._cond:
                self._cond.wait()


@family.breaks(
    "joinable.join-waits-again-after-another-put",
    "joinable.consumer-reports-after-eating",
    "joinable.any-producers-and-consumers",
    "joinable.any-sequence-of-operations",
    "joinable.join-waits-for-what-nobody-got",
)
class JoinsOnce(Broken):
    """A joinable queue that a process can wait for once; its next join returns at once."""

    class JoinableQueue(sound.JoinableQueue):
        joined = False

        def join(self):
            if not self.joined:
                super().join()
            self.joined = True


@family.breaks(
    "joinable.join-waits-for-what-is-put-meanwhile",
    spoils=["joinable.any-"],
    why="what is put while somebody joins is left to chance",
)
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


@family.breaks(
    "joinable.one-report-too-many-is-refused",
    spoils=["joinable.any-sequence-of-operations"],
    why="which sequences are tried is up to Hypothesis",
)
class ReportsAreNotCounted(Broken):
    """A joinable queue that lets every report pass, also one too many."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            with suppress(ValueError):
                super().task_done()


@family.breaks(
    "joinable.one-report-too-many-is-refused",
    spoils=["joinable.any-sequence-of-operations"],
    why="which sequences are tried is up to Hypothesis",
)
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


@family.breaks(
    "joinable.producer-goes-on-after-the-last-report",
    "joinable.join-waits-for-what-is-put-meanwhile",
    "joinable.any-producers-and-consumers",
    "joinable.items-outlive-who-put-them",
    spoils=["joinable.any-sequence-of-operations", "joinable.consumer-ends-with-main"],
    why="which sequences are tried is up to Hypothesis",
)
class EachReportWakes(Broken):
    """A joinable queue whose every report lets those go on who join it."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            super().task_done()
            with self._cond:
                self._cond.notify_all()


@family.breaks(
    "joinable.last-report-wakes-all-who-join",
    "joinable.any-producers-and-consumers",
    spoils=["joinable.any-sequence-of-operations"],
    why="which sequences are tried is up to Hypothesis",
)
class WakesOne(Broken):
    """A joinable queue whose last report lets only one go on of those who join it."""

    class JoinableQueue(sound.JoinableQueue):
        def task_done(self):
            with self._cond:
                if not self._unfinished_tasks.acquire(False):
                    raise ValueError("task_done() called too many times")
                if self._unfinished_tasks._semlock._is_zero():
                    self._cond.notify()


@family.breaks(
    "joinable.join-goes-on-after-a-signal",
    "joinable.producer-goes-on-after-the-last-report",
    "joinable.consumer-reports-after-eating",
    "joinable.consumer-ends-with-main",
    "joinable.join-returns-at-once-with-nothing-outstanding",
    "joinable.join-waits-for-what-is-put-meanwhile",
    "joinable.join-waits-again-after-another-put",
    "joinable.last-report-wakes-all-who-join",
    "joinable.one-report-too-many-is-refused",
    "joinable.any-producers-and-consumers",
    "joinable.any-sequence-of-operations",
    "joinable.join-waits-for-what-nobody-got",
    "joinable.items-outlive-who-put-them",
)
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


@family.breaks(
    "joinable.join-goes-on-after-a-signal",
    "joinable.join-waits-for-what-nobody-got",
    "joinable.producer-goes-on-after-the-last-report",
    "joinable.consumer-reports-after-eating",
    "joinable.consumer-ends-with-main",
    "joinable.join-waits-for-what-is-put-meanwhile",
    "joinable.join-waits-again-after-another-put",
    "joinable.last-report-wakes-all-who-join",
    "joinable.one-report-too-many-is-refused",
    "joinable.any-producers-and-consumers",
    "joinable.any-sequence-of-operations",
    "joinable.items-outlive-who-put-them",
)
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


@family.breaks(
    "joinable.join-waits-for-what-nobody-got",
    spoils=["joinable."],
    why="whether an item was sent by the time that others look is left to chance",
)
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


@family.breaks("joinable.refused-item-counts-for-nothing", "joinable.any-sequence-of-operations")
class CountsRefusedItems(Broken):
    """A joinable queue where an item is outstanding though the queue was full and has refused it."""

    class JoinableQueue(sound.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except Full:
                self._unfinished_tasks.release()
                raise
