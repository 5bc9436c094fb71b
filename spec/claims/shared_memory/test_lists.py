"""Lists in shared memory: their values, their places, and how they come to another process."""

from __future__ import annotations

import os
import pickle
from functools import partial
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from spec.claims.shared_memory import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.dev_shm import used_by
from spec.harness.memory_maker import SharedMemories, exists, inode_of
from spec.harness.witness import at_most, caller, kernel, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "SharedMemory", "ShareableList")

SHAREABLE_LIST = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.ShareableList"
)

TEXTS_AND_BYTES = ["", "rice", " \n", b"", b"tea", b" tea ", "x" * 100]

VALUES = [0, 1, -1, 2**63 - 1, -(2**63), 0.0, -273.25, 1e300, True, False, None, *TEXTS_AND_BYTES]

EIGHT = 8
"""The number of bytes of the smallest place in a list; a larger one has a multiple of it."""


def typed(values: Any) -> list[tuple[type, object]]:
    """Return the type and the value of each item."""
    return [(type(value), value) for value in values]


@source(SHAREABLE_LIST)
def test_list_has_the_values_it_is_made_of(memory: SharedMemories, worker: MakeWorker) -> None:
    """A list has the numbers, truth values, texts, bytes and None that it is made of, here and in a child."""
    values = memory.new_list(VALUES)
    caller.shows("the items", typed(values), expected=typed(VALUES))
    caller.shows(
        "the items from the end", typed(values[-1 - n] for n in range(len(VALUES))), expected=typed(VALUES)[::-1]
    )
    child = worker(items=partial(payloads.items, values))
    recorder.shows("the items in a child", typed(child.call("items")), expected=typed(VALUES))


@source(SHAREABLE_LIST)
def test_list_is_the_same_memory_in_all(memory: SharedMemories, worker: MakeWorker) -> None:
    """A process that is given a list, or attaches by its name, has the same memory, and all see what it assigns."""
    values = memory.new_list([1, "rice", 2.5])
    named = partial(memory.ShareableList, name=values.shm.name)
    child = worker(assign=partial(payloads.assign, values), items=partial(payloads.items, values), named=named)
    kernel.shows("whether the child uses it", inode_of(values.shm.name) in used_by(child.pid), expected=True)
    child.call("assign", 0, 7)
    again = memory.new_list(name=values.shm.name)
    again[1] = "tea"
    caller.shows("the items here", [*values], expected=[7, "tea", 2.5])
    recorder.shows("the items in the child", child.call("items"), expected=[7, "tea", 2.5])


@source(SHAREABLE_LIST)
def test_list_keeps_its_length(memory: SharedMemories) -> None:
    """A list has no method that would change its length, and refuses an index beyond its end with IndexError."""
    for length in 0, 1, 5:
        values = memory.new_list(range(length))
        caller.shows("the length", (len(values), len([*values])), expected=(length, length))
        for wrong in length, length + 1, 10**6:
            with refuses(IndexError):
                values[wrong]
            with refuses(IndexError):
                values[wrong] = 1
        for name in "append", "extend", "insert", "pop", "remove", "clear":
            caller.shows(f"whether it has {name}", hasattr(values, name), expected=False)
        caller.shows("the items after that", [*values], expected=[*range(length)])


@source("https://docs.python.org/3/library/stdtypes.html#common-sequence-operations", observed=True)
def test_index_before_the_first_is_refused(memory: SharedMemories) -> None:
    """An index before the first item, as -3 in a list of two, raises IndexError, and nothing is overwritten."""
    values = memory.new_list([1, 2])
    for wrong in -3, -4, -100:
        with refuses(IndexError):
            values[wrong]
        with refuses(IndexError):
            values[wrong] = 7
    caller.shows("the items after that", [*values], expected=[1, 2])


@source("https://github.com/python/cpython/pull/129340")
def test_index_must_be_an_integer(memory: SharedMemories) -> None:
    """An index that is no integer is refused with TypeError, also by an assignment, which changes nothing."""
    values = memory.new_list([1, 2, 3])
    for index in 1.0, 1.5, "1", None:
        with refuses(TypeError):
            values[index]
        with refuses(TypeError):
            values[index] = 7
    caller.shows("the items", list(values), expected=[1, 2, 3])


@source(SHAREABLE_LIST)
def test_place_can_change_its_type(memory: SharedMemories) -> None:
    """An item can be replaced by one of any other type that fits, and the other items stay as they are."""
    values = memory.new_list([1, 2, 3])
    for value in 2.5, None, True, "12345678", b"12345678", -1, "", b"x", False, 7:
        values[1] = value
        seen = typed(values)
        caller.shows(f"the items after {value!r} was assigned", seen, expected=typed([1, value, 3]))


