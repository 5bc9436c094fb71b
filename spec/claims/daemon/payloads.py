"""What daemons and the programs that start them do."""

from __future__ import annotations

import atexit
import select
import signal
from functools import partial

from impl.api import load
from spec.claims.shared.beginnings import fails_to_start
from spec.harness.child_side import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable, Optional

    from impl.contract import Multiprocessing, Pause, Process, Task
    from spec.harness.recorder import Recorder

    StartDaemon = Callable[[Multiprocessing, Task], Process]


class MainFailed(Exception):
    """Raised by a main that is to end with an exception."""


def fail() -> None:
    """Be the end of a main that fails."""
    raise MainFailed


def fail_to_start(api: str, log: Recorder) -> None:
    """Start a daemon and an ordinary child, and record whether each start has failed."""
    make: Any = load(api).Process
    log("failed", [fails_to_start(make(target=int, daemon=daemon)) for daemon in (True, False)])


def work_and_clean_up(log: Recorder, working: Pause) -> None:
    """Work, and record the end of it and each piece of cleanup code that runs."""
    atexit.register(log, "atexit")
    try:
        working()
        log("done")
    finally:
        log("finally")


def handle_sigterm(working: Pause, handling: Pause) -> None:
    """Stop at *working*, and when SIGTERM comes, at *handling*; then end."""

    def handler(number: int, _frame: object) -> None:
        handling(number)
        raise SystemExit

    signal.signal(signal.SIGTERM, handler)
    working()


def try_to_have_a_child(api: str, log: Recorder, tell: Pause) -> None:
    """Start a child, and tell what came of it, by the name of the exception and its message."""
    child = load(api).Process(target=partial(log, "grandchild"))
    try:
        child.start()
    except Exception as error:
        tell(kind_of(error), str(error))
    else:
        child.join()
        tell("no exception", "")


def make_children(api: str, tell: Pause) -> None:
    """Make children, and tell whether they are daemons: by default, and declared to be none and to be one."""
    make: Any = load(api).Process
    tell(make().daemon, make(daemon=False).daemon, make(daemon=True).daemon)


def whether_alive(process: Process) -> object:
    """Return whether *process* is alive, or the exception that it raises when it is asked."""
    try:
        return process.is_alive()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def watch_the_starter(api: str, tell: Pause) -> None:
    """Tell who the starter is and whether it lives, wait until the sentinel says that it has ended, tell again."""
    mp: Any = load(api)
    starter = mp.parent_process()
    tell(starter.pid, whether_alive(starter))
    sentinel = select.poll()
    sentinel.register(starter.sentinel, select.POLLIN)
    sentinel.poll()
    tell(mp.parent_process().pid, whether_alive(starter))


def join_the_starter(api: str, tell: Pause) -> None:
    """Join the starter for no time, tell who it is and whether it lives, join it until it has ended, tell again."""
    mp: Any = load(api)
    starter = mp.parent_process()
    for limit in 0, None:
        try:
            starter.join(limit)
        except Exception as error:
            tell(starter.pid, repr(error))
        else:
            tell(starter.pid, starter.is_alive())


def start_by_constructor(mp: Multiprocessing, daemon_task: Task, ordinary_task: Task, pause: Pause) -> None:
    """Be the lesson's program, with a daemon that is declared as it is made."""
    mp.Process(target=daemon_task, daemon=True).start()
    mp.Process(target=ordinary_task, daemon=False).start()
    pause()


def declare_late(mp: Multiprocessing, task: Task, pause: Pause) -> None:
    """Be a program that declares its child a daemon once it has started, and tells what came of it."""
    child = mp.Process(target=task)
    child.start()
    try:
        child.daemon = True
    except Exception as error:
        pause(kind_of(error), str(error))
    else:
        pause("no exception", "")


def start_one(mp: Multiprocessing, start_daemon: StartDaemon, task: Task, pause: Pause) -> None:
    """Be a program with one daemon and no other child."""
    start_daemon(mp, task)
    pause()


def start_and_join(mp: Multiprocessing, start_daemon: StartDaemon, task: Task) -> Optional[int]:
    """Start a daemon, join it, and return its exit code."""
    child = start_daemon(mp, task)
    child.join()
    return child.exitcode


def start_one_in_a_child(api: str, start_daemon: StartDaemon, task: Task, pause: Pause) -> None:
    """Be a child that has a daemon of its own, and ends with what *pause* returns: an exception, if it is one."""
    start_daemon(load(api), task)
    error: Any = pause()
    if error:
        raise error


def start_each(mp: Multiprocessing, start_daemon: StartDaemon, tasks: Sequence[Task], pause: Pause) -> None:
    """A program: start a daemon for each of the *tasks*, call *pause*, and end."""
    for task in tasks:
        start_daemon(mp, task)
    pause()
