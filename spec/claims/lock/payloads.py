"""What buyers at the ticket office do."""

from __future__ import annotations

import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional

    from impl.contract import Guard, Lock, MakesProcesses, Multiprocessing, Pause
    from spec.harness.recorder import Recorder


def make_and_hold(mp: Multiprocessing, pause: Pause) -> None:
    """Make a lock and a queue, use either, and keep them while this *pause* lasts."""
    lock, queue = mp.Lock(), mp.Queue()
    with lock:
        queue.put("a ticket")
    pause()


ACQUIRED, HELD = 3, 4
"""Exit codes of who has tried a lock."""


class NetworkDown(Exception):
    """Raised where a purchase waits for the network."""


def fail(_read: object) -> None:
    """Be a network that is down."""
    raise NetworkDown


def tell(log: Recorder, buyer: int, outcome: str) -> None:
    """Record the *outcome*, under its own name, of the purchase of this *buyer*."""
    log(outcome, buyer)


def outcome_of(buy: Callable[..., object], lock: Guard, network: Pause, stock: str) -> list[str]:
    """Buy one ticket, and return what the buyer was told."""
    told: list[str] = []
    buy(0, Path(stock), lock, network, lambda _buyer, outcome: told.append(outcome))
    return told


def write_line(lock: Guard, middle: Pause, path: Path, line: str) -> None:
    """Append the *line* to the file in two parts, with a pause between them, under the lock."""
    half = len(line) // 2
    with lock:
        _append(path, line[:half])
        middle()
        _append(path, line[half:] + "\n")


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def try_it(lock: Lock) -> None:
    """Try to acquire the lock without waiting, and exit with what came of it."""
    sys.exit(ACQUIRED if lock.acquire(False) else HELD)


def let_a_child_try(make: MakesProcesses, lock: Lock) -> Optional[int]:
    """Hand the lock to a child that tries it, and return the child's exit code."""
    child = make(target=try_it, args=(lock,))
    child.start()
    child.join()
    return child.exitcode
