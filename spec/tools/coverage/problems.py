"""What is wrong with the tables, or missing in them."""

from __future__ import annotations

import difflib
import platform
from collections.abc import Iterable, Iterator, Sequence

from spec.engine import lessons
from spec.engine.claims import Claim
from spec.tools.coverage import suite
from spec.tools.coverage.tables import (
    LIBRARY_FILES,
    NAMES_FILE,
    PAGE,
    TESTS_FILE,
    UNDECIDED,
    BadTable,
    Entry,
    read_library_tests,
    read_names,
    read_tests,
)


def problems() -> Iterator[str]:
    """Yield a line for each problem: what is wrong, and in which file."""
    claims = Claim.all()
    try:
        tests, names = read_tests(), read_names(claims)
        of_libraries = [test for library in LIBRARY_FILES for test in read_library_tests(library)]
    except BadTable as error:
        yield str(error)
        return
    for entry in (*tests, *of_libraries, *names):
        yield from in_entry(entry, [claim.id for claim in claims])
    yield from unknown_names(claims, names)
    for path in suite.files():
        yield from unlisted_tests(suite.methods(path), tests)


def in_entry(entry: Entry, ids: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with an *entry*, where *ids* are those of all claims."""
    where = f"{entry.file.name}: {entry.name}"
    for claim in entry.listed:
        if claim not in ids:
            [nearest] = difflib.get_close_matches(claim, ids, 1, 0)
            yield f"{where}: there is no claim {claim!r}; is it {nearest}?"
        elif claim in entry.found or entry.listed.count(claim) > 1:
            yield f"{where}: {claim} covers it already: remove it from the list"
    if entry.excluded and (entry.claims or entry.missing):
        yield f"{where}: it says why no claim covers it, and which one does, or what is missing: remove one of them"
    for lesson in lessons.names():
        if f"lesson {lesson} is not written" in entry.missing:
            yield f"{where}: the lesson {lesson} is written: say which of its claims cover it"
    if entry.status == UNDECIDED:
        yield f"{where}: it says neither which claims cover it, nor what is missing, nor why none has to cover it"


def unknown_names(claims: Iterable[Claim], names: Iterable[Entry]) -> Iterator[str]:
    """Yield a line for each source of *claims* that is about a name of the page, and of none of the *names*."""
    known = {name.address for name in names}
    page = PAGE.format(module="multiprocessing")
    for claim in claims:
        for source in claim.sources:
            if source.where.startswith(f"{page}#multiprocessing.") and source.where not in known:
                yield f"{claim.id}: its source {source.where} is about no name in {NAMES_FILE.name}: see {claim.test}"


def unlisted_tests(methods: Iterable[str], tests: Iterable[Entry]) -> Iterator[str]:
    """Yield a line for each of the *methods* that the table of *tests* lacks."""
    known = {test.name for test in tests} | {f"{test.group}.{test.formerly}" for test in tests if test.formerly}
    for method in methods:
        if method not in known:
            yield f"{TESTS_FILE.name}: {method}: Python {platform.python_version()} has this test: add a table for it"
