"""Orphan: the parent exits first.

A child goes on running when its parent exits.  The kernel finds it a new parent: the nearest living ancestor that
has declared itself a child subreaper, see `prctl(2)
<https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html>`_, or else pid 1, the init of its pid
namespace.  Whoever adopts an orphan is to reap it, so it does no harm.  An init does; but in a container pid 1 may be
a program that never waits, and then the orphan stays a zombie.

Under forkserver the parent is the fork server.  It is what is orphaned then; the child keeps its parent.

A program that ends normally makes no orphans: it waits for its ordinary children first.  One that leaves by
``os._exit``, or is killed, does.
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

    It leaves by `os._exit`: at a normal end it would wait for the child.
    """
    mp.Process(target=task).start()
    pause()
    os._exit(0)


def introduce(who: str) -> None:
    """Say who this process is, and whose child."""
    parent = psutil.Process().parent()
    whose = f"process {parent.pid} ({parent.name()})" if parent else "nobody in this pid namespace"
    print(f"{who}: process {os.getpid()}, child of {whose}", flush=True)


def leave(pause: Pause) -> None:
    """Be the parent, until it leaves."""
    introduce("parent")
    pause()
    print(f"parent: process {os.getpid()} leaves", flush=True)


def live_on(life: Connection, pause: Pause) -> None:
    """Be the child, before and after its parent has left, and close *life* at the end."""
    with life:
        introduce("child")
        pause()
        introduce("orphan")


def demo(
    mp: Multiprocessing,
    *,
    pause: Annotated[float, "seconds until the parent leaves; the child looks again after twice as many"] = 1.0,
) -> None:
    """A parent leaves first, and its child has another parent then."""
    watch, life = mp.Pipe(duplex=False)
    task = partial(live_on, life, pause_for(2 * pause))
    # Whoever watches waits for what he started, and that must not be the orphan's parent.
    parent = multiprocessing.get_context("fork").Process(
        target=main, args=(mp, task, partial(leave, pause_for(pause)))
    )
    parent.start()
    life.close()
    parent.join()
    watch.poll(5 + 2 * pause)  # ready once nobody has the other end open: the orphan has ended
