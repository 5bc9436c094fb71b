"""Read a piece of code: what it refers to, and what is to be changed in it so that it can stand in another file.

Left out are annotations, all of a docstring but its first line, what only the suite needs, and local variables that
only that has used.  Examples that Hypothesis would pass to a function become a loop.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Callable, Optional, Union

from spec.report.bundling.edits import Edits
from spec.report.bundling.layout import loop
from spec.report.bundling.referents import Names
from spec.report.bundling.scopes import Function, Scope, bound_by
from spec.report.bundling.source import (
    CannotBundle,
    Definition,
    External,
    Module,
    Referent,
    Sources,
    Whole,
    is_text,
    text_of,
)
from spec.report.bundling.suite_only import FOR_THE_SUITE, unneeded


@dataclass
class Use:
    """A reference to something at the top level of a module.

    Attributes:
        target: what it refers to.
        name: what that is called where it is defined.
        written: what the code says; a name with a dot, if it is an attribute of a module.
        locals: the names that mean something local in that place.
        now: whether it is needed when the definition is executed.
        base: whether it is a base class, no method of which is called then.
    """

    target: Referent
    name: str
    written: str
    locals: frozenset[str]
    now: bool
    base: bool


@dataclass
class Reading:
    """What was found in a piece of code.

    Attributes:
        edits: what is to be changed.
        uses: its references to what is at the top level of modules.
        mentions: the names of attributes, and words that may be such names.
        builtins: the names that no module defines, such as those of built-in functions.
    """

    edits: Edits
    uses: list[Use] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)
    builtins: set[str] = field(default_factory=set)


class Reader(ast.NodeVisitor):
    """Reads code of a module.

    Args:
        sources: where names are looked up.
        module: the module.
        naming: tells what something is called in the new file.
        examples: tells with what a function is called that Hypothesis would call, besides its explicit examples.
        needless: tells whether nobody reads the field of this name of a class that this statement defines.
    """

    def __init__(
        self,
        sources: Sources,
        module: Module,
        naming: Callable[[Referent, str], str],
        examples: Callable[[Module, Function], Sequence[str]],
        needless: Callable[[Definition, str], bool],
    ) -> None:
        self._edits = Edits(module)
        self.reading = Reading(self._edits)
        self.has_needless = False
        self._module, self._naming = module, naming
        self._examples, self._needless = examples, needless
        self._names = Names(sources, module)
        self._scopes = self._names.scopes
        self._bases = False
        self._gone: set[ast.AST] = set()
        self._dead: set[str] = set()
        self._given: dict[str, tuple[list[ast.Call], Sequence[str]]] = {}
        self._whole: set[ast.AST] = set()

    # What is read

    def read(self, statement: ast.stmt, keep_docstring: bool = False) -> None:
        """Read a statement at the top level."""
        if keep_docstring and isinstance(statement, ast.FunctionDef) and ast.get_docstring(statement):
            self._whole.add(statement.body[0])
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._rename(statement, b"def ")
        self.visit(statement)

    def read_head(self, definition: ast.ClassDef) -> None:
        """Read the decorators, the bases and the docstring of a class."""
        if not self._scopes:
            self._rename(definition, b"class ")
        self._decorators(definition)
        self._bases = True
        for base in [*definition.bases, *(keyword.value for keyword in definition.keywords)]:
            self.visit(base)
        self._bases = False
        if not self._scopes and is_text(definition.body[0]):
            self._edits.replace_node(definition.body[0], lambda: f'"""{_first_line(text_of(definition.body[0]))}"""')

    def read_member(self, definition: ast.ClassDef, member: ast.stmt) -> None:
        """Read one statement of a class."""
        with self._scopes.enter(Scope.of(definition)):
            self._statement(member)

    def _rename(self, node: Union[Function, ast.ClassDef], keyword: bytes) -> None:
        definition = self._module.by_name[node.name]
        start = self._module.code.index(keyword, self._module.start(node)) + len(keyword)
        name = node.name
        self._edits.replace(start, start + len(name.encode()), lambda: self._naming(definition, name))

    # Names

    def _use(self, node: Union[ast.Name, ast.Attribute], found: Union[Referent, str], name: str) -> None:
        written = ast.unparse(node)
        if isinstance(found, str):
            self.reading.builtins.add(found)
            self._edits.replace_node(node, lambda: found)
            return
        use = Use(found, name, written, self._scopes.locals, not self._scopes.deferred, self._bases)
        self.reading.uses.append(use)
        if not isinstance(found, External):
            self._edits.replace_node(node, lambda: self._naming(found, name))
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                self._declare_global(found, name)

    def _declare_global(self, target: Referent, name: str) -> None:
        function = self._scopes.function
        if function is None:
            raise CannotBundle(f"{self._module.name} changes {name} of another module at its top level")
        first = function.body[1] if is_text(function.body[0]) else function.body[0]
        begin, _ = self._module.line_of(self._module.start(first))
        indentation = " " * first.col_offset
        self._edits.replace(begin, begin, lambda: f"{indentation}global {self._naming(target, name)}\n")

    def visit_Name(self, node: ast.Name) -> None:
        """Note what a name refers to."""
        found = self._names.find(node.id)
        if found is not None:
            self._use(node, *found)
        elif not self._scopes.is_local(node.id):
            self.reading.builtins.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note an attribute; that of a module is a name."""
        found = self._names.referent(node)
        if found is not None and not isinstance(found[0], Whole):
            self._use(node, *found)
            return
        self.reading.mentions.add(node.attr)
        self.visit(node.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Note what may be the name of an attribute: it may be asked for by name."""
        if isinstance(node.value, str) and re.fullmatch(r"[\w.]+", node.value):
            self.reading.mentions.update(node.value.split("."))

    def visit_Global(self, node: ast.Global) -> None:
        """Note names that are declared to be those of the module."""
        used = [(name, self._names.find_global(name)) for name in node.names]
        for name, found in used:
            if found is not None and not isinstance(found[0], str):
                self.reading.uses.append(Use(found[0], found[1], name, frozenset(), False, False))
        self._edits.replace_node(
            node,
            lambda: "global " + ", ".join(self._naming(*found) if found else name for name, found in used),  # type: ignore[arg-type]
        )

    # Definitions

    def visit_FunctionDef(self, node: Function) -> None:
        """Read a function."""
        outermost = not self._scopes.deferred
        if outermost:
            self._gone, self._dead = unneeded(node, self._names)
        self._decorators(node)
        arguments = node.args
        parameters = [*arguments.posonlyargs, *arguments.args]
        named = zip(arguments.kwonlyargs, arguments.kw_defaults)
        pairs = [*zip(reversed(parameters), [*reversed(arguments.defaults), *[None] * len(parameters)]), *named]
        for parameter, default in pairs:
            self._annotation(parameter, default)
        for parameter in filter(None, [arguments.vararg, arguments.kwarg]):
            self._annotation(parameter, None)
        if node.returns is not None:
            arrow = self._module.code.rindex(b"->", 0, self._module.start(node.returns))
            arrow -= len(self._module.code[:arrow]) - len(self._module.code[:arrow].rstrip())
            self._edits.cut(arrow, self._module.end(node.returns))
        with self._scopes.enter(Scope.of(node)):
            self._body(node.body, documented=True)
        if outermost:
            self._gone, self._dead, self._given = set(), set(), {}

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  the names are those of `ast.NodeVisitor`

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Read a class in a function."""
        self.read_head(node)
        with self._scopes.enter(Scope.of(node)):
            self._body(node.body, documented=True)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Read a lambda expression."""
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default)
        with self._scopes.enter(Scope.of(node)):
            self.visit(node.body)

    def visit_ListComp(self, node: Union[ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp]) -> None:
        """Read a comprehension."""
        self.visit(node.generators[0].iter)
        with self._scopes.enter(Scope(bound_by(one.target for one in node.generators))):
            for number, generator in enumerate(node.generators):
                if number:
                    self.visit(generator.iter)
                for part in [generator.target, *generator.ifs]:
                    self.visit(part)
            for name in "elt", "key", "value":
                if hasattr(node, name):
                    self.visit(getattr(node, name))

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp  # noqa: N815

    def _annotation(self, parameter: ast.arg, default: Optional[ast.expr]) -> None:
        if default is not None:
            self.visit(default)
        if parameter.annotation is None:
            return
        end = self._module.start(parameter) + len(parameter.arg.encode())
        self._edits.cut(end, self._module.end(parameter.annotation))
        if default is not None:
            equals = self._module.code.index(b"=", self._module.end(parameter.annotation))
            self._edits.cut(self._module.end(parameter.annotation), equals)
            if self._module.code[equals + 1 : equals + 2] == b" ":
                self._edits.cut(equals + 1, equals + 2)

    def _decorators(self, node: Union[Function, ast.ClassDef]) -> None:
        explicit = [
            one
            for one in node.decorator_list
            if isinstance(one, ast.Call) and self._names.imported_name(one, ("hypothesis",)) == "example"
        ]
        for decorator in node.decorator_list:
            origin = self._names.imported_name(decorator, FOR_THE_SUITE)
            if origin:
                self._edits.cut_lines(decorator)
            else:
                self.visit(decorator)
            if origin == "given":
                if not self._scopes.deferred:
                    raise CannotBundle(f"Hypothesis calls {node.name} itself")
                assert not isinstance(node, ast.ClassDef)
                self._given[node.name] = explicit, self._examples(self._module, node)
                for value in (keyword.value for one in explicit for keyword in one.keywords):
                    self.visit(value)

    # Statements

    def _body(self, statements: Sequence[ast.stmt], documented: bool = False) -> None:
        if documented and is_text(statements[0]):
            docstring, statements = statements[0], statements[1:]
            if docstring not in self._whole:
                self._edits.replace_node(docstring, lambda: f'"""{_first_line(text_of(docstring))}"""')
        left = [statement for statement in statements if statement not in self._gone]
        for number, statement in enumerate(statements):
            if statement in left:
                self._statement(statement)
            elif number == 0 and not left and not documented:
                self._edits.replace_node(statement, lambda: "pass")
            else:
                self._edits.cut_lines(statement)

    def _statement(self, statement: ast.stmt) -> None:
        if is_text(statement):
            self._edits.replace_node(statement, lambda: f"# {_first_line(text_of(statement))}")
            return
        self.visit(statement)

    def generic_visit(self, node: ast.AST) -> None:
        """Read all there is of *node*, its statements with `_body`."""
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self._body(value)
            elif isinstance(value, list):
                for one in value:
                    if isinstance(one, ast.AST):
                        self.visit(one)
            elif isinstance(value, ast.AST):
                self.visit(value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Leave the annotation out, unless it makes a field."""
        if self._scopes.has_fields:
            self._edits.replace_node(node.annotation, lambda: "object")
        elif node.value is None:
            self._edits.cut_lines(node)
            return
        else:
            equals = self._module.code.index(b"=", self._module.end(node.annotation))
            self._edits.cut(self._module.end(node.target), equals - 1)
            self.visit(node.target)
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Leave out of several variables those that nobody needs."""
        names, values = node.targets[0], node.value
        if isinstance(names, ast.Tuple) and isinstance(values, ast.Tuple) and len(names.elts) == len(values.elts):
            pairs = [*zip(names.elts, values.elts)]
            kept = [pair for pair in pairs if not (isinstance(pair[0], ast.Name) and pair[0].id in self._dead)]
            if len(kept) < len(pairs):
                for one in (one for pair in kept for one in pair):
                    self.visit(one)
                text_of = self._edits.text_of
                self._edits.replace_node(
                    node, lambda: " = ".join(", ".join(map(text_of, side)) for side in zip(*kept))
                )
                return
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Call a function that Hypothesis would call with each example."""
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in self._given:
            name = call.func.id
            given = self._given[name]
            self._edits.replace_node(node, lambda: self._loop(name, *given, " " * node.col_offset))
            return
        self.visit(call)

    def visit_Call(self, node: ast.Call) -> None:
        """Leave out what a class is given for a field that nobody reads."""
        found = self._names.referent(node.func)
        target = found[0] if found else None
        self.visit(node.func)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if isinstance(target, Definition) and keyword.arg and self._needless(target, keyword.arg):
                self.has_needless = True
                self._edits.cut_lines(keyword)
            else:
                self.visit(keyword.value)

    def _loop(self, name: str, calls: Sequence[ast.Call], drawn: Sequence[str], indentation: str) -> str:
        """Return a loop that calls the function *name* with each example."""
        explicit = [
            ", ".join(f"{keyword.arg}={self._edits.text_of(keyword.value)}" for keyword in call.keywords)
            for call in calls
        ]
        examples = [f"dict({example})" for example in dict.fromkeys([*explicit, *drawn])]
        if not examples:
            raise CannotBundle(f"{name} has no examples")
        return loop(name, examples, indentation)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
