"""Ask the learner what a program prints, and then run it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from spec.learn.exercises import LINES_JOINED_BY, Exercise, Prediction

FIRST_LINES = 'import multiprocessing, os, time\nmp = multiprocessing.get_context("fork")\n\n'
"""What each program begins with; the learner is shown it too."""


def ask(exercise: Exercise) -> str:
    """Show the program of an exercise, ask what it prints, run it, and return what the learner has chosen.

    An empty answer is no choice.  The learner may end the input, which is no choice either.
    """
    asked = exercise.prediction
    letters = "abcdefgh"[: len(asked.choices)]
    print("\nBefore you check: what does this program print?\n")
    print(_indented(whole_program(asked)), end="\n\n")
    for letter, choice in zip(letters, asked.choices):
        print(f"  {letter}) {choice}")
    chosen = _answer(letters)
    print(f"It prints: {run(asked) or 'nothing'}")
    if chosen:
        print(
            "Your prediction is right." if letters.index(chosen) == asked.answer else "You predicted something else."
        )
    print(f"Why: {asked.reason}\n")
    return chosen


def _answer(letters: str) -> str:
    """Return which of the *letters* the learner types; empty for none."""
    while True:
        try:
            typed = (
                input(f"\nType {', '.join(letters)}, or only Enter to see the answer: ").strip().lower().rstrip(")")
            )
        except EOFError:
            print()
            return ""
        if not typed or (typed in letters and len(typed) == 1):
            return typed


def run(prediction: Prediction) -> str:
    """Run the program, and return the lines that it prints, as a choice has them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.py"
        file.write_text(whole_program(prediction) + "\n", encoding="utf-8")
        done = subprocess.run([sys.executable, str(file)], stdout=subprocess.PIPE, text=True, check=False)
    return LINES_JOINED_BY.join(done.stdout.split("\n")[:-1])


def whole_program(prediction: Prediction) -> str:
    """Return the program with its first lines."""
    return FIRST_LINES + prediction.program


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
