"""How the shared memory of an API is found, and that none of what a claim makes is left."""

from __future__ import annotations

import multiprocessing
import os
import sys
from functools import partial
from multiprocessing import managers, shared_memory
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from impl.api import SHARED_MEMORY, NoSuchAPI, load, shared_memory_class
from spec.engine.fixtures import provides
from spec.harness.dev_shm import path_of
from spec.harness.memory_maker import SharedMemories, exists, inode_of
from spec.harness.witness import Violation

SPAWN: Any = multiprocessing.get_context("spawn")


class MadeFor:
    """A manager that only keeps what it is made with.

    Args:
        ctx: the context.
    """

    def __init__(self, ctx: object = None) -> None:
        self.context = ctx


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A package with classes for shared memory, and a module inside it with a context."""
    package, backend = ModuleType("walls"), ModuleType("walls.backend")
    context = type("Context", (), {"__module__": backend.__name__})()
    vars(backend).update(context=context, get_context=lambda: context)
    inside = {
        "walls.shared_memory": ModuleType("walls.shared_memory"),
        "walls.managers": ModuleType("walls.managers"),
    }
    vars(inside["walls.shared_memory"])["SharedMemory"] = shared_memory.SharedMemory
    vars(inside["walls.managers"])["SharedMemoryManager"] = MadeFor
    for module in (package, backend, *inside.values()):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return backend


def test_own_classes_come_first() -> None:
    own: Any = SimpleNamespace(SharedMemoryManager=MadeFor)
    assert shared_memory_class(own, "SharedMemoryManager") is MadeFor


def test_classes_of_the_package_are_found_and_managers_get_the_context(library: Any) -> None:
    for api in (library.context, library):
        assert shared_memory_class(api, "SharedMemory") is shared_memory.SharedMemory
        assert shared_memory_class(api, "SharedMemoryManager")().context is library.context
        with pytest.raises(NoSuchAPI, match="it has no ShareableList"):
            shared_memory_class(api, "ShareableList")


@pytest.mark.parametrize("api", [SPAWN, multiprocessing])
def test_contexts_of_the_standard_library_have_its_classes(api: Any) -> None:
    assert shared_memory_class(api, "SharedMemory") is shared_memory.SharedMemory
    assert shared_memory_class(api, "ShareableList") is shared_memory.ShareableList
    maker = cast("partial[object]", shared_memory_class(api, "SharedMemoryManager"))
    assert (maker.func, maker.keywords) == (managers.SharedMemoryManager, {"ctx": api.get_context()})


@pytest.mark.parametrize("name", ["multiprocessing.dummy", "spec.selftest.defects.locks:does-nothing"])
def test_others_have_none(name: str) -> None:
    """`multiprocessing.dummy` is in a package with shared memory, which its threads do not need."""
    for kind in SHARED_MEMORY:
        assert not provides(load(name), kind)


def test_parameters_are_found() -> None:
    assert provides(SPAWN, "SharedMemory(create)")
    assert provides(SPAWN, "SharedMemory.unlink")
    assert not provides(SPAWN, "SharedMemory(nosuch)")
    assert provides(SPAWN, "SharedMemory(track)") == (sys.version_info >= (3, 13))


def test_nothing_is_left_whatever_the_claim_has_done() -> None:
    with SharedMemories(partial(shared_memory_class, SPAWN)) as memory:
        closed, unlinked, viewed = memory.create(), memory.create(name=memory.new_name()), memory.create()
        values, view = memory.new_list([1, 2]), viewed.buf[1:3]
        names = [closed.name, unlinked.name, viewed.name, values.shm.name]
        assert [exists(name) for name in names] == [True] * 4
        assert len({inode_of(name) for name in names}) == 4
        closed.close()
        unlinked.unlink()
    assert [exists(name) for name in names] == [False] * 4
    with pytest.raises(Violation, match="expected True, seen False"):
        inode_of(names[0])
    view.release()


def test_a_name_that_another_process_has_made_is_removed() -> None:
    with SharedMemories(partial(shared_memory_class, SPAWN)) as memory:
        name = memory.keep(f"spec-made-elsewhere-{os.getpid()}")
        path_of(name).touch()
        memory.new_name("{}/inside")  # which cannot exist
    assert not exists(name)
