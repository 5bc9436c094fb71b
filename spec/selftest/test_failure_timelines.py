"""A claim that fails shows what its processes did until then, and who waited for whom."""

from __future__ import annotations

import json
import os
import re
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from spec.engine.claims import node_ids
from spec.engine.verdicts import CRASHED, HUNG, VIOLATED
from spec.harness import event_log
from spec.harness.deadline import Backoff, Deadline, awaited
from spec.harness.event_log import Failure, Note, log_failure, log_note, log_to, read_log
from spec.harness.process_table import until_exited
from spec.paths import ROOT
from spec.report import document, page, site, writers
from spec.report.document import Document, VerdictData
from spec.report.timelines import pictures, timeline_data
from spec.report.timelines.failures import (
    LOOK_SHARE,
    MOST_NOTES,
    MOST_PROCESSES,
    NOT_SEEN,
    FailureObserver,
    cut,
    place,
)
from spec.report.timelines.timeline import RUNNING, WAITING, ZOMBIE, Life, NewParent, Span, Timeline
from spec.report.writers import CannotWrite
from spec.selftest.conftest import Fork
from spec.selftest.report_variants import NASTY, nasty
from spec.selftest.runs import Run, verify
from spec.selftest.test_report_pages import Page

DEFECTS = "spec.selftest.defects"
HANGS = "queue.abrupt-exit-disturbs-no-other", f"{DEFECTS}.unusual_children:pickles-under-the-lock"
VIOLATES = "lock.admits-one-buyer-at-a-time", f"{DEFECTS}.locks:private-to-each-process"
CRASHES = "lifecycle.terminate-sends-sigterm", f"{DEFECTS}.hostile:terminate-crashes"
HOLDING = "lifecycle.terminate-sends-sigterm", f"{DEFECTS}.locks:private-to-each-process"

SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the run writes its reports and scripts."""
    return tmp_path_factory.mktemp("failures")


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    """A run with pytest-xdist, in which claims hang, are violated, crash and hold."""
    tried = [HANGS, VIOLATES, CRASHES, HOLDING]
    nodes = [f"{node_ids()[claim]}[{target}]" for claim, target in tried]
    targets = [f"--mp={target}" for target in dict.fromkeys(target for _, target in tried)]
    reports = [f"--report={folder / name}" for name in ("report.json", "report.html")]
    return verify(*nodes, *targets, *reports, f"--repro={folder / 'scripts'}", "-n1")


@pytest.fixture(scope="module")
def written(run: Run, folder: Path) -> Document:
    """The JSON report of that run."""
    assert {run.verdicts[one] for one in (HANGS, VIOLATES, CRASHES)} == {HUNG, VIOLATED, CRASHED}
    return document.read(folder / "report.json")


@pytest.fixture(scope="module")
def verdicts(written: Document) -> dict[tuple[str, str], VerdictData]:
    """The verdicts in that report."""
    return {(one["claim"], one["target"]): one for one in written["verdicts"]}


def test_report_is_as_the_schema_says(written: Document) -> None:
    schema = json.loads((ROOT / "spec" / "report" / "schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(written, schema)


def test_hang_tells_who_waits_for_whom(verdicts: dict[tuple[str, str], VerdictData]) -> None:
    timeline = verdicts[HANGS]["timeline"]
    main, child = timeline["lanes"][:2]  # a third process ends early, and may be gone before the first look
    assert [lane["role"] for lane in (main, child)] == ["the claim", "child 1"]
    assert [lane["spans"][-1]["state"] for lane in (main, child)] == [WAITING, WAITING]
    assert main["spans"][-1]["waits_for"] == "child 1 to write to a pipe"
    assert main["spans"][-1]["enders"] == [child["pid"]]
    waits = "the claim to write to a socket, and in another thread, for a semaphore that the claim can release"
    assert child["spans"][-1]["waits_for"] == waits
    assert child["spans"][-1]["enders"] == [main["pid"]]
    assert child["parents"][0]["pid"] == main["pid"]
    assert main["spans"][-1]["end"] == timeline["seconds"]
    waited = main["spans"][-1]["end"] - main["spans"][-1]["begin"]
    assert waited > 0.9 - timeline["longest_gap"]  # --hang-after, but for what is between two looks
    assert "none has made progress" in timeline["failure"]["seen"] or "no process" in timeline["failure"]["seen"]


def test_violation_tells_what_was_expected_in_that_moment(verdicts: dict[tuple[str, str], VerdictData]) -> None:
    timeline = verdicts[VIOLATES]["timeline"]
    failure, explanation = timeline["failure"], verdicts[VIOLATES]["explanation"]
    assert explanation.startswith(f"{failure['what']}: expected {failure['expected']}, seen {failure['seen']}\n")
    arrived = {note["pid"] for note in timeline["notes"] if note["what"] == "at checkpoint 'network'"}
    assert arrived == {*map(int, re.findall(r"\d+", failure["seen"]))}
    assert len(arrived) == 10
    assert all(note["time"] <= timeline["seconds"] for note in timeline["notes"])
    # None was let go yet, although the claim lets all of them go before it ends.
    assert not [note for note in timeline["notes"] if note["what"].startswith("last seen")]
    assert not [lane for lane in timeline["lanes"] if lane["exit"] or lane["reaped"]]


def test_crash_tells_how_the_claim_ended(verdicts: dict[tuple[str, str], VerdictData]) -> None:
    timeline = verdicts[CRASHES]["timeline"]
    main = timeline["lanes"][0]
    assert (main["spans"][-1]["state"], main["exit"], main["reaped"]) == (ZOMBIE, "SIGSEGV", False)
    assert timeline["failure"] == {
        "what": "",
        "expected": "the claim to end",
        "seen": "the process that called it was killed by SIGSEGV",
    }
    assert "at checkpoint 'working'" in [note["what"] for note in timeline["notes"]]


def test_claim_that_holds_has_none(verdicts: dict[tuple[str, str], VerdictData]) -> None:
    assert verdicts[HOLDING]["verdict"] == "holds"
    assert "timeline" not in verdicts[HOLDING]


def test_failure_refers_to_its_timeline(run: Run, folder: Path) -> None:
    for claim, _ in (HANGS, VIOLATES, CRASHES):
        assert re.search(rf"^(E  )?   *timeline {folder}/report\.html#{claim}$", run.output, re.MULTILINE)
    for file in (folder / "scripts").iterdir():
        claim = file.name.partition("-spec.")[0]
        assert f"\n# What each process did until then: {folder}/report.html#{claim}\n" in file.read_text()
        assert "log_failure" not in file.read_text()


def test_page_shows_it_beside_the_message(verdicts: dict[tuple[str, str], VerdictData], folder: Path) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert text.count('<div class="scrolls"') == sum("timeline" in one for one in verdicts.values()) == 3
    part = text.partition(f'<details id="{HANGS[0]}"')[2].partition("</details>")[0]
    assert "<li>the claim waits for child 1 to write to a pipe</li>" in part
    assert "<li>child 1 waits for the claim to write to a socket, and in another thread, for a semaphore" in part
    assert part.index("</pre>") < part.index('<svg xmlns="http://www.w3.org/2000/svg" class="timeline"')
    assert len({*Page(text).ids}) == len(Page(text).ids)
    assert Page(text).ids.count("stripes") == 1


def test_page_of_a_site_shows_it_too(written: Document, tmp_path: Path) -> None:
    site.write([written], tmp_path)
    shown = Page((tmp_path / "claims" / f"{HANGS[0]}.html").read_text(encoding="utf-8"))
    assert (shown.tags.count("figure"), shown.ids.count("stripes")) == (1, 1)
    assert ".timeline .waiting" in (tmp_path / "style.css").read_text(encoding="utf-8")


def sample() -> Timeline:
    """Return the timeline of a claim that hangs because two processes wait for each other."""
    main = Life(10, "the claim", [NewParent(0.0, 1)], [Span(0, 1, RUNNING), Span(1, 4, WAITING, "child 1", (11, 99))])
    child = Life(
        11, "child 1", [NewParent(0.5, 10), NewParent(3.0, 1)], [Span(0.5, 4, WAITING, "the claim", (10,))], over=True
    )
    brief = Life(12, "child 2", [NewParent(0.5, 10)], [Span(0.5, 1, ZOMBIE)], exit="SIGTERM", over=True)
    notes = [Note(0.75, 11, "at checkpoint 'a'"), Note(3.5, 11, "last seen at checkpoint 'a'")]
    failure = Failure(4.0, "", "child 1 to exit", "nothing")
    return Timeline("a <sample>", [main, child, brief], [], 4.0, 9, 0.1, notes, failure)


def test_nothing_is_kept_of_what_is_too_early_or_too_late() -> None:
    kept = cut(sample(), 2.0, 3.25)
    main, child = kept.lives
    assert main.spans == [Span(0, 1.25, WAITING, "child 1", (11, 99))]
    assert (child.parents, child.over) == ([NewParent(0.0, 10), NewParent(1.0, 1)], False)
    assert (kept.seconds, kept.skipped, kept.notes) == (1.25, 2.0, [])
    early = cut(sample(), 0.0, 0.9)
    assert [life.exit for life in early.lives] == ["", "", "SIGTERM"]
    assert [life.over for life in early.lives] == [False] * 3
    assert early.notes == [Note(0.75, 11, "at checkpoint 'a'")]
    assert [life.pid for life in cut(sample(), 0.0, 0.4).lives] == [10]


def test_of_many_processes_and_notes_only_some_are_kept() -> None:
    many = sample()
    many.lives = [Life(pid, "", [NewParent(0.0, 1)], [Span(0, 1, RUNNING)]) for pid in range(MOST_PROCESSES + 3)]
    many.notes = [Note(0.5, 1, str(number)) for number in range(MOST_NOTES + 2)]
    kept = cut(many, 0.0, 1.0)
    assert (len(kept.lives), kept.hidden) == (MOST_PROCESSES, 3)
    assert [kept.notes[0].what, kept.notes[-1].what] == ["2", str(MOST_NOTES + 1)]


def verdict_of(timeline: Timeline) -> VerdictData:
    """Return a verdict with this *timeline*."""
    return VerdictData(
        claim="lock.a",
        target="lib:fork",
        verdict=HUNG,
        seconds=1.0,
        explanation="",
        reason="",
        link="",
        timeline=timeline_data.dump(timeline),
    )


def test_data_has_all_of_it() -> None:
    loaded = timeline_data.of(verdict_of(sample()))
    loaded.title = sample().title
    assert loaded == sample()


def test_picture_has_an_edge_for_each_wait_that_somebody_can_end() -> None:
    picture = ET.fromstring(pictures.svg(sample()))
    edges = [path for path in picture.iter(f"{SVG_NAMESPACE}path") if path.get("class") == "edge"]
    heads = [path for path in picture.iter(f"{SVG_NAMESPACE}path") if path.get("class") == "head"]
    assert len(edges) == len(heads) == 1  # child 1 was gone when the claim failed, so it waits for nobody
    texts = ["".join(text.itertext()) for text in picture.iter(f"{SVG_NAMESPACE}text")]
    assert {"expected child 1 to exit", "seen: nothing", "the claim waits for child 1"} <= {*texts}
    assert {"the claim fails", "at checkpoint 'a'", "adopted by process 1"} <= {*texts}


def test_page_escapes_what_a_timeline_has(written: Document) -> None:
    wild: Any = nasty(written)
    data: Any = timeline_data.dump(sample())
    data["failure"].update(what=NASTY, expected=NASTY, seen=NASTY)
    data["notes"][0]["what"] = data["lanes"][0]["role"] = data["lanes"][0]["spans"][1]["waits_for"] = NASTY
    wild["verdicts"][0]["timeline"] = data
    assert NASTY not in page.render([wild])


def test_pictures_are_written_to_a_new_folder(written: Document, tmp_path: Path) -> None:
    failing: Any = {**written, "verdicts": [verdict_of(sample())]}
    assert writers.write_timelines([failing, failing], tmp_path / "new") == 2
    assert {file.name for file in (tmp_path / "new").iterdir()} == {"lock.a-lib-fork.svg", "lock.a-lib-fork 2.svg"}
    with pytest.raises(CannotWrite, match="has files in it: name a new folder or an empty one"):
        writers.write_timelines([failing], tmp_path / "new")


def test_best_report_is_named() -> None:
    files = [Path("a.md"), Path("b.json"), Path("c.html"), Path("d.html")]
    assert place(files, "lock.x") == "c.html#lock.x"
    assert place(files[:2], "lock.x") == "b.json"
    assert place(files[:1], "lock.x") == ""


def test_looks_take_their_share_of_a_processor_only(fork: Fork) -> None:
    observer = FailureObserver("", "a test")
    observer.begin(fork(time.sleep, 60))
    spent = time.thread_time()
    observer.look()
    spent = time.thread_time() - spent
    assert observer.due - time.monotonic() > spent / LOOK_SHARE / 2


def test_process_that_no_look_has_seen_has_a_lane_if_the_claim_knows_of_it(fork: Fork) -> None:
    observer = FailureObserver("", "a test")
    observer.begin(fork(time.sleep, 60))
    now = time.monotonic()
    notes = [Note(now, 1, "first"), Note(now, 1, "second")]
    timeline: Any = observer.until(Failure(time.monotonic(), "", "", ""), notes)
    assert [(lane["role"], lane["spans"]) for lane in timeline["lanes"][1:]] == [(NOT_SEEN, [])]
    assert [note["what"] for note in timeline["notes"]] == ["first", "second"]


def test_log_has_what_happened_and_only_if_somebody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_file", None)
    file = tmp_path / "events"
    log_note(7, "unheard")
    assert read_log(file) == ([], [])
    before = time.monotonic()
    log_to(file)
    log_note(7, "at checkpoint\n'a'")
    log_failure("the exit code", "7", "255")
    [note], [failure] = read_log(file)
    assert (note.pid, note.what, failure[1:]) == (7, "at checkpoint\n'a'", ("the exit code", "7", "255"))
    assert before <= note.time <= failure.time <= time.monotonic()


def test_log_is_complete_though_the_process_is_killed(
    tmp_path: Path, fork: Fork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "_file", None)

    def crash() -> None:
        log_to(tmp_path / "events")
        log_note(1, "here")
        os.kill(os.getpid(), 9)

    until_exited(fork(crash))
    assert [note.what for note in read_log(tmp_path / "events").notes] == ["here"]


def test_half_of_a_line_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "events").write_text('[1.0, "note", 7, "here"]\n[2.0, "fail', encoding="utf-8")
    assert read_log(tmp_path / "events") == ([Note(1.0, 7, "here")], [])


def test_log_that_cannot_be_written_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_file", None)
    log_to(tmp_path / "nowhere" / "events")
    log_note(7, "here")


@pytest.mark.parametrize("kind", [Deadline, Backoff])
def test_code_that_waits_tells_for_what(kind: Any) -> None:
    def wait() -> str:
        deadline = kind("process 7 to exit")
        return inner() if deadline else ""

    def inner() -> str:
        return awaited(sys._getframe())

    assert wait() == "process 7 to exit"
    assert inner() == ""
