"""What a blocked process waits for, and which processes could end its wait."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import re
import select
import signal
import socket
import threading
from pathlib import Path
from typing import Any, Callable

import pytest

from spec.harness import socket_peers
from spec.harness.blockers import describe_wait, find_wait, find_waits
from spec.harness.process_table import children, until_blocked
from spec.harness.system_calls import P_PID, WEXITED, WNOWAIT, pidfd_open, waitid
from spec.selftest.conftest import Fork

mp: Any = multiprocessing.get_context("fork")


def described(fork: Fork, wait: Callable[[], object]) -> str:
    """Return what a process that calls *wait* waits for, where this process and a third could end it."""
    third = fork(signal.pause)
    waiter = fork(wait)
    until_blocked([third, waiter])
    text = describe_wait(waiter, [os.getpid(), third, waiter])
    return text.replace(str(os.getpid()), "HERE").replace(str(third), "THIRD").replace(str(waiter), "ITSELF")


def test_reader_of_a_pipe_waits_for_those_that_can_write(fork: Fork) -> None:
    reading, writing = os.pipe()
    assert described(fork, lambda: os.read(reading, 1)) == "process HERE or THIRD to write to a pipe"
    os.close(writing)


def test_pipe_that_nobody_else_can_write_to(fork: Fork) -> None:
    reading, writing = os.pipe()
    waiter = fork(os.read, reading, 1)
    os.close(writing)
    until_blocked([waiter])
    assert describe_wait(waiter, [os.getpid(), waiter]) == "a pipe that no process of the claim can write to"


def test_writer_to_a_full_pipe_waits_for_those_that_can_read(fork: Fork) -> None:
    reading, writing = os.pipe()
    assert described(fork, lambda: os.write(writing, bytes(1 << 22))) == "process HERE or THIRD to read from a pipe"
    os.close(reading)


def test_poll_waits_for_any_of_its_files(fork: Fork) -> None:
    pipe, here = os.pipe(), os.getpid()

    def wait() -> None:
        poll = select.poll()
        poll.register(pipe[0], select.POLLIN)
        poll.register(pidfd_open(here), select.POLLIN)
        poll.poll()

    assert described(fork, wait) == "process HERE or THIRD to write to a pipe or the exit of process HERE"


def test_reader_of_a_socket_waits_for_those_that_have_its_peer(fork: Fork) -> None:
    near, _far = socket.socketpair()
    assert socket_peers.peer(os.fstat(near.fileno()).st_ino) == os.fstat(_far.fileno()).st_ino
    assert described(fork, lambda: near.recv(1)) == "process HERE or THIRD to write to a socket"


def test_socket_without_a_peer_has_none() -> None:
    with socket.socket(socket.AF_UNIX) as alone:
        assert socket_peers.peer(os.fstat(alone.fileno()).st_ino) is None


def test_caller_of_acquire_waits_for_those_that_have_the_semaphore(fork: Fork) -> None:
    lock = mp.Lock()
    lock.acquire()
    assert described(fork, lock.acquire) == "a semaphore that process HERE or THIRD can release"


def test_joiner_waits_for_the_exit_of_a_child(fork: Fork) -> None:
    reading, writing = os.pipe()

    def join() -> None:
        os.close(writing)
        child = mp.Process(target=os.read, args=(reading, 1))
        child.start()
        child.join()

    assert re.fullmatch(r"the exit of process \d+", described(fork, join))
    os.close(writing)  # ends the child


@pytest.mark.parametrize("lock", [fcntl.flock, fcntl.lockf], ids=["flock", "lockf"])
def test_locker_of_a_file_waits_for_the_holder(fork: Fork, tmp_path: Path, lock: Callable[..., object]) -> None:
    def hold_another() -> None:
        with (tmp_path / "lock").open("w") as file:
            lock(file, fcntl.LOCK_EX)

    with (tmp_path / "lock").open("w") as held:
        lock(held, fcntl.LOCK_EX)
        assert described(fork, hold_another) == "a file lock that process HERE holds"


def test_nothing_is_known_of_a_process_that_is_gone(fork: Fork) -> None:
    gone = fork(int)
    waitid(P_PID, gone, WEXITED | WNOWAIT)
    assert describe_wait(gone, [os.getpid(), gone]) == ""


def test_process_waits_in_other_threads_too(fork: Fork) -> None:
    lock, (reading, writing) = mp.Lock(), os.pipe()
    lock.acquire()

    def wait() -> None:
        threading.Thread(target=lock.acquire).start()
        threading.Thread(target=threading.Event().wait).start()
        os.read(reading, 1)

    waiter = fork(wait)
    until_blocked([waiter])
    pipe, semaphore = (
        f"process {os.getpid()} to write to a pipe",
        f"a semaphore that process {os.getpid()} can release",
    )
    found = find_waits(waiter, [os.getpid(), waiter])
    assert found == (f"{pipe}, and in another thread, for {semaphore}", [os.getpid()])
    assert find_wait(waiter, [os.getpid(), waiter]) == (pipe, [os.getpid()])
    os.close(writing)


def test_those_that_could_end_a_wait_are_known_by_number(fork: Fork) -> None:
    def join() -> None:
        if os.fork() == 0:
            signal.pause()
        os.wait()

    waiter = fork(join)
    until_blocked([waiter])
    [child] = children(waiter)
    until_blocked([waiter])
    assert find_wait(waiter, [waiter]) == ("the exit of a child", [child])
    os.kill(child, signal.SIGKILL)
