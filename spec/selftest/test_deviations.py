"""Known deviations: what they change in a run, and the messages about files that make no sense."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from spec.engine import deviations
from spec.engine.claims import ids
from spec.engine.deviations import NONE, BadDeviations
from spec.engine.targets import expand
from spec.selftest.runs import verify
from spec.tools import check

DEVIATING = "isolation.arguments-are-copies"
FORK_TARGET, THREADS_TARGET = "multiprocessing:fork", "multiprocessing.dummy"

DEVIATION_TABLE = f"""
[[deviation]]
claims = ["{DEVIATING}"]
target = "{THREADS_TARGET}"
reason = "threads share memory"
link = "https://example.org/"
"""


def file(folder: Path, content: str) -> Path:
    """Write *content* to a file in *folder*."""
    path = folder / "deviations.toml"
    path.write_text(content, encoding="utf-8")
    return path


def write(folder: Path, name: str, content: str) -> None:
    """Write *content* to the file with this *name* in *folder*."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")


def test_what_is_known_does_not_fail_the_run(tmp_path: Path) -> None:
    run = verify(
        "spec/", f"--mp={THREADS_TARGET}", f"--claim={DEVIATING}", f"--deviations={file(tmp_path, DEVIATION_TABLE)}"
    )
    assert run.on(THREADS_TARGET) == {DEVIATING: "known deviation"}
    assert f"known deviations: {tmp_path / 'deviations.toml'}" in run.output
    assert (
        f"known deviation: {DEVIATING} on {THREADS_TARGET}: threads share memory https://example.org/" in run.output
    )
    assert run.status == 0


spoken_of = pytest.mark.skipif(sys.version_info >= (3, 14), reason="nothing that is shipped speaks of this Python")


@spoken_of
def test_shipped_ones_are_used_unless_none_are_asked_for() -> None:
    chosen = ["spec/", f"--mp={THREADS_TARGET}", f"--claim={DEVIATING}"]
    run = verify(*chosen)
    assert run.on(THREADS_TARGET) == {DEVIATING: "known deviation"}
    assert f"known deviations: {deviations.SHIPPED / THREADS_TARGET}.toml" in run.output
    assert run.status == 0
    run = verify(*chosen, f"--deviations={NONE}")
    assert run.on(THREADS_TARGET) == {DEVIATING: "violated"}
    assert "known deviations:" not in run.output
    assert run.status == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize("shipped", deviations.shipped(), ids=lambda file: file.stem)
def test_shipped_ones_say_what_is_known_once(shipped: Path) -> None:
    """Each deviation names existing claims, and versions up to one that was examined; no two are the same."""
    known = deviations.read(shipped).deviations
    for deviation in known:
        assert set(deviation.claims) <= set(ids())
        assert "<" in str(deviation.versions) or "==" in str(deviation.versions)
        assert deviation.target.partition(":")[0].partition(".")[0] == shipped.name.partition(".")[0]
    named = [
        (claim, deviation.target, str(deviation.versions), str(deviation.python), deviation.implementation, method)
        for deviation in known
        for claim in deviation.claims
        for method in deviation.start_methods or ["any"]
    ]
    assert sorted(set(named)) == sorted(named)


@spoken_of
def test_what_a_user_says_goes_before_what_is_shipped(tmp_path: Path) -> None:
    (target,) = expand([THREADS_TARGET])
    (users,) = deviations.read(file(tmp_path, DEVIATION_TABLE)).deviations
    shipped = deviations.collect([]).find(DEVIATING, target)
    assert shipped is not None and shipped != users
    assert deviations.collect([users.file]).find(DEVIATING, target) == users


def test_what_is_built_on_another_may_have_inherited_its_own() -> None:
    """The version may also have mended the fault, so a claim that holds is expected too."""
    targets = expand(
        ["spec.selftest.slow:forkserver", "spec.selftest.defects.sentinels:never-ready", "multiprocessing.dummy"]
    )
    found = [deviations.collect([]).find("lifecycle.threads-may-join-the-same", target) for target in targets]
    assert [known and (known.target, known.intermittent) for known in found[:2]] == [("multiprocessing", True), None]
    assert found[2] is None or found[2].target == "multiprocessing.dummy"


def test_managed_objects_inherit_what_is_known_of_managed_objects() -> None:
    [target] = expand(["spec.selftest.slow:forkserver:managed"])
    own = deviations.collect([]).find("semaphore.killed-waiter-is-passed-over", target)
    assert own is not None and own.target == "multiprocessing:managed"


