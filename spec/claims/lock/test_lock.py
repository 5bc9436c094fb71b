"""Lock: a ticket office with many buyers and few tickets."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.contract import Multiprocessing, Process
from spec.claims.lock import payloads
from spec.claims.shared import handlers, threads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs
from spec.harness import shared_memory
from spec.harness.holdings import holdings
from spec.harness.interruption import is_interrupted, waits_through_a_signal
from spec.harness.process_table import ALIVE, descendants, state, until_blocked, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import WATCHED, until_still
from spec.harness.witness import at_least, caller, gatekeeper, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed
from spec.models import locks

pytestmark = needs("Process", "Lock")


@pytest.fixture
def stock(folder: Path, scale: int) -> Path:
    """A stock of three tickets."""
    path = folder / "stock.json"
    path.write_text(json.dumps({"count": 3 * scale}), encoding="utf-8")
    return path


def count(stock: Path) -> int:
    """Read the stock as any program would, without the lesson under test."""
    return int(json.loads(stock.read_text(encoding="utf-8"))["count"])


def join(processes: list[Process]) -> None:
    """Wait for each."""
    for process in processes:
        process.join()


def test_sells_what_there_is(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, of ten buyers three get the three tickets, and the others are told that they are sold out."""
    network, lock, all_buyers = checkpoint("network"), mp.Lock(), list(range(10 * scale))
    sale = lesson.sell(mp, stock, len(all_buyers), lock, network.pause, partial(payloads.tell, log))
    for _ in range(3 * scale):
        network.next().let_go()
    network.open()  # to nobody else, if all is well
    join(sale)
    told = log.events("bought") + log.events("sold out")
    recorder.shows("how many bought", len(log.events("bought")), expected=3 * scale)
    recorder.shows("all buyers", sorted(event.value for event in told), expected=all_buyers)
    recorder.shows("in how many processes they ran", len({event.pid for event in told}), expected=len(all_buyers))
    kernel.shows("the stock file", count(stock), expected=0)


