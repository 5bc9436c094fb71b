"""Daemon: a child that ends with the main program."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import Callable, NamedTuple, Optional

import pytest

from impl.contract import Multiprocessing
from spec.claims.daemon import payloads
from spec.claims.shared import threads
from spec.claims.shared.steps import steps
from spec.engine.fixtures import MakeCheckpoint, Programs, Start
from spec.engine.lessons import Lesson, NotProvided
from spec.engine.marks import fresh_memory, needs, where
from spec.engine.targets import Target
from spec.harness.checkpoint import Arrival
from spec.harness.process_table import ALIVE, GONE, ZOMBIE, settled, state, until_exited
from spec.harness.program import Program
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, containing, gatekeeper, kernel, one_of, recorder

pytestmark = needs("Process")

EXITED = one_of(ZOMBIE, GONE)


class Scene(NamedTuple):
    """The lesson's program while its main, its daemon and its ordinary child each wait at a checkpoint."""

    program: Program
    main: Arrival
    daemon: Arrival
    ordinary: Arrival

    def end_main(self) -> None:
        """Let main's code end, and wait until nobody moves: the end of the program has come as far as it can."""
        self.main.let_go()
        until_still()


Part = Callable[[], object]
Begin = Callable[..., Scene]
OutliveMain = Callable[[Callable[..., None]], None]


@pytest.fixture
def begin(mp: Multiprocessing, lesson: Lesson, program: Programs, checkpoint: MakeCheckpoint) -> Begin:  # noqa: ARG001
    """Run a program until all three wait; then each goes on with what is passed for it."""

    def run(
        *, daemon: Part = int, ordinary: Part = int, main: Part = int, function: Optional[Callable[..., None]] = None
    ) -> Scene:
        places = [checkpoint(name) for name in ("main", "daemon", "ordinary child")]
        at_main, at_daemon, at_ordinary = (place.pause for place in places)
        tasks = steps(at_daemon, daemon), steps(at_ordinary, ordinary), steps(at_main, main)
        running = program.main(function or lesson.main, *tasks)
        return Scene(running, *(place.next() for place in places))

    return run


def test_ends_with_main(begin: Begin) -> None:
    """When main's code has ended, its daemon is ended, while its ordinary child runs on and is waited for."""
    scene = begin()
    scene.end_main()
    kernel.shows("the program after main's code", state(scene.program.pid), expected=ALIVE)
    kernel.shows("the daemon", state(scene.daemon.pid), expected=EXITED)
    gatekeeper.shows("whether the ordinary child still works", scene.ordinary.waiting, expected=True)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


def test_each_ends_with_main(lesson: Lesson, program: Programs, checkpoint: MakeCheckpoint) -> None:
    """Of several daemons, each is ended once main's code has ended."""
    main, working = checkpoint("main"), checkpoint("working")
    running = program.main(payloads.start_each, lesson.start_daemon, [working.pause] * 3, main.pause)
    pids = {arrival.pid for arrival in working.wait_for(3)} - {running.pid}
    kernel.shows("how many daemons there are", len(pids), expected=3)
    main.next().let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    kernel.shows("the daemons", [settled(pid) for pid in pids], expected=[EXITED] * 3)


def test_program_ends_after_its_ordinary_child(begin: Begin, log: Recorder) -> None:
    """A program ends only after its ordinary child has done its work and was joined."""
    scene = begin(ordinary=partial(log, "done"))
    until_exited(scene.daemon.let_go().pid)
    scene.end_main()
    kernel.shows("the program after main's code", state(scene.program.pid), expected=ALIVE)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)
    recorder.shows("who had done the work", [e.pid for e in log.events("done")], expected=[scene.ordinary.pid])
    kernel.shows("the ordinary child", state(scene.ordinary.pid), expected=GONE)


def test_lives_while_main_does(begin: Begin, log: Recorder) -> None:
    """A daemon runs as long as main's code does, in a process of its own, and can do its work."""
    scene = begin(daemon=partial(log, "done"))
    everybody = {scene.program.pid, scene.main.pid, scene.daemon.pid, scene.ordinary.pid}
    kernel.shows("how many processes there are", len(everybody), expected=3)
    scene.daemon.let_go()
    until_exited(scene.daemon.pid)
    recorder.shows("who had done the work", [e.pid for e in log.events("done")], expected=[scene.daemon.pid])
    scene.ordinary.let_go()
    scene.main.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


