"""The exercises, in teaching order.  What they say is in exercises.toml."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from gettext import gettext as _
from pathlib import Path
from typing import Any, Union

import impl
from spec.engine import toml_file
from spec.tools.command_line import UsageError

EXERCISES_FILE = Path(__file__).with_name("exercises.toml")

Choice = Union[str, Sequence[str]]
"""What a program may print: its lines, or a text which says that it prints nothing."""


@dataclass(frozen=True)
class Prediction:
    """A question before the first check: what does this program print?

    Attributes:
        program: the program, without its first lines, which `spec.learn.predicting` adds.
        choices: what it might print.
        answer: the index of the right choice.
        reason: why that is right, in a sentence or two.
    """

    program: str
    choices: Sequence[Choice]
    answer: int
    reason: str


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        lesson: the name of the lesson that it is cut out of, and of the learner's module.
        title: what the learner does, in a few words.
        task: what is to be written or mended.
        hint: what helps if the learner does not get on.
        functions: the functions of the lesson that its claims call.
        mistakes: the rules of `spec.learn.mistakes` that are right for this exercise, besides those for all.
        holes: the functions that the learner writes or mends, and the body that each begins with; empty for none.
        claims: the ids of the claims that judge it, and what to tell the learner when one of them does not hold.
        prediction: what the learner is asked before the first check.
    """

    lesson: str
    title: str
    task: str
    hint: str
    functions: Sequence[str]
    mistakes: Sequence[str]
    holes: Mapping[str, str]
    claims: Mapping[str, str]
    prediction: Prediction


@cache
def exercises() -> Sequence[Exercise]:
    """Return all exercises, in teaching order."""
    tables = toml_file.load(EXERCISES_FILE)["exercise"]
    return sorted(map(_exercise, tables), key=lambda one: impl.place_in_order(one.lesson))


def _exercise(table: dict[str, Any]) -> Exercise:
    asked = {**table["prediction"], "program": table["prediction"]["program"].strip("\n")}
    texts = {key: " ".join(table[key].split()) for key in ("task", "hint")}
    return Exercise(**{**table, **texts, "prediction": Prediction(**asked)})


def named(name: str) -> Exercise:
    """Return the exercise with this *name*, which is that of its lesson.

    Raises:
        UsageError: there is none.
    """
    found = {one.lesson: one for one in exercises()}
    if name not in found:
        alike = difflib.get_close_matches(name, found, n=1)
        refusal = (
            _("there is no exercise {name!r}; did you mean {alike}?")
            if alike
            else _("there is no exercise {name!r}; the exercises are {names}")
        )
        raise UsageError(refusal.format(name=name, alike="".join(alike), names=", ".join(found)))
    return found[name]


def position(exercise: Exercise) -> str:
    """Return in words which exercise it is: its number, its name and its title."""
    return _("exercise {number} of {count}, {name}: {title}").format(
        number=exercises().index(exercise) + 1,
        count=len(exercises()),
        name=exercise.lesson,
        title=_(exercise.title),
    )
