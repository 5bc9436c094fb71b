"""Run the scripts that reproduce violations, on sound and on broken APIs.

The script of a claim is generated for the standard library under every start method that the claim applies to, where
it must see nothing wrong, and for the defects that were made to break the claim, where it must see that.  The scripts
by hand are run on the libraries that they are about, if those are installed.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from spec.engine import deviations
from spec.engine.claims import Claim
from spec.engine.deviations import Deviation
from spec.engine.fixtures import provides
from spec.engine.targets import DEFAULT, Target, expand
from spec.harness.forked_call import ForkedCall
from spec.harness.nursery import Nursery
from spec.paths import ROOT
from spec.report.reproductions import by_hand
from spec.report.scripts import generate
from spec.selftest import trial
from spec.selftest.defects import hostile

LONGEST_SCRIPT_SECONDS = 120.0
"""Far more than any script takes."""

AT_ONCE = 4
"""How many scripts run at once; many of them wait until their time is up."""

_GENERATING = threading.Lock()
"""Held while a script is generated: in Python 3.11, `ast.parse` fails if two threads call it at once."""


def run(text: str) -> tuple[int, str]:
    """Run a script in a folder of its own; return its exit status and what it printed.

    Raises:
        subprocess.TimeoutExpired: it does not end.
    """
    with tempfile.TemporaryDirectory() as folder:
        script, output = Path(folder) / "script.py", Path(folder) / "output"
        script.write_text(text, encoding="utf-8")
        with output.open("w") as file:  # a pipe would stay open for as long as a process that was left behind
            done = subprocess.run(
                [sys.executable, str(script)],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=LONGEST_SCRIPT_SECONDS,
                start_new_session=True,
                check=False,
            )
        return done.returncode, output.read_text(encoding="utf-8", errors="replace")


def sound(claim: Claim) -> list[Target]:
    """Return the targets of the standard library on which *claim* applies and is known to hold.

    Managed objects are left out, because no script can have them.
    """
    plain = [target for target in expand([DEFAULT]) if not target.traits.managed]
    targets = [target for target in plain if claim.applies_to(target.traits)]
    providing = [target for target in targets if all(_provides(target, name) for name in claim.needs)]
    return [target for target in providing if (claim.id, target.name) not in trial.faults_of_python()]


@cache
def _provides(target: Target, name: str) -> bool:
    """Return whether the API of *target* has the *name*.

    A process of its own finds out, because an object that is made for this purpose may start processes: a manager, or
    the fork server that each later fork of this process would take for its own.
    """
    with tempfile.TemporaryDirectory() as folder, Nursery():
        forked_call = ForkedCall(Path(folder) / "outcome", provides, target.mp, name)
        return bool(forked_call.result())


def broken(claim: Claim) -> list[Target]:
    """Return the defects that were made to break *claim*, except those that end whatever process calls them."""
    families = [family for family in trial.families() if family is not hostile.family]
    names = [defect.name for family in families for defect in family.defects if claim.id in defect.breaks]
    return [target for target in expand(names) if claim.applies_to(target.traits)]


def complaint(claim: Claim, target: Target, holds: bool) -> str:
    """Run the generated script for *claim* on *target*; return what is wrong with it, or nothing.

    Args:
        claim: the claim.
        target: the target.
        holds: whether the claim holds on the target.
    """
    with _GENERATING:
        text = generate(claim, target)
    try:
        status, output = run(text)
    except subprocess.TimeoutExpired:
        return f"{claim.id} on {target.name}: the script does not end"
    if (status == 0) == holds:
        return ""
    truth = "holds" if holds else "is violated"
    return f"{claim.id} on {target.name}: exit status {status}, and the claim {truth}\n{output}"


def cases(claim: Claim) -> list[tuple[Target, bool]]:
    """Return the targets on which the generated scripts for *claim* are run, and whether it holds there."""
    return [*((target, True) for target in sound(claim)), *((target, False) for target in broken(claim))]


def by_hand_here() -> list[tuple[Deviation, str]]:
    """Return the deviations with a script by hand whose library is installed, each with the name of a target."""
    found = []
    for deviation in (one for one in deviations.collect([]) if one.script):
        if importlib.util.find_spec(deviation.target.partition(".")[0]) is None:
            continue
        for target in expand([deviation.target]) if ":" in deviation.target else _contexts(deviation.target):
            if deviation.concerns(target):
                found.append((deviation, target.name))
                break
    return found


def _contexts(module: str) -> list[Target]:
    names = ["loky", "loky_init_main"] if module == "loky.backend" else []
    return expand([f"{module}:{name}" for name in names] or [module])


def complaints_by_hand() -> Iterator[str]:
    """Yield what is wrong with the scripts by hand: each must see the fault of the library that it is about."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from filter(None, pool.map(lambda case: _complaint_by_hand(*case), by_hand_here()))


def _complaint_by_hand(deviation: Deviation, target: str) -> str:
    assert deviation.script is not None
    name = f"{deviation.script.parent.name}/{deviation.script.name} on {target}"
    try:
        status, output = run(by_hand(deviation.script, target))
    except subprocess.TimeoutExpired:
        return f"{name}: it does not end"
    sees_it = status != 0 or deviation.intermittent
    return "" if sees_it else f"{name}: it does not see the fault\n{output}"


def complaints_by_hand_on_python() -> Iterator[str]:
    """Yield which scripts by hand see a fault on the standard library where the claim holds."""
    claims = {claim.id: claim for claim in Claim.all()}
    known = deviations.collect([])
    for script in sorted({deviation.script for deviation in known if deviation.script}):
        for target in sound(claims[f"{script.parent.name}.{script.stem}"]):
            name = f"{script.parent.name}/{script.name} on {target.name}"
            try:
                status, output = run(by_hand(script, target.name))
            except subprocess.TimeoutExpired:
                yield f"{name}: it does not end"
                continue
            if status:
                yield f"{name}: it sees a fault where the claim holds\n{output}"


def _complaints(claim: Claim, tried: Sequence[tuple[Target, bool]]) -> list[str]:
    return [*filter(None, (complaint(claim, target, holds) for target, holds in tried))]


def main(asked: Sequence[str]) -> int:
    """Check the scripts for the claims whose ids begin as *asked*, all and those by hand if nothing is asked.

    Returns:
        the exit status: 1 if anything is wrong.
    """
    claims = [claim for claim in Claim.all() if claim.id.startswith(tuple(asked) or "")]
    wrong = [] if asked else [*complaints_by_hand(), *complaints_by_hand_on_python()]
    tried = {claim: cases(claim) for claim in claims}  # with no script running, as `_provides` ends what it finds
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for claim, found in zip(claims, pool.map(lambda claim: _complaints(claim, tried[claim]), claims)):
            print(f"{claim.id}: {'as it should be' if not found else 'WRONG'}", flush=True)
            wrong += found
    print(*wrong, sep="\n")
    return 1 if wrong else 0
