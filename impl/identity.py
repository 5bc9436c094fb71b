"""Identity: what a process is called, and whose child it is.

The kernel numbers processes.  Every process sees the same pid for a child, and the child has no pid before it
is started.  The name is for people.  It is given when the process is made; otherwise it consists of the name of
the process's class and a number.  It can be changed.  The child has the name that it was started with.  If the
parent changes the name later, the child does not learn that.

Every process has a parent.  Under fork and spawn it is the process that started it.  Under forkserver, the
default on Linux since Python 3.14, it is the fork server, which is itself a child of that process.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Annotated, Callable, Optional

from impl.contract import Multiprocessing, Process, Task


def start(mp: Multiprocessing, task: Task, *, name: Optional[str] = None) -> Process:
    """Start a child that runs *task*, and return it.

    Args:
        mp: the API that makes the process.
        task: the code that the child runs.
        name: the name of the process; with None or an empty text the process keeps its default name.
    """
    child = mp.Process(target=task, name=name)
    child.start()
    return child


def introduce_myself(current_process: Callable[[], Process]) -> None:
    """Print the name and the pid of this process, and the pid of its parent."""
    print(f"child:  I am {current_process().name}, process {os.getpid()}, child of {os.getppid()}")


def demo(
    mp: Multiprocessing,
    *,
    name: Annotated[str, "what the first of the two children is called"] = "洪七",
) -> None:
    """Two children, one with a name and one without, say who they are; so does their parent.

    Look for the numbers of the processes, and for who is whose child.
    """
    pids = {os.getpid()}
    introduction = partial(introduce_myself, mp.current_process)
    for child in start(mp, introduction, name=name), start(mp, introduction):
        child.join()
        print(f"parent: that was {child.name}, process {child.pid}; I am process {os.getpid()}")
        pids.add(child.pid or 0)
        child.name += ", joined"
        print(f"parent: now I call it {child.name}")
    print(f"result: two children and their parent are {len(pids)} processes")
