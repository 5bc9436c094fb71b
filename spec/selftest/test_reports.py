"""Reports: what a run writes, what is made from several reports, and the messages about bad input."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Optional
from xml.etree import ElementTree

import jsonschema
import pytest

from spec.engine.claims import ids
from spec.paths import ROOT
from spec.report import badge, comparison, counts, document, found, insertion, markdown, page, site
from spec.report.document import Document
from spec.report.writers import CannotWrite
from spec.selftest.verify import verify

NASTY = '<script>alert("x")</script> & | `\\'


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reports of one run, by their suffixes; the run verifies isolation on two APIs, of which one violates it."""
    folder = tmp_path_factory.mktemp("reports")
    suffixes = [".json", ".md", ".html"]
    written = {suffix: folder / f"report{suffix}" for suffix in suffixes}
    targets = ["--mp", "multiprocessing:fork", "--mp", "multiprocessing.dummy"]
    chosen = ["--claim", "isolation", *targets, "--deviations", "none"]
    run = verify("spec/", *chosen, *(f"--report={file}" for file in written.values()))
    assert run.status == pytest.ExitCode.TESTS_FAILED
    assert [f"report: {file}" in run.output for file in written.values()] == [True] * len(written)
    return written


@pytest.fixture(scope="module")
def report(files: dict[str, Path]) -> Document:
    return document.read(files[".json"])


