"""Generate a stand-alone script that runs one claim on one API: the claim's code, and all that it reaches."""

from __future__ import annotations

import ast
import importlib
import re
import textwrap
from types import ModuleType
from typing import Any, Union

from hypothesis import HealthCheck, Phase, given, settings

from spec.engine.claims import Claim
from spec.engine.lessons import REFERENCE
from spec.engine.targets import Target
from spec.report.bundling.bundle import Bundle
from spec.report.bundling.reach import Rules
from spec.report.bundling.scopes import Function
from spec.report.bundling.source import CannotBundle, Module, Place, Sources

SCRIPT_SECONDS = 60.0
"""Within this time a script has decided whether the claim holds."""

DRAWN_EXAMPLES = 4
"""So many examples of those that Hypothesis draws go into a script."""

LONGEST_EXAMPLE = 300
"""Examples of more characters do not."""

LIBRARY_MODULE, SCRIPT_MODULE = "spec.made.library", "spec.made.script"
"""Modules that are made for a script: what is under test, and what runs the claim."""

STANDINS = "spec.report.standins"

INSTEAD: dict[Place, Union[Place, str]] = {
    Place("impl.api", "load"): Place(LIBRARY_MODULE, "load"),
    **{
        Place(f"spec.harness.{module}", name): Place(f"{STANDINS}.{place}", name)
        for module, place, names in [
            ("witness", "witness", "kernel recorder gatekeeper caller Matcher refuses"),
            ("process_table", "process_table", "state parent children descendants exit_of until_exited until_gone"),
            ("process_table", "process_table", "is_blocked until_blocked settled until_thread_gone"),
            ("deadline", "process_table", "Backoff"),
            ("stillness", "process_table", "until_still"),
            ("subreaper", "process_table", "become_subreaper"),
            ("checkpoint", "checkpoint", "Arrival Checkpoint"),
            ("child_side", "checkpoint", "pause"),
            ("worker", "worker", "CallFailed Worker"),
            ("recorder", "recorder", "Event Recorder"),
            ("starter", "starter", "Starter"),
        ]
        for name in names.split()
    },
    Place("spec.harness.witness", "Violation"): "AssertionError",
    Place("spec.harness.process_table", "_stat"): Place(f"{STANDINS}.process_table", "stat"),
    Place(f"{STANDINS}.program", "Program"): Place("spec.harness.program", "Program"),
    Place("hypothesis.stateful", "RuleBasedStateMachine"): "object",
    Place("hypothesis.stateful", "initialize"): Place(f"{STANDINS}.stateful", "rule"),
    **{
        Place(f"hypothesis.{module}", name): Place(f"{STANDINS}.stateful", name)
        for module, name in [
            ("stateful", "rule"),
            ("stateful", "precondition"),
            ("strategies", "integers"),
            ("strategies", "sampled_from"),
        ]
    },
}
"""What a script has in place of what the suite has."""

MEMBERS = {
    Place("spec.harness.program", "Program"): Place(f"{STANDINS}.program", "Program"),
    Place("spec.models.bench", "Model"): Place(f"{STANDINS}.stateful", "Model"),
}
"""Likewise, methods of classes."""

FIXTURE_CODE = {
    "mp": "",
    "scale": "scale = 1",
    "manager": "manager = closing.enter_context(mp.Manager())",
    "log": 'log = Recorder("log")',
    "folder": 'folder = Path("files").absolute()\nfolder.mkdir()',
    "program": "program = Programs()",
    "target": 'target = SimpleNamespace(name="{target}", module={module})',
    "lesson": "lesson = SimpleNamespace({lesson})",
    "checkpoint": "checkpoint = Checkpoint",
    "starter": "starter = Starter",
    "connections": "connections = connection_module(mp)",
    "wait": "wait = connection_module(mp).wait",
    "worker": "worker = partial(Worker, mp)",
}
"""What claims can ask for, and how a script makes it; see `spec.engine.fixtures`."""


