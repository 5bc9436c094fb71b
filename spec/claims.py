"""What a claim is: a test in `spec/test_LESSON.py`.

Its id is the lesson and the test's name, its wording the docstring, and marks say when it applies::

    @where(starter_is_parent)
    def test_lingers_until_joined(...):
        "An exited child stays in the process table as a zombie until it is joined."

is ``zombie.lingers-until-joined``.  Nothing else in the project repeats any of that.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Callable, Optional

import pytest

from spec.targets import KNOWN, Target, Traits

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Condition:
    """Something that start methods, or Pythons, differ in, and on which claims depend.

    Attributes:
        wording: the condition, in words that follow "applies where".
        met_by: whether a target with these traits meets it, on this Python.
        of_python: whether it is this Python that decides, whatever the target.
    """

    wording: str
    met_by: Callable[[Traits], bool]
    of_python: bool = False


starter_is_parent = Condition("the starter is the parent", lambda traits: traits.starter_is_parent)
helper_is_parent = Condition("a helper is the parent", lambda traits: not traits.starter_is_parent)
inherits_memory = Condition("children begin with the starter's memory", lambda traits: traits.inherits_memory)
fresh_memory = Condition("children begin with fresh memory", lambda traits: not traits.inherits_memory)
runs_main_again = Condition("children run main again", lambda traits: traits.runs_main_again)
runs_main_once = Condition("children do not run main again", lambda traits: not traits.runs_main_again)


def _on_linux(since: tuple[int, int], before: tuple[int, int] = (4, 0)) -> Condition:
    """Return the condition that Python is of a version *since* one and *before* another, on Linux."""
    older, newer = ".".join(map(str, before)), ".".join(map(str, since))
    wording = f"Python is {newer} or newer" if before == (4, 0) else f"Python is older than {older}"
    met = sys.platform == "linux" and since <= sys.version_info[:2] < before
    return Condition(f"{wording}, on Linux", lambda _traits: met, of_python=True)


default_is_fork = _on_linux(since=(3, 9), before=(3, 14))
default_is_forkserver = _on_linux(since=(3, 14))
fork_knows_threads = _on_linux(since=(3, 12))


def where(condition: Condition) -> pytest.MarkDecorator:
    """Mark a claim, or with ``pytestmark`` a module of claims, as one that depends on *condition*."""
    return pytest.mark.where(condition)


def needs(*primitives: str) -> pytest.MarkDecorator:
    """Mark a claim as one about these names of the multiprocessing API."""
    return pytest.mark.needs(*primitives)


@dataclass(frozen=True)
class Claim:
    """A claim, as its test declares it.

    Attributes:
        id: ``LESSON.what-is-claimed``; it does not change.
        lesson: the lesson it belongs to.
        wording: one sentence, in the present tense.
        conditions: when it applies; always, if there are none.
        needs: the names that the multiprocessing API must have.
    """

    id: str
    lesson: str
    wording: str
    conditions: tuple[Condition, ...]
    needs: tuple[str, ...]

    @classmethod
    def of(cls, item: pytest.Item) -> Optional[Claim]:
        """Return the claim that *item* is the test of, or None if it is some other test."""
        if not isinstance(item, pytest.Function) or item.path.parent != FOLDER:
            return None
        return cls._declared(item.path, item.originalname, item.function, item.iter_markers())

    @classmethod
    def _declared(cls, path: Path, name: str, test: Callable[..., object], marks: Iterable[pytest.Mark]) -> Claim:
        marks = list(marks)
        wording = inspect.getdoc(inspect.unwrap(test)) or ""
        return cls(
            id=_id(path, name),
            lesson=_lesson(path),
            wording=" ".join(wording.split("\n\n")[0].split()),
            conditions=tuple(mark.args[0] for mark in marks if mark.name == "where"),
            needs=tuple(name for mark in marks if mark.name == "needs" for name in mark.args),
        )

    @classmethod
    def all(cls) -> list[Claim]:
        """Return all claims of the spec, in the order of the files and the tests in them."""
        claims = []
        for path in _files():
            module = importlib.import_module(f"{__package__}.{path.stem}")
            shared = getattr(module, "pytestmark", [])
            for name, test in vars(module).items():
                if name.startswith("test_"):
                    marks = [*getattr(test, "pytestmark", []), *(shared if isinstance(shared, list) else [shared])]
                    claims.append(cls._declared(path, name, test, (getattr(mark, "mark", mark) for mark in marks)))
        return claims

    @property
    def test(self) -> str:
        """The test that decides it, as pytest names it, without the target."""
        return f"{FOLDER.name}/test_{self.lesson}.py::test_{self.id.partition('.')[2].replace('-', '_')}"

    @property
    def code(self) -> str:
        """The source of that test."""
        module = importlib.import_module(f"{__package__}.test_{self.lesson}")
        return inspect.getsource(inspect.unwrap(getattr(module, self.test.partition("::")[2])))

    def suits(self, traits: Traits) -> bool:
        """Return whether the claim applies to targets with these *traits*, on the Pythons that it is about."""
        return all(condition.met_by(traits) for condition in self.conditions if not condition.of_python)

    @property
    def suits_this_python(self) -> bool:
        """Whether the claim is about this Python."""
        return all(condition.met_by(KNOWN["fork"]) for condition in self.conditions if condition.of_python)

    def applies_to(self, traits: Traits) -> bool:
        """Return whether the claim applies to targets with these *traits*, on this Python."""
        return self.suits_this_python and self.suits(traits)

    def why_not(self, traits: Traits) -> str:
        """Return why the claim does not apply to targets with these *traits*, to which it does not."""
        unmet = [condition.wording for condition in self.conditions if not condition.met_by(traits)]
        return f"applies where {' and '.join(unmet)}"


@cache
def ids() -> list[str]:
    """Return the ids of all claims, read from the names of the tests; no test is imported."""
    return [
        _id(path, node.name)
        for path in _files()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def _files() -> list[Path]:
    return sorted(FOLDER.glob("test_*.py"))


def _lesson(path: Path) -> str:
    return path.stem[len("test_") :]


def _id(path: Path, test: str) -> str:
    return f"{_lesson(path)}.{test[len('test_') :].replace('_', '-')}"


def target_of(item: pytest.Item) -> Target:
    """Return what *item*, the test of a claim, runs on."""
    assert isinstance(item, pytest.Function)
    target = item.callspec.params["target"]
    assert isinstance(target, Target)
    return target
