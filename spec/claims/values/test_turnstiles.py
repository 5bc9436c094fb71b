"""Turnstiles that count visitors into one value, with and without its lock, or into an array."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial

from hypothesis import example, given
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.shared.joining import join_all
from spec.claims.values import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import managed_too, needs, source
from spec.harness.checkpoint import Arrival
from spec.harness.process_table import until_blocked
from spec.harness.witness import caller, gatekeeper, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Lock", "Value", "Array")

TURNSTILES = 3


@source("impl.values.open_turnstiles")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Value")
def test_lock_admits_one_turnstile_at_a_time(
    mp: Multiprocessing, lesson: Lesson, scale: int, checkpoint: MakeCheckpoint
) -> None:
    """Under the value's lock, one turnstile is between its read and its write, the others wait, and none is lost."""
    counting, visitors, turnstiles = checkpoint("counting"), mp.Value("i", 100), TURNSTILES * scale
    children = lesson.open_turnstiles(mp, visitors, turnstiles, visitors.get_lock(), counting.pause)
    inside = counting.next()
    others = [child.pid for child in children if child.pid != inside.pid]
    until_blocked(others)
    kernel.shows("the number of other turnstiles, which are blocked", len(others), expected=turnstiles - 1)
    for counted in range(turnstiles):
        read = [arrival.notes for arrival in counting.waiting]
        gatekeeper.shows("what each turnstile between read and write has read", read, expected=[(100 + counted,)])
        inside.let_go()
        if counted < turnstiles - 1:
            inside = counting.next()
    join_all(children)
    caller.shows("the number of visitors", visitors.value, expected=100 + turnstiles)


@managed_too
@source("impl.values.open_turnstiles")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Value")
def test_adding_in_place_loses_updates(
    mp: Multiprocessing, lesson: Lesson, scale: int, checkpoint: MakeCheckpoint
) -> None:
    """Without its lock around both, turnstiles that all read a value before any of them writes add one in total."""
    counting, visitors, turnstiles = checkpoint("counting"), mp.Value("i", 100), TURNSTILES * scale
    children = lesson.open_turnstiles(mp, visitors, turnstiles, nullcontext(), counting.pause)
    arrivals = counting.wait_for(turnstiles)
    read = [arrival.notes for arrival in arrivals]
    gatekeeper.shows("what each turnstile has read", read, expected=[(100,)] * turnstiles)
    kernel.shows("their processes", {a.pid for a in arrivals}, expected={child.pid for child in children})
    counting.open()
    join_all(children)
    caller.shows("the number of visitors", visitors.value, expected=101)


@managed_too
@source("impl.values.open_turnstiles_with_places")
def test_place_of_its_own_needs_no_lock(
    mp: Multiprocessing, lesson: Lesson, scale: int, checkpoint: MakeCheckpoint
) -> None:
    """Turnstiles that count in places of their own in an array are all between read and write, and lose nothing."""
    counting, places = checkpoint("counting"), list(range(TURNSTILES * scale))
    visitors = mp.Array("i", places)
    children = lesson.open_turnstiles_with_places(mp, visitors, counting.pause)
    arrivals = counting.wait_for(len(places))
    read = sorted(arrival.notes for arrival in arrivals)
    gatekeeper.shows("what each turnstile has read", read, expected=[(place,) for place in places])
    counting.open()
    join_all(children)
    seen = payloads.contents(visitors)
    caller.shows("the numbers of visitors", seen, expected=[place + 1 for place in places])


@managed_too
@source("impl.values.enter")
def test_any_turnstiles_add_what_they_have_read(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Without the lock, the number is that of the last write, whatever was read before and written in between."""
    counting, visitors = checkpoint("counting"), mp.Value("l", 0)
    staff = [worker(enter=partial(lesson.enter, visitors, nullcontext(), counting.pause)) for _ in range(3)]

    @given(begins=st.integers(-(2**31), 2**31), steps=st.lists(st.integers(0, 2), min_size=2, max_size=12))
    @example(begins=0, steps=[0, 1, 0, 1])
    def enter(begins: int, steps: list[int]) -> None:
        visitors.value = number = begins
        inside: dict[int, Arrival] = {}
        for who in [*steps, *(who for who in (0, 1, 2) if steps.count(who) % 2)]:
            if who in inside:
                [read] = inside.pop(who).let_go().notes
                staff[who].result()
                number = read + 1
            else:
                staff[who].begin("enter")
                inside[who] = counting.next()
                gatekeeper.shows("what the turnstile has read", inside[who].notes, expected=(number,))
            caller.shows("the number of visitors", visitors.value, expected=number)

    enter()


@source("impl.values.enter")
def test_jammed_turnstile_releases_the_lock(mp: Multiprocessing, lesson: Lesson, worker: MakeWorker) -> None:
    """A turnstile that fails between its read and its write releases the lock, and has changed nothing."""
    visitors = mp.Value("i", 100)
    enter = partial(lesson.enter, visitors, visitors.get_lock())
    jammed, other = worker(enter=enter), worker(enter=enter)
    with refuses(CallFailed, payloads.TurnstileJammed.__name__):
        jammed.call("enter", payloads.jam)
    caller.shows("the number of visitors after that", visitors.value, expected=100)
    other.call("enter", abs)
    caller.shows("the number of visitors after another has entered", visitors.value, expected=101)
