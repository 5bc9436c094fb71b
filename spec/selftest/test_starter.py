"""The starter: a lesson that blocks, in a process of its own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Callable

import pytest

from spec.harness.deadline import Hung
from spec.harness.process_table import GONE, parent, state, until_blocked
from spec.harness.starter import Starter, StarterFailed
from spec.selftest import processes

pytestmark = pytest.mark.usefixtures("nothing_left")

MakeStarter = Callable[..., Starter]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[MakeStarter]:
    numbers, started = count(), []

    def begin(function: Callable[..., object], *args: object) -> Starter:
        started.append(Starter(tmp_path / f"outcome-{next(numbers)}", function, *args))
        return started[-1]

    yield begin
    for starter in started:
        if starter.running:
            os.kill(starter.pid, signal.SIGKILL)


def fail() -> None:
    raise KeyError("no such lesson")


def test_returns_what_the_function_returns(start: MakeStarter) -> None:
    starter = start(divmod, 7, 2)
    assert starter.result() == (3, 1)
    assert (state(starter.pid), starter.running) == (GONE, False)


def test_can_be_asked_again(start: MakeStarter) -> None:
    starter = start(divmod, 7, 2)
    assert [starter.result(), starter.result()] == [(3, 1), (3, 1)]
    assert starter.failure() == ""


def test_can_be_killed(start: MakeStarter) -> None:
    """A killed starter does not run any more; killing one that was reaped, or is killed already, does nothing."""
    killed, ended = start(processes.wait), start(divmod, 7, 2)
    ended.result()
    for starter in killed, killed, ended:
        starter.kill()
    assert not killed.running
    with pytest.raises(StarterFailed, match="exit code -9"):
        killed.result()


def test_is_a_child_of_the_claim(start: MakeStarter) -> None:
    starter = start(processes.wait)
    until_blocked([starter.pid])
    assert starter.running
    assert parent(starter.pid) == os.getpid()


def test_tells_of_an_exception(start: MakeStarter) -> None:
    starter = start(fail)
    with pytest.raises(StarterFailed, match=r"(?s)^fail raised:\nTraceback .*KeyError: 'no such lesson'"):
        starter.result()
    assert starter.failure() == "KeyError: 'no such lesson'"


def test_tells_what_an_exception_stands_for(start: MakeStarter) -> None:
    class OfALibrary(ValueError):
        pass

    def refuse() -> None:
        raise OfALibrary("is closed")

    assert start(refuse).failure() == "OfALibrary, ValueError: is closed"


def test_tells_of_a_result_that_cannot_be_pickled(start: MakeStarter) -> None:
    with pytest.raises(StarterFailed, match=r"(?si)raised:\n.*pickle"):
        start(lambda: lambda: None).result()


@pytest.mark.parametrize(("end", "code"), [(lambda: os._exit(3), 3), (lambda: os.kill(os.getpid(), 9), -9)])
def test_tells_of_an_end_without_a_result(start: MakeStarter, end: Callable[[], object], code: int) -> None:
    starter = start(end)
    for ask in (starter.result, starter.failure):
        with pytest.raises(StarterFailed, match=f"ended the process that called it: exit code {code}$"):
            ask()


def test_tells_if_somebody_else_has_reaped_it(start: MakeStarter) -> None:
    starter = start(divmod, 7, 2)
    os.waitpid(starter.pid, 0)
    with pytest.raises(StarterFailed, match="another process reaped the caller of divmod"):
        starter.result()


@pytest.mark.usefixtures("impatient")
def test_hung_if_it_does_not_end(start: MakeStarter) -> None:
    starter = start(processes.wait)
    with pytest.raises(Hung, match=f"expected process {starter.pid} to exit"):
        starter.result()


def test_can_be_waited_for_until_still(start: MakeStarter) -> None:
    starter = start(processes.wait)
    starter.until_still()
    assert starter.running


def test_nothing_is_to_come_once_it_has_failed(start: MakeStarter) -> None:
    def fail_in_a_moment() -> None:
        time.sleep(0.1)
        fail()

    starter = start(fail_in_a_moment)
    with pytest.raises(StarterFailed, match="KeyError"):
        starter.until_still(lambda: False)
