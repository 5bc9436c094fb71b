"""Interrupts end the run, even at a moment at which Python ignores exceptions.

SIGINT, which Ctrl-C sends, and SIGTERM raise KeyboardInterrupt wherever pytest is.  In a callback of the garbage
collector, or in a ``__del__`` method, Python prints an exception and continues: see `sys.unraisablehook
<https://docs.python.org/3/library/sys.html#sys.unraisablehook>`_.  So the handler also notes the signal, and whoever
waits looks whether there is a note.

While text is compiled and run by `exec`, as `dataclasses` and Hypothesis do, KeyboardInterrupt would have another
effect: CPython then ends by SIGINT in place of its exit status, though somebody has caught the exception.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

_arrived: Optional[signal.Signals] = None
"""The signal that has interrupted this process."""

_is_deferred = False
"""Whether the handler only notes the signal."""


def listen() -> None:
    """Let SIGTERM, and SIGINT unless it is ignored, interrupt this process, and any fork of it as by default."""
    this_process = os.getpid()

    def interrupt(number: int, _frame: object) -> None:
        global _arrived
        if os.getpid() == this_process:
            _arrived = signal.Signals(number)
            if _is_deferred:
                return
            raise KeyboardInterrupt(_arrived.name)
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


@contextmanager
def deferred() -> Iterator[None]:
    """Let an interrupt that arrives in this block take effect at its end.

    Raises:
        KeyboardInterrupt: one has arrived.
    """
    global _is_deferred
    _is_deferred = True
    try:
        yield
    finally:
        _is_deferred = False
    check()


def check() -> None:
    """Continue unless the process was interrupted.

    Raises:
        KeyboardInterrupt: it was, and the exception that said so was lost.
    """
    if _arrived is not None:
        raise KeyboardInterrupt(_arrived.name)