def test_only_the_implementation_that_it_names_deviates(tmp_path: Path) -> None:
    (target,) = expand([THREADS_TARGET])
    other = "PyPy" if sys.implementation.name == "cpython" else "CPython"
    here = {"PyPy": "CPython", "CPython": "PyPy"}[other]
    for name, found in (other, False), (here, True):
        (known,) = deviations.read(file(tmp_path, f'{DEVIATION_TABLE}implementation = "{name}"\n')).deviations
        assert known.concerns(target) == found


def test_build_without_a_gil_may_deviate_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (target,) = expand([THREADS_TARGET])
    (known,) = deviations.read(
        file(tmp_path, f'{DEVIATION_TABLE}implementation = "free-threaded CPython"\n')
    ).deviations
    for name, found in ("CPython", False), ("free-threaded CPython", True):
        monkeypatch.setattr(deviations, "implementation_here", lambda name=name: name)
        assert known.concerns(target) == found


def test_copy_of_a_library_may_have_inherited_what_is_known_of_it(tmp_path: Path) -> None:
    """The copy has a version of its own, which is not that of the package around it."""
    write(tmp_path, "copier/__init__.py", "__version__ = '7.0'")
    write(tmp_path, "copier/vendored/__init__.py", "__version__ = '1.5'\nfrom multiprocessing.dummy import *")
    known = file(
        tmp_path,
        '[copies]\n"copier.vendored" = "original"\n'
        + DEVIATION_TABLE.replace(THREADS_TARGET, "original").replace("reason", 'versions = "<2"\nreason'),
    )
    asked = ["--mp=copier.vendored", f"--claim={DEVIATING}", f"--deviations={known}", f"--deviations={NONE}"]
    run = verify("spec/", *asked, path=tmp_path)
    assert run.on("copier.vendored") == {DEVIATING: "known deviation"}
    assert "under test: copier.vendored (1.5, Python " in run.output
    assert run.status == 0


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_no_longer_occurs_fails_the_run(tmp_path: Path, workers: str) -> None:
    known = file(tmp_path, DEVIATION_TABLE.replace(THREADS_TARGET, FORK_TARGET))
    run = verify("spec/", f"--mp={FORK_TARGET}", f"--claim={DEVIATING}", f"--deviations={known}", "-n", workers)
    assert run.on(FORK_TARGET) == {DEVIATING: "fixed"}
    assert f"Fixed: the claim holds, but {known} says that it does not: threads share memory" in run.output
    assert run.status == pytest.ExitCode.TESTS_FAILED


def test_what_occurs_now_and_then_may_hold(tmp_path: Path) -> None:
    known = file(tmp_path, DEVIATION_TABLE.replace(THREADS_TARGET, FORK_TARGET) + "intermittent = true\n")
    run = verify("spec/", f"--mp={FORK_TARGET}", f"--claim={DEVIATING}", f"--deviations={known}")
    assert run.on(FORK_TARGET) == {DEVIATING: "holds"}
    assert run.status == 0


@pytest.mark.parametrize(
    "more, covered",
    [
        ("", True),
        ('start-methods = ["spawn", "fork"]', True),
        ('start-methods = ["spawn"]', False),
        ('versions = ">=3.9"', True),
        ('versions = ">=3.9,!=3.9.0"', True),
        ('versions = "<3.9"', False),
        ('python = ">=3.9"', True),
        ('python = "<3.9"', False),
    ],
)
def test_covers_the_versions_and_start_methods_that_it_says(tmp_path: Path, more: str, covered: bool) -> None:
    known = deviations.collect(
        [str(file(tmp_path, DEVIATION_TABLE.replace(THREADS_TARGET, "multiprocessing") + more))]
    )
    (target,) = expand([FORK_TARGET])
    assert (known.find(DEVIATING, target) is not None) is covered
    assert known.find("isolation.siblings-share-nothing", target) is None


