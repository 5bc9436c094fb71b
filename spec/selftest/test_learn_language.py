"""The exercises in other languages: which one is chosen, how it is laid out, and that no translation is missing."""

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

from spec.learn import cutting, languages, learn_command
from spec.learn.exercises import exercises
from spec.learn.languages import ENGLISH
from spec.learn.wrapping import MESSAGE_WIDTH, columns, fill
from spec.tools import message_catalogs
from spec.tools.command_line import USAGE_ERROR, UsageError
from spec.tools.message_catalogs import Catalogs

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


def test_no_translation_is_missing_or_out_of_date() -> None:
    assert [*message_catalogs.problems()] == []
    assert languages.languages() == [ENGLISH, CHINESE]


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


_HEADER = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"
"""

_TEMPLATE = """
msgid "one"
msgstr ""

msgid "{two} of %(three)s"
msgstr ""
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", "", []),
        ('msgstr "一"', 'msgstr ""', ["learn.po: translate 'one'"]),
        ('msgid "one"', '#, fuzzy\nmsgid "one"', ["learn.po: check the translation of 'one', whose English has "]),
        ("第 {two}", "第 {zwei}", ["learn.po: use the same placeholders, code and links in the translation of "]),
        ("%(three)s 个", "三个", ["learn.po: use the same placeholders, code and links in the translation of "]),
        ('msgid "one"', 'msgid "won"', ["learn.po: it is out of date: run python -m spec check --update"]),
    ],
)
def test_what_a_catalog_lacks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: Sequence[str]
) -> None:
    monkeypatch.setattr(message_catalogs, "ROOT", tmp_path)
    translated = _TEMPLATE.replace('""', '"一"', 1).replace('""', '"%(three)s 个，第 {two}"')
    (tmp_path / "learn.pot").write_text(_TEMPLATE, encoding="utf-8")
    file = tmp_path / "locale" / CHINESE / "LC_MESSAGES" / "learn.po"
    file.parent.mkdir(parents=True)
    file.write_text(translated.replace(old, new), encoding="utf-8")
    found = [*Catalogs("learn", tmp_path / "locale", tmp_path / "learn.pot").problems()]
    assert len(found) == len(told)
    assert all(f"{CHINESE}/LC_MESSAGES/{one}" in problem for one, problem in zip(told, found))


def test_an_update_keeps_translations_and_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_catalogs, "ROOT", tmp_path)
    (tmp_path / "learn.pot").write_text(_TEMPLATE, encoding="utf-8")
    file = tmp_path / "locale" / CHINESE / "LC_MESSAGES" / "learn.po"
    file.parent.mkdir(parents=True)
    file.write_text(f'{_HEADER}\nmsgid "one"\nmsgstr "一"\n\nmsgid "gone"\nmsgstr "没有了"\n', encoding="utf-8")
    catalogs = Catalogs("learn", tmp_path / "locale", tmp_path / "learn.pot", compiled=True)
    assert catalogs.update() == [file, file.with_suffix(".mo")]
    assert "没有了" not in file.read_text(encoding="utf-8")
    assert catalogs.outdated() == []
    with file.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("one") == "一"
