"""What a piece of code reaches: the definitions that a file needs, and the members of classes among them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Callable

from spec.report.bundling.reading import Reader, Use
from spec.report.bundling.scopes import Function, has_fields
from spec.report.bundling.source import Definition, Module, Referent, Sources, Symbol, is_text
from spec.report.bundling.suite_only import is_setting

PLAIN = {"object", "NamedTuple", "Protocol"}
"""Besides exceptions, these base classes call no method of a class by a name of their own."""


@dataclass
class Rules:
    """How a file is made.

    Attributes:
        members: classes with methods that are used in place of those of other classes, by the place of the latter.
        values: the code of constants, by their places.
        examples: with what a function is called that Hypothesis would call, besides its explicit examples.
        whole: makes the code that stands for a module that is used as a whole.
        sections: the titles of the parts of the file, in order, each with the beginnings of its modules' names.
    """

    members: Mapping[Symbol, Symbol]
    values: Mapping[Symbol, str]
    examples: Callable[[Module, Function], Sequence[str]]
    whole: Callable[[str], str]
    sections: Sequence[tuple[str, tuple[str, ...]]]


@dataclass
class Piece:
    """A range of the code of a module, and what was read in it."""

    module: Module
    start: int
    end: int
    reader: Reader

    def text(self) -> str:
        """Return the code for the file."""
        return self.reader.reading.edits.text(self.start, self.end)


class Part:
    """A definition that is reached: its pieces, of which a class has several."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces

    @property
    def uses(self) -> list[Use]:
        """What the pieces refer to."""
        return [use for piece in self.pieces for use in piece.reader.reading.uses]


class Reach:
    """What the statements of *root* reach.

    Args:
        root: the module to begin with.
        sources: where names are looked up.
        rules: how the file is made.
        naming: tells what something is called in the file.
        keep: the names of functions whose docstrings stay whole.

    Attributes:
        parts: what is reached.
    """

    def __init__(
        self,
        root: Module,
        sources: Sources,
        rules: Rules,
        naming: Callable[[Referent, str], str],
        keep: Sequence[str],
    ) -> None:
        self._root, self._sources, self._rules, self._naming, self._keep = root, sources, rules, naming, keep
        self._mentioned: set[str] = set()
        self._known: dict[ast.AST, Piece] = {}
        known = -1
        while known < len(self._mentioned):  # a method that is mentioned may mention others
            known = len(self._mentioned)
            self.parts: dict[Definition, Part] = {}
            self._reach()

    @property
    def uses(self) -> list[Use]:
        """What all parts refer to."""
        return [use for part in self.parts.values() for use in part.uses]

    def _reach(self) -> None:
        todo = [*self._root.definitions]
        while todo:
            definition = todo.pop(0)
            if definition in self.parts:
                continue
            part = self.parts[definition] = Part([*self._read(definition)])
            for piece in part.pieces:
                self._mentioned |= piece.reader.reading.mentions
            todo += [use.target for use in part.uses if isinstance(use.target, Definition)]
            if "__getattr__" in definition.module.by_name:
                todo.append(definition.module.by_name["__getattr__"])

    def _read(self, definition: Definition) -> Iterator[Piece]:
        module, node = definition.module, definition.node
        if isinstance(node, ast.ClassDef):
            yield from self._read_class(definition, node)
            return
        if node in self._known:
            yield self._known[node]
            return
        reader = self._new_reader(module)
        if Symbol(module.name, definition.names[0] if definition.names else "") in self._rules.values:
            value = self._rules.values[Symbol(module.name, definition.names[0])]
            reader.reading.edits.replace_node(node, lambda: f"{definition.names[0]} = {value}")
        else:
            reader.read(node, keep_docstring=any(name in self._keep for name in definition.names))
        yield self._keep_in_mind(node, Piece(module, *module.lines(node), reader))

    def _keep_in_mind(self, node: ast.AST, piece: Piece) -> Piece:
        """Note what was read, unless it is another when more is known to be mentioned."""
        if not piece.reader.has_needless:
            self._known[node] = piece
        return piece

    def _read_class(self, definition: Definition, node: ast.ClassDef) -> Iterator[Piece]:
        module = definition.module
        start, _ = module.lines(node)
        reader = self._new_reader(module)
        reader.read_head(node)
        body = node.body[1:] if is_text(node.body[0]) else node.body
        head = module.line_of(module.end(node.body[0]))[1] if is_text(node.body[0]) else module.lines(node.body[0])[0]
        yield Piece(module, start, head, reader)
        replaced = self._rules.members.get(Symbol(module.name, node.name))
        new: dict[str, tuple[Module, ast.ClassDef, ast.stmt]] = {}
        if replaced is not None:
            other = self._sources.module(replaced.module)
            substitute = other.by_name[replaced.name].node
            assert isinstance(substitute, ast.ClassDef)
            new = {one.name: (other, substitute, one) for one in substitute.body if isinstance(one, ast.FunctionDef)}
        for member in body:
            if self._is_needed(definition, node, member):
                name = getattr(member, "name", "")
                origin, around, member = new.get(name, (module, node, member))
                if member in self._known:
                    yield self._known[member]
                    continue
                reader = self._new_reader(origin)
                reader.read_member(around, member)
                yield self._keep_in_mind(member, Piece(origin, *origin.lines(member), reader))

    def _is_needed(self, definition: Definition, node: ast.ClassDef, member: ast.stmt) -> bool:
        if is_text(member) or is_setting(member):
            return False
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
            if has_fields(node):
                return not self._is_needless(definition, member.target.id)
            return member.value is not None
        if not isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return True
        special = member.name.startswith("__") and member.name.endswith("__")
        marked = any(self._is_mark(definition.module, decorator) for decorator in member.decorator_list)
        return special or marked or member.name in self._mentioned or not self._is_plain(definition.module, node)

    def _is_mark(self, module: Module, decorator: ast.expr) -> bool:
        """Return whether *decorator* is a function in the file, which may have any use for the method."""
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        found = self._sources.find(Symbol(module.name, function.id)) if isinstance(function, ast.Name) else None
        return found is not None and isinstance(found[0], Definition)

    def _is_plain(self, module: Module, node: ast.ClassDef) -> bool:
        """Return whether nobody but this project calls methods of the class."""
        for base in node.bases:
            name = base.id if isinstance(base, ast.Name) else ""
            found = self._sources.find(Symbol(module.name, name))
            if isinstance(found, tuple) and isinstance(found[0], (Definition, str)):
                continue
            kind = getattr(builtins, name, None)
            if not (name in PLAIN or (isinstance(kind, type) and issubclass(kind, BaseException))):
                return False
        return True

    def _is_needless(self, target: Definition, name: str) -> bool:
        """Return whether the class *target* has a field of this *name* which nobody reads."""
        node = target.node
        if not isinstance(node, ast.ClassDef) or "dataclass" not in "".join(map(ast.dump, node.decorator_list)):
            return False
        fields = {
            one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        }
        return name in fields and name not in self._mentioned

    def _new_reader(self, module: Module) -> Reader:
        return Reader(self._sources, module, self._naming, self._rules.examples, self._is_needless)
