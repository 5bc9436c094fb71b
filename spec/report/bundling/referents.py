"""What the names in the code of a module refer to."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Optional, Union

from spec.report.bundling.scopes import Scopes
from spec.report.bundling.source import Definition, External, Module, Referent, Sources, Symbol, Whole


class Names:
    """The names in the code of a module.

    Args:
        sources: where names are looked up.
        module: the module.

    Attributes:
        scopes: the scopes around the place that is being read; local names refer to nothing.
    """

    def __init__(self, sources: Sources, module: Module) -> None:
        self._sources, self._module = sources, module
        self.scopes = Scopes()

    def find(self, name: str) -> Optional[tuple[Union[Referent, str], str]]:
        """Return what *name* refers to: see `Sources.find`; None if it is local or built in."""
        return None if self.scopes.is_local(name) else self.find_global(name)

    def find_global(self, name: str) -> Optional[tuple[Union[Referent, str], str]]:
        """Return what *name* refers to at the top level of the module."""
        return self._sources.find(Symbol(self._module.name, name))

    def referent(self, node: ast.AST) -> Optional[tuple[Union[Referent, str], str]]:
        """Return what *node*, a name or an attribute of a module, refers to; None if that is local or built in."""
        if isinstance(node, ast.Name):
            return self.find(node.id)
        if isinstance(node, ast.Attribute):
            around = self.referent(node.value)
            if around is not None and isinstance(around[0], (External, Whole)):
                return self._sources.attribute(around[0], node.attr)
        return None

    def imported_name(self, node: ast.AST, packages: Sequence[str]) -> str:
        """Return the name of what *node* calls or refers to, if it is from one of the *packages*; otherwise ""."""
        if isinstance(node, ast.Call):
            return self.imported_name(node.func, packages)
        if isinstance(node, ast.Attribute):
            return self.imported_name(node.value, packages) and node.attr
        found = self.find(node.id) if isinstance(node, ast.Name) else None
        if found is None or isinstance(found[0], str):
            return ""
        referent = found[0]
        origin = referent.module.name if isinstance(referent, Definition) else getattr(referent, "module", "")
        return found[1] if f"{origin}.".startswith(tuple(f"{package}." for package in packages)) else ""
