"""A program that leaves its children unjoined."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from impl.contract import Multiprocessing, Pause, Process, Task


def hold(
    mp: Multiprocessing, leave_unjoined: Callable[..., list[Process]], task: Task, count: int, pause: Pause
) -> None:
    """A program: leave *count* children unjoined, and stop at *pause* with their pids."""
    pause([child.pid for child in leave_unjoined(mp, task, count)])
