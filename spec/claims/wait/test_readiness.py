"""What is ready: connections, sockets, and the sentinels of children."""

from __future__ import annotations

import socket
from functools import partial
from typing import Any

from impl.contract import Multiprocessing, Wait
from spec.claims.shared.steps import leave
from spec.claims.wait import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeWorker
from spec.engine.marks import needs, source, starter_is_parent, where
from spec.harness.process_table import ZOMBIE, blocks, state, until_exited
from spec.harness.witness import caller, kernel, refuses
from spec.models.wait_model import PIPES, WaitModel

pytestmark = needs("Process", "Pipe")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.wait"


@source(DOCUMENTATION)
def test_blocks_until_one_is_ready(mp: Multiprocessing, wait: Wait, forked_call: MakeForkedCall) -> None:
    """`wait` is blocked while none of its connections is ready, and returns the one that becomes ready."""
    pipes = [mp.Pipe(False) for _ in range(3)]
    receivers = [receiver for receiver, _ in pipes]
    for number in 2, 0, 1:
        waiting = forked_call(payloads.numbers_ready, wait, receivers)
        waiting.until_still()
        kernel.shows("whether wait() is blocked", blocks(waiting.pid), expected=True)
        pipes[number][1].send("a message")
        caller.shows("the number of the connection that it returns", waiting.result(), expected=[number])
        receivers[number].recv()


@source(DOCUMENTATION)
def test_takes_connections_sockets_and_sentinels(
    mp: Multiprocessing, wait: Wait, connections: Any, checkpoint: MakeCheckpoint
) -> None:
    """Ends of pipes, connections of clients, sockets and sentinels can be waited for together."""
    working = checkpoint("working")
    child = mp.Process(target=working.pause)
    child.start()
    arrival = working.next()
    receiver, sender = mp.Pipe(False)
    one, another = mp.Pipe()
    near, far = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as server, connections.Listener() as listener:
        client = connections.Client(listener.address)
        accepted = listener.accept()
        objects = [receiver, one, client, near, server, child.sentinel]
        ready: list[int] = []
        for number, make_ready in (
            (5, arrival.let_go),
            (3, partial(far.send, b"x")),
            (0, partial(sender.send, "x")),
            (2, partial(accepted.send, "x")),
            (4, partial(socket.create_connection, server.getsockname())),
            (1, partial(another.send, "x")),
        ):
            caller.shows("which are ready", payloads.numbers_ready(wait, objects, 0), expected=sorted(ready))
            make_ready()
            ready.append(number)
            waited_for = [objects[number], *objects[:number], *objects[number + 1 :]]
            caller.shows("whether the next one is ready", objects[number] in wait([objects[number]]), expected=True)
            caller.shows("how many are ready then", len(wait(waited_for)), expected=len(ready))
    child.join()


@source(DOCUMENTATION)
def test_receives_nothing(mp: Multiprocessing, wait: Wait) -> None:
    """A connection is ready each time that it is waited for, until all messages were received; then it is not."""
    receiver, sender = mp.Pipe(False)
    for message in "one", "another":
        sender.send(message)
    for message in "one", "another":
        for _ in range(3):
            caller.shows("whether the connection is ready", wait([receiver]) == [receiver], expected=True)
        caller.shows("what is received", receiver.recv(), expected=message)
    caller.shows("what is ready after that", wait([receiver], 0), expected=[])


@source(DOCUMENTATION)
def test_end_of_a_pipe_is_ready(mp: Multiprocessing, wait: Wait, worker: MakeWorker) -> None:
    """A connection or socket is ready if its other end was closed, or the process that had it was killed."""
    receiver, sender = mp.Pipe(False)
    other, of_worker = mp.Pipe()
    process = worker(connection=of_worker)
    of_worker.close()
    near, far = socket.socketpair()
    objects = [other, receiver, near]
    sender.send("the last message")
    for end in sender, far:
        end.close()
    caller.shows("what is ready once two are closed", payloads.numbers_ready(wait, objects), expected=[1, 2])
    caller.shows("what is received", receiver.recv(), expected="the last message")
    process.kill()
    for _ in range(2):
        ready = payloads.numbers_ready(wait, objects)
        caller.shows("what is ready once the process at the other end is killed", ready, expected=[0, 1, 2])
        for connection in other, receiver:
            with refuses(EOFError):
                connection.recv()
        kernel.shows("what the socket receives", near.recv(1), expected=b"")


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.sentinel", observed=True)
def test_reaps_nothing(mp: Multiprocessing, wait: Wait) -> None:
    """A child whose sentinel was waited for stays a zombie until it is joined, and the join gets its exit code."""
    child = mp.Process(target=leave(7))
    child.start()
    for _ in range(2):
        caller.shows("whether its sentinel is ready", wait([child.sentinel]) == [child.sentinel], expected=True)
        until_exited(int(child.pid or 0))
        kernel.shows("the state of the child", state(int(child.pid or 0)), expected=ZOMBIE)
    child.join()
    caller.shows("its exit code", child.exitcode, expected=7)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.sentinel", observed=True)
