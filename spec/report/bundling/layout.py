"""The layout of code: heads of functions on one line, and loops over examples."""

from __future__ import annotations

import io
import re
import textwrap
import tokenize
from collections.abc import Iterable, Sequence
from functools import cache

WIDTH = 118
"""The number of characters to which lines are joined."""


@cache
def tidy(code: str) -> str:
    """Put the head of each function on one line if it is short enough, and leave out comments for tools."""
    code = re.sub(r"[ ]*# (type: ignore|noqa)\b[^\n]*", "", code)
    code = re.sub(r"\n\n\n+", "\n\n", code)
    lines = code.splitlines()
    for first, last in reversed(_heads(code)):
        joined = " ".join([lines[first].rstrip(), *(line.strip() for line in lines[first + 1 : last + 1])])
        joined = re.sub(r",? \)", ")", joined.replace("( ", "("))
        if "#" not in joined and len(joined) <= WIDTH:
            lines[first : last + 1] = [joined]
    return "\n".join(lines)


def _heads(code: str) -> list[tuple[int, int]]:
    """Return the first and the last line of each head of a function that has several lines."""
    heads = []
    depth, begin = 0, None
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.NAME and token.string == "def" and not depth:
            begin = token.start[0] - 1
        elif token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and not depth and begin is not None:
                if token.start[0] - 1 > begin:
                    heads.append((begin, token.start[0] - 1))
                begin = None
    return heads


def loop(function: str, examples: Sequence[str], indentation: str) -> str:
    """Return a loop that calls *function* with each of the *examples*, which are the code of dictionaries."""
    head = f"for example in [{', '.join(examples)}]:"
    if len(indentation + head) > WIDTH or "\n" in head:
        lines = "".join(f"{indentation}    {example},\n" for example in examples)
        head = f"for example in [\n{lines}{indentation}]:"
    return f"{head}\n{indentation}    {function}(**example)"


def import_lines(modules: Iterable[str], names: dict[str, set[str]]) -> list[str]:
    """Return the lines that import *modules*, and *names* from modules."""
    together = textwrap.wrap(", ".join(sorted(modules)), WIDTH - len("import "), break_on_hyphens=False)
    froms = [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]
    return [*(f"import {line.rstrip(',')}" for line in together), *froms]
