"""Locks with a fault."""

from __future__ import annotations

from spec.meta.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _NoLock:
    def acquire(self, block=True, timeout=None):
        return True

    def release(self):
        pass

    def __enter__(self):
        return True

    def __exit__(self, *exception):
        pass


@family.breaks(
    "lock.admits-one-buyer-at-a-time",
    "lock.any-number-of-buyers-and-tickets",
    "lock.waiter-proceeds-after-release",
    "lock.acquire-can-refuse-to-wait",
    "lock.acquire-can-be-timed",
    "lock.is-not-reentrant",
    "lock.free-lock-cannot-be-released",
    "lock.killed-holder-leaves-it-held",
    "lock.is-handed-to-a-child-as-an-argument",
    "lock.lines-written-under-it-stay-whole",
    spoils=["lock.", "sharing."],
    why="both lessons stand on the lock",
)
class DoesNothing(Broken):
    """A lock that does nothing."""

    def Lock(self):
        return _NoLock()
