"""Write down what the claims cover, as `docs/coverage.md` and `docs/coverage-of-libraries.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from spec.engine.claims import Claim
from spec.paths import ROOT
from spec.tools.coverage.tables import (
    COVERED,
    EXCLUDED,
    LIBRARY_FILES,
    NOT_YET,
    PARTLY,
    Entry,
    read_library_tests,
    read_names,
    read_tests,
)

DOCUMENT_FILE = ROOT / "docs" / "coverage.md"

LIBRARIES_FILE = ROOT / "docs" / "coverage-of-libraries.md"

COVERAGE_HEAD = """\
# What the claims cover

The claims are compared with two things here: CPython's own tests of multiprocessing and of executors, and Python's
documentation of multiprocessing. Each test and each documented name has a row with the claims that cover it, and with
what no claim says yet.

- **covered**: an API that fails the test fails at least one of these claims; or, claims say what the documentation
  says of the name.
- **partly**: claims cover a part of it, and the row says what is missing.
- **not yet**: no claim covers it, and the row says what is missing.
- **not portable**: the test is about CPython's internals or about another system than Linux, so other libraries need
  not pass it.
- **not claimed**: no claim is meant to cover the name, and the row says why.

A claim covers a name if its source is the part of the page that describes the name. Everything else is in the tables
in [spec/tools/coverage](../spec/tools/coverage), from which `python -m spec check --update` makes this page.
[spec/CLAIMS.md](../spec/CLAIMS.md) has the wordings of the claims.

[What the claims cover of libraries' tests](coverage-of-libraries.md) is the same for loky's and billiard's own tests.
"""

TESTS_HEAD = """\
## CPython's tests

These are the methods in `Lib/test/_test_multiprocessing.py` of Python 3.13, and those that 3.14 and 3.15 add. Below
them are those in `Lib/test/test_concurrent_futures` that concern processes.
"""

NAMES_HEAD = """\
## Python's documentation

These are the names that the pages of [multiprocessing](https://docs.python.org/3/library/multiprocessing.html) and
[multiprocessing.shared_memory](https://docs.python.org/3/library/multiprocessing.shared_memory.html) describe.
"""


LIBRARIES_HEAD = """\
# What the claims cover of libraries' tests

loky and billiard have tests of their own. Each of these tests has a row here with the claims that cover it, and with
what no claim says yet. Many are copies of tests of CPython: their rows say what [CPython's rows](coverage.md) say.

- **covered**: a library that fails the test fails at least one of these claims.
- **partly**: claims cover a part of it, and the row says what is missing.
- **not yet**: no claim covers it, and the row says what is missing.
- **not portable**: the test is about something private of the library, about another package, or about another system
  than Linux, so other libraries need not pass it.

The rows are in [loky_tests.toml](../spec/tools/coverage/loky_tests.toml) and
[billiard_tests.toml](../spec/tools/coverage/billiard_tests.toml), from which `python -m spec check --update` makes
this page. [spec/CLAIMS.md](../spec/CLAIMS.md) has the wordings of the claims.
"""

LIBRARY_HEADS = {
    "loky": """\
## loky's tests

These are the tests in the folder [tests](https://github.com/joblib/loky/tree/master/tests) of loky, in August 2026.
A group is a class, or a module for the functions outside classes. The classes of `_test_process_executor` run for
each of loky's start methods.
""",
    "billiard": """\
## billiard's tests

These are the tests in the folder [t](https://github.com/celery/billiard/tree/main/t) of billiard, in August 2026.
A group is a class, or a module for the functions outside classes. `test_multiprocessing` is an old copy of CPython's
tests.
""",
}


def markdown(claims: Iterable[Claim]) -> str:
    """Return the document.

    Raises:
        BadTable: the tables cannot be read.
    """
    tests = _part(TESTS_HEAD, "test", "not portable", read_tests())
    names = _part(NAMES_HEAD, "name", "not claimed", read_names(claims))
    return "\n".join([COVERAGE_HEAD, *tests, "", *names, ""])


def libraries_markdown() -> str:
    """Return the document about the tests of libraries.

    Raises:
        BadTable: the tables cannot be read.
    """
    lines = [LIBRARIES_HEAD]
    for library in LIBRARY_FILES:
        lines += [*_part(LIBRARY_HEADS[library], "test", "not portable", read_library_tests(library)), ""]
    return "\n".join(lines)


def _part(head: str, kind: str, excluded: str, entries: Sequence[Entry]) -> list[str]:
    """Return the lines of one part of the document.

    Args:
        head: how it begins.
        kind: what an entry is, in one word.
        excluded: what it calls the entries that are excluded.
        entries: what it lists.
    """
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    lines = [head, *_summary(groups, excluded)]
    for group, members in groups.items():
        lines += [
            "",
            f"### {group}",
            "",
            f"| {kind} | status | claims | what is missing, or why |",
            "|---|---|---|---|",
        ]
        lines += [_row(entry, excluded) for entry in members]
    return lines


def _summary(groups: dict[str, list[Entry]], excluded: str) -> list[str]:
    columns = (COVERED, PARTLY, NOT_YET, excluded)
    total: Counter[str] = Counter()
    rows = []
    for group, members in groups.items():
        counted = Counter(_status(entry, excluded) for entry in members)
        total += counted
        rows.append(" | ".join([f"| `{group}`", *(str(counted[column] or "") for column in columns), ""]).rstrip())
    sums = " | ".join(["| **all**", *(f"**{total[column]}**" for column in columns), ""]).rstrip()
    return [f"| | {' | '.join(columns)} |", "|---|" + "---:|" * len(columns), *rows, sums]


def _row(entry: Entry, excluded: str) -> str:
    name = f"`{entry.short_name}`"
    if entry.address:
        name = f"[{name}]({entry.address})"
    if entry.since:
        name += f" (since {entry.since})"
    claims = ", ".join(f"`{claim}`" for claim in entry.claims)
    note = (entry.excluded or entry.missing).replace("|", "\\|")
    return f"| {name} | {_status(entry, excluded)} | {claims} | {note} |"


def _status(entry: Entry, excluded: str) -> str:
    return excluded if entry.status == EXCLUDED else entry.status
