"""What processes do to a number if each reads it, and writes it one lower in a later step, and nothing guards it."""

from __future__ import annotations

from collections.abc import Sequence


def left_after(schedule: Sequence[int], number: int) -> int:
    """Return what is left of *number*.

    Args:
        schedule: the process that makes each step.  Its first step is the read, and its second the write.
        number: the number at first.
    """
    read: dict[int, int] = {}
    for process in schedule:
        if process in read:
            number = read[process] - 1
        else:
            read[process] = number
    return number


def overlaps(schedule: Sequence[int]) -> bool:
    """Return whether in the *schedule* a process makes a step between the first and the last step of another."""
    changes = sum(process != following for process, following in zip(schedule, schedule[1:]))
    return changes >= len(set(schedule))
