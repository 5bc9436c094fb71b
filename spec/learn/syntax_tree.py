"""Questions about the code of a function, answered from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Optional


def called(call: ast.Call) -> Optional[str]:
    """Return the name of the function or method that is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)


def calls(node: ast.AST, name: str) -> list[ast.Call]:
    """Return the calls of a function or method with this *name*, by line."""
    found = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call) and called(inner) == name]
    return sorted(found, key=lambda call: call.lineno)


def mentions(node: ast.AST, name: str) -> bool:
    """Return whether a function or method with this *name* is used in any way."""
    return name in names(node)


def names(node: ast.AST) -> set[str]:
    """Return the names of variables and attributes in the code."""
    attributes = {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
    return attributes | {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def keywords(node: ast.AST, name: str) -> Iterator[tuple[ast.expr, ast.Call]]:
    """Yield each argument that is passed under this *name*, with the call."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            yield from ((keyword.value, call) for keyword in call.keywords if keyword.arg == name)


def returns(function: ast.FunctionDef) -> bool:
    """Return whether the function returns a value."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))


def assigned_from(node: ast.AST, maker: str) -> set[str]:
    """Return the variables to which the result of a method of *maker* is assigned."""
    return {
        target.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Call)
        if ast.unparse(inner.value.func).startswith(f"{maker}.")
        for target in inner.targets
        if isinstance(target, ast.Name)
    }


def lines_that_set(function: ast.FunctionDef, attribute: str) -> list[int]:
    """Return the lines in which an attribute with this name is assigned."""
    targets = (target for node in ast.walk(function) if isinstance(node, ast.Assign) for target in node.targets)
    return [target.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == attribute]


def lines_under(function: ast.FunctionDef, guard: str) -> set[int]:
    """Return the lines in the body of a ``with`` statement on the variable *guard*."""
    return {
        line
        for node in ast.walk(function)
        if isinstance(node, ast.With) and any(guard in names(item.context_expr) for item in node.items)
        for statement in node.body
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    }
