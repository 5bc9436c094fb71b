"""Read a piece of code: what it refers to, and what is to be changed in it so that it can stand in another file.

Left out are annotations, all of a docstring but its first line, what only the suite needs, and local variables that
only that has used.  Examples that Hypothesis would pass to a function become a loop.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Callable, Optional, Union

from spec.report.bundling.source import (
    CannotBundle,
    Definition,
    External,
    Module,
    Place,
    Referent,
    Sources,
    Whole,
    bound_by,
    is_text,
    text_of,
)

FOR_THE_SUITE = ("pytest", "hypothesis", "spec.engine")
"""Decorators from here are left out."""

TOLD_TO_THE_SUITE = {Place("spec.harness.roles", "note"), Place("spec.harness.heartbeat", "beat")}
"""Calls of these are left out: they are for whoever watches the suite."""

SETTINGS = {"__tracebackhide__", "__module__"}
"""Assignments to these are left out: they are for how pytest shows errors."""

FIELDS = ("NamedTuple", "dataclass")
"""A class that is made by one of these has its fields from annotations."""

WIDTH = 100
"""A line that is made here is not longer, if that can be."""

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
Edit = tuple[int, int, Callable[[], str]]
"""Where, and what makes the new text."""


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
        uses: its references to what is at the top level of modules.
        edits: what is to be changed.
        mentions: the names of attributes, and words that may be such names.
        builtins: the names that no module defines, such as those of built-in functions.
    """

    uses: list[Use] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)
    builtins: set[str] = field(default_factory=set)


