"""A name means one thing in the whole spec, and files are short enough to be read."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from spec.engine.deviations import SCRIPTS_FOLDER
from spec.paths import CLAIMS_FOLDER, DEFECTS_FOLDER, ROOT, SPEC_FOLDER

STANDINS_FOLDER = SPEC_FOLDER / "report" / "standins"
EVERYWHERE = {"__init__.py", "__main__.py", "conftest.py"}
BY_LESSON = {"payloads.py", "scenes.py"}
PAGE_VALUE = re.compile(r"f?['\"]https://|DOCUMENTATION\b")
"""The code of a constant that is the address of a page."""


def recurs(module: Path) -> bool:
    """Return whether a *module* may share its name with others: by Python's rules, or by those in spec/README.md."""
    of_a_lesson = CLAIMS_FOLDER in module.parents and (module.name in BY_LESSON or module.name.startswith("test_"))
    replaces = module.parent == STANDINS_FOLDER and (SPEC_FOLDER / "harness" / module.name).exists()
    return module.name in EVERYWHERE or of_a_lesson or replaces


def test_a_module_name_means_one_thing() -> None:
    places = defaultdict(list)
    for module in SPEC_FOLDER.rglob("*.py"):
        if not recurs(module):
            places[module.name].append(str(module.relative_to(SPEC_FOLDER)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_a_standin_says_which_module_it_replaces() -> None:
    standins = [module for module in STANDINS_FOLDER.glob("*.py") if recurs(module) and module.name not in EVERYWHERE]
    for module in standins:
        assert module.read_text(encoding="utf-8").startswith(f'"""In place of `spec.harness.{module.stem}`')
    assert standins


@cache
def parsed(module: Path) -> ast.Module:
    """Return the syntax tree of a *module*."""
    return ast.parse(module.read_text(encoding="utf-8"))


def assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a statement assigns a value to, with the value."""
    targets = (
        node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    )
    value = getattr(node, "value", None)
    for target in targets:
        if isinstance(target, ast.Name) and value is not None:
            yield target.id, value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            yield from ((name.id, one) for name, one in zip(target.elts, value.elts) if isinstance(name, ast.Name))


def statements(excluded: set[Path]) -> Iterator[tuple[str, ast.stmt]]:
    """Yield each statement of the spec's modules that are in none of the *excluded* folders, with its module."""
    for module in SPEC_FOLDER.rglob("*.py"):
        if not excluded & {*module.parents}:
            for node in parsed(module).body:
                yield str(module.relative_to(SPEC_FOLDER)), node


def test_a_constant_means_one_thing() -> None:
    """No two modules give different values to a constant of one name.

    This does not apply to stand-ins for scripts, to defects, each of which is an API of its own, and to the pages
    that a file of claims names as its sources.
    """
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for module, node in statements({STANDINS_FOLDER, DEFECTS_FOLDER, SCRIPTS_FOLDER}):
        for name, value in assigned(node):
            if name.isupper() and not name.startswith("_"):
                values[name][module] = ast.unparse(value)
    assert {
        name: found
        for name, found in values.items()
        if len({*found.values()}) > 1 and not all(PAGE_VALUE.match(value) for value in found.values())
    } == {}


def test_a_type_means_one_thing() -> None:
    """No two modules have public classes or aliases of types of one name, unless the aliases mean the same.

    This does not apply to defects and what scripts are made of.
    """
    meanings: dict[str, dict[str, str]] = defaultdict(dict)
    for module, node in statements({STANDINS_FOLDER, DEFECTS_FOLDER, SCRIPTS_FOLDER}):
        if isinstance(node, ast.ClassDef):
            meanings[node.name][module] = f"the class of {module}"
        for name, value in assigned(node):
            if name[0].isupper() and not name.isupper():
                meanings[name][module] = ast.unparse(value)
    assert {name: found for name, found in meanings.items() if len({*found.values()}) > 1 and name[0] != "_"} == {}


MAY_IMPORT: dict[str, set[str]] = {
    "impl": set(),
    "harness": {"impl"},
    "models": {"impl", "harness"},
    "engine": {"impl", "harness"},
    "claims": {"impl", "harness", "models", "engine"},
    "report": {"impl", "harness", "models", "engine"},
    "tools": {"impl", "harness", "engine", "report", "selftest"},  # selftest for commands that need a checkout
    "learn": {"impl", "engine", "report", "tools"},
    "lesson_pages": {"impl", "engine", "report", "tools", "learn"},
}
"""Which folders the modules of a folder may import; those of the self-tests may import all of them."""


def imported(module: Path) -> Iterator[str]:
    """Yield the names of the modules of the project that a *module* imports, wherever it does so."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_run_one_way() -> None:
    """Only ``python -m impl`` knows the spec: it draws timelines."""
    wrong = []
    for folder, allowed in MAY_IMPORT.items():
        modules = {*(ROOT / "impl" if folder == "impl" else SPEC_FOLDER / folder).rglob("*.py")}
        for module in modules - {ROOT / "impl" / "__main__.py"}:
            for name in imported(module):
                first, _, rest = name.partition(".")
                known = rest.partition(".")[0] if first == "spec" else first
                if known in {*MAY_IMPORT, "selftest"} - {folder, *allowed}:
                    wrong.append(f"{module.relative_to(ROOT)} imports {name}")
    assert wrong == []


LIGHT = f"""
import multiprocessing.managers, multiprocessing.pool, sys
before = {{*sys.modules}}
import {", ".join(f"spec.claims.{file.parent.name}.payloads" for file in sorted(CLAIMS_FOLDER.glob("*/payloads.py")))}
for name in sorted({{*sys.modules}} - before):
    module = sys.modules[name]
    if "site-packages" in str(getattr(module, "__file__", "")) or name.startswith(("spec.engine", "spec.models")):
        print(name)
    if name in ("asyncio", "dataclasses", "inspect", "unittest"):
        print(name)
"""


def test_payloads_import_nothing_heavy() -> None:
    """Each child that is not forked imports them again."""
    done = subprocess.run([sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_nothing_is_too_long_to_be_read() -> None:
    lengths = {
        path: path.read_text(encoding="utf-8").count("\n")
        for path in (ROOT / "README.md", *CLAIMS_FOLDER.glob("*/test_*.py"))
    }
    assert lengths.pop(ROOT / "README.md") <= 200
    assert {path.name: length for path, length in lengths.items() if length > 360} == {}
