"""Programs and functions that use an executor, and end in one way or another."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from typing import Any, Callable

from impl.api import executor_maker, load, reusable_maker
from impl.contract import MakesExecutors, Multiprocessing, Pause, Task
from spec.claims.executor import payloads

_kept: list[object] = []
"""All that is still referred to when its process ends."""


def result_of(make: MakesExecutors, task: Callable[..., Any], *arguments: object) -> object:
    """Return the result of a *task* that is submitted to an executor with one worker."""
    with make(1) as kitchen:
        return kitchen.submit(task, *arguments).result()


def leave_the_block(make: MakesExecutors, tasks: list[Task]) -> list[bool]:
    """Submit the *tasks* in a block that is left at once, and return which of the futures are done after that."""
    with make(1) as kitchen:
        tickets = [kitchen.submit(task) for task in tasks]
    return [ticket.done() for ticket in tickets]


def how_a_task_ends_with_a_shutdown(make: MakesExecutors, task: Task) -> bool:
    """Submit a *task*, shut the executor down, which waits, and return whether the task is lost with its worker."""
    kitchen = make(1)
    ticket = kitchen.submit(task)
    kitchen.shutdown()
    return isinstance(ticket.exception(), BrokenExecutor)


def cancel_what_waits(make: MakesExecutors, working: Pause, tell: Pause, task: Task) -> None:
    """Submit a task that stops at *working*, and *task* three times; cancel these; stop at *tell* before and after.

    The notes there are whether each of the three was running, and whether each was cancelled.
    """
    with make(1) as kitchen:
        kitchen.submit(working)
        tickets = [kitchen.submit(task) for _ in range(3)]
        tell()
        tell([ticket.running() for ticket in tickets], [ticket.cancel() for ticket in tickets])


def drop(make: MakesExecutors, tasks: list[Task], **how: Any) -> list[Future[Any]]:
    """Submit the *tasks* to an executor that nothing refers to any more, and return the futures."""
    kitchen = make(1, **how)
    return [kitchen.submit(task) for task in tasks]


def forget(mp: Multiprocessing, tasks: list[Task]) -> None:
    """A program: submit the *tasks*, and end without a shutdown."""
    kitchen = executor_maker(mp)(1)
    _kept.append([kitchen, *(kitchen.submit(task) for task in tasks)])


def begin_with_a_failure(mp: Multiprocessing) -> None:
    """A program: use an executor whose initializer fails."""
    with executor_maker(mp)(1, initializer=payloads.salt_twice) as kitchen, suppress(BrokenExecutor):
        kitchen.submit(os.getpid).result()


def shut_down_and_end(mp: Multiprocessing, tasks: list[Task]) -> None:
    """A program: submit the *tasks*, shut the executor down without waiting, and end."""
    kitchen = executor_maker(mp)(1)
    _kept.append([kitchen, *(kitchen.submit(task) for task in tasks)])
    kitchen.shutdown(wait=False)


def submit_at_the_end(mp: Multiprocessing, tell: Callable[[str], object]) -> None:
    """A program: use an executor, and *tell* what becomes of a task that an exit handler submits to it."""
    kitchen = executor_maker(mp)(1)
    kitchen.submit(os.getpid).result()
    atexit.register(_submit_another, kitchen, tell)


def _submit_another(kitchen: Any, tell: Callable[[str], object]) -> None:
    try:
        kitchen.submit(os.getpid)
        tell("taken")
    except RuntimeError:
        tell("refused")


def lose_a_worker_and_end(mp: Multiprocessing) -> None:
    """A program: lose a worker, and end without a shutdown; its exit status is 1 if no exception said so."""
    kitchen = executor_maker(mp)(1)
    _kept.append(kitchen)
    with suppress(BrokenExecutor):
        kitchen.submit(payloads.die).result()
        sys.exit(1)


def serve(mp: Multiprocessing, pause: Pause) -> None:
    """A program: wait for two tasks that stop at *pause*."""
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # the stage may ignore it, and this program inherits that
    with executor_maker(mp)(2) as kitchen:
        for ticket in [kitchen.submit(pause, os.getpid()) for _ in range(2)]:
            ticket.result()


def forget_a_reusable_one(mp: Multiprocessing, tasks: list[Task]) -> None:
    """A program: submit the *tasks* to the reusable executor, and end without a shutdown."""
    kitchen = reusable_maker(mp)(2)
    for task in tasks:
        kitchen.submit(task)


def reuse_and_wait(mp: Multiprocessing, pause: Pause, timeout: float) -> None:
    """A program: wait for two tasks that stop at *pause*, in workers that exit when they are idle for *timeout* s."""
    kitchen = reusable_maker(mp)(2, timeout=timeout)
    for ticket in [kitchen.submit(pause) for _ in range(2)]:
        ticket.result()


def cook_in_a_reusable_kitchen(api: str) -> tuple[int, int]:
    """Return this pid, and that of a worker of the reusable executor, which is left to the end of this process."""
    return os.getpid(), reusable_maker(load(api))(1).submit(os.getpid).result()
