"""Run a lesson and watch it, as ``python -m impl`` does."""

from __future__ import annotations

from collections.abc import Sequence

from impl import __main__ as lessons


def main(program: str, arguments: Sequence[str]) -> int:
    """Run the lesson that the *arguments* name, or list the lessons, and return the exit status."""
    return lessons.main(arguments, program)
