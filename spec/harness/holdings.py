"""What a process has: file descriptors, threads, children and shared memory."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Collection, Iterator
from typing import Callable, NamedTuple

from spec.harness import dev_shm
from spec.harness.heartbeat import beat
from spec.harness.process_table import descendants, listed_children, open_files, until_exited
from spec.harness.program import Program
from spec.harness.witness import Matcher, kernel

ENDING_SECONDS = 10.0
"""Seconds in which threads that have nothing more to do must end: far more than they need on a busy machine."""

THREAD_INTERVAL = 0.01
"""Seconds between two looks at whether a thread has ended."""


COLLECTIONS = 1 if sys.implementation.name == "cpython" else 5
"""How many collections free what only garbage refers to.

PyPy calls a finalizer in one collection, and frees the object, with what only it refers to, in a later one.
"""


class Holdings(NamedTuple):
    """What a process has.

    Attributes:
        files: the number of its open file descriptors.
        threads: the number of its threads.
        children: the number of its children, zombies included.
        shared: the number of semaphores and pieces of shared memory that it has mapped or open.
    """

    files: int
    threads: int
    children: int
    shared: int


def collect_garbage() -> None:
    """Free the objects that are no longer referred to, with what only they refer to."""
    for _ in range(COLLECTIONS):
        gc.collect()


def holdings() -> Holdings:
    """Collect the objects that are no longer referred to, and return what this process still has.

    The threads are those that `threading` knows.  The kernel may know one that has just been joined.
    """
    collect_garbage()
    return holdings_of(os.getpid())._replace(threads=threading.active_count())


def holdings_of(pid: int) -> Holdings:
    """Return what *pid* has, as the kernel reports it."""
    threads = len(os.listdir(f"/proc/{pid}/task"))
    return Holdings(open_files(pid), threads, len(listed_children(pid)), len(set(dev_shm.used_by(pid))))


def leaves_nothing_behind(use: Callable[[], object], times: int) -> None:
    """State that many calls of *use* leave this process with no more than it has after one call.

    Args:
        use: makes something and uses it; the result refers to all that may be in shared memory.
        times: how many calls.

    Raises:
        Violation: this process has something more, or a name is left in shared memory.
    """
    threads = threading.enumerate()
    use()  # now everything is open that is opened only once
    before, used = _holdings_without(threads), {*_used_here()}
    expected = Matcher(f"at most {before}", lambda seen: all(has <= had for has, had in zip(seen, before)))
    seen: set[int] = set()
    for _ in range(times):
        made = use()
        seen.update(_used_here())
        del made
    after = _holdings_without(threads)
    kernel.shows("the files, threads, children and pieces of shared memory", after, expected=expected)
    kernel.shows("the names left in shared memory", dev_shm.remaining(seen - used), expected=[])


def leaves_no_name_when_killed(program: Program) -> None:
    """Kill *program*, and state that none of the names that it has in shared memory is left.

    This waits until its helper processes have exited: the resource tracker removes the names.

    Raises:
        Violation: a name is left.
        Hung: a helper process does not exit.
    """
    used, helpers = set(dev_shm.used_by(program.pid)), descendants(program.pid)
    program.kill()
    for helper in helpers:
        until_exited(helper)
    kernel.shows("the names left in shared memory", dev_shm.remaining(used), expected=[])


def _holdings_without(threads: Collection[threading.Thread]) -> Holdings:
    """Return `holdings` once all but these *threads* have ended, if they do soon."""
    collect_garbage()
    end = time.monotonic() + ENDING_SECONDS
    for thread in threading.enumerate():
        while thread not in threads and thread.is_alive() and time.monotonic() < end:
            beat()  # so that the watcher does not take the wait for a hang
            thread.join(THREAD_INTERVAL)
    return holdings()


def _used_here() -> Iterator[int]:
    return dev_shm.used_by(os.getpid())
