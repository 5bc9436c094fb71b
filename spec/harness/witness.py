"""Who saw what: how a claim states what must be true.

::

    kernel.shows("the unjoined child", state(child.pid), expected=ZOMBIE)

reads as a sentence, and if it is not so, raises a `Violation` that says what was expected, what was seen, and who
saw it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Callable, Optional

from spec.harness.heartbeat import beat


def format_failure(summary: str, facts: dict[str, str]) -> str:
    """Return a text for a report: the *summary*, and below it the *facts*, each with its label."""
    return "\n".join([summary, *(f"  {label:<8} {text}" for label, text in facts.items())])


class Violation(AssertionError):
    """A claim does not hold.

    Args:
        what: what was looked at.
        expected: how the claim says it is.
        seen: how it was.
        witness: who saw it.

    Attributes:
        summary: what was looked at, how the claim says it is, and how it was.
        witness: who saw it.
        context: facts to show too, set by whoever knows which claim it is and on what.
    """

    __module__ = "builtins"  # shown to users: the bare name says enough
    __notes__: list[str]  # what Hypothesis adds, such as the operations that led here; Python shows it, from 3.11 on

    def __init__(self, what: str, expected: str, seen: str, witness: str) -> None:
        super().__init__(what, expected, seen, witness)
        self.summary = f"{what}: expected {expected}, seen {seen}"
        self.witness = witness
        self.context: dict[str, str] = {}

    def __str__(self) -> str:
        return format_failure(self.summary, {**self.context, "seen by": self.witness})


class Matcher:
    """An expectation that equality with one value cannot state: equal to whatever passes the *test*.

    Args:
        words: how a report says it.
        test: whether a value is as expected.
    """

    def __init__(self, words: str, test: Callable[[Any], bool]) -> None:
        self._words, self._test = words, test

    def __eq__(self, other: object) -> bool:
        try:
            return self._test(other)
        except TypeError:  # such as None where a number is expected
            return False

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return self._words


def other_than(value: object) -> Matcher:
    """Expect anything but *value*."""
    return Matcher(f"other than {value!r}", lambda seen: bool(seen != value))


def one_of(*values: object) -> Matcher:
    """Expect one of *values*."""
    return Matcher(f"one of {', '.join(map(repr, values))}", lambda seen: seen in values)


def at_least(least: float) -> Matcher:
    """Expect a number of *least* or more."""
    return Matcher(f"{least} or more", lambda seen: bool(seen >= least))


def containing(part: object) -> Matcher:
    """Expect something, such as a text or a list, that has *part* in it."""
    return Matcher(f"something with {part!r} in it", lambda seen: part in seen)


class Witness:
    """One who can say what happened.

    Args:
        name: what the reports call it.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def shows(self, what: str, seen: object, *, expected: object) -> None:
        """State that *what*, which was *seen*, is as *expected*.

        Args:
            what: what is looked at, as it is to stand in the report.
            seen: what the witness saw.
            expected: what it must equal: a value, or a `Matcher`.

        Raises:
            Violation: it is not.
        """
        __tracebackhide__ = True
        beat()
        if not expected == seen:
            raise Violation(what, _show(expected), _show(seen), self.name)


LONGEST = 2000
"""At most about this many characters of a value are shown, from its beginning and its end."""


def _show(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]} ... ({len(text) - 2 * half} more characters) ... {text[-half:]}"


kernel = Witness("the kernel")
recorder = Witness("the recorder, written by the payload")
gatekeeper = Witness("the checkpoint, where payloads stop")
caller = Witness("the caller")


class _Refusal:
    """Holds what a block raises against what it should.

    It is a class, and no generator, so that the exception's traceback holds no frame that refers to it.  Such a loop
    is left to the garbage collector, which in Python 3.12.0 and 3.12.1 crashes on what multiprocessing may have in
    it: see https://github.com/python/cpython/issues/111049.
    """

    def __init__(self, exception: type[BaseException], message: str) -> None:
        self._exception, self._message = exception, message

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        _kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        _traceback: Optional[TracebackType],
    ) -> bool:
        __tracebackhide__ = True
        if isinstance(error, self._exception) and self._message in str(error):
            return True
        if error is not None and not isinstance(error, Exception):  # such as Hung, or the user's Ctrl-C
            return False
        expected = self._exception.__name__ + (f" ({self._message})" if self._message else "")
        seen = "no exception" if error is None else f"{type(error).__name__}: {error}"
        raise Violation("the answer", expected, seen, caller.name) from None


def refuses(exception: type[BaseException], message: str = "") -> AbstractContextManager[None]:
    """State that the block raises *exception*, with a message that contains *message*.

    Raises:
        Violation: it raises nothing, or something else.
    """
    return _Refusal(exception, message)
