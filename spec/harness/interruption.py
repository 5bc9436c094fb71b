"""State what signals do to a worker that waits."""

from __future__ import annotations

import os
import signal

from spec.harness.checkpoint import Checkpoint
from spec.harness.witness import kernel, refuses
from spec.harness.worker import CallFailed, Worker


def waits_through_a_signal(worker: Worker, handling: Checkpoint) -> None:
    """State that *worker* waits, handles SIGUSR1 meanwhile, and continues to wait.

    Args:
        worker: a worker with a call in progress; its signal handlers are those of `spec.claims.shared.handlers`.
        handling: the checkpoint at which its handler stops.

    Raises:
        Violation: the worker does not wait.
        Hung: the worker does not handle the signal.
    """
    kernel.shows("whether the call is blocked", worker.blocks(), expected=True)
    os.kill(worker.pid, signal.SIGUSR1)
    handling.next().let_go()
    kernel.shows("whether the call is blocked after a signal", worker.blocks(), expected=True)


def is_interrupted(worker: Worker) -> None:
    """State that *worker* waits, and that an exception which its handler of SIGUSR2 raises ends the wait.

    Args:
        worker: a worker with a call in progress; its signal handlers are those of `spec.claims.shared.handlers`.

    Raises:
        Violation: the worker does not wait, or the call returns, or it raises another exception.
        Hung: the worker continues to wait.
    """
    kernel.shows("whether the call is blocked", worker.blocks(), expected=True)
    os.kill(worker.pid, signal.SIGUSR2)
    with refuses(CallFailed, "Interrupted"):
        worker.result()