def test_json_is_as_the_schema_says(report: Document) -> None:
    schema = json.loads((ROOT / "spec" / "report" / "schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema)
    names = {"document": schema, **schema["$defs"]}
    types = {
        "document": document.Document,
        "target": document.TargetData,
        "claim": document.ClaimData,
        "source": document.SourceData,
        "verdict": document.VerdictData,
    }
    for name, described in names.items():
        keys = set(types[name].__annotations__)
        assert set(described["properties"]) == set(described["required"]) == keys


def test_json_tells_all(report: Document) -> None:
    assert [claim["id"] for claim in report["claims"]] == ids()
    found = {(one["claim"], one["target"]): one for one in report["verdicts"]}
    held = found["isolation.arguments-are-copies", "multiprocessing:fork"]
    violated = found["isolation.arguments-are-copies", "multiprocessing.dummy"]
    assert (held["verdict"], held["explanation"]) == ("holds", "")
    assert violated["verdict"] == "violated"
    assert "expected" in violated["explanation"] and "seen by" in violated["explanation"]
    assert report["exit_status"] == 1
    assert report["planned"] == len(report["verdicts"])
    [lingers] = [claim for claim in report["claims"] if claim["id"] == "zombie.lingers-until-joined"]
    assert [source["kind"] for source in lingers["sources"]] == ["documented"]


def test_run_that_ended_early_says_so_everywhere(report: Document) -> None:
    cut = Document({**report, "verdicts": report["verdicts"][:2]})
    early = f"ended early: 2 of {report['planned']} verdicts"
    assert early in document.shortfall(cut)
    assert early in page.render([cut]) and early in markdown.render([cut])
    assert badge.message([cut])[0].startswith("incomplete")
    assert early not in page.render([report]) + markdown.render([report])


def test_badge_of_a_run_that_decided_nothing(report: Document) -> None:
    verdicts = [{**one, "verdict": "not applicable"} for one in report["verdicts"]]
    assert badge.message([{**report, "verdicts": verdicts}])[0] == "nothing verified"  # type: ignore[typeddict-item]


def nasty(report: Document) -> Document:
    """Return *report* with text that looks like markup wherever the text comes from an implementation."""
    copy: Any = json.loads(json.dumps(report))
    copy["lessons"] = copy["platform"] = NASTY
    for target in copy["targets"]:
        target.update(name=f"{target['name']}{NASTY}", file=NASTY, version=NASTY, known_by=NASTY)
    for verdict in copy["verdicts"]:
        verdict.update(
            target=f"{verdict['target']}{NASTY}", explanation=NASTY, reason=NASTY, link="javascript:alert(1)"
        )
    for claim in copy["claims"]:
        claim.update(wording=NASTY, code=NASTY)
    made: Document = copy
    return made


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


def test_page_fetches_nothing_and_leads_to_each_claim(report: Document, files: dict[str, Path]) -> None:
    found = Page(files[".html"].read_text(encoding="utf-8"))
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


def test_several_runs_make_one_matrix(report: Document, files: dict[str, Path], tmp_path: Path) -> None:
    other: Any = json.loads(json.dumps(report))
    other["python"] = "3.99.0"
    (tmp_path / "other.json").write_text(json.dumps(other), encoding="utf-8")
    made = tmp_path / "matrix.md"
    assert merge(files[".json"], tmp_path / "other.json", "-o", made).returncode == 0
    head = next(line for line in made.read_text(encoding="utf-8").splitlines() if line.startswith("| claim"))
    assert head.count("multiprocessing:fork") == 2
    assert "Python 3.99.0" in head


def test_equal_columns_are_told_apart(report: Document) -> None:
    later: Any = {**report, "created": "2099-01-01T00:00:00+00:00"}
    heads = [column.where for column in comparison.columns([report, later])]
    python = f"Python {report['python']}"
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


def small(report: Document, **facts: str) -> Document:
    """Return *report* with two claims and one target only, changed as the arguments say."""
    copy: Any = json.loads(json.dumps(report))
    copy["targets"] = [{**copy["targets"][0], "name": "lib:fork", "module": "lib", "version": "1.2"}]
    verdicts = [{**one, "target": "lib:fork", **facts} for one in copy["verdicts"] if "fork" in one["target"]]
    copy["verdicts"] = verdicts[:2]
    made: Document = copy
    return made


BEGIN, END = insertion.marks(found.FOUND_PART)


def test_what_was_found_is_told_by_cause(report: Document, tmp_path: Path) -> None:
    known = small(report, verdict="known deviation", reason="It shares.", link="https://example.org/")
    first = known["verdicts"][0]["claim"]
    see = f"`pytest spec/ --mp lib:fork --claim {first} --deviations none`"
    row = f"| lib 1.2 | fork | `{first}` and 1 more | It shares. [more](https://example.org/) | {see} |"
    assert found.render([known, known]) == f"{found.FOUND_HEAD}{row}\n"
    file = tmp_path / "known.json"
    document.write(known, file)
    readme = tmp_path / "readme.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        assert merge(file, "--found", readme).returncode == 0
        written = readme.read_text(encoding="utf-8")
        assert written == f"before\n{BEGIN}\n{found.FOUND_HEAD}{row}\n{END}\nafter\n"


def test_counts_are_told_by_library(report: Document, tmp_path: Path) -> None:
    held, known = small(report, verdict="holds"), small(report, verdict="known deviation")
    table = (
        "| library | Python | holds | known deviation |\n| --- | --- | --- | --- |\n"
        f"| lib 1.2 | {report['python']} | 2 | 2 |\n"
    )
    assert counts.render([held, known]) == table
    file, made = tmp_path / "held.json", tmp_path / "counts.md"
    document.write(held, file)
    assert merge(file, "--counts", made).returncode == 0
    assert made.read_text(encoding="utf-8").splitlines()[3] == f"| lib 1.2 | {report['python']} | 2 |"


def test_what_is_not_known_has_a_row_for_each_claim(report: Document) -> None:
    rows = found.render([small(report, verdict="violated", explanation="a: expected 1, seen 2\nmore", reason="")])
    assert rows.count("\n| lib 1.2 |") == 2
    assert rows.count("| violated: a: expected 1, seen 2 |") == 2


def test_what_conforms_is_found_to_conform(report: Document) -> None:
    held = found.render([small(report, verdict="holds")])
    assert held.startswith(f"{found.FOUND_HEAD}| lib 1.2 | fork | none | Each claim ")
    assert held.endswith("| `pytest spec/ --mp lib` |\n")


@pytest.mark.parametrize("verdict", ["violated", "known deviation"])
def test_what_was_found_is_escaped(report: Document, verdict: str) -> None:
    wild = nasty(small(report, verdict=verdict))
    rows = found.render([wild]).splitlines()[2:]
    assert rows
    for row in rows:
        assert "<script>" not in row.replace("\\<script\\>", "")
        assert "](javascript" not in row
        assert row.replace("\\|", "").count("|") == 6


def test_what_was_found_replaces_nothing_that_was_not_made_for_it(files: dict[str, Path], tmp_path: Path) -> None:
    readme = tmp_path / "readme.md"
    readme.write_text("mine", encoding="utf-8")
    done = merge(files[".json"], "--found", readme)
    assert done.returncode == 4
    assert done.stderr.startswith(f"python -m spec: {readme} lacks the lines {BEGIN} and {END}")
    assert readme.read_text(encoding="utf-8") == "mine"


def test_badges(report: Document, files: dict[str, Path], tmp_path: Path) -> None:
    image, endpoint = tmp_path / "badge.svg", tmp_path / "badge.json"
    assert merge(files[".json"], "--badge", image, "--badge", endpoint, "--label", "a & b").returncode == 0
    facts = json.loads(endpoint.read_text(encoding="utf-8"))
    holding = sum(one["verdict"] == "holds" for one in report["verdicts"])
    assert facts["schemaVersion"] == 1
    assert facts["message"].startswith(f"{holding} hold")
    title = ElementTree.parse(image).getroot().find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text == f"a & b: {facts['message']}"


def merge(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run ``python -m spec report`` with the *arguments*."""
    command = [sys.executable, "-m", "spec", "report", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            ["--report", "x.pdf"],
            "ERROR: --report: x.pdf: the suffix determines the format, and is one of .json, .md, .html, .sarif",
        ),
        (["--report", "nowhere/x.md"], "ERROR: --report: nowhere/x.md: there is no folder "),
        (["--report", "/proc/x.md"], "ERROR: --report: /proc/x.md: it cannot be written: No such file or directory"),
    ],
)
def test_bad_report_is_refused_at_once(arguments: list[str], message: str) -> None:
    run = verify("spec/", *arguments)
    assert message in run.output
    assert run.status == pytest.ExitCode.USAGE_ERROR


def test_folder_in_the_place_of_a_report_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "report.md"
    folder.mkdir()
    assert f"ERROR: --report: {folder}: it is a folder" in verify("spec/", f"--report={folder}").output


def test_report_that_is_named_twice_is_refused(files: dict[str, Path], tmp_path: Path) -> None:
    done = merge(files[".json"], files[".json"], "-o", tmp_path / "page.md")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr == "python -m spec: a report is named twice\n"


@pytest.mark.parametrize(
    "content, message",
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is not JSON: "),
        ("[]", "is not a report: pytest spec/ --report a.json writes one"),
        ('{"schema": 1, "verdicts": []}', "has version 1 of the schema; the supported version is 2"),
        ('{"schema": 2, "verdicts": []}', "is not a report: it lacks claims, created, "),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: Optional[str], message: str) -> None:
    file = tmp_path / "a.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    done = merge(file, "-o", tmp_path / "b.md")
    assert done.returncode == 4
    assert done.stderr.startswith(f"python -m spec: {file} {message}")
    assert done.stderr.count("\n") == 1


def test_end_of_a_run_tells_likely_causes_and_what_has_changed(files: dict[str, Path], tmp_path: Path) -> None:
    earlier = json.loads(files[".json"].read_text(encoding="utf-8"))
    fork = next(one for one in earlier["verdicts"] if one["verdict"] == "holds" and one["target"].endswith("fork"))
    fork["verdict"] = "hung"
    baseline = tmp_path / "earlier.json"
    baseline.write_text(json.dumps(earlier), encoding="utf-8")
    chosen = ["--claim", "isolation", "--mp", "multiprocessing:fork", "--mp", "multiprocessing.dummy"]
    run = verify("spec/", *chosen, "--deviations", "none", "--baseline", str(baseline))
    assert f" since {baseline}, {earlier['created']} " in run.output
    assert f"\nholds now: {fork['claim']} on multiprocessing:fork\n" in run.output
    assert " likely causes " in run.output
    assert re.search(
        r"^isolation\.[\w.-]+, isolation.* on multiprocessing\.dummy: violated: ", run.output, re.MULTILINE
    )


def test_baseline_without_changes_and_one_that_is_none(files: dict[str, Path], tmp_path: Path) -> None:
    chosen = ["--claim", "isolation.child-is", "--mp", "multiprocessing:fork", "--mp", "multiprocessing:spawn"]
    run = verify("spec/", *chosen, "--baseline", str(files[".json"]))
    assert "\nnot verified then: multiprocessing:spawn\n" in run.output
    assert verify("spec/", *chosen[:4], "--baseline", str(files[".json"])).output.count("\nno verdict has changed\n")
    assert verify("spec/", "--baseline", str(tmp_path / "nosuch.json")).error == (
        f"--baseline: {tmp_path}/nosuch.json cannot be read: No such file or directory"
    )
