"""The memory behind values and arrays, as the kernel shows it."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import struct
import sys
from functools import partial
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from spec.claims.values import payloads
from spec.claims.values.payloads import address_of
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import has_shared_folder, memory_is_readable, needs, source, where
from spec.harness.holdings import leaves_nothing_behind
from spec.harness.memory_maps import IN_MEMORY, file_system, read_memory, shared_place
from spec.harness.witness import caller, kernel

pytestmark = needs("Process", "RawValue", "RawArray")

SHARED_CTYPES = "https://docs.python.org/3/library/multiprocessing.html#module-multiprocessing.sharedctypes"

MANY_NUMBERS = 2**20
"""So many numbers take more memory than is set aside for small objects."""


@source("https://docs.python.org/3/library/multiprocessing.html#shared-memory")
def test_is_the_same_memory_in_all(mp: Any, worker: MakeWorker, checkpoint: MakeCheckpoint) -> None:
    """A value and an array, small or large, are the same bytes of one file in their maker, a child and its child."""
    inside, shared = checkpoint("inside"), [mp.RawValue("i", 1), mp.RawArray("i", 3), mp.RawArray("d", MANY_NUMBERS)]
    places = [shared_place(os.getpid(), address_of(raw)) for raw in shared]
    kernel.shows("how many of the three are in shared memory", len({*places} - {None}), expected=3)
    child = worker(
        addresses=partial(payloads.addresses_of, shared),
        start=partial(payloads.in_a_child, mp.Process, payloads.stop_with_addresses, shared, inside.pause),
    )
    seen = [shared_place(child.pid, address) for address in child.call("addresses")]
    kernel.shows("where a child has each", seen, expected=places)
    child.begin("start")
    arrival = inside.next()
    seen = [shared_place(arrival.pid, address) for address in arrival.notes]
    kernel.shows("where its child has each", seen, expected=places)
    arrival.let_go()
    child.result()


@where(has_shared_folder)
@source("https://github.com/python/cpython/issues/75102")
def test_is_in_no_file_on_a_disk(mp: Any) -> None:
    """The memory of a value and an array, small or large, is in no file that the kernel writes to a disk."""
    shared = [mp.RawValue("i", 1), mp.RawArray("i", 3), mp.RawArray("d", MANY_NUMBERS)]
    places = [shared_place(os.getpid(), address_of(raw)) for raw in shared]
    kinds = {file_system(place.device) if place else "memory that is not shared" for place in places}
    kernel.shows("the kinds of file systems on a disk", kinds - {None, *IN_MEMORY}, expected=set())


@where(memory_is_readable)
@source("https://docs.python.org/3/library/multiprocessing.html#shared-memory")
def test_change_is_there_for_all_at_once(mp: Any, worker: MakeWorker) -> None:
    """What one process writes is in the memory of every other, even one that is stopped, without a message."""
    value, array = mp.RawValue("i", 1), mp.RawArray("i", [1, 2, 3])
    objects = {"value": partial(address_of, value), "array": partial(address_of, array)}
    writer, stopped = worker(write=partial(payloads.write, value), array=array), worker(**objects)
    at, at_array = stopped.call("value"), stopped.call("array")
    os.kill(stopped.pid, signal.SIGSTOP)
    writer.call("write", 0x600D)
    writer.call("array.__setitem__", 1, 0x7EA)
    memory = read_memory(stopped.pid, at, 4), read_memory(stopped.pid, at_array, 12)
    expected = struct.pack("i", 0x600D), struct.pack("3i", 1, 0x7EA, 3)
    kernel.shows("the memory of a stopped process", memory, expected=expected)
    writer.kill()
    kernel.shows("its memory after the writer was killed", read_memory(stopped.pid, at, 4), expected=expected[0])


@where(memory_is_readable)
@source(SHARED_CTYPES)
@source("https://docs.python.org/3/library/array.html#module-array")
def test_is_a_number_of_c(mp: Any) -> None:
    """In memory a value is what C has for its typecode: so many bytes, and a whole number that is too large wraps."""
    for code, number in (
        *((code, 100) for code in "bBhHiIlL"),
        *((code, -1) for code in "bhil"),
        ("f", 0.5),
        ("d", 0.1),
        ("c", b"x"),
    ):
        value = mp.RawValue(code, number)
        expected = struct.pack(code, number)
        seen = read_memory(os.getpid(), address_of(value), len(expected))
        kernel.shows(f"the bytes of {number} of type {code}", seen, expected=expected)
        pair = mp.RawArray(code, [number, number])
        seen = read_memory(os.getpid(), address_of(pair), 2 * len(expected))
        kernel.shows(f"the bytes of two of type {code}", seen, expected=2 * expected)
    for kind, number, wrapped in (("b", 200, -56), ("B", -1, 255), (ctypes.c_ushort, 2**16 + 3, 3)):
        value = mp.RawValue(kind)
        value.value = number
        caller.shows(f"what {number} becomes", value.value, expected=wrapped)


@source("https://github.com/python/cpython/issues/76940", observed=True)
@needs("Value", "Array")
def test_many_leave_nothing_behind(mp: Any, scale: int) -> None:
    """However many values and arrays, small and large, were made, used and dropped, no memory or file is left."""

    def use() -> list[object]:
        value, array, raw = mp.Value("i", 1), mp.Array("d", MANY_NUMBERS), mp.RawArray("i", 10)
        value.value += 1
        array[MANY_NUMBERS - 1] = 1
        raw[9] = 1
        return [value, array, raw]

    leaves_nothing_behind(use, 10 * scale)


@source("https://docs.python.org/3/library/multiprocessing.html#shared-memory", observed=True)
def test_what_is_made_after_the_start_is_ones_own(mp: Any, worker: MakeWorker) -> None:
    """A value that a child makes, and one that its starter makes later, are not in memory that the other uses."""
    before = mp.RawValue("l", 1)
    made = mp.RawArray("l", [1] * 100)
    child = worker(make=partial(payloads.make_and_tell, mp.RawArray, "l"), before=before)
    del made  # so that its memory is free here, and the next array may be in it
    arrays, places = [], []
    for number in range(3):
        arrays.append(mp.RawArray("l", [number] * 100))
        places.append(shared_place(os.getpid(), address_of(arrays[-1])))
        places.append(shared_place(child.pid, child.call("make", [-1] * 100)))
    kernel.shows("the number of different places of three here and three there", len({*places}), expected=6)
    caller.shows("what was made here", [set(array) for array in arrays], expected=[{0}, {1}, {2}])
    caller.shows("what was made before", before.value, expected=1)


@source("https://github.com/python/cpython/issues/85839", observed=True)
@needs("Value")
def test_any_part_keeps_the_memory(mp: Any) -> None:
    """The memory of a shared object is not used for another one while something refers to a part or a view of it."""
    inside, field = mp.Value("l", 5).get_obj(), mp.RawValue(payloads.Visit, 1, (0.5, 1.5)).at
    view = memoryview(mp.RawArray("i", [7, 8])).cast("B").cast("i")
    gc.collect()
    later = [mp.RawArray("B", [255] * size) for size in (8, 16, 32, 64, 8, 16, 32, 64)]
    seen = inside.value, (field.x, field.y), [*view]
    caller.shows("the parts, once others have been made", seen, expected=(5, (0.5, 1.5), [7, 8]))
    caller.shows("what the others hold", {number for array in later for number in array}, expected={255})


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.sharedctypes.RawArray", observed=True)
def test_no_two_have_a_byte_in_common(mp: Any) -> None:
    """Arrays of any sizes that are there at the same time have no byte in common, whichever were dropped before."""

    @given(steps=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 9)), min_size=5, max_size=60))
    @example(steps=[(size, 9) for size in (0, 1, 8, 9, 4096, 70_000, 3, 5000)])
    def make_and_drop(steps: list[tuple[int, int]]) -> None:
        arrays: list[Any] = []
        for number, (size, dropped) in enumerate(steps):
            arrays.append(mp.RawArray("B", [number] * size))
            del arrays[dropped : dropped + 1]
            held = [set(array) for array in arrays if len(array)]
            caller.shows(
                "how many numbers each array holds", {len(numbers) for numbers in held} <= {1}, expected=True
            )
        ends = sorted((address_of(array), address_of(array) + len(array)) for array in arrays if len(array))
        apart = all(end <= start for (_, end), (start, _) in zip(ends, ends[1:]))
        kernel.shows("whether each array begins after the end of the one before", apart, expected=True)

    make_and_drop()


@source("https://bugs.python.org/issue12352", observed=True)
@needs("Value")
def test_can_be_dropped_by_the_garbage_collector(mp: Any) -> None:
    """Values that the garbage collector drops while another one is being made hold nothing up."""
    in_cycles = [payloads.in_a_cycle(mp.RawValue("i", number)) for number in range(100)]

    def drop_one(*_event: object) -> None:
        if in_cycles:
            in_cycles.pop()
            gc.collect()

    sys.setprofile(drop_one)  # it is called whenever a function is called, also while the API makes a value
    try:
        made = [mp.RawArray("i", [number]) for number in range(5)]
    finally:
        sys.setprofile(None)
    caller.shows("the values that were made", [array[0] for array in made], expected=[0, 1, 2, 3, 4])
