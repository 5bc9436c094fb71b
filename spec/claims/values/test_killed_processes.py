"""What becomes of values when a process that uses them is killed."""

from __future__ import annotations

from functools import partial
from typing import Any

from spec.claims.values import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.marks import needs, source
from spec.harness.holdings import leaves_no_name_when_killed
from spec.harness.process_table import ALIVE, state
from spec.harness.witness import caller, kernel, other_than, recorder

pytestmark = needs("Process", "Value", "Array", "RawValue", "RawArray", "Lock")


@source("https://github.com/python/cpython/issues/88304", observed=True)
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.sharedctypes.synchronized", observed=True
)
def test_killed_holder_leaves_it_locked(mp: Any, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """A killed holder of the lock leaves it held; what the holder has written is seen through the raw object only."""
    writing, numbers = checkpoint("writing"), mp.Array("i", 4)
    holder = worker(write=partial(payloads.write_some_and_stop, numbers, writing.pause))
    other = worker(numbers=numbers, read=partial(payloads.slice_of, numbers.get_obj()))
    holder.begin("write")
    writing.next()
    holder.kill()
    kernel.shows("the state of the killed holder", state(holder.pid), expected=other_than(ALIVE))
    recorder.shows("what another reads from the raw object", other.call("read", None), expected=[1, 1, 0, 0])
    other.begin("numbers.__getitem__", 0)
    kernel.shows("whether another that reads the array is blocked", other.blocks(), expected=True)
    caller.shows("acquire(False) by the starter", numbers.get_lock().acquire(False), expected=False)


@source("https://man7.org/linux/man-pages/man3/sem_post.3.html", observed=True)
def test_killed_waiter_is_passed_over(mp: Any, worker: MakeWorker) -> None:
    """A process that is killed while it waits to change a value changes nothing, and holds up no other."""
    number = mp.Value("i", 1)
    victim, other = (worker(add=partial(payloads.add, number)) for _ in range(2))
    with number.get_lock():
        for waiter in victim, other:
            waiter.begin("add", 5)
            kernel.shows("whether a waiter is blocked", waiter.blocks(), expected=True)
        victim.kill()
        kernel.shows("the state of the killed waiter", state(victim.pid), expected=other_than(ALIVE))
    other.result()
    caller.shows("the value after the other has added to it", number.value, expected=6)


@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_killed_program_leaves_nothing_behind(
    mp: Any,  # noqa: ARG001  the API must have what the program uses
    program: Programs,
    checkpoint: MakeCheckpoint,
) -> None:
    """After the end of a killed program's helper processes, no value or array is left in shared memory."""
    stopped = checkpoint("stopped")
    main = program.main(payloads.keep_values_and_stop, stopped.pause)
    stopped.next()
    leaves_no_name_when_killed(main)
