"""Managed dicts and lists, compared with plain ones, and lists inside a dict."""

from __future__ import annotations

import gc
from collections.abc import MutableMapping, MutableSequence
from functools import partial
from typing import Any

from spec.claims.sharing import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.witness import caller, refuses
from spec.models import container_models

pytestmark = needs("Process", "Lock", "Manager")


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_behaves_as_one_dict(manager: Any, worker: MakeWorker) -> None:
    """A managed dict answers any sequence of calls by several processes as one plain dict would."""
    container_models.DICT.verify(manager.dict(), worker)


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_behaves_as_one_list(manager: Any, worker: MakeWorker) -> None:
    """A managed list answers any sequence of calls by several processes as one plain list would."""
    container_models.LIST.verify(manager.list(), worker)


@source("https://github.com/python/cpython/issues/103134")
def test_list_can_be_copied_and_cleared(manager: Any, worker: MakeWorker) -> None:
    """A managed list can be copied, which gives a plain list, and cleared, by any process."""
    shared = manager.list([1, 2])
    child = worker(shared=shared)
    caller.shows("a copy that the child makes", child.call("shared.copy"), expected=[1, 2])
    child.call("shared.clear")
    caller.shows("the list that the child has cleared", shared[:], expected=[])


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_keeps_any_value(manager: Any, worker: MakeWorker) -> None:
    """A managed dict keeps every picklable value as it was written, under any picklable key."""
    shared, plain = manager.dict(), {1: "1", "1": 1, (1, 2): (3, (4,)), None: None, "large": b"x" * 2**18}
    child = worker(shared=shared)
    for key, value in plain.items():
        child.call("shared.__setitem__", key, value)
    caller.shows("the repr of a copy of the dict", repr(shared.copy()), expected=repr(plain))
    caller.shows("the str of the proxy", str(shared), expected=str(plain))


@source("https://github.com/python/cpython/issues/78791", observed=True)
def test_can_be_gone_through(manager: Any, worker: MakeWorker) -> None:
    """The keys, the values and the items of a managed dict can be iterated over, and so can the dict itself."""
    shared = manager.dict(a=1)
    child = worker(shared=shared)
    child.call("shared.update", {"b": 2}, c=3)
    seen = [sorted(part) for part in (shared, shared.keys(), shared.values(), shared.items())]
    letters, numbers = ["a", "b", "c"], [1, 2, 3]
    expected = [letters, letters, numbers, [*zip(letters, numbers)]]
    caller.shows("the dict, its keys, its values and its items, as iterated over", seen, expected=expected)


@source("https://docs.python.org/3/library/stdtypes.html#typesseq-list", observed=True)
def test_iteration_over_a_list_sees_changes(manager: Any, worker: MakeWorker) -> None:
    """An iteration over a managed list sees what a child changes meanwhile; once it has ended, nothing follows."""
    shared = manager.list([1, 2])
    child, iteration = worker(shared=shared), iter(shared)
    child.call("shared.append", 3)
    child.call("shared.__setitem__", 0, 0)
    caller.shows("the items", list(iteration), expected=[0, 2, 3])
    caller.shows("the items from last to first", list(reversed(shared)), expected=[3, 2, 0])
    child.call("shared.append", 4)
    caller.shows("the items after the end", list(iteration), expected=[])


@source("https://docs.python.org/3/library/stdtypes.html#dict-views", observed=True)
def test_iteration_over_a_dict_notices_a_change_of_size(manager: Any, worker: MakeWorker) -> None:
    """An iteration over a managed dict raises `RuntimeError` once a child has changed the size of the dict."""
    shared = manager.dict(a=1, b=2)
    child, iteration = worker(shared=shared), iter(shared)
    caller.shows("the first key", next(iteration), expected="a")
    child.call("shared.clear")
    with refuses(RuntimeError):
        next(iteration)


@source("https://github.com/python/cpython/issues/103134")
def test_dict_can_be_merged(manager: Any, worker: MakeWorker) -> None:
    """`|` merges a managed dict and a plain one to a plain one; `|=` changes the managed one for all processes."""
    shared = manager.dict(a=1, b=2)
    child = worker(shared=shared)
    merged = shared | {"b": 3}, {"b": 3, "c": 4} | shared
    caller.shows("managed | plain, plain | managed", merged, expected=({"a": 1, "b": 3}, {"b": 2, "c": 4, "a": 1}))
    same = shared
    shared |= {"c": 5}
    caller.shows("whether |= gives the same proxy", shared is same, expected=True)
    caller.shows("the dict in a child", child.call("shared.copy"), expected={"a": 1, "b": 2, "c": 5})


@source("https://github.com/python/cpython/issues/103134", observed=True)
def test_dict_can_be_reversed(manager: Any) -> None:
    """`reversed` of a managed dict has its keys from last to first, and `fromkeys` makes a plain dict."""
    shared = manager.dict(a=1, b=2)
    caller.shows("the keys from last to first", list(reversed(shared)), expected=["b", "a"])
    caller.shows("what fromkeys makes", shared.fromkeys("xy", 0), expected={"x": 0, "y": 0})


