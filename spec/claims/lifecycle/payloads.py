"""Payloads that end in different ways, react to signals, or start children of their own."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
from functools import partial

from spec.claims.shared.steps import steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable, Optional

    from impl.contract import MakesProcesses, Multiprocessing, Pause, Process, Task
    from spec.harness.recorder import Recorder


class TaskFailed(Exception):
    """An exception that ends a payload."""


def fail(log: Recorder, error: BaseException) -> None:
    """Record ``ran``, and raise *error*."""
    log("ran")
    raise error


def exit_slowly(task: Task) -> None:
    """Run *task* in a process that takes some time to exit, because the kernel must free a large file in memory.

    The file has the lowest descriptor.  The kernel closes it last, when it has already closed the pipes.
    """
    try:
        memory = os.memfd_create("memory")
    except OSError:  # refused; then it exits as fast as others do
        task()
        return
    try:
        os.posix_fallocate(memory, 0, 2**26)
    except OSError:  # memory is limited; the process then exits as fast as others
        os.truncate(memory, 0)
    os.dup2(memory, 0)
    os.close(memory)
    task()


def exit_with_reply(pause: Pause) -> None:
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
    """Run *task*.  Whenever SIGTERM arrives, call *react* with the signal number, and continue."""
    signal.signal(signal.SIGTERM, lambda number, _frame: react(number))
    task()


def exit_on_sigterm(log: Recorder, handling: Pause, task: Task) -> None:
    """Run *task*.  When SIGTERM arrives, record its number as ``signal``, and exit with what *handling* returns."""

    def leave(number: int) -> None:
        log("signal", int(number))
        exit_with_reply(handling)

    handle_sigterm(leave, task)


def run_with_cleanup(task: Task, log: Recorder) -> None:
    """Run *task* with a finally block and an exit handler; each records under ``cleaned up`` that it ran."""
    atexit.register(log, "cleaned up", "exit handler")
    try:
        task()
    finally:
        log("cleaned up", "finally")


def record_interrupt(log: Recorder, task: Task) -> None:
    """Run *task*, and record ``interrupted`` if it raises KeyboardInterrupt."""
    try:
        task()
    except KeyboardInterrupt:
        log("interrupted")


def pause_with_count(everything: Callable[[], Sequence[object]], pause: Pause) -> None:
    """Call *everything* in this process, and stop at *pause* with the number of things that it returns."""
    pause(len(everything()))


def print_and_start(mp: Multiprocessing, start: Callable[..., Process], tasks: Sequence[Task]) -> None:
    """A program: print a line, which stays in the buffer, and then run each of the *tasks* in a child."""
    print("the starter starts")
    for task in tasks:
        start(mp, task).join()


def write_unfinished() -> None:
    """Write to stdout and stderr, and end no line."""
    sys.stdout.write("half of stdout")
    sys.stderr.write("half of stderr")


def ignore_children_and_use_locks(mp: Any) -> None:
    """A program: ignore SIGCHLD, and use a lock and a queue."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    lock, queue = mp.Lock(), mp.Queue()
    with lock:
        queue.put("a ticket")
        queue.get()


def start_and_join(mp: Multiprocessing, start: Callable[..., Process], task: Task, log: Recorder) -> None:
    """A program: run *task* in a child, join the child, and record its exit code."""
    child = start(mp, task)
    child.join()
    log("exit code", child.exitcode)


def remove_output() -> None:
    """Set `sys.stdout` and `sys.stderr` to None."""
    streams: Any = sys
    streams.stdout = streams.stderr = None


def start_and_join_without_output(
    mp: Multiprocessing, start: Callable[..., Process], tasks: Sequence[Task], log: Recorder
) -> None:
    """A program without output: run each of the *tasks* in a child without output, and record its exit code."""
    remove_output()
    for task in tasks:
        try:
            start_and_join(mp, start, steps(remove_output, task), log)
        except Exception as error:  # there is no stderr that could show it
            log("exit code", repr(error))


def start_and_join_after_interrupt(
    mp: Multiprocessing, start: Callable[..., Process], tasks: Sequence[Task], places: Sequence[Pause], log: Recorder
) -> None:
    """A program in a process group of its own: start a child, get KeyboardInterrupt, and join the child after it.

    The program stops at the first of the *places* until it is interrupted, and at the second one afterwards.  Then it
    joins the child, runs each of the other *tasks* in a child, and records each exit code.
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
        start_and_join(mp, start, task, log)


def start_join_and_exit(mp: Multiprocessing, start: Callable[..., Process], task: Task, status: int) -> None:
    """A program: run *task* in a child, join the child, and exit with *status*."""
    start(mp, task).join()
    sys.exit(status)


def start_child(make: MakesProcesses, task: Task) -> None:
    """Start a child that runs *task*, and do not join it."""
    make(target=task).start()


def start_and_join_each(make: MakesProcesses, tasks: Sequence[Task], log: Recorder) -> None:
    """Run each of the *tasks* in a child, one child after the other, and record each exit code."""
    for task in tasks:
        child = make(target=task)
        child.start()
        child.join()
        log("exit code", child.exitcode)


LARGE_ARGUMENT = bytes(2 * 1024 * 1024)
"""An argument that does not fit into the buffer of a pipe."""


class Deadly:
    """An argument that ends the process that unpickles it."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (3,)


def ignore(*_arguments: object) -> None:
    """Ignore the arguments."""


