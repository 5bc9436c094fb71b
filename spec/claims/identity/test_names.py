"""The name of a process, given or by default."""

from __future__ import annotations

import re
import sys
from functools import partial

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from impl.contract import Multiprocessing
from spec.claims.identity import payloads
from spec.claims.isolation import telling
from spec.claims.shared import threads
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, runs_main_again, source, starter_is_parent, where
from spec.harness.recorder import Recorder
from spec.harness.witness import Matcher, caller, gatekeeper, kernel, other_than, recorder

pytestmark = needs("Process")


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name")
def test_child_has_the_name_it_was_given(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """A child that is given a name has that name for its starter and for itself."""
    here = checkpoint("here")
    child = lesson.start(mp, partial(payloads.tell, mp.current_process, ("name",), here.pause), name="洪七")
    arrival = here.next()
    kernel.shows("the pid of the child's process", arrival.pid, expected=child.pid)
    gatekeeper.shows("the name that the child sees", arrival.notes, expected=("洪七",))
    caller.shows("the name that the starter sees", child.name, expected="洪七")
    arrival.let_go()
    child.join()


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name")
def test_any_text_can_be_the_name(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Any text that is not empty can be a child's name, and the child and its starter both see it unchanged."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("name",), here.pause)

    @example(name="Process-1")
    @example(name=" a\tB\n {0} %s \\ e\u0301 🎫\r")
    @example(name="\0")
    @example(name="Ж" * 300)
    @settings(max_examples=3, phases=[Phase.explicit, Phase.generate])  # each example starts a process
    @given(name=st.text(min_size=1))
    def named(name: str) -> None:
        child = lesson.start(mp, introduction, name=name)
        arrival = here.next()
        gatekeeper.shows("the name that the child sees", arrival.notes, expected=(name,))
        caller.shows("the name that the starter sees", child.name, expected=name)
        arrival.let_go()
        child.join()

    named()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name")
def test_namesakes_are_told_apart(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Two children with the same name are different: they do not compare equal, and a set holds both."""
    here = checkpoint("here")
    children = [lesson.start(mp, here.pause, name="twin") for _ in range(2)]
    arrivals = here.wait_for(2)
    kernel.shows("the number of processes", len({arrival.pid for arrival in arrivals}), expected=2)
    caller.shows("whether the two children compare equal", children[0] == children[1], expected=False)
    caller.shows("the size of a set of the two children", len(set(children)), expected=2)
    for arrival in arrivals:
        arrival.let_go()
    for child in children:
        child.join()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name")
def test_default_names_are_numbered(mp: Multiprocessing) -> None:
    """Default names differ only in a number, which also counts the processes that were given a name."""

    def counts_up(names: list[str]) -> bool:
        parts = [re.fullmatch(r"(.*\D)(\d+)", name) for name in names]
        stems = {part and part[1] for part in parts}
        numbers = [int(part[2]) for part in parts if part]
        return len(stems) == 1 and numbers == [numbers[0], numbers[0] + 1, numbers[0] + 3]

    made = [mp.Process(target=leave(0), name=name) for name in (None, None, "a name of its own", None)]
    names = [process.name for process in made if process is not made[2]]
    caller.shows(
        "the names of the 1st, 2nd and 4th process",
        names,
        expected=Matcher("one stem with the numbers n, n + 1 and n + 3", counts_up),
    )


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name")
def test_default_names_are_unique(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """Default names are unique, whichever thread makes the processes, and each child sees its own default name."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("name",), here.pause)
    children = [lesson.start(mp, introduction) for _ in range(3)]
    arrivals = here.wait_for(3)
    own_names = {arrival.pid: arrival.notes[0] for arrival in arrivals}
    gatekeeper.shows("the number of different names", len(set(own_names.values())), expected=3)
    caller.shows(
        "the names that the starter sees, by pid", {child.pid: child.name for child in children}, expected=own_names
    )
    for arrival in arrivals:
        arrival.let_go()
    for child in children:
        child.join()

    def names() -> list[str]:
        return [mp.Process(target=leave(0)).name for _ in range(100)]

    sys.setswitchinterval(1e-6)
    made = {name for part in threads.in_each_of(4, names) for name in part}
    caller.shows("the number of different names of 400 processes made in four threads", len(made), expected=400)


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name")
def test_default_name_tells_the_descent(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """The default name of a child's child is the child's own name, a colon, and a number that counts from 1."""
    here = checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("name",), here.pause)
    child = lesson.start(mp, partial(payloads.have_a_child, mp.Process, introduction, 2))
    for number in 1, 2:
        arrival = here.next()
        kernel.shows("the pid of the process of the child's child", arrival.pid, expected=other_than(child.pid))
        gatekeeper.shows("the name that the child's child sees", arrival.notes, expected=(f"{child.name}:{number}",))
        arrival.let_go()
    child.join()


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name", observed=True)
def test_renamed_before_start(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A process that is renamed before its start has the new name for its starter and for itself."""
    here = checkpoint("here")
    child = mp.Process(target=partial(payloads.tell, mp.current_process, ("name",), here.pause), name="first")
    child.name = "second"
    child.start()
    arrival = here.next()
    kernel.shows("the pid of the child's process", arrival.pid, expected=child.pid)
    gatekeeper.shows("the name that the child sees", arrival.notes, expected=("second",))
    caller.shows("the name that the starter sees", child.name, expected="second")
    arrival.let_go()
    child.join()


@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name", observed=True)
def test_renamed_while_it_runs(mp: Multiprocessing, lesson: Lesson, checkpoint: MakeCheckpoint) -> None:
    """When the starter renames a running child, the starter sees the new name, and the child keeps the old one."""
    begun, here = checkpoint("begun"), checkpoint("here")
    introduction = partial(payloads.tell, mp.current_process, ("name",), here.pause)
    child = lesson.start(mp, steps(begun.pause, introduction), name="first")
    arrival = begun.next()
    child.name = "second"
    arrival.let_go()
    introduced = here.next()
    kernel.shows("the pid of the child's process", introduced.pid, expected=child.pid)
    gatekeeper.shows("the name that the child sees", introduced.notes, expected=("first",))
    caller.shows("the name that the starter sees", child.name, expected="second")
    introduced.let_go()
    child.join()


@where(starter_is_parent)
@where(runs_main_again)
@needs("current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.name", observed=True)
def test_name_is_known_while_main_runs_again(program: Programs, log: Recorder) -> None:
    """A child has the name that it was given already while it runs the main module again."""
    status = program.module(telling, log.path).exit_status()
    names = [value[1] for value in log.values("__mp_main__")]
    recorder.shows("the name of the child while it runs main again", names, expected=["a child"])
    kernel.shows("the program's exit status", status, expected=0)
