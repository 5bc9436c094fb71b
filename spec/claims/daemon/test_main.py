"""What happens to a daemon, and what it can learn, when main ends, fails, leaves or is killed."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import Callable, NamedTuple, Optional

import pytest

from impl.contract import Multiprocessing
from spec.claims.daemon import payloads
from spec.claims.shared import threads
from spec.claims.shared.silence import ends_silently
from spec.claims.shared.steps import steps
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson, NotProvided
from spec.engine.marks import fresh_memory, needs, source, where
from spec.engine.targets import Target
from spec.harness.checkpoint import Arrival
from spec.harness.process_table import ALIVE, GONE, ZOMBIE, settled, state, until_exited
from spec.harness.program import Program
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import containing, gatekeeper, kernel, one_of, recorder

pytestmark = needs("Process")

EXITED = one_of(ZOMBIE, GONE)


class MainAndChildren(NamedTuple):
    """The lesson's program, while main, the daemon and the ordinary child each wait at a checkpoint."""

    program: Program
    main: Arrival
    daemon: Arrival
    ordinary: Arrival

    def end_main(self) -> None:
        """Let main's code end, and wait until the program makes no more progress towards its end."""
        self.main.let_go()
        until_still()


NextStep = Callable[[], object]

BeginMain = Callable[..., MainAndChildren]


@pytest.fixture
def begin(mp: Multiprocessing, lesson: Lesson, program: Programs, checkpoint: MakeCheckpoint) -> BeginMain:  # noqa: ARG001
    """Run a program until all three processes wait; each then goes on with the next step that is passed for it."""

    def run(
        *,
        daemon: NextStep = int,
        ordinary: NextStep = int,
        main: NextStep = int,
        function: Optional[Callable[..., None]] = None,
    ) -> MainAndChildren:
        places = [checkpoint(name) for name in ("main", "daemon", "ordinary child")]
        at_main, at_daemon, at_ordinary = (place.pause for place in places)
        tasks = steps(at_daemon, daemon), steps(at_ordinary, ordinary), steps(at_main, main)
        running = program.main(function or lesson.main, *tasks)
        return MainAndChildren(running, *(place.next() for place in places))

    return run


@source("https://github.com/python/cpython/issues/108645", observed=True)
def test_ends_with_main(begin: BeginMain) -> None:
    """When main's code ends, the daemon is terminated, while the ordinary child runs on and is waited for."""
    scene = begin()
    scene.end_main()
    kernel.shows("the state of the program after main's code ended", state(scene.program.pid), expected=ALIVE)
    kernel.shows("the state of the daemon", state(scene.daemon.pid), expected=EXITED)
    gatekeeper.shows("whether the ordinary child is still at work", scene.ordinary.waiting, expected=True)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_each_ends_with_main(lesson: Lesson, program: Programs, checkpoint: MakeCheckpoint) -> None:
    """Each of several daemons is terminated once main's code has ended."""
    main, working = checkpoint("main"), checkpoint("working")
    running = program.main(payloads.start_each, lesson.start_daemon, [working.pause] * 3, main.pause)
    pids = {arrival.pid for arrival in working.wait_for(3)} - {running.pid}
    kernel.shows("the number of daemons", len(pids), expected=3)
    main.next().let_go()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    kernel.shows("the states of the daemons", [settled(pid) for pid in pids], expected=[EXITED] * 3)


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_program_ends_after_its_ordinary_child(begin: BeginMain, log: Recorder) -> None:
    """A program ends only after its ordinary child has done its work and has been joined."""
    scene = begin(ordinary=partial(log, "done"))
    until_exited(scene.daemon.let_go().pid)
    scene.end_main()
    kernel.shows("the state of the program after main's code ended", state(scene.program.pid), expected=ALIVE)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)
    recorder.shows("who did the work", [e.pid for e in log.events("done")], expected=[scene.ordinary.pid])
    kernel.shows("the state of the ordinary child", state(scene.ordinary.pid), expected=GONE)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_lives_while_main_does(begin: BeginMain, log: Recorder) -> None:
    """While main's code runs, a daemon runs in a process of its own and can do its work."""
    scene = begin(daemon=partial(log, "done"))
    pids = {scene.program.pid, scene.main.pid, scene.daemon.pid, scene.ordinary.pid}
    kernel.shows("the number of processes", len(pids), expected=3)
    scene.daemon.let_go()
    until_exited(scene.daemon.pid)
    recorder.shows("who did the work", [e.pid for e in log.events("done")], expected=[scene.daemon.pid])
    scene.ordinary.let_go()
    scene.main.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon", observed=True)
def test_outlives_its_siblings(begin: BeginMain) -> None:
    """A daemon runs on after an ordinary child that was started later has ended."""
    scene = begin()
    until_exited(scene.ordinary.let_go().pid)
    kernel.shows("the state of the daemon", settled(scene.daemon.pid), expected=ALIVE)
    until_exited(scene.daemon.let_go().pid)
    scene.main.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


