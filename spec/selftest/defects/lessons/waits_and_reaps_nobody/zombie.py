"""Zombie, with the fault that the package names."""

import os

from impl.zombie import leave_unjoined

__all__ = ["leave_unjoined", "reap"]


def reap(children):
    for child in children:
        if child.pid is None:
            child.join()  # which refuses
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
