"""Pools that a manager has made."""

from __future__ import annotations

import os
from typing import Any

from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import needs, source
from spec.harness.process_table import ALIVE, parent, state, until_exited
from spec.harness.witness import caller, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Manager", "Pool")

POOL = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool"


@source(POOL, observed=True)
def test_managed_pool_has_workers_of_the_server(manager: Any, checkpoint: MakeCheckpoint) -> None:
    """A managed pool belongs to the server: its workers are not children of main, and end at the shutdown."""
    working, pool = checkpoint("working"), manager.Pool(2)
    results = [pool.apply_async(working.pause, (number,)) for number in range(2)]
    arrivals = working.wait_for(2)
    pids = [arrival.pid for arrival in arrivals]
    kernel.shows("the number of workers", len({*pids}), expected=2)
    kernel.shows("whether main is their parent", os.getpid() in map(parent, pids), expected=False)
    for arrival in arrivals:
        arrival.let_go(arrival.notes)
    caller.shows("the results", [result.get() for result in results], expected=[(0,), (1,)])
    kernel.shows("the workers", [state(pid) for pid in pids], expected=[ALIVE] * 2)
    manager.shutdown()
    for pid in pids:
        until_exited(pid)


@source(POOL, observed=True)
def test_managed_pool_is_for_every_process(manager: Any, worker: MakeWorker) -> None:
    """A child that has the proxy of a managed pool uses the same workers as main, and can terminate the pool."""
    pool = manager.Pool(1)
    child = worker(pool=pool)
    caller.shows("the results of map()", child.call("pool.map", abs, [-1, 2, -3]), expected=[1, 2, 3])
    in_child, in_main = child.call("pool.apply", os.getpid), pool.apply(os.getpid)
    kernel.shows("whether both have the same worker", in_child == in_main, expected=True)
    with refuses(CallFailed, "ValueError"):
        child.call("pool.apply", int, ("no number",))
    child.call("pool.terminate")
    child.call("pool.join")
    with refuses(ValueError):
        pool.apply(os.getpid)
