"""Read the tables: which claims cover a test of CPython or of a library, or a documented name, and what is missing.

A table of `cpython_tests.toml` is about a method of ``Lib/test/_test_multiprocessing.py``, or of
``Lib/test/test_concurrent_futures``::

    [_TestProcess.test_current]
    claims = ["identity.each-process-knows-itself"]  # fail where the test fails
    missing = "what no claim says yet"               # optional
    since = "3.14"                                   # optional: Python 3.13 lacks the test
    formerly = "test_curent"                         # optional: what an older Python calls it

A table of `documented_names.toml` is about a name.  The claims whose source is the name's part of the page are found;
those that cover the name besides are listed::

    ["multiprocessing.shared_memory.SharedMemory.name"]
    page = "multiprocessing.shared_memory"           # optional: the page of this module, not of multiprocessing
    claims = ["orphan.goes-on-running"]              # optional: those that are not found
    missing = "what no claim says yet"               # optional

A table of `loky_tests.toml` or `billiard_tests.toml` is about a test of this library.  Its name begins with that of
the module, and of the class if it is a method.  Where the library has a copy of a test of CPython, the claims are
those of that::

    ["test_multiprocessing._TestProcesses".test_current]
    same_as = "_TestProcess.test_current"            # a table of `cpython_tests.toml`

Instead of both, ``not_portable`` says why other libraries need not pass a test, and ``not_claimed`` why no claim is
about a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from spec.engine import toml_file
from spec.engine.claims import Claim
from spec.engine.toml_file import BadFile

TESTS_FILE = Path(__file__).with_name("cpython_tests.toml")

LIBRARY_FILES = {name: Path(__file__).with_name(f"{name}_tests.toml") for name in ("loky", "billiard")}
"""The table of each library's own tests, by the name of the library."""

NAMES_FILE = Path(__file__).with_name("documented_names.toml")

PAGE = "https://docs.python.org/3/library/{module}.html"
"""The address of the page that describes a module."""

TEST_KEYS = ("claims", "missing", "not_portable", "since", "formerly")

LIBRARY_KEYS = ("claims", "missing", "not_portable", "same_as")

NAME_KEYS = ("claims", "missing", "not_claimed", "page")

COVERED, PARTLY, NOT_YET, EXCLUDED, UNDECIDED = "covered", "partly", "not yet", "excluded", "undecided"
"""How far the claims cover something.  `EXCLUDED` is what no claim has to cover, `UNDECIDED` a mistake in a table."""


class BadTable(ValueError):
    """A table has content that has no meaning.  The message is one line for the author."""


@dataclass(frozen=True)
class Entry:
    """What covers a test or a name.

    Attributes:
        name: the test, as ``CLASS.METHOD``, or the full name.
        file: the file that says so.
        listed: the ids of the claims that the table lists.
        found: the ids of the claims whose source is the name's part of the page; none for a test.
        missing: what no claim says yet; empty if nothing.
        excluded: why nothing is claimed; empty if something is, or is missing.
        since: the first Python that has the test; empty if 3.13 has it.
        formerly: what an older Python calls the method; empty if the same.
        address: the name's part of the page; empty for a test.
    """

    name: str
    file: Path
    listed: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    missing: str = ""
    excluded: str = ""
    since: str = ""
    formerly: str = ""
    address: str = ""

    @property
    def group(self) -> str:
        """The class or module that it belongs to."""
        return self.name.rpartition(".")[0]

    @property
    def short_name(self) -> str:
        """Its name in its group."""
        return self.name.rpartition(".")[2]

    @property
    def claims(self) -> tuple[str, ...]:
        """The ids of all claims that cover it."""
        return self.found + self.listed

    @property
    def status(self) -> str:
        """How far it is covered."""
        if self.excluded:
            return EXCLUDED
        if self.missing:
            return PARTLY if self.claims else NOT_YET
        return COVERED if self.claims else UNDECIDED


def read_tests(file: Path = TESTS_FILE) -> list[Entry]:
    """Return what *file* says of CPython's tests.

    Raises:
        BadTable: it cannot be read, or has content that has no meaning.
    """
    entries = []
    for group, methods in _document(file).items():
        for method, table in _checked(file, group, methods).items():
            name = f"{group}.{method}"
            entries.append(_entry(file, name, _checked(file, name, table, TEST_KEYS)))
    return entries


def read_library_tests(library: str, file: Optional[Path] = None) -> list[Entry]:
    """Return what the table of a *library* says of the library's own tests.

    Args:
        library: its name.
        file: the table; by default that of `LIBRARY_FILES`.

    Raises:
        BadTable: the table, or that of CPython's tests, cannot be read, or has content that has no meaning.
    """
    file = file or LIBRARY_FILES[library]
    originals = {test.name: test for test in read_tests()}
    entries = []
    for group, methods in _document(file).items():
        for method, table in _checked(file, group, methods).items():
            name = f"{group}.{method}"
            table = _checked(file, name, table, LIBRARY_KEYS)
            if "same_as" not in table:
                entries.append(_entry(file, name, table))
            elif len(table) > 1:
                raise BadTable(f"{file.name}: {name}: same_as says all: remove the other keys")
            elif table["same_as"] not in originals:
                raise BadTable(f"{file.name}: {name}: same_as: {TESTS_FILE.name} has no table {table['same_as']!r}")
            else:
                original = originals[table["same_as"]]
                entries.append(replace(original, name=name, file=file, since="", formerly=""))
    return entries


def read_names(claims: Iterable[Claim], file: Path = NAMES_FILE) -> list[Entry]:
    """Return what *file* says of the documented names, with those of the *claims* whose source is about them.

    Raises:
        BadTable: the file cannot be read, or has content that has no meaning.
    """
    by_source: dict[str, list[str]] = {}
    for claim in claims:
        for source in claim.sources:
            by_source.setdefault(source.where, []).append(claim.id)
    entries = []
    for name, table in _document(file).items():
        entry = _entry(file, name, _checked(file, name, table, NAME_KEYS))
        address = PAGE.format(module=table.get("page", "multiprocessing")) + f"#{name}"
        entries.append(replace(entry, address=address, found=tuple(by_source.get(address, ()))))
    return entries


def _document(file: Path) -> dict[str, Any]:
    try:
        return toml_file.load(file)
    except BadFile as error:
        raise BadTable(str(error)) from error


def _checked(file: Path, name: str, table: object, keys: Sequence[str] = ()) -> dict[str, Any]:
    """Return *table*, the one called *name*, if its values can be meant.

    Args:
        keys: those that it may have; if there are none, its values are tables, which are checked by themselves.
    """
    if not isinstance(table, dict):
        raise BadTable(f"{file.name}: {name}: expected a table, found {table!r}")
    for key, value in table.items() if keys else ():
        if key not in keys:
            raise BadTable(f"{file.name}: {name}: unknown key {key!r}; the keys are {', '.join(keys)}")
        texts, kind = (value, "a list of texts") if key == "claims" else ([value], "a text")
        if not isinstance(texts, list) or not texts or not all(isinstance(one, str) and one for one in texts):
            raise BadTable(f"{file.name}: {name}: {key} must be {kind}, not {value!r}")
    return table


def _entry(file: Path, name: str, table: Mapping[str, Any]) -> Entry:
    return Entry(
        name,
        file,
        listed=tuple(table.get("claims", ())),
        missing=table.get("missing", ""),
        excluded=table.get("not_portable") or table.get("not_claimed", ""),
        since=table.get("since", ""),
        formerly=table.get("formerly", ""),
    )