def test_outlives_its_siblings(begin: Begin) -> None:
    """A daemon runs on when an ordinary child, which was started later, has come to its end."""
    scene = begin()
    until_exited(scene.ordinary.let_go().pid)
    kernel.shows("the daemon", settled(scene.daemon.pid), expected=ALIVE)
    until_exited(scene.daemon.let_go().pid)
    scene.main.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


def test_lives_while_a_thread_of_main_does(begin: Begin, checkpoint: MakeCheckpoint) -> None:
    """A daemon runs on while a thread that main has started does, though main's code has ended, and is ended then."""
    in_thread = checkpoint("in a thread")
    scene = begin(main=partial(threads.task_in_a_thread, in_thread.pause, int))
    scene.main.let_go()
    thread = in_thread.next()
    kernel.shows("the process of the thread", thread.pid, expected=scene.program.pid)
    until_still()
    kernel.shows("the daemon while the thread runs", state(scene.daemon.pid), expected=ALIVE)
    thread.let_go()
    until_still()
    kernel.shows("the daemon after the thread's end", state(scene.daemon.pid), expected=EXITED)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


def test_never_finishes_its_work(begin: Begin, log: Recorder) -> None:
    """A daemon that is still at work when main's code ends never does what it had left to do."""
    scene = begin(daemon=partial(log, "done"), ordinary=partial(log, "done"))
    scene.end_main()
    kernel.shows("the daemon", state(scene.daemon.pid), expected=EXITED)
    scene.daemon.let_go()
    scene.ordinary.let_go()
    scene.program.exit_status()
    until_exited(scene.ordinary.pid)
    recorder.shows("who had done the work", [e.pid for e in log.events("done")], expected=[scene.ordinary.pid])


def test_runs_no_cleanup_code(begin: Begin, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """A daemon that is ended runs no cleanup code, neither `finally` nor an exit handler."""
    working = checkpoint("working")
    task = partial(payloads.work_and_clean_up, log, working.pause)
    scene = begin(daemon=task, ordinary=task)
    workers = [scene.daemon.let_go().pid, scene.ordinary.let_go().pid]
    arrivals = {arrival.pid: arrival for arrival in working.wait_for(2)}
    scene.end_main()
    kernel.shows("the daemon", state(scene.daemon.pid), expected=EXITED)
    arrivals[scene.ordinary.pid].let_go()
    scene.program.exit_status()
    until_exited(scene.ordinary.pid)
    cleaned_up = {event.pid for event in log.events("finally") + log.events("atexit")}
    recorder.shows("who cleaned up", cleaned_up & set(workers), expected={scene.ordinary.pid})


def test_is_ended_by_sigterm(begin: Begin, checkpoint: MakeCheckpoint) -> None:
    """What ends a daemon is SIGTERM; the program waits for one that handles it until it has ended."""
    working, handling = checkpoint("working"), checkpoint("handling the signal")
    scene = begin(daemon=partial(payloads.handle_sigterm, working.pause, handling.pause))
    scene.ordinary.let_go()
    scene.daemon.let_go()
    working.next().until_blocked()
    scene.end_main()
    gatekeeper.shows("whether the daemon handles a signal", handling.reached, expected=True)
    handler = handling.next()
    gatekeeper.shows("the signal", handler.notes, expected=(signal.SIGTERM,))
    kernel.shows("the program meanwhile", state(scene.program.pid), expected=ALIVE)
    handler.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)
    kernel.shows("the daemon", state(scene.daemon.pid), expected=GONE)


def test_endless_ordinary_child_keeps_the_program(begin: Begin) -> None:
    """An ordinary child that never ends keeps the program from ending: it waits until somebody kills the child."""
    scene = begin()
    until_exited(scene.daemon.let_go().pid)
    scene.end_main()
    kernel.shows("the program after main's code", state(scene.program.pid), expected=ALIVE)
    kernel.shows("the ordinary child", state(scene.ordinary.pid), expected=ALIVE)
    os.kill(scene.ordinary.pid, signal.SIGKILL)
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


def test_ends_with_a_main_that_fails(begin: Begin) -> None:
    """A main that ends with an exception ends its daemon too, and still waits for its ordinary child."""
    scene = begin(main=payloads.fail)
    scene.end_main()
    kernel.shows("the program after main's code", state(scene.program.pid), expected=ALIVE)
    kernel.shows("the daemon", state(scene.daemon.pid), expected=EXITED)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=1)
    kernel.shows("what it printed", scene.program.errors, expected=containing("MainFailed"))


