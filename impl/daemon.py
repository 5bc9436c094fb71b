"""Daemon: a child that ends with the main program.

When the main program's code has ended, its daemonic children are terminated, and then its ordinary children
are waited for.  So a daemon is gone while an ordinary child still runs.  It is declared before ``start()``, and
may not have children of its own, since nobody would be left to end them.

A daemon is ended by SIGTERM: it does not finish its work, and runs no cleanup code, neither ``finally`` nor exit
handlers.

A main that is killed, or leaves by ``os._exit``, ends nobody: then its daemons run on as orphans.  A child that is to
notice can wait for ``parent_process().sentinel``.
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

    It joins neither: ending is enough.
    """
    start_daemon(mp, daemon_task)
    mp.Process(target=ordinary_task).start()
    pause()


def work(seconds: float, line: str) -> None:
    """Print *line* after that many *seconds*."""
    pause_for(seconds)()
    print(line)


def demo(
    mp: Multiprocessing,
    *,
    daemon_seconds: Annotated[float, "seconds that the daemon would work"] = 3.0,
    ordinary_seconds: Annotated[float, "seconds that the ordinary child works"] = 5.0,
) -> None:
    """The daemon never prints; the program waits for the ordinary child, which does."""
    daemon_task = partial(work, daemon_seconds, "daemon: done")
    ordinary_task = partial(work, ordinary_seconds, "ordinary child: done")
    main(mp, daemon_task, ordinary_task, pause_for(0))
    print("main: ended")
    sys.exit()  # whoever called this has no more code to run
