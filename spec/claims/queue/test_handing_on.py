"""Queues and ends of pipes that a child hands on to a child of its own."""

from __future__ import annotations

import os

from impl.contract import Multiprocessing
from spec.claims.queue import payloads
from spec.engine.marks import needs, source
from spec.harness.witness import caller, recorder

pytestmark = needs("Process", "Queue", "Pipe")


@source("https://docs.python.org/3/library/multiprocessing.html#exchanging-objects-between-processes", observed=True)
def test_works_in_a_childs_child(mp: Multiprocessing) -> None:
    """A queue and an end of a pipe that a child hands on to a child of its own work there."""
    queue, (receiver, sender) = mp.Queue(), mp.Pipe(False)
    child = mp.Process(target=payloads.let_a_child_tell, args=(mp.Process, queue, sender))
    child.start()
    grandchild = queue.get()
    recorder.shows("whether a third process puts", grandchild in (os.getpid(), child.pid), expected=False)
    recorder.shows("the process that sends", receiver.recv(), expected=grandchild)
    child.join()
    caller.shows("the exit code of the child", child.exitcode, expected=0)
