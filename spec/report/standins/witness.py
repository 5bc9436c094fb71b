"""In place of `spec.harness.witness`: it also prints what is as expected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any, Callable, Optional


def shows(what: str, seen: object, *, expected: object) -> None:
    """State that *what* was *seen* as *expected*, and print both."""
    told = f"{what}: expected {expected!s:.300}, seen {seen!s:.300}"
    if not expected == seen:
        raise AssertionError(told)
    print(told, flush=True)


kernel = recorder = gatekeeper = caller = SimpleNamespace(shows=shows)


class Matcher:
    """Equal to all that passes the *test*."""

    def __init__(self, words: str, test: Callable[[Any], bool]) -> None:
        self._words, self._test = words, test

    def __eq__(self, other: object) -> bool:
        with suppress(TypeError):  # for example, None was seen, and a number is expected
            return self._test(other)
        return False

    def __repr__(self) -> str:
        return self._words


@contextmanager
def refuses(exception: type[Exception], message: str = "") -> Iterator[None]:
    """State that the block raises *exception*, with a message that contains *message*."""
    seen: Optional[Exception] = None
    try:
        yield
    except Exception as error:
        seen = error
    told = f"the outcome of the call: expected {exception.__name__} {message}, seen {seen!r}"
    if not isinstance(seen, exception) or message not in str(seen):
        raise AssertionError(told)
    print(told, flush=True)
