"""The decorators of a claim: when it applies, what it needs, and where the stated fact comes from."""

from __future__ import annotations

import re
import sys
import weakref
from dataclasses import dataclass
from functools import cache
from typing import Callable

import pytest

from spec.engine.targets import Traits
from spec.harness.dev_shm import SHARED_FOLDER
from spec.harness.hosts import why_no_hosts
from spec.harness.memory_maps import is_readable


@dataclass(frozen=True)
class Applicability:
    """A difference between start methods, or between Pythons, that claims depend on.

    Attributes:
        wording: the condition, in words that follow "applies where".
        met_by: whether a target with these traits meets it, on this Python.
        of_python: whether it depends on this Python or machine only, not on the target.
    """

    wording: str
    met_by: Callable[[Traits], bool]
    of_python: bool = False


starter_is_parent = Applicability("the starter is the parent", lambda traits: traits.starter_is_parent)
fork_server_is_parent = Applicability("a fork server is the parent", lambda traits: not traits.starter_is_parent)
inherits_memory = Applicability("children begin with the starter's memory", lambda traits: traits.inherits_memory)
fresh_memory = Applicability("children begin with fresh memory", lambda traits: not traits.inherits_memory)
runs_main_again = Applicability("children run main again", lambda traits: traits.runs_main_again)
runs_main_once = Applicability("children do not run main again", lambda traits: not traits.runs_main_again)


managed = Applicability("a manager makes the objects", lambda traits: traits.managed)
unmanaged = Applicability("the objects are not a manager's", lambda traits: not traits.managed)
no_fork_server_yet = Applicability(
    "no manager has started the fork server, which a fork of its starter cannot use",
    lambda traits: not traits.managed or traits.starter_is_parent,
)


def _on_linux(since: tuple[int, int], before: tuple[int, int] = (4, 0)) -> Applicability:
    """Return the condition that Python is of a version *since* one and *before* another, on Linux."""
    older, newer = ".".join(map(str, before)), ".".join(map(str, since))
    wording = f"Python is {newer} or newer" if before == (4, 0) else f"Python is older than {older}"
    met = sys.platform == "linux" and since <= sys.version_info[:2] < before
    return Applicability(f"{wording}, on Linux", lambda _traits: met, of_python=True)


default_is_fork = _on_linux(since=(3, 9), before=(3, 14))
default_is_forkserver = _on_linux(since=(3, 14))
fork_knows_threads = _on_linux(since=(3, 12))
events_tell_their_state = _on_linux(since=(3, 11))


class _Object:
    """An object that a weak reference can refer to."""


@cache
def _counts_references() -> bool:
    """Return whether this Python destroys an object as soon as nothing refers to it.

    CPython does; PyPy destroys it when it next collects garbage.  Both are right: see
    https://docs.python.org/3/reference/datamodel.html#objects-values-and-types.
    """
    return weakref.ref(_Object())() is None


counts_references = Applicability("Python counts references", lambda _traits: _counts_references(), of_python=True)

memory_is_readable = Applicability(
    "the kernel lets a process read its children's memory", lambda _traits: is_readable(), of_python=True
)

has_shared_folder = Applicability(
    "the machine has a folder for shared memory", lambda _traits: SHARED_FOLDER.is_dir(), of_python=True
)

hosts_are_apart = Applicability("hosts can be network namespaces", lambda _traits: not why_no_hosts(), of_python=True)


_ISSUE = re.compile(r"/(issues|pull)/\d+")
"""What the address of an issue, or of a pull request, contains."""


@dataclass(frozen=True)
class Source:
    """Where the fact that a claim states comes from.

    Attributes:
        where: the address of a page, with its anchor; or, as ``impl.lock.sell``, the function of the lessons whose
            docstring is the contract.
        observed: whether the page is only about the subject, and does not state the fact itself.  An issue states it
            if its report says that an implementation, which does otherwise, is at fault.
    """

    where: str
    observed: bool = False

    @property
    def kind(self) -> str:
        """How the fact is known.

        It is ``documented``; part of the ``contract`` of a lesson; ``reported``, in an issue or the fix of one; or
        merely ``observed``.
        """
        if self.where.startswith("impl."):
            return "contract"
        if self.observed:
            return "observed"
        return "reported" if _ISSUE.search(self.where) else "documented"


def source(where: str, *, observed: bool = False) -> pytest.MarkDecorator:
    """Name the source of a claim.

    Args:
        where: the address of a page of Python's documentation, of POSIX, of a man page, or of an issue; with the
            anchor.  A claim about a lesson names the function whose docstring states it, as in ``impl.lock.sell``.
        observed: the page does not state the fact.  It is about the subject, and implementations behave so.
    """
    return pytest.mark.source(Source(where, observed))


def where(condition: Applicability) -> pytest.MarkDecorator:
    """Limit a claim, or with ``pytestmark`` a module of claims, to targets that meet the *condition*."""
    return pytest.mark.where(condition)


def needs(*names: str) -> pytest.MarkDecorator:
    """Name what the multiprocessing API must provide for a claim to be verified.

    Args:
        names: names of the API, as in ``Lock``, methods of the objects that it makes, as in ``Lock.locked``, and
            parameters, as in ``ProcessPoolExecutor.map(buffersize)``.
    """
    return pytest.mark.needs(*names)


managed_too = pytest.mark.managed_too
"""Run a claim, or with ``pytestmark`` a module of claims, also on the objects that a manager makes.

It suits claims about what locks, queues, events and so on do, whoever makes them.  Of these, ``where(unmanaged)``
excludes what only the API's own objects promise.
"""
