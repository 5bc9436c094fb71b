"""What a claim can ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Callable

import pytest

from impl.contract import Multiprocessing
from spec.engine.claims import Claim, target_of
from spec.engine.lessons import Lesson, NotProvided, Package
from spec.engine.stage_folder import STAGE_FOLDER, StageFolder
from spec.engine.targets import Target
from spec.harness.checkpoint import Checkpoint
from spec.harness.program import Program
from spec.harness.recorder import Recorder
from spec.harness.starter import Starter
from spec.harness.witness import kernel, other_than
from spec.harness.worker import Worker

PACKAGE = pytest.StashKey[Package]()
"""The package of lessons under test."""

LESSON = pytest.StashKey[Lesson]()
"""The lesson that a claim has asked for."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask, on the stage, whether the API provides what the claim needs.

    Raises:
        NotProvided: it does not.
    """
    claim = Claim.of(item)
    if claim is None:
        return
    target = target_of(item)
    missing = [name for name in claim.needs if not hasattr(target.mp, name)]
    if missing:
        raise NotProvided(f"{target.name} has no {', '.join(missing)}")


@pytest.fixture
def target() -> Target:
    """The API under test; each claim runs once on each."""
    raise LookupError("a test that uses a target is given one by the plugin")


@pytest.fixture
def mp(target: Target) -> Multiprocessing:
    """The multiprocessing API itself."""
    return target.mp


@pytest.fixture
def lesson(request: pytest.FixtureRequest, target: Target) -> Lesson:  # noqa: ARG001  each claim has a target
    """The lesson under test: of the package under test, the module that the claim is about."""
    claim = Claim.of(request.node)
    assert claim is not None
    found = request.config.stash[PACKAGE].lesson(claim.lesson)
    request.node.stash[LESSON] = found
    return found


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> int:
    """How many times as many buyers, workers, children and messages there are as the claim says."""
    return int(request.config.getoption("scale"))


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    """An empty folder, removed with all that is in it when the claim has ended."""
    stage_folder: StageFolder = request.node.stash[STAGE_FOLDER]
    return stage_folder.make_files()


class Programs:
    """Runs programs on the target; each has a folder of its own."""

    def __init__(self, folder: Path, target: Target) -> None:
        self._folders = (folder / f"program-{number}" for number in count())
        self._target = target

    def main(self, function: Callable[..., object], *args: object, options: Sequence[str] = ()) -> Program:
        """Run a program that calls ``function(mp, *args)``, in an interpreter with these *options*."""
        return Program.calling(next(self._folders), self._target.name, function, *args, options=options)

    def module(self, module: ModuleType, *arguments: str) -> Program:
        """Run *module* as a program, with the name of the target and the *arguments* as its command line."""
        return Program(next(self._folders), module.__name__, self._target.name, *arguments)


MakeCheckpoint = Callable[[str], Checkpoint]
MakeWorker = Callable[..., Worker]
Start = Callable[..., Starter]


@pytest.fixture
def checkpoint(request: pytest.FixtureRequest) -> Iterator[MakeCheckpoint]:
    """Make a checkpoint of a given name; all are closed when the claim has ended."""
    made: list[Checkpoint] = []

    def make(name: str) -> Checkpoint:
        made.append(Checkpoint(request.node.stash[STAGE_FOLDER].path / name))
        return made[-1]

    yield make
    for checkpoint in made:
        checkpoint.close()


@pytest.fixture
def worker(request: pytest.FixtureRequest, mp: Multiprocessing) -> Iterator[MakeWorker]:
    """Start a worker that has the given objects; all are dismissed when the claim has ended."""
    made: list[Worker] = []
    numbers = count()  # one that fails to start has a number too, and leaves its socket

    def make(**objects: object) -> Worker:
        made.append(Worker(mp, request.node.stash[STAGE_FOLDER].path / f"worker-{next(numbers)}", **objects))
        kernel.shows("the process that a child runs in", made[-1].pid, expected=other_than(os.getpid()))
        return made[-1]

    yield make
    for worker in made:
        worker.close()


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Recorder:
    """A recorder."""
    return Recorder(request.node.stash[STAGE_FOLDER].path / "log")


@pytest.fixture
def starter(request: pytest.FixtureRequest) -> Start:
    """Run a function that blocks, with its arguments, in a process of its own."""
    numbers = count()

    def start(function: Callable[..., object], *args: object) -> Starter:
        outcome = request.node.stash[STAGE_FOLDER].path / f"outcome-{next(numbers)}"
        return Starter(outcome, function, *args)

    return start


@pytest.fixture
def program(request: pytest.FixtureRequest, target: Target) -> Programs:
    """Run programs on the target."""
    return Programs(request.node.stash[STAGE_FOLDER].path, target)
