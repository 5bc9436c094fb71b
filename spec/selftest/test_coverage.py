"""The tables of what the claims cover, and the document that is made from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.engine.claims import Claim
from spec.tools.coverage import coverage_document, problems, suite, tables
from spec.tools.coverage.tables import BadTable, Entry

PILES_UP = "zombie.piles-up"

PAGE = "https://docs.python.org/3/library/multiprocessing.html"


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    """All claims."""
    return Claim.all()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file for a table."""
    return tmp_path / "table.toml"


def complaints(entry: Entry) -> list[str]:
    """Return what is wrong with an entry."""
    return list(problems.in_entry(entry, [PILES_UP, "zombie.wait-frees-the-pid"]))


def test_nothing_is_wrong_with_the_tables() -> None:
    assert list(problems.problems()) == []


def test_the_table_has_each_test_of_this_python() -> None:
    if not suite.files():
        pytest.skip("this Python was installed without its test suite")
    methods = [method for path in suite.files() for method in suite.methods(path)]
    assert "_TestProcess.test_current" in methods
    assert list(problems.unlisted_tests(methods, tables.read_tests())) == []


def test_methods_of_test_classes_are_found_without_an_import(tmp_path: Path) -> None:
    path = tmp_path / "suite.py"
    path.write_text("import nosuch\nclass A:\n    def test_a(self): 0\n    def helper(self): 0\ndef test_b(): 0\n")
    assert suite.methods(path) == ["A.test_a"]


def test_methods_about_threads_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "suite.py"
    path.write_text("class ThreadPoolTest:\n    def test_a(self): 0\nclass PoolTest:\n    def test_b(self): 0\n")
    assert suite.methods(path) == ["PoolTest.test_b"]


def test_an_unlisted_test_is_told() -> None:
    known = Entry("A.test_new", tables.TESTS_FILE, formerly="test_old")
    [line] = problems.unlisted_tests(["A.test_new", "A.test_old", "A.test_other"], [known])
    assert line.startswith("cpython_tests.toml: A.test_other: Python ")


def test_each_status_of_a_test(file: Path) -> None:
    file.write_text(
        f"""
        [A.test_covered]
        claims = ["{PILES_UP}"]
        [A.test_partly]
        claims = ["{PILES_UP}"]
        missing = "The rest."
        [A.test_not_yet]
        missing = "All."
        since = "3.14"
        [B.test_internal]
        not_portable = "It is private."
        [B.test_undecided]
        """
    )
    entries = tables.read_tests(file)
    statuses = [entry.status for entry in entries]
    assert statuses == [tables.COVERED, tables.PARTLY, tables.NOT_YET, tables.EXCLUDED, tables.UNDECIDED]
    assert [(entry.group, entry.short_name) for entry in entries[2:4]] == [
        ("A", "test_not_yet"),
        ("B", "test_internal"),
    ]
    assert entries[2].since == "3.14"


def test_claims_of_a_name_are_found_by_their_source(file: Path, claims: list[Claim]) -> None:
    file.write_text(
        f"""
        ["multiprocessing.Process.kill"]
        claims = ["{PILES_UP}"]
        ["multiprocessing.shared_memory.Nosuch"]
        page = "multiprocessing.shared_memory"
        """
    )
    kill, nosuch = tables.read_names(claims, file)
    assert kill.address == f"{PAGE}#multiprocessing.Process.kill"
    assert "lifecycle.kill-reaches-no-descendant" in kill.found
    assert kill.claims == (*kill.found, PILES_UP)
    assert nosuch.address.endswith("/multiprocessing.shared_memory.html#multiprocessing.shared_memory.Nosuch")
    assert nosuch.status == tables.UNDECIDED


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (Entry("A.a", tables.TESTS_FILE), "cpython_tests.toml: A.a: it says neither which claims cover it"),
        (
            Entry("A.a", tables.NAMES_FILE, listed=("zombie.pile-up",)),
            "no claim 'zombie.pile-up'; is it zombie.piles-up?",
        ),
        (
            Entry("A.a", tables.NAMES_FILE, listed=(PILES_UP,), found=(PILES_UP,)),
            f"{PILES_UP} covers it already",
        ),
        (
            Entry("A.a", tables.NAMES_FILE, listed=(PILES_UP, PILES_UP)),
            f"{PILES_UP} covers it already",
        ),
        (
            Entry("A.a", tables.TESTS_FILE, listed=(PILES_UP,), excluded="private"),
            "it says why no claim covers it, and",
        ),
        (Entry("A.a", tables.TESTS_FILE, missing="all", excluded="private"), "it says why no claim covers it, and"),
    ],
)
def test_a_wrong_entry_is_told(entry: Entry, complaint: str) -> None:
    lines = complaints(entry)
    assert complaint in lines[0]


def test_a_right_entry_is_not_told() -> None:
    assert complaints(Entry("A.a", tables.TESTS_FILE, listed=(PILES_UP,), missing="the rest")) == []
    assert complaints(Entry("A.a", tables.TESTS_FILE, excluded="private")) == []


