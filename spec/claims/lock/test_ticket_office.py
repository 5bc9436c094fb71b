"""Selling tickets from one stock file, with and without a lock."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.lock import payloads
from spec.claims.shared.joining import join_all
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source
from spec.harness.process_table import until_blocked
from spec.harness.recorder import Recorder
from spec.harness.stillness import WATCHED, until_still
from spec.harness.witness import caller, gatekeeper, kernel, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = [needs("Process", "Lock"), managed_too]


@pytest.fixture
def stock(folder: Path, scale: int) -> Path:
    """Return a stock file of three tickets."""
    path = folder / "stock.json"
    path.write_text(json.dumps({"count": 3 * scale}), encoding="utf-8")
    return path


def read_count(stock: Path) -> int:
    """Read the count from the file itself, without the lesson under test."""
    return int(json.loads(stock.read_text(encoding="utf-8"))["count"])


@source("impl.lock.sell")
@source("impl.lock.buy")
def test_sells_what_there_is(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, three of ten buyers buy the three tickets, and the other seven are told `sold out`."""
    network, lock, all_buyers = checkpoint("network"), mp.Lock(), list(range(10 * scale))
    sale = lesson.sell(mp, stock, len(all_buyers), lock, network.pause, partial(payloads.tell, log))
    for _ in range(3 * scale):
        network.next().let_go()
    network.open()  # if the lock works, no other buyer arrives
    join_all(sale)
    told = log.events("bought") + log.events("sold out")
    recorder.shows("how many buyers bought a ticket", len(log.events("bought")), expected=3 * scale)
    recorder.shows("the buyers who were told an outcome", sorted(event.value for event in told), expected=all_buyers)
    recorder.shows("the number of buyer processes", len({event.pid for event in told}), expected=len(all_buyers))
    kernel.shows("the count in the stock file", read_count(stock), expected=0)


