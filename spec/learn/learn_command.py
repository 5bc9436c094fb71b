"""Learn by exercises, lesson by lesson: what the command says and does."""

from __future__ import annotations

import difflib
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from typing import Callable, NamedTuple, Optional

from spec.engine.verdicts import CRASHED, FIXED, HOLDS, HUNG, KNOWN, NOT_APPLICABLE, NOT_PROVIDED, VIOLATED
from spec.installation import PROGRAM
from spec.learn import checking, cutting, diagnosis, languages, predicting, progress
from spec.learn.checking import JudgedClaim
from spec.learn.exercises import Exercise, exercises, named, position
from spec.learn.languages import N_
from spec.learn.mistakes import Mistake
from spec.learn.progress import Progress
from spec.learn.wrapping import MESSAGE_WIDTH, fill, padded
from spec.tools.command_line import Parser, UsageError

FOLDER = Path("mylessons")
"""Where the learner's files are, unless the learner says otherwise."""

SECONDS_BETWEEN_LOOKS_AT_A_FILE = 0.3
"""How often `watch` looks whether the learner has saved the file."""


def main(program: str, arguments: Sequence[str]) -> int:
    """Do what is asked for, in the language of the learner, and return 1 if a claim does not hold.

    Args:
        program: how the command line begins, for messages.
        arguments: the rest of it.

    Raises:
        UsageError: there is no such action or exercise, or the folder or a file in it makes no sense.
    """
    languages.use(None)
    chosen, _others = _language(program, add_help=False).parse_known_args(arguments)
    if chosen.language:
        languages.use(chosen.language)
    asked = _parser(program).parse_args(arguments)
    if asked.action not in ACTIONS:
        alike = difflib.get_close_matches(asked.action, ACTIONS, n=1)
        refusal = (
            _("learn has no action {name!r}; did you mean {alike}?")
            if alike
            else _("learn has no action {name!r}; there are {names}")
        )
        raise UsageError(refusal.format(name=asked.action, alike="".join(alike), names=", ".join(ACTIONS)))
    learner = progress.load(asked.folder)
    if learner.notice:
        print(learner.notice)
    exercise = named(asked.exercise) if asked.exercise else learner.current
    if exercise is None and asked.action != "list":
        return _all_done()
    return ACTIONS[asked.action].run(learner, exercise, asked.mp)


def _language(program: str, *, add_help: bool) -> Parser:
    """Return a parser for the option that says in which language the help of the others is."""
    parser = Parser(prog=program, add_help=add_help)
    parser.add_argument(
        "--language",
        choices=languages.languages(),
        metavar="LANGUAGE",
        help=_("the language of exercises and messages: {languages}; default: that of your environment").format(
            languages=", ".join(languages.languages())
        ),
    )
    return parser


def _parser(program: str) -> Parser:
    parser = _language(program, add_help=True)
    parser.description = "\n".join(
        [
            _("Learn by exercises, lesson by lesson: each is a lesson with a hole, and claims judge what you write."),
            "",
            *(f"  {padded(f'learn {name}'.replace(' next', ''), 16)}{_(one.about)}" for name, one in ACTIONS.items()),
            "",
            _("Your files are in the folder mylessons. They are never overwritten."),
        ]
    )
    parser.add_argument("action", nargs="?", default=NEXT, metavar="ACTION", help=_("one of those above"))
    parser.add_argument(
        "exercise", nargs="?", metavar="EXERCISE", help=_("its name; default: the first that is not done")
    )
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help=_("the folder of your files; default: %(default)s")
    )
    parser.add_argument(
        "--mp",
        default="multiprocessing:fork",
        metavar="MODULE:CONTEXT",
        help=_("the API and the start method to verify with; default: %(default)s"),
    )
    return parser


def _next(learner: Progress, exercise: Exercise, _mp: str) -> int:
    """Write the file of the exercise, and say what to do."""
    written = learner.write(exercise)
    learner.save()
    print(f"{position(exercise)}\n")
    _paragraph(_(exercise.task))
    name = "" if exercise is learner.current else f" {exercise.lesson}"
    lines = (
        _("your file:  {file}") if written else _("your file:  {file}, which is there already, and is kept"),
        _("then:       {program} learn check{name}"),
        _("or:         {program} learn watch{name}, which checks whenever you save the file"),
        _("to see it:  {program} watch {lesson}"),
    )
    print()
    for line in lines:
        print(f"  {line}".format(file=learner.file(exercise), program=PROGRAM, name=name, lesson=exercise.lesson))
    return 0


