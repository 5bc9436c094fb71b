"""Draw mutants of a library at random, the same ones for the same seed, evenly from its modules."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Optional

from spec.selftest.mutation.mutants import (
    OPERATORS,
    Change,
    Site,
    around,
    describe,
    first_difference,
    is_dangerous,
    joined,
    make,
    place_of,
    sites,
)

LIBRARY_OPERATORS = [
    *OPERATORS,
    "RemoveDecorator",
    "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceBreakWithContinue",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceContinueWithBreak",
]
"""The operators of Cosmic Ray that are used: those for the lessons, and some for what lessons have nothing of."""

LOGGING = {"debug", "info", "sub_debug", "sub_warning"}
"""Functions that write to the log of a library, which is off unless one works on the library itself."""


class Mutant(NamedTuple):
    """A library with one small fault.

    Attributes:
        module: the module that differs.
        change: the difference.
        nth: how many lines before this one in the same function read the same.
        line: the number of the first line that differs.
        source: the source of the changed module.
    """

    module: str
    change: Change
    nth: int
    line: int
    source: str

    @property
    def key(self) -> str:
        """What identifies the mutant, as long as the function does not change."""
        return f"{self.change}" + (f"\n  ({self.nth + 1})" if self.nth else "")


def draw(sources: Mapping[str, str], seed: int, left_out: Callable[[str], object]) -> Iterator[Mutant]:
    """Draw mutants without end, until there is no other one.

    Args:
        sources: the modules, by name.
        seed: decides which mutants come, and in which order.
        left_out: whether a place is of no interest, as `spec.selftest.mutation.mutants.Change` names places.
    """
    waiting = [_of_module(module, sources[module], seed, left_out) for module in sorted(sources)]
    seen = set()
    while waiting:
        for mutants in list(waiting):
            mutant = next(mutants, None)
            if mutant is None:
                waiting.remove(mutants)
            elif mutant.key not in seen:
                seen.add(mutant.key)
                yield mutant


def _of_module(module: str, source: str, seed: int, left_out: Callable[[str], object]) -> Iterator[Mutant]:
    """Draw the mutants of one *module*."""
    tree = ast.parse(source)
    found = sites(source, LIBRARY_OPERATORS)
    random.Random(f"{seed} {module}").shuffle(found)
    for site in found:
        mutant = _made(module, source, tree, site)
        if mutant and not left_out(mutant.change.place) and not is_dangerous(mutant.change):
            yield mutant


def _made(module: str, source: str, tree: ast.Module, site: Site) -> Optional[Mutant]:
    """Return the mutant of *site*, or None if it is no Python, or matters to nobody on Linux."""
    text = make(source, site)
    if text is None:
        return None
    line = first_difference(source, text)
    if not _matters(tree, line):
        return None
    return Mutant(module, describe(module, tree, source, text), _alike_before(module, source, tree, line), line, text)


def _alike_before(module: str, source: str, tree: ast.Module, line: int) -> int:
    """Return how many lines before *line* read the same, and are in the same function."""
    lines = [joined([text]) for text in source.splitlines()]
    place = place_of(module, tree, line)
    alike = (number for number in range(1, line) if lines[number - 1] == lines[line - 1])
    return sum(place_of(module, tree, number) == place for number in alike)


def _matters(tree: ast.Module, line: int) -> bool:
    """Return whether a *line* is code that runs on Linux, and does more than to write to a log.

    What a module exports by ``from module import *``, and what it does if it is run itself, matters to nobody either.
    """
    statements = [node for node in around(tree, line) if isinstance(node, ast.stmt)]
    return not (
        any(_is_elsewhere(outer, inner) for outer, inner in zip(statements, [*statements[1:], None]))
        or any(map(_is_for_developers, statements))
    )


def _is_elsewhere(outer: ast.stmt, inner: Optional[ast.stmt]) -> bool:
    """Return whether *outer* chooses by the platform, and *inner* is in its part for Windows, or is None."""
    if not isinstance(outer, ast.If):
        return False
    test = ast.unparse(outer.test)
    windows = test in WINDOWS
    if inner is None:
        return windows or test in NOT_WINDOWS
    return (windows and inner in outer.body) or (test in NOT_WINDOWS and inner in outer.orelse)


WINDOWS = {"sys.platform == 'win32'", "_winapi", "os.name == 'nt'", "WINEXE", "WINSERVICE"}
"""Conditions that hold on Windows only."""

NOT_WINDOWS = {"sys.platform != 'win32'", "hasattr(os, 'fork')", "_USE_POSIX"}
"""Conditions that hold on any other system."""


def _is_for_developers(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return ast.unparse(statement.test) == "__name__ == '__main__'"
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        return ast.unparse(target) == "__all__"
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func).rpartition(".")[2] in LOGGING
    return False
