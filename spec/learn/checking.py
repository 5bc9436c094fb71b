"""Verify an exercise: run its claims on what the learner has written."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import NamedTuple

from spec.engine.verdicts import FAILURES, HOLDS, NOT_PROVIDED
from spec.learn import tracebacks
from spec.learn.exercises import Exercise
from spec.learn.mistakes import Mistake
from spec.report import document
from spec.report.document import Document
from spec.tools import verify
from spec.tools.command_line import UsageError

SECONDS = 20
"""How long a claim may take.  Most take less than one second, and a learner may write a loop that never ends."""


class JudgedClaim(NamedTuple):
    """The verdict on a claim.

    Attributes:
        claim: the id of the claim.
        wording: what it states.
        target: the API and the start method.
        verdict: one of `spec.engine.verdicts`.
        seen: what was seen, in one line, if it does not hold.
    """

    claim: str
    wording: str
    target: str
    verdict: str
    seen: str

    @property
    def holds(self) -> bool:
        """Whether the claim holds."""
        return self.verdict == HOLDS

    @property
    def fails(self) -> bool:
        """Whether the claim does not hold, or something is missing in the learner's file."""
        return self.verdict in (*FAILURES, NOT_PROVIDED)


class CheckedExercise(NamedTuple):
    """The outcome of a check.

    Attributes:
        judged: the verdicts, in the order of the exercise's claims.
        raised: where the learner's code has raised an exception, if it has.
    """

    judged: Sequence[JudgedClaim]
    raised: Sequence[Mistake]

    @property
    def failed(self) -> bool:
        """Whether a claim does not hold."""
        return any(one.fails for one in self.judged)


def check(exercise: Exercise, folder: Path, mp: str) -> CheckedExercise:
    """Verify the learner's file for an exercise.

    Args:
        exercise: the exercise.
        folder: the package of the learner.
        mp: the multiprocessing API, as ``--mp`` takes it.

    Raises:
        UsageError: the claims cannot be run, not all of them were run, or none of them is decided.
    """
    with tempfile.TemporaryDirectory() as place:
        report, log = Path(place) / "report.json", Path(place) / "log"
        arguments = [
            f"--impl={folder.absolute().name}",
            f"--mp={mp}",
            f"--report={report}",
            f"--timeout={SECONDS}",
            *("-p", verify.NO_CACHE),
            *(f"--claim={claim}" for claim in exercise.claims),
        ]
        _run(verify.command(arguments), folder.absolute().parent, log)
        output = log.read_text(encoding="utf-8", errors="replace")
        if not report.exists():
            raise UsageError(_complaint(output))
        content = document.read(report)
    early, found = document.shortfall(content), judged(exercise, content)
    if early:
        raise UsageError(early)
    if not any(one.fails or one.holds for one in found):
        raise UsageError(_("--mp: no claim of this exercise is decided on {mp}").format(mp=mp))
    return CheckedExercise(found, tracebacks.raised(output, folder / f"{exercise.lesson}.py"))


def judged(exercise: Exercise, report: Document) -> Sequence[JudgedClaim]:
    """Return what a *report* says of the claims of an exercise: of several targets, the first on which one fails."""
    wordings = {claim["id"]: claim["wording"] for claim in report["claims"]}
    found: dict[str, JudgedClaim] = {}
    for one in report["verdicts"]:
        claim, seen = one["claim"], _in_a_line(one["explanation"])
        if claim in exercise.claims and not (claim in found and found[claim].fails):
            found[claim] = JudgedClaim(claim, wordings[claim], one["target"], one["verdict"], seen)
    return [found[claim] for claim in exercise.claims if claim in found]


def _in_a_line(explanation: str) -> str:
    """Return the first line of an explanation; if a traceback follows, with the exception that it ends with."""
    first, _newline, rest = explanation.partition("\n")
    lines = [line for line in rest.splitlines() if not line.startswith(" ")]
    return f"{first} {lines[1]}" if len(lines) > 1 and lines[0].startswith("Traceback ") else first.rstrip(":")


def _run(command: Sequence[str], folder: Path, log: Path) -> None:
    """Run a *command* in a *folder*, and wait until it has ended, also if the learner interrupts it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=verify.environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            process.wait()
        except KeyboardInterrupt:  # the terminal has interrupted it too, and it ends all processes of the claims
            process.wait()
            raise


def _complaint(log: str) -> str:
    """Return the line in which pytest says why it cannot run."""
    lines = [line for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or [_("the claims could not be run")])[-1].removeprefix("ERROR: ")
