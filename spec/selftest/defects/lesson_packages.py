"""How a broken package of lessons is declared, and how it comes to be a package that can be imported."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Callable

from spec.engine.verdicts import FAILURES
from spec.selftest.defects.declaration import Defect


class BrokenLessons:
    """The broken packages of one module, each with one lesson: a copy of the reference, with functions replaced.

    The module is called like the lesson.  ``class AlwaysLocks`` in the module ``lock`` is the package
    ``lock.always_locks``, and its lesson is the module ``lock.always_locks.lock``.  Importing either
    imports the module ``lock`` first, which makes both.  So a child can import them too, and their functions can be
    pickled.

    Args:
        name: the name of the module.

    Attributes:
        name: the name of the module.
        defects: what the packages declare, in order.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.defects: list[Defect] = []

    def breaks(
        self, *claims: str, verdicts: Sequence[str] = FAILURES, method: str = "fork"
    ) -> Callable[[type], type]:
        """Declare that the decorated class was made to break these *claims*; its docstring says what is wrong.

        The static methods of the class replace functions of the reference; the functions that call them call these.

        Args:
            claims: the ids.
            verdicts: the verdicts that each of them may have.
            method: the start method under which the package is verified.
        """

        def declare(functions: type) -> type:
            name = f"{self.name}.{re.sub(r'(?<!^)(?=[A-Z])', '_', functions.__name__).lower()}"
            fault = " ".join((functions.__doc__ or "").split())
            self.defects.append(Defect(name, fault, claims, f"multiprocessing:{method}", method, verdicts))
            self._add_package(name, functions)
            return functions

        return declare

    def _add_package(self, name: str, functions: type) -> None:
        """Make the package *name* importable."""
        lesson = self.name.rpartition(".")[2]
        reference = importlib.import_module(f"impl.{lesson}")
        package = importlib.util.module_from_spec(importlib.machinery.ModuleSpec(name, None, is_package=True))
        module = _copy(reference, f"{name}.{lesson}")
        for attribute in vars(functions):
            if not attribute.startswith("__"):
                assert hasattr(reference, attribute), f"{name}: {reference.__name__} has no {attribute}"
                setattr(module, attribute, getattr(functions, attribute))
        setattr(package, lesson, module)
        sys.modules.update({package.__name__: package, module.__name__: module})


def _copy(module: ModuleType, name: str) -> ModuleType:
    """Return a copy of *module*, called *name*: its functions call each other, and its classes are the same."""
    spec = importlib.util.spec_from_file_location(name, module.__file__)
    assert spec is not None and spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    sys.modules[name] = copy
    spec.loader.exec_module(copy)
    vars(copy).update({key: value for key, value in vars(module).items() if isinstance(value, type)})
    return copy
