"""The recorder: a log that any process can append to."""

from __future__ import annotations

import os
import pickle
import resource
from itertools import groupby
from pathlib import Path

import pytest

from spec.harness.process_table import exit_of
from spec.harness.recorder import Recorder
from spec.harness.witness import Violation
from spec.selftest.conftest import Fork

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture
def log(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path / "log")


def test_knows_what_who_and_when(log: Recorder, fork: Fork) -> None:
    pid = fork(pickle.loads(pickle.dumps(log)), "seen", {"count": 3})
    assert exit_of(pid).code == 0
    [event] = log.events("seen")
    assert (event.name, event.value, event.pid, event.ppid) == ("seen", {"count": 3}, pid, os.getpid())
    assert event.time > 0


def test_has_no_events_before_the_first(log: Recorder) -> None:
    assert log.events("seen") == []


def test_tells_events_apart_by_name(log: Recorder) -> None:
    log("one", 1)
    log("two", 2)
    log("one", "with \n, \u2028 and \ud800 in it")
    assert log.values("one") == [1, "with \n, \u2028 and \ud800 in it"]


def test_none_is_lost_or_torn(log: Recorder, fork: Fork) -> None:
    def write(writer: int) -> None:
        for number in range(200):
            log("event", (writer, number, "x" * (number * 13 % 5000)))

    pids = [fork(write, writer) for writer in range(10)]
    while len(log.events("event")) < 1000:  # reads while they write
        pass
    assert {exit_of(pid).code for pid in pids} == {0}
    events = log.events("event")
    whole = [(writer, number, "x" * (number * 13 % 5000)) for writer in range(10) for number in range(200)]
    assert sorted(event.value for event in events) == whole
    for pid, own in groupby(sorted(events, key=lambda event: event.pid), key=lambda event: event.pid):
        written = list(own)  # the sort is stable, so this is the order of the file
        assert written == sorted(written, key=lambda event: event.time)
        assert {pids[event.value[0]] for event in written} == {pid}


def test_event_being_written_does_not_count_yet(log: Recorder) -> None:
    log("seen", 1)
    with open(log.path, "a", encoding="utf-8") as file:
        file.write("('seen', 2, 1, ")
    assert log.values("seen") == [1]


def test_half_an_event_is_an_error(log: Recorder, fork: Fork) -> None:
    def overflow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        with pytest.raises(OSError, match=r"only 100 of the \d+ bytes of event 'seen' were written"):
            log("seen", "x" * 200)

    assert exit_of(fork(overflow)).code == 0


def test_insists_on_one(log: Recorder) -> None:
    with pytest.raises(Violation, match="how often 'seen' was recorded: expected 1, seen 0"):
        log.only("seen")
    log("seen", 7)
    assert log.only("seen").value == 7
    log("seen", 8)
    with pytest.raises(Violation, match="expected 1, seen 2"):
        log.only("seen")
