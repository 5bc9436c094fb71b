"""Make the mutants of a module."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional, Union

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

REMOVAL = "Removal"
"""The operator of mutants that lack something; it is no operator of Cosmic Ray."""

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


class Site(NamedTuple):
    """What one mutant changes.

    Attributes:
        operator: the name of an operator of Cosmic Ray, or `REMOVAL`.
        occurrence: how many places before this one in the source the operator can change.
    """

    operator: str
    occurrence: int


def mutants(module: str, source: str) -> Iterator[tuple[Change, str]]:
    """Make the mutants of *module*, each with its change and its source."""
    tree = ast.parse(source)
    for site in sites(source, OPERATORS):
        mutant = make(source, site)
        if mutant is not None:
            change = describe(module, tree, source, mutant)
            if not is_dangerous(change):
                yield change, mutant


def sites(source: str, operators: Sequence[str]) -> list[Site]:
    """Return what the *operators* of Cosmic Ray can change in *source*, and what can be removed from it."""
    counts = {**_counts(source, operators), REMOVAL: len(_removals(ast.parse(source)))}
    return [Site(operator, occurrence) for operator, count in counts.items() for occurrence in range(count)]


def _counts(source: str, operators: Sequence[str]) -> dict[str, int]:
    """Return in how many places Cosmic Ray can apply each of the *operators*."""
    if not operators:
        return {}
    from cosmic_ray.ast import ast_nodes, get_ast  # here, because it is installed for this only
    from cosmic_ray.plugins import get_operator

    nodes = list(ast_nodes(get_ast(source)))
    return {
        name: sum(len(list(get_operator(f"core/{name}")().mutation_positions(node))) for node in nodes)
        for name in operators
    }


def make(source: str, site: Site) -> Optional[str]:
    """Return the mutant of *source* that differs at *site*, or None if that is not Python.

    Cosmic Ray takes the star in ``def demo(mp, *, pause)`` for an operator.
    """
    mutant = (
        _removals(ast.parse(source))[site.occurrence].made_in(source)
        if site.operator == REMOVAL
        else _mutated(source, site)
    )
    try:
        ast.parse(mutant)
    except SyntaxError:
        return None
    return mutant


def _mutated(source: str, site: Site) -> str:
    """Return what Cosmic Ray makes of *source*."""
    from cosmic_ray.mutating import mutate_code  # here, because it is installed for this only
    from cosmic_ray.plugins import get_operator

    mutant: str = mutate_code(source, get_operator(f"core/{site.operator}")(), site.occurrence)
    return mutant


class _Removal(NamedTuple):
    """Something that a mutant lacks.

    Attributes:
        node: what is replaced.
        text: what stands in its place.
        more: a pattern of the text after it that is removed as well.
    """

    node: Union[ast.expr, ast.keyword, ast.stmt]
    text: bytes
    more: bytes = b""

    def made_in(self, source: str) -> str:
        """Return *source* without it."""
        node = self.node
        lines = source.encode().splitlines(keepends=True)
        begin = len(b"".join(lines[: node.lineno - 1])) + node.col_offset
        end = len(b"".join(lines[: (node.end_lineno or 0) - 1])) + (node.end_col_offset or 0)
        code = b"".join(lines)
        return (code[:begin] + self.text + re.sub(rb"\A" + self.more, b"", code[end:])).decode()


def _removals(tree: ast.Module) -> list[_Removal]:
    """Return the statements, keyword arguments and contexts that mutants lack; Cosmic Ray does not remove these."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and _acts(node):
            found.append(_Removal(node, b"pass"))
        elif isinstance(node, ast.keyword) and node.arg not in PROSE:
            found.append(_Removal(node, b"", rb"\s*,?\s*"))
        elif isinstance(node, ast.withitem) and node.optional_vars is None:
            found.append(_Removal(node.context_expr, NO_CONTEXT))
    return found


def _acts(statement: ast.stmt) -> bool:
    """Return whether the code after *statement* can run without it.

    Without an assignment to a name, that code would raise a NameError.
    """
    if isinstance(statement, ast.Assign):
        return not isinstance(statement.targets[0], (ast.Name, ast.Tuple))
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)  # a docstring
    return isinstance(statement, (ast.AugAssign, ast.Raise, ast.Return))


def describe(module: str, tree: ast.Module, source: str, mutant: str) -> Change:
    """Return the difference between *source* and *mutant*, which is valid Python."""
    before, after = (_without_comments(text).splitlines() for text in (source, mutant))
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    line = first_difference(source, mutant)
    return Change(place_of(module, tree, line), joined(before[line - 1 :]), joined(after[line - 1 :]))


def first_difference(source: str, mutant: str) -> int:
    """Return the number of the first line in which the *mutant* differs from *source*, not counting blank lines."""
    lines = zip(source.splitlines(), mutant.splitlines())
    return next(number for number, (before, after) in enumerate(lines, 1) if before != after and before.strip())


def _without_comments(source: str) -> str:
    """Return *source* without its comments, which no mutant changes."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            lines[line - 1] = lines[line - 1][:column].rstrip()
    return "\n".join(lines)


def around(tree: ast.AST, line: int) -> Iterator[Union[ast.stmt, ast.ExceptHandler]]:
    """Return the statements and exception handlers around a *line*, beginning with the outermost."""
    for node in ast.iter_child_nodes(tree):
        decorators = getattr(node, "decorator_list", [])  # they stand before the line of the node
        first = min([getattr(node, "lineno", line + 1), *(decorator.lineno for decorator in decorators)])
        if first <= line <= (getattr(node, "end_lineno", None) or 0):
            if isinstance(node, (ast.stmt, ast.ExceptHandler)):
                yield node
            yield from around(node, line)


def place_of(module: str, tree: ast.Module, line: int) -> str:
    """Return the module and the names of the classes and functions around a *line*, joined by dots."""
    nodes = [node for node in around(tree, line) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return ".".join([module, *(node.name for node in nodes)])


def joined(lines: Sequence[str]) -> str:
    """Return *lines* of code as one, in which spaces and commas that mean nothing are left out."""
    text = " ".join(" ".join(lines).split())
    return re.sub(r"(?<=[(\[]) |,? ?(?=[)\]])", "", text)  # as on one line; Cosmic Ray writes ``f( 1)``


def is_dangerous(change: Change) -> bool:
    """Return whether the mutant may send signals to other processes: ``os.killpg(1, ...)`` reaches all."""
    return "kill" in change.before and change.after != "pass"
