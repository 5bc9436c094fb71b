"""What several claims about pools begin with."""

from __future__ import annotations

from typing import Any, Callable

from impl.contract import AsyncResult, Multiprocessing, Pool
from spec.claims.pool import payloads
from spec.engine.fixtures import Programs
from spec.harness.checkpoint import Arrival, Checkpoint
from spec.harness.forked_call import ForkedCall
from spec.harness.held_waits import ends_by_itself
from spec.harness.program import Program
from spec.harness.stillness import until_still
from spec.harness.witness import other_than

BRIEF = 0.05
"""Seconds of a timeout that passes before the result comes."""

LIMIT = 1
"""Seconds of a limit that a task is to exceed, and until which it has certainly stopped at its checkpoint."""

LONG = 3600
"""Seconds of a timeout that never ends."""


def in_a_pool(mp: Multiprocessing, use: Callable[[Pool], Any], workers: int = 2) -> Any:
    """Make a pool, and return what *use* returns for it.  The pool is not ended: its process is about to end."""
    return use(mp.Pool(workers))


def ends(user: ForkedCall) -> bool:
    """Return whether the call of *user* ends by itself.  If it does not, *user* is killed.

    Otherwise the pool of *user* would start another worker for each one that is killed at the end of the claim.
    """
    ended = ends_by_itself(user)
    if not ended:
        user.kill()
    return ended


def busy_program(program: Programs, working: Checkpoint, tasks: int) -> tuple[Program, list[int]]:
    """Start a program that waits for *tasks* of a pool with two workers; return it and the pids of the workers.

    All of them are blocked then, so that a signal interrupts what each of them waits for.
    """
    running = program.main(payloads.wait_for_all, working.pause, tasks)
    workers = [arrival.pid for arrival in working.wait_for(2)]
    until_still()
    return running, workers


def begin_tasks(pool: Pool, working: Checkpoint, count: int) -> tuple[list[AsyncResult], list[Arrival]]:
    """Give the *pool* tasks 0, 1 and so on, which stop at *working*; return their results and arrivals, in order.

    A task returns what it is let go with.
    """
    results = [pool.apply_async(working.pause, (number,)) for number in range(count)]
    return results, sorted(working.wait_for(count), key=lambda arrival: arrival.notes)


NO_EXCEPTION = "no exception"
ANY_EXCEPTION = other_than(NO_EXCEPTION)


def name_of_failure(result: AsyncResult) -> str:
    """Wait for a *result*, and return the name of the class of the exception that `get` raises, or `NO_EXCEPTION`.

    Libraries have classes of their own for what the standard library does not have.
    """
    try:
        result.get()
    except Exception as error:
        return type(error).__name__
    return NO_EXCEPTION
