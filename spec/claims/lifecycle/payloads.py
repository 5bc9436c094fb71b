"""Payloads that end in one way or another, or refuse to."""

from __future__ import annotations

import atexit
import os
import signal
import sys

from spec.claims.shared.steps import steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable

    from impl.contract import MakesProcesses, Multiprocessing, Pause, Process, Task
    from spec.harness.recorder import Recorder


class Failure(Exception):
    """Raised by a payload that is to end with an exception."""


def fail(log: Recorder, error: BaseException) -> None:
    """Record that this ran, and raise an exception."""
    log("ran")
    raise error


def take_long_to_exit(task: Task) -> None:
    """Run *task*, and leave the kernel so much memory in a file that it takes a while to release it at the exit.

    It is the file with the lowest number, which the kernel gives up last: the pipes are closed by then.
    """
    memory = os.memfd_create("memory")
    try:
        os.posix_fallocate(memory, 0, 2**26)
    except OSError:  # so much is not allowed; then it exits as fast as others do
        os.truncate(memory, 0)
    os.dup2(memory, 0)
    os.close(memory)
    task()


def leave_as_told(pause: Pause) -> None:
    """Stop at *pause*, and pass what it returns to `sys.exit`."""
    status: Any = pause()
    sys.exit(status)


def ignore_sigterm() -> None:
    """Ignore SIGTERM from now on."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def ignore_sigint() -> None:
    """Ignore SIGINT from now on."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def handle_sigterm(react: Callable[[int], object], task: Task) -> None:
    """Run *task*; whenever SIGTERM comes, call *react* with its number, and go on."""
    signal.signal(signal.SIGTERM, lambda number, _frame: react(number))
    task()


def leave_on_sigterm(log: Recorder, handling: Pause, task: Task) -> None:
    """Run *task*; when SIGTERM comes, record its number as ``signal``, and exit with what *handling* returns."""

    def leave(number: int) -> None:
        log("signal", int(number))
        leave_as_told(handling)

    handle_sigterm(leave, task)


def clean_up_after(task: Task, log: Recorder) -> None:
    """Run *task*, and record what is run at the end of it."""
    atexit.register(log, "cleaned up", "exit handler")
    try:
        task()
    finally:
        log("cleaned up", "finally")


def note_an_interrupt(log: Recorder, task: Task) -> None:
    """Run *task*, and record KeyboardInterrupt if that is how it comes to its end."""
    try:
        task()
    except KeyboardInterrupt:
        log("interrupted")


def count(everything: Callable[[], Sequence[object]], pause: Pause) -> None:
    """Stop at *pause* with how many *everything* returns here."""
    pause(len(everything()))


def print_and_start(mp: Multiprocessing, start: Callable[..., Process], tasks: Sequence[Task]) -> None:
    """A program: print something, which is not written out at once, and start a child for each of the *tasks*."""
    print("the starter's")
    for task in tasks:
        start(mp, task).join()


def join_one(mp: Multiprocessing, start: Callable[..., Process], task: Task, log: Recorder) -> None:
    """A program: start a child that runs *task*, join it, and record its exit code."""
    child = start(mp, task)
    child.join()
    log("exit code", child.exitcode)


def without_output() -> None:
    """Have neither stdout nor stderr from now on."""
    streams: Any = sys
    streams.stdout = streams.stderr = None


def join_without_output(
    mp: Multiprocessing, start: Callable[..., Process], tasks: Sequence[Task], log: Recorder
) -> None:
    """A program without output: start a child for each of the *tasks*, likewise without, and record its exit code."""
    without_output()
    for task in tasks:
        try:
            join_one(mp, start, steps(without_output, task), log)
        except Exception as error:  # which nobody would read otherwise
            log("exit code", repr(error))


def go_on_after_an_interrupt(
    mp: Multiprocessing, start: Callable[..., Process], tasks: Sequence[Task], places: Sequence[Pause], log: Recorder
) -> None:
    """A program: start a child, and when both are interrupted, join it; then start and join the others.

    Its process group is one of its own.  It stops at the first of the *places* to be interrupted, at the second once
    it was, and records each exit code.
    """
    waiting, interrupted = places
    os.setpgid(0, 0)
    first, *others = tasks
    child = start(mp, first)
    try:
        waiting()
    except KeyboardInterrupt:
        interrupted()
    child.join()
    log("exit code", child.exitcode)
    for task in others:
        join_one(mp, start, task, log)


def join_and_leave(mp: Multiprocessing, start: Callable[..., Process], task: Task, status: int) -> None:
    """A program: start a child that runs *task*, join it, and exit with *status*."""
    start(mp, task).join()
    sys.exit(status)


def start_one(make: MakesProcesses, task: Task) -> None:
    """Start a child that runs *task*, and leave it to itself."""
    make(target=task).start()


def join_each(make: MakesProcesses, tasks: Sequence[Task], log: Recorder) -> None:
    """Start a child for each of the *tasks*, one after the other, join it, and record its exit code."""
    for task in tasks:
        child = make(target=task)
        child.start()
        child.join()
        log("exit code", child.exitcode)
