"""What is left of programs that had values and arrays."""

from __future__ import annotations

from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.claims.values import payloads
from spec.engine.fixtures import Programs
from spec.engine.marks import needs, source
from spec.engine.targets import Target

pytestmark = needs("Process", "Value", "Array", "RawValue", "RawArray", "Lock")


@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_program_that_has_values_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while they have values and arrays, one of them locked, print nothing."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.keep_values, target.name))