@dataclass
class _Scope:
    names: set[str]
    globals: set[str] = field(default_factory=set)
    of_class: bool = False
    has_fields: bool = False
    function: Optional[Function] = None


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
        self.reading = Reading()
        self.has_needless = False
        self._sources, self._module, self._naming = sources, module, naming
        self._examples, self._needless = examples, needless
        self._scopes: list[_Scope] = []
        self._depth = 0
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
            self._replace(definition.body[0], lambda: f'"""{_first_line(text_of(definition.body[0]))}"""')

    def read_member(self, definition: ast.ClassDef, member: ast.stmt) -> None:
        """Read one statement of a class."""
        with self._scope(_class_scope(definition)):
            self._statement(member)

    def _rename(self, node: Union[Function, ast.ClassDef], keyword: bytes) -> None:
        definition = self._module.by_name[node.name]
        start = self._module.code.index(keyword, self._module.start(node)) + len(keyword)
        name = node.name
        self.reading.edits.append((start, start + len(name.encode()), lambda: self._naming(definition, name)))

    # Scopes

    @contextmanager
    def _scope(self, scope: _Scope) -> Iterator[None]:
        self._scopes.append(scope)
        self._depth += scope.function is not None
        yield
        self._depth -= scope.function is not None
        self._scopes.pop()

    def _is_local(self, name: str) -> bool:
        innermost = self._scopes[-1:]
        for scope in reversed(self._scopes):
            if not scope.of_class or [scope] == innermost:
                if name in scope.globals:
                    return False
                if name in scope.names:
                    return True
        return False

    def _locals(self) -> frozenset[str]:
        return frozenset().union(*(scope.names for scope in self._scopes if not scope.of_class))

    # Names

    def _find(self, name: str) -> Optional[tuple[Union[Referent, str], str]]:
        return None if self._is_local(name) else self._sources.find(Place(self._module.name, name))

    def _referent(self, node: ast.AST) -> Optional[tuple[Union[Referent, str], str]]:
        """Return what *node*, a name or an attribute of a module, refers to; None, if that is local or built in."""
        if isinstance(node, ast.Name):
            return self._find(node.id)
        if isinstance(node, ast.Attribute):
            around = self._referent(node.value)
            if around is not None and isinstance(around[0], (External, Whole)):
                return self._sources.attribute(around[0], node.attr)
        return None

    def _use(self, node: Union[ast.Name, ast.Attribute], found: Union[Referent, str], name: str) -> None:
        written = ast.unparse(node)
        if isinstance(found, str):
            self.reading.builtins.add(found)
            self._replace(node, lambda: found)
            return
        use = Use(found, name, written, self._locals(), self._depth == 0, self._bases)
        self.reading.uses.append(use)
        if not isinstance(found, External):
            self._replace(node, lambda: self._naming(found, name))
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                self._declare_global(found, name)

    def _declare_global(self, target: Referent, name: str) -> None:
        function = next((scope.function for scope in reversed(self._scopes) if scope.function is not None), None)
        if function is None:
            raise CannotBundle(f"{self._module.name} changes {name} of another module at its top level")
        first = function.body[1] if is_text(function.body[0]) else function.body[0]
        begin, _ = self._module.line_of(self._module.start(first))
        indentation = " " * first.col_offset
        self.reading.edits.append((begin, begin, lambda: f"{indentation}global {self._naming(target, name)}\n"))

    def visit_Name(self, node: ast.Name) -> None:
        """Note what a name refers to."""
        found = self._find(node.id)
        if found is not None:
            self._use(node, *found)
        elif not self._is_local(node.id):
            self.reading.builtins.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note an attribute; that of a module is a name."""
        found = self._referent(node)
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
        used = [(name, self._sources.find(Place(self._module.name, name))) for name in node.names]
        for name, found in used:
            if found is not None and not isinstance(found[0], str):
                self.reading.uses.append(Use(found[0], found[1], name, frozenset(), False, False))
        self._replace(
            node,
            lambda: "global " + ", ".join(self._naming(*found) if found else name for name, found in used),  # type: ignore[arg-type]
        )

    # Definitions

    def visit_FunctionDef(self, node: Function) -> None:
        """Read a function."""
        outermost = not self._depth
        if outermost:
            self._gone, self._dead = self._unneeded(node)
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
            self._cut(arrow, self._module.end(node.returns))
        names = _parameters(arguments) | _bound_in(node)
        with self._scope(_Scope(names, globals=_declared(node, ast.Global), function=node)):
            self._body(node.body, documented=True)
        if outermost:
            self._gone, self._dead, self._given = set(), set(), {}

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  the names are those of `ast.NodeVisitor`

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Read a class in a function."""
        self.read_head(node)
        with self._scope(_class_scope(node)):
            self._body(node.body, documented=True)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Read a lambda expression."""
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default)
        with self._scope(_Scope(_parameters(node.args))):
            self._depth += 1
            self.visit(node.body)
            self._depth -= 1

    def visit_ListComp(self, node: Union[ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp]) -> None:
        """Read a comprehension."""
        self.visit(node.generators[0].iter)
        with self._scope(_Scope(bound_by(one.target for one in node.generators))):
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
        self._cut(end, self._module.end(parameter.annotation))
        if default is not None:
            equals = self._module.code.index(b"=", self._module.end(parameter.annotation))
            self._cut(self._module.end(parameter.annotation), equals)
            if self._module.code[equals + 1 : equals + 2] == b" ":
                self._cut(equals + 1, equals + 2)

    def _decorators(self, node: Union[Function, ast.ClassDef]) -> None:
        examples = [one for one in node.decorator_list if self._comes_from(one, ("hypothesis",)) == "example"]
        for decorator in node.decorator_list:
            origin = self._comes_from(decorator, FOR_THE_SUITE)
            if origin:
                begin, _ = self._module.line_of(self._module.start(decorator))
                self._cut(begin, self._module.line_of(self._module.end(decorator))[1])
            else:
                self.visit(decorator)
            if origin == "given":
                if not self._depth:
                    raise CannotBundle(f"Hypothesis calls {node.name} itself")
                assert not isinstance(node, ast.ClassDef)
                calls = [one for one in examples if isinstance(one, ast.Call)]
                self._given[node.name] = calls, self._examples(self._module, node)
                for value in (keyword.value for one in calls for keyword in one.keywords):
                    self.visit(value)

    def _comes_from(self, node: ast.AST, packages: Sequence[str]) -> str:
        """Return the name of a decorator that comes from one of the *packages*; empty, if it does not."""
        if isinstance(node, ast.Call):
            return self._comes_from(node.func, packages)
        if isinstance(node, ast.Attribute):
            return self._comes_from(node.value, packages) and node.attr
        found = self._find(node.id) if isinstance(node, ast.Name) else None
        if found is None or isinstance(found[0], str):
            return ""
        target = found[0]
        origin = target.module.name if isinstance(target, Definition) else getattr(target, "module", "")
        return found[1] if f"{origin}.".startswith(tuple(f"{package}." for package in packages)) else ""

    # Statements

    def _body(self, statements: Sequence[ast.stmt], documented: bool = False) -> None:
        if documented and is_text(statements[0]):
            docstring, statements = statements[0], statements[1:]
            if docstring not in self._whole:
                self._replace(docstring, lambda: f'"""{_first_line(text_of(docstring))}"""')
        left = [statement for statement in statements if statement not in self._gone]
        for number, statement in enumerate(statements):
            if statement in left:
                self._statement(statement)
            elif number == 0 and not left and not documented:
                self._replace(statement, lambda: "pass")
            else:
                begin, _ = self._module.line_of(self._module.start(statement))
                self._cut(begin, self._module.line_of(self._module.end(statement))[1])

    def _statement(self, statement: ast.stmt) -> None:
        if is_text(statement):
            self._replace(statement, lambda: f"# {_first_line(text_of(statement))}")
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
        if self._scopes and self._scopes[-1].has_fields:
            self._replace(node.annotation, lambda: "object")
        elif node.value is None:
            begin, end = self._module.line_of(self._module.start(node))
            self._cut(begin, end)
            return
        else:
            equals = self._module.code.index(b"=", self._module.end(node.annotation))
            self._cut(self._module.end(node.target), equals - 1)
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
                self._replace(node, lambda: " = ".join(", ".join(map(self._text_of, side)) for side in zip(*kept)))
                return
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Call a function that Hypothesis would call with each example."""
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in self._given:
            name = call.func.id
            calls, drawn = self._given[name]
            self._replace(node, lambda: self._loop(name, calls, drawn, " " * node.col_offset))
            return
        self.visit(call)

    def visit_Call(self, node: ast.Call) -> None:
        """Leave out what a class is given for a field that nobody reads."""
        found = self._referent(node.func)
        target = found[0] if found else None
        self.visit(node.func)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if isinstance(target, Definition) and keyword.arg and self._needless(target, keyword.arg):
                self.has_needless = True
                begin, _ = self._module.line_of(self._module.start(keyword))
                self._cut(begin, self._module.line_of(self._module.end(keyword))[1])
            else:
                self.visit(keyword.value)

    def _loop(self, name: str, calls: Sequence[ast.Call], drawn: Sequence[str], indentation: str) -> str:
        """Return a loop that calls the function *name* with each example."""
        explicit = [
            ", ".join(f"{keyword.arg}={self._text_of(keyword.value)}" for keyword in call.keywords) for call in calls
        ]
        examples = [f"dict({example})" for example in dict.fromkeys([*explicit, *drawn])]
        if not examples:
            raise CannotBundle(f"{name} has no examples")
        head = f"for example in [{', '.join(examples)}]:"
        if len(indentation + head) > WIDTH or "\n" in head:
            lines = "".join(f"{indentation}    {example},\n" for example in examples)
            head = f"for example in [\n{lines}{indentation}]:"
        return f"{head}\n{indentation}    {name}(**example)"

    # What nobody needs

    def _unneeded(self, function: Function) -> tuple[set[ast.AST], set[str]]:
        """Return the statements of *function* that only the suite needs, and local names that only they need."""
        gone: set[ast.AST] = {node for node in ast.walk(function) if self._is_told(node)}
        decorators = [
            one
            for node in ast.walk(function)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            for one in node.decorator_list
            if self._comes_from(one, FOR_THE_SUITE) not in ("", "example")
        ]
        while True:
            hidden = [*gone, *decorators]
            needed = set(_loads(function, hidden))
            dead = {name for node in hidden for name in _loads(node, ())} - needed
            more = {
                node
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                and all(isinstance(one, ast.Name) and one.id in dead for one in node.targets)
            }
            if more <= gone:
                return gone, dead
            gone |= more

    def _is_told(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Assign):
            return isinstance(node.targets[0], ast.Name) and node.targets[0].id in SETTINGS
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            return False
        found = self._referent(node.value.func)
        target = found[0] if found else None
        return isinstance(target, Definition) and Place(target.module.name, target.names[0]) in TOLD_TO_THE_SUITE

    # Text

    def _replace(self, node: ast.AST, text: Callable[[], str]) -> None:
        self.reading.edits.append((self._module.start(node), self._module.end(node), text))

    def _cut(self, start: int, end: int) -> None:
        self.reading.edits.append((start, end, str))

    def _text_of(self, node: ast.AST) -> str:
        return self.text(self._module.start(node), self._module.end(node))

    def text(self, start: int, end: int) -> str:
        """Return the code between two offsets, with all that is to be changed there."""
        return changed(self._module, start, end, self.reading.edits)


