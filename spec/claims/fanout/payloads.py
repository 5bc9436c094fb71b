"""What one of many children does, and a main that starts them all."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from impl.contract import Multiprocessing, Process, Task
    from spec.harness.recorder import Recorder

    FanOut = Callable[[Multiprocessing, Sequence[Task]], list[Process]]


def work(log: Recorder, number: int, how: str) -> None:
    """Record *number* if the child ends well; otherwise end in another way.

    Args:
        log: where the number is recorded.
        number: the number of the child.
        how: the way to end: ``"well"``, ``"raises"``, ``"exits"`` or ``"is killed"``.
    """
    if how == "raises":
        raise RuntimeError(f"child {number} fails")
    if how == "exits":
        sys.exit(3)
    if how == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)
    log("worked", number)


def run(fan_out: FanOut, mp: Multiprocessing, tasks: Sequence[Task]) -> None:
    """Fan out, and do nothing with the children: even reading an exit code would reap the child."""
    fan_out(mp, tasks)
