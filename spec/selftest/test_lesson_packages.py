"""Another package of lessons can be verified in place of the reference, even if it has only some lessons."""

from __future__ import annotations

import importlib
import inspect
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec.engine.lessons import NotProvided, Package, misfit, names
from spec.paths import ROOT
from spec.selftest import trial
from spec.selftest.runs import verify

LESSONS = ["isolation", "zombie", "daemon"]

HALF = """
import os
from types import SimpleNamespace

def run_in_child(mp, task):
    pid = os.fork()
    if pid == 0:
        status = 0
        try:
            task()
        except SystemExit as left:
            status = left.code
        os._exit(status)
    status = os.waitpid(pid, 0)[1]
    return SimpleNamespace(pid=pid, exitcode=os.waitstatus_to_exitcode(status))
"""


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    """An empty package called `mylessons`, in a folder to import it from.  What was imported of it is forgotten."""
    folder = tmp_path / "mylessons"
    folder.mkdir()
    (folder / "__init__.py").touch()
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == folder.name]:
        del sys.modules[name]


def run(package: Path, *lessons: str) -> dict[str, str]:
    """Verify the package under fork, and return the verdicts by claim."""
    files = [f"spec/claims/{lesson}" for lesson in lessons]
    verified = verify(*files, "--impl", "mylessons", "--mp", "multiprocessing:fork", path=package.parent)
    assert "lessons: mylessons" in verified.output
    return verified.on("multiprocessing:fork")


def test_whole_package_conforms(package: Path) -> None:
    """A copy of the reference gets the same verdicts as the reference."""
    for lesson in names():
        shutil.copy(ROOT / "impl" / f"{lesson}.py", package)
    verdicts = run(package, *LESSONS)
    assert set(verdicts.values()) - {"known deviation"} == {"holds", "not applicable"}
    assert verdicts["zombie.lingers-until-joined"] == "holds"


def test_missing_lesson_is_not_provided(package: Path) -> None:
    """The lessons that exist are verified, even if they do not use the API; the others are not provided."""
    (package / "isolation.py").write_text(HALF, encoding="utf-8")
    verdicts = run(package, "isolation", "zombie")
    assert verdicts["isolation.rebinding-stays-in-the-child"] == "holds"
    assert verdicts["zombie.lingers-until-joined"] == "not provided"
    assert "violated" not in verdicts.values()


def test_faulty_lesson_is_violated(package: Path) -> None:
    """A lesson that runs the task in the starter violates its own claims and no claim of another lesson."""
    shutil.copy(ROOT / "impl" / "zombie.py", package)
    (package / "isolation.py").write_text("def run_in_child(mp, task):\n    task()\n", encoding="utf-8")
    verdicts = run(package, "isolation", "zombie")
    assert verdicts["isolation.rebinding-stays-in-the-child"] == "violated"
    assert {verdict for claim, verdict in verdicts.items() if claim.startswith("zombie.")} - {"known deviation"} == {
        "holds",
        "not applicable",
    }


LENIENT = """
impl = "mylessons"

[[deviation]]
claims = ["isolation.child-is-returned-joined"]
reason = "A child that calls sys.exit(7) has exit code 1."
"""


def test_what_is_known_of_a_package_does_not_fail_its_run(package: Path) -> None:
    """The file names the package, and its tables need no target."""
    (package / "isolation.py").write_text(
        HALF.replace("except SystemExit", "except ZeroDivisionError"), encoding="utf-8"
    )
    known = package.parent / "deviations.toml"
    asked = ["--claim=isolation", "--mp=multiprocessing:fork", "--impl=mylessons", f"--deviations={known}"]
    known.write_text(LENIENT, encoding="utf-8")
    verified = verify("spec/", *asked, path=package.parent)
    assert verified.claims("known deviation") == {"isolation.child-is-returned-joined"}
    assert f"known deviations: {known}\n" in verified.output
    assert verified.status == 0
    known.write_text(LENIENT.replace("mylessons", "others"), encoding="utf-8")
    verified = verify("spec/", *asked, path=package.parent)
    assert verified.claims("violated") == {"isolation.child-is-returned-joined"}
    assert f"known deviations: {known}, none of them about what is under test\n" in verified.output


def test_what_is_known_of_an_api_may_hold_with_another_package(package: Path) -> None:
    """A lesson may be built on something else than the API that it gets."""
    (package / "isolation.py").write_text(HALF, encoding="utf-8")
    known = package.parent / "deviations.toml"
    known.write_text(
        LENIENT.replace('impl = "mylessons"', "").replace("reason", 'target = "multiprocessing"\nreason'),
        encoding="utf-8",
    )
    asked = ["--claim=isolation.child-is-returned", "--mp=multiprocessing:fork", f"--deviations={known}"]
    verified = verify("spec/", *asked, "--impl=mylessons", path=package.parent)
    assert (verified.claims("holds"), verified.status) == ({"isolation.child-is-returned-joined"}, 0)
    assert verify("spec/", *asked).claims("fixed") == {"isolation.child-is-returned-joined"}


