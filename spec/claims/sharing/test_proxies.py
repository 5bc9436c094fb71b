"""Proxies: calls by several processes and threads, and how long an object is kept."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.shared import handlers, threads
from spec.claims.sharing import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import counts_references, needs, source, where
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.interruption import is_interrupted
from spec.harness.process_table import ALIVE, state
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Lock", "Manager")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseProxy._callmethod")
def test_one_call_is_one_step(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """One call on a proxy is one step: while a child is still being sent what it pops, no other child can pop it."""
    delivery = checkpoint("delivery")
    shared = manager.dict(parcel=payloads.PausingParcel(delivery.pause))
    first, second = worker(shared=shared), worker(shared=shared)
    first.begin("shared.pop", "parcel", None)
    kernel.shows("whether the first child waits for the parcel", first.blocks(), expected=True)
    kernel.shows("the process that the parcel arrives in", delivery.next().pid, expected=first.pid)
    second.begin("shared.pop", "parcel", None)
    until_still()  # if the second child got the parcel too, it is at the checkpoint now
    delivery.open()
    caller.shows("what each child got", [first.result(), second.result()], expected=["parcel", None])


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_every_proxy_refers_to_one_object(manager: Any, worker: MakeWorker) -> None:
    """A change that one process makes through its proxy is seen through the proxy of every other process."""
    shared = manager.dict(num=100)
    first, second = worker(shared=shared), worker(shared=shared)
    kernel.shows("the number of processes that have a proxy", len({os.getpid(), first.pid, second.pid}), expected=3)
    first.call("shared.__setitem__", "num", 7)
    seen = shared["num"], second.call("shared.get", "num")
    caller.shows("what the starter and the second child see", seen, expected=(7, 7))
    shared["num"] = 8
    seen = first.call("shared.get", "num"), second.call("shared.__getitem__", "num")
    caller.shows("what the first and the second child see", seen, expected=(8, 8))
    first.call("shared.update", num=9)
    seen = shared["num"], second.call("shared.__getitem__", "num")
    caller.shows("what the starter and the second child see after the last change", seen, expected=(9, 9))


@source("https://docs.python.org/3/library/multiprocessing.html#managers", observed=True)
def test_calls_do_not_wait_for_each_other(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """While a call by one process is in progress, calls by other processes are answered."""
    lookup = checkpoint("lookup")
    shared, other = manager.dict(), manager.dict(num=100)
    number = other["num"]  # so the starter is connected before it starts a child
    caller.shows("the number that the starter sees", number, expected=100)
    first, second = worker(shared=shared), worker(other=other)
    first.begin("shared.get", payloads.PausingKey(lookup.pause))
    lookup.next()
    kernel.shows("whether the first child waits for its answer", first.blocks(), expected=True)
    seen = other["num"], second.call("other.get", "num")
    caller.shows("the number that the starter and another child see meanwhile", seen, expected=(100, 100))
    lookup.open()
    first.result()


@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseProxy._callmethod",
    observed=True,
)
def test_call_waits_without_limit(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A call on a proxy waits for the answer of the server, however long that takes."""
    lookup, shared = checkpoint("lookup"), manager.dict()
    client = worker(shared=shared)
    clocks = timed_waits()
    client.begin("shared.get", payloads.PausingKey(lookup.pause), "nothing")
    lookup.next()
    all_wait_without_limit({"get() of a managed dict": client}, clocks)
    lookup.open()
    caller.shows("what get() returns", client.result(), expected="nothing")


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_threads_get_their_own_answers(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """While a call by one thread is in progress, another thread's call is answered, and each gets its own answer."""
    lookup, waiting = checkpoint("lookup"), checkpoint("waiting")
    shared = manager.dict(num=100)
    key = payloads.PausingKey(lookup.pause)
    client = worker(look_up=partial(threads.look_up_beside, shared, key, waiting.pause))
    client.begin("look_up")
    kernel.shows("the process that looks up the first key", lookup.next().pid, expected=other_than(client.pid))
    waiting.next().let_go()  # the third thread starts, and looks up another key
    told = waiting.next()
    gatekeeper.shows("what the third thread gets meanwhile", told.notes, expected=(100,))
    lookup.open()
    told.let_go()
    caller.shows(
        "whether the second thread waited, and what the third and the second got",
        client.result(),
        expected=(True, 100, None),
    )


@needs("Queue")
@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_proxy_can_be_sent(mp: Multiprocessing, manager: Any, worker: MakeWorker) -> None:
    """A proxy that is sent through a queue refers to the same object where it arrives, and keeps the object alive."""
    queue = mp.Queue()
    child = worker(recipient=payloads.Recipient(queue))
    shared = manager.dict(num=100)  # created after the child, which therefore has not inherited the proxy
    queue.put(shared)
    child.call("recipient.receive")
    child.call("recipient.write", 7)
    caller.shows("the number that the sender sees", shared["num"], expected=7)
    del shared
    gc.collect()
    caller.shows("the number, after the sender's proxy is gone", child.call("recipient.read"), expected=7)


@source("https://docs.python.org/3/library/multiprocessing.html#cleanup")
def test_is_kept_for_a_childs_proxy(manager: Any, worker: MakeWorker) -> None:
    """A managed dict is kept while a child has a proxy for it, even if its creator's proxy is gone."""
    shared = manager.dict(num=100)
    child = worker(shared=shared)
    del shared
    gc.collect()
    caller.shows("the number that the child sees", child.call("shared.get", "num"), expected=100)


@where(counts_references)
@source("https://docs.python.org/3/library/multiprocessing.html#cleanup")
def test_is_dropped_with_its_last_proxy(manager: Any, log: Recorder) -> None:
    """The server drops a managed dict and its contents once no process has a proxy for the dict any more."""
    shared, other = manager.dict(), manager.dict()
    shared["mortal"] = payloads.DropReporter(partial(log, "dropped"))
    until_still()
    recorder.shows("what was dropped while there was a proxy", log.values("dropped"), expected=[])
    del shared
    gc.collect()
    other.clear()  # so that the thread that served the last call refers to another object
    until_still()
    recorder.shows("how often it was dropped after the last proxy was gone", len(log.values("dropped")), expected=1)
    kernel.shows("the process that it was dropped in", log.only("dropped").pid, expected=other_than(os.getpid()))


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseProxy._callmethod")
def test_unpicklable_answer_is_refused(manager: Any, worker: MakeWorker) -> None:
    """A call whose answer cannot be pickled raises an exception, and later calls are answered."""
    shared = manager.dict(num=100, answer=payloads.PicklableOnce())
    child = worker(shared=shared)
    with refuses(CallFailed):
        child.call("shared.get", "answer")
    caller.shows("the answer to the next call", child.call("shared.get", "num"), expected=100)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.dict")
def test_two_dicts_are_independent(manager: Any, worker: MakeWorker) -> None:
    """A value that is written to one dict of a manager does not appear in another dict."""
    one, another = manager.dict(num=100), manager.dict(num=100)
    child = worker(one=one, another=another)
    child.call("one.__setitem__", "num", 7)
    seen = one["num"], another["num"], child.call("another.get", "num")
    caller.shows(
        "the numbers in the first dict and the second, and in the second for the child", seen, expected=(7, 100, 100)
    )


@needs("Queue")
@source("https://github.com/python/cpython/issues/119937")
@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects", observed=True)
def test_proxy_in_transit_keeps_its_object(mp: Multiprocessing, manager: Any, worker: MakeWorker) -> None:
    """A managed dict is kept while its only proxy waits in a queue, and can be used where the proxy arrives."""
    queue = mp.Queue()
    child = worker(recipient=payloads.Recipient(queue))
    queue.put(manager.dict(num=7))
    until_still()  # the proxy is in the pipe, and its sender refers to it no longer
    gc.collect()
    child.call("recipient.receive")
    caller.shows("the number that the child reads", child.call("recipient.read"), expected=7)


@needs("Queue")
@where(counts_references)
@source("https://docs.python.org/3/library/multiprocessing.html#cleanup")
def test_child_gives_its_reference_back(mp: Multiprocessing, manager: Any, log: Recorder, worker: MakeWorker) -> None:
    """The server drops a managed dict once a child, which got the last proxy, drops that proxy and runs on."""
    queue = mp.Queue()
    child = worker(recipient=payloads.Recipient(queue))
    shared = manager.dict(num=7, mortal=payloads.DropReporter(partial(log, "dropped")))
    queue.put(shared)
    child.call("recipient.receive")
    del shared
    gc.collect()
    caller.shows("the number that the child reads", child.call("recipient.read"), expected=7)
    recorder.shows("what was dropped while the child had a proxy", log.values("dropped"), expected=[])
    child.call("recipient.drop")
    until_still()
    dropped = len(log.values("dropped"))
    recorder.shows("how often it was dropped after the child dropped its proxy", dropped, expected=1)
    kernel.shows("the child", state(child.pid), expected=ALIVE)


@where(counts_references)
@source("https://github.com/python/cpython/issues/106558")
def test_failed_call_leaves_no_garbage(manager: Any) -> None:
    """A call that raises an exception leaves no objects behind that only the garbage collector can remove."""
    shared = manager.dict()
    for _ in range(2):  # the first call connects to the server
        gc.collect()
        gc.disable()
        with suppress(KeyError):
            shared["no such key"]
        found = gc.collect()
    caller.shows("the number of objects that the garbage collector finds", found, expected=0)


@where(counts_references)
@source("https://github.com/python/cpython/issues/103136")
@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects", observed=True)
def test_nested_list_is_dropped_with_its_key(manager: Any, log: Recorder) -> None:
    """The server drops a managed list, and its items, once a managed dict that had the last reference is cleared."""
    shared, nested = manager.dict(), manager.list([payloads.DropReporter(partial(log, "dropped"))])
    shared["nested"] = nested
    del nested
    gc.collect()
    until_still()
    recorder.shows("what was dropped while the dict had the list", log.values("dropped"), expected=[])
    shared.clear()
    shared.clear()  # so that the thread that served the last call refers to nothing of it
    until_still()
    recorder.shows("how often the item was dropped after that", len(log.values("dropped")), expected=1)


@where(counts_references)
@source("https://github.com/python/cpython/issues/108155")
@source("https://docs.python.org/3/library/multiprocessing.html#cleanup", observed=True)
def test_popped_value_is_dropped(manager: Any, log: Recorder) -> None:
    """The server drops a value that a process has popped, even if no other call follows."""
    shared = manager.dict(mortal=payloads.DropReporter(partial(log, "dropped")))
    popped = shared.pop("mortal")
    until_still()
    dropped = [event.pid for event in log.events("dropped")]
    recorder.shows("the number of times that the server dropped its value", len(dropped), expected=1)
    kernel.shows("the process that dropped it", dropped[0], expected=other_than(os.getpid()))
    caller.shows("the kind of the value that was popped", type(popped), expected=payloads.DropReporter)


@source("https://github.com/boto/s3transfer/pull/123")
@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects", observed=True)
def test_call_after_an_interrupted_one(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """After an exception of a signal handler has ended a call, the next call gets its own answer."""
    lookup, handling = checkpoint("lookup"), checkpoint("handling")
    shared = manager.dict(num=100)
    client = worker(shared=shared, handle=partial(handlers.handle, handling.pause))
    client.call("handle")
    client.begin("shared.get", payloads.PausingKey(lookup.pause), "the answer to the interrupted call")
    lookup.next()
    is_interrupted(client)
    lookup.open()
    caller.shows("the answer to the next call", client.call("shared.get", "num"), expected=100)
