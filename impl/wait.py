"""Wait: a desk that serves whoever is ready first.

A program often has to listen to several others.  If it asks one after the other, it waits for the first, although all
others may have been ready for long.  ``wait()``, a function of the module ``multiprocessing.connection``, takes them
all at once: it blocks until at least one is ready, and returns all that are ready.

It takes connections, sockets and sentinels.  A connection is ready when there is something to receive, or when the
other end is closed: then ``recv()`` raises EOFError.  A sentinel is ready when its process has exited.  ``wait()``
only looks.  It receives no message, and it reaps no process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Callable, Optional

from impl.api import connection_module
from impl.contract import Connection, Multiprocessing, Process, Wait
from impl.pauses import pause_for

Think = Callable[[int], object]
"""Called with a client's number in the client's process, and returns the client's question.  It is picklable."""

Serve = Callable[[object], object]
"""Called at the desk with a question."""


def open_desk(mp: Multiprocessing, clients: int, think: Think) -> tuple[list[Connection], list[Process]]:
    """Start *clients* children that each `ask` one question, and return, in order, the desk's connections and them.

    Clients are numbered from 0.  Only a client has the other end of its connection, so a client that exits without a
    question closes it.  The caller joins the children.
    """
    callers, children = [], []
    for client in range(clients):
        here, there = mp.Pipe()
        child = mp.Process(target=ask, args=(client, there, think))
        child.start()
        there.close()  # before the next child is started, which would inherit it under fork
        callers.append(here)
        children.append(child)
    return callers, children


def ask(client: int, desk: Connection, think: Think) -> None:
    """Think, send the question to the *desk*, and hang up; this runs in the child."""
    with desk:
        desk.send(think(client))


def serve_in_order(callers: Sequence[Connection], serve: Serve) -> None:
    """Call *serve* with the question of each of the *callers*, in order, and wait for each of them."""
    for caller in callers:
        serve(caller.recv())


def serve_as_they_come(wait: Wait, callers: Sequence[Connection], serve: Serve) -> None:
    """Call *serve* with each question as soon as it can be received, and return when all *callers* have hung up.

    Args:
        wait: the function ``wait`` of the API.
        callers: connections to clients, which may hang up without a question.
        serve: called for each question.
    """
    waiting = list(callers)
    while waiting:
        for caller in wait(waiting):
            try:
                serve(caller.recv())
            except EOFError:
                waiting.remove(caller)


def who_has_left(wait: Wait, clients: Sequence[Process], patience: Optional[float] = None) -> list[int]:
    """Wait until at least one of the *clients* has exited, and return the numbers of all that have, in order.

    Args:
        wait: the function ``wait`` of the API.
        clients: children that were started.  None of them is joined here.
        patience: the list is empty if none of them exits within that many seconds; None sets no limit.
    """
    left = wait([client.sentinel for client in clients], patience)
    return [number for number, client in enumerate(clients) if client.sentinel in left]


def ponder(seconds: float, client: int) -> str:
    """Return the question of a client after that many *seconds*, and fewer for a client with a higher number."""
    pause_for(seconds / (client + 1))()
    return f"client {client}"


def announce(served: list[object], question: object) -> None:
    """Print the question for the person who watches."""
    served.append(question)
    print(f"the desk serves {question}")


def demo(
    mp: Multiprocessing,
    *,
    clients: Annotated[int, "how many clients come at once"] = 3,
    think: Annotated[float, "seconds that the first client thinks; the second takes half, the third a third"] = 1.5,
) -> None:
    """Three clients, the first is the slowest: they are served in order, then as they are ready.

    Look for the order in which the clients are served.
    """
    wait = connection_module(mp).wait
    orders: list[list[object]] = []
    for how, serve_all in (
        ("in a fixed order", serve_in_order),
        ("whoever is ready", partial(serve_as_they_come, wait)),
    ):
        print(f"the desk serves {how}")
        callers, children = open_desk(mp, clients, partial(ponder, think))
        orders.append([])
        serve_all(callers, partial(announce, orders[-1]))
        for child in children:
            child.join()
    _, children = open_desk(mp, clients, partial(ponder, think))
    print(f"the first to leave: {who_has_left(wait, children)}")
    for child in children:
        child.join()
    order = "the same" if orders[0] == orders[1] else "another one"
    print(f"result: {clients} clients were served both ways; as they are ready, the order is {order}")
