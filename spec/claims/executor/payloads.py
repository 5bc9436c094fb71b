"""What the claims of the lesson `executor` run in workers, and what they send there."""

from __future__ import annotations

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from threading import Event
    from typing import Any, Callable

    from impl.contract import Pause
    from spec.harness.recorder import Recorder


def power_at(pause: Pause, base: int, exponent: int) -> int:
    """Stop at *pause*, and return a power."""
    pause()
    return int(base**exponent)


def double(number: int) -> int:
    """Return twice the *number*."""
    return 2 * number


def capture(*args: object, **kwargs: object) -> tuple[tuple[object, ...], dict[str, object]]:
    """Return the arguments."""
    return args, kwargs


class Empty(Exception):
    """An exception that is false."""

    def __len__(self) -> int:
        return 0


def raise_an_empty_one(*_arguments: object) -> None:
    """Fail.

    Raises:
        Empty: always.
    """
    raise Empty


class TellsItsEnd:
    """An object that records when a process drops it.

    Args:
        log: the recorder.
    """

    def __init__(self, log: Recorder) -> None:
        self._log = log

    def __del__(self) -> None:
        self._log("dropped")


def double_and_tell(log: Recorder, number: int) -> int:
    """Record the *number*, and return twice the number."""
    log("doubled", number)
    return double(number)


def double_and_tell_later(pause: Pause, log: Recorder, number: int) -> int:
    """Return twice a number, and record it; all but the first calls stop at *pause* before."""
    if number:
        pause()
    return double_and_tell(log, number)


class SaltedTwice(Exception):
    """Raised by a task."""


def salt_twice(*dishes: object) -> None:
    """Fail.

    Raises:
        SaltedTwice: always, with the *dishes*.
    """
    raise SaltedTwice(*dishes)


def fail_if_told(pause: Pause, *notes: object) -> object:
    """Stop at *pause*, and return its reply.

    Raises:
        SaltedTwice: the reply is ``"fail"``.
    """
    reply = pause(*notes)
    if reply == "fail":
        raise SaltedTwice(*notes)
    return reply


def fail_or_tell(pause: Pause, log: Recorder, number: int) -> None:
    """Record the *number*, and stop at *pause*.

    Raises:
        SaltedTwice: the reply is ``"fail"``.
    """
    log("called", number)
    fail_if_told(pause, number)


class NotToBeSent(Exception):
    """Raised by what cannot be pickled, or unpickled."""


def refuse() -> None:
    """Fail.

    Raises:
        NotToBeSent: always.
    """
    raise NotToBeSent


class FailsToBePickled:
    """An object that cannot be sent."""

    def __reduce__(self) -> tuple[Any, ...]:
        raise NotToBeSent


class IsPickledInTime:
    """An object that can be sent, and that holds the thread up which sends it.

    Args:
        trying: set when a thread begins to send the object.
        going_on: waited for by then.
    """

    def __init__(self, trying: Event, going_on: Event) -> None:
        self._trying, self._going_on = trying, going_on

    def __reduce__(self) -> tuple[Any, ...]:
        self._trying.set()
        self._going_on.wait()
        return object, ()


class FailsToBePickledInTime(IsPickledInTime):
    """An object that cannot be sent, and that holds the thread up which tries to."""

    def __reduce__(self) -> tuple[Any, ...]:
        super().__reduce__()
        raise NotToBeSent


class ExitsAtPickling:
    """An object that calls `sys.exit` in the thread that sends it."""

    def __reduce__(self) -> tuple[Any, ...]:
        sys.exit(3)


class ExitsAtUnpickling:
    """An object that calls `sys.exit` in the thread that receives it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return sys.exit, (3,)


class FailsToBeUnpickled:
    """An object that can be sent, and not received."""

    def __reduce__(self) -> tuple[Any, ...]:
        return refuse, ()


class Dish:
    """An object that a weak reference can refer to."""


class KillsAtPickling:
    """An object that kills the process that sends it."""

    def __reduce__(self) -> tuple[Any, ...]:
        die()
        return object, ()


class KillsAtUnpickling:
    """An object that kills the process that receives it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return die, ()


class KillsWhenDropped:
    """An object that kills each process that drops it, other than the one that made it."""

    def __init__(self) -> None:
        self._maker = os.getpid()

    def __del__(self) -> None:
        if os.getpid() != self._maker:
            die()


class Portion:
    """An object with a size.

    Args:
        size: any number.
    """

    def __init__(self, size: int) -> None:
        self.size = size


def add_one(portion: Portion) -> tuple[Any, ...]:
    """Reduce a portion, for pickling, to one that is larger by one."""
    return Portion, (portion.size + 1,)


def multiply_by_ten(portion: Portion) -> tuple[Any, ...]:
    """Reduce a portion, for pickling, to one ten times as large."""
    return Portion, (10 * portion.size,)


def hand_back(thing: object) -> object:
    """Return the argument."""
    return thing


class TakesTwoArguments(Exception):
    """An exception that can be pickled and not unpickled, as many that take other arguments than a message."""

    def __init__(self, dish: str, salt: int) -> None:
        super().__init__(f"{dish}: {salt}")


def raise_one_with_two_arguments() -> None:
    """Fail.

    Raises:
        TakesTwoArguments: always.
    """
    raise TakesTwoArguments("soup", 2)


def raise_what_fails_to_be_pickled() -> None:
    """Fail.

    Raises:
        SaltedTwice: always, with an argument that cannot be sent.
    """
    raise SaltedTwice(FailsToBePickled())


def make(kind: Callable[[], object], *_others: object) -> object:
    """Return an object of this *kind*."""
    return kind()


def ignore(*_arguments: object) -> None:
    """Do nothing."""


def tell_pid(*_arguments: object) -> int:
    """Return the pid of this process."""
    return os.getpid()


def die(*_arguments: object) -> None:
    """Kill this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def leave_abruptly() -> None:
    """End this process, and run no more code in it."""
    os._exit(3)


_initialized: list[object] = []


def initialize(log: Recorder, *arguments: object) -> None:
    """Record that a worker begins, and keep the *arguments*."""
    log("begun")
    _initialized.append(arguments)


def initialized() -> list[object]:
    """Return what `initialize` has kept in this process."""
    return _initialized


def cook_in_a_kitchen_of_its_own(api: str, number: int) -> tuple[int, int]:
    """Double *number* in a worker of an executor that is made here, and return this pid and the result."""
    from impl.api import executor_maker, load

    with executor_maker(load(api))(1) as kitchen:
        return os.getpid(), kitchen.submit(double, number).result()


def pause_in_a_kitchen_of_its_own(api: str, pause: Pause) -> None:
    """Stop at *pause* in a worker of an executor that is made here."""
    from impl.api import executor_maker, load

    with executor_maker(load(api))(1) as kitchen:
        kitchen.submit(pause).result()
