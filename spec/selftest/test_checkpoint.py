"""Checkpoints: payloads stop at them, and the claim decides which one goes on."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec.harness.checkpoint import Checkpoint, wait_for_any
from spec.harness.child_side import pause
from spec.harness.deadline import DEADLINE_SECONDS, Hung
from spec.harness.process_table import exit_of, until_blocked, until_exited
from spec.selftest.conftest import Fork
from spec.selftest.processes import wait

pytestmark = pytest.mark.usefixtures("nothing_left")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Iterator[Checkpoint]:
    with Checkpoint(tmp_path / "here") as checkpoint:
        yield checkpoint


def test_arrivals_come_in_order(checkpoint: Checkpoint, fork: Fork) -> None:
    pids = []
    for _ in range(3):
        pids.append(fork(checkpoint.pause))
        until_blocked(pids)
    assert [arrival.pid for arrival in checkpoint.wait_for(3)] == pids


def test_pid_is_the_kernels_word(checkpoint: Checkpoint, fork: Fork) -> None:
    def lie() -> None:
        os.getpid = lambda: 1
        checkpoint.pause(os.getpid())

    pid = fork(lie)
    arrival = checkpoint.next()
    assert (arrival.pid, arrival.notes) == (pid, (1,))


def test_notes_arrive_and_the_reply_returns(checkpoint: Checkpoint, fork: Fork) -> None:
    pid = fork(lambda: checkpoint.pause(checkpoint.pause("read", {"count": 3})))
    arrival = checkpoint.next()
    assert arrival.notes == ("read", {"count": 3})
    arrival.let_go(["a", "reply"])
    again = checkpoint.next()
    assert again.notes == (["a", "reply"],)
    again.let_go()
    assert exit_of(pid).code == 0


def test_notes_may_be_large(checkpoint: Checkpoint, fork: Fork) -> None:
    large = b"x" * 3_000_000
    pid = fork(lambda: sys.exit(checkpoint.pause(large) != large))
    arrival = checkpoint.next()
    assert arrival.notes == (large,)
    arrival.let_go(large)
    until_exited(pid)


def test_pause_can_be_pickled(checkpoint: Checkpoint, fork: Fork) -> None:
    pid = fork(pickle.loads(pickle.dumps(checkpoint.pause)))
    assert checkpoint.next().let_go().pid == pid


def test_each_is_let_go_by_itself(checkpoint: Checkpoint, fork: Fork) -> None:
    fork(checkpoint.pause)
    fork(checkpoint.pause)
    first, second = checkpoint.wait_for(2)
    second.let_go()
    assert exit_of(second.pid).code == 0
    assert checkpoint.waiting == [first]
    first.let_go().let_go()


def test_threads_arrive_too(checkpoint: Checkpoint) -> None:
    replies = {}
    threads = [threading.Thread(target=lambda n=n: replies.update({n: checkpoint.pause(n)})) for n in range(3)]
    for thread in threads:
        thread.start()
    arrivals = checkpoint.wait_for(3)
    assert {arrival.pid for arrival in arrivals} == {os.getpid()}
    for arrival in reversed(arrivals):
        arrival.let_go(arrival.notes[0] * 10)
    for thread in threads:
        thread.join()
    assert replies == {0: 0, 1: 10, 2: 20}


def test_reached_until_waited_for(checkpoint: Checkpoint, fork: Fork) -> None:
    assert not checkpoint.reached
    until_blocked([fork(checkpoint.pause)])
    assert checkpoint.reached
    assert checkpoint.reached  # looking at the arrivals does not release anybody
    checkpoint.next()
    assert not checkpoint.reached


def test_waits_for_any_of_several(checkpoint: Checkpoint, tmp_path: Path, fork: Fork) -> None:
    with Checkpoint(tmp_path / "there") as there:
        wait_for_any([checkpoint, there], 0)
        assert not checkpoint.reached and not there.reached
        fork(there.pause)
        wait_for_any([checkpoint, there], DEADLINE_SECONDS)
        assert there.reached and not checkpoint.reached


def test_waiting_until_let_go(checkpoint: Checkpoint, fork: Fork) -> None:
    pids = [fork(checkpoint.pause) for _ in range(2)]
    until_blocked(pids)
    assert {arrival.pid for arrival in checkpoint.waiting} == set(pids)
    first = checkpoint.next()
    assert len(checkpoint.waiting) == 2
    first.let_go()
    assert [arrival.pid for arrival in checkpoint.waiting] == [pid for pid in pids if pid != first.pid]


def test_who_is_killed_does_not_wait_any_more(checkpoint: Checkpoint, fork: Fork) -> None:
    pid = fork(checkpoint.pause)
    arrival = checkpoint.next()
    os.kill(pid, signal.SIGKILL)
    until_exited(pid)
    assert checkpoint.waiting == []
    arrival.let_go()


def test_who_is_killed_on_the_way_never_arrives(checkpoint: Checkpoint, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(tmp_path / "here"))
        connection.send(b"\0\0\0")  # the beginning of a message
    assert not checkpoint.reached


def test_open_lets_everybody_pass(checkpoint: Checkpoint, fork: Fork) -> None:
    early = [fork(checkpoint.pause) for _ in range(2)]
    checkpoint.next()  # the checkpoint knows of one, and the other may be on its way
    checkpoint.open()
    late = fork(checkpoint.pause)
    assert [exit_of(pid).code for pid in (*early, late)] == [0, 0, 0]


def test_close_makes_the_waiting_exit(checkpoint: Checkpoint, fork: Fork) -> None:
    early = [fork(checkpoint.pause) for _ in range(2)]
    until_blocked(early)
    checkpoint.next()  # the checkpoint knows of one, and the other is in the backlog
    checkpoint.close()
    late = fork(checkpoint.pause)
    assert [exit_of(pid).code for pid in (*early, late)] == [1, 1, 1]
    checkpoint.close()


def test_close_reaches_those_whose_connection_a_fork_holds(
    checkpoint: Checkpoint, fork: Fork, tmp_path: Path
) -> None:
    pids = [fork(checkpoint.pause) for _ in range(2)]
    until_blocked(pids)
    checkpoint.next()
    fork(wait)  # it inherits the listener with its backlog, and the connection
    os.link(tmp_path / "here", tmp_path / "still here")
    checkpoint.close()
    late = fork(pause, str(tmp_path / "still here"))  # it connected just before the checkpoint was closed
    assert [exit_of(pid).code for pid in (*pids, late)] == [1, 1, 1]


def test_nobody_arrives_where_it_is_closed(checkpoint: Checkpoint) -> None:
    checkpoint.open()
    assert not checkpoint.reached
    assert checkpoint.waiting == []
    with pytest.raises(RuntimeError, match="checkpoint 'here' was opened or closed"):
        checkpoint.next()


@pytest.mark.usefixtures("impatient")
def test_hung_if_too_few_come(checkpoint: Checkpoint, fork: Fork) -> None:
    until_blocked([fork(checkpoint.pause)])
    with pytest.raises(Hung, match=r"^expected 2 arrivals at checkpoint 'here' within 0.05 s, seen 1$"):
        checkpoint.wait_for(2)
    assert len(checkpoint.waiting) == 1


def test_works_beyond_a_thousand_open_files(tmp_path: Path, fork: Fork) -> None:
    def crowd() -> None:
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096), most))
        for _ in range(1024):
            os.dup(0)
        with Checkpoint(tmp_path / "crowded") as checkpoint:
            assert not checkpoint.reached

    assert exit_of(fork(crowd)).code == 0
