"""Each lesson runs by itself, as a person would watch it: ``python -m impl LESSON``."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from impl.__main__ import lessons
from spec.harness.nursery import Nursery
from spec.harness.stillness import Stillness
from spec.meta.verify import ROOT

METHODS = ["fork", "spawn", "forkserver"]

QUICK = {
    "daemon": "--daemon-seconds 30 --ordinary-seconds 0.3",
    "fanout": "--children 3 --pause 0.1",
    "joinable": "--items 2 --make 0.01 --eat 0.01",
    "lifecycle": "--pause 30",
    "lock": "--buyers 4 --tickets 2 --pause 0.2",
    "sharing": "--start 10 --workers 3 --pause 0.2",
    "zombie": "--pause 0.5",
}
"""Options that make a demo short; with the article's numbers it takes as long as the article's."""

SHOWS = {
    "daemon": ["main: ended", "ordinary child: done"],
    "fanout": ["one by one", "together"],
    "identity": ["parent: that was 洪七, process ", "I am process "],
    "isolation": ["parent: number = 100", "child:  number = 3", "parent: number = 100"],
    "joinable": ["ate dumpling 1", "all eaten: the producer goes on", "main: ended"],
    "lifecycle": ["started:    alive is True", "terminated: ", "joined:     alive is False, exit code -15"],
    "lock": ["2 tickets, with a lock:", "sold out", "0 left", "2 tickets, without a lock:"],
    "orphan": ["parent: process ", "leaves", "orphan: process "],
    "queue": ["the parent got 'hello from the child'", "refused: [5, 6]", "got [0, 1, 2, 3, 4]"],
    "sharing": ["10 less 3 with a lock: 7", "10 less 3 without a lock: "],
    "zombie": ["has not joined", "has joined", "not in the process table"],
}
"""What a demo prints, in this order among other things."""


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files of the demos, in which none is left; its path is short enough for sockets."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield
        assert os.listdir(folder) == []


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m impl`` with the arguments."""
    return subprocess.run(
        [sys.executable, "-m", "impl", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=240
    )


def test_without_a_lesson_lists_them() -> None:
    """`python -m impl` lists every lesson."""
    listing = run()
    assert [name for name in lessons() if name not in listing.stdout] == []
    assert listing.returncode == 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lesson", lessons())
def test_shows_what_the_lesson_says(lesson: str, method: str) -> None:
    """Each demo shows its lesson under each start method, and leaves no process behind."""
    with Nursery() as nursery:
        demo = run(lesson, "--mp", f"multiprocessing:{method}", *QUICK.get(lesson, "").split())
    assert demo.stderr == ""
    assert demo.returncode == 0
    assert re.search(".*".join(map(re.escape, SHOWS[lesson])), demo.stdout, re.DOTALL), demo.stdout
    assert nursery.leftovers == []


def test_daemon_never_prints() -> None:
    """The daemon's line does not appear."""
    assert "daemon: done" not in run("daemon", *QUICK["daemon"].split()).stdout


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_zombie_is_seen(method: str) -> None:
    """The demo sees the zombie, with no memory, where the starter is the parent."""
    assert "zombie, 0 bytes of memory" in run("zombie", "--mp", f"multiprocessing:{method}").stdout


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["nosuch"], "argument LESSON: invalid choice: 'nosuch'"),
        (["lock", "--buyers", "-1"], "argument --buyers: -1 is not zero or more"),
        (["lock", "--buyers", "ten"], "argument --buyers: invalid int value: 'ten'"),
        (["lock", "--pause", "nan"], "argument --pause: nan is not zero or more"),
        (["lock", "--mp", "nosuch"], "argument --mp: no module named 'nosuch' here; is it installed?"),
        (["lock", "--mp", "multiprocessing:nope"], "argument --mp: 'multiprocessing' has no context 'nope'"),
    ],
)
def test_mistakes_are_answered_in_one_line(arguments: list[str], answer: str) -> None:
    """A wrong argument gets a line that says what is wrong, and argparse's exit status."""
    failed = run(*arguments)
    assert answer in failed.stderr
    assert "Traceback" not in failed.stderr
    assert failed.returncode == 2


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lesson", ["lock", "sharing", "joinable", "daemon"])
def test_ctrl_c_ends_it_cleanly(lesson: str, method: str, tmp_path: Path) -> None:
    """Ctrl-C, which the terminal sends to every process of the run, ends it without a traceback or a leftover."""
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
        while not stillness.lasts(nursery.inside()):  # everybody has started, and waits
            time.sleep(0.02)
        os.killpg(demo.pid, signal.SIGINT)  # as the terminal does
        assert demo.wait(30) == 128 + signal.SIGINT
        demo.stdout.close()
        errors.seek(0)
        assert errors.read() == "interrupted\n"
    assert nursery.leftovers == []
