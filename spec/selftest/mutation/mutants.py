"""Make the mutants of a module."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple, Union

OPERATORS = [
    "AddNot",
    "ExceptionReplacer",
    "NumberReplacer",
    "ReplaceAndWithOr",
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_Mul_Add",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceFalseWithTrue",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_USub_UAdd",
    "ZeroIterationForLoop",
]
"""The operators of Cosmic Ray that are used.

Cosmic Ray can replace each operator of Python by every other.  Here each is replaced by the nearest wrong one only: a
test that notices ``left + 1`` in place of ``left - 1`` also notices ``left << 1``.
"""

PROSE = {"description", "help", "metavar", "prog", "title"}
"""Keyword arguments whose values are texts for people; a test of a text would only repeat the text."""

NO_CONTEXT = b"__import__('contextlib').nullcontext()"


class Change(NamedTuple):
    """The difference between a mutant and the reference, without comments.

    Attributes:
        place: the module and the function, ``lock.buy``.
        before: the lines of the reference that differ; a line break counts as a space.
        after: the lines of the mutant in their place.
    """

    place: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.place}\n  - {self.before}\n  + {self.after}"


def mutants(module: str, source: str) -> Iterator[tuple[Change, str]]:
    """Make the mutants of *module*, each with its change and its source."""
    tree = ast.parse(source)
    for mutant in (*_replacements(source), *_removals(source, tree)):
        if _is_valid(mutant):
            change = _change(module, tree, source, mutant)
            if not _is_dangerous(change):
                yield change, mutant


def _replacements(source: str) -> Iterator[str]:
    """Make the mutants that Cosmic Ray makes."""
    from cosmic_ray.ast import ast_nodes, get_ast  # here, because it is installed for this only
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    nodes = list(ast_nodes(get_ast(source)))
    for name in OPERATORS:
        operator = get_operator(f"core/{name}")()
        for occurrence in range(sum(len(list(operator.mutation_positions(node))) for node in nodes)):
            yield mutate_code(source, operator, occurrence)


def _removals(source: str, tree: ast.Module) -> Iterator[str]:
    """Make the mutants that lack a statement, a keyword argument or a context; Cosmic Ray does not make these."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and _acts(node):
            yield _replace(source, node, b"pass")
        elif isinstance(node, ast.keyword) and node.arg not in PROSE:
            yield _replace(source, node, b"", rb"\s*,?\s*")
        elif isinstance(node, ast.withitem) and node.optional_vars is None:
            yield _replace(source, node.context_expr, NO_CONTEXT)


def _acts(statement: ast.stmt) -> bool:
    """Return whether the code after *statement* can run without it.

    Without an assignment to a name, that code would raise a NameError.
    """
    if isinstance(statement, ast.Assign):
        return not isinstance(statement.targets[0], (ast.Name, ast.Tuple))
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)  # a docstring
    return isinstance(statement, (ast.AugAssign, ast.Raise, ast.Return))


def _replace(source: str, node: Union[ast.expr, ast.keyword, ast.stmt], text: bytes, more: bytes = b"") -> str:
    """Return *source* with *text* in place of *node* and of the text after it that matches *more*."""
    lines = source.encode().splitlines(keepends=True)
    begin = len(b"".join(lines[: node.lineno - 1])) + node.col_offset
    end = len(b"".join(lines[: (node.end_lineno or 0) - 1])) + (node.end_col_offset or 0)
    code = b"".join(lines)
    return (code[:begin] + text + re.sub(rb"\A" + more, b"", code[end:])).decode()


def _change(module: str, tree: ast.Module, source: str, mutant: str) -> Change:
    """Return the difference between *source* and *mutant*, which is valid Python."""
    before, after = (_without_comments(text).splitlines() for text in (source, mutant))
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    first = 0
    while before[first : first + 1] == after[first : first + 1]:
        first += 1
    place = ".".join([module, *_around(tree, first + 1)])
    return Change(place, _joined(before[first:]), _joined(after[first:]))


def _without_comments(source: str) -> str:
    """Return *source* without its comments, which no mutant changes."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            lines[line - 1] = lines[line - 1][:column].rstrip()
    return "\n".join(lines)


def _around(tree: ast.AST, line: int) -> Iterator[str]:
    """Return the names of the functions and classes around a *line*, beginning with the outermost."""
    for node in ast.iter_child_nodes(tree):
        if getattr(node, "lineno", line + 1) <= line <= getattr(node, "end_lineno", 0):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                yield node.name
            yield from _around(node, line)


def _joined(lines: list[str]) -> str:
    text = " ".join(" ".join(lines).split())
    return re.sub(r"(?<=[(\[]) |,? ?(?=[)\]])", "", text)  # as on one line; Cosmic Ray writes ``f( 1)``


def _is_valid(mutant: str) -> bool:
    """Return whether *mutant* is Python; Cosmic Ray takes the star in ``def demo(mp, *, pause)`` for an operator."""
    try:
        ast.parse(mutant)
    except SyntaxError:
        return False
    return True


def _is_dangerous(change: Change) -> bool:
    """Return whether the mutant may send signals to other processes: ``os.killpg(1, ...)`` reaches all."""
    return "kill" in change.before and change.after != "pass"
