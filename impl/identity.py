"""Identity: what a process is called, and whose child it is.

The kernel numbers processes: a child's pid is the same whoever looks at it, and there is none before the child
is started.  The name is for people.  It is given when the process is made, or else made up of the name of its
class and a number, and can be changed.  The child takes along the name that it was started with; what the parent
calls it later, it never learns.

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
        task: what the child runs.
        name: what the process is called; None or an empty text leaves it with its default name.
    """
    child = mp.Process(target=task, name=name)
    child.start()
    return child


def introduce_myself(current_process: Callable[[], Process]) -> None:
    """Say who this process is."""
    print(f"child:  I am {current_process().name}, process {os.getpid()}, child of {os.getppid()}")


def demo(
    mp: Multiprocessing,
    *,
    name: Annotated[str, "what the first of the two children is called"] = "洪七",
) -> None:
    """Two children, one with a name and one without, say who they are; so does their parent."""
    introduction = partial(introduce_myself, mp.current_process)
    for child in start(mp, introduction, name=name), start(mp, introduction):
        child.join()
        print(f"parent: that was {child.name}, process {child.pid}; I am process {os.getpid()}")
        child.name += ", joined"
        print(f"parent: now I call it {child.name}")
