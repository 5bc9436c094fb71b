"""The cost of the suite: it counts processes, measures what bare processes cost, and writes figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from spec.paths import ROOT
from spec.tools.cost.cost_command import quickest
from spec.tools.cost.measure import CommandFailed, Cost, Processes, bare_commands, count, measure, share
from spec.tools.cost.notes import Clock

BARE = [sys.executable, "-m", "spec.tools.cost.bare"]


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_counts_each_kind() -> None:
    helpers = 2  # the fork server, and the resource tracker
    expected = Processes(forked=2, spawned=3 + helpers, served=4)
    assert count([[*BARE, "fork=2", "spawn=3", "forkserver=4"]]).processes == expected


def test_counts_those_of_children_and_those_that_are_killed() -> None:
    parent = (
        "import os, signal\nif not os.fork():\n    os.fork()\n    os.kill(os.getpid(), signal.SIGKILL)\nos.wait()"
    )
    assert count([[sys.executable, "-c", parent]]).processes == Processes(forked=2, spawned=0, served=0)


def test_more_costs_more() -> None:
    few, many = (measure(bare_commands(Processes(forked=0, spawned=number, served=0), 2)) for number in (2, 20))
    assert 0 < few.cpu < many.cpu


def test_what_a_fork_server_does_costs_too() -> None:
    """The process outlives its starter, and no process waits for it."""
    few, many = (measure(bare_commands(Processes(forked=0, spawned=0, served=number), 1)) for number in (1, 100))
    assert many.cpu > 2 * few.cpu


@pytest.mark.parametrize(("number", "parts", "shares"), [(7, 3, [3, 2, 2]), (2, 3, [1, 1, 0]), (0, 1, [0])])
def test_all_is_shared_out(number: int, parts: int, shares: list[int]) -> None:
    assert [share(number, parts, part) for part in range(parts)] == shares


def test_failure_is_named() -> None:
    with pytest.raises(CommandFailed, match=r"exit status 3: too bad"):
        measure([[sys.executable, "-c", "import sys; print('too bad'); sys.exit(3)"]])


def test_imports_are_timed_in_each_process() -> None:
    """They take more time in more processes; a module that is there already takes none."""
    program = "import os\nif not os.fork():\n    import decimal, decimal\n    os._exit(0)\nos.wait()"
    nothing, one, two = (
        count([[sys.executable, "-c", text]]).imports
        for text in ("pass", program, f"import os\nos.fork()\n{program}")
    )
    assert nothing < one < two


def test_time_is_charged_to_what_it_is_spent_for() -> None:
    """What happens inside for another purpose is not charged to the outer one."""
    clock = Clock()
    busy = clock.timed("inner", lambda: sum(range(1_000_000)))
    clock.timed("outer", busy)()
    clock.charge()
    assert clock.spent["inner"] > 10 * clock.spent["outer"] > 0


def cost(*options: str) -> subprocess.CompletedProcess[str]:
    """Measure the claims of the lesson isolation, as users do."""
    command = [sys.executable, "-m", "spec", "cost", "-n0", *options, "--", "spec/claims/isolation"]
    return subprocess.run(command, capture_output=True, text=True)


def test_figures_are_printed_and_written(tmp_path: Path) -> None:
    file = tmp_path / "cost.json"
    done = cost("--mp=multiprocessing:fork", "--without-cpython", "--repeat=2", "-o", str(file))
    assert done.returncode == 0, done.stderr
    steps = done.stderr.splitlines()
    assert [step.startswith("multiprocessing:fork: ") for step in steps] == [True] * 5
    [row] = json.loads(file.read_text(encoding="utf-8"))["runs"]
    assert row["processes"]["forked"] > 2 * row["processes"]["spawned"] > 0
    assert row["ratio"]["cpu"] == pytest.approx(row["suite"]["cpu"] / row["bare"]["cpu"])
    head, figures = done.stdout.splitlines()
    assert "CPU ratio" in head
    assert f"{row['suite']['wall']:.1f}" in figures
    assert figures.startswith("multiprocessing:fork ")


def test_where_the_time_goes_is_printed_and_written(tmp_path: Path) -> None:
    file = tmp_path / "cost.json"
    done = cost("--mp=multiprocessing:fork", "--without-cpython", "--where", "-o", str(file))
    assert done.returncode == 0, done.stderr
    [row] = json.loads(file.read_text(encoding="utf-8"))["runs"]
    assert sum(row["parts"]["seconds"].values()) == pytest.approx(row["suite"]["cpu"])
    assert row["parts"]["seconds"]["pytest, its xdist workers and the collection"] > 0
    assert row["parts"]["seconds"]["looks at /proc"] > 0
    assert row["parts"]["seconds"]["Hypothesis"] == 0  # no claim of this lesson uses it
    costs = [one["cpu"] for one in row["parts"]["most_expensive"]]
    assert costs == sorted(costs, reverse=True)
    assert all(one["processes"]["forked"] > 0 for one in row["parts"]["most_expensive"])  # the stage at least
    assert "where the CPU time goes" in done.stdout


def test_the_quickest_of_several_is_kept() -> None:
    assert quickest([Cost(wall=3, cpu=4), Cost(wall=2, cpu=5), Cost(wall=2.5, cpu=3)]) == Cost(wall=2, cpu=5)


@pytest.mark.parametrize(("option", "number"), [("--repeat", "0"), ("-n", "-1")])
def test_number_out_of_range_is_named(option: str, number: str) -> None:
    done = cost(option, number)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.startswith(f"python -m spec: {option} takes a")
    assert done.stderr.count("\n") == 1


def test_a_target_that_cannot_be_verified_is_named() -> None:
    done = cost("--mp=no_such_module", "--without-cpython")
    assert done.returncode == 1
    assert "no module named 'no_such_module' here" in done.stderr
    assert "Traceback" not in done.stderr
