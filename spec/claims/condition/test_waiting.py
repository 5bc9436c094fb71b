"""Waiting for a condition: with and without a limit, for a predicate, with signals."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.condition import payloads
from spec.claims.shared import handlers, surroundings
from spec.claims.shared.synchronizing import one_goes_on
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.deadline import Backoff
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.witness import at_least, caller, gatekeeper, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = [needs("Process", "Condition"), managed_too]


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait")
def test_waits_without_limit(mp: Multiprocessing, worker: MakeWorker, folder: Path) -> None:
    """Without a timeout, `wait` and `wait_for` wait for a notification, however long that takes."""
    condition, file = mp.Condition(), folder / "file"
    one, another = worker(condition=condition), worker(condition=condition)
    clocks = timed_waits()
    for waiter, method, arguments in (one, "wait", []), (another, "wait_for", [file.exists]):
        waiter.call("condition.acquire")
        waiter.begin(f"condition.{method}", *arguments)
    all_wait_without_limit({"wait()": one, "wait_for()": another}, clocks)
    file.touch()
    with condition:
        condition.notify_all()
    waiting = [one, another]
    for _ in range(2):
        one_goes_on(waiting, "wait() or wait_for() after a notification").call("condition.release")


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait")
@source("https://docs.python.org/3/whatsnew/3.3.html#multiprocessing")
def test_wait_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed wait returns true if it is notified, or false, not before its timeout; with zero or less, at once."""
    condition = mp.Condition()
    waiter = worker(condition=condition)
    waiter.call("condition.acquire")
    for seconds in 0.05, 0, -1:
        begun = time.monotonic()
        caller.shows(f"wait({seconds})", waiter.call("condition.wait", seconds), expected=False)
        kernel.shows(f"the seconds that wait({seconds}) took", time.monotonic() - begun, expected=at_least(seconds))
        caller.shows(f"wait(timeout={seconds})", waiter.call("condition.wait", timeout=seconds), expected=False)
        caller.shows("acquire(False) by another process after that", condition.acquire(False), expected=False)
    waiter.begin("condition.wait", 3600)
    kernel.shows("whether wait(3600) is blocked", waiter.is_stuck(), expected=True)
    with condition:
        condition.notify()
    caller.shows("wait(3600) after notify()", waiter.result(), expected=True)


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait_for")
def test_wait_for_returns_what_its_predicate_does(
    mp: Multiprocessing, worker: MakeWorker, folder: Path, checkpoint: MakeCheckpoint
) -> None:
    """`wait_for` calls its predicate with the lock, once, and again when notified, and returns its true value."""
    condition, looking, file = mp.Condition(), checkpoint("looking"), folder / "message"
    waiter, other = worker(condition=condition), worker(condition=condition)
    waiter.call("condition.acquire")
    waiter.begin("condition.wait_for", partial(payloads.look, looking.pause, file))
    for text in "", "", "dumpling":
        arrival = looking.next()
        caller.shows("acquire(False) by another", other.call("condition.acquire", False), expected=False)
        if text:
            file.write_text(text, encoding="utf-8")
        arrival.let_go()
        if not text:
            kernel.shows("whether wait_for() is blocked", waiter.is_stuck(), expected=True)
            gatekeeper.shows("whether the predicate is called again", looking.reached, expected=False)
            with condition:
                condition.notify_all()
    caller.shows("what wait_for() returns", waiter.result(), expected="dumpling")
    caller.shows("acquire(False) by another after that", other.call("condition.acquire", False), expected=False)


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait_for")
def test_wait_for_ends_in_time_though_notified(mp: Multiprocessing, worker: MakeWorker, folder: Path) -> None:
    """A timed `wait_for` whose predicate stays false ends after its timeout, however often it is notified."""
    condition = mp.Condition()
    waiter = worker(condition=condition)
    waiter.call("condition.acquire")
    begun, backoff = time.monotonic(), Backoff("wait_for() with a timeout of 0.1 s to end")
    waiter.begin("condition.wait_for", (folder / "no such file").exists, 0.1)
    for _ in range(NOTIFICATIONS):
        if waiter.done:
            break
        if condition.acquire(False):  # the waiter holds the lock once its wait has ended
            condition.notify()
            condition.release()
        backoff.wait()
    kernel.shows(
        f"whether wait_for(..., 0.1) has ended after {NOTIFICATIONS} notifications", waiter.done, expected=True
    )
    caller.shows("what wait_for() returns", waiter.result(), expected=False)
    kernel.shows("the seconds that wait_for() took", time.monotonic() - begun, expected=at_least(0.1))
    caller.shows("acquire(False) by another process after that", condition.acquire(False), expected=False)


