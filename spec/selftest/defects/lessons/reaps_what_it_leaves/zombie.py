"""Zombie, with the fault that the package names."""

from impl.zombie import leave_unjoined as sound_leave_unjoined
from impl.zombie import reap

__all__ = ["leave_unjoined", "reap"]


def leave_unjoined(mp, task, count=1):
    children = sound_leave_unjoined(mp, task, count)
    reap(children)
    return children
