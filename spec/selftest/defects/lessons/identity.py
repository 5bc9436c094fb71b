"""Packages whose lesson `impl.identity` has a fault."""

from __future__ import annotations

import sys
from functools import partial

from impl import identity as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("identity.child-has-the-name-it-was-given")
class NamesTooLate:
    """The child gets its name only after it was started."""

    @staticmethod
    def start(mp, task, *, name=None):
        child = sound.start(mp, task)
        child.name = name or child.name
        return child


def run(mp, task, name):
    child = sound.start(mp, task, name=name)
    child.join()
    sys.exit(child.exitcode)


@packages.breaks("identity.starter-is-the-parent")
class StartsByAnother:
    """The child is started by another child, which waits for it and is returned in its place."""

    @staticmethod
    def start(mp, task, *, name=None):
        return sound.start(mp, partial(run, mp, task, name), name=name)
