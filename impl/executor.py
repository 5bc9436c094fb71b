"""Executor: a kitchen that takes orders and hands out tickets.

Whoever starts processes to share out work needs a queue for the tasks, another one for the results, and a plan for
failures.  An executor has all that.  ``submit()`` takes a function and its arguments, and returns at once: what it
returns is a *future*, a ticket for a result that is not there yet.  As many worker processes as the executor was made
with take the tasks, one at a time.  ``result()`` of a future waits for the task, and returns what it has returned, or
raises the exception that it has raised.

A ticket can be given back: ``cancel()`` works as long as no worker has the task.  If a worker dies, nobody knows how
far its task has come.  So the executor is *broken*: each future that is not done raises ``BrokenExecutor``, and no
task is taken any more.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, as_completed
from functools import partial
from typing import Annotated, Any, Callable

from impl.api import executor_maker
from impl.contract import Executor, Multiprocessing
from impl.pauses import pause_for

Cook = Callable[[str], object]
"""Called with the name of a dish in a worker, and returns the dish.  It is picklable."""

Serve = Callable[[Any], object]
"""Called with a dish, where the orders were taken."""


def take_orders(kitchen: Executor, cook: Cook, dishes: Iterable[str]) -> list[Future[Any]]:
    """Submit one task for each of the *dishes*, and return the futures in order, without waiting for any."""
    return [kitchen.submit(cook, dish) for dish in dishes]


def serve_as_done(tickets: Sequence[Future[Any]], serve: Serve) -> None:
    """Call *serve* with the result of each future as soon as it is there, whichever is the first.

    Raises:
        Exception: what the first task that fails has raised; the dishes that come later are not served.
    """
    for ticket in as_completed(tickets):
        serve(ticket.result())


def stop_taking(tickets: Sequence[Future[Any]]) -> list[int]:
    """Cancel all that can still be cancelled, the last order first, and return its numbers in ascending order."""
    return sorted(number for number in reversed(range(len(tickets))) if tickets[number].cancel())


def what_became_of(ticket: Future[Any]) -> str:
    """Wait until the future is done, and return how it ended.

    Returns:
        ``served`` and the result; ``spoiled`` and the exception that the task has raised; ``cancelled``; or ``lost``
        if a worker of the executor has died.
    """
    try:
        return f"served {ticket.result()}"
    except CancelledError:
        return "cancelled"
    except BrokenExecutor:
        return "lost"
    except Exception as error:
        return f"spoiled: {error}"


def simmer(pace: float, dish: str) -> str:
    """Cook for *pace* seconds for each letter of the name of the *dish*, and return the dish.

    Raises:
        ValueError: the dish is soup, which is always salted twice.
    """
    pause_for(pace * len(dish))()
    if dish == "soup":
        raise ValueError("salted twice")
    return f"{dish} by cook {os.getpid()}"


def burn_down(_dish: str) -> None:
    """End the worker as an accident would."""
    os.kill(os.getpid(), signal.SIGKILL)


def demo(
    mp: Multiprocessing,
    *,
    cooks: Annotated[int, "how many cooks there are"] = 2,
    pace: Annotated[float, "seconds that a cook needs for each letter of a dish"] = 0.1,
) -> None:
    """Two cooks and many orders: served as they are done, spoiled, cancelled, and lost in an accident.

    Look for what becomes of each order.
    """
    make, cooks = executor_maker(mp), max(cooks, 1)
    with make(cooks) as kitchen:
        print(f"{cooks} cooks: dishes are served as they are done")
        serve_as_done(take_orders(kitchen, partial(simmer, pace), ["dumplings", "rice", "tea"]), print)
    with make(cooks) as kitchen:
        print("the kitchen stops taking orders")
        tickets = take_orders(kitchen, partial(simmer, pace), ["soup", *["rice"] * 4 * cooks])
        cancelled = len(stop_taking(tickets))
        print(f"cancelled: {cancelled} of {len(tickets)}")
        print(f"the soup: {what_became_of(tickets[0])}")
    with make(cooks) as kitchen:
        print("a cook meets with an accident")
        [dumplings] = take_orders(kitchen, partial(simmer, pace), ["dumplings"])
        [flambe] = take_orders(kitchen, burn_down, ["flambé"])
        lost = [what_became_of(flambe), what_became_of(dumplings)]
        print(f"the flambé: {lost[0]}; the dumplings: {lost[1]}")
    print(f"result: {cancelled} orders were cancelled, and the accident cost {lost.count('lost')} of 2 orders")
