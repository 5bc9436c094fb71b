"""A model tells a faulty implementation from a right one, and says by which operations."""

from __future__ import annotations

from pathlib import Path

from spec.meta.verify import verify

API = """
import multiprocessing

_fork = multiprocessing.get_context("fork")
Process, get_start_method = _fork.Process, _fork.get_start_method


class Lock:
    def acquire(self, block=True, timeout=None):
        return True

    def release(self):
        pass
"""


def test_failing_sequence_is_printed(tmp_path: Path) -> None:
    """The operations that a lock which does nothing fails are printed, one a line."""
    (tmp_path / "lockless.py").write_text(API, encoding="utf-8")
    run = verify("--mp", "lockless", "--claim", "lock.any-sequence", path=tmp_path)
    assert run.verdicts == {("lock.any-sequence-of-operations", "lockless"): "violated"}
    assert "state = Lock()" in run.output
    assert "state.begin()" in run.output
    assert "claim    lock.any-sequence-of-operations: Over any sequence of " in run.output
