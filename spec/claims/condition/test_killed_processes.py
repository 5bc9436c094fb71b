"""What becomes of a condition when a process that uses it is killed, is stopped, or gets a signal."""

from __future__ import annotations

import os
import signal
from functools import partial

from impl.contract import Condition, Multiprocessing
from spec.claims.condition import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.process_table import ALIVE, state
from spec.harness.stillness import is_stopped
from spec.harness.witness import caller, kernel, other_than
from spec.harness.worker import Worker

pytestmark = [needs("Process", "Condition"), managed_too]


def two_wait(condition: Condition, worker: MakeWorker) -> tuple[Worker, Worker]:
    """Start two workers that wait for the condition, and return them."""
    first, second = worker(condition=condition), worker(condition=condition)
    for waiter in first, second:
        waiter.call("condition.acquire")
        waiter.begin("condition.wait")
        kernel.shows("whether wait() is blocked", waiter.is_stuck(), expected=True)
    return first, second


def notifies_all(notifier: Worker) -> None:
    """State that `notify_all` by *notifier* does not wait for anything but the lock."""
    notifier.call("condition.acquire")
    notifier.begin("condition.notify_all")
    kernel.shows("whether notify_all() is blocked", notifier.is_stuck(), expected=False)
    notifier.result()
    notifier.call("condition.release")


@source("https://github.com/python/cpython/issues/75158")
@source("https://docs.python.org/3/library/threading.html#threading.Condition.notify", observed=True)
def test_killed_waiter_stops_no_notifier(mp: Multiprocessing, worker: MakeWorker) -> None:
    """When a process was killed while it waited for a condition, `notify_all` returns, and wakes the others."""
    condition = mp.Condition()
    victim, heir = two_wait(condition, worker)
    victim.kill()
    kernel.shows("the state of the killed waiter", state(victim.pid), expected=other_than(ALIVE))
    notifies_all(worker(condition=condition))
    caller.shows("wait() of the waiter that is left", heir.result(), expected=True)


@source("https://github.com/python/cpython/issues/75158", observed=True)
@source("https://docs.python.org/3/library/threading.html#threading.Condition.notify", observed=True)
def test_stopped_waiter_stops_no_notifier(mp: Multiprocessing, worker: MakeWorker) -> None:
    """`notify_all` returns even if a process that waits is stopped; that process goes on once it is continued."""
    condition = mp.Condition()
    stopped, other = two_wait(condition, worker)
    os.kill(stopped.pid, signal.SIGSTOP)
    kernel.shows("whether the waiter is stopped", is_stopped(stopped.pid), expected=True)
    notifies_all(worker(condition=condition))
    caller.shows("wait() of the waiter that is not stopped", other.result(), expected=True)
    other.call("condition.release")
    os.kill(stopped.pid, signal.SIGCONT)
    caller.shows("wait() of the one that was stopped", stopped.result(), expected=True)


@source("https://github.com/apache/thrift/pull/3633")
@source("https://docs.python.org/3/library/threading.html#threading.Condition.notify", observed=True)
def test_waiters_handler_may_notify(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process whose signal handler notifies the very condition that the process waits for goes on."""
    condition = mp.Condition()
    waiter = worker(condition=condition, handle=partial(payloads.notify_on_signal, condition))
    waiter.call("handle")
    waiter.call("condition.acquire")
    waiter.begin("condition.wait")
    kernel.shows("whether wait() is blocked", waiter.is_stuck(), expected=True)
    os.kill(waiter.pid, signal.SIGUSR1)
    kernel.shows("whether the waiter is blocked after its handler has notified", waiter.is_stuck(), expected=False)
    caller.shows("wait()", waiter.result(), expected=True)


@source("https://github.com/python/cpython/issues/88304", observed=True)
def test_killed_notifier_leaves_it_held(mp: Multiprocessing, worker: MakeWorker) -> None:
    """When a process is killed after it has notified, with the lock held, the woken processes wait for the lock."""
    condition = mp.Condition()
    waiters, notifier = two_wait(condition, worker), worker(condition=condition)
    for method in "acquire", "notify_all":
        notifier.call(f"condition.{method}")
    notifier.kill()
    kernel.shows("the state of the killed notifier", state(notifier.pid), expected=other_than(ALIVE))
    blocked = [waiter.is_stuck() for waiter in waiters]
    kernel.shows("whether each is blocked in wait()", blocked, expected=[True, True])
    caller.shows("acquire(False) by another process", condition.acquire(False), expected=False)
