"""Fanout: many children in a loop."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial

from hypothesis import example, given, settings
from hypothesis import strategies as st

from impl.contract import Multiprocessing, Process, Task
from spec.claims.fanout import payloads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.process_table import ALIVE, GONE, state, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, gatekeeper, kernel, recorder

pytestmark = needs("Process")

ENDS = ["well", "raises", "exits", "is killed"]
"""How a child can end."""

some_ends = st.lists(st.sampled_from(ENDS), min_size=1, max_size=3)


def works(log: Recorder, ends: list[str]) -> list[Task]:
    """Return a task for each of the *ends*: it records its number, and ends its process in that way."""
    return [partial(payloads.work, log, number, how) for number, how in enumerate(ends)]


def only_the_failed_failed(ends: list[str], worked: list[int], children: Iterable[Process]) -> None:
    """State that exactly those *children* whose end is "well" have *worked*, and have exit code 0."""
    well = [number for number, how in enumerate(ends) if how == "well"]
    recorder.shows("the numbers of the children that did the work", worked, expected=well)
    exited = [number for number, child in enumerate(children) if child.exitcode == 0]
    caller.shows("the numbers of the children with exit code 0", exited, expected=well)


@source("impl.fanout.one_by_one")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_one_by_one_takes_turns(
    mp: Multiprocessing, lesson: Lesson, scale: int, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """With `join()` inside the loop, ten children run in order, and each is gone before the next is started."""
    working, previous, numbers = checkpoint("working"), None, range(10 * scale)
    main = forked_call(payloads.run, lesson.one_by_one, mp, [partial(working.pause, number) for number in numbers])
    for number in numbers:
        main.until_still(lambda: working.reached)
        gatekeeper.shows(
            "the numbers of the children at work", [a.notes[0] for a in working.waiting], expected=[number]
        )
        kernel.shows("the state of the previous child", state(previous) if previous else GONE, expected=GONE)
        previous = working.next().let_go().pid
    main.result()


@source("impl.fanout.together")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.is_alive")
def test_together_overlaps(
    mp: Multiprocessing, lesson: Lesson, scale: int, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """If all are started before any is joined, ten children are alive at once, each in a process of its own."""
    working, numbers = checkpoint("working"), list(range(10 * scale))
    main = forked_call(payloads.run, lesson.together, mp, [partial(working.pause, number) for number in numbers])
    main.until_still(lambda: len(working.waiting) >= len(numbers))
    gatekeeper.shows(
        "the numbers of the children at work", sorted(a.notes[0] for a in working.waiting), expected=numbers
    )
    children = {arrival.pid for arrival in working.waiting} - {main.pid}
    kernel.shows("the states of the ten children", [state(pid) for pid in children], expected=[ALIVE] * len(numbers))
    working.open()
    main.result()


@source("impl.fanout.one_by_one")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_one_by_one_waits_for_the_last(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """With `join()` inside the loop, main goes on only after the last child has ended, and no child is left."""
    working = checkpoint("working")
    main = forked_call(payloads.run, lesson.one_by_one, mp, [partial(working.pause, number) for number in range(3)])
    pids = []
    for _ in range(3):
        main.until_still(lambda: working.reached)
        gatekeeper.shows("the number of children at work", len(working.waiting), expected=1)
        kernel.shows("whether main is still waiting", main.running, expected=True)
        pids.append(working.next().let_go().pid)
    main.result()
    children = {*pids} - {main.pid}
    kernel.shows("the states of the three children", [state(pid) for pid in children], expected=[GONE] * 3)


@source("impl.fanout.together")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_together_waits_for_all(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """If all are started before any is joined, main goes on only after all children have ended, and none is left."""
    working = checkpoint("working")
    main = forked_call(payloads.run, lesson.together, mp, [partial(working.pause, number) for number in range(3)])
    main.until_still(lambda: len(working.waiting) >= 3)
    gatekeeper.shows("the number of children at work", len(working.waiting), expected=3)
    arrivals = {arrival.notes[0]: arrival for arrival in working.wait_for(3)}
    for number in (0, 2, 1):  # neither in the order of the loop nor in reverse
        main.until_still()
        kernel.shows("whether main is still waiting", main.running, expected=True)
        arrivals[number].let_go()
    main.result()
    children = {arrival.pid for arrival in arrivals.values()} - {main.pid}
    kernel.shows("the states of the three children", [state(pid) for pid in children], expected=[GONE] * 3)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_join_order_does_not_matter(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """Each join reaps its own child, in whatever order children end and in whatever order they are joined."""
    working, orders = checkpoint("working"), st.permutations(range(3))

    @settings(max_examples=4)
    @given(ending=orders, joining=orders)
    @example(ending=[2, 0, 1], joining=[1, 2, 0])
    def fan_out(ending: list[int], joining: list[int]) -> None:
        children = [mp.Process(target=steps(working.pause, leave(number))) for number in range(3)]
        for child in children:
            child.start()
        arrivals = working.wait_for(3)
        pids = {arrival.pid for arrival in arrivals} - {os.getpid()}
        kernel.shows("the number of processes besides main", len(pids), expected=3)
        for number in ending:
            until_exited(arrivals[number].let_go().pid)
        for number in joining:
            children[number].join()
            kernel.shows("the state of the child that was joined", state(children[number].pid or 0), expected=GONE)
        kernel.shows("the states of the children", [state(pid) for pid in pids], expected=[GONE] * 3)
        caller.shows("the exit codes", [child.exitcode for child in children], expected=[0, 1, 2])

    fan_out()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_join_waits_for_its_own_child_only(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """Joining a child waits for that child only, while children that were started before and after it run on."""
    working = checkpoint("working")
    children = [mp.Process(target=working.pause) for _ in range(3)]
    for child in children:
        child.start()
    arrivals = {arrival.pid: arrival for arrival in working.wait_for(3)}
    older, joined, younger = (arrivals[child.pid or 0] for child in children)
    joined.let_go()
    children[1].join()
    gatekeeper.shows("whether the others are still at work", [older.waiting, younger.waiting], expected=[True, True])
    for child in children:
        arrivals[child.pid or 0].let_go()
        child.join()


@source("impl.fanout.one_by_one")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode", observed=True)
def test_failed_children_stop_no_other_one_by_one(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """With `join()` inside the loop, if some children raise, exit or are killed, all others still work, in order."""

    @settings(max_examples=4)
    @given(ends=some_ends)
    @example(ends=["is killed", "raises", "exits", "well"])
    def fan_out(ends: list[str]) -> None:
        before = len(log.events("worked"))
        children = lesson.one_by_one(mp, works(log, ends))
        only_the_failed_failed(ends, log.values("worked")[before:], children)

    fan_out()


@source("impl.fanout.together")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode", observed=True)
def test_failed_children_stop_no_other_together(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """If all are started before any is joined and some raise, exit or are killed, all others still do their work."""

    @settings(max_examples=4)
    @given(ends=some_ends)
    @example(ends=["is killed", "raises", "exits", "well"])
    def fan_out(ends: list[str]) -> None:
        before = len(log.events("worked"))
        children = lesson.together(mp, works(log, ends))
        only_the_failed_failed(ends, sorted(log.values("worked")[before:]), children)

    fan_out()