NOTIFICATIONS = 300
"""Notifications, at most 16 ms apart: many times as many as there can be in a wait of 0.1 s."""


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait_for", observed=True)
def test_failing_predicate_ends_the_wait(mp: Any, worker: MakeWorker, folder: Path) -> None:
    """An exception that the predicate raises, at first or later, ends `wait_for`, and the lock is still held."""
    condition, file = mp.Condition(), folder / "file"
    waiter = worker(condition=condition)
    for fails_later in False, True:
        if fails_later:
            file.touch()
        waiter.call("condition.acquire")
        waiter.begin("condition.wait_for", file.read_text)
        if fails_later:
            kernel.shows("whether wait_for() is blocked", waiter.is_stuck(), expected=True)
            file.unlink()
            with condition:
                condition.notify()
        with refuses(CallFailed, "FileNotFoundError"):
            waiter.result()
        caller.shows("acquire(False) by another process", condition.acquire(False), expected=False)
        waiter.call("condition.release")


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_wait_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that waits for a condition handles a signal, waits on, and can still be notified."""
    condition, handling = mp.Condition(), checkpoint("handling")
    waiter = worker(condition=condition, handle=partial(handlers.handle, handling.pause))
    waiter.call("handle")
    for limit in [], [3600]:
        waiter.call("condition.acquire")
        waiter.begin("condition.wait", *limit)
        for _ in range(2):
            waits_through_a_signal(waiter, handling)
        with condition:
            condition.notify()
        caller.shows("wait() after the signals and notify()", waiter.result(), expected=True)
        waiter.call("condition.release")


@source("https://github.com/joblib/loky/issues/82", observed=True)
@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait", observed=True)
def test_interrupted_wait_has_the_lock(mp: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A wait that an exception of a signal handler ends has the lock again, and takes no later notification."""
    condition, handling = mp.Condition(), checkpoint("handling")
    waiter = worker(condition=condition, handle=partial(handlers.handle, handling.pause))
    other = worker(condition=condition)
    waiter.call("handle")
    waiter.call("condition.acquire")
    waiter.begin("condition.wait")
    is_interrupted(waiter)
    caller.shows("acquire(False) by another process", other.call("condition.acquire", False), expected=False)
    waiter.call("condition.release")
    other.call("condition.acquire")
    other.begin("condition.wait")
    kernel.shows("whether wait() of another process is blocked", other.is_stuck(), expected=True)
    with condition:
        condition.notify()
    caller.shows("wait() of another process after notify()", other.result(), expected=True)


@source("https://docs.python.org/3/library/threading.html#threading.Condition.wait")
def test_timed_wait_ends_amid_signals(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed wait ends after its timeout, even if signals keep arriving; so does a timed `wait_for`."""
    condition = mp.Condition()
    waiter = worker(
        condition=condition,
        wait=partial(handlers.amid_signals, condition, "wait"),
        wait_for=partial(handlers.amid_signals, condition, "wait_for"),
    )
    waiter.call("condition.acquire")
    caller.shows("how wait(0.05) ended", waiter.call("wait", 0.05), expected="ended")
    caller.shows("how wait_for(..., 0.05) ended", waiter.call("wait_for", bool, 0.05), expected="ended")


@source("https://bugs.python.org/issue34054")
def test_clock_may_be_set_meanwhile(mp: Multiprocessing, worker: MakeWorker, folder: Path) -> None:
    """A timed `wait_for` takes as long as its timeout says, even if the system's clock is set meanwhile."""
    condition, file, set_clock = mp.Condition(), folder / "file", surroundings.set_clock_again_and_again
    back, forward = (worker(condition=condition, set_clock=partial(set_clock, step)) for step in (-3600, 3600))
    for waiter in back, forward:
        waiter.call("set_clock")
    back.call("condition.acquire")
    ended = back.call("condition.wait_for", file.exists, 0.01)
    caller.shows("wait_for(..., 0.01), with the clock set back", ended, expected=False)
    back.call("condition.release")
    forward.call("condition.acquire")
    forward.begin("condition.wait_for", file.exists, 600)
    for _ in range(2):
        kernel.shows("whether wait_for(..., 600) is blocked", forward.is_stuck(), expected=True)
        with condition:
            condition.notify()
    kernel.shows("whether wait_for(..., 600) is blocked after notify()", forward.is_stuck(), expected=True)
    file.touch()
    with condition:
        condition.notify()
    caller.shows("wait_for(..., 600), with the clock set forward", forward.result(), expected=True)
