"""Managed dicts and lists, compared with plain ones, and lists inside a dict."""

from __future__ import annotations

import gc
from functools import partial
from typing import Any

from spec.claims.sharing import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.witness import caller
from spec.models import containers

pytestmark = needs("Process", "Lock", "Manager")


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_behaves_as_one_dict(manager: Any, worker: MakeWorker) -> None:
    """Whatever calls processes make in turn, a managed dict answers each as one plain dict would."""
    containers.DICT.verify(manager.dict(), worker)


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_behaves_as_one_list(manager: Any, worker: MakeWorker) -> None:
    """Whatever calls processes make in turn, a managed list answers each as one plain list would."""
    containers.LIST.verify(manager.list(), worker)


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_keeps_any_value(manager: Any, worker: MakeWorker) -> None:
    """Whatever can be pickled is kept in a managed dict as it was written, under whatever key."""
    shared, plain = manager.dict(), {1: "1", "1": 1, (1, 2): (3, (4,)), None: None, "large": b"x" * 2**18}
    child = worker(shared=shared)
    for key, value in plain.items():
        child.call("shared.__setitem__", key, value)
    caller.shows("the dict", repr(shared.copy()), expected=repr(plain))
    caller.shows("its text", str(shared), expected=str(plain))


@source("https://github.com/python/cpython/issues/78791", observed=True)
def test_can_be_gone_through(manager: Any, worker: MakeWorker) -> None:
    """The keys, the values and the items of a managed dict can be gone through, and so can the dict itself."""
    shared = manager.dict(a=1)
    child = worker(shared=shared)
    child.call("shared.update", {"b": 2}, c=3)
    seen = [sorted(part) for part in (shared, shared.keys(), shared.values(), shared.items())]
    letters, numbers = ["a", "b", "c"], [1, 2, 3]
    expected = [letters, letters, numbers, [*zip(letters, numbers)]]
    caller.shows("the dict, its keys, values and items", seen, expected=expected)


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_change_of_a_nested_list_is_lost(manager: Any, worker: MakeWorker) -> None:
    """A plain list fetched from a managed dict is a copy: what a child appends to it, nobody else sees."""
    shared = manager.dict(list=[1])
    child = worker(append=partial(payloads.append, shared))
    caller.shows("the list that the child changed", child.call("append", 2), expected=[1, 2, 2])
    caller.shows("the list in the dict", shared["list"], expected=[1])


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_nested_list_assigned_back_is_kept(manager: Any, worker: MakeWorker) -> None:
    """A plain list that a child has changed and assigned back to a managed dict is changed for all."""
    shared = manager.dict(list=[1])
    child, other = worker(append=partial(payloads.append_and_assign, shared)), worker(shared=shared)
    child.call("append", 2)
    seen = shared["list"], other.call("shared.get", "list")
    caller.shows("the list in the dict, to the starter and another child", seen, expected=([1, 2], [1, 2]))


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_nested_managed_list_is_shared(manager: Any, worker: MakeWorker) -> None:
    """A managed list in a managed dict is no copy: what a child appends to it is there for all, and stays."""
    shared = manager.dict()
    child = worker(append=partial(payloads.append, shared), repeat=partial(payloads.repeat, shared))
    nested = manager.list([1])  # now that there is a child, which so has not inherited the proxy
    shared["list"], other = nested, manager.dict(given=nested)
    caller.shows("the list that the child changed", child.call("append", 2), expected=[1, 2, 2])
    caller.shows("the list that a dict was made with", list(other["given"]), expected=[1, 2, 2])
    caller.shows("the list itself", list(nested), expected=[1, 2, 2])
    child.call("repeat")
    caller.shows("the list, repeated in place", list(nested), expected=[1, 2, 2] * 2)
    del nested, other
    gc.collect()
    expected = [*[1, 2, 2] * 2, 3, 3]
    caller.shows("the list, once only the dict refers to it", child.call("append", 3), expected=expected)
