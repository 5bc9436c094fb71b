"""State that calls wait without limit.

A call that is blocked now may give up a second later.  Most often the kernel can rule that out: if every thread of
every process that the claim has started is blocked, none in a wait with a limit, and no packet is on its way, nothing
but the claim can end any of these waits.  Otherwise the calls are held, all together, for longer than an API would
wait before it gives up.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Union

from spec.harness.forked_call import ForkedCall
from spec.harness.heartbeat import beat
from spec.harness.process_table import ALIVE, descendants, observe_threads, state
from spec.harness.stillness import until_still
from spec.harness.tcp_connections import have_timers
from spec.harness.waits import UNLIMITED, has_timer, limits_of_waits
from spec.harness.witness import kernel
from spec.harness.worker import CallFailed, Worker

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits

HOLD_SECONDS = 33.0
"""For this long calls are held if the kernel does not tell that their waits have no limit.

An API that gives up does so after half a minute at most, as network libraries do.  --scale does not change this: the
patience of an API does not depend on it.  It must be well below the time limit of a claim, which is 60 s.
"""

SOONEST, LATEST, GROWTH = 0.001, 0.1, 1.25
"""Seconds between two looks: at first, later, and how they grow."""

Waiter = Union[Worker, ForkedCall]


def all_wait_without_limit(calls: Mapping[str, Waiter], clocks: Collection[int] = ()) -> None:
    """State that all *calls*, each by a process of its own, go on waiting until the claim ends their waits.

    Args:
        calls: the workers and forked calls that are in these calls, by the words that name the call in a report.
        clocks: threads of other processes that may wait for a limited time, because they did so before the calls
            began; see `timed_waits`.

    Raises:
        Violation: one of the calls has ended.
    """
    waiters = {waiter.pid for waiter in calls.values()}
    for elapsed in _looks():
        decided = _only_this_process_can_wake_any(waiters, clocks)
        for call, waiter in calls.items():
            ending = _ending(waiter)
            seen = f"to have ended after {elapsed:.1f} s: it {ending}" if ending else "to wait"
            kernel.shows(f"the call {call}", seen, expected="to wait")
        if decided:
            return


def ends_by_itself(forked_call: ForkedCall) -> bool:
    """Wait until the *forked_call* has ended or only the claim can end it, and return whether it has ended.

    A call that takes long is told from one that waits for what never comes, by the means of `all_wait_without_limit`.
    """
    for _ in _looks():
        decided = _only_this_process_can_wake_any({forked_call.pid}, ())
        if decided or not forked_call.running:
            break
    return not forked_call.running


def _looks() -> Iterator[float]:
    """Yield the seconds that have passed, again and again, until they are more than `HOLD_SECONDS`."""
    begun, between, elapsed = time.monotonic(), SOONEST, 0.0
    while elapsed <= HOLD_SECONDS:
        elapsed = time.monotonic() - begun
        yield elapsed
        beat()  # so that the watcher does not take the hold for a hang
        time.sleep(between)
        between = min(between * GROWTH, LATEST)


def timed_waits() -> set[int]:
    """Wait until all processes that were started are still, and return their threads that wait for a limited time.

    The server of a manager has such a thread: it looks once a second whether it is to end.

    Raises:
        Hung: the processes made progress until the deadline.
    """
    until_still()
    return {
        thread
        for pid in descendants(os.getpid())
        for thread, limit in limits_of_waits(pid).items()
        if limit != UNLIMITED
    }


def _only_this_process_can_wake_any(waiters: Collection[int], clocks: Collection[int]) -> bool:
    """Return whether the kernel shows that only this process can wake any process that it has started.

    Nothing may have run from the first look to the last, so that the looks at one process after the other are as good
    as one look at all.
    """
    pids = descendants(os.getpid())
    before = [observe_threads(pid) for pid in pids]
    if not all(threads is None or threads.asleep for threads in before):
        return False
    for pid, threads in zip(pids, before):
        if threads and not _waits_without_limit(pid, () if pid in waiters else clocks):
            return False
    here = limits_of_waits(os.getpid()).items()
    if any(limit != UNLIMITED for thread, limit in here if thread != threading.get_native_id()):
        return False
    if have_timers(pids):
        return False
    return descendants(os.getpid()) == pids and [observe_threads(pid) for pid in pids] == before


def _waits_without_limit(pid: int, clocks: Collection[int]) -> bool:
    limits = limits_of_waits(pid)
    return not has_timer(pid) and all(limit == UNLIMITED or thread in clocks for thread, limit in limits.items())


def _ending(waiter: Waiter) -> str:
    """Return how the call of *waiter* has ended; empty if it goes on."""
    if isinstance(waiter, ForkedCall):
        if waiter.running:
            return ""
        failure = waiter.failure()
        return f"raised {failure}" if failure else "returned"
    if waiter.done:
        try:
            return f"returned {waiter.result()!r}"
        except CallFailed as error:
            return f"raised {error.kind}"
    return "" if state(waiter.pid) == ALIVE else "has ended its process"
