"""Structures that are shared, copies of shared objects, and locks that are put around them."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import pytest

from spec.claims.values import payloads
from spec.claims.values.payloads import Point, Visit
from spec.engine.fixtures import MakeWorker
from spec.engine.lessons import NotProvided
from spec.engine.marks import needs, source
from spec.harness.witness import caller, kernel, recorder

pytestmark = needs("Process", "Value", "Array", "RawValue", "RawArray", "Lock")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.sharedctypes."


@pytest.fixture
def sharedctypes(mp: Any) -> Any:
    """The module that has the class of the API's values, and `copy` and `synchronized` besides."""
    modules = [sys.modules[kind.__module__] for kind in type(mp.Value("i")).__mro__]
    found = [module for module in modules if hasattr(module, "copy") and hasattr(module, "synchronized")]
    if not found:
        raise NotProvided("its values come from a module without copy and synchronized")
    return found[0]


@source("https://docs.python.org/3/library/multiprocessing.html#module-multiprocessing.sharedctypes")
@source("https://github.com/uqfoundation/multiprocess/issues/114", observed=True)
def test_structure_is_shared_with_its_fields(mp: Any, worker: MakeWorker) -> None:
    """A structure, with or without a lock, and each one of an array, is changed field by field for all processes."""
    points, route = [mp.Value(Point, 1.5, 2), mp.RawValue(Point)], mp.Array(Point, [(1.875, -6.25), (2.375, 9.5)])
    child = worker(points=partial(payloads.move_all, points), route=partial(payloads.move_all, route))
    recorder.shows("what structures begin with", child.call("points", 1), expected=[(1.5, 2), (0, 0)])
    recorder.shows("what an array begins with", child.call("route", -0.5), expected=[(1.875, -6.25), (2.375, 9.5)])
    seen = [[(point.x, point.y) for point in some] for some in (points, route)]
    expected = [[(2.5, 3), (1, 1)], [(1.375, -6.75), (1.875, 9)]]
    caller.shows("both after a child has changed them", seen, expected=expected)


@source("https://docs.python.org/3/library/multiprocessing.html#module-multiprocessing.sharedctypes", observed=True)
def test_structure_has_fields_of_any_type(mp: Any, worker: MakeWorker) -> None:
    """A field can be a number, a text, an array or a structure; another process reads and writes it all the same."""
    visit = mp.Value(Visit, 1, (0.5, 1.5), b"adult")
    child = worker(visit=visit, field=partial(payloads.field, visit))
    child.call("visit.__setattr__", "number", 2)
    child.call("visit.__setattr__", "ticket", b"child")
    for name, expected in (("number", 2), ("ticket", b"child"), ("at.x", 0.5), ("at.y", 1.5)):
        recorder.shows(f"{name}, in a child", child.call("field", name), expected=expected)
    visit.stops[1] = 7
    caller.shows("the fields here", (visit.number, visit.ticket, visit.stops[:]), expected=(2, b"child", [0, 7, 0]))


@source(DOCUMENTATION + "copy")
def test_copy_is_shared_and_apart(mp: Any, sharedctypes: Any, worker: MakeWorker) -> None:
    """`copy` makes a shared object of its own with the same contents, of a shared object or of another one."""
    shared, plain = mp.RawArray("i", [1, 2]), Point(3, 4)
    copies = {"numbers": sharedctypes.copy(shared), "point": sharedctypes.copy(plain)}
    child = worker(numbers=copies["numbers"], point=partial(payloads.move, copies["point"]))
    shared[0], plain.x = 100, 100
    child.call("numbers.__setitem__", 1, 5)
    child.call("point", 1)
    seen = copies["numbers"][:], (copies["point"].x, copies["point"].y)
    caller.shows("the copies, which a child has changed", seen, expected=([1, 5], (4, 5)))
    caller.shows("what was copied", (shared[:], plain.x, plain.y), expected=([100, 2], 100, 4))


@source(DOCUMENTATION + "synchronized")
def test_lock_can_be_put_around_a_raw_object(mp: Any, sharedctypes: Any, worker: MakeWorker) -> None:
    """`synchronized` puts a lock, a new or a given one, around a raw object, which stays the same memory."""
    lock = mp.Lock()
    raws = {"number": mp.RawValue("i", 1), "numbers": mp.RawArray("i", [1, 2]), "point": mp.RawValue(Point)}
    given = {"number": [], "numbers": [lock], "point": [lock]}
    shared = {name: sharedctypes.synchronized(raw, *given[name], ctx=mp) for name, raw in raws.items()}
    child = worker(**shared)
    for name, method, arguments in (
        ("number", "__setattr__", ("value", 5)),
        ("numbers", "__setitem__", (0, 6)),
        ("point", "__setattr__", ("x", 7)),
    ):
        caller.shows(f"whether the {name} inside is the raw one", shared[name].get_obj() is raws[name], expected=True)
        with shared[name]:
            child.begin(f"{name}.{method}", *arguments)
            kernel.shows(f"whether a child that writes to the {name} is blocked", child.blocks(), expected=True)
        child.result()
    seen = raws["number"].value, raws["numbers"][0], raws["point"].x
    caller.shows("the raw objects, which the child has written to", seen, expected=(5, 6, 7))
    caller.shows("whether the lock that was given is used", shared["point"].get_lock() is lock, expected=True)
