"""Processes with threads: several threads that start and join children, and children that have threads."""

from __future__ import annotations

import asyncio
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lifecycle.scenes import ready
from spec.claims.queue import payloads as queue_payloads
from spec.claims.shared import handlers, threads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.lessons import Lesson
from spec.engine.marks import fresh_memory, inherits_memory, needs, source, where
from spec.harness.process_table import ALIVE, GONE, settled, state, until_blocked, until_thread_gone
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, recorder

pytestmark = needs("Process")


@source("https://github.com/python/cpython/issues/148318", observed=True)
def test_threads_join_their_own(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """While one thread waits in `join()`, another thread can start, terminate and join other children."""
    start, terminate = lesson.start, lesson.terminate
    working, waiting = checkpoint("working"), checkpoint("waiting")

    def start_and_join() -> list[object]:
        short, long = start(mp, leave(7)), start(mp, working.pause)
        short.join()
        terminate(long)
        long.join()
        waiting.pause()
        return [short.exitcode, long.is_alive()]

    def join_beside() -> list[object]:
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # forking a process that has several threads is deprecated
        child = start(mp, steps(working.pause, leave(3)))
        ended = threads.beside(child.join, waiting.pause, start_and_join)
        return [*ended, child.exitcode]

    main = forked_call(join_beside)
    child = working.next()
    meanwhile = waiting.next()
    until_blocked([main.pid])
    meanwhile.let_go()
    done = waiting.next()
    kernel.shows("the child that the first thread joins", state(child.pid), expected=ALIVE)
    child.let_go()
    done.let_go()
    got, expected = main.result(), [True, [7, False], None, 3]
    caller.shows("the wait, the other children, what join() returned, and the exit code", got, expected=expected)


@source("https://github.com/python/cpython/issues/130895", observed=True)
def test_threads_may_join_the_same(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """Two threads may join one child at once: both wait until it is gone, and its exit code is then known."""
    start, working = lesson.start, checkpoint("working")

    def join_in_two_threads() -> list[object]:
        child = start(mp, steps(working.pause, leave(7)))

        def join() -> str:
            child.join()
            assert child.pid is not None
            return state(child.pid)

        with ThreadPoolExecutor(2) as pool:
            joins = [pool.submit(join) for _ in range(2)]
            return [*(joined.result() for joined in joins), child.exitcode]

    main = forked_call(join_in_two_threads)
    child = working.next()
    until_blocked([main.pid])
    child.let_go()
    caller.shows("the child as each thread found it, and its exit code", main.result(), expected=[GONE, GONE, 7])


@where(fresh_memory)
@needs("Lock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.start", observed=True)
def test_threads_start_at_once(
    mp: Multiprocessing, lesson: Lesson, forked_call: MakeForkedCall, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Two threads may start children at once, even if one takes a long time to pickle the arguments."""
    start, lock = lesson.start, mp.Lock()
    pickling, turn, working = checkpoint("pickling"), checkpoint("turn"), checkpoint("working")

    def start_two() -> None:
        slow = mp.Process(target=queue_payloads.tell_first, args=(log, queue_payloads.HeldUp(pickling.pause), lock))
        with ThreadPoolExecutor(1) as pool:
            slow_start = pool.submit(slow.start)
            turn.pause()
            other = start(mp, working.pause)
            slow_start.result()
        for child in slow, other:
            child.join()

    main = forked_call(start_two)
    held = pickling.next()
    turn.next().let_go()
    main.until_still(lambda: working.reached)  # the second child runs, or its start waits for the first start
    held.let_go("pickled")
    working.next().let_go()
    main.result()
    recorder.shows("the argument that was slow to pickle", log.only("given").value, expected="pickled")


@source("https://github.com/pypy/pypy/issues/1289")
def test_child_of_a_thread_handles_signals(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child that a second thread has started can set signal handlers, and they are called."""
    start, target = lesson.start, steps(partial(handlers.record, log), handlers.signal_itself)
    [child] = threads.in_each_of(1, lambda: start(mp, target))
    child.join()
    recorder.shows("the signals that the child has handled", log.values("handled"), expected=handlers.recorded())


@needs("active_children")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.active_children", observed=True)
def test_outlives_the_thread_that_started_it(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child continues to run, and remains an active child, when the thread that started it ends."""
    start, working, started = lesson.start, checkpoint("working"), []
    has_started, may_end = threading.Event(), threading.Event()

    def start_and_end() -> None:
        try:
            started.append(start(mp, steps(working.pause, leave(7))))
        finally:
            has_started.set()
        may_end.wait()

    thread = threading.Thread(target=start_and_end)
    thread.start()
    has_started.wait()
    caller.shows("the number of children that the thread started", len(started), expected=1)
    [child] = started
    arrival = working.next()
    may_end.set()
    until_thread_gone(thread)
    kernel.shows("the child", settled(arrival.pid), expected=ALIVE)
    caller.shows("the active children", [child.pid for child in mp.active_children()], expected=[arrival.pid])
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


@source("https://github.com/python/cpython/pull/3111", observed=True)
def test_waits_for_its_threads(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """At the end of its code, a child waits for its threads, and its sentinel is not ready until they have ended."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    task = steps(working.pause, partial(log, "done"))
    child = lesson.start(mp, partial(threads.task_in_a_thread, task, leaving.pause))
    arrival = working.next()
    leaving.next().let_go()
    kernel.shows("the child at the end of its code", settled(arrival.pid), expected=ALIVE)
    kernel.shows("whether the sentinel is ready", ready(child.sentinel), expected=False)
    arrival.let_go()
    child.join()
    done = [event.pid for event in log.events("done")]
    recorder.shows("the processes whose thread ended", done, expected=[child.pid])


@source("https://docs.python.org/3/library/threading.html#threading.Thread.daemon", observed=True)
def test_does_not_wait_for_daemon_threads(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """At the end of its code, a child exits with exit code 0 even if one of its daemon threads still runs."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    task = steps(working.pause, partial(log, "done"))
    child = lesson.start(mp, partial(threads.task_in_a_thread, task, leaving.pause, daemon=True))
    arrival = working.next()
    leaving.next().let_go()
    child.join()
    kernel.shows("the pid of the child", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=0)
    recorder.shows("the processes whose thread ended", [event.pid for event in log.events("done")], expected=[])


@where(inherits_memory)
@source("https://github.com/python/cpython/issues/134381")
def test_child_starts_a_thread_that_its_starter_has_made(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A thread that the starter has made, and not started, can be started and joined in a forked child."""
    thread = threading.Thread(target=log, args=("ran",))
    child = lesson.start(mp, steps(thread.start, thread.join))
    child.join()
    recorder.shows("the number of times that the thread ran", len(log.events("ran")), expected=1)
    kernel.shows("the process it ran in", log.events("ran")[0].pid, expected=child.pid)


@source("https://github.com/python/cpython/issues/88110")
def test_child_of_a_thread_pool_ends_as_others(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child that a thread of a `ThreadPoolExecutor` has started has exit code 0 at the end of its code."""
    start = lesson.start
    with ThreadPoolExecutor(1) as pool:
        child = pool.submit(start, mp, partial(log, "ran")).result()
        child.join()
    recorder.shows("the number of times that the child's task ran", len(log.events("ran")), expected=1)
    caller.shows("the exit code", child.exitcode, expected=0)


@source("https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.ThreadPoolExecutor")
def test_waits_for_the_tasks_of_its_thread_pool(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """At the end of its code, a child waits for the tasks of its `ThreadPoolExecutor`, also for one not yet begun."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    task = steps(working.pause, partial(log, "done"))
    child = lesson.start(mp, partial(threads.tasks_of_a_thread_pool, task, 2, leaving.pause))
    arrival = working.next()
    leaving.next().let_go()
    kernel.shows("the child at the end of its code", settled(arrival.pid), expected=ALIVE)
    arrival.let_go()
    working.next().let_go()
    child.join()
    recorder.shows("the number of tasks that were done", len(log.events("done")), expected=2)
    caller.shows("the exit code", child.exitcode, expected=0)


@source("https://github.com/python/cpython/issues/66285")
def test_child_of_a_coroutine_may_run_another(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child that a coroutine has started can run a coroutine in an event loop of its own."""
    start = lesson.start

    async def start_and_join() -> object:
        child = start(mp, partial(threads.run_coroutine, log))
        child.join()
        return child.exitcode

    caller.shows("the exit code", asyncio.run(start_and_join()), expected=0)
    recorder.shows("the number of times that the child's coroutine ran", len(log.events("ran")), expected=1)
