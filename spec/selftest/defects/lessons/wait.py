"""Packages whose lesson `impl.wait` has a fault."""

from __future__ import annotations

from impl import wait as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("wait.serves-whoever-is-ready")
class ServesInOrder:
    """The desk asks its clients in a fixed order, although it is to serve whoever is ready."""

    @staticmethod
    def serve_as_they_come(wait, callers, serve):
        sound.serve_in_order(callers, serve)


@packages.breaks("wait.serves-whoever-is-ready")
class ServesOnlyOne:
    """The desk closes when it has served the first client that was ready."""

    @staticmethod
    def serve_as_they_come(wait, callers, serve):
        serve(wait(callers)[0].recv())


@packages.breaks("wait.fixed-order-waits-for-the-first")
class ServesTheOthersFirst:
    """The desk serves its clients in the opposite order."""

    @staticmethod
    def serve_in_order(callers, serve):
        sound.serve_in_order(callers[::-1], serve)


@packages.breaks("wait.client-that-dies-delays-nobody")
class StopsAtAHangUp:
    """A client that hangs up without a question stops the desk."""

    @staticmethod
    def serve_as_they_come(wait, callers, serve):
        waiting = list(callers)
        while waiting:
            [caller, *_] = wait(waiting)
            serve(caller.recv())
            waiting.remove(caller)


@packages.breaks("wait.client-that-dies-delays-nobody", "wait.serves-whoever-is-ready")
class KeepsTheOtherEnds:
    """The desk keeps the clients' ends of their connections open, so it does not notice that a client hangs up."""

    @staticmethod
    def open_desk(mp, clients, think):
        callers, children = [], []
        for client in range(clients):
            here, there = mp.Pipe()
            child = mp.Process(target=sound.ask, args=(client, there, think))
            child.start()
            callers.append(here)
            children.append(child)
            _kept.append(there)
        return callers, children


_kept: list[object] = []


@packages.breaks("wait.tells-who-has-left")
class TellsTheFirst:
    """Of the clients that have left, only one is told."""

    @staticmethod
    def who_has_left(wait, clients, patience=None):
        return sound.who_has_left(wait, clients, patience)[:1]


@packages.breaks("wait.tells-who-has-left")
class WaitsForAll:
    """The desk waits until all clients have left."""

    @staticmethod
    def who_has_left(wait, clients, patience=None):
        for client in clients:
            client.join()
        return sound.who_has_left(wait, clients, patience)
