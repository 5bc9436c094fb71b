"""Timelines show what the kernel says of processes: `spec.report.timelines`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Callable

import pytest

from spec.harness.process_table import until_blocked, until_exited, until_gone
from spec.paths import ROOT
from spec.report.timelines import pictures, trace_events
from spec.report.timelines.observing import Observer
from spec.report.timelines.timeline import (
    RUNNING,
    SLEEPING,
    STOPPED,
    WAITING,
    ZOMBIE,
    Life,
    Line,
    Message,
    NewParent,
    Span,
    Timeline,
)

SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"


@contextmanager
def forked(work: Callable[[], object]) -> Iterator[int]:
    """Fork a process that does *work*, and kill and reap it at the end if that was not done."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(3)
    try:
        yield pid
    finally:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def observe(pid: int) -> Observer:
    """Return an observer that has looked at *pid* once."""
    observer = Observer("a test")
    observer.begin(pid)
    return observer


def states(life: Life) -> list[str]:
    """Return the states of a process, in order."""
    return [span.state for span in life.spans]


def test_process_that_waits_says_for_whom() -> None:
    reader, writer = os.pipe()
    with forked(lambda: os.read(reader, 1)) as pid:
        os.close(reader)
        until_blocked([pid])
        observer = observe(pid)
        [life] = observer.end().lives
    os.close(writer)
    assert states(life) == [WAITING]
    # It has the writing end itself, and no other process of the program does.
    assert life.spans[0].what == "a pipe that no process of the program can write to"
    assert (life.role, life.pid, life.over) == ("main", pid, False)


def test_sleep_is_not_a_wait() -> None:
    with forked(lambda: time.sleep(60)) as pid:
        until_blocked([pid])
        [life] = observe(pid).end().lives
    assert states(life) == [SLEEPING]


def test_running_stopped_zombie_gone() -> None:
    def spin() -> None:
        while True:
            pass

    with forked(spin) as pid:
        observer = observe(pid)
        os.kill(pid, signal.SIGSTOP)
        os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
        observer.look()
        observer.look()  # what it did before it was stopped counts until the first look
        os.kill(pid, signal.SIGKILL)
        until_exited(pid)
        observer.look()
        os.waitpid(pid, 0)
        timeline = observer.end()
    [life] = timeline.lives
    assert states(life) == [RUNNING, STOPPED, ZOMBIE]
    assert (life.exit, life.over) == ("SIGKILL", True)
    assert [what for _, _, what in timeline.events()][1:] == ["has ended: SIGKILL", "is reaped"]
    assert life.spans[0].end == life.spans[1].begin
    assert life.spans[1].end == life.spans[2].begin


def test_children_are_found_and_orphans_are_followed() -> None:
    reader, writer = os.pipe()

    def start_and_leave() -> None:
        if os.fork() == 0:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
        os.read(reader, 1)

    with forked(start_and_leave) as pid:
        observer = observe(pid)
        while len(observer.end().lives) < 2:
            observer.look()
        os.kill(pid, signal.SIGKILL)
        until_exited(pid)
        observer.look()
        os.waitpid(pid, 0)
        timeline = observer.end()
        os.close(writer)
        os.close(reader)
        _, child = timeline.lives
        until_gone(child.pid)
    assert child.role == "child 1"
    assert child.parents[0].parent == pid
    assert child.parents[1].parent != pid
    assert (f"is started by main, as process {child.pid}") in [what for _, who, what in timeline.events()]
    assert observer.end().lives[1].over


def test_life_begins_with_the_start_of_the_process() -> None:
    """Not with the first look that sees it; but the kernel counts in ticks, and by another clock."""
    reader, writer = os.pipe()
    with forked(lambda: os.read(reader, 1) and os.fork() and os.read(reader, 1)) as pid:
        observer = observe(pid)
        started = time.monotonic() - observer.begun
        os.write(writer, b".")
        time.sleep(0.2)
        observer.look()
        _, child = observer.end().lives
    os.close(reader)
    os.close(writer)
    assert started - 0.02 <= child.begin < child.spans[1].begin
    assert states(child)[0] == RUNNING
    assert child.spans[0].end == pytest.approx(child.spans[1].begin)


