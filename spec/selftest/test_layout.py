"""What the spec is made of can be told apart by its names, and is short enough to be read."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from spec.engine.deviations import SCRIPTS_FOLDER
from spec.paths import CLAIMS_FOLDER, DEFECTS_FOLDER, ROOT, SPEC_FOLDER

STANDINS = SPEC_FOLDER / "report" / "standins"
EVERYWHERE = {"__init__.py", "__main__.py", "conftest.py"}
BY_LESSON = {"payloads.py", "scenes.py"}


def recurs(module: Path) -> bool:
    """Return whether a *module* may share its name with others: by Python's rules, or by those in spec/README.md."""
    of_a_lesson = CLAIMS_FOLDER in module.parents and (module.name in BY_LESSON or module.name.startswith("test_"))
    replaces = module.parent == STANDINS and (SPEC_FOLDER / "harness" / module.name).exists()
    return module.name in EVERYWHERE or of_a_lesson or replaces


def test_a_module_name_means_one_thing() -> None:
    places = defaultdict(list)
    for module in SPEC_FOLDER.rglob("*.py"):
        if not recurs(module):
            places[module.name].append(str(module.relative_to(SPEC_FOLDER)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_a_standin_says_which_module_it_replaces() -> None:
    standins = [module for module in STANDINS.glob("*.py") if recurs(module) and module.name not in EVERYWHERE]
    for module in standins:
        assert module.read_text(encoding="utf-8").startswith(f'"""In place of `spec.harness.{module.stem}`')
    assert standins


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


def test_a_constant_means_one_thing() -> None:
    """No two modules give different values to a constant of one name, apart from stand-ins for scripts."""
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for folder in ("engine", "harness", "learn", "models", "report", "tools"):
        for module in (SPEC_FOLDER / folder).rglob("*.py"):
            if STANDINS in module.parents:
                continue
            for node in ast.parse(module.read_text(encoding="utf-8")).body:
                for name, value in assigned(node):
                    if name.isupper() and not name.startswith("_"):
                        values[name][module.stem] = ast.unparse(value)
    assert {name: found for name, found in values.items() if len({*found.values()}) > 1} == {}


def test_a_class_means_one_thing() -> None:
    """No two modules have public classes of one name, apart from claims, defects and what scripts are made of."""
    places = defaultdict(list)
    for module in SPEC_FOLDER.rglob("*.py"):
        if {STANDINS, CLAIMS_FOLDER, DEFECTS_FOLDER, SCRIPTS_FOLDER} & {*module.parents}:
            continue
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(module.relative_to(SPEC_FOLDER)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_nothing_is_too_long_to_be_read() -> None:
    lengths = {
        path: path.read_text(encoding="utf-8").count("\n")
        for path in (ROOT / "README.md", *CLAIMS_FOLDER.glob("*/test_*.py"))
    }
    assert lengths.pop(ROOT / "README.md") <= 200
    assert {path.name: length for path, length in lengths.items() if length > 360} == {}
