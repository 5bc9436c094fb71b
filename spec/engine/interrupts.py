"""Interrupts end the run, even at a moment at which Python ignores exceptions.

SIGINT, which Ctrl-C sends, and SIGTERM raise KeyboardInterrupt wherever pytest is.  In a callback of the garbage
collector, or in a ``__del__`` method, Python prints an exception and continues: see `sys.unraisablehook
<https://docs.python.org/3/library/sys.html#sys.unraisablehook>`_.  So the handler also notes the signal, and whoever
waits looks whether there is a note.
"""

from __future__ import annotations

import os
import signal
from typing import Optional

_arrived: Optional[signal.Signals] = None
"""The signal that has interrupted this process."""


def listen() -> None:
    """Let SIGTERM, and SIGINT unless it is ignored, interrupt this process, and any fork of it as by default."""
    this_process = os.getpid()

    def interrupt(number: int, _frame: object) -> None:
        global _arrived
        if os.getpid() == this_process:
            _arrived = signal.Signals(number)
            raise KeyboardInterrupt(_arrived.name)
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


def check() -> None:
    """Continue unless the process was interrupted.

    Raises:
        KeyboardInterrupt: it was, and the exception that said so was lost.
    """
    if _arrived is not None:
        raise KeyboardInterrupt(_arrived.name)