def test_wrong_signature_is_named(package: Path) -> None:
    """The message about a function with a wrong signature shows both signatures."""
    (package / "isolation.py").write_text("def run_in_child(task): ...\n", encoding="utf-8")
    verified = verify("--claim", "isolation.arguments", "--impl", "mylessons", path=package.parent)
    assert "mylessons.isolation.run_in_child takes (task) where the contract has (mp, task)" in verified.output
    assert verified.claims("not provided") == {"isolation.arguments-are-copies"}


def test_lesson_that_cannot_be_imported_is_named(package: Path) -> None:
    """Each claim says in a line why and where; the traceback is shown once.  Other lessons are not affected."""
    (package / "isolation.py").write_text("\nimport nosuch\n", encoding="utf-8")
    (package / "zombie.py").touch()
    options = ("--impl=mylessons", "--mp=multiprocessing:fork", "--claim=isolation.chi", "--claim=zombie.wait")
    verified = verify("spec/", *options, "-n", "2", path=package.parent)
    seen = f"importing 'mylessons.isolation' failed: No module named 'nosuch', in {package / 'isolation.py'}, line 2"
    expected = f"\nViolation: the lesson 'isolation': expected a module, seen {seen}\n"
    assert verified.output.count(expected) == len(verified.claims("violated")) > 1
    assert verified.output.count("Traceback (most recent call last):\n") == 1
    assert f'last):\n  File "{package / "isolation.py"}", line 2, in <module>\n    import nosuch\n' in verified.output
    assert verified.on("multiprocessing:fork")["zombie.wait-frees-the-pid"] == "not provided"


def test_lesson_that_is_not_python_is_named(package: Path) -> None:
    (package / "isolation.py").write_text("import os\ndef run_in_child(mp task)\n", encoding="utf-8")
    verified = verify("spec/", "--impl=mylessons", path=package.parent)
    assert verified.error.startswith(f"--impl: {package / 'isolation.py'}, line 2: ")
    assert verified.status == pytest.ExitCode.USAGE_ERROR


def test_task_that_is_called_in_place_of_passed_is_told(package: Path) -> None:
    """A usual mistake of learners: the child's code runs in the starter, and may end it."""
    (package / "isolation.py").write_text(
        "def run_in_child(mp, task):\n    child = mp.Process(target=task())\n    child.start()\n", encoding="utf-8"
    )
    options = ("--impl=mylessons", "--mp=multiprocessing:fork", "--claim=isolation.child-is-returned")
    verified = verify("spec/", *options, path=package.parent)
    assert verified.claims("violated") == {"isolation.child-is-returned-joined"}
    assert "expected no exception, seen SystemExit: 7" in verified.output
    assert "Process(target=task()) calls the task; Process(target=task) passes it to the child." in verified.output


def test_what_is_missing_violates_nothing(package: Path) -> None:
    """All claims about a lesson without any function are not provided."""
    for lesson in names():
        (package / f"{lesson}.py").touch()
    verdicts = run(package, *names())
    assert set(verdicts.values()) == {"not provided", "not applicable"}


def test_missing_function_is_named(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message about a missing function names it."""
    (package / "lock.py").touch()
    monkeypatch.syspath_prepend(str(package.parent))
    with pytest.raises(NotProvided, match=r"mylessons\.lock has no sell"):
        Package("mylessons").lesson("lock").sell  # noqa: B018  reading it is what is tested


def test_functions_of_broken_lessons_can_be_pickled() -> None:
    """A child that begins with fresh memory finds them too, though their packages have no files."""
    lessons = [importlib.import_module(f"{defect.name}.{defect.name.split('.')[-2]}") for defect in trial.packages()]
    functions = [value for lesson in lessons for value in vars(lesson).values() if inspect.isfunction(value)]
    script = "import pickle, sys; print(len(pickle.load(sys.stdin.buffer)))"
    done = subprocess.run(
        [sys.executable, "-c", script], input=pickle.dumps(functions), cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    assert int(done.stdout) == len(functions)


def test_misfit_allows_more_parameters_with_defaults() -> None:
    """A function may have more parameters than the contract, if they are optional."""

    def wanted(mp: object, task: object) -> None: ...

    assert misfit(lambda mp, task, *, name=None: None, wanted) is None
    assert misfit(lambda mp, task, *more: None, wanted) is None
    assert misfit(lambda mp, task, name: None, wanted) == "takes (mp, task, name) where the contract has (mp, task)"
    assert misfit(lambda task, mp: None, wanted) == "takes (task, mp) where the contract has (mp, task)"
    assert misfit(42, wanted) == "is not a function"  # type: ignore[arg-type]
