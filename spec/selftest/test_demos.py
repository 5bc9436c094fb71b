"""Each lesson runs by itself, as a person would watch it: ``python -m impl LESSON``."""

from __future__ import annotations

import inspect
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
from impl.__main__ import lessons, look_for, parser
from spec.harness.nursery import Nursery
from spec.harness.stillness import Stillness
from spec.paths import ROOT

QUICK = {
    "barrier": "--stages 2 --pace 0.1",
    "condition": "--buyers 2 --delay 0.2 --pause 0.05",
    "daemon": "--daemon-seconds 30 --ordinary-seconds 0.3",
    "executor": "--pace 0.05",
    "event": "--runners 2 --warm-up 0.1 --patience 0.1",
    "fanout": "--children 3 --pause 0.1",
    "joinable": "--items 2 --make 0.01 --eat 0.01",
    "lifecycle": "--pause 30",
    "lock": "--buyers 4 --tickets 2 --pause 0.2",
    "pool": "--parcels 3 --packers 2 --seconds 0.4 --patience 0.1",
    "remote": "--hosts 2 --tickets 2 --pause 0.05",
    "semaphore": "--cars 3 --places 2 --stay 0.3",
    "shared_memory": "--width 8 --painters 2 --pause 0.05",
    "sharing": "--start 10 --workers 3 --pause 0.2",
    "values": "--turnstiles 3 --pause 0.2",
    "wait": "--think 0.6",
    "zombie": "--pause 0.5",
}
"""Options that make a demo short; with the numbers of the article it takes as long as in the article."""

ARTICLE = {
    "barrier": "--hikers 3 --stages 3 --pace 0.2",
    "condition": "--buyers 4 --delay 0.5 --pause 0.05",
    "daemon": "--daemon-seconds 3 --ordinary-seconds 5",
    "executor": "--cooks 2 --pace 0.1",
    "event": "--runners 5 --warm-up 0.2 --patience 0.5",
    "fanout": "--children 10 --pause 0.5",
    "identity": "--name 洪七",
    "isolation": "",
    "joinable": "--items 10 --maxsize 30 --make 0.2 --eat 0.5",
    "lifecycle": "--pause 5",
    "lock": "--buyers 10 --tickets 3 --pause 0.2",
    "orphan": "--pause 1",
    "pool": "--parcels 10 --packers 3 --seconds 1.5 --patience 1.0",
    "queue": "--maxsize 5 --items 7",
    "remote": "--hosts 3 --tickets 5 --pause 0.2",
    "semaphore": "--cars 8 --places 3 --stay 0.5",
    "shared_memory": "--width 40 --painters 5 --pause 0.1",
    "sharing": "--start 100 --workers 10 --pause 0.1",
    "values": "--turnstiles 10 --pause 0.1",
    "wait": "--clients 3 --think 1.5",
    "zombie": "--children 1 --pause 1",
}
"""The article's numbers, written out."""