def _check(learner: Progress, exercise: Exercise, mp: str) -> int:
    """Verify the file of the exercise; when all claims hold, go on to the next exercise."""
    source = _read(learner, exercise)
    if exercise.lesson not in learner.predicted and sys.stdin.isatty() and sys.stdout.isatty():
        learner.predicted[exercise.lesson] = predicting.ask(exercise)
        learner.save()
    print(f"{position(exercise)}")
    tree = diagnosis.parse(source)
    found = [tree] if isinstance(tree, Mistake) else diagnosis.that_stop_a_run(tree, exercise)
    if isinstance(tree, Mistake) or found:
        _show_mistakes(learner, exercise, found)
        return 1
    count = len(exercise.claims)
    begin = ngettext(
        "{count} claim judges {file}; this takes some seconds ...",
        "{count} claims judge {file}; this takes some seconds ...",
        count,
    )
    print(begin.format(count=count, file=learner.file(exercise)), flush=True)
    outcome = checking.check(exercise, learner.folder, mp)
    if outcome.failed:
        _show_mistakes(learner, exercise, [*diagnosis.find(tree, exercise), *outcome.raised])
    _show_verdicts(exercise, outcome.judged)
    if not outcome.failed:
        return _finish(learner, exercise)
    end = _("Mend {file} and check again; {program} learn hint shows a hint.")
    print("\n" + end.format(file=learner.file(exercise), program=PROGRAM))
    return 1


def _read(learner: Progress, exercise: Exercise) -> bytes:
    path = learner.file(exercise)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        refusal = _("there is no {path}; {program} learn writes it")
        raise UsageError(refusal.format(path=path, program=PROGRAM)) from None
    except OSError as error:
        raise UsageError(_("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)) from None


def _finish(learner: Progress, exercise: Exercise) -> int:
    learner.finish(exercise)
    print("\n" + _("All claims hold: {name} is done.").format(name=exercise.lesson), end="\n\n")
    return _all_done() if learner.current is None else _next(learner, learner.current, "")


def _watch(learner: Progress, exercise: Exercise, mp: str) -> int:
    """Check the file of the exercise whenever it is saved; when all claims hold, go on to the next exercise."""
    _next(learner, exercise, mp)
    current: Optional[Exercise] = exercise
    try:
        while current is not None:
            print("\n" + _("Waiting until you save the file; Ctrl-C ends this."), flush=True)
            for _save in _saves(learner.file(current), cutting.with_holes(current)):
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
    _paragraph(_(exercise.hint))
    return 0


def _solution(_learner: Progress, exercise: Exercise, _mp: str) -> int:
    print(cutting.solved_functions(exercise))
    return 0


def _list(learner: Progress, _exercise: Optional[Exercise], _mp: str) -> int:
    for one in exercises():
        state = _("done") if one.lesson in learner.done else _("next") if one is learner.current else ""
        print(f"{padded(state, 5)} {one.lesson:10} {_(one.title)}")
    return 0


def _all_done() -> int:
    end = _("All {count} exercises are done. {program} claims lists what else is true, lesson by lesson.")
    _paragraph(end.format(count=len(exercises()), program=PROGRAM))
    return 0


class Action(NamedTuple):
    """An action.

    Attributes:
        run: does it, for a learner, an exercise and a multiprocessing API, and returns the exit status.
        about: what it does, in a few words.
    """

    run: Callable[..., int]
    about: str


NEXT = "next"
"""The action that needs no name."""

ACTIONS = {
    NEXT: Action(_next, N_("say which exercise is next, and write its file")),
    "check": Action(_check, N_("verify your file; when all claims hold, go on to the next exercise")),
    "watch": Action(_watch, N_("do so whenever you save the file; Ctrl-C ends it")),
    "hint": Action(_hint, N_("show a hint")),
    "solution": Action(_solution, N_("show a solution")),
    "list": Action(_list, N_("list the exercises")),
}

SHOWN_VERDICTS = {
    HOLDS: N_("holds"),
    VIOLATED: N_("VIOLATED"),
    HUNG: N_("HUNG"),
    CRASHED: N_("CRASHED"),
    NOT_PROVIDED: N_("NOT PROVIDED"),
    NOT_APPLICABLE: N_("not applicable"),
    KNOWN: N_("known deviation"),
    FIXED: N_("fixed"),
}
"""What the learner reads in place of each verdict."""


def _show_mistakes(learner: Progress, exercise: Exercise, found: Iterable[Mistake]) -> None:
    for one in found:
        print()
        text = _("{file}, line {line}: {mistake}")
        _paragraph(text.format(file=learner.file(exercise), line=one.line, mistake=one.text))


def _show_verdicts(exercise: Exercise, verdicts: Sequence[JudgedClaim]) -> None:
    """Print each verdict; of a claim that does not hold, what was seen, and what that means for the learner."""
    for one in verdicts:
        print()
        _paragraph(_(one.wording), first=padded(f"  {_(SHOWN_VERDICTS[one.verdict])}  ", 12), rest=" " * 12)
        if one.fails:
            seen = _("the program does not end") if one.verdict == HUNG else one.seen
            told = _("seen on {target}: {seen}").format(target=one.target, seen=seen)
            needed = _("needed: {needed}").format(needed=_(exercise.claims[one.claim]))
            for text in told, needed:
                _paragraph(text, first=" " * 12, rest=" " * 12)


def _paragraph(text: str, first: str = "", rest: str = "") -> None:
    print(fill(text, MESSAGE_WIDTH, first, rest))
