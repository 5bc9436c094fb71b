"""Models of managed dicts, lists and sets.

The models are a plain dict, a plain list and a plain set.  A managed one must answer each call as
the plain one does.  No call waits, so any call may follow any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable

from hypothesis import example, given
from hypothesis import strategies as st

from spec.harness.witness import caller
from spec.harness.worker import Worker
from spec.models.asking import ask

Call = tuple[str, tuple[Any, ...], dict[str, Any]]
"""A call: the name of the method, its positional arguments, and its keyword arguments."""


def to(method: str, *args: Any, **named: Any) -> Call:
    """Return a call of *method* with these arguments."""
    return method, args, named


@dataclass(frozen=True)
class Container:
    """A kind of container, a dict, a list or a set, and the calls that are made on it.

    Attributes:
        new: creates an empty plain container.
        clear: removes all items of a shared container.
        content: returns a plain copy of a shared container.
        arguments: for each method, a strategy for its positional arguments.
        each: calls of every method, with present and absent keys or items, with and without each optional argument.
    """

    new: Callable[[], Any]
    clear: Callable[[Any], object]
    content: Callable[[Any], object]
    arguments: dict[str, st.SearchStrategy[tuple[Any, ...]]]
    each: Sequence[Call]

    def verify(self, shared: Any, make_worker: Callable[..., Worker]) -> None:
        """Let two workers take turns to make calls of all kinds on a *shared* container.

        Args:
            shared: the managed container.
            make_worker: starts a worker that has the given objects.

        Raises:
            Violation: a call returned another result than on a plain container, or left other contents.
        """
        staff = [make_worker(ask=partial(ask, shared)) for _ in range(2)]
        calls = st.sampled_from(list(self.arguments)).flatmap(
            lambda method: self.arguments[method].map(lambda args: to(method, *args))
        )

        @example(turns=[(number % 2, call) for number, call in enumerate(self.each)])
        @given(turns=st.lists(st.tuples(st.integers(0, 1), calls), min_size=5, max_size=15))
        def take_turns(turns: list[tuple[int, Call]]) -> None:
            self.clear(shared)
            plain = self.new()
            for member, (method, args, named) in turns:
                given_by_name = [f"{name}={value!r}" for name, value in named.items()]
                call = f"{method}({', '.join([*map(repr, args), *given_by_name])})"
                answer = ask(plain, method, *args, **named)
                seen = staff[member].call("ask", method, *args, **named)
                caller.shows(f"the answer to {call}", seen, expected=answer)
                caller.shows(f"the contents after {call}", self.content(shared), expected=plain)

        take_turns()


keys, numbers = st.sampled_from("ab"), st.integers(0, 3)
items, places = st.integers(0, 3), st.integers(-3, 3)

DICT = Container(
    new=dict,
    clear=lambda shared: shared.clear(),
    content=lambda shared: shared.copy(),
    arguments={
        **dict.fromkeys(["__len__", "clear", "copy", "popitem"], st.tuples()),
        **dict.fromkeys(["__getitem__", "__delitem__", "__contains__"], st.tuples(keys)),
        **dict.fromkeys(["__setitem__", "setdefault"], st.tuples(keys, numbers)),
        **dict.fromkeys(["get", "pop"], st.tuples(keys, numbers) | st.tuples(keys)),
        "update": st.tuples(st.dictionaries(keys, numbers)),
    },
    each=[
        to("update", {"a": 1, "b": 0}, c=3),
        *(to("get", key, *default) for key in "bd" for default in ((), (5,))),
        *(to("__contains__", key) for key in "bd"),
        *(to("__getitem__", key) for key in "bd"),
        *(to("pop", key, *default) for key in "bd" for default in ((5,), ())),
        to("setdefault", "a", 7),
        to("setdefault", "e"),
        to("__len__"),
        to("copy"),
        to("popitem"),
        *(to("__delitem__", key) for key in "cc"),
        to("clear"),
        to("popitem"),
    ],
)

LIST = Container(
    new=list,
    clear=lambda shared: shared.__delitem__(slice(None)),
    content=lambda shared: shared[:],
    arguments={
        **dict.fromkeys(["__len__", "sort", "reverse"], st.tuples()),
        **dict.fromkeys(["append", "remove", "index", "count", "__contains__"], st.tuples(items)),
        "insert": st.tuples(places, items),
        "__setitem__": st.tuples(places, items) | st.tuples(st.slices(3), st.lists(items, max_size=3)),
        **dict.fromkeys(["__getitem__", "__delitem__"], st.tuples(places | st.slices(3))),
        "pop": st.tuples(places) | st.tuples(),
        **dict.fromkeys(["extend", "__add__"], st.tuples(st.lists(items, max_size=3))),
        **dict.fromkeys(["__mul__", "__rmul__"], st.tuples(numbers)),
    },
    each=[
        to("extend", [3, 1, 2, 1]),
        *(to("index", 1, *start) for start in ((), (2,), (4,))),
        to("__contains__", 7),
        to("count", 1),
        to("sort", reverse=True),
        to("sort"),
        to("reverse"),
        to("insert", 0, 5),
        to("insert", -1, 6),
        *(to("pop", *place) for place in ((0,), (), (9,))),
        to("__setitem__", -1, 4),
        to("__getitem__", -1),
        to("__setitem__", slice(2), [0]),
        to("__getitem__", slice(None, None, -1)),
        *(to("remove", item) for item in (0, 0)),
        to("append", 8),
        to("__len__"),
        to("__add__", [9]),
        *(to(method, 2) for method in ("__mul__", "__rmul__")),
        *(to("__delitem__", place) for place in (0, 9, slice(None))),
        to("pop"),
    ],
)

sets = st.sets(items, max_size=3)

SET = Container(
    new=set,
    clear=lambda shared: shared.clear(),
    content=lambda shared: shared.copy(),
    arguments={
        **dict.fromkeys(["__len__", "clear", "copy"], st.tuples()),
        **dict.fromkeys(["add", "discard", "remove", "__contains__"], st.tuples(items)),
        **dict.fromkeys(["update", "difference_update", "intersection_update"], st.tuples(sets)),
        **dict.fromkeys(["symmetric_difference_update", "union", "difference", "intersection"], st.tuples(sets)),
        **dict.fromkeys(["symmetric_difference", "isdisjoint", "issubset", "issuperset"], st.tuples(sets)),
        **dict.fromkeys(["__or__", "__and__", "__sub__", "__xor__", "__le__", "__lt__"], st.tuples(sets)),
    },
    each=[
        to("update", {1, 2}, [3]),
        *(to("add", item) for item in (3, 0)),
        *(to("__contains__", item) for item in (3, 7)),
        to("__len__"),
        *(to(method, {0, 1, 5}) for method in ("union", "intersection", "difference", "symmetric_difference")),
        *(to(method, {0, 1, 5}) for method in ("__or__", "__and__", "__sub__", "__xor__")),
        *(to(method, {0, 1, 2, 3, 5}) for method in ("isdisjoint", "issubset", "issuperset", "__le__", "__lt__")),
        to("__ge__", {0, 1}),
        to("__gt__", {0, 1}),
        to("intersection_update", {1, 2, 3}),
        to("symmetric_difference_update", {3, 4}),
        to("difference_update", {1}),
        *(to("remove", item) for item in (2, 2)),
        to("discard", 2),
        to("copy"),
        to("pop"),
        to("clear"),
        to("pop"),
    ],
)
