"""A forked call: a function that blocks, in a process of its own."""

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
from spec.harness.forked_call import ForkedCall, ForkedCallFailed
from spec.harness.process_table import GONE, parent, state, until_blocked
from spec.selftest import processes

pytestmark = pytest.mark.usefixtures("nothing_left")

MakeForkedCall = Callable[..., ForkedCall]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[MakeForkedCall]:
    numbers, started = count(), []

    def begin(function: Callable[..., object], *args: object) -> ForkedCall:
        started.append(ForkedCall(tmp_path / f"outcome-{next(numbers)}", function, *args))
        return started[-1]

    yield begin
    for forked_call in started:
        if forked_call.running:
            os.kill(forked_call.pid, signal.SIGKILL)


def fail() -> None:
    raise KeyError("no such lesson")


def test_returns_what_the_function_returns(start: MakeForkedCall) -> None:
    forked_call = start(divmod, 7, 2)
    assert forked_call.result() == (3, 1)
    assert (state(forked_call.pid), forked_call.running) == (GONE, False)


def test_can_be_asked_again(start: MakeForkedCall) -> None:
    forked_call = start(divmod, 7, 2)
    assert [forked_call.result(), forked_call.result()] == [(3, 1), (3, 1)]
    assert forked_call.failure() == ""


def test_can_be_killed(start: MakeForkedCall) -> None:
    """A killed process does not run any more; killing one that was reaped, or is killed already, does nothing."""
    killed, ended = start(processes.wait), start(divmod, 7, 2)
    ended.result()
    for forked_call in killed, killed, ended:
        forked_call.kill()
    assert not killed.running
    with pytest.raises(ForkedCallFailed, match="exit code -9"):
        killed.result()


def test_is_a_child_of_the_claim(start: MakeForkedCall) -> None:
    forked_call = start(processes.wait)
    until_blocked([forked_call.pid])
    assert forked_call.running
    assert parent(forked_call.pid) == os.getpid()


def test_tells_of_an_exception(start: MakeForkedCall) -> None:
    forked_call = start(fail)
    with pytest.raises(ForkedCallFailed, match=r"(?s)^fail raised:\nTraceback .*KeyError: 'no such lesson'"):
        forked_call.result()
    assert forked_call.failure() == "KeyError: 'no such lesson'"


def test_tells_what_an_exception_stands_for(start: MakeForkedCall) -> None:
    class OfALibrary(ValueError):
        pass

    def refuse() -> None:
        raise OfALibrary("is closed")

    assert start(refuse).failure() == "OfALibrary, ValueError: is closed"


def test_tells_of_a_result_that_cannot_be_pickled(start: MakeForkedCall) -> None:
    with pytest.raises(ForkedCallFailed, match=r"(?si)raised:\n.*pickle"):
        start(lambda: lambda: None).result()


@pytest.mark.parametrize(("end", "code"), [(lambda: os._exit(3), 3), (lambda: os.kill(os.getpid(), 9), -9)])
def test_tells_of_an_end_without_a_result(start: MakeForkedCall, end: Callable[[], object], code: int) -> None:
    forked_call = start(end)
    for ask in (forked_call.result, forked_call.failure):
        with pytest.raises(ForkedCallFailed, match=f"ended the process that called it: exit code {code}$"):
            ask()


def test_tells_if_somebody_else_has_reaped_it(start: MakeForkedCall) -> None:
    forked_call = start(divmod, 7, 2)
    os.waitpid(forked_call.pid, 0)
    with pytest.raises(ForkedCallFailed, match="another process reaped the caller of divmod"):
        forked_call.result()


@pytest.mark.usefixtures("impatient")
def test_hung_if_it_does_not_end(start: MakeForkedCall) -> None:
    forked_call = start(processes.wait)
    with pytest.raises(Hung, match=f"expected process {forked_call.pid} to exit"):
        forked_call.result()


def test_can_be_waited_for_until_still(start: MakeForkedCall) -> None:
    forked_call = start(processes.wait)
    forked_call.until_still()
    assert forked_call.running


def test_nothing_is_to_come_once_it_has_failed(start: MakeForkedCall) -> None:
    def fail_in_a_moment() -> None:
        time.sleep(0.1)
        fail()

    forked_call = start(fail_in_a_moment)
    with pytest.raises(ForkedCallFailed, match="KeyError"):
        forked_call.until_still(lambda: False)
