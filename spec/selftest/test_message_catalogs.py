"""The catalogs of translations: that none lacks anything, and how that is found."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from pathlib import Path

import pytest

from spec.learn import languages
from spec.lesson_pages import translations
from spec.selftest import learn_catalogs
from spec.tools import message_catalogs
from spec.tools.message_catalogs import Catalogs

LANGUAGE = "zh_CN"


def test_no_translation_is_missing_or_out_of_date() -> None:
    assert [*learn_catalogs.problems()] == []
    assert languages.languages() == [languages.ENGLISH, LANGUAGE]


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
    file = tmp_path / "locale" / LANGUAGE / "LC_MESSAGES" / "learn.po"
    file.parent.mkdir(parents=True)
    file.write_text(translated.replace(old, new), encoding="utf-8")
    found = [*Catalogs("learn", tmp_path / "locale", tmp_path / "learn.pot").problems()]
    assert len(found) == len(told)
    assert all(f"{LANGUAGE}/LC_MESSAGES/{one}" in problem for one, problem in zip(told, found))


def test_an_update_keeps_translations_and_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_catalogs, "ROOT", tmp_path)
    (tmp_path / "learn.pot").write_text(_TEMPLATE, encoding="utf-8")
    file = tmp_path / "locale" / LANGUAGE / "LC_MESSAGES" / "learn.po"
    file.parent.mkdir(parents=True)
    file.write_text(f'{_HEADER}\nmsgid "one"\nmsgstr "一"\n\nmsgid "gone"\nmsgstr "没有了"\n', encoding="utf-8")
    catalogs = Catalogs("learn", tmp_path / "locale", tmp_path / "learn.pot", compiled=True)
    assert catalogs.update() == [file, file.with_suffix(".mo")]
    assert "没有了" not in file.read_text(encoding="utf-8")
    assert catalogs.outdated() == []
    with file.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("one") == "一"


def test_catalogs_of_pages_are_those_of_the_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_catalogs, "ROOT", tmp_path)
    templates, messages = tmp_path / "templates", tmp_path / "locale" / LANGUAGE / "LC_MESSAGES"
    for folder in templates / "lessons", messages:
        folder.mkdir(parents=True)
    assert [*translations.problems(templates, tmp_path / "locale")] == [f"{templates}: there are no templates in it"]
    (templates / "lessons" / "new.pot").write_text(_TEMPLATE, encoding="utf-8")
    (messages / "old.po").write_text(_TEMPLATE, encoding="utf-8")
    assert [*translations.problems(templates, tmp_path / "locale")] == [
        f"locale/{LANGUAGE}/LC_MESSAGES/lessons/new.po: it is out of date: run tox -e translations",
        f"{messages / 'old.po'}: no page has these messages: remove it",
    ]
