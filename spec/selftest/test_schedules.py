"""The explorer of schedules: it runs each schedule once, and tells the one in which something fails."""

from __future__ import annotations

import multiprocessing
import operator
from collections.abc import Iterator
from functools import partial
from math import factorial
from pathlib import Path
from typing import Any, Callable

import pytest

from spec.harness.checkpoint import Checkpoint
from spec.harness.witness import Violation, recorder
from spec.harness.worker import Worker
from spec.models.lost_updates import left_after, overlaps
from spec.models.schedules import Explorer, Wording
from spec.selftest import processes
from spec.selftest.conftest import Fork

pytestmark = pytest.mark.usefixtures("nothing_left")

mp: Any = multiprocessing.get_context("fork")

Explore = Callable[..., Explorer]


@pytest.fixture
def explorer(tmp_path: Path, nothing_left: None) -> Iterator[Explore]:  # noqa: ARG001  it must close after this one
    """A function that makes an explorer of processes; each calls one of the given functions with a ``pause``."""
    middle, workers = Checkpoint(tmp_path / "middle"), []

    def make(*functions: Callable[..., object], served: bool = False, endless: int = 0) -> Explorer:
        for number, function in enumerate(functions, start=1):
            workers.append(Worker(mp, tmp_path / f"worker-{number}", work=partial(function, middle.pause)))
        wording = Wording("process", stops="stops", ends="returns {}")
        ending = len(workers) - endless
        return Explorer(workers[:ending], middle, ("work",), wording, served, endless=workers[ending:])

    yield make
    for worker in workers:
        worker.close()
    middle.close()


def nothing() -> None:
    """Restore nothing before a schedule."""


@pytest.mark.parametrize(("number", "pauses"), [(1, 3), (2, 1), (2, 2), (3, 1)])
def test_runs_every_schedule_once(explorer: Explore, number: int, pauses: int) -> None:
    """Where nothing blocks, there are as many schedules as the multinomial coefficient says, all different."""
    explored = explorer(*[partial(processes.pause_often, times=pauses)] * number).explore(prepare=nothing)
    schedules = [tuple(run.schedule) for run in explored]
    steps = pauses + 1
    assert len(schedules) == factorial(number * steps) / factorial(steps) ** number
    assert schedules == sorted(set(schedules))
    assert {schedule.count(process) for schedule in schedules for process in schedule} == {steps}


def test_prepares_each_schedule(explorer: Explore) -> None:
    prepared: list[str] = []
    for run in explorer(*[partial(processes.pause_often, times=1)] * 2).explore(prepare=partial(prepared.append, "")):
        assert run.results == {1: 1, 2: 1}
    assert len(prepared) == 6


def test_finds_what_fails_in_one_schedule_only(explorer: Explore, tmp_path: Path) -> None:
    """A fault that shows in one of ninety schedules is found, and the report tells this schedule."""
    trace = tmp_path / "trace"
    explored = explorer(*(partial(processes.sell_wrongly_once, trace=trace, seller=n) for n in (1, 2, 3)))
    with pytest.raises(Violation) as failure:
        for run in explored.explore(prepare=partial(trace.write_text, "")):
            recorder.shows("the sales", run.seen([*run.results.values()].count("oversold")), expected=0)
    assert run.schedule == [2, 3, 1, 1, 3, 2]
    assert str(failure.value).splitlines() == [
        "the sales: expected 0, seen 1 in this schedule:",
        "    process 2 stops",
        "    process 3 stops",
        "    process 1 stops",
        "    process 1 returns sold",
        "    process 3 returns sold",
        "    process 2 returns oversold",
        "  seen by  code in the child, through the recorder",
    ]


def test_tells_who_is_blocked_and_who_goes_on(explorer: Explore) -> None:
    """A process that a lock blocks is not let advance; once the lock is released, it goes on by itself."""
    runs = list(explorer(*[partial(processes.pause_with, mp.Lock())] * 2).explore(prepare=nothing))
    assert [run.schedule for run in runs] == [[1, 1, 2, 2], [1, 2, 1, 2], [2, 1, 2, 1], [2, 2, 1, 1]]
    assert runs[1].choices == [[1, 2], [1, 2], [1], [2]]
    assert runs[1].lines == [
        "process 1 stops",
        "process 2 is blocked",
        "process 1 returns None",
        "process 2 goes on, and stops",
        "process 2 returns None",
    ]


