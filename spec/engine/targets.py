"""Targets: multiprocessing APIs under test, and what is known about them before any claim runs."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, NamedTuple, Optional

from impl.api import NoSuchAPI, contexts, import_api, load
from impl.contract import Multiprocessing
from impl.managed import SUFFIX, is_managed
from spec.engine.probe import probe
from spec.harness.deadline import Hung
from spec.harness.forked_call import ForkedCallFailed

DEFAULT = "multiprocessing"
"""The module under test if the command line names none."""


@dataclass(frozen=True)
class Traits:
    """The differences between start methods that claims depend on.

    Attributes:
        starter_is_parent: whether the process that starts a child is its parent.  Under forkserver the parent is the
            fork server.
        inherits_memory: whether the child begins with the starter's memory.  Otherwise it begins with the state that
            importing the modules creates.
        runs_main_again: whether the child runs the starter's main module again, under another name.
        managed: whether a manager makes the locks, queues and so on.
    """

    starter_is_parent: bool
    inherits_memory: bool
    runs_main_again: bool
    managed: bool = False

    def __str__(self) -> str:
        parent = "the starter is the parent" if self.starter_is_parent else "a fork server is the parent"
        memory = "the starter's memory" if self.inherits_memory else "fresh memory"
        main = "run main again" if self.runs_main_again else "do not run main again"
        objects = ", a manager makes the objects" if self.managed else ""
        return f"{parent}, children begin with {memory} and {main}{objects}"


TRAITS = {
    "fork": Traits(starter_is_parent=True, inherits_memory=True, runs_main_again=False),
    "spawn": Traits(starter_is_parent=True, inherits_memory=False, runs_main_again=True),
    "forkserver": Traits(starter_is_parent=False, inherits_memory=False, runs_main_again=True),
}
"""The traits of the start methods of the standard library.

See https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods.
"""


class Base(NamedTuple):
    """A package that the processes of an API are built on.

    Attributes:
        name: the name of the package, which defines a class of processes.
        start_method: the start method of that class.
        version: the version of the package; for the standard library, the version of Python.
    """

    name: str
    start_method: Optional[str]
    version: str


@dataclass(frozen=True)
class Target:
    """One multiprocessing API, in one context.

    Attributes:
        name: its name on the command line, such as ``billiard:spawn``, which is part of the ids of tests.
        start_method: the start method that the API reports; None if it reports none.
        traits: its traits.
        known_by: where the traits come from: the name of the start method, or a probe.
    """

    name: str
    start_method: Optional[str]
    traits: Traits
    known_by: str

    @property
    def mp(self) -> Multiprocessing:
        """The API itself."""
        return load(self.name)

    @property
    def module(self) -> ModuleType:
        """The module that the API comes from."""
        return import_api(self.name.partition(":")[0])

    @property
    def version(self) -> Optional[str]:
        """The version of the module, or of the innermost package around it that has one; None if none has."""
        return _version(self.module.__name__)

    @property
    def bases(self) -> list[Base]:
        """The packages that its processes are built on, the API's own first.

        They are those of the base classes that have a start method.
        """
        classes = getattr(getattr(self.mp, "Process", None), "__mro__", ())
        found = [(cls.__module__.rpartition(".")[0], vars(cls)) for cls in classes]
        return [
            Base(name, attributes["_start_method"], _version(name) or platform.python_version())
            for name, attributes in found
            if name and "_start_method" in attributes
        ]

    @property
    def file(self) -> str:
        """The file of the module."""
        return getattr(self.module, "__file__", None) or "built in"

    @property
    def label(self) -> str:
        """Its name, its version if it has one, and the version of Python."""
        python = python_name(implementation(), platform.python_version())
        return f"{self.name} ({self.version}, {python})" if self.version else f"{self.name} ({python})"

    def describe(self) -> str:
        """Return a line with its version, file and traits."""
        return f"{self.label}, {self.file}; {self.traits} ({self.known_by})"


def implementation() -> str:
    """Return which implementation of Python runs: CPython, PyPy, or free-threaded CPython, which has no GIL."""
    free = not getattr(sys, "_is_gil_enabled", lambda: True)()
    return ("free-threaded " if free else "") + platform.python_implementation()


def python_name(implementation: str, version: str) -> str:
    """Return how to call this *version* of an *implementation*: that of CPython is Python's own."""
    return f"{'Python' if implementation == 'CPython' else implementation} {version}"


def _version(name: str) -> Optional[str]:
    """Return the version of the module *name*, or of the innermost package around it that has one; None if none has.

    A library that has a copy of another has its own version at the top, and the version of the copy inside.
    """
    parts = name.split(".")
    around = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    versions = (getattr(import_api(one), "__version__", None) for one in around)
    return next((str(version) for version in versions if version), None)


def expand(names: Sequence[str]) -> list[Target]:
    """Return the targets with these *names*.

    A module without a context is a target in each of its contexts and, if it has a ``Manager``, with managed objects.

    Args:
        names: ``MODULE`` or ``MODULE:CONTEXT`` each, or either of them followed by ``:managed``.

    Raises:
        NoSuchAPI: there is no such API, or it cannot be tested, or it is named twice.
    """
    expanded: list[str] = []
    for name in names:
        module, colon, _ = name.partition(":")
        own = [] if colon else [f"{module}:{context}" for context in contexts(import_api(module))]
        if own and hasattr(import_api(module), "Manager"):
            own.append(module + SUFFIX)
        expanded += own or [name]
    for name in expanded:
        if expanded.count(name) > 1:
            raise NoSuchAPI(f"{name} is named twice")
    return [_target(name) for name in expanded]


def _target(name: str) -> Target:
    if is_managed(name):
        of_processes = _target(name.removesuffix(SUFFIX))
        return replace(of_processes, name=name, traits=replace(of_processes.traits, managed=True))
    mp: Any = load(name)
    method = _start_method(mp)
    if method in TRAITS:
        return Target(name, method, TRAITS[method], f"start method {method}")
    try:
        found = probe(mp)
    except (ForkedCallFailed, Hung) as error:
        reason = str(error).strip().splitlines()[-1]
        raise NoSuchAPI(f"{name}: the child that was started to probe it failed: {reason}") from None
    if not found.own_process:
        traits = Traits(starter_is_parent=True, inherits_memory=True, runs_main_again=False)
        return Target(name, method, traits, "probed: children run inside the starter")
    traits = Traits(found.starter_is_parent, found.inherits_memory, found.runs_main_again)
    return Target(name, method, traits, f"start method {method or 'unnamed'}, probed")


def _start_method(mp: Any) -> Optional[str]:
    try:
        return str(mp.get_start_method())
    except AttributeError:
        return None
