"""``python -m spec learn``: what the learner reads, what is written, and what is never overwritten."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

from spec.engine.verdicts import HOLDS, VIOLATED
from spec.learn import checking, cutting, learn_command, predicting, progress
from spec.learn.checking import CheckedExercise, JudgedClaim
from spec.learn.exercises import exercises, named
from spec.learn.mistakes import Mistake
from spec.paths import ROOT
from spec.tools.command_line import UsageError

FIRST, SECOND = exercises()[:2]

Learn = Callable[..., int]


@pytest.fixture
def learn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Learn:
    """Run the command in an empty folder, and return its exit status."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    return lambda *arguments: learn_command.main("learn", arguments)


@pytest.fixture
def holding(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let all claims hold, without running them, and return the exercises that are checked."""
    checked: list[str] = []

    def check(exercise: object, _folder: object, _mp: object) -> CheckedExercise:
        checked.append(getattr(exercise, "lesson"))  # noqa: B009
        return CheckedExercise([JudgedClaim("a.b", "It is true.", "mp", HOLDS, "")], [])

    monkeypatch.setattr(checking, "check", check)
    return checked


def solve(name: str) -> Path:
    """Write the solution of an exercise to the learner's folder."""
    path = Path("mylessons") / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(cutting.solution(named(name)), encoding="utf-8")
    return path


def test_the_first_exercise_is_written_and_explained(learn: Learn, capsys: pytest.CaptureFixture[str]) -> None:
    assert learn() == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"exercise 1 of {len(exercises())}, {FIRST.lesson}: {FIRST.title}\n")
    assert f"your file:  mylessons/{FIRST.lesson}.py\n" in shown
    assert "python -m spec learn check" in shown
    assert Path(f"mylessons/{FIRST.lesson}.py").read_text(encoding="utf-8") == cutting.with_holes(FIRST)


def test_an_exercise_out_of_turn_is_named_in_what_comes_next(
    learn: Learn, capsys: pytest.CaptureFixture[str]
) -> None:
    learn("next", "lock")
    assert "python -m spec learn check lock\n" in capsys.readouterr().out


def test_nothing_of_the_learner_is_overwritten(
    learn: Learn, holding: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    mine, next_one = solve(FIRST.lesson), Path("mylessons") / f"{SECOND.lesson}.py"
    mine.write_text(mine.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    next_one.write_text("# mine too\n", encoding="utf-8")
    before = {path: path.read_text(encoding="utf-8") for path in (mine, next_one)}
    assert [learn(), learn("check"), learn(), learn("list")] == [0] * 4
    assert {path: path.read_text(encoding="utf-8") for path in before} == before
    assert "which is there already, and is kept" in capsys.readouterr().out
    assert holding == [FIRST.lesson]


def test_all_exercises_one_after_the_other(
    learn: Learn, holding: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    learn()
    for one in exercises():
        assert Path(f"mylessons/{one.lesson}.py").exists()
        solve(one.lesson)
        assert learn("check") == 0
        assert f"All claims hold: {one.lesson} is done.\n" in capsys.readouterr().out
    assert holding == [one.lesson for one in exercises()]
    assert learn("check") == 0
    assert capsys.readouterr().out.startswith(f"All {len(exercises())} exercises are done.")
    learn("list")
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["done"] * len(exercises())


def test_progress_can_be_read(learn: Learn, holding: list[str]) -> None:
    solve(FIRST.lesson)
    learn("check")
    assert json.loads(Path("mylessons/progress.json").read_text(encoding="utf-8")) == {
        "done": [FIRST.lesson],
        "predicted": {},
    }
    assert sorted(path.name for path in Path("mylessons").iterdir()) == sorted(
        ["progress.json", f"{FIRST.lesson}.py", f"{SECOND.lesson}.py"]
    )
    assert holding


def test_progress_that_is_missing_is_told(learn: Learn, capsys: pytest.CaptureFixture[str]) -> None:
    learn()
    assert "missing" not in capsys.readouterr().out
    Path("mylessons/progress.json").unlink()
    assert learn() == 0
    assert capsys.readouterr().out.startswith(
        "mylessons/progress.json is missing, so this begins with the first exercise"
    )


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "\0", '{"done": 1, "predicted": {}}', '{"done": [["a"]], "predicted": {}}']
)
def test_progress_that_is_damaged_is_refused_and_kept(learn: Learn, content: str) -> None:
    file = Path("mylessons/progress.json")
    file.parent.mkdir()
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"^mylessons/progress\.json is damaged; remove it to begin with the first "):
        learn()
    assert file.read_text(encoding="utf-8") == content


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("chek", "learn has no action 'chek'; did you mean check?"),
        ("check nosuch", "there is no exercise 'nosuch'; the exercises are identity, "),
        ("hint loc", "there is no exercise 'loc'; did you mean lock?"),
        ("check", "there is no mylessons/identity.py; python -m spec learn writes it"),
        ("--folder my-lessons", "--folder: 'my-lessons' cannot be the name of a package; use letters, digits and "),
        ("--folder json", "--folder: Python has another module 'json'; choose another name, such as mylessons"),
        ("--folder impl", "--folder: Python has another module 'impl'; choose another name, such as mylessons"),
        ("--folder __main__", "--folder: Python has another module '__main__'; choose another name, such as "),
        ("--folder afile", "--folder: afile is not a folder"),
        ("--folder /proc/lessons", "/proc/lessons/identity.py cannot be written: No such file or directory"),
    ],
)
def test_one_line_says_what_is_wrong(learn: Learn, arguments: str, told: str) -> None:
    Path("afile").touch()
    with pytest.raises(UsageError) as refused:
        learn(*arguments.split())
    assert str(refused.value).startswith(told)
    assert "\n" not in str(refused.value)


