"""Daemon: a child that ends with the main program.

When the code of the main program has ended, the program terminates its daemonic children.  Then it waits for
its ordinary children.  So a daemon is gone while an ordinary child still runs.  A child is declared a daemon
before ``start()``.  A daemon may not have children of its own, because no process would be left to end them.

A daemon is terminated by SIGTERM.  It does not finish its work, and it runs no cleanup code: no ``finally``
block and no exit handler.

A main that is killed, or that leaves by ``os._exit``, terminates no child.  Its daemons then run on as orphans.
A child can wait for ``parent_process().sentinel`` to learn that main has ended.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated

from impl.contract import Multiprocessing, Pause, Process, Task
from impl.pauses import pause_for


def start_daemon(mp: Multiprocessing, task: Task) -> Process:
    """Start a daemonic child that runs *task*, and return it."""
    child = mp.Process(target=task)
    child.daemon = True
    child.start()
    return child


def main(mp: Multiprocessing, daemon_task: Task, ordinary_task: Task, pause: Pause) -> None:
    """A program: start a daemon and an ordinary child, call *pause*, and end.

    It joins neither child, because its end takes care of both.
    """
    start_daemon(mp, daemon_task)
    mp.Process(target=ordinary_task).start()
    pause()


def work(seconds: float, line: str) -> None:
    """Work for *seconds* seconds, and then print *line*."""
    pause_for(seconds)()
    print(line)


def demo(
    mp: Multiprocessing,
    *,
    daemon_seconds: Annotated[float, "seconds that the daemon would work"] = 3.0,
    ordinary_seconds: Annotated[float, "seconds that the ordinary child works"] = 5.0,
) -> None:
    """The daemon never prints; the program waits for the ordinary child, which prints.

    Look for who prints that it is done, and what comes after the end of main.
    """
    daemon_task = partial(work, daemon_seconds, "daemon: done")
    ordinary_task = partial(work, ordinary_seconds, "ordinary child: done")
    main(mp, daemon_task, ordinary_task, pause_for(0))
    print("main: ended")
    sys.exit()  # the caller runs no more code
