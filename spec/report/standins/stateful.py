"""In place of Hypothesis, for models: operations are drawn at random, after those that have led to a violation."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Callable

from spec.models import bench

Draw = Callable[[random.Random], Any]

STEPS: list[tuple[str, dict[str, Any]]] = []
"""The operations that have led to a violation, if they are known: they are tried first."""


class Model(bench.Model):
    """A model of something that processes share; this is the method that differs."""

    @classmethod
    def try_sequences(cls, subject: Any) -> None:
        """Carry out operations, one after the other, and hold what they do against the model."""
        chance = random.Random(1)
        rules = [name for name in dir(cls) if hasattr(getattr(cls, name), "kinds")]
        for walk in range(20):
            state: Any = cls(subject)
            replayed = STEPS if walk == 0 else []
            for number in range(len(replayed) or 13):
                if replayed:
                    name, drawn = replayed[number]
                else:
                    suits = [one for one in rules if (one == "begin") == (number == 0)]
                    name = chance.choice([one for one in suits if getattr(cls, one).condition(state)])
                    drawn = {key: kind(chance) for key, kind in getattr(cls, name).kinds.items()}
                print(f"state.{name}({', '.join(f'{key}={value!r}' for key, value in drawn.items())})", flush=True)
                getattr(state, name)(**drawn)
            state.teardown()


def rule(**kinds: Draw) -> Callable[[Any], Any]:
    """Mark an operation of a model, with what draws its arguments."""

    def mark(function: Any) -> Any:
        function.kinds = kinds
        function.condition = lambda _state: True
        return function

    return mark


def precondition(condition: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Mark an operation, which `rule` has marked, as one for certain states only."""

    def mark(function: Any) -> Any:
        function.condition = condition
        return function

    return mark


def integers(least: int, most: int) -> Draw:
    """Draw a number."""
    return lambda chance: chance.randint(least, most)


def sampled_from(values: Sequence[Any]) -> Draw:
    """Draw one of several values."""
    return lambda chance: chance.choice(values)
