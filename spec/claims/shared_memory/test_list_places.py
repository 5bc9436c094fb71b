"""The places of lists in shared memory: indexes from the end and before the first item, and room for long items."""

from __future__ import annotations

from spec.engine.marks import needs, source
from spec.harness.memory_maker import SharedMemories
from spec.harness.witness import at_least, caller, refuses

pytestmark = needs("Process", "SharedMemory", "ShareableList")

SHAREABLE_LIST = (
    "https://docs.python.org/3/library/multiprocessing.shared_memory.html#multiprocessing.shared_memory.ShareableList"
)
SEQUENCES = "https://docs.python.org/3/library/stdtypes.html#sequence-types-list-tuple-range"


@source(SEQUENCES, observed=True)
def test_index_from_the_end_is_assigned(memory: SharedMemories) -> None:
    """An item is also replaced by an index from the end, such as -1, and the other items stay as they are."""
    plain: list[object] = [1, "rice", 2.5]
    values = memory.new_list(plain)
    for index, value in (-1, "soup"), (-2, 7), (-3, None):
        values[index] = plain[index] = value
        caller.shows(f"the items after index {index} was assigned", [*values], expected=plain)
    caller.shows("the items for whoever attaches", [*memory.new_list(name=values.shm.name)], expected=plain)


@source(SEQUENCES, observed=True)
def test_index_far_before_the_first_is_refused(memory: SharedMemories) -> None:
    """An index far before the first item, as -100 in a list of three, raises IndexError, and overwrites nothing."""
    given_values = [1, "x" * 1000, 2]
    values = memory.new_list(given_values)
    for wrong in -100, -1000:
        with refuses(IndexError):
            values[wrong]
        with refuses(IndexError):
            values[wrong] = 7
        caller.shows("the items after that", [*values], expected=given_values)


@source(SHAREABLE_LIST)
def test_long_item_is_whole_or_refused(memory: SharedMemories) -> None:
    """A list has an item of nine million bytes, and one of ten million, which it may refuse instead."""
    for length in 9_000_000, 10_000_000:
        item = b"x" * length
        try:
            values = memory.new_list([1, item, 2])
        except Exception:
            caller.shows("the length of an item that is refused", length, expected=at_least(10_000_000))
        else:
            seen = values[0], values[1] == item, values[2]
            caller.shows("the others, and whether the item is whole", seen, expected=(1, True, 2))
