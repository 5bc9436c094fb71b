"""The modules of the spec can be told apart by their names."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from spec.paths import CLAIMS_FOLDER, SPEC_FOLDER

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