@source("impl.lock.buy")
def test_admits_one_buyer_at_a_time(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, one buyer is between its read and its write of the stock, and all others are blocked."""
    network, lock = checkpoint("network"), mp.Lock()
    sale = lesson.sell(mp, stock, 10 * scale, lock, network.pause, partial(payloads.tell, log))
    inside = network.next()
    others = [buyer.pid for buyer in sale if buyer.pid != inside.pid]
    until_blocked(others)
    gatekeeper.shows(
        "the pids between read and write", [arrival.pid for arrival in network.waiting], expected=[inside.pid]
    )
    kernel.shows("the number of other buyers, which are blocked", len(others), expected=10 * scale - 1)
    network.open()
    join_all(sale)


@source("impl.lock.buy")
def test_hands_the_lock_on(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, each buyer reads the count that the buyer before it has written."""
    network, lock = checkpoint("network"), mp.Lock()
    tickets = 3 * scale
    sale = lesson.sell(mp, stock, tickets + 1, lock, network.pause, partial(payloads.tell, log))
    seen, pids = [], {os.getpid()}
    for sold in range(tickets):
        if sold < WATCHED:
            until_still(lambda: network.reached)  # any other buyer that the lock let in has arrived too
        arrival = network.next()
        pids.add(arrival.pid)
        seen.append((arrival.notes, len(network.waiting)))
        arrival.let_go()
    network.open()  # if the lock works, no other buyer arrives
    join_all(sale)
    one_after_another = [((left,), 1) for left in range(tickets, 0, -1)]
    gatekeeper.shows("what was read, and by how many buyers at once", seen, expected=one_after_another)
    gatekeeper.shows("the number of processes, including the starter", len(pids), expected=tickets + 1)


@source("impl.lock.sell")
@source("impl.lock.buy")
def test_oversells_without(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Without the lock, ten buyers that all read before any of them writes all buy, though three tickets exist."""
    network, all_buyers = checkpoint("network"), list(range(10 * scale))
    sale = lesson.sell(mp, stock, len(all_buyers), nullcontext(), network.pause, partial(payloads.tell, log))
    arrivals = network.wait_for(len(all_buyers))
    pids = {arrival.pid for arrival in arrivals}
    kernel.shows("the number of buyer processes", len(pids), expected=len(all_buyers))
    for arrival in arrivals:
        arrival.let_go()
    join_all(sale)
    recorder.shows("the buyers who bought a ticket", sorted(log.values("bought")), expected=all_buyers)
    kernel.shows("the count in the stock file", read_count(stock), expected=3 * scale - 1)


@source("impl.lock.buy")
def test_any_number_of_buyers_and_tickets(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """For any number of buyers and tickets, the lock lets one buyer at a time buy a ticket until none is left."""
    network, lock = checkpoint("network"), mp.Lock()
    staff = [worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause)) for _ in range(6)]

    @given(buyers=st.integers(1, 6), tickets=st.integers(0, 8))
    def sale(buyers: int, tickets: int) -> None:
        stock.write_text(json.dumps({"count": tickets}), encoding="utf-8")
        for buyer in staff[:buyers]:
            buyer.begin("buy", str(stock))
        for _ in range(min(buyers, tickets)):
            inside = network.next()
            gatekeeper.shows("the number of buyers between read and write", len(network.waiting), expected=1)
            inside.let_go()
        told = [buyer.result() for buyer in staff[:buyers]]
        recorder.shows("how many buyers bought a ticket", told.count(["bought"]), expected=min(buyers, tickets))
        kernel.shows("the count in the stock file", read_count(stock), expected=max(0, tickets - buyers))

    sale()


@source("impl.lock.buy")
def test_any_number_oversell_without(
    lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without the lock, any number of buyers that all read before any of them writes all buy, if a ticket is left."""
    network = checkpoint("network")
    staff = [worker(buy=partial(payloads.outcome_of, lesson.buy, nullcontext(), network.pause)) for _ in range(6)]

    @given(buyers=st.integers(1, 6), tickets=st.integers(1, 8))
    def sale(buyers: int, tickets: int) -> None:
        stock.write_text(json.dumps({"count": tickets}), encoding="utf-8")
        for buyer in staff[:buyers]:
            buyer.begin("buy", str(stock))
        for arrival in network.wait_for(buyers):
            arrival.let_go()
        told = [buyer.result() for buyer in staff[:buyers]]
        recorder.shows("the outcomes that the buyers were told", told, expected=[["bought"]] * buyers)
        kernel.shows("the count in the stock file", read_count(stock), expected=tickets - 1)

    sale()


@source("impl.lock.buy")
def test_buyer_that_fails_releases(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A buyer that fails while it holds the lock releases the lock, and sells nothing."""
    network, lock, before = checkpoint("network"), mp.Lock(), read_count(stock)
    unlucky = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, payloads.fail))
    lucky = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause))
    with refuses(CallFailed, "NetworkDown"):
        unlucky.call("buy", str(stock))
    caller.shows("whether the lock is free", lock.acquire(False), expected=True)
    lock.release()
    lucky.begin("buy", str(stock))
    gatekeeper.shows("the count that the next buyer reads", network.next().let_go().notes, expected=(before,))
    recorder.shows("the outcome that the next buyer is told", lucky.result(), expected=["bought"])
    kernel.shows("the count in the stock file", read_count(stock), expected=before - 1)


@source("impl.lock.query")
def test_query_needs_no_lock(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """While a buyer holds the lock, another process can query the stock, and sees the count from before the sale."""
    network, lock, before = checkpoint("network"), mp.Lock(), read_count(stock)
    buyer = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause))
    clerk = worker(query=lesson.query)
    buyer.begin("buy", str(stock))
    inside = network.next()
    caller.shows("the count that a query returns during the sale", clerk.call("query", stock), expected=before)
    inside.let_go()
    buyer.result()
    caller.shows("the count that a query returns after the sale", clerk.call("query", stock), expected=before - 1)


@source("impl.lock.restock")
@source("impl.lock.buy")
def test_query_never_sees_half_a_file(lesson: Lesson, stock: Path) -> None:
    """A reader that has the stock file open while a ticket is sold reads it whole, as it was before the sale."""
    before = read_count(stock)
    with stock.open(encoding="utf-8") as reader:
        lesson.buy(0, stock, nullcontext(), lambda _read: None, lambda _buyer, _outcome: None)
        kernel.shows("the content that the reader sees", json.load(reader), expected={"count": before})
    kernel.shows("the count in the stock file after the sale", read_count(stock), expected=before - 1)
    kernel.shows("the files in the folder", [path.name for path in stock.parent.iterdir()], expected=[stock.name])


@source("impl.lock.query")
def test_stock_is_data_never_code(lesson: Lesson, stock: Path) -> None:
    """A stock file that contains code raises a `ValueError` that names the file, and the code does not run."""
    trace = stock.with_name("trace")
    code = f"{{'count': open({str(trace)!r}, 'w').write('ran')}}"
    stock.write_text(code, encoding="utf-8")
    with refuses(ValueError, str(stock)):
        lesson.query(stock)
    kernel.shows("whether the code ran", trace.exists(), expected=False)
    kernel.shows("the content of the stock file", stock.read_text(encoding="utf-8"), expected=code)


@source("impl.lock.query")
@source("impl.lock.buy")
def test_bad_stock_is_refused(lesson: Lesson, stock: Path) -> None:
    """A stock file without a whole count of zero or more raises a `ValueError` that names it, and stays unchanged."""
    bad = "", "3", "[]", "{}", "{'count': 3}", '{"count": -1}', '{"count": 1.5}', '{"count": true}', '{"count": "3"}'
    for text in bad:
        stock.write_text(text, encoding="utf-8")
        for attempt in lesson.query, partial(lesson.buy, 0, lock=nullcontext(), pause=id, tell=id):
            with refuses(ValueError, str(stock)):
                attempt(stock)
        kernel.shows("the content of the stock file", stock.read_text(encoding="utf-8"), expected=text)


@source("impl.lock.query")
@source("impl.lock.buy")
def test_missing_stock_is_refused(lesson: Lesson, stock: Path) -> None:
    """A stock file that does not exist raises a `ValueError` that names it, and is not created."""
    stock.unlink()
    for attempt in lesson.query, partial(lesson.buy, 0, lock=nullcontext(), pause=id, tell=id):
        with refuses(ValueError, str(stock)):
            attempt(stock)
    kernel.shows("whether the stock file exists", stock.exists(), expected=False)
