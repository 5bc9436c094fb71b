"""The standard library as it is, where it does not meet a claim under any start method, or only under some.

The fault need not be put in.  `spec.selftest.defects.mended` has what the same claims hold on.
"""

from __future__ import annotations

from spec.engine.verdicts import FAILURES, KNOWN
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

LIVE = (*FAILURES, KNOWN)
"""The verdicts on what the standard library does not meet either."""


@family.breaks(
    "joinable.dropped-item-is-not-outstanding",
    "queue.closed-queue-has-no-file-open",
    "queue.items-behind-a-dropped-one-arrive",
    "queue.timed-get-ends-amid-an-item",
    "sharing.call-after-an-interrupted-one",
    "sharing.child-can-iterate-over-it",
    "sharing.nested-list-is-dropped-with-its-key",
    "sharing.popped-value-is-dropped",
    "sharing.proxy-in-transit-keeps-its-object",
    "zombie.reaped-by-another-is-not-alive",
    verdicts=LIVE,
)
class Forks(Broken):
    """It forks, and has the faults that are known of the standard library."""


@family.breaks(
    "identity.starter-is-known-while-main-runs-again",
    "lock.is-kept-for-a-child-that-starts",
    "lock.rlock-is-kept-for-a-child-that-starts",
    "queue.is-kept-for-a-child-that-starts",
    verdicts=LIVE,
)
class Spawns(Broken):
    """It spawns, and has the faults that are known of the standard library."""

    method = "spawn"


@family.breaks("identity.one-helper-is-the-parent-of-all", verdicts=LIVE)
class HasAForkServer(Broken):
    """It has a fork server, and the faults that are known of the standard library."""

    method = "forkserver"
