"""How a claim states what must be true, and by which means it was seen.

::

    kernel.shows("the unjoined child", state(child.pid), expected=ZOMBIE)

reads as a sentence.  If it is not true, it raises a `Violation`, which says what was expected, what was seen, and by
which means.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Callable, Optional

from spec.harness.event_log import log_failure
from spec.harness.heartbeat import beat


def format_failure(summary: str, facts: dict[str, str]) -> str:
    """Return the text of a failure for a report: the *summary*, and below it the *facts*, a label and a text each."""
    return "\n".join([summary, *(f"  {label:<8} {text}" for label, text in facts.items())])


class Violation(AssertionError):
    """A claim does not hold.

    Args:
        what: the thing that the claim is about, as a noun phrase.
        expected: what the claim expects of it.
        seen: what was seen instead.
        witness: by which means it was seen.

    Attributes:
        summary: what the claim is about, what was expected, and what was seen.
        witness: by which means it was seen.
        context: more facts for the report, by label: the claim and the target.  The plugin sets them.
    """

    __module__ = "builtins"  # users see the name without a module
    __notes__: list[str]  # Hypothesis adds the operations that led here; Python shows them from 3.11 on

    def __init__(self, what: str, expected: str, seen: str, witness: str) -> None:
        super().__init__(what, expected, seen, witness)
        log_failure(what, expected, seen)
        self.summary = f"{what}: expected {expected}, seen {seen}"
        self.witness = witness
        self.context: dict[str, str] = {}

    def __str__(self) -> str:
        return format_failure(self.summary, {**self.context, "seen by": self.witness})


class Matcher:
    """An expectation that is not equality with one value.  It equals each value that passes the *test*.

    Args:
        words: the expectation in words, for reports.
        test: returns whether a value is as expected.
    """

    def __init__(self, words: str, test: Callable[[Any], bool]) -> None:
        self._words, self._test = words, test

    def __eq__(self, other: object) -> bool:
        try:
            return self._test(other)
        except TypeError:  # for example, None was seen, and a number is expected
            return False

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return self._words


def other_than(value: object) -> Matcher:
    """Expect any value except *value*."""
    return Matcher(f"other than {value!r}", lambda seen: bool(seen != value))


def one_of(*values: object) -> Matcher:
    """Expect one of *values*."""
    return Matcher(f"one of {', '.join(map(repr, values))}", lambda seen: seen in values)


def at_least(least: float) -> Matcher:
    """Expect a number of *least* or more."""
    return Matcher(f"{least} or more", lambda seen: bool(seen >= least))


def at_most(most: float) -> Matcher:
    """Expect a number of *most* or less."""
    return Matcher(f"{most} or less", lambda seen: bool(seen <= most))


def containing(part: object) -> Matcher:
    """Expect a container, such as a text or a list, that contains *part*."""
    return Matcher(f"something that contains {part!r}", lambda seen: part in seen)


class Witness:
    """A means by which a claim sees what happens.

    Args:
        name: how reports name it.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def shows(self, what: str, seen: object, *, expected: object) -> None:
        """State that what was seen is what was expected.

        Args:
            what: the thing that the claim is about, as a noun phrase for reports.
            seen: what the witness saw.
            expected: a value or a `Matcher` that *seen* must equal.

        Raises:
            Violation: *seen* does not equal *expected*.
        """
        __tracebackhide__ = True
        beat()
        if not expected == seen:
            raise Violation(what, _show(expected), _show(seen), self.name)


LONGEST_VALUE = 2000
"""A report shows at most about this many characters of a value: half from its beginning, half from its end."""


def _show(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= LONGEST_VALUE:
        return text
    half = LONGEST_VALUE // 2
    return f"{text[:half]} ... ({len(text) - 2 * half} more characters) ... {text[-half:]}"


kernel = Witness("the kernel")
recorder = Witness("code in the child, through the recorder")
gatekeeper = Witness("a checkpoint")
caller = Witness("the caller")


class _Refusal:
    """Compares the exception that a block raises with the expected one.

    It is a class and not a generator, so that no frame in the traceback of the exception refers to the exception.
    Such a cycle is left to the garbage collector.  In Python 3.12.0 and 3.12.1 the collector crashes on objects of
    multiprocessing that may be part of the cycle: see https://github.com/python/cpython/issues/111049.
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
        if error is not None and not isinstance(error, Exception):  # for example Hung, or Ctrl-C of the user
            return False
        expected = self._exception.__name__ + (f" ({self._message})" if self._message else "")
        seen = "no exception" if error is None else f"{type(error).__name__}: {error}"
        raise Violation("the outcome of the call", expected, seen, caller.name) from None


def refuses(exception: type[BaseException], message: str = "") -> AbstractContextManager[None]:
    """State that the block raises an exception.

    Args:
        exception: the class of the exception; a subclass will do.
        message: a part of the message.

    Raises:
        Violation: the block raises no exception or another one.
    """
    return _Refusal(exception, message)
