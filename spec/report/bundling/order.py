"""The order of the definitions in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from spec.report.bundling.reach import Part
from spec.report.bundling.source import Definition


def in_order(parts: Mapping[Definition, Part], section: Callable[[Definition], int]) -> list[Definition]:
    """Return the definitions in the order of the sections, but none before what it needs at once."""
    modules = list(dict.fromkeys(definition.module for definition in parts))
    wanted = sorted(
        parts,
        key=lambda one: (section(one), modules.index(one.module), one.node.lineno),
    )
    needs = {definition: _needs(parts, definition) for definition in wanted}
    order: list[Definition] = []
    while wanted:
        ready = (one for one in wanted if needs[one] <= {*order, one})
        order.append(next(ready, wanted[0]))
        wanted.remove(order[-1])
    return order


def _needs(parts: Mapping[Definition, Part], definition: Definition) -> set[Definition]:
    """Return what must be defined before *definition* is executed."""
    needed: set[Definition] = set()
    for use in parts[definition].uses:
        if use.now and isinstance(use.target, Definition) and use.target is not definition:
            needed |= {use.target} | (_needs(parts, use.target) if use.base else _closure(parts, use.target))
    return needed


def _closure(parts: Mapping[Definition, Part], definition: Definition) -> set[Definition]:
    found, todo = {definition}, [definition]
    while todo:
        targets = {use.target for use in parts[todo.pop()].uses if isinstance(use.target, Definition)}
        todo += targets - found
        found |= targets
    return found
