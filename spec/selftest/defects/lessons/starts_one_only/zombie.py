"""Zombie, with the fault that the package names."""

from impl.zombie import leave_unjoined as sound_leave_unjoined
from impl.zombie import reap

__all__ = ["leave_unjoined", "reap"]


def leave_unjoined(mp, task, count=1):
    return sound_leave_unjoined(mp, task, min(count, 1))
