"""Packages whose lesson `impl.event` has a fault."""

from __future__ import annotations

from multiprocessing import dummy

from impl import event as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("event.runners-wait-for-the-gun")
class RunsWhenReady:
    """A runner does not wait for the gun."""

    @staticmethod
    def run(runner, line, gun, warm_up, tell, patience=None):
        warm_up(runner)
        line.set()
        tell(runner, "runs")


class Runner(dummy.Process):
    pid = 0


@packages.breaks("event.runners-wait-for-the-gun")
class RunsInThreads:
    """All runners are threads of one process."""

    @staticmethod
    def line_up(mp, lines, gun, warm_up, tell, patience=None):
        runners = [
            Runner(target=sound.run, args=(runner, line, gun, warm_up, tell, patience))
            for runner, line in enumerate(lines)
        ]
        for runner in runners:
            runner.start()
        return runners


@packages.breaks("event.starter-waits-for-every-runner")
class FiresWhenOneIsReady:
    """The starter waits for the first runner only."""

    @staticmethod
    def fire(lines, gun, steady):
        sound.fire(lines[:1], gun, steady)


@packages.breaks("event.starter-waits-for-every-runner")
class WarmsUpAtTheLine:
    """A runner goes to the line before it is ready."""

    @staticmethod
    def run(runner, line, gun, warm_up, tell, patience=None):
        line.set()
        warm_up(runner)
        sound.run(runner, line, gun, int, tell, patience)


@packages.breaks("event.gun-that-is-not-cleared-holds-nobody")
class ClearsTheGun:
    """The gun is cleared before each race."""

    @staticmethod
    def line_up(mp, lines, gun, warm_up, tell, patience=None):
        gun.clear()
        return sound.line_up(mp, lines, gun, warm_up, tell, patience)


@packages.breaks("event.runner-goes-home")
class RunsThoughNobodyFires:
    """A runner whose patience ends runs."""

    @staticmethod
    def run(runner, line, gun, warm_up, tell, patience=None):
        sound.run(runner, line, gun, warm_up, lambda runner, _deed: tell(runner, "runs"), patience)


@packages.breaks("event.runner-goes-home")
class FiresWhenItGoesHome:
    """A runner whose patience ends fires the gun."""

    @staticmethod
    def run(runner, line, gun, warm_up, tell, patience=None):
        sound.run(runner, line, gun, warm_up, tell, patience)
        gun.set()
