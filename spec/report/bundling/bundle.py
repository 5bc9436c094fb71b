"""Make one file of a piece of code and of all that it reaches in this project.

From the statements of one module, each name is followed to its definition, in whatever module of the project it is,
and so on.  What is reached goes into one file, with one namespace: functions, constants, and classes with those of
their methods whose names are mentioned somewhere.  The file needs the standard library, and what the first module
imports from elsewhere.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Callable, Union

from spec.report.bundling.reading import Function, Reader, Use, has_fields, is_setting
from spec.report.bundling.source import (
    CannotBundle,
    Definition,
    External,
    Module,
    Place,
    Referent,
    Sources,
    Whole,
    is_text,
)

NEEDED_BY_THE_SUITE = ("pytest", "_pytest", "hypothesis", "psutil", "packaging", "xdist")
"""What a file must not import."""

PLAIN = {"object", "NamedTuple", "Protocol"}
"""Besides exceptions, these base classes call no method of a class by a name of their own."""

WIDTH = 118


@dataclass
class Rules:
    """How a file is made.

    Attributes:
        instead: what is used in place of other things; see `Sources`.
        members: classes with methods that are used in place of those of other classes, by the place of the latter.
        values: the code of constants, by their places.
        examples: with what a function is called that Hypothesis would call, besides its explicit examples.
        whole: makes the code that stands for a module that is used as a whole.
        sections: the titles of the parts of the file, in order, each with the beginnings of its modules' names.
    """

    instead: Mapping[Place, Union[Place, str]]
    members: Mapping[Place, Place]
    values: Mapping[Place, str]
    examples: Callable[[Module, Function], Sequence[str]]
    whole: Callable[[str], str]
    sections: Sequence[tuple[str, tuple[str, ...]]]


@dataclass
class _Piece:
    """A range of the code of a module, and what was read in it."""

    module: Module
    start: int
    end: int
    reader: Reader

    def text(self) -> str:
        return self.reader.text(self.start, self.end)


class _Part:
    """A definition that is reached: its pieces, of which a class has several."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self.pieces = pieces

    @property
    def uses(self) -> list[Use]:
        return [use for piece in self.pieces for use in piece.reader.reading.uses]


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
        self._root, self._sources, self._rules, self._keep = root, sources, rules, keep
        self._mentioned: set[str] = set()
        self._known: dict[ast.AST, _Piece] = {}
        known = -1
        while known < len(self._mentioned):
            known = len(self._mentioned)
            self._parts: dict[Definition, _Part] = {}
            self._reach()
        self._wholes = {use.target: use.name for use in self._uses() if isinstance(use.target, Whole)}
        self._names: dict[tuple[Referent, str], str] = {}
        self._name()

    # What is reached

    def _reach(self) -> None:
        todo = [*self._root.definitions]
        while todo:
            definition = todo.pop(0)
            if definition in self._parts:
                continue
            part = self._parts[definition] = _Part([*self._read(definition)])
            for piece in part.pieces:
                self._mentioned |= piece.reader.reading.mentions
            todo += [use.target for use in part.uses if isinstance(use.target, Definition)]
            if "__getattr__" in definition.module.by_name:
                todo.append(definition.module.by_name["__getattr__"])

    def _read(self, definition: Definition) -> Iterator[_Piece]:
        module, node = definition.module, definition.node
        if isinstance(node, ast.ClassDef):
            yield from self._read_class(definition, node)
            return
        if node in self._known:
            yield self._known[node]
            return
        reader = self._reader(module)
        if Place(module.name, definition.names[0] if definition.names else "") in self._rules.values:
            value = self._rules.values[Place(module.name, definition.names[0])]
            reader.reading.edits.append(
                (module.start(node), module.end(node), lambda: f"{definition.names[0]} = {value}")
            )
        else:
            reader.read(node, keep_docstring=any(name in self._keep for name in definition.names))
        yield self._keep_in_mind(node, _Piece(module, *module.lines(node), reader))

    def _keep_in_mind(self, node: ast.AST, piece: _Piece) -> _Piece:
        """Note what was read, unless it is another when more is known to be mentioned."""
        if not piece.reader.has_needless:
            self._known[node] = piece
        return piece

    def _read_class(self, definition: Definition, node: ast.ClassDef) -> Iterator[_Piece]:
        module = definition.module
        start, _ = module.lines(node)
        reader = self._reader(module)
        reader.read_head(node)
        body = node.body[1:] if is_text(node.body[0]) else node.body
        head = module.line_of(module.end(node.body[0]))[1] if is_text(node.body[0]) else module.lines(node.body[0])[0]
        yield _Piece(module, start, head, reader)
        replaced = self._rules.members.get(Place(module.name, node.name))
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
                if member not in self._known:
                    reader = self._reader(origin)
                    reader.read_member(around, member)
                    self._known[member] = _Piece(origin, *origin.lines(member), reader)
                yield self._known[member]

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
        found = self._sources.find(Place(module.name, function.id)) if isinstance(function, ast.Name) else None
        return found is not None and isinstance(found[0], Definition)

    def _is_plain(self, module: Module, node: ast.ClassDef) -> bool:
        """Return whether nobody but this project calls methods of the class."""
        for base in node.bases:
            name = base.id if isinstance(base, ast.Name) else ""
            found = self._sources.find(Place(module.name, name))
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

    def _reader(self, module: Module) -> Reader:
        return Reader(self._sources, module, self._call, self._rules.examples, self._is_needless)

    def _uses(self) -> list[Use]:
        return [use for part in self._parts.values() for use in part.uses]

    @property
    def definitions(self) -> list[Definition]:
        """What is reached."""
        return list(self._parts)

    # What things are called

    def _call(self, target: Referent, name: str) -> str:
        """Return what something is called in the file."""
        return target.alias if isinstance(target, External) else self._names[target, name]

    def _name(self) -> None:
        """Give each definition a name of its own: the one that it has, unless that means something else somewhere."""
        uses = self._uses()
        external = {use.target.alias: use.target for use in uses if isinstance(use.target, External)}
        for use in uses:
            if isinstance(use.target, External) and external[use.target.alias] != use.target:
                raise CannotBundle(f"{use.target.alias} is imported from {use.target.module} and from elsewhere")
        taken = {*external, *(name for piece in self._pieces() for name in piece.reader.reading.builtins)}
        named = [(definition, name) for definition in self._parts for name in definition.names]
        hidden: dict[tuple[Referent, str], set[str]] = {}
        for use in uses:
            hidden.setdefault((use.target, use.name), set()).update(use.locals)
        keys: list[tuple[Referent, str]] = [*named, *self._wholes.items()]
        for key in keys:
            target, name = key
            clashes = taken | hidden.get(key, set())
            self._names[key] = next(one for one in self._candidates(target, name) if one not in clashes)
            taken.add(self._names[key])

    def _candidates(self, target: Referent, name: str) -> Iterator[str]:
        yield name
        path = (target.module.name if isinstance(target, Definition) else getattr(target, "name", "")).split(".")
        prefix = path[-2] if path[-1] == "payloads" else path[-1].removeprefix("test_")
        yield f"{prefix}_{name}"
        for number in range(2, 100):
            yield f"{name}_{number}"

    def _pieces(self) -> list[_Piece]:
        return [piece for part in self._parts.values() for piece in part.pieces]

    # The file

    def imports(self) -> list[str]:
        """Return the lines that import what is used from elsewhere.

        Raises:
            CannotBundle: something is used that only the suite needs.
        """
        plain: set[str] = set()
        found: dict[str, set[str]] = {}
        for target in {use.target for use in self._uses() if isinstance(use.target, External)}:
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
        froms = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(found.items())]
        together = textwrap.wrap(", ".join(sorted(plain)), WIDTH - len("import "), break_on_hyphens=False)
        return [*(f"import {line.rstrip(',')}" for line in together), *froms]

    def text(self) -> str:
        """Return the file, without a header."""
        self.imports()
        chunks: list[tuple[str, bool]] = [("\n".join(self.imports()), True)]
        titled: set[str] = set()
        for target, name in self._wholes.items():
            assert isinstance(target, Whole)
            chunks.append((self._whole(target, self._names[target, name]), True))
        for definition in self._order():
            title = self._section(definition)[1]
            text = _tidy(self._text(definition))
            simple = not isinstance(definition.node, (ast.FunctionDef, ast.ClassDef, ast.If))
            if title and title not in titled and not simple:
                titled.add(title)
                text = f"\n# {title}\n\n{text}"
            chunks.append((text, simple))
        parts = [chunks[0][0]]
        for (_, before), (text, simple) in zip(chunks, chunks[1:]):
            parts += ["\n" if before and simple and parts[-1] is not chunks[0][0] else "\n\n", text]
        return "".join(parts) + "\n"

    def _whole(self, whole: Whole, name: str) -> str:
        code = self._rules.whole(whole.name)
        quoted = f"r'''{code}'''" if "'''" not in code and not code.endswith(("'", "\\")) else repr(code)
        module = ".".join(whole.name.split(".")[-2:])
        return f'{name} = SimpleNamespace(\n    __name__="{module}",\n    code={quoted},\n)'

    def _text(self, definition: Definition) -> str:
        part = self._parts[definition]
        head, *members = [piece.text().rstrip("\n") for piece in part.pieces]
        if isinstance(definition.node, ast.ClassDef):
            for number, member in enumerate(members):
                before = members[number - 1] if number else head if '"""' in head else ""
                apart = before and any(
                    re.search(r"^    (@|def |async )", one, re.MULTILINE) for one in (before, member)
                )
                head += ("\n\n" if apart else "\n") + member
            if head.endswith(":"):
                head += "\n    pass"
        elif definition.said:
            head = f"# {definition.said.strip().splitlines()[0]}\n{head}"
        return head

    def _section(self, definition: Definition) -> tuple[int, str]:
        for number, (title, modules) in enumerate(self._rules.sections):
            if any(f"{definition.module.name}.".startswith(module) for module in modules):
                return number, title
        raise CannotBundle(f"{definition.module.name} belongs to no section")

    def _order(self) -> list[Definition]:
        """Return the definitions in the order of the sections, but none before what it needs at once."""
        modules = list(dict.fromkeys(definition.module for definition in self._parts))
        wanted = sorted(
            self._parts,
            key=lambda one: (self._section(one)[0], modules.index(one.module), one.node.lineno),
        )
        needs = {definition: self._needs(definition) for definition in wanted}
        order: list[Definition] = []
        while wanted:
            ready = (one for one in wanted if needs[one] <= {*order, one})
            order.append(next(ready, wanted[0]))
            wanted.remove(order[-1])
        return order

    def _needs(self, definition: Definition) -> set[Definition]:
        """Return what must be defined before *definition* is executed."""
        needed: set[Definition] = set()
        for use in self._parts[definition].uses:
            if use.now and isinstance(use.target, Definition) and use.target is not definition:
                needed |= {use.target} | (self._needs(use.target) if use.base else self._closure(use.target))
        return needed

    def _closure(self, definition: Definition) -> set[Definition]:
        found, todo = {definition}, [definition]
        while todo:
            targets = {use.target for use in self._parts[todo.pop()].uses if isinstance(use.target, Definition)}
            todo += targets - found
            found |= targets
        return found


def _tidy(text: str) -> str:
    """Put the heads of functions that are short enough on one line; leave out comments for tools."""
    text = re.sub(r"[ ]*# (type: ignore|noqa)\b[^\n]*", "", text)
    text = re.sub(r"\n\n\n+", "\n\n", text)
    lines = text.splitlines()
    for first, last in reversed(_heads(text)):
        joined = " ".join([lines[first].rstrip(), *(line.strip() for line in lines[first + 1 : last + 1])])
        joined = re.sub(r",? \)", ")", joined.replace("( ", "("))
        if "#" not in joined and len(joined) <= WIDTH:
            lines[first : last + 1] = [joined]
    return "\n".join(lines)


def _heads(text: str) -> list[tuple[int, int]]:
    """Return the first and the last line of the head of each function that has one of several lines."""
    heads = []
    depth, begin = 0, None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string == "def" and not depth:
            begin = token.start[0] - 1
        elif token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and not depth and begin is not None:
                if token.start[0] - 1 > begin:
                    heads.append((begin, token.start[0] - 1))
                begin = None
    return heads
