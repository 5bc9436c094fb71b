"""Changes of the code of a module, which are made when the new code is asked for."""

from __future__ import annotations

import ast
from typing import Callable

from spec.report.bundling.source import Module


class Edits:
    """What is to be changed in the code of a module.

    Args:
        module: the module.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._edits: list[tuple[int, int, Callable[[], str]]] = []  # from, to, and what returns the new code

    def replace(self, start: int, end: int, text: Callable[[], str]) -> None:
        """Put what *text* returns in the place of the code between two offsets."""
        self._edits.append((start, end, text))

    def replace_node(self, node: ast.AST, text: Callable[[], str]) -> None:
        """Put what *text* returns in the place of *node*."""
        self.replace(self._module.start(node), self._module.end(node), text)

    def cut(self, start: int, end: int) -> None:
        """Leave out the code between two offsets."""
        self.replace(start, end, str)

    def cut_lines(self, node: ast.AST) -> None:
        """Leave out the lines of *node*."""
        first, _ = self._module.line_of(self._module.start(node))
        _, last = self._module.line_of(self._module.end(node))
        self.cut(first, last)

    def text(self, start: int, end: int) -> str:
        """Return the code between two offsets, with the changes that lie between them."""
        parts, position = [], start
        for begin, finish, text in sorted(self._edits, key=lambda edit: (edit[0], edit[0] != edit[1], -edit[1])):
            if position <= begin and finish <= end:
                parts += [self._module.segment(position, begin), text()]
                position = finish
        return "".join([*parts, self._module.segment(position, end)])

    def text_of(self, node: ast.AST) -> str:
        """Return the code of *node*, with the changes in it."""
        return self.text(self._module.start(node), self._module.end(node))
