"""Unusual settings of a whole process, which must not matter to an API."""

from __future__ import annotations

import os
import socket
import time
from contextlib import contextmanager
from itertools import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


A_YEAR = 365 * 24 * 3600.0
"""The seconds of a year, which in milliseconds are more than a C `int` holds."""


def open_many_files(number: int) -> None:
    """Open files until all numbers below *number* are taken; they stay open as long as this process runs."""
    import resource  # here, because Windows has no such module, and pytest collects the claims there too

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * number), hard))
    while os.open(os.devnull, os.O_RDONLY) < number - 1:
        pass


def set_clock_again_and_again(step: float) -> None:
    """From now on, let the system's clock seem to be set at each look: forward by *step* seconds, or back.

    Only a superuser can set the clock, and only for the whole machine.  So this replaces `time.time` in this process,
    as tools for tests do that fake the time.
    """
    real, looks = time.time, count(1)
    time.time = lambda: real() + step * next(looks)


@contextmanager
def sockets_with_a_timeout(seconds: float) -> Iterator[None]:
    """Let new sockets of this process have a timeout while the block runs."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
