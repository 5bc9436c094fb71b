"""Functions that run in children: buyers at the ticket office, and processes that share a lock."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from impl.contract import Guard, Lock, MakesProcesses, Multiprocessing, Pause
    from spec.harness.recorder import Recorder


def make_and_hold(mp: Multiprocessing, pause: Pause) -> None:
    """Create a lock and a queue, use both, and keep them until *pause* returns."""
    lock, queue = mp.Lock(), mp.Queue()
    with lock:
        queue.put("a ticket")
    pause()


ACQUIRED, REFUSED = 3, 4
"""The exit codes of a process that tries to acquire a lock: it acquired the lock, or found it held."""


class NetworkDown(Exception):
    """Raised in the middle of a purchase, instead of waiting for the network."""


def fail(_read: object) -> None:
    """Act as a network that is down.

    Raises:
        NetworkDown: always.
    """
    raise NetworkDown


def tell(log: Recorder, buyer: int, outcome: str) -> None:
    """Record the number of the *buyer*, under the *outcome* of the purchase."""
    log(outcome, buyer)


def outcome_of(buy: Callable[..., object], lock: Guard, network: Pause, stock: str) -> list[str]:
    """Buy one ticket, and return the outcomes that the buyer was told."""
    told: list[str] = []
    buy(0, Path(stock), lock, network, lambda _buyer, outcome: told.append(outcome))
    return told


def write_line(lock: Guard, middle: Pause, path: Path, line: str) -> None:
    """Append the *line* to the file in two parts, and call *middle* between them, while the lock is held."""
    half = len(line) // 2
    with lock:
        _append(path, line[:half])
        middle()
        _append(path, line[half:] + "\n")


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def try_to_acquire(lock: Lock) -> None:
    """Try to acquire the lock without waiting, and exit with `ACQUIRED` or `REFUSED`."""
    sys.exit(ACQUIRED if lock.acquire(False) else REFUSED)


def let_a_child_try(make: MakesProcesses, lock: Lock) -> Optional[int]:
    """Start a child that tries to acquire the lock, and return the child's exit code."""
    child = make(target=try_to_acquire, args=(lock,))
    child.start()
    child.join()
    return child.exitcode


def leave_locks(mp: Any) -> list[object]:
    """Return locks that are held, held twice, free, and not used; others were made, used and dropped."""
    held, twice, free, unused = locks = mp.Lock(), mp.RLock(), mp.Lock(), mp.Lock()
    for lock in held, twice, twice, free:
        lock.acquire()
    free.release()
    for _ in range(20):
        with mp.Lock(), mp.RLock():
            pass
    return [*locks, unused]


def make_and_drop_meanwhile(mp: Multiprocessing, pause: Pause) -> None:
    """A program: make a lock, stop at *pause*, and make another one; a warning in the meantime drops the first."""
    kept = [mp.Lock()]
    pause()
    warnings.showwarning = lambda *_arguments: kept.clear()
    with mp.Lock():
        pass


def make_reap_and_make_again(mp: Multiprocessing, pause: Pause) -> None:
    """A program: make a lock, stop at *pause*, wait until a child has ended, make another lock, and stop again."""
    locks = [mp.Lock()]
    pause()
    os.wait()
    locks.append(mp.Lock())
    pause()


def make_and_make_again(mp: Multiprocessing, pause: Pause) -> None:
    """A program: make a lock, and another one, and stop at *pause* after each; make a third one then."""
    locks = [mp.Lock()]
    for _ in range(2):
        pause()
        locks.append(mp.Lock())
