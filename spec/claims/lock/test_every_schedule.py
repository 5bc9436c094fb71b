"""Selling tickets in every order in which a few buyers can read and write the stock."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from impl.contract import Multiprocessing
from spec.claims.lock import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source
from spec.harness.witness import gatekeeper, kernel, recorder
from spec.models.lost_updates import left_after, overlaps
from spec.models.schedules import Explorer, Wording

pytestmark = needs("Process")

OFFICE = Wording("buyer", stops="reads {}", ends="is told {0[0]!r}")


def restock(stock: Path, tickets: int) -> None:
    """Write the stock file, without the lesson under test."""
    stock.write_text(json.dumps({"count": tickets}), encoding="utf-8")


@managed_too
@needs("Lock")
@source("impl.lock.buy")
def test_no_schedule_oversells(
    mp: Multiprocessing, lesson: Lesson, folder: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """With the lock, every schedule of three buyers sells the two tickets that there are, and ends."""
    network, lock, stock = checkpoint("network"), mp.Lock(), folder / "stock.json"
    buyers = [worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause)) for _ in range(3)]
    explorer = Explorer(buyers, network, ("buy", str(stock)), OFFICE)
    for run in explorer.explore(prepare=partial(restock, stock, 2)):
        told = sorted(run.results.values())
        recorder.shows("what the buyers were told", run.seen(told), expected=[["bought"], ["bought"], ["sold out"]])
        left = json.loads(stock.read_text(encoding="utf-8"))
        kernel.shows("the content of the stock file", run.seen(left), expected={"count": 0})


@source("impl.lock.buy")
def test_schedules_that_oversell_without(
    lesson: Lesson, folder: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without the lock, exactly those schedules oversell in which a buyer reads between another's read and write."""
    network, stock = checkpoint("network"), folder / "stock.json"
    staff = [worker(buy=partial(payloads.outcome_of, lesson.buy, nullcontext(), network.pause)) for _ in range(3)]
    for buyers, orders in (2, 6), (3, 90):  # n processes of two steps each have (2n)! / 2**n orders
        explored, tickets = 0, buyers - 1
        explorer = Explorer(staff[:buyers], network, ("buy", str(stock)), OFFICE)
        for run in explorer.explore(prepare=partial(restock, stock, tickets)):
            explored += 1
            sold = [*run.results.values()].count(["bought"])
            recorder.shows("whether it oversells", run.seen(sold > tickets), expected=overlaps(run.schedule))
            left = json.loads(stock.read_text(encoding="utf-8"))
            predicted = {"count": left_after(run.schedule, tickets)}
            kernel.shows("the content of the stock file", run.seen(left), expected=predicted)
        gatekeeper.shows(f"the number of schedules of {buyers} buyers", explored, expected=orders)
