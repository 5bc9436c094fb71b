"""Every schedule of a few processes: each order in which they can advance from one checkpoint to the next.

The processes are workers, which serve all schedules.  Each makes the same call, and stops at a checkpoint on the way,
where a lesson calls its ``pause``.  The explorer lets one process advance at a time, so a schedule is a sequence of
process numbers.  In the schedule 1 2 1 2, both processes read before either of them writes::

    explorer = Explorer(workers, network, ("buy", stock), Wording("buyer", stops="reads {}", ends="is told {}"))
    for run in explorer.explore(prepare=restock):
        recorder.shows("how many buyers bought", run.seen(len(run.results)), expected=1)

A process that a lock blocks cannot advance; the kernel says that it is blocked.  When the lock is released, a process
that waits goes on by itself, as a part of the step that released the lock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable, Optional

from spec.harness.checkpoint import Arrival, Checkpoint
from spec.harness.stillness import until_still
from spec.harness.witness import caller, kernel
from spec.harness.worker import CallFailed, Worker

GLANCE_SECONDS = 0.001
"""A process that has more to do rarely needs longer to its next stop.  After this time, the kernel is asked."""


@dataclass(frozen=True)
class Wording:
    """How a schedule is told, a line for each step.

    Attributes:
        process: what a process is, such as ``buyer``.
        stops: what it has done when it stops at the checkpoint; a format of what it passes to ``pause``.
        ends: what it has done when its call has ended; a format of the result.
    """

    process: str
    stops: str
    ends: str


@dataclass
class ScheduledRun:
    """What the processes did in one schedule.  Processes are numbered from 1.

    Attributes:
        schedule: the numbers of the processes that were let advance, in order.
        choices: for each step, the numbers of the processes that could advance, in order.
        results: what the call of each process returned, by its number.
        stops: the number of the process for each stop, and what it passed to ``pause``, in order.
        ended: the step in which the call of each process ended, by its number.  The first step is 1.
        lines: what happened, in words.
    """

    schedule: list[int] = field(default_factory=list)
    choices: list[list[int]] = field(default_factory=list)
    results: dict[int, Any] = field(default_factory=dict)
    stops: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    ended: dict[int, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def seen(self, value: object) -> SeenInSchedule:
        """Return *value* so that, if it is not as expected, the report tells the schedule in which it was seen."""
        return SeenInSchedule(value, "".join(f"\n    {line}" for line in self.lines))


@dataclass(frozen=True, eq=False)
class SeenInSchedule:
    """A value that was seen in a schedule.  It equals what the value equals.

    Attributes:
        value: the value.
        told: the schedule in words, each line after a line break.
    """

    value: object
    told: str

    def __eq__(self, other: object) -> bool:
        return self.value == other

    def __repr__(self) -> str:
        return f"{self.value!r} in this schedule:{self.told}"


class Explorer:
    """Lets processes make a call in every schedule.

    Args:
        workers: the processes; they are at rest.
        checkpoint: where the call stops; nobody else may stop there.
        call: the name of a function that each worker has, and its arguments.
        wording: how a schedule is told.
        served: whether the call waits for what others do by themselves, such as a manager's server, or a thread that
            feeds a queue.  A process that waits for them is not blocked as long as they have not done their part.
        endless: workers whose call never ends, numbered after the others.  They begin now, and are blocked whenever
            a schedule begins or ends.
    """

    def __init__(
        self,
        workers: Sequence[Worker],
        checkpoint: Checkpoint,
        call: tuple[Any, ...],
        wording: Wording,
        served: bool = False,
        endless: Sequence[Worker] = (),
    ) -> None:
        self._workers = dict(enumerate([*workers, *endless], start=1))
        self._endless = [*self._workers][len(workers) :]
        self._checkpoint, self._call, self._wording, self._served = checkpoint, call, wording, served
        self._arrivals: dict[int, Arrival] = {}
        for worker in endless:
            worker.begin(*call)

    def explore(self, prepare: Callable[[], object]) -> Iterator[ScheduledRun]:
        """Run the processes in all schedules, depth first, and yield what they did in each.

        Which steps are possible is only known once they are: so each schedule begins with the steps of an earlier
        one, takes another step where that had a choice, and then goes on with the first process that can advance.

        Args:
            prepare: called before each schedule, to restore what the processes change.

        Raises:
            Violation: processes are blocked without end, or a call raised an exception; the schedule is told.
            Hung: a process neither stops nor ends.
        """
        beginnings: list[list[int]] = [[]]
        while beginnings:
            beginning = beginnings.pop()
            prepare()
            run = self.run(beginning)
            yield run
            for step in range(len(beginning), len(run.schedule)):
                others = run.choices[step][1:]
                beginnings += [[*run.schedule[:step], other] for other in reversed(others)]

    def run(self, beginning: Sequence[int]) -> ScheduledRun:
        """Run the processes in one schedule.

        Args:
            beginning: the first steps.  A lock need not wake the same process each time.  Where a process of these
                steps cannot advance, and after these steps, the first process that can advance does.

        Raises:
            Violation: processes are blocked without end, or a call raised an exception; the schedule is told.
            Hung: a process neither stops nor ends.
        """
        run = ScheduledRun()
        ready: dict[int, Callable[[], object]] = {
            number: partial(worker.begin, *self._call)
            for number, worker in self._workers.items()
            if number not in self._endless
        }
        blocked = self._endless
        steps = iter(beginning)
        while ready:
            planned = next(steps, None)
            number = planned if planned in ready else min(ready)
            run.schedule.append(number)
            run.choices.append(sorted(ready))
            ready.pop(number)()
            blocked = self._settle([number], blocked, ready, run)
            while not ready and self._to_end(blocked) and self._one_goes_on_late(blocked):
                blocked = self._settle([], blocked, ready, run)
        for_good = self._to_end(blocked)
        kernel.shows(f"each {self._wording.process} that is blocked without end", run.seen(for_good), expected=[])
        return run

    def _to_end(self, blocked: Sequence[int]) -> list[int]:
        """Return those of the *blocked* processes whose call is to end."""
        return [number for number in blocked if number not in self._endless]

    def _one_goes_on_late(self, blocked: Sequence[int]) -> bool:
        """Return whether one of the *blocked* processes goes on after all, once all have been still for some time.

        A process that waits by polling looks blocked between two tries, even if what it waits for is free.
        """

        def goes_on() -> bool:
            return any(self._has_moved(self._workers[number]) for number in blocked)

        until_still(goes_on)
        return goes_on()

    def _settle(
        self, advanced: Sequence[int], blocked: list[int], ready: dict[int, Callable[[], object]], run: ScheduledRun
    ) -> list[int]:
        """Wait until no process goes on, and return the numbers of those that are blocked.

        Args:
            advanced: the process that was let advance, if one was.
            blocked: the processes that were blocked before.
            ready: for each process that can advance, what lets it; those that stop are added.
            run: gets the results and the lines.
        """
        unsettled, still, begun = deque([*advanced, *blocked]), list[int](), len(run.lines)
        if self._served and not all(self._moves_at_once(self._workers[number]) for number in unsettled):
            until_still()
        while unsettled:
            number = unsettled.popleft()
            what = self._follow(number, ready, run)
            if what is None:
                still.append(number)
                continue
            unsettled += still  # it may have let one of these go on
            still = []
            run.lines.append(f"{self._wording.process} {number} {'goes on, and ' if number in blocked else ''}{what}")
        run.lines[begun:begun] = [f"{self._wording.process} {n} is blocked" for n in advanced if n in still]
        return sorted(still)

    def _follow(self, number: int, ready: dict[int, Callable[[], object]], run: ScheduledRun) -> Optional[str]:
        """Wait until a process stops, ends or is blocked; return in words what it did, or None if it is blocked."""
        worker = self._workers[number]
        while not self._moves_at_once(worker):
            if worker.blocks() and not self._has_moved(worker):
                return None
        arrival = self._arrivals.pop(worker.pid, None)
        if arrival:
            ready[number] = arrival.let_go
            run.stops.append((number, arrival.notes))
            return self._wording.stops.format(*arrival.notes)
        try:
            run.results[number] = worker.result()
        except CallFailed as failure:
            what = f"the outcome of the call of {self._wording.process} {number}"
            caller.shows(what, run.seen(failure), expected="no exception")
        run.ended[number] = len(run.schedule)
        return self._wording.ends.format(run.results[number])

    def _moves_at_once(self, worker: Worker) -> bool:
        """Return whether the call of *worker* has ended or stopped, or does so within `GLANCE_SECONDS`."""
        if not self._has_moved(worker):
            worker.wait(GLANCE_SECONDS, self._checkpoint)
        return self._has_moved(worker)

    def _has_moved(self, worker: Worker) -> bool:
        """Return whether the call of *worker* has ended, or has stopped at the checkpoint."""
        while self._checkpoint.reached:
            arrival = self._checkpoint.next()
            self._arrivals[arrival.pid] = arrival
        return worker.pid in self._arrivals or worker.done
