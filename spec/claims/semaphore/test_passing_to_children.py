"""Passing a semaphore to a child, and to a child of that child; what is refused instead."""

from __future__ import annotations

from functools import partial
from typing import Any

from spec.claims.semaphore import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import fresh_memory, needs, source, where
from spec.harness.witness import caller, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Semaphore")


@source("https://github.com/python/cpython/issues/108520")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_is_handed_on_to_a_childs_child(mp: Any, worker: MakeWorker) -> None:
    """When a child's child that was given a semaphore releases it, a process that waits for it goes on."""
    semaphore = mp.Semaphore(0)
    waiter = worker(semaphore=semaphore)
    child = worker(release_in_a_child=partial(payloads.release_in_a_child, mp.Process, semaphore))
    waiter.begin("semaphore.acquire")
    kernel.shows("whether acquire() is blocked", waiter.blocks(), expected=True)
    child.call("release_in_a_child")
    caller.shows("acquire() after the release by a child's child", waiter.result(), expected=True)


@needs("BoundedSemaphore", "Pipe")
@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_cannot_be_sent(mp: Any, worker: MakeWorker) -> None:
    """A semaphore cannot be sent as a message, by its maker or a child: `RuntimeError`, and the pipe stays usable."""
    reader, writer = mp.Pipe(False)
    for semaphore in mp.Semaphore(1), mp.BoundedSemaphore(1):
        child = worker(semaphore=semaphore, send=partial(payloads.send, writer, semaphore))
        with refuses(RuntimeError):
            writer.send(semaphore)
        with refuses(CallFailed, "RuntimeError"):
            child.call("send")
        caller.shows("whether anything has arrived", reader.poll(), expected=False)
        writer.send("dumpling")
        caller.shows("the next message", reader.recv(), expected="dumpling")
        caller.shows("acquire(False) by the child after that", child.call("semaphore.acquire", False), expected=True)


@where(fresh_memory)
@needs("BoundedSemaphore", "get_context")
@source("https://github.com/python/cpython/issues/77377")
def test_made_for_forks_is_refused_elsewhere(mp: Any) -> None:
    """Starting a child that is not forked with a semaphore made for forked children raises `RuntimeError`."""
    forks = mp.get_context("fork")
    for semaphore in forks.Semaphore(1), forks.BoundedSemaphore(1):
        child = mp.Process(target=payloads.release, args=(semaphore,))
        with refuses(RuntimeError):
            child.start()
        caller.shows("acquire(False), twice", [semaphore.acquire(False) for _ in range(2)], expected=[True, False])
    caller.shows("the active children", mp.active_children(), expected=[])


@needs("get_context")
@source("https://github.com/python/cpython/issues/77377", observed=True)
def test_made_for_spawned_children_works_for_all(mp: Any, worker: MakeWorker) -> None:
    """A semaphore that was made for spawned children works in children of every start method."""
    semaphore = mp.get_context("spawn").Semaphore(1)
    child = worker(semaphore=semaphore)
    caller.shows("acquire() by a child", child.call("semaphore.acquire"), expected=True)
    caller.shows("acquire(False) by the starter", semaphore.acquire(False), expected=False)
    child.call("semaphore.release")
    caller.shows("acquire(False) after the child's release", semaphore.acquire(False), expected=True)
