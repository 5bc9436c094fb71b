"""Which process has sent a message to which: `spec.report.timelines.messages`."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from typing import Callable, Optional

import pytest

from spec.harness import socket_peers
from spec.harness.process_table import until_blocked, until_exited
from spec.harness.waits import blocking_calls
from spec.report.timelines.messages import MessageFinder, written_so_far
from spec.report.timelines.timeline import Message
from spec.selftest.conftest import Fork

SENT_BYTES = b"a message"

GO = signal.SIGUSR1


class ControlledProcesses:
    """Processes that each do something when they are told to by a signal, and what is found of their messages.

    Args:
        fork: starts a process.
    """

    def __init__(self, fork: Fork) -> None:
        self._fork, self._finder = fork, MessageFinder()
        self._pids: list[int] = []

    def add(self, *deeds: Callable[[], object]) -> int:
        """Start a process that does each of these when it is let go, and then exits; return its number."""

        def work() -> None:
            signal.pthread_sigmask(signal.SIG_BLOCK, [GO])
            for deed in deeds:
                signal.sigwait([GO])
                deed()
            signal.sigwait([GO])

        pid = self._fork(work)
        self._pids.append(pid)
        until_blocked([pid])
        return pid

    def go(self, *pids: int) -> None:
        """Let these processes do the next thing, and wait until each is blocked again."""
        for pid in pids:
            os.kill(pid, GO)
        until_blocked(pids)

    def let_exit(self, pid: int) -> None:
        """Let a process, which has done all, exit."""
        os.kill(pid, GO)
        until_exited(pid)

    def look(self) -> list[Message]:
        """Look at all processes, and return the messages that are known."""
        written = written_so_far(self._pids)
        self._finder.look(1.0, {pid: blocking_calls(pid) for pid in self._pids}, written)
        return self._finder.messages


@pytest.fixture
def processes(fork: Fork) -> ControlledProcesses:
    return ControlledProcesses(fork)


def read_from(descriptor: int) -> Callable[[], object]:
    return lambda: os.read(descriptor, 99)


def write_to(descriptor: int, text: bytes = SENT_BYTES) -> Callable[[], object]:
    return lambda: os.write(descriptor, text)


def waiting_reader(processes: ControlledProcesses, *deeds: Callable[[], object]) -> int:
    """Return a process that does the first of *deeds*, which is to wait, and was seen to wait."""
    reader = processes.add(*deeds)
    processes.go(reader)
    assert processes.look() == []
    return reader


def test_only_process_that_can_write_is_the_sender(processes: ControlledProcesses) -> None:
    reading, writing = os.pipe()
    sender = processes.add(write_to(writing), write_to(writing))
    os.close(writing)
    reader = waiting_reader(processes, read_from(reading), read_from(reading))
    processes.go(sender)
    assert processes.look() == [Message(1.0, sender, reader)]
    processes.go(reader)
    processes.look()
    processes.go(sender)
    assert processes.look() == [Message(1.0, sender, reader)] * 2


def test_process_that_has_written_nothing_is_no_sender(processes: ControlledProcesses) -> None:
    reading, writing = os.pipe()
    sender, _other = processes.add(write_to(writing)), processes.add()
    reader = waiting_reader(processes, read_from(reading))
    processes.go(sender)
    assert processes.look() == [Message(1.0, sender, reader)]


@pytest.mark.parametrize(("noise", "certain"), [(b"something longer", [False]), (b"9 letters", [])])
def test_of_several_that_have_written_the_amount_decides(
    noise: bytes, certain: list[bool], processes: ControlledProcesses
) -> None:
    (reading, writing), (_, elsewhere) = os.pipe(), os.pipe()
    sender, other = processes.add(write_to(writing)), processes.add(write_to(elsewhere, noise))
    reader = waiting_reader(processes, read_from(reading))
    processes.go(sender, other)
    assert processes.look() == [Message(1.0, sender, reader, sure) for sure in certain]


def test_message_may_be_the_end_of_a_pipe_if_nobody_can_write_any_more(processes: ControlledProcesses) -> None:
    reading, writing = os.pipe()
    sender = processes.add(write_to(writing))
    os.close(writing)
    reader = waiting_reader(processes, read_from(reading))
    processes.go(sender)
    processes.let_exit(sender)
    assert processes.look() == [Message(1.0, sender, reader, certain=False)]


def test_end_of_a_pipe_is_no_message(processes: ControlledProcesses) -> None:
    reading, writing = os.pipe()
    sender = processes.add(lambda: os.close(writing))
    os.close(writing)
    waiting_reader(processes, read_from(reading))
    processes.go(sender)
    assert processes.look() == []


def test_process_that_began_during_the_wait_may_be_the_sender(processes: ControlledProcesses) -> None:
    reading, writing = os.pipe()
    processes.add()
    reader = waiting_reader(processes, read_from(reading))
    sender = processes.add(write_to(writing))
    processes.look()
    processes.go(sender)
    processes.let_exit(sender)
    assert processes.look() == [Message(1.0, sender, reader)]


def test_what_was_written_before_the_last_look_does_not_count(processes: ControlledProcesses) -> None:
    (reading, writing), (_, elsewhere) = os.pipe(), os.pipe()
    sender, other = processes.add(write_to(writing)), processes.add(write_to(elsewhere))
    reader = waiting_reader(processes, read_from(reading))
    processes.go(other)
    processes.look()
    processes.go(sender)
    assert processes.look() == [Message(1.0, sender, reader)]


def test_own_thread_of_the_reader_may_have_closed_the_other_end(processes: ControlledProcesses) -> None:
    (reading, writing), (start, let_go) = os.pipe(), os.pipe()

    def read_and_close() -> None:
        threading.Thread(target=close, daemon=True).start()
        os.read(reading, 99)

    def close() -> None:
        os.read(start, 1)
        os.close(writing)

    sender = processes.add(write_to(writing))
    reader = waiting_reader(processes, read_and_close)
    os.close(writing)
    os.write(let_go, b".")
    processes.go(sender)
    processes.let_exit(sender)
    assert processes.look() == [Message(1.0, sender, reader, certain=False)]


def test_own_thread_of_the_reader_may_be_the_sender(processes: ControlledProcesses) -> None:
    (reading, writing), (_, elsewhere), (start, let_go) = os.pipe(), os.pipe(), os.pipe()

    def read_and_write() -> None:
        threading.Thread(target=lambda: [os.read(start, 1), os.write(writing, SENT_BYTES)], daemon=True).start()
        os.read(reading, 99)

    waiting_reader(processes, read_and_write)
    other = processes.add(write_to(elsewhere, b"something longer"))
    processes.look()
    os.write(let_go, b".")
    processes.go(other)
    assert processes.look() == []


@pytest.mark.parametrize(("limit", "found"), [(None, 1), (60_000, 0)])
def test_poll_without_limit_is_a_wait_for_a_message(
    limit: Optional[int], found: int, processes: ControlledProcesses
) -> None:
    (reading, writing), (also, _) = os.pipe(), os.pipe()

    def wait_and_read() -> None:
        poll = select.poll()
        poll.register(reading, select.POLLIN)
        poll.register(also, select.POLLIN)
        poll.poll(limit)
        os.read(reading, 99)

    sender = processes.add(write_to(writing))
    reader = waiting_reader(processes, wait_and_read)
    processes.go(sender)
    assert processes.look() == [Message(1.0, sender, reader)] * found


@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_INET, socket.AF_INET6])
def test_sockets_of_one_machine_have_two_ends(family: int, processes: ControlledProcesses) -> None:
    near, far = connected(family)
    sender, reader = processes.add(write_to(near.fileno())), processes.add(read_from(far.fileno()))
    near.close()
    processes.go(reader)
    processes.look()
    processes.go(sender)
    assert {*processes.look()} <= {Message(1.0, sender, reader), Message(1.0, sender, reader, certain=False)}
    assert len(processes.look()) == 1


def connected(family: int) -> tuple[socket.socket, socket.socket]:
    """Return two sockets that are connected."""
    if family == socket.AF_UNIX:
        return socket.socketpair()
    with socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family) as server:
        near = socket.create_connection(server.getsockname()[:2])
        return near, server.accept()[0]


def test_peer_of_a_socket_that_is_not_accepted_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as near:
        assert socket_peers.tcp_peer(os.getpid(), os.fstat(near.fileno()).st_ino) is None
        with server.accept()[0] as far:
            inode = os.fstat(far.fileno()).st_ino
            assert socket_peers.tcp_peer(os.getpid(), os.fstat(near.fileno()).st_ino) == inode
