"""Try mutants of a library, several at once."""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Callable

from spec.selftest.mutation.library.copies import Copy, Library
from spec.selftest.mutation.library.drawing import Mutant
from spec.selftest.mutation.library.knowledge import Knowledge, find_out
from spec.selftest.mutation.library.line_coverage import decisive_line
from spec.selftest.mutation.library.suites import Suite, noticed_by

CHEAPEST_FIRST = ("fork", "spawn", "forkserver")
"""The start methods, beginning with the one under which most tests are quickest."""


class Trial:
    """Copies of a library, for mutants.

    Args:
        library: the library.
        folder: an empty folder to use.
        workers: how many mutants are tried at once.
        most_seconds: how long the tests of a suite may take on one mutant that they do not notice.
    """

    def __init__(self, library: Library, folder: Path, workers: int, most_seconds: float) -> None:
        self.library = library
        self._folder, self._workers, self._most_seconds = folder, workers, most_seconds
        self._sources = library.sources()
        self._noticing: Counter[tuple[str, str]] = Counter()
        self._copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(workers):
            self._copies.put(Copy(library, folder / f"copy{number}"))

    def find_out(self, suite: Suite) -> Knowledge:
        """Run the tests of a *suite* without a mutant."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            return find_out(suite, self.library, Path(folder), self._workers)

    def for_each(self, mutants: Iterable[Mutant], function: Callable[[Mutant], None]) -> None:
        """Call *function* with each of the *mutants*, in as many threads as there are workers."""
        with ThreadPoolExecutor(self._workers) as pool:
            try:
                for _ in pool.map(function, mutants):
                    pass
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def affordable(self, tests: Sequence[str], knowledge: Knowledge) -> list[str]:
        """Return the first of the *tests*, as many as there is time for; at least one, if there is one."""
        ends = itertools.accumulate(knowledge.seconds[test] for test in tests)
        count = sum(end <= self._most_seconds for end in ends)
        return list(tests[: max(count, 1)])

    def reaching(self, mutant: Mutant, knowledge: Knowledge) -> list[str]:
        """Return the tests that reach what a *mutant* changes, in the order in which to run them.

        First come the tests that noticed other mutants of the same module, then the quickest, beginning with those
        under the start method that costs least.
        """
        line = decisive_line(self._sources[mutant.module], mutant.line)

        def cost(test: str) -> tuple[int, int, float]:
            method = next((n for n, name in enumerate(CHEAPEST_FIRST) if f":{name}]" in test), 0)
            return -self._noticing[mutant.module, test], method, knowledge.seconds[test]

        return sorted(knowledge.tests((mutant.module, line)), key=cost)

    def noticed_by(self, mutant: Mutant, suite: Suite, tests: Sequence[str], knowledge: Knowledge) -> str:
        """Return which of the *tests* fails on a *mutant*; see `suites.noticed_by`."""
        if not tests:
            return ""
        copy = self._copies.get()
        with copy.containing(mutant.module, mutant.source):
            found = noticed_by(suite, copy, tests, knowledge.seconds)
        self._copies.put(copy)
        self._noticing[mutant.module, found] += 1
        return found
