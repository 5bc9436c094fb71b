"""Waiting at a barrier: who is held, who goes on, and what the action of a barrier does."""

from __future__ import annotations

import time
from functools import partial
from threading import BrokenBarrierError
from typing import Any

from spec.claims.barrier import payloads
from spec.claims.barrier.scenes import begin_to_wait
from spec.claims.shared import handlers
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import fresh_memory, managed_too, needs, source, unmanaged, where
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.witness import at_least, caller, gatekeeper, kernel, one_of, refuses
from spec.harness.worker import CallFailed
from spec.models.barrier_model import BarrierModel

pytestmark = [needs("Process", "Barrier"), managed_too]

THREADING = "https://docs.python.org/3/library/threading.html#"


@source(THREADING + "threading.Barrier.wait")
def test_is_used_again_and_again(mp: Any, worker: MakeWorker, scale: int) -> None:
    """Parties that wait at one barrier a hundred times pass it together, and get different numbers, each time."""
    count, barrier = 100 * scale, mp.Barrier(3)
    parties = [worker(rounds=partial(payloads.rounds, barrier)) for _ in range(3)]
    for party in parties:
        party.begin("rounds", count)
    numbers = [sorted(together) for together in zip(*(party.result() for party in parties))]
    caller.shows("what wait() returned, round by round", numbers, expected=[[0, 1, 2]] * count)


