"""Learn by exercises, lesson by lesson: each is a lesson with a hole, and claims judge what you write.

  learn           say which exercise is next, and write its file
  learn check     verify your file; when all claims hold, go on to the next exercise
  learn watch     do so whenever you save the file; Ctrl-C ends it
  learn hint      show a hint
  learn solution  show a solution
  learn list      list the exercises

Your files are in the folder mylessons.  They are never overwritten.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import textwrap
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Callable, Optional

from spec.engine.verdicts import HUNG
from spec.installation import PROGRAM
from spec.learn import checking, cutting, diagnosis, predicting, progress
from spec.learn.checking import JudgedClaim
from spec.learn.exercises import Exercise, exercises, named, place
from spec.learn.mistakes import Mistake
from spec.learn.progress import Progress
from spec.tools.command_line import UsageError

FOLDER = Path("mylessons")
"""Where the learner's files are, unless the learner says otherwise."""

MESSAGE_WIDTH = 96
"""How many characters a line of a message has at most."""

SECONDS_BETWEEN_LOOKS_AT_A_FILE = 0.3
"""How often `watch` looks whether the learner has saved the file."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("action", nargs="?", default="next", metavar="ACTION", help="one of those above")
    parser.add_argument(
        "exercise", nargs="?", metavar="EXERCISE", help="its name; default: the first that is not done"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="the folder of your files; default: %(default)s")
    parser.add_argument(
        "--mp",
        default="multiprocessing:fork",
        metavar="MODULE:CONTEXT",
        help="the API and the start method to verify with; default: %(default)s",
    )


def run(asked: argparse.Namespace) -> int:
    """Do what is asked for, and return 1 if a claim does not hold.

    Raises:
        UsageError: there is no such action or exercise, or the folder or a file in it makes no sense.
    """
    if asked.action not in ACTIONS:
        alike = difflib.get_close_matches(asked.action, ACTIONS, n=1)
        hint = f"did you mean {alike[0]}?" if alike else f"there are {', '.join(ACTIONS)}"
        raise UsageError(f"learn has no action {asked.action!r}; {hint}")
    learner = progress.load(asked.folder)
    if learner.notice:
        print(learner.notice)
    exercise = named(asked.exercise) if asked.exercise else learner.current
    if exercise is None and asked.action != "list":
        return _all_done()
    return ACTIONS[asked.action](learner, exercise, asked.mp)


def _next(learner: Progress, exercise: Exercise, _mp: str) -> int:
    """Write the file of the exercise, and say what to do."""
    written = learner.write(exercise)
    learner.save()
    print(f"{place(exercise)}\n")
    _paragraph(exercise.task)
    print(f"\n  your file:  {learner.file(exercise)}{'' if written else ', which is there already, and is kept'}")
    name = "" if exercise is learner.current else f" {exercise.lesson}"
    print(f"  then:       {PROGRAM} learn check{name}")
    print(f"  or:         {PROGRAM} learn watch{name}, which checks whenever you save the file")
    print(f"  to see it:  {PROGRAM} watch {exercise.lesson}")
    return 0


def _check(learner: Progress, exercise: Exercise, mp: str) -> int:
    """Verify the file of the exercise; when all claims hold, go on to the next exercise."""
    source = _read(learner, exercise)
    if exercise.lesson not in learner.predicted and sys.stdin.isatty() and sys.stdout.isatty():
        learner.predicted[exercise.lesson] = predicting.ask(exercise)
        learner.save()
    print(f"{place(exercise)}")
    tree = diagnosis.parse(source)
    found = [tree] if isinstance(tree, Mistake) else diagnosis.that_stop_a_run(tree, exercise)
    if isinstance(tree, Mistake) or found:
        _show_mistakes(learner, exercise, found)
        return 1
    print(f"{len(exercise.claims)} claims judge {learner.file(exercise)}; this takes some seconds ...", flush=True)
    outcome = checking.check(exercise, learner.folder, mp)
    if outcome.failed:
        _show_mistakes(learner, exercise, [*diagnosis.find(tree, exercise), *outcome.raised])
    _show_verdicts(exercise, outcome.judged)
    if not outcome.failed:
        return _finish(learner, exercise)
    print(f"\nMend {learner.file(exercise)} and check again; {PROGRAM} learn hint shows a hint.")
    return 1


def _read(learner: Progress, exercise: Exercise) -> bytes:
    path = learner.file(exercise)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no {path}; {PROGRAM} learn writes it") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def _finish(learner: Progress, exercise: Exercise) -> int:
    learner.finish(exercise)
    print(f"\nAll claims hold: {exercise.lesson} is done.\n")
    return _all_done() if learner.current is None else _next(learner, learner.current, "")


def _watch(learner: Progress, exercise: Exercise, mp: str) -> int:
    """Check the file of the exercise whenever it is saved; when all claims hold, go on to the next exercise."""
    _next(learner, exercise, mp)
    current: Optional[Exercise] = exercise
    try:
        while current is not None:
            print("\nWaiting until you save the file; Ctrl-C ends this.", flush=True)
            for _ in _saves(learner.file(current), cutting.with_holes(current)):
                print()
                if _check(learner, current, mp) == 0:
                    break
                sys.stdout.flush()
            current = learner.current
    except KeyboardInterrupt:
        print()
    return 0


def _saves(path: Path, begin: str) -> Iterator[None]:
    """Yield whenever a file has been saved, and at once unless its text is still the one that it *begin*s with."""
    seen = _stamp(path)
    if path.read_text(encoding="utf-8", errors="replace") != begin:
        yield
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS_AT_A_FILE)
        now = _stamp(path)
        if now not in (None, seen):
            seen = now
            yield


def _stamp(path: Path) -> Optional[Sequence[int]]:
    """Return what changes when a file is saved, or None if there is no file: an editor may be about to replace it."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _hint(_learner: Progress, exercise: Exercise, _mp: str) -> int:
    _paragraph(exercise.hint)
    return 0


