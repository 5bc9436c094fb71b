"""Where the CPU time of a run goes: what each part of it costs, and the claims that cost most.

Some parts are the difference between two runs, of which one leaves the part out; others are timed in a run.  The
times of both kinds vary from run to run, so a small part may come out below zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from spec.tools.cost import left_out, notes
from spec.tools.cost.measure import Cost, Counts, Processes, bare_commands, count, measure, processes_of

NOTING = ["-p", notes.__name__]
"""Options of pytest with which a run notes what it spends where."""

SHOWN_CLAIMS = 10
"""The number of claims that are named: those that take most CPU time."""


@dataclass(frozen=True)
class ClaimCost:
    """A claim, and what it costs.

    Attributes:
        claim: its id.
        cpu: the seconds of CPU time of its stage and of all its processes.
        processes: the processes that were started, with its stage.
    """

    claim: str
    cpu: float
    processes: Processes


@dataclass(frozen=True)
class Parts:
    """Where the CPU time of a run goes.

    Attributes:
        seconds: the seconds of CPU time, by part; all together they are those of the run.
        most_expensive: the claims that cost most, in descending order.
    """

    seconds: Mapping[str, float]
    most_expensive: Sequence[ClaimCost]

    @property
    def data(self) -> dict[str, Any]:
        """The parts as they are written as JSON."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return the parts as they are printed."""
        whole = sum(self.seconds.values())
        parts = [f"  {cpu:7.1f} s {cpu / whole:6.1%}  {part}" for part, cpu in self.seconds.items()]
        claims = [f"  {one.cpu:7.2f} s  {one.claim}: {one.processes}" for one in self.most_expensive]
        return [*parts, "the claims that cost most, with their processes:", *claims]


def parts(command: Sequence[str], suite: Cost, counts: Counts, at_once: int) -> Parts:
    """Find out where the CPU time of a run goes.

    Args:
        command: the command line of the run.
        suite: what the run costs.
        counts: what was counted in a run with `NOTING`.
        at_once: the number of claims that run at once.

    Raises:
        CommandFailed: a run failed.
    """
    without = {part: _without(command, part) for part in (left_out.STAGES, left_out.PROTOCOL, left_out.TESTS)}
    started = counts.processes
    stages = sum("claim" in note for note in counts.notes)
    others = bare_commands(Processes(started.forked - stages, started.spawned, started.served), at_once)
    nothing = measure(others).cpu
    imports = counts.imports - count(others).imports - _imports_of_pytest(command)
    looking, hypothesis = (_sum(counts, purpose) for purpose in (notes.LOOKING, notes.HYPOTHESIS))
    seconds = {
        "processes that do nothing, without the stages": nothing,
        "pytest, its xdist workers and the collection": without[left_out.STAGES],
        "forks of the stages": without[left_out.PROTOCOL] - without[left_out.STAGES],
        "pytest and fixtures on each stage, with the pages that are copied": without[left_out.TESTS]
        - without[left_out.PROTOCOL],
        "looks at /proc": looking,
        "Hypothesis": hypothesis,
        "imports in children and programs, beyond those of processes that do nothing": imports,
    }
    return Parts({**seconds, "the claims themselves": suite.cpu - sum(seconds.values())}, _most_expensive(counts))


def _without(command: Sequence[str], part: str) -> float:
    """Return the CPU time of a run without one of its parts."""
    plugin = ["-p", left_out.__name__]
    return measure([[*command, *plugin]], expected=_DONE, **{left_out.LEAVES_OUT_VARIABLE: part}).cpu


def _imports_of_pytest(command: Sequence[str]) -> float:
    """Return the CPU time that pytest and its xdist workers take to import, without any claim."""
    plugins = [*NOTING, "-p", left_out.__name__]
    return count([[*command, *plugins]], expected=_DONE, **{left_out.LEAVES_OUT_VARIABLE: left_out.STAGES}).imports


_DONE = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.TESTS_FAILED)
"""How a run may end of which a part is left out: a known deviation whose test is not called seems to be fixed."""


def _sum(counts: Counts, purpose: str) -> float:
    return float(sum(note[purpose] for note in counts.notes))


def _most_expensive(counts: Counts) -> list[ClaimCost]:
    claims = [note for note in counts.notes if "claim" in note]
    cpu = Counter[str]()
    for note in claims:
        cpu[note["claim"]] += note["cpu"]
    started = {claim: "".join(note["started"] for note in claims if note["claim"] == claim) for claim in cpu}
    return [
        ClaimCost(claim, seconds, processes_of(started[claim])) for claim, seconds in cpu.most_common(SHOWN_CLAIMS)
    ]
