"""What only the suite needs, so that a file leaves it out."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from spec.report.bundling.referents import Names
from spec.report.bundling.scopes import Function
from spec.report.bundling.source import Definition, Symbol

FOR_THE_SUITE = ("pytest", "hypothesis", "spec.engine")
"""Decorators from these packages are left out."""

TOLD_TO_THE_SUITE = {
    Symbol("spec.harness.roles", "note"),
    Symbol("spec.harness.heartbeat", "beat"),
    Symbol("spec.harness.event_log", "log_failure"),
}
"""Calls of these functions are left out: they tell the suite what goes on."""

SETTINGS = {"__tracebackhide__", "__module__"}
"""Assignments to these names are left out: they change how pytest shows errors."""


_found: dict[Function, tuple[set[ast.AST], set[str]]] = {}
"""What is known to be unneeded: the code of a function is in the files for many claims."""


def is_setting(statement: ast.stmt) -> bool:
    """Return whether *statement* only changes how pytest shows errors."""
    return isinstance(statement, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id in SETTINGS for target in statement.targets
    )


def unneeded(function: Function, names: Names) -> tuple[set[ast.AST], set[str]]:
    """Return the statements of *function* that only the suite needs, and the local names that only they need."""
    if function not in _found:
        _found[function] = _find(function, names)
    return _found[function]


def _find(function: Function, names: Names) -> tuple[set[ast.AST], set[str]]:
    gone: set[ast.AST] = {
        node
        for node in ast.walk(function)
        if isinstance(node, ast.stmt) and (is_setting(node) or _is_told(node, names))
    }
    decorators = [
        one
        for node in ast.walk(function)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for one in node.decorator_list
        if names.imported_name(one, FOR_THE_SUITE) not in ("", "example")
    ]
    while True:
        hidden = [*gone, *decorators]
        needed = set(_loads(function, hidden))
        dead = {name for node in hidden for name in _loads(node, ())} - needed
        more = {
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and all(isinstance(one, ast.Name) and one.id in dead for one in node.targets)
        }
        if more <= gone:
            return gone, dead
        gone |= more


def _is_told(statement: ast.stmt, names: Names) -> bool:
    """Return whether *statement* tells the suite what goes on."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    found = names.referent(statement.value.func)
    referent = found[0] if found else None
    return isinstance(referent, Definition) and Symbol(referent.module.name, referent.names[0]) in TOLD_TO_THE_SUITE


def _loads(node: ast.AST, hidden: Collection[ast.AST]) -> Iterator[str]:
    """Yield the names that are read in *node*, but not in what is *hidden*."""
    if node in hidden:
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from _loads(child, hidden)
