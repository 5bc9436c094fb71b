"""Processes with a fault that shows only if there are several."""

from __future__ import annotations

import multiprocessing
import os
from contextlib import suppress
from typing import Any, ClassVar

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _JoinsAll(ForkProcess):
    def join(self, timeout=None):
        if timeout is None and self.pid:
            with suppress(ChildProcessError):  # another join has reaped it
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
                pid = None
                while pid != self.pid:
                    pid, status = os.wait()
                self._popen.returncode = os.waitstatus_to_exitcode(status)
        super().join(timeout)


@family.breaks("fanout.join-order-does-not-matter")
class JoinReapsWhoeverEnds(Broken):
    """Joining a child reaps all children that end before it does, and their exit codes are lost."""

    Process = _JoinsAll


class _SharesItsCode(ForkProcess):
    last: ClassVar[list[Any]] = [None]

    def join(self, timeout=None):
        super().join(timeout)
        self.last[0] = super().exitcode

    @property
    def exitcode(self):
        code = super().exitcode
        return code if code is None or self.last[0] is None else self.last[0]


@family.breaks("fanout.join-order-does-not-matter")
class ExitCodesAreTheLastOnes(Broken):
    """All children that have ended have the exit code of the child that was joined last."""

    Process = _SharesItsCode


class _LosesHeart(ForkProcess):
    started: ClassVar[list[Any]] = []

    def start(self):
        if any(child.exitcode for child in self.started):
            raise RuntimeError("a child has failed before")
        super().start()
        self.started.append(self)


@family.breaks("fanout.failed-children-stop-no-other-one-by-one")
class StartsNoneAfterFailures(Broken):
    """After a child has failed, no other child can be started."""

    Process = _LosesHeart


class _JoinsItsElders(ForkProcess):
    def join(self, timeout=None):
        if timeout is None:
            for child in multiprocessing.active_children():
                if child._identity < self._identity:
                    ForkProcess.join(child)
        super().join(timeout)


@family.breaks("fanout.join-waits-for-its-own-child-only")
class JoinWaitsForTheElders(Broken):
    """Joining a child also waits for all children that were started before it."""

    Process = _JoinsItsElders
