"""What a claim is: a test in a module ``spec/claims/LESSON/test_*.py``.

Its id is the lesson and the test's name, its wording is the docstring, and decorators say when it applies and where
the fact comes from::

    @where(starter_is_parent)
    @source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines")
    def test_lingers_until_joined(...):
        "An exited child stays in the process table as a zombie until it is joined."

is ``zombie.lingers-until-joined`` if the module is in the folder ``zombie``.  Everything that is said of a claim
elsewhere is made from that.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Callable, Optional

import pytest

from spec.engine.marks import Applicability, Source
from spec.engine.targets import TRAITS, Target, Traits
from spec.paths import CLAIMS_FOLDER, ROOT


@dataclass(frozen=True)
class Claim:
    """A claim, as its test declares it.

    Attributes:
        id: ``LESSON.what-is-claimed``; it does not change.
        lesson: the lesson it belongs to.
        wording: one sentence, in the present tense.
        sources: where the fact comes from.
        conditions: when it applies; always, if there are none.
        needs: the names that the multiprocessing API must have.
        managed_too: whether it is also about objects that a manager makes.
        test: the test that decides it, as pytest names it, without the target.
    """

    id: str
    lesson: str
    wording: str
    sources: tuple[Source, ...]
    conditions: tuple[Applicability, ...]
    needs: tuple[str, ...]
    managed_too: bool
    test: str

    @classmethod
    def of(cls, item: pytest.Item) -> Optional[Claim]:
        """Return the claim that *item* is the test of, or None if it is some other test."""
        if _CLAIM not in item.stash:
            item.stash[_CLAIM] = None
            if isinstance(item, pytest.Function) and item.path.parent.parent == CLAIMS_FOLDER:
                item.stash[_CLAIM] = cls._declared(item.path, item.originalname, item.function, item.iter_markers())
        return item.stash[_CLAIM]

    @classmethod
    def _declared(cls, path: Path, name: str, test: Callable[..., object], marks: Iterable[pytest.Mark]) -> Claim:
        marks = list(marks)
        wording = inspect.getdoc(inspect.unwrap(test)) or ""
        return cls(
            id=_id(path, name),
            lesson=path.parent.name,
            wording=" ".join(wording.split("\n\n")[0].split()),
            sources=tuple(mark.args[0] for mark in marks if mark.name == "source"),
            conditions=tuple(mark.args[0] for mark in marks if mark.name == "where"),
            needs=tuple(name for mark in marks if mark.name == "needs" for name in mark.args),
            managed_too=any(mark.name == "managed_too" for mark in marks),
            test=_node(path, name),
        )

    @classmethod
    def all(cls) -> list[Claim]:
        """Return all claims, in the order of the lessons, their modules, and the tests in them."""
        claims = []
        for path in _modules():
            module = importlib.import_module(_module_name(path))
            shared = getattr(module, "pytestmark", [])
            for name, test in vars(module).items():
                if name.startswith("test_"):
                    marks = [*getattr(test, "pytestmark", []), *(shared if isinstance(shared, list) else [shared])]
                    claims.append(cls._declared(path, name, test, (getattr(mark, "mark", mark) for mark in marks)))
        return claims

    @property
    def function(self) -> Callable[..., object]:
        """The function of the test."""
        file, _, name = self.test.partition("::")
        module = importlib.import_module(_module_name(ROOT / file))
        function: Callable[..., object] = inspect.unwrap(getattr(module, name))
        return function

    @property
    def code(self) -> str:
        """The source of the test."""
        return inspect.getsource(self.function)

    def suits(self, traits: Traits) -> bool:
        """Return whether the claim applies to targets with these *traits*, on the Pythons that it is about."""
        if traits.managed and not self.managed_too:
            return False
        return all(condition.met_by(traits) for condition in self.conditions if not condition.of_python)

    @property
    def suits_this_python(self) -> bool:
        """Whether the claim is about this Python."""
        return all(condition.met_by(TRAITS["fork"]) for condition in self.conditions if condition.of_python)

    def applies_to(self, traits: Traits) -> bool:
        """Return whether the claim applies to targets with these *traits*, on this Python."""
        return self.suits_this_python and self.suits(traits)

    def why_not(self, traits: Traits) -> str:
        """Return why the claim does not apply to targets with these *traits*, to which it does not."""
        unmet = [condition.wording for condition in self.conditions if not condition.met_by(traits)]
        return f"applies where {' and '.join(unmet)}"


_CLAIM = pytest.StashKey[Optional[Claim]]()
"""The claim that an item is the test of."""


@cache
def node_ids() -> Mapping[str, str]:
    """Return the test of each claim, as pytest names it, by the claim's id; no test is imported for that."""
    return {_id(path, name): _node(path, name) for path in _modules() for name in _tests(path)}


def has_claim(path: Path, beginnings: Sequence[str]) -> bool:
    """Return whether the module at *path* has a claim whose id begins in one of these ways; it is not imported."""
    return any(_id(path, name).startswith(tuple(beginnings)) for name in _tests(path))


def ids() -> list[str]:
    """Return the ids of all claims, in the order of `Claim.all`; no test is imported for that."""
    return list(node_ids())


def _modules() -> list[Path]:
    return sorted(CLAIMS_FOLDER.glob("*/test_*.py"))


def _tests(path: Path) -> list[str]:
    """Return the names of the tests in a module, in order; it is not imported."""
    return re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _id(path: Path, test: str) -> str:
    return f"{path.parent.name}.{test[len('test_') :].replace('_', '-')}"


def _node(path: Path, test: str) -> str:
    return f"{path.relative_to(ROOT).as_posix()}::{test}"


def has_target(item: pytest.Item) -> bool:
    """Return whether *item*, the test of a claim, runs on any of the targets."""
    return isinstance(item, pytest.Function) and isinstance(item.callspec.params["target"], Target)


def target_of(item: pytest.Item) -> Target:
    """Return what *item*, the test of a claim, runs on."""
    assert isinstance(item, pytest.Function)
    target = item.callspec.params["target"]
    assert isinstance(target, Target)
    return target