def changed(module: Module, start: int, end: int, edits: Iterable[Edit]) -> str:
    """Return the code between two offsets, after the *edits* that lie between them."""
    parts, position = [], start
    for begin, finish, text in sorted(edits, key=lambda edit: (edit[0], edit[0] != edit[1], -edit[1])):
        if position <= begin and finish <= end:
            parts += [module.segment(position, begin), text()]
            position = finish
    return "".join([*parts, module.segment(position, end)])


def is_setting(statement: ast.stmt) -> bool:
    """Return whether *statement*, of a class, is only about how pytest shows it."""
    return isinstance(statement, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id in SETTINGS for target in statement.targets
    )


def has_fields(definition: ast.ClassDef) -> bool:
    """Return whether the annotations in a class make its fields."""
    made_by = [*definition.bases, *definition.decorator_list]
    return any(name in ast.dump(one) for one in made_by for name in FIELDS)


def _class_scope(definition: ast.ClassDef) -> _Scope:
    return _Scope(bound_by(definition.body), of_class=True, has_fields=has_fields(definition))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {one.arg for one in every if one is not None}


def _bound_in(function: Function) -> set[str]:
    """Return the names that the body of *function* binds in its own scope."""
    return bound_by(function.body) - _declared(function, ast.Nonlocal) - _declared(function, ast.Global)


def _declared(function: Function, kind: Union[type[ast.Global], type[ast.Nonlocal]]) -> set[str]:
    """Return the names that *function* declares to be global or nonlocal, without those in functions in it."""
    names: set[str] = set()
    todo: list[ast.AST] = [*function.body]
    while todo:
        node = todo.pop()
        if isinstance(node, kind):
            names.update(node.names)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo += ast.iter_child_nodes(node)
    return names


def _loads(node: ast.AST, hidden: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that are read in *node*, but not in what is *hidden*."""
    if node in hidden:
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from _loads(child, hidden)
