"""The nursery: no process outlives what started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Callable

import pytest

from spec.harness import nursery as module
from spec.harness.nursery import Nursery
from spec.harness.process_table import ALIVE, GONE, ZOMBIE, children, state, until_blocked, until_exited
from spec.harness.subreaper import become_subreaper, is_subreaper
from spec.selftest import processes
from spec.selftest.conftest import Fork


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    before = children(os.getpid())
    yield
    assert children(os.getpid()) == before


def start(function: Callable[..., object], *args: object) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            function(*args)
        finally:
            os._exit(0)
    return pid


def test_leaves_nothing_to_name_where_all_end() -> None:
    with Nursery() as nursery:
        for _ in range(3):
            start(os.getpid)
    assert nursery.leftovers == []


def test_reaps_zombies() -> None:
    with Nursery() as nursery:
        pid = start(os.getpid)
        until_exited(pid)
        assert nursery.inside() == [pid]
    assert state(pid) == GONE


def test_names_what_it_kills() -> None:
    with Nursery() as nursery:
        process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    [leftover] = nursery.leftovers
    assert str(leftover) == f"process {process.pid} ({sys.executable} -c input())"
    process.communicate()


def test_patience_is_for_those_who_run(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.05, 60.0, 60.05, 60.11])
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    patience = module.Patience(0.25)
    assert [patience.lasts() for _ in range(4)] == [True, True, True, False]


def test_names_a_fork_as_such() -> None:
    with Nursery() as nursery:
        pid = start(processes.wait)
    assert str(nursery.leftovers[0]) == f"process {pid} (a fork of the process that runs the claim)"


def test_kills_daemons() -> None:
    with Nursery() as nursery:
        payloads_parent = start(processes.become_orphan, processes.wait)
        until_exited(payloads_parent)
    [leftover] = nursery.leftovers
    assert leftover.pid != payloads_parent
    assert state(leftover.pid) == GONE


def test_kills_what_is_stopped() -> None:
    with Nursery() as nursery:
        pid = start(processes.wait)
        os.kill(pid, signal.SIGSTOP)
    assert [leftover.pid for leftover in nursery.leftovers] == [pid]


def test_spares_helpers_that_end_when_their_clients_do() -> None:
    with Nursery() as nursery:
        read, write = os.pipe()
        start(processes.read_to_the_end, read, write)
        client = start(processes.wait)
        os.close(write)
        os.close(read)
    assert [leftover.pid for leftover in nursery.leftovers] == [client]


@pytest.mark.parametrize("payload", [processes.loop, processes.fidget, processes.multiply, processes.run_away])
def test_has_its_patience_with_what_never_rests(
    payload: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.3)
    with Nursery() as nursery:
        start(payload)
    assert len(nursery.leftovers) >= 1


def test_has_none_where_the_block_raises() -> None:
    begin = time.monotonic()
    with pytest.raises(KeyError), Nursery() as nursery:
        start(processes.loop)
        raise KeyError
    assert len(nursery.leftovers) == 1
    assert time.monotonic() - begin < module.BUSY_SECONDS


def test_names_once_what_takes_its_time_to_die(monkeypatch: pytest.MonkeyPatch) -> None:
    with Nursery() as nursery:
        pid = start(processes.wait)
        with monkeypatch.context() as patch:
            patch.setattr(os, "kill", lambda _pid, _signal: None)
            assert [nursery._kill(pid), nursery._kill(pid)] == [True, True]
    assert [leftover.pid for leftover in nursery.leftovers] == [pid]


def test_leaves_alone_what_existed_before(fork: Fork) -> None:
    zombie, living = fork(os.getpid), fork(processes.wait)
    until_exited(zombie)
    until_blocked([living])
    with Nursery() as nursery:
        pid = start(processes.wait)
        assert nursery.inside() == [pid]
    assert [leftover.pid for leftover in nursery.leftovers] == [pid]
    assert (state(zombie), state(living)) == (ZOMBIE, ALIVE)


def test_can_be_nested() -> None:
    with Nursery() as outer:
        with Nursery() as inner:
            pid = start(processes.wait)
        assert is_subreaper()
    assert [leftover.pid for leftover in inner.leftovers] == [pid]
    assert outer.leftovers == []


def test_adopts_orphans_only_while_it_is_open() -> None:
    become_subreaper(False)
    with Nursery():
        assert is_subreaper()
    assert not is_subreaper()