def test_ends_with_a_main_whose_starts_failed(begin: Begin, target: Target, log: Recorder) -> None:
    """A main that has failed to start others ends its daemon too, and still waits for its ordinary child."""
    scene = begin(main=partial(payloads.fail_to_start, target.name, log))
    scene.end_main()
    kernel.shows("the program after main's code", state(scene.program.pid), expected=ALIVE)
    kernel.shows("the daemon", state(scene.daemon.pid), expected=EXITED)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)
    if not all(log.only("failed").value):
        raise NotProvided(f"{target.name} opens no file for a child, so that no start of it fails")


def test_outlives_a_killed_main(begin: Begin, log: Recorder) -> None:
    """A main that is killed leaves its daemon running, like its ordinary child."""
    scene = begin(daemon=partial(log, "done"), ordinary=partial(log, "done"))
    scene.program.kill()
    _go_on_as_orphans(scene, log)


def test_outlives_a_main_that_leaves_by_os_exit(begin: Begin, log: Recorder) -> None:
    """A main that leaves by `os._exit` leaves its daemon running, like its ordinary child."""
    scene = begin(daemon=partial(log, "done"), ordinary=partial(log, "done"), main=partial(os._exit, 0))
    scene.main.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)
    _go_on_as_orphans(scene, log)


def _go_on_as_orphans(scene: Scene, log: Recorder) -> None:
    orphans = [scene.daemon.pid, scene.ordinary.pid]
    until_still()
    kernel.shows("the daemon and the ordinary child", [state(pid) for pid in orphans], expected=[ALIVE, ALIVE])
    for arrival in scene.daemon, scene.ordinary:
        arrival.let_go()
        until_exited(arrival.pid)
    recorder.shows("who had done the work", [event.pid for event in log.events("done")], expected=orphans)


def test_joined_completes(
    mp: Multiprocessing, lesson: Lesson, log: Recorder, starter: Start, checkpoint: MakeCheckpoint
) -> None:
    """A daemon that is joined completes its work, and who joins it waits."""
    working = checkpoint("working")
    task = steps(working.pause, partial(log, "done"))
    joiner = starter(payloads.start_and_join, mp, lesson.start_daemon, task)
    arrival = working.next()
    kernel.shows("how many processes there are", len({os.getpid(), joiner.pid, arrival.pid}), expected=3)
    kernel.shows("who joins the daemon", settled(joiner.pid), expected=ALIVE)
    kernel.shows("the daemon that is joined", settled(arrival.pid), expected=ALIVE)
    arrival.let_go()
    caller.shows("its exit code", joiner.result(), expected=0)
    recorder.shows("who had done the work", [event.pid for event in log.events("done")], expected=[arrival.pid])


def test_may_have_no_children(
    mp: Multiprocessing, lesson: Lesson, target: Target, log: Recorder, checkpoint: MakeCheckpoint
) -> None:
    """A daemon is refused children of its own, and none starts."""
    telling = checkpoint("telling")
    child = lesson.start_daemon(mp, partial(payloads.try_to_have_a_child, target.name, log, telling.pause))
    told = telling.next().notes
    until_still()
    refusal = (containing("AssertionError"), "daemonic processes are not allowed to have children")
    recorder.shows("how many children of the daemon ran", len(log.events("grandchild")), expected=0)
    gatekeeper.shows("what the daemon was told", told, expected=refusal)
    telling.open()
    child.join()


def test_flag_defaults_to_the_creators_own(
    mp: Multiprocessing, lesson: Lesson, target: Target, checkpoint: MakeCheckpoint
) -> None:
    """What a daemon makes is a daemon, and what an ordinary child makes is ordinary, unless declared otherwise."""
    telling = checkpoint("telling")
    task = partial(payloads.make_children, target.name, telling.pause)
    children = [lesson.start_daemon(mp, task)]
    in_daemon = telling.next()
    children.append(mp.Process(target=task))
    children[1].start()
    in_ordinary = telling.next()
    kernel.shows("how many processes there are", len({os.getpid(), in_daemon.pid, in_ordinary.pid}), expected=3)
    gatekeeper.shows("the flags in a daemon", in_daemon.notes, expected=(True, False, True))
    gatekeeper.shows("the flags in an ordinary child", in_ordinary.notes, expected=(False, False, True))
    telling.open()
    for child in children:
        child.join()


