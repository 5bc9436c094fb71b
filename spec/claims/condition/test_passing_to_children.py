"""Passing a condition to a child, and to a child of that child; what is refused instead."""

from __future__ import annotations

from functools import partial
from typing import Any

from spec.claims.condition import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import fresh_memory, needs, source, where
from spec.harness.witness import caller, kernel, refuses

pytestmark = needs("Process", "Condition")


@source("https://github.com/python/cpython/issues/108520", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_is_handed_on_to_a_childs_child(mp: Any, worker: MakeWorker) -> None:
    """When a child's child that was given a condition notifies, a process that waits for it goes on."""
    condition = mp.Condition()
    waiter = worker(condition=condition)
    child = worker(notify_in_a_child=partial(payloads.notify_in_a_child, mp.Process, condition))
    waiter.call("condition.acquire")
    waiter.begin("condition.wait")
    kernel.shows("whether wait() is blocked", waiter.blocks(), expected=True)
    child.call("notify_in_a_child")
    caller.shows("wait() after a notification by a child's child", waiter.result(), expected=True)


@where(fresh_memory)
@needs("get_context")
@source("https://github.com/python/cpython/issues/77377")
def test_made_for_forks_is_refused_elsewhere(mp: Any) -> None:
    """Starting a child that is not forked with a condition made for forked children raises `RuntimeError`."""
    condition = mp.get_context("fork").Condition()
    child = mp.Process(target=payloads.notify_once, args=(condition,))
    with refuses(RuntimeError):
        child.start()
    with condition:
        caller.shows("wait(0) after that", condition.wait(0), expected=False)
    caller.shows("the active children", mp.active_children(), expected=[])
