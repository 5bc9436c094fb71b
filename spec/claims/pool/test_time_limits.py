"""Limits on the time that a task may take, as the pools of billiard have them, on which Celery stands."""

from __future__ import annotations

import os
from typing import Any

from impl.contract import Pause
from spec.claims.pool import payloads
from spec.claims.pool.scenes import ANY_EXCEPTION, LIMIT, LONG, ends, name_of_failure
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.marks import needs, source
from spec.harness.process_table import until_exited
from spec.harness.witness import caller, gatekeeper, kernel, other_than

pytestmark = needs("Process", "Pool(soft_timeout)", "Pool(timeout)")

TIME_LIMITS = "https://docs.celeryq.dev/en/stable/userguide/workers.html#time-limits"


@source(TIME_LIMITS)
def test_task_may_catch_its_soft_limit(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """A task that exceeds the soft limit gets SoftTimeLimitExceeded, may catch it, and its worker continues."""
    working = checkpoint("working")
    with mp.Pool(1, soft_timeout=LIMIT) as pool:
        result = pool.apply_async(payloads.clean_up, (working.pause,))
        worker = working.next().pid
        caller.shows("what the task has caught", result.get(), expected="SoftTimeLimitExceeded")
        kernel.shows("the worker of the next task", pool.apply(os.getpid), expected=worker)


@source(TIME_LIMITS)
def test_soft_limit_that_is_not_caught_is_told(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """Getting the result of a task that does not catch SoftTimeLimitExceeded raises it, and its worker continues."""
    working = checkpoint("working")
    with mp.Pool(1, soft_timeout=LIMIT) as pool:
        result = pool.apply_async(working.pause)
        worker = working.next().pid
        caller.shows("the exception", name_of_failure(result), expected="SoftTimeLimitExceeded")
        kernel.shows("the worker of the next task", pool.apply(os.getpid), expected=worker)


@source(TIME_LIMITS)
def test_hard_limit_ends_the_worker(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """The worker of a task that exceeds the hard limit is ended, even if it ignores SIGTERM, and then replaced."""
    working = checkpoint("working")
    with mp.Pool(1, timeout=LIMIT) as pool:
        result = pool.apply_async(payloads.ignore_sigterm, (working.pause,))
        worker = working.next().pid
        caller.shows("the exception that get() raises", name_of_failure(result), expected=ANY_EXCEPTION)
        until_exited(worker)
        kernel.shows("the worker of the next task", pool.apply(os.getpid), expected=other_than(worker))


@source("https://github.com/celery/billiard/pull/457")
@source(TIME_LIMITS)
def test_hard_limit_leaves_the_pool_usable(mp: Any, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """When the worker of an ordinary task was ended by the hard limit, later tasks are carried out."""
    working = checkpoint("working")

    def use() -> object:
        pool = mp.Pool(1, timeout=LIMIT)
        name_of_failure(pool.apply_async(working.pause))
        return pool.apply(abs, (-1,))

    user = forked_call(use)
    working.next()
    caller.shows("whether a later task ends", ends(user), expected=True)
    caller.shows("the result of a later task", user.result(), expected=1)


@source("https://github.com/sybrenjansen/mpire/issues/98", observed=True)
@source(TIME_LIMITS)
def test_each_task_has_its_limit(mp: Any, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """Of several tasks that exceed the hard limit at the same time, each one is ended, and fails."""
    working = checkpoint("working")

    def use() -> list[str]:
        pool = mp.Pool(3, timeout=LIMIT)
        results = [pool.apply_async(working.pause) for _ in range(3)]
        return [name_of_failure(result) for result in results]

    user = forked_call(use)
    workers = [arrival.pid for arrival in working.wait_for(3)]
    caller.shows("whether get() ends", ends(user), expected=True)
    caller.shows("the exceptions", user.result(), expected=[ANY_EXCEPTION] * 3)
    for pid in workers:
        until_exited(pid)


@source("https://github.com/celery/celery/pull/7781")
@source(TIME_LIMITS)
def test_exceeded_hard_limit_can_be_caught(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """Getting the result of a task that exceeds the hard limit raises TimeLimitExceeded."""
    with mp.Pool(1, timeout=LIMIT) as pool:
        result = pool.apply_async(checkpoint("working").pause)
        caller.shows("the exception", name_of_failure(result), expected="TimeLimitExceeded")


@source("https://docs.celeryq.dev/en/stable/userguide/tasks.html#Task.time_limit")
def test_task_may_have_limits_of_its_own(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """`apply_async` takes limits for one task, which replace those of the pool, and concern no other task."""
    working = checkpoint("working")
    with mp.Pool(2, soft_timeout=LONG, timeout=LONG) as pool:
        other = pool.apply_async(working.pause)
        arrival = working.next()
        for limit in "soft_timeout", "timeout":
            limited = pool.apply_async(working.pause, **{limit: LIMIT})
            working.next()
            caller.shows(f"the exception of a task with {limit}", name_of_failure(limited), expected=ANY_EXCEPTION)
            gatekeeper.shows("whether the other task is under way", arrival.waiting, expected=True)
        arrival.let_go("done")
        caller.shows("the result of the other task", other.get(), expected="done")


@source("https://github.com/celery/billiard/issues/156")
def test_task_may_have_the_only_limit(mp: Any, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """`apply_async` takes limits for one task also if its pool has none."""
    working = checkpoint("working")

    def use() -> str:
        return name_of_failure(mp.Pool(1).apply_async(working.pause, soft_timeout=LIMIT))

    user = forked_call(use)
    working.next()
    caller.shows("whether get() ends", ends(user), expected=True)
    caller.shows("the exception", user.result(), expected="SoftTimeLimitExceeded")


@source("https://github.com/celery/billiard/issues/385")
@source("https://github.com/celery/billiard/issues/412")
@source("https://github.com/celery/billiard/issues/141")
def test_limits_suit_all_ways_to_map(mp: Any, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """A pool with limits carries out what `map`, `starmap` and `imap` give it, beside a task that exceeds one."""
    ways = ["map_async", "starmap_async", "imap", "imap_unordered"]
    working, exceeded = ({way: checkpoint(f"{kind}-{way}") for way in ways} for kind in ("in", "beside"))
    users = {way: forked_call(map_beside_a_limit, mp, way, working[way].pause, exceeded[way].pause) for way in ways}
    for way, user in users.items():
        mapped = next(arrival for arrival in working[way].wait_for(2) if arrival.notes)
        exceeded[way].next().let_go()
        mapped.let_go("done")
        caller.shows(f"the results of {way}()", user.result(), expected=["done"])


def map_beside_a_limit(mp: Any, way: str, work: Pause, pause: Pause) -> list[Any]:
    """Return the results of one of the ways to map, and stop at *pause* when another task has exceeded its limit.

    The pool looks at the limits of all tasks in turn, so it has looked at that of the item by then.
    """
    pool = mp.Pool(2, timeout=LONG)
    results = getattr(pool, way)(work, [("item",)] if way == "starmap_async" else ["item"])
    name_of_failure(pool.apply_async(work, timeout=LIMIT))
    pause()
    return list(results.get() if way.endswith("async") else results)


@source("https://github.com/celery/billiard/issues/156")
@source(TIME_LIMITS, observed=True)
def test_exceeded_limit_is_called_back(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """`timeout_callback` is called once for each limit that is exceeded, with its kind and its seconds."""
    working, calls = checkpoint("working"), []
    limits = {"soft_timeout": LIMIT, "timeout": 2 * LIMIT}
    with mp.Pool(1, soft_timeout=LONG, timeout=LONG) as pool:
        result = pool.apply_async(
            payloads.clean_up_slowly,
            (working.pause,),
            timeout_callback=lambda soft, timeout: calls.append((soft, timeout)),
            **limits,
        )
        for _ in ("before", "after the soft limit"):
            working.next()
        caller.shows("the exception that get() raises", name_of_failure(result), expected=ANY_EXCEPTION)
        pool.apply(abs, (-1,))  # the worker has been replaced, so the callback was called
        caller.shows("the calls of the callback", calls, expected=[(True, LIMIT), (False, 2 * LIMIT)])


@needs("Pool(on_timeout_set)", "Pool(on_timeout_cancel)")
@source("https://github.com/celery/billiard/blob/main/billiard/pool.py", observed=True)
def test_program_may_watch_the_limits_itself(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """`on_timeout_set` is called with a result and limits when a task starts, `on_timeout_cancel` when it ends."""
    working = checkpoint("working")
    begun: list[Any] = []
    ended: list[Any] = []

    def begin(result: Any, *limits: object) -> None:
        begun.append((result, limits))

    with mp.Pool(1, soft_timeout=LONG, on_timeout_set=begin, on_timeout_cancel=ended.append) as pool:
        for count in range(2):
            result = pool.apply_async(working.pause, timeout=LONG)
            arrival = working.next()
            caller.shows("how many have ended", len(ended), expected=count)
            arrival.let_go()
            result.wait()
            caller.shows("what has begun", begun[count:], expected=[(result, (LONG, LONG))])
            caller.shows("what has ended", ended[count:], expected=[result])
