"""Parents that end normally, and ancestors that adopt orphans or do not."""

from __future__ import annotations

import os
import signal

from impl.api import load
from spec.harness.subreaper import become_subreaper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import Lock, MakesProcesses, Multiprocessing, Pause, Task
    from spec.harness.program import Program


def end_normally(mp: Multiprocessing, task: Task, pause: Pause) -> None:
    """A program: start a child, stop at *pause*, and end normally."""
    mp.Process(target=task).start()
    pause()


def be_an_ancestor(adopts: bool, run: Callable[[], Program], staying: Pause) -> None:
    """Run a program, as a subreaper if it *adopts*, and stop at *staying*."""
    become_subreaper(adopts)
    run()
    staying()


def have_a_grandchild(mp: Multiprocessing, task: Task, stay: Pause, pause: Pause) -> None:
    """A program: start a child that has a lock and a child and stops at *stay*, and stop at *pause*."""
    lock = mp.Lock()
    mp.Process(target=have_a_child, args=(mp.Process, lock, task, stay)).start()
    pause()


def have_a_child(make: MakesProcesses, _lock: Lock, task: Task, stay: Pause) -> None:
    """Start a child that runs *task*, and stop at *stay*."""
    make(target=task).start()
    stay()


def kill_starter(api: str) -> None:
    """Kill the process that has started this one."""
    starter: Any = load(api).parent_process()
    os.kill(starter.pid, signal.SIGKILL)