def test_admits_one_buyer_at_a_time(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, one buyer is between reading the stock and writing it, and all others are blocked."""
    network, lock = checkpoint("network"), mp.Lock()
    sale = lesson.sell(mp, stock, 10 * scale, lock, network.pause, partial(payloads.tell, log))
    inside = network.next()
    others = [buyer.pid for buyer in sale if buyer.pid != inside.pid]
    until_blocked(others)
    gatekeeper.shows("who is inside", [arrival.pid for arrival in network.waiting], expected=[inside.pid])
    kernel.shows("how many others there are", len(others), expected=10 * scale - 1)
    network.open()
    join(sale)


def test_hands_the_lock_on(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """With the lock, each buyer reads what the one before has written."""
    network, lock = checkpoint("network"), mp.Lock()
    tickets = 3 * scale
    sale = lesson.sell(mp, stock, tickets + 1, lock, network.pause, partial(payloads.tell, log))
    seen, pids = [], {os.getpid()}
    for sold in range(tickets):
        if sold < WATCHED:
            until_still(lambda: network.reached)  # and whom else the lock has let in has come, too
        arrival = network.next()
        pids.add(arrival.pid)
        seen.append((arrival.notes, len(network.waiting)))
        arrival.let_go()
    network.open()  # to nobody else, if all is well
    join(sale)
    one_after_another = [((left,), 1) for left in range(tickets, 0, -1)]
    gatekeeper.shows("what was read, by how many at once", seen, expected=one_after_another)
    gatekeeper.shows("how many processes they and the starter are", len(pids), expected=tickets + 1)


def test_oversells_without(
    mp: Multiprocessing, lesson: Lesson, stock: Path, scale: int, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """Without the lock, ten buyers who all read before any writes all buy, though there are three tickets."""
    network, all_buyers = checkpoint("network"), list(range(10 * scale))
    sale = lesson.sell(mp, stock, len(all_buyers), nullcontext(), network.pause, partial(payloads.tell, log))
    arrivals = network.wait_for(len(all_buyers))
    pids = {arrival.pid for arrival in arrivals}
    kernel.shows("in how many processes they are", len(pids), expected=len(all_buyers))
    for arrival in arrivals:
        arrival.let_go()
    join(sale)
    recorder.shows("who bought", sorted(log.values("bought")), expected=all_buyers)
    kernel.shows("the stock file", count(stock), expected=3 * scale - 1)


def test_any_number_of_buyers_and_tickets(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """With the lock, any number of buyers get exactly as many of any number of tickets as there are, one by one."""
    network, lock = checkpoint("network"), mp.Lock()
    staff = [worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause)) for _ in range(6)]

    @given(queueing=st.integers(1, 6), tickets=st.integers(0, 8))
    def sale(queueing: int, tickets: int) -> None:
        stock.write_text(json.dumps({"count": tickets}), encoding="utf-8")
        for buyer in staff[:queueing]:
            buyer.begin("buy", str(stock))
        for _ in range(min(queueing, tickets)):
            inside = network.next()
            gatekeeper.shows("how many are inside", len(network.waiting), expected=1)
            inside.let_go()
        told = [buyer.result() for buyer in staff[:queueing]]
        recorder.shows("how many bought", told.count(["bought"]), expected=min(queueing, tickets))
        kernel.shows("the stock file", count(stock), expected=max(0, tickets - queueing))

    sale()


def test_any_number_oversell_without(
    lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without the lock, any number of buyers who all read before any writes all buy, if there is a ticket at all."""
    network = checkpoint("network")
    staff = [worker(buy=partial(payloads.outcome_of, lesson.buy, nullcontext(), network.pause)) for _ in range(6)]

    @given(queueing=st.integers(1, 6), tickets=st.integers(1, 8))
    def sale(queueing: int, tickets: int) -> None:
        stock.write_text(json.dumps({"count": tickets}), encoding="utf-8")
        for buyer in staff[:queueing]:
            buyer.begin("buy", str(stock))
        for arrival in network.wait_for(queueing):
            arrival.let_go()
        told = [buyer.result() for buyer in staff[:queueing]]
        recorder.shows("what the buyers were told", told, expected=[["bought"]] * queueing)
        kernel.shows("the stock file", count(stock), expected=tickets - 1)

    sale()


def test_waiter_proceeds_after_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that waits for a lock is blocked while another holds it, and proceeds once it is released."""
    lock = mp.Lock()
    holder, waiter = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    waiter.begin("lock.acquire")
    kernel.shows("whether the waiter is blocked", waiter.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("whether the waiter acquired it", waiter.result(), expected=True)


def test_buyer_that_fails_releases(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """A buyer that fails while it holds the lock releases it, and has sold nothing."""
    network, lock, before = checkpoint("network"), mp.Lock(), count(stock)
    unlucky = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, payloads.fail))
    lucky = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause))
    with refuses(CallFailed, "NetworkDown"):
        unlucky.call("buy", str(stock))
    caller.shows("whether the lock is free", lock.acquire(False), expected=True)
    lock.release()
    lucky.begin("buy", str(stock))
    gatekeeper.shows("what the next buyer reads", network.next().let_go().notes, expected=(before,))
    recorder.shows("what the next buyer is told", lucky.result(), expected=["bought"])
    kernel.shows("the stock file", count(stock), expected=before - 1)


def test_query_needs_no_lock(
    mp: Multiprocessing, lesson: Lesson, stock: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """While a buyer holds the lock, anybody can query the stock, and sees what was there before."""
    network, lock, before = checkpoint("network"), mp.Lock(), count(stock)
    buyer = worker(buy=partial(payloads.outcome_of, lesson.buy, lock, network.pause))
    clerk = worker(query=lesson.query)
    buyer.begin("buy", str(stock))
    inside = network.next()
    caller.shows("the count during the sale", clerk.call("query", stock), expected=before)
    inside.let_go()
    buyer.result()
    caller.shows("the count after the sale", clerk.call("query", stock), expected=before - 1)


def test_query_never_sees_half_a_file(lesson: Lesson, stock: Path) -> None:
    """Whoever has the stock file open while a ticket is sold reads it whole, as it was before the sale."""
    before = count(stock)
    with stock.open(encoding="utf-8") as reader:
        lesson.buy(0, stock, nullcontext(), lambda _read: None, lambda _buyer, _outcome: None)
        kernel.shows("what the reader's file holds", json.load(reader), expected={"count": before})
    kernel.shows("the stock file after the sale", count(stock), expected=before - 1)
    kernel.shows("the files there are", [path.name for path in stock.parent.iterdir()], expected=[stock.name])


def test_stock_is_data_never_code(lesson: Lesson, stock: Path) -> None:
    """A stock file that holds code is refused, and the code is not run."""
    trace = stock.with_name("trace")
    code = f"{{'count': open({str(trace)!r}, 'w').write('ran')}}"
    stock.write_text(code, encoding="utf-8")
    with refuses(ValueError, str(stock)):
        lesson.query(stock)
    kernel.shows("whether the code ran", trace.exists(), expected=False)
    kernel.shows("the stock file", stock.read_text(encoding="utf-8"), expected=code)


def test_bad_stock_is_refused(lesson: Lesson, stock: Path) -> None:
    """A stock file without a whole count of zero or more gives one clear error, and is left as it was."""
    bad = "", "3", "[]", "{}", "{'count': 3}", '{"count": -1}', '{"count": 1.5}', '{"count": true}', '{"count": "3"}'
    for text in bad:
        stock.write_text(text, encoding="utf-8")
        for attempt in lesson.query, partial(lesson.buy, 0, lock=nullcontext(), pause=id, tell=id):
            with refuses(ValueError, str(stock)):
                attempt(stock)
        kernel.shows("the stock file", stock.read_text(encoding="utf-8"), expected=text)


def test_missing_stock_is_refused(lesson: Lesson, stock: Path) -> None:
    """A stock file that does not exist gives one clear error, and is not made."""
    stock.unlink()
    for attempt in lesson.query, partial(lesson.buy, 0, lock=nullcontext(), pause=id, tell=id):
        with refuses(ValueError, str(stock)):
            attempt(stock)
    kernel.shows("whether the stock file exists", stock.exists(), expected=False)


def test_acquire_can_refuse_to_wait(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A non-blocking acquire of a lock that another holds returns false at once, and leaves it held."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    caller.shows("whether it was acquired", other.call("lock.acquire", False), expected=False)
    holder.call("lock.release")
    caller.shows("whether it was acquired when free", other.call("lock.acquire", False), expected=True)
    caller.shows("whether it was acquired twice", holder.call("lock.acquire", False), expected=False)


def test_acquire_can_be_timed(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed acquire of a lock that stays held returns false, and not before its time; if it is released, true."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    begun = time.monotonic()
    caller.shows("whether it was acquired", other.call("lock.acquire", True, 0.05), expected=False)
    kernel.shows("the seconds it took", time.monotonic() - begun, expected=at_least(0.05))
    other.begin("lock.acquire", True, 1000)
    kernel.shows("whether the other is blocked", other.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("whether it was acquired once released", other.result(), expected=True)


def test_acquire_takes_its_arguments_by_name(mp: Multiprocessing, worker: MakeWorker) -> None:
    """What acquire takes, it takes by name too; a time of zero or less is none, None is no limit."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    caller.shows("whether block=False acquired it", other.call("lock.acquire", block=False), expected=False)
    for seconds in 0.05, 0, -1:
        acquired = other.call("lock.acquire", timeout=seconds)
        caller.shows(f"whether timeout={seconds} acquired it", acquired, expected=False)
    caller.shows("whether it waits where it may not", other.call("lock.acquire", False, 3600), expected=False)
    other.begin("lock.acquire", timeout=None)
    kernel.shows("whether timeout=None waits", other.blocks(), expected=True)
    holder.call("lock.release")
    caller.shows("whether timeout=None acquired it in the end", other.result(), expected=True)
    other.call("lock.release")
    caller.shows("whether block=True acquired it when free", other.call("lock.acquire", block=True), expected=True)
    caller.shows("whether it was held then", holder.call("lock.acquire", block=False), expected=False)


def test_each_is_independent(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock is free whoever holds others, and however many."""
    one, another = mp.Lock(), mp.Lock()
    holder, other = worker(one=one, another=another), worker(one=one, another=another)
    holder.call("one.acquire")
    caller.shows("whether another process gets the second lock", other.call("another.acquire", False), expected=True)
    many = [mp.Lock() for _ in range(100)]
    caller.shows("how many of a hundred are got", sum(lock.acquire(False) for lock in many), expected=100)


def test_threads_wait_for_it_too(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Threads exclude each other with a lock as processes do, and one that waits for it holds up no other."""
    waiting = checkpoint("waiting")
    process = worker(lock=partial(threads.lock_beside, mp.Lock(), waiting.pause))
    process.begin("lock")
    arrival = waiting.next()
    until_blocked([arrival.pid])
    arrival.let_go()
    got = process.result()
    caller.shows("whether one waited, and whether the other and it got it", got, expected=(True, False, True))


def test_wait_goes_on_after_a_signal(mp: Multiprocessing, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Who waits for a lock handles a signal meanwhile, and waits on, unless the handler raises."""
    lock, handling = mp.Lock(), checkpoint("handling")
    waiter = worker(lock=lock, handle=partial(handlers.handle, handling.pause))
    waiter.call("handle")
    lock.acquire()
    waiter.begin("lock.acquire", True, 3600)
    waits_through_a_signal(waiter, handling)
    lock.release()
    caller.shows("whether it acquired the lock", waiter.result(), expected=True)
    waiter.begin("lock.acquire")
    waits_through_a_signal(waiter, handling)
    is_interrupted(waiter)
    waiter.call("lock.release")
    caller.shows("whether the lock is free then", lock.acquire(False), expected=True)


def test_timed_wait_ends_amid_signals(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A timed acquire gives up when its time is over, though signals keep coming meanwhile."""
    lock = mp.Lock()
    lock.acquire()
    waiter = worker(acquire=partial(handlers.amid_signals, lock, "acquire"))
    caller.shows("how the acquire came to its end", waiter.call("acquire", True, 0.05), expected="ended")


def test_use_leaves_no_file_open(mp: Multiprocessing) -> None:
    """A lock that was acquired and released, and that nobody refers to any more, has left no file open."""

    def use() -> None:
        lock = mp.Lock()
        for _ in range(3):
            lock.acquire()
            lock.release()

    use()  # whatever the API opens once for all locks is open now
    before = holdings()
    use()
    kernel.shows("how many files and threads there are", holdings(), expected=before)


def test_is_not_reentrant(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that acquires a lock which it holds already is blocked."""
    holder = worker(lock=mp.Lock())
    holder.call("lock.acquire")
    caller.shows("whether it was acquired again", holder.call("lock.acquire", False), expected=False)
    holder.begin("lock.acquire")
    kernel.shows("whether the holder is blocked", holder.blocks(), expected=True)


@needs("RLock")
def test_rlock_is_reentrant(mp: Multiprocessing, worker: MakeWorker) -> None:
    """The holder of an RLock can acquire it again, and frees it with as many releases."""
    lock = mp.RLock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    again = [holder.call("lock.acquire", block=False) for _ in range(2)]
    caller.shows("whether it was acquired twice again", again, expected=[True, True])
    for _ in range(2):
        holder.call("lock.__enter__")
        holder.call("lock.__exit__", None, None, None)
    for releases in (1, 2):
        holder.call("lock.release")
        got = other.call("lock.acquire", False)
        caller.shows(f"whether another gets it after {releases} of 3 releases", got, expected=False)
    holder.call("lock.release")
    caller.shows("whether another gets it after all", other.call("lock.acquire", False), expected=True)


def test_another_process_may_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock can be released by a process that does not hold it."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    other.call("lock.release")
    caller.shows("whether it was free then", holder.call("lock.acquire", False), expected=True)


@needs("RLock")
def test_rlock_is_released_by_its_holder_only(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Releasing an RLock is refused to all but its holder, be it a child started meanwhile, and leaves it held."""
    lock, refusal = mp.RLock(), "AssertionError"
    holder, other = worker(lock=lock), worker(lock=lock)
    with refuses(CallFailed, refusal):
        other.call("lock.release")
    holder.call("lock.acquire")
    with refuses(CallFailed, refusal):
        other.call("lock.release")
    caller.shows("whether it was free then", other.call("lock.acquire", False), expected=False)
    lock = mp.RLock()
    lock.acquire()
    child = worker(lock=lock)
    with refuses(CallFailed, refusal):
        child.call("lock.release")
    caller.shows("whether a child got what its starter holds", child.call("lock.acquire", False), expected=False)


@needs("RLock")
def test_rlock_waiter_proceeds_after_the_last_release(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Who waits for an RLock that another holds gives up at a given time, or else proceeds after its last release."""
    lock = mp.RLock()
    holder, waiter = worker(lock=lock), worker(lock=lock)
    for _ in range(10):
        holder.call("lock.acquire")
    begun = time.monotonic()
    caller.shows("whether it was acquired in time", waiter.call("lock.acquire", True, 0.05), expected=False)
    kernel.shows("the seconds it took", time.monotonic() - begun, expected=at_least(0.05))
    waiter.begin("lock.acquire")
    for releases in range(10):
        kernel.shows(f"whether the waiter is blocked after {releases} of 10 releases", waiter.blocks(), expected=True)
        holder.call("lock.release")
    caller.shows("whether the waiter acquired it", waiter.result(), expected=True)


@needs("RLock")
def test_rlock_is_held_by_one_thread(mp: Multiprocessing) -> None:
    """An RLock belongs to the thread that acquired it: another one of its process neither gets nor releases it."""
    lock = mp.RLock()
    lock.acquire()
    with ThreadPoolExecutor(1) as other:
        caller.shows("whether another thread got it", other.submit(lock.acquire, False).result(), expected=False)
        with refuses(AssertionError):
            other.submit(lock.release).result()


def test_free_lock_cannot_be_released(mp: Multiprocessing) -> None:
    """Releasing a lock that nobody holds is refused."""
    with refuses(ValueError):
        mp.Lock().release()


def test_killed_holder_leaves_it_held(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it holds a lock leaves it held for ever."""
    lock = mp.Lock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    holder.kill()
    kernel.shows("the holder", state(holder.pid), expected=other_than(ALIVE))
    other.begin("lock.acquire")
    kernel.shows("whether the other is blocked", other.blocks(), expected=True)


def test_killed_waiter_is_passed_over(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it waits for a lock holds up nobody: whoever waits next gets it."""
    lock = mp.Lock()
    holder, victim, heir = (worker(lock=lock) for _ in range(3))
    holder.call("lock.acquire")
    for waiter in victim, heir:
        waiter.begin("lock.acquire")
        kernel.shows("whether a waiter is blocked", waiter.blocks(), expected=True)
    victim.kill()
    kernel.shows("the first waiter", state(victim.pid), expected=other_than(ALIVE))
    holder.call("lock.release")
    caller.shows("whether the second acquired it", heir.result(), expected=True)


@needs("Queue")
def test_killed_program_leaves_nothing_shared(
    mp: Multiprocessing,  # noqa: ARG001  it must have what the program uses
    program: Programs,
    checkpoint: MakeCheckpoint,
) -> None:
    """Of the locks and queues of a killed program, nothing stays in shared memory when its helpers are gone."""
    holding = checkpoint("holding")
    main = program.main(payloads.make_and_hold, holding.pause)
    holding.next()
    used, helpers = set(shared_memory.used_by(main.pid)), descendants(main.pid)
    main.kill()
    for helper in helpers:
        until_exited(helper)
    kernel.shows("what is left of them", shared_memory.remaining(used), expected=[])


@needs("RLock")
def test_rlock_of_a_killed_holder_stays_held(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A process that is killed while it holds an RLock leaves it held for ever."""
    lock = mp.RLock()
    holder, other = worker(lock=lock), worker(lock=lock)
    holder.call("lock.acquire")
    holder.kill()
    kernel.shows("the holder", state(holder.pid), expected=other_than(ALIVE))
    other.begin("lock.acquire")
    kernel.shows("whether the other is blocked", other.blocks(), expected=True)


def test_is_handed_to_a_child_as_an_argument(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock that a child gets as an argument is the starter's own: what one acquires, the other finds held."""
    lock = mp.Lock()
    child = worker(lock=lock)
    child.call("lock.acquire")
    caller.shows("whether the starter gets it", lock.acquire(False), expected=False)
    child.call("lock.release")
    caller.shows("whether the starter gets it then", lock.acquire(False), expected=True)
    caller.shows("whether the child gets it then", child.call("lock.acquire", False), expected=False)


def test_is_handed_on_to_a_childs_child(mp: Multiprocessing, worker: MakeWorker) -> None:
    """A lock that a child hands on to a child of its own is still the one that the starter has."""
    lock = mp.Lock()
    child = worker(let_a_child_try=partial(payloads.let_a_child_try, mp.Process, lock))
    lock.acquire()
    caller.shows(
        "the exit code of a child's child that tries it", child.call("let_a_child_try"), expected=payloads.HELD
    )
    lock.release()
    caller.shows("that of one that tries it when free", child.call("let_a_child_try"), expected=payloads.ACQUIRED)
    caller.shows("whether the starter gets it then", lock.acquire(False), expected=False)


def test_processes_share_files(folder: Path, worker: MakeWorker) -> None:
    """What one process writes to a file, every other can read."""
    writer, reader = worker(write=Path.write_text), worker(read=Path.read_text)
    writer.call("write", folder / "note", "hello")
    kernel.shows("the file, to another child", reader.call("read", folder / "note"), expected="hello")
    kernel.shows("the file, to the starter", (folder / "note").read_text(encoding="utf-8"), expected="hello")


def test_lines_written_under_it_stay_whole(
    mp: Multiprocessing, folder: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Lines that processes write in parts to one file do not mix if each is written under a lock."""
    middle, lock, file = checkpoint("in the middle of a line"), mp.Lock(), folder / "terminal"
    first, second = (worker(write=partial(payloads.write_line, lock, middle.pause, file)) for _ in range(2))
    first.begin("write", "aa")
    arrival = middle.next()
    second.begin("write", "bb")
    kernel.shows("whether the second writer is blocked", second.blocks(), expected=True)
    arrival.let_go()
    middle.next().let_go()
    first.result(), second.result()
    kernel.shows("the lines", file.read_text(encoding="utf-8").splitlines(), expected=["aa", "bb"])


def test_any_sequence_of_operations(mp: Multiprocessing, worker: MakeWorker) -> None:
    """Over any sequence of acquires and releases by several processes, at most one has it, and no free lock waits."""
    locks.Lock.verify(mp.Lock, worker)
