"""Whom a notification reaches."""

from __future__ import annotations

from functools import partial
from typing import Any

from impl.contract import Condition, Multiprocessing
from spec.claims.condition import payloads
from spec.claims.shared.synchronizing import one_goes_on
from spec.claims.shared.threads import in_each_of
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.witness import caller, kernel, refuses
from spec.harness.worker import CallFailed, Worker
from spec.models import condition_model

pytestmark = [needs("Process", "Condition"), managed_too]


def waiting_for(condition: Condition, worker: MakeWorker, count: int) -> list[Worker]:
    """Start workers that wait for the condition, and return them."""
    waiters = [worker(condition=condition) for _ in range(count)]
    for waiter in waiters:
        begin_to_wait(waiter)
    return waiters


def begin_to_wait(waiter: Worker, *limit: float) -> None:
    """Let a worker acquire its condition and begin to wait."""
    caller.shows("acquire() before wait()", waiter.call("condition.acquire"), expected=True)
    waiter.begin("condition.wait", *limit)
    kernel.shows("whether wait() is blocked", waiter.is_stuck(), expected=True)


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait")
def test_no_notification_is_lost(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`wait` gives the lock up and begins to wait in one step: the next holder of the lock can wake it."""
    condition = mp.Condition()
    waiter = worker(condition=condition)
    notifier = worker(notify=partial(payloads.notify_once, condition))
    for _ in range(20):
        waiter.call("condition.acquire")
        notifier.begin("notify")
        kernel.shows("whether the notifier is blocked until the lock is free", notifier.blocks(), expected=True)
        waiter.begin("condition.wait")
        notifier.result()
        caller.shows("wait()", waiter.result(), expected=True)
        waiter.call("condition.release")


@source("https://docs.python.org/3/library/threading.html#condition-objects")
def test_wakes_holding_the_lock(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Processes that are notified go on only after the notifier has released the lock, and one after the other."""
    condition = mp.Condition()
    waiting = waiting_for(condition, worker, 2)
    with condition:
        condition.notify_all()
        still = [waiter.is_stuck() for waiter in waiting]
        kernel.shows("whether each is blocked while the notifier has the lock", still, expected=[True, True])
    first = one_goes_on(waiting, "wait()")
    kernel.shows("whether the other is blocked while the first has the lock", waiting[0].is_stuck(), expected=True)
    first.call("condition.release")
    one_goes_on(waiting, "wait()").call("condition.release")


@source("https://docs.python.org/3/library/threading.html#threading.Condition.notify")
def test_notification_without_waiters_is_lost(mp: Any, worker: MakeWorker) -> None:
    """`notify` and `notify_all` do nothing while no process waits: a process that waits later waits for the next."""
    condition = mp.Condition()
    waiter = worker(condition=condition)
    for method in "notify", "notify_all":
        with condition:
            caller.shows(f"what {method}() returns while none waits", getattr(condition, method)(), expected=None)
        begin_to_wait(waiter)
        with condition:
            caller.shows(f"what {method}() returns while one waits", getattr(condition, method)(), expected=None)
        caller.shows("wait() after a notification", waiter.result(), expected=True)
        waiter.call("condition.release")


@source("https://docs.python.org/3/library/threading.html#threading.Condition.notify")
def test_notify_wakes_no_more_than_wait(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`notify(n)` wakes all if fewer than n wait, and keeps nothing for later; `notify(0)` wakes none."""
    condition = mp.Condition()
    waiters = waiting_for(condition, worker, 2)
    with condition:
        condition.notify(0)
    kernel.shows(
        "whether each is blocked after notify(0)", [waiter.is_stuck() for waiter in waiters], expected=[True, True]
    )
    with condition:
        condition.notify(n=5)
    for _ in range(2):
        one_goes_on(waiters, "wait() after notify(n=5)").call("condition.release")
    waiting_for(condition, worker, 1)


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait", observed=True)
def test_timed_out_waiter_takes_no_notification(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A wait that has timed out takes no notification: the next `notify` wakes a process that still waits."""
    condition = mp.Condition()
    hasty, waiter = worker(condition=condition), worker(condition=condition)
    for order in ("hasty", "patient"), ("patient", "hasty"):
        for kind in order:
            if kind == "patient":
                begin_to_wait(waiter)
            else:
                hasty.call("condition.acquire")
                caller.shows("wait(0.01) without a notification", hasty.call("condition.wait", 0.01), expected=False)
                hasty.call("condition.release")
        with condition:
            condition.notify()
        caller.shows("wait() after notify()", waiter.result(), expected=True)
        waiter.call("condition.release")


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait")
@source("https://docs.python.org/3/library/threading.html#threading.Condition.notify")
def test_is_refused_without_the_lock(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Waiting or notifying without the lock raises an exception, wakes no process and releases no lock."""
    condition = mp.Condition()
    [waiter] = waiting_for(condition, worker, 1)
    other = worker(condition=condition)
    for held in False, True:
        if held:
            condition.acquire()
        for method, arguments in (("wait", [0]), ("wait_for", [bool, 0.01]), ("notify", []), ("notify_all", [])):
            with refuses(CallFailed):
                other.call(f"condition.{method}", *arguments)
        kernel.shows("whether the one that waits is blocked", waiter.is_stuck(), expected=True)
        acquired = other.call("condition.acquire", False)
        caller.shows("acquire(False) after that", acquired, expected=not held)
        if acquired:
            other.call("condition.release")
    condition.notify()
    condition.release()
    caller.shows("wait() after notify() with the lock", waiter.result(), expected=True)


@needs("Lock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Condition")
def test_given_lock_is_its_lock(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A condition uses the lock that it is given; several conditions with one lock are notified separately."""
    lock = mp.Lock()
    one, another = mp.Condition(lock), mp.Condition(lock)
    waiter, other = worker(condition=one), worker(condition=another)
    for process in waiter, other:
        begin_to_wait(process)
    with lock:
        caller.shows("acquire(False) while the lock is held", another.acquire(False), expected=False)
        another.notify_all()
    caller.shows("wait() for the one that was notified", other.result(), expected=True)
    caller.shows("acquire(False) of the lock after wait()", lock.acquire(False), expected=False)
    other.call("condition.release")
    kernel.shows("whether wait() for the other is blocked", waiter.is_stuck(), expected=True)
    with one:
        one.notify_all()
    caller.shows("wait() for the other after its notification", waiter.result(), expected=True)


@needs("RLock")
@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait")
def test_nested_lock_is_given_up_wholly(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`wait` gives up a reentrant lock however often it was acquired, and then has it as often again."""
    for condition in mp.Condition(), mp.Condition(mp.RLock()):
        waiter, other = worker(condition=condition), worker(condition=condition)
        for _ in range(2):
            waiter.call("condition.acquire")
        begin_to_wait(waiter)
        caller.shows("acquire(False) during wait()", other.call("condition.acquire", False), expected=True)
        other.call("condition.notify")
        other.call("condition.release")
        caller.shows("wait()", waiter.result(), expected=True)
        for free in False, False, True:
            waiter.call("condition.release")
            acquired = other.call("condition.acquire", False)
            caller.shows("acquire(False) after one more release", acquired, expected=free)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Condition", observed=True)
def test_threads_and_processes_wait_alike(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Of the threads of any process that wait for a condition, each `notify` wakes one, and `notify_all` all."""
    wait = partial(payloads.wait_once, mp.Condition())
    condition, one, several = wait.args[0], worker(wait=wait), worker(wait=partial(in_each_of, 2, wait))
    for notifications in ["notify_all"], ["notify", "notify", "notify"]:
        for process in one, several:
            process.begin("wait")
        for method in notifications:
            blocked = one.is_stuck() or several.is_stuck()
            kernel.shows(f"whether any is blocked before {method}() is called", blocked, expected=True)
            with condition:
                getattr(condition, method)()
        caller.shows("wait() in each", [one.result(), *several.result()], expected=[True] * 3)


@source("https://docs.python.org/3/library/threading.html#condition-objects")
def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of operations, as many wake as were notified, and one process at a time has the lock."""
    condition_model.ConditionModel.verify(mp.Condition, worker)
