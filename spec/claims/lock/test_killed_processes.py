"""What becomes of a lock when a process that uses it is killed, is stopped, or ends, and when it is dropped."""

from __future__ import annotations

import os
import signal

from impl.contract import Guard, Multiprocessing
from spec.claims.lock import payloads
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.marks import fresh_memory, managed_too, needs, source, unmanaged, where
from spec.engine.targets import Target
from spec.harness.holdings import leaves_no_name_when_killed, leaves_nothing_behind
from spec.harness.process_table import ALIVE, GONE, children, settled, state, until_exited
from spec.harness.witness import caller, containing, kernel, other_than, recorder

pytestmark = [needs("Process", "Lock"), managed_too]


def stays_held_by_a_killed_process(lock: Guard, worker: MakeWorker) -> None:
    """State that nobody can acquire *lock* once the process that holds it has been killed."""
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    holder.kill()
    kernel.shows("the state of the killed holder", state(holder.pid), expected=other_than(ALIVE))
    other.begin("lock.acquire")
    kernel.shows("whether another process is blocked in acquire()", other.blocks(), expected=True)


@source("https://github.com/python/cpython/issues/88304", observed=True)
def test_killed_holder_leaves_it_held(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it holds a lock leaves it held for ever."""
    stays_held_by_a_killed_process(mp.Lock(), worker)


@source("https://man7.org/linux/man-pages/man3/sem_post.3.html", observed=True)
def test_killed_waiter_is_passed_over(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it waits for a lock delays no other: the next that waits acquires the lock."""
    lock = mp.Lock()
    holder, victim, heir = (worker(lock=lock) for _ in range(3))
    holder.call("lock.acquire")
    for waiter in victim, heir:
        waiter.begin("lock.acquire")
        kernel.shows("whether a waiter is blocked in acquire()", waiter.blocks(), expected=True)
    victim.kill()
    kernel.shows("the state of the killed waiter", state(victim.pid), expected=other_than(ALIVE))
    holder.call("lock.release")
    caller.shows("whether the second waiter acquired the lock", heir.result(), expected=True)


@where(unmanaged)
@needs("Queue")
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_killed_program_leaves_nothing_shared(
    mp: Multiprocessing,  # noqa: ARG001  the API must have what the program uses
    program: Programs,
    checkpoint: MakeCheckpoint,
) -> None:
    """Once the helpers of a killed program are gone, none of its locks and queues is left in shared memory."""
    holding = checkpoint("holding")
    main = program.main(payloads.make_and_hold, holding.pause)
    holding.next()
    leaves_no_name_when_killed(main)


@needs("RLock")
@source("https://github.com/python/cpython/issues/88304", observed=True)
def test_rlock_of_a_killed_holder_stays_held(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it holds an RLock leaves it held for ever."""
    stays_held_by_a_killed_process(mp.RLock(), worker)


@source("https://man7.org/linux/man-pages/man7/signal.7.html", observed=True)
def test_stopped_holder_keeps_it(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is stopped while it holds a lock keeps the lock, and can release it once it continues."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    os.kill(holder.pid, signal.SIGSTOP)
    caller.shows("acquire(False) while the holder is stopped", other.call("lock.acquire", False), expected=False)
    other.begin("lock.acquire")
    kernel.shows("whether another process is blocked in acquire()", other.blocks(), expected=True)
    os.kill(holder.pid, signal.SIGCONT)
    holder.call("lock.release")
    caller.shows("acquire() after the holder continued and released it", other.result(), expected=True)


@needs("RLock")
@source("https://github.com/celery/billiard/issues/293", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_many_leave_nothing_behind(mp: Multiprocessing, scale: int) -> None:
    """However many locks were made, used and dropped, no file, no memory and no name of theirs is left."""

    def use() -> list[object]:
        locks = [mp.Lock(), mp.RLock()]
        for lock in locks:
            with lock:
                pass
        return [*locks]

    leaves_nothing_behind(use, 100 * scale)


@needs("RLock")
@source("https://github.com/joblib/loky/issues/474")
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_program_that_holds_locks_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while they hold locks have exit status 0 and print nothing on stderr."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_locks, target.name))


@where(unmanaged)
@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_names_that_are_left_make_a_warning(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """When a program that had locks was killed, the helper that removes their names prints a warning."""
    waiting = checkpoint("waiting")
    running = program.main(payloads.make_and_hold, waiting.pause)
    waiting.next()
    running.kill()
    recorder.shows("what is on stderr", running.all_errors(), expected=containing("leaked sem"))


@where(unmanaged)
@where(fresh_memory)
@source("https://github.com/python/cpython/issues/88887", observed=True)
def test_killed_tracker_is_replaced(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """When the helper that removes names was killed, the next lock starts another one, and warns of that."""
    making, trackers = checkpoint("making"), []
    running = program.main(payloads.make_and_make_again, making.pause)
    for _ in range(2):
        arrival = making.next()
        [tracker] = children(running.pid)
        kernel.shows("the state of the helper", state(tracker), expected=ALIVE)
        trackers.append(tracker)
        os.kill(tracker, signal.SIGKILL)
        until_exited(tracker)
        arrival.let_go()
    kernel.shows("the number of different helpers", len({*trackers}), expected=2)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("what is on stderr", running.all_errors(), expected=containing("relaunching"))


@where(unmanaged)
@where(fresh_memory)
@source("https://github.com/python/cpython/issues/75491")
def test_reaped_tracker_is_replaced(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """When the helper that removes names was killed, and reaped by the program, the next lock starts another one."""
    making = checkpoint("making")
    running = program.main(payloads.make_reap_and_make_again, making.pause)
    arrival = making.next()
    [tracker] = children(running.pid)
    os.kill(tracker, signal.SIGKILL)
    arrival.let_go()
    arrival = making.next()
    kernel.shows("the number of helpers after that", len(children(running.pid)), expected=1)
    kernel.shows("the first helper", state(tracker), expected=GONE)
    arrival.let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)


@where(unmanaged)
@where(fresh_memory)
@source("https://github.com/python/cpython/issues/109593")
def test_is_made_though_another_is_dropped_meanwhile(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """A lock can be dropped while another one is made, even while the helper that removes names is being replaced."""
    making = checkpoint("making")
    running = program.main(payloads.make_and_drop_meanwhile, making.pause)
    arrival = making.next()
    for tracker in children(running.pid):
        os.kill(tracker, signal.SIGKILL)
        until_exited(tracker)
    arrival.let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)


@where(unmanaged)
@where(fresh_memory)
@source("https://github.com/python/cpython/pull/7850")
def test_tracker_minds_no_signal(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """The helper that removes names goes on after SIGINT and SIGTERM, which may reach all processes of a program."""
    making, trackers = checkpoint("making"), []
    running = program.main(payloads.make_and_make_again, making.pause)
    for number in signal.SIGINT, signal.SIGTERM:
        arrival = making.next()
        trackers += children(running.pid)
        os.kill(trackers[-1], number)
        kernel.shows(f"the state of the helper after {number.name}", settled(trackers[-1]), expected=ALIVE)
        arrival.let_go()
    kernel.shows("the helpers", trackers, expected=[trackers[0]] * 2)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)


@where(unmanaged)
@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_one_tracker_serves_all(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A child that makes locks starts no helper to remove their names: it uses that of its starter."""
    making, lock = checkpoint("making"), mp.Lock()
    child = mp.Process(target=payloads.make_and_hold, args=(mp, making.pause))
    child.start()
    arrival = making.next()
    kernel.shows("the children of the child", children(arrival.pid), expected=[])
    caller.shows("acquire(False) by the starter", lock.acquire(False), expected=True)
    arrival.let_go()
    child.join()
