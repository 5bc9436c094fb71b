"""What is wrong with the file of a learner, as far as its syntax tree shows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from gettext import gettext as _
from typing import Union

from spec.learn import cutting, syntax_tree
from spec.learn.exercises import Exercise
from spec.learn.mistakes import GENERAL, RULES_BY_NAME, Mistake

STARTERS = frozenset({"Process", "start", "run", "Manager", "Pool", "Queue"})
"""Methods that start something, which must not happen when a file is imported."""


def parse(source: bytes) -> Union[ast.Module, Mistake]:
    """Return the syntax tree of a file, or why it is not Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line, reason = getattr(error, "lineno", None), getattr(error, "msg", error)
        return Mistake(line or 1, _("this is not Python: {reason}.").format(reason=reason))


def that_stop_a_run(tree: ast.Module, exercise: Exercise) -> list[Mistake]:
    """Return the mistakes with which it makes no sense to verify the file."""
    unwritten = _("{function}() is not written yet. Replace this line with your code.")
    found = [
        Mistake(node.lineno, unwritten.format(function=function.name))
        for function in _holes(tree, exercise)
        for node in ast.walk(function)
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node)
    ]
    return [*found, *_unguarded(tree)]


def find(tree: ast.Module, exercise: Exercise) -> list[Mistake]:
    """Return the mistakes that may be why a claim does not hold, by line.

    The rules of the exercise look at one function.  They are not applied to a function that calls others which the
    learner has added, because a start or a join may be there.
    """
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found = [mistake for function in functions.values() for rule in GENERAL for mistake in rule(function)]
    found += [mistake for function in functions.values() for mistake in _target_is_called(function, functions)]
    added = functions.keys() - _defined(cutting.with_holes(exercise))
    for function in _holes(tree, exercise):
        if not any(syntax_tree.calls(function, name) for name in added):
            found += [mistake for name in exercise.mistakes for mistake in RULES_BY_NAME[name](function)]
    return sorted(set(found))


def _defined(source: str) -> set[str]:
    """Return the names of the functions of a file."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def _holes(tree: ast.Module, exercise: Exercise) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in exercise.holes]


def _unguarded(tree: ast.Module) -> Iterator[Mistake]:
    """Yield code that starts something when the file is imported: the guard of ``__main__`` is missing."""
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for statement in tree.body:
        defines = isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
        guarded = isinstance(statement, ast.If) and "__name__" in syntax_tree.names(statement.test)
        if defines or guarded:
            continue
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        if any(
            syntax_tree.called(call) in (STARTERS if isinstance(call.func, ast.Attribute) else own) for call in calls
        ):
            yield Mistake(
                statement.lineno,
                _(
                    "this runs whenever the file is imported, also in children under spawn and forkserver. Put it"
                    ' under if __name__ == "__main__":'
                ),
            )


def _target_is_called(function: ast.FunctionDef, functions: Mapping[str, ast.FunctionDef]) -> Iterator[Mistake]:
    procedures = {name for name, one in functions.items() if not syntax_tree.returns(one)}
    for value, call in syntax_tree.keywords(function, "target"):
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and value.func.id in {"task", *procedures}
        ):
            name, passed = value.func.id, ", ".join(map(ast.unparse, value.args))
            arguments = f", args=({passed}{',' if len(value.args) == 1 else ''})" if passed else ""
            text = _(
                "target={name}(...) calls {name} here, in the parent, and the child gets only the result. Pass the"
                " function without parentheses: {right}."
            )
            yield Mistake(call.lineno, text.format(name=name, right=f"target={name}{arguments}"))
