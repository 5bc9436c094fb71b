"""Packages whose lesson `impl.orphan` has a fault."""

from __future__ import annotations

import os

from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


def start(mp, task):
    mp.Process(target=task).start()


@packages.breaks("orphan.is-adopted")
class StartsAGrandchild:
    """The child starts another child for the task, and becomes an orphan itself."""

    @staticmethod
    def main(mp, task, pause):
        mp.Process(target=start, args=(mp, task)).start()
        pause()
        os._exit(0)


@packages.breaks("orphan.goes-on-running")
class TakesItsChildAlong:
    """The parent kills the child before it leaves."""

    @staticmethod
    def main(mp, task, pause):
        child = mp.Process(target=task)
        child.start()
        pause()
        child.kill()
        os._exit(0)
