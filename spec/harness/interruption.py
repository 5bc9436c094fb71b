"""See what signals do to a worker that waits."""

from __future__ import annotations

import os
import signal

from spec.harness.checkpoint import Checkpoint
from spec.harness.witness import kernel, refuses
from spec.harness.worker import CallFailed, Worker


def waits_through_a_signal(worker: Worker, handling: Checkpoint) -> None:
    """State that *worker* waits, handles a signal meanwhile, and waits on.

    Args:
        worker: it has a call under way, and handles signals as `spec.claims.shared.handlers.handle` says.
        handling: where its handler stops.

    Raises:
        Violation: it does not wait.
        Hung: it does not handle the signal.
    """
    kernel.shows("whether it is blocked", worker.blocks(), expected=True)
    os.kill(worker.pid, signal.SIGUSR1)
    handling.next().let_go()
    kernel.shows("whether it is blocked after a signal", worker.blocks(), expected=True)


def is_interrupted(worker: Worker) -> None:
    """State that *worker* waits, and that a handler which raises an exception ends that.

    Raises:
        Violation: it does not wait, or what ends it is something else.
        Hung: it waits on.
    """
    kernel.shows("whether it is blocked", worker.blocks(), expected=True)
    os.kill(worker.pid, signal.SIGUSR2)
    with refuses(CallFailed, "Interrupted"):
        worker.result()
