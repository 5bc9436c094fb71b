"""The lock of a value: what it guards, and for whom."""

from __future__ import annotations

import ctypes
import os
import signal
from functools import partial
from typing import Any

from spec.claims.shared import handlers, threads
from spec.claims.values import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import needs, source
from spec.harness.held_waits import all_wait_without_limit
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import until_blocked
from spec.harness.witness import caller, gatekeeper, kernel, recorder, refuses
from spec.harness.worker import CallFailed
from spec.models import arrays

pytestmark = needs("Process", "Value", "Array", "RLock")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing."


@source(DOCUMENTATION + "Value")
@source(DOCUMENTATION + "Array")
def test_every_access_waits_for_the_lock(mp: Any, worker: MakeWorker) -> None:
    """While a process holds the lock of a value or an array, others wait to read it, and to write any part of it."""
    number, numbers, text = mp.Value("i", 1), mp.Array("i", 3), mp.Array("c", b"jade")
    point = mp.Value(payloads.Point, 1, 2)
    child = worker(number=number, numbers=numbers, text=text, point=point)
    for name, shared, calls in (
        ("number", number, [("__getattribute__", "value"), ("__setattr__", "value", 2)]),
        ("numbers", numbers, [("__getitem__", 0), ("__getitem__", slice(2)), ("__setitem__", 0, 1)]),
        ("numbers", numbers, [("__setitem__", slice(2), [1, 2])]),
        ("text", text, [("__getattribute__", "value"), ("__getattribute__", "raw"), ("__setattr__", "value", b"")]),
        ("point", point, [("__getattribute__", "x"), ("__setattr__", "y", 3)]),
    ):
        for method, *arguments in calls:
            with shared.get_lock():
                child.begin(f"{name}.{method}", *arguments)
                kernel.shows(f"whether {name}.{method}() is blocked", child.blocks(), expected=True)
            child.result()
    seen = number.value, numbers[:], text.value, point.y
    caller.shows("what the child has written at last", seen, expected=(2, [1, 2, 0], b"", 3.0))


@source(DOCUMENTATION + "Value")
def test_access_waits_without_limit(mp: Any, worker: MakeWorker) -> None:
    """Reading a value, or writing to an array, waits until its lock is released, however long that takes."""
    number, numbers = mp.Value("i", 1), mp.Array("i", 3)
    one, another = worker(read=partial(payloads.read, number)), worker(numbers=numbers)
    with number.get_lock(), numbers.get_lock():
        one.begin("read")
        another.begin("numbers.__setitem__", 0, 5)
        all_wait_without_limit({"to read a value": one, "to write to an array": another})
        number.value, numbers[0] = 7, 7
    recorder.shows("what is read after the release", one.result(), expected=7)
    another.result()
    caller.shows("what is written after the release", numbers[0], expected=5)


@source(DOCUMENTATION + "Value")
def test_holder_can_use_its_value(mp: Any, worker: MakeWorker) -> None:
    """The default lock is recursive: its holder can use the value, and acquire it again, until the last release."""
    values = {"one": mp.Value("i", 1), "another": mp.Value("i", 1, lock=None)}
    holder = worker(**values, **{f"add to {name}": partial(payloads.add, value) for name, value in values.items()})
    other = worker(**{name: value.get_lock() for name, value in values.items()})
    for name, value in values.items():
        for _ in range(2):
            holder.call(f"{name}.__enter__")
        holder.call(f"add to {name}", 1)
        for _ in range(2):
            caller.shows("acquire(False) by another", other.call(f"{name}.acquire", False), expected=False)
            holder.call(f"{name}.__exit__", None, None, None)
        caller.shows("acquire(False) after the last release", other.call(f"{name}.acquire", False), expected=True)
        with refuses(CallFailed, "AssertionError"):
            holder.call(f"{name}.__exit__", None, None, None)
        other.call(f"{name}.release")
        caller.shows("the value", value.value, expected=2)


