"""Workers: children that execute calls."""

from __future__ import annotations

import multiprocessing
import multiprocessing.dummy
import operator
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spec.harness.checkpoint import Checkpoint
from spec.harness.deadline import DEADLINE_SECONDS
from spec.harness.process_table import ZOMBIE, Exit, exit_of, parent, state, until_exited
from spec.harness.witness import Violation
from spec.harness.worker import CallFailed, Worker
from spec.selftest import processes
from spec.selftest.conftest import Fork

pytestmark = pytest.mark.usefixtures("nothing_left")

mp: Any = multiprocessing.get_context("fork")


@pytest.fixture
def worker(tmp_path: Path, nothing_left: None) -> Iterator[Worker]:  # noqa: ARG001  it must close after this one
    pair = mp.Pipe()
    with Worker(
        mp,
        tmp_path / "worker",
        add=operator.add,
        getpid=os.getpid,
        exit=os._exit,
        wait=processes.wait,
        loop=processes.loop,
        far=pair[0],
        near=pair[1],
    ) as worker:
        yield worker


def test_calls_in_its_own_process(worker: Worker) -> None:
    assert worker.call("getpid") == worker.pid
    assert parent(worker.pid) == os.getpid()


def test_calls_functions_and_methods(worker: Worker) -> None:
    assert worker.call("add", 3, 4) == 7
    worker.call("near.send", "hello")
    assert worker.call("far.recv") == "hello"


def test_tells_of_exceptions_and_goes_on(worker: Worker) -> None:
    with pytest.raises(CallFailed, match=r"^TypeError: unsupported operand") as raised:
        worker.call("add", 1, "one")
    assert raised.value.kind == "TypeError"
    assert worker.call("add", 1, 1) == 2


def test_tells_of_what_it_does_not_have(worker: Worker) -> None:
    with pytest.raises(CallFailed, match="KeyError: 'subtract'"):
        worker.call("subtract", 3, 4)


def test_does_not_wait_for_what_is_begun(worker: Worker) -> None:
    worker.begin("far.recv")
    assert worker.blocks()
    assert not worker.done
    with pytest.raises(RuntimeError, match="has a call in progress"):
        worker.begin("add", 1, 1)


def test_does_not_block_in_what_ends(worker: Worker) -> None:
    worker.begin("add", 3, 4)
    assert not worker.blocks()
    assert worker.done
    assert worker.result() == 7


def test_waits_for_the_end_of_a_call_or_an_arrival(worker: Worker, tmp_path: Path, fork: Fork) -> None:
    with Checkpoint(tmp_path / "elsewhere") as elsewhere:
        worker.begin("far.recv")
        worker.wait(0, elsewhere)
        assert not worker.done
        fork(elsewhere.pause)
        worker.wait(DEADLINE_SECONDS, elsewhere)
        assert elsewhere.reached and not worker.done
        elsewhere.next()


def test_waits_no_longer_than_a_call(worker: Worker, tmp_path: Path) -> None:
    with Checkpoint(tmp_path / "elsewhere") as elsewhere:
        worker.begin("add", 3, 4)
        worker.wait(DEADLINE_SECONDS, elsewhere)
        assert worker.done


def test_that_has_exited_never_blocks(worker: Worker) -> None:
    worker.begin("exit", 0)
    until_exited(worker.pid)
    with pytest.raises(Violation, match="worker, which has a call in progress"):
        worker.blocks()


@pytest.mark.parametrize("call", ["wait", "loop"])
def test_can_be_killed_in_a_call(worker: Worker, call: str) -> None:
    worker.begin(call)
    worker.kill()
    assert exit_of(worker.pid) == Exit(None, signal.SIGKILL)
    worker.kill()


def test_can_be_killed_at_rest(worker: Worker) -> None:
    worker.kill()
    assert state(worker.pid) == ZOMBIE


@pytest.mark.parametrize("call", [None, "wait"])
def test_is_gone_when_closed(worker: Worker, call: str) -> None:
    if call:
        worker.begin(call)
    worker.close()
    assert state(worker.pid) == ZOMBIE
    worker.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it exits as a process does
def test_on_threads_does_not_take_its_process_with_it(tmp_path: Path) -> None:
    dummy: Any = multiprocessing.dummy
    with Worker(dummy, tmp_path / "worker", add=operator.add) as worker:
        assert worker.pid == os.getpid()
        assert worker.call("add", 3, 4) == 7
    for thread in dummy.active_children():
        thread.join()
