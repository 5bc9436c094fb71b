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

from impl.contract import Multiprocessing, Process
from spec.claims.lock import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.process_table import until_blocked
from spec.harness.recorder import Recorder
from spec.harness.stillness import WATCHED, until_still
from spec.harness.witness import caller, gatekeeper, kernel, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Lock")


@pytest.fixture
def stock(folder: Path, scale: int) -> Path:
    """A stock of three tickets."""
    path = folder / "stock.json"
    path.write_text(json.dumps({"count": 3 * scale}), encoding="utf-8")
    return path


def count(stock: Path) -> int:
    """Read the stock as any program would, without the lesson under test."""
    return int(json.loads(stock.read_text(encoding="utf-8"))["count"])


def join(processes: list[Process]) -> None:
    """Wait for each."""
    for process in processes:
        process.join()


@source("impl.lock.sell")
@source("impl.lock.buy")
def test_sells_what_there_is(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, of ten buyers three get the three tickets, and the others are told that they are sold out."""
    network, lock, all_buyers = checkpoint("network"), mp.Lock(), list(range(10 * scale))
    sale = lesson.sell(mp, stock, len(all_buyers), lock, network.pause, partial(payloads.tell, log))
    for _ in range(3 * scale):
        network.next().let_go()
    network.open()  # to nobody else, if all is well
    join(sale)
    told = log.events("bought") + log.events("sold out")
    recorder.shows("how many bought", len(log.events("bought")), expected=3 * scale)
    recorder.shows("all buyers", sorted(event.value for event in told), expected=all_buyers)
    recorder.shows("in how many processes they ran", len({event.pid for event in told}), expected=len(all_buyers))
    kernel.shows("the stock file", count(stock), expected=0)


@source("impl.lock.buy")
def test_admits_one_buyer_at_a_time(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, one buyer is between reading the stock and writing it, and all others are blocked."""
    network, lock = checkpoint("network"), mp.Lock()
    sale = lesson.sell(mp, stock, 10 * scale, lock, network.pause, partial(payloads.tell, log))
    inside = network.next()
    others = [buyer.pid for buyer in sale if buyer.pid != inside.pid]
    until_blocked(others)
    gatekeeper.shows("who is inside", [arrival.pid for arrival in network.waiting], expected=[inside.pid])
    kernel.shows("how many others there are", len(others), expected=10 * scale - 1)
    network.open()
    join(sale)


@source("impl.lock.buy")
def test_hands_the_lock_on(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, each buyer reads what the one before has written."""
    network, lock = checkpoint("network"), mp.Lock()
    tickets = 3 * scale
    sale = lesson.sell(mp, stock, tickets + 1, lock, network.pause, partial(payloads.tell, log))
    seen, pids = [], {os.getpid()}
    for sold in range(tickets):
        if sold < WATCHED:
            until_still(lambda: network.reached)  # and whom else the lock has let in has come, too
        arrival = network.next()
        pids.add(arrival.pid)
        seen.append((arrival.notes, len(network.waiting)))
        arrival.let_go()
    network.open()  # to nobody else, if all is well
    join(sale)
    one_after_another = [((left,), 1) for left in range(tickets, 0, -1)]
    gatekeeper.shows("what was read, by how many at once", seen, expected=one_after_another)
    gatekeeper.shows("how many processes they and the starter are", len(pids), expected=tickets + 1)


@source("impl.lock.sell")
@source("impl.lock.buy")
def test_oversells_without(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Without the lock, ten buyers who all read before any writes all buy, though there are three tickets."""
    network, all_buyers = checkpoint("network"), list(range(10 * scale))
    sale = lesson.sell(mp, stock, len(all_buyers), nullcontext(), network.pause, partial(payloads.tell, log))
    arrivals = network.wait_for(len(all_buyers))
    pids = {arrival.pid for arrival in arrivals}
    kernel.shows("in how many processes they are", len(pids), expected=len(all_buyers))
    for arrival in arrivals:
        arrival.let_go()
    join(sale)
    recorder.shows("who bought", sorted(log.values("bought")), expected=all_buyers)
    kernel.shows("the stock file", count(stock), expected=3 * scale - 1)


@source("impl.lock.buy")
def test_any_number_of_buyers_and_tickets(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """With the lock, any number of buyers get exactly as many of any number of tickets as there are, one by one."""
    network, lock = checkpoint("network"), mp.Lock()
    staff = [worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause)) for _ in range(6)]

    @given(queueing=st.integers(1, 6), tickets=st.integers(0, 8))
    def sale(queueing: int, tickets: int) -> None:
        stock.write_text(json.dumps({"count": tickets}), encoding="utf-8")
        for buyer in staff[:queueing]:
            buyer.begin("buy", str(stock))
        for _ in range(min(queueing, tickets)):
            inside = network.next()
            gatekeeper.shows("how many are inside", len(network.waiting), expected=1)
            inside.let_go()
        told = [buyer.result() for buyer in staff[:queueing]]
        recorder.shows("how many bought", told.count(["bought"]), expected=min(queueing, tickets))
        kernel.shows("the stock file", count(stock), expected=max(0, tickets - queueing))

    sale()


@source("impl.lock.buy")
def test_any_number_oversell_without(
    lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without the lock, any number of buyers who all read before any writes all buy, if there is a ticket at all."""
    network = checkpoint("network")
    staff = [worker(buy=partial(payloads.outcome_of, lesson.buy, nullcontext(), network.pause)) for _ in range(6)]

    @given(queueing=st.integers(1, 6), tickets=st.integers(1, 8))
    def sale(queueing: int, tickets: int) -> None:
        stock.write_text(json.dumps({"count": tickets}), encoding="utf-8")
        for buyer in staff[:queueing]:
            buyer.begin("buy", str(stock))
        for arrival in network.wait_for(queueing):
            arrival.let_go()
        told = [buyer.result() for buyer in staff[:queueing]]
        recorder.shows("what the buyers were told", told, expected=[["bought"]] * queueing)
        kernel.shows("the stock file", count(stock), expected=tickets - 1)

    sale()


@source("impl.lock.buy")
def test_buyer_that_fails_releases(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A buyer that fails while it holds the lock releases it, and has sold nothing."""
    network, lock, before = checkpoint("network"), mp.Lock(), count(stock)
    unlucky = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, payloads.fail))
    lucky = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause))
    with refuses(CallFailed, "NetworkDown"):
        unlucky.call("buy", str(stock))
    caller.shows("whether the lock is free", lock.acquire(False), expected=True)
    lock.release()
    lucky.begin("buy", str(stock))
    gatekeeper.shows("what the next buyer reads", network.next().let_go().notes, expected=(before,))
    recorder.shows("what the next buyer is told", lucky.result(), expected=["bought"])
    kernel.shows("the stock file", count(stock), expected=before - 1)


