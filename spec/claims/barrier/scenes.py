"""What several claims about barriers begin with."""

from __future__ import annotations

from spec.harness.witness import kernel
from spec.harness.worker import Worker


def begin_to_wait(*parties: Worker) -> None:
    """Let each of the *parties* wait at its barrier, and state that it is blocked.

    Raises:
        Violation: a party passes, or its wait raises an exception.
    """
    for party in parties:
        party.begin("barrier.wait")
        kernel.shows("whether wait() of fewer than all is blocked", party.is_stuck(), expected=True)
