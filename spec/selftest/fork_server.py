"""Run pytest in forks of a process that has imported everything: imports take most of the time of a short run.

The server itself never runs what is under test, and it keeps nothing of a run.  Each run is a fork.  A second fork
waits for it and ends what the run leaves behind.  It also ends the run itself if its client has gone, or if there are
too many processes: a fault in the code under test may start more and more of them.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from spec.harness.nursery import Nursery
from spec.harness.system_calls import P_ALL, WEXITED, pidfd_open, waitid

ANSWER_BYTES = 1_000_000
"""The maximum size of a message, in bytes."""

MOST_OF_A_RUN = 1000
"""A run that has more processes than this at once is ended.  The claims that start most have about a hundred."""

COUNTING_INTERVAL = 0.5
"""Seconds between two counts of the processes of a run."""


class Request(NamedTuple):
    """A request for a run.

    Attributes:
        arguments: the command line of pytest.
        environment: the variables of its environment.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str]


class Answer(NamedTuple):
    """The outcome of a run.

    Attributes:
        status: its exit status; minus the signal, if one killed it.
        leftovers: the processes that it left behind, which were killed.
    """

    status: int
    leftovers: Sequence[str]


class Abandoned(Exception):
    """The client that asked for a run does not wait for it any longer."""


class TooManyProcesses(Exception):
    """A run has more than `MOST_OF_A_RUN`."""


class ForkServer:
    """The process that forks.  It ends when its starter ends, unless it is closed before.

    Args:
        folder: the root of the project, in which pytest runs.
        environment: the variables of its environment.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BYTES)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C must reach the client only
            )

    def run(self, request: Request, output: int, seconds: float) -> Answer:
        """Run pytest, and return the outcome after all its processes have ended.

        Args:
            request: the arguments and the environment of the run.
            output: the file descriptor for its stdout and stderr.
            seconds: how long it may take; then the run and all that it has started are killed.

        Raises:
            TimeoutError: it took longer.
            EOFError: the server has failed.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs:
                socket.send_fds(self._channel, [json.dumps(request).encode()], [output, theirs.fileno()])
            if not select.select([ours], [], [], seconds)[0]:
                raise TimeoutError(f"pytest {' '.join(request.arguments)} takes more than {seconds} s")
            answer = ours.recv(ANSWER_BYTES)
        if not answer:
            raise EOFError(f"the fork server, process {self._process.pid}, has failed")
        return Answer(*json.loads(answer))

    def close(self) -> None:
        """End the server; no run may be under way."""
        self._channel.close()
        self._process.wait()


def main(channel: socket.socket) -> int:
    """Serve until the other end is closed; in a process that has run pytest, return its exit status."""
    # Import everything as pytest does, which rewrites assertions.
    pytest.main(["-p", "no:cacheprovider", "spec", "--collect-only", "-q"])
    sys.stdout.flush()
    from spec.engine.warmup import warm_up  # after pytest has rewritten Hypothesis, which this imports

    warm_up()
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, ANSWER_BYTES, 2)
        if not message:
            break
        output, client = descriptors
        if os.fork() == 0:
            channel.close()
            return attend(Request(*json.loads(message)), output, socket.socket(fileno=client))
        os.close(output)
        os.close(client)
        _reap(os.WNOHANG)
    _reap()
    return 0


def attend(request: Request, output: int, client: socket.socket) -> int:
    """Let a process run pytest, and send the outcome to the *client*.

    Returns:
        0; in the process that has run pytest, its exit status.
    """
    with suppress(Abandoned), client, ExitStack() as stack:
        nursery = stack.enter_context(Nursery())
        pid = os.fork()
        if pid == 0:
            stack.pop_all()  # the nursery belongs to the parent
            client.close()
            return run(request, output)
        os.close(output)
        try:
            status = wait(pid, client, nursery)
        except TooManyProcesses:
            stack.__exit__(*sys.exc_info())  # the nursery kills at once
            status = -signal.SIGKILL
        stack.close()
        client.send(json.dumps(Answer(status, [str(leftover) for leftover in nursery.leftovers])).encode())
    return 0


def wait(pid: int, client: socket.socket, nursery: Nursery) -> int:
    """Wait until a child has exited, and return its exit status.

    Raises:
        Abandoned: the *client* has closed its end before.
        TooManyProcesses: there are too many processes inside the *nursery*.
    """
    pidfd = pidfd_open(pid)
    try:
        while True:
            ready, _, _ = select.select([pidfd, client.fileno()], [], [], COUNTING_INTERVAL)
            if client.fileno() in ready:
                raise Abandoned
            if ready:
                return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            if len(nursery.inside()) > MOST_OF_A_RUN:
                raise TooManyProcesses
    finally:
        os.close(pidfd)


def run(request: Request, output: int) -> int:
    """Run pytest here, as ``python -m pytest`` does, and return its exit status."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(request.environment)
    tempfile.tempdir = None  # it depends on the environment
    sys.argv[1:] = request.arguments
    return pytest.main([*request.arguments])


def _reap(options: int = 0) -> None:
    """Reap the processes that wait for runs."""
    with suppress(ChildProcessError):  # there is no child
        while waitid(P_ALL, 0, WEXITED | options):
            pass


if __name__ == "__main__":
    sys.exit(main(socket.socket(fileno=int(sys.argv[1]))))
