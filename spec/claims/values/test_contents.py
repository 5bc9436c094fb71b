"""What a value and an array hold, whichever process has written it."""

from __future__ import annotations

import math
from array import array
from collections import deque
from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.values import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.witness import caller, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Value", "Array")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing."


def _whole(code: str) -> st.SearchStrategy[int]:
    """Return all whole numbers of a typecode."""
    bits = 8 * array(code).itemsize
    return st.integers(0, 2**bits - 1) if code.isupper() else st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


CODES = "bBhHiIlLfdcu"
"""The typecodes of `array` but those of long numbers, and that of a byte of text."""

CONTENTS_BY_CODE: dict[str, st.SearchStrategy[object]] = {
    **{code: _whole(code) for code in CODES[:8]},
    "f": st.floats(width=32, allow_nan=False),
    "d": st.floats(allow_nan=False),
    "c": st.binary(min_size=1, max_size=1),
    "u": st.characters(exclude_categories=["Cs"]),
}
"""What a value of each typecode can hold."""

numbers_of_a_kind = st.sampled_from(sorted(CONTENTS_BY_CODE)).flatmap(
    lambda code: st.tuples(st.just(code), CONTENTS_BY_CODE[code], CONTENTS_BY_CODE[code])
)


@source(DOCUMENTATION + "Value")
@source("https://docs.python.org/3/library/array.html#module-array")
def test_keeps_whatever_its_typecode_allows(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A value holds any number or character that its typecode allows, and other processes read exactly that."""
    values = {code: mp.Value(code) for code in CODES}
    child = worker(exchange=partial(payloads.exchange, values))

    @given(what=numbers_of_a_kind)
    @example(what=("b", -(2**7), 2**7 - 1))
    @example(what=("I", 0, 2**32 - 1))
    @example(what=("d", -math.inf, 5e-324))
    @example(what=("c", b"\0", b"\xff"))
    def exchange(what: tuple[str, object, object]) -> None:
        code, one, another = what
        values[code].value = one
        recorder.shows(f"what a child reads of type {code}", child.call("exchange", code, another), expected=one)
        caller.shows(f"what it has written of type {code}", values[code].value, expected=another)

    exchange()


@source("https://docs.python.org/3/library/array.html#module-array")
@source("https://docs.python.org/3/whatsnew/3.6.html#multiprocessing", observed=True)
def test_long_numbers_have_a_typecode(mp: Multiprocessing, worker: MakeWorker) -> None:
    """The typecodes `q` and `Q` are those of whole numbers of eight bytes, with a sign and without one."""
    values = {"q": mp.Value("q"), "Q": mp.Value("Q")}
    child = worker(exchange=partial(payloads.exchange, values))
    for code, number in (("q", -(2**63)), ("q", 2**63 - 1), ("Q", 2**64 - 1), ("Q", 0)):
        values[code].value = number
        recorder.shows(f"{number} of type {code}, in a child", child.call("exchange", code, 1), expected=number)


@source(DOCUMENTATION + "Value")
@source("https://github.com/python/cpython/issues/133017", observed=True)
def test_what_no_value_can_hold_is_refused(mp: Multiprocessing) -> None:
    """A value or an array is refused if its type is unknown, its number is no number, or its lock is no lock."""
    for impossible in (
        partial(mp.Value, "x"),
        partial(mp.Array, "x", 1),
        partial(mp.Value, "i", "text"),
        partial(mp.Value, "i", 1, 2),
        partial(mp.Value, "i", 1.5),
        partial(mp.Array, "i", [1, "text"]),
        partial(mp.Array, "i"),
    ):
        with refuses(TypeError):
            impossible()
    for without_a_lock in partial(mp.Value, "i", 1, lock=42), partial(mp.Array, "i", 1, lock="text"):
        with refuses(AttributeError):
            without_a_lock()
    value = mp.Value("i", 1)
    for number in "text", 1.5, None:
        with refuses(TypeError):
            value.value = number
    caller.shows("the value after what was refused", value.value, expected=1)


@source(DOCUMENTATION + "Array")
@source("https://github.com/oracle/graalpython/issues/307")
def test_array_has_the_values_that_it_is_made_of(mp: Multiprocessing, worker: MakeWorker) -> None:
    """An array that is made of a sequence has the values of the sequence, in order, for every process."""
    numbers = list(range(10))
    for sequence in numbers, tuple(numbers), range(10), array("h", numbers), bytes(numbers), deque(numbers):
        made = mp.Array("i", sequence)
        caller.shows(f"what is made of a {type(sequence).__name__}", payloads.contents(made), expected=numbers)
    child = worker(contents=partial(payloads.contents, made))
    recorder.shows("what a child finds", child.call("contents"), expected=numbers)
    floats = payloads.contents(mp.Array("d", [1, -2.5]))
    caller.shows("what is made of numbers of two types", floats, expected=[1.0, -2.5])


@managed_too
@source("https://docs.python.org/3/library/stdtypes.html#common-sequence-operations")
def test_array_is_read_and_written_by_index(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A place of an array is read and written by its index, from either end; other indices raise IndexError."""
    numbers = mp.Array("i", range(5))
    child = worker(numbers=numbers)
    for index, number in ((0, 10), (4, 14), (-2, 13), (-5, 20)):
        child.call("numbers.__setitem__", index, number)
        caller.shows(f"numbers[{index}], which a child has written", numbers[index], expected=number)
    caller.shows("the whole array", payloads.contents(numbers), expected=[20, 1, 2, 13, 14])
    recorder.shows("its length in a child", child.call("numbers.__len__"), expected=5)
    for index in 5, -6:
        for method, arguments in (("__getitem__", [index]), ("__setitem__", [index, 0])):
            with refuses(CallFailed, "IndexError"):
                child.call(f"numbers.{method}", *arguments)
    with refuses(CallFailed, "TypeError"):
        child.call("numbers.__setitem__", 0, "text")
    caller.shows("the array after what was refused", payloads.contents(numbers), expected=[20, 1, 2, 13, 14])
