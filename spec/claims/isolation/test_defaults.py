"""The default start method of a child, and of a program that uses a context."""

from __future__ import annotations

from typing import Any

import pytest

from spec.claims.isolation import payloads
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import NotProvided
from spec.engine.marks import needs, source
from spec.engine.targets import Target
from spec.harness.recorder import Recorder
from spec.harness.witness import gatekeeper, kernel, recorder

pytestmark = needs("Process", "get_start_method")


@pytest.fixture
def module(target: Target) -> str:
    """The name of the module under test, which has a default start method."""
    if not hasattr(target.module, "get_start_method"):
        raise NotProvided(f"{target.module.__name__} has no get_start_method")
    return target.module.__name__


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.get_start_method", observed=True)
def test_childs_default_is_its_own_start_method(mp: Any, module: str, checkpoint: MakeCheckpoint) -> None:
    """In a child, the default start method is the one that started the child."""
    here = checkpoint("here")
    child = mp.Process(target=payloads.tell_default, args=(module, here.pause))
    child.start()
    arrival = here.next()
    kernel.shows("the process that tells its default", arrival.pid, expected=child.pid)
    gatekeeper.shows("the default start method in the child", arrival.notes, expected=(mp.get_start_method(),))
    arrival.let_go()
    child.join()


@needs("get_context")
@source("https://github.com/python/cpython/issues/109263")
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_context_settles_no_default(program: Programs, module: str, log: Recorder) -> None:
    """A program that uses a context can still set the default start method after that."""
    running = program.main(payloads.use_and_tell_default, module, log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("the number of times that the child's task ran", len(log.events("task")), expected=1)
    recorder.shows("the default start method before and after a start", log.values("default"), expected=[None, None])
