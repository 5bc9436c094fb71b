"""A counter in a manager, which several children decrement with and without a lock."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.sharing import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.stillness import WATCHED
from spec.harness.witness import caller, gatekeeper, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Lock", "Manager")


@source("impl.sharing.count_down")
@source("impl.sharing.take_one")
def test_counts_down_under_the_lock(
    mp: Multiprocessing, lesson: Lesson, scale: int, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, ten children count down from 100 to 90, and each reads what the child before it has written."""
    working, children = checkpoint("working"), 10 * scale
    main = forked_call(lesson.count_down, mp, 100 * scale, children, working.pause)
    pids = {main.pid}
    for taken in range(children):
        if taken < WATCHED:
            main.until_still(lambda: working.reached)
        arrival = working.next()
        read = [waiting.notes for waiting in working.waiting]
        gatekeeper.shows("what each child between read and write has read", read, expected=[(100 * scale - taken,)])
        pids.add(arrival.let_go().pid)
    caller.shows("the final count", main.result(), expected=90 * scale)
    kernel.shows("the number of processes, including main", len(pids), expected=children + 1)


@source("impl.sharing.count_down")
@source("impl.sharing.take_one")
def test_loses_updates_without_the_lock(
    mp: Multiprocessing, lesson: Lesson, scale: int, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """Without the lock, ten children that all read a counter of 100 before any of them writes leave it at 99."""
    working, children = checkpoint("working"), 10 * scale
    main = forked_call(lesson.count_down, mp, 100 * scale, children, working.pause, False)
    main.until_still(lambda: len(working.waiting) >= children)
    gatekeeper.shows("what each child read", [a.notes for a in working.waiting], expected=[(100 * scale,)] * children)
    pids = {main.pid, *(arrival.pid for arrival in working.waiting)}
    kernel.shows("the number of processes, including main", len(pids), expected=children + 1)
    working.open()
    caller.shows("the final count", main.result(), expected=100 * scale - 1)


@source("impl.sharing.take_one")
def test_any_number_count_down(
    mp: Multiprocessing, lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """With the lock, any number of children each subtract one from any counter, one at a time."""
    working, lock, counter = checkpoint("working"), mp.Lock(), manager.dict(num=0)
    staff = [worker(take=partial(lesson.take_one, counter, lock, working.pause)) for _ in range(5)]

    @given(start=st.integers(), workers=st.integers(1, 5))
    @example(start=100, workers=5)
    def count_down(start: int, workers: int) -> None:
        counter["num"] = start
        for member in staff[:workers]:
            member.begin("take")
        for taken in range(workers):
            inside = working.next()
            gatekeeper.shows("the number that the child read", inside.notes, expected=(start - taken,))
            gatekeeper.shows("the number of children between read and write", len(working.waiting), expected=1)
            inside.let_go()
        for member in staff[:workers]:
            member.result()
        caller.shows("the final count", counter["num"], expected=start - workers)

    count_down()


@source("impl.sharing.take_one")
def test_any_number_lose_updates_without(
    lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without the lock, any number of children that all read any counter before any writes subtract one in total."""
    working, counter = checkpoint("working"), manager.dict(num=0)
    staff = [worker(take=partial(lesson.take_one, counter, nullcontext(), working.pause)) for _ in range(5)]

    @given(start=st.integers(), workers=st.integers(1, 5))
    @example(start=100, workers=5)
    def count_down(start: int, workers: int) -> None:
        counter["num"] = start
        for member in staff[:workers]:
            member.begin("take")
        arrivals = working.wait_for(workers)
        gatekeeper.shows(
            "what each child read", [arrival.notes for arrival in arrivals], expected=[(start,)] * workers
        )
        for arrival in arrivals:
            arrival.let_go()
        for member in staff[:workers]:
            member.result()
        caller.shows("the final count", counter["num"], expected=start - 1)

    count_down()


@source("impl.sharing.take_one")
def test_others_wait_for_the_lock(
    mp: Multiprocessing, lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """With the lock, while one child is between its read and its write, all others are blocked before their read."""
    working, lock, counter = checkpoint("working"), mp.Lock(), manager.dict(num=100)
    staff = [worker(take=partial(lesson.take_one, counter, lock, working.pause)) for _ in range(3)]
    staff[0].begin("take")
    inside = working.next()
    for other in staff[1:]:
        other.begin("take")
    kernel.shows("whether the others are blocked", [other.blocks() for other in staff[1:]], expected=[True, True])
    gatekeeper.shows("which processes have read", [arrival.pid for arrival in working.waiting], expected=[inside.pid])
    for number in (100, 99, 98):
        gatekeeper.shows(
            "the number that the next child reads",
            (inside if number == 100 else working.next()).let_go().notes,
            expected=(number,),
        )


@source("impl.sharing.take_one")
def test_failing_child_releases_the_lock(
    mp: Multiprocessing, lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A child that fails between its read and its write releases the lock, and has changed nothing."""
    working, lock, counter = checkpoint("working"), mp.Lock(), manager.dict(num=100)
    unlucky = worker(take=partial(lesson.take_one, counter, lock, payloads.fail))
    lucky = worker(take=partial(lesson.take_one, counter, lock, working.pause))
    with refuses(CallFailed, "WorkFailed"):
        unlucky.call("take")
    caller.shows("whether the lock is free", lock.acquire(False), expected=True)
    lock.release()
    lucky.begin("take")
    gatekeeper.shows("the number that the next child reads", working.next().let_go().notes, expected=(100,))
    lucky.result()
    caller.shows("the final count", counter["num"], expected=99)


@source("https://docs.python.org/3/reference/simple_stmts.html#augmented-assignment-statements")
def test_subtraction_in_place_loses_updates(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Subtraction in place is a read and a write: if two children do it at once, one update is lost."""
    subtracting = checkpoint("subtracting")
    counter = manager.dict(num=payloads.PausingNumber(100, subtracting.pause))
    first, second = (worker(subtract=partial(payloads.subtract, counter)) for _ in range(2))
    first.begin("subtract")
    second.begin("subtract")
    arrivals = subtracting.wait_for(2)
    kernel.shows("which processes subtract", {arrival.pid for arrival in arrivals}, expected={first.pid, second.pid})
    gatekeeper.shows("what each child read", [arrival.let_go().notes for arrival in arrivals], expected=[(100,)] * 2)
    first.result(), second.result()
    caller.shows("the final count", counter["num"], expected=99)
