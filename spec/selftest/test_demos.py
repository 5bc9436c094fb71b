"""Each lesson runs by itself, as a person would watch it: ``python -m impl LESSON``."""

from __future__ import annotations

import inspect
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import get_all_start_methods
from pathlib import Path

import pytest

from impl import lifecycle
from impl.__main__ import lessons, look_for, main, parser
from spec.harness.nursery import Nursery
from spec.harness.stillness import Stillness
from spec.paths import ROOT
from spec.selftest.demos import ARTICLE, QUICK, SHOWS


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files of the demos, which leave none; its path is short enough for sockets."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield
        assert os.listdir(folder) == []


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m impl`` with the arguments, and return what it had printed when it ended.

    The output goes to files.  Reading a pipe would wait for every other process that has the pipe open.

    """
    command = [sys.executable, "-m", "impl", *arguments]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        status = subprocess.run(command, cwd=ROOT, stdout=output, stderr=errors, timeout=240).returncode
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(command, status, output.read(), errors.read())


def test_without_a_lesson_lists_them() -> None:
    """`python -m impl` lists every lesson."""
    listing = run()
    assert [name for name in lessons() if name not in listing.stdout] == []
    assert listing.returncode == 0


@pytest.mark.parametrize("lesson", lessons())
def test_default_is_the_article(lesson: str) -> None:
    """Without options, a demo has the article's numbers, on `multiprocessing`."""
    written_out = [lesson, "--mp", "multiprocessing", *ARTICLE[lesson].split()]
    assert parser().parse_args([lesson]) == parser().parse_args(written_out)


