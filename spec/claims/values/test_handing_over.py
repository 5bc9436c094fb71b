"""How a value comes to a child, and how it does not."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

from spec.claims.values import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import needs, source
from spec.harness.process_table import descendants, until_blocked
from spec.harness.witness import caller, recorder, refuses

pytestmark = needs("Process", "Value", "Array", "RawValue", "RawArray")

GUIDELINES = "https://docs.python.org/3/library/multiprocessing.html#all-start-methods"


@source(GUIDELINES)
def test_is_handed_over_inside_other_objects(mp: Any) -> None:
    """A child can be given values in a list, in a dict, by name, and inside an object of the program's own."""
    one, two, three, four = mp.Value("i", 1), mp.RawValue("i", 2), mp.Value("i", 3), mp.Value("i", 4)
    named = {"in_a_dict": {"two": two, "three": three}, "inside": payloads.Counter(four)}
    child = mp.Process(target=payloads.count_all, args=([one, one],), kwargs=named)
    child.start()
    child.join()
    caller.shows("the exit code of the child", child.exitcode, expected=0)
    seen = one.value, two.value, three.value, four.value
    caller.shows("the values, to which the child has added", seen, expected=(3, 3, 4, 5))


@source(GUIDELINES)
def test_is_handed_on_to_a_childs_child(mp: Any, worker: MakeWorker) -> None:
    """A value that a child passes on to a child of its own is the starter's value, with the same lock."""
    number = mp.Value("i", 1)
    child = worker(start=partial(payloads.in_a_child, mp.Process, payloads.add, number, 1))
    child.call("start")
    caller.shows("the value after a child's child has added to it", number.value, expected=2)
    with number.get_lock():
        child.begin("start")
        child.blocks()
        until_blocked(descendants(child.pid))
        caller.shows("the value while its lock is held", number.value, expected=2)
    child.result()
    caller.shows("the value after that", number.value, expected=3)


@needs("Pipe")
@source(
    "https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods", observed=True
)
def test_is_handed_over_at_the_start_only(mp: Any) -> None:
    """Pickling a value or an array, or sending it, raises RuntimeError, before and after it was given to a child."""
    locked = [mp.Value("i", 1), mp.Array("i", 1), mp.Array("c", 3), mp.Value(payloads.Point)]
    shared = [*locked, mp.RawValue("i", 1), mp.RawArray("c", 3)]
    receiver, sender = mp.Pipe(False)
    for _ in range(2):
        for thing in locked:
            with refuses(RuntimeError):
                pickle.dumps(thing)
        for thing in shared:
            with refuses(RuntimeError):
                sender.send(thing)
        child = mp.Process(target=len, args=(shared,))
        child.start()
        child.join()
        caller.shows("the exit code of a child that was given all of them", child.exitcode, expected=0)
    caller.shows("whether anything was sent", receiver.poll(), expected=False)


@source(GUIDELINES)
@source("https://github.com/python/cpython/issues/110660")
def test_is_kept_for_its_child(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """A value that only a running child's arguments refer to stays that child's: no later one is in its memory."""
    running = checkpoint("running")
    child = mp.Process(target=payloads.stop_and_tell, args=(mp.RawValue("i", 1), running.pause))
    child.start()
    arrival = running.next()
    later = [mp.RawValue("i", 2) for _ in range(10)]
    arrival.let_go()
    recorder.shows("the child's value, after its starter has made others", running.next().notes, expected=(1,))
    caller.shows("how many others there are", len(later), expected=10)
