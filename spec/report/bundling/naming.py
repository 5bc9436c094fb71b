"""What the definitions in a file are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spec.report.bundling.reach import Reach
from spec.report.bundling.source import CannotBundle, Definition, External, Referent


def choose_names(reach: Reach, wholes: Mapping[Referent, str]) -> dict[tuple[Referent, str], str]:
    """Return a name for each definition: the one that it has, unless that means something else somewhere.

    Args:
        reach: what goes into the file.
        wholes: the modules that are used as a whole, with the names that they have where they are used.

    Raises:
        CannotBundle: a name is imported from two modules.
    """
    uses = reach.uses
    chosen: dict[tuple[Referent, str], str] = {}
    external = {use.target.alias: use.target for use in uses if isinstance(use.target, External)}
    for use in uses:
        if isinstance(use.target, External) and external[use.target.alias] != use.target:
            raise CannotBundle(f"{use.target.alias} is imported from {use.target.module} and from elsewhere")
    pieces = [piece for part in reach.parts.values() for piece in part.pieces]
    taken = {*external, *(name for piece in pieces for name in piece.reader.reading.builtins)}
    named = [(definition, name) for definition in reach.parts for name in definition.names]
    hidden: dict[tuple[Referent, str], set[str]] = {}
    for use in uses:
        hidden.setdefault((use.target, use.name), set()).update(use.locals)
    keys: list[tuple[Referent, str]] = [*named, *wholes.items()]
    for key in keys:
        target, name = key
        clashes = taken | hidden.get(key, set())
        chosen[key] = next(one for one in _candidates(target, name) if one not in clashes)
        taken.add(chosen[key])
    return chosen


def _candidates(target: Referent, name: str) -> Iterator[str]:
    yield name
    path = (target.module.name if isinstance(target, Definition) else getattr(target, "name", "")).split(".")
    prefix = path[-2] if path[-1] == "payloads" else path[-1].removeprefix("test_")
    yield f"{prefix}_{name}"
    for number in range(2, 100):
        yield f"{name}_{number}"
