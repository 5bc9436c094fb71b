"""The part of a script that gives a claim what it asks for, and runs it."""

from __future__ import annotations

import ast
import re
import textwrap
from collections import Counter
from collections.abc import Sequence

from spec.engine.targets import Target
from spec.report.bundling.layout import WIDTH
from spec.report.bundling.source import CannotBundle, Definition, Sources, Symbol

FIXTURE_CODE = {
    "mp": "mp",
    "scale": "1",
    "manager": "closing.enter_context(mp.Manager())",
    "pool": "closing.enter_context(mp.Pool(2))",
    "log": 'Recorder("log")',
    "folder": 'Path(tempfile.mkdtemp(dir=".")).absolute()',
    "program": "Programs()",
    "target": 'SimpleNamespace(name="{target}", module={module})',
    "lesson": "SimpleNamespace({lesson})",
    "checkpoint": "Checkpoint",
    "forked_call": "forked_call",
    "executor": "closing.enter_context(Executors(executor_maker(mp)))",
    "memory": "closing.enter_context(SharedMemories(partial(shared_memory_class, mp)))",
    "connections": "connection_module(mp)",
    "base": "base_manager(mp)",
    "network": 'closing.enter_context(Network(Path(tempfile.mkdtemp(dir=".")).absolute()))',
    "wait": "connection_module(mp).wait",
    "worker": "partial(Worker, mp)",
}
"""What claims can ask for, and the code that makes it in a script; see `spec.engine.fixtures`."""


CLAIMS = "spec.claims."
"""The modules of claims, and what these share, are in this package."""


