"""Compare the arrows of a demo with what strace sees: ``python -m spec.selftest.arrows LESSON [OPTION ...]``.

The options are those of ``python -m impl LESSON``.  `strace(1) <https://man7.org/linux/man-pages/man1/strace.1.html>`_
must be installed, and slows each read and write.  It prints how many messages there were between processes of the
demo, and how many arrows of each kind are right.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Optional

from impl.__main__ import SECONDS_BETWEEN_LOOKS, lessons, parser
from impl.api import load
from spec.harness.blockers import OpenFiles
from spec.harness.process_table import bytes_read, state
from spec.harness.waits import BlockingCall
from spec.report.timelines.messages import MessageFinder, WaitingReader
from spec.report.timelines.observing import Observer
from spec.report.timelines.timeline import Message

_CALLS = "read,pread64,write,clone,clone3,fork,vfork"

_TRANSFER = re.compile(r"(read|pread64|write)\(\d+<(.*?)>,.* = (\d+)$")
"""A call that has transferred bytes, and the file, as strace -yy describes it."""

_SOCKET = re.compile(r"(?:UNIX|TCP).*?:\[(.+?)(?:->(.+?))?(?:,.*)?\]$")
"""A socket, and its peer while it is there: inodes, or addresses and ports."""


class Found(NamedTuple):
    """A message that is known, or of which it is not known who sent it.

    Attributes:
        thread: the thread that received it.
        before: how many bytes it had read before.
        after: how many bytes it had read then.
        message: what was found; None if no sender was.
    """

    thread: int
    before: int
    after: int
    message: Optional[Message]


class Received(NamedTuple):
    """A read of a thread.

    Attributes:
        total: how many bytes it had read after that, as strace counts.
        writes: the numbers of the writes that the bytes come from; none for files.
    """

    total: int
    writes: frozenset[int]


class RecordingFinder(MessageFinder):
    """Finds messages, and keeps which bytes of a thread each of them is."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Found] = []

    def look(self, time: float, calls: Mapping[int, Mapping[int, BlockingCall]], written: Mapping[int, int]) -> None:
        """Leave out threads that strace has stopped: they are not blocked, although the kernel shows a call."""
        asleep = {
            pid: {thread: call for thread, call in threads.items() if _sleeps(pid, thread)}
            for pid, threads in calls.items()
        }
        super().look(time, asleep, written)

    def _add_message(self, time: float, reader: WaitingReader, amount: int, files: OpenFiles) -> None:
        known = len(self.messages)
        super()._add_message(time, reader, amount, files)
        message = self.messages[known] if self.messages[known:] else None
        self.found.append(Found(reader.thread, reader.read, reader.read + amount, message))