def test_one_that_goes_on_may_let_others_go_on(explorer: Explore) -> None:
    """When a process that was blocked ends in the same step, those that it blocked go on as well."""
    lock = mp.Lock()
    one, others = partial(processes.pause_with, lock), partial(processes.work_with, lock)
    run = explorer(one, others, others).run([1, 3, 2, 1])
    assert run.schedule == [1, 3, 2, 1]
    assert run.lines[:4] == [
        "process 1 stops",
        "process 3 is blocked",
        "process 2 is blocked",
        "process 1 returns None",
    ]
    assert sorted(run.lines[4:]) == ["process 2 goes on, and returns None", "process 3 goes on, and returns None"]


def test_takes_another_step_in_place_of_one_that_is_blocked(explorer: Explore) -> None:
    run = explorer(*[partial(processes.pause_with, mp.Lock())] * 2).run([2, 1, 1])
    assert run.schedule == [2, 1, 2, 1]


def test_a_slow_answer_of_a_server_blocks_nobody(explorer: Explore, fork: Fork) -> None:
    """A process that waits for the answer of another one is not blocked while the other one works on it."""
    client, server = mp.Pipe()
    fork(processes.answer_slowly, server)
    run = explorer(partial(processes.ask, client), served=True).run([1])
    assert run.lines == ["process 1 returns answer"]


def test_endless_call_is_blocked_when_a_schedule_begins_and_ends(explorer: Explore) -> None:
    """It serves all schedules, and takes a step whenever another process has given it something to do."""
    queue = mp.SimpleQueue()
    serve, put = partial(processes.pause_with_each_item, queue), partial(processes.put_one, queue)
    runs = [*explorer(put, put, serve, endless=1).explore(prepare=nothing)]
    assert [run.schedule for run in runs] == [[1, 2, 3, 3], [1, 3, 2, 3], [2, 1, 3, 3], [2, 3, 1, 3]]
    assert runs[1].lines == [
        "process 1 returns None",
        "process 3 goes on, and stops",
        "process 3 is blocked",
        "process 2 returns None",
        "process 3 goes on, and stops",
        "process 3 is blocked",
    ]
    assert runs[1].stops == [(3, ("item",)), (3, ("item",))]
    assert runs[1].ended == {1: 1, 2: 3}


def test_step_of_a_blocked_process_is_told_once(explorer: Explore) -> None:
    """Although a process is looked at again when its step has let another one go on."""
    first, second = mp.SimpleQueue(), mp.SimpleQueue()
    ask, answer = partial(processes.put_and_get, first, second), partial(processes.pause_with_each_item, first)
    run = next(explorer(ask, partial(processes.put_one, second), answer, endless=1).explore(prepare=nothing))
    assert run.lines[:2] == ["process 1 is blocked", "process 3 goes on, and stops"]


def test_polling_is_not_being_blocked_for_good(explorer: Explore) -> None:
    """A process that polls sleeps between two tries.  Nobody else can advance, and yet it goes on."""
    run = explorer(*[partial(processes.poll_and_pause_with, mp.Lock())] * 3).run([1, 2, 3, 1])
    assert run.lines[:4] == [
        "process 1 stops",
        "process 2 is blocked",
        "process 3 is blocked",
        "process 1 returns None",
    ]
    assert run.results == {1: None, 2: None, 3: None}


def test_tells_who_is_blocked_for_good(explorer: Explore) -> None:
    explored = explorer(*[partial(processes.acquire_and_keep, mp.Lock())] * 2).explore(prepare=nothing)
    with pytest.raises(
        Violation, match=r"each process that is blocked without end: expected \[\], seen \[2\]"
    ) as failure:
        next(explored)
    assert "\n    process 1 returns None\n    process 2 is blocked\n" in str(failure.value)


def test_tells_what_a_call_raises(explorer: Explore) -> None:
    explored = explorer(operator.neg).explore(prepare=nothing)
    with pytest.raises(
        Violation, match=r"the outcome of the call of process 1: expected no exception, seen .*TypeErr"
    ):
        next(explored)


@pytest.mark.parametrize(
    ("schedule", "left", "overlapping"),
    [("1122", 8, False), ("1212", 9, True), ("1221", 9, True), ("122133", 8, True), ("112233", 7, False)],
)
def test_simulation(schedule: str, left: int, overlapping: bool) -> None:
    steps = [*map(int, schedule)]
    assert left_after(steps, 10) == left
    assert overlaps(steps) == overlapping
