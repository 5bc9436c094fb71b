"""Ask the learner what a program prints, and then run it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path

from spec.learn.exercises import Choice, Exercise, Prediction
from spec.learn.wrapping import MESSAGE_WIDTH, fill

FIRST_LINES = 'import multiprocessing, os, time\nmp = multiprocessing.get_context("fork")\n\n'
"""What each program begins with; the learner is shown it too."""


def ask(exercise: Exercise) -> str:
    """Show the program of an exercise, ask what it prints, run it, and return what the learner has chosen.

    An empty answer is no choice.  The learner may end the input, which is no choice either.
    """
    asked = exercise.prediction
    letters = "abcdefgh"[: len(asked.choices)]
    print("\n" + _("Before you check: what does this program print?") + "\n")
    print(_indented(whole_program(asked)), end="\n\n")
    for letter, choice in zip(letters, asked.choices):
        print(f"  {letter}) {in_words(choice)}")
    chosen = _answer(letters)
    print(_("It prints: {printed}").format(printed=in_words(run(asked)) or _("nothing")))
    if chosen:
        right = letters.index(chosen) == asked.answer
        print(_("Your prediction is right.") if right else _("You predicted something else."))
    print(fill(_("Why: {reason}").format(reason=_(asked.reason)), MESSAGE_WIDTH), end="\n\n")
    return chosen


def _answer(letters: str) -> str:
    """Return which of the *letters* the learner types; empty for none."""
    prompt = _("Type {letters}, or only Enter to see the answer: ").format(letters=", ".join(letters))
    while True:
        try:
            typed = input(f"\n{prompt}").strip().lower().rstrip(")")
        except EOFError:
            print()
            return ""
        if not typed or (typed in letters and len(typed) == 1):
            return typed


def in_words(choice: Choice) -> str:
    """Return what a program may print as one line."""
    return _(choice) if isinstance(choice, str) else _(", then ").join(choice)


def run(prediction: Prediction) -> Sequence[str]:
    """Run the program, and return the lines that it prints."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.py"
        file.write_text(whole_program(prediction) + "\n", encoding="utf-8")
        done = subprocess.run([sys.executable, str(file)], stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout.split("\n")[:-1]


def whole_program(prediction: Prediction) -> str:
    """Return the program with its first lines."""
    return FIRST_LINES + prediction.program


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