@pytest.mark.parametrize(
    "content, message",
    [
        ("[[deviation]", " is not TOML: "),
        ("[deviation]", ": expected impl and tables [[deviation]] and [copies] only"),
        ("x = 1", ": expected impl and tables [[deviation]] and [copies] only, found x"),
        ("impl = 1", ": impl must be the name of a package of lessons, not 1"),
        ('impl = ""', ": impl must be the name of a package of lessons, not ''"),
        (DEVIATION_TABLE.replace(f'target = "{THREADS_TARGET}"', ""), ", deviation 1: target is missing"),
        (DEVIATION_TABLE.replace("claims", "claim"), ", deviation 1: unknown key 'claim'; did you mean claims?"),
        (
            DEVIATION_TABLE.replace("copies", "copied"),
            "no claim has the id 'isolation.arguments-are-copied'; did you mean isolation.arguments-are-copies?",
        ),
        (DEVIATION_TABLE.replace('reason = "threads share memory"', ""), ", deviation 1: reason is missing"),
        (DEVIATION_TABLE + 'versions = "four"', "versions must be as in PEP 440, such as '>=4.2,<5', not 'four'"),
        (DEVIATION_TABLE + 'python = "3"', "python must be as in PEP 440, such as '>=4.2,<5', not '3'"),
        (DEVIATION_TABLE + 'intermittent = "yes"', "intermittent must be true or false, not 'yes'"),
        (
            DEVIATION_TABLE.replace("https:", "javascript:"),
            "link must begin with https:// or http://, not 'javascript://example.org/'",
        ),
        (
            'copies = ["billiard"]',
            ': [copies] has lines as "mylib._vendor.billiard" = "billiard", found [\'billiard\']',
        ),
        (DEVIATION_TABLE + "start-methods = [1]", "start-methods must be a list of texts, not [1]"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = file(tmp_path, content)
    with pytest.raises(BadDeviations) as refusal:
        deviations.read(path)
    assert str(refusal.value).startswith(str(path))
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('target = "multiprocessing:frok"', "'multiprocessing' has no context 'frok'; its contexts: "),
        ('target = "multiprocessing.dummy:fork"', "'multiprocessing.dummy' has no contexts; leave out ':fork'"),
        (
            'target = "multiprocessing"\nstart-methods = ["spwan"]',
            "no start method is called 'spwan'; there are fork, forkserver, spawn",
        ),
        ('target = "multiprocessing:frok"\npython = "<3.9"', ""),
        ('target = "mylib:frok"', ""),
        ('target = "multiprocessing.dummy"\nstart-methods = ["spawn"]', ""),
    ],
)
def test_context_that_a_module_under_test_lacks_is_refused(tmp_path: Path, change: str, message: str) -> None:
    """What is not under test may not be installed, and another version of what is may have other contexts."""
    named = file(tmp_path, DEVIATION_TABLE.replace(f'target = "{THREADS_TARGET}"', change))
    targets = expand(["multiprocessing", THREADS_TARGET])
    if message:
        with pytest.raises(BadDeviations) as refusal:
            deviations.collect([str(named)], targets)
        assert str(refusal.value).startswith(f"{named}, deviation 1: {message}")
        assert "\n" not in str(refusal.value)
        assert verify("spec/", "--mp=multiprocessing", f"--mp={THREADS_TARGET}", f"--deviations={named}").error == (
            f"--deviations: {refusal.value}"
        )
    else:
        deviations.collect([str(named)], targets)


def test_bad_files_are_refused_at_once(tmp_path: Path) -> None:
    run = verify("spec/", f"--deviations={tmp_path / 'nosuch.toml'}")
    assert run.error == f"--deviations: {tmp_path / 'nosuch.toml'} cannot be read: No such file or directory"
    assert run.status == pytest.ExitCode.USAGE_ERROR


def test_none_leaves_the_files_that_are_named(tmp_path: Path) -> None:
    named = file(tmp_path, DEVIATION_TABLE)
    (target,) = expand([THREADS_TARGET])
    known = deviations.collect([NONE, str(named)])
    assert {one.file for one in [known.find(DEVIATING, target)] if one} == {str(named)}
    assert known.find("identity.pid-is-the-childs-own", target) is None
    assert deviations.collect([]).find("identity.pid-is-the-childs-own", target) is not None


def test_file_about_something_else_is_named_as_such(tmp_path: Path) -> None:
    """Otherwise a misspelt target would not be noticed."""
    unused = file(tmp_path, DEVIATION_TABLE)
    run = verify("spec/", f"--mp={FORK_TARGET}", f"--claim={DEVIATING}", f"--deviations={unused}")
    assert f"known deviations: {unused}, none of them about what is under test\n" in run.output
    assert run.status == 0


def test_shipped_file_without_a_reason_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unexplained = file(tmp_path, DEVIATION_TABLE.replace("threads share memory", "TODO: violated"))
    monkeypatch.setattr(deviations, "shipped", lambda: [unexplained])
    assert f"{unexplained}: {DEVIATING}: write the reason" in list(check.problems())
