"""Identity: what a process is called, and whose child it is."""

from __future__ import annotations

import os
import re
import sys
from functools import partial

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.identity import payloads
from spec.claims.shared import threads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.engine.lessons import Lesson
from spec.engine.marks import helper_is_parent, needs, starter_is_parent, where
from spec.harness.process_table import descendants, parent
from spec.harness.witness import Matcher, caller, gatekeeper, kernel, other_than

pytestmark = needs("Process")


def test_pid_is_the_childs_own(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The pid that the starter sees is that of the child's process, and the one that the child itself sees."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_pids, here.pause))
    arrival = here.next()
    kernel.shows("the process that the child is", arrival.pid, expected=other_than(os.getpid()))
    caller.shows("its pid", child.pid, expected=arrival.pid)
    gatekeeper.shows("the pid that the child sees", arrival.notes[0], expected=arrival.pid)
    arrival.let_go()
    child.join()


@where(starter_is_parent)
def test_starter_is_the_parent(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The parent of a child is the process that started it, and the child sees that too."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_pids, here.pause))
    arrival = here.next()
    kernel.shows("the parent of the child", parent(arrival.pid), expected=os.getpid())
    gatekeeper.shows("the parent's pid that the child sees", arrival.notes[1], expected=os.getpid())
    arrival.let_go()
    child.join()


@where(starter_is_parent)
def test_child_is_the_parent_of_its_children(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The parent of a child's child is the child, not the process that started the child."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.have_a_child, mp.Process, here.pause))
    arrival = here.next()
    kernel.shows("the parent of the child's child", parent(arrival.pid), expected=child.pid)
    kernel.shows("the parent of the child", parent(child.pid), expected=os.getpid())
    arrival.let_go()
    child.join()


@where(helper_is_parent)
def test_helper_is_the_parent(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The parent of a child is a helper, which is itself a child of the starter, and the child sees that."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_pids, here.pause))
    arrival = here.next()
    helper = parent(arrival.pid)
    kernel.shows("the parent of the child", helper, expected=other_than(os.getpid()))
    kernel.shows("the parent of the child's parent", parent(helper or 0), expected=os.getpid())
    gatekeeper.shows("the parent's pid that the child sees", arrival.notes[1], expected=helper)
    arrival.let_go()
    child.join()


@needs("parent_process", "current_process")
def test_child_knows_its_starter(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """In a child, and in its child, `parent_process()` has the starter's pid and name, whoever is the parent."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.parent_process, ("pid", "name"), here.pause)
    child = lesson.start(mp, steps(introduction, partial(payloads.have_a_child, mp.Process, introduction)))
    arrival = here.next()
    starter = (os.getpid(), mp.current_process().name)
    gatekeeper.shows("the child's starter, pid and name", arrival.notes, expected=starter)
    arrival.let_go()
    grandchild = here.next()
    gatekeeper.shows("the starter of the child's child", grandchild.notes, expected=(arrival.pid, child.name))
    grandchild.let_go()
    child.join()


@needs("parent_process")
def test_main_has_no_starter(mp: Multiprocessing) -> None:
    """In a process that is nobody's child by the API, `parent_process()` is None."""
    caller.shows("its parent process", mp.parent_process(), expected=None)


@needs("current_process")
def test_each_process_knows_itself(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """`current_process()` has the pid of the process that calls it, and is alive, in the starter and in the child."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_whether_alive, mp.current_process, here.pause))
    arrival = here.next()
    kernel.shows("the process that the child is", arrival.pid, expected=other_than(os.getpid()))
    gatekeeper.shows("its pid in the child, and whether it is alive", arrival.notes, expected=(arrival.pid, True))
    itself = mp.current_process()
    caller.shows("those in the starter", (itself.pid, itself.is_alive()), expected=(os.getpid(), True))
    arrival.let_go()
    child.join()


@needs("current_process")
def test_threads_know_their_process(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """In every thread of a child, `current_process()` is that child."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell_in_a_thread, mp.current_process, ("pid", "name"), here.pause))
    arrival = here.next()
    kernel.shows("the process that the child is", arrival.pid, expected=child.pid)
    gatekeeper.shows("its pid and name in a second thread", arrival.notes, expected=(child.pid, child.name))
    arrival.let_go()
    child.join()


def test_is_of_its_starters_group(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child is of its starter's process group and session, so that what a terminal sends reaches both."""
    here = checkpoint("here")
    child = lesson.start(mp, here.pause)
    arrival = here.next()
    kernel.shows("the process that the child is", arrival.pid, expected=other_than(os.getpid()))
    kernel.shows("its process group", os.getpgid(arrival.pid), expected=os.getpgid(0))
    kernel.shows("its session", os.getsid(arrival.pid), expected=os.getsid(0))
    arrival.let_go()
    child.join()


def test_namesakes_are_told_apart(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Two children of one name are two: neither equals the other, and a set holds both."""
    here = checkpoint("here")
    children = [lesson.start(mp, here.pause, name="twin") for _ in range(2)]
    arrivals = here.wait_for(2)
    kernel.shows("how many processes they are", len({arrival.pid for arrival in arrivals}), expected=2)
    caller.shows("whether one equals the other", children[0] == children[1], expected=False)
    caller.shows("how many a set of them holds", len(set(children)), expected=2)
    for arrival in arrivals:
        arrival.let_go()
    for child in children:
        child.join()


def test_no_pid_before_start(mp: Multiprocessing) -> None:
    """A process that was made and not started is no process of the kernel's: its pid and ident are None."""
    mp.Process(target=leave(0))  # whatever the API starts once for all is there now
    before = descendants(os.getpid())
    child = mp.Process(target=leave(0))
    kernel.shows("the processes that there are", descendants(os.getpid()), expected=before)
    caller.shows("its pid", child.pid, expected=None)
    caller.shows("its ident", child.ident, expected=None)


def test_ident_is_the_pid(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The ident of a child is its pid under another name, from the start on."""
    here = checkpoint("here")
    child = mp.Process(target=here.pause)
    caller.shows("its ident before the start", child.ident, expected=None)
    child.start()
    arrival = here.next()
    kernel.shows("the process that the child is", arrival.pid, expected=other_than(os.getpid()))
    caller.shows("its ident", child.ident, expected=arrival.pid)
    arrival.let_go()
    child.join()


def test_live_children_have_pids_of_their_own(
    mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint
) -> None:
    """Children that live at the same time are as many processes, each with a pid of its own."""
    here = checkpoint("here")
    children = [lesson.start(mp, here.pause) for _ in range(3)]
    arrivals = here.wait_for(3)
    kernel.shows("how many processes they are", len({arrival.pid for arrival in arrivals}), expected=3)
    pids = sorted(arrival.pid for arrival in arrivals)
    caller.shows("their pids", sorted(child.pid for child in children), expected=pids)
    for arrival in arrivals:
        arrival.let_go()
    for child in children:
        child.join()


@needs("current_process")
def test_child_has_the_name_it_was_given(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that was given a name is called so by its starter and by itself."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell, mp.current_process, ("name",), here.pause), name="洪七")
    arrival = here.next()
    kernel.shows("the process that the child is", arrival.pid, expected=child.pid)
    gatekeeper.shows("what the child calls itself", arrival.notes, expected=("洪七",))
    caller.shows("what the starter calls it", child.name, expected="洪七")
    arrival.let_go()
    child.join()


@needs("current_process")
def test_any_text_can_be_the_name(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Whatever text a child was given as its name, if it is not empty, it is called so by itself and its starter."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("name",), here.pause)

    @example(name="Process-1")
    @example(name=" a\tB\n {0} %s \\ e\u0301 🎫\r")
    @example(name="\0")
    @example(name="Ж" * 300)
    @settings(max_examples=3, phases=[Phase.explicit, Phase.generate])  # each is the start of a process
    @given(name=st.text(min_size=1))
    def named(name: str) -> None:
        child = lesson.start(mp, introduction, name=name)
        arrival = here.next()
        gatekeeper.shows("what the child calls itself", arrival.notes, expected=(name,))
        caller.shows("what the starter calls it", child.name, expected=name)
        arrival.let_go()
        child.join()

    named()


def test_default_names_are_numbered(mp: Multiprocessing) -> None:
    """Processes that are given no name are called alike, but for a number that counts all, those with a name too."""

    def counts_up(names: list[str]) -> bool:
        parts = [re.fullmatch(r"(.*\D)(\d+)", name) for name in names]
        stems = {part and part[1] for part in parts}
        numbers = [int(part[2]) for part in parts if part]
        return len(stems) == 1 and numbers == [numbers[0], numbers[0] + 1, numbers[0] + 3]

    made = [mp.Process(target=leave(0), name=name) for name in (None, None, "a name of its own", None)]
    names = [process.name for process in made if process is not made[2]]
    caller.shows("names of the 1st, 2nd and 4th", names, expected=Matcher("names that count so", counts_up))


@needs("current_process")
def test_default_names_are_unique(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Processes that were given no name have names that differ, whichever thread made them, and know them."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("name",), here.pause)
    children = [lesson.start(mp, introduction) for _ in range(3)]
    arrivals = here.wait_for(3)
    own_names = {arrival.pid: arrival.notes[0] for arrival in arrivals}
    gatekeeper.shows("how many names they have", len(set(own_names.values())), expected=3)
    caller.shows("what the starter calls them", {child.pid: child.name for child in children}, expected=own_names)
    for arrival in arrivals:
        arrival.let_go()
    for child in children:
        child.join()

    def names() -> list[str]:
        return [mp.Process(target=leave(0)).name for _ in range(100)]

    sys.setswitchinterval(1e-6)
    made = {name for part in threads.in_each_of(4, names) for name in part}
    caller.shows("how many names 400 processes of four threads have", len(made), expected=400)


@needs("current_process")
def test_default_name_tells_the_descent(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The default names of a child's children are the child's own and a number, from 1 on, with a colon between."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("name",), here.pause)
    child = lesson.start(mp, partial(payloads.have_a_child, mp.Process, introduction, 2))
    for number in 1, 2:
        arrival = here.next()
        kernel.shows("the process that the child's child is", arrival.pid, expected=other_than(child.pid))
        gatekeeper.shows("what it calls itself", arrival.notes, expected=(f"{child.name}:{number}",))
        arrival.let_go()
    child.join()


@needs("current_process")
def test_renamed_before_start(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A process that is renamed before it is started is called by the new name, also by itself."""
    here = checkpoint("here")
    child = mp.Process(target=partial(payloads.tell, mp.current_process, ("name",), here.pause), name="first")
    child.name = "second"
    child.start()
    arrival = here.next()
    kernel.shows("the process that the child is", arrival.pid, expected=child.pid)
    gatekeeper.shows("what the child calls itself", arrival.notes, expected=("second",))
    caller.shows("what the starter calls it", child.name, expected="second")
    arrival.let_go()
    child.join()


@needs("current_process")
def test_renamed_while_it_runs(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """When the starter renames a child that runs, the starter calls it by the new name, the child by the old."""
    begun, here = checkpoint("begun"), checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("name",), here.pause)
    child = lesson.start(mp, steps(begun.pause, introduction), name="first")
    arrival = begun.next()
    child.name = "second"
    arrival.let_go()
    introduced = here.next()
    kernel.shows("the process that the child is", introduced.pid, expected=child.pid)
    gatekeeper.shows("what the child calls itself", introduced.notes, expected=("first",))
    caller.shows("what the starter calls it", child.name, expected="second")
    introduced.let_go()
    child.join()


@needs("current_process")
def test_child_knows_whether_it_is_a_daemon(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """Whether a child is a daemon, which it is if it was made one, the starter and the child itself can tell."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("daemon",), here.pause)
    ordinary, daemon = mp.Process(target=introduction), mp.Process(target=introduction, daemon=True)
    for child in ordinary, daemon:
        child.start()
    arrivals = here.wait_for(2)
    answers = {arrival.pid: arrival.notes[0] for arrival in arrivals}
    gatekeeper.shows("what they say", answers, expected={ordinary.pid: False, daemon.pid: True})
    caller.shows("what the starter sees", (ordinary.daemon, daemon.daemon), expected=(False, True))
    for arrival in arrivals:
        arrival.let_go()
    for child in ordinary, daemon:
        child.join()


def test_no_exit_code_before_the_end(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The exit code of a process is None before it is started and while it runs, and a number once it is joined."""
    here = checkpoint("here")
    child = mp.Process(target=steps(here.pause, leave(7)))
    caller.shows("the exit code before the start", child.exitcode, expected=None)
    child.start()
    arrival = here.next()
    kernel.shows("the process that the child is", arrival.pid, expected=child.pid)
    caller.shows("the exit code while it runs", child.exitcode, expected=None)
    arrival.let_go()
    child.join()
    caller.shows("the exit code after the join", child.exitcode, expected=7)


def test_is_known_after_the_join(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The pid, the ident, the name and the daemon flag of a child can still be read when it was joined."""
    here = checkpoint("here")
    child = lesson.start(mp, here.pause, name="last")
    pid = here.next().let_go().pid
    child.join()
    kernel.shows("the process that the child was", pid, expected=other_than(os.getpid()))
    known = child.pid, child.ident, child.name, child.daemon
    caller.shows("what is known of it", known, expected=(pid, pid, "last", False))
