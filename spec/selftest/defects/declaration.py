"""How a defect is declared."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional

from spec.engine.verdicts import FAILURES


@dataclass(frozen=True, eq=False)
class Defect:
    """What a broken implementation declares of itself.

    Attributes:
        name: what it is called: of an API, the name of the target; of lessons, that of the package.
        fault: what is wrong with it.
        breaks: the ids of the claims that it must break; none if it is but a nuisance.
        verdicts: what each of these must come to, one of them.
        spoils: ids, or beginnings of ids, of claims that it may break as well.
        why: why it cannot but spoil these.
        mp: the API that broken lessons are verified on.
    """

    name: str
    fault: str
    breaks: Sequence[str]
    verdicts: Sequence[str] = FAILURES
    spoils: Sequence[str] = ()
    why: str = ""
    mp: str = "multiprocessing:fork"

    def __post_init__(self) -> None:
        assert self.fault, f"{self.name}: a docstring says what is wrong"
        assert bool(self.spoils) == bool(self.why), f"{self.name}: what it spoils and why go together"

    @property
    def is_package(self) -> bool:
        """Whether it is a package of lessons, not an API."""
        return ":" not in self.name


class Broken:
    """A multiprocessing API that is a context of the standard library's, but for what a subclass overrides.

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


class Family:
    """The broken APIs of one module, which is a multiprocessing API of which they are the contexts.

    Args:
        name: that of the module.

    Attributes:
        name: that of the module.
        defects: what they declare, in order.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._contexts: dict[str, type[Broken]] = {}
        self.defects: list[Defect] = []

    def get_all_start_methods(self) -> list[str]:
        """Return the names of all."""
        return list(self._contexts)

    def get_context(self, name: Optional[str] = None) -> Broken:
        """Return the broken API called *name*; it has no default one.

        Raises:
            ValueError: there is none.
        """
        if name not in self._contexts:
            raise ValueError(f"cannot find context for {name!r}")
        return self._contexts[name]()

    def breaks(
        self, *claims: str, verdicts: Sequence[str] = FAILURES, spoils: Sequence[str] = (), why: str = ""
    ) -> Callable[[type[Broken]], type[Broken]]:
        """Declare the decorated class, whose docstring says what is wrong, as one that breaks these *claims*.

        ``class DoesNothing`` is the context ``does-nothing``.  For the parameters see `Defect`.
        """

        def declare(api: type[Broken]) -> type[Broken]:
            name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", api.__name__).lower()
            fault = " ".join((api.__doc__ or "").split())
            self.defects.append(Defect(f"{self.name}:{name}", fault, claims, verdicts, spoils, why))
            self._contexts[name] = api
            return api

        return declare
