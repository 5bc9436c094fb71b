"""The pid of a process, its parent, its starter, and other facts that identify it."""

from __future__ import annotations

import os
import pickle
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.identity import payloads
from spec.claims.isolation import telling
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import fork_server_is_parent, needs, runs_main_again, source, starter_is_parent, where
from spec.harness.process_table import descendants, parent
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder, refuses

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.pid")
def test_pid_is_the_childs_own(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The starter and the child itself see the same pid, which is that of the child's process."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_pids, here.pause))
    arrival = here.next()
    kernel.shows("the pid of the child's process", arrival.pid, expected=other_than(os.getpid()))
    caller.shows("the child's pid", child.pid, expected=arrival.pid)
    gatekeeper.shows("the pid that the child sees", arrival.notes[0], expected=arrival.pid)
    arrival.let_go()
    child.join()


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_starter_is_the_parent(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The parent of a child is the process that started it, and the child sees that process as its parent."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_pids, here.pause))
    arrival = here.next()
    kernel.shows("the parent of the child's process", parent(arrival.pid), expected=os.getpid())
    gatekeeper.shows("the parent pid that the child sees", arrival.notes[1], expected=os.getpid())
    arrival.let_go()
    child.join()


@where(starter_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_child_is_the_parent_of_its_children(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The parent of a child's child is the child, not the process that started the child."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.have_a_child, mp.Process, here.pause))
    arrival = here.next()
    kernel.shows("the parent of the process of the child's child", parent(arrival.pid), expected=child.pid)
    kernel.shows("the parent of the child's process", parent(child.pid), expected=os.getpid())
    arrival.let_go()
    child.join()


@where(fork_server_is_parent)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-forkserver")
def test_helper_is_the_parent(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The parent of a child is a fork server, which is a child of the starter, and the child sees that parent."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_pids, here.pause))
    arrival = here.next()
    fork_server = parent(arrival.pid)
    kernel.shows("the parent of the child's process", fork_server, expected=other_than(os.getpid()))
    kernel.shows("the parent of the child's parent process", parent(fork_server or 0), expected=os.getpid())
    gatekeeper.shows("the parent pid that the child sees", arrival.notes[1], expected=fork_server)
    arrival.let_go()
    child.join()


@needs("parent_process", "current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.parent_process")
def test_child_knows_its_starter(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """In a child and its child, `parent_process()` has the starter's pid and name, also with a fork server."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.parent_process, ("pid", "name"), here.pause)
    child = lesson.start(mp, steps(introduction, partial(payloads.have_a_child, mp.Process, introduction)))
    arrival = here.next()
    starter = (os.getpid(), mp.current_process().name)
    gatekeeper.shows("the pid and name of the starter that the child sees", arrival.notes, expected=starter)
    arrival.let_go()
    grandchild = here.next()
    gatekeeper.shows(
        "the pid and name of the starter that the child's child sees",
        grandchild.notes,
        expected=(arrival.pid, child.name),
    )
    grandchild.let_go()
    child.join()


@needs("parent_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.parent_process")
def test_main_has_no_starter(mp: Multiprocessing) -> None:
    """In a process that the API did not start, `parent_process()` is None."""
    caller.shows("the parent process", mp.parent_process(), expected=None)


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.current_process")
def test_each_process_knows_itself(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """In the starter and in the child, `current_process()` has the pid of the process that calls it, and is alive."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_whether_alive, mp.current_process, here.pause))
    arrival = here.next()
    kernel.shows("the pid of the child's process", arrival.pid, expected=other_than(os.getpid()))
    gatekeeper.shows(
        "the pid of the current process in the child, and whether it is alive",
        arrival.notes,
        expected=(arrival.pid, True),
    )
    current = mp.current_process()
    caller.shows(
        "the pid of the current process in the starter, and whether it is alive",
        (current.pid, current.is_alive()),
        expected=(os.getpid(), True),
    )
    arrival.let_go()
    child.join()


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.current_process")
def test_threads_know_their_process(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """In every thread of a child, `current_process()` is that child."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_in_a_thread, mp.current_process, ("pid", "name"), here.pause))
    arrival = here.next()
    kernel.shows("the pid of the child's process", arrival.pid, expected=child.pid)
    gatekeeper.shows(
        "the pid and name of the current process in a second thread", arrival.notes, expected=(child.pid, child.name)
    )
    arrival.let_go()
    child.join()


@source("https://man7.org/linux/man-pages/man7/credentials.7.html")
def test_is_of_its_starters_group(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child belongs to its starter's process group and session, so a signal from a terminal reaches both."""
    here = checkpoint("here")
    child = lesson.start(mp, here.pause)
    arrival = here.next()
    kernel.shows("the pid of the child's process", arrival.pid, expected=other_than(os.getpid()))
    kernel.shows("the child's process group", os.getpgid(arrival.pid), expected=os.getpgid(0))
    kernel.shows("the child's session", os.getsid(arrival.pid), expected=os.getsid(0))
    arrival.let_go()
    child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.pid")
def test_no_pid_before_start(mp: Multiprocessing) -> None:
    """Making a process without starting it creates no process in the kernel, and its pid and ident are None."""
    mp.Process(target=leave(0))  # starts the API's helper processes, if any, before the count
    before = descendants(os.getpid())
    child = mp.Process(target=leave(0))
    kernel.shows("the existing processes", descendants(os.getpid()), expected=before)
    caller.shows("the pid before the start", child.pid, expected=None)
    caller.shows("the ident before the start", child.ident, expected=None)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.pid", observed=True)
def test_ident_is_the_pid(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The ident of a child is None before the start, and equals its pid after that."""
    here = checkpoint("here")
    child = mp.Process(target=here.pause)
    caller.shows("the ident before the start", child.ident, expected=None)
    child.start()
    arrival = here.next()
    kernel.shows("the pid of the child's process", arrival.pid, expected=other_than(os.getpid()))
    caller.shows("the ident after the start", child.ident, expected=arrival.pid)
    arrival.let_go()
    child.join()


@source("https://man7.org/linux/man-pages/man2/fork.2.html")
def test_live_children_have_pids_of_their_own(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Children that are alive at the same time are separate processes, each with its own pid."""
    here = checkpoint("here")
    children = [lesson.start(mp, here.pause) for _ in range(3)]
    arrivals = here.wait_for(3)
    kernel.shows("the number of processes", len({arrival.pid for arrival in arrivals}), expected=3)
    pids = sorted(arrival.pid for arrival in arrivals)
    caller.shows("the pids of the children", sorted(child.pid for child in children), expected=pids)
    for arrival in arrivals:
        arrival.let_go()
    for child in children:
        child.join()


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.daemon")
def test_child_knows_whether_it_is_a_daemon(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The starter and the child itself both see whether the child was made a daemon."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("daemon",), here.pause)
    ordinary, daemon = mp.Process(target=introduction), mp.Process(target=introduction, daemon=True)
    for child in ordinary, daemon:
        child.start()
    arrivals = here.wait_for(2)
    answers = {arrival.pid: arrival.notes[0] for arrival in arrivals}
    gatekeeper.shows(
        "the daemon flag that each child sees, by pid", answers, expected={ordinary.pid: False, daemon.pid: True}
    )
    caller.shows("the daemon flags that the starter sees", (ordinary.daemon, daemon.daemon), expected=(False, True))
    for arrival in arrivals:
        arrival.let_go()
    for child in ordinary, daemon:
        child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode")
def test_no_exit_code_before_the_end(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The exit code of a process is None before the start and while it runs, and a number once it is joined."""
    here = checkpoint("here")
    child = mp.Process(target=steps(here.pause, leave(7)))
    caller.shows("the exit code before the start", child.exitcode, expected=None)
    child.start()
    arrival = here.next()
    kernel.shows("the pid of the child's process", arrival.pid, expected=child.pid)
    caller.shows("the exit code while it runs", child.exitcode, expected=None)
    arrival.let_go()
    child.join()
    caller.shows("the exit code after the join", child.exitcode, expected=7)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.pid", observed=True)
def test_is_known_after_the_join(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The pid, ident, name and daemon flag of a child can still be read after it was joined."""
    here = checkpoint("here")
    child = lesson.start(mp, here.pause, name="last")
    pid = here.next().let_go().pid
    child.join()
    kernel.shows("the pid of the child's process", pid, expected=other_than(os.getpid()))
    known = child.pid, child.ident, child.name, child.daemon
    caller.shows("the pid, ident, name and daemon flag after the join", known, expected=(pid, pid, "last", False))


@where(starter_is_parent)
@where(runs_main_again)
@needs("parent_process", "current_process")
@source("https://github.com/python/cpython/issues/111627")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.parent_process")
def test_starter_is_known_while_main_runs_again(program: Programs, log: Recorder) -> None:
    """In a child, `parent_process()` has the starter's pid already while the child runs the main module again."""
    running = program.module(telling, log.path)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    pids = [value[2] for value in log.values("__mp_main__")]
    recorder.shows("the pid of the starter that the child sees", pids, expected=[running.pid])


@where(fork_server_is_parent)
@source("https://github.com/python/cpython/issues/86354")
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-forkserver", observed=True
)
def test_one_helper_is_the_parent_of_all(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Where a fork server is the parent of a child, it is the parent of that child's child too."""
    here = checkpoint("here")
    child = lesson.start(mp, steps(here.pause, partial(payloads.have_a_child, mp.Process, here.pause)))
    arrival = here.next()
    fork_server = parent(arrival.pid)
    arrival.let_go()
    grandchild = here.next()
    kernel.shows("the pid of the child's child", grandchild.pid, expected=other_than(arrival.pid))
    kernel.shows("the parent of the child's child", parent(grandchild.pid), expected=fork_server)
    grandchild.let_go()
    child.join()


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.authkey")
def test_child_has_the_starters_authkey(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child and its child have the authkey that the starter has, which need not be the one that it began with."""
    here, starter = checkpoint("here"), mp.current_process()
    starter.authkey = b"a key of the claim"  # type: ignore[attr-defined]  # the lessons do not use it
    introduction = partial(payloads.tell_authkey, mp.current_process, here.pause)
    child = lesson.start(mp, steps(introduction, partial(payloads.have_a_child, mp.Process, introduction)))
    for who in "child", "child's child":
        arrival = here.next()
        gatekeeper.shows(f"the authkey that the {who} has", arrival.notes, expected=(b"a key of the claim",))
        arrival.let_go()
    child.join()


@source("https://docs.python.org/3/library/threading.html#threading.Thread.native_id", observed=True)
def test_main_thread_has_the_childs_pid(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The native id of a child's main thread is the child's pid."""
    here = checkpoint("here")
    child = mp.Process(target=payloads.tell_main_thread, args=(here.pause,))
    child.start()
    arrival = here.next()
    gatekeeper.shows("the native id of the main thread", arrival.notes, expected=(arrival.pid,))
    arrival.let_go()
    child.join()


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.authkey", observed=True)
def test_authkey_is_pickled_only_for_a_child(mp: Any) -> None:
    """Pickling the authentication key raises TypeError, so that it is not sent by accident."""
    key = mp.current_process().authkey
    caller.shows("the class of the key", isinstance(key, bytes), expected=True)
    with refuses(TypeError):
        pickle.dumps(key)


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.current_process", observed=True)
def test_main_is_a_process_too(mp: Any) -> None:
    """In a process that the API did not start, the current process has an ident and a key, and is no daemon."""
    current = mp.current_process()
    facts = current.ident, current.exitcode, current.daemon, len(current.authkey) > 0
    expected = (os.getpid(), None, False, True)
    caller.shows("its ident, exit code and daemon flag, and whether it has a key", facts, expected=expected)
