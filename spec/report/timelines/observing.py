"""Watch the processes of a program while it runs, by asking the kernel again and again.

Nothing in the program takes part: no process is stopped, traced or asked.  What happens between two looks is not
seen.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Optional

from spec.harness.blockers import NOBODY, Awaited, find_wait, find_waits
from spec.harness.process_table import descendants, exit_in_words, listed_children, stat
from spec.harness.roles import command_line
from spec.harness.waits import BlockingCall, blocking_calls, sleeps
from spec.report.timelines.messages import MessageFinder, written_so_far
from spec.report.timelines.timeline import (
    RUNNING,
    SLEEPING,
    STOPPED,
    WAITING,
    ZOMBIE,
    Life,
    Line,
    NewParent,
    Span,
    Timeline,
)

_SECONDS_TO_BEGIN = 1
"""A process that is started as a new program is the fork of its starter at first, for less than this time."""

_CLOCK_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", 7)
"""The clock of the starts of processes in /proc; some Pythons have no name for it."""

_STATES = {"R": RUNNING, "D": RUNNING, "T": STOPPED, "t": STOPPED, "Z": ZOMBIE}


@dataclass(frozen=True)
class _Observation:
    """What the kernel says of a process at one moment.

    See `proc_pid_stat(5) <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>`_.

    Attributes:
        letter: its state.
        parent: the number of its parent.
        ticks: how much of the processor it has used, in user and in kernel mode, in ticks of the clock.
        threads: how many threads it has.
        begun: when it was started, in ticks of the clock since the machine was.
        status: how it ended, as `waitpid` tells it.
    """

    letter: str
    parent: int
    ticks: int
    threads: int
    begun: int
    status: int


def _observe(pid: int) -> Optional[_Observation]:
    fields = stat(pid)
    if not fields or fields[0] == b"X":
        return None
    ticks = int(fields[11]) + int(fields[12])
    return _Observation(fields[0].decode(), int(fields[1]), ticks, int(fields[17]), int(fields[19]), int(fields[49]))


def _exit(status: int) -> str:
    """Return how a process ended, in words, from the status that `waitpid` gives."""
    number = status & 0x7F
    return exit_in_words(status >> 8 & 0xFF, number or None)


def with_roles(what: str, roles: Mapping[int, str]) -> str:
    """Return *what* is said of processes, with their *roles* in place of their numbers."""

    def named(found: re.Match[str]) -> str:
        return re.sub(r"\d+", lambda number: roles.get(int(number[0]), f"process {number[0]}"), found[1])

    return re.sub(r"process ((?:\d+, )*\d+(?: or \d+)?)", named, what)


class _Subject:
    """A process that is watched."""

    def __init__(self, life: Life, seen: _Observation) -> None:
        self.life, self.begun, self.ticks = life, seen.begun, seen.ticks
        self.call: Optional[BlockingCall] = None
        self.wait = Awaited("")


class Observer:
    """Watches a process, and all processes that come from it.

    Args:
        title: what the timeline is called.

    Attributes:
        begun: when the timeline began, by `time.monotonic`.
        finder: what finds messages, if they are looked for.
        MAIN: the role of the first process.
        NO_PROCESS: how it is said that none of the processes could end a wait.
        FINDS_MESSAGES: whether it looks for messages, which takes time.
    """

    MAIN, NO_PROCESS, FINDS_MESSAGES = "main", "no process of the program", True

    def __init__(self, title: str) -> None:
        self._title = title
        self._subjects: dict[int, _Subject] = {}
        self._lives: list[Life] = []
        self._lines: list[Line] = []
        self._commands: dict[int, str] = {}
        self._looks, self._gap, self.begun, self._last = 0, 0.0, time.monotonic(), 0.0
        self._main = 0
        self.finder = MessageFinder() if self.FINDS_MESSAGES else None

    def begin(self, pid: int) -> None:
        """Begin with process *pid*, which has just started."""
        self._main, self.begun, self._last = pid, time.monotonic(), 0.0
        self.look()

    def look(self) -> None:
        """Ask the kernel what all processes do now."""
        now, before = time.monotonic() - self.begun, self._last
        self._gap, self._last, self._looks = max(self._gap, now - before), now, self._looks + 1
        pids = self._all()
        written = written_so_far(pids) if self.finder else {}
        calls: dict[int, dict[int, BlockingCall]] = {}
        for pid in pids:
            seen = _observe(pid)
            subject = self._subjects.get(pid)
            if subject is not None and (seen is None or seen.begun != subject.begun):
                self._is_gone(subject, now)
                subject = None
            if seen is not None:
                if subject is None:
                    subject = self._is_new(pid, seen, min(max(self._start(seen), before), now))
                if seen.letter != "Z":
                    calls[pid] = {} if seen.letter == "R" and seen.threads == 1 else blocking_calls(pid)
                self._goes_on(subject, seen, calls.get(pid, {}).get(pid), now)
        if self.finder:
            self.finder.look(now, calls, written)

    def printed(self, text: str, _descriptor: int) -> bool:
        """Note what the processes have printed: whole lines, or parts of one; return that it is still to be shown."""
        now = time.monotonic() - self.begun
        self._lines += [Line(now, line) for line in text.splitlines() if line]
        return False

    def end(self) -> Timeline:
        """Return the timeline, from the beginning until now."""
        self.look()
        return self.timeline()

    def timeline(self) -> Timeline:
        """Return the timeline, from the beginning until the last look."""
        roles = self._name_all()
        lives = [
            replace(
                life,
                parents=[*life.parents],
                spans=[
                    span._replace(what=with_roles(span.what.replace(NOBODY, self.NO_PROCESS), roles))
                    for span in life.spans
                ],
            )
            for life in self._lives
        ]
        messages = [*self.finder.messages] if self.finder else []
        return Timeline(self._title, lives, [*self._lines], self._last, self._looks, self._gap, messages=messages)

    def _name_all(self) -> dict[int, str]:
        """Say who each process is, and return the names by process."""
        children = 0
        for life in self._lives:
            starter = next((other.role for other in self._lives if other.pid == life.parents[0].parent), "")
            command = self._commands.get(life.pid, "")
            if life is self._lives[0]:
                life.role = self.MAIN
            elif "_tracker import main" in command:
                life.role = "resource tracker"
            elif "forkserver import main" in command and starter != "fork server":
                life.role = "fork server"
            else:
                children += 1
                life.role = f"child {children}"
        return {life.pid: life.role for life in self._lives}

    def _all(self) -> list[int]:
        """Return the processes to look at: those that were seen, and what they have started."""
        found = dict.fromkeys([*self._subjects, self._main])
        for pid in [*found]:
            found.update(dict.fromkeys(descendants(pid) if pid == self._main else listed_children(pid)))
        return [*found]

    def _start(self, seen: _Observation) -> float:
        """Return when a process was started; the kernel's ticks are ten milliseconds as a rule."""
        boot = time.monotonic() - time.clock_gettime(_CLOCK_BOOTTIME)
        return seen.begun / os.sysconf("SC_CLK_TCK") + boot - self.begun

    def _is_new(self, pid: int, seen: _Observation, start: float) -> _Subject:
        life = Life(pid, "", [NewParent(start if self._lives else 0.0, seen.parent)])
        self._lives.append(life)
        self._subjects[pid] = subject = _Subject(life, seen)
        return subject

    def _is_gone(self, subject: _Subject, now: float) -> None:
        life = subject.life
        del self._subjects[life.pid]
        life.over = True
        life.spans[-1] = life.spans[-1]._replace(end=now)

    def _goes_on(self, subject: _Subject, seen: _Observation, call: Optional[BlockingCall], now: float) -> None:
        life = subject.life
        if now - life.begin < _SECONDS_TO_BEGIN:
            with suppress(OSError):  # it is gone
                self._commands[life.pid] = command_line(life.pid) or self._commands.get(life.pid, "")
        if seen.parent != life.parents[-1].parent:
            life.parents.append(NewParent(now, seen.parent))
        if seen.letter == "Z" and not life.exit:
            life.exit = _exit(seen.status)
        state, wait = self._activity(subject, seen, call)
        if life.spans:
            life.spans[-1] = life.spans[-1]._replace(end=now)
        elif life is not self._lives[0]:  # which ran before
            life.spans.append(Span(life.begin, now, RUNNING))
        if not life.spans or (state, wait.what) != life.spans[-1][2:4]:
            life.spans.append(Span(now if life.spans else life.begin, now, state, *wait))

    def _activity(self, subject: _Subject, seen: _Observation, call: Optional[BlockingCall]) -> tuple[str, Awaited]:
        """Return the state of a process, and what it waits for.

        A process that has used the processor since the last look counts as running.

        Args:
            subject: the process.
            seen: what the kernel says of it.
            call: the system call in which its main thread waits.
        """
        pid = subject.life.pid
        used, subject.ticks = seen.ticks > subject.ticks, seen.ticks
        if seen.letter in _STATES:
            return _STATES[seen.letter], Awaited("")
        if used:
            return RUNNING, Awaited("")
        if call != subject.call or (subject.wait.what and not subject.wait.enders):
            # Who else has the pipe or the memory is looked up only until somebody is found.
            subject.call, subject.wait = call, find_wait(pid, [*self._subjects])
        if subject.wait.what:
            return WAITING, subject.wait
        return (SLEEPING if sleeps(pid) else WAITING), Awaited("")

    def look_again_at_waits(self) -> None:
        """Ask again who could end each wait, and for what other threads wait.

        Processes may have started since a wait began.
        """
        for subject in self._subjects.values():
            span = subject.life.spans[-1]
            if span.what:
                subject.wait = find_waits(subject.life.pid, [*self._subjects])
                subject.life.spans[-1] = span._replace(what=subject.wait.what, enders=subject.wait.enders)
