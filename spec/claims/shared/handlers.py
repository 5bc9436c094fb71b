"""What a process does when a signal comes."""

from __future__ import annotations

import signal
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from impl.contract import Pause


class Interrupted(KeyboardInterrupt):
    """Raised by a handler, to end what is under way, as Ctrl-C does."""


def handle(handling: Pause) -> None:
    """From now on, stop at *handling* when SIGUSR1 comes, and raise `Interrupted` when SIGUSR2 does."""

    def interrupt(_number: int, _frame: object) -> None:
        raise Interrupted

    signal.signal(signal.SIGUSR1, lambda _number, _frame: handling())
    signal.signal(signal.SIGUSR2, interrupt)


def amid_signals(whom: object, method: str, *args: object) -> str:
    """Call a *method* while a signal comes every ten milliseconds, and return how it came to its end.

    It is ``interrupted`` by the two hundredth; else it has ``ended``.
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
        with suppress(Exception):  # what it raises when its time is over is its own affair
            getattr(whom, method)(*args)
    except Interrupted:
        return "interrupted"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "ended"


def handling_them(handling: Pause, wait: Callable[[], object]) -> str:
    """Call *wait* with signals handled as `handle` says, and return how it came to its end."""
    handle(handling)
    try:
        wait()
    except Interrupted:
        return "interrupted"
    return "returned"
