"""Sharing: a counter in a manager."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from functools import partial
from multiprocessing.connection import Client
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.shared import threads
from spec.claims.sharing import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs, Start
from spec.engine.lessons import Lesson, NotProvided
from spec.engine.marks import needs
from spec.harness.checkpoint import Checkpoint
from spec.harness.process_table import ALIVE, GONE, state
from spec.harness.recorder import Recorder
from spec.harness.stillness import WATCHED, until_still
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed, Worker
from spec.models import containers

pytestmark = needs("Process", "Lock", "Manager")


@pytest.fixture
def manager(mp: Multiprocessing) -> Iterator[Any]:
    """A manager, shut down when the claim has ended."""
    with mp.Manager() as manager:
        yield manager


def home_of(client: Worker, lookup: Checkpoint) -> int:
    """Return the process, as the kernel tells, in which a key of the *client*'s ``shared`` dict is looked up."""
    client.begin("shared.get", payloads.Key(lookup.pause))
    kernel.shows("whether a client waits for its answer", client.blocks(), expected=True)
    home = lookup.next().pid
    lookup.open()
    client.result()
    return home


def tell_its_home(shared: Any, log: Recorder) -> None:
    """Record as ``home`` in which process what is written to a *shared* dict arrives."""
    before = log.events("home")
    shared["home"] = payloads.Traveller(partial(log, "home"))
    homes = [event.pid for event in log.events("home")[len(before) :]]
    kernel.shows("the processes in which it arrives", homes, expected=other_than([]))
    kernel.shows("the last of them", homes[-1], expected=other_than(os.getpid()))


WELCOME = b"#WELCOME#"
"""What a server that speaks the standard library's protocol answers to the digest that it expects."""


def answer_to_a_stranger(address: Any) -> bytes:
    """Return what the server at *address* answers to a digest that no key gives; nothing if it hangs up.

    A client by the rules cannot tell: it is the next to ask the other for a digest, and leaves by itself if that
    is made with another key than its own.
    """
    with suppress(EOFError, ConnectionError), Client(address) as stranger:
        stranger.recv_bytes()
        stranger.send_bytes(b"no digest".ljust(16))
        return stranger.recv_bytes()
    return b""


