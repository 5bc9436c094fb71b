"""Facts about this machine that no claim depends on, but a reader may wonder about: ``python -m spec.tools.machine``.

The claims adopt their orphans themselves, so they hold whatever this machine's init does.  A program of one's own
has no such luck: where pid 1 never waits, as in many a container, each orphan stays a zombie.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import signal
import sys
import time
from typing import NamedTuple, Optional

import psutil

from spec.harness.platforms import missing
from spec.harness.process_table import GONE, parent, state, until_exited

PATIENCE = 2.0
"""Seconds that an adopter is given to reap."""

LOOK = 0.001
"""Seconds between two looks at the process table."""


class Adoption(NamedTuple):
    """What became of an orphan.

    Attributes:
        adopter: the process that adopted it; 0, if the kernel shows none in this pid namespace.
        seconds: how long after its exit it was gone from the process table; None, if it was still a zombie when
            nobody looked any more.
    """

    adopter: int
    seconds: Optional[float]


def orphan(patience: float = PATIENCE) -> Adoption:
    """Make an orphan, end it, and see who adopts it and whether it is reaped within *patience* seconds of its exit.

    If it is not, its zombie stays.
    """
    pid = _make_orphan()
    adopter = parent(pid) or 0
    os.kill(pid, signal.SIGKILL)
    until_exited(pid)
    begun = time.monotonic()
    while state(pid) != GONE:
        if time.monotonic() - begun > patience:
            return Adoption(adopter, None)
        time.sleep(LOOK)
    return Adoption(adopter, time.monotonic() - begun)


def _make_orphan() -> int:
    """Return the pid of a process that waits for a signal and whose parent has exited."""
    reader, writer = os.pipe()
    middle = os.fork()
    if middle == 0:
        pid = os.fork()
        if pid == 0:
            try:
                os.close(reader)
                os.close(writer)
                signal.alarm(60)  # should nobody be left to end it
                signal.pause()
            finally:
                os._exit(0)
        os.write(writer, str(pid).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(middle, 0)
    try:
        return int(os.read(reader, 20))
    finally:
        os.close(reader)


def name(pid: int) -> str:
    """Say which process *pid* is."""
    try:
        return f"pid {pid}, {psutil.Process(pid).name()}"
    except psutil.NoSuchProcess:
        return f"pid {pid}, not to be seen from here"


def facts(patience: float = PATIENCE) -> dict[str, str]:
    """Return what there is to know of this machine, by what it is about.

    Args:
        patience: seconds that an adopter is given to reap.
    """
    default, *others = multiprocessing.get_all_start_methods()
    return {
        "platform": platform.platform(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}, {sys.executable}",
        "processors": str(os.cpu_count()),
        "start methods": ", ".join([f"{default} (default)", *others]),
        "claims": f"cannot be verified for want of {'; '.join(missing())}" if missing() else "can be verified",
        **({} if missing() else about_orphans(patience)),
    }


def about_orphans(patience: float) -> dict[str, str]:
    """Return who adopts an orphan here, and whether that process reaps it within *patience* seconds."""
    adoption = orphan(patience)
    reaped = (
        f"reaped {adoption.seconds * 1000:.0f} ms after its exit"
        if adoption.seconds is not None
        else f"still a zombie {patience:g} s after its exit"
    )
    return {"init": name(1), "an orphan": f"adopted by {name(adoption.adopter)}; {reaped}"}


def main() -> None:
    """Print the facts, one a line."""
    for what, fact in facts().items():
        print(f"{what + ':':<15}{fact}")


if __name__ == "__main__":
    main()
