"""Hold what the claims say of each defect against what the defect declares."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Iterable, Mapping, Sequence
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


def everything(defect: Defect) -> list[str]:
    """Return all claims that can be tried with *defect*; those that it spoils, too."""
    lessons_alone = ":" not in defect.name
    own = _lessons(defect)
    return [claim for claim in ids() if not lessons_alone or claim.partition(".")[0] in own]


def _neighbours(defect: Defect) -> tuple[list[str], list[str]]:
    """Return the claims that *defect* must leave alone: of the lessons that it breaks claims of, and of others."""
    sound = [
        claim
        for claim in everything(defect)
        if claim not in defect.breaks and not claim.startswith(tuple(defect.spoils))
    ]
    own = _lessons(defect)
    near = [claim for claim in sound if claim.partition(".")[0] in own]
    return near, [claim for claim in sound if claim not in near]


def _lessons(defect: Defect) -> set[str]:
    return {claim.partition(".")[0] for claim in defect.breaks}


def try_apis(apis: Sequence[Defect], claims: Mapping[str, Iterable[str]], *options: str) -> dict[str, Verdicts]:
    """Verify broken APIs, all in one run of pytest.

    Args:
        apis: what they declare.
        claims: by the name of the defect, the claims to try.
        options: more of them for pytest.

    Returns:
        by the name of the defect, the verdicts.
    """
    names = [api.name for api in apis]
    tests = [_test(claim, name) for name in names for claim in claims[name]]
    run = verify(*tests, *(f"--mp={name}" for name in names), PATIENCE, *options)
    return {name: run.on(name) for name in names}


def try_package(defect: Defect, claims: Iterable[str], *options: str) -> Verdicts:
    """Verify a broken package of lessons; see `try_apis`."""
    tests = [_test(claim, defect.mp) for claim in claims]
    return verify(*tests, f"--impl={defect.name}", f"--mp={defect.mp}", PATIENCE, *options).on(defect.mp)


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
