"""Buyers who wait for a delivery of tickets, with and without a condition."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.condition import payloads
from spec.claims.shared.joining import join_all
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source
from spec.harness.process_table import until_blocked
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import at_most, caller, gatekeeper, kernel, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = [needs("Process", "Condition"), managed_too]


@pytest.fixture
def stock(folder: Path) -> Path:
    """Return a stock file without a ticket."""
    path = folder / "stock.json"
    path.write_text(json.dumps({"count": 0}), encoding="utf-8")
    return path


def read_count(stock: Path) -> int:
    """Read the count from the file itself, without the lesson under test."""
    return int(json.loads(stock.read_text(encoding="utf-8"))["count"])


@source("impl.condition.queue_up")
@source("impl.condition.buy")
def test_buyers_wait_for_a_delivery(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder
) -> None:
    """Five buyers are blocked until tickets are delivered; then as many buy as there are tickets, the rest wait."""
    delivered, everybody, buyers = mp.Condition(), [*range(5 * scale)], 5 * scale
    queueing = lesson.queue_up(mp, buyers, lesson.buy, stock, delivered, partial(payloads.tell, log))
    until_blocked(buyer.pid for buyer in queueing)
    recorder.shows("who has bought before a delivery", log.values("bought"), expected=[])
    sold = 0
    for tickets in 2, buyers - 2:
        lesson.deliver(stock, delivered, tickets)
        sold += tickets
        until_still(lambda expected=sold: len(log.values("bought")) >= expected)  # type: ignore[misc]
        recorder.shows("how many have bought", len(log.values("bought")), expected=sold)
        kernel.shows("the count in the stock file", read_count(stock), expected=0)
    join_all(queueing)
    recorder.shows("who has bought", sorted(buyer for buyer, _ in log.values("bought")), expected=everybody)
    kernel.shows("the number of processes", len({event.pid for event in log.events("bought")}), expected=buyers)


@source("impl.condition.buy")
def test_buyer_looks_once_for_each_delivery(
    mp: Multiprocessing, lesson: Lesson, stock: Path, worker: MakeWorker
) -> None:
    """A buyer who waits for a condition looks at the stock when it comes, and once after each delivery."""
    delivered = mp.Condition()
    buyer = worker(buy=partial(payloads.looks_of, lesson.buy, stock, delivered))
    buyer.begin("buy")
    for tickets in 0, 0, 2:
        kernel.shows("whether the buyer is blocked", buyer.is_stuck(), expected=True)
        lesson.deliver(stock, delivered, tickets)
    recorder.shows("how often the buyer looked", buyer.result(), expected=[4])
    recorder.shows("how often a buyer looks that finds a ticket", buyer.call("buy"), expected=[1])
    kernel.shows("the count in the stock file", read_count(stock), expected=0)


@source("impl.condition.buy_by_looking")
def test_buyer_without_a_condition_looks_in_vain(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without a condition, a buyer looks again after each pause, though nothing was delivered."""
    between, delivered = checkpoint("between two looks"), mp.Condition()
    buyer = worker(buy=partial(payloads.looks_of, lesson.buy_by_looking, stock, delivered, between.pause))
    buyer.begin("buy")
    for looks in 1, 2, 3:
        arrival = between.next()
        gatekeeper.shows("the number of looks so far", arrival.notes, expected=(looks,))
        caller.shows("acquire(False) by another process", delivered.acquire(False), expected=True)
        delivered.release()
        if looks == 3:
            lesson.deliver(stock, delivered, 1)
        arrival.let_go()
    recorder.shows("how often the buyer looked", buyer.result(), expected=[4])
    kernel.shows("the count in the stock file", read_count(stock), expected=0)


@source("impl.condition.look_then_wait")
def test_delivery_between_look_and_wait_is_missed(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A buyer who gives up the lock between its look and its wait misses a delivery that comes in between."""
    between, delivered = checkpoint("between"), mp.Condition()
    buyer = worker(wait=partial(lesson.look_then_wait, stock, delivered, between.pause))
    for patience, noticed in (0.05, False), (3600, True):
        stock.write_text(json.dumps({"count": 0}), encoding="utf-8")
        buyer.begin("wait", patience)
        arrival = between.next()
        if not noticed:
            lesson.deliver(stock, delivered, 1)
        arrival.let_go()
        if noticed:
            kernel.shows("whether the buyer is blocked", buyer.is_stuck(), expected=True)
            lesson.deliver(stock, delivered, 1)
        caller.shows("whether the delivery was noticed", buyer.result(), expected=noticed)
        kernel.shows("the count in the stock file", read_count(stock), expected=1)
    caller.shows("the result if there is a ticket already", buyer.call("wait", 3600), expected=True)


@source("impl.condition.buy")
def test_buyer_that_fails_gives_the_lock_up(mp: Any, lesson: Lesson, stock: Path, worker: MakeWorker) -> None:
    """A buyer who fails, before it has waited or after, gives the lock of the condition up."""
    delivered = mp.Condition()
    buyer = worker(buy=partial(payloads.looks_of, lesson.buy, stock, delivered))
    buyer.begin("buy")
    kernel.shows("whether the buyer is blocked", buyer.is_stuck(), expected=True)
    stock.write_text("no count", encoding="utf-8")
    for _ in range(2):
        with delivered:
            delivered.notify()
        with refuses(CallFailed, str(stock)):
            buyer.result()
        caller.shows("acquire(False) by another process", delivered.acquire(False), expected=True)
        delivered.release()
        buyer.begin("buy")


@source("impl.condition.buy")
@source("impl.condition.deliver")
def test_any_number_of_buyers_and_deliveries(
    mp: Multiprocessing, lesson: Lesson, stock: Path, worker: MakeWorker
) -> None:
    """For any number of buyers and deliveries, all buy once there are enough tickets, and no ticket is sold twice."""
    delivered = mp.Condition()
    staff = [worker(buy=partial(payloads.looks_of, lesson.buy, stock, delivered)) for _ in range(4)]

    @given(buyers=st.integers(1, 4), deliveries=st.lists(st.integers(0, 3), max_size=4))
    def sale(buyers: int, deliveries: list[int]) -> None:
        stock.write_text(json.dumps({"count": 0}), encoding="utf-8")
        for buyer in staff[:buyers]:
            buyer.begin("buy")
        missing = max(0, buyers - sum(deliveries))
        for tickets in *deliveries, missing:
            lesson.deliver(stock, delivered, tickets)
        looks = [buyer.result() for buyer in staff[:buyers]]
        recorder.shows("how many tickets each buyer has bought", [*map(len, looks)], expected=[1] * buyers)
        recorder.shows("how often one has looked, at most", max(max(looks)), expected=at_most(len(deliveries) + 2))
        kernel.shows("the count in the stock file", read_count(stock), expected=sum(deliveries) + missing - buyers)

    sale()
