"""Stillness: hung, busy and slow processes are distinguished."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from typing import Callable, Optional, Union

import pytest

from spec.harness import deadline
from spec.harness import stillness as module
from spec.harness.deadline import Hung
from spec.harness.heartbeat import beat, beats
from spec.harness.process_table import ALIVE, ZOMBIE, ThreadActivity, state, until_blocked, until_exited
from spec.harness.stillness import LEAST_LOOKS, SETTLING_SECONDS, Idleness, Stillness, is_stopped, until_still
from spec.selftest import processes
from spec.selftest.conftest import Fork

pytestmark = pytest.mark.usefixtures("nothing_left")


def is_still(pids: Iterable[int], kind: type[Union[Stillness, Idleness]] = Stillness) -> bool:
    """Look several times as often as needed, however long that takes."""
    stillness = kind(0.05)
    for _ in range(60):
        if stillness.lasts(pids):
            return True
        time.sleep(0.005)
    return False


def test_hung_is_still(fork: Fork) -> None:
    pids = [fork(processes.wait), fork(processes.acquire_twice)]
    until_blocked(pids)
    assert is_still(pids)


def test_stopped_is_still(fork: Fork) -> None:
    pid = fork(processes.wait)
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)
    assert is_still([pid])


def test_what_waits_is_not_stopped_until_it_is(fork: Fork) -> None:
    pid = fork(processes.wait)
    until_blocked([pid])
    for stopped, sent in (False, signal.SIGSTOP), (True, signal.SIGCONT), (False, signal.SIGKILL):
        assert is_stopped(pid) == stopped
        os.kill(pid, sent)
    until_exited(pid)
    assert not is_stopped(pid)


def test_zombies_are_still(fork: Fork) -> None:
    pid = fork(os.getpid)
    until_exited(pid)
    assert is_still([pid])


@pytest.mark.parametrize("payload", [processes.loop, processes.fidget])
def test_busy_and_slow_are_not(fork: Fork, payload: Callable[[], object]) -> None:
    waiting = fork(processes.wait)
    until_blocked([waiting])
    assert not is_still([waiting, fork(payload)])


def test_waiting_for_a_processor_is_not(fork: Fork) -> None:
    hogs = [fork(processes.loop) for _ in range(4)]
    assert not any(is_still([hog]) for hog in hogs[:2])


@pytest.mark.parametrize("payload", [processes.loop, processes.toil])
def test_working_is_not_idle(fork: Fork, payload: Callable[[], object]) -> None:
    assert not is_still([fork(processes.wait), fork(payload)], Idleness)


def test_waiting_for_a_processor_is_not_idle(fork: Fork) -> None:
    hogs = [fork(processes.loop) for _ in range(12)]
    assert not any(is_still([hog], Idleness) for hog in hogs[:2])


def test_starting_others_is_not_idle(fork: Fork) -> None:
    waiting, idleness = fork(processes.wait), Idleness(0)
    assert not any(idleness.lasts([waiting, fork(processes.wait)]) for _ in range(LEAST_LOOKS + 1))


class FakeProcess:
    """A clock and a process that a test controls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.seen: Optional[ThreadActivity] = ThreadActivity(asleep=True, switches=0)
        monkeypatch.setattr(module, "observe_threads", lambda _pid: self.seen)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        self.stillness = Stillness(2)

    def goes_on(self, seconds: float, switches: int = 0, looks: int = 10) -> bool:
        """Look several times during *seconds*; return whether the process is still at the end."""
        still = False
        for _ in range(looks):
            self.now += seconds / looks
            if self.seen:
                self.seen = self.seen._replace(switches=self.seen.switches + switches)
            still = self.stillness.lasts([1])
        return still


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeProcess:
    return FakeProcess(monkeypatch)


def test_takes_its_time(fake: FakeProcess) -> None:
    assert not fake.goes_on(1.9)
    assert fake.goes_on(1)


def test_takes_several_looks(fake: FakeProcess) -> None:
    assert not fake.goes_on(100, looks=LEAST_LOOKS - 1)
    assert fake.goes_on(1, looks=2)


def test_begins_anew_when_one_runs(fake: FakeProcess) -> None:
    fake.goes_on(1.9)
    fake.seen = ThreadActivity(asleep=False, switches=0)
    assert not fake.goes_on(1)
    fake.seen = ThreadActivity(asleep=True, switches=0)
    assert not fake.goes_on(1.9)