def test_child_can_wait_for_its_own(mp: Multiprocessing, wait: Wait, worker: MakeWorker) -> None:
    """A child can wait for the sentinel of a child of its own, and for a pipe that its starter writes to."""
    pipes = [mp.Pipe(False)]
    child = worker(child_is_ready=partial(payloads.child_is_ready, mp.Process, wait), desk=payloads.Desk(wait, pipes))
    child.begin("desk.ready")
    kernel.shows("whether wait() is blocked", child.blocks(), expected=True)
    pipes[0][1].send("a message")
    caller.shows("the number of the pipe that is ready", child.result(), expected=[0])
    caller.shows("whether its own child's sentinel is ready", child.call("child_is_ready"), expected=True)


@source(DOCUMENTATION, observed=True)
def test_tells_every_process_that_waits(mp: Multiprocessing, wait: Wait, forked_call: MakeForkedCall) -> None:
    """If several processes wait for one connection, a message lets all of them go on, and only one can receive it."""
    receiver, sender = mp.Pipe(False)
    waiting = [forked_call(payloads.numbers_ready, wait, [receiver]) for _ in range(2)]
    waiting[0].until_still()
    blocked = [blocks(one.pid) for one in waiting]
    kernel.shows("whether each is blocked", blocked, expected=[True, True])
    sender.send("a message")
    caller.shows("what wait() returns", [one.result() for one in waiting], expected=[[0], [0]])
    caller.shows("what is received", receiver.recv(), expected="a message")
    caller.shows("what is ready after that", wait([receiver], 0), expected=[])


@source("https://man7.org/linux/man-pages/man2/select.2.html#BUGS", observed=True)
def test_many_can_be_waited_for(mp: Any, wait: Wait, scale: int) -> None:
    """Many connections can be waited for at once, also if the numbers of their files are above 1024."""
    pipes = [mp.Pipe(False) for _ in range(50 * scale)]
    receivers, number = [receiver for receiver, _ in pipes], _duplicate_above(1024, pipes[0][0].fileno())
    for _, sender in pipes[::7]:
        sender.send("a message")
    expected = [*range(0, len(pipes), 7), len(pipes)]
    seen = payloads.numbers_ready(wait, [*receivers, number])
    caller.shows("which are ready", seen, expected=expected)


def _duplicate_above(least: int, file: int) -> int:
    """Return a duplicate of *file* whose number is *least* or more."""
    import fcntl  # here, because Windows has no such modules, and pytest collects the claims there too
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * least), hard))
    return fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, least)


@source(DOCUMENTATION, observed=True)
def test_closed_ones_are_refused(mp: Any, wait: Wait) -> None:
    """Waiting for a closed connection or socket, or for an object of another kind, raises an exception at once."""
    one, another = mp.Pipe()
    closed, _ = mp.Pipe()
    closed.close()
    with socket.socket() as closed_socket:
        pass
    for impossible in closed, closed_socket, -1, "text":
        with refuses(Exception):
            wait([one, impossible])
    another.send("a message")
    caller.shows("whether the open one is ready", wait([one]) == [one], expected=True)


@source(DOCUMENTATION)
def test_any_sequence_of_operations(mp: Multiprocessing, wait: Wait, worker: MakeWorker) -> None:
    """Over any sequence of messages that are sent and received, those pipes are ready that have one."""
    WaitModel.verify(lambda: payloads.Desk(wait, [mp.Pipe(False) for _ in range(PIPES)]), worker)


@source("https://github.com/python/cpython/issues/156070")
@source(DOCUMENTATION, observed=True)
def test_each_ready_one_is_told_once(mp: Any, wait: Wait) -> None:
    """Of more than a hundred connections, whichever are ready, each of these is returned once, and no other."""
    pipes = [mp.Pipe(False) for _ in range(130)]
    receivers = [receiver for receiver, _ in pipes]
    for ready in [*range(130)], [0, 59, 60, 61, 129], [3, 4, 20, 61, 65, 128], [127]:
        for number in ready:
            pipes[number][1].send("a message")
        caller.shows("which are ready", payloads.numbers_ready(wait, receivers), expected=ready)
        for number in ready:
            receivers[number].recv()
