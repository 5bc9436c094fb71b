"""Tasks that fail, and what cannot be pickled: tasks, results and exceptions."""

from __future__ import annotations

import os
import sys
import traceback
from functools import partial
from typing import Any, Callable

from impl.contract import Multiprocessing, Pool
from spec.claims.pool import payloads
from spec.claims.pool.scenes import ends, in_a_pool
from spec.engine.fixtures import MakeForkedCall
from spec.engine.marks import needs, source
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel, other_than, recorder, refuses

pytestmark = needs("Process", "Pool")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool"


@source(f"{DOCUMENTATION}.AsyncResult.get")
def test_failure_reaches_the_getter(mp: Multiprocessing) -> None:
    """The exception of a task is raised where its result is asked for, with its arguments; the worker lives on."""
    with mp.Pool(1) as pool:
        pid = pool.apply(os.getpid)
        ways: list[Callable[[], Any]] = [
            lambda: pool.apply(payloads.tear, ("parcel",)),
            lambda: pool.apply_async(payloads.tear, ("parcel",)).get(),
            lambda: pool.map(payloads.tear, ["parcel"]),
            lambda: pool.starmap(payloads.tear, [("parcel",)]),
            lambda: next(pool.imap(payloads.tear, ["parcel"])),
            lambda: next(pool.imap_unordered(payloads.tear, ["parcel"])),
        ]
        for ask in ways:
            with refuses(payloads.Torn, "parcel"):
                ask()
        kernel.shows("the worker after that", pool.apply(os.getpid), expected=pid)


@source("https://github.com/python/cpython/issues/58039", observed=True)
@source(f"{DOCUMENTATION}.AsyncResult.get", observed=True)
def test_failure_tells_where_it_happened(pool: Pool) -> None:
    """The traceback of a task's exception, as Python prints it, has the line of the task that raised it."""
    for way in pool.map, lambda *call: next(pool.imap(*call)), lambda *call: next(pool.imap_unordered(*call)):
        printed = ""
        try:
            way(payloads.tear, ["parcel"])
        except payloads.Torn:
            printed = traceback.format_exc()
        caller.shows("the traceback", printed, expected=containing("raise Torn(parcel)"))


@source("https://github.com/python/cpython/pull/693", observed=True)
@source(f"{DOCUMENTATION}.Pool.map", observed=True)
def test_map_carries_out_the_others(pool: Pool, log: Recorder) -> None:
    """If some tasks of `map` fail, one of the exceptions is raised after all others were carried out."""
    with refuses(payloads.Torn, "0"):
        pool.map(partial(payloads.pack_unless_torn, log, 0), range(6), 1)
    recorder.shows("the others", sorted(log.values("packed")), expected=[1, 2, 3, 4, 5])
    results = pool.imap(partial(payloads.pack_unless_torn, log, 1), range(3))
    caller.shows("what imap() hands out before the failure", next(results), expected=None)
    with refuses(payloads.Torn, "1"):
        next(results)
    caller.shows("what imap() hands out after it", list(results), expected=[None])


@source("https://github.com/python/cpython/pull/693")
def test_failure_of_an_iterable_has_no_cause(pool: Pool) -> None:
    """The exception of an iterable has no cause that is a traceback of a worker, because no worker raised it."""
    for way in pool.map, lambda *call: list(pool.imap(*call)), lambda *call: list(pool.imap_unordered(*call)):
        seen = None
        try:
            way(payloads.successor, payloads.torn_after(1))
        except payloads.Torn as error:
            seen = error
        caller.shows("whether the exception is raised", seen is not None, expected=True)
        caller.shows("its cause", seen and seen.__cause__, expected=None)


@source("https://github.com/python/cpython/issues/68180")
def test_large_failures_block_no_join(mp: Multiprocessing) -> None:
    """A pool can be closed and joined after tasks of `map` have failed, however large their exceptions are."""
    with mp.Pool(2) as pool:
        with refuses(payloads.Torn):
            pool.map(payloads.tear, ["x" * 2**20] * 4, 1)
        pool.close()
        pool.join()