def test_counts_down_under_the_lock(
    mp: Multiprocessing, lesson: Lesson, scale: int, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, ten children take a counter of 100 down to 90, each reading what the one before has written."""
    working, children = checkpoint("working"), 10 * scale
    main = starter(lesson.count_down, mp, 100 * scale, children, working.pause)
    pids = {main.pid}
    for taken in range(children):
        if taken < WATCHED:
            main.until_still(lambda: working.reached)
        arrival = working.next()
        now = [waiting.notes for waiting in working.waiting]
        gatekeeper.shows("who has read and not written", now, expected=[(100 * scale - taken,)])
        pids.add(arrival.let_go().pid)
    caller.shows("what is left", main.result(), expected=90 * scale)
    kernel.shows("how many processes there were, main too", len(pids), expected=children + 1)


def test_loses_updates_without_the_lock(
    mp: Multiprocessing, lesson: Lesson, scale: int, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Without the lock, ten children who all read a counter of 100 before any writes leave 99."""
    working, children = checkpoint("working"), 10 * scale
    main = starter(lesson.count_down, mp, 100 * scale, children, working.pause, False)
    main.until_still(lambda: len(working.waiting) >= children)
    gatekeeper.shows("what was read", [a.notes for a in working.waiting], expected=[(100 * scale,)] * children)
    pids = {main.pid, *(arrival.pid for arrival in working.waiting)}
    kernel.shows("how many processes there are, main too", len(pids), expected=children + 1)
    working.open()
    caller.shows("what is left", main.result(), expected=100 * scale - 1)


def test_any_number_count_down(
    mp: Multiprocessing, lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """With the lock, any number of children take one each off any counter, one at a time."""
    working, lock, counter = checkpoint("working"), mp.Lock(), manager.dict(num=0)
    staff = [worker(take=partial(lesson.take_one, counter, lock, working.pause)) for _ in range(5)]

    @given(start=st.integers(), workers=st.integers(1, 5))
    @example(start=100, workers=5)
    def count_down(start: int, workers: int) -> None:
        counter["num"] = start
        for member in staff[:workers]:
            member.begin("take")
        for taken in range(workers):
            inside = working.next()
            gatekeeper.shows("what was read", inside.notes, expected=(start - taken,))
            gatekeeper.shows("how many have read and not written", len(working.waiting), expected=1)
            inside.let_go()
        for member in staff[:workers]:
            member.result()
        caller.shows("what is left", counter["num"], expected=start - workers)

    count_down()


def test_any_number_lose_updates_without(
    lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without the lock, any number of children who all read any counter before any writes take off one in all."""
    working, counter = checkpoint("working"), manager.dict(num=0)
    staff = [worker(take=partial(lesson.take_one, counter, nullcontext(), working.pause)) for _ in range(5)]

    @given(start=st.integers(), workers=st.integers(1, 5))
    @example(start=100, workers=5)
    def count_down(start: int, workers: int) -> None:
        counter["num"] = start
        for member in staff[:workers]:
            member.begin("take")
        arrivals = working.wait_for(workers)
        gatekeeper.shows("what was read", [arrival.notes for arrival in arrivals], expected=[(start,)] * workers)
        for arrival in arrivals:
            arrival.let_go()
        for member in staff[:workers]:
            member.result()
        caller.shows("what is left", counter["num"], expected=start - 1)

    count_down()


def test_others_wait_for_the_lock(
    mp: Multiprocessing, lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """With the lock, while one child is between its read and its write, every other is blocked before its read."""
    working, lock, counter = checkpoint("working"), mp.Lock(), manager.dict(num=100)
    staff = [worker(take=partial(lesson.take_one, counter, lock, working.pause)) for _ in range(3)]
    staff[0].begin("take")
    inside = working.next()
    for other in staff[1:]:
        other.begin("take")
    kernel.shows("whether the others are blocked", [other.blocks() for other in staff[1:]], expected=[True, True])
    gatekeeper.shows("who has read", [arrival.pid for arrival in working.waiting], expected=[inside.pid])
    for number in (100, 99, 98):
        gatekeeper.shows(
            "what is read", (inside if number == 100 else working.next()).let_go().notes, expected=(number,)
        )


def test_failing_child_releases_the_lock(
    mp: Multiprocessing, lesson: Lesson, manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A child that fails between its read and its write releases the lock, and has changed nothing."""
    working, lock, counter = checkpoint("working"), mp.Lock(), manager.dict(num=100)
    unlucky = worker(take=partial(lesson.take_one, counter, lock, payloads.fail))
    lucky = worker(take=partial(lesson.take_one, counter, lock, working.pause))
    with refuses(CallFailed, "Failed"):
        unlucky.call("take")
    caller.shows("whether the lock is free", lock.acquire(False), expected=True)
    lock.release()
    lucky.begin("take")
    gatekeeper.shows("what the next child reads", working.next().let_go().notes, expected=(100,))
    lucky.result()
    caller.shows("what is left", counter["num"], expected=99)


def test_subtraction_in_place_loses_updates(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Subtracting in place is a read and a write: of two children who do so at once, one is lost."""
    subtracting = checkpoint("subtracting")
    counter = manager.dict(num=payloads.Number(100, subtracting.pause))
    first, second = (worker(subtract=partial(payloads.subtract, counter)) for _ in range(2))
    first.begin("subtract")
    second.begin("subtract")
    arrivals = subtracting.wait_for(2)
    kernel.shows("who subtracts", {arrival.pid for arrival in arrivals}, expected={first.pid, second.pid})
    gatekeeper.shows("what was read", [arrival.let_go().notes for arrival in arrivals], expected=[(100,)] * 2)
    first.result(), second.result()
    caller.shows("what is left of 100", counter["num"], expected=99)


def test_one_call_is_one_step(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """One call on a proxy is one step: what one child pops no other gets, even before it has reached the first."""
    delivery = checkpoint("delivery")
    shared = manager.dict(parcel=payloads.Parcel(delivery.pause))
    first, second = worker(shared=shared), worker(shared=shared)
    first.begin("shared.pop", "parcel", None)
    kernel.shows("whether the first waits for the parcel", first.blocks(), expected=True)
    kernel.shows("where the parcel goes", delivery.next().pid, expected=first.pid)
    second.begin("shared.pop", "parcel", None)
    until_still()  # if the second got the parcel too, it stands at the checkpoint now
    delivery.open()
    caller.shows("what each got", [first.result(), second.result()], expected=["parcel", None])


def test_lives_in_a_server_process(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A managed dict lives in a process of its own: neither the one that made it nor one that uses it."""
    shared = manager.dict()
    first, second = worker(shared=shared), worker(shared=shared)
    homes = {home_of(first, checkpoint("first lookup")), home_of(second, checkpoint("second lookup"))}
    kernel.shows("how many processes it lives in", len(homes), expected=1)
    kernel.shows("whether it is a user's", bool(homes & {os.getpid(), first.pid, second.pid}), expected=False)


def test_every_proxy_refers_to_one_object(manager: Any, worker: MakeWorker) -> None:
    """A change made through the proxy of any process is seen through that of every other."""
    shared = manager.dict(num=100)
    first, second = worker(shared=shared), worker(shared=shared)
    kernel.shows("how many processes have a proxy", len({os.getpid(), first.pid, second.pid}), expected=3)
    first.call("shared.__setitem__", "num", 7)
    seen = shared["num"], second.call("shared.get", "num")
    caller.shows("what the starter and the second see", seen, expected=(7, 7))
    shared["num"] = 8
    seen = first.call("shared.get", "num"), second.call("shared.__getitem__", "num")
    caller.shows("what the first and the second see", seen, expected=(8, 8))
    first.call("shared.update", num=9)
    seen = shared["num"], second.call("shared.__getitem__", "num")
    caller.shows("what the starter and the second see when it has changed again", seen, expected=(9, 9))


def test_behaves_as_one_dict(manager: Any, worker: MakeWorker) -> None:
    """Whatever calls processes make in turn, a managed dict answers each as one plain dict would."""
    containers.DICT.verify(manager.dict(), worker)


def test_behaves_as_one_list(manager: Any, worker: MakeWorker) -> None:
    """Whatever calls processes make in turn, a managed list answers each as one plain list would."""
    containers.LIST.verify(manager.list(), worker)


def test_keeps_any_value(manager: Any, worker: MakeWorker) -> None:
    """Whatever can be pickled is kept in a managed dict as it was written, under whatever key."""
    shared, plain = manager.dict(), {1: "1", "1": 1, (1, 2): (3, (4,)), None: None, "large": b"x" * 2**18}
    child = worker(shared=shared)
    for key, value in plain.items():
        child.call("shared.__setitem__", key, value)
    caller.shows("the dict", repr(shared.copy()), expected=repr(plain))
    caller.shows("its text", str(shared), expected=str(plain))


def test_can_be_gone_through(manager: Any, worker: MakeWorker) -> None:
    """The keys, the values and the items of a managed dict can be gone through, and so can the dict itself."""
    shared = manager.dict(a=1)
    child = worker(shared=shared)
    child.call("shared.update", {"b": 2}, c=3)
    seen = [sorted(part) for part in (shared, shared.keys(), shared.values(), shared.items())]
    letters, numbers = ["a", "b", "c"], [1, 2, 3]
    expected = [letters, letters, numbers, [*zip(letters, numbers)]]
    caller.shows("the dict, its keys, values and items", seen, expected=expected)


def test_calls_do_not_wait_for_each_other(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """While the call of one process is under way, those of others are answered."""
    lookup = checkpoint("lookup")
    shared, other = manager.dict(), manager.dict(num=100)
    caller.shows("the number, to the starter", other["num"], expected=100)  # so it is connected before it starts any
    first, second = worker(shared=shared), worker(other=other)
    first.begin("shared.get", payloads.Key(lookup.pause))
    lookup.next()
    kernel.shows("whether the first waits for its answer", first.blocks(), expected=True)
    seen = other["num"], second.call("other.get", "num")
    caller.shows("the number meanwhile, to the starter and another child", seen, expected=(100, 100))
    lookup.open()
    first.result()


def test_threads_get_their_own_answers(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """While the call of one thread is under way, that of another in its process is answered, each with its own."""
    lookup, waiting = checkpoint("lookup"), checkpoint("waiting")
    shared = manager.dict(num=100)
    key = payloads.Key(lookup.pause)
    client = worker(look_up=partial(threads.look_up_beside, shared, key, waiting.pause))
    client.begin("look_up")
    kernel.shows("where the first looks its key up", lookup.next().pid, expected=other_than(client.pid))
    waiting.next().let_go()  # to the third thread, which looks something else up
    told = waiting.next()
    gatekeeper.shows("what the second is answered meanwhile", told.notes, expected=(100,))
    lookup.open()
    told.let_go()
    caller.shows("whether the first waited, and what each got", client.result(), expected=(True, 100, None))


@needs("Queue")
def test_proxy_can_be_sent(mp: Multiprocessing, manager: Any, worker: MakeWorker) -> None:
    """A proxy that is sent through a queue refers to the same object where it arrives, and keeps it in being."""
    queue = mp.Queue()
    child = worker(recipient=payloads.Recipient(queue))
    shared = manager.dict(num=100)  # now that there is a child, which so has not inherited the proxy
    queue.put(shared)
    child.call("recipient.receive")
    child.call("recipient.write", 7)
    caller.shows("the number, to who has sent it", shared["num"], expected=7)
    del shared
    gc.collect()
    caller.shows("the number, once the sender's proxy is gone", child.call("recipient.read"), expected=7)


def test_is_kept_for_a_childs_proxy(manager: Any, worker: MakeWorker) -> None:
    """A managed dict is kept while a child has a proxy of it, though its maker's is gone."""
    shared = manager.dict(num=100)
    child = worker(shared=shared)
    del shared
    gc.collect()
    caller.shows("the number, to the child", child.call("shared.get", "num"), expected=100)


def test_is_dropped_with_its_last_proxy(manager: Any, log: Recorder) -> None:
    """A managed dict, and what is in it, is dropped by the server once no process has a proxy of it any more."""
    shared, other = manager.dict(), manager.dict()
    shared["mortal"] = payloads.Mortal(partial(log, "dropped"))
    until_still()
    recorder.shows("where it was dropped, while it could be reached", log.values("dropped"), expected=[])
    del shared
    gc.collect()
    other.clear()  # so that who has served the last call has something else at hand
    until_still()
    recorder.shows("how often it was dropped then", len(log.values("dropped")), expected=1)
    kernel.shows("where it was dropped", log.only("dropped").pid, expected=other_than(os.getpid()))


def test_unpicklable_answer_is_refused(manager: Any, worker: MakeWorker) -> None:
    """A call whose answer cannot be pickled raises an exception, and the calls after it are answered."""
    shared = manager.dict(num=100, answer=payloads.Unanswerable())
    child = worker(shared=shared)
    with refuses(CallFailed):
        child.call("shared.get", "answer")
    caller.shows("the answer to the next call", child.call("shared.get", "num"), expected=100)


def test_two_dicts_are_independent(manager: Any, worker: MakeWorker) -> None:
    """What is written to one dict of a manager is not in another."""
    one, another = manager.dict(num=100), manager.dict(num=100)
    child = worker(one=one, another=another)
    child.call("one.__setitem__", "num", 7)
    seen = one["num"], another["num"], child.call("another.get", "num")
    caller.shows("the number in the first, in the second, and to the child", seen, expected=(7, 100, 100))


def test_outlives_its_clients(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """What a child has written stays after the child was killed, also in the middle of a call."""
    lookup = checkpoint("lookup")
    shared = manager.dict(num=100)
    writer, reader = worker(shared=shared), worker(shared=shared)
    writer.call("shared.__setitem__", "num", 7)
    writer.begin("shared.get", payloads.Key(lookup.pause))
    lookup.next()
    writer.kill()
    kernel.shows("whether the writer is alive", state(writer.pid) == ALIVE, expected=False)
    lookup.open()
    until_still()  # so that whatever the server does about the loss is done
    caller.shows("what another child sees", reader.call("shared.get", "num"), expected=7)


def test_change_of_a_nested_list_is_lost(manager: Any, worker: MakeWorker) -> None:
    """A plain list fetched from a managed dict is a copy: what a child appends to it, nobody else sees."""
    shared = manager.dict(list=[1])
    child = worker(append=partial(payloads.append, shared))
    caller.shows("the list that the child changed", child.call("append", 2), expected=[1, 2, 2])
    caller.shows("the list in the dict", shared["list"], expected=[1])


def test_nested_list_assigned_back_is_kept(manager: Any, worker: MakeWorker) -> None:
    """A plain list that a child has changed and assigned back to a managed dict is changed for all."""
    shared = manager.dict(list=[1])
    child, other = worker(append=partial(payloads.append_and_assign, shared)), worker(shared=shared)
    child.call("append", 2)
    seen = shared["list"], other.call("shared.get", "list")
    caller.shows("the list in the dict, to the starter and another child", seen, expected=([1, 2], [1, 2]))


def test_nested_managed_list_is_shared(manager: Any, worker: MakeWorker) -> None:
    """A managed list in a managed dict is no copy: what a child appends to it is there for all, and stays."""
    shared = manager.dict()
    child = worker(append=partial(payloads.append, shared), repeat=partial(payloads.repeat, shared))
    nested = manager.list([1])  # now that there is a child, which so has not inherited the proxy
    shared["list"], other = nested, manager.dict(given=nested)
    caller.shows("the list that the child changed", child.call("append", 2), expected=[1, 2, 2])
    caller.shows("the list that a dict was made with", list(other["given"]), expected=[1, 2, 2])
    caller.shows("the list itself", list(nested), expected=[1, 2, 2])
    child.call("repeat")
    caller.shows("the list, repeated in place", list(nested), expected=[1, 2, 2] * 2)
    del nested, other
    gc.collect()
    expected = [*[1, 2, 2] * 2, 3, 3]
    caller.shows("the list, once only the dict refers to it", child.call("append", 3), expected=expected)


def test_proxy_raises_after_shutdown(manager: Any, worker: MakeWorker) -> None:
    """After shutdown every proxy raises, whether its process has used it before or not."""
    shared = manager.dict(num=100)
    used, unused = worker(shared=shared), worker(shared=shared)
    caller.shows("the number before", (shared["num"], used.call("shared.get", "num")), expected=(100, 100))
    manager.shutdown()
    for client in used, unused:
        with refuses(CallFailed):
            client.call("shared.get", "num")
    with refuses(Exception):
        shared.get("num")


def test_shutdown_ends_the_server(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Once shutdown has returned, the server process is gone, even if clients are still connected."""
    shared = manager.dict()
    client = worker(shared=shared)
    server = home_of(client, checkpoint("lookup"))
    kernel.shows("the server", state(server), expected=ALIVE)
    manager.shutdown()
    kernel.shows("the server after shutdown", state(server), expected=GONE)
    manager.shutdown()  # again, in vain
    kernel.shows("the client", state(client.pid), expected=ALIVE)


def test_leaving_its_block_shuts_it_down(mp: Multiprocessing, log: Recorder) -> None:
    """Once the with block of a manager is left, be it by an exception, its server process is gone."""
    managers: list[Any] = []  # as long as they are referred to, nothing else ends them

    def serve(*errors: Exception) -> None:
        with mp.Manager() as manager:
            managers.append(manager)
            tell_its_home(manager.dict(), log)
            for error in errors:
                raise error

    serve()
    with refuses(payloads.Failed):
        serve(payloads.Failed())
    servers = [event.pid for event in log.events("home")]
    kernel.shows("the servers", [state(server) for server in servers], expected=[GONE, GONE])


def test_server_ends_with_its_manager(mp: Multiprocessing, log: Recorder) -> None:
    """The server process of a manager that nothing refers to any more is gone, though nobody has shut it down."""
    manager = mp.Manager()
    tell_its_home(manager.dict(), log)
    server = log.only("home").pid
    kernel.shows("the server", state(server), expected=ALIVE)
    del manager
    gc.collect()
    kernel.shows("the server without its manager", state(server), expected=GONE)


def test_server_minds_no_interrupt(manager: Any, log: Recorder) -> None:
    """The server process of a manager goes on after SIGINT, which Ctrl-C sends to it too."""
    shared = manager.dict(num=100)
    tell_its_home(shared, log)
    server = log.events("home")[-1].pid
    os.kill(server, signal.SIGINT)
    until_still()  # whoever does not ignore it has ended
    kernel.shows("the server", state(server), expected=ALIVE)
    caller.shows("the number", shared["num"], expected=100)


def test_leaves_no_file_behind(program: Programs) -> None:
    """A program that has used a manager leaves nothing in the folder for temporary files."""
    before = os.listdir(tempfile.gettempdir())
    using = program.main(payloads.use_a_manager)
    kernel.shows("the program's exit status", using.exit_status(), expected=0)
    recorder.shows("what it has read", using.output, expected="100\n")
    kernel.shows("the folder for temporary files", os.listdir(tempfile.gettempdir()), expected=before)


@needs("AuthenticationError", "current_process")
def test_wrong_authkey_is_refused(mp: Any, manager: Any) -> None:
    """A client with the wrong authkey is turned away by the server, and one with the right key is let in."""
    if not hasattr(type(manager), "connect"):
        raise NotProvided("its managers have no connect")
    right = mp.current_process().authkey
    with refuses(mp.AuthenticationError):
        type(manager)(address=manager.address, authkey=b"not " + right).connect()
    answer = answer_to_a_stranger(manager.address)
    caller.shows("what the server answers to a digest made up", answer, expected=other_than(WELCOME))
    type(manager)(address=manager.address, authkey=right).connect()
