"""Isolation: processes share no memory.

A child has memory of its own.  Under fork it begins with a copy of the parent's memory at that moment.  Under
spawn and forkserver it begins with the values that importing the program's modules gives.  In both cases no
other process sees what the child changes after that.
"""

from __future__ import annotations

from impl.contract import Multiprocessing, Process, Task

number = 100


def run_in_child(mp: Multiprocessing, task: Task) -> Process:
    """Run *task* in a child process, wait until it has ended, and return the joined child."""
    child = mp.Process(target=task)
    child.start()
    child.join()
    return child


def change_number() -> None:
    """Rebind a global that the parent also has."""
    global number
    number = 3
    print(f"child:  number = {number}")


def demo(mp: Multiprocessing) -> None:
    """A child changes a global; the parent still sees its own.

    Look for the number that the parent sees after the child has changed it.
    """
    before = number
    print(f"parent: number = {number}")
    run_in_child(mp, change_number)
    print(f"parent: number = {number}")
    print(f"result: the child changed {'its own number only' if number == before else 'the number of its parent'}")
