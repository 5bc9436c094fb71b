"""The fixtures that claims use."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any, Callable

import pytest

from impl.api import (
    EXECUTOR,
    MANAGER,
    REUSABLE,
    SHARED_MEMORY,
    NoSuchAPI,
    base_manager,
    connection_module,
    executor_maker,
    pool_class,
    reusable_maker,
    shared_memory_class,
)
from impl.contract import Multiprocessing, Wait
from impl.managed import Managed
from spec.engine.claims import Claim, target_of
from spec.engine.lessons import Lesson, NotProvided, Package
from spec.engine.stage_folder import STAGE_FOLDER, StageFolder
from spec.engine.targets import Target
from spec.harness.checkpoint import Checkpoint
from spec.harness.executor_maker import Executors
from spec.harness.forked_call import ForkedCall
from spec.harness.hosts import Host, Network
from spec.harness.memory_maker import SharedMemories
from spec.harness.program import Program, pack
from spec.harness.recorder import Recorder
from spec.harness.witness import kernel, other_than
from spec.harness.worker import ServedWorker, Worker

PACKAGE = pytest.StashKey[Package]()
"""The package of lessons under test."""

LESSON = pytest.StashKey[Lesson]()
"""The lesson under test, if the claim uses it."""

API = pytest.StashKey[Multiprocessing]()
"""The multiprocessing API of the target, once it is known that it has what the claim needs."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Check, on the stage, that the API has the names that the claim needs.

    Raises:
        NotProvided: the API lacks some of them.
    """
    claim = Claim.of(item)
    if claim is None:
        return
    target = target_of(item)
    api = target.mp  # only one: to look for a name may start a manager
    missing = [name for name in claim.needs if not provides(api, name)]
    if isinstance(api, Managed) and (missing or "mp" not in getattr(item, "fixturenames", ())):
        api.shut_down()  # by itself it would be, where references are not counted, when the garbage is collected
    if missing:
        raise NotProvided(f"{target.name} has no {', '.join(missing)}")
    item.stash[API] = api


def provides(api: Any, name: str) -> bool:
    """Return whether the *api* has the *name*.

    Args:
        api: the API.
        name: that of an attribute; or, as in ``Lock.locked``, of a method of the objects that it makes; or, as in
            ``ProcessPoolExecutor.map(buffersize)``, of a parameter of a method or of what makes the objects.  If the
            API makes such objects with a function and not with a class, one is made without arguments; no pool is, of
            which `impl.api.pool_class` finds the class.
    """
    made_by_package: dict[str, Callable[[Any], Any]] = {
        EXECUTOR: executor_maker,
        REUSABLE: reusable_maker,
        MANAGER: base_manager,
        **{name: partial(shared_memory_class, name=name) for name in SHARED_MEMORY},
    }
    name, _, parameter = name.rstrip(")").partition("(")
    owner, _, method = name.partition(".")
    try:
        found = made_by_package[owner](api) if owner in made_by_package else getattr(api, owner)
        if method and owner == "Pool":
            found = getattr(pool_class(api), method)
        elif method:
            made_by = getattr(found, "func", found)  # a partial, if the API has no executors of its own
            found = getattr(made_by if isinstance(made_by, type) else made_by(), method)
    except (AttributeError, NoSuchAPI):
        return False
    return not parameter or parameter in inspect.signature(found).parameters


@pytest.fixture
def target() -> Target:
    """The target; each claim runs once on each target."""
    raise LookupError("the plugin gives a target to each test that uses one")


@pytest.fixture
def mp(request: pytest.FixtureRequest, target: Target) -> Iterator[Multiprocessing]:
    """The multiprocessing API of the target."""
    api = request.node.stash.get(API, None) or target.mp
    if not isinstance(api, Managed):
        yield api
        return
    api.start()  # here, so that no process that the claim forks has a manager of its own, which would outlive it
    yield api
    api.shut_down()


@pytest.fixture
def connections(mp: Multiprocessing) -> Any:
    """The module that has the class of the API's connections, and `Listener` and `Client` besides."""
    try:
        return connection_module(mp)
    except NoSuchAPI as error:
        raise NotProvided(str(error)) from None


@pytest.fixture
def wait(connections: Any) -> Wait:
    """The function `wait` of that module."""
    if not hasattr(connections, "wait"):
        raise NotProvided(f"{connections.__name__} has no wait")
    wait: Wait = connections.wait
    return wait


@pytest.fixture
def base(mp: Multiprocessing) -> Any:
    """The class that the API's managers are derived from."""
    try:
        return base_manager(mp)
    except NoSuchAPI as error:
        raise NotProvided(str(error)) from None


@pytest.fixture
def lesson(request: pytest.FixtureRequest, target: Target) -> Lesson:  # noqa: ARG001  each claim runs on a target
    """The lesson that the claim is about, from the package under test."""
    claim = Claim.of(request.node)
    assert claim is not None
    found = request.config.stash[PACKAGE].lesson(claim.lesson)
    request.node.stash[LESSON] = found
    return found


@pytest.fixture
def scale(request: pytest.FixtureRequest) -> int:
    """The factor by which a claim multiplies its number of buyers, workers, children and messages."""
    return int(request.config.getoption("scale"))


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    """An empty folder for the files of the claim; it is removed when the claim has ended."""
    stage_folder: StageFolder = request.node.stash[STAGE_FOLDER]
    return stage_folder.make_files()


