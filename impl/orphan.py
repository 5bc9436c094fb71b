"""Orphan: the parent exits first.

A child goes on running when its parent exits.  The kernel gives it a new parent: the nearest living ancestor
that has declared itself a child subreaper (see `prctl(2)
<https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html>`_), or otherwise pid 1, the init of
its pid namespace.  An orphan does no harm if its new parent reaps it.  An init does that.  In a container, pid
1 may be a program that never waits, and then the orphan stays a zombie after it has exited.

Under forkserver the parent is the fork server.  The fork server becomes the orphan, and the child keeps its
parent.

A program that ends normally leaves no orphans, because it waits for its ordinary children first.  A program
that leaves by ``os._exit``, or that is killed, leaves its children as orphans.
"""

from __future__ import annotations

import multiprocessing
import os
from functools import partial
from typing import Annotated

import psutil

from impl.contract import Connection, Multiprocessing, Pause, Task
from impl.pauses import pause_for


def main(mp: Multiprocessing, task: Task, pause: Pause) -> None:
    """A program: start a child that runs *task*, call *pause*, and leave first, with exit status 0.

    It leaves by `os._exit`, because at a normal end it would wait for the child.
    """
    mp.Process(target=task).start()
    pause()
    os._exit(0)


def introduce(who: str) -> None:
    """Print which process this is, and which process is its parent."""
    parent = psutil.Process().parent()
    whose = f"process {parent.pid} ({parent.name()})" if parent else "nobody in this pid namespace"
    print(f"{who}: process {os.getpid()}, child of {whose}", flush=True)


def leave(pause: Pause) -> None:
    """Introduce the parent, call *pause*, and announce that the parent leaves."""
    introduce("parent")
    pause()
    print(f"parent: process {os.getpid()} leaves", flush=True)


def live_on(life: Connection, pause: Pause) -> None:
    """Introduce the child, call *pause*, introduce it again as an orphan, and close *life* at the end."""
    with life:
        introduce("child")
        pause()
        introduce("orphan")


def demo(
    mp: Multiprocessing,
    *,
    pause: Annotated[float, "seconds until the parent leaves; the child looks again after twice as many"] = 1.0,
) -> None:
    """A parent leaves first, and its child then has another parent.

    Look for the parent of the child, before its parent leaves and after.
    """
    watch, life = mp.Pipe(duplex=False)
    task = partial(live_on, life, pause_for(2 * pause))
    # The program that runs the demo waits for its own children, so it must not be the orphan's parent.
    parent = multiprocessing.get_context("fork").Process(
        target=main, args=(mp, task, partial(leave, pause_for(pause)))
    )
    parent.start()
    life.close()
    parent.join()
    outlived = not watch.poll(0)
    watch.poll(5 + 2 * pause)  # ready once no process has the other end open: the orphan has ended
    print(f"result: the child {'outlived' if outlived else 'did not outlive'} its parent")