def test_begins_anew_when_one_exits(fake: FakeProcess) -> None:
    fake.goes_on(1.9)
    fake.seen = None
    assert not fake.goes_on(1)


def test_begins_anew_when_one_comes(fake: FakeProcess) -> None:
    fake.goes_on(1.9)
    fake.now += 1
    assert not fake.stillness.lasts([1, 2])


def test_many_switches_are_moves(fake: FakeProcess) -> None:
    assert not fake.goes_on(20, switches=10, looks=200)


def test_a_tick_a_second_is_none(fake: FakeProcess) -> None:
    fake.goes_on(1)
    assert fake.goes_on(10, switches=1, looks=10)


class IdleScene:
    """A clock, and a process that wakes from time to time, which a test controls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.needed = 0.0, 0.0
        self.awake = False
        monkeypatch.setattr(
            module, "observe_threads", lambda _pid: ThreadActivity(not self.awake, switches=int(self.now * 1000))
        )
        monkeypatch.setattr(module, "demand", lambda _pid: self.needed)
        self.reaped = 0
        monkeypatch.setattr(module, "reaped", lambda _pid: self.reaped)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        self.idleness = Idleness(4)

    def goes_on(self, seconds: float, needed: float = 0.0, awake: float = 0.0, looks: int = 20) -> bool:
        """Look several times during *seconds*; return whether the process was idle for long enough at one look.

        Args:
            seconds: how long to look.
            needed: the seconds of CPU time that the process uses meanwhile.
            awake: the share of the looks that find the process awake.

        """
        found = False
        for number in range(looks):
            self.now += seconds / looks
            self.needed += needed / looks
            self.awake = int((number + 1) * awake) > int(number * awake)
            found = self.idleness.lasts([1]) or found
        return found


@pytest.fixture
def idle_scene(monkeypatch: pytest.MonkeyPatch) -> IdleScene:
    return IdleScene(monkeypatch)


def test_waking_only_to_wait_is_idle(idle_scene: IdleScene) -> None:
    assert idle_scene.goes_on(5, needed=0.5, awake=0.2)


def test_idling_takes_its_time(idle_scene: IdleScene) -> None:
    assert not idle_scene.goes_on(3.9)


def test_idling_takes_several_looks(idle_scene: IdleScene) -> None:
    assert not idle_scene.goes_on(100, looks=LEAST_LOOKS)


def test_needing_a_processor_is_not_idle(idle_scene: IdleScene) -> None:
    assert not idle_scene.goes_on(20, needed=8)


def test_waiting_for_a_disk_is_not_idle(idle_scene: IdleScene) -> None:
    assert not idle_scene.goes_on(20, awake=0.5)


def test_reaping_what_no_look_has_seen_is_not_idle(idle_scene: IdleScene) -> None:
    idle_scene.goes_on(3.9)
    idle_scene.reaped += 100
    assert not idle_scene.goes_on(3.9)
    assert idle_scene.goes_on(4)


def test_until_still_waits_for_what_sleeps_on_its_way(fork: Fork) -> None:
    pid = fork(time.sleep, 0.1)
    until_still(lambda: state(pid) == ZOMBIE)
    assert state(pid) == ZOMBIE


def test_until_still_gives_up_what_does_not_come(fork: Fork) -> None:
    pid = fork(processes.wait)
    until_still(lambda: state(pid) == ZOMBIE)
    assert state(pid) == ALIVE


def test_until_still_takes_polling_for_still(fork: Fork) -> None:
    pid = fork(processes.fidget)
    until_still()
    assert state(pid) == ALIVE


def test_until_still_gives_those_who_go_on_some_time(fork: Fork) -> None:
    pid, begun = fork(processes.loop), time.monotonic()
    until_still(lambda: True)
    assert time.monotonic() - begun >= SETTLING_SECONDS
    assert state(pid) == ALIVE


def test_until_still_waits_for_those_who_work(fork: Fork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 2 * SETTLING_SECONDS)
    fork(processes.loop)
    with pytest.raises(Hung, match="expected all processes that were started to be still"):
        until_still()


def test_heart_beats_are_seen_by_who_forked(fork: Fork) -> None:
    before = beats()
    until_exited(fork(beat))
    assert beats() != before
