"""Payloads that tell which process runs them."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import MakesProcesses, Pause, Task


def tell_pids(pause: Pause) -> None:
    """Stop at *pause* with the pids of this process and its parent, as the process itself sees them."""
    pause(os.getpid(), os.getppid())


def tell(find: Callable[[], object], attributes: Sequence[str], pause: Pause) -> None:
    """Stop at *pause* with these *attributes* of the process object that *find* returns here."""
    process = find()
    pause(*(getattr(process, attribute, None) for attribute in attributes))


def tell_repr(find: Callable[[], object], pause: Pause) -> None:
    """Stop at *pause* with the repr of the process object that *find* returns here."""
    pause(repr(find()))


def tell_whether_alive(find: Callable[[], Any], pause: Pause) -> None:
    """Stop at *pause* with the pid of the process object that *find* returns here, and whether it is alive."""
    process = find()
    pause(process.pid, process.is_alive())


def tell_in_a_thread(find: Callable[[], object], attributes: Sequence[str], pause: Pause) -> None:
    """Call `tell` in a second thread."""
    thread = threading.Thread(target=tell, args=(find, attributes, pause))
    thread.start()
    thread.join()


def have_a_child(make: MakesProcesses, task: Task, count: int = 1) -> None:
    """Start a child that runs *task*, and join it; do that *count* times."""
    for _ in range(count):
        child = make(target=task)
        child.start()
        child.join()


def tell_authkey(find: Callable[[], Any], pause: Pause) -> None:
    """Stop at *pause* with the authkey of the process object that *find* returns here."""
    pause(bytes(find().authkey))


def tell_main_thread(pause: Pause) -> None:
    """Stop at *pause* with the native id of the main thread."""
    pause(threading.main_thread().native_id)
