"""``MODULE:managed`` is an API whose objects a manager makes."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from multiprocessing.managers import BaseProxy
from types import ModuleType

import pytest

from impl.api import NoSuchAPI, load
from impl.managed import Managed
from spec.engine.deviations import Deviations, collect
from spec.engine.targets import expand
from spec.harness.process_table import descendants
from spec.paths import ROOT
from spec.selftest.runs import verify

ABOUT_MANAGED = "lock.killed-waiter-is-passed-over"
"""A claim that does not hold on managed objects, and does hold on the API's own."""


@pytest.fixture
def known() -> Deviations:
    """What is known of the standard library."""
    return collect([])


def test_manager_makes_locks_and_the_api_its_processes() -> None:
    api = load("multiprocessing:fork:managed")
    assert isinstance(api, Managed)
    assert api.Process is load("multiprocessing:fork").Process
    before = set(descendants(os.getpid()))
    try:
        assert isinstance(api.Lock(), BaseProxy)
        assert isinstance(api.Queue(), BaseProxy)
        assert len({*descendants(os.getpid())} - before) == 1
    finally:
        api.shut_down()
    assert set(descendants(os.getpid())) <= before


def test_is_pickled_by_name() -> None:
    """A child that unpickles it has a manager of its own, once it makes an object."""
    again = pickle.loads(pickle.dumps(load("multiprocessing:fork:managed")))
    assert isinstance(again, Managed)
    assert again.get_start_method() == "fork"


def test_api_without_managers_has_no_managed_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    api = ModuleType("without_managers")
    monkeypatch.setattr(api, "Process", object, raising=False)
    monkeypatch.setitem(sys.modules, api.__name__, api)
    with pytest.raises(NoSuchAPI, match="'without_managers:managed' has no Manager"):
        load("without_managers:managed")


def test_what_is_known_of_managed_objects_is_not_known_of_the_others(known: Deviations) -> None:
    own, *_, managed = expand(["multiprocessing"])
    [in_context] = expand(["multiprocessing:fork:managed"])
    assert known.find(ABOUT_MANAGED, own) is None
    assert known.find(ABOUT_MANAGED, managed) is not None
    assert known.find(ABOUT_MANAGED, in_context) is not None


def test_what_is_known_of_processes_counts_there_too(known: Deviations) -> None:
    """The claim may hold, because a manager may make what it is about."""
    [managed] = expand(["multiprocessing:fork:managed"])
    found = known.find("queue.items-behind-a-dropped-one-arrive", managed)
    assert found is not None
    assert found.intermittent


def test_only_claims_about_such_objects_run_on_them() -> None:
    run = verify("spec/", "--mp=multiprocessing:managed", "--claim=lock.waiter-", "--claim=zombie.lingers")
    assert run.verdicts == {("lock.waiter-proceeds-after-release", "multiprocessing:managed"): "holds"}


def test_column_without_any_claim_is_not_shown() -> None:
    run = verify("spec/", "--mp=multiprocessing:fork", "--mp=multiprocessing:managed", "--claim=zombie.lingers")
    assert "multiprocessing:fork" in run.output
    assert "multiprocessing:managed\n" not in run.output.partition("claims ==")[2]


def test_nothing_is_verified_if_no_claim_is_about_such_objects() -> None:
    run = verify("spec/", "--mp=multiprocessing:managed", "--claim=zombie.lingers")
    assert run.status == pytest.ExitCode.NO_TESTS_COLLECTED


def test_lesson_can_be_watched_on_managed_objects() -> None:
    command = [sys.executable, "-m", "impl", "lock", "--mp", "multiprocessing:managed", "--pause", "0"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.count("bought") >= 3