def test_exit_code_is_told() -> None:
    with forked(lambda: None) as pid:
        until_exited(pid)
        [life] = observe(pid).end().lives
    assert life.exit == "exit code 3"


SAMPLE = Timeline(
    "a <sample>",
    [
        Life(10, "main", [NewParent(0.0, 1)], [Span(0, 0.5, RUNNING), Span(0.5, 2, WAITING, "the exit of child 1")]),
        Life(
            11,
            "child 1",
            [NewParent(0.25, 10), NewParent(1.0, 1)],
            [Span(0.25, 1.5, SLEEPING), Span(1.5, 1.75, ZOMBIE)],
            exit="SIGTERM",
            over=True,
        ),
    ],
    [Line(0.4, "hello & goodbye")],
    2.0,
    400,
    0.006,
    messages=[Message(0.75, 10, 11), Message(1.25, 11, 10, certain=False), Message(1.251, 11, 10, certain=False)],
)


def test_picture_has_a_lane_for_each_process() -> None:
    picture = ET.fromstring(pictures.svg(SAMPLE))
    texts = ["".join(text.itertext()) for text in picture.iter(f"{SVG_NAMESPACE}text")]
    assert [text for text in texts if text.startswith(("main", "child"))] == ["main 10", "child 1 11"]
    assert {"SIGTERM", "adopted by process 1", "still there", "a <sample>", "0.5 s"} <= {*texts}
    bars = [
        bar
        for bar in picture.iter(f"{SVG_NAMESPACE}rect")
        if bar.get("class") in (RUNNING, WAITING, SLEEPING, ZOMBIE)
    ]
    told = [title.text for bar in bars for title in bar.iter(f"{SVG_NAMESPACE}title")]
    assert "0.500 s to 2.000 s: waiting for the exit of child 1" in told
    sleeping = next(bar for bar in bars if "0.250 s" in str(bar.find(f"{SVG_NAMESPACE}title").text))  # type: ignore[union-attr]
    scale = (pictures.PICTURE_WIDTH - pictures.LEFT_MARGIN - pictures.RIGHT_MARGIN) / 2
    assert float(sleeping.attrib["x"]) == pytest.approx(pictures.LEFT_MARGIN + 0.25 * scale, abs=0.1)
    assert float(sleeping.attrib["width"]) == pytest.approx(1.25 * scale, abs=0.1)


def test_picture_has_an_arrow_for_each_message() -> None:
    picture = ET.fromstring(pictures.svg(SAMPLE))
    shafts = [path for path in picture.iter(f"{SVG_NAMESPACE}path") if "message" in path.get("class", "").split()]
    kind_of = {path.attrib["d"]: path.attrib["class"] for path in shafts}
    scale = (pictures.PICTURE_WIDTH - pictures.LEFT_MARGIN - pictures.RIGHT_MARGIN) / 2
    first, second = pictures.TOP_MARGIN + 8, pictures.TOP_MARGIN + pictures.LANE_HEIGHT + 8
    down = f"M{pictures.LEFT_MARGIN + 0.75 * scale:.1f} {first}V{second - 7}"
    up = f"M{pictures.LEFT_MARGIN + 1.25 * scale:.1f} {second}V{first + 7}"
    assert (kind_of[down], kind_of[up]) == ("message", "message probably")
    assert len(shafts) == 4  # and one of each kind in the legend
    told = {"".join(title.itertext()) for title in picture.iter(f"{SVG_NAMESPACE}title")}
    assert {"0.750 s: a message from main to child 1", "1.250 s: 2 messages from child 1 to main, probably"} <= told


def test_picture_says_how_far_it_can_be_trusted() -> None:
    assert "asked 400 times, at most 6 ms apart" in pictures.svg(SAMPLE)