@source(THREADING + "threading.Barrier")
def test_one_party_passes_at_once(mp: Any, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """A process that waits at a barrier of one party passes at once, after the action."""
    acting = checkpoint("acting")
    barrier = mp.Barrier(1, acting.pause)
    party = worker(barrier=barrier)
    for _ in range(2):
        party.begin("barrier.wait")
        acting.next().let_go()
        caller.shows("wait() at a barrier of one party", party.result(), expected=0)


@source(THREADING + "threading.Barrier")
def test_action_runs_before_any_goes_on(mp: Any, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """The action runs once, when all parties have come, and until it returns no party goes on."""
    acting = checkpoint("acting")
    barrier = mp.Barrier(3, acting.pause)
    parties = [worker(barrier=barrier) for _ in range(3)]
    begin_to_wait(*parties[:2])
    gatekeeper.shows("whether the action runs before the last party has come", acting.reached, expected=False)
    parties[2].begin("barrier.wait")
    arrival = acting.next()
    blocked = [party.is_stuck() for party in parties]
    kernel.shows("whether each party waits while the action runs", blocked, expected=[True] * 3)
    arrival.let_go()
    numbers = sorted(party.result() for party in parties)
    caller.shows("what wait() returned", numbers, expected=[0, 1, 2])
    gatekeeper.shows("how many more actions run", len(acting.waiting), expected=0)


@source(THREADING + "threading.Barrier")
@source(THREADING + "threading.BrokenBarrierError")
def test_failed_action_breaks_it(mp: Any, worker: MakeWorker) -> None:
    """If the action raises an exception, the last party gets it, and the others get BrokenBarrierError."""
    barrier = mp.Barrier(2, payloads.fail)
    party, last = worker(barrier=barrier), worker(barrier=barrier)
    begin_to_wait(party)
    with refuses(CallFailed, payloads.StormComes.__name__):
        last.call("barrier.wait")
    with refuses(CallFailed, "BrokenBarrierError"):
        party.result()
    caller.shows("broken", barrier.broken, expected=True)


@source(THREADING + "threading.Barrier.wait")
@source(THREADING + "threading.BrokenBarrierError")
def test_late_party_breaks_it_for_all(mp: Any, worker: MakeWorker) -> None:
    """Once the timeout of one wait has passed, it and all other waits, and later ones, raise BrokenBarrierError."""
    barrier = mp.Barrier(3)
    patient, hasty = worker(barrier=barrier), worker(barrier=barrier)
    begin_to_wait(patient)
    begun = time.monotonic()
    with refuses(CallFailed, "BrokenBarrierError"):
        hasty.call("barrier.wait", timeout=0.05)
    kernel.shows("the seconds that wait(timeout=0.05) took", time.monotonic() - begun, expected=at_least(0.05))
    with refuses(CallFailed, "BrokenBarrierError"):
        patient.result()
    with refuses(CallFailed, "BrokenBarrierError"):
        hasty.call("barrier.wait")


@source(THREADING + "threading.Barrier")
def test_may_have_a_timeout_of_its_own(mp: Any, worker: MakeWorker) -> None:
    """The timeout that a barrier is made with counts for each wait without one, and for no wait that has one."""
    barrier = mp.Barrier(2, timeout=0.05)
    one, another = worker(barrier=barrier), worker(barrier=barrier)
    begun = time.monotonic()
    with refuses(CallFailed, "BrokenBarrierError"):
        one.call("barrier.wait")
    kernel.shows("the seconds that wait() took", time.monotonic() - begun, expected=at_least(0.05))
    barrier.reset()
    one.begin("barrier.wait", 3600)
    kernel.shows("whether wait(3600) is blocked", one.is_stuck(), expected=True)
    with refuses(BrokenBarrierError):
        mp.Barrier(2, timeout=0.05).wait()  # as long as the other barrier would wait
    kernel.shows("whether wait(3600) is blocked after that time", one.is_stuck(), expected=True)
    numbers = sorted([another.call("barrier.wait"), one.result()])
    caller.shows("what wait() returned", numbers, expected=[0, 1])


@source(THREADING + "threading.Barrier.wait")
def test_waits_without_limit(mp: Any, worker: MakeWorker) -> None:
    """Without a timeout, `wait` waits for the last party, however long that takes."""
    barrier = mp.Barrier(3)
    one, another, last = (worker(barrier=barrier) for _ in range(3))
    clocks = timed_waits()
    for party in one, another:
        party.begin("barrier.wait")
    all_wait_without_limit({"wait() of the first party": one, "wait() of the second party": another}, clocks)
    last.call("barrier.wait")
    for party in one, another:
        party.result()


@source(THREADING + "threading.Barrier.abort")
@source(THREADING + "threading.Barrier.reset")
def test_can_be_reset_after_an_abort(mp: Any, worker: MakeWorker) -> None:
    """After an abort by any process and a reset by another one, as many parties as before pass it together."""
    barrier = mp.Barrier(2)
    one, another = worker(barrier=barrier), worker(barrier=barrier)
    begin_to_wait(one)
    another.call("barrier.abort")
    with refuses(CallFailed, "BrokenBarrierError"):
        one.result()
    caller.shows("broken", barrier.broken, expected=True)
    one.call("barrier.reset")
    begin_to_wait(another)
    caller.shows("n_waiting", barrier.n_waiting, expected=1)
    numbers = sorted([one.call("barrier.wait"), another.result()])
    caller.shows("what wait() returned", numbers, expected=[0, 1])


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_signal_lets_nobody_through(mp: Any, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """A party that waits handles a signal and goes on waiting; if the handler raises, the party counts no more."""
    barrier, handling = mp.Barrier(2), checkpoint("handling")
    party = worker(barrier=barrier, handle=partial(handlers.handle, handling.pause))
    others = [worker(barrier=barrier) for _ in range(2)]
    party.call("handle")
    party.begin("barrier.wait")
    waits_through_a_signal(party, handling)
    is_interrupted(party)
    begin_to_wait(others[0])
    numbers = sorted([others[1].call("barrier.wait"), others[0].result()])
    caller.shows("what wait() returned to two others", numbers, expected=[0, 1])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Barrier")
def test_threads_and_processes_are_parties_alike(mp: Any, worker: MakeWorker) -> None:
    """Two threads of one process and a second process pass a barrier of three parties together."""
    barrier = mp.Barrier(3)
    threads, process = worker(wait=partial(payloads.pass_in_threads, barrier)), worker(barrier=barrier)
    threads.begin("wait", 2)
    kernel.shows("whether the threads are blocked", threads.is_stuck(), expected=True)
    number = process.call("barrier.wait")
    caller.shows("the numbers", sorted([number, *threads.result()]), expected=[0, 1, 2])


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_is_handed_on_to_a_childs_child(mp: Any, worker: MakeWorker) -> None:
    """A child's child that was given the barrier is a party like any other."""
    barrier = mp.Barrier(2)
    child = worker(wait_in_a_child=partial(payloads.wait_in_a_child, mp.Process, barrier))
    party = worker(barrier=barrier)
    begin_to_wait(party)
    child.call("wait_in_a_child")
    caller.shows("wait() of the other party", party.result(), expected=one_of(0, 1))


@source(THREADING + "barrier-objects")
def test_any_sequence_of_operations(mp: Any, worker: MakeWorker) -> None:
    """Over any sequence of waits, aborts and resets, two parties pass together, and nobody passes a broken one."""
    BarrierModel.verify(partial(mp.Barrier, 2), worker)


@where(fresh_memory)
@where(unmanaged)
@needs("get_context")
@source("https://github.com/python/cpython/issues/77377")
def test_made_for_forks_is_refused_elsewhere(mp: Any) -> None:
    """Starting a child that is not forked with a barrier made for forked children raises `RuntimeError`."""
    barrier = mp.get_context("fork").Barrier(1)
    child = mp.Process(target=payloads.wait_once, args=(barrier,))
    with refuses(RuntimeError):
        child.start()
    caller.shows("wait() after that", barrier.wait(), expected=0)
    caller.shows("the active children", mp.active_children(), expected=[])