class Scene:
    """The module that gives a claim what it asks for, and runs it.

    Args:
        sources: where the code is looked up.
        module: the name of the module of the claim's test.
        test: the name of the test.
        target: what is under test.
        lesson: the name of the lesson's module.
    """

    def __init__(self, sources: Sources, module: str, test: str, target: Target, lesson: str) -> None:
        self._sources, self._module = sources, sources.module(module)
        self._test, self._target, self._lesson = test, target, lesson
        self._asked = self._count_what_is_asked_for()

    def code(self, library: str, seconds: float) -> str:
        """Return the code of the module.

        Args:
            library: the name of the module that has what is under test as ``mp``.
            seconds: when the script gives up waiting.
        """
        package, _, lesson = self._lesson.rpartition(".")
        around, _, tests = self._module.name.rpartition(".")
        return f"""
import os
import sys
import tempfile
import {self._target.name.partition(":")[0]}
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from {package} import {lesson} as reference
from {package}.api import base_manager, connection_module, executor_maker, shared_memory_class
from {library} import mp
from {around} import {tests} as claim
from spec.harness.checkpoint import Checkpoint
from spec.harness.executor_maker import Executors
from spec.harness.hosts import Network
from spec.harness.memory_maker import SharedMemories
from spec.harness.recorder import Recorder
from spec.harness.worker import Worker
from spec.report.standins.forked_call import forked_call
from spec.report.standins.program import Programs
from spec.report.standins.running import call_as_told, closing, supervise

{self._end(seconds)}
"""

    def _end(self, seconds: float) -> str:
        """Return the code that runs the claim, and programs of the claim if it has some."""
        begin = 'if __name__ == "__main__":\n    '
        if "program" in self._asked:
            begin += "if len(sys.argv) > 1:\n        call_as_told(mp, sys.argv[1])\n    else:\n        "
        lines = self._lines()
        brief = f"sys.exit(supervise(lambda: {lines[-1]}, {seconds:g}))"
        if len(lines) == 1 and _fits(begin.rpartition("\n")[2] + brief):
            return begin + brief
        body = textwrap.indent("\n".join(lines), "    ")
        return f"def hold():\n{body}\n\n\n{begin}sys.exit(supervise(hold, {seconds:g}))"

    def _lines(self) -> list[str]:
        """Return the lines that make what the test asks for, and call it: one line, if that is not too long."""
        for assign_all in (False, True):
            making = _Making(self, assign_all)
            call = f"claim.{self._test}({making.arguments(self._test)})"
            lines = [*(f"{name} = {code}" for name, code in making.assigned.items()), call]
            if all(_fits(f"    {line}") for line in lines):
                break
        return lines

    def is_asked_for_once(self, name: str) -> bool:
        """Return whether only one function asks for *name*."""
        return self._asked[name] == 1

    def parameters(self, function: str) -> list[str]:
        """Return what a *function* of the module asks for."""
        node = self._module.by_name[function].node
        assert isinstance(node, ast.FunctionDef)
        return [one.arg for one in node.args.args]

    def is_fixture(self, name: str) -> bool:
        """Return whether a function of the module makes what is asked for by this *name*."""
        return name in self._module.by_name

    def is_generator(self, function: str) -> bool:
        """Return whether a *function* of the module yields what it makes."""
        return any(isinstance(one, ast.Yield) for one in ast.walk(self._module.by_name[function].node))

    def general(self, name: str) -> str:
        """Return the code for something that any claim can ask for.

        Raises:
            CannotBundle: no script can have it.
        """
        if name not in FIXTURE_CODE:
            raise CannotBundle(f"{self._module.name} asks for {name}, which no script can give")
        functions = ", ".join(f"{one}=reference.{one}" for one in self._functions_of_the_lesson())
        module = self._target.name.partition(":")[0]
        return FIXTURE_CODE[name].format(target=self._target.name, module=module, lesson=functions)

    def _count_what_is_asked_for(self) -> Counter[str]:
        """Return how often each thing is asked for, by the test and by what makes things for it."""
        asked: Counter[str] = Counter()
        todo = [self._test]
        for function in todo:  # which grows meanwhile
            names = self.parameters(function)
            todo += [name for name in names if self.is_fixture(name) and name not in asked]
            asked.update(names)
        return asked

    def _functions_of_the_lesson(self) -> Sequence[str]:
        """Return the names of what the test, and what it uses of the claims' modules, asks the lesson for."""
        used: set[str] = set()
        todo = [self._module.by_name[self._test]]
        for definition in todo:  # which grows meanwhile
            for node in ast.walk(definition.node):
                called = node.arg if isinstance(node, ast.arg) else node.id if isinstance(node, ast.Name) else ""
                found = self._sources.find(Symbol(definition.module.name, called))
                place = found[0] if found is not None else None
                if isinstance(place, Definition) and place.module.name.startswith(CLAIMS) and place not in todo:
                    todo.append(place)
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "lesson":
                    used.add(node.attr)
        return sorted(used)


class _Making:
    """How the things that functions ask for are made.

    Args:
        scene: tells what is asked for, and the code for it.
        assign_all: whether each thing gets a line of its own; otherwise what is asked for once is made in its place.

    Attributes:
        assigned: the code of what is assigned to a variable, by name, in order.
    """

    def __init__(self, scene: Scene, assign_all: bool) -> None:
        self._scene, self._assign_all = scene, assign_all
        self.assigned: dict[str, str] = {}

    def arguments(self, function: str) -> str:
        """Return the arguments for a call of *function*."""
        return ", ".join(map(self._make, self._scene.parameters(function)))

    def _make(self, name: str) -> str:
        """Return the code for what is asked for by this *name*: the name itself, if it is assigned."""
        if name in self.assigned:
            return name
        code = self._call(name) if self._scene.is_fixture(name) else self._scene.general(name)
        in_place = code.isidentifier() or self._scene.is_asked_for_once(name)
        if code == name or (in_place and not self._assign_all):
            return code
        self.assigned[name] = code
        return name

    def _call(self, fixture: str) -> str:
        """Return a call of a function of the claim's module that makes something."""
        arguments = self.arguments(fixture)
        if self._scene.is_generator(fixture):
            return f"closing.enter_context(contextmanager(claim.{fixture})({arguments}))"
        return f"claim.{fixture}({arguments})"


def _fits(line: str) -> bool:
    """Return whether *line* is not too long in the script, where definitions have no module before their names."""
    return len(re.sub(r"\b(claim|reference)\.", "", line)) <= WIDTH
