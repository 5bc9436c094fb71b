"""The names of processes in reports of failures."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spec.engine.hangs import TIMED
from spec.harness.forked_call import ForkedCall
from spec.harness.process_table import until_blocked
from spec.harness.roles import describe_all, note
from spec.harness.worker import Worker
from spec.selftest.runs import verify


def test_caller_runs_the_claim() -> None:
    assert describe_all(os.getpid(), [os.getpid()]) == f"  process {os.getpid()}: runs the claim"


def test_forked_call_says_what_it_runs(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    forked_call = ForkedCall(tmp_path / "outcome", os.read, reading, 1)
    assert re.fullmatch(
        rf"  process {forked_call.pid}, child of {os.getpid()}, .*: runs read", described(forked_call.pid)
    )
    os.write(writing, b".")
    forked_call.result()
    assert described(forked_call.pid) == f"  process {forked_call.pid}, gone meanwhile"


@pytest.mark.usefixtures("nothing_left")
def test_worker_says_what_it_was_ordered_to_do(tmp_path: Path) -> None:
    mp: Any = multiprocessing
    queue = mp.Queue()
    with Worker(mp, tmp_path / "worker-0", queue=queue) as worker:
        worker.begin("queue.get", True, timeout=60)
        assert described(worker.pid).endswith(": worker-0, in queue.get(True, timeout=60)")


@pytest.mark.usefixtures("nothing_left")
def test_worker_says_the_beginning_of_a_large_argument(tmp_path: Path) -> None:
    mp: Any = multiprocessing
    with Worker(mp, tmp_path / "worker-0", hash=hash) as worker:
        worker.begin("hash", b"x" * 2**24)
        assert re.search(r", in hash\(b'x{10,50}'\.\.\.\)$", described(worker.pid))


def test_latest_note_counts() -> None:
    with sleeper() as process:
        note(process.pid, "at checkpoint 'here'")
        note(process.pid, "last seen at checkpoint 'here'")
        assert described(process.pid).endswith(": last seen at checkpoint 'here'")


def test_stranger_is_known_by_its_command() -> None:
    with sleeper() as process:
        until_blocked([process.pid])  # at first, a new program has no command line
        assert described(process.pid).endswith(f": {sys.executable} -c input()")


def test_fork_is_not_known_by_the_command_of_its_parent() -> None:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(reading, 1)
        os._exit(0)
    assert described(pid).endswith(": a fork of the process that runs the claim")
    os.write(writing, b".")
    os.waitpid(pid, 0)


def test_hung_claim_says_who_waits_where() -> None:
    """With pytest-xdist, whose workers all have the same command line."""
    api = "spec.selftest.defects.queue_bounds:get-nowait-waits"
    run = verify("-n2", "--claim=queue.poll-does", f"--mp={api}", "--hang-after=1")
    assert f"E   Hung: {TIMED.message(2)}:\n" in run.output
    assert re.search(r"^E     process (\d+): runs the claim$", run.output, re.MULTILINE)
    waiting = r"^E     process .* sleeping in .* for process .* to write to a pipe: worker-1, in poll\('nothing'\)$"
    assert re.search(waiting, run.output, re.MULTILINE)
    assert re.search(rf"^E     target   {api} ", run.output, re.MULTILINE)
    assert "spec/harness/" not in run.output


def described(pid: int) -> str:
    return describe_all(os.getpid(), [pid])


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