def generate(claim: Claim, target: Target, explanation: str = "", seconds: float = SCRIPT_SECONDS) -> str:
    """Return a script that runs *claim* on *target*, without a header.

    Args:
        claim: the claim.
        target: what it is held against.
        explanation: what was seen, if anything was, with what Hypothesis says of it.
        seconds: when the script gives up waiting.

    Raises:
        CannotBundle: the claim needs something that no script can have.
    """
    tests, test = claim.function.__module__, claim.function.__name__
    lesson = f"{REFERENCE}.{claim.lesson}"
    scene = _Scene(Sources(INSTEAD, {}).module(tests), target, lesson)
    sources = Sources(INSTEAD, {LIBRARY_MODULE: _library(target), SCRIPT_MODULE: scene.code(test, seconds)})
    rules = Rules(
        members=MEMBERS,
        values={Place(f"{STANDINS}.stateful", "STEPS"): _steps(explanation)},
        examples=lambda module, function: _examples(module, function, explanation),
        whole=lambda name: Bundle(sources.module(name), sources, rules).text(),
        sections=[
            ("", (f"{LIBRARY_MODULE}.",)),
            ("The claim", (f"{tests}.",)),
            ("The lesson", (f"{lesson}.",)),
            ("What runs in other processes", ("spec.claims.",)),
            ("The model", ("spec.models.",)),
            ("How it is seen", ("spec.harness.", "spec.report.", "spec.engine.", f"{REFERENCE}.")),
            ("How the claim is run", (f"{SCRIPT_MODULE}.",)),
        ],
    )
    return Bundle(sources.module(SCRIPT_MODULE), sources, rules, keep=[test]).text()


def _library(target: Target) -> str:
    """Return a module that has what is under test as ``mp``."""
    module, _, context = target.name.partition(":")
    api = f'{module}.get_context("{context}")' if context else module
    preload = "mp.set_forkserver_preload([])  # a child imports this file itself\n"
    serves = target.traits.runs_main_again and not target.traits.starter_is_parent
    return f"""
import {module}

mp = {api}
{preload if serves and hasattr(target.mp, "set_forkserver_preload") else ""}

def load(_name):
    \"""Return what is under test.\"""
    return mp
"""


class _Scene:
    """The module that gives a claim what it asks for, and runs it.

    Args:
        module: the module of its test.
        target: what is under test.
        lesson: the name of the lesson's module.
    """

    def __init__(self, module: Module, target: Target, lesson: str) -> None:
        self._module, self._target, self._lesson = module, target, lesson
        self._made: dict[str, str] = {}
        self._used: set[str] = set()

    def code(self, test: str, seconds: float) -> str:
        """Return the code of the module."""
        self._used = self._functions_of_the_lesson(test)
        names = self._ask_for(test)
        call = f"claim.{test}({', '.join(names)})"
        package, _, lesson = self._lesson.rpartition(".")
        around, _, tests = self._module.name.rpartition(".")
        lines = [line for line in [*self._made.values(), call] if line]
        body = textwrap.indent("\n".join(lines), "    ")
        program = (
            "if len(sys.argv) > 1:\n        call_as_told(mp, sys.argv[1])\n    el" if "program" in self._made else ""
        )
        start = f"sys.exit(supervise(hold, {seconds:g}))"
        run = f"{program}se:\n        {start}" if program else start
        return f"""
import os
import sys
import {self._target.name.partition(":")[0]}
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from {package} import {lesson} as reference
from {package}.api import connection_module
from {LIBRARY_MODULE} import mp
from {around} import {tests} as claim
from spec.harness.checkpoint import Checkpoint
from spec.harness.recorder import Recorder
from spec.harness.starter import Starter
from spec.harness.worker import Worker
from spec.report.standins.program import Programs
from spec.report.standins.running import call_as_told, closing, supervise


def hold():
    \"""Hold the claim against the library, with all that the claim asks for.\"""
{body}


if __name__ == "__main__":
    {run}
"""

    def _functions_of_the_lesson(self, test: str) -> set[str]:
        """Return the names of what the test, and what it uses in its module, asks the lesson for."""
        used: set[str] = set()
        todo = [test]
        for name in todo:  # which grows meanwhile
            for node in ast.walk(self._module.by_name[name].node):
                called = node.arg if isinstance(node, ast.arg) else node.id if isinstance(node, ast.Name) else ""
                if called in self._module.by_name and called not in todo:
                    todo.append(called)
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "lesson":
                    used.add(node.attr)
        return used

    def _ask_for(self, function: str) -> list[str]:
        """See that all is made that a *function* of the module asks for, and return the names of that."""
        node = self._module.by_name[function].node
        assert isinstance(node, ast.FunctionDef)
        names = [one.arg for one in node.args.args]
        for name in names:
            if name not in self._made:
                self._make(name)
        return names

    def _make(self, name: str) -> None:
        if name in self._module.by_name:
            asked = self._ask_for(name)
            node = self._module.by_name[name].node
            made = f"claim.{name}({', '.join(asked)})"
            if any(isinstance(one, ast.Yield) for one in ast.walk(node)):
                made = f"closing.enter_context(contextmanager(claim.{name})({', '.join(asked)}))"
            self._made[name] = f"{name} = {made}"
        elif name in FIXTURE_CODE:
            functions = ", ".join(f"{one}=reference.{one}" for one in sorted(self._used))
            module = self._target.name.partition(":")[0]
            self._made[name] = FIXTURE_CODE[name].format(target=self._target.name, module=module, lesson=functions)
        else:
            raise CannotBundle(f"{self._module.name} asks for {name}, which no script can give")