@source(SHAREABLE_LIST)
@source("https://github.com/python/cpython/issues/84510")
def test_place_keeps_its_room(memory: SharedMemories) -> None:
    """A text or bytes that are longer than the place was made for are refused, and the place keeps its value."""
    values = memory.new_list(["rice", b"0123456789", 1, "end"])
    for index, room in (0, EIGHT), (1, 2 * EIGHT), (2, EIGHT):
        before = [*values]
        for wrong in "x" * (room + 1), b"x" * (room + 1), "é" * (room // 2) + "x":
            with refuses(ValueError):
                values[index] = wrong
            caller.shows("the items after that", [*values], expected=before)
        for right in "y" * room, b"z" * room, "é" * (room // 2), "a":
            values[index] = right
            caller.shows("the items", [*values], expected=[*before[:index], right, *before[index + 1 :]])


@source(SHAREABLE_LIST)
def test_number_that_is_too_large_is_refused(memory: SharedMemories) -> None:
    """A list cannot be made of a number that takes more than 64 bits, and leaves no block then."""
    name = memory.new_name()
    for wrong in 2**63, -(2**63) - 1:
        with refuses(Exception):
            memory.ShareableList([wrong])
        with refuses(Exception):
            memory.new_list([1])[0] = wrong
    caller.shows("whether a list can be made after that", [*memory.new_list([1], name=name)], expected=[1])


@source(SHAREABLE_LIST, observed=True)
def test_refused_number_changes_nothing(memory: SharedMemories) -> None:
    """When a number that takes more than 64 bits is refused, the place keeps its value."""
    values = memory.new_list([5, "rice", 2.5])
    for index in range(3):
        for wrong in 2**63, -(2**63) - 1:
            with refuses(Exception):
                values[index] = wrong
            caller.shows("the items after that", typed(values), expected=typed([5, "rice", 2.5]))


@source(SHAREABLE_LIST)
def test_other_types_are_refused(memory: SharedMemories) -> None:
    """Values of other types, such as lists and dicts, are refused, and change nothing."""
    values = memory.new_list([5, "rice"])
    for wrong in [1], {}, (1, 2), 1j, object():
        with refuses(Exception):
            memory.ShareableList([wrong])
        for index in range(2):
            with refuses(Exception):
                values[index] = wrong
        caller.shows("the items after that", [*values], expected=[5, "rice"])


texts = st.text(max_size=40).filter(lambda text: not text.endswith("\0"))


@source("https://github.com/python/cpython/issues/88336")
def test_list_has_texts_of_any_script(memory: SharedMemories) -> None:
    """A list has the texts that it is made of, in whatever script."""

    @given(values=st.lists(texts, max_size=5))
    @example(values=["文" * 8, "é" * 4, "🥟" * 3])
    def make(values: list[str]) -> None:
        made = memory.new_list(values)
        caller.shows("the items", [*made], expected=values)
        made.shm.close()
        made.shm.unlink()

    make()


@source("https://github.com/python/cpython/issues/106939")
@source("https://github.com/python/cpython/issues/96779")
def test_list_keeps_nulls_at_the_end(memory: SharedMemories) -> None:
    """Null bytes and null characters at the end of bytes and texts belong to the item."""
    given_values = [b"tea\0", "tea\0\0", b"\0", b"\0a\0"]
    values = memory.new_list(given_values)
    caller.shows("the items", [*values], expected=given_values)


@source(SHAREABLE_LIST, observed=True)
def test_list_keeps_nulls_inside(memory: SharedMemories) -> None:
    """Null bytes and null characters inside bytes and texts belong to the item."""
    given_values = [b"a\0b", "a\0\0b", b"\0x", "\0x"]
    values = memory.new_list(given_values)
    caller.shows("the items", [*values], expected=given_values)
    values[0] = "c\0d"
    caller.shows("the first item after an assignment", values[0], expected="c\0d")


@source(SHAREABLE_LIST + ".count")
@source(SHAREABLE_LIST + ".index")
def test_list_counts_and_finds(memory: SharedMemories) -> None:
    """`count` and `index` answer as those of a list, and `index` raises ValueError for what is not there."""
    plain = ["rice", 1, 2.0, None, "rice", 1, b"tea"]
    values = memory.new_list(plain)
    caller.shows("count(1) of a list without items", memory.new_list([]).count(1), expected=0)
    for value in *plain, "soup", 3:
        caller.shows(f"count({value!r})", values.count(value), expected=plain.count(value))
        caller.shows(f"whether {value!r} is in it", value in values, expected=value in plain)
        if value in plain:
            caller.shows(f"index({value!r})", values.index(value), expected=plain.index(value))
        else:
            with refuses(ValueError):
                values.index(value)


@source(SHAREABLE_LIST + ".format")
def test_format_is_that_of_struct(memory: SharedMemories) -> None:
    """`format` has the format characters of `struct` for the items: their types, and the room of texts and bytes."""
    values = memory.new_list([1, 2.5, "rice", b"0123456789"])
    caller.shows("format", values.format, expected="qd8s16s")
    values[0], values[1] = 2.5, "tea"
    caller.shows("format after assignments", values.format, expected="d8s8s16s")
    caller.shows("format of a list without items", memory.new_list([]).format, expected="")


@source(SHAREABLE_LIST)
def test_list_of_another_is_its_own(memory: SharedMemories) -> None:
    """A list that is made of another list in shared memory, or of a text, is memory of its own."""
    values, name = memory.new_list([1, "rice"]), memory.new_name()
    copied = memory.new_list(values, name=name)
    caller.shows("the format of the second", copied.format, expected=values.format)
    copied[0] = 7
    seen = [*values], [*copied], copied.shm.name
    caller.shows("the first, the second, and its name", seen, expected=([1, "rice"], [7, "rice"], name))
    caller.shows("a list made of a text", [*memory.new_list("abc")], expected=["a", "b", "c"])
    caller.shows("a list made of nothing", [*memory.new_list()], expected=[])


@source(SHAREABLE_LIST, observed=True)
def test_pickled_list_is_attached_not_copied(memory: SharedMemories) -> None:
    """A list that is pickled by any protocol and unpickled is the same memory, and its pickle is small."""
    values = memory.new_list(range(1000))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        pickled = pickle.dumps(values, protocol)
        again = pickle.loads(pickled)
        again[protocol] = -1
        values[500] = protocol
        caller.shows("what each sees of the other", (values[protocol], again[500]), expected=(-1, protocol))
        caller.shows("the length of the pickle", len(pickled), expected=at_most(1000))
        again.shm.close()
    values.shm.close()
    values.shm.unlink()
    with refuses(FileNotFoundError):
        pickle.loads(pickled)


@source(SHAREABLE_LIST + ".shm")
def test_list_is_removed_through_its_block(memory: SharedMemories) -> None:
    """`shm` of a list is its block, which is closed and unlinked like any other."""
    values = memory.new_list([1, 2])
    name, inode = values.shm.name, inode_of(values.shm.name)
    values.shm.close()
    kernel.shows("whether this process uses it", inode in used_by(os.getpid()), expected=False)
    values.shm.unlink()
    kernel.shows("whether it has its name", exists(name), expected=False)
    with refuses(FileNotFoundError):
        memory.ShareableList(name=name)


@source(SHAREABLE_LIST, observed=True)
def test_repr_of_a_list_tells_items_and_name(memory: SharedMemories) -> None:
    """The repr of a list in shared memory contains that of its items, and its name."""
    values = memory.new_list([1, "rice", None])
    for part in "[1, 'rice', None]", values.shm.name:
        caller.shows(f"whether the repr contains {part!r}", part in repr(values), expected=True)


small = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
    st.text("ab", max_size=20),
    st.binary(max_size=20).filter(lambda value: not value.endswith(b"\0")),
)


@source(SHAREABLE_LIST)
def test_any_assignments_are_seen_by_all(memory: SharedMemories, worker: MakeWorker) -> None:
    """Whatever is assigned by whom, all see the last value of each place that fits; what does not fit is refused."""
    first = [1, "0123456789", b"tea", None]
    rooms = [EIGHT, 2 * EIGHT, EIGHT, EIGHT]
    values = memory.new_list(first)
    child = worker(assign=partial(payloads.assign, values), items=partial(payloads.items, values))
    plain: list[object] = [*first]

    @given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 3), small), max_size=12))
    @example(steps=[(True, 1, "x" * 17), (False, 1, None), (True, 1, b"y" * 16)])
    def assign(steps: list[tuple[bool, int, object]]) -> None:
        for in_child, index, value in steps:
            fits = not isinstance(value, (str, bytes)) or len(value) <= rooms[index]
            if fits:
                plain[index] = value
            if in_child and fits:
                child.call("assign", index, value)
            elif fits:
                values[index] = value
            else:
                with refuses(CallFailed if in_child else ValueError):
                    (child.call if in_child else here)("assign", index, value)
        caller.shows("the items here", typed(values), expected=typed(plain))
        recorder.shows("the items in the child", typed(child.call("items")), expected=typed(plain))

    def here(_name: str, index: int, value: object) -> None:
        payloads.assign(values, index, value)

    assign()
