"""Calls that give up: without a timeout they wait for a while only.  They differ in how they give up."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from contextlib import contextmanager, suppress
from multiprocessing.managers import DictProxy, SyncManager

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


def timed(attempt, seconds):
    return attempt(seconds)


def in_slices(attempt, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(sound.TimeIsUp):
            return attempt(0.02)
    raise sound.TimeIsUp


@contextmanager
def interrupted_by(number):
    """Let the signal *number* end what the block waits for."""

    def interrupt(_number, _frame):
        raise sound.TimeIsUp

    before = signal.signal(number, interrupt)
    try:
        yield
    finally:
        signal.signal(number, before)


def by_alarm(attempt, seconds):
    with interrupted_by(signal.SIGALRM):
        before = signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            return attempt(None)
        finally:
            signal.setitimer(signal.ITIMER_REAL, *before)


def by_thread(attempt, seconds):
    with interrupted_by(signal.SIGUSR2):
        timer = threading.Timer(seconds, signal.pthread_kill, [threading.get_ident(), signal.SIGUSR2])
        timer.daemon = True
        timer.start()
        try:
            return attempt(None)
        finally:
            timer.cancel()


def by_process(attempt, seconds):
    with interrupted_by(signal.SIGUSR2):
        caller, watchdog = os.getpid(), os.fork()
        if watchdog == 0:
            time.sleep(seconds)
            os.kill(caller, signal.SIGUSR2)
            os._exit(0)
        try:
            return attempt(None)
        finally:
            os.kill(watchdog, signal.SIGKILL)
            os.waitpid(watchdog, 0)


MANNERS = {
    "by a timeout of the standard library": timed,
    "by a limited number of short waits": in_slices,
    "by an alarm signal": by_alarm,
    "by a thread that interrupts the wait": by_thread,
    "by a process that interrupts the wait": by_process,
}
"""What ends a wait."""


def raises(error):
    def fail():
        raise error

    return fail


CALLS = {
    "join": ("lifecycle.join-waits-without-limit", lambda: None),
    "acquire": ("lock.acquire-waits-without-limit", lambda: False),
    "rlock-acquire": ("lock.acquire-waits-without-limit", lambda: False),
    "get": ("queue.waits-without-limit", raises(queue.Empty())),
    "put": ("queue.waits-without-limit", raises(queue.Full())),
    "recv": ("queue.waits-without-limit", raises(EOFError())),
    "poll": ("queue.waits-without-limit", lambda: False),
    "queue-join": ("joinable.join-waits-without-limit", lambda: None),
    "call": ("sharing.call-waits-without-limit", raises(TimeoutError())),
}
"""The calls that give up, each with the claim that it breaks, and with how it ends then."""


class GivesUp(sound.OwnWaits):
    """An API of which one call gives up.

    Attributes:
        call: the name of the call.
        seconds: how long it waits.
        manner: what ends the wait: a key of `MANNERS`.
    """

    def wait(self, call, attempt):
        in_main_thread = threading.current_thread() is threading.main_thread()  # signals are handled there only
        if call != self.call or not in_main_thread:
            return attempt(None)
        try:
            return MANNERS[self.manner](attempt, self.seconds)
        except sound.TimeIsUp:
            return CALLS[call][1]()


def declare(call, seconds, manner):
    """Declare an API of which this *call* gives up after so many *seconds*, in this *manner*."""
    name = f"{call}-gives-up-after-{seconds:g}-s".replace(".", "-")
    fault = f"The call {call} gives up after {seconds:g} s: the wait is ended {manner}."
    api = type(name, (GivesUp,), {"__doc__": fault, "call": call, "seconds": seconds, "manner": manner})
    family.breaks(CALLS[call][0], slow=seconds > 3)(api)


for _number, _call in enumerate(CALLS):
    for _turn, _seconds in enumerate((0.1, 0.5, 3, 30)):
        declare(_call, _seconds, [*MANNERS][(_number + _turn) % len(MANNERS)])


class Impatient(dict):
    def get(self, key, default=None):
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(super(Impatient, self).get(key, default)), daemon=True
        )
        thread.start()
        thread.join(0.5)
        return answers[0] if answers else default


class Served(SyncManager):
    pass


Served.register("dict", Impatient, DictProxy)


@family.breaks("sharing.call-waits-without-limit")
class ServerGivesUp(Broken):
    """The server of a manager answers a call after 0.5 s, whether or not the method has returned."""

    def Manager(self):
        manager = Served(ctx=self.context)
        manager.start()
        return manager
