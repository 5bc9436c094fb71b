"""The package of lessons under test, compared with the contract, which is `impl`."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Optional

import impl
from impl.api import NoSuchAPI, import_api
from spec.harness.witness import Violation, caller

REFERENCE = impl.__name__


class NoLessons(LookupError):
    """There is no package of lessons with this name.  The message is one line for the user."""


class NotProvided(BaseException):
    """The package or API under test lacks a lesson, a function or a class that a claim is about.

    It is no `Exception`, so that no claim takes it for an exception of the code under test.
    """


class BrokenLesson(Violation):
    """A lesson of the package under test cannot be imported.

    Args:
        name: the name of the lesson.
        error: why it cannot be imported; its cause is what the import raised, if that says more.
        folders: where the code of the package is.

    Attributes:
        lesson: the lesson, in words.
        traceback: the traceback of what the import raised, from the code of the package on; empty if there is none.
    """

    def __init__(self, name: str, error: NoSuchAPI, folders: Sequence[str]) -> None:
        told = traceback.TracebackException.from_exception(error.__cause__) if error.__cause__ else None
        frames = list(told.stack) if told else []
        own = [number for number, frame in enumerate(frames) if frame.filename.startswith(tuple(folders))]
        where = f", in {frames[own[-1]].filename}, line {frames[own[-1]].lineno}" if own else ""
        self.lesson = f"the lesson {name!r}"
        super().__init__(self.lesson, "a module", f"{error}{where}", caller.name)
        if told and own:
            del told.stack[: own[0]]
        self.traceback = "".join(told.format()) if told else ""


def names() -> list[str]:
    """Return the names of all lessons, in teaching order: the modules of the reference that have a demo."""
    found = (info.name for info in pkgutil.iter_modules(impl.__path__) if info.name != "__main__")
    return sorted((name for name in found if hasattr(reference(name), "demo")), key=impl.place_in_order)


class Package:
    """A package of lessons.

    Args:
        name: the name under which it is imported.

    Attributes:
        name: the same.
        provided: the names of the lessons that it has.

    Raises:
        NoLessons: it cannot be imported, or it has no lesson.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        try:
            package = import_api(name)
        except NoSuchAPI as error:
            raise NoLessons(str(error)) from error
        self._path = getattr(package, "__path__", None)
        self.provided = [lesson for lesson in names() if self._has(lesson)]
        if not self.provided:
            wanted = ", ".join(names())
            raise NoLessons(f"{name!r} is not a package of lessons: it has none of {wanted}")

    def check_syntax(self) -> None:
        """Compile each lesson, without running it.

        Raises:
            NoLessons: a lesson is not Python; the message names the file and the line.
        """
        for lesson in self.provided:
            spec = importlib.util.find_spec(f"{self.name}.{lesson}")
            if spec is None or not spec.origin or not spec.origin.endswith(".py"):
                continue
            path = Path(spec.origin)
            try:
                compile(path.read_bytes(), str(path), "exec")
            except (SyntaxError, ValueError) as error:
                line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
                raise NoLessons(f"{path}{line}: {getattr(error, 'msg', error)}") from None

    def _has(self, lesson: str) -> bool:
        return self._path is not None and importlib.util.find_spec(f"{self.name}.{lesson}") is not None

    def lesson(self, name: str) -> Lesson:
        """Return the lesson *name*.

        Raises:
            NotProvided: the package has no such lesson.
            BrokenLesson: the lesson cannot be imported.
        """
        __tracebackhide__ = True
        if name not in self.provided:
            raise NotProvided(f"{self.name} has no lesson {name!r}")
        try:
            module = import_api(f"{self.name}.{name}")
        except NoSuchAPI as error:
            raise BrokenLesson(name, error, list(self._path or ())) from None
        return Lesson(module, reference(name))


class Lesson:
    """A lesson under test.  Its attributes are those attributes of the module that the contract has too.

    Args:
        module: the module under test.
        reference: the module of the same name in the reference.

    Attributes:
        used: whether the claim has used an attribute of the lesson.
    """

    def __init__(self, module: ModuleType, reference: ModuleType) -> None:
        self._module, self._reference = module, reference
        self.used = False

    def __getattr__(self, name: str) -> Any:
        self.used = True
        wanted = getattr(self._reference, name)
        try:
            found = getattr(self._module, name)
        except AttributeError:
            raise NotProvided(f"{self._module.__name__} has no {name}") from None
        if inspect.isfunction(wanted):
            complaint = misfit(found, wanted)
            if complaint:
                raise NotProvided(f"{self._module.__name__}.{name} {complaint}")
        return found


def misfit(found: Callable[..., object], wanted: Callable[..., object]) -> Optional[str]:
    """Return why *found* cannot be called like *wanted*, or None if it can.

    It must take parameters of the same names in the same order.  Further parameters must have defaults.

    Args:
        found: the function of the package under test.
        wanted: the function of the contract.
    """
    if not callable(found):
        return "is not a function"
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return None  # some functions written in C have no signature
    asked = inspect.signature(wanted).parameters
    more = list(signature.parameters.values())[len(asked) :]
    same = list(signature.parameters)[: len(asked)] == list(asked)
    optional = all(
        parameter.default is not parameter.empty
        or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        for parameter in more
    )
    if same and optional:
        return None
    return f"takes ({', '.join(signature.parameters)}) where the contract has ({', '.join(asked)})"


def reference(name: str) -> ModuleType:
    """Return the module of the lesson *name* in the reference."""
    return importlib.import_module(f"{REFERENCE}.{name}")