def test_a_source_without_a_name_is_told(claims: list[Claim]) -> None:
    [claim] = [claim for claim in claims if claim.id == "lifecycle.kill-reaches-no-descendant"]
    [line] = problems.unknown_names([claim], [])
    assert line.startswith(f"{claim.id}: its source {PAGE}#multiprocessing.Process.kill is about no name in ")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[A", "is not TOML: "),
        ("A = 1", "table.toml: A: expected a table, found 1"),
        ("A.test_a = 1", "table.toml: A.test_a: expected a table, found 1"),
        (
            "A.test_a.claim = []",
            "table.toml: A.test_a: unknown key 'claim'; the keys are claims, missing, not_portable",
        ),
        ("A.test_a.claims = 'x'", "table.toml: A.test_a: claims must be a list of texts, not 'x'"),
        ("A.test_a.claims = []", "table.toml: A.test_a: claims must be a list of texts, not []"),
        ("A.test_a.missing = ''", "table.toml: A.test_a: missing must be a text, not ''"),
        ("A.test_a.since = 3.14", "table.toml: A.test_a: since must be a text, not 3.14"),
    ],
)
def test_a_bad_table_is_refused_in_one_line(file: Path, content: str, complaint: str) -> None:
    file.write_text(content)
    with pytest.raises(BadTable) as refused:
        tables.read_tests(file)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_table_is_refused_in_one_line(file: Path) -> None:
    with pytest.raises(BadTable, match=r"table\.toml cannot be read: No such file or directory$"):
        tables.read_names([], file)


def test_a_bad_table_is_a_problem(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("A = 1")

    def read() -> list[Entry]:
        return tables.read_tests(file)

    monkeypatch.setattr(problems, "read_tests", read)
    assert list(problems.problems()) == ["table.toml: A: expected a table, found 1"]


def test_the_document_has_a_row_for_each_entry(claims: list[Claim]) -> None:
    lines = coverage_document.markdown(claims).splitlines()
    for entry in (*tables.read_tests(), *tables.read_names(claims)):
        _has_its_row(lines, entry)


def test_the_document_about_libraries_has_a_row_for_each_entry() -> None:
    lines = coverage_document.libraries_markdown().splitlines()
    for library in tables.LIBRARY_FILES:
        for entry in tables.read_library_tests(library):
            _has_its_row(lines, entry)


def _has_its_row(lines: list[str], entry: Entry) -> None:
    [row] = [line for line in _section(lines, entry.group) if f"`{entry.short_name}`" in line.split(" | ")[0]]
    assert [claim for claim in entry.claims if f"`{claim}`" not in row] == []
    assert (entry.missing or entry.excluded).replace("|", "\\|") in row
    assert f"| {entry.status.replace(tables.EXCLUDED, 'not ')}" in row


def test_the_documents_count_the_entries(claims: list[Claim]) -> None:
    of_libraries = [len(tables.read_library_tests(library)) for library in tables.LIBRARY_FILES]
    assert _sums(coverage_document.markdown(claims)) == [len(tables.read_tests()), len(tables.read_names(claims))]
    assert _sums(coverage_document.libraries_markdown()) == of_libraries


def _sums(document: str) -> list[int]:
    """Return the number of entries that each part of the *document* tells in its last line."""
    rows = [line.split("|")[2:-1] for line in document.splitlines() if line.startswith("| **all**")]
    return [sum(int(cell.strip("* ")) for cell in row) for row in rows]


def test_a_copy_of_a_test_of_cpython_has_its_claims(file: Path) -> None:
    file.write_text("""
        ["test_suite._TestCopy".test_put]
        same_as = "_TestQueue.test_put"
        ["test_suite._TestCopy".test_new]
        missing = "All."
        """)
    copy, new = tables.read_library_tests("loky", file)
    [original] = [test for test in tables.read_tests() if test.name == "_TestQueue.test_put"]
    assert (copy.group, copy.short_name, copy.file) == ("test_suite._TestCopy", "test_put", file)
    assert (copy.claims, copy.missing) == (original.claims, original.missing)
    assert new.status == tables.NOT_YET


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("same_as = '_TestQueue.test_putt'", "same_as: cpython_tests.toml has no table '_TestQueue.test_putt'"),
        ("same_as = '_TestQueue.test_put'\nmissing = 'All.'", "same_as says all: remove the other keys"),
        ("since = '3.14'", "unknown key 'since'; the keys are claims, missing, not_portable, same_as"),
    ],
)
def test_a_bad_table_of_a_library_is_refused_in_one_line(file: Path, content: str, complaint: str) -> None:
    file.write_text(f"[suite.test_copy]\n{content}")
    with pytest.raises(BadTable) as refused:
        tables.read_library_tests("loky", file)
    assert str(refused.value) == f"table.toml: suite.test_copy: {complaint}"


def _section(lines: list[str], group: str) -> list[str]:
    """Return the lines of the section about a *group*."""
    begin = lines.index(f"### {group}") + 1
    ends = [number for number, line in enumerate(lines) if line.startswith("#") and number > begin]
    return lines[begin : min(ends, default=len(lines))]
