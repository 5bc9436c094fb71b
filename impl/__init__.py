"""Process-based concurrency in Python, lesson by lesson: the reference implementation.

Each module with a ``demo`` is one lesson.  Its docstring explains the subject, a few functions show it, and a person
can watch ``demo``.  ``python -m impl`` lists the lessons.

The functions are also a contract.  Another package with the same modules and functions can be verified instead of
this one: ``pytest spec/ --impl PACKAGE``.  Claims rely only on what the signatures and docstrings say.  ``demo`` is
not part of the contract.

At the points where the real world would make a program wait, a lesson calls a function that its caller passes.  A
person passes a real pause.  A claim passes a checkpoint, and decides there which process goes on, and when.
"""

from __future__ import annotations

TEACHING_ORDER = (
    "identity",
    "lifecycle",
    "isolation",
    "zombie",
    "orphan",
    "lock",
    "daemon",
    "sharing",
    "fanout",
    "queue",
    "joinable",
    "pool",
    "event",
    "wait",
    "values",
    "shared_memory",
    "semaphore",
    "condition",
    "barrier",
    "executor",
    "remote",
)
"""The lessons, in the order in which a learner takes them.  A later lesson relies on the earlier ones."""


def place_in_order(lesson: str) -> tuple[int, str]:
    """Return a key that sorts lessons by `TEACHING_ORDER`, and those that are not in it last, by name."""
    places = [*TEACHING_ORDER, lesson]
    return places.index(lesson), lesson
