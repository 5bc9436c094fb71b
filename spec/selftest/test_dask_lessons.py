"""The lessons on a cluster of Dask can be verified, and what is declared of them is so."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path

import pytest

from spec.engine import deviations
from spec.engine.lessons import Package, misfit, reference
from spec.paths import ROOT
from spec.selftest.runs import verify

DASK_PACKAGE = "dask_lessons"
OBJECTS = f"{DASK_PACKAGE}.objects"
DASK_FOLDER = ROOT / DASK_PACKAGE

on_a_cluster = pytest.mark.skipif(
    find_spec("distributed") is None, reason="distributed is not installed: pip install '.[dask]'"
)


@pytest.mark.parametrize("file", sorted(DASK_FOLDER.glob("*.toml")), ids=lambda file: str(file.name))
def test_what_is_declared_can_be_read(file: Path) -> None:
    """Each file declares claims that exist, and gives the cause in more than a word."""
    declared = deviations.read(file).deviations
    assert declared
    assert all(deviation.is_explained for deviation in declared)


@on_a_cluster
def test_functions_are_those_of_the_contract() -> None:
    """Each public function of a lesson takes what the contract says."""
    package = Package(DASK_PACKAGE)
    for lesson in package.provided:
        module = importlib.import_module(f"{DASK_PACKAGE}.{lesson}")
        shared = [name for name in vars(module) if callable(getattr(reference(lesson), name, None))]
        assert shared
        assert [name for name in shared if misfit(getattr(module, name), getattr(reference(lesson), name))] == []


@on_a_cluster
def test_lessons_are_verified_on_a_cluster() -> None:
    """A task runs on a worker; a lock of the scheduler excludes; a semaphore of the scheduler cannot grow."""
    held, known = "lock.buyer-that-fails-releases", "semaphore.more-places-admit-more-cars"
    claims = [f"--claim={claim}" for claim in ("isolation.child-is-returned-joined", held, known)]
    verified = verify(
        *claims, f"--impl={DASK_PACKAGE}", f"--mp={OBJECTS}", f"--deviations={DASK_FOLDER / 'deviations.toml'}"
    )
    assert verified.status == 0, verified.output
    assert verified.on(OBJECTS) == {
        "isolation.child-is-returned-joined": "holds",
        held: "holds",
        known: "known deviation",
    }
    assert not verified.leftovers


@on_a_cluster
def test_event_of_another_library_cannot_be_sent() -> None:
    """An event of multiprocessing is refused by the lesson that was given it, and no process is left behind."""
    claim, target = "event.gun-that-is-not-cleared-holds-nobody", "multiprocessing:forkserver"
    verified = verify(f"--claim={claim}", f"--impl={DASK_PACKAGE}", f"--mp={target}", "--deviations=none")
    assert verified.claims("violated") == {claim}
    assert "line_up() of dask_lessons.event: expected no exception, seen TypeError" in verified.output
    assert not verified.leftovers
