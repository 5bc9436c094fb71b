"""Packages whose lesson `impl.zombie` has a fault."""

from __future__ import annotations

import os

from impl import zombie as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("zombie.joining-reaps-each")
class ReapsTheFirstOnly:
    """Only the first of the children is joined."""

    @staticmethod
    def reap(children):
        children[0].join()


@packages.breaks("zombie.lingers-until-joined", "zombie.end-of-the-parent-hands-them-on")
class ReapsWhatItLeaves:
    """Each child is joined before the function returns."""

    @staticmethod
    def leave_unjoined(mp, task, count=1):
        children = sound.leave_unjoined(mp, task, count)
        sound.reap(children)
        return children


@packages.breaks("zombie.nothing-unstarted-may-be-joined")
class ReapsWhoHasStarted:
    """Processes that were not started are skipped instead of joined."""

    @staticmethod
    def reap(children):
        for child in children:
            if child.pid is not None:
                child.join()


@packages.breaks("zombie.piles-up")
class StartsOneOnly:
    """Only one child is left unjoined, whatever number is asked for."""

    @staticmethod
    def leave_unjoined(mp, task, count=1):
        return sound.leave_unjoined(mp, task, min(count, 1))


@packages.breaks("zombie.joining-reaps-each")
class WaitsAndReapsNobody:
    """The caller waits until the children have exited, but reaps none."""

    @staticmethod
    def reap(children):
        for child in children:
            if child.pid is None:
                child.join()  # raises an exception
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
