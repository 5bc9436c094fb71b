"""What the claims of the lesson `condition` run in children."""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any, Callable

    from impl.contract import Condition, MakesProcesses, Pause
    from spec.harness.recorder import Recorder


def tell(log: Recorder, buyer: int, looks: int) -> None:
    """Record the number of a *buyer* that has bought, and how often it has looked."""
    log("bought", (buyer, looks))


def looks_of(buy_one: Callable[..., object], *args: object) -> list[int]:
    """Buy one ticket, and return how often the buyer has looked at the stock, once for each ticket."""
    told: list[int] = []
    buy_one(0, *args, lambda _buyer, looks: told.append(looks))
    return told


def wait_once(condition: Condition) -> bool:
    """Wait for the condition once, and return what the wait returns."""
    with condition:
        return condition.wait()


def notify_once(condition: Condition) -> None:
    """Notify one process that waits for the condition."""
    with condition:
        condition.notify()


def notify_in_a_child(make: MakesProcesses, condition: Condition) -> None:
    """Notify one process that waits for the condition, from a child of this process."""
    child = make(target=notify_once, args=(condition,))
    child.start()
    child.join()


def notify_on_signal(condition: Condition) -> None:
    """From now on, notify one process that waits for the condition on SIGUSR1."""
    signal.signal(signal.SIGUSR1, lambda _number, _frame: notify_once(condition))


def look(looking: Pause, path: Path) -> str:
    """Stop at *looking*, and return the text of a file; none if there is no such file."""
    looking()
    return path.read_text(encoding="utf-8") if path.exists() else ""


def leave_conditions(mp: Any) -> list[object]:
    """Return conditions that are held and not used; others were made, used and dropped."""
    held, unused = mp.Condition(), mp.Condition(mp.Lock())
    held.acquire()
    for _ in range(10):
        with mp.Condition() as condition, mp.Condition(mp.Lock()):
            assert condition
    return [held, unused]
