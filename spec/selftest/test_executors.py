"""How the executors of an API are found, and what an API is said to provide."""

from __future__ import annotations

import multiprocessing
import multiprocessing.pool
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from impl.api import NoSuchAPI, executor_maker, load, pool_class, reusable_maker
from spec.engine.fixtures import provides
from spec.harness.executor_maker import Executors

SPAWN: Any = multiprocessing.get_context("spawn")


class Recorded:
    """An executor that only keeps what it is made with.

    Args:
        max_workers: how many workers.
        context: the context.
    """

    def __init__(self, max_workers: int, context: object = None) -> None:
        self.made_with = max_workers, context
        self.waited = False

    def shutdown(self, wait: bool = True) -> None:
        """Keep that it was shut down, and whether that was to wait."""
        self.waited = wait


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A package with a class of executors, and a module with a context, which is its attribute."""
    package, backend = ModuleType("kitchens"), ModuleType("kitchens.backend")
    vars(package)["ProcessPoolExecutor"] = Recorded
    context = type("Context", (), {"__module__": backend.__name__})()
    vars(backend).update(context=context, get_context=lambda: context)
    monkeypatch.setitem(sys.modules, package.__name__, package)
    monkeypatch.setitem(sys.modules, backend.__name__, backend)
    return backend


def test_own_executors_come_first() -> None:
    own = SimpleNamespace(ProcessPoolExecutor=Recorded, __name__="nowhere")
    assert executor_maker(cast(Any, own)) is Recorded  # type: ignore[comparison-overlap]


def test_executors_of_the_package_get_the_context(library: Any) -> None:
    for api in (library.context, library):
        made = cast(Recorded, executor_maker(api)(3))
        assert made.made_with == (3, library.context)


@pytest.mark.parametrize("api", [SPAWN, multiprocessing])
def test_contexts_of_the_standard_library_have_its_executors(api: Any) -> None:
    maker = cast(partial[object], executor_maker(api))
    assert maker.func is ProcessPoolExecutor
    assert maker.keywords == {"mp_context": api.get_context()}


@pytest.mark.parametrize("name", ["multiprocessing.dummy", "spec.selftest.defects.locks:does-nothing"])
def test_others_have_none(name: str) -> None:
    with pytest.raises(NoSuchAPI, match="it has no ProcessPoolExecutor"):
        executor_maker(load(name))


def test_methods_and_parameters_of_executors_are_found() -> None:
    api: Any = SimpleNamespace(ProcessPoolExecutor=ThreadPoolExecutor)
    for name, has in {
        "ProcessPoolExecutor": True,
        "ProcessPoolExecutor.map": True,
        "ProcessPoolExecutor.nosuch": False,
        "ProcessPoolExecutor.map(chunksize)": True,
        "ProcessPoolExecutor.map(nosuch)": False,
        "ProcessPoolExecutor(thread_name_prefix)": True,
        "ProcessPoolExecutor(mp_context)": False,
        "Lock": False,
    }.items():
        assert provides(api, name) == has, name
    assert provides(SPAWN, "ProcessPoolExecutor.shutdown(cancel_futures)")
    assert provides(SPAWN, "Lock.acquire(timeout)")
    assert not provides(load("multiprocessing.dummy"), "ProcessPoolExecutor.map")


def test_executors_are_shut_down_at_the_end() -> None:
    with Executors(cast(Any, Recorded)) as make:
        made = cast(Recorded, make(2))
        assert not made.waited
    assert made.waited


def test_reusable_executors_are_found_as_executors_are(library: Any) -> None:
    assert not provides(library.context, "get_reusable_executor")
    package = sys.modules["kitchens"]
    vars(package)["get_reusable_executor"] = lambda max_workers, context: (max_workers, context)
    assert provides(library.context, "get_reusable_executor(max_workers)")
    assert reusable_maker(library.context)(3) == (3, library.context)


def test_the_class_of_pools_is_found_without_making_one() -> None:
    of_a_module: Any = multiprocessing
    assert pool_class(SPAWN) is pool_class(of_a_module) is multiprocessing.pool.Pool
    own = type("Pool", (), {"grow": None, "__init__": lambda _self, limit: None})
    api: Any = SimpleNamespace(Pool=own)
    assert pool_class(api) is own
    names = "Pool.grow", "Pool.shrink", "Pool.__init__(limit)", "Pool.__init__(timeout)"
    assert [provides(api, name) for name in names] == [True, False, True, False]
