"""A kitchen that takes orders, and hands out tickets for dishes that are not there yet."""

from __future__ import annotations

import os
import signal
from functools import partial

from spec.claims.executor import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeExecutor
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, gatekeeper, kernel, recorder

pytestmark = needs("Process", "ProcessPoolExecutor")


@source("impl.executor.take_orders")
def test_takes_orders_without_waiting(lesson: Lesson, executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """Orders are taken before any is done; each ticket is for the dish in the same place, whichever is done first."""
    cooking, dishes = checkpoint("cooking"), ["dumplings", "rice"]
    tickets = lesson.take_orders(executor(2), cooking.pause, dishes)
    arrivals = sorted(cooking.wait_for(2), key=lambda arrival: arrival.notes)
    gatekeeper.shows("the dishes that are cooked at the same time", [a.notes[0] for a in arrivals], expected=dishes)
    kernel.shows("how many workers cook", len({arrival.pid for arrival in arrivals}), expected=2)
    caller.shows("which tickets are done", [ticket.done() for ticket in tickets], expected=[False, False])
    for dish, arrival in reversed([*zip(dishes, arrivals)]):
        arrival.let_go(f"hot {dish}")
    results = [ticket.result() for ticket in tickets]
    caller.shows("the results, in the order of the tickets", results, expected=["hot dumplings", "hot rice"])


@source("impl.executor.serve_as_done")
def test_serves_as_they_are_done(
    lesson: Lesson, executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder
) -> None:
    """A dish is served as soon as it is done, whatever was ordered before; one that is spoiled ends the serving."""
    cooking, order = checkpoint("cooking"), ["rice", "dumplings"]
    kitchen, cook = executor(3), partial(payloads.fail_if_told, cooking.pause)
    tickets = [kitchen.submit(cook, dish) for dish in ("dumplings", "rice", "soup")]
    arrivals = {arrival.notes[0]: arrival for arrival in cooking.wait_for(3)}

    def serve(dish: str) -> None:
        log("served", dish)
        last = dish == order[-1]
        arrivals["soup" if last else order[1]].let_go("fail" if last else order[1])

    arrivals[order[0]].let_go(order[0])
    try:
        lesson.serve_as_done(tickets, serve)
        ended = "no exception"
    except payloads.SaltedTwice as error:
        ended = repr(error)
    recorder.shows("what was served", log.values("served"), expected=order)
    caller.shows("how the serving ended", ended, expected="SaltedTwice('soup')")


@source("impl.executor.stop_taking")
def test_takes_back_what_no_worker_has(
    lesson: Lesson, executor: MakeExecutor, checkpoint: MakeCheckpoint, log: Recorder
) -> None:
    """Orders that can be cancelled are, and their numbers are returned; all others are cooked."""
    cooking, kitchen = checkpoint("cooking"), executor(1)
    tickets = [kitchen.submit(cooking.pause), *(kitchen.submit(log, "cooked", number) for number in range(1, 9))]
    arrival = cooking.next()
    numbers = lesson.stop_taking(tickets)
    cancelled = [number for number, ticket in enumerate(tickets) if ticket.cancelled()]
    caller.shows("the numbers that were returned", numbers, expected=cancelled)
    caller.shows("whether the last order was cancelled", tickets[-1].cancelled(), expected=True)
    arrival.let_go()
    kitchen.shutdown()
    others = [number for number in range(1, 9) if number not in cancelled]
    recorder.shows("what was cooked", log.values("cooked"), expected=others)


@source("impl.executor.what_became_of")
def test_tells_what_became_of_an_order(lesson: Lesson, executor: MakeExecutor, checkpoint: MakeCheckpoint) -> None:
    """A ticket tells whether its dish was served, was spoiled or cancelled, or is lost with the worker."""
    cooking, kitchen = checkpoint("cooking"), executor(1)
    served, spoiled, lost, *others = [
        kitchen.submit(payloads.fail_if_told, cooking.pause, dish) for dish in ("rice", "soup", "tea", *range(5))
    ]
    arrival = cooking.next()
    others[-1].cancel()
    arrival.let_go("hot rice")
    cooking.next().let_go("fail")
    os.kill(cooking.next().pid, signal.SIGKILL)
    became = [lesson.what_became_of(ticket) for ticket in (served, spoiled, lost, others[-1])]
    caller.shows("what became of them", became, expected=["served hot rice", "spoiled: soup", "lost", "cancelled"])
