"""The process table: what the kernel knows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any, Callable

import pytest

from spec.harness import process_table
from spec.harness.deadline import Hung
from spec.harness.process_table import (
    ALIVE,
    GONE,
    ZOMBIE,
    Exit,
    blocks,
    children,
    cpu_time,
    descendants,
    exit_of,
    is_blocked,
    listed_children,
    memory,
    observe_threads,
    open_files,
    parent,
    reaped,
    state,
    until_blocked,
    until_exited,
    until_gone,
)
from spec.harness.witness import Violation
from spec.selftest import processes
from spec.selftest.conftest import Fork

pytestmark = pytest.mark.usefixtures("nothing_left")


def nothing() -> None:
    pass


def test_alive_then_zombie_then_gone(fork: Fork) -> None:
    pid = fork(processes.wait)
    assert state(pid) == ALIVE
    os.kill(pid, signal.SIGKILL)
    until_exited(pid)
    assert state(pid) == ZOMBIE
    os.waitpid(pid, 0)
    assert state(pid) == GONE


def test_reaping_is_seen_afterwards(fork: Fork) -> None:
    pid, before = fork(nothing), reaped(os.getpid())
    until_exited(pid)
    assert reaped(os.getpid()) == before
    os.waitpid(pid, 0)
    assert reaped(os.getpid()) > before
    assert reaped(pid) == 0


def test_what_is_left_of_a_zombie(fork: Fork) -> None:
    pid = fork(nothing)
    until_exited(pid)
    assert (memory(pid), open_files(pid), observe_threads(pid)) == (0, 0, None)
    assert parent(pid) == os.getpid()
    assert cpu_time(pid) >= 0


def test_what_is_left_of_the_gone(fork: Fork) -> None:
    pid = fork(nothing)
    os.waitpid(pid, 0)
    assert (parent(pid), observe_threads(pid), is_blocked(pid)) == (None, None, False)
    until_exited(pid)
    until_gone(pid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_files_of_a_zombie_can_be_counted_by_anybody(fork: Fork) -> None:
    def count() -> None:
        nobody = 65534
        os.setresuid(nobody, nobody, nobody)
        pid = fork(nothing)
        until_exited(pid)
        assert open_files(pid) == 0

    assert exit_of(fork(count)).code == 0


def test_exit_of_does_not_reap(fork: Fork) -> None:
    pid = fork(partial(os._exit, 7))
    assert [exit_of(pid), exit_of(pid)] == [Exit(7, None)] * 2
    assert state(pid) == ZOMBIE


def test_exit_of_the_killed(fork: Fork) -> None:
    pid = fork(processes.wait)
    os.kill(pid, signal.SIGTERM)
    assert exit_of(pid) == Exit(None, signal.SIGTERM)


def test_exit_of_the_reaped_is_unknown(fork: Fork) -> None:
    pid = fork(nothing)
    os.waitpid(pid, 0)
    with pytest.raises(Violation) as violation:
        exit_of(pid)
    summary = f"process {pid}, which has exited and which nobody was to reap yet: expected zombie, seen gone"
    assert violation.value.summary == summary


def test_exit_of_a_strangers_child_is_unknown() -> None:
    program = "import os; child = os.fork() or os._exit(0); print(child, flush=True); os.read(0, 1)"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as stranger:
        assert stranger.stdout
        with pytest.raises(ChildProcessError):
            exit_of(int(stranger.stdout.readline()))


def test_somebody_elses_child_can_be_waited_for(fork: Fork) -> None:
    read, write = os.pipe()

    def hold_zombie() -> None:
        os.write(write, b"%d" % fork(nothing))
        processes.wait()

    holder = fork(hold_zombie)
    pid = int(os.read(read, 100))
    until_exited(pid)
    assert (state(pid), parent(pid)) == (ZOMBIE, holder)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("wait_for", [until_exited, exit_of])
def test_hung_if_it_does_not_exit(fork: Fork, wait_for: Callable[[int], object]) -> None:
    pid = fork(processes.wait)
    with pytest.raises(Hung, match=rf"^expected process {pid} to exit within 0.05 s$"):
        wait_for(pid)


@pytest.mark.usefixtures("impatient")
def test_hung_if_it_is_not_reaped(fork: Fork) -> None:
    pid = fork(nothing)
    until_exited(pid, seconds=60)
    with pytest.raises(Hung, match=rf"^expected process {pid} to be reaped within 0.05 s$"):
        until_gone(pid)


def test_children_and_theirs_oldest_first(fork: Fork) -> None:
    before = {*descendants(os.getpid())}
    read, write = os.pipe()

    def have_child() -> None:
        os.write(write, b"%d" % fork(processes.wait))
        processes.wait()

    first, second = fork(processes.wait), fork(have_child)
    grandchild = int(os.read(read, 100))
    assert [pid for pid in children(os.getpid()) if pid not in before] == [first, second]
    assert children(second) == [grandchild]
    assert [pid for pid in descendants(os.getpid()) if pid not in before] == [first, second, grandchild]
    os.kill(grandchild, signal.SIGKILL)


def test_children_where_the_kernel_keeps_no_lists(fork: Fork, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this case the process table is searched."""

    def open_no_list(path: str, *args: Any) -> Any:
        if path.endswith("/children"):
            raise FileNotFoundError(path)
        return open(path, *args)

    monkeypatch.setattr(process_table, "open", open_no_list, raising=False)
    waiting, zombie = fork(processes.wait), fork(nothing)
    until_exited(zombie)
    assert {waiting, zombie} <= {*listed_children(os.getpid())}
    os.waitpid(zombie, 0)
    assert listed_children(zombie) == []


