"""Packages whose lesson `impl.fanout` has a fault."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from multiprocessing import dummy
from typing import Any

from impl import fanout as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


def do_all(tasks):
    for task in tasks:
        task()


@packages.breaks("fanout.one-by-one-takes-turns")
class DoesAllInOneChild:
    """One child does all the tasks."""

    @staticmethod
    def one_by_one(mp, tasks):
        return sound.one_by_one(mp, [partial(do_all, tasks)]) * len(tasks)


@packages.breaks("fanout.one-by-one-waits-for-the-last")
class ForgetsTheLast:
    """Each child is joined just before the next one is started, so the last one is never joined."""

    @staticmethod
    def one_by_one(mp, tasks):
        children: list[Any] = []
        for task in tasks:
            if children:
                children[-1].join()
            children.append(mp.Process(target=task))
            children[-1].start()
        return children


threads: Any = dummy


@packages.breaks("fanout.together-overlaps")
class IsThreads:
    """The children are threads of the calling process."""

    @staticmethod
    def together(mp, tasks):
        return sound.together(threads, tasks)


@packages.breaks("fanout.one-by-one-takes-turns")
class JoinsAfterTheLoop:
    """join() stands after the loop that starts the children, although they must take turns."""

    one_by_one = staticmethod(sound.together)


@packages.breaks("fanout.together-overlaps")
class JoinsInsideTheLoop:
    """join() stands inside the loop that starts the children, although they must run at once."""

    together = staticmethod(sound.one_by_one)


@packages.breaks("fanout.together-waits-for-all")
class JoinsTheLastOnly:
    """Of the children that run at once, only the last one is joined."""

    @staticmethod
    def together(mp, tasks):
        children = [mp.Process(target=task) for task in tasks]
        for child in children:
            child.start()
        children[-1].join()
        return children


@packages.breaks("fanout.failed-children-stop-no-other-together")
class RaisesIfAChildFailed:
    """After all children have ended, an exception is raised if one has failed."""

    @staticmethod
    def together(mp, tasks):
        children = sound.together(mp, tasks)
        if any(child.exitcode for child in children):
            raise RuntimeError("a child has failed")
        return children


@packages.breaks("fanout.together-waits-for-all")
class ReapsNobody:
    """The caller waits until all children have ended, but reaps none."""

    @staticmethod
    def together(mp, tasks):
        children = [mp.Process(target=task) for task in tasks]
        for child in children:
            child.start()
        for child in children:
            with suppress(ChildProcessError):  # the start of another child has reaped it
                os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        return children


@packages.breaks("fanout.together-overlaps")
class RunsFourAtMost:
    """At most four children are alive at once."""

    @staticmethod
    def together(mp, tasks):
        children = [mp.Process(target=task) for task in tasks]
        for number, child in enumerate(children):
            if number >= 4:
                children[number - 4].join()
            child.start()
        for child in children:
            child.join()
        return children


@packages.breaks("fanout.failed-children-stop-no-other-one-by-one")
class StopsAtTheFirstFailure:
    """After a child has failed, no other child is started."""

    @staticmethod
    def one_by_one(mp, tasks):
        children = [mp.Process(target=task) for task in tasks]
        for child in children:
            child.start()
            child.join()
            if child.exitcode:
                break
        return children