def test_constructor_takes_the_flag(begin: Begin) -> None:
    """A child that is made with `daemon=True` ends with main, and one made with `daemon=False` does not."""
    scene = begin(function=payloads.start_by_constructor)
    scene.end_main()
    kernel.shows("the daemon", state(scene.daemon.pid), expected=EXITED)
    gatekeeper.shows("whether the ordinary child still works", scene.ordinary.waiting, expected=True)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


@pytest.mark.usefixtures("mp")
def test_is_declared_before_start(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """Declaring a started child a daemon is refused, and it stays an ordinary one, which main's end does not end."""
    at_main, working = checkpoint("main"), checkpoint("working")
    running = program.main(payloads.declare_late, working.pause, at_main.pause)
    main, child = at_main.next(), working.next()
    gatekeeper.shows(
        "what main was told", main.notes, expected=(containing("AssertionError"), "process has already started")
    )
    main.let_go()
    until_still()
    kernel.shows("the child after main's code", state(child.pid), expected=ALIVE)
    child.let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)


def test_ends_with_its_creator(
    mp: Multiprocessing, lesson: Lesson, target: Target, checkpoint: MakeCheckpoint
) -> None:
    """A daemon that a child has started ends with that child, be it by an exception, though main goes on."""
    creating, working = checkpoint("creating"), checkpoint("working")
    task = partial(payloads.start_one_in_a_child, target.name, lesson.start_daemon, working.pause, creating.pause)
    for error in None, payloads.MainFailed():
        creator = mp.Process(target=task)
        creator.start()
        arrivals = creating.next(), working.next()
        kernel.shows("how many processes there are", len({os.getpid(), *(a.pid for a in arrivals)}), expected=3)
        settled(arrivals[0].let_go(error).pid)
        kernel.shows("the daemon of the child", settled(arrivals[1].pid), expected=EXITED)
        creator.join()


@pytest.fixture
def outlive_main(
    mp: Multiprocessing,  # noqa: ARG001
    lesson: Lesson,
    target: Target,
    program: Programs,
    checkpoint: MakeCheckpoint,
) -> OutliveMain:
    """State that a daemon, which does what is passed, tells that main lives, and later that it was killed."""

    def run(watch: Callable[..., None]) -> None:
        at_main, telling = checkpoint("main"), checkpoint("telling")
        task = partial(watch, target.name, telling.pause)
        running = program.main(payloads.start_one, lesson.start_daemon, task, at_main.pause)
        at_main.next()
        before = telling.next()
        gatekeeper.shows("the starter's pid, and whether it lived", before.notes, expected=(running.pid, True))
        before.let_go()
        seen = settled(before.pid), telling.reached
        kernel.shows("the daemon while main lives, and whether it told", seen, expected=(ALIVE, False))
        running.kill()
        until_still(lambda: telling.reached)
        seen = state(before.pid), telling.reached
        kernel.shows("the daemon when main is dead, and whether it told", seen, expected=(ALIVE, True))
        after = telling.next().let_go()
        gatekeeper.shows("the starter's pid, and whether it lived", after.notes, expected=(running.pid, False))
        until_exited(after.pid)

    return run


@needs("parent_process")
def test_can_find_out_that_main_was_killed(outlive_main: OutliveMain) -> None:
    """A daemon that waits for the sentinel of its `parent_process()` learns that main was killed."""
    outlive_main(payloads.watch_the_starter)


@needs("parent_process")
def test_can_join_main(outlive_main: OutliveMain) -> None:
    """A daemon that joins its `parent_process()` waits until main was killed, or until a given time is over."""
    outlive_main(payloads.join_the_starter)


@where(fresh_memory)
@needs("parent_process")
def test_finds_out_whatever_its_siblings_do(begin: Begin, target: Target, checkpoint: MakeCheckpoint) -> None:
    """A daemon learns that main was killed, though a sibling that was started later runs on."""
    telling = checkpoint("telling")
    scene = begin(daemon=partial(payloads.watch_the_starter, target.name, telling.pause))
    scene.daemon.let_go()
    before = telling.next()
    gatekeeper.shows("whether the starter lived", before.notes[1], expected=True)
    before.let_go()
    scene.program.kill()
    until_still()
    gatekeeper.shows("whether the starter lived", telling.next().let_go().notes[1], expected=False)
    gatekeeper.shows("whether the sibling still works", scene.ordinary.waiting, expected=True)
    scene.ordinary.let_go()
    until_exited(scene.ordinary.pid)
    until_exited(scene.daemon.pid)
