"""A probe finds out the traits of a start method without knowing its name."""

from __future__ import annotations

import multiprocessing
import multiprocessing.dummy
from typing import Any

import pytest

from spec.engine.probe import Findings, probe
from spec.engine.targets import TRAITS, Traits, expand
from spec.selftest.defects import parents


@pytest.mark.parametrize("method", TRAITS)
def test_known_start_methods_are_as_they_are_known(method: str) -> None:
    api: Any = multiprocessing.get_context(method)
    found = probe(api)
    assert Traits(found.starter_is_parent, found.inherits_memory, found.runs_main_again) == TRAITS[method]
    assert found.own_process


def test_threads_are_found_out() -> None:
    api: Any = multiprocessing.dummy
    found = probe(api)
    assert found == Findings(own_process=False, starter_is_parent=False, inherits_memory=True, runs_main_again=False)


def test_target_without_a_known_start_method_is_probed() -> None:
    [target] = expand(["multiprocessing.dummy"])
    assert target.known_by == "probed: children run inside the starter"


def test_module_stands_for_each_of_its_start_methods() -> None:
    """It also stands for the objects that its managers make."""
    targets = expand(["multiprocessing"])
    assert [target.name for target in targets] == [
        f"multiprocessing:{method}" for method in [*multiprocessing.get_all_start_methods(), "managed"]
    ]
    assert [target.traits.managed for target in targets] == [False, False, False, True]


def test_module_may_have_start_methods_and_nothing_else() -> None:
    """The contexts of the family make processes, not the module itself."""
    family = "spec.selftest.defects.parents"
    assert [target.name for target in expand([family])] == [
        f"{family}:{name}" for name in parents.get_all_start_methods()
    ]