@source("https://docs.python.org/3/library/threading.html#threading.Thread.daemon")
def test_lives_while_a_thread_of_main_does(begin: BeginMain, checkpoint: MakeCheckpoint) -> None:
    """A daemon outlives main's code while a thread that main started runs, and is terminated after that thread."""
    in_thread = checkpoint("in a thread")
    scene = begin(main=partial(threads.task_in_a_thread, in_thread.pause, int))
    scene.main.let_go()
    thread = in_thread.next()
    kernel.shows("the pid of the process that runs the thread", thread.pid, expected=scene.program.pid)
    until_still()
    kernel.shows("the state of the daemon while the thread runs", state(scene.daemon.pid), expected=ALIVE)
    thread.let_go()
    until_still()
    kernel.shows("the state of the daemon after the thread ended", state(scene.daemon.pid), expected=EXITED)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_never_finishes_its_work(begin: BeginMain, log: Recorder) -> None:
    """A daemon that is still at work when main's code ends never does the rest of its work."""
    scene = begin(daemon=partial(log, "done"), ordinary=partial(log, "done"))
    scene.end_main()
    kernel.shows("the state of the daemon", state(scene.daemon.pid), expected=EXITED)
    scene.daemon.let_go()
    scene.ordinary.let_go()
    scene.program.exit_status()
    until_exited(scene.ordinary.pid)
    recorder.shows("who did the work", [e.pid for e in log.events("done")], expected=[scene.ordinary.pid])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.terminate")
def test_runs_no_cleanup_code(begin: BeginMain, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """A daemon that is terminated runs no cleanup code, neither a `finally` block nor an exit handler."""
    working = checkpoint("working")
    task = partial(payloads.work_and_clean_up, log, working.pause)
    scene = begin(daemon=task, ordinary=task)
    workers = [scene.daemon.let_go().pid, scene.ordinary.let_go().pid]
    arrivals = {arrival.pid: arrival for arrival in working.wait_for(2)}
    scene.end_main()
    kernel.shows("the state of the daemon", state(scene.daemon.pid), expected=EXITED)
    arrivals[scene.ordinary.pid].let_go()
    scene.program.exit_status()
    until_exited(scene.ordinary.pid)
    cleaned_up = {event.pid for event in log.events("finally") + log.events("atexit")}
    recorder.shows("the processes that ran cleanup code", cleaned_up & set(workers), expected={scene.ordinary.pid})


@source("https://github.com/python/cpython/issues/108645", observed=True)
def test_is_ended_by_sigterm(begin: BeginMain, checkpoint: MakeCheckpoint) -> None:
    """A daemon is terminated by SIGTERM, and the program waits until a daemon that handles the signal has ended."""
    working, handling = checkpoint("working"), checkpoint("handling the signal")
    scene = begin(daemon=partial(payloads.handle_sigterm, working.pause, handling.pause))
    scene.ordinary.let_go()
    scene.daemon.let_go()
    working.next().until_blocked()
    scene.end_main()
    gatekeeper.shows("whether the daemon's signal handler runs", handling.reached, expected=True)
    handler = handling.next()
    gatekeeper.shows("the signal that it handles", handler.notes, expected=(signal.SIGTERM,))
    kernel.shows("the state of the program meanwhile", state(scene.program.pid), expected=ALIVE)
    handler.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)
    kernel.shows("the state of the daemon", state(scene.daemon.pid), expected=GONE)


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods")
def test_endless_ordinary_child_keeps_the_program(begin: BeginMain) -> None:
    """An ordinary child that never ends keeps the program from ending until the child is killed."""
    scene = begin()
    until_exited(scene.daemon.let_go().pid)
    scene.end_main()
    kernel.shows("the state of the program after main's code ended", state(scene.program.pid), expected=ALIVE)
    kernel.shows("the state of the ordinary child", state(scene.ordinary.pid), expected=ALIVE)
    os.kill(scene.ordinary.pid, signal.SIGKILL)
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process")
def test_constructor_takes_the_flag(begin: BeginMain) -> None:
    """A child made with `daemon=True` ends with main, and a child made with `daemon=False` does not."""
    scene = begin(function=payloads.start_by_constructor)
    scene.end_main()
    kernel.shows("the state of the daemon", state(scene.daemon.pid), expected=EXITED)
    gatekeeper.shows("whether the ordinary child is still at work", scene.ordinary.waiting, expected=True)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_ends_with_a_main_that_fails(begin: BeginMain) -> None:
    """A main that ends with an exception still terminates its daemon and waits for its ordinary child."""
    scene = begin(main=payloads.fail)
    scene.end_main()
    kernel.shows("the state of the program after main's code ended", state(scene.program.pid), expected=ALIVE)
    kernel.shows("the state of the daemon", state(scene.daemon.pid), expected=EXITED)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=1)
    kernel.shows("the program's error output", scene.program.errors, expected=containing("MainFailed"))


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon", observed=True)
def test_ends_with_a_main_whose_starts_failed(begin: BeginMain, target: Target, log: Recorder) -> None:
    """A main that failed to start other children still terminates its daemon and waits for its ordinary child."""
    scene = begin(main=partial(payloads.fail_to_start, target.name, log))
    scene.end_main()
    kernel.shows("the state of the program after main's code ended", state(scene.program.pid), expected=ALIVE)
    kernel.shows("the state of the daemon", state(scene.daemon.pid), expected=EXITED)
    scene.ordinary.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)
    if not all(log.only("failed").value):
        raise NotProvided(f"{target.name} opens no file to start a child, so the claim cannot make a start fail")