def _solution(_learner: Progress, exercise: Exercise, _mp: str) -> int:
    print(cutting.solved_functions(exercise))
    return 0


def _list(learner: Progress, _exercise: Optional[Exercise], _mp: str) -> int:
    for one in exercises():
        state = "done" if one.lesson in learner.done else "next" if one is learner.current else ""
        print(f"{state:5} {one.lesson:10} {one.title}")
    return 0


def _all_done() -> int:
    print(f"All {len(exercises())} exercises are done. {PROGRAM} claims lists what else is true, lesson by lesson.")
    return 0


ACTIONS: dict[str, Callable[..., int]] = {
    "next": _next,
    "check": _check,
    "watch": _watch,
    "hint": _hint,
    "solution": _solution,
    "list": _list,
}


def _show_mistakes(learner: Progress, exercise: Exercise, found: Iterable[Mistake]) -> None:
    for one in found:
        print()
        _paragraph(f"{learner.file(exercise)}, line {one.line}: {one.text}")


def _show_verdicts(exercise: Exercise, verdicts: Sequence[JudgedClaim]) -> None:
    """Print each verdict; of a claim that does not hold, what was seen, and what that means for the learner."""
    for one in verdicts:
        word = one.verdict.upper() if one.fails else one.verdict
        print()
        _paragraph(one.wording, first=f"  {word:10}", rest=" " * 12)
        if one.fails:
            seen = "the program does not end" if one.verdict == HUNG else one.seen
            for text in f"seen on {one.target}: {seen}", f"needed: {exercise.claims[one.claim]}":
                _paragraph(text, first=" " * 12, rest=" " * 12)


def _paragraph(text: str, first: str = "", rest: str = "") -> None:
    print(textwrap.fill(text, MESSAGE_WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False))
