"""In place of `spec.harness.witness`: what is as expected is printed too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Callable


class Witness:
    """One who can say what happened."""

    def __init__(self, name: str) -> None:
        self.name = name

    def shows(self, what: str, seen: object, *, expected: object) -> None:
        """State that *what*, which was *seen*, is as *expected*."""
        told = f"{what}: expected {expected!s:.300}, seen {seen!s:.300}"
        if not expected == seen:
            raise AssertionError(told)
        print(told, flush=True)


class Matcher:
    """Equal to whatever passes the *test*."""

    def __init__(self, words: str, test: Callable[[Any], bool]) -> None:
        self._words, self._test = words, test

    def __eq__(self, other: object) -> bool:
        with suppress(TypeError):  # such as None where a number is expected
            return self._test(other)
        return False

    def __repr__(self) -> str:
        return self._words


@contextmanager
def refuses(exception: type[Exception], message: str = "") -> Iterator[None]:
    """State that the block raises *exception*, with a message that contains *message*."""
    seen = "no exception"
    try:
        yield
    except Exception as error:
        seen = f"{type(error).__name__}: {error}"
        if isinstance(error, exception) and message in str(error):
            print(f"the answer: expected {exception.__name__}, seen {seen}", flush=True)
            return
    raise AssertionError(f"the answer: expected {exception.__name__} ({message}), seen {seen}".replace(" ()", ""))