@pytest.mark.parametrize("lesson", lessons())
def test_help_is_what_there_is_to_know(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` shows the lesson's own text, with its paragraphs and line breaks."""
    with pytest.raises(SystemExit, match=r"^0$"):
        parser().parse_args([lesson, "--help"])
    assert str(inspect.getdoc(lessons()[lesson])) in capsys.readouterr().out


@pytest.mark.parametrize("method", get_all_start_methods())
@pytest.mark.parametrize("lesson", lessons())
def test_shows_what_the_lesson_says(lesson: str, method: str) -> None:
    """Each demo shows its lesson under each start method, and leaves no process behind.

    It says what to look for first, and what happened last.
    """
    with Nursery() as nursery:
        demo = run(lesson, "--mp", f"multiprocessing:{method}", *QUICK.get(lesson, "").split())
    assert demo.stderr == ""
    assert demo.returncode == 0
    assert re.fullmatch(r"Look for [^\n]*\.", look_for(lessons()[lesson].demo))
    assert demo.stdout.startswith(look_for(lessons()[lesson].demo) + "\n\n")
    assert re.search(".*".join(map(re.escape, SHOWS[lesson])), demo.stdout, re.DOTALL), demo.stdout
    # When the ordinary child has printed, the program of that lesson ends, so nobody is left to print a result.
    assert demo.stdout.splitlines()[-1].startswith("ordinary child: " if lesson == "daemon" else "result: ")
    assert nursery.leftovers == []


@pytest.mark.parametrize("lines", [1, 2, 3])
@pytest.mark.parametrize("method", get_all_start_methods())
def test_output_may_be_closed_early(method: str, lines: int) -> None:
    """A demo whose output nobody reads any more ends quietly, and leaves no process."""
    command = [sys.executable, "-m", "impl", "lock", "--mp", f"multiprocessing:{method}"]
    with Nursery() as nursery:
        demo = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert demo.stdout is not None
        assert demo.stderr is not None
        for _ in range(lines):
            demo.stdout.readline()
        demo.stdout.close()
        assert demo.stderr.read() == b""
        assert demo.wait() == 128 + signal.SIGPIPE
        demo.stderr.close()
    assert nursery.leftovers == []


def test_daemon_never_prints() -> None:
    """The daemon prints nothing."""
    assert "daemon: done" not in run("daemon", *QUICK["daemon"].split()).stdout


def test_lifecycle_would_print(capsys: pytest.CaptureFixture[str]) -> None:
    """The child that is terminated never says that it is done."""
    begun = time.monotonic()
    lifecycle.work(0.05)
    assert time.monotonic() - begun >= 0.05
    assert capsys.readouterr().out == "child: done\n"


def test_fanout_says_how_long_it_took() -> None:
    """The seconds shown are at least those of the work, and no more than the demo took."""
    begun = time.monotonic()
    shown = re.findall(r"(?:one by one|together): (.*) s", run("fanout", *QUICK["fanout"].split()).stdout)
    one_by_one, together = map(float, shown)
    assert one_by_one >= 0.3
    assert together >= 0.1
    assert one_by_one + together <= time.monotonic() - begun


def test_orphan_is_adopted() -> None:
    """The child has the parent as its parent until that leaves, and then another process."""
    shown = run("orphan", "--mp", "multiprocessing:fork").stdout
    # The match need not be at the start of a line: Python may write the end of a line separately.
    [parent] = re.findall(r"parent: process (\d+), child of ", shown)
    [child] = re.findall(rf"child: process (\d+), child of process {parent} ", shown)
    assert f"orphan: process {child}, child of " in shown
    assert f"orphan: process {child}, child of process {parent} " not in shown


def test_failure_is_told_by_the_status() -> None:
    """A demo that fails has the exit status of a program that fails; here a thread cannot be terminated."""
    failed = run("lifecycle", "--mp", "multiprocessing.dummy", "--pause", "0")
    assert "AttributeError" in failed.stderr
    assert failed.returncode == 1


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_zombie_is_seen(method: str) -> None:
    """The demo sees the zombie, with no memory, where the starter is the parent."""
    assert "zombie, 0 bytes of memory" in run("zombie", "--mp", f"multiprocessing:{method}").stdout


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["nosuch"], "argument LESSON: invalid choice: 'nosuch'"),
        (["lock", "--buyers", "-1"], "argument --buyers: -1 is not from 0 to 10000"),
        (["lock", "--buyers", "ten"], "argument --buyers: invalid int value: 'ten'"),
        (["lock", "--pause", "nan"], "argument --pause: nan is not from 0 to 10000"),
        (["lock", "--pause", "inf"], "argument --pause: inf is not from 0 to 10000"),
        (["shared_memory", "--width", "9" * 20], f"argument --width: {'9' * 20} is not from 0 to 10000"),
        (["remote", "--address", "192.0.2.1"], "argument --address: '192.0.2.1' is not an IPv4 address at which"),
        (["remote", "--address", "255.255.255.255"], "'255.255.255.255' is not an IPv4 address at which"),
        (["remote", "--address", ""], "argument --address: '' is not an IPv4 address at which"),
        (["lock", "--mp", "nosuch"], "argument --mp: no module named 'nosuch' here; is it installed?"),
        (["executor", "--mp", "multiprocessing.dummy"], "argument --mp: it has no ProcessPoolExecutor"),
        (["shared_memory", "--mp", "multiprocessing.dummy"], "argument --mp: it has no SharedMemory"),
        (["lock", "--mp", "multiprocessing:nope"], "argument --mp: 'multiprocessing' has no context 'nope'"),
    ],
)
def test_mistakes_are_answered_in_one_line(arguments: list[str], answer: str) -> None:
    """A wrong argument gets a line that says what is wrong, and argparse's exit status."""
    failed = run(*arguments)
    assert answer in failed.stderr
    assert "Traceback" not in failed.stderr
    assert failed.returncode == 2


OWN = """
import os
import time


def run_in_child(mp, task):
    pid = os.fork()
    if pid == 0:
        task()
        time.sleep(0.5)  # or no look might see it
        os._exit(0)
    print("these are my lessons")
    os.waitpid(pid, 0)
"""


@pytest.fixture
def own_lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the package of the README, which has one lesson, and no demo."""
    (tmp_path / "watched").mkdir()
    (tmp_path / "watched" / "isolation.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "watched" / "lock.py").write_text("def other(): pass", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def test_own_lessons_can_be_watched(own_lessons: Path) -> None:
    """`python -m spec watch LESSON --impl PACKAGE --timeline FILE` runs the demo with the package's functions."""
    command = [sys.executable, "-m", "spec", "watch", "isolation", "--impl", "watched", "--timeline", "own.json"]
    shown = subprocess.run(command, cwd=own_lessons, capture_output=True, text=True, timeout=60, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "these are my lessons" in shown.stdout
    assert "result: the child changed its own number only" in shown.stdout
    written = json.loads((own_lessons / "own.json").read_text(encoding="utf-8"))
    assert written["otherData"]["title"] == "watched.isolation on multiprocessing"
    assert "child 1" in {event["args"]["name"] for event in written["traceEvents"] if event["name"] == "process_name"}


@pytest.mark.parametrize(
    ("lesson", "package", "answer"),
    [
        ("isolation", "nosuch", "argument --impl: no module named 'nosuch.isolation' here; is it installed?"),
        ("zombie", "watched", "argument --impl: no module named 'watched.zombie' here; is it installed?"),
        ("lock", "watched", "argument --impl: watched.lock has none of the functions of impl.lock"),
    ],
)
def test_package_without_the_lesson_is_told(
    lesson: str,
    package: str,
    answer: str,
    own_lessons: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A package that lacks the lesson gets a line that says what is wrong, and argparse's exit status."""
    monkeypatch.chdir(own_lessons)
    monkeypatch.setattr(sys, "path", [*sys.path])
    with pytest.raises(SystemExit, match=r"^2$"):
        main([lesson, "--impl", package])
    assert answer in capsys.readouterr().err


def test_zero_is_no_mistake() -> None:
    """A number may be zero, and a time may be zero too."""
    demo = run("lock", "--buyers", "0", "--tickets", "0", "--pause", "0")
    assert (demo.returncode, demo.stderr) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_termination_ends_all_processes_of_a_demo(number: int) -> None:
    """SIGTERM or SIGHUP for the program that shows a demo ends the demo, and the processes that it has started."""
    with Nursery() as nursery:
        command = [sys.executable, "-m", "impl", "zombie", "--pause", "30"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as demo:
            stillness = Stillness(0.3)
            while not stillness.lasts(nursery.inside()):
                time.sleep(0.02)
            demo.send_signal(number)
            _, errors = demo.communicate(timeout=30)
        assert (demo.returncode, errors) == (128 + number, b"")
    assert nursery.leftovers == []


@pytest.mark.parametrize("method", get_all_start_methods())
@pytest.mark.parametrize("lesson", ["lock", "sharing", "joinable", "daemon"])
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_cleanly(lesson: str, method: str, tmp_path: Path) -> None:
    """Ctrl-C, which the terminal sends to every process of the run, ends the demo without traceback and leftovers."""
    options = {
        "lock": "--pause 30",
        "sharing": "--pause 30",
        "joinable": "--eat 30",
        "daemon": "--ordinary-seconds 30",
    }
    with Nursery() as nursery, (tmp_path / "errors").open("w+") as errors:
        demo = subprocess.Popen(
            [sys.executable, "-m", "impl", lesson, "--mp", f"multiprocessing:{method}", *options[lesson].split()],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        assert demo.stdout is not None
        stillness = Stillness(0.3)
        while not stillness.lasts(nursery.inside()):  # all have started and wait
            time.sleep(0.02)
        os.killpg(demo.pid, signal.SIGINT)  # as the terminal does
        assert demo.wait(30) == 128 + signal.SIGINT
        demo.stdout.close()
        errors.seek(0)
        assert errors.read() == "interrupted\n"
    assert nursery.leftovers == []
