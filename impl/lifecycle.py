"""Lifecycle: alive from its start to its end, and three ways to end.

A child is alive from ``start()`` until it has exited.  It ends by itself, or ``terminate()`` asks it to end, or
``kill()`` kills it.  ``terminate()`` makes the kernel deliver a signal, SIGTERM.  This is a request.  The call
does not wait, so the child is usually still alive immediately after it.  A child may handle the signal or
ignore it.  If it does neither, it ends in the middle of its code.  The rest of its code does not run, and no
``finally`` block and no exit handler runs.  SIGKILL can be neither handled nor ignored.

The exit code says how the child ended.  It is 0, or the value that the child passed to ``sys.exit()``; 1 if an
exception ended the child; or minus the number of the signal that ended it.
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
    """Ask *process* to end, and do not wait until it has ended."""
    process.terminate()


def end(process: Process, patience: float) -> None:
    """Ask *process* to end, kill it if it has not ended in time, and join it.

    Args:
        process: a process that was started.
        patience: the number of seconds that the process has to end, zero or more.
    """
    terminate(process)
    process.join(patience)
    if process.is_alive():
        process.kill()
        process.join()


def work(seconds: float) -> None:
    """Work for *seconds* seconds, and then print that the child is done."""
    pause_for(seconds)()
    print("child: done")


def demo(
    mp: Multiprocessing,
    *,
    pause: Annotated[float, "seconds that the child would work"] = 5.0,
) -> None:
    """A child is terminated while it works, and never prints that it is done.

    Look for "child: done", which does not come, and for the exit code.
    """
    child = start(mp, partial(work, pause))
    print(f"started:    alive is {child.is_alive()}")
    terminate(child)
    print(f"terminated: alive is {child.is_alive()}")
    child.join()
    print(f"joined:     alive is {child.is_alive()}, exit code {child.exitcode}")
    code = child.exitcode or 0
    print(f"result: the child ended {f'by signal {-code}' if code < 0 else 'by itself'}")
