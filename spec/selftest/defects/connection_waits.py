"""Functions with a fault that wait for several connections."""

from __future__ import annotations

import ctypes
import os
import select
import sys
from contextlib import suppress
from multiprocessing import connection as sound
from types import ModuleType
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.interruptions import libc, pythons, sleep_undisturbed
from spec.selftest.defects.pipes import pipe_of

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Connection: Any = sound.Connection


class BrokenWait(Broken):
    """A multiprocessing API whose connections come from a module with another `wait`, a method of the subclass."""

    Kind: Any = Connection

    def __init_subclass__(cls) -> None:
        module: Any = ModuleType(f"{__name__}.{cls.__name__}")
        module.Listener, module.Client, module.wait = sound.Listener, sound.Client, cls.wait
        sys.modules[module.__name__] = module
        cls.Kind = type("Connection", (Connection,), {"__module__": module.__name__})

    @staticmethod
    def wait(object_list, timeout=None):
        """Return those of the objects that are ready."""
        return sound.wait(object_list, timeout)

    def Pipe(self, duplex=True):
        return pipe_of(self.Kind, duplex)


@family.breaks("wait.blocks-until-one-is-ready", "wait.receives-nothing")
class SaysThatAllAreReady(BrokenWait):
    """All objects are returned at once, whether they are ready or not."""

    @staticmethod
    def wait(object_list, timeout=None):
        return list(object_list)


@family.breaks("wait.blocks-until-one-is-ready", "wait.serves-whoever-is-ready")
class LooksOnce(BrokenWait):
    """If no object is ready, an empty list is returned at once."""

    @staticmethod
    def wait(object_list, timeout=None):
        return sound.wait(object_list, 0)


@family.breaks(
    "wait.takes-connections-sockets-and-sentinels", "wait.tells-who-has-left", "wait.any-sequence-of-operations"
)
class TellsTheFirst(BrokenWait):
    """Of the objects that are ready, only one is returned."""

    @staticmethod
    def wait(object_list, timeout=None):
        return sound.wait(object_list, timeout)[:1]


@family.breaks("wait.child-can-wait-for-its-own", "wait.tells-who-has-left")
class SkipsSentinels(BrokenWait):
    """Sentinels are never ready."""

    @staticmethod
    def wait(object_list, timeout=None):
        return sound.wait([one for one in object_list if not isinstance(one, int)], timeout)


@family.breaks("wait.receives-nothing")
class ReceivesWhatIsReady(BrokenWait):
    """The messages of the connections that are ready are received, and dropped."""

    @staticmethod
    def wait(object_list, timeout=None):
        ready = sound.wait(object_list, timeout)
        for one in ready:
            if isinstance(one, Connection):
                one.recv_bytes()
        return ready


@family.breaks("wait.end-of-a-pipe-is-ready")
class SkipsWhatIsAtItsEnd(BrokenWait):
    """A connection whose other end is closed is not ready."""

    @staticmethod
    def wait(object_list, timeout=None):
        poll = select.poll()
        for one in object_list:
            poll.register(one, select.POLLIN)
        at_end = {number for number, events in poll.poll(0) if events & select.POLLHUP}
        return sound.wait([one for one in object_list if _number(one) not in at_end], timeout)


def _number(one):
    return one if isinstance(one, int) else one.fileno()


@family.breaks("wait.reaps-nothing")
class ReapsWhatIsReady(BrokenWait):
    """A child whose sentinel is ready is reaped."""

    @staticmethod
    def wait(object_list, timeout=None):
        ready = sound.wait(object_list, timeout)
        if any(isinstance(one, int) for one in ready):
            with suppress(ChildProcessError):
                os.wait()
        return ready


@family.breaks("wait.tells-every-process-that-waits")
class WakesOneProcess(BrokenWait):
    """Of several processes that wait for one connection, one is woken."""

    @staticmethod
    def wait(object_list, timeout=None):
        objects = {_number(one): one for one in object_list}
        with select.epoll() as epoll:
            for number in objects:
                epoll.register(number, select.EPOLLIN | select.EPOLLEXCLUSIVE)
            return [objects[number] for number, _ in epoll.poll(timeout)]


@family.breaks("wait.many-can-be-waited-for")
class UsesSelect(BrokenWait):
    """Objects whose numbers are above 1024 raise ValueError."""

    @staticmethod
    def wait(object_list, timeout=None):
        return select.select(object_list, [], [], timeout)[0]


