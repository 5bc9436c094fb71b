"""Payloads that record what a process has when it begins."""

from __future__ import annotations

import atexit
import os
import random
import sys
import zlib
from contextlib import contextmanager, suppress
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable

    from impl.contract import Multiprocessing, Process, Task
    from spec.harness.recorder import Recorder


def tell_place(log: Recorder) -> None:
    """Record the working directory, the umask and the niceness."""
    mask = os.umask(0)
    os.umask(mask)
    log("place", [os.getcwd(), mask, os.nice(0)])


def tell_argument(log: Recorder, argument: bytes) -> None:
    """Record the length and a checksum of *argument*."""
    log("argument", [len(argument), zlib.crc32(argument)])


def tell_input(log: Recorder) -> None:
    """Record the text that can be read from standard input."""
    log("input", sys.stdin.read())


def tell_random_number(log: Recorder) -> None:
    """Record a random number that is drawn here."""
    log("random", random.random())


def tell_files(log: Recorder) -> None:
    """Record the paths of all files that are open in this process."""
    files = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the descriptor of the listing itself is closed by now
            files.append(os.readlink(f"/proc/self/fd/{name}"))
    log("files", files)


def tell_arguments(log: Recorder) -> None:
    """Record the command line and the module search path."""
    log("arguments", sys.argv)
    log("path", sys.path)


def tell_options(log: Recorder) -> None:
    """Record some of the options of the interpreter: -O, -X dev and -W."""
    log("flags", [sys.flags.optimize, sys.flags.dev_mode])
    log("warnings", sys.warnoptions)


@contextmanager
def within_a_few_files(count: int) -> Iterator[None]:
    """Let this process open no more than *count* further files while the block runs."""
    import resource  # here, because Windows has no such module, and pytest collects the claims there too

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + count, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def fails_to_start(process: Process) -> bool:
    """Start *process* while the starter may open no more files, and return whether the start fails."""
    try:
        with within_a_few_files(0):
            process.start()
    except Exception:
        return True
    return False


def clean_up_around_a_child(mp: Multiprocessing, run: Callable[..., object], task: Task, log: Recorder) -> None:
    """A program: *run* a *task* in a child, with an exit handler and a `finally` block to run at the end."""
    atexit.register(log, "cleaned up", "exit handler")
    try:
        run(mp, task)
    finally:
        log("cleaned up", "finally")


def tell_flags_here_and_there(mp: Multiprocessing, run_in_child: Callable[..., object], log: Recorder) -> None:
    """A program: record all flags of this interpreter, and those of a child's."""
    tell_flags(log)
    run_in_child(mp, partial(tell_flags, log))


def tell_flags(log: Recorder) -> None:
    """Record all flags of the interpreter, in their order in `sys.flags`."""
    log("all flags", [int(flag) for flag in sys.flags])


def tell_x_options(log: Recorder) -> None:
    """Record the options of the interpreter that were given with -X."""
    log("x options", sorted([name, value] for name, value in sys._xoptions.items()))
