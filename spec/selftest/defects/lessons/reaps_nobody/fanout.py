import os
from contextlib import suppress

from impl.fanout import one_by_one

__all__ = ["one_by_one", "together"]


def together(mp, tasks):
    children = [mp.Process(target=task) for task in tasks]
    for child in children:
        child.start()
    for child in children:
        with suppress(ChildProcessError):  # it has ended, and the start of another has reaped it
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    return children
