"""The pages of the lessons: what they are made of.  ``tox -e docs`` makes the pages, which needs Sphinx."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

import impl
from spec.engine.verdicts import HOLDS, KNOWN, NOT_APPLICABLE, VIOLATED
from spec.lesson_pages import claims_of_lessons, demonstrations, offline, timeline_texts
from spec.lesson_pages.claims_of_lessons import ShownVerdict
from spec.lesson_pages.demonstrations import BadRecord, Demonstration, DemonstrationFailed
from spec.paths import ROOT
from spec.report import verdict_file
from spec.report.verdict_file import KnownCause, VerdictFile, VerifiedLibrary

PAGES_FOLDER = ROOT / "docs" / "lessons"

PICTURE = (ROOT / "docs" / "pictures" / "lock.svg").read_text(encoding="utf-8")


def test_each_lesson_has_a_page_in_teaching_order() -> None:
    assert {page.stem for page in PAGES_FOLDER.iterdir()} == {*impl.TEACHING_ORDER}
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert re.findall(r"^lessons/(\w+)$", index, re.MULTILINE) == [*impl.TEACHING_ORDER]


@pytest.mark.parametrize("lesson", impl.TEACHING_ORDER)
def test_page_has_a_text_by_hand_and_then_what_is_generated(lesson: str) -> None:
    text, directive, rest = (PAGES_FOLDER / f"{lesson}.md").read_text(encoding="utf-8").partition("```{lesson}")
    assert text.startswith("# ") and 80 <= len(text.split()) <= 230
    assert (directive + rest).split() == ["```{lesson}", lesson, "```"]


def test_demo_runs_under_a_start_method(tmp_path: Path) -> None:
    shown = demonstrations.run("isolation", "fork")
    assert shown.command == "python -m impl isolation --mp multiprocessing:fork --timeline isolation.svg"
    assert shown.look_for == "Look for the number that the parent sees after the child has changed it."
    assert shown.results == ["the child changed its own number only"]
    assert next(timeline_texts.lanes(shown.picture)).process.startswith("main ")
    demonstrations.write([shown], tmp_path / "demonstrations.json")
    assert demonstrations.read(tmp_path / "demonstrations.json") == [shown]


def test_failing_demo_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(demonstrations.DEMO_OPTIONS, "isolation", ("--nosuch", "1"))
    monkeypatch.setattr(impl, "TEACHING_ORDER", ["isolation"])
    with pytest.raises(DemonstrationFailed) as failed:
        demonstrations.run_all(["fork"])
    begin = "the demo of isolation under fork has failed with exit status 2: "
    assert str(failed.value).startswith(begin) and "--nosuch" in str(failed.value)
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize(("lesson", "options"), demonstrations.DEMO_OPTIONS.items())
def test_page_names_the_options_that_it_is_about(lesson: str, options: Sequence[str]) -> None:
    text = (PAGES_FOLDER / f"{lesson}.md").read_text(encoding="utf-8")
    assert f"This page is about the command `python -m impl {lesson} {' '.join(options)}`.\n" in text


def test_demo_without_results_shows_what_it_printed() -> None:
    shown = Demonstration("daemon", "fork", "", "", ["main: ended", "child: done"], "")
    assert shown.results == ["main: ended", "child: done"]


@pytest.mark.parametrize(
    ("text", "message"), [("x", "has no demonstrations"), ('[{"x": 1}]', "has no demonstrations")]
)
def test_bad_record_is_told_in_one_line(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "record").write_text(text, encoding="utf-8")
    with pytest.raises(BadRecord, match=message):
        demonstrations.read(tmp_path / "record")
    with pytest.raises(BadRecord, match="none cannot be read: No such file"):
        demonstrations.read(tmp_path / "none")


def test_timeline_is_told_in_words() -> None:
    main, first, *others = timeline_texts.lanes(PICTURE)
    assert (main.process.split()[0], main.end) == ("main", "exit code 0")
    assert first.states == ["waiting", "sleeping", "running"]
    assert len(others) == 7


def test_picture_in_a_page_has_the_styles_of_the_page() -> None:
    picture = timeline_texts.inline(PICTURE, 'what "happens"')
    assert "<style" not in picture and "id=" not in picture
    assert 'aria-label="what &quot;happens&quot;"' in picture
    assert [*timeline_texts.lanes(picture)] == [*timeline_texts.lanes(PICTURE)]


@pytest.mark.parametrize(
    ("found", "cell"),
    [
        (None, []),
        ({HOLDS: ["fork", "spawn"]}, [ShownVerdict(HOLDS, [])]),
        ({NOT_APPLICABLE: ["fork"]}, [ShownVerdict(NOT_APPLICABLE, [])]),
        ({HOLDS: ["fork"], NOT_APPLICABLE: ["managed"]}, [ShownVerdict(HOLDS, [])]),
        (
            {HOLDS: ["fork"], KNOWN: ["managed"], VIOLATED: ["spawn"]},
            [ShownVerdict(VIOLATED, ["spawn"]), ShownVerdict(KNOWN, ["managed"]), ShownVerdict(HOLDS, ["fork"])],
        ),
    ],
)
def test_cell_names_contexts_only_where_they_differ(found: verdict_file.ByVerdict, cell: list[ShownVerdict]) -> None:
    assert claims_of_lessons.shown(found) == cell


def test_row_leads_to_the_code_and_has_a_cell_for_each_library() -> None:
    libraries = [VerifiedLibrary("a", "", ["fork"]), VerifiedLibrary("b", "", ["fork"])]
    verdicts = VerdictFile(libraries, {"zombie.piles-up": [{HOLDS: ["fork"]}, None]}, [])
    rows = {row.claim.id: row for row in claims_of_lessons.rows("zombie", verdicts)}
    assert rows["zombie.piles-up"].cells == [[ShownVerdict(HOLDS, [])], []]
    assert rows["zombie.lingers-until-joined"].cells == [[], []]
    file, _, line = rows["zombie.piles-up"].code.partition("#L")
    code = (ROOT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1 :]
    assert next(one for one in code if one.startswith("def ")).startswith("def test_piles_up(")


def test_page_has_the_causes_of_its_own_claims() -> None:
    causes = [
        KnownCause("a", "It shares.", "", ["lock.has-a-repr", "zombie.piles-up"]),
        KnownCause("a", "It reaps.", "", ["lock.has-a-repr"]),
    ]
    found = claims_of_lessons.causes("zombie", VerdictFile([], {}, causes))
    assert found == [KnownCause("a", "It shares.", "", ["zombie.piles-up"])]


@pytest.mark.parametrize(
    ("suffix", "text", "found"),
    [
        (".html", '<a href="https://example.org/">x</a> <link rel="alternate" href="https://example.org/">', []),
        (".html", '<img src="pictures/lock.svg"><script src="/x.js"></script>', []),
        (".html", '<img src="https://example.org/x.svg">', ["https://example.org/x.svg"]),
        (".html", '<img srcset="x.png 1x, //example.org/y.png 2x">', ["//example.org/y.png 2x"]),
        (".html", '<link href="http://example.org/x.css" rel="stylesheet">', ["http://example.org/x.css"]),
        (".html", "<style>@import 'https://example.org/x.css';</style>", ["https://example.org/x.css"]),
        (".html", '<p style="background: url(//example.org/x.png)">', ["//example.org/x.png"]),
        (".html", "<script>fetch('https://example.org/x')</script>", ["https://example.org/x"]),
        (".html", "<p>fetch('https://example.org/x')</p>", []),
        (".svg", '<use href="https://example.org/x.svg#y"/>', ["https://example.org/x.svg#y"]),
        (".css", "@font-face { src: url('https://example.org/x.woff2') }", ["https://example.org/x.woff2"]),
        (".css", "/* https://example.org/ */ p { background: url(x.png) }", []),
        (".js", "import x from 'https://example.org/x.js'", ["https://example.org/x.js"]),
        (".js", "// see https://example.org/", []),
    ],
)
def test_what_a_page_fetches_is_found(suffix: str, text: str, found: list[str]) -> None:
    assert offline.fetched(text, suffix) == found


def test_site_that_fetches_something_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert offline.main([str(tmp_path)]) == 1
    (tmp_path / "index.html").write_text("<p>x</p>", encoding="utf-8")
    assert offline.main([str(tmp_path)]) == 0
    (tmp_path / "style.css").write_text("p { background: url(https://example.org/x) }", encoding="utf-8")
    assert offline.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path} is no site",
        "style.css loads https://example.org/x",
    ]
