"""What the claims of the lesson `values` run in children."""

from __future__ import annotations

import ctypes
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from impl.contract import MakesProcesses, Pause


class TurnstileJammed(Exception):
    """Raised in the middle of counting a visitor."""


def jam(_seen: object) -> None:
    """Act as a turnstile that breaks between its read and its write.

    Raises:
        TurnstileJammed: always.
    """
    raise TurnstileJammed


def read(shared: Any) -> Any:
    """Return what a value holds."""
    return shared.value


def items_of_all(arrays: list[Any]) -> list[list[Any]]:
    """Return the items of each of some *arrays*."""
    return [list(array) for array in arrays]


def write(shared: Any, number: object) -> None:
    """Let a value hold *number*."""
    shared.value = number


def add(shared: Any, number: int) -> None:
    """Add *number* to a value in place."""
    shared.value += number


def add_slowly(shared: Any, pause: Pause) -> None:
    """Add one to a value under its lock, and stop between the read and the write at *pause*, with what was read."""
    with shared.get_lock():
        seen = shared.value
        pause(seen)
        shared.value = seen + 1


def add_on_signal(shared: Any, handled: Pause) -> None:
    """From now on, add one to a value on SIGUSR1, and then stop at *handled*."""

    def handler(_number: int, _frame: object) -> None:
        shared.value += 1
        handled()

    signal.signal(signal.SIGUSR1, handler)


def write_in_turn(shared: Any, numbers: list[int], times: int) -> set[int]:
    """Write each of some *numbers* to a value, over and over, and return all numbers that were read in between."""
    read = set()
    for _ in range(times):
        for number in numbers:
            shared.value = number
            read.add(shared.value)
    return read


def look_inside(shared: Any) -> Any:
    """Return what a value holds, or the first number of an array."""
    return shared.value if hasattr(shared, "value") else shared[0]


def exchange(values: dict[str, Any], name: str, number: object) -> object:
    """Let one of some *values* hold *number*, and return what it held."""
    held = values[name].value
    values[name].value = number
    return held


def contents(array: Any) -> list[Any]:
    """Return what an array holds, read one by one."""
    return [array[index] for index in range(len(array))]


def slice_of(array: Any, *bounds: Optional[int]) -> Any:
    """Return a part of an array, all at once."""
    return array[slice(*bounds)]


def assign(array: Any, values: Any, *bounds: Optional[int]) -> None:
    """Assign *values* to a part of an array, all at once."""
    array[slice(*bounds)] = values


def address_of(raw: Any) -> int:
    """Return where an object that has no lock is in the memory of this process."""
    return ctypes.addressof(raw)


def in_a_child(make: MakesProcesses, task: Callable[..., object], *args: object) -> None:
    """Run *task* in a child of this process, and join the child."""
    child = make(target=task, args=args)
    child.start()
    child.join()


def addresses_of(raws: list[Any]) -> list[int]:
    """Return where each of some objects that have no lock is in the memory of this process."""
    return [address_of(raw) for raw in raws]


def stop_with_addresses(raws: list[Any], pause: Pause) -> None:
    """Stop at *pause* with the addresses of some objects that have no lock."""
    pause(*addresses_of(raws))


made: list[Any] = []
"""Values that a child has made, which it keeps."""


def make_and_tell(make: Callable[..., Any], *args: object) -> int:
    """Make an object that has no lock, keep it, and return its address."""
    made.append(make(*args))
    return address_of(made[-1])


class Point(ctypes.Structure):
    """A point: a structure of two numbers."""

    _fields_ = (("x", ctypes.c_double), ("y", ctypes.c_double))


class Visit(ctypes.Structure):
    """A visit: a structure with a field of each kind, another structure among them."""

    _fields_ = (("number", ctypes.c_int), ("at", Point), ("ticket", ctypes.c_char * 8), ("stops", ctypes.c_short * 3))


def move(point: Any, distance: float) -> None:
    """Add *distance* to both numbers of a point."""
    point.x += distance
    point.y += distance


def move_all(points: Any, distance: float) -> list[tuple[float, float]]:
    """Return the numbers of each of some points, and add *distance* to them."""
    before = [(point.x, point.y) for point in points]
    for point in points:
        move(point, distance)
    return before


def field(structure: Any, name: str) -> Any:
    """Return a field of a structure; two names with a dot between them are a field of a field."""
    outer, _, inner = name.partition(".")
    found = getattr(structure, outer)
    return getattr(found, inner) if inner else found


def stop_and_tell(shared: Any, pause: Pause) -> None:
    """Stop at *pause*, and then again with what a value holds."""
    pause()
    pause(shared.value)


class Counter:
    """An object that has a value, and the lock of that value."""

    def __init__(self, number: Any) -> None:
        self.number, self.lock = number, number.get_lock()

    def count(self) -> int:
        """Add one to the value, and return it."""
        with self.lock:
            self.number.value += 1
            return int(self.number.value)


def count_all(in_a_list: list[Any], *, in_a_dict: dict[str, Any], inside: Counter) -> None:
    """Add one to a value in each of the arguments."""
    for shared in (*in_a_list, *in_a_dict.values()):
        add(shared, 1)
    inside.count()


def write_some_and_stop(array: Any, pause: Pause) -> None:
    """Write to the first half of an array under its lock, and stop at *pause*."""
    with array.get_lock():
        for index in range(len(array) // 2):
            array[index] = 1
        pause()


def keep_values(mp: Any) -> list[object]:
    """Return values and arrays, one of them locked; others were made, used and dropped."""
    for _ in range(20):
        mp.Value("i", 1).value += 1
    locked = mp.Value("i", 1)
    locked.get_lock().acquire()
    return [locked, mp.Array("i", 3), mp.RawArray("d", 2**20), mp.RawValue("d", 1)]


def keep_values_and_stop(mp: Any, pause: Pause) -> None:
    """A program: make values and arrays, and stop at *pause*."""
    kept = keep_values(mp)
    pause()
    del kept


class Slow:
    """A sequence of numbers, which stops at *pause* before it gives the number at an index."""

    def __init__(self, numbers: list[int], index: int, pause: Pause) -> None:
        self._numbers, self._index, self._pause = numbers, index, pause

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> int:
        if index == self._index:
            self._pause()
        return self._numbers[index]


def assign_slowly(array: Any, numbers: list[int], index: int, pause: Pause) -> None:
    """Assign *numbers* to a whole array, and stop at *pause* before the one at *index*."""
    array[:] = Slow(numbers, index, pause)


def in_a_cycle(value: object) -> list[object]:
    """Return a list that refers to *value* and to itself, so that only the garbage collector can drop both."""
    cycle = [value]
    cycle.append(cycle)
    return cycle
