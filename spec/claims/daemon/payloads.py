"""What daemons do, and what the programs that start them do."""

from __future__ import annotations

import atexit
import os
import select
import signal
from contextlib import suppress
from functools import partial

from impl.api import load
from spec.claims.shared.startup import fails_to_start
from spec.claims.shared.steps import steps
from spec.harness.child_side import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Callable, Optional

    from impl.contract import Multiprocessing, Pause, Process, Task
    from spec.harness.recorder import Recorder

    StartDaemon = Callable[[Multiprocessing, Task], Process]


class MainFailed(Exception):
    """Raised by a main that ends with an exception."""


def fail() -> None:
    """End main with an exception."""
    raise MainFailed


def fail_to_start(api: str, log: Recorder) -> None:
    """Try to start a daemon and an ordinary child, and record for each whether the start failed."""
    make: Any = load(api).Process
    log("failed", [fails_to_start(make(target=int, daemon=daemon)) for daemon in (True, False)])


def work_and_clean_up(log: Recorder, working: Pause) -> None:
    """Work, and record the end of the work and each piece of cleanup code that runs."""
    atexit.register(log, "atexit")
    try:
        working()
        log("done")
    finally:
        log("finally")


def handle_sigterm(working: Pause, handling: Pause) -> None:
    """Stop at *working*; on SIGTERM, stop at *handling* with the number of the signal, and then end."""

    def handler(number: int, _frame: object) -> None:
        handling(number)
        raise SystemExit

    signal.signal(signal.SIGTERM, handler)
    working()


def try_to_have_a_child(api: str, log: Recorder, tell: Pause) -> None:
    """Start a child, and stop at *tell* with the kind and the message of the exception that the start raised."""
    child = load(api).Process(target=partial(log, "grandchild"))
    try:
        child.start()
    except Exception as error:
        tell(kind_of(error), str(error))
    else:
        child.join()
        tell("no exception", "")


def make_children(api: str, tell: Pause) -> None:
    """Make three processes, and stop at *tell* with their daemon flags: by default, with False and with True."""
    make: Any = load(api).Process
    tell(make().daemon, make(daemon=False).daemon, make(daemon=True).daemon)


def whether_alive(process: Process) -> object:
    """Return whether *process* is alive, or the exception that `is_alive()` raises."""
    try:
        return process.is_alive()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def watch_the_starter(api: str, tell: Pause) -> None:
    """Stop at *tell* with the starter's pid and whether it is alive, wait for its sentinel, and stop again."""
    mp: Any = load(api)
    starter = mp.parent_process()
    tell(starter.pid, whether_alive(starter))
    sentinel = select.poll()
    sentinel.register(starter.sentinel, select.POLLIN)
    sentinel.poll()
    tell(mp.parent_process().pid, whether_alive(starter))


def join_the_starter(api: str, tell: Pause) -> None:
    """Join the starter with a timeout of zero and then without; each time, tell its pid and whether it is alive."""
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
    """A program like the lesson's, whose children are declared by the `daemon` argument."""
    mp.Process(target=daemon_task, daemon=True).start()
    mp.Process(target=ordinary_task, daemon=False).start()
    pause()


def declare_late(mp: Multiprocessing, task: Task, pause: Pause) -> None:
    """A program: declare a started child a daemon, and stop at *pause* with the exception and its message."""
    child = mp.Process(target=task)
    child.start()
    try:
        child.daemon = True
    except Exception as error:
        pause(kind_of(error), str(error))
    else:
        pause("no exception", "")


def start_one(mp: Multiprocessing, start_daemon: StartDaemon, task: Task, pause: Pause) -> None:
    """A program: start one daemon and no other child, call *pause*, and end."""
    start_daemon(mp, task)
    pause()


def start_and_join(mp: Multiprocessing, start_daemon: StartDaemon, task: Task) -> Optional[int]:
    """Start a daemon, join it, and return its exit code."""
    child = start_daemon(mp, task)
    child.join()
    return child.exitcode


def start_one_in_a_child(api: str, start_daemon: StartDaemon, task: Task, pause: Pause) -> None:
    """A child: start a daemon, call *pause*, and raise the exception that it returns, if it returns one."""
    start_daemon(load(api), task)
    error: Any = pause()
    if error:
        raise error


def start_each(mp: Multiprocessing, start_daemon: StartDaemon, tasks: Sequence[Task], pause: Pause) -> None:
    """A program: start a daemon for each of the *tasks*, call *pause*, and end."""
    for task in tasks:
        start_daemon(mp, task)
    pause()


def reap_its_daemon(mp: Multiprocessing, start_daemon: StartDaemon) -> None:
    """A program: start a daemon that ends at once, and reap it without the API, if this process is its parent."""
    pid = start_daemon(mp, int).pid
    assert pid is not None
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def acquire(lock: Any, _queue: Any) -> None:
    """Wait for a lock that is held."""
    lock.acquire()


def get(_lock: Any, queue: Any) -> None:
    """Wait for an item of an empty queue."""
    queue.get()


def put_too_much(_lock: Any, queue: Any) -> None:
    """Put an item that does not fit into the pipe of the queue."""
    queue.put(bytes(2**20))


def leave_daemons_in_calls(mp: Any, start_daemon: StartDaemon, waiting: Pause, pause: Pause) -> None:
    """A program: start daemons that stop at *waiting*, and then wait for a lock or a queue; end after *pause*."""
    lock, waits = mp.Lock(), [acquire, get, put_too_much]
    queues = [mp.Queue() for _ in waits]
    with lock:
        for wait, queue in zip(waits, queues):
            start_daemon(mp, steps(waiting, partial(wait, lock, queue)))
        pause()
