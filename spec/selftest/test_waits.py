"""The kernel tells whether a wait has a limit."""

from __future__ import annotations

import multiprocessing
import threading
import time
from contextlib import suppress
from typing import Any, Callable

import pytest

from spec.harness.process_table import until_blocked
from spec.harness.waits import LIMITED, UNKNOWN, UNLIMITED, limit_of_wait, sleeps
from spec.selftest.conftest import Fork

mp: Any = multiprocessing

PIPE = mp.Pipe()


def acquire(*arguments: object) -> None:
    lock = mp.Lock()
    lock.acquire()
    lock.acquire(*arguments)


def recv(near: Any, far: Any) -> None:
    """Wait for what never comes, or for the end of whoever holds the *far* end as well."""
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


def test_sleep_is_told_from_a_timed_wait(fork: Fork) -> None:
    asleep, waiting = fork(time.sleep, 3600), fork(threading.Event().wait, 3600)
    until_blocked([asleep, waiting])
    assert [sleeps(asleep), sleeps(waiting)] == [True, False]


def test_unknown_of_what_is_gone() -> None:
    assert limit_of_wait(2**22 + 1) == UNKNOWN
    assert not sleeps(2**22 + 1)
