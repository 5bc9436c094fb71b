"""Modules by their text: what their top level defines and imports, and what a name there refers to."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Optional, Union

from spec.report.bundling.scopes import bound_by

PROJECT = ("impl", "spec")
"""The packages whose code goes into the file; the code of any other package is imported."""

LIBRARIES = "spec.selftest."
"""The broken APIs of this project are libraries like any other."""


class CannotBundle(Exception):
    """The code needs something that no single file can have.  The message says what, in one line."""


class Symbol(NamedTuple):
    """Where something is defined: a module, and a name there."""

    module: str
    name: str


@dataclass(frozen=True)
class External:
    """Something that is imported from outside the project.

    Attributes:
        module: where from.
        name: what is imported from there; None for the module itself.
        alias: the name that it is bound to.
    """

    module: str
    name: Optional[str]
    alias: str


@dataclass(frozen=True)
class Whole:
    """A module of the project, as a whole."""

    name: str


@dataclass(eq=False)
class Definition:
    """A statement at the top level of a module.

    Attributes:
        module: the module.
        node: the statement.
        names: the names that it binds.
        said: if it is a constant, the text below it, which documents it.
    """

    module: Module
    node: ast.stmt
    names: tuple[str, ...]
    said: str = ""


Referent = Union[Definition, External, Whole]


class Module:
    """A module of the project, which is read and not executed.

    Args:
        name: its name.
        code: its code; if left out, the module is found by its name.

    Raises:
        CannotBundle: there is no such module.
    """

    def __init__(self, name: str, code: Optional[str] = None) -> None:
        self.name, self.is_package = name, False
        if code is None:
            spec = importlib.util.find_spec(name)
            if spec is None or spec.origin is None:
                raise CannotBundle(f"there is no module {name}")
            self.is_package = spec.submodule_search_locations is not None
            with open(spec.origin, encoding="utf-8") as file:
                code = file.read()
        self.code = code.encode()
        self._lines = [0]
        for line in self.code.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self.imports: dict[str, Union[External, Whole, Symbol]] = {}
        self.definitions: list[Definition] = []
        self._read(ast.parse(code).body)
        self.by_name = {name: definition for definition in self.definitions for name in definition.names}

    def _read(self, statements: Sequence[ast.stmt]) -> None:
        for number, statement in enumerate(statements):
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self._import(statement)
            elif not is_text(statement) and not _for_type_checkers(statement):
                following = statements[number + 1 : number + 2]
                constant = isinstance(statement, (ast.Assign, ast.AnnAssign))
                said = "".join(text_of(text) for text in following if constant and is_text(text))
                self.definitions.append(Definition(self, statement, tuple(sorted(bound_by([statement]))), said))

    def _import(self, statement: Union[ast.Import, ast.ImportFrom]) -> None:
        for alias in statement.names:
            bound = alias.asname or alias.name.partition(".")[0]
            if isinstance(statement, ast.Import):
                self.imports[bound] = External(alias.name, None, bound)
                continue
            module = self._absolute(statement)
            if not is_of_project(module):
                self.imports[bound] = External(module, alias.name, bound)
            elif _exists(f"{module}.{alias.name}"):
                self.imports[bound] = Whole(f"{module}.{alias.name}")
            else:
                self.imports[bound] = Symbol(module, alias.name)

    def _absolute(self, statement: ast.ImportFrom) -> str:
        """Return the name of the module that *statement* imports from."""
        if not statement.level:
            return statement.module or ""
        parts = self.name.split(".")
        around = parts[: len(parts) - statement.level + self.is_package]
        return ".".join([*around, *([statement.module] if statement.module else [])])

    def start(self, node: ast.AST) -> int:
        """Return the offset at which *node* starts."""
        return self._lines[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined, no-any-return]

    def end(self, node: ast.AST) -> int:
        """Return the offset at which *node* ends."""
        return self._lines[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined, no-any-return]

    def lines(self, node: ast.stmt) -> tuple[int, int]:
        """Return the offsets of the lines of *node*, its decorators and the comments directly above it."""
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        while first > 1 and self.line(first - 1).lstrip().startswith("#"):
            first -= 1
        assert node.end_lineno is not None
        return self._lines[first - 1], self._lines[node.end_lineno]

    def line(self, number: int) -> str:
        """Return the line of this *number*."""
        return self.code[self._lines[number - 1] : self._lines[number]].decode()

    def line_of(self, offset: int) -> tuple[int, int]:
        """Return the offsets of the beginning and the end of the line that has this *offset*."""
        begin = self.code.rfind(b"\n", 0, offset) + 1
        return begin, self.code.find(b"\n", offset) + 1 or len(self.code)

    def segment(self, start: int, end: int) -> str:
        """Return the code between two offsets."""
        return self.code[start:end].decode()


class Sources:
    """The modules that are read, and what names in them refer to.

    Args:
        instead: what is used in place of other things: by a place, another one, or the name of a built-in.
        extra: modules that are not in any file, by name.
    """

    def __init__(self, instead: Mapping[Symbol, Union[Symbol, str]], extra: Mapping[str, str]) -> None:
        self._instead = instead
        self._modules = {name: Module(name, code) for name, code in extra.items()}

    def module(self, name: str) -> Module:
        """Return the module called *name*."""
        return self._modules[name] if name in self._modules else _read(name)

    def find(self, place: Symbol) -> Optional[tuple[Union[Referent, str], str]]:
        """Return what is meant by a name at the top level of a module, or None if that does not define it.

        What it is comes with the name that it has where it is defined; what is built in is just a name.

        Raises:
            CannotBundle: it is imported from a module that does not have it.
        """
        replacement = self._instead.get(place)
        if isinstance(replacement, str):
            return replacement, replacement
        if replacement is not None:
            return self.find(replacement)
        module = self.module(place.module)
        if place.name in module.by_name:
            return module.by_name[place.name], place.name
        imported = module.imports.get(place.name)
        if isinstance(imported, Symbol):
            found = self.find(imported)
            if found is None:
                raise CannotBundle(f"{imported.module} has no {imported.name}")
            return found
        if isinstance(imported, External) and imported.name is not None:
            replaced = self._instead.get(Symbol(imported.module, imported.name))
            if replaced is not None:
                return (replaced, replaced) if isinstance(replaced, str) else self.find(replaced)
        return None if imported is None else (imported, place.name)

    def attribute(self, whole: Union[External, Whole], name: str) -> Optional[tuple[Union[Referent, str], str]]:
        """Return what the attribute *name* of a module is, if it is in the project or is replaced."""
        if isinstance(whole, Whole):
            if _exists(f"{whole.name}.{name}"):
                return Whole(f"{whole.name}.{name}"), name
            return self.find(Symbol(whole.name, name))
        module = whole.module if whole.name is None else f"{whole.module}.{whole.name}"
        replaced = self._instead.get(Symbol(module, name))
        if replaced is None:
            return None
        return (replaced, replaced) if isinstance(replaced, str) else self.find(replaced)


def is_of_project(module: str) -> bool:
    """Return whether the code of *module* goes into the file."""
    return module.partition(".")[0] in PROJECT and not module.startswith(LIBRARIES)


@cache
def _read(name: str) -> Module:
    return Module(name)


@cache
def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ModuleNotFoundError, ValueError):  # what is around it is no package
        return False


def is_text(statement: ast.stmt) -> bool:
    """Return whether *statement* is a text and nothing else, such as a docstring."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


def text_of(statement: ast.stmt) -> str:
    """Return the text that *statement* is."""
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return str(statement.value.value)


def _for_type_checkers(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return isinstance(statement.targets[0], ast.Name) and statement.targets[0].id == "TYPE_CHECKING"
    return isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.dump(statement.test)
