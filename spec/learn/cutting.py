"""Cut an exercise out of a lesson of `impl`.

The learner's file has the functions that the exercise needs, word for word, but without annotations.  So it needs
nothing but the standard library.  Docstrings are in the language of the learner.  The solution of an exercise is what
is cut out when no hole is made.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from gettext import gettext as _
from types import MappingProxyType
from typing import Union

from spec.engine import lessons
from spec.learn.exercises import Exercise
from spec.learn.languages import N_

FunctionOrClass = Union[ast.FunctionDef, ast.ClassDef]

NOTHING_YET = N_("write this function")
"""The exception that a function raises which the learner writes."""

FAULTY = N_("This code has a fault. Mend it.")
"""The comment that precedes the body of a function that the learner mends."""


def with_holes(exercise: Exercise) -> str:
    """Return the file that the learner begins with."""
    return _cut(exercise, exercise.holes)


def solution(exercise: Exercise) -> str:
    """Return a file that solves the exercise."""
    return _cut(exercise, MappingProxyType({}))


def solved_functions(exercise: Exercise) -> str:
    """Return the solution of those functions only that have a hole."""
    text = inspect.getsource(lessons.reference(exercise.lesson))
    return "\n\n\n".join(
        _function(text, node) for node in _definitions(ast.parse(text)) if node.name in exercise.holes
    )


def docstrings(exercise: Exercise) -> Sequence[str]:
    """Return the docstrings that the learner's file has, in English."""
    tree = ast.parse(solution(exercise))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [ast.get_docstring(tree) or "", *(ast.get_docstring(function) or "" for function in functions)]


def _cut(exercise: Exercise, holes: Mapping[str, str]) -> str:
    """Return what the exercise needs of its lesson, with the *holes* in place of the bodies of some functions."""
    text = inspect.getsource(lessons.reference(exercise.lesson))
    tree = ast.parse(text)
    wanted = _needed(tree, {*exercise.functions, *exercise.holes})
    parts = [
        _function(text, node, holes.get(node.name)) if isinstance(node, ast.FunctionDef) else _lines(text, node)
        for node in _definitions(tree)
        if node.name in wanted
    ]
    imports = "\n".join(_imports(tree, wanted))
    head = "\n\n".join(filter(None, [_documentation(tree), imports]))
    return "\n\n\n".join([head, *parts]) + "\n"


def _definitions(tree: ast.Module) -> Iterator[FunctionOrClass]:
    return (node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))


def _needed(tree: ast.Module, names: set[str]) -> set[str]:
    """Return all names that definitions with these *names* use, directly or not, and the names themselves."""
    found: set[str] = set()
    while names - found:
        using = [node for node in _definitions(tree) if node.name in names - found]
        found |= names
        names |= {used for node in using for used in _used(node)}
    return found


def _used(definition: FunctionOrClass) -> Iterator[str]:
    """Yield the names that the code of a definition uses; those in annotations are not among them."""
    code = [
        *definition.body,
        *(definition.bases if isinstance(definition, ast.ClassDef) else definition.args.defaults),
    ]
    annotations = {
        id(inner)
        for statement in code
        for node in ast.walk(statement)
        if isinstance(node, ast.AnnAssign)
        for inner in ast.walk(node.annotation)
    }
    for statement in code:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and id(node) not in annotations:
                yield node.id


def _imports(tree: ast.Module, wanted: set[str]) -> Iterator[str]:
    """Yield the import statements for those of the *wanted* names that are imported."""
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            node.names = [alias for alias in node.names if (alias.asname or alias.name) in wanted]
            if node.names:
                yield ast.unparse(node)


def _function(text: str, node: FunctionOrClass, hole: object = None) -> str:
    """Return the code of a function without annotations, with a *hole* in place of its body unless that is None."""
    assert isinstance(node, ast.FunctionDef)
    for argument in (*node.args.args, *node.args.kwonlyargs):
        argument.annotation = None
    documentation = textwrap.indent(_documentation(node), "    ")
    body = [_lines(text, statement) for statement in node.body[1:]]
    if hole is not None:
        begin = textwrap.dedent(str(hole)).strip("\n")
        body = [textwrap.indent(f"# {_(FAULTY)}\n{begin}" if begin else _raises(_(NOTHING_YET)), "    ")]
    return "\n".join([f"def {node.name}({ast.unparse(node.args)}):", documentation, *body])


def _documentation(node: Union[ast.Module, ast.FunctionDef]) -> str:
    """Return the docstring in the language of the learner, with its quotes."""
    original = ast.get_docstring(node)
    assert original
    text = _(original)
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def _raises(message: str) -> str:
    return f'raise NotImplementedError("{message}")'


def _lines(text: str, node: Union[ast.stmt, FunctionOrClass]) -> str:
    """Return the lines of a statement, without the annotation of a variable."""
    assert node.end_lineno is not None
    lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
    if isinstance(node, ast.AnnAssign) and node.annotation.end_col_offset is not None:
        begin, end = node.target.end_col_offset, node.annotation.end_col_offset
        lines[0] = lines[0][:begin] + lines[0][end:]
    return "\n".join(lines)