@source("https://github.com/python/cpython/issues/103134", observed=True)
def test_is_a_mutable_collection(manager: Any) -> None:
    """A managed list is a `MutableSequence` of `collections.abc`, and a managed dict is a `MutableMapping`."""
    seen = isinstance(manager.list(), MutableSequence), isinstance(manager.dict(), MutableMapping)
    caller.shows("whether the list, and the dict, is one", seen, expected=(True, True))


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_change_of_a_nested_list_is_lost(manager: Any, worker: MakeWorker) -> None:
    """A plain list from a managed dict is a copy: no other process sees what a child appends to it."""
    shared = manager.dict(list=[1])
    child = worker(append=partial(payloads.append, shared))
    caller.shows("the list that the child has changed", child.call("append", 2), expected=[1, 2, 2])
    caller.shows("the list in the dict", shared["list"], expected=[1])


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_nested_list_assigned_back_is_kept(manager: Any, worker: MakeWorker) -> None:
    """A plain list that a child changes and assigns back to a managed dict is changed for all processes."""
    shared = manager.dict(list=[1])
    child, other = worker(append=partial(payloads.append_and_assign, shared)), worker(shared=shared)
    child.call("append", 2)
    seen = shared["list"], other.call("shared.get", "list")
    caller.shows("the list in the dict that the starter and another child see", seen, expected=([1, 2], [1, 2]))


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_nested_managed_list_is_shared(manager: Any, worker: MakeWorker) -> None:
    """A managed list in a managed dict is not a copy: all see what a child appends, and the dict keeps it alive."""
    shared = manager.dict()
    child = worker(append=partial(payloads.append, shared), repeat=partial(payloads.repeat, shared))
    nested = manager.list([1])  # created after the child, which therefore has not inherited the proxy
    shared["list"], other = nested, manager.dict(given=nested)
    caller.shows("the list that the child has changed", child.call("append", 2), expected=[1, 2, 2])
    caller.shows("the list in a dict that was created with it", list(other["given"]), expected=[1, 2, 2])
    caller.shows("the list itself", list(nested), expected=[1, 2, 2])
    child.call("repeat")
    caller.shows("the list after a child repeated it in place", list(nested), expected=[1, 2, 2] * 2)
    del nested, other
    gc.collect()
    expected = [*[1, 2, 2] * 2, 3, 3]
    caller.shows("the list when only the dict refers to it", child.call("append", 3), expected=expected)


@source("https://github.com/python/cpython/issues/99595")
@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects", observed=True)
def test_child_can_iterate_over_it(manager: Any, worker: MakeWorker) -> None:
    """A child can iterate over a managed dict that it was given, as the process that created the dict can."""
    child = worker(keys_of=partial(payloads.iterate, manager.dict(a=1, b=2)))
    caller.shows("the keys that the child finds", child.call("keys_of"), expected=["a", "b"])


@needs("Manager.set")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.set")
def test_behaves_as_one_set(manager: Any, worker: MakeWorker) -> None:
    """A managed set answers any sequence of calls by several processes as one plain set would."""
    container_models.SET.verify(manager.set(), worker)


@needs("Manager.set")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.set")
def test_set_operators_in_place_change_it(manager: Any, worker: MakeWorker) -> None:
    """`|=`, `&=`, `-=` and `^=` change a managed set for all processes, and plain sets may stand before operators."""
    shared = same = manager.set({1, 2})
    child = worker(shared=shared)
    caller.shows("the set in a child", child.call("shared.copy"), expected={1, 2})
    before = {2, 3} | shared, {2, 3} & shared, {2, 3} - shared, {2, 3} ^ shared
    caller.shows("plain | managed, &, -, ^", before, expected=({1, 2, 3}, {2}, {3}, {1, 3}))
    shared |= {3, 4}
    shared &= {1, 3, 4}
    shared -= {1}
    shared ^= {4, 5}
    caller.shows("whether that gives the same proxy", shared is same, expected=True)
    caller.shows("the set in a child after that", child.call("shared.copy"), expected={3, 5})


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_any_managed_object_can_be_nested(manager: Any, worker: MakeWorker) -> None:
    """A managed list can hold managed lists, dicts, queues and itself; all see what a child changes there."""
    inner, numbers, queue = manager.list([1]), manager.dict(one=1), manager.Queue()
    outer = manager.list([inner, numbers])
    outer.append(queue)
    outer.append(outer)
    child = worker(change=partial(payloads.change_nested, outer))
    caller.shows("what the child finds", child.call("change"), expected=([1], {"one": 1}, 4))
    caller.shows(
        "the list and the dict after that", (inner[:], numbers.copy()), expected=([1, 2], {"one": 1, "two": 2})
    )
    caller.shows("the item that the child has put to the queue", queue.get(), expected="dumpling")
    caller.shows("the list through the list that has it", outer[3][0][:], expected=[1, 2])
