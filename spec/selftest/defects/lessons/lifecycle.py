"""Packages whose lesson `impl.lifecycle` has a fault."""

from __future__ import annotations

from impl import lifecycle as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("lifecycle.end-insists")
class GivesUp:
    """`end()` terminates a child and gives up if it has not ended in time."""

    @staticmethod
    def end(process, patience):
        sound.terminate(process)
        process.join(patience)


@packages.breaks("lifecycle.end-asks-first")
class KillsAtOnce:
    """`end()` kills a child without terminating it first."""

    @staticmethod
    def end(process, patience):
        del patience
        process.kill()
        process.join()


@packages.breaks("lifecycle.terminate-sends-sigterm")
class TerminatesByKilling:
    """`terminate()` kills the child."""

    @staticmethod
    def terminate(process):
        process.kill()


@packages.breaks("lifecycle.terminate-is-a-request")
class WaitsForTheTerminated:
    """`terminate()` waits until the child has ended."""

    @staticmethod
    def terminate(process):
        process.terminate()
        process.join()
