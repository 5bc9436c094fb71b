"""Parents that end normally, and ancestors that adopt orphans or do not."""

from __future__ import annotations

from spec.harness.subreaper import become_subreaper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from impl.contract import Multiprocessing, Pause, Task
    from spec.harness.program import Program


def end_normally(mp: Multiprocessing, task: Task, pause: Pause) -> None:
    """A program: start a child, stop at *pause*, and end normally."""
    mp.Process(target=task).start()
    pause()


def be_an_ancestor(adopts: bool, run: Callable[[], Program], staying: Pause) -> None:
    """Run a program, as a subreaper if it *adopts*, and stop at *staying*."""
    become_subreaper(adopts)
    run()
    staying()
