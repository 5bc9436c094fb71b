"""A model of a lock, which is a bounded semaphore of one.  It has at most one holder; any process may release it."""

from __future__ import annotations

from spec.models.semaphore_model import BoundedSemaphoreModel


class LockModel(BoundedSemaphoreModel):
    """A lock that is not reentrant: its holder waits, too, if it acquires the lock again."""

    START = BOUND = 1


class ManagedLockModel(LockModel):
    """A lock that a manager has made: a `threading.Lock`, which refuses with another exception."""

    REFUSAL = "RuntimeError"
