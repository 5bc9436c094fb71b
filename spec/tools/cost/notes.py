"""A pytest plugin that notes what a run spends where: ``COST_NOTES=FILE pytest -p spec.tools.cost.notes``.

It appends lines of JSON to the file, two for each claim: one by the stage, and one by the process that watches it.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Generator
from typing import Any, Callable

import hypothesis
import pytest
from hypothesis import stateful

from spec.engine.claims import Claim, has_target, target_of
from spec.tools.cost.measure import cpu_of_children

NOTES_VARIABLE, COUNT_VARIABLE = "COST_NOTES", "COUNT_PROCESSES"
"""The environment variables with the path of the notes, and with that of the letters for processes."""

LOOKS = {
    "spec.harness.process_table": ("stat", "listed_children", "open_files", "observe_threads", "demand"),
    "spec.harness.waits": ("_calls", "has_timer"),
}
"""The functions that look at /proc, by module."""

CLAIM, LOOKING, HYPOTHESIS = "claim", "looking", "hypothesis"


class Clock:
    """Divides the CPU time of the main thread among what it is spent for.

    Attributes:
        spent: the seconds, by what they were spent for, without what happened inside for another purpose.
    """

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._purposes, self._since = [CLAIM], time.thread_time()

    def restart(self) -> None:
        """Begin anew, in a fork, whose main thread has used no time yet."""
        self.spent.clear()
        self._since = time.thread_time()

    def charge(self) -> None:
        """Add the time since the last call to the present purpose."""
        now = time.thread_time()
        self.spent[self._purposes[-1]] += now - self._since
        self._since = now

    def timed(self, purpose: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a *function* like this one, whose time is charged to *purpose*."""

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                return function(*args, **kwargs)
            self.charge()
            self._purposes.append(purpose)
            try:
                return function(*args, **kwargs)
            finally:
                self.charge()
                self._purposes.pop()

        return call


_clock, _watchers_pid = Clock(), os.getpid()


def pytest_configure(config: pytest.Config) -> None:
    """Time what Hypothesis does, and let each xdist worker count its processes in a file of its own."""
    for module, names in ((hypothesis, ["given"]), (stateful, ["rule", "initialize"])):
        for name in names:
            setattr(module, name, _timed_decorator(getattr(module, name)))
    os.register_at_fork(after_in_child=_clock.restart)
    stateful.run_state_machine_as_test = _clock.timed(HYPOTHESIS, stateful.run_state_machine_as_test)
    worker = getattr(config, "workerinput", {}).get("workerid", "main")
    os.environ[COUNT_VARIABLE] += f".{worker}"
    open(os.environ[COUNT_VARIABLE], "xb").close()


def _timed_decorator(make: Callable[..., Any]) -> Callable[..., Any]:
    """Charge to the claim what the decorated function does, and to Hypothesis what calls it."""

    @functools.wraps(make)
    def decorator(*args: Any, **kwargs: Any) -> Callable[..., Any]:
        decorate = make(*args, **kwargs)

        def apply(function: Callable[..., Any]) -> Callable[..., Any]:
            test = decorate(_clock.timed(CLAIM, function))

            def call(*args: Any, **kwargs: Any) -> Any:
                vars(test).update({name: value for name, value in vars(timed).items() if name != "__wrapped__"})
                return test(*args, **kwargs)

            # A decorator that is applied later, such as `@settings`, changes attributes of what it is given.
            timed = _clock.timed(HYPOTHESIS, functools.wraps(test)(call))
            return timed

        return apply

    return decorator


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems() -> None:
    """Time the functions that look at /proc, wherever they are imported."""
    for module, names in LOOKS.items():
        for name in names:
            plain = getattr(sys.modules[module], name)
            timed = _clock.timed(LOOKING, plain)
            for other in [other for other in sys.modules.values() if vars(other).get(name) is plain]:
                setattr(other, name, timed)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note what the claim costs: its CPU time, and the letters of its processes."""
    claim = Claim.of(item)
    if claim is None or not has_target(item):
        return (yield)
    used, started = cpu_of_children(), os.path.getsize(os.environ[COUNT_VARIABLE])
    done = yield
    with open(os.environ[COUNT_VARIABLE], "rb") as file:
        file.seek(started)
        letters = file.read().decode()
    _note(claim=claim.id, target=target_of(item).name, cpu=cpu_of_children() - used, started=letters)
    return done


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, object, object]:
    """Note what the stage has spent, at its end."""
    report = yield
    if call.when == "teardown" and os.getpid() != _watchers_pid:
        _note()
    return report


def _note(**facts: object) -> None:
    """Append *facts*, and what was spent on Hypothesis and on looking since the last note."""
    _clock.charge()
    spent = {purpose: _clock.spent[purpose] for purpose in (LOOKING, HYPOTHESIS)}
    _clock.spent.clear()
    with open(os.environ[NOTES_VARIABLE], "a", encoding="utf-8") as file:
        file.write(json.dumps({**facts, **spent}) + "\n")