def _examples(module: Module, function: Function, explanation: str) -> list[str]:
    """Return arguments for a function that Hypothesis would call: those that it names, and a few that it draws."""
    named = re.search(
        rf"Falsifying (?:explicit )?example: {function.name}\((.*?)\n?\)\n", explanation + "\n", re.DOTALL
    )
    found = [named[1]] if named else []
    [strategies] = [
        one for one in function.decorator_list if isinstance(one, ast.Call) and ast.unparse(one.func) == "given"
    ]
    drawn = _draw(importlib.import_module(module.name), strategies)
    calls = [*found, *(", ".join(f"{name}={value!r}" for name, value in one.items()) for one in drawn)]
    return list(filter(None, map(_literal, calls)))


def _literal(arguments: str) -> str:
    """Return the *arguments* of a call, as code; empty if they are not all literals, or too long."""
    try:
        [call] = [one for one in ast.walk(ast.parse(f"f({arguments})")) if isinstance(one, ast.Call)][:1]
        for keyword in call.keywords:
            ast.literal_eval(keyword.value)
    except (SyntaxError, ValueError):
        return ""
    code = ", ".join(f"{keyword.arg}={ast.unparse(keyword.value)}" for keyword in call.keywords)
    return code if len(code) <= LONGEST_EXAMPLE else ""


def _draw(module: ModuleType, strategies: ast.Call) -> list[dict[str, Any]]:
    """Return a few examples that Hypothesis draws; none if the strategies are made by code that runs in the claim."""
    try:
        kinds = {
            str(keyword.arg): eval(compile(ast.Expression(keyword.value), module.__name__, "eval"), vars(module))
            for keyword in strategies.keywords
        }
    except NameError:
        return []
    found: list[dict[str, Any]] = []
    draw = given(**kinds)(lambda **drawn: found.append(drawn))
    settings(
        max_examples=5 * DRAWN_EXAMPLES,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )(draw)()
    return list({repr(one): one for one in found}.values())[:DRAWN_EXAMPLES]


def _steps(explanation: str) -> str:
    """Return the operations that Hypothesis says have led to a violation, as code."""
    called = re.findall(r"^state\.(\w+)\((.*)\)$", explanation, re.MULTILINE)
    steps = [f'("{name}", dict({_literal(arguments)}))' for name, arguments in called if name != "teardown"]
    return "[\n" + "".join(f"    {step},\n" for step in steps) + "]" if steps else "[]"