BLOCKING = [processes.wait, processes.read_nothing, processes.acquire_twice]


@pytest.mark.parametrize("payload", BLOCKING)
def test_blocked_in_a_system_call(fork: Fork, payload: Callable[[], object]) -> None:
    pid = fork(payload)
    until_blocked([pid])
    assert is_blocked(pid)


def test_blocked_in_flock(fork: Fork, tmp_path: Path) -> None:
    pids = [fork(processes.lock_file, tmp_path / "lock") for _ in range(2)]
    until_blocked(pids)
    assert all(map(is_blocked, pids))


def test_busy_is_not_blocked(fork: Fork) -> None:
    pid = fork(processes.loop)
    assert not any(is_blocked(pid) for _ in range(50))


def test_one_busy_thread_is_enough_not_to_be_blocked(fork: Fork) -> None:
    read, write = os.pipe()

    def loop_beside() -> None:
        threading.Thread(target=processes.acquire_twice, daemon=True).start()
        os.write(write, b"!")
        processes.loop()

    pid = fork(loop_beside)
    os.read(read, 1)
    while len(os.listdir(f"/proc/{pid}/task")) < 2 or cpu_time(pid) < 0.05:
        pass
    assert not any(is_blocked(pid) for _ in range(200))


def test_stopped_is_not_blocked(fork: Fork) -> None:
    pid = fork(processes.wait)
    until_blocked([pid])
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)
    seen = observe_threads(pid)
    assert seen is not None
    assert (seen.asleep, seen.stopped) == (False, True)
    assert not is_blocked(pid)


def test_load_changes_nothing(fork: Fork) -> None:
    blocked = fork(processes.read_nothing)
    busy = [fork(processes.loop) for _ in range(4)]
    until_blocked([blocked])
    assert sum(is_blocked(blocked) for _ in range(200)) == 200
    assert sum(is_blocked(busy[n % 4]) for n in range(200)) == 0


def test_tells_whether_a_process_comes_to_block(fork: Fork) -> None:
    assert blocks(fork(processes.read_nothing))
    assert not blocks(fork(nothing))


@pytest.mark.usefixtures("impatient")
def test_hung_if_it_neither_blocks_nor_exits(fork: Fork) -> None:
    pid = fork(processes.loop)
    with pytest.raises(Hung, match=f"expected process {pid} to block"):
        blocks(pid)


def test_the_exited_will_never_block(fork: Fork) -> None:
    pid = fork(nothing)
    with pytest.raises(Violation) as violation:
        until_blocked([pid])
    assert violation.value.summary == f"process {pid}, which is to wait for something: expected alive, seen zombie"


@pytest.mark.usefixtures("impatient")
def test_hung_if_one_does_not_block(fork: Fork) -> None:
    pids = [fork(processes.wait), fork(processes.loop)]
    with pytest.raises(Hung, match=f"expected process {pids[0]}, process {pids[1]} to block"):
        until_blocked(pids)