class Programs:
    """Runs programs on the target.

    Args:
        folder: where each program gets a folder of its own.
        target: the target.
    """

    def __init__(self, folder: Path, target: Target) -> None:
        self._folders = (folder / f"program-{number}" for number in count())
        self._target = target

    def main(self, function: Callable[..., object], *args: object, options: Sequence[str] = ()) -> Program:
        """Run a program that calls ``function(mp, *args)``.

        Args:
            function: a picklable function.
            args: picklable arguments.
            options: the options of the interpreter.
        """
        return Program.calling(next(self._folders), self._target.name, function, *args, options=options)

    def module(self, module: ModuleType, *arguments: str, as_file: bool = False) -> Program:
        """Run *module* as a program; its command line is the name of the target, and the *arguments*.

        Args:
            module: the module.
            arguments: more arguments of the command line.
            as_file: run its file, as ``python FILE`` does, and not as ``python -m MODULE`` does.
        """
        main = [str(module.__file__)] if as_file else ["-m", module.__name__]
        return Program(next(self._folders), *main, self._target.name, *arguments)

    def packed(self, module: ModuleType, name: str, *arguments: str) -> Program:
        """Run the code of *module* as the main module of a folder or an archive; its command line is as above.

        Args:
            module: the module.
            name: the name of the folder, or of the archive, which ends in ``.zip``.
            arguments: more arguments of the command line.
        """
        folder = next(self._folders)
        folder.mkdir()
        main = pack(Path(str(module.__file__)).read_text(encoding="utf-8"), folder / name)
        return Program(folder, str(main), self._target.name, *arguments)


class Checkpoints:
    """Makes checkpoints.

    Args:
        folder: where their sockets are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Checkpoint] = []

    def __call__(self, name: str) -> Checkpoint:
        """Return a new checkpoint with this *name*."""
        self._made.append(Checkpoint(self._folder / name))
        return self._made[-1]

    def close(self) -> None:
        """Close all of them, so that the payloads that wait there exit."""
        for checkpoint in self._made:
            checkpoint.close()


MakeCheckpoint = Callable[[str], Checkpoint]
MakeWorker = Callable[..., Worker]
MakeForkedCall = Callable[..., ForkedCall]
MakeExecutor = Callable[..., Any]
MakeHosts = Callable[[int], list[Host]]


@pytest.fixture
def checkpoint(request: pytest.FixtureRequest) -> Iterator[Checkpoints]:
    """A function that makes a checkpoint with a given name; all are closed when the claim has ended."""
    checkpoints = Checkpoints(request.node.stash[STAGE_FOLDER].path)
    yield checkpoints
    checkpoints.close()


@pytest.fixture
def executor(mp: Multiprocessing, checkpoint: Checkpoints) -> Iterator[MakeExecutor]:
    """A function that makes an executor; all are shut down when the claim has ended.

    It is called like `concurrent.futures.ProcessPoolExecutor`, without a context.
    """
    try:
        made_by = executor_maker(mp)
    except NoSuchAPI as error:
        raise NotProvided(str(error)) from None
    with Executors(made_by) as make:
        yield make
        checkpoint.close()  # or tasks of a claim that has failed would wait there


@pytest.fixture
def memory(mp: Multiprocessing) -> Iterator[SharedMemories]:
    """Blocks of shared memory, lists in them and managers of them; all are removed when the claim has ended."""
    with SharedMemories(partial(shared_memory_class, mp)) as made:
        yield made


@pytest.fixture
def reusable(mp: Multiprocessing, checkpoint: Checkpoints) -> Iterator[MakeExecutor]:
    """The function that returns the reusable executor, which is shut down when the claim has ended."""
    try:
        get = reusable_maker(mp)
    except NoSuchAPI as error:
        raise NotProvided(str(error)) from None
    with Executors(get) as make:
        yield make
        checkpoint.close()  # or tasks of a claim that has failed would wait there


@pytest.fixture
def worker(request: pytest.FixtureRequest, mp: Multiprocessing, target: Target) -> Iterator[MakeWorker]:
    """A function that starts a worker with the given objects; all are killed when the claim has ended."""
    made: list[Worker] = []
    served = target.traits.managed
    numbers = count()  # a worker that fails to start uses up a number too, as its socket stays

    def make(**objects: object) -> Worker:
        path = request.node.stash[STAGE_FOLDER].path / f"worker-{next(numbers)}"
        made.append((ServedWorker if served else Worker)(mp, path, **objects))
        kernel.shows("the process that a child runs in", made[-1].pid, expected=other_than(os.getpid()))
        return made[-1]

    yield make
    for worker in made:
        worker.close()


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Recorder:
    """A recorder, to which code in children writes."""
    return Recorder(request.node.stash[STAGE_FOLDER].path / "log")


@pytest.fixture
def forked_call(request: pytest.FixtureRequest) -> MakeForkedCall:
    """A function that calls a given function in a process of its own, because the call blocks."""
    numbers = count()

    def start(function: Callable[..., object], *args: object) -> ForkedCall:
        outcome = request.node.stash[STAGE_FOLDER].path / f"outcome-{next(numbers)}"
        return ForkedCall(outcome, function, *args)

    return start


@pytest.fixture
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    """A function that makes a given number of hosts; what runs on them is killed when the claim has ended."""
    with Network(request.node.stash[STAGE_FOLDER].path) as network:
        yield network


@pytest.fixture
def program(request: pytest.FixtureRequest, target: Target) -> Programs:
    """Programs on the target."""
    return Programs(request.node.stash[STAGE_FOLDER].path, target)