@source("impl.lock.query")
def test_query_needs_no_lock(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """While a buyer holds the lock, anybody can query the stock, and sees what was there before."""
    network, lock, before = checkpoint("network"), mp.Lock(), count(stock)
    buyer = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause))
    clerk = worker(query=lesson.query)
    buyer.begin("buy", str(stock))
    inside = network.next()
    caller.shows("the count during the sale", clerk.call("query", stock), expected=before)
    inside.let_go()
    buyer.result()
    caller.shows("the count after the sale", clerk.call("query", stock), expected=before - 1)


@source("impl.lock.restock")
@source("impl.lock.buy")
def test_query_never_sees_half_a_file(lesson: Lesson, stock: Path) -> None:
    """Whoever has the stock file open while a ticket is sold reads it whole, as it was before the sale."""
    before = count(stock)
    with stock.open(encoding="utf-8") as reader:
        lesson.buy(0, stock, nullcontext(), lambda _read: None, lambda _buyer, _outcome: None)
        kernel.shows("what the reader's file holds", json.load(reader), expected={"count": before})
    kernel.shows("the stock file after the sale", count(stock), expected=before - 1)
    kernel.shows("the files there are", [path.name for path in stock.parent.iterdir()], expected=[stock.name])


@source("impl.lock.query")
def test_stock_is_data_never_code(lesson: Lesson, stock: Path) -> None:
    """A stock file that holds code is refused, and the code is not run."""
    trace = stock.with_name("trace")
    code = f"{{'count': open({str(trace)!r}, 'w').write('ran')}}"
    stock.write_text(code, encoding="utf-8")
    with refuses(ValueError, str(stock)):
        lesson.query(stock)
    kernel.shows("whether the code ran", trace.exists(), expected=False)
    kernel.shows("the stock file", stock.read_text(encoding="utf-8"), expected=code)


@source("impl.lock.query")
@source("impl.lock.buy")
def test_bad_stock_is_refused(lesson: Lesson, stock: Path) -> None:
    """A stock file without a whole count of zero or more gives one clear error, and is left as it was."""
    bad = "", "3", "[]", "{}", "{'count': 3}", '{"count": -1}', '{"count": 1.5}', '{"count": true}', '{"count": "3"}'
    for text in bad:
        stock.write_text(text, encoding="utf-8")
        for attempt in lesson.query, partial(lesson.buy, 0, lock=nullcontext(), pause=id, tell=id):
            with refuses(ValueError, str(stock)):
                attempt(stock)
        kernel.shows("the stock file", stock.read_text(encoding="utf-8"), expected=text)


@source("impl.lock.query")
@source("impl.lock.buy")
def test_missing_stock_is_refused(lesson: Lesson, stock: Path) -> None:
    """A stock file that does not exist gives one clear error, and is not made."""
    stock.unlink()
    for attempt in lesson.query, partial(lesson.buy, 0, lock=nullcontext(), pause=id, tell=id):
        with refuses(ValueError, str(stock)):
            attempt(stock)
    kernel.shows("whether the stock file exists", stock.exists(), expected=False)
