"""What is under test: a multiprocessing API by name, and what there is to know of it beforehand."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple, Optional

from impl.api import NoSuchAPI, contexts, import_api, load
from impl.contract import Multiprocessing
from spec.engine.probe import probe
from spec.harness.deadline import Hung
from spec.harness.starter import StarterFailed

DEFAULT = "multiprocessing"


@dataclass(frozen=True)
class Traits:
    """What sets start methods apart, as far as claims depend on it.

    Attributes:
        starter_is_parent: whether the process that starts a child is its parent; under forkserver, the fork
            server is.
        inherits_memory: whether the child begins with the starter's memory; else it begins with what importing
            the modules gives.
        runs_main_again: whether the child runs the starter's main module, under another name, as its own.
    """

    starter_is_parent: bool
    inherits_memory: bool
    runs_main_again: bool

    def __str__(self) -> str:
        parent = "the starter is the parent" if self.starter_is_parent else "a helper is the parent"
        memory = "the starter's memory" if self.inherits_memory else "fresh memory"
        main = "run main again" if self.runs_main_again else "do not run main again"
        return f"{parent}, children begin with {memory} and {main}"


KNOWN = {
    "fork": Traits(starter_is_parent=True, inherits_memory=True, runs_main_again=False),
    "spawn": Traits(starter_is_parent=True, inherits_memory=False, runs_main_again=True),
    "forkserver": Traits(starter_is_parent=False, inherits_memory=False, runs_main_again=True),
}
"""See https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods."""


class Base(NamedTuple):
    """What an API's processes are built on.

    Attributes:
        name: the package that defines a class of processes.
        start_method: how that starts them.
        version: of the package; of the standard library, Python's.
    """

    name: str
    start_method: Optional[str]
    version: str


@dataclass(frozen=True)
class Target:
    """One multiprocessing API, in one context.

    Attributes:
        name: as it is given on the command line, ``billiard:spawn``; it is part of the tests' ids.
        start_method: what it says its start method is, if it says so.
        traits: what it is like.
        known_by: where the traits come from: its start method's name, or what a probe saw.
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
        """The version of what it comes from, its top-level package too, or None if that does not say."""
        return _version(self.module.__name__)

    @property
    def bases(self) -> list[Base]:
        """What its processes are built on, nearest first, itself too: the classes that say how they are started."""
        classes = getattr(getattr(self.mp, "Process", None), "__mro__", ())
        found = [(cls.__module__.rpartition(".")[0], vars(cls)) for cls in classes]
        return [
            Base(name, attributes["_start_method"], _version(name) or platform.python_version())
            for name, attributes in found
            if name and "_start_method" in attributes
        ]

    @property
    def file(self) -> str:
        """Where its module was found."""
        return getattr(self.module, "__file__", None) or "built in"

    @property
    def label(self) -> str:
        """Its name and version."""
        python = f"Python {platform.python_version()}"
        return f"{self.name} ({self.version}, {python})" if self.version else f"{self.name} ({python})"

    def describe(self) -> str:
        """Say in one line what it is: version, file and traits."""
        return f"{self.label}, {self.file}; {self.traits} ({self.known_by})"


def _version(name: str) -> Optional[str]:
    """Return the version that the module called *name* says it has, or its top-level package."""
    package = name.partition(".")[0]
    versions = (getattr(import_api(one), "__version__", None) for one in (name, package))
    return next((str(version) for version in versions if version), None)


def expand(names: Sequence[str]) -> list[Target]:
    """Return the targets that *names* stand for: a module without a context, under each that it has.

    Raises:
        NoSuchAPI: a name stands for nothing that can be tested, or is given twice.
    """
    expanded: list[str] = []
    for name in names:
        module, colon, _ = name.partition(":")
        methods = [] if colon else contexts(import_api(module))
        expanded += [f"{module}:{method}" for method in methods] or [name]
    for name in expanded:
        if expanded.count(name) > 1:
            raise NoSuchAPI(f"{name} is asked for twice")
    return [_target(name) for name in expanded]


def _target(name: str) -> Target:
    mp: Any = load(name)
    method = _start_method(mp)
    if method in KNOWN:
        return Target(name, method, KNOWN[method], f"start method {method}")
    try:
        found = probe(mp)
    except (StarterFailed, Hung) as error:
        reason = str(error).strip().splitlines()[-1]
        raise NoSuchAPI(f"{name}: a child, started to see what it is like, failed: {reason}") from None
    if not found.own_process:
        traits = Traits(starter_is_parent=True, inherits_memory=True, runs_main_again=False)
        return Target(name, method, traits, "probed: its children run inside the starter")
    traits = Traits(found.starter_is_parent, found.inherits_memory, found.runs_main_again)
    return Target(name, method, traits, f"start method {method or 'not named'}, probed")


def _start_method(mp: Any) -> Optional[str]:
    try:
        return str(mp.get_start_method())
    except AttributeError:
        return None
