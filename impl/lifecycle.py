"""Lifecycle: alive from its start to its end, and three ways to end.

A child is alive from ``start()`` until it has exited.  It ends by itself, or is asked to with ``terminate()``, or
is killed with ``kill()``.  To terminate is to have the kernel deliver a signal, SIGTERM.  That is a request: the call
does not wait, so straight after it the child is usually still alive; and a child may handle the signal, or
ignore it.  If it does neither, it is gone in the middle of its code: nothing of the rest is run, no ``finally`` and
no exit handler.  SIGKILL can be neither handled nor ignored.

How it ended, the exit code says: 0, or what it passed to ``sys.exit()``; 1 if an exception ended it; minus the
number of the signal that did.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from impl.contract import Multiprocessing, Process, Task
from impl.pauses import pause_for


def start(mp: Multiprocessing, task: Task) -> Process:
    """Start a child that runs *task*, and return it."""
    child = mp.Process(target=task)
    child.start()
    return child


def terminate(process: Process) -> None:
    """Ask *process* to end, and do not wait until it has."""
    process.terminate()


def end(process: Process, patience: float) -> None:
    """Ask *process* to end, kill it if it has not ended in time, and join it.

    Args:
        process: one that was started.
        patience: the seconds that it has, zero or more.
    """
    terminate(process)
    process.join(patience)
    if process.is_alive():
        process.kill()
        process.join()


def work(seconds: float) -> None:
    """Take so many *seconds*, and say when done."""
    pause_for(seconds)()
    print("child: done")


def demo(
    mp: Multiprocessing,
    *,
    pause: Annotated[float, "seconds that the child would work"] = 5.0,
) -> None:
    """A child is terminated at its work, and never comes to say that it is done."""
    child = start(mp, partial(work, pause))
    print(f"started:    alive is {child.is_alive()}")
    terminate(child)
    print(f"terminated: alive is {child.is_alive()}")
    child.join()
    print(f"joined:     alive is {child.is_alive()}, exit code {child.exitcode}")
