"""Hold what the claims say of each defect against what the defect declares."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Mapping, Sequence
from types import ModuleType

from spec.claims import ids
from spec.meta import defects
from spec.meta.defects import lessons
from spec.meta.defects.declaration import Defect, Family
from spec.meta.verify import verify
from spec.verdicts import FAILURES

SAMPLE = 6
"""How many claims that a defect should leave alone are tried with it, unless all are."""

PATIENCE = "--hang-after=1"

HOUR = 3600.0

Verdicts = Mapping[str, str]
"""Of the claims that were tried with a defect, by id."""


def families() -> list[Family]:
    """Return all broken APIs, module by module."""
    return [module.family for module in _modules(defects) if hasattr(module, "family")]


def packages() -> list[Defect]:
    """Return all broken packages of lessons."""
    return [module.defect for module in _modules(lessons)]


def _modules(package: ModuleType) -> list[ModuleType]:
    return [
        importlib.import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]


def sample(defect: Defect, size: int = SAMPLE) -> list[str]:
    """Return the claims that *defect* must break, and some that it must leave alone; the same ones each time.

    Half of these are of the lessons that it breaks claims of, where it would first be felt.
    """
    choose = random.Random(defect.name).sample
    near, far = _neighbours(defect)
    near = choose(near, min(size // 2, len(near)))
    return [*defect.breaks, *near, *choose(far, min(size - len(near), len(far)))]


def _neighbours(defect: Defect) -> tuple[list[str], list[str]]:
    """Return the claims that *defect* must leave alone: of the lessons that it breaks claims of, and of others."""
    sound = [claim for claim in ids() if claim not in defect.breaks and not claim.startswith(tuple(defect.spoils))]
    near = [claim for claim in sound if claim.startswith(_lessons(defect))]
    return near, [claim for claim in sound if claim not in near and not defect.is_package]


def _lessons(defect: Defect) -> tuple[str, ...]:
    """Return how the ids begin of all claims of the lessons that *defect* breaks claims of."""
    return tuple(sorted({f"{claim.partition('.')[0]}." for claim in defect.breaks}))


def try_apis(apis: Sequence[Defect], *options: str, thorough: bool = False) -> dict[str, Verdicts]:
    """Verify broken APIs, all in one run of pytest.

    Args:
        apis: what they declare.
        options: more of them for pytest.
        thorough: whether each is tried with every claim; else with a `sample`.

    Returns:
        by the name of the API, the verdicts.
    """
    tests = [_test(claim, api.name) for api in apis for claim in sample(api)]
    run = verify(
        *(["spec"] if thorough else tests), *(f"--mp={api.name}" for api in apis), PATIENCE, *options, seconds=HOUR
    )
    return {api.name: run.on(api.name) for api in apis}


def try_package(package: Defect, *options: str, thorough: bool = False) -> Verdicts:
    """Verify a broken package of lessons; see `try_apis`."""
    tests = [_test(claim, package.mp) for claim in sample(package)]
    every = ["spec", *(f"--claim={lesson}" for lesson in _lessons(package))]
    return verify(
        *(every if thorough else tests), f"--impl={package.name}", f"--mp={package.mp}", PATIENCE, *options
    ).on(package.mp)


def _test(claim: str, target: str) -> str:
    lesson, _, name = claim.partition(".")
    return f"spec/test_{lesson}.py::test_{name.replace('-', '_')}[{target}]"


def complaints(defect: Defect, verdicts: Verdicts) -> list[str]:
    """Return what *verdicts* have against the declaration of *defect*, a line for each claim."""
    found = []
    for claim in defect.breaks:
        verdict = verdicts.get(claim, "not tried")
        if verdict not in defect.verdicts:
            found.append(f"{defect.name} was to break {claim}: {' or '.join(defect.verdicts)}, not {verdict}")
    for claim, verdict in verdicts.items():
        if verdict in FAILURES and claim not in defect.breaks and not claim.startswith(tuple(defect.spoils)):
            found.append(f"{defect.name} was to leave {claim} alone, and it is {verdict}")
    return found