def test_page_tells_what_happened_in_order() -> None:
    page = pictures.html(SAMPLE)
    told = [
        "begins, as process 10",
        "is started by main, as process 11",
        "printed: hello &amp; goodbye",
        "waits for the exit of child 1",
        "receives a message from main",
        "is adopted by process 1",
        "probably receives a message from child 1",
        "has ended: SIGTERM",
        "is reaped",
    ]
    places = [page.index(f"<td>{what}</td>") for what in told]
    assert places == sorted(places)


def test_trace_events_are_what_perfetto_reads() -> None:
    events = json.loads(trace_events.render(SAMPLE))["traceEvents"]
    spans = [event for event in events if event["ph"] == "X"]
    assert [(event["name"], event["pid"], event["ts"], event["dur"]) for event in spans] == [
        ("running", 10, 0, 500_000),
        ("waiting", 10, 500_000, 1_500_000),
        ("sleeping", 11, 250_000, 1_250_000),
        ("zombie", 11, 1_500_000, 250_000),
    ]
    assert spans[1]["args"] == {"what": "the exit of child 1"}
    assert [event["ph"] for event in events if event.get("name") == "start"] == ["s", "f"]
    arrows = [(e["ph"], e["cat"], e["pid"], e["ts"]) for e in events if e["ph"] in "sf" and "message" in e["cat"]]
    assert arrows[:4] == [
        ("s", "message", 10, 750_000),
        ("f", "message", 11, 750_000),
        ("s", "message, probably", 11, 1_250_000),
        ("f", "message, probably", 10, 1_250_000),
    ]
    assert {"adopted by process 1", "SIGTERM", "hello & goodbye"} <= {e["name"] for e in events if e["ph"] == "i"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m impl`` with these arguments."""
    command = [sys.executable, "-m", "impl", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("suffix", [".svg", ".html", ".json"])
def test_demo_writes_its_timeline(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"timeline{suffix}"
    shown = run("zombie", "--pause", "0.3", "--mp", "multiprocessing:fork", "--timeline", str(file))
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "has joined" in shown.stdout
    text = file.read_text(encoding="utf-8")
    assert "zombie" in text
    assert "exit code 0" in text
    assert "has not joined" in text


@pytest.mark.usefixtures("interruptible")
def test_demo_that_is_interrupted_writes_its_timeline(tmp_path: Path) -> None:
    file = tmp_path / "timeline.json"
    command = [sys.executable, "-m", "impl", "zombie", "--pause", "30", "--timeline", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as demo:
        assert demo.stdout is not None
        demo.stdout.readline()
        until_blocked([demo.pid])
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=30)
    assert demo.returncode == 128 + signal.SIGINT
    assert json.loads(file.read_text(encoding="utf-8"))["traceEvents"]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("timeline.png", "the suffix determines the format, and is one of .svg, .html, .json"),
        ("nosuch/timeline.svg", "there is no folder "),
    ],
)
def test_file_that_cannot_be_written_is_refused_at_once(name: str, answer: str, tmp_path: Path) -> None:
    refused = run("zombie", "--timeline", str(tmp_path / name))
    assert refused.returncode == 2
    assert f"argument --timeline: {tmp_path / name}: {answer}" in refused.stderr
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr


def test_demo_has_arrows_for_its_messages(tmp_path: Path) -> None:
    file = tmp_path / "timeline.json"
    run("wait", "--think", "0.3", "--mp", "multiprocessing:fork", "--timeline", str(file))
    events = json.loads(file.read_text(encoding="utf-8"))["traceEvents"]
    roles = {event["pid"]: event["args"]["name"] for event in events if event["name"] == "process_name"}
    assert "main" in {roles[event["pid"]] for event in events if event["ph"] == "f" and event["cat"] != "start"}


def test_lessons_know_nothing_of_timelines() -> None:
    program = "import sys; from impl import __main__; __main__.main(['identity']); print('spec' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "False"
