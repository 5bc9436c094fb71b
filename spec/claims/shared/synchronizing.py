"""What a lock, a semaphore, a condition, an event and a barrier do, whether a manager has made them or not.

Each function is the scene of two claims, and takes an object that is new, and a function that starts workers with it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any

from spec.engine.fixtures import MakeWorker
from spec.harness.deadline import Backoff
from spec.harness.recorder import Recorder
from spec.harness.witness import at_least, caller, kernel, recorder, refuses
from spec.harness.worker import CallFailed, Worker


def lock_excludes(lock: Any, worker: MakeWorker) -> None:
    """While one process holds *lock*, another one waits for it, refuses to wait, or waits for some time only."""
    holder, waiter = worker(lock=lock), worker(lock=lock)
    caller.shows("acquire() of a free lock", holder.call("lock.acquire"), expected=True)
    caller.shows("acquire(False) of a held lock", waiter.call("lock.acquire", False), expected=False)
    begun = time.monotonic()
    caller.shows("acquire(True, 0.05) of a held lock", waiter.call("lock.acquire", True, 0.05), expected=False)
    kernel.shows("the seconds that acquire(True, 0.05) took", time.monotonic() - begun, expected=at_least(0.05))
    waiter.begin("lock.__enter__")
    kernel.shows("whether a with statement is blocked", waiter.is_stuck(), expected=True)
    holder.call("lock.release")
    waiter.result()
    caller.shows("acquire(False) within the with statement", holder.call("lock.acquire", False), expected=False)
    waiter.call("lock.__exit__", None, None, None)
    caller.shows("acquire(False) after the with statement", holder.call("lock.acquire", False), expected=True)


def semaphore_admits_two(semaphore: Any, worker: MakeWorker) -> None:
    """A *semaphore* of two is acquired twice, then blocks until a process, any one, has released it."""
    one, another = worker(semaphore=semaphore), worker(semaphore=semaphore)
    acquired = [process.call("semaphore.acquire") for process in (one, another)]
    caller.shows("acquire() by the first and by the second", acquired, expected=[True, True])
    caller.shows("acquire(False) after that", one.call("semaphore.acquire", False), expected=False)
    another.begin("semaphore.acquire")
    kernel.shows("whether another acquire() is blocked", another.is_stuck(), expected=True)
    one.call("semaphore.release")
    caller.shows("that acquire() after a release", another.result(), expected=True)
    for _ in range(2):
        one.call("semaphore.release")
    free = [another.call("semaphore.acquire", False) for _ in range(3)]
    caller.shows("three acquire(False) after all was released", free, expected=[True, True, False])


def condition_wakes_as_many(condition: Any, worker: MakeWorker) -> None:
    """`notify` of a *condition* wakes one or as many as it is told, and `notify_all` all; `wait` frees the lock."""
    waiters = [worker(condition=condition) for _ in range(3)]
    waiting: list[Worker] = []
    for method, arguments, count in (("notify", [], 1), ("notify", [2], 2), ("notify_all", [], 3)):
        for waiter in waiters:
            if waiter not in waiting:
                _begin_to_wait(waiter)
        with condition:
            getattr(condition, method)(*arguments)
        waiting = _are_woken(waiters, count)
    with refuses(Exception):  # the lock is not held
        condition.notify()


def _begin_to_wait(waiter: Worker) -> None:
    """Let a worker acquire the lock of its condition, twice, and wait."""
    for _ in range(2):
        caller.shows("acquire() before wait()", waiter.call("condition.acquire"), expected=True)
    waiter.begin("condition.wait")
    kernel.shows("whether wait() is blocked", waiter.is_stuck(), expected=True)


def _are_woken(waiters: Sequence[Worker], count: int) -> list[Worker]:
    """State that *count* of the *waiters* are woken, one at a time, and return those that still wait."""
    waiting = list(waiters)
    for _ in range(count):
        woken = one_goes_on(waiting, "wait() that is notified")
        for _ in range(2):
            woken.call("condition.release")
    kernel.shows("which of the others wait", [w.is_stuck() for w in waiting], expected=[True] * len(waiting))
    return waiting


def one_goes_on(waiting: list[Worker], call: str) -> Worker:
    """State that the *call* of one of the workers returns true, remove that worker from *waiting*, and return it.

    Args:
        waiting: workers that are in the same call.
        call: the call in words, for reports.

    Raises:
        Violation: it returns something else.
        Hung: none of the calls ends before the deadline.
    """
    backoff = Backoff(f"one of {len(waiting)} processes to return from {call}")
    while not any(waiter.done for waiter in waiting):
        backoff.wait()
    lucky = next(waiter for waiter in waiting if waiter.done)
    waiting.remove(lucky)
    caller.shows(f"what {call} returns", lucky.result(), expected=True)
    return lucky


def condition_can_be_waited_for(condition: Any, worker: MakeWorker, file: Path) -> None:
    """`wait_for` returns once its predicate is true; it and `wait` can be timed; after both, the lock is held."""
    waiter, other = worker(condition=condition), worker(condition=condition)
    waiter.call("condition.acquire")
    for method, arguments in (("wait", [0.05]), ("wait_for", [file.exists, 0.05])):
        begun = time.monotonic()
        caller.shows(f"{method}() with a timeout", waiter.call(f"condition.{method}", *arguments), expected=False)
        kernel.shows(f"the seconds that {method}() took", time.monotonic() - begun, expected=at_least(0.05))
        caller.shows("acquire(False) after that", other.call("condition.acquire", False), expected=False)
    waiter.begin("condition.wait_for", file.exists)
    for exists in False, True:
        kernel.shows("whether wait_for() is blocked", waiter.is_stuck(), expected=True)
        with condition:
            if exists:
                file.touch()
            condition.notify()
    caller.shows("wait_for() once its predicate is true", waiter.result(), expected=True)
    caller.shows("acquire(False) after that", other.call("condition.acquire", False), expected=False)
    caller.shows(
        "wait_for() what is true already", waiter.call("condition.wait_for", file.exists, 3600), expected=True
    )


def event_is_for_all(event: Any, worker: MakeWorker) -> None:
    """All that wait for an *event* are blocked until it is set, and again once it has been cleared."""
    waiters = [worker(event=event) for _ in range(2)]
    caller.shows("is_set() of a new event", event.is_set(), expected=False)
    begun = time.monotonic()
    caller.shows("wait(0.05) for an event that is not set", event.wait(0.05), expected=False)
    kernel.shows("the seconds that wait(0.05) took", time.monotonic() - begun, expected=at_least(0.05))
    for waiter, limit in zip(waiters, ([], [3600])):
        waiter.begin("event.wait", *limit)
        kernel.shows("whether wait() is blocked", waiter.is_stuck(), expected=True)
    event.set()
    caller.shows("wait() once the event is set", [waiter.result() for waiter in waiters], expected=[True, True])
    seen = [waiters[0].call(f"event.{method}") for method in ("is_set", "wait", "is_set")]
    caller.shows("is_set(), wait() and is_set() after that", seen, expected=[True, True, True])
    event.set()  # setting it twice has the same effect as setting it once
    for _ in range(2):
        waiters[0].call("event.clear")
    caller.shows("is_set() after clear()", event.is_set(), expected=False)
    waiters[1].begin("event.wait")
    kernel.shows("whether wait() after clear() is blocked", waiters[1].is_stuck(), expected=True)
    event.set()
    caller.shows("that wait() once the event is set again", waiters[1].result(), expected=True)


def barrier_opens_for_all(barrier: Any, worker: MakeWorker, log: Recorder) -> None:
    """A *barrier* of three lets nobody pass until three wait; the action, which records "opened", is called once.

    Each gets a number of its own.  After that the barrier closes again.
    """
    parties = [worker(barrier=barrier) for _ in range(3)]
    for times in 1, 2:
        for party in parties[:2]:
            party.begin("barrier.wait")
            kernel.shows("whether wait() of fewer than three is blocked", party.is_stuck(), expected=True)
        caller.shows("n_waiting, parties and broken", _facts(barrier), expected=(2, 3, False))
        numbers = sorted([parties[2].call("barrier.wait"), *(party.result() for party in parties[:2])])
        caller.shows("what wait() returns", numbers, expected=[0, 1, 2])
        recorder.shows("how often the action was called", len(log.events("opened")), expected=times)
        caller.shows("n_waiting, parties and broken after that", _facts(barrier), expected=(0, 3, False))


def barrier_can_be_broken(barrier: Any, worker: MakeWorker) -> None:
    """`abort`, or a wait that takes too long, breaks a *barrier* of three for all that wait, until it is reset."""
    waiter, other = worker(barrier=barrier), worker(barrier=barrier)
    for method, arguments in (("abort", []), ("wait", [0.05])):
        _begin_to_pass(waiter)
        with suppress(CallFailed):  # wait() fails
            other.call(f"barrier.{method}", *arguments)
        _was_broken(waiter)
        caller.shows("n_waiting, parties and broken", _facts(barrier), expected=(0, 3, True))
        waiter.begin("barrier.wait")
        _was_broken(waiter)
        barrier.reset()
        caller.shows("n_waiting, parties and broken after reset()", _facts(barrier), expected=(0, 3, False))
    _begin_to_pass(waiter)
    barrier.reset()
    _was_broken(waiter)


def _begin_to_pass(party: Worker) -> None:
    party.begin("barrier.wait")
    kernel.shows("whether wait() of one of three is blocked", party.is_stuck(), expected=True)


def _was_broken(waiter: Worker) -> None:
    with refuses(CallFailed, BrokenBarrierError.__name__):
        waiter.result()


def _facts(barrier: Any) -> tuple[int, int, bool]:
    return barrier.n_waiting, barrier.parties, barrier.broken
