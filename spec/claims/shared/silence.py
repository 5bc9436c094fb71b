"""How a program ends that has nothing to complain about."""

from __future__ import annotations

from spec.harness.program import Program
from spec.harness.witness import kernel


def ends_silently(program: Program) -> None:
    """State that *program* ends with exit status 0, and that nothing is on its stderr, also of what it leaves behind.

    Raises:
        Violation: it ends in another way, or something is on its stderr.
        Hung: it does not end, or a process that it has left does not.
    """
    kernel.shows("the program's exit status", program.exit_status(), expected=0)
    kernel.shows("what the program and its children printed on stderr", program.all_errors(), expected="")