def test_a_folder_in_place_of_a_file_is_told(learn: Learn) -> None:
    Path(f"mylessons/{FIRST.lesson}.py").mkdir(parents=True)
    for action in "next", "check":
        with pytest.raises(UsageError, match=rf"^mylessons/{FIRST.lesson}\.py cannot be (written|read): "):
            learn(action)


def test_hint_and_solution(learn: Learn, capsys: pytest.CaptureFixture[str]) -> None:
    for one in exercises():
        assert (learn("hint", one.lesson), learn("solution", one.lesson)) == (0, 0)
        shown = capsys.readouterr().out
        assert all(f"def {name}(" in shown for name in one.holes)
        assert one.hint.split()[0] in shown
    assert not Path("mylessons").exists()


def test_what_does_not_hold_is_told_in_plain_words(
    learn: Learn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = list(FIRST.claims)
    found = [
        JudgedClaim(claims[0], "It is true.", "mp:fork", HOLDS, ""),
        JudgedClaim(claims[1], "So is this.", "mp:fork", VIOLATED, "the pid: expected 1, seen 2"),
    ]
    outcome = CheckedExercise(found, [Mistake(9, "NameError: name 'x' is not defined")])
    monkeypatch.setattr(checking, "check", lambda *_: outcome)
    path = solve(FIRST.lesson)
    path.write_text(path.read_text(encoding="utf-8").replace("target=task", "target=task()"), encoding="utf-8")
    assert learn("check") == 1
    told = " ".join(capsys.readouterr().out.split())
    for text in (
        f"{path}, line 9: NameError: name 'x' is not defined",
        "target=task(...) calls task here",
        "holds It is true.",
        f"VIOLATED So is this. seen on mp:fork: the pid: expected 1, seen 2 needed: {FIRST.claims[claims[1]]}",
        f"Mend {path} and check again; python -m spec learn hint shows a hint.",
    ):
        assert text in told
    assert learn("list") == 0
    assert f"next  {FIRST.lesson}" in capsys.readouterr().out


def test_a_file_that_is_not_written_yet_is_not_verified(
    learn: Learn, holding: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    learn()
    assert learn("check") == 1
    assert f"{FIRST.lesson}.py, line " in capsys.readouterr().out
    assert holding == []


@pytest.fixture
def watching(tmp_path: Path, interruptible: None) -> Iterator[subprocess.Popen[str]]:  # noqa: ARG001
    """``python -m spec learn watch``, in an empty folder."""
    with subprocess.Popen(
        [sys.executable, "-m", "spec", "learn", "watch"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.kill()


def read_until(process: subprocess.Popen[str], begin: str) -> str:
    """Return what a process prints, up to a line that begins like this."""
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if line.startswith(begin):
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_watch_verifies_on_save_goes_on_and_ends_quietly(watching: subprocess.Popen[str], tmp_path: Path) -> None:
    read_until(watching, "Waiting until you save the file")
    file = tmp_path / "mylessons" / f"{FIRST.lesson}.py"
    file.write_text("def start(:\n", encoding="utf-8")
    read_until(watching, f"mylessons/{FIRST.lesson}.py, line 1: this is not Python: ")
    file.write_text(cutting.solution(FIRST), encoding="utf-8")
    told = read_until(watching, "Waiting until you save the file")
    assert told.count("  holds  ") == len(FIRST.claims)  # it has run the claims
    assert f"exercise 2 of {len(exercises())}, {SECOND.lesson}: " in told
    watching.send_signal(signal.SIGINT)
    assert watching.stdout is not None
    assert (watching.stdout.read(), watching.wait()) == ("\n", 0)
    assert progress.load(tmp_path / "mylessons").done == [FIRST.lesson]


def test_a_prediction_is_asked_for_at_a_terminal_only_and_once(
    learn: Learn, holding: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    solve(FIRST.lesson)
    solve(SECOND.lesson)
    learn("check")  # pytest has no terminal
    assert "what does this program print" not in capsys.readouterr().out
    _, terminal = pty.openpty()
    with open(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setattr(predicting, "ask", lambda one: print(f"asked: {one.lesson}") or "b")
        for _ in range(2):
            learn("check", SECOND.lesson)
    assert capsys.readouterr().out.count(f"asked: {SECOND.lesson}") == 1
    assert progress.load(Path("mylessons")).predicted == {SECOND.lesson: "b"}
    assert len(holding) == 3


def test_each_action_is_described() -> None:
    assert all(one.about for one in learn_command.ACTIONS.values())
