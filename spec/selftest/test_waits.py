"""The kernel tells whether a wait has a limit."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from typing import Any, Callable

import pytest

from spec.harness.process_table import until_blocked
from spec.harness.waits import LIMITED, UNKNOWN, UNLIMITED, limit_of_wait, sleeps, waits_for_limited_time
from spec.selftest.conftest import Fork

mp: Any = multiprocessing

PIPE = mp.Pipe()


def acquire(*arguments: object) -> None:
    lock = mp.Lock()
    lock.acquire()
    lock.acquire(*arguments)


def recv(near: Any, far: Any) -> None:
    """Wait for a message that never comes, or until no process holds the *far* end any more."""
    far.close()
    with suppress(EOFError):
        near.recv()


def join(*arguments: object) -> None:
    near, far = mp.Pipe()
    child = mp.get_context("fork").Process(target=recv, args=(near, far))
    child.start()
    child.join(*arguments)


def beside_a_limited_wait() -> None:
    threading.Thread(target=threading.Event().wait, args=(3600,), daemon=True).start()
    acquire()


@pytest.mark.parametrize(
    "wait",
    [
        acquire,
        join,
        PIPE[0].recv,
        lambda: PIPE[0].poll(None),
        lambda: mp.Queue().get(),
        threading.Event().wait,
    ],
)
def test_without_limit(fork: Fork, wait: Callable[[], object]) -> None:
    pid = fork(wait)
    until_blocked([pid])
    assert limit_of_wait(pid) == UNLIMITED
    assert not waits_for_limited_time(pid)
    assert not sleeps(pid)


@pytest.mark.parametrize(
    "wait",
    [
        lambda: acquire(True, 3600),
        lambda: join(3600),
        lambda: PIPE[0].poll(3600),
        lambda: mp.Queue().get(True, 3600),
        lambda: threading.Event().wait(3600),
        lambda: time.sleep(3600),
        beside_a_limited_wait,
    ],
)
def test_for_a_limited_time(fork: Fork, wait: Callable[[], object]) -> None:
    pid = fork(wait)
    until_blocked([pid])
    assert limit_of_wait(pid) == LIMITED
    assert waits_for_limited_time(pid)


def interrupted_by_alarm() -> None:
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 3600)
    acquire()


def interrupted_by_timer() -> None:
    """Create a timer that sends SIGALRM, whose default is to end the process."""
    timer = ctypes.c_void_p()
    library = ctypes.CDLL("librt.so.1")
    assert library.timer_create(0, None, ctypes.byref(timer)) == 0
    acquire()


def recv_from_an_impatient_socket() -> None:
    near, _far = mp.Pipe()
    with socket.socket(fileno=near.fileno()) as end:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 3600, 0))
        near.recv()


def read_a_timer() -> None:
    library: Any = os
    timer = library.timerfd_create(time.CLOCK_MONOTONIC)
    library.timerfd_settime(timer, initial=3600)
    os.read(timer, 8)


@pytest.mark.parametrize("wait", [interrupted_by_alarm, interrupted_by_timer])
def test_unknown_beside_a_timer(fork: Fork, wait: Callable[[], object]) -> None:
    pid = fork(wait)
    until_blocked([pid])
    assert limit_of_wait(pid) == UNKNOWN


@pytest.mark.skipif(sys.version_info < (3, 13), reason="os.timerfd_create is new in Python 3.13")
def test_unknown_if_it_reads_a_timer(fork: Fork) -> None:
    pid = fork(read_a_timer)
    until_blocked([pid])
    assert limit_of_wait(pid) == UNKNOWN


def test_timeout_of_a_socket_is_a_limit(fork: Fork) -> None:
    pid = fork(recv_from_an_impatient_socket)
    until_blocked([pid])
    assert limit_of_wait(pid) == LIMITED


def test_sleep_is_told_from_a_timed_wait(fork: Fork) -> None:
    asleep, waiting = fork(time.sleep, 3600), fork(threading.Event().wait, 3600)
    until_blocked([asleep, waiting])
    assert [sleeps(asleep), sleeps(waiting)] == [True, False]


def test_unknown_of_what_is_gone() -> None:
    assert limit_of_wait(2**22 + 1) == UNKNOWN
    assert not sleeps(2**22 + 1)
