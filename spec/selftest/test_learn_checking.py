"""What a check of an exercise makes of the report of a run, and of its output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable

import pytest

from spec.engine.verdicts import HOLDS, KNOWN, NOT_APPLICABLE, VIOLATED
from spec.learn import checking, tracebacks
from spec.learn.checking import JudgedClaim
from spec.learn.exercises import exercises
from spec.learn.mistakes import Mistake
from spec.paths import ROOT
from spec.report.document import REPORT_SCHEMA, Document
from spec.tools.command_line import UsageError

EXERCISE = exercises()[0]


@pytest.mark.parametrize(
    ("verdict", "fails"), [(HOLDS, False), (KNOWN, False), (NOT_APPLICABLE, False), (VIOLATED, True)]
)
def test_what_an_api_is_known_for_does_not_stop_the_learner(verdict: str, fails: bool) -> None:
    assert JudgedClaim("a.b", "", "mp", verdict, "").fails is fails


@pytest.fixture
def reporting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replace the run of the claims by one that reports these verdicts on targets, of so many that were planned."""

    def report(planned: int, **verdicts: str) -> None:
        content = {
            **dict.fromkeys(Document.__required_keys__, 0),
            "schema": REPORT_SCHEMA,
            "planned": planned,
            "claims": [{"id": claim, "wording": claim} for claim in EXERCISE.claims],
            "verdicts": [
                {
                    "claim": claim,
                    "target": target,
                    "verdict": verdict,
                    "explanation": "a: expected 1, seen 2\nseen by b",
                }
                for claim in EXERCISE.claims
                for target, verdict in verdicts.items()
            ],
        }

        def run(command: list[str], _folder: Path, log: Path) -> None:
            [file] = [part.partition("=")[2] for part in command if part.startswith("--report=")]
            Path(file).write_text(json.dumps(content), encoding="utf-8")
            log.touch()

        monkeypatch.setattr(checking, "_run", run)

    return report


def test_one_target_on_which_a_claim_fails_is_told(reporting: Callable[..., None], tmp_path: Path) -> None:
    reporting(6, one=HOLDS, two=VIOLATED, three=HOLDS)
    checked = checking.check(EXERCISE, tmp_path / "mylessons", "mp")
    assert {(one.target, one.seen) for one in checked.judged} == {("two", "a: expected 1, seen 2")}
    assert checked.failed


@pytest.mark.parametrize(
    ("planned", "verdict", "told"),
    [
        (9, HOLDS, "the run ended early: 2 of 9 verdicts"),
        (2, NOT_APPLICABLE, "--mp: no claim of this exercise is decided on mp"),
        (2, KNOWN, "--mp: no claim of this exercise is decided on mp"),
    ],
)
def test_what_was_not_verified_is_not_done(
    reporting: Callable[..., None], tmp_path: Path, planned: int, verdict: str, told: str
) -> None:
    reporting(planned, fork=verdict)
    with pytest.raises(UsageError, match=f"^{told}$"):
        checking.check(EXERCISE, tmp_path / "mylessons", "mp")


OUTPUT = """\
{root}/mylessons/lock.py:12: in sell
    child = mp.Proces(target=task)
E   Violation: sell() of mylessons.lock: expected no exception, seen AttributeError: no 'Proces'
Process ForkProcess-1:
Traceback (most recent call last):
  File "/usr/lib/python3/multiprocessing/process.py", line 314, in _bootstrap
    self.run()
  File "{root}/mylessons/queue.py", line 64, in put_message
    quue.put(compose())
    ^^^^
NameError: name 'quue' is not defined
E   Crashed: message_from_child raised:
E   Traceback (most recent call last):
E     File "{spec}/harness/forked_call.py", line 69, in _run
E       outcome = pickle.dumps(("returned", function(*args)))
E     File "{root}/mylessons/daemon.py", line 21, in start_daemon
E       child = mp.Process(target=task, args=(task))
E     File "/usr/lib/python3/multiprocessing/process.py", line 91, in __init__
E       self._args = tuple(args)
E   TypeError: 'function' object is not iterable
Traceback (most recent call last):
  File "{root}/mylessons/semaphore.py", line 30, in park
    stay(car)
  File "{spec}/claims/semaphore/payloads.py", line 9, in fail
    raise Failed
spec.claims.semaphore.payloads.Failed
"""


@pytest.mark.parametrize(
    ("lesson", "raised"),
    [
        ("lock", [Mistake(12, "AttributeError: no 'Proces'")]),
        ("queue", [Mistake(64, "NameError: name 'quue' is not defined")]),
        ("daemon", [Mistake(21, "TypeError: 'function' object is not iterable")]),
        ("semaphore", []),
        ("zombie", []),
    ],
)
def test_exceptions_of_the_learners_code_are_found(tmp_path: Path, lesson: str, raised: list[Mistake]) -> None:
    output = OUTPUT.format(root=tmp_path, spec=ROOT / "spec")
    assert tracebacks.raised(output, tmp_path / "mylessons" / f"{lesson}.py") == raised
