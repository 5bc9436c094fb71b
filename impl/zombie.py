"""Zombie: exited, and not yet waited for.

When a process exits, the kernel releases its memory and its files.  It keeps a record with the pid and the exit
status of the process, and the parent fetches this record with wait(2).  Until then the process is a zombie: it
is dead, and it is still in the process table.  ``join()`` waits for the process, and so it reaps the zombie.  A
parent that never joins its children gets more and more zombies.

Under forkserver the fork server is the parent.  It reaps its children at once, so the starter never has a
zombie.  The starter gets the exit code through a pipe.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated

import psutil

from impl.contract import Multiprocessing, Process, Task
from impl.pauses import pause_for


def leave_unjoined(mp: Multiprocessing, task: Task, count: int = 1) -> list[Process]:
    """Start *count* children that run *task*, and return them without waiting for any of them."""
    children = [mp.Process(target=task) for _ in range(count)]
    for child in children:
        child.start()
    return children


def reap(children: Sequence[Process]) -> None:
    """Wait for each of the *children*, which removes their records from the process table."""
    for child in children:
        child.join()


def do_nothing() -> None:
    """Exit at once."""


def describe(pid: int) -> str:
    """Return what the process table says about *pid*."""
    try:
        process = psutil.Process(pid)
        return f"{process.status()}, {process.memory_info().rss} bytes of memory"
    except psutil.NoSuchProcess:
        return "not in the process table"


def demo(
    mp: Multiprocessing,
    *,
    children: Annotated[int, "how many children are left unjoined"] = 1,
    pause: Annotated[float, "seconds until the children are looked at"] = 1.0,
) -> None:
    """A child exits and stays a zombie until it is joined.

    Look for what is left of the child before it is joined, and after.
    """
    unjoined = leave_unjoined(mp, do_nothing, children)
    pids = [child.pid or 0 for child in unjoined]
    pause_for(pause)()
    for child in unjoined:
        assert child.pid is not None
        print(f"process {os.getpid()} has not joined {child.pid}: {describe(child.pid)}")
    before = sum(map(psutil.pid_exists, pids))
    reap(unjoined)
    for child in unjoined:
        assert child.pid is not None
        print(f"process {os.getpid()} has joined {child.pid}: {describe(child.pid)}")
    after = sum(map(psutil.pid_exists, pids))
    print(
        f"result: of {children} exited children, {before} were in the process table before the join, {after} after it"
    )
