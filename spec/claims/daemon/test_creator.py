"""A daemon and the process that makes it: the flag, joining, and the end of that process."""

from __future__ import annotations

import os
from functools import partial

import pytest

from impl.contract import Multiprocessing
from spec.claims.daemon import payloads
from spec.claims.shared.steps import steps
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.engine.targets import Target
from spec.harness.process_table import ALIVE, GONE, ZOMBIE, settled, state
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, containing, gatekeeper, kernel, one_of, recorder

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.join")
def test_joined_completes(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, forked_call: MakeForkedCall, checkpoint: MakeCheckpoint
) -> None:
    """A daemon that is joined completes its work, and the process that joins it waits."""
    working = checkpoint("working")
    task = steps(working.pause, partial(log, "done"))
    joiner = forked_call(payloads.start_and_join, mp, lesson.start_daemon, task)
    arrival = working.next()
    kernel.shows("the number of processes", len({os.getpid(), joiner.pid, arrival.pid}), expected=3)
    kernel.shows("the state of the process that joins the daemon", settled(joiner.pid), expected=ALIVE)
    kernel.shows("the state of the daemon that is joined", settled(arrival.pid), expected=ALIVE)
    arrival.let_go()
    caller.shows("the exit code of the daemon", joiner.result(), expected=0)
    recorder.shows("who did the work", [event.pid for event in log.events("done")], expected=[arrival.pid])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_may_have_no_children(
    mp: Multiprocessing, lesson: Lesson, target: Target, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A daemon that starts a child is refused, and no child runs."""
    telling = checkpoint("telling")
    child = lesson.start_daemon(mp, partial(payloads.try_to_have_a_child, target.name, log, telling.pause))
    told = telling.next().notes
    until_still()
    refusal = (containing("AssertionError"), "daemonic processes are not allowed to have children")
    recorder.shows("how many children of the daemon ran", len(log.events("grandchild")), expected=0)
    gatekeeper.shows("the error in the daemon and its message", told, expected=refusal)
    telling.open()
    child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_flag_defaults_to_the_creators_own(
    mp: Multiprocessing, lesson: Lesson, target: Target, checkpoint: MakeCheckpoint
) -> None:
    """The daemon flag of a process defaults to that of its creator, and the `daemon` argument sets it."""
    telling = checkpoint("telling")
    task = partial(payloads.make_children, target.name, telling.pause)
    children = [lesson.start_daemon(mp, task)]
    in_daemon = telling.next()
    children.append(mp.Process(target=task))
    children[1].start()
    in_ordinary = telling.next()
    kernel.shows("the number of processes", len({os.getpid(), in_daemon.pid, in_ordinary.pid}), expected=3)
    gatekeeper.shows(
        "the daemon flags of the processes made in a daemon", in_daemon.notes, expected=(True, False, True)
    )
    gatekeeper.shows(
        "the daemon flags of the processes made in an ordinary child",
        in_ordinary.notes,
        expected=(False, False, True),
    )
    telling.open()
    for child in children:
        child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
@pytest.mark.usefixtures("mp")
def test_is_declared_before_start(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """Declaring a started child a daemon is refused, and the child stays ordinary and outlives main's code."""
    at_main, working = checkpoint("main"), checkpoint("working")
    running = program.main(payloads.declare_late, working.pause, at_main.pause)
    main, child = at_main.next(), working.next()
    gatekeeper.shows(
        "the error in main and its message",
        main.notes,
        expected=(containing("AssertionError"), "process has already started"),
    )
    main.let_go()
    until_still()
    kernel.shows("the state of the child after main's code ended", state(child.pid), expected=ALIVE)
    child.let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_ends_with_its_creator(
    mp: Multiprocessing, lesson: Lesson, target: Target, checkpoint: MakeCheckpoint
) -> None:
    """A daemon that a child started ends with that child, also after an exception, though main runs on."""
    creating, working = checkpoint("creating"), checkpoint("working")
    task = partial(payloads.start_one_in_a_child, target.name, lesson.start_daemon, working.pause, creating.pause)
    for error in None, payloads.MainFailed():
        creator = mp.Process(target=task)
        creator.start()
        arrivals = creating.next(), working.next()
        kernel.shows("the number of processes", len({os.getpid(), *(a.pid for a in arrivals)}), expected=3)
        settled(arrivals[0].let_go(error).pid)
        kernel.shows("the state of the child's daemon", settled(arrivals[1].pid), expected=one_of(ZOMBIE, GONE))
        creator.join()
