"""How a defect is declared."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from impl.managed import SUFFIX
from spec.engine.verdicts import FAILURES


@dataclass(frozen=True, eq=False)
class Defect:
    """What a broken implementation declares.

    Attributes:
        name: the name of the target, if an API is broken; the name of the package, if a lesson is broken.
        fault: one sentence that says what is wrong.
        breaks: the ids of the few claims that the defect was made to break, most often one.  What else it breaks is
            recorded: see `spec.selftest.broken_claims`.
        mp: the API that it is verified on: itself, unless it is a package of lessons.
        context: the name of that API's start method, followed by ``:managed`` if its manager makes the objects.
        verdicts: the verdicts that each claim in *breaks* may have.
        slow: whether it takes so long to break the claims that the self-tests leave it to ``python -m spec matrix``.
    """

    name: str
    fault: str
    breaks: Sequence[str]
    mp: str
    context: str
    verdicts: Sequence[str] = FAILURES
    slow: bool = False

    def __post_init__(self) -> None:
        assert self.fault, f"{self.name}: a docstring says what is wrong"
        assert self.breaks, f"{self.name}: it declares no claim that it was made to break"

    @property
    def short_name(self) -> str:
        """Its name without the packages that all defects are in, as in ``locks:does-nothing``."""
        return self.name.replace("spec.selftest.defects.", "")

    @property
    def is_package(self) -> bool:
        """Whether it is a package of lessons and not an API."""
        return self.name != self.mp

    @property
    def file(self) -> str:
        """The file that defines it, relative to the root of the project."""
        module = self.name.rpartition(".")[0] if self.is_package else self.name.partition(":")[0]
        return f"{module.replace('.', '/')}.py"


class Broken:
    """A multiprocessing API: a context of the standard library, except for what a subclass overrides.

    Attributes:
        method: the start method of that context.
    """

    method = "fork"

    def __init__(self) -> None:
        self.context = multiprocessing.get_context(self.method)

    def __getattr__(self, name: str) -> Any:
        if name == "context":  # while it is unpickled in a child
            raise AttributeError(name)
        return getattr(self.context, name)


class Contexts:
    """APIs that are the contexts of one module, which is itself a multiprocessing API."""

    def __init__(self) -> None:
        self._contexts: dict[str, type[Broken]] = {}

    def add(self, api: type[Broken]) -> str:
        """Add an *api*, and return the name of its context: ``class DoesNothing`` is ``does-nothing``."""
        name = re.sub(r"(?<!^)(?=[A-Z])", "-", api.__name__).lower()
        self._contexts[name] = api
        return name

    def get_all_start_methods(self) -> list[str]:
        """Return the names of all APIs."""
        return list(self._contexts)

    def get_context(self, name: Optional[str] = None) -> Broken:
        """Return the API called *name*; there is no default.

        Raises:
            ValueError: there is no such API.
        """
        if name not in self._contexts:
            raise ValueError(f"cannot find context for {name!r}")
        return self._contexts[name]()


class Family(Contexts):
    """The broken APIs of one module.

    Args:
        name: the name of the module.

    Attributes:
        name: the name of the module.
        defects: what the broken APIs declare, in order.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.defects: list[Defect] = []

    def breaks(
        self, *claims: str, verdicts: Sequence[str] = FAILURES, slow: bool = False, managed: bool = False
    ) -> Callable[[type[Broken]], type[Broken]]:
        """Declare that the decorated class was made to break these *claims*; its docstring says what is wrong.

        Args:
            claims: see `Defect`.
            verdicts: see `Defect`.
            slow: see `Defect`.
            managed: the claims are verified on the objects that its manager makes: on the target ``NAME:managed``.
        """

        def declare(api: type[Broken]) -> type[Broken]:
            suffix = SUFFIX if managed else ""
            name = f"{self.name}:{self.add(api)}{suffix}"
            fault = " ".join((api.__doc__ or "").split())
            self.defects.append(Defect(name, fault, claims, name, f"{api.method}{suffix}", verdicts, slow))
            return api

        return declare