@needs("Lock")
@source(DOCUMENTATION + "Value")
@source(DOCUMENTATION + "Lock", observed=True)
def test_holder_of_a_plain_lock_waits_for_itself(mp: Any, worker: MakeWorker) -> None:
    """If a value is made with a `Lock`, a process that holds that lock and reads the value waits for itself."""
    lock = mp.Lock()
    number = mp.Value("i", 1, lock=lock)
    holder = worker(number=number, lock=number.get_lock(), read=partial(payloads.read, number))
    holder.call("lock.acquire")
    caller.shows("acquire(False) of the lock that was given", lock.acquire(False), expected=False)
    holder.begin("read")
    kernel.shows("whether the holder is blocked", holder.blocks(), expected=True)
    lock.release()
    recorder.shows("what it reads once another has released the lock", holder.result(), expected=1)


@source(DOCUMENTATION + "Value")
@source(DOCUMENTATION + "Array")
def test_one_lock_can_guard_several(mp: Any, worker: MakeWorker) -> None:
    """Values and arrays that are made with one lock are all guarded by it, and values with other locks are not."""
    lock = mp.RLock()
    number, numbers = mp.Value("i", 1, lock=lock), mp.Array("i", 3, lock=lock)
    child = worker(
        read=partial(payloads.read, number), numbers=numbers, other=partial(payloads.read, mp.Value("i", 5))
    )
    with lock:
        recorder.shows("a value with another lock", child.call("other"), expected=5)
        for name, arguments in (("read", []), ("numbers.__getitem__", [0])):
            child.begin(name, *arguments)
            kernel.shows(f"whether {name}() is blocked", child.blocks(), expected=True)
            lock.release()
            child.result()
            lock.acquire()
    caller.shows("whether its lock is the one given", number.get_lock() is lock, expected=True)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.sharedctypes.synchronized")
def test_lock_does_not_guard_the_raw_object(mp: Any, worker: MakeWorker) -> None:
    """The object that `get_obj` returns is the same memory, and can be read and written while the lock is held."""
    number, numbers = mp.Value("i", 1), mp.Array("i", [1, 2])
    child = worker(number=number.get_obj(), numbers=numbers.get_obj(), read=partial(payloads.read, number.get_obj()))
    with number.get_lock(), numbers.get_lock():
        recorder.shows("what a child reads", child.call("read"), expected=1)
        child.call("number.__setattr__", "value", 7)
        child.call("numbers.__setitem__", 1, 8)
        caller.shows("what it has written", (number.value, numbers[:]), expected=(7, [1, 8]))


@needs("RawValue", "RawArray")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.sharedctypes.RawValue")
def test_raw_has_no_lock(mp: Any) -> None:
    """A raw value or array, or one made with `lock=False`, has neither a lock nor an object inside."""
    for raw in (
        mp.RawValue("i", 1),
        mp.RawArray("i", [1]),
        mp.Value("i", 1, lock=False),
        mp.Array("i", [1], lock=False),
    ):
        for name in "get_lock", "get_obj", "acquire":
            caller.shows(f"whether it has {name}", hasattr(raw, name), expected=False)
        caller.shows("what it holds", payloads.look_inside(raw), expected=1)


