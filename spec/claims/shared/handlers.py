"""What a process does when it gets a signal."""

from __future__ import annotations

import signal
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from impl.contract import Pause
    from spec.harness.recorder import Recorder


class Interrupted(KeyboardInterrupt):
    """Raised by a signal handler to end the current call, as Ctrl-C does."""


def handle(handling: Pause) -> None:
    """From now on, stop at *handling* on SIGUSR1, and raise `Interrupted` on SIGUSR2."""

    def interrupt(_number: int, _frame: object) -> None:
        raise Interrupted

    signal.signal(signal.SIGUSR1, lambda _number, _frame: handling())
    signal.signal(signal.SIGUSR2, interrupt)


def recorded() -> list[int]:
    """Return the signals that `record` records, SIGHUP and SIGUSR2; some platforms have none."""
    return [signal.SIGHUP, signal.SIGUSR2]


def record(log: Recorder) -> None:
    """From now on, record these signals."""
    for number in recorded():
        signal.signal(number, lambda number, _frame: log("handled", number))


def signal_itself() -> None:
    """Send this process the signals that `record` records, one after the other, and go on if one is to end it."""
    for number in recorded():
        with suppress(SystemExit):
            signal.raise_signal(number)


def amid_signals(obj: object, method: str, *args: object) -> str:
    """Call a method while a signal arrives every ten milliseconds, and return how the call ended.

    Args:
        obj: the object that has the method.
        method: the name of the method.
        args: the arguments of the call.

    Returns:
        ``"interrupted"`` if the two hundredth signal ended the call, ``"ended"`` if the call ended before that, also
        if it raised an exception.
    """
    ticks = 0

    def tick(_number: int, _frame: object) -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 200:
            raise Interrupted

    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    try:
        with suppress(Exception):  # some methods raise when their timeout is over
            getattr(obj, method)(*args)
    except Interrupted:
        return "interrupted"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "ended"


def handling_them(handling: Pause, wait: Callable[[], object]) -> str:
    """Call *wait* while `handle` handles signals, and return ``"interrupted"`` or ``"returned"``."""
    handle(handling)
    try:
        wait()
    except Interrupted:
        return "interrupted"
    return "returned"
