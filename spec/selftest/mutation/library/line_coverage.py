"""Find out which tests reach which lines of a library, in all processes of the test.

The library is instrumented: before each statement stands a call that notes the statement.  It notes the test with it,
whose name pytest keeps in the environment, from which each process of the test has it: children under every start
method, fork servers, resource trackers, servers of managers, and programs.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Union

from spec.selftest.mutation.mutants import around

RECORDER = "_statements_reached"
"""The name of the module that notes statements, beside the library."""

RECORDER_SOURCE = """
import hashlib, os

seen = set()


def note(module, line, importing):
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    if (test or importing) and (test, module, line) not in seen:
        seen.add((test, module, line))
        try:
            file = os.path.join({folder!r}, hashlib.sha1(test.encode()).hexdigest())
            descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                os.write(descriptor, f"{{module}} {{line}}\\n".encode())
            finally:
                os.close(descriptor)
        except Exception:  # no file may be open, for example; then another process may note it
            pass
"""
"""It opens a file for each note, because claims look at which files are open."""

IMPORT = ""
"""In place of the name of a test: what is reached outside any test when a module is imported.

Functions that run outside any test do not count.  If a mutant breaks them, then no test can run.
"""

Statement = tuple[str, int]
"""The module, and the number of the first line of the statement."""


def recorder(folder: Path) -> str:
    """Return the source of the recorder, which writes to *folder*."""
    return RECORDER_SOURCE.format(folder=str(folder))


def instrumented(module: str, source: str) -> str:
    """Return the *source* of a module, changed so that each statement is noted before it runs."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inside = {node for function in functions for node in ast.walk(function) if node is not function}
    for node in list(ast.walk(tree)):
        for block in _blocks(node):
            begin = _after_prologue(node, block)
            calls = [_call(module, statement, importing=statement not in inside) for statement in block[begin:]]
            block[begin:] = [made for pair in zip(calls, block[begin:]) for made in pair]
    begin = _after_prologue(tree, tree.body)
    tree.body[begin:begin] = ast.parse(f"import {RECORDER}").body
    return ast.unparse(ast.fix_missing_locations(tree))


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """Return the lists of statements that a node consists of."""
    fields = (getattr(node, name, None) for name in ("body", "orelse", "finalbody"))
    return [field for field in fields if isinstance(field, list)]


def _after_prologue(node: ast.AST, block: Sequence[ast.stmt]) -> int:
    """Return how many statements must stay at the beginning of *block*: a docstring, and imports from the future."""
    count = 0
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
        count = int(block is node.body)
    while count < len(block) and getattr(block[count], "module", None) == "__future__":
        count += 1
    return count


def _call(module: str, statement: ast.stmt, *, importing: bool) -> ast.stmt:
    return ast.parse(f"{RECORDER}.note({module!r}, {statement.lineno}, {importing})").body[0]


def read(folder: Path, tests: Sequence[str]) -> dict[str, set[Statement]]:
    """Return what the *tests* reached, as the recorder has written it to *folder*.

    Under `IMPORT` is what was reached outside any test.
    """
    reached = {}
    for test in (*tests, IMPORT):
        file = folder / hashlib.sha1(test.encode()).hexdigest()
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        reached[test] = {(module, int(line)) for module, line in map(str.split, lines)}
    return reached


def decisive_line(source: str, line: int) -> int:
    """Return the first line of the statement that a test must reach so that a change of *line* can matter to it.

    It is the statement around the line.  For the head of a function, and of a handler of exceptions, it is the first
    statement of the body, because many run past the head.
    """
    statement: Union[ast.stmt, ast.ExceptHandler, None] = None
    for statement in around(_tree(source), line):  # noqa: B007  the innermost is the last
        pass
    if isinstance(statement, (ast.FunctionDef, ast.ExceptHandler)):
        body = statement.body
        return body[_after_prologue(statement, body) if len(body) > 1 else 0].lineno
    return statement.lineno if statement else line


@cache
def _tree(source: str) -> ast.Module:
    return ast.parse(source)
