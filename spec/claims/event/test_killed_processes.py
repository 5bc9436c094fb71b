"""What becomes of an event when a process that uses it is killed, is stopped, gets a signal, or ends."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.event import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.checkpoint import Checkpoint
from spec.harness.process_table import ALIVE, state
from spec.harness.stillness import is_stopped, until_still
from spec.harness.witness import caller, gatekeeper, kernel, other_than
from spec.harness.worker import Worker

pytestmark = [needs("Process", "Event"), managed_too]

EVENT_SET = "https://docs.python.org/3/library/threading.html#threading.Event.set"


def waits(waiter: Worker) -> Worker:
    """State that `wait` by *waiter* blocks, and return the waiter."""
    waiter.begin("event.wait")
    kernel.shows("whether wait() is blocked", waiter.blocks(), expected=True)
    return waiter


def waits_and_is_stopped(waiter: Worker) -> Worker:
    """State that `wait` by *waiter* blocks, stop the waiter by SIGSTOP, and return it."""
    os.kill(waits(waiter).pid, signal.SIGSTOP)
    kernel.shows("whether the waiter is stopped", is_stopped(waiter.pid), expected=True)
    return waiter


def sets(setter: Worker) -> None:
    """State that `set` by *setter* does not wait for other processes."""
    setter.begin("event.set")
    kernel.shows("whether set() is blocked", setter.is_stuck(), expected=False)
    setter.result()


def handler_is_answered(process: Worker, asked: Checkpoint) -> None:
    """State that the handler of `payloads.ask_on_signal` in *process* clears the event and gets an answer."""
    os.kill(process.pid, signal.SIGUSR1)
    until_still(lambda: asked.reached)
    gatekeeper.shows("whether the handler has its answer", asked.reached, expected=True)
    gatekeeper.shows("is_set() in the handler", asked.next().let_go().notes, expected=(False,))


@source("https://github.com/python/cpython/issues/75158")
@source(EVENT_SET, observed=True)
def test_killed_waiter_stops_no_setter(mp: Multiprocessing, worker: MakeWorker) -> None:
    """When a process was killed while it waited for an event, `set` returns, and wakes the others."""
    event = mp.Event()
    victim, heir = waits(worker(event=event)), waits(worker(event=event))
    victim.kill()
    kernel.shows("the state of the killed waiter", state(victim.pid), expected=other_than(ALIVE))
    sets(worker(event=event))
    caller.shows("wait() of the waiter that is left", heir.result(), expected=True)


@source("https://github.com/python/cpython/issues/75158", observed=True)
@source(EVENT_SET, observed=True)
def test_stopped_waiter_stops_no_setter(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`set` returns while a process that waits is stopped; that process goes on once it continues."""
    event = mp.Event()
    stopped = waits_and_is_stopped(worker(event=event))
    sets(worker(event=event))
    os.kill(stopped.pid, signal.SIGCONT)
    caller.shows("wait() of the process that was stopped", stopped.result(), expected=True)


@source("https://github.com/python/cpython/issues/95826")
@source("https://docs.python.org/3/library/threading.html#threading.Event.wait")
def test_wait_is_true_though_it_is_cleared_at_once(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A wait that is under way when the event is set returns true, even if it is cleared before the process runs."""
    event = mp.Event()
    waiter, setter, clearer = (worker(event=event) for _ in range(3))
    for _ in range(ROUNDS):
        waits_and_is_stopped(waiter)
        for process, method in (setter, "set"), (clearer, "clear"):
            process.begin(f"event.{method}")
            until_still()  # it may have to wait for the process that is stopped
        os.kill(waiter.pid, signal.SIGCONT)
        for process in setter, clearer:
            process.result()
        caller.shows("what wait() returns", waiter.result(), expected=True)


ROUNDS = 3
"""If an implementation is at fault, it is so nearly each time: only now and then the waiter is before `clear`."""


@source("https://github.com/python/cpython/issues/88304", observed=True)
@source(EVENT_SET, observed=True)
def test_killed_setter_leaves_it_usable(mp: Multiprocessing, worker: MakeWorker) -> None:
    """When a process is killed while it sets an event, others can still ask whether it is set, and are woken."""
    event = mp.Event()
    stopped, setter, other = waits_and_is_stopped(worker(event=event)), worker(event=event), worker(event=event)
    setter.begin("event.set")
    until_still()
    setter.kill()
    os.kill(stopped.pid, signal.SIGCONT)
    other.begin("event.is_set")
    kernel.shows("whether is_set() is blocked", other.is_stuck(), expected=False)
    caller.shows("is_set()", other.result(), expected=True)
    caller.shows("wait() of the process that was stopped meanwhile", stopped.result(), expected=True)


@source(EVENT_SET)
def test_stays_set_after_its_setter(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An event that a process has set is still set when that process was killed, until another one clears it."""
    event = mp.Event()
    setter, other = worker(event=event), worker(event=event)
    setter.call("event.set")
    setter.kill()
    caller.shows("is_set() and wait() in another process", _seen_by(other), expected=[True, True])
    event.clear()
    other.begin("event.wait")
    kernel.shows("whether wait() is blocked after clear()", other.blocks(), expected=True)


def _seen_by(process: Worker) -> list[object]:
    return [process.call("event.is_set"), process.call("event.wait")]


@source("https://github.com/python/cpython/issues/85772")
@source("https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers", observed=True)
def test_waiters_handler_may_set(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process whose signal handler sets the very event that the process waits for goes on."""
    event = mp.Event()
    waiter = worker(event=event, handle=partial(payloads.set_on_signal, event))
    waiter.call("handle")
    waits(waiter)
    os.kill(waiter.pid, signal.SIGUSR1)
    kernel.shows(
        "whether the waiter is blocked after its handler has set the event", waiter.is_stuck(), expected=False
    )
    caller.shows("wait()", waiter.result(), expected=True)


@source("https://github.com/python/cpython/issues/126434", observed=True)
@source("https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers", observed=True)
def test_waiters_handler_may_ask(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A signal handler may clear the event that its process waits for, and ask for its state; the wait goes on."""
    event, asked = mp.Event(), checkpoint("asked")
    waiter = worker(event=event, handle=partial(payloads.ask_on_signal, event, asked.pause))
    waiter.call("handle")
    waits(waiter)
    handler_is_answered(waiter, asked)
    kernel.shows("whether wait() is blocked after that", waiter.blocks(), expected=True)
    event.set()
    caller.shows("wait() once the event is set", waiter.result(), expected=True)


@source("https://github.com/python/cpython/issues/126434")
@source("https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers", observed=True)
def test_setters_handler_may_ask(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A signal handler may clear the event that its process is just setting, and ask for its state."""
    event, asked = mp.Event(), checkpoint("asked")
    setter = worker(event=event, handle=partial(payloads.ask_on_signal, event, asked.pause))
    setter.call("handle")
    stopped = waits_and_is_stopped(worker(event=event))
    setter.begin("event.set")
    until_still()
    handler_is_answered(setter, asked)
    os.kill(stopped.pid, signal.SIGCONT)
    setter.result()