@source(DOCUMENTATION + "Array")
def test_slice_is_written_in_one_step(mp: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """While a process assigns to a slice of an array, another that reads the array waits until all is written."""
    middle, numbers = checkpoint("middle"), mp.Array("i", 4)
    writer = worker(assign=partial(payloads.assign_slowly, numbers))
    reader = worker(read=partial(payloads.slice_of, numbers))
    writer.begin("assign", [1, 2, 3, 4], 2, middle.pause)
    arrival = middle.next()
    reader.begin("read", None)
    kernel.shows("whether the reader is blocked", reader.blocks(), expected=True)
    arrival.let_go()
    recorder.shows("what it reads then", reader.result(), expected=[1, 2, 3, 4])


@source(DOCUMENTATION + "Value")
def test_no_number_is_read_half_written(mp: Any, worker: MakeWorker) -> None:
    """While processes write numbers without a common byte to a value, another reads one of these numbers only."""
    number, written = mp.Value(ctypes.c_int64), [0, -1]
    writers = [worker(write=partial(payloads.write_in_turn, number)) for _ in range(2)]
    for writer in writers:
        writer.begin("write", written, 300)
    seen = {number.value}
    while not all(writer.done for writer in writers):
        for _ in range(100):
            if number.get_lock().acquire(False):  # whenever it is free for a moment
                seen.add(number.value)
                number.get_lock().release()
    caller.shows("the numbers that were read and not written", seen - {*written}, expected=set())
    for writer in writers:
        recorder.shows("those that a writer has read", writer.result() - {*written}, expected=set())


@source(DOCUMENTATION + "Value")
def test_lock_excludes_threads_too(mp: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """The lock of a value excludes the other threads of its holder's process too."""
    inside, number = checkpoint("inside"), mp.Value("i", 1)
    process = worker(enter=partial(threads.in_each_of, 3, partial(payloads.add_slowly, number, inside.pause)))
    process.begin("enter")
    for seen in 1, 2, 3:
        arrival = inside.next()
        until_blocked([arrival.pid])
        read = [thread.notes for thread in inside.waiting]
        gatekeeper.shows("what each thread between read and write has read", read, expected=[(seen,)])
        arrival.let_go()
    process.result()
    caller.shows("the value at last", number.value, expected=4)


@source("https://docs.python.org/3/whatsnew/3.5.html#whatsnew-pep-475", observed=True)
def test_access_goes_on_after_a_signal(mp: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that waits to read a value handles a signal and goes on waiting, unless the handler raises."""
    handling, number = checkpoint("handling"), mp.Value("i", 1)
    waiter = worker(read=partial(payloads.read, number), handle=partial(handlers.handle, handling.pause))
    waiter.call("handle")
    number.get_lock().acquire()
    waiter.begin("read")
    waits_through_a_signal(waiter, handling)
    is_interrupted(waiter)
    waiter.begin("read")
    waits_through_a_signal(waiter, handling)
    number.get_lock().release()
    recorder.shows("what it reads after the release", waiter.result(), expected=1)
    caller.shows("whether the lock is free then", number.get_lock().acquire(False), expected=True)


@source("https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers", observed=True)
def test_lock_does_not_exclude_its_holders_handler(mp: Any, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """A signal handler is not excluded: it can add to a value whose lock its own process holds or waits for."""
    holding, handled, number = checkpoint("holding"), checkpoint("handled"), mp.Value("i", 1)
    process = worker(
        prepare=partial(payloads.add_on_signal, number, handled.pause),
        enter=partial(payloads.add_slowly, number, holding.pause),
        add=partial(payloads.add, number),
    )
    process.call("prepare")
    process.begin("enter")
    arrival = holding.next().until_blocked()
    os.kill(process.pid, signal.SIGUSR1)
    handled.next().let_go()
    caller.shows("the value after the handler", number.get_obj().value, expected=2)
    arrival.let_go()
    process.result()
    caller.shows("the value after the holder has written", number.value, expected=2)
    with number.get_lock():
        process.begin("add", 1)
        kernel.shows("whether the process is blocked", process.blocks(), expected=True)
        os.kill(process.pid, signal.SIGUSR1)
        kernel.shows("whether the process is blocked after a signal", process.blocks(), expected=True)
    handled.next().let_go()
    process.result()
    caller.shows("the value after the process and its handler have added", number.value, expected=4)


@source(DOCUMENTATION + "Array")
def test_any_sequence_of_operations(mp: Any, worker: MakeWorker) -> None:
    """Over any sequence of accesses and locking, an array is a list, and only its lock's holder can use it."""
    arrays.ArrayModel.verify(partial(mp.Array, "i", arrays.LENGTH), worker)
