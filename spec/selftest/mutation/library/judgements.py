"""What was found out by hand about mutants that no claim notices: a TOML file for each library.

::

    version = "0.70.19"           # of the library, when somebody looked

    [[equivalent]]
    place = "queues.Queue.get"    # the module, the class and the function; or a part of that, for all that is in it
    before = "if self._poll():"   # optional: the line, or the lines up to the last that differs
    after = ["if True:"]          # optional: what stands there in the mutants
    nth = 1                       # optional: not the first line in the function that reads so, but the second
    because = "..."

`KINDS` says what the tables mean.  An entry with a place only leaves out all mutants of that place.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from spec.selftest.mutation.library.drawing import Mutant
from spec.selftest.mutation.mutants import joined, place_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

JUDGEMENTS_FOLDER = Path(__file__).parent / "judged"

KINDS = {
    "equivalent": "no test can tell the mutant from the library",
    "unnoticeable": "the mutant differs in what no user relies on",
    "elsewhere": "no lesson is about it",
    "costly": "a claim about it would cost too much",
}


@dataclass(frozen=True)
class Judgement:
    """What was found out about some mutants.

    Attributes:
        kind: one of `KINDS`.
        place: the place of the mutants.
        because: the reason.
        before: the text that the mutants change; None for all of the place.
        after: what they make of it; any, if this is empty.
        nth: how many lines before this one in the same function read the same.
    """

    kind: str
    place: str
    because: str
    before: Optional[str] = None
    after: Sequence[str] = ()
    nth: int = 0

    def contains(self, place: str) -> bool:
        """Return whether a *place* is the place of the judgement, or in it."""
        return f"{place}.".startswith(f"{self.place}.")

    def is_about(self, mutant: Mutant) -> bool:
        """Return whether the judgement is about a *mutant*."""
        place, before, after = mutant.change
        if self.before is None:
            return self.contains(place)
        return (
            (place, before, mutant.nth) == (self.place, self.before, self.nth)
            and (not self.after or after in self.after)
        )  # fmt: skip


class Judgements:
    """All that was found out about the mutants of one library.

    Args:
        judgements: the single ones.
        version: the version of the library that they are about, or None if there are none.
    """

    def __init__(self, judgements: Sequence[Judgement] = (), version: Optional[str] = None) -> None:
        self._judgements = judgements
        self.version = version

    @classmethod
    def load(cls, package: str, folder: Path = JUDGEMENTS_FOLDER) -> Judgements:
        """Return what is known about a *package*; nothing, if *folder* has no file for it."""
        file = folder / f"{package}.toml"
        if not file.exists():
            return cls()
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        return cls([Judgement(kind, **entry) for kind in KINDS for entry in data.get(kind, [])], data["version"])

    def leave_out(self, place: str) -> bool:
        """Return whether no mutant of a *place* is of interest."""
        return any(judgement.before is None and judgement.contains(place) for judgement in self._judgements)

    def find(self, mutant: Mutant) -> Optional[Judgement]:
        """Return what was found out about a *mutant*."""
        return next((judgement for judgement in self._judgements if judgement.is_about(mutant)), None)

    def outdated(self, sources: Mapping[str, str]) -> list[Judgement]:
        """Return the judgements about code that *sources* does not have: the library has changed."""
        lines = {place for module, source in sources.items() for place in _places(module, source)}
        return [
            judgement
            for judgement in self._judgements
            if not any(
                judgement.contains(place) and (judgement.before is None or judgement.before.startswith(text))
                for place, text in lines
            )
        ]


def _places(module: str, source: str) -> set[tuple[str, str]]:
    """Return the place and the text of each line of a *module*."""
    tree = ast.parse(source)
    return {
        (place_of(module, tree, number), joined([line.partition("  #")[0]]))
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip()
    }
