"""Calls that wait without limit, calls that give up, and what it costs to tell them apart."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Callable

import pytest

from spec.engine.claims import node_ids
from spec.harness import held_waits
from spec.harness.forked_call import ForkedCall
from spec.harness.held_waits import HOLD_SECONDS, all_wait_without_limit, ends_by_itself, timed_waits
from spec.harness.witness import Violation
from spec.harness.worker import Worker
from spec.selftest import processes
from spec.selftest.conftest import Fork
from spec.selftest.runs import verify

mp: Any = multiprocessing.get_context("fork")

MakeWaiter = Callable[[Callable[..., object]], Worker]

UNLIMITED_CLAIMS = (
    "lifecycle.join-waits-without-limit",
    "lock.acquire-waits-without-limit",
    "queue.waits-without-limit",
    "joinable.join-waits-without-limit",
    "sharing.call-waits-without-limit",
)


@pytest.fixture(autouse=True)
def short_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold for 1 s only."""
    monkeypatch.setattr(held_waits, "HOLD_SECONDS", 1.0)


@pytest.fixture
def long_hold(monkeypatch: pytest.MonkeyPatch, short_hold: None) -> None:  # noqa: ARG001  this one must come later
    """Hold as long as claims do, where that costs nothing: what ends a hold comes late on a busy machine."""
    monkeypatch.setattr(held_waits, "HOLD_SECONDS", HOLD_SECONDS)


@pytest.fixture
def waiter(tmp_path: Path, nothing_left: None) -> Iterator[MakeWaiter]:  # noqa: ARG001  it must close after this one
    """Make workers that are in a call of a function."""
    numbers, made = count(), []

    def make(function: Callable[..., object]) -> Worker:
        made.append(Worker(mp, tmp_path / f"worker-{next(numbers)}", function=function, prepare=prepare))
        made[-1].call("prepare")
        made[-1].begin("function")
        return made[-1]

    yield make
    for worker in made:
        worker.close()


def prepare() -> None:
    """Remove the handler of pytest-timeout, which a fork inherits: it looks like a timer."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def never() -> None:
    threading.Event().wait()


def polls() -> None:
    while True:
        time.sleep(0.005)


def gives_up_by_alarm() -> str:
    def interrupt(_number: int, _frame: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    with suppress(TimeoutError):
        threading.Event().wait()
    return "gave up"


def seconds_of(calls: dict[str, Any], *clocks: set[int]) -> float:
    begun = time.monotonic()
    all_wait_without_limit(calls, *clocks)
    return time.monotonic() - begun


@pytest.mark.usefixtures("long_hold")
def test_what_the_kernel_decides_is_not_held(waiter: MakeWaiter) -> None:
    assert seconds_of({"first": waiter(never), "second": waiter(never)}) < held_waits.HOLD_SECONDS


def test_what_polls_is_held(waiter: MakeWaiter) -> None:
    assert seconds_of({"first": waiter(never), "second": waiter(polls)}) > held_waits.HOLD_SECONDS


@pytest.mark.usefixtures("long_hold")
@pytest.mark.parametrize("gives_up", [gives_up_by_alarm, lambda: time.sleep(0.3)], ids=["alarm", "sleep"])
def test_what_gives_up_is_violated(waiter: MakeWaiter, gives_up: Callable[[], object]) -> None:
    with pytest.raises(
        Violation, match=r"the call get\(\): expected to wait, seen to have ended after \d+\.\d s: it "
    ):
        all_wait_without_limit({"put()": waiter(never), "get()": waiter(gives_up)})


@pytest.mark.usefixtures("long_hold")
def test_forked_call_that_gives_up_is_violated(tmp_path: Path, nothing_left: None) -> None:  # noqa: ARG001
    with pytest.raises(Violation, match=r"the call join\(\): .* ended after \d+\.\d s: it returned"):
        all_wait_without_limit({"join()": ForkedCall(tmp_path / "outcome", time.sleep, 0.3)})


def test_worker_that_exits_is_violated(waiter: MakeWaiter) -> None:
    worker = waiter(polls)
    worker.kill()
    with pytest.raises(Violation, match="it has ended its process"):
        all_wait_without_limit({"get()": worker})


@pytest.mark.usefixtures("nothing_left", "long_hold")
def test_tells_a_call_that_ends_from_one_that_does_not(tmp_path: Path) -> None:
    """A call that takes long ends by itself; one that waits for ever does not, which the kernel tells soon."""

    def waits_for_ever() -> None:
        prepare()
        never()

    begun = time.monotonic()
    waits = ForkedCall(tmp_path / "waits", waits_for_ever)
    assert not ends_by_itself(waits)
    assert time.monotonic() - begun < held_waits.HOLD_SECONDS
    assert waits.running
    waits.kill()
    for call in (lambda: time.sleep(0.3), lambda: 1 // 0):
        assert ends_by_itself(ForkedCall(tmp_path / f"outcome-{id(call)}", call))


@pytest.mark.usefixtures("nothing_left")
def test_call_that_takes_too_long_does_not_end_by_itself(tmp_path: Path) -> None:
    sleeps = ForkedCall(tmp_path / "sleeps", time.sleep, 3600)
    assert not ends_by_itself(sleeps)
    sleeps.kill()


def test_clock_of_another_process_may_tick(waiter: MakeWaiter, fork: Fork) -> None:
    """What has ticked before is no reason to hold; what begins to tick with the call is one."""
    fork(time.sleep, 3600)
    clocks = timed_waits()
    call = {"get()": waiter(never)}
    assert seconds_of(call, clocks) < held_waits.HOLD_SECONDS
    assert seconds_of(call) > held_waits.HOLD_SECONDS
    fork(processes.wait)
    fork(time.sleep, 3600)
    assert seconds_of(call, clocks) > held_waits.HOLD_SECONDS


def test_sound_apis_that_wait_in_their_own_ways_pass() -> None:
    """Polling, waiting in slices and other primitives are no faults, and are held within the time of a claim."""
    contexts = {
        "polls": UNLIMITED_CLAIMS[:3],
        "waits-in-slices": UNLIMITED_CLAIMS[3:],
        "of-other-primitives": UNLIMITED_CLAIMS,
    }
    nodes = [f"{node_ids()[claim]}[spec.selftest.patient:{name}]" for name in contexts for claim in contexts[name]]
    run = verify(*nodes, "--mp=spec.selftest.patient", "-n", "10")
    assert list(run.verdicts.values()) == ["holds"] * len(nodes)


def test_hold_is_longer_than_half_a_minute() -> None:
    assert 30 < HOLD_SECONDS < 60
