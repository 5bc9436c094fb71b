"""See to it that signals do what they do by default, whatever the caller of the run has made of them.

What is ignored or blocked stays so in a child, and in what that executes: see
`signal(7) <https://man7.org/linux/man-pages/man7/signal.7.html>`_.  So nohup, a shell that runs a command in the
background, or the first process of a container would decide what becomes of a child that is terminated.
"""

from __future__ import annotations

import signal
import sys

IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFSZ")
"""Each interpreter ignores these when it starts; see https://docs.python.org/3/library/signal.html."""


def restore_defaults() -> None:
    """Ignore no signal in this process but those that Python does, block none, and let SIGTERM end the process."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    kept = {getattr(signal, name, None) for name in IGNORED_BY_PYTHON}
    for number in signal.valid_signals() - kept:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def keep_exited_children() -> None:
    """Have the kernel keep the exit status of a child until it is waited for: it does not if SIGCHLD is ignored."""
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def take_sigterm_for_an_interrupt() -> None:
    """Raise KeyboardInterrupt in this process when SIGTERM arrives, so that it cleans up as it does after Ctrl-C."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt("SIGTERM")

    signal.signal(signal.SIGTERM, interrupt)


def blocked_signals() -> set[int]:
    """Return the signals that this thread blocks."""
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def signals_sent() -> list[tuple[int, int]]:
    """Return a list that from now on grows by the pid and the number of each signal that this process sends.

    It is kept by a hook that stays: see https://docs.python.org/3/library/audit_events.html, ``os.kill``.  What is
    sent by way of a pidfd is not in it, for that reaches no other process; nor is 0, which only asks for one.
    """
    sent: list[tuple[int, int]] = []

    def listen(event: str, args: tuple[int, int]) -> None:
        if event in ("os.kill", "os.killpg") and args[1]:
            sent.append(args)

    sys.addaudithook(listen)
    return sent