SHOWS = {
    "barrier": [
        "the hikers set out with a barrier",
        "is at hut 0",
        "is at hut 0",
        "is at hut 0",
        "is at hut 1",
        "is at hut 1",
        "is at hut 1",
        "the hikers set out without a barrier",
        "is at hut 1",
        "result: with a barrier they were at most 1 apart",
    ],
    "condition": [
        "no tickets: 2 buyers wait with a condition",
        "delivery: 1",
        "bought at look ",
        "no tickets: 2 buyers wait without a condition",
        "bought at look ",
        "a delivery between the look and the wait: missed",
        "result: 2 buyers looked ",
    ],
    "daemon": ["main: ended", "ordinary child: done"],
    "event": [
        "a race in which the gun is loaded",
        "all are at the line: go",
        " runs",
        " runs",
        "a race in which the gun is not cleared",
        "runner 0 runs",
        "a race in which nobody fires",
        " goes home",
        " goes home",
        "result: 0 ran before the shot; ",
        "2 went home",
    ],
    "executor": [
        "2 cooks: dishes are served as they are done",
        " by cook ",
        " by cook ",
        " by cook ",
        "the kitchen stops taking orders",
        "cancelled: ",
        "the soup: spoiled: salted twice",
        "a cook meets with an accident",
        "the flambé: lost; the dumplings: ",
        " orders were cancelled, and the accident cost ",
    ],
    "fanout": ["child 0: done", "one by one", "child 0: done", "together", "result: one by one they took "],
    "identity": [
        "child:  I am 洪七, process ",
        "parent: that was 洪七, process ",
        "parent: now I call it 洪七, joined",
        "parent: that was ",
        "result: two children and their parent are 3 processes",
    ],
    "isolation": [
        "parent: number = 100",
        "child:  number = 3",
        "parent: number = 100",
        "result: the child changed its own number only",
    ],
    "joinable": [
        "ate dumpling 1",
        "the producer goes on",
        "result: 2 of 2 dumplings were eaten before the producer went on",
    ],
    "lifecycle": [
        "started:    alive is True",
        "terminated: ",
        "joined:     alive is False, exit code -15",
        "result: the child ended by signal 15",
    ],
    "lock": [
        "tickets: 2, sold with a lock",
        "sold out",
        "left: 0",
        "result: 2 tickets, 4 buyers, 2 sold with a lock: not oversold",
        "tickets: 2, sold without a lock",
    ],
    "orphan": ["parent: process ", "leaves", "orphan: process ", "result: the child outlived its parent"],
    "pool": [
        "in order: parcel 0, parcel 1, parcel 2",
        "as they are ready:",
        "parcel ",
        "parcel ",
        "parcel ",
        "all are handed in:",
        "parcel ",
        "parcel ",
        "parcel ",
        "from a packer who is killed: None",
        "from another packer: parcel 1",
        "result: the parcel of the killed packer never came, and the next one came",
    ],
    "queue": [
        "the parent got 'hello from the child'",
        "the child answered 'HELLO'",
        "offered 7 items to a queue of 5; refused: [5, 6]",
        "got [0, 1, 2, 3, 4]",
        "and then, without waiting, nothing",
        "result: 2 of 7 items were refused, and 5 came in the order in which they were put",
    ],
    "semaphore": [
        "2 places, with a semaphore",
        "drives in",
        "drives in",
        "drives out",
        "drives in",
        "2 places, without a semaphore",
        "drives in",
        "a bounded semaphore noticed that a car drove out which had not driven in",
        "result: 2 places, and 2 cars at once with a semaphore, ",
    ],
    "sharing": [
        "10 less 3 with a lock: 7",
        "10 less 3 without a lock: ",
        "result: of 3 updates, 0 were lost with a lock, ",
    ],
    "shared_memory": [
        "each painter was sent a copy of the wall: ........\n",
        "each painter was sent the name psm_",
        ": aaaabbbb\n",
        "result: 0 of 8 places are painted on the wall whose copies were sent, 8 of 8 on the shared one",
    ],
    "values": [
        "3 visitors, with the lock: 3 counted",
        "3 visitors, without it: ",
        "3 visitors, with a place for each turnstile: 3 counted",
        "result: 0 visitors were missed with the lock, ",
        "0 with places",
    ],
    "remote": [
        "the office serves at 127.0.0.1",
        "has bought a ticket",
        "has bought a ticket",
        "tickets left: 0",
        "a caller with another key is refused",
        "the office is open from nine to five",
        "result: 2 tickets, 2 hosts, 2 sold; the office shares no memory with them",
    ],
    "wait": [
        "the desk serves in a fixed order",
        "the desk serves client 0",
        "the desk serves client 1",
        "the desk serves client 2",
        "the desk serves whoever is ready",
        "the desk serves client ",
        "the first to leave: [",
        "result: 3 clients were served both ways; as they are ready, the order is another one",
    ],
    "zombie": [
        "has not joined",
        "has joined",
        "not in the process table",
        "result: of 1 exited children, ",
    ],
}
"""Lines that a demo prints in this order, among other lines."""


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files of the demos, which leave none; its path is short enough for sockets."""
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield
        assert os.listdir(folder) == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt the programs that are started, although a shell lets background programs ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
        (["lock", "--buyers", "-1"], "argument --buyers: -1 is not zero or more"),
        (["lock", "--buyers", "ten"], "argument --buyers: invalid int value: 'ten'"),
        (["lock", "--pause", "nan"], "argument --pause: nan is not zero or more"),
        (["lock", "--pause", "inf"], "argument --pause: inf is not zero or more"),
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


def test_zero_is_no_mistake() -> None:
    """A number may be zero, and a time may be zero too."""
    demo = run("lock", "--buyers", "0", "--tickets", "0", "--pause", "0")
    assert (demo.returncode, demo.stderr) == (0, "")


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
