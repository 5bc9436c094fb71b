"""Generate a stand-alone script that runs one claim on one API: the claim's code, and all that it reaches."""

from __future__ import annotations

import ast
import importlib
import re
from types import ModuleType
from typing import Any, Union

from hypothesis import HealthCheck, Phase, given, settings

from spec.engine.claims import Claim
from spec.engine.lessons import REFERENCE
from spec.engine.targets import Target
from spec.report.bundling.bundle import Bundle
from spec.report.bundling.reach import Rules
from spec.report.bundling.scopes import Function
from spec.report.bundling.source import CannotBundle, Module, Sources, Symbol
from spec.report.scene import CLAIMS, Scene

SCRIPT_SECONDS = 60.0
"""Within this time a script has decided whether the claim holds."""

DRAWN_EXAMPLES = 4
"""How many of the examples that Hypothesis draws go into a script."""

LONGEST_EXAMPLE = 300
"""Examples of more characters do not."""

LIBRARY_MODULE, SCRIPT_MODULE = "spec.made.library", "spec.made.script"
"""Modules that are made for a script: what is under test, and what runs the claim."""

STANDINS = "spec.report.standins"

INSTEAD: dict[Symbol, Union[Symbol, str]] = {
    Symbol("impl.api", "load"): Symbol(LIBRARY_MODULE, "load"),
    **{
        Symbol(f"spec.harness.{module}", name): Symbol(f"{STANDINS}.{place}", name)
        for module, place, names in [
            ("witness", "witness", "kernel recorder gatekeeper caller Matcher refuses"),
            ("process_table", "process_table", "state parent children descendants exit_of until_exited until_gone"),
            ("process_table", "process_table", "is_blocked until_blocked blocks settled until_thread_gone"),
            ("deadline", "process_table", "Backoff"),
            ("stillness", "process_table", "until_still"),
            ("subreaper", "process_table", "become_subreaper"),
            ("checkpoint", "checkpoint", "Arrival Checkpoint"),
            ("child_side", "checkpoint", "pause"),
            ("worker", "worker", "CallFailed Worker"),
            ("recorder", "recorder", "RecordedEvent Recorder"),
            ("forked_call", "forked_call", "ForkedCall"),
        ]
        for name in names.split()
    },
    Symbol("spec.harness.witness", "Violation"): "AssertionError",
    Symbol("spec.harness.process_table", "listed_children"): Symbol(f"{STANDINS}.process_table", "children"),
    Symbol("spec.harness.process_table", "stat"): Symbol(f"{STANDINS}.process_table", "stat"),
    Symbol(f"{STANDINS}.program", "Program"): Symbol("spec.harness.program", "Program"),
    Symbol("hypothesis.stateful", "RuleBasedStateMachine"): "object",
    Symbol("hypothesis.stateful", "initialize"): Symbol(f"{STANDINS}.stateful", "rule"),
    **{
        Symbol(f"hypothesis.{module}", name): Symbol(f"{STANDINS}.stateful", name)
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
    Symbol("spec.harness.program", "Program"): Symbol(f"{STANDINS}.program", "Program"),
    Symbol("spec.models.bench", "Model"): Symbol(f"{STANDINS}.stateful", "Model"),
}
"""Likewise, methods of classes."""


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
    if target.traits.managed:
        raise CannotBundle(f"{target.name} has managed objects, which no script can have")
    tests, test = claim.function.__module__, claim.function.__name__
    lesson = f"{REFERENCE}.{claim.lesson}"
    scene = Scene(Sources(INSTEAD, {}), tests, test, target, lesson).code(LIBRARY_MODULE, seconds)
    sources = Sources(INSTEAD, {LIBRARY_MODULE: _library(target), SCRIPT_MODULE: scene})
    rules = Rules(
        members=MEMBERS,
        values={Symbol(f"{STANDINS}.stateful", "STEPS"): _steps(explanation)},
        examples=lambda module, function: _examples(module, function, explanation),
        whole=lambda name: Bundle(sources.module(name), sources, rules).text(),
        sections=[
            ("", (f"{LIBRARY_MODULE}.",)),
            ("The claim", (f"{tests}.",)),
            ("The lesson", (f"{lesson}.",)),
            ("What runs in other processes", (CLAIMS,)),
            ("The model", ("spec.models.",)),
            ("How it is seen", ("spec.harness.", "spec.report.", "spec.engine.", f"{REFERENCE}.")),
            ("How the claim is run", (f"{STANDINS}.running.",)),
            ("", (f"{SCRIPT_MODULE}.",)),
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
