"""The exercises in other languages: which one is chosen, and how it is laid out."""

from __future__ import annotations

import ast
import gettext
import io
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Callable

import pytest

from spec.engine.verdicts import HOLDS, HUNG, VIOLATED
from spec.learn import checking, cutting, learn_command
from spec.learn.checking import CheckedExercise, JudgedClaim
from spec.learn.exercises import Exercise, exercises
from spec.learn.languages import ENGLISH
from spec.learn.wrapping import MESSAGE_WIDTH, columns, fill
from spec.tools.command_line import USAGE_ERROR, UsageError

CHINESE = "zh_CN"

Speak = Callable[..., int]

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture
def speaking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Run the command in an empty folder, in an environment with these variables, and return its exit status."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **environment: str) -> int:
        for name in VARIABLES:
            monkeypatch.setenv(name, environment.get(name, ""))
        return learn_command.main("learn", arguments)

    return run


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "中文"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "English"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN"}, "中文"),
        ({"LANGUAGE": "de:zh_CN:en", "LANG": "en_US.UTF-8"}, "中文"),
        ({"LANG": "C"}, "English"),
        ({}, "English"),
    ],
)
def test_the_environment_chooses_the_language_as_with_gettext(
    speaking: Speak, environment: dict[str, str], language: str
) -> None:
    speaking("list", **environment)
    assert gettext.gettext("English") == language


def test_the_option_chooses_before_the_environment(speaking: Speak, capsys: pytest.CaptureFixture[str]) -> None:
    assert speaking("list", "--language", ENGLISH, LANGUAGE=CHINESE) == 0
    assert "start a child that has a name" in capsys.readouterr().out
    assert speaking("list", f"--language={CHINESE}", LANGUAGE=ENGLISH) == 0
    assert "启动一个有名字的子进程" in capsys.readouterr().out


@pytest.mark.parametrize("others", [(), ("--help",), ("list",)])
def test_a_language_that_there_is_not_is_told(
    speaking: Speak, capsys: pytest.CaptureFixture[str], others: Sequence[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        speaking("--language", "fr", *others)
    told = capsys.readouterr().err
    assert ended.value.code == USAGE_ERROR
    assert told.startswith("learn: argument --language: invalid choice: 'fr'")
    assert told.count("\n") == 1


def test_help_is_translated_too(speaking: Speak, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        speaking("--language", CHINESE, "--help")
    shown = capsys.readouterr().out
    assert shown.startswith("用法：learn ")
    assert [action for action in learn_command.ACTIONS if f"  learn {action} " not in shown] == ["next"]


def test_an_output_that_lacks_the_characters_is_told(speaking: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert speaking("list", LANGUAGE=CHINESE) == 0  # in English
    with pytest.raises(
        UsageError, match=r"^--language: the output has the encoding ascii, which lacks the characters"
    ):
        speaking("list", "--language", CHINESE)


def without_docstrings(source: str) -> str:
    """Return the code of a file without docstrings and comments."""
    tree = ast.parse(source)
    for node in [tree, *tree.body]:
        if isinstance(node, (ast.Module, ast.FunctionDef)):
            del node.body[0]
    return ast.unparse(tree)


def test_a_file_in_another_language_has_the_same_code(speaking: Speak) -> None:
    in_english = [cutting.solution(one) for one in exercises()]
    speaking("list", LANGUAGE=CHINESE)
    for one, source in zip(exercises(), in_english):
        translated = cutting.solution(one)
        assert translated != source
        assert without_docstrings(translated) == without_docstrings(source)


def test_lines_are_as_wide_as_the_terminal_shows_them(speaking: Speak, capsys: pytest.CaptureFixture[str]) -> None:
    for one in exercises():
        speaking("hint", one.lesson, LANGUAGE=CHINESE)
        speaking("next", one.lesson, LANGUAGE=CHINESE)
    lines = capsys.readouterr().out.splitlines()
    assert MESSAGE_WIDTH - 10 < max(map(columns, lines)) <= MESSAGE_WIDTH
    assert [line for line in lines if line.lstrip()[:1] in "，。；：、）" and line] == []
    assert [line for line in lines if line.endswith("（")] == []


def test_other_text_is_filled_as_by_textwrap() -> None:
    for one in exercises():
        for text in one.task, one.hint:
            expected = textwrap.fill(
                text, 60, initial_indent="  holds  ", subsequent_indent=" " * 9, break_on_hyphens=False
            )
            assert fill(text, 60, "  holds  ", " " * 9) == expected


def test_nothing_is_left_in_english(
    speaking: Speak, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each line has a character of the other language.  The wording of a claim is replaced by another text."""

    def check(exercise: Exercise, *_arguments: object) -> CheckedExercise:
        verdicts = zip(exercise.claims, [HOLDS, VIOLATED, HUNG])
        return CheckedExercise([JudgedClaim(claim, exercise.title, "mp", one, "") for claim, one in verdicts], [])

    monkeypatch.setattr(checking, "check", check)
    for one in exercises():
        for action in "next", "hint", "check":
            speaking(action, one.lesson, LANGUAGE=CHINESE)
    speaking("list", LANGUAGE=CHINESE)
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert [line for line in lines if columns(line) == len(line) and "python -m spec" not in line] == []
