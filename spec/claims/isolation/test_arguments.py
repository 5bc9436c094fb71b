"""How arguments reach a child."""

from __future__ import annotations

import copyreg
import gc
import os
import weakref
import zlib
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.isolation import payloads
from spec.claims.queue import payloads as queue_payloads
from spec.claims.shared import startup
from spec.engine.lessons import Lesson
from spec.engine.marks import fresh_memory, inherits_memory, needs, source, where
from spec.harness.process_table import descendants
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, other_than, recorder, refuses

pytestmark = needs("Process")


@source("https://man7.org/linux/man-pages/man2/fork.2.html")
def test_arguments_are_copies(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """An argument that a child changes stays unchanged in the parent."""
    argument = [1, 2]
    lesson.run_in_child(mp, partial(payloads.append, log, argument))
    recorder.shows("the argument in the child", log.values("argument"), expected=[[1, 2, 3]])
    recorder.shows("the argument in the parent", argument, expected=[1, 2])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process")
def test_args_and_kwargs_are_copies(mp: Multiprocessing, log: Recorder) -> None:
    """Positional and keyword arguments reach a child as copies of their current values."""
    positional, named = [1], [2]
    child = mp.Process(target=payloads.append_to_both, args=(log, positional), kwargs={"named": named})
    child.start()
    child.join()
    recorder.shows("the arguments in the child", log.values("arguments"), expected=[[[1, 3], [2, 3]]])
    recorder.shows("the arguments in the parent", [positional, named], expected=[[1], [2]])
    positional.append(4)
    another = mp.Process(target=payloads.append_to_both, args=[log], kwargs={"positional": positional})
    another.start()
    another.join()
    recorder.shows("the arguments in another child", log.values("arguments")[1:], expected=[[[1, 4, 3], None]])


@source(
    "https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods", observed=True
)
def test_arguments_are_copied_at_the_start(mp: Multiprocessing, log: Recorder) -> None:
    """A change to an argument after a process is made and before it is started reaches the child."""
    argument = [1]
    child = mp.Process(target=payloads.append, args=(log, argument))
    argument.append(2)
    child.start()
    child.join()
    recorder.shows("the argument in the child", log.values("argument"), expected=[[1, 2, 3]])
    recorder.shows("the argument in the parent", argument, expected=[1, 2])


@source("https://github.com/dano/aioprocessing/issues/14")
def test_one_dict_of_arguments_can_be_used_again(mp: Multiprocessing, log: Recorder) -> None:
    """Processes made with one dict of keyword arguments, which changes in between, each have what it held then."""
    named: dict[str, Any] = {}
    children = []
    for number in range(3):
        named["argument"] = [number]
        children.append(mp.Process(target=payloads.append, args=(log,), kwargs=named))
    named.clear()
    for child in children:
        child.start()
        child.join()
    recorder.shows("the argument of each child", log.values("argument"), expected=[[0, 3], [1, 3], [2, 3]])


@where(fresh_memory)
@source("https://github.com/joblib/loky/pull/272")
@source("https://docs.python.org/3/library/copyreg.html#copyreg.pickle", observed=True)
def test_arguments_are_reduced_as_registered(mp: Multiprocessing, log: Recorder) -> None:
    """An argument of a class whose reducer was registered by `copyreg.pickle` arrives as the reducer says."""
    copyreg.pickle(queue_payloads.Unpicklable, queue_payloads.as_text)
    child = mp.Process(target=log, args=("argument", queue_payloads.Unpicklable()))
    child.start()
    child.join()
    recorder.shows("the argument in the child", log.values("argument"), expected=[queue_payloads.INSTEAD_OF_AN_ITEM])


@source("https://github.com/python/cpython/issues/96953", observed=True)
def test_large_arguments_arrive(mp: Multiprocessing, log: Recorder) -> None:
    """An argument that is larger than a pipe's buffer reaches the child complete."""
    argument = bytes(range(256)) * (queue_payloads.BIG_ITEM_BYTES // 256)
    child = mp.Process(target=startup.tell_argument, args=(log, argument))
    child.start()
    child.join()
    expected = [[len(argument), zlib.crc32(argument)]]
    recorder.shows(
        "the length and the checksum of the argument in the child", log.values("argument"), expected=expected
    )


@where(inherits_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods")
def test_forked_task_needs_no_pickling(mp: Multiprocessing, log: Recorder) -> None:
    """The target and the arguments of a child need not be picklable."""
    child = mp.Process(target=lambda _given: log("ran"), args=(queue_payloads.Unpicklable(),))
    child.start()
    child.join()
    recorder.shows(
        "the processes that ran the target",
        [event.pid for event in log.events("ran")],
        expected=[other_than(os.getpid())],
    )


@where(fresh_memory)
@needs("active_children")
@source(
    "https://docs.python.org/3/library/multiprocessing.html#the-spawn-and-forkserver-start-methods", observed=True
)
def test_unpicklable_task_is_refused(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A start with an unpicklable argument is refused, leaves no process and no active child, and can be retried."""
    lesson.run_in_child(mp, partial(log, "ran"))  # starts the API's helper processes, if any, before the count
    before = {*descendants(os.getpid())}
    given = [queue_payloads.Unpicklable()]
    child = mp.Process(target=log, args=("ran", given))
    with refuses(TypeError, "cannot be pickled"):
        child.start()
    kernel.shows("the processes that the refused start left", {*descendants(os.getpid())} - before, expected=set())
    caller.shows("the pids of the active children", [one.pid for one in mp.active_children()], expected=[])
    caller.shows("the pid after the refused start", child.pid, expected=None)
    recorder.shows("the number of children that ran before the retry", len(log.events("ran")), expected=1)
    given.clear()
    child.start()
    child.join()
    recorder.shows("the number of children that ran in total", len(log.events("ran")), expected=2)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process", observed=True)
def test_started_process_keeps_no_task(mp: Multiprocessing, log: Recorder) -> None:
    """The object of a process that was started and joined keeps neither its target nor its arguments alive."""
    target: Any = payloads.Telling(log)
    argument: Any = payloads.Basket(["plum"])
    kept = [weakref.ref(target), weakref.ref(argument)]
    child = mp.Process(target=target, args=(argument,), kwargs={"named": argument})
    del target, argument
    child.start()
    child.join()
    gc.collect()
    recorder.shows("the number of times that the target ran", len(log.events("ran")), expected=1)
    caller.shows("what is kept of the target and the arguments", [ref() for ref in kept], expected=[None, None])