@source("https://github.com/python/cpython/issues/80180", observed=True)
def test_outlives_a_killed_main(begin: BeginMain, log: Recorder) -> None:
    """When main is killed, its daemon runs on, like its ordinary child."""
    scene = begin(daemon=partial(log, "done"), ordinary=partial(log, "done"))
    scene.program.kill()
    _go_on_as_orphans(scene, log)


@source("https://docs.python.org/3/library/os.html#os._exit", observed=True)
def test_outlives_a_main_that_leaves_by_os_exit(begin: BeginMain, log: Recorder) -> None:
    """When main leaves by `os._exit`, its daemon runs on, like its ordinary child."""
    scene = begin(daemon=partial(log, "done"), ordinary=partial(log, "done"), main=partial(os._exit, 0))
    scene.main.let_go()
    kernel.shows("the program's exit status", scene.program.exit_status(), expected=0)
    _go_on_as_orphans(scene, log)


def _go_on_as_orphans(scene: MainAndChildren, log: Recorder) -> None:
    orphans = [scene.daemon.pid, scene.ordinary.pid]
    until_still()
    kernel.shows("the states of both children", [state(pid) for pid in orphans], expected=[ALIVE, ALIVE])
    for arrival in scene.daemon, scene.ordinary:
        arrival.let_go()
        until_exited(arrival.pid)
    recorder.shows("who did the work", [event.pid for event in log.events("done")], expected=orphans)


OutliveMain = Callable[[Callable[..., None]], None]


@pytest.fixture
def outlive_main(
    mp: Multiprocessing,  # noqa: ARG001
    lesson: Lesson,
    target: Target,
    program: Programs,
    checkpoint: MakeCheckpoint,
) -> OutliveMain:
    """Check that a daemon that runs the given function reports that main is alive, and later that it was killed."""

    def run(watch: Callable[..., None]) -> None:
        at_main, telling = checkpoint("main"), checkpoint("telling")
        task = partial(watch, target.name, telling.pause)
        running = program.main(payloads.start_one, lesson.start_daemon, task, at_main.pause)
        at_main.next()
        before = telling.next()
        gatekeeper.shows("the starter's pid, and whether it is alive", before.notes, expected=(running.pid, True))
        before.let_go()
        seen = settled(before.pid), telling.reached
        kernel.shows("the daemon while main is alive, and whether it has reported", seen, expected=(ALIVE, False))
        running.kill()
        until_still(lambda: telling.reached)
        seen = state(before.pid), telling.reached
        kernel.shows("the daemon after the kill, and whether it has reported", seen, expected=(ALIVE, True))
        after = telling.next().let_go()
        gatekeeper.shows("the starter's pid, and whether it is alive", after.notes, expected=(running.pid, False))
        until_exited(after.pid)

    return run


@needs("parent_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.parent_process")
def test_can_find_out_that_main_was_killed(outlive_main: OutliveMain) -> None:
    """A daemon that waits for the sentinel of its `parent_process()` learns that main was killed."""
    outlive_main(payloads.watch_the_starter)


@needs("parent_process")
@source("https://github.com/python/cpython/pull/13247", observed=True)
def test_can_join_main(outlive_main: OutliveMain) -> None:
    """A daemon that joins its `parent_process()` waits until main has been killed or the timeout is over."""
    outlive_main(payloads.join_the_starter)


@where(fresh_memory)
@needs("parent_process")
@source("https://github.com/python/cpython/pull/13247", observed=True)
def test_finds_out_whatever_its_siblings_do(begin: BeginMain, target: Target, checkpoint: MakeCheckpoint) -> None:
    """A daemon learns that main was killed, even while a sibling that was started later runs on."""
    telling = checkpoint("telling")
    scene = begin(daemon=partial(payloads.watch_the_starter, target.name, telling.pause))
    scene.daemon.let_go()
    before = telling.next()
    gatekeeper.shows("whether the starter is alive, before the kill", before.notes[1], expected=True)
    before.let_go()
    scene.program.kill()
    until_still()
    gatekeeper.shows("whether the starter is alive, after the kill", telling.next().let_go().notes[1], expected=False)
    gatekeeper.shows("whether the sibling is still at work", scene.ordinary.waiting, expected=True)
    scene.ordinary.let_go()
    until_exited(scene.ordinary.pid)
    until_exited(scene.daemon.pid)


@source("https://github.com/jgehrcke/gipc/issues/15")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon", observed=True)
@pytest.mark.usefixtures("mp")
def test_reaped_daemon_does_not_disturb_the_end(program: Programs, lesson: Lesson) -> None:
    """A program whose daemon has exited, and was reaped without the API, ends in order, with nothing on stderr."""
    ends_silently(program.main(payloads.reap_its_daemon, lesson.start_daemon))
