"""Passing an event to a child, and to a child of that child; what is refused instead."""

from __future__ import annotations

from functools import partial
from typing import Any

from spec.claims.event import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import fresh_memory, managed_too, needs, source, unmanaged, where
from spec.harness.witness import caller, kernel, refuses

pytestmark = [needs("Process", "Event"), managed_too]


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_is_handed_on_to_a_childs_child(mp: Any, worker: MakeWorker) -> None:
    """When a child's child that was given an event sets it, a process that waits for it goes on."""
    event = mp.Event()
    waiter, child = worker(event=event), worker(set=partial(payloads.set_in_a_child, mp.Process, event))
    waiter.begin("event.wait")
    kernel.shows("whether wait() is blocked", waiter.blocks(), expected=True)
    child.call("set")
    caller.shows("wait() after a child's child has set the event", waiter.result(), expected=True)
    caller.shows("is_set() in the starter", event.is_set(), expected=True)


@where(fresh_memory)
@where(unmanaged)
@needs("get_context")
@source("https://github.com/python/cpython/issues/77377")
def test_made_for_forks_is_refused_elsewhere(mp: Any) -> None:
    """Starting a child that is not forked with an event made for forked children raises `RuntimeError`."""
    event = mp.get_context("fork").Event()
    child = mp.Process(target=event.set)
    with refuses(RuntimeError):
        child.start()
    caller.shows("is_set() after that", event.is_set(), expected=False)
    caller.shows("the active children", mp.active_children(), expected=[])