@family.breaks("wait.closed-ones-are-refused")
class SkipsWhatIsClosed(BrokenWait):
    """Objects that are closed, or that are no files, are never ready."""

    @staticmethod
    def wait(object_list, timeout=None):
        return sound.wait(filter(_is_open, object_list), timeout)


def _is_open(one):
    try:
        return bool(os.fstat(_number(one)))
    except (OSError, AttributeError):
        return False


@family.breaks("wait.waits-without-limit")
class GivesUpAfterAWhile(BrokenWait):
    """Without a timeout, an empty list is returned after a while."""

    @staticmethod
    def wait(object_list, timeout=None):
        return sound.wait(object_list, 1 if timeout is None else timeout)


@family.breaks("wait.can-be-timed", "wait.tells-who-has-left")
class RaisesWhenTimeIsUp(BrokenWait):
    """When the time is up, an exception is raised."""

    @staticmethod
    def wait(object_list, timeout=None):
        ready = sound.wait(object_list, timeout)
        if not ready:
            raise TimeoutError
        return ready


@family.breaks("wait.can-be-timed")
class TakesSecondsForMilliseconds(BrokenWait):
    """The timeout is taken for milliseconds."""

    @staticmethod
    def wait(object_list, timeout=None):
        return sound.wait(object_list, None if timeout is None else timeout / 1000)


@family.breaks("wait.can-be-timed")
class NegativeTimesAreNoLimit(BrokenWait):
    """A negative timeout sets no limit."""

    @staticmethod
    def wait(object_list, timeout=None):
        return sound.wait(object_list, None if timeout is not None and timeout < 0 else timeout)


@family.breaks("wait.can-be-timed")
class NothingIsNotWaitedFor(BrokenWait):
    """If there are no objects, the wait ends at once, whatever its timeout."""

    @staticmethod
    def wait(object_list, timeout=None):
        objects = list(object_list)
        return sound.wait(objects, timeout) if objects else []


@family.breaks("wait.takes-any-iterable")
class EmptiesTheList(BrokenWait):
    """The list of the objects is empty after that."""

    @staticmethod
    def wait(object_list, timeout=None):
        ready = sound.wait(object_list, timeout)
        object_list.clear()
        return ready


class _Polled(ctypes.Structure):
    """`struct pollfd` of `poll(2) <https://man7.org/linux/man-pages/man2/poll.2.html>`_."""

    _fields_ = (("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short))


def _poll(library, object_list, timeout):
    """Return what is ready, by one call of the function `poll` of the *library*."""
    objects = list(object_list)
    polled = (_Polled * len(objects))(*(_Polled(_number(one), select.POLLIN, 0) for one in objects))
    library.poll(polled, len(objects), -1 if timeout is None else max(0, int(timeout * 1000)))
    return [one for one, result in zip(objects, polled) if result.revents]


@family.breaks("wait.goes-on-after-a-signal")
class GivesUpOnASignal(BrokenWait):
    """A signal makes a wait return an empty list."""

    @staticmethod
    def wait(object_list, timeout=None):
        return _poll(libc, object_list, timeout)


@family.breaks("wait.threads-run-meanwhile")
class StopsTheOtherThreads(BrokenWait):
    """While one thread waits, no other thread of its process runs."""

    @staticmethod
    def wait(object_list, timeout=None):
        return _poll(pythons, object_list, timeout)


@family.breaks("wait.timed-wait-ends-amid-signals")
class SignalsProlongIt(BrokenWait):
    """The timeout begins anew with each signal."""

    @staticmethod
    def wait(object_list, timeout=None):
        if timeout is None:
            return sound.wait(object_list)
        sleep_undisturbed(max(0, timeout))
        return sound.wait(object_list, 0)


@family.breaks("wait.leaves-nothing-behind")
class LeavesAFile(BrokenWait):
    """Each wait leaves a file open."""

    @staticmethod
    def wait(object_list, timeout=None):
        os.open(os.devnull, os.O_RDONLY)
        return sound.wait(object_list, timeout)


@family.breaks("wait.each-ready-one-is-told-once")
class LosesSomeOfMany(BrokenWait):
    """Of more than 60 objects, two that are ready are returned at most."""

    @staticmethod
    def wait(object_list, timeout=None):
        objects = list(object_list)
        ready = sound.wait(objects, timeout)
        return ready if len(objects) <= 60 else ready[:2]
