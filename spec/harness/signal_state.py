"""Give signals their default effect, whatever the program that started the run has set.

A signal that is ignored or blocked stays so in a child, and after exec: see
`signal(7) <https://man7.org/linux/man-pages/man7/signal.7.html>`_.  So the result of a claim that terminates a child
would depend on nohup, on a shell that runs a command in the background, or on the first process of a container.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from spec.harness.deadline import Backoff
from spec.harness.process_table import ALIVE, state

IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFSZ")
"""Each interpreter ignores these signals from its start; see https://docs.python.org/3/library/signal.html."""


def restore_defaults() -> None:
    """Let this process ignore only the signals that Python ignores, block none, and end by SIGTERM and SIGINT."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    others = signals_of(os.getpid(), "SigIgn") - {getattr(signal, name) for name in IGNORED_BY_PYTHON}
    if others:
        for number in others & signal.valid_signals():  # the C library keeps two for itself, which may be ignored too
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def signals_of(pid: int, mask: str) -> set[int]:
    """Return the numbers of the signals in a *mask* of the process *pid*.

    Args:
        pid: the process.
        mask: a field of `proc_pid_status(5) <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>`_, such as
            ``SigIgn`` for the ignored signals.  The kernel tells all of them at once.

    Raises:
        OSError: the process is gone.
    """
    with open(f"/proc/{pid}/status", "rb") as file:
        _, _, rest = file.read().partition(f"\n{mask}:".encode())
    bits = int(rest.partition(b"\n")[0], 16)
    return {number for number in range(1, bits.bit_length() + 1) if bits >> (number - 1) & 1}


def keep_exited_children() -> None:
    """Let the kernel keep an exited child as a zombie until it is reaped.

    The kernel does not keep it while SIGCHLD is ignored: see
    `wait(2) <https://man7.org/linux/man-pages/man2/wait.2.html>`_.
    """
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def blocked_signals() -> set[int]:
    """Return the numbers of the signals that the calling thread blocks."""
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def until_taken(pid: int, number: int) -> None:
    """Wait until a thread of the process *pid* has taken the signal *number*, which was sent to it, or it has exited.

    Raises:
        Hung: the signal was pending until the deadline.
    """
    backoff = Backoff(f"process {pid} to take signal {number}")
    with suppress(OSError):
        while state(pid) == ALIVE and number in signals_of(pid, "ShdPnd"):
            backoff.wait()


def signals_sent() -> list[tuple[int, int]]:
    """Return a list to which each signal that this process sends from now on is added, as the pid and the number.

    An audit hook adds them, and cannot be removed: see ``os.kill`` and ``os.killpg`` in
    https://docs.python.org/3/library/audit_events.html.  Signals sent through a pidfd are not added, because they
    cannot reach the wrong process.  Signal 0 is not added, because it only asks whether a process exists.
    """
    sent: list[tuple[int, int]] = []

    def listen(event: str, args: tuple[int, int]) -> None:
        if event in ("os.kill", "os.killpg") and args[1]:
            sent.append(args)

    sys.addaudithook(listen)
    return sent
