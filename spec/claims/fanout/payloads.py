"""What one of many children does, and a main that starts them."""

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
    """Record the *number*, if this is to end ``well``; else end as *how* says: ``raises``, ``exits`` or such."""
    if how == "raises":
        raise RuntimeError(f"child {number} fails")
    if how == "exits":
        sys.exit(3)
    if how == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)
    log("worked", number)


def run(fan_out: FanOut, mp: Multiprocessing, tasks: Sequence[Task]) -> None:
    """Fan out, and do nothing with the children: even to ask one for its exit code would reap it."""
    fan_out(mp, tasks)
