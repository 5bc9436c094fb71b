"""What is left of conditions that were dropped, and of programs that held some."""

from __future__ import annotations

from typing import Any

from spec.claims.condition import payloads
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import Programs
from spec.engine.marks import managed_too, needs, source
from spec.engine.targets import Target
from spec.harness.holdings import leaves_nothing_behind

pytestmark = [needs("Process", "Condition"), managed_too]


@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
@needs("Lock")
def test_many_leave_nothing_behind(mp: Any, scale: int) -> None:
    """However many conditions were made, used and dropped, no file, no memory and no name of theirs is left."""

    def use() -> list[object]:
        conditions = [mp.Condition(), mp.Condition(mp.Lock())]
        for condition in conditions:
            with condition:
                condition.notify()
                condition.wait(0)
        return [*conditions]

    leaves_nothing_behind(use, 50 * scale)


@source("https://github.com/joblib/loky/issues/474")
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
@needs("Lock")
def test_program_that_holds_conditions_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while they hold conditions have exit status 0 and print nothing on stderr."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_conditions, target.name))