@source("https://github.com/python/cpython/issues/63624", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines")
def test_task_that_cannot_be_pickled_is_refused(pool: Pool) -> None:
    """A task or item that cannot be pickled raises an exception at the getter, and later tasks are carried out."""
    items = [payloads.NeverPickled()] * 5
    for ask in (
        lambda: pool.apply(payloads.return_it, (items[0],)),
        lambda: pool.map(payloads.return_it, items),
        lambda: next(pool.imap(payloads.return_it, items)),
        lambda: next(pool.imap_unordered(payloads.return_it, items)),
    ):
        with refuses(payloads.Torn, "no pickle"):
            ask()
    caller.shows("the results of later tasks", pool.map(abs, [-1, -2]), expected=[1, 2])


@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_result_that_cannot_be_pickled_is_told(mp: Multiprocessing) -> None:
    """If the result or exception of a task cannot be pickled, getting it raises an exception; the worker lives on."""
    with mp.Pool(1) as pool:
        pid = pool.apply(os.getpid)
        for task in payloads.return_never_pickled, payloads.raise_never_pickled:
            for _ in range(3):
                failed: list[Any] = []
                result = pool.apply_async(task, error_callback=failed.append)
                with refuses(Exception, "no pickle"):
                    result.get()
                caller.shows("how often the error callback was called", len(failed), expected=1)
        kernel.shows("the worker after that", pool.apply(os.getpid), expected=pid)


@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_exception_names_what_cannot_be_pickled(pool: Pool) -> None:
    """If a result cannot be pickled, the text and the repr of the exception tell which result, and why."""
    told: list[str] = []
    try:
        pool.apply(payloads.return_never_pickled)
    except Exception as error:
        told += str(error), repr(error)
    for what, text in zip(("text", "repr"), told):
        for part in payloads.NeverPickled.__name__, "no pickle":
            caller.shows(f"the {what} of the exception", text, expected=containing(part))
    caller.shows("how many exceptions were told", len(told), expected=2)


def is_told(forked_call: MakeForkedCall, mp: Multiprocessing, task: Callable[..., object], *args: object) -> None:
    """State that whoever gets the result of a *task* gets an exception, and that the pool goes on after that."""

    def use(pool: Pool) -> tuple[bool, Any]:
        sys.stderr = open(os.devnull, "w")  # no claim reads the tracebacks of threads  # noqa: SIM115
        failed = False
        try:
            pool.apply(task, args)
        except Exception:
            failed = True
        return failed, pool.apply(abs, (-1,))

    user = forked_call(in_a_pool, mp, use, 1)
    caller.shows("whether waiting for the result, and for the next, ends", ends(user), expected=True)
    seen = user.result()
    caller.shows("whether an exception was raised, and the next result", seen, expected=(True, 1))


@source("https://github.com/python/cpython/issues/79492")
@source("https://github.com/python/cpython/issues/103061")
def test_exception_that_cannot_be_read_is_told(mp: Multiprocessing, forked_call: MakeForkedCall) -> None:
    """If the pickle of a task's exception cannot be read, getting the result raises an exception."""
    is_told(forked_call, mp, payloads.raise_never_read)


@source("https://github.com/python/cpython/issues/79492", observed=True)
def test_result_that_cannot_be_read_is_told(mp: Multiprocessing, forked_call: MakeForkedCall) -> None:
    """If the pickle of a task's result cannot be read, getting it raises an exception."""
    is_told(forked_call, mp, payloads.return_never_read)


@source("https://github.com/jupyter/notebook/issues/5261")
def test_task_that_cannot_be_read_is_told(mp: Multiprocessing, forked_call: MakeForkedCall) -> None:
    """If a worker cannot read the pickle of a task, getting the result raises an exception."""
    is_told(forked_call, mp, payloads.return_it, payloads.NeverRead())


@source("https://github.com/uqfoundation/multiprocess/issues/220")
@source("https://github.com/python/cpython/pull/101081")
def test_task_that_exits_is_told(mp: Multiprocessing, forked_call: MakeForkedCall) -> None:
    """If a task calls `sys.exit`, getting its result raises an exception, and the next task is carried out."""
    is_told(forked_call, mp, payloads.leave_now)


@source(f"{DOCUMENTATION}.Pool.apply", observed=True)
def test_exceptions_may_be_results(pool: Pool) -> None:
    """A task may return an exception: `get` returns it like any other result, and does not raise it."""
    result = pool.apply(payloads.return_it, (payloads.Torn("parcel"),))
    caller.shows("the result", repr(result), expected="Torn('parcel')")
    caller.shows("the worker's result of None", pool.apply(payloads.return_it, (None,)), expected=None)
    caller.shows("an exception class", pool.apply(payloads.return_it, (ValueError,)), expected=ValueError)
    caller.shows("the process", pool.apply(os.getpid), expected=other_than(os.getpid()))
