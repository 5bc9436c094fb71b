"""What becomes of a barrier when a party is killed, is stopped, or has a signal handler that uses it."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import Any

from spec.claims.barrier import payloads
from spec.claims.barrier.scenes import begin_to_wait
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.harness.process_table import ALIVE, state
from spec.harness.stillness import is_stopped
from spec.harness.witness import caller, kernel, other_than, refuses
from spec.harness.worker import CallFailed

pytestmark = [needs("Process", "Barrier"), managed_too]


@source("https://github.com/python/cpython/issues/123899")
@source("https://docs.python.org/3/library/threading.html#barrier-objects", observed=True)
def test_killed_party_hangs_nobody(mp: Any, worker: MakeWorker) -> None:
    """When a party was killed while it waited, the last one does not hang: it passes, or finds the barrier broken."""
    barrier = mp.Barrier(2)
    victim, last = worker(barrier=barrier), worker(barrier=barrier)
    begin_to_wait(victim)
    victim.kill()
    kernel.shows("the state of the killed party", state(victim.pid), expected=other_than(ALIVE))
    last.begin("barrier.wait", 3600)
    kernel.shows("whether the last party is blocked in wait()", last.is_stuck(), expected=False)


@source("https://github.com/python/cpython/issues/123899", observed=True)
@source("https://docs.python.org/3/library/threading.html#threading.Barrier.abort", observed=True)
def test_can_be_aborted_after_a_party_was_killed(mp: Any, worker: MakeWorker) -> None:
    """When a party was killed while it waited, `abort` returns, and ends the waits of the others."""
    barrier = mp.Barrier(3)
    victim, other, aborter = (worker(barrier=barrier) for _ in range(3))
    begin_to_wait(victim, other)
    victim.kill()
    aborter.begin("barrier.abort")
    kernel.shows("whether abort() is blocked", aborter.is_stuck(), expected=False)
    aborter.result()
    with refuses(CallFailed, "BrokenBarrierError"):
        other.result()


@source("https://man7.org/linux/man-pages/man7/signal.7.html", observed=True)
def test_stopped_party_passes_once_it_continues(mp: Any, worker: MakeWorker) -> None:
    """A party that is stopped while it waits, and continues after the last one has come, passes the barrier."""
    barrier = mp.Barrier(2)
    party, last = worker(barrier=barrier), worker(barrier=barrier)
    begin_to_wait(party)
    os.kill(party.pid, signal.SIGSTOP)
    kernel.shows("whether the party is stopped", is_stopped(party.pid), expected=True)
    last.begin("barrier.wait")
    os.kill(party.pid, signal.SIGCONT)
    numbers = sorted([party.result(), last.result()])
    caller.shows("what wait() returned", numbers, expected=[0, 1])


@where(unmanaged)
@source("https://github.com/python/cpython/issues/126434", observed=True)
@source("https://docs.python.org/3/library/threading.html#threading.Barrier.abort", observed=True)
def test_waiters_handler_may_abort(mp: Any, worker: MakeWorker) -> None:
    """A process whose signal handler aborts the very barrier that the process waits at gets BrokenBarrierError."""
    barrier = mp.Barrier(2)
    party = worker(barrier=barrier, handle=partial(payloads.abort_on_signal, barrier))
    party.call("handle")
    begin_to_wait(party)
    os.kill(party.pid, signal.SIGUSR1)
    kernel.shows("whether the party is blocked after its handler has aborted", party.is_stuck(), expected=False)
    with refuses(CallFailed, "BrokenBarrierError"):
        party.result()
