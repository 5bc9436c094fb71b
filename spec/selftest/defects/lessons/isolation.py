"""Packages whose lesson `impl.isolation` has a fault."""

from __future__ import annotations

import select

from impl import isolation as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("isolation.child-is-another-process", "isolation.arguments-are-copies")
class CallsTheTask:
    """The caller runs the task itself, and the child does nothing."""

    @staticmethod
    def run_in_child(mp, task):
        task()
        return sound.run_in_child(mp, int)


_kept: list = []


def serve(here, there):
    here.close()
    while True:
        try:
            task = there.recv()
        except EOFError:
            return
        task()
        there.send("done")


@packages.breaks("isolation.siblings-share-nothing")
class KeepsOneChild:
    """One child runs all tasks, one after another."""

    @staticmethod
    def run_in_child(mp, task):
        if not _kept:
            here, there = mp.Pipe()
            child = mp.Process(target=serve, args=(here, there), daemon=True)
            child.start()
            there.close()
            _kept.extend([child, here])
        child, here = _kept
        here.send(task)
        here.recv()
        return child


@packages.breaks("isolation.child-is-returned-joined")
class ReturnsTheChildUnjoined:
    """The child is returned when its sentinel is ready, without a join."""

    @staticmethod
    def run_in_child(mp, task):
        child = mp.Process(target=task)
        child.start()
        select.select([child.sentinel], [], [])
        return child


def run(task, lists, there):
    task()
    there.send(lists)


@packages.breaks("isolation.arguments-are-copies")
class SharesLists:
    """The child's changes of the lists that it was passed are copied back to the starter."""

    @staticmethod
    def run_in_child(mp, task):
        lists = [argument for argument in task.args if isinstance(argument, list)]
        here, there = mp.Pipe()
        child = mp.Process(target=run, args=(task, lists, there))
        child.start()
        for mine, changed in zip(lists, here.recv()):
            mine[:] = changed
        child.join()
        return child