def _sleeps(pid: int, thread: int) -> bool:
    try:
        return Path(f"/proc/{pid}/task/{thread}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "S"
    except OSError:
        return False


class Truth:
    """What strace has seen: who has read what was written by whom.

    Args:
        log: the output of ``strace -f -yy``.
        main: the first process, and how many bytes it had read before.
    """

    def __init__(self, log: str, main: tuple[int, int]) -> None:
        self._processes: dict[int, int] = {}
        self.senders: list[int] = []
        self.reads: dict[int, list[Received]] = {}
        self._left: dict[str, list[list[int]]] = {}
        self._peers: dict[str, str] = {}
        self._totals = dict([main])
        for thread, call in _whole_calls(log):
            self._add(thread, call)

    def process(self, thread: int) -> int:
        """Return the process of a *thread*."""
        return self._processes.get(thread, thread)

    def messages(self) -> set[tuple[int, int]]:
        """Return the messages between two processes: the number of the write, and the process that has read it."""
        pairs = {
            (write, self.process(thread))
            for thread, reads in self.reads.items()
            for one in reads
            for write in one.writes
        }
        return {(write, receiver) for write, receiver in pairs if self.senders[write] != receiver}

    def writes(self, found: Found, shift: int) -> set[int]:
        """Return the writes of which *found* has something, if the thread had read *shift* bytes more than seen."""
        reads = self.reads.get(found.thread, [])
        return {write for one in reads if found.before < one.total + shift <= found.after for write in one.writes}

    def _add(self, thread: int, call: str) -> None:
        started = re.search(r"CLONE_THREAD.* = (\d+)", call)
        if started:
            self._processes[int(started[1])] = self.process(thread)
        transfer = _TRANSFER.match(call)
        if transfer is None or transfer[3] == "0":
            return
        name, file, amount = transfer[1], transfer[2], int(transfer[3])
        own, other = self._ends(file)
        if name == "write":
            self._left.setdefault(own, []).append([len(self.senders), amount])
            self.senders.append(self.process(thread))
            return
        source = self._left.get(other, [])
        self._totals[thread] = self._totals.get(thread, 0) + amount
        self.reads.setdefault(thread, []).append(Received(self._totals[thread], frozenset(_take(source, amount))))

    def _ends(self, file: str) -> tuple[str, str]:
        """Return where *file* writes to, and what it reads from; the same for a pipe, nothing for other files."""
        socket = _SOCKET.match(file)
        if socket is None:
            return (file, file) if file.startswith("pipe:") else (file, "")
        if socket[2]:
            self._peers.update({socket[1]: socket[2], socket[2]: socket[1]})
        return socket[1], self._peers.get(socket[1], "")


def _take(source: list[list[int]], amount: int) -> Iterator[int]:
    """Take this *amount* of bytes from what was written, and yield the numbers of the writes."""
    while amount and source:
        number, left = source[0]
        yield number
        taken = min(left, amount)
        amount -= taken
        source[0][1] -= taken
        if not source[0][1]:
            del source[0]


def _whole_calls(log: str) -> Iterator[tuple[int, str]]:
    """Yield the thread and the text of each call: a read where it ends, all others where they begin."""
    begun: dict[int, str] = {}
    for line in log.splitlines():
        number, _, text = line.partition(" ")
        thread, text = int(number), text.strip()
        if text.endswith("<unfinished ...>"):
            begun[thread] = text = text[: -len("<unfinished ...>")].strip()
            if text.startswith("write("):  # it may end, in this log, after the read of what it writes
                yield thread, f"{text}) = {text.rpartition(' ')[2]}"
        elif not text.startswith("<... "):
            yield thread, text
        elif not text.startswith("<... write"):
            yield thread, begun.pop(thread, "") + text.partition("resumed>")[2]


def _run(lesson: str, mp: Any, options: dict[str, Any]) -> tuple[RecordingFinder, Truth, set[int]]:
    """Run the demo, and return what was found, what is true, and the processes."""
    waiting, let_go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(let_go)
        os.read(waiting, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        lessons()[lesson].demo(mp, **options)
        sys.exit()
    os.close(waiting)
    finder, observer = RecordingFinder(), Observer(lesson)
    observer.finder = finder
    with tempfile.NamedTemporaryFile("r", suffix=".txt") as log:
        command = ["strace", "-f", "-yy", "-s", "0", "-e", f"trace={_CALLS}", "-o", log.name, "-p", str(pid)]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
            assert tracer.stderr is not None
            tracer.stderr.readline()  # it says that it has attached
            had_read = bytes_read(pid) or 0
            observer.begin(pid)
            os.write(let_go, b".")
            os.close(let_go)
            while state(pid) == "alive":
                observer.look()
                time.sleep(SECONDS_BETWEEN_LOOKS)
            os.waitpid(pid, 0)
        pids = {life.pid for life in observer.end().lives}
        return finder, Truth(log.read(), (pid, had_read)), pids


def _shift(truth: Truth, found: list[Found]) -> int:
    """Return how many bytes more a thread has read than strace has seen: the kernel reads the head of a program."""
    totals = {0, *(one.total for one in truth.reads.get(found[0].thread, []))}
    shifts = Counter(place - total for one in found for place in (one.before, one.after) for total in totals)
    return max(shifts, key=lambda shift: (shifts[shift], -abs(shift)))


def main() -> None:
    """Run a demo, and print how many messages it had, and what became of the arrows."""
    options = vars(parser("python -m spec.selftest.arrows").parse_args())
    lesson, name = options.pop("lesson"), options.pop("mp")
    for other in ("impl", "timeline", "live"):
        options.pop(other)
    finder, truth, pids = _run(lesson, load(name), options)
    there = {(write, receiver) for write, receiver in truth.messages() if {truth.senders[write], receiver} <= pids}
    shifts = {
        thread: _shift(truth, [one for one in finder.found if one.thread == thread])
        for thread in {one.thread for one in finder.found}
    }
    counts: Counter[str] = Counter()
    shown: set[tuple[int, int]] = set()
    for one in finder.found:
        if one.message is None:
            continue
        right = {
            (write, one.message.receiver)
            for write in truth.writes(one, shifts[one.thread])
            if truth.senders[write] == one.message.sender
        }
        shown |= right
        counts[f"{'certain' if one.message.certain else 'probably'}, {'right' if right else 'WRONG'}"] += 1
    told = "; ".join(f"{number} {kind}" for kind, number in sorted(counts.items())) or "no arrows"
    print(f"{lesson} on {name}: {len(there)} messages, {len(there & shown)} have an arrow; arrows: {told}")


if __name__ == "__main__":
    main()
