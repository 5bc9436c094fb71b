"""Scopes: which names are local at a place in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Optional, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]

FIELDS = ("NamedTuple", "dataclass")
"""A class that one of these makes has a field for each annotation."""


@dataclass
class Scope:
    """A function, a class, a lambda expression or a comprehension.

    Attributes:
        names: the names that it binds.
        globals: the names that it declares to be those of the module.
        of_class: whether it is a class.
        has_fields: whether it is a class, and its annotations make fields.
        deferred: whether its code runs later than the statement that it is in.
        function: the function, if it is one.
    """

    names: set[str]
    globals: set[str] = field(default_factory=set)
    of_class: bool = False
    has_fields: bool = False
    deferred: bool = False
    function: Optional[Function] = None

    @classmethod
    @cache
    def of(cls, node: Union[Function, ast.ClassDef, ast.Lambda]) -> Scope:
        """Return the scope of a definition or of a lambda expression."""
        if isinstance(node, ast.ClassDef):
            return cls(bound_by(node.body), of_class=True, has_fields=has_fields(node))
        parameters = _parameters(node.args)
        if isinstance(node, ast.Lambda):
            return cls(parameters, deferred=True)
        bound = bound_by(node.body) - _declared(node, ast.Nonlocal) - _declared(node, ast.Global)
        return cls(parameters | bound, globals=_declared(node, ast.Global), deferred=True, function=node)


class Scopes:
    """The scopes around the place that is being read."""

    def __init__(self) -> None:
        self._scopes: list[Scope] = []  # the innermost is the last

    @contextmanager
    def enter(self, scope: Scope) -> Iterator[None]:
        """Be in *scope* for the time of the block."""
        self._scopes.append(scope)
        yield
        self._scopes.pop()

    def __bool__(self) -> bool:
        return bool(self._scopes)

    @property
    def deferred(self) -> bool:
        """Whether the code here runs later than the statement at the top level that it is in."""
        return any(scope.deferred for scope in self._scopes)

    @property
    def has_fields(self) -> bool:
        """Whether annotations make fields here."""
        return bool(self._scopes) and self._scopes[-1].has_fields

    @property
    def function(self) -> Optional[Function]:
        """The innermost function, if there is one."""
        return next((scope.function for scope in reversed(self._scopes) if scope.function is not None), None)

    @property
    def locals(self) -> frozenset[str]:
        """The names that may mean something local here."""
        return frozenset().union(*(scope.names for scope in self._scopes if not scope.of_class))

    def is_local(self, name: str) -> bool:
        """Return whether *name* means something local here."""
        innermost = self._scopes[-1] if self._scopes else None
        for scope in reversed(self._scopes):
            if not scope.of_class or scope is innermost:
                if name in scope.globals:
                    return False
                if name in scope.names:
                    return True
        return False


def has_fields(definition: ast.ClassDef) -> bool:
    """Return whether the annotations in a class make its fields."""
    made_by = [*definition.bases, *definition.decorator_list]
    return any(name in ast.dump(one) for one in made_by for name in FIELDS)


def bound_by(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that *nodes* bind in the scope that they are in."""
    names: set[str] = set()
    for node in nodes:
        children: Iterable[ast.AST] = ast.iter_child_nodes(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
            children = ()
        elif isinstance(node, ast.Lambda):
            children = ()
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            children = (one.target for one in ast.walk(node) if isinstance(one, ast.NamedExpr))
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
        names |= bound_by(children)
    return names


def _parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {one.arg for one in every if one is not None}


def _declared(function: Function, kind: Union[type[ast.Global], type[ast.Nonlocal]]) -> set[str]:
    """Return the names that *function* declares to be global or nonlocal, without those in functions in it."""
    names: set[str] = set()
    todo: list[ast.AST] = [*function.body]
    while todo:
        node = todo.pop()
        if isinstance(node, kind):
            names.update(node.names)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo += ast.iter_child_nodes(node)
    return names
