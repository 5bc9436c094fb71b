"""Threads."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from impl.contract import Multiprocessing
from spec.claims.lifecycle.scenes import ready
from spec.claims.queue import payloads as queue_payloads
from spec.claims.shared import threads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Start
from spec.engine.lessons import Lesson
from spec.engine.marks import fresh_memory, needs, where
from spec.harness.process_table import ALIVE, GONE, settled, state, until_blocked, until_thread_gone
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, recorder

pytestmark = needs("Process")


def test_threads_join_their_own(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """While one thread waits in join, another one can start, terminate and join children of its own."""
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
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside a thread
        child = start(mp, steps(working.pause, leave(3)))
        ended = threads.beside(child.join, waiting.pause, start_and_join)
        return [*ended, child.exitcode]

    main = starter(join_beside)
    child = working.next()
    meanwhile = waiting.next()
    until_blocked([main.pid])
    meanwhile.let_go()
    done = waiting.next()
    kernel.shows("the child that the first thread joins", state(child.pid), expected=ALIVE)
    child.let_go()
    done.let_go()
    got, expected = main.result(), [True, [7, False], None, 3]
    caller.shows("whether one waited, what is known of the other's, and its own exit code", got, expected=expected)


def test_threads_may_join_the_same(
    mp: Multiprocessing, lesson: Lesson, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """Two threads may join one child at once: both wait until it is gone, and its exit code is known then."""
    start, working = lesson.start, checkpoint("working")

    def join_in_two() -> list[object]:
        child = start(mp, steps(working.pause, leave(7)))

        def join() -> str:
            child.join()
            assert child.pid is not None
            return state(child.pid)

        with ThreadPoolExecutor(2) as pool:
            joins = [pool.submit(join) for _ in range(2)]
            return [*(joined.result() for joined in joins), child.exitcode]

    main = starter(join_in_two)
    child = working.next()
    until_blocked([main.pid])
    child.let_go()
    caller.shows("the child, to either thread, and its exit code", main.result(), expected=[GONE, GONE, 7])


@where(fresh_memory)
@needs("Lock")
def test_threads_start_at_once(
    mp: Multiprocessing, lesson: Lesson, starter: Start, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Two threads may each start a child at once, though one takes long to pickle what its child is given."""
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

    main = starter(start_two)
    held = pickling.next()
    turn.next().let_go()
    main.until_still(lambda: working.reached)  # or it waits for its turn
    held.let_go("pickled")
    working.next().let_go()
    main.result()
    recorder.shows("what the slow one's child was given", log.only("given").value, expected="pickled")


@needs("active_children")
def test_outlives_the_thread_that_started_it(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child goes on, and is an active child, when the thread that has started it comes to its end."""
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
    caller.shows("how many children the thread has started", len(started), expected=1)
    [child] = started
    arrival = working.next()
    may_end.set()
    until_thread_gone(thread)
    kernel.shows("the child", settled(arrival.pid), expected=ALIVE)
    caller.shows("the active children", [child.pid for child in mp.active_children()], expected=[arrival.pid])
    arrival.let_go()
    child.join()
    caller.shows("the exit code", child.exitcode, expected=7)


def test_waits_for_its_threads(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child whose code has come to its end waits for its threads; before that, its sentinel is not ready."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    task = steps(working.pause, partial(log, "done"))
    child = lesson.start(mp, partial(threads.task_in_a_thread, task, leaving.pause))
    arrival = working.next()
    leaving.next().let_go()
    kernel.shows("the child, at the end of its code", settled(arrival.pid), expected=ALIVE)
    kernel.shows("whether its sentinel is ready", ready(child.sentinel), expected=False)
    arrival.let_go()
    child.join()
    recorder.shows("whose thread came to its end", [event.pid for event in log.events("done")], expected=[child.pid])


def test_does_not_wait_for_daemon_threads(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A child whose code has come to its end exits, with exit code 0, though a daemon thread of its has not."""
    working, leaving = checkpoint("working"), checkpoint("leaving")
    task = steps(working.pause, partial(log, "done"))
    child = lesson.start(mp, partial(threads.task_in_a_thread, task, leaving.pause, daemon=True))
    arrival = working.next()
    leaving.next().let_go()
    child.join()
    kernel.shows("the process that was joined", arrival.pid, expected=child.pid)
    caller.shows("the exit code", child.exitcode, expected=0)
    recorder.shows("whose thread came to its end", [event.pid for event in log.events("done")], expected=[])
