"""Make one file of a piece of code and of all that it reaches in this project.

From the statements of one module, each name is followed to its definition, in whatever module of the project it is,
and so on.  What is reached goes into one file, with one namespace: functions, constants, and classes with those of
their methods whose names are mentioned somewhere.  The file needs the standard library, and what the first module
imports from elsewhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from spec.report.bundling.layout import WIDTH, import_lines, tidy
from spec.report.bundling.naming import choose_names
from spec.report.bundling.order import in_order
from spec.report.bundling.reach import Reach, Rules
from spec.report.bundling.source import CannotBundle, Definition, External, Module, Referent, Sources, Whole

NEEDED_BY_THE_SUITE = ("pytest", "_pytest", "hypothesis", "psutil", "packaging", "xdist")
"""What a file must not import."""


class Bundle:
    """The file that is made of *root*: of all its statements, and what they reach.

    Args:
        root: the module to begin with.
        sources: where names are looked up.
        rules: how the file is made.
        keep: the names of functions whose docstrings stay whole.

    Raises:
        CannotBundle: it needs what no file can have.
    """

    def __init__(self, root: Module, sources: Sources, rules: Rules, keep: Sequence[str] = ()) -> None:
        self._rules = rules
        self._reach = Reach(root, sources, rules, self._call, keep)
        self._wholes: dict[Referent, str] = {
            use.target: use.name for use in self._reach.uses if isinstance(use.target, Whole)
        }
        self._names = choose_names(self._reach, self._wholes)

    def _call(self, target: Referent, name: str) -> str:
        """Return what something is called in the file."""
        return target.alias if isinstance(target, External) else self._names[target, name]

    def text(self) -> str:
        """Return the file, without a header."""
        chunks: list[tuple[str, bool]] = [("\n".join(self._imports()), True)]
        for target, name in self._wholes.items():
            assert isinstance(target, Whole)
            chunks.append((self._whole(target, self._names[target, name]), True))
        ordered = in_order(self._reach.parts, lambda one: self._section(one)[0])
        titled = self._first_of_sections(ordered)
        for definition in ordered:
            text = tidy(self._text(definition))
            if definition in titled:
                text = f"# ---- {titled[definition]} ----\n{text}"
            chunks.append((text, _is_simple(definition)))
        parts = [chunks[0][0]]
        for (_, before), (text, simple) in zip(chunks, chunks[1:]):
            together = before and simple and parts[-1] is not chunks[0][0] and not text.startswith("# ----")
            parts += ["\n" if together else "\n\n", text]
        return "".join(parts) + "\n"

    def _first_of_sections(self, ordered: Sequence[Definition]) -> dict[Definition, str]:
        """Return the definitions at which sections begin, each with the title of the section.

        A section begins with the constants before its first function or class.  A constant that another section needs
        may stand there, without its title.
        """
        firsts: dict[Definition, str] = {}
        constants: list[Definition] = []
        for definition in ordered:
            title = self._section(definition)[1]
            if constants and self._section(constants[-1])[1] != title:
                constants = []
            constants.append(definition)
            if title and title not in firsts.values() and not _is_simple(definition):
                firsts[constants[0]] = title
            if not _is_simple(definition):
                constants = []
        return firsts

    def _whole(self, whole: Whole, name: str) -> str:
        code = self._rules.whole(whole.name)
        quoted = f"r'''{code}'''" if "'''" not in code and not code.endswith(("'", "\\")) else repr(code)
        module = ".".join(whole.name.split(".")[-2:])
        return f'{name} = SimpleNamespace(\n    __name__="{module}",\n    code={quoted},\n)'

    def _text(self, definition: Definition) -> str:
        part = self._reach.parts[definition]
        head, *members = [piece.text().rstrip("\n") for piece in part.pieces]
        if isinstance(definition.node, ast.ClassDef):
            for number, member in enumerate(members):
                pair = [*members[max(0, number - 1) : number], member]
                apart = len(pair) > 1 and re.search(r"^    (@|def |async )", "\n".join(pair), re.MULTILINE)
                head += ("\n\n" if apart else "\n") + member
            if head.endswith(":"):
                head += "\n    pass"
        elif definition.said:
            said = f"# {definition.said.strip().splitlines()[0]}"
            fits = "\n" not in head and len(f"{head}  {said}") <= WIDTH
            head = f"{head}  {said}" if fits else f"{said}\n{head}"
        return head

    def _section(self, definition: Definition) -> tuple[int, str]:
        """Return the number and the title of the section with the longest beginning of the module's name."""
        name = f"{definition.module.name}."
        matches = [
            (len(module), number, title)
            for number, (title, modules) in enumerate(self._rules.sections)
            for module in modules
            if name.startswith(module)
        ]
        if not matches:
            raise CannotBundle(f"{definition.module.name} belongs to no section")
        return max(matches)[1:]

    def _imports(self) -> list[str]:
        """Return the lines that import what is used from elsewhere.

        Raises:
            CannotBundle: something is used that only the suite needs.
        """
        plain: set[str] = set()
        found: dict[str, set[str]] = {}
        for target in {use.target for use in self._reach.uses if isinstance(use.target, External)}:
            if target.module.partition(".")[0] in NEEDED_BY_THE_SUITE:
                raise CannotBundle(f"it uses {target.name or ''} of {target.module}".replace("  ", " "))
            bound = target.module if target.name is None else target.name
            renamed = "" if target.alias in (bound, bound.partition(".")[0]) else f" as {target.alias}"
            if target.name is None:
                plain.add(f"{target.module}{renamed}")
            else:
                found.setdefault(target.module, set()).add(f"{target.name}{renamed}")
        if self._wholes:
            found.setdefault("types", set()).add("SimpleNamespace")
        return import_lines(plain, found)


def _is_simple(definition: Definition) -> bool:
    """Return whether *definition* is a constant, or another statement of a line or two."""
    return not isinstance(definition.node, (ast.FunctionDef, ast.ClassDef, ast.If))