def give_and_join(mp: Multiprocessing, *arguments: object) -> None:
    """Start a child that is given the *arguments*, and join it."""
    child = mp.Process(target=ignore, args=arguments)
    child.start()
    child.join()


def register(handler: Callable[..., object], *arguments: object) -> None:
    """Register an exit handler."""
    atexit.register(handler, *arguments)


def start_child_and_end_it_at_exit(make: MakesProcesses, task: Task) -> None:
    """Start a child, and register an exit handler that terminates it."""
    child = make(target=task)
    child.start()
    atexit.register(child.terminate)


def use_everything(mp: Any) -> None:
    """A program: use a lock, a queue, a pipe, a manager and a child, fork without the API, and close nothing."""
    lock, queue, ends = mp.Lock(), mp.Queue(), mp.Pipe()
    forked = os.fork()
    if forked == 0:
        sys.exit()
    os.waitpid(forked, 0)
    manager = mp.Manager()
    shared = manager.dict(num=100)
    with lock:
        queue.put(shared["num"])
        ends[0].send(queue.get())
    child = mp.Process(target=ignore, args=(lock, queue, ends[1], shared))
    child.start()
    child.join()
    print(ends[1].recv())


def run_another_program(pause: Any) -> None:
    """Replace the program that runs in this process by one that stops at *pause*, a checkpoint's."""
    file = sys.modules[pause.func.__module__].__file__
    code = f"import runpy; runpy.run_path({file!r})[{pause.func.__name__!r}]({pause.args[0]!r})"
    os.execv(sys.executable, [sys.executable, "-c", code])


def leave_children(mp: Any) -> list[Process]:
    """Start children, and join, close, terminate or leave each; return them with one that was not started."""
    unstarted, joined, closed, _unjoined, terminated = children = [mp.Process(target=ignore) for _ in range(5)]
    for child in children:
        if child is not unstarted:
            child.start()
    for child in joined, closed:
        child.join()
    closed.close()
    terminated.terminate()
    return children


def stop_self() -> None:
    """Stop this process until it gets SIGCONT."""
    os.kill(os.getpid(), signal.SIGSTOP)


def stop_after(pause: Callable[[], object], pid: int) -> None:
    """Pause, and stop another process."""
    pause()
    os.kill(pid, signal.SIGSTOP)


def exit_code_of_child(
    mp: Multiprocessing, start: Callable[..., Process], first: Callable[[int], object], then: Task
) -> Optional[int]:
    """Start a child that calls *first* with this process's pid, and *then*; join it, and return its exit code."""
    child = start(mp, steps(partial(first, os.getpid()), then))
    child.join()
    return child.exitcode


def close_all_files() -> None:
    """Close all file descriptors of this process, as a daemon of Unix does at its beginning."""
    os.closerange(0, max(map(int, os.listdir("/proc/self/fd"))) + 1)


def fork_and_leave(pause: Pause, status: int) -> None:
    """Fork without the API; the copy stops at *pause*, and this process exits with *status*."""
    if os.fork() == 0:
        pause()
        os._exit(0)
    sys.exit(status)


def leave_the_group(leave: Callable[[], object], pause: Pause) -> None:
    """Leave the process group or the session of the starter, and stop at *pause*."""
    leave()
    pause()


def log_a_child(mp: Any, level: int) -> None:
    """A program: log to stderr from a *level* on, and let a child do so."""
    mp.log_to_stderr(level).warning("from the program")
    child = mp.Process(target=warn, args=(mp.get_logger,), name="a child")
    child.start()
    child.join()


def warn(get_logger: Callable[[], Any]) -> None:
    """Log a warning."""
    get_logger().warning("from the child")


def make_a_copy(mp: Multiprocessing, working: Task) -> None:
    """A program: make a lock, and a copy of this process, which does some work without the API; then end."""
    lock = mp.Lock()
    if os.fork() == 0:
        working()
        os._exit(0)
    lock.acquire()


def write_to_a_file_of_its_own(path: str, task: Task) -> None:
    """Let `sys.stdout` and `sys.stderr` be a new file, print a line to each, and run *task*."""
    file = open(os.open(path, os.O_WRONLY | os.O_CREAT), "w", encoding="utf-8", closefd=False)  # noqa: SIM115  kept open
    sys.stdout = sys.stderr = file
    print("to stdout")
    print("to stderr", file=sys.stderr)
    task()


def close_output() -> None:
    """Let `sys.stdout` and `sys.stderr` be a file that is closed."""
    with open(os.devnull, "w", encoding="utf-8") as closed:
        sys.stdout = sys.stderr = closed


def start_and_join_with_closed_output(
    mp: Multiprocessing, start: Callable[..., Process], tasks: Sequence[Task], log: Recorder
) -> None:
    """A program that closes its output: run each of the *tasks* in a child that does so too; record its exit code."""
    close_output()
    for task in tasks:
        start_and_join(mp, start, steps(close_output, task), log)


def tell_levels(mp: Any, log: Recorder) -> None:
    """A program: set the level of the API's logger, then that of the root logger only; start a child each time."""
    for logger, level in ((mp.get_logger(), 32), (logging.getLogger(), 37)):
        mp.get_logger().setLevel(logging.NOTSET)
        logger.setLevel(level)
        child = mp.Process(target=tell_level, args=(mp.get_logger, log))
        child.start()
        child.join()


def tell_level(get_logger: Callable[[], Any], log: Recorder) -> None:
    """Record the effective level of the API's logger."""
    log("level", get_logger().getEffectiveLevel())
