"""Find out the traits of a start method: start a child, and see what it is like."""

from __future__ import annotations

import sys
import tempfile
import types
from functools import partial
from pathlib import Path
from typing import NamedTuple

from impl.contract import Multiprocessing
from spec.harness.forked_call import ForkedCall, ForkedCallFailed
from spec.harness.nursery import Nursery
from spec.harness.recorder import Recorder

_memory = "fresh"


class Findings(NamedTuple):
    """What a probe has seen of a child.

    Attributes:
        own_process: whether the child ran in a process of its own, not in the starter.
        starter_is_parent: whether its parent was the process that started it.
        inherits_memory: whether it began with the starter's memory.
        runs_main_again: whether it ran the starter's main module.
    """

    own_process: bool
    starter_is_parent: bool
    inherits_memory: bool
    runs_main_again: bool


def probe(mp: Multiprocessing) -> Findings:
    """Start a child, from a process made for this purpose, and return what was seen.

    Raises:
        ForkedCallFailed: the start or the join of the child raised an exception, or the child did not run.
        Hung: the child did not end before the deadline.
    """
    with tempfile.TemporaryDirectory() as folder, Nursery():
        log, ran = Recorder(Path(folder) / "log"), Path(folder) / "ran"
        main = Path(folder) / "main.py"
        main.write_text(f"open({str(ran)!r}, 'w').close()", encoding="utf-8")
        forked_call = ForkedCall(Path(folder) / "outcome", _start_child, mp, log, main)
        forked_call.result()
        seen = log.events("memory")
        if not seen:
            raise ForkedCallFailed("Process.start()", "the child did not run")
        [child] = seen
        own, inherited = child.pid != forked_call.pid, child.value == "inherited"
        return Findings(own, child.ppid == forked_call.pid, inherited, ran.exists())


def _start_child(mp: Multiprocessing, log: Recorder, main: Path) -> None:
    global _memory
    _memory = "inherited"
    sys.modules["__main__"] = types.ModuleType("__main__")
    sys.modules["__main__"].__file__ = str(main)
    child = mp.Process(target=partial(_look, log))
    child.start()
    child.join()


def _look(log: Recorder) -> None:
    log("memory", _memory)
