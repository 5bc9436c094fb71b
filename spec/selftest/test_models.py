"""A model notices a faulty implementation, and reports the operations that show the fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis.stateful import rule

from spec.harness.witness import Violation, at_most, caller
from spec.models.bench import AFTERWARDS, Model
from spec.selftest.runs import verify

IDLE_API = """
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor as ProcessPoolExecutor
from multiprocessing import connection

_fork = multiprocessing.get_context("fork")
Process, get_start_method = _fork.Process, _fork.get_start_method


class Lock:
    def __init__(self, *_):
        pass

    def acquire(self, block=True, timeout=None):
        return True

    def release(self):
        pass

    def __enter__(self):
        return True

    def __exit__(self, *exception):
        pass


class Condition(Lock):
    def wait(self, timeout=None):
        return True

    def notify(self):
        pass

    notify_all = notify


class Event(Condition):
    def is_set(self):
        return False

    set = clear = Condition.notify


class Connection(connection.Connection):
    pass


def Pipe(duplex=True):
    return tuple(Connection(os.dup(end.fileno()), end.readable, end.writable) for end in _fork.Pipe(duplex))


def wait(object_list, timeout=None):
    return []


def Array(kind, initializer, *, lock=True):
    return _fork.Array(kind, initializer, lock=Lock())


class Pool:
    def __init__(self, processes):
        pass

    def apply_async(self, function, args):
        return self

    def map(self, function, items):
        return []

    def ready(self):
        return True


Semaphore = BoundedSemaphore = Lock
Value, RLock = _fork.Value, _fork.RLock
Listener, Client = connection.Listener, connection.Client
"""


@pytest.mark.parametrize(
    ("lesson", "model"),
    [
        ("condition", "ConditionModel"),
        ("event", "EventModel"),
        ("executor", "ExecutorModel"),
        ("lock", "LockModel"),
        ("pool", "PoolModel"),
        ("semaphore", "SemaphoreModel"),
        ("values", "ArrayModel"),
        ("wait", "WaitModel"),
    ],
)
def test_failing_sequence_is_printed(lesson: str, model: str, tmp_path: Path) -> None:
    """The operations that show that an object does nothing are printed, one in each line."""
    (tmp_path / "idle.py").write_text(IDLE_API, encoding="utf-8")
    claim = f"{lesson}.any-sequence-of-operations"
    run = verify("--mp", "idle", "--claim", claim, path=tmp_path)
    assert run.verdicts == {(claim, "idle"): "violated"}
    assert f"state = {model}()" in run.output
    assert "state.begin()" in run.output
    assert f"claim    {claim}: Over any sequence of " in run.output


class Worn(Model):
    """A model of an object that fails only after more uses than one sequence has."""

    @rule()
    def use(self) -> None:
        """Use it once more."""
        with self.bench.trial():
            self.bench.subject.append("use")
            uses = len(self.bench.subject)
            caller.shows("how often it was used", uses, expected=at_most(20))


def test_what_fails_after_other_sequences_only_is_said_to() -> None:
    """On a new object the sequence that has failed succeeds, so the sequence alone does not explain the failure."""
    with pytest.raises(Violation) as failure:
        Worn.verify(list, lambda **_: None)  # type: ignore[arg-type]
    notes = failure.value.__notes__
    assert notes[-1] == AFTERWARDS
    assert any("state.use()" in note for note in notes)
