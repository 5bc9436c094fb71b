"""Run the scripts that reproduce violations: ``python -m spec.selftest.reproduce [ID...]``.

Each is run on the standard library under every start method that its claim applies to, where it must find nothing,
and on the broken APIs that declare to break the claim, where it must find that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from spec.engine.claims import Claim
from spec.engine.targets import DEFAULT, expand
from spec.harness.nursery import Nursery
from spec.paths import ROOT
from spec.report.reproductions import code
from spec.selftest import trial
from spec.selftest.defects import hostile

SECONDS = 60.0
"""Far more than any script takes."""


def run(text: str) -> tuple[int, str]:
    """Run a script in a folder of its own; return its exit status and what it printed.

    Raises:
        subprocess.TimeoutExpired: it hangs.
    """
    with tempfile.TemporaryDirectory() as folder, Nursery():
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
                timeout=SECONDS,
                start_new_session=True,
            )
        return done.returncode, output.read_text(encoding="utf-8", errors="replace")


def sound(claim: Claim) -> list[str]:
    """Return the targets on which *claim* holds: the standard library, where it applies and nothing else is known."""
    return [name for name in _standard(claim) if (claim.id, name) not in trial.faults_of_python()]


def broken(claim: Claim) -> list[str]:
    """Return the APIs that are known to break *claim*, but for those that end whoever calls them."""
    families = [family for family in trial.families() if family is not hostile.family]
    made = [defect.name for family in families for defect in family.defects if claim.id in defect.breaks]
    return made + [name for name in _standard(claim) if (claim.id, name) in trial.faults_of_python()]


def _standard(claim: Claim) -> list[str]:
    """Return the targets of the standard library that *claim* applies to."""
    return [target.name for target in expand([DEFAULT]) if claim.applies_to(target.traits)]


def complaints(claim: Claim, targets: list[str], holds: bool) -> Iterator[str]:
    """Run the script for *claim* on *targets*, and yield where it says otherwise than whether the claim *holds*."""
    for target in targets:
        text = code(claim.id, target)
        assert text is not None
        try:
            status, output = run(text)
        except subprocess.TimeoutExpired:
            yield f"{claim.id} on {target}: hangs"
            continue
        if (status == 0) != holds:
            yield f"{claim.id} on {target}: exit status {status}\n{output}".rstrip()


def main(asked: list[str]) -> int:
    """Check the scripts for the claims whose ids begin as *asked*, and return 1 if anything is wrong."""
    wrong = []
    for claim in Claim.all():
        if not claim.id.startswith(tuple(asked) or "") or code(claim.id, "multiprocessing") is None:
            continue
        found = [*complaints(claim, sound(claim), True), *complaints(claim, broken(claim), False)]
        print(
            f"{claim.id}: {'as it should be' if not found else 'WRONG'}, on {len(broken(claim))} broken APIs too",
            flush=True,
        )
        wrong += found
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
