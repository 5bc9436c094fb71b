"""Payloads that say who they are."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import MakesProcesses, Pause, Task


def tell_pids(pause: Pause) -> None:
    """Stop at *pause* with this process's pid and its parent's, as the process itself sees them."""
    pause(os.getpid(), os.getppid())


def tell(whom: Callable[[], object], attributes: Sequence[str], pause: Pause) -> None:
    """Stop at *pause* with these *attributes* of the process that *whom* returns here."""
    process = whom()
    pause(*(getattr(process, attribute, None) for attribute in attributes))


def tell_whether_alive(itself: Callable[[], Any], pause: Pause) -> None:
    """Stop at *pause* with the pid that the process has by what *itself* returns, and whether it is alive by that."""
    process = itself()
    pause(process.pid, process.is_alive())


def tell_in_a_thread(whom: Callable[[], object], attributes: Sequence[str], pause: Pause) -> None:
    """Do what `tell` does in a second thread."""
    thread = threading.Thread(target=tell, args=(whom, attributes, pause))
    thread.start()
    thread.join()


def have_a_child(make: MakesProcesses, task: Task, count: int = 1) -> None:
    """Start a child of one's own that runs *task*, and join it; then others, if there are to be more."""
    for _ in range(count):
        child = make(target=task)
        child.start()
        child.join()
