"""Waiting for an event: with and without a limit, and with signals."""

from __future__ import annotations

import time
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.event import payloads
from spec.claims.shared import handlers
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.witness import at_least, caller, kernel

pytestmark = [needs("Process", "Event"), managed_too]

WAIT = "https://docs.python.org/3/library/threading.html#threading.Event.wait"


@source(WAIT)
def test_waits_without_limit(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Without a timeout, or with None, `wait` waits until the event is set, however long that takes."""
    event = mp.Event()
    one, another = worker(event=event), worker(event=event)
    clocks = timed_waits()
    one.begin("event.wait")
    another.begin("event.wait", timeout=None)
    all_wait_without_limit({"wait()": one, "wait(timeout=None)": another}, clocks)
    event.set()
    caller.shows("what they return once it is set", [one.result(), another.result()], expected=[True, True])


@source(WAIT)
def test_wait_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed wait returns false, not before its timeout, or true if the event is set; zero or less does not wait."""
    event = mp.Event()
    waiter = worker(event=event)
    for seconds in 0.05, 0, -1:
        begun = time.monotonic()
        caller.shows(f"wait({seconds})", waiter.call("event.wait", seconds), expected=False)
        kernel.shows(f"the seconds that wait({seconds}) took", time.monotonic() - begun, expected=at_least(seconds))
        caller.shows(f"wait(timeout={seconds})", waiter.call("event.wait", timeout=seconds), expected=False)
    waiter.begin("event.wait", timeout=3600)
    kernel.shows("whether wait(timeout=3600) is blocked", waiter.blocks(), expected=True)
    event.set()
    caller.shows("wait(timeout=3600) once it is set", waiter.result(), expected=True)


@source("https://github.com/python/cpython/issues/76172", observed=True)
@source(WAIT, observed=True)
def test_waits_in_vain_leave_it_usable(mp: Multiprocessing, worker: MakeWorker) -> None:
    """However many waits of several processes have timed out, `set` does not block, and wakes those that wait."""
    event = mp.Event()
    impatient = [worker(event=event, wait=partial(payloads.time_out, event)) for _ in range(2)]
    for process in impatient:
        process.begin("wait", 50)
    caller.shows("how many waits saw the event set", [process.result() for process in impatient], expected=[0, 0])
    waiter, setter = impatient
    waiter.begin("event.wait")
    kernel.shows("whether wait() is blocked after that", waiter.blocks(), expected=True)
    setter.begin("event.set")
    kernel.shows("whether set() is blocked", setter.is_stuck(), expected=False)
    setter.result()
    caller.shows("what wait() returns", waiter.result(), expected=True)


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_wait_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that waits for an event handles signals, waits on, and goes on once the event is set."""
    event, handling = mp.Event(), checkpoint("handling")
    waiter = worker(event=event, handle=partial(handlers.handle, handling.pause))
    waiter.call("handle")
    for limit in [], [3600]:
        waiter.begin("event.wait", *limit)
        for _ in range(2):
            waits_through_a_signal(waiter, handling)
        event.set()
        caller.shows("what wait() returns once it is set", waiter.result(), expected=True)
        event.clear()


@source("https://github.com/getsentry/taskbroker/pull/764", observed=True)
@source("https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers", observed=True)
def test_interrupted_wait_leaves_it_usable(
    mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """After an exception of a signal handler has ended a wait, the event can be set and waited for as before."""
    event, handling = mp.Event(), checkpoint("handling")
    waiter = worker(event=event, handle=partial(handlers.handle, handling.pause))
    other, setter = worker(event=event), worker(event=event)
    waiter.call("handle")
    for process in other, waiter:
        process.begin("event.wait")
        kernel.shows("whether wait() is blocked", process.blocks(), expected=True)
    is_interrupted(waiter)
    setter.begin("event.set")
    kernel.shows("whether set() is blocked after one wait was interrupted", setter.is_stuck(), expected=False)
    setter.result()
    caller.shows("what wait() returns in the other process", other.result(), expected=True)
    caller.shows("what wait() returns in the one that was interrupted", waiter.call("event.wait"), expected=True)


@source(WAIT)
def test_timed_wait_ends_amid_signals(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed wait ends after its timeout, even if signals keep arriving."""
    event = mp.Event()
    waiter = worker(wait=partial(handlers.amid_signals, event, "wait"))
    caller.shows("how wait(0.05) ended", waiter.call("wait", 0.05), expected="ended")
