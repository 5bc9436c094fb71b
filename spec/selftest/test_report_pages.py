"""Pages made from reports: HTML, a site, and Markdown."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Optional

import pytest

from spec.engine import targets
from spec.report import comparison, markdown, page, site
from spec.report.document import Document
from spec.report.writers import CannotWrite
from spec.selftest.report_variants import NASTY, nasty


class Page(HTMLParser):
    """The elements of a page of HTML."""

    VOID = ("meta", "br", "input", "wbr", "link", "img")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        """Note a tag that opens an element."""
        self.tags.append(tag)
        facts = dict(attrs)
        self.ids += [str(facts["id"])] if "id" in facts else []
        self.links += [str(facts["href"])] if tag == "a" else []
        self.fetched += [str(facts[name]) for name in ("src", "srcset", "data") if name in facts]
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that a tag closes the element that was opened last."""
        assert self._open.pop() == tag


def test_page_fetches_nothing_and_leads_to_each_claim(report: Document, report_files: dict[str, Path]) -> None:
    found = Page(report_files[".html"].read_text(encoding="utf-8"))
    assert found.fetched == []
    assert "link" not in found.tags
    assert len(found.ids) == len(set(found.ids))
    inside = {link[1:] for link in found.links if link.startswith("#")}
    assert inside <= set(found.ids)
    assert {claim["id"] for claim in comparison.rows([report])} <= inside


def test_page_escapes_every_value(report: Document) -> None:
    tame, wild = Page(page.render([report])), Page(page.render([nasty(report)]))
    assert wild.tags.count("script") == tame.tags.count("script") == 1
    assert [link for link in wild.links if not link.startswith(("#", "http"))] == []


def test_site_leads_to_a_page_for_each_claim_and_back(report: Document, tmp_path: Path) -> None:
    site.write([report], tmp_path / "site")
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in (tmp_path / "site").rglob("*.html")}
    assert len(pages) == 1 + len(comparison.rows([report]))
    reached = set()
    for path, made in pages.items():
        assert made.fetched == []
        for link in made.links:
            address, _, fragment = link.partition("#")
            if not address.startswith("https://"):
                reached.add((path.parent / address).resolve() if address else path)
                assert fragment in ("", *pages[(path.parent / address).resolve() if address else path].ids)
    assert reached == set(pages)


def test_cells_of_a_site_name_their_columns(report: Document, tmp_path: Path) -> None:
    """On a narrow screen a cell stands below its row's head, and the heads of the columns are not shown."""
    site.write([report], tmp_path)
    for path in tmp_path.rglob("*.html"):
        table = path.read_text(encoding="utf-8").partition('<table class="stack">')[2].partition("</table>")[0]
        columns = [re.sub("<.*?>", "", head) for head in re.findall(r'<th scope="col">(.*?)</th>', table)[1:]]
        for row in re.findall(r"<tr\b.*?</tr>", table.partition("<tbody>")[2], re.DOTALL):
            assert re.findall(r'<td data-column="(.*?)"', row) == columns != []


def test_implementations_are_told_apart(report: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    """A free-threaded build has the version of the other one, and PyPy that of the language."""
    runs: Any = [{**report, "implementation": name} for name in ("CPython", "free-threaded CPython", "PyPy")]
    assert list(dict.fromkeys(column.where for column in comparison.columns(runs))) == [
        f"{name} {report['python']}" for name in ("Python", "free-threaded CPython", "PyPy")
    ]
    name = targets.implementation().rpartition(" ")[2]
    for has_gil, expected in (True, name), (False, f"free-threaded {name}"):
        monkeypatch.setattr(sys, "_is_gil_enabled", lambda has_gil=has_gil: has_gil, raising=False)
        assert targets.implementation() == expected


def test_site_escapes_every_value(report: Document, tmp_path: Path) -> None:
    for name, written in {"tame": report, "wild": nasty(report)}.items():
        site.write([written], tmp_path / name)
    for path in (tmp_path / "tame").rglob("*.html"):
        tame, wild = (
            Page((tmp_path / name / path.relative_to(tmp_path / "tame")).read_text(encoding="utf-8"))
            for name in ("tame", "wild")
        )
        assert tame.tags.count("script") == wild.tags.count("script")
        assert [link for link in wild.links if link.startswith("javascript")] == []


def test_site_replaces_an_older_one_and_nothing_else(report: Document, tmp_path: Path) -> None:
    site.write([report], tmp_path)
    (tmp_path / "claims" / "lock.removed.html").write_text("")
    site.write([report], tmp_path)
    assert not (tmp_path / "claims" / "lock.removed.html").exists()
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(CannotWrite, match="has other files in it"):
        site.write([report], tmp_path)
    assert (tmp_path / "index.html").read_text() == "mine"


def test_markdown_escapes_every_value(report: Document) -> None:
    text = markdown.render([nasty(report)])
    assert "<script>" not in text.replace("\\<script\\>", "").replace(f"      {NASTY}", "")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {len(report["targets"]) + 2}


def test_equal_columns_are_told_apart(report: Document) -> None:
    later: Any = {**report, "created": "2099-01-01T00:00:00+00:00"}
    heads = [column.where for column in comparison.columns([report, later])]
    python = comparison.python_of(report)
    assert heads == [f"{python}, {report['created']}"] * 2 + [f"{python}, 2099-01-01T00:00:00+00:00"] * 2
    assert {column.where for column in comparison.columns([report])} == {python}
    elsewhere: Any = {**report, "platform": "Plan9"}
    heads = [column.where for column in comparison.columns([report, elsewhere])]
    assert heads == [f"{python}, {report['platform']}"] * 2 + [f"{python}, Plan9"] * 2


def test_code_in_a_wording_is_shown_as_code(report: Document) -> None:
    copy: Any = json.loads(json.dumps(report))
    for claim in copy["claims"]:
        claim["wording"] = "It ends by `os._exit` in *no* case."
    assert "\nIt ends by `os._exit` in \\*no\\* case.\n" in markdown.render([copy])
    assert "<p>It ends by <code>os._exit</code> in *no* case." in page.render([copy])


def test_page_says_how_to_try_again_where_it_does_not_hold(report: Document) -> None:
    command = "pytest spec/ --mp multiprocessing.dummy --claim isolation.arguments-are-copies"
    assert f"<code>{command}</code>" in page.render([report]).replace("<wbr>", "")


def test_page_says_the_worst_of_each_claim_and_counts_by_lesson(report: Document) -> None:
    text = re.sub(r"<[^>]*>", "", page.render([report]))
    assert re.search(r"isolation\.arguments-are-copies\s+.violated 1 of 2", text)
    found = len({claim["id"] for claim, _ in comparison.failures([report])})
    assert re.search(rf"isolation {found} of \d+ do not hold", text)
