"""What the claims of the lesson `event` run in children."""

from __future__ import annotations

import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from impl.contract import Event, MakesProcesses, Pause
    from spec.harness.recorder import Recorder


def tell(log: Recorder, runner: int, deed: str) -> None:
    """Record the number of a *runner*, under what it does."""
    log(deed, runner)


def deeds_of(run: Callable[..., object], line: Event, gun: Event, patience: Optional[float]) -> list[str]:
    """Run, and return what the runner does."""
    told: list[str] = []
    run(0, line, gun, int, lambda _runner, deed: told.append(deed), patience)
    return told


def time_out(event: Event, times: int) -> int:
    """Wait for the event for no time, and for hardly any, so many *times*; return how often it was set."""
    return sum(event.wait(seconds) for _ in range(times) for seconds in (0, 0.0001))


def wait_in_threads(event: Event, waiting: Pause) -> list[bool]:
    """Wait for the event in three threads, stop at *waiting* meanwhile, and return what the waits return."""
    returned: list[bool] = []
    threads = [threading.Thread(target=lambda: returned.append(event.wait())) for _ in range(3)]
    for thread in threads:
        thread.start()
    waiting()
    for thread in threads:
        thread.join()
    return returned


def set_in_a_child(make: MakesProcesses, event: Event) -> None:
    """Set the event in a child of this process."""
    child = make(target=event.set)
    child.start()
    child.join()


def set_on_signal(event: Event) -> None:
    """From now on, set the event on SIGUSR1."""
    signal.signal(signal.SIGUSR1, lambda _number, _frame: event.set())


def ask_on_signal(event: Event, asked: Pause) -> None:
    """From now on, clear the event on SIGUSR1, ask whether it is set, and stop at *asked* with the answer."""

    def ask(_number: int, _frame: object) -> None:
        event.clear()
        asked(event.is_set())

    signal.signal(signal.SIGUSR1, ask)


def leave_events(mp: Any) -> list[object]:
    """Return events that are set, and not set, and waited for by a thread; others were made, used and dropped."""
    is_set, is_not = mp.Event(), mp.Event()
    is_set.set()
    threading.Thread(target=is_not.wait, daemon=True).start()
    for _ in range(10):
        mp.Event().set()
    return [is_set, is_not]
