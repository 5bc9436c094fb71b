"""Hold what the claims say of each defect against what the defect declares."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType

from spec.engine.claims import Claim, node_ids
from spec.engine.deviations import collect
from spec.engine.targets import DEFAULT, expand
from spec.engine.verdicts import FAILURES
from spec.selftest import defects
from spec.selftest.defects import lessons
from spec.selftest.defects.declaration import Defect, Family
from spec.selftest.verify import verify

BREAKS = 1
"""How many of the claims that a defect declares to break are tried with it at least, unless all are."""

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


@cache
def ids_here() -> list[str]:
    """Return the ids of the claims that are about this Python; some are about older or newer ones only."""
    return [claim.id for claim in Claim.all() if claim.suits_this_python]


@cache
def faults_of_python() -> frozenset[tuple[str, str]]:
    """Return, by id and target, which claims the standard library itself is known not to meet."""
    targets, known = expand([DEFAULT]), collect([])
    return frozenset((claim, target.name) for claim in ids_here() for target in targets if known.find(claim, target))


def sample(defects: Sequence[Defect]) -> dict[str, list[str]]:
    """Return a few claims to try with each of the *defects*, by its name; the same ones each time.

    They are some that it must break, and one, if there is any, that it must leave alone.  Every claim that any of the
    *defects* must break is tried with one at least.
    """
    breakers = Counter(claim for defect in defects for claim in defect.breaks)
    chosen: dict[str, list[str]] = {}
    tried: set[str] = set()
    for defect in sorted(defects, key=lambda defect: len(defect.breaks)):
        breaks = [claim for claim in defect.breaks if claim in ids_here()]
        rarest = sorted(breaks, key=lambda claim: (claim in tried, breakers[claim]))
        broken = [claim for number, claim in enumerate(rarest) if number < BREAKS or claim not in tried]
        tried.update(broken)
        neighbours = _neighbours(defect)
        chosen[defect.name] = [*broken, *random.Random(defect.name).sample(neighbours, min(1, len(neighbours)))]
    return chosen


def _neighbours(defect: Defect) -> list[str]:
    """Return the claims that *defect* must leave alone, where it would first be felt: of the same lessons, if any."""
    touched = (*defect.breaks, *defect.spoils)
    sound = [claim for claim in ids_here() if not claim.startswith(touched)]
    return [claim for claim in sound if claim.startswith(_lessons(defect))] or sound


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
    tests = (
        ["spec"] if thorough else [_test(claim, name) for name, claims in sample(apis).items() for claim in claims]
    )
    run = verify(*tests, *(f"--mp={api.name}" for api in apis), PATIENCE, *options, seconds=HOUR)
    return {api.name: run.on(api.name) for api in apis}


def try_packages(packages: Sequence[Defect], *options: str, thorough: bool = False) -> dict[str, Verdicts]:
    """Verify broken packages of lessons, a run of pytest for each; see `try_apis`."""
    chosen = sample(packages)
    verdicts: dict[str, Verdicts] = {}
    for package in packages:
        every = ["spec", *(f"--claim={lesson}" for lesson in _lessons(package))]
        tests = every if thorough else [_test(claim, package.mp) for claim in chosen[package.name]]
        run = verify(*tests, f"--impl={package.name}", f"--mp={package.mp}", PATIENCE, *options)
        verdicts[package.name] = run.on(package.mp)
    return verdicts


def _test(claim: str, target: str) -> str:
    return f"{node_ids()[claim]}[{target}]"


def complaints(defect: Defect, verdicts: Verdicts) -> list[str]:
    """Return what *verdicts* have against the declaration of *defect*, a line for each claim."""
    found = []
    for claim, verdict in verdicts.items():
        if claim in defect.breaks:
            if verdict not in defect.verdicts and claim in ids_here():
                found.append(f"{defect.name} was to break {claim}: {' or '.join(defect.verdicts)}, not {verdict}")
        elif verdict in FAILURES and not claim.startswith(tuple(defect.spoils)):
            found.append(f"{defect.name} was to leave {claim} alone, and it is {verdict}")
    return found if verdicts else [f"{defect.name} was not tried"]
