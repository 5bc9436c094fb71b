"""Arrays that are made of a length, their slices, and arrays of characters."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.values import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.witness import caller, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Array")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Array"


@needs("RawArray")
@source(DOCUMENTATION)
@source("https://bugs.python.org/issue11675", observed=True)
def test_array_of_a_length_begins_with_zeros(mp: Any) -> None:
    """An array that is made of a length has that many zeros, even if its memory was used before."""
    for make in mp.Array, mp.RawArray:
        for length in 1, 10, 1000, 100_000:
            for _ in range(3):
                array = make("i", length)
                caller.shows("the length of the array", len(array), expected=length)
                caller.shows("whether it holds zeros only", set(array[:]), expected={0})
                array[:] = [-1] * length
                del array  # so that the next one may get the same memory
    caller.shows("the length of an array of nothing", len(mp.Array("i", 0)), expected=0)


@needs("RawArray")
@source("https://github.com/pytorch/pytorch/issues/5719")
def test_empty_array_is_handed_over(mp: Any, worker: MakeWorker) -> None:
    """A child can be given an array of no items, with a lock or without one, and finds no items there."""
    arrays = [mp.Array("i", 0), mp.Array("d", []), mp.RawArray("i", 0)]
    child = worker(items=partial(payloads.items_of_all, arrays))
    recorder.shows("the items of each array in a child", child.call("items"), expected=[[], [], []])


places = st.one_of(st.none(), st.integers(-7, 7))


@source("https://docs.python.org/3/library/stdtypes.html#common-sequence-operations")
def test_slices_are_those_of_a_list(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Any slice of an array is read and written as that of a list, by every process; it only keeps its length."""
    array = mp.Array("i", 5)
    assign, slice_of = partial(payloads.assign, array), partial(payloads.slice_of, array)
    child = worker(assign=assign, slice_of=slice_of)

    @given(start=places, stop=places, step=st.sampled_from([None, 1, 2, -1, -2]))
    @example(start=1, stop=4, step=None)
    @example(start=None, stop=None, step=-1)
    @example(start=3, stop=1, step=None)
    def slices(start: int, stop: int, step: int) -> None:
        bounds, plain = (start, stop, step), list(range(5))
        assign(plain, None)
        recorder.shows(
            f"array[{start}:{stop}:{step}]", child.call("slice_of", *bounds), expected=plain[slice(*bounds)]
        )
        plain[slice(*bounds)] = written = [10 + number for number in plain[slice(*bounds)]]
        child.call("assign", written, *bounds)
        caller.shows("the array after a child has assigned to the slice", slice_of(None), expected=plain)
        with refuses(CallFailed, "ValueError"):
            child.call("assign", [*written, 99], *bounds)
        caller.shows("the array after a slice that is too long", slice_of(None), expected=plain)

    slices()
    with refuses(ValueError):
        mp.Array("i", -1)


@needs("RawArray")
@source(DOCUMENTATION)
@source("https://docs.python.org/3/library/ctypes.html#fundamental-data-types")
def test_text_is_read_as_value_and_raw(mp: Any, worker: MakeWorker) -> None:
    """The `value` of an array of characters ends at the first null byte, `raw` does not; both can be assigned."""
    for text in mp.Array("c", 8), mp.RawArray("c", 8):
        child = worker(text=text)
        child.call("text.__setattr__", "value", b"jade")
        caller.shows("value, which a child has written", text.value, expected=b"jade")
        caller.shows("raw after that", text.raw, expected=b"jade\0\0\0\0")
        text.raw = b"ab\0cd\0ef"
        caller.shows("value after raw was assigned", child.call("text.__getattribute__", "value"), expected=b"ab")
        recorder.shows("raw, in a child", child.call("text.__getattribute__", "raw"), expected=b"ab\0cd\0ef")
        child.call("text.__setattr__", "value", b"xyz")
        caller.shows("raw after a shorter value was assigned", text.raw, expected=b"xyz\0d\0ef")
        for name in "value", "raw":
            with refuses(CallFailed, "ValueError"):
                child.call("text.__setattr__", name, b"nine char")
        caller.shows("the length, and two characters", (len(text), text[1:3]), expected=(8, b"yz"))
