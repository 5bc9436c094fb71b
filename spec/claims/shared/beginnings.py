"""Payloads that tell what a process has when it begins."""

from __future__ import annotations

import atexit
import os
import random
import sys
import zlib
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from impl.contract import Multiprocessing, Process, Task
    from spec.harness.recorder import Recorder


def tell_place(log: Recorder) -> None:
    """Record the working folder, the mask of new files' modes, and the niceness."""
    mask = os.umask(0)
    os.umask(mask)
    log("place", [os.getcwd(), mask, os.nice(0)])


def tell_argument(log: Recorder, argument: bytes) -> None:
    """Record the length of the *argument*, and a checksum."""
    log("argument", [len(argument), zlib.crc32(argument)])


def tell_input(log: Recorder) -> None:
    """Record all that can be read."""
    log("input", sys.stdin.read())


def tell_random_number(log: Recorder) -> None:
    """Record a random number."""
    log("random", random.random())


def tell_files(log: Recorder) -> None:
    """Record the paths of all files that are open here."""
    files = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the listing has closed its own
            files.append(os.readlink(f"/proc/self/fd/{name}"))
    log("files", files)


def tell_arguments(log: Recorder) -> None:
    """Record the command line, and where modules are looked for."""
    log("arguments", sys.argv)
    log("path", sys.path)


def tell_options(log: Recorder) -> None:
    """Record some of what the interpreter was told on its command line."""
    log("flags", [sys.flags.optimize, sys.flags.dev_mode])
    log("warnings", sys.warnoptions)


def fails_to_start(process: Process) -> bool:
    """Start *process* while the kernel refuses the starter any more files, and return whether that has failed."""
    import resource  # here, as Windows has none, and the claims are to be collected there

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
    try:
        process.start()
    except Exception:
        return True
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    return False


def clean_up_around_a_child(mp: Multiprocessing, run: Callable[..., object], task: Task, log: Recorder) -> None:
    """A program: *run* a *task* in a child, with something to clean up, in an exit handler and in a finally block."""
    atexit.register(log, "cleaned up", "exit handler")
    try:
        run(mp, task)
    finally:
        log("cleaned up", "finally")
