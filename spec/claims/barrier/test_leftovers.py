"""What is left of barriers that were dropped, and of programs that had some."""

from __future__ import annotations

from typing import Any

from spec.claims.barrier import payloads
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import Programs
from spec.engine.marks import managed_too, needs, source, unmanaged, where
from spec.engine.targets import Target
from spec.harness.holdings import leaves_nothing_behind

pytestmark = [needs("Process", "Barrier"), managed_too]


@where(unmanaged)
@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_many_leave_nothing_behind(mp: Any, scale: int) -> None:
    """However many barriers were made, used and dropped, no file, no memory and no name of theirs is left."""

    def use() -> list[object]:
        barriers = [mp.Barrier(1), mp.Barrier(1, payloads.go_on)]
        for barrier in barriers:
            barrier.wait()
            barrier.abort()
        return [*barriers]

    leaves_nothing_behind(use, 30 * scale)


@where(unmanaged)
@source("https://github.com/joblib/loky/issues/474")
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_program_that_has_barriers_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while they have barriers have exit status 0 and print nothing on stderr."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_barriers, target.name))
