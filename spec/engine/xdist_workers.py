"""How many xdist workers ``-n auto`` starts: as many as the processors and the memory of this container allow."""

from __future__ import annotations

from spec.harness.cgroups import room_for_memory, usable_processors

WORKER_BYTES = 256 << 20
"""Memory for a worker and the processes of a claim, in bytes: the claims with most children were seen to use that."""


def for_processors(processors: int) -> int:
    """Return how many workers suit this number of *processors*, as far as this process may use them.

    They are three for each two processors, as the processes of a claim mostly wait.
    """
    return (min(processors, usable_processors()) * 3 + 1) // 2


def for_memory() -> float:
    """Return for how many workers there is memory within the limits of the control groups; infinity without limit."""
    room = room_for_memory()
    return float("inf") if room is None else max(1, room // WORKER_BYTES)


def automatic(processors: int) -> int:
    """Return how many workers to start on a machine with this number of *processors*."""
    return int(min(for_processors(processors), for_memory()))
