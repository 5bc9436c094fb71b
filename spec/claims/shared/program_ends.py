"""Programs that end without closing what they have used, and ways in which a program ends."""

from __future__ import annotations

import os
import signal
import sys
import threading

from impl.api import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from impl.contract import Multiprocessing, Pause


class ProgramFailed(Exception):
    """An exception that ends a program."""


_kept: list[object] = []
"""All that is still referred to when its process ends."""


def use_here_and_in_a_child(mp: Multiprocessing, use: Callable[[Any], object], api: str) -> None:
    """A program: call *use* here and in a child, keep what it returns, and exit with the child's exit code.

    Args:
        mp: the multiprocessing API.
        use: takes the API, and returns what to keep.
        api: the name of the API.
    """
    _kept.append(use(mp))
    child = mp.Process(target=_use, args=(use, api))
    child.start()
    child.join()
    sys.exit(child.exitcode)


def _use(use: Callable[[Any], object], api: str) -> None:
    _kept.append(use(load(api)))


def use_and_end(mp: Any, pause: Pause, end: Callable[[], object]) -> None:
    """A program: use a lock, a queue and a child, stop at *pause*, and come to an *end*."""
    lock, queue = mp.Lock(), mp.Queue()
    child = mp.Process(target=_put, args=(lock, queue))
    child.start()
    queue.get()
    child.join()
    _kept.append((lock, queue))
    pause()
    end()


def _put(lock: Any, queue: Any) -> None:
    with lock:
        queue.put("dumpling")


def exit_in_a_thread() -> None:
    """Call `sys.exit` in a second thread, and return when that thread has ended."""
    thread = threading.Thread(target=sys.exit, args=(5,))
    thread.start()
    thread.join()


def fail() -> None:
    """Raise an exception."""
    raise ProgramFailed


def be_terminated() -> None:
    """End this process by SIGTERM."""
    os.kill(os.getpid(), signal.SIGTERM)


def be_killed() -> None:
    """End this process by SIGKILL."""
    os.kill(os.getpid(), signal.SIGKILL)
